//! The places of business: where they are, in which time zone, and when the door is open.

mod ahead;
mod archive;
mod closures;
mod days;
mod entities;
mod plan;
#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};

use sea_orm::sea_query::LockType;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, DbErr, EntityTrait,
    QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;

use crate::audit::{Change, NewEntry};
use crate::diary;
use crate::fault::{Faults, ValueFault, refusals};
use crate::hours::{self, NewOpening, Opening};
use crate::ids::{Id, Location, Tenant};
use crate::outbox::NewEvent;
use crate::page::{Paged, Window};
use crate::tenancy::{StoreError, SystemTx, TenantTx};
use crate::tenants::{self, StarterPlace};
use crate::text;
use crate::time::Instant;

use entities::{hours as hours_entity, location};

pub(crate) use ahead::ahead;
pub use archive::{archive, restore};
pub(crate) use closures::check as check_closure;
pub use closures::{ClosureFacts, NewClosure, close, list as list_closures, open as open_again};
pub use days::{DayFacts, clear as clear_day, list as list_days, put as put_day};

refusals! {
    /// Why a location can't be opened or changed.
    LocationError {
        PlanLimit = Conflict "plan_limit" "Your plan has no room for another location.",
        LastLocation = Conflict "last_location" "A business needs a location. Open another one first.",
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
    /// When it was closed for good, if it was.
    pub archived_at: Option<Instant>,
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

/// The business's locations, the oldest first; those that were closed for good only if asked for.
pub async fn list(
    tx: &TenantTx,
    window: Window<Location>,
    archived: bool,
) -> Result<Paged<LocationFacts>, LocationError> {
    let shown = if archived {
        location::Column::ArchivedAt.is_not_null()
    } else {
        location::Column::ArchivedAt.is_null()
    };
    let mut query = location::Entity::find()
        .filter(location::Column::TenantId.eq(tx.tenant().uuid()))
        .filter(shown)
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
    let next_position = plan::room(tx).await?;
    let row = location::ActiveModel {
        tenant_id: Set(tx.tenant().uuid()),
        id: Set(tx.new_id::<Location>().uuid()),
        name: Set(wanted.name.unwrap_or_default()),
        address: Set(wanted.address.unwrap_or_default()),
        time_zone: Set(wanted.time_zone.unwrap_or_default()),
        position: Set(next_position),
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
    // Whoever watches a day looks afresh then: it begins and ends at other moments.
    let told = serde_json::json!({ "id": id, "zone": before.time_zone != after.time_zone });
    tx.record(NewEntry::new("location.updated", "location").on(id, after.name.clone()).changed([
        Change::of("name", before.name, after.name.clone()),
        Change::of("address", before.address, after.address.clone()),
        Change::of("time_zone", before.time_zone, after.time_zone.clone()),
        Change::of(
            "hours",
            hours::week_in_words(&before.hours),
            hours::week_in_words(&after.hours),
        ),
    ]));
    tx.touch().rules_of(id);
    tx.emit(NewEvent::new("location.updated", &told));
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

/// Which of these locations are there and not closed for good.
pub(crate) async fn live(
    tx: &TenantTx,
    ids: impl IntoIterator<Item = Id<Location>>,
) -> Result<HashSet<Id<Location>>, StoreError> {
    let ids: Vec<Uuid> = ids.into_iter().map(Id::uuid).collect();
    let rows = location::Entity::find()
        .filter(location::Column::TenantId.eq(tx.tenant().uuid()))
        .filter(location::Column::Id.eq_any(ids))
        .filter(location::Column::ArchivedAt.is_null())
        .all(tx.conn())
        .await?;
    Ok(rows.into_iter().map(|row| Id::from_uuid(row.id)).collect())
}

/// Holds a location until the transaction ends, for who decides on what is in it. False if it isn't
/// there, or closed for good. Visits can still be booked meanwhile.
pub(crate) async fn hold(tx: &TenantTx, id: Id<Location>) -> Result<bool, StoreError> {
    let held = find(tx, id).lock(LockType::NoKeyUpdate).one(tx.conn()).await?;
    Ok(held.is_some())
}

/// What is said of a location in a body that isn't there, or is another business's.
pub(crate) fn unknown() -> ValueFault {
    ValueFault::new("unknown_location", "There is no such location.")
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
        archived_at: row.archived_at,
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
        hours: change.hours.as_deref().map(|typed| hours::check_week("/hours", typed, &mut faults)),
    };
    if faults.is_empty() { Ok(wanted) } else { Err(faults.into()) }
}
