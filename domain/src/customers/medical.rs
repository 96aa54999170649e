//! What the team must know about somebody's health: sealed, and every reading is a line in the log.

use sea_orm::{ActiveModelTrait, ActiveValue::Set};
use serde_json::json;
use uuid::Uuid;

use super::entities::customer;
use super::find::{held_at, visible};
use super::{CustomerError, line_about};
use crate::audit::Change;
use crate::fault::Faults;
use crate::ids::{Customer, Id};
use crate::outbox::NewEvent;
use crate::secrets::Place;
use crate::tenancy::{StoreError, TenantTx};
use crate::text;
use crate::time::Instant;

const LONGEST: usize = 10_000;

/// Medical notes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Medical {
    /// The notes; empty if there are none.
    pub text: String,
    /// When they were written.
    pub written_at: Option<Instant>,
    /// The customer's version.
    pub version: i32,
}

/// Reads the notes. That they were read is written down in the same transaction: without its commit
/// nobody may see them.
pub async fn read_medical(tx: &mut TenantTx, id: Id<Customer>) -> Result<Medical, CustomerError> {
    let row = visible(tx, id).await?;
    tx.record(line_about("medical.read", id));
    Ok(Medical { text: opened(tx, &row)?, written_at: row.medical_at, version: row.version })
}

/// Replaces the notes; `seen` is the customer's version that the caller knows. Empty takes them away.
pub async fn write_medical(
    tx: &mut TenantTx,
    id: Id<Customer>,
    seen: i64,
    text: &str,
) -> Result<Medical, CustomerError> {
    let mut faults = Faults::new();
    let Some(text) = faults.take("/text", text::prose(text, 0, LONGEST)) else {
        return Err(faults.into());
    };
    // Whoever doesn't see the customer writes nothing about them.
    visible(tx, id).await?;
    let row = held_at(tx, id, seen).await?;
    let sealed = sealed(tx, row.id, &text)?;
    let version = row.version + 1;
    let written_at = sealed.is_some().then(|| tx.now());
    let mut row: customer::ActiveModel = row.into();
    row.medical = Set(sealed);
    row.medical_at = Set(written_at);
    row.version = Set(version);
    row.updated_at = Set(tx.now());
    row.update(tx.conn()).await?;
    tx.record(line_about("medical.updated", id).changed([Change::masked("medical")]));
    tx.emit(NewEvent::new("customer.updated", &json!({ "id": id })));
    Ok(Medical { text, written_at, version })
}

fn place(row: Uuid) -> Place {
    Place { table: "customers", column: "medical", row }
}

/// The notes in a row, or nothing.
pub(super) fn opened(tx: &TenantTx, row: &customer::Model) -> Result<String, StoreError> {
    row.medical.as_deref().map_or(Ok(String::new()), |sealed| opened_at(tx, row.id, sealed))
}

/// Notes that were sealed for this customer.
pub(super) fn opened_at(tx: &TenantTx, id: Uuid, sealed: &[u8]) -> Result<String, StoreError> {
    let plain = tx.tools().open(&place(id), sealed)?;
    String::from_utf8(plain).map_err(|error| StoreError::Unreadable(error.to_string()))
}

/// The notes as a row keeps them.
pub(super) fn sealed(tx: &TenantTx, id: Uuid, text: &str) -> Result<Option<Vec<u8>>, StoreError> {
    if text.is_empty() {
        return Ok(None);
    }
    tx.tools().seal(&place(id), text.as_bytes()).map(Some)
}
