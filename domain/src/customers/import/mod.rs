//! A file of customers: looked at first, row by row, then put in by the worker.

mod columns;
mod forget;
mod known;
mod report;
mod rows;
mod run;
#[cfg(test)]
mod tests;

use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect,
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use super::CustomerError;
use super::entities::import as entity;
use crate::audit::{Actor, Change, NewEntry};
use crate::fault::{Faults, ValueFault};
use crate::ids::{CustomerImport, Id};
use crate::jobs::{self, NewJob};
use crate::outbox::NewEvent;
use crate::page::{Paged, Window};
use crate::secrets::Place;
use crate::tenancy::{StoreError, TenantTx};
use crate::tenants;
use crate::text;
use crate::time::Instant;

pub use forget::{FILES_KEPT, forget_files};
pub use report::{ImportReport, ImportRow, ImportTotals, RowOutcome};
pub use run::{bury_import, continue_import};

/// The kind of job that puts a file's customers in.
pub const IMPORT_CUSTOMERS: &str = "customers.import";

/// The job's payload.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ImportJob {
    /// Which file.
    pub import: Id<CustomerImport>,
}

/// How far a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportState {
    /// Looked at; nothing was put in.
    Checked,
    /// The worker puts it in, or will.
    Running,
    /// All of it is in.
    Done,
    /// It can't be put in.
    Failed,
}

impl ImportState {
    /// The stable name.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Checked => "checked",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }

    fn from_key(key: &str) -> Self {
        let all = [Self::Checked, Self::Running, Self::Done];
        all.into_iter().find(|state| state.key() == key).unwrap_or(Self::Failed)
    }
}

/// A file, as it is sent.
#[derive(Debug, Clone)]
pub struct NewImport {
    /// What it is called.
    pub name: String,
    /// Its text.
    pub csv: String,
}

/// A file that was looked at.
#[derive(Debug, Clone)]
pub struct ImportFacts {
    /// Its id.
    pub id: Id<CustomerImport>,
    /// What it is called.
    pub name: String,
    /// How far it is.
    pub state: ImportState,
    /// How many rows it has.
    pub rows_total: i32,
    /// How many of them are done.
    pub rows_done: i32,
    /// How many customers were made.
    pub created: i32,
    /// How many rows were left out: repeated, or wrong.
    pub skipped: i32,
    /// What the dry run said.
    pub report: ImportReport,
    /// Why it came to nothing: `unreadable`, `gave_up`, `not_run`.
    pub reason: Option<String>,
    /// Who sent it.
    pub created_by: String,
    /// When it was sent.
    pub created_at: Instant,
    /// When it was told to run.
    pub started_at: Option<Instant>,
    /// When it came to its end.
    pub finished_at: Option<Instant>,
}

impl TryFrom<entity::Model> for ImportFacts {
    type Error = StoreError;

    fn try_from(row: entity::Model) -> Result<Self, StoreError> {
        Ok(Self {
            id: Id::from_uuid(row.id),
            name: row.name,
            state: ImportState::from_key(&row.state),
            rows_total: row.rows_total,
            rows_done: row.rows_done,
            created: row.created,
            skipped: row.skipped,
            report: serde_json::from_value(row.report)
                .map_err(|error| StoreError::Unreadable(error.to_string()))?,
            reason: row.reason,
            created_by: row.created_by,
            created_at: row.created_at,
            started_at: row.started_at,
            finished_at: row.finished_at,
        })
    }
}

fn place(row: Uuid) -> Place {
    Place { table: "customer_imports", column: "file", row }
}

