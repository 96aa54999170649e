use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::{Actor, Change, NewEntry, entity};
use crate::fault::refusals;
use crate::ids::{AuditEntry, Id};
use crate::page::{Paged, Window};
use crate::tenancy::{StoreError, TenantTx};
use crate::time::Instant;

refusals! {
    /// Why the log can't be read.
    AuditError {}
}

/// One line of the log.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Its id.
    pub id: Id<AuditEntry>,
    /// When it happened.
    pub at: Instant,
    /// Whose hand it was.
    pub actor: Actor,
    /// What was done: `team.member_invited`.
    pub action: String,
    /// What kind of thing it was done to.
    pub subject_kind: String,
    /// The thing's id.
    pub subject_id: Option<String>,
    /// The thing's name at that time.
    pub subject_name: Option<String>,
    /// Which fields changed.
    pub changes: Vec<Change>,
    /// The client's address.
    pub ip: Option<String>,
    /// The request's id.
    pub request_id: Option<String>,
}

/// Which lines are wanted.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// An action, or the part of it before the dot.
    pub action: Option<String>,
    /// A user's or key's id.
    pub actor: Option<String>,
    /// From this instant on.
    pub from: Option<Instant>,
    /// Up to, not including, this instant.
    pub to: Option<Instant>,
}

/// The newest lines first.
pub async fn list(
    tx: &TenantTx,
    filter: &Filter,
    window: Window<AuditEntry>,
) -> Result<Paged<Entry>, AuditError> {
    use entity::Column;
    let mut query = entity::Entity::find()
        .filter(Column::TenantId.eq(tx.tenant().uuid()))
        .order_by_desc(Column::Id)
        .limit(window.rows_to_ask());
    if let Some(after) = window.after {
        query = query.filter(Column::Id.lt(after.uuid()));
    }
    if let Some(action) = &filter.action {
        let noun = format!("{action}.");
        // A range, not LIKE: pattern operators can't use an index under row-level security.
        let beyond = format!("{action}/");
        let under = Condition::all().add(Column::Action.gt(noun)).add(Column::Action.lt(beyond));
        query = query.filter(Condition::any().add(Column::Action.eq(action)).add(under));
    }
    if let Some(actor) = &filter.actor {
        query = query.filter(Column::ActorId.eq(actor));
    }
    // A line's id is made at the line's instant: the bounds let the primary key find the time, the
    // instants themselves are finer than the milliseconds of ids.
    if let Some(from) = filter.from {
        let first = Id::<AuditEntry>::first_at(from);
        query = query.filter(Column::Id.gte(first.uuid())).filter(Column::At.gte(from));
    }
    if let Some(to) = filter.to {
        let beyond = Id::<AuditEntry>::first_after(to);
        query = query.filter(Column::Id.lt(beyond.uuid())).filter(Column::At.lt(to));
    }
    let rows = query.all(tx.conn()).await?;
    let entries = rows.into_iter().map(entry).collect::<Result<Vec<_>, _>>()?;
    Ok(window.cut(entries, |entry| entry.id))
}

fn entry(row: entity::Model) -> Result<Entry, StoreError> {
    Ok(Entry {
        id: Id::from_uuid(row.id),
        at: row.at,
        actor: Actor { kind: row.actor_kind, id: row.actor_id, name: row.actor_name },
        action: row.action,
        subject_kind: row.subject_kind,
        subject_id: row.subject_id,
        subject_name: row.subject_name,
        changes: serde_json::from_value(row.changes)
            .map_err(|error| StoreError::Unreadable(error.to_string()))?,
        ip: row.ip,
        request_id: row.request_id,
    })
}

/// How many lines an export has at most.
const EXPORTED: u32 = 10_000;

/// The newest lines of a time, at once. Taking the log out is itself a line in it.
pub async fn export(tx: &mut TenantTx, filter: &Filter) -> Result<Vec<Entry>, AuditError> {
    let entries = list(tx, filter, Window { after: None, limit: EXPORTED }).await?.items;
    tx.record(NewEntry::new("audit.exported", "audit"));
    Ok(entries)
}
