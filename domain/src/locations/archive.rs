//! Closing a location for good, and opening it again.

use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, QuerySelect};

use super::entities::location;
use super::{LocationError, LocationFacts, find, plan, read};
use crate::audit::NewEntry;
use crate::ids::{Id, Location};
use crate::outbox::NewEvent;
use crate::removal::Removal;
use crate::tenancy::TenantTx;

/// Closes a location for good. Nothing is ever deleted with it: its visits stay where they were.
pub async fn archive(tx: &mut TenantTx, id: Id<Location>) -> Result<Removal, LocationError> {
    // Of two that are closed at once, one stays.
    let open = plan::open(tx).await?;
    let found = find(tx, id).lock_exclusive().one(tx.conn()).await?;
    let found = found.ok_or(LocationError::NotFound)?;
    if open <= 1 {
        return Err(LocationError::LastLocation);
    }
    let (name, version) = (found.name.clone(), found.version + 1);
    let mut row: location::ActiveModel = found.into();
    row.archived_at = Set(Some(tx.now()));
    row.updated_at = Set(tx.now());
    row.version = Set(version);
    row.update(tx.conn()).await?;
    tx.record(NewEntry::new("location.archived", "location").on(id, name));
    tx.touch().rules_of(id);
    tx.emit(NewEvent::new("location.archived", &serde_json::json!({ "id": id })));
    Ok(Removal::Archived)
}

/// Opens a location again that was closed for good, if the plan has room for it. One that is open
/// stays as it is.
pub async fn restore(tx: &mut TenantTx, id: Id<Location>) -> Result<LocationFacts, LocationError> {
    let query = location::Entity::find_by_id((tx.tenant().uuid(), id.uuid()));
    let there = query.clone().one(tx.conn()).await?.ok_or(LocationError::NotFound)?;
    if there.archived_at.is_none() {
        return read(tx, id).await;
    }
    plan::room(tx).await?;
    let found = query.lock_exclusive().one(tx.conn()).await?.ok_or(LocationError::NotFound)?;
    if found.archived_at.is_some() {
        let version = found.version + 1;
        let mut row: location::ActiveModel = found.into();
        row.archived_at = Set(None);
        row.updated_at = Set(tx.now());
        row.version = Set(version);
        let row = row.update(tx.conn()).await?;
        tx.record(NewEntry::new("location.restored", "location").on(id, row.name));
        tx.touch().rules_of(id);
        tx.emit(NewEvent::new("location.restored", &serde_json::json!({ "id": id })));
    }
    read(tx, id).await
}
