use chrono::Duration;
use chrono_tz::Tz;
use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, Statement, Value};
use uuid::Uuid;

use super::{Due, Line};
use crate::ids::Id;
use crate::jobs::{self, NewJob};
use crate::tenancy::{Db, StoreError, SystemReason};
use crate::time::Instant;

/// Jobs are queued a little ahead, for their time: however often somebody looks, they are on time.
const AHEAD: Duration = Duration::seconds(30);

/// One that can't be read is looked at again then: another release may understand it.
const ANOTHER_DAY: Duration = Duration::days(1);

/// How many are looked at together.
const STEP: usize = 200;

#[derive(Debug, FromQueryResult)]
struct Row {
    tenant_id: Uuid,
    name: String,
    line: String,
    zone: String,
    next_at: Instant,
}

/// What is to be done about one that is due.
#[derive(Debug, PartialEq, Eq)]
struct Plan {
    /// The time that a job is queued for.
    at: Option<Instant>,
    /// When it is due again.
    next: Instant,
}

/// `soon`: until when times are queued now. Of those that passed, the last one counts.
fn plan(row: &Row, soon: Instant) -> Plan {
    let read = || Some((row.line.parse::<Line>().ok()?, row.zone.parse::<Tz>().ok()?));
    let unreadable = Plan { at: None, next: soon + ANOTHER_DAY };
    let Some((line, zone)) = read() else { return unreadable };
    let Some(next) = line.next(soon, zone) else { return unreadable };
    let last = line.last(soon, zone).unwrap_or(row.next_at);
    Plan { at: Some(last.max(row.next_at)), next }
}

const DUE: &str = "
    select tenant_id, name, line, zone, next_at from schedules where next_at <= $1
    order by next_at limit 200 for update skip locked";

const MOVE_ON: &str = "
    update schedules set next_at = moved.next_at
    from unnest($1::uuid[], $2::text[], $3::timestamptz[]) as moved (tenant_id, name, next_at)
    where schedules.tenant_id = moved.tenant_id and schedules.name = moved.name";

/// Queues the jobs of all schedules whose time comes, each time once, and says how many.
pub async fn sweep(db: &Db) -> Result<u64, StoreError> {
    let mut queued = 0;
    loop {
        let tx = db.system(SystemReason::Jobs).await?;
        let soon = tx.now() + AHEAD;
        let statement = Statement::from_sql_and_values(DbBackend::Postgres, DUE, [soon.into()]);
        let rows = Row::find_by_statement(statement).all(tx.conn()).await?;
        let count = rows.len();
        let mut jobs = Vec::new();
        let (mut tenants, mut names, mut nexts) = (Vec::new(), Vec::new(), Vec::new());
        for row in rows {
            let Plan { at, next } = plan(&row, soon);
            let Row { tenant_id, name, line, zone, .. } = row;
            if let Some(at) = at {
                let key = format!("{name} {}", at.to_rfc3339());
                let job = NewJob::new(name.clone(), &Due { at }).once(key).at(at.max(tx.now()));
                jobs.push((Some(Id::from_uuid(tenant_id)), job));
            } else {
                tracing::warn!(name, line, zone, "a schedule has no time that can be read");
            }
            tenants.push(tenant_id);
            names.push(name);
            nexts.push(next);
        }
        if count > 0 {
            queued += jobs::enqueue_all(tx.conn(), tx.tools(), tx.now(), jobs).await?;
            let values: [Value; 3] = [tenants.into(), names.into(), nexts.into()];
            let moved = Statement::from_sql_and_values(DbBackend::Postgres, MOVE_ON, values);
            tx.conn().execute_raw(moved).await?;
        }
        tx.commit().await?;
        if count < STEP {
            return Ok(queued);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_passed_is_made_up_for_once() {
        let at = |text: &str| text.parse::<Instant>().unwrap();
        let row = |line: &str, zone: &str, next: &str| Row {
            tenant_id: Uuid::nil(),
            name: "report.weekly".to_owned(),
            line: line.to_owned(),
            zone: zone.to_owned(),
            next_at: at(next),
        };
        let mondays = |next| row("0 9 * * 1", "Europe/Berlin", next);
        let soon = at("2026-03-23T08:00:30Z");
        let next = at("2026-03-30T07:00:00Z");
        let due = |text| Plan { at: Some(at(text)), next };
        let cases = [
            (mondays("2026-03-23T08:00:00Z"), due("2026-03-23T08:00:00Z")),
            // Three weeks without a worker: one job, for the last of them.
            (mondays("2026-03-02T08:00:00Z"), due("2026-03-23T08:00:00Z")),
            // Its zone's rules were others when it was set.
            (mondays("2026-03-23T08:00:20Z"), due("2026-03-23T08:00:20Z")),
        ];
        for (row, expected) in cases {
            assert_eq!(plan(&row, soon), expected, "{row:?}");
        }
        let next = soon + ANOTHER_DAY;
        for (line, zone) in
            [("soon", "Europe/Berlin"), ("0 9 * * 1", "Europe/Atlantis"), ("0 0 31 2 *", "UTC")]
        {
            let unreadable = row(line, zone, "2026-03-23T08:00:00Z");
            assert_eq!(plan(&unreadable, soon), Plan { at: None, next }, "{unreadable:?}");
        }
    }
}
