//! The places of business: where they are, in which time zone, and when the door is open.

mod entities;
mod hours;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, DbBackend, DbErr,
    EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect, Statement,
};
use uuid::Uuid;

use crate::audit::{Change, NewEntry};
use crate::config::Plans;
use crate::diary;
use crate::fault::{Faults, refusals};
use crate::ids::{Id, Location, Tenant};
use crate::outbox::NewEvent;
use crate::page::{Paged, Window};
use crate::tenancy::{StoreError, SystemTx, TenantTx};
use crate::tenants::{self, StarterPlace};
use crate::text;

use entities::{hours as hours_entity, location};

pub use hours::{NewOpening, Opening};

refusals! {
    /// Why a location can't be opened or changed.
    LocationError {
        PlanLimit = Conflict "plan_limit" "Your plan has no room for another location.",
    }
}

/// A location with its hours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocationFacts {
    /// Its id.
    pub id: Id<Location>,
    /// What people call it.
    pub name: String,
    /// Where it is.
    pub address: String,
    /// Its time zone.
    pub time_zone: String,
    /// When it is open, from Monday on.
    pub hours: Vec<Opening>,
    /// Grows with each change.
    pub version: i32,
}

/// What is wanted of a new location.
#[derive(Debug, Clone)]
pub struct NewLocation {
    /// What people call it.
    pub name: String,
    /// Where it is.
    pub address: String,
    /// Its time zone.
    pub time_zone: String,
    /// When it is open.
    pub hours: Vec<NewOpening>,
}

/// What may be changed.
#[derive(Debug, Clone, Default)]
pub struct LocationChange {
    /// What people call it.
    pub name: Option<String>,
    /// Where it is.
    pub address: Option<String>,
    /// Its time zone.
    pub time_zone: Option<String>,
    /// When it is open: all of it.
    pub hours: Option<Vec<NewOpening>>,
}

/// The business's locations, the oldest first.
pub async fn list(
    tx: &TenantTx,
    window: Window<Location>,
) -> Result<Paged<LocationFacts>, LocationError> {
    let mut query = location::Entity::find()
        .filter(location::Column::TenantId.eq(tx.tenant().uuid()))
        .filter(location::Column::ArchivedAt.is_null())
        .order_by_asc(location::Column::Id)
        .limit(window.rows_to_ask());
    if let Some(after) = window.after {
        query = query.filter(location::Column::Id.gt(after.uuid()));
    }
    let rows = query.all(tx.conn()).await?;
    let facts = with_hours(tx.conn(), tx.tenant(), rows).await?;
    Ok(window.cut(facts, |location| location.id))
}

/// One location.
pub async fn read(tx: &TenantTx, id: Id<Location>) -> Result<LocationFacts, LocationError> {
    let row = find(tx, id).one(tx.conn()).await?.ok_or(LocationError::NotFound)?;
    let mut facts = with_hours(tx.conn(), tx.tenant(), vec![row]).await?;
    facts.pop().ok_or(LocationError::NotFound)
}

/// Opens a location, if the plan has room for it.
pub async fn create(tx: &mut TenantTx, new: &NewLocation) -> Result<LocationFacts, LocationError> {
    let wanted = check(&LocationChange {
        name: Some(new.name.clone()),
        address: Some(new.address.clone()),
        time_zone: Some(new.time_zone.clone()),
        hours: Some(new.hours.clone()),
    })?;
    let room = room(tx).await?;
    if room.locations >= room.allowed() {
        return Err(LocationError::PlanLimit);
    }
    let row = location::ActiveModel {
        tenant_id: Set(tx.tenant().uuid()),
        id: Set(tx.new_id::<Location>().uuid()),
        name: Set(wanted.name.unwrap_or_default()),
        address: Set(wanted.address.unwrap_or_default()),
        time_zone: Set(wanted.time_zone.unwrap_or_default()),
        position: Set(room.next_position),
        version: Set(1),
        created_at: Set(tx.now()),
        updated_at: Set(tx.now()),
        archived_at: Set(None),
    };
    let row = row.insert(tx.conn()).await?;
    let hours = wanted.hours.unwrap_or_default();
    insert_hours(tx.conn(), tx.tenant(), row.id, &hours).await?;
    diary::open(tx.conn(), tx.tenant(), row.id).await?;
    let facts = facts(row, hours);
    tx.record(
        NewEntry::new("location.created", "location")
            .on(facts.id, facts.name.clone())
            .changed([Change::of("time_zone", serde_json::Value::Null, facts.time_zone.clone())]),
    );
    tx.emit(NewEvent::new("location.created", &serde_json::json!({ "id": facts.id })));
    Ok(facts)
}