/// Looks at a file and says what would become of each row. Puts nobody in.
pub async fn import(tx: &mut TenantTx, new: &NewImport) -> Result<ImportFacts, CustomerError> {
    let mut faults = Faults::new();
    let name = faults.take("/name", text::line(&new.name, 1, 120));
    let table = faults.take("/csv", columns::read(&new.csv));
    let nul = new.csv.contains('\0');
    if nul {
        faults.note("/csv", ValueFault::new("not_csv", "This can't be read as a table."));
    }
    let (Some(name), Some(table), false) = (name, table, nul) else { return Err(faults.into()) };
    let people = rows::people(&table, &tenants::country(tx).await?);
    let good = people.iter().filter_map(|(_, person)| person.as_ref().ok());
    let known = known::known(tx, good).await?;
    let report = report::report(&people, &known, table.ignored);
    let id = tx.new_id::<CustomerImport>();
    let row = entity::ActiveModel {
        tenant_id: Set(tx.tenant().uuid()),
        id: Set(id.uuid()),
        name: Set(name),
        state: Set(ImportState::Checked.key().to_owned()),
        file: Set(Some(tx.tools().seal(&place(id.uuid()), new.csv.as_bytes())?)),
        rows_total: Set(i32::try_from(report.rows.len()).unwrap_or(i32::MAX)),
        rows_done: Set(0),
        created: Set(0),
        skipped: Set(0),
        report: Set(serde_json::to_value(&report)
            .map_err(|error| StoreError::Unreadable(error.to_string()))?),
        reason: Set(None),
        created_by: Set(Actor::from(tx.caller().principal()).name),
        created_at: Set(tx.now()),
        started_at: Set(None),
        finished_at: Set(None),
    };
    let row = row.insert(tx.conn()).await?;
    let rows = Change::of("rows", serde_json::Value::Null, report.totals.rows);
    tx.record(line("customer_import.checked", &row).changed([rows]));
    tx.emit(NewEvent::new("customer_import.checked", &json!({ "id": id })));
    Ok(row.try_into()?)
}

/// A file, and how far it is.
pub async fn read_import(
    tx: &TenantTx,
    id: Id<CustomerImport>,
) -> Result<ImportFacts, CustomerError> {
    let found = entity::Entity::find_by_id((tx.tenant().uuid(), id.uuid())).one(tx.conn()).await?;
    Ok(found.ok_or(CustomerError::NotFound)?.try_into()?)
}

/// Files, the newest first.
pub async fn imports(
    tx: &TenantTx,
    window: Window<CustomerImport>,
) -> Result<Paged<ImportFacts>, CustomerError> {
    let mut found = entity::Entity::find()
        .filter(entity::Column::TenantId.eq(tx.tenant().uuid()))
        .order_by_desc(entity::Column::Id)
        .limit(window.rows_to_ask());
    if let Some(after) = window.after {
        found = found.filter(entity::Column::Id.lt(after.uuid()));
    }
    let rows = found.all(tx.conn()).await?;
    let facts = rows.into_iter().map(ImportFacts::try_from).collect::<Result<_, _>>()?;
    Ok(window.cut(facts, |import: &ImportFacts| import.id))
}

/// Tells the worker to put a file in. Told again, it answers how far the file is.
pub async fn run_import(
    tx: &mut TenantTx,
    id: Id<CustomerImport>,
) -> Result<ImportFacts, CustomerError> {
    let found = held(tx, id).await?;
    if found.state != ImportState::Checked.key() {
        return Ok(found.try_into()?);
    }
    let mut row: entity::ActiveModel = found.into();
    row.state = Set(ImportState::Running.key().to_owned());
    row.started_at = Set(Some(tx.now()));
    let row = row.update(tx.conn()).await?;
    let job = NewJob::new(IMPORT_CUSTOMERS, &ImportJob { import: id }).once(id.to_string());
    jobs::enqueue(tx.conn(), tx.tools(), tx.now(), Some(tx.tenant()), job).await?;
    tx.record(line("customer_import.started", &row));
    tx.emit(NewEvent::new("customer_import.started", &json!({ "id": id })));
    Ok(row.try_into()?)
}

async fn held(tx: &TenantTx, id: Id<CustomerImport>) -> Result<entity::Model, CustomerError> {
    let found = entity::Entity::find_by_id((tx.tenant().uuid(), id.uuid()))
        .lock_exclusive()
        .one(tx.conn())
        .await?;
    found.ok_or(CustomerError::NotFound)
}

fn line(action: &'static str, row: &entity::Model) -> NewEntry {
    NewEntry::new(action, "customer_import")
        .on(Id::<CustomerImport>::from_uuid(row.id), row.name.clone())
}
