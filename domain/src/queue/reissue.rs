//! The ticket of somebody who has lost theirs, shown again.

use sea_orm::ActiveValue::Set;

use super::entities::entry;
use super::state::{Source, Step};
use super::store::{self, Seen, Taken};
use super::{EntryFacts, source};
use crate::bookings::{BookingError, Refusal};
use crate::ids::{Id, QueueEntry};
use crate::secrets::{OpaqueToken, TokenKind};
use crate::tenancy::TenantTx;

/// A new ticket for somebody who waits. The one that they had leads nowhere from now on: only its hash
/// was kept, so it can't be shown again, and who found it shall not use it.
pub async fn reissue(
    tx: &mut TenantTx,
    id: Id<QueueEntry>,
    version: Seen,
) -> Result<(EntryFacts, OpaqueToken), BookingError> {
    let (_, row) = store::seen(tx, id, version, false).await?;
    // Who came for a visit has the link of that.
    if source(&row)? == Source::Appointment {
        return Err(Refusal::BookedVisit.into());
    }
    let taken = Taken::by(Step::Reissue, &row)?;
    let token = OpaqueToken::generate(TokenKind::Ticket, tx.entropy());
    let mut change: entry::ActiveModel = row.clone().into();
    change.token_hash = Set(Some(token.hash().to_vec()));
    let row = store::write(tx, &row, change, taken).await?;
    Ok((row.try_into()?, token))
}
