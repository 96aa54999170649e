//! Who did what, when, from where, and what it was before. Append-only: the database grants nobody
//! to change or remove a line.

mod entity;
mod read;

use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::ids::{AuditEntry, Id, Tenant};
use crate::tenancy::{Caller, Principal, RequestFacts, StoreError, SystemTx, Tools};
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

pub(crate) async fn write(
    conn: &impl ConnectionTrait,
    caller: &Caller,
    now: Instant,
    tools: &Tools,
    entries: Vec<NewEntry>,
) -> Result<(), StoreError> {
    let actor = Actor::from(caller.principal());
    insert(conn, caller.tenant(), &actor, caller.request(), now, tools, entries).await
}

/// Writes a line where there is no caller inside the tenant: sign-up, joining, the platform.
pub(crate) async fn write_from_outside(
    tx: &SystemTx,
    tenant: Id<Tenant>,
    actor: &Actor,
    request: &RequestFacts,
    entry: NewEntry,
) -> Result<(), StoreError> {
    insert(tx.conn(), tenant, actor, request, tx.now(), tx.tools(), vec![entry]).await
}

async fn insert(
    conn: &impl ConnectionTrait,
    tenant: Id<Tenant>,
    actor: &Actor,
    request: &RequestFacts,
    now: Instant,
    tools: &Tools,
    entries: Vec<NewEntry>,
) -> Result<(), StoreError> {
    if entries.is_empty() {
        return Ok(());
    }
    let rows = entries.into_iter().map(|entry| entity::ActiveModel {
        tenant_id: Set(tenant.uuid()),
        id: Set(Id::<AuditEntry>::new(now, &*tools.entropy).uuid()),
        at: Set(now),
        actor_kind: Set(actor.kind.clone()),
        actor_id: Set(actor.id.clone()),
        actor_name: Set(actor.name.clone()),
        action: Set(entry.action.to_owned()),
        subject_kind: Set(entry.subject_kind.to_owned()),
        subject_id: Set(entry.subject_id),
        subject_name: Set(entry.subject_name),
        changes: Set(serde_json::to_value(entry.changes).unwrap_or(Value::Null)),
        ip: Set(request.ip.clone()),
        request_id: Set(request.request_id.clone()),
    });
    entity::Entity::insert_many(rows).exec_without_returning(conn).await?;
    Ok(())
}
