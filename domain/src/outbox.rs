//! Events that others must hear of, written in the transaction that makes them true. Each tenant
//! has its own unbroken order; the number is taken last, so that writers of one tenant wait for each
//! other only from there to the commit.

use sea_orm::{ConnectionTrait, DbBackend, Statement};
use serde::Serialize;
use serde_json::Value;

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

const WRITE: &str = "
    with taken as (
        update event_counters set last_seq = last_seq + $2
        where tenant_id = $1 returning last_seq - $2 as before
    )
    insert into outbox_events (tenant_id, id, seq, kind, version, payload, created_at)
    select $1, e.id, taken.before + e.place, e.kind, e.version, e.payload, $3
    from taken, unnest($4::uuid[], $5::text[], $6::smallint[], $7::jsonb[])
         with ordinality as e (id, kind, version, payload, place)";

/// Writes an event where there is no caller inside the tenant: sign-up, joining. At the end of its
/// transaction, because it takes the tenant's place in the order of events until the commit.
pub(crate) async fn write_from_outside(
    tx: &SystemTx,
    tenant: Id<Tenant>,
    event: NewEvent,
) -> Result<(), StoreError> {
    write(tx.conn(), tenant, tx.now(), tx.tools(), vec![event]).await
}

pub(crate) async fn write(
    conn: &impl ConnectionTrait,
    tenant: Id<Tenant>,
    now: Instant,
    tools: &Tools,
    events: Vec<NewEvent>,
) -> Result<(), StoreError> {
    if events.is_empty() {
        return Ok(());
    }
    let count = i64::try_from(events.len()).unwrap_or(i64::MAX);
    let ids: Vec<_> =
        events.iter().map(|_| Id::<Event>::new(now, &*tools.entropy).uuid()).collect();
    let kinds: Vec<_> = events.iter().map(|event| event.kind.to_owned()).collect();
    let versions: Vec<_> = events.iter().map(|event| event.version).collect();
    let payloads: Vec<_> = events.into_iter().map(|event| event.payload).collect();
    let statement = Statement::from_sql_and_values(
        DbBackend::Postgres,
        WRITE,
        [
            tenant.uuid().into(),
            count.into(),
            now.into(),
            ids.into(),
            kinds.into(),
            versions.into(),
            payloads.into(),
        ],
    );
    let written = conn.execute_raw(statement).await?.rows_affected();
    // A tenant without its counter would lose events without a word.
    if i64::try_from(written).is_ok_and(|written| written == count) {
        Ok(())
    } else {
        Err(StoreError::Unreadable(format!("{written} of {count} events of {tenant} were kept")))
    }
}
