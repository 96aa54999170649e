//! Who serves customers: what they can do, when and where they work. A login of the team may belong
//! to one of them, and need not.

mod archive;
mod days;
#[expect(unreachable_pub, reason = "the ORM's derive wants its models public")]
mod entities;
mod hours;
mod kit;
mod load;
mod order;
mod own;
mod plan;
mod profile;
mod public;
mod skills;
#[cfg(test)]
mod tests;
mod time_off;

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::fault::refusals;
use crate::hours::Opening;
use crate::ids::{Id, Location, Room, Service, StaffMember, User};
use crate::outbox::NewEvent;
use crate::tenancy::TenantTx;
use crate::time::Instant;

use entities::staff;

pub use archive::{remove, restore};
pub use days::{StaffDay, clear as clear_day, list as list_days, put as put_day};
pub use hours::{NewHours, put as put_hours};
pub use order::reorder;
pub use profile::{NewStaff, StaffChange, create, update};
pub use public::{PublicSkill, PublicStaff};
pub use skills::{NewSkill, put as put_skills};
pub use time_off::{
    NewTimeOff, TimeOffFacts, add as add_time_off, list as list_time_off, remove as remove_time_off,
};

pub(crate) use days::checked as checked_day;
pub(crate) use hours::{Wanted, checked as checked_hours};
pub(crate) use kit::put_in_place;
pub(crate) use own::expect as expect_own;
pub(crate) use public::bookable;
pub(crate) use skills::checked as checked_skills;
pub(crate) use time_off::check as check_time_off;

refusals! {
    /// Why somebody of the staff can't be added or changed.
    StaffError {
        PlanLimit = Conflict "plan_limit" "Your plan has no room for another staff member.",
        LoginTaken = Conflict "login_taken" "Somebody else of the staff has this login." on "/user_id",
        OrderIncomplete = Conflict "order_incomplete" "The order must name everybody of the staff exactly once.",
        NotYours = NotAllowed "not_your_hours" "You can change your own hours and time off, and nobody else's.",
    }
}

/// Somebody of the staff.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaffFacts {
    /// Their id.
    pub id: Id<StaffMember>,
    /// Their name, as customers see it.
    pub name: String,
    /// What they are: `Senior therapist`.
    pub title: String,
    /// The login of the team that is theirs, if they have one.
    pub user: Option<Id<User>>,
    /// Their colour in the calendar, as an angle.
    pub hue: i16,
    /// Whether customers can choose and get them.
    pub online: bool,
    /// Where they serve one customer, if that room will do and is free.
    pub default_room: Option<Id<Room>>,
    /// At most so many visits a day.
    pub daily_cap: Option<i16>,
    /// What they can do of what is on the menu.
    pub skills: Vec<Skill>,
    /// When they work, location by location.
    pub hours: Vec<WorkingHours>,
    /// When they were taken off the calendar, if they were.
    pub archived_at: Option<Instant>,
    /// Grows with each change of theirs, their skills and their week.
    pub version: i32,
}

/// A service that somebody can do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skill {
    /// Which.
    pub service: Id<Service>,
    /// What it is called.
    pub service_name: String,
    /// How long it takes with them, if not as usual.
    pub duration_minutes: Option<i32>,
    /// What it costs with them, if not as usual.
    pub price_minor: Option<i64>,
}

/// Somebody's week at one location.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkingHours {
    /// Where.
    pub location: Id<Location>,
    /// What that is called.
    pub location_name: String,
    /// When they work, from Monday on, in the location's own time.
    pub work: Vec<Opening>,
    /// When they don't, within.
    pub breaks: Vec<Opening>,
}

/// The staff in the shop's order. Plans bound how many there are.
pub async fn list(tx: &TenantTx, archived: bool) -> Result<Vec<StaffFacts>, StaffError> {
    let shown = if archived {
        staff::Column::ArchivedAt.is_not_null()
    } else {
        staff::Column::ArchivedAt.is_null()
    };
    let rows = staff::Entity::find()
        .filter(staff::Column::TenantId.eq(tx.tenant().uuid()))
        .filter(shown)
        .order_by_asc(staff::Column::Position)
        .order_by_asc(staff::Column::Id)
        .all(tx.conn())
        .await?;
    Ok(load::whole(tx, rows).await?)
}

/// One of the staff.
pub async fn read(tx: &TenantTx, id: Id<StaffMember>) -> Result<StaffFacts, StaffError> {
    let row = find(tx, id).one(tx.conn()).await?.ok_or(StaffError::NotFound)?;
    load::whole(tx, vec![row]).await?.pop().ok_or(StaffError::NotFound)
}

fn find(tx: &TenantTx, id: Id<StaffMember>) -> sea_orm::Select<staff::Entity> {
    staff::Entity::find_by_id((tx.tenant().uuid(), id.uuid()))
}

/// One who is on the calendar.
fn find_live(tx: &TenantTx, id: Id<StaffMember>) -> sea_orm::Select<staff::Entity> {
    find(tx, id).filter(staff::Column::ArchivedAt.is_null())
}

/// What follows every change: they may work anywhere.
fn changed(tx: &mut TenantTx, kind: &'static str, id: Id<StaffMember>) {
    tx.touch().rules();
    tx.emit(NewEvent::new(kind, &serde_json::json!({ "id": id })));
}
