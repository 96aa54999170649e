use std::collections::HashMap;
use std::sync::Arc;

use sea_orm::{
    ColumnTrait, DbBackend, EntityTrait, FromQueryResult, Order, QueryFilter, QueryOrder,
    QuerySelect, Statement,
};
use uuid::Uuid;

use super::door::Waiter;
use super::entities::{entry, offer};
use super::{EntryFacts, OfferFacts, State};
use crate::bookings::{BookingError, Refusal};
use crate::diary::{self, Shop};
use crate::ids::{Id, Location, WaitlistEntry, WaitlistOffer};
use crate::page::{Paged, Window};
use crate::tenancy::{StoreError, TenantTx};
use crate::time::Instant;

/// Which of those who wait are wanted.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Where.
    pub location: Option<Id<Location>>,
    /// Standing here; left out: who still waits, or has an offer.
    pub state: Option<State>,
}

/// What somebody waits for, and the shop where they do.
#[derive(Debug)]
pub struct Place {
    /// What they wait for.
    pub entry: EntryFacts,
    /// Where.
    pub shop: Arc<Shop>,
}

#[derive(FromQueryResult)]
struct Open {
    entry_id: Uuid,
    starts_at: Instant,
    ends_at: Instant,
    expires_at: Instant,
}

/// The rows with the time that is kept for them: one query more, however many there are.
async fn complete(tx: &TenantTx, rows: Vec<entry::Model>) -> Result<Vec<EntryFacts>, StoreError> {
    let offered = rows.iter().filter(|row| row.state == State::Offered.key());
    let ids: Vec<Uuid> = offered.map(|row| row.id).collect();
    let mut offers = HashMap::new();
    if !ids.is_empty() {
        let sql = "
            select o.entry_id, a.starts_at, a.ends_at, o.expires_at from waitlist_offers o
            join appointments a on a.tenant_id = o.tenant_id and a.id = o.appointment_id
            where o.tenant_id = $1 and o.entry_id = any($2) and o.state = 'open'
              and o.expires_at > $3";
        let values = [tx.tenant().uuid().into(), ids.into(), tx.now().into()];
        let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
        for open in Open::find_by_statement(statement).all(tx.conn()).await? {
            let Open { starts_at: start, ends_at: end, expires_at, .. } = open;
            offers.insert(open.entry_id, OfferFacts { start, end, expires_at });
        }
    }
    let facts = |row: entry::Model| {
        let offer = offers.remove(&row.id);
        EntryFacts::new(row, offer)
    };
    rows.into_iter().map(facts).collect()
}

/// One who waits.
pub async fn read(tx: &TenantTx, id: Id<WaitlistEntry>) -> Result<EntryFacts, BookingError> {
    let found = entry::Entity::find_by_id((tx.tenant().uuid(), id.uuid()));
    let row = found.one(tx.conn()).await?.ok_or(Refusal::NotFound)?;
    Ok(complete(tx, vec![row]).await?.pop().ok_or(Refusal::NotFound)?)
}

/// Those of these who are there, without what is kept for them now.
pub(crate) async fn these(
    tx: &TenantTx,
    ids: &[Id<WaitlistEntry>],
) -> Result<Vec<EntryFacts>, StoreError> {
    let ids: Vec<_> = ids.iter().map(|id| id.uuid()).collect();
    let sql = "select * from waitlist_entries where tenant_id = $1 and id = any($2)";
    let values = [tx.tenant().uuid().into(), ids.into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    let rows = entry::Model::find_by_statement(statement).all(tx.conn()).await?;
    rows.into_iter().map(|row| EntryFacts::new(row, None)).collect()
}

/// What somebody waits for, for themselves.
pub async fn look(tx: &TenantTx, waiter: &Waiter) -> Result<Place, BookingError> {
    let entry = read(tx, waiter.entry).await?;
    let versions = diary::versions_of(tx, entry.location).await?.ok_or(Refusal::NotFound)?;
    let shop = diary::shop(tx, versions).await?.ok_or(Refusal::NotFound)?;
    Ok(Place { entry, shop })
}

/// Those who wait, the first who came first; of what is over, the last first.
pub async fn list(
    tx: &TenantTx,
    filter: &Filter,
    window: Window<WaitlistEntry>,
) -> Result<Paged<EntryFacts>, BookingError> {
    let states = match filter.state {
        Some(state) => vec![state.key()],
        None => vec![State::Waiting.key(), State::Offered.key()],
    };
    let over = filter.state.is_some_and(|state| !matches!(state, State::Waiting | State::Offered));
    let mut found = entry::Entity::find()
        .filter(entry::Column::TenantId.eq(tx.tenant().uuid()))
        .filter(entry::Column::State.is_in(states))
        .order_by(entry::Column::Id, if over { Order::Desc } else { Order::Asc })
        .limit(window.rows_to_ask());
    if let Some(location) = filter.location {
        found = found.filter(entry::Column::LocationId.eq(location.uuid()));
    }
    if let Some(after) = window.after.map(Id::uuid) {
        let id = entry::Column::Id;
        found = found.filter(if over { id.lt(after) } else { id.gt(after) });
    }
    let rows = found.all(tx.conn()).await?;
    let entries = complete(tx, rows).await?;
    Ok(window.cut(entries, |entry| entry.id))
}

/// The offer that somebody who waits has now.
pub(super) async fn open_offer(
    tx: &TenantTx,
    entry: Id<WaitlistEntry>,
) -> Result<Option<Id<WaitlistOffer>>, StoreError> {
    let found = offer::Entity::find()
        .filter(offer::Column::TenantId.eq(tx.tenant().uuid()))
        .filter(offer::Column::EntryId.eq(entry.uuid()))
        .filter(offer::Column::State.eq("open"));
    Ok(found.one(tx.conn()).await?.map(|row| Id::from_uuid(row.id)))
}
