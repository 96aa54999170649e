//! Somebody in the line wants something else.

use sea_orm::ActiveValue::Set;

use super::check;
use super::entities::entry;
use super::settings::serving;
use super::state::{Source, Step};
use super::store::{self, Seen, Taken};
use super::{EntryFacts, services, source};
use crate::bookings::workshop::Asker;
use crate::bookings::{BookingError, Refusal};
use crate::fault::Faults;
use crate::ids::{Id, QueueEntry, Service, StaffMember};
use crate::patch::Patch;
use crate::tenancy::TenantTx;

/// What to change; what is left out stays.
#[derive(Debug, Clone, Default)]
pub struct EntryChange {
    /// How many they are.
    pub party: Option<u8>,
    /// What they want.
    pub services: Option<Vec<Id<Service>>>,
    /// By whom; taken away: by anybody.
    pub staff: Patch<Id<StaffMember>>,
}

/// Changes what somebody wants. They keep their place, and what they were told when they joined.
pub async fn edit(
    tx: &mut TenantTx,
    id: Id<QueueEntry>,
    version: Seen,
    new: &EntryChange,
) -> Result<EntryFacts, BookingError> {
    let (held, row) = store::seen(tx, id, version, false).await?;
    if source(&row)? == Source::Appointment {
        return Err(Refusal::BookedVisit.into());
    }
    let taken = Taken::by(Step::Edit, &row)?;
    let shop = store::shop(tx, held.location).await?;
    let mut faults = Faults::new();
    let party = match new.party {
        Some(party) => check::party(party, &mut faults),
        None => row.party,
    };
    let before = services(&row)?;
    let wanted = match &new.services {
        Some(ids) => check::wanted(ids, &shop, &held.row, Asker::Staff, &mut faults),
        None => before.clone(),
    };
    let staff_before = row.staff_wanted.map(Id::from_uuid);
    let staff = new.staff.after(staff_before);
    check::known(&shop, staff, Asker::Staff, &mut faults);
    if !faults.is_empty() {
        return Err(Refusal::from(faults).into());
    }
    if (party, &wanted, staff) == (row.party, &before, staff_before) {
        return Ok(row.try_into()?);
    }
    if wanted != before || staff != staff_before {
        let serving: Vec<_> = serving(tx, held.location).await?.iter().map(|one| one.id).collect();
        check::can_be_served(&shop, &serving, staff, &wanted)?;
    }
    let mut change: entry::ActiveModel = row.clone().into();
    change.party = Set(party);
    change.services = Set(serde_json::to_value(&wanted).unwrap_or_default());
    change.staff_wanted = Set(staff.map(Id::uuid));
    let taken = Taken { staff, ..taken };
    Ok(store::write(tx, &row, change, taken).await?.try_into()?)
}
