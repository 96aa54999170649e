//! Who did what to an entry, when and why.

use std::collections::HashMap;

use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, Statement};
use serde_json::{Value, json};
use uuid::Uuid;

use super::entities::entry;
use super::state::{State, Step};
use super::store;
use crate::audit::Actor;
use crate::bookings::BookingError;
use crate::ids::{Id, QueueEntry, StaffMember};
use crate::tenancy::{StoreError, TenantTx};
use crate::time::Instant;

/// One step of an entry's life.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// The version that it led to.
    pub version: i32,
    /// When.
    pub at: Instant,
    /// What was done.
    pub action: String,
    /// Where it stood before.
    pub from: Option<String>,
    /// Where it stood then.
    pub to: String,
    /// Whose hand: its kind.
    pub actor_kind: String,
    /// Its id, if it has one.
    pub actor_id: Option<String>,
    /// Its name.
    pub actor_name: String,
    /// Who of the staff it was about.
    pub staff: Option<Id<StaffMember>>,
    /// Why, if it was said.
    pub reason: Option<String>,
}

/// What is written of a step.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) step: Step,
    pub(super) from: Option<State>,
    pub(super) to: State,
    pub(super) staff: Option<Id<StaffMember>>,
    pub(super) reason: Option<String>,
}

pub(super) async fn write(tx: &TenantTx, row: &entry::Model, line: Line) -> Result<(), StoreError> {
    let Actor { kind, id, name } = Actor::from(tx.caller().principal());
    let sql = "
        insert into queue_history (
            tenant_id, entry_id, version, at, action, from_state, to_state, actor_kind, actor_id,
            actor_name, staff_id, reason)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    let values = [
        tx.tenant().uuid().into(),
        row.id.into(),
        row.version.into(),
        tx.now().into(),
        line.step.key().into(),
        line.from.map(State::key).into(),
        line.to.key().into(),
        kind.into(),
        id.into(),
        name.into(),
        line.staff.map(Id::uuid).into(),
        line.reason.into(),
    ];
    tx.conn().execute_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, values)).await?;
    Ok(())
}

#[derive(FromQueryResult)]
struct Row {
    version: i32,
    at: Instant,
    action: String,
    from_state: Option<String>,
    to_state: String,
    actor_kind: String,
    actor_id: Option<String>,
    actor_name: String,
    staff_id: Option<Uuid>,
    reason: Option<String>,
}

async fn since(tx: &TenantTx, entry: Uuid, version: i32) -> Result<Vec<Row>, StoreError> {
    let sql = "
        select version, at, action, from_state, to_state, actor_kind, actor_id, actor_name,
               staff_id, reason
        from queue_history where tenant_id = $1 and entry_id = $2 and version > $3 order by version";
    let values = [tx.tenant().uuid().into(), entry.into(), version.into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    Ok(Row::find_by_statement(statement).all(tx.conn()).await?)
}

/// What became of an entry behind a version, for who saw only that.
pub(super) async fn in_short(
    tx: &TenantTx,
    entry: Uuid,
    version: i32,
) -> Result<Vec<Value>, StoreError> {
    let brief = |row: &Row| {
        json!({
            "version": row.version, "at": row.at, "action": row.action, "state": row.to_state,
            "by": row.actor_name,
        })
    };
    Ok(since(tx, entry, version).await?.iter().map(brief).collect())
}

/// The step that led to where an entry stands, and when.
pub(super) async fn last(
    tx: &TenantTx,
    row: &entry::Model,
) -> Result<Option<(Step, Instant)>, StoreError> {
    let last = since(tx, row.id, row.version - 1).await?.pop();
    last.map(|last| Ok((Step::stored(&last.action)?, last.at))).transpose()
}

/// An entry's life, the oldest step first.
pub async fn history(tx: &TenantTx, id: Id<QueueEntry>) -> Result<Vec<Event>, BookingError> {
    store::find(tx, id).await?;
    Ok(since(tx, id.uuid(), 0).await?.into_iter().map(Event::from).collect())
}

impl From<Row> for Event {
    fn from(row: Row) -> Self {
        Self {
            version: row.version,
            at: row.at,
            action: row.action,
            from: row.from_state,
            to: row.to_state,
            actor_kind: row.actor_kind,
            actor_id: row.actor_id,
            actor_name: row.actor_name,
            staff: row.staff_id.map(Id::from_uuid),
            reason: row.reason,
        }
    }
}

/// The steps that led entries to these versions.
pub(crate) async fn steps(
    tx: &TenantTx,
    versions: &[(Id<QueueEntry>, i32)],
) -> Result<HashMap<(Id<QueueEntry>, i32), Event>, StoreError> {
    let sql = "
        select h.entry_id as whose, h.version, h.at, h.action, h.from_state, h.to_state, h.actor_kind,
               h.actor_id, h.actor_name, h.staff_id, h.reason
        from unnest($2::uuid[], $3::integer[]) as w (id, version)
        join queue_history h
          on h.tenant_id = $1 and h.entry_id = w.id and h.version = w.version";
    let found = tx.at_versions::<_, Row>(sql, versions).await?;
    Ok(found.into_iter().map(|(at, row)| (at, row.into())).collect())
}
