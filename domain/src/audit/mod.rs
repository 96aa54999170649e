//! Who did what, when, from where, and what it was before. Append-only: the database grants nobody
//! to change or remove a line.

mod entity;
mod read;

use sea_orm::{ConnectionTrait, DbBackend, Statement};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::ids::{AuditEntry, Id, Tenant};
use crate::tenancy::{Principal, RequestFacts, StoreError, SystemTx, Tools};
use crate::time::Instant;

pub use read::{AuditError, Entry, Filter, export, list};

/// One field that changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// The field's name.
    pub field: String,
    /// What it was.
    pub before: Value,
    /// What it is now.
    pub after: Value,
}

impl Change {
    /// A change from `before` to `after`.
    pub fn of(field: &str, before: impl Into<Value>, after: impl Into<Value>) -> Self {
        Self { field: field.to_owned(), before: before.into(), after: after.into() }
    }

    /// That a field changed, without what it was or is: for passwords, secrets and notes.
    pub fn masked(field: &str) -> Self {
        Self::of(field, "•••", "•••")
    }
}

/// What was done to what. Becomes a line when its transaction commits.
#[derive(Debug)]
pub(crate) struct NewEntry {
    action: &'static str,
    subject_kind: &'static str,
    subject_id: Option<String>,
    subject_name: Option<String>,
    changes: Vec<Change>,
}

impl NewEntry {
    pub(crate) fn new(action: &'static str, subject_kind: &'static str) -> Self {
        Self { action, subject_kind, subject_id: None, subject_name: None, changes: Vec::new() }
    }

    pub(crate) fn on(mut self, id: impl ToString, name: impl Into<String>) -> Self {
        self.subject_id = Some(id.to_string());
        self.subject_name = Some(name.into());
        self
    }

    pub(crate) fn changed(mut self, changes: impl IntoIterator<Item = Change>) -> Self {
        self.changes
            .extend(changes.into_iter().filter(|c| c.before != c.after || c.before == "•••"));
        self
    }
}

/// Whose hand it was, as it is written down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// `user`, `api_key`, `platform`, `customer` or `system`.
    pub kind: String,
    /// The user's or key's id.
    pub id: Option<String>,
    /// The name at that time.
    pub name: String,
}

impl Actor {
    fn of(kind: &str, id: Option<String>, name: &str) -> Self {
        Self { kind: kind.to_owned(), id, name: name.to_owned() }
    }

    /// A person who isn't in the tenant yet, or acts on their own login.
    pub(crate) fn user(id: impl ToString, name: &str) -> Self {
        Self::of("user", Some(id.to_string()), name)
    }

    /// A platform administrator.
    pub(crate) fn platform(id: impl ToString, name: &str) -> Self {
        Self::of("platform", Some(id.to_string()), name)
    }
}

impl From<&Principal> for Actor {
    fn from(principal: &Principal) -> Self {
        match principal {
            Principal::Member { user, name, .. } => Self::user(user, name),
            Principal::ApiKey { key, name } => Self::of("api_key", Some(key.to_string()), name),
            Principal::Support { user, name, .. } => Self::platform(user, name),
            Principal::Visitor => Self::of("customer", None, "Customer"),
            Principal::Worker { task } => Self::of("system", None, task),
        }
    }
}

/// Writes the lines in `entries`.
pub(crate) const NOTED: &str = "
    noted as (
        insert into audit_entries (
            tenant_id, id, at, actor_kind, actor_id, actor_name, action, subject_kind, subject_id,
            subject_name, changes, ip, request_id)
        select $1, e.id, $3, e.actor_kind, e.actor_id, e.actor_name, e.action, e.subject_kind,
               e.subject_id, e.subject_name, e.changes, e.ip, e.request_id
        from jsonb_to_recordset($2::jsonb->'entries') as e (
            id uuid, actor_kind text, actor_id text, actor_name text, action text,
            subject_kind text, subject_id text, subject_name text, changes jsonb, ip text,
            request_id text)
        returning 1
    )";

/// A line as the statement reads it.
#[derive(Debug, Serialize)]
pub(crate) struct Row<'a> {
    id: Uuid,
    actor_kind: String,
    actor_id: Option<String>,
    actor_name: String,
    action: &'static str,
    subject_kind: &'static str,
    subject_id: Option<&'a str>,
    subject_name: Option<&'a str>,
    changes: &'a [Change],
    ip: Option<&'a str>,
    request_id: Option<&'a str>,
}

/// The lines that somebody's entries become.
pub(crate) fn rows<'a>(
    actor: &Actor,
    request: &'a RequestFacts,
    entries: &'a [NewEntry],
    now: Instant,
    tools: &Tools,
) -> Vec<Row<'a>> {
    let row = |entry: &'a NewEntry| Row {
        id: Id::<AuditEntry>::new(now, &*tools.entropy).uuid(),
        actor_kind: actor.kind.clone(),
        actor_id: actor.id.clone(),
        actor_name: actor.name.clone(),
        action: entry.action,
        subject_kind: entry.subject_kind,
        subject_id: entry.subject_id.as_deref(),
        subject_name: entry.subject_name.as_deref(),
        changes: &entry.changes,
        ip: request.ip.as_deref(),
        request_id: request.request_id.as_deref(),
    };
    entries.iter().map(row).collect()
}

/// Writes a line where there is no caller inside the tenant: sign-up, joining, the platform.
pub(crate) async fn write_from_outside(
    tx: &SystemTx,
    tenant: Id<Tenant>,
    actor: &Actor,
    request: &RequestFacts,
    entry: NewEntry,
) -> Result<(), StoreError> {
    let entries = [entry];
    let rows = rows(actor, request, &entries, tx.now(), tx.tools());
    let document = json!({ "entries": rows });
    let sql = format!("with {NOTED} select count(*) from noted");
    let values = [tenant.uuid().into(), document.into(), tx.now().into()];
    tx.conn().execute_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, values)).await?;
    Ok(())
}
