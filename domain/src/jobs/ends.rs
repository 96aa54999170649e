use std::time::Duration;

use chrono::TimeDelta;
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use serde::Serialize;
use uuid::Uuid;

use super::Claimed;
use crate::tenancy::{Db, StoreError, SystemReason};
use crate::time::Instant;

/// What becomes of a job that was claimed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// It is done; what was sealed is wiped.
    Done,
    /// It failed, and is tried again.
    Again {
        /// So much later.
        after: Duration,
        /// Why it failed.
        reason: String,
    },
    /// It was not the time for it. That was no try.
    Later {
        /// When it may be.
        after: Duration,
    },
    /// It failed for good, and waits for somebody to look at it. What was sealed is kept: whoever drives
    /// it again needs it.
    Dead {
        /// Why.
        reason: String,
    },
    /// The worker stopped before it began with it, or before it came to an end. Another may take it at
    /// once, and that was no try.
    GivenBack,
}

impl End {
    /// Its name in the metrics.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Again { .. } => "retried",
            Self::Later { .. } => "put_off",
            Self::Dead { .. } => "dead",
            Self::GivenBack => "given_back",
        }
    }

    const fn state(&self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Again { .. } | Self::Later { .. } | Self::GivenBack => "waiting",
            Self::Dead { .. } => "dead",
        }
    }
}

/// The end of one claim.
#[derive(Debug, Clone)]
pub struct Ended {
    tenant_id: Uuid,
    id: Uuid,
    leased_by: String,
    end: End,
}

impl Claimed {
    /// This is how the claim ended.
    pub fn ended(&self, end: End) -> Ended {
        let (tenant_id, id, leased_by) = self.key();
        Ended { tenant_id, id, leased_by, end }
    }
}

/// An end as the statement reads it.
#[derive(Serialize)]
struct Row<'a> {
    tenant_id: Uuid,
    id: Uuid,
    leased_by: &'a str,
    state: &'static str,
    run_at: Option<Instant>,
    finished_at: Option<Instant>,
    /// Whether what was the last error is so no longer.
    answered: bool,
    error: Option<&'a str>,
    tried: bool,
}

/// Farther than any pause.
const FAR: TimeDelta = TimeDelta::days(3_650);

fn row(ended: &Ended, now: Instant) -> Row<'_> {
    let Ended { tenant_id, id, leased_by, end } = ended;
    let after = |pause: &Duration| now + TimeDelta::from_std(*pause).unwrap_or(FAR).min(FAR);
    let run_at = match end {
        End::Again { after: pause, .. } | End::Later { after: pause } => Some(after(pause)),
        End::Done | End::Dead { .. } | End::GivenBack => None,
    };
    let error = match end {
        End::Again { reason, .. } | End::Dead { reason } => Some(reason.as_str()),
        End::Done | End::Later { .. } | End::GivenBack => None,
    };
    Row {
        tenant_id: *tenant_id,
        id: *id,
        leased_by,
        state: end.state(),
        run_at,
        finished_at: matches!(end, End::Done | End::Dead { .. }).then_some(now),
        answered: *end == End::Done || error.is_some(),
        error,
        tried: !matches!(end, End::Later { .. } | End::GivenBack),
    }
}

/// Only whoever holds the lease may settle: a worker that woke up too late changes nothing.
///
/// The state is compared as what no index knows: by its key each job is found, where the planner would
/// rather go through all that is running, once for each.
const SETTLE: &str = "
    update jobs set
        state = ended.state, lease_until = null, finished_at = ended.finished_at,
        run_at = coalesce(ended.run_at, jobs.run_at),
        attempts = jobs.attempts - case when ended.tried then 0 else 1 end,
        last_error = case when ended.answered then ended.error else jobs.last_error end,
        sealed = case when ended.state = 'done' then null else jobs.sealed end
    from jsonb_to_recordset($1) as ended (
        tenant_id uuid, id uuid, leased_by text, state text, run_at timestamptz,
        finished_at timestamptz, answered boolean, error text, tried boolean)
    where jobs.tenant_id = ended.tenant_id and jobs.id = ended.id
      and jobs.leased_by = ended.leased_by and coalesce(jobs.state, '') = 'running'";

/// Writes down how these claims ended, with one statement, and says how many of them still held.
pub async fn settle(db: &Db, ended: &[Ended]) -> Result<u64, StoreError> {
    if ended.is_empty() {
        return Ok(0);
    }
    let tx = db.system_by_key(SystemReason::Jobs).await?;
    let rows: Vec<_> = ended.iter().map(|ended| row(ended, tx.now())).collect();
    let rows = serde_json::to_value(rows)
        .map_err(|error| StoreError::Unreadable(format!("ends of jobs: {error}")))?;
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, SETTLE, [rows.into()]);
    let settled = tx.conn().execute_raw(statement).await?.rows_affected();
    tx.commit().await?;
    Ok(settled)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_of_an_end() {
        let now: Instant = "2026-03-08T10:00:00Z".parse().unwrap();
        let (minute, reason) = (Duration::from_mins(1), || "because".to_owned());
        let soon = Some(now + TimeDelta::minutes(1));
        let cases = [
            (End::Done, "done", None, Some(now), true, None, true),
            (
                End::Again { after: minute, reason: reason() },
                "waiting",
                soon,
                None,
                true,
                Some("because"),
                true,
            ),
            (End::Later { after: minute }, "waiting", soon, None, false, None, false),
            (
                End::Later { after: Duration::MAX },
                "waiting",
                Some(now + FAR),
                None,
                false,
                None,
                false,
            ),
            (End::Dead { reason: reason() }, "dead", None, Some(now), true, Some("because"), true),
            (End::GivenBack, "waiting", None, None, false, None, false),
        ];
        for (end, state, run_at, finished_at, answered, error, tried) in cases {
            let ended = Ended {
                tenant_id: Uuid::nil(),
                id: Uuid::nil(),
                leased_by: "me".to_owned(),
                end: end.clone(),
            };
            let row = row(&ended, now);
            assert_eq!(
                (row.state, row.run_at, row.finished_at, row.answered, row.error, row.tried),
                (state, run_at, finished_at, answered, error, tried),
                "{end:?}"
            );
        }
    }
}
