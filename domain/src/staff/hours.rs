//! Somebody's week.

use std::collections::HashSet;

use sea_orm::{ActiveValue::Set, ConnectionTrait, DbBackend, EntityTrait, Statement};

use super::entities::hours;
use super::skills::next_version;
use super::{StaffError, StaffFacts, WorkingHours, changed, load, own, read};
use crate::audit::{Change, NewEntry};
use crate::fault::{Faults, ValueFault};
use crate::hours::{NewOpening, Opening, check_week};
use crate::ids::{Id, Location, StaffMember};
use crate::locations;
use crate::tenancy::{StoreError, TenantTx};

/// More than anybody commutes to.
const MOST: usize = 50;

/// Somebody's week at one location, as it is typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewHours {
    /// Where.
    pub location: Id<Location>,
    /// When they work.
    pub work: Vec<NewOpening>,
    /// When they don't, within.
    pub breaks: Vec<NewOpening>,
}

/// The same, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wanted {
    pub(crate) location: Id<Location>,
    pub(crate) work: Vec<Opening>,
    pub(crate) breaks: Vec<Opening>,
}

/// What is closed for good stays as it was, for when it opens again.
const CLEAR: &str = "
    delete from staff_hours h using locations l
    where h.tenant_id = $1 and h.staff_id = $2
      and l.tenant_id = $1 and l.id = h.location_id and l.archived_at is null";

/// Says when somebody works, everywhere: all of it. `seen` is the version of the staff member that
/// the caller knows. One may be at several locations at the same time: whoever books first decides
/// which it is.
pub async fn put(
    tx: &mut TenantTx,
    id: Id<StaffMember>,
    seen: i64,
    week: &[NewHours],
) -> Result<StaffFacts, StaffError> {
    let found = own::held(tx, id).await?;
    let mut faults = Faults::new();
    let wanted = checked(tx, week, &mut faults).await?;
    if !faults.is_empty() {
        return Err(faults.into());
    }
    if i64::from(found.version) != seen {
        return Err(StaffError::Stale);
    }
    let before = load::whole(tx, vec![found.clone()]).await?.pop().ok_or(StaffError::NotFound)?;
    let values = [tx.tenant().uuid().into(), id.uuid().into()];
    let clear = Statement::from_sql_and_values(DbBackend::Postgres, CLEAR, values);
    tx.conn().execute_raw(clear).await?;
    let rows: Vec<_> = wanted.iter().flat_map(|week| rows(tx, id, week)).collect();
    hours::Entity::insert_many(rows).exec_without_returning(tx.conn()).await?;
    next_version(tx, found).await?;
    let after = read(tx, id).await?;
    tx.record(
        NewEntry::new("staff.hours_changed", "staff")
            .on(id, after.name.clone())
            .changed([Change::of("hours", in_words(&before.hours), in_words(&after.hours))]),
    );
    changed(tx, "staff.hours_changed", id);
    Ok(after)
}

fn rows(tx: &TenantTx, id: Id<StaffMember>, week: &Wanted) -> Vec<hours::ActiveModel> {
    let work = week.work.iter().map(|opening| ("work", opening));
    let breaks = week.breaks.iter().map(|opening| ("break", opening));
    let row = |(kind, opening): (&str, &Opening)| hours::ActiveModel {
        tenant_id: Set(tx.tenant().uuid()),
        staff_id: Set(id.uuid()),
        location_id: Set(week.location.uuid()),
        kind: Set(kind.to_owned()),
        weekday: Set(opening.weekday),
        opens: Set(opening.opens),
        closes: Set(opening.closes),
    };
    work.chain(breaks).map(row).collect()
}

/// Which weeks can be meant at the locations that there are.
pub(crate) async fn checked(
    tx: &TenantTx,
    week: &[NewHours],
    faults: &mut Faults,
) -> Result<Vec<Wanted>, StoreError> {
    let wanted = check(week, faults);
    let live = locations::live(tx, week.iter().take(MOST).map(|hours| hours.location)).await?;
    for (place, hours) in week.iter().take(MOST).enumerate() {
        if !live.contains(&hours.location) {
            faults.note(&format!("/locations/{place}/location_id"), locations::unknown());
        }
    }
    Ok(wanted)
}

/// Which weeks can be meant, without looking locations up.
pub(super) fn check(week: &[NewHours], faults: &mut Faults) -> Vec<Wanted> {
    if week.len() > MOST {
        let detail = format!("At most {MOST} locations, please.");
        faults.note("/locations", ValueFault::new("too_many", detail));
        return Vec::new();
    }
    let mut met = HashSet::new();
    let mut wanted = Vec::with_capacity(week.len());
    for (place, typed) in week.iter().enumerate() {
        let at = |field: &str| format!("/locations/{place}/{field}");
        if !met.insert(typed.location) {
            let fault = ValueFault::new("twice", "This location is in the list already.");
            faults.note(&at("location_id"), fault);
        }
        let work = check_week(&at("work"), &typed.work, faults);
        let breaks = check_week(&at("breaks"), &typed.breaks, faults);
        if let Some(idle) = breaks.iter().find(|pause| !work.iter().any(|at| at.meets(**pause))) {
            let detail = format!("Nobody works then: {idle}.");
            faults.note(&at("breaks"), ValueFault::new("outside_work", detail));
        }
        wanted.push(Wanted { location: typed.location, work, breaks });
    }
    wanted
}

/// As the audit log shows a week.
fn in_words(hours: &[WorkingHours]) -> Vec<String> {
    let words = |week: &WorkingHours| {
        let name = week.location_name.clone();
        let work = week.work.iter().map(ToString::to_string);
        let breaks = week.breaks.iter().map(|pause| format!("not {pause}"));
        work.chain(breaks).map(|words| format!("{name}: {words}")).collect::<Vec<_>>()
    };
    hours.iter().flat_map(words).collect()
}
