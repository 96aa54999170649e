//! The rooms, chairs and cabins of a location: what they have, and in which order they are taken.

mod archive;
mod check;
#[expect(unreachable_pub, reason = "the ORM's derive wants its models public")]
mod entities;
mod order;
#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};

use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, DbErr, EntityTrait,
    QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;

use crate::audit::{Change, NewEntry};
use crate::fault::{ValueFault, refusals};
use crate::ids::{Id, Location, Room, Tenant};
use crate::locations;
use crate::outbox::NewEvent;
use crate::tenancy::{StoreError, TenantTx};
use crate::time::Instant;

pub(crate) use check::check;
use entities::{feature, room};

pub use archive::{remove, restore};
pub use check::feature_name;
pub use order::reorder;

refusals! {
    /// Why a room can't be made or changed.
    RoomError {
        TooMany = Conflict "too_many_rooms" "A location has at most 200 rooms.",
        OrderIncomplete = Conflict "order_incomplete" "The order must name every room of the location exactly once.",
        LocationArchived = Conflict "location_archived" "The room's location was closed. Open that first.",
    }
}

/// A location has so many rooms in use at most.
const MOST: usize = 200;

/// What a room has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Feature {
    /// In small letters: `couples`.
    pub name: String,
    /// Of the rooms that have what a visit needs, those with the lowest sum come first.
    pub preference: u8,
}

/// A room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomFacts {
    /// Its id.
    pub id: Id<Room>,
    /// Where it is.
    pub location: Id<Location>,
    /// What people call it.
    pub name: String,
    /// How many customers one visit in it can have.
    pub places: i16,
    /// What it has, by name.
    pub features: Vec<Feature>,
    /// When it was taken out of use, if it was.
    pub archived_at: Option<Instant>,
    /// Grows with each change.
    pub version: i32,
}

/// What is wanted of a new room.
#[derive(Debug, Clone)]
pub struct NewRoom {
    /// Where it is. For good: rooms don't move.
    pub location: Id<Location>,
    /// What people call it.
    pub name: String,
    /// How many customers one visit in it can have.
    pub places: i16,
    /// What it has.
    pub features: Vec<Feature>,
}

/// What may be changed.
#[derive(Debug, Clone, Default)]
pub struct RoomChange {
    /// What people call it.
    pub name: Option<String>,
    /// How many customers one visit in it can have.
    pub places: Option<i16>,
    /// What it has: all of it.
    pub features: Option<Vec<Feature>>,
}

/// Rooms, in the order in which they are taken: of one location, or of each in turn.
pub async fn list(
    tx: &TenantTx,
    location: Option<Id<Location>>,
    archived: bool,
) -> Result<Vec<RoomFacts>, RoomError> {
    let shown = if archived {
        room::Column::ArchivedAt.is_not_null()
    } else {
        room::Column::ArchivedAt.is_null()
    };
    let mut query =
        room::Entity::find().filter(room::Column::TenantId.eq(tx.tenant().uuid())).filter(shown);
    if let Some(location) = location {
        query = query.filter(room::Column::LocationId.eq(location.uuid()));
    }
    let rows = query
        .order_by_asc(room::Column::LocationId)
        .order_by_asc(room::Column::Position)
        .order_by_asc(room::Column::Id)
        .all(tx.conn())
        .await?;
    Ok(with_features(tx, rows).await?)
}

/// One room.
pub async fn read(tx: &TenantTx, id: Id<Room>) -> Result<RoomFacts, RoomError> {
    let row = find(tx, id).one(tx.conn()).await?.ok_or(RoomError::NotFound)?;
    with_features(tx, vec![row]).await?.pop().ok_or(RoomError::NotFound)
}

/// Adds a room to a location.
pub async fn create(tx: &mut TenantTx, new: &NewRoom) -> Result<RoomFacts, RoomError> {
    let change = RoomChange {
        name: Some(new.name.clone()),
        places: Some(new.places),
        features: Some(new.features.clone()),
    };
    let mut faults = check::Faults::new();
    let wanted = check(&change, &mut faults);
    if !locations::hold(tx, new.location).await? {
        faults.note("/location_id", locations::unknown());
    }
    let wanted = wanted.filter(|_| faults.is_empty()).ok_or(faults)?;
    let next_position = place_in(tx, new.location).await?;
    let row = room::ActiveModel {
        tenant_id: Set(tx.tenant().uuid()),
        id: Set(tx.new_id::<Room>().uuid()),
        location_id: Set(new.location.uuid()),
        name: Set(wanted.name.unwrap_or_default()),
        places: Set(wanted.places.unwrap_or(1)),
        position: Set(next_position),
        version: Set(1),
        created_at: Set(tx.now()),
        updated_at: Set(tx.now()),
        archived_at: Set(None),
    };
    let row = row.insert(tx.conn()).await?;
    let features = wanted.features.unwrap_or_default();
    insert_features(tx.conn(), tx.tenant(), row.id, &features).await?;
    let facts = facts(row, features);
    tx.record(NewEntry::new("room.created", "room").on(facts.id, facts.name.clone()).changed([
        Change::of("places", serde_json::Value::Null, facts.places),
        Change::of("features", Vec::<String>::new(), in_words(&facts.features)),
    ]));
    changed(tx, "room.created", facts.id, facts.location);
    Ok(facts)
}

