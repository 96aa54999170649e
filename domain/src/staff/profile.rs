//! Who somebody is: name, login, colour, room, cap.

use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, DbBackend, FromQueryResult, QuerySelect, Statement,
};

use super::entities::staff;
use super::{StaffError, StaffFacts, changed, find_live, load, plan};
use crate::audit::{Change, NewEntry};
use crate::fault::{Faults, ValueFault};
use crate::ids::{Id, Room, StaffMember, User};
use crate::patch::Patch;
use crate::rooms;
use crate::tenancy::{Outcome, StoreError, TenantTx};
use crate::text;

/// What is wanted of somebody new.
#[derive(Debug, Clone)]
pub struct NewStaff {
    /// Their name, as customers see it.
    pub name: String,
    /// What they are.
    pub title: String,
    /// The login of the team that is theirs.
    pub user: Option<Id<User>>,
    /// Their colour, as an angle; one that the others don't have when left out.
    pub hue: Option<i16>,
    /// Whether customers can choose and get them.
    pub online: bool,
    /// Where they serve one customer.
    pub default_room: Option<Id<Room>>,
    /// At most so many visits a day.
    pub daily_cap: Option<i16>,
}

/// What may be changed.
#[derive(Debug, Clone, Default)]
pub struct StaffChange {
    /// Their name, as customers see it.
    pub name: Option<String>,
    /// What they are.
    pub title: Option<String>,
    /// The login of the team that is theirs.
    pub user: Patch<Id<User>>,
    /// Their colour, as an angle.
    pub hue: Option<i16>,
    /// Whether customers can choose and get them.
    pub online: Option<bool>,
    /// Where they serve one customer.
    pub default_room: Patch<Id<Room>>,
    /// At most so many visits a day.
    pub daily_cap: Patch<i16>,
}

/// The colour of who is the so manieth: neighbours are easy to tell apart.
pub(super) fn hue_of(position: i32) -> i16 {
    const STEP: i64 = 137;
    i16::try_from((i64::from(position) * STEP).rem_euclid(360)).unwrap_or_default()
}

/// Adds somebody to the staff, if the plan has room for them. They serve nobody until they have
/// skills and hours.
pub async fn create(tx: &mut TenantTx, new: &NewStaff) -> Result<StaffFacts, StaffError> {
    let patch = |room: Option<Id<Room>>| room.map_or(Patch::Keep, Patch::Put);
    let change = StaffChange {
        name: Some(new.name.clone()),
        title: Some(new.title.clone()),
        user: new.user.map_or(Patch::Keep, Patch::Put),
        hue: new.hue,
        online: Some(new.online),
        default_room: patch(new.default_room),
        daily_cap: new.daily_cap.map_or(Patch::Keep, Patch::Put),
    };
    let wanted = checked(tx, &change).await?;
    let position = plan::room(tx).await?;
    let row = staff::ActiveModel {
        tenant_id: Set(tx.tenant().uuid()),
        id: Set(tx.new_id::<StaffMember>().uuid()),
        name: Set(wanted.name.unwrap_or_default()),
        title: Set(wanted.title.unwrap_or_default()),
        user_id: Set(wanted.user.put().map(Id::uuid)),
        hue: Set(wanted.hue.unwrap_or_else(|| hue_of(position))),
        online: Set(new.online),
        default_room_id: Set(wanted.default_room.put().map(Id::uuid)),
        daily_cap: Set(wanted.daily_cap.put()),
        position: Set(position),
        version: Set(1),
        created_at: Set(tx.now()),
        updated_at: Set(tx.now()),
        archived_at: Set(None),
    };
    let row = row.insert(tx.conn()).await;
    let row = row.on_constraint("staff_one_login", StaffError::LoginTaken)?;
    let facts = load::whole(tx, vec![row]).await?.pop().ok_or(StaffError::NotFound)?;
    tx.record(NewEntry::new("staff.created", "staff").on(facts.id, facts.name.clone()));
    changed(tx, "staff.created", facts.id);
    Ok(facts)
}

