//! Who waits for somebody who goes home waits for anybody from then on.

use sea_orm::ActiveValue::Set;
use uuid::Uuid;

use super::entities::entry;
use super::state::{Source, Step};
use super::store::{self, Taken};
use super::{source, state};
use crate::bookings::BookingError;
use crate::ids::{Id, Location};
use crate::tenancy::TenantTx;

/// These serve no more: whoever walked in and wants one of them is free to go to others. The line is
/// held. What was booked with them is moved by people.
pub(super) async fn free(
    tx: &mut TenantTx,
    location: Id<Location>,
    gone: &[Uuid],
) -> Result<(), BookingError> {
    if gone.is_empty() {
        return Ok(());
    }
    for row in store::in_line(tx, location).await? {
        let Some(wanted) = row.staff_wanted.filter(|wanted| gone.contains(wanted)) else {
            continue;
        };
        if source(&row)? == Source::Appointment || !state(&row)?.is_in_line() {
            continue;
        }
        let mut change: entry::ActiveModel = row.clone().into();
        change.staff_wanted = Set(None);
        let taken = Taken { staff: Some(Id::from_uuid(wanted)), ..Taken::by(Step::Free, &row)? };
        store::write(tx, &row, change, taken).await?;
    }
    Ok(())
}