/// Changes a room; `seen` is the version that the caller knows.
pub async fn update(
    tx: &mut TenantTx,
    id: Id<Room>,
    seen: i64,
    change: &RoomChange,
) -> Result<RoomFacts, RoomError> {
    let mut faults = check::Faults::new();
    let wanted = check(change, &mut faults).ok_or(faults)?;
    let found = find(tx, id).lock_exclusive().one(tx.conn()).await?;
    let found = found.filter(|room| room.archived_at.is_none()).ok_or(RoomError::NotFound)?;
    if i64::from(found.version) != seen {
        return Err(RoomError::Stale);
    }
    let before = with_features(tx, vec![found.clone()]).await?.pop().ok_or(RoomError::NotFound)?;
    let mut row: room::ActiveModel = found.into();
    if let Some(name) = wanted.name {
        row.name = Set(name);
    }
    if let Some(places) = wanted.places {
        row.places = Set(places);
    }
    row.version = Set(before.version + 1);
    row.updated_at = Set(tx.now());
    let row = row.update(tx.conn()).await?;
    let features = match wanted.features {
        Some(features) => {
            delete_features(tx, id).await?;
            insert_features(tx.conn(), tx.tenant(), row.id, &features).await?;
            features
        }
        None => before.features.clone(),
    };
    let after = facts(row, features);
    tx.record(NewEntry::new("room.updated", "room").on(id, after.name.clone()).changed([
        Change::of("name", before.name, after.name.clone()),
        Change::of("places", before.places, after.places),
        Change::of("features", in_words(&before.features), in_words(&after.features)),
    ]));
    changed(tx, "room.updated", id, after.location);
    Ok(after)
}

/// Which of these rooms are there and in use.
pub(crate) async fn live(
    tx: &TenantTx,
    ids: impl IntoIterator<Item = Id<Room>>,
) -> Result<HashSet<Id<Room>>, StoreError> {
    let ids: Vec<Uuid> = ids.into_iter().map(Id::uuid).collect();
    let rows = room::Entity::find()
        .filter(room::Column::TenantId.eq(tx.tenant().uuid()))
        .filter(room::Column::Id.eq_any(ids))
        .filter(room::Column::ArchivedAt.is_null())
        .all(tx.conn())
        .await?;
    Ok(rows.into_iter().map(|row| Id::from_uuid(row.id)).collect())
}

/// What is said of a room in a body that isn't there, or is another business's.
pub(crate) fn unknown() -> ValueFault {
    ValueFault::new("unknown_room", "There is no such room.")
}

fn find(tx: &TenantTx, id: Id<Room>) -> sea_orm::Select<room::Entity> {
    room::Entity::find_by_id((tx.tenant().uuid(), id.uuid()))
}

/// The rooms of a location that are in use. Whoever decides on them holds the location.
async fn in_use(tx: &TenantTx, location: Id<Location>) -> Result<Vec<room::Model>, DbErr> {
    room::Entity::find()
        .filter(room::Column::TenantId.eq(tx.tenant().uuid()))
        .filter(room::Column::LocationId.eq(location.uuid()))
        .filter(room::Column::ArchivedAt.is_null())
        .order_by_asc(room::Column::Position)
        .order_by_asc(room::Column::Id)
        .all(tx.conn())
        .await
}

/// The position of a room that comes last, if there is a place for it.
async fn place_in(tx: &TenantTx, location: Id<Location>) -> Result<i32, RoomError> {
    let rooms = in_use(tx, location).await?;
    if rooms.len() >= MOST {
        return Err(RoomError::TooMany);
    }
    Ok(rooms.last().map_or(0, |last| last.position + 1))
}

fn facts(row: room::Model, features: Vec<Feature>) -> RoomFacts {
    RoomFacts {
        id: Id::from_uuid(row.id),
        location: Id::from_uuid(row.location_id),
        name: row.name,
        places: row.places,
        features,
        archived_at: row.archived_at,
        version: row.version,
    }
}

async fn with_features(tx: &TenantTx, rows: Vec<room::Model>) -> Result<Vec<RoomFacts>, DbErr> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let features = feature::Entity::find()
        .filter(feature::Column::TenantId.eq(tx.tenant().uuid()))
        .filter(feature::Column::RoomId.eq_any(ids))
        .order_by_asc(feature::Column::Feature)
        .all(tx.conn())
        .await?;
    let mut by_room: HashMap<Uuid, Vec<Feature>> = HashMap::new();
    for row in features {
        let preference = u8::try_from(row.preference).unwrap_or_default();
        by_room.entry(row.room_id).or_default().push(Feature { name: row.feature, preference });
    }
    let with_its_own = |row: room::Model| {
        let features = by_room.remove(&row.id).unwrap_or_default();
        facts(row, features)
    };
    Ok(rows.into_iter().map(with_its_own).collect())
}

async fn insert_features(
    conn: &impl ConnectionTrait,
    tenant: Id<Tenant>,
    room: Uuid,
    features: &[Feature],
) -> Result<(), DbErr> {
    let rows = features.iter().map(|has| feature::ActiveModel {
        tenant_id: Set(tenant.uuid()),
        room_id: Set(room),
        feature: Set(has.name.clone()),
        preference: Set(has.preference.into()),
    });
    feature::Entity::insert_many(rows).exec_without_returning(conn).await?;
    Ok(())
}

async fn delete_features(tx: &TenantTx, id: Id<Room>) -> Result<(), DbErr> {
    feature::Entity::delete_many()
        .filter(feature::Column::TenantId.eq(tx.tenant().uuid()))
        .filter(feature::Column::RoomId.eq(id.uuid()))
        .exec(tx.conn())
        .await?;
    Ok(())
}

fn in_words(features: &[Feature]) -> Vec<String> {
    features.iter().map(|has| format!("{} ({})", has.name, has.preference)).collect()
}

fn changed(tx: &mut TenantTx, kind: &'static str, id: Id<Room>, location: Id<Location>) {
    tx.touch().rules_of(location);
    tx.emit(NewEvent::new(kind, &serde_json::json!({ "id": id })));
}