/// Changes a location; `seen` is the version that the caller knows.
pub async fn update(
    tx: &mut TenantTx,
    id: Id<Location>,
    seen: i64,
    change: &LocationChange,
) -> Result<LocationFacts, LocationError> {
    let wanted = check(change)?;
    let found = find(tx, id).lock_exclusive().one(tx.conn()).await?;
    let found = found.ok_or(LocationError::NotFound)?;
    if i64::from(found.version) != seen {
        return Err(LocationError::Stale);
    }
    let before = with_hours(tx.conn(), tx.tenant(), vec![found.clone()]).await?.pop();
    let before = before.ok_or(LocationError::NotFound)?;
    let mut row: location::ActiveModel = found.into();
    if let Some(name) = wanted.name {
        row.name = Set(name);
    }
    if let Some(address) = wanted.address {
        row.address = Set(address);
    }
    if let Some(time_zone) = wanted.time_zone {
        row.time_zone = Set(time_zone);
    }
    row.version = Set(before.version + 1);
    row.updated_at = Set(tx.now());
    let row = row.update(tx.conn()).await?;
    let hours = match wanted.hours {
        Some(hours) => {
            replace_hours(tx, row.id, &hours).await?;
            hours
        }
        None => before.hours.clone(),
    };
    let after = facts(row, hours);
    tx.record(NewEntry::new("location.updated", "location").on(id, after.name.clone()).changed([
        Change::of("name", before.name, after.name.clone()),
        Change::of("address", before.address, after.address.clone()),
        Change::of("time_zone", before.time_zone, after.time_zone.clone()),
        Change::of("hours", in_words(&before.hours), in_words(&after.hours)),
    ]));
    tx.touch().rules_of(id);
    tx.emit(NewEvent::new("location.updated", &serde_json::json!({ "id": id })));
    Ok(after)
}

/// Opens a location of a business that is just being founded.
pub(crate) async fn put_in_place(
    tx: &SystemTx,
    tenant: Id<Tenant>,
    position: i32,
    place: &StarterPlace,
    hours: &[Opening],
) -> Result<(), StoreError> {
    let row = location::ActiveModel {
        tenant_id: Set(tenant.uuid()),
        id: Set(tx.new_id::<Location>().uuid()),
        name: Set(place.name.clone()),
        address: Set(place.address.clone()),
        time_zone: Set(place.time_zone.clone()),
        position: Set(position),
        version: Set(1),
        created_at: Set(tx.now()),
        updated_at: Set(tx.now()),
        archived_at: Set(None),
    };
    let row = row.insert(tx.conn()).await?;
    insert_hours(tx.conn(), tenant, row.id, hours).await?;
    diary::open(tx.conn(), tenant, row.id).await
}

/// The locations that a shop's public page shows, in the shop's order.
pub(crate) async fn open_to_public(
    tx: &SystemTx,
    tenant: Id<Tenant>,
) -> Result<Vec<LocationFacts>, StoreError> {
    let rows = location::Entity::find()
        .filter(location::Column::TenantId.eq(tenant.uuid()))
        .filter(location::Column::ArchivedAt.is_null())
        .order_by_asc(location::Column::Position)
        .order_by_asc(location::Column::Id)
        .all(tx.conn())
        .await?;
    Ok(with_hours(tx.conn(), tenant, rows).await?)
}

fn find(tx: &TenantTx, id: Id<Location>) -> sea_orm::Select<location::Entity> {
    location::Entity::find_by_id((tx.tenant().uuid(), id.uuid()))
        .filter(location::Column::ArchivedAt.is_null())
}

fn facts(row: location::Model, hours: Vec<Opening>) -> LocationFacts {
    LocationFacts {
        id: Id::from_uuid(row.id),
        name: row.name,
        address: row.address,
        time_zone: row.time_zone,
        hours,
        version: row.version,
    }
}

