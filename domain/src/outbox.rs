//! Events that others must hear of, written in the transaction that makes them true. Each tenant
//! has its own unbroken order; the number is taken last, so that writers of one tenant wait for each
//! other only from there to the commit.

use sea_orm::{DbBackend, FromQueryResult, Statement};
use serde::Serialize;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::ids::{Event, Id, Tenant};
use crate::tenancy::{StoreError, SystemTx, Tools};
use crate::time::Instant;

/// An event that waits for its transaction to commit.
#[derive(Debug)]
pub(crate) struct NewEvent {
    kind: &'static str,
    version: i16,
    payload: Value,
}

impl NewEvent {
    /// Version 1 of the event called `kind`.
    pub(crate) fn new(kind: &'static str, payload: &impl Serialize) -> Self {
        let payload = serde_json::to_value(payload).unwrap_or(Value::Null);
        Self { kind, version: 1, payload }
    }
}

/// Numbers the events in `events` and writes them. A tenant without its counter gets none: whoever
/// writes counts.
pub(crate) const TOLD: &str = "
    counted as (
        update event_counters set last_seq = last_seq + jsonb_array_length($2::jsonb->'events')
        where tenant_id = $1 and jsonb_array_length($2::jsonb->'events') > 0
        returning last_seq - jsonb_array_length($2::jsonb->'events') as before
    ), told as (
        insert into outbox_events (tenant_id, id, seq, kind, version, payload, created_at)
        select $1, e.id, counted.before + e.place, e.kind, e.version, e.payload, $3
        from counted, jsonb_to_recordset($2::jsonb->'events') as e (
            id uuid, place bigint, kind text, version smallint, payload jsonb)
        returning 1
    )";

/// An event as the statement reads it.
#[derive(Debug, Serialize)]
pub(crate) struct Row<'a> {
    id: Uuid,
    place: usize,
    kind: &'static str,
    version: i16,
    payload: &'a Value,
}

/// The rows that events become, in their order.
pub(crate) fn rows<'a>(events: &'a [NewEvent], now: Instant, tools: &Tools) -> Vec<Row<'a>> {
    let row = |(place, event): (usize, &'a NewEvent)| Row {
        id: Id::<Event>::new(now, &*tools.entropy).uuid(),
        place,
        kind: event.kind,
        version: event.version,
        payload: &event.payload,
    };
    (1..).zip(events).map(row).collect()
}

/// Writes an event where there is no caller inside the tenant: sign-up, joining. At the end of its
/// transaction, because it takes the tenant's place in the order of events until the commit.
pub(crate) async fn write_from_outside(
    tx: &SystemTx,
    tenant: Id<Tenant>,
    event: NewEvent,
) -> Result<(), StoreError> {
    let events = [event];
    let document = json!({ "events": rows(&events, tx.now(), tx.tools()) });
    let sql = format!("with {TOLD} select count(*) as told from told");
    let values = [tenant.uuid().into(), document.into(), tx.now().into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    let told = Told::find_by_statement(statement).one(tx.conn()).await?;
    // Without its counter a tenant would lose events without a word.
    if told.is_some_and(|found| found.told == 1) {
        tx.has_told(tenant);
        Ok(())
    } else {
        Err(StoreError::Unreadable(format!("an event of {tenant} was not kept")))
    }
}

#[derive(FromQueryResult)]
struct Told {
    told: i64,
}