/// Changes who somebody is; `seen` is the version that the caller knows.
pub async fn update(
    tx: &mut TenantTx,
    id: Id<StaffMember>,
    seen: i64,
    change: &StaffChange,
) -> Result<StaffFacts, StaffError> {
    let before = find_live(tx, id).lock_exclusive().one(tx.conn()).await?;
    let before = before.ok_or(StaffError::NotFound)?;
    let wanted = checked(tx, change).await?;
    if i64::from(before.version) != seen {
        return Err(StaffError::Stale);
    }
    let mut row: staff::ActiveModel = before.clone().into();
    if let Some(name) = wanted.name {
        row.name = Set(name);
    }
    if let Some(title) = wanted.title {
        row.title = Set(title);
    }
    if let Some(hue) = wanted.hue {
        row.hue = Set(hue);
    }
    if let Some(online) = wanted.online {
        row.online = Set(online);
    }
    row.user_id = Set(wanted.user.map(Id::uuid).after(before.user_id));
    row.default_room_id = Set(wanted.default_room.map(Id::uuid).after(before.default_room_id));
    row.daily_cap = Set(wanted.daily_cap.after(before.daily_cap));
    row.version = Set(before.version + 1);
    row.updated_at = Set(tx.now());
    let row = row.update(tx.conn()).await;
    let row = row.on_constraint("staff_one_login", StaffError::LoginTaken)?;
    let entry = NewEntry::new("staff.updated", "staff").on(id, row.name.clone());
    let after = load::whole(tx, vec![row]).await?.pop().ok_or(StaffError::NotFound)?;
    tx.record(entry.changed(changes(before, &after)));
    changed(tx, "staff.updated", id);
    Ok(after)
}

fn changes(before: staff::Model, after: &StaffFacts) -> [Change; 7] {
    let user = |user: Option<Id<User>>| user.map(|id| id.to_string());
    let room = |room: Option<Id<Room>>| room.map(|id| id.to_string());
    [
        Change::of("name", before.name, after.name.clone()),
        Change::of("title", before.title, after.title.clone()),
        Change::of("user_id", user(before.user_id.map(Id::from_uuid)), user(after.user)),
        Change::of("hue", before.hue, after.hue),
        Change::of("online", before.online, after.online),
        Change::of(
            "default_room_id",
            room(before.default_room_id.map(Id::from_uuid)),
            room(after.default_room),
        ),
        Change::of("daily_cap", before.daily_cap, after.daily_cap),
    ]
}

/// Which changes can be meant: the same, with every text as it is stored, of logins and rooms that
/// are there.
async fn checked(tx: &TenantTx, change: &StaffChange) -> Result<StaffChange, StaffError> {
    let mut faults = Faults::new();
    let checked = check(change, &mut faults);
    if let Patch::Put(user) = change.user
        && !on_the_team(tx, user).await?
    {
        let detail = "Nobody on the team has this login.";
        faults.note("/user_id", ValueFault::new("unknown_user", detail));
    }
    if let Patch::Put(room) = change.default_room
        && rooms::live(tx, [room]).await?.is_empty()
    {
        faults.note("/default_room_id", rooms::unknown());
    }
    if faults.is_empty() { Ok(checked) } else { Err(faults.into()) }
}

/// What can be said without looking anything up.
pub(super) fn check(change: &StaffChange, faults: &mut Faults) -> StaffChange {
    let of_range = |least: i16, most: i16| {
        move |number: i16| {
            let fits = (least..=most).contains(&number).then_some(number);
            fits.ok_or_else(|| {
                ValueFault::new("out_of_range", format!("Between {least} and {most}, please."))
            })
        }
    };
    if let Patch::Put(cap) = change.daily_cap {
        faults.take("/daily_cap", of_range(1, 200)(cap));
    }
    StaffChange {
        name: faults.given("/name", change.name.as_deref(), |name| text::line(name, 1, 80)),
        title: faults.given("/title", change.title.as_deref(), |title| text::line(title, 0, 80)),
        hue: faults.given("/hue", change.hue, of_range(0, 359)),
        ..change.clone()
    }
}

#[derive(FromQueryResult)]
struct Found {
    found: bool,
}

async fn on_the_team(tx: &TenantTx, user: Id<User>) -> Result<bool, StoreError> {
    let sql = "select exists (
                   select 1 from memberships where tenant_id = $1 and user_id = $2
               ) as found";
    let values = [tx.tenant().uuid().into(), user.uuid().into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    let found = Found::find_by_statement(statement).one(tx.conn()).await?;
    Ok(found.is_some_and(|found| found.found))
}
