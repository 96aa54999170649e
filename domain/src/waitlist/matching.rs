//! Time is free: who wants it?

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{Days, NaiveDate};
use sea_orm::{
    ColumnTrait, DbBackend, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect,
    Statement,
};
use uuid::Uuid;

use super::entities::entry;
use super::freed::Freed;
use super::offers::make;
use super::rank::{Candidate, pick};
use super::{State, over, wanted};
use crate::availability::Span;
use crate::bookings::workshop::{Asker, Setting, plan};
use crate::bookings::{self, BookingError, Refusal};
use crate::diary::{self, Diary, Shop};
use crate::fault::Explain;
use crate::ids::{Id, Location, Tenant};
use crate::tenancy::{Db, TenantTx};
use crate::tenants;
use crate::time::Instant;

/// So many who wait are looked at together.
const AT_ONCE: u64 = 100;

/// So many offers come of one stretch of time: a long one has room for several.
const MOST_OFFERS: usize = 20;

/// Whoever loses this often against others tries again later.
const MOST_OBSTACLES: usize = 8;

/// Offers free time to those who wait for it, one for each stretch of it. Doing it again offers
/// nothing again: what is offered is kept, and whom it is offered to doesn't wait meanwhile.
pub async fn match_freed(
    db: &Db,
    tenant: Id<Tenant>,
    freed: &Freed,
    public_url: &str,
) -> Result<usize, BookingError> {
    let Some(caller) = tenants::on_behalf(db, tenant, "waitlist").await? else { return Ok(0) };
    let (mut made, mut obstacles) = (0, 0);
    while made < MOST_OFFERS {
        let mut tx = db.tenant(&caller).await?;
        let outcome = match next(&mut tx, freed, public_url).await {
            Ok(offered) => tx.commit().await.map(|()| offered).map_err(BookingError::from),
            Err(error) => Err(error),
        };
        match outcome {
            Ok(true) => made += 1,
            Ok(false) => break,
            Err(error) if obstacles < MOST_OBSTACLES && passes(&error) => {
                obstacles += 1;
                if error.code() == "lapsed" {
                    let mut tx = db.tenant(&caller).await?;
                    bookings::lapse_due(&mut tx).await?;
                    tx.commit().await?;
                }
            }
            Err(error) => return Err(error),
        }
    }
    Ok(made)
}

/// Whether another attempt may do.
fn passes(error: &BookingError) -> bool {
    matches!(error.code(), "contended" | "try_again" | "lapsed")
}

/// Makes the next offer, if there is one to make.
async fn next(tx: &mut TenantTx, freed: &Freed, public_url: &str) -> Result<bool, BookingError> {
    let now = tx.now();
    let Some(versions) = diary::versions(tx, Some(freed.location)).await? else { return Ok(false) };
    let Some(shop) = diary::shop(tx, versions).await? else { return Ok(false) };
    over::close(tx, freed.location, now.with_timezone(&shop.rules.zone).date_naive()).await?;
    if freed.to <= now {
        return Ok(false);
    }
    let day = |at: Instant| at.with_timezone(&shop.rules.zone).date_naive();
    let days = (day(freed.from) - Days::new(1))..=day(freed.to);
    let mut after = None;
    let mut diary: Option<Diary> = None;
    // Those who came first are asked first; where none of them can use it, those behind them are.
    let (row, candidate, pick, diary) = loop {
        let page = waiting(tx, freed.location, (*days.start(), *days.end()), after).await?;
        let Some(last) = page.last().map(|row| row.id) else { return Ok(false) };
        let more = page.len() as u64 == AT_ONCE;
        let before = offered_before(tx, &page).await?;
        let (mut rows, mut candidates) = candidates(page, &shop, before)?;
        let seen = if let Some(seen) = diary.take() {
            seen
        } else {
            let busy = diary::busy_now(tx, &shop, &days).await?;
            Diary { shop: Arc::clone(&shop), busy: busy.into() }
        };
        if let Some(pick) = pick(&candidates, &seen, freed, now) {
            break (rows.remove(pick.place), candidates.remove(pick.place), pick, seen);
        }
        if !more {
            return Ok(false);
        }
        (after, diary) = (Some(last), Some(seen));
    };
    let found = entry::Entity::find_by_id((row.tenant_id, row.id)).lock_exclusive();
    let row = found.one(tx.conn()).await?.filter(|now| now.version == row.version);
    // Somebody else has them in hand: look again.
    let row = row.ok_or(Refusal::Contended)?;
    let setting = Setting { diary, planned: candidate.planned };
    make(tx, row, &setting, pick.way, public_url).await?;
    Ok(true)
}

/// Who waits there for one of these days and can be told, the first who came first: staff may offer
/// to others, and tell them.
async fn waiting(
    tx: &TenantTx,
    at: Id<Location>,
    (first, last): (NaiveDate, NaiveDate),
    after: Option<Uuid>,
) -> Result<Vec<entry::Model>, BookingError> {
    let mut found = entry::Entity::find()
        .filter(entry::Column::TenantId.eq(tx.tenant().uuid()))
        .filter(entry::Column::LocationId.eq(at.uuid()))
        .filter(entry::Column::State.eq(State::Waiting.key()))
        .filter(entry::Column::Email.is_not_null())
        .filter(entry::Column::FirstDay.lte(last))
        .filter(entry::Column::LastDay.gte(first))
        .order_by_asc(entry::Column::Id)
        .limit(AT_ONCE);
    if let Some(after) = after {
        found = found.filter(entry::Column::Id.gt(after));
    }
    Ok(found.all(tx.conn()).await?)
}

/// What they were offered and didn't take.
async fn offered_before(
    tx: &TenantTx,
    rows: &[entry::Model],
) -> Result<HashMap<Uuid, Vec<Span>>, BookingError> {
    #[derive(FromQueryResult)]
    struct Offered {
        entry_id: Uuid,
        starts_at: Instant,
        ends_at: Instant,
    }
    let sql = "
        select o.entry_id, a.starts_at, a.ends_at from waitlist_offers o
        join appointments a on a.tenant_id = o.tenant_id and a.id = o.appointment_id
        where o.tenant_id = $1 and o.entry_id = any($2) and o.state in ('declined', 'lapsed')";
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let values = [tx.tenant().uuid().into(), ids.into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    let mut spans: HashMap<Uuid, Vec<Span>> = HashMap::new();
    for found in Offered::find_by_statement(statement).all(tx.conn()).await? {
        let span = Span { from: found.starts_at, to: found.ends_at };
        spans.entry(found.entry_id).or_default().push(span);
    }
    Ok(spans)
}

/// Those of them whose wish the shop still knows, each beside its row.
fn candidates(
    rows: Vec<entry::Model>,
    shop: &Shop,
    mut before: HashMap<Uuid, Vec<Span>>,
) -> Result<(Vec<entry::Model>, Vec<Candidate>), BookingError> {
    let mut kept = (Vec::with_capacity(rows.len()), Vec::with_capacity(rows.len()));
    for row in rows {
        // Staff may have written down what customers can't choose; but they are asked like customers,
        // under the shop's rules.
        let Ok(mut planned) = plan(shop, &wanted(&row)?, Asker::Staff, None) else { continue };
        planned.visit.online = true;
        kept.1.push(Candidate {
            planned,
            first_day: row.first_day,
            last_day: row.last_day,
            earliest: row.earliest,
            latest: row.latest,
            before: before.remove(&row.id).unwrap_or_default(),
        });
        kept.0.push(row);
    }
    Ok(kept)
}