async fn with_hours(
    conn: &impl ConnectionTrait,
    tenant: Id<Tenant>,
    rows: Vec<location::Model>,
) -> Result<Vec<LocationFacts>, DbErr> {
    let ids = rows.iter().map(|row| row.id);
    let hours = hours_entity::Entity::find()
        .filter(hours_entity::Column::TenantId.eq(tenant.uuid()))
        .filter(hours_entity::Column::LocationId.is_in(ids))
        .order_by_asc(hours_entity::Column::Weekday)
        .order_by_asc(hours_entity::Column::Opens)
        .all(conn)
        .await?;
    let mut by_location: HashMap<Uuid, Vec<Opening>> = HashMap::new();
    for row in hours {
        let opening = Opening { weekday: row.weekday, opens: row.opens, closes: row.closes };
        by_location.entry(row.location_id).or_default().push(opening);
    }
    let with_its_own = |row: location::Model| {
        let hours = by_location.remove(&row.id).unwrap_or_default();
        facts(row, hours)
    };
    Ok(rows.into_iter().map(with_its_own).collect())
}

async fn insert_hours(
    conn: &impl ConnectionTrait,
    tenant: Id<Tenant>,
    location: Uuid,
    hours: &[Opening],
) -> Result<(), DbErr> {
    let rows = hours.iter().map(|opening| hours_entity::ActiveModel {
        tenant_id: Set(tenant.uuid()),
        location_id: Set(location),
        weekday: Set(opening.weekday),
        opens: Set(opening.opens),
        closes: Set(opening.closes),
    });
    hours_entity::Entity::insert_many(rows).exec_without_returning(conn).await?;
    Ok(())
}

async fn replace_hours(tx: &TenantTx, location: Uuid, hours: &[Opening]) -> Result<(), DbErr> {
    hours_entity::Entity::delete_many()
        .filter(hours_entity::Column::TenantId.eq(tx.tenant().uuid()))
        .filter(hours_entity::Column::LocationId.eq(location))
        .exec(tx.conn())
        .await?;
    insert_hours(tx.conn(), tx.tenant(), location, hours).await
}

#[derive(FromQueryResult)]
struct Room {
    plan: String,
    locations: i64,
    next_position: i32,
}

impl Room {
    fn allowed(&self) -> i64 {
        Plans::shipped().get(&self.plan).map_or(0, |plan| i64::from(plan.locations))
    }
}

/// What the plan allows and what is there. Holds the business until the transaction ends: two
/// locations opened at once can't both take the last place.
async fn room(tx: &TenantTx) -> Result<Room, LocationError> {
    let held = "select id from tenants where id = $1 for no key update";
    let counted = "
        select t.plan, count(l.id) filter (where l.archived_at is null) as locations,
               coalesce(max(l.position) + 1, 0) as next_position
        from tenants t left join locations l on l.tenant_id = t.id
        where t.id = $1 group by t.plan";
    let statement =
        |sql| Statement::from_sql_and_values(DbBackend::Postgres, sql, [tx.tenant().uuid().into()]);
    tx.conn().execute_raw(statement(held)).await?;
    let room = Room::find_by_statement(statement(counted)).one(tx.conn()).await?;
    room.ok_or(LocationError::NotFound)
}

fn in_words(hours: &[Opening]) -> Vec<String> {
    hours.iter().map(ToString::to_string).collect()
}

#[derive(Debug)]
struct Wanted {
    name: Option<String>,
    address: Option<String>,
    time_zone: Option<String>,
    hours: Option<Vec<Opening>>,
}

/// Which locations can be meant.
fn check(change: &LocationChange) -> Result<Wanted, LocationError> {
    let mut faults = Faults::new();
    let wanted = Wanted {
        name: faults.given("/name", change.name.as_deref(), |name| text::line(name, 1, 80)),
        address: faults.given("/address", change.address.as_deref(), |a| text::line(a, 0, 200)),
        time_zone: faults.given("/time_zone", change.time_zone.as_deref(), tenants::time_zone),
        hours: change.hours.as_deref().map(|typed| hours::check("/hours", typed, &mut faults)),
    };
    if faults.is_empty() { Ok(wanted) } else { Err(faults.into()) }
}
