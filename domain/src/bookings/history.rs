//! Who did what to a visit, when and why.

use std::collections::HashMap;

use sea_orm::{ConnectionTrait, DbBackend, DbErr, FromQueryResult, Statement};
use serde_json::Value;
use uuid::Uuid;

use super::state::{Action, Status};
use crate::audit::Actor;
use crate::ids::{Appointment, Id};
use crate::tenancy::{Caller, TenantTx};
use crate::time::Instant;

/// Whose hand it was.
pub(super) struct Hand {
    pub(super) kind: String,
    pub(super) id: Option<String>,
    pub(super) name: String,
}

impl Hand {
    pub(super) fn of(caller: &Caller) -> Self {
        let Actor { kind, id, name } = Actor::from(caller.principal());
        Self { kind, id, name }
    }
}

/// One step of a visit's life.
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
    /// Why, if it was said.
    pub reason: Option<String>,
    /// What changed, for a move: before and after.
    pub details: Value,
}

#[derive(FromQueryResult)]
struct Row {
    version: i32,
    at: Instant,
    action: String,
    from_status: Option<String>,
    to_status: String,
    actor_kind: String,
    actor_id: Option<String>,
    actor_name: String,
    reason: Option<String>,
    details: Value,
}

/// A visit's life behind a version, the oldest step first.
pub(super) async fn since(tx: &TenantTx, id: Uuid, version: i32) -> Result<Vec<Event>, DbErr> {
    let sql = "
        select version, at, action, from_status, to_status, actor_kind, actor_id, actor_name,
               reason, details
        from appointment_history
        where tenant_id = $1 and appointment_id = $2 and version > $3 order by version";
    let values = [tx.tenant().uuid().into(), id.into(), version.into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    let rows = Row::find_by_statement(statement).all(tx.conn()).await?;
    Ok(rows.into_iter().map(Event::from).collect())
}

impl From<Row> for Event {
    fn from(row: Row) -> Self {
        Self {
            version: row.version,
            at: row.at,
            action: row.action,
            from: row.from_status,
            to: row.to_status,
            actor_kind: row.actor_kind,
            actor_id: row.actor_id,
            actor_name: row.actor_name,
            reason: row.reason,
            details: row.details,
        }
    }
}

/// The steps that led visits to these versions.
pub(crate) async fn steps(
    tx: &TenantTx,
    versions: &[(Id<Appointment>, i32)],
) -> Result<HashMap<(Id<Appointment>, i32), Event>, DbErr> {
    let sql = "
        select h.appointment_id as whose, h.version, h.at, h.action, h.from_status, h.to_status,
               h.actor_kind, h.actor_id, h.actor_name, h.reason, h.details
        from unnest($2::uuid[], $3::integer[]) as w (id, version)
        join appointment_history h
          on h.tenant_id = $1 and h.appointment_id = w.id and h.version = w.version";
    let found = tx.at_versions::<_, Row>(sql, versions).await?;
    Ok(found.into_iter().map(|(at, row)| (at, row.into())).collect())
}

/// What is written of a step.
pub(super) struct Step {
    pub(super) id: Id<Appointment>,
    pub(super) version: i32,
    pub(super) action: Action,
    pub(super) from: Status,
    pub(super) to: Status,
    pub(super) reason: Option<String>,
    pub(super) details: Value,
}

pub(super) async fn write(tx: &TenantTx, step: Step) -> Result<(), DbErr> {
    let hand = Hand::of(tx.caller());
    let sql = "
        insert into appointment_history (
            tenant_id, appointment_id, version, at, action, from_status, to_status, actor_kind,
            actor_id, actor_name, reason, details)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    let values = [
        tx.tenant().uuid().into(),
        step.id.uuid().into(),
        step.version.into(),
        tx.now().into(),
        step.action.key().into(),
        step.from.key().into(),
        step.to.key().into(),
        hand.kind.into(),
        hand.id.into(),
        hand.name.into(),
        step.reason.into(),
        step.details.into(),
    ];
    tx.conn().execute_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, values)).await?;
    Ok(())
}
