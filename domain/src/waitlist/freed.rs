//! Time that frees up, and what must be done about it.

use sea_orm::{DbBackend, FromQueryResult, Statement};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::offers;
use crate::bookings::Status;
use crate::bookings::workshop::appointment;
use crate::ids::{Appointment, Id, Location};
use crate::jobs::{self, NewJob};
use crate::tenancy::{StoreError, TenantTx};
use crate::time::Instant;

/// The kind of job that looks for who wants time that is free.
pub const MATCH: &str = "waitlist.match";

/// Time that is free again: the job's payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Freed {
    /// Where.
    pub location: Id<Location>,
    /// From, buffers included.
    pub from: Instant,
    /// To.
    pub to: Instant,
}

#[derive(FromQueryResult)]
struct Row {
    location_id: Uuid,
    freed_from: Instant,
    freed_to: Instant,
}

/// At every location where somebody waits: what a visit takes of its room, and of its staff who work
/// there too.
const FREED: &str = "
    select w.location_id, min(a.blocked_from) as freed_from, max(a.blocked_to) as freed_to
    from (select distinct location_id from waitlist_entries
          where tenant_id = $1 and state = 'waiting') w
    join allocations a on a.tenant_id = $1 and a.appointment_id = $2
    where a.location_id = w.location_id
       or (a.kind = 'staff' and (
           exists (select from staff_hours h where h.tenant_id = $1 and h.staff_id = a.resource_id
                                               and h.location_id = w.location_id)
           or exists (select from staff_days d where d.tenant_id = $1
                      and d.staff_id = a.resource_id and d.location_id = w.location_id)))
    group by w.location_id order by w.location_id";

/// To be told by whoever is about to give back what a visit takes, in that transaction. An offer that
/// it was made for has come to its end, and whoever waits is looked for by the worker.
pub(crate) async fn time_frees_up(
    tx: &mut TenantTx,
    row: &appointment::Model,
) -> Result<(), StoreError> {
    let id = Id::<Appointment>::from_uuid(row.id);
    if row.source == "waitlist" && row.status == Status::Held.key() {
        offers::ended(tx, id).await?;
    }
    let values = [tx.tenant().uuid().into(), row.id.into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, FREED, values);
    for found in Row::find_by_statement(statement).all(tx.conn()).await? {
        let location = Id::<Location>::from_uuid(found.location_id);
        let freed = Freed { location, from: found.freed_from, to: found.freed_to };
        if freed.to <= tx.now() {
            continue;
        }
        // Each version of a visit gives its time back once: the key holds the second job back that a
        // repeated attempt would queue, and never one about another time.
        let key = format!("{MATCH} {location} {id} {}", row.version);
        let job = NewJob::new(MATCH, &freed).once(key);
        jobs::enqueue(tx.conn(), tx.tools(), tx.now(), Some(tx.tenant()), job).await?;
    }
    Ok(())
}
