//! What the tables say, in the order in which it happened.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use openchair_domain::ids::{Appointment, Id, QueueEntry, Service};
use openchair_domain::queue::estimate::Work;
use serde_json::Value;
use sqlx::{PgPool, Row as _};
use uuid::Uuid;

use super::{Happened, Parties, Party, Step, Visit};

async fn parties(pool: &PgPool) -> Parties {
    let sql = "select id, services, staff_wanted, source, appointment_id, state, version, staff_id
               from queue_entries";
    let mut parties = HashMap::new();
    for row in sqlx::query(sql).fetch_all(pool).await.unwrap() {
        let services: Value = row.get(1);
        let work = |wanted: &Value| Work {
            service: wanted["id"].as_str().unwrap().parse::<Id<Service>>().unwrap(),
            minutes: u16::try_from(wanted["minutes"].as_u64().unwrap()).unwrap(),
        };
        let source: String = row.get(3);
        let visit: Option<Uuid> = row.get(4);
        parties.insert(
            row.get(0),
            Party {
                services: services.as_array().unwrap().iter().map(work).collect(),
                wanted: row.get(2),
                visit: visit.filter(|_| source == "appointment"),
                source,
                state: row.get(5),
                version: row.get(6),
                staff: row.get(7),
            },
        );
    }
    parties
}

async fn steps(pool: &PgPool) -> HashMap<(Uuid, i32), Step> {
    let sql = "select entry_id, version, action, from_state, to_state, staff_id, at
               from queue_history";
    let mut steps = HashMap::new();
    for row in sqlx::query(sql).fetch_all(pool).await.unwrap() {
        let (entry, version) = (row.get(0), row.get(1));
        let (action, from, to, staff) = (row.get(2), row.get(3), row.get(4), row.get(5));
        let step = Step { entry, version, at: row.get(6), action, from, to, staff };
        steps.insert((entry, version), step);
    }
    steps
}

/// Whose each visit is, and how it stood in each of its versions.
async fn visits(pool: &PgPool) -> (HashMap<Uuid, Uuid>, HashMap<(Uuid, i32), String>) {
    let sql = "select appointment_id, staff_id from appointment_lines where position = 0";
    let staff = sqlx::query(sql).fetch_all(pool).await.unwrap();
    let sql = "select appointment_id, version, to_status from appointment_history";
    let stood = sqlx::query(sql).fetch_all(pool).await.unwrap();
    (
        staff.iter().map(|row| (row.get(0), row.get(1))).collect(),
        stood.iter().map(|row| ((row.get(0), row.get(1)), row.get(2))).collect(),
    )
}

/// Everybody, everything that happened to them, and what of it doesn't agree with itself.
pub(super) async fn read(pool: &PgPool) -> (Parties, Vec<Happened>, Vec<String>) {
    let (parties, mut steps) = (parties(pool).await, steps(pool).await);
    let (staff, stood) = visits(pool).await;
    let sql = "select kind, payload from outbox_events
               where kind like 'appointment.%'
                  or kind like 'queue.%' and kind not in ('queue.next', 'queue.changed')
               order by seq";
    let (mut happened, mut faults) = (Vec::new(), Vec::new());
    for row in sqlx::query(sql).fetch_all(pool).await.unwrap() {
        let (kind, payload): (String, Value) = (row.get(0), row.get(1));
        let version = i32::try_from(payload["version"].as_i64().unwrap()).unwrap();
        let id = payload["id"].as_str().unwrap();
        if kind.starts_with("appointment.") {
            let id = id.parse::<Id<Appointment>>().unwrap().uuid();
            let starts_at: DateTime<Utc> = payload["starts_at"].as_str().unwrap().parse().unwrap();
            let (staff, status) = (staff[&id], stood[&(id, version)].clone());
            happened.push(Happened::Visit(Visit { id, status, starts_at, staff }));
            continue;
        }
        let entry: Id<QueueEntry> = id.parse().unwrap();
        match steps.remove(&(entry.uuid(), version)) {
            Some(step) if kind == format!("queue.{}", step.action) => {
                happened.push(Happened::Line(step));
            }
            other => faults.push(format!("{kind} {payload} is told of {other:?}")),
        }
    }
    faults.extend(steps.into_values().map(|step| format!("nobody was told of {step:?}")));
    (parties, happened, faults)
}
