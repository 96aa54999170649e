//! What staff do to a party once it is in the line.

use sea_orm::ActiveValue::Set;

use super::call::{at_work, column, own_only};
use super::entities::entry;
use super::state::{Source, Step};
use super::store::{self, Seen, Taken};
use super::visit;
use super::{EntryFacts, pace, source};
use crate::authz::Right;
use crate::bookings::workshop::fault;
use crate::bookings::{BookingError, Deed, Refusal};
use crate::ids::{Id, QueueEntry, StaffMember};
use crate::tenancy::TenantTx;

/// They go back to where they stood.
pub async fn give_back(
    tx: &mut TenantTx,
    id: Id<QueueEntry>,
    version: Seen,
) -> Result<EntryFacts, BookingError> {
    let (_, row) = store::seen(tx, id, version, false).await?;
    own_only(tx, &row).await?;
    let taken = Taken::by(Step::Return, &row)?;
    Ok(store::write(tx, &row, unclaimed(&row), taken).await?.try_into()?)
}

/// The entry without whoever called them.
pub(super) fn unclaimed(row: &entry::Model) -> entry::ActiveModel {
    let mut change: entry::ActiveModel = row.clone().into();
    change.staff_id = Set(None);
    change.staff_name = Set(None);
    change.called_at = Set(None);
    change
}

/// It begins: with whoever called them, or with somebody else of the staff.
pub async fn start(
    tx: &mut TenantTx,
    id: Id<QueueEntry>,
    version: Seen,
    staff: Option<Id<StaffMember>>,
) -> Result<EntryFacts, BookingError> {
    let (held, row) = store::seen(tx, id, version, true).await?;
    own_only(tx, &row).await?;
    let taken = Taken::by(Step::Start, &row)?;
    if source(&row)? == Source::Appointment {
        // A visit has the hands that it was booked with, or those that took it when they called.
        let hands = row.staff_id.or(row.staff_wanted);
        if staff.is_some_and(|staff| Some(staff.uuid()) != hands) {
            return Err(Refusal::BookedVisit.into());
        }
        return visit::act(tx, &row, Deed::Start, Right::CompleteBooking).await;
    }
    let shop = store::shop(tx, held.location).await?;
    let called = row.staff_id.map(Id::from_uuid);
    let unnamed = || fault("/staff", "required", "Who serves them?");
    let staff = column(tx, staff.or(called)).await?.ok_or_else(unnamed)?;
    let mut change: entry::ActiveModel = row.clone().into();
    // Who called them may go on, also if they serve nobody else any more.
    if called != Some(staff) {
        change.staff_name = Set(Some(at_work(tx, &shop, staff).await?));
        change.staff_id = Set(Some(staff.uuid()));
    }
    change.started_at = Set(Some(tx.now()));
    let taken = Taken { staff: Some(staff), ..taken };
    Ok(store::write(tx, &row, change, taken).await?.try_into()?)
}

/// It is over.
pub async fn finish(
    tx: &mut TenantTx,
    id: Id<QueueEntry>,
    version: Seen,
) -> Result<EntryFacts, BookingError> {
    let (_, row) = store::seen(tx, id, version, true).await?;
    own_only(tx, &row).await?;
    let taken = Taken::by(Step::Finish, &row)?;
    if source(&row)? == Source::Appointment {
        return visit::act(tx, &row, Deed::Complete, Right::CompleteBooking).await;
    }
    let mut change: entry::ActiveModel = row.clone().into();
    change.learned = Set(pace::learn(tx, &row).await? || row.learned);
    Ok(store::write(tx, &row, change, taken).await?.try_into()?)
}

/// They were called, and nobody came.
pub async fn miss(
    tx: &mut TenantTx,
    id: Id<QueueEntry>,
    version: Seen,
) -> Result<EntryFacts, BookingError> {
    let (_, row) = store::seen(tx, id, version, true).await?;
    own_only(tx, &row).await?;
    let taken = Taken::by(Step::MissOut, &row)?;
    if source(&row)? == Source::Appointment {
        return visit::act(tx, &row, Deed::MissOut, Right::NoShowBooking).await;
    }
    Ok(store::write(tx, &row, row.clone().into(), taken).await?.try_into()?)
}

/// They go: staff say so. Who came for an appointment has that called off, or stepped back.
pub async fn leave(
    tx: &mut TenantTx,
    id: Id<QueueEntry>,
    version: Seen,
    reason: Option<String>,
) -> Result<EntryFacts, BookingError> {
    let (_, row) = store::seen(tx, id, version, false).await?;
    own_only(tx, &row).await?;
    if source(&row)? == Source::Appointment {
        return Err(Refusal::BookedVisit.into());
    }
    let taken = Taken { reason, ..Taken::by(Step::Leave, &row)? };
    Ok(store::write(tx, &row, row.clone().into(), taken).await?.try_into()?)
}
