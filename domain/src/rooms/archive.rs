//! Taking a room out of use, and bringing it back.

use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, DbBackend, FromQueryResult, ModelTrait, QuerySelect,
    Statement,
};

use super::entities::room;
use super::{RoomError, RoomFacts, changed, delete_features, find, place_in, read};
use crate::audit::NewEntry;
use crate::bookings::workshop::lock_alone;
use crate::ids::{Id, Location, Room};
use crate::locations;
use crate::removal::Removal;
use crate::tenancy::TenantTx;

#[derive(FromQueryResult)]
struct Used {
    used: bool,
}

/// Visits of whatever age, and staff who are at home there.
const USED: &str = "
    select exists (select 1 from allocations where tenant_id = $1 and resource_id = $2)
        or exists (select 1 from appointment_lines where tenant_id = $1 and room_id = $2)
        or exists (select 1 from staff where tenant_id = $1 and default_room_id = $2) as used";

/// Deletes a room that nobody ever used, and takes any other out of use.
pub async fn remove(tx: &mut TenantTx, id: Id<Room>) -> Result<Removal, RoomError> {
    let found = find(tx, id).lock_exclusive().one(tx.conn()).await?;
    let found = found.filter(|room| room.archived_at.is_none()).ok_or(RoomError::NotFound)?;
    let (name, location) = (found.name.clone(), Id::<Location>::from_uuid(found.location_id));
    // Whoever books it just now is waited for, or waits: a visit that isn't committed can't be seen.
    lock_alone(tx, vec![id.uuid()]).await?;
    let values = [tx.tenant().uuid().into(), id.uuid().into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, USED, values);
    let used = Used::find_by_statement(statement).one(tx.conn()).await?;
    let (removal, action) = if used.is_none_or(|found| found.used) {
        let version = found.version + 1;
        let mut row: room::ActiveModel = found.into();
        row.archived_at = Set(Some(tx.now()));
        row.updated_at = Set(tx.now());
        row.version = Set(version);
        row.update(tx.conn()).await?;
        (Removal::Archived, "room.archived")
    } else {
        delete_features(tx, id).await?;
        found.delete(tx.conn()).await?;
        (Removal::Deleted, "room.deleted")
    };
    tx.record(NewEntry::new(action, "room").on(id, name));
    changed(tx, action, id, location);
    Ok(removal)
}

/// Brings a room back, behind the others. One that is in use stays as it is.
pub async fn restore(tx: &mut TenantTx, id: Id<Room>) -> Result<RoomFacts, RoomError> {
    let there = find(tx, id).one(tx.conn()).await?.ok_or(RoomError::NotFound)?;
    let location = Id::<Location>::from_uuid(there.location_id);
    // The location first, as whoever adds a room does.
    if !locations::hold(tx, location).await? {
        return Err(RoomError::LocationArchived);
    }
    let found = find(tx, id).lock_exclusive().one(tx.conn()).await?.ok_or(RoomError::NotFound)?;
    if found.archived_at.is_some() {
        let (position, version) = (place_in(tx, location).await?, found.version + 1);
        let mut row: room::ActiveModel = found.into();
        row.archived_at = Set(None);
        row.position = Set(position);
        row.updated_at = Set(tx.now());
        row.version = Set(version);
        let row = row.update(tx.conn()).await?;
        tx.record(NewEntry::new("room.restored", "room").on(id, row.name));
        changed(tx, "room.restored", id, location);
    }
    read(tx, id).await
}
