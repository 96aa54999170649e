//! Stretches in which somebody is away, wherever they work.

use chrono::{Duration, Months, SubsecRound as _};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, ModelTrait, QueryFilter,
    QueryOrder, QuerySelect,
};

use super::entities::time_off;
use super::{StaffError, changed, find, own};
use crate::audit::{Change, NewEntry};
use crate::authz::Right;
use crate::fault::{Faults, ValueFault};
use crate::ids::{Id, StaffMember, TimeOff};
use crate::page::{Paged, Window};
use crate::tenancy::TenantTx;
use crate::text;
use crate::time::Instant;

/// Longer is not time off but leaving.
const LONGEST_DAYS: i64 = 366;

/// A stretch in which somebody is away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimeOffFacts {
    /// Its id.
    pub id: Id<TimeOff>,
    /// From.
    pub starts_at: Instant,
    /// To.
    pub ends_at: Instant,
    /// Why. Told to who is away and to who may change staff, and to nobody else.
    pub reason: Option<String>,
}

/// What is wanted of a new one.
#[derive(Debug, Clone)]
pub struct NewTimeOff {
    /// From.
    pub starts_at: Instant,
    /// To.
    pub ends_at: Instant,
    /// Why.
    pub reason: String,
}

fn facts(row: time_off::Model, with_reason: bool) -> TimeOffFacts {
    TimeOffFacts {
        id: Id::from_uuid(row.id),
        starts_at: row.starts_at,
        ends_at: row.ends_at,
        reason: with_reason.then_some(row.reason),
    }
}

/// When somebody is away, in the order in which it was written down; what ended before `from` (now,
/// if nothing is said) is left out.
pub async fn list(
    tx: &TenantTx,
    id: Id<StaffMember>,
    window: Window<TimeOff>,
    from: Option<Instant>,
) -> Result<Paged<TimeOffFacts>, StaffError> {
    let of = find(tx, id).one(tx.conn()).await?.ok_or(StaffError::NotFound)?;
    let caller = tx.caller();
    let with_reason =
        caller.may(Right::UpdateStaff) || own::is_own(caller, of.user_id.map(Id::from_uuid));
    let mut query = time_off::Entity::find()
        .filter(time_off::Column::TenantId.eq(tx.tenant().uuid()))
        .filter(time_off::Column::StaffId.eq(id.uuid()))
        .filter(time_off::Column::EndsAt.gt(from.unwrap_or(tx.now())))
        .order_by_asc(time_off::Column::Id)
        .limit(window.rows_to_ask());
    if let Some(after) = window.after {
        query = query.filter(time_off::Column::Id.gt(after.uuid()));
    }
    let rows = query.all(tx.conn()).await?;
    let found = rows.into_iter().map(|row| facts(row, with_reason)).collect();
    Ok(window.cut(found, |found: &TimeOffFacts| found.id))
}

/// Says when somebody is away.
pub async fn add(
    tx: &mut TenantTx,
    id: Id<StaffMember>,
    new: &NewTimeOff,
) -> Result<TimeOffFacts, StaffError> {
    let of = own::held(tx, id).await?;
    let mut faults = Faults::new();
    let new = check(new, tx.now(), &mut faults).ok_or(faults)?;
    let row = time_off::ActiveModel {
        tenant_id: Set(tx.tenant().uuid()),
        id: Set(tx.new_id::<TimeOff>().uuid()),
        staff_id: Set(id.uuid()),
        starts_at: Set(new.starts_at),
        ends_at: Set(new.ends_at),
        reason: Set(new.reason),
        created_at: Set(tx.now()),
    };
    let added = facts(row.insert(tx.conn()).await?, true);
    let none = serde_json::Value::Null;
    // Why somebody is away is nothing for a log that stays.
    tx.record(NewEntry::new("staff.time_off_added", "staff").on(id, of.name).changed([
        Change::of("starts_at", none.clone(), added.starts_at.to_rfc3339()),
        Change::of("ends_at", none, added.ends_at.to_rfc3339()),
    ]));
    changed(tx, "staff.time_off_added", id);
    Ok(added)
}

/// Takes time off back.
pub async fn remove(
    tx: &mut TenantTx,
    id: Id<StaffMember>,
    time_off: Id<TimeOff>,
) -> Result<(), StaffError> {
    let of = own::held(tx, id).await?;
    let found = time_off::Entity::find_by_id((tx.tenant().uuid(), time_off.uuid()))
        .filter(time_off::Column::StaffId.eq(id.uuid()))
        .one(tx.conn())
        .await?;
    let found = found.ok_or(StaffError::NotFound)?;
    let none = serde_json::Value::Null;
    tx.record(NewEntry::new("staff.time_off_removed", "staff").on(id, of.name).changed([
        Change::of("starts_at", found.starts_at.to_rfc3339(), none.clone()),
        Change::of("ends_at", found.ends_at.to_rfc3339(), none),
    ]));
    found.delete(tx.conn()).await?;
    changed(tx, "staff.time_off_removed", id);
    Ok(())
}

/// Which time off can be meant, as it is stored.
pub(crate) fn check(new: &NewTimeOff, now: Instant, faults: &mut Faults) -> Option<NewTimeOff> {
    // The database keeps microseconds.
    let (starts_at, ends_at) = (new.starts_at.trunc_subsecs(6), new.ends_at.trunc_subsecs(6));
    let reason = faults.take("/reason", text::line(&new.reason, 0, 200));
    if ends_at <= starts_at {
        let detail = "It must end after it starts.";
        faults.note("/ends_at", ValueFault::new("ends_before_start", detail));
    } else if ends_at - starts_at > Duration::days(LONGEST_DAYS) {
        let detail = format!("At most {LONGEST_DAYS} days, please.");
        faults.note("/ends_at", ValueFault::new("too_long", detail));
    } else if ends_at <= now - Duration::days(1) {
        faults.note("/ends_at", ValueFault::new("in_the_past", "This is over already."));
    }
    if now.checked_add_months(Months::new(36)).is_none_or(|latest| starts_at > latest) {
        let detail = "This is more than 3 years ahead.";
        faults.note("/starts_at", ValueFault::new("too_far_ahead", detail));
    }
    let reason = reason.filter(|_| faults.is_empty())?;
    Some(NewTimeOff { starts_at, ends_at, reason })
}
