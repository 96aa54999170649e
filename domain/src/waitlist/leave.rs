use sea_orm::{EntityTrait, QuerySelect};

use super::door::Waiter;
use super::entities::entry;
use super::offers::{lock, refuse, turn};
use super::read;
use super::{State, state};
use crate::bookings::{BookingError, Refusal};
use crate::ids::{Id, WaitlistEntry};
use crate::tenancy::TenantTx;

/// Somebody doesn't wait any more. Who has left already has left.
pub async fn leave(tx: &mut TenantTx, waiter: &Waiter) -> Result<(), BookingError> {
    go(tx, waiter.entry, "customer").await
}

/// Staff take somebody off the list.
pub async fn remove(tx: &mut TenantTx, id: Id<WaitlistEntry>) -> Result<(), BookingError> {
    go(tx, id, "staff").await
}

pub(super) async fn go(
    tx: &mut TenantTx,
    id: Id<WaitlistEntry>,
    by: &'static str,
) -> Result<(), BookingError> {
    // The visit's row comes before the entry's: who waits for it may be told of its end just now.
    if let Some(open) = read::open_offer(tx, id).await? {
        return match lock(tx, open).await {
            Ok(locked) => refuse(tx, locked, State::Left, "waitlist.left", by).await,
            // It came to its end meanwhile, or is about to.
            Err(error) if matches!(error.refusal(), Refusal::OfferOver | Refusal::OfferUsed) => {
                without_offer(tx, id).await
            }
            Err(error) => Err(error),
        };
    }
    without_offer(tx, id).await
}

async fn without_offer(tx: &mut TenantTx, id: Id<WaitlistEntry>) -> Result<(), BookingError> {
    let found = entry::Entity::find_by_id((tx.tenant().uuid(), id.uuid())).lock_exclusive();
    let row = found.one(tx.conn()).await?.ok_or(Refusal::NotFound)?;
    match state(&row)? {
        State::Waiting | State::Offered => Ok(turn(tx, row, State::Left, "waitlist.left").await?),
        State::Left | State::Over => Ok(()),
        State::Booked => Err(Refusal::NotWaiting.into()),
    }
}
