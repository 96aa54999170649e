//! A merge is taken back.

use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, QuerySelect};
use serde_json::json;

use super::entities::{customer, merge as entity};
use super::merge::{Field, MergeFacts, Undo, both, facts, joined, move_back};
use super::{CustomerError, line_about, medical};
use crate::audit::Change;
use crate::ids::{Customer, CustomerMerge, Id};
use crate::messaging;
use crate::outbox::NewEvent;
use crate::tenancy::{StoreError, TenantTx};

/// Takes a merge back: what moved moves back, what was filled in is emptied again. What somebody
/// changed since stays as they left it, and what came since stays with the record that was kept.
pub async fn undo(tx: &mut TenantTx, id: Id<CustomerMerge>) -> Result<MergeFacts, CustomerError> {
    let found = entity::Entity::find_by_id((tx.tenant().uuid(), id.uuid()))
        .lock_exclusive()
        .one(tx.conn())
        .await?;
    let found = found.ok_or(CustomerError::NotFound)?;
    if found.undone_at.is_some() {
        return Err(CustomerError::AlreadyUndone);
    }
    let (kept_id, gone_id) = (Id::from_uuid(found.kept_id), Id::from_uuid(found.gone_id));
    let (kept, gone) = both(tx, kept_id, gone_id).await?;
    let as_it_was = kept.merged_into.is_none()
        && gone.merged_into == Some(kept.id)
        && kept.erased_at.is_none()
        && gone.erased_at.is_none();
    if !as_it_was {
        return Err(CustomerError::MergedSince);
    }
    let how: Undo = serde_json::from_value(found.undo.clone())
        .map_err(|error| StoreError::Unreadable(error.to_string()))?;
    move_back(tx, &how.moved, kept.id, gone.id).await?;
    messaging::parted(tx, gone.id, kept.id, how.opt_out).await?;
    let names = (kept.name.clone(), gone.name.clone());
    empty(tx, kept, &gone, how).await?;
    let version = gone.version;
    let mut row: customer::ActiveModel = gone.into();
    row.merged_into = Set(None);
    row.version = Set(version + 1);
    row.updated_at = Set(tx.now());
    row.update(tx.conn()).await?;
    let mut row: entity::ActiveModel = found.into();
    row.undone_at = Set(Some(tx.now()));
    let row = row.update(tx.conn()).await?;
    note(tx, kept_id, gone_id);
    Ok(facts(row, names.0, names.1))
}

fn note(tx: &mut TenantTx, kept: Id<Customer>, gone: Id<Customer>) {
    let change = Change::of("merged_with", gone.to_string(), serde_json::Value::Null);
    tx.record(line_about("customer.merge_undone", kept).changed([change]));
    tx.emit(NewEvent::new("customer.merge_undone", &json!({ "id": kept, "other_id": gone })));
}

async fn empty(
    tx: &TenantTx,
    kept: customer::Model,
    gone: &customer::Model,
    how: Undo,
) -> Result<(), CustomerError> {
    let mut row: customer::ActiveModel = kept.clone().into();
    for field in &how.filled {
        match field {
            Field::Email if kept.email == gone.email => {
                row.email = Set(None);
                row.email_key = Set(None);
            }
            Field::Phone if kept.phone == gone.phone => row.phone = Set(None),
            Field::Locale if kept.locale == gone.locale => row.locale = Set(None),
            Field::Channel if kept.channel == gone.channel => row.channel = Set(None),
            Field::Note if kept.note == gone.note => row.note = Set(String::new()),
            // Somebody changed it since.
            _ => {}
        }
    }
    let own = kept.tags.iter().filter(|tag| !how.tags.contains(tag)).cloned().collect();
    row.tags = Set(own);
    if let Some(before) = how.medical {
        let own = match &before.sealed {
            Some(sealed) => medical::opened_at(tx, kept.id, sealed)?,
            None => String::new(),
        };
        let merged = joined(&own, &medical::opened(tx, gone)?);
        if medical::opened(tx, &kept)? == merged {
            row.medical = Set(before.sealed);
            row.medical_at = Set(before.written_at);
        }
    }
    row.version = Set(kept.version + 1);
    row.updated_at = Set(tx.now());
    row.update(tx.conn()).await?;
    Ok(())
}
