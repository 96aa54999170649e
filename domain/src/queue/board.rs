//! What is on the screen.

use std::sync::Arc;

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::entities::entry;
use super::settings::{Settings, serving};
use super::state::State;
use super::{EntryFacts, WantedHere, check, store};
use crate::availability::day_at;
use crate::bookings::workshop::{Asker, place};
use crate::bookings::{BookingError, Refusal};
use crate::diary::{self, Shop};
use crate::ids::{Id, Location, QueueEntry};
use crate::tenancy::TenantTx;

/// So many of those who ended today are shown.
const ENDED: u64 = 100;

/// A location's line with how it is kept.
#[derive(Debug, Clone)]
pub struct Front {
    /// How it is kept.
    pub settings: Settings,
    /// Who waits, is called or is being served, in their order.
    pub entries: Vec<EntryFacts>,
    /// What can be had there without an appointment, in the order of the alphabet.
    pub offered: Vec<WantedHere>,
    /// The shop, for who works there.
    pub shop: Arc<Shop>,
}

/// The same with what ended today.
#[derive(Debug, Clone)]
pub struct Board {
    /// The line.
    pub front: Front,
    /// What ended today, the newest first: up to a hundred.
    pub ended: Vec<EntryFacts>,
}

/// A location's line; without a name, that of the business's first.
pub async fn front(tx: &TenantTx, location: Option<Id<Location>>) -> Result<Front, BookingError> {
    let versions = place(tx, location, "/location").await?;
    let shop = diary::shop(tx, versions).await?.ok_or(Refusal::NotFound)?;
    look(tx, shop).await
}

async fn look(tx: &TenantTx, shop: Arc<Shop>) -> Result<Front, BookingError> {
    let row = store::peek(tx, shop.location).await?;
    let staff = serving(tx, shop.location).await?;
    let open = store::in_line(tx, shop.location).await?;
    let mut offered: Vec<WantedHere> = check::offered(&shop, row.as_ref(), Asker::Customer)
        .into_iter()
        .filter_map(|id| {
            let offer = shop.services.get(&id)?;
            let (name, minutes) = (offer.name.clone(), offer.minutes);
            Some(WantedHere { id, name, minutes, price_minor: offer.price_minor })
        })
        .collect();
    offered.sort_by(|one, other| one.name.cmp(&other.name));
    let entries: Result<Vec<_>, _> = open.into_iter().map(EntryFacts::try_from).collect();
    Ok(Front { settings: Settings::of(&shop, row, staff), entries: entries?, offered, shop })
}

/// What is on a location's screen.
pub async fn board(tx: &TenantTx, location: Id<Location>) -> Result<Board, BookingError> {
    let front = look(tx, store::shop(tx, location).await?).await?;
    let today = day_at(front.shop.rules.zone, tx.now());
    let still = [State::Waiting, State::Called, State::Serving].map(State::key);
    let ended = entry::Entity::find()
        .filter(entry::Column::TenantId.eq(tx.tenant().uuid()))
        .filter(entry::Column::LocationId.eq(location.uuid()))
        .filter(entry::Column::Day.eq(today))
        .filter(entry::Column::State.is_not_in(still))
        .order_by_desc(entry::Column::EndedAt)
        .order_by_desc(entry::Column::Id)
        .limit(ENDED)
        .all(tx.conn())
        .await?;
    let ended: Result<Vec<_>, _> = ended.into_iter().map(EntryFacts::try_from).collect();
    Ok(Board { front, ended: ended? })
}

/// One entry.
pub async fn read(tx: &TenantTx, id: Id<QueueEntry>) -> Result<EntryFacts, BookingError> {
    Ok(store::find(tx, id).await?.try_into()?)
}

/// These entries as they are now; what isn't there is left out.
pub async fn entries(
    tx: &TenantTx,
    ids: &[Id<QueueEntry>],
) -> Result<Vec<EntryFacts>, BookingError> {
    let ids: Vec<_> = ids.iter().map(|id| id.uuid()).collect();
    let found = entry::Entity::find()
        .filter(entry::Column::TenantId.eq(tx.tenant().uuid()))
        .filter(entry::Column::Id.eq_any(ids))
        .all(tx.conn())
        .await?;
    let facts: Result<Vec<_>, _> = found.into_iter().map(EntryFacts::try_from).collect();
    Ok(facts?)
}
