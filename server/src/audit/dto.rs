use chrono::{DateTime, Utc};
use openchair_domain::audit::{Actor, Change, Entry};
use openchair_domain::ids::AuditEntry;
use poem_openapi::Object;
use poem_openapi::types::Any;
use serde_json::Value;

use crate::ids::Ref;

/// Whose hand it was.
#[derive(Debug, Clone, Object)]
struct AuditActorView {
    /// `user`, `api_key`, `platform` or `system`
    kind: String,
    id: Option<String>,
    /// The name at that time
    name: String,
}

impl From<Actor> for AuditActorView {
    fn from(actor: Actor) -> Self {
        Self { kind: actor.kind, id: actor.id, name: actor.name }
    }
}

/// What it was done to.
#[derive(Debug, Clone, Object)]
struct AuditSubjectView {
    kind: String,
    id: Option<String>,
    /// The name at that time
    name: Option<String>,
}

/// One field that changed; what is secret shows as `•••`.
#[derive(Debug, Clone, Object)]
struct AuditChangeView {
    field: String,
    before: Any<Value>,
    after: Any<Value>,
}

impl From<Change> for AuditChangeView {
    fn from(change: Change) -> Self {
        Self { field: change.field, before: Any(change.before), after: Any(change.after) }
    }
}

/// One line of the log.
#[derive(Debug, Clone, Object)]
pub(super) struct AuditEntryView {
    id: Ref<AuditEntry>,
    at: DateTime<Utc>,
    actor: AuditActorView,
    /// `team.member_invited`
    action: String,
    subject: AuditSubjectView,
    changes: Vec<AuditChangeView>,
    ip: Option<String>,
    request_id: Option<String>,
}

impl From<Entry> for AuditEntryView {
    fn from(entry: Entry) -> Self {
        Self {
            id: entry.id.into(),
            at: entry.at,
            actor: entry.actor.into(),
            action: entry.action,
            subject: AuditSubjectView {
                kind: entry.subject_kind,
                id: entry.subject_id,
                name: entry.subject_name,
            },
            changes: entry.changes.into_iter().map(AuditChangeView::from).collect(),
            ip: entry.ip,
            request_id: entry.request_id,
        }
    }
}
