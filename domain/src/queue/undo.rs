//! The last press was a mistake.

use chrono::Duration;
use sea_orm::ActiveValue::Set;

use super::act::unclaimed;
use super::call::own_only;
use super::entities::entry;
use super::state::{Source, State, Step};
use super::store::{self, Seen, Taken};
use super::{EntryFacts, history, join, pace, source, visit};
use crate::authz::Right;
use crate::bookings::{BookingError, Deed, Refusal};
use crate::ids::{Id, QueueEntry};
use crate::tenancy::{StoreError, TenantTx};
use crate::time::Instant;

/// For so long a press can be taken back.
const IN_TIME: Duration = Duration::minutes(15);

/// Takes the last step back, if it began something or ended it: who is done is being served again, all
/// others stand where they stood in the line, with their ticket. Who came for an appointment has that
/// stepped back, too.
pub async fn step_back(
    tx: &mut TenantTx,
    id: Id<QueueEntry>,
    version: Seen,
) -> Result<EntryFacts, BookingError> {
    let (held, row) = store::seen(tx, id, version, true).await?;
    own_only(tx, &row).await?;
    if source(&row)? == Source::Appointment {
        return visit::act(tx, &row, Deed::StepBack, Right::CheckInBooking).await;
    }
    let taken = Taken::by(Step::StepBack, &row)?;
    let last = history::last(tx, &row).await?;
    // Once: what was taken back is no press.
    let (_, at) = last.filter(|(step, _)| *step != Step::StepBack).ok_or(Refusal::EntryState)?;
    if at + IN_TIME < tx.now() {
        return Err(Refusal::TooLateToUndo.into());
    }
    let forgotten_at = join::forgotten_at(&held, tx.now(), None);
    let change = reopened(tx, &row, taken.to, forgotten_at).await?;
    Ok(store::write(tx, &row, change, taken).await?.try_into()?)
}

/// An entry that stands where it stood before: in the line, or served on. What was learned when it was
/// over is forgotten.
pub(super) async fn reopened(
    tx: &TenantTx,
    row: &entry::Model,
    to: State,
    forgotten_at: Instant,
) -> Result<entry::ActiveModel, StoreError> {
    let mut change: entry::ActiveModel = row.clone().into();
    if to == State::Waiting {
        change = unclaimed(row);
        change.started_at = Set(None);
        change.expires_at = Set(Some(forgotten_at));
    }
    if row.learned {
        pace::unlearn(tx, row).await?;
        change.learned = Set(false);
    }
    change.ended_at = Set(None);
    Ok(change)
}
