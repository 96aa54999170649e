//! What went well and what didn't, counted by the minute over all processes. It costs a request two
//! additions; what was counted is written down now and then.

use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{Duration, DurationRound};
use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, Statement};

use crate::bells;
use crate::tenancy::{Db, StoreError, SystemReason, SystemTx};
use crate::time::Instant;

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// Requests: those that ended in a fault of ours went badly.
    Requests,
    /// Messages and mails that were handed to whoever carries them, or weren't taken.
    Messages,
    /// Requests to others' programs.
    Webhooks,
}

impl What {
    const ALL: [Self; 3] = [Self::Requests, Self::Messages, Self::Webhooks];

    /// As it is stored.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Requests => "requests",
            Self::Messages => "messages",
            Self::Webhooks => "webhooks",
        }
    }
}

#[derive(Debug, Default)]
struct Tally {
    good: AtomicI64,
    bad: AtomicI64,
}

/// What this process counted and didn't write down yet.
#[derive(Debug, Default)]
pub struct Tallies {
    requests: Tally,
    messages: Tally,
    webhooks: Tally,
}

/// How much there was of something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted {
    /// Of what.
    pub what: What,
    /// What went well.
    pub good: i64,
    /// What didn't.
    pub bad: i64,
}

impl Tallies {
    /// One more.
    pub fn note(&self, what: What, well: bool) {
        let tally = self.of(what);
        let counter = if well { &tally.good } else { &tally.bad };
        counter.fetch_add(1, Ordering::Relaxed);
    }

    fn of(&self, what: What) -> &Tally {
        match what {
            What::Requests => &self.requests,
            What::Messages => &self.messages,
            What::Webhooks => &self.webhooks,
        }
    }

    /// Everything since the last time, of which there was something.
    fn take(&self) -> Vec<Counted> {
        let all = What::ALL.map(|what| {
            let tally = self.of(what);
            let taken = |counter: &AtomicI64| counter.swap(0, Ordering::Relaxed);
            Counted { what, good: taken(&tally.good), bad: taken(&tally.bad) }
        });
        all.into_iter().filter(|counted| counted.good != 0 || counted.bad != 0).collect()
    }

    fn put_back(&self, counted: &[Counted]) {
        for Counted { what, good, bad } in counted {
            let tally = self.of(*what);
            tally.good.fetch_add(*good, Ordering::Relaxed);
            tally.bad.fetch_add(*bad, Ordering::Relaxed);
        }
    }
}

/// Writes down what this process counted, and says how much that is. What can't be written is kept for
/// the next time.
pub async fn write(db: &Db) -> Result<u64, StoreError> {
    let counted = db.tallies().take();
    if counted.is_empty() {
        return Ok(0);
    }
    let written = add(db, &counted).await;
    if written.is_err() {
        db.tallies().put_back(&counted);
    }
    written
}

async fn add(db: &Db, counted: &[Counted]) -> Result<u64, StoreError> {
    let sql = "
        insert into tallies (minute, what, good, bad)
        select $1::timestamptz, t.what, t.good, t.bad
        from unnest($2::text[], $3::bigint[], $4::bigint[]) as t (what, good, bad)
        on conflict (minute, what) do update
        set good = tallies.good + excluded.good, bad = tallies.bad + excluded.bad";
    let tx = db.system(SystemReason::Watch).await?;
    let keys: Vec<String> = counted.iter().map(|one| one.what.key().to_owned()).collect();
    let good: Vec<i64> = counted.iter().map(|one| one.good).collect();
    let bad: Vec<i64> = counted.iter().map(|one| one.bad).collect();
    let values = [minute(tx.now()).into(), keys.into(), good.into(), bad.into()];
    tx.conn().execute_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, values)).await?;
    if counted.iter().any(|one| one.bad > 0) {
        tx.tools().ringer.remember(bells::TROUBLE);
    }
    tx.commit().await?;
    Ok(counted.len() as u64)
}

fn minute(at: Instant) -> Instant {
    at.duration_trunc(Duration::minutes(1)).unwrap_or(at)
}

#[derive(FromQueryResult)]
struct Row {
    what: String,
    good: i64,
    bad: i64,
}

/// What was counted within so long, over all processes.
pub async fn within(tx: &SystemTx, window: Duration) -> Result<Vec<Counted>, StoreError> {
    let sql = "select what, sum(good)::bigint as good, sum(bad)::bigint as bad from tallies
               where minute > $1 group by what";
    let values = [(tx.now() - window).into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    let rows = Row::find_by_statement(statement).all(tx.conn()).await?;
    let of = |row: Row| {
        let what = What::ALL.into_iter().find(|what| what.key() == row.what)?;
        Some(Counted { what, good: row.good, bad: row.bad })
    };
    // What a newer version counts is not for us.
    Ok(rows.into_iter().filter_map(of).collect())
}

/// Forgets what was counted longer ago.
pub async fn forget(tx: &SystemTx, kept: Duration) -> Result<u64, StoreError> {
    let sql = "delete from tallies where minute < $1";
    let values = [(tx.now() - kept).into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    Ok(tx.conn().execute_raw(statement).await?.rows_affected())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_counted_is_taken_once_and_may_be_put_back() {
        let tallies = Tallies::default();
        assert_eq!(tallies.take(), []);
        for well in [true, true, false] {
            tallies.note(What::Requests, well);
        }
        tallies.note(What::Webhooks, false);
        let taken = tallies.take();
        let expected = [
            Counted { what: What::Requests, good: 2, bad: 1 },
            Counted { what: What::Webhooks, good: 0, bad: 1 },
        ];
        assert_eq!(taken, expected);
        assert_eq!(tallies.take(), []);
        tallies.note(What::Requests, true);
        tallies.put_back(&taken);
        assert_eq!(tallies.take()[0], Counted { what: What::Requests, good: 3, bad: 1 });
    }
}
