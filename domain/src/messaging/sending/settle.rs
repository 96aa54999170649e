//! Writes down what became of messages, one statement for many.

use sea_orm::{ConnectionTrait, DbBackend, Statement};
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use crate::messaging::log::Named;
use crate::messaging::{Reason, State};
use crate::tenancy::{Db, StoreError, SystemReason, SystemTx};
use crate::text;
use crate::time::Instant;

/// What became of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Somebody else answers for it, and calls it so.
    Sent(Option<String>),
    /// There was no reason for it any more.
    Dropped(Reason),
    /// It couldn't be sent, and why.
    Failed(Reason, String),
}

#[derive(Serialize)]
struct Row {
    tenant_id: Uuid,
    id: Uuid,
    state: &'static str,
    reason: Option<&'static str>,
    detail: Option<String>,
    provider_id: Option<String>,
    sent_at: Option<Instant>,
}

/// Longest text of somebody else's that is kept.
const LONGEST: usize = 500;

/// Only what was still to be sent is settled: whoever comes late changes nothing. The links go, unless
/// somebody may drive it once more. Texts that went out are counted in their month: a plan has so many of them.
const SETTLE: &str = "
    with settled as (
    update messages m
    set state = s.state, reason = s.reason, detail = s.detail, provider_id = s.provider_id,
        sent_at = s.sent_at, link = case when s.reason = 'gave_up' then m.link end
    from jsonb_to_recordset($1) as s (
        tenant_id uuid, id uuid, state text, reason text, detail text, provider_id text,
        sent_at timestamptz)
    where m.tenant_id = s.tenant_id and m.id = s.id
      and (m.state = 'queued' or (m.state = 'failed' and m.reason = 'gave_up'))
    returning m.tenant_id, m.channel, m.state
    )
    insert into text_counts (tenant_id, month, texts)
    select t.id, date_trunc('month', $2::timestamptz at time zone t.time_zone)::date, count(*)
    from settled s join tenants t on t.id = s.tenant_id
    where s.channel = 'sms' and s.state = 'sent'
    group by t.id order by t.id
    on conflict (tenant_id, month) do update set texts = text_counts.texts + excluded.texts";

/// Writes down what became of messages.
pub async fn settle(db: &Db, settled: &[(Named, Outcome)]) -> Result<(), StoreError> {
    let tx = db.system_by_key(SystemReason::Messages).await?;
    write_all(tx.conn(), tx.now(), settled).await?;
    tx.commit().await
}

/// The same, in whoever's transaction.
pub(in crate::messaging) async fn write_all(
    conn: &impl ConnectionTrait,
    now: Instant,
    settled: &[(Named, Outcome)],
) -> Result<(), StoreError> {
    if settled.is_empty() {
        return Ok(());
    }
    let rows: Vec<Row> = settled.iter().map(|(named, outcome)| row(*named, outcome, now)).collect();
    let rows: Value = serde_json::to_value(rows)
        .map_err(|error| StoreError::Unreadable(format!("outcomes of messages: {error}")))?;
    let statement =
        Statement::from_sql_and_values(DbBackend::Postgres, SETTLE, [rows.into(), now.into()]);
    conn.execute_raw(statement).await?;
    Ok(())
}

fn row((tenant, message): Named, outcome: &Outcome, now: Instant) -> Row {
    let (state, reason, detail, provider_id) = match outcome {
        Outcome::Sent(provider_id) => (State::Sent, None, None, provider_id.clone()),
        Outcome::Dropped(reason) => (State::Dropped, Some(*reason), None, None),
        Outcome::Failed(reason, detail) => (State::Failed, Some(*reason), Some(detail), None),
    };
    Row {
        tenant_id: tenant.uuid(),
        id: message.uuid(),
        state: state.key(),
        reason: reason.map(Reason::key),
        detail: detail.map(|said| text::kept(said, LONGEST)),
        provider_id,
        sent_at: (state == State::Sent).then_some(now),
    }
}

/// Writes down when messages are to be sent instead.
pub(super) async fn due_at(tx: &SystemTx, later: &[(Named, Instant)]) -> Result<(), StoreError> {
    if later.is_empty() {
        return Ok(());
    }
    let sql = "update messages m set due_at = l.due_at
               from unnest($1::uuid[], $2::uuid[], $3::timestamptz[]) as l (tenant_id, id, due_at)
               where m.tenant_id = l.tenant_id and m.id = l.id";
    let (tenants, ids): (Vec<Uuid>, Vec<Uuid>) =
        later.iter().map(|((tenant, id), _)| (tenant.uuid(), id.uuid())).unzip();
    let times: Vec<Instant> = later.iter().map(|(_, at)| *at).collect();
    let values = [tenants.into(), ids.into(), times.into()];
    tx.conn().execute_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, values)).await?;
    Ok(())
}
