//! What PostgreSQL itself says: what it was asked, what it cost, and what went wrong.

use std::path::Path;

use sqlx::PgPool;

use crate::error::Outcome;
use crate::throwaway::Throwaway;

/// What one request made of statements.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Asked {
    /// With a plan: queries and writes.
    pub(crate) queries: f64,
    /// Beginning and ending transactions.
    pub(crate) brackets: f64,
}

/// A log that says every statement, from here on.
#[derive(Debug)]
pub(crate) struct Listening<'a> {
    db: &'a PgPool,
    log: std::path::PathBuf,
}

impl<'a> Listening<'a> {
    pub(crate) async fn begin(db: &'a PgPool, cluster: &Throwaway) -> Outcome<Self> {
        set(db, "all").await?;
        Ok(Self { db, log: cluster.log() })
    }

    /// How long the log is: a place to count from.
    pub(crate) fn mark(&self) -> Outcome<u64> {
        Ok(std::fs::metadata(&self.log)?.len())
    }

    /// What the app asked since, for each of so many requests.
    #[expect(clippy::cast_precision_loss, reason = "nobody counts that many")]
    pub(crate) fn since(&self, mark: u64, requests: u64) -> Outcome<Asked> {
        let text = std::fs::read(&self.log)?;
        let text = text.get(usize::try_from(mark)?..).unwrap_or_default();
        let text = String::from_utf8_lossy(text);
        let count =
            |what: &str| text.lines().filter(|line| line.contains(what) && ours(line)).count();
        let each = |count: usize| count as f64 / requests as f64;
        Ok(Asked {
            queries: each(count("LOG:  execute ")),
            brackets: each(count("LOG:  statement: ")),
        })
    }

    pub(crate) async fn end(self) -> Outcome<()> {
        set(self.db, "none").await
    }
}

fn ours(line: &str) -> bool {
    line.contains("openchair_app@")
}

async fn set(db: &PgPool, what: &str) -> Outcome<()> {
    let sql = format!("alter system set log_statement = '{what}'");
    sqlx::query(sqlx::AssertSqlSafe(sql)).execute(db).await?;
    sqlx::query("select pg_reload_conf()").execute(db).await?;
    // Whoever is connected hears of it at once, but not before.
    loop {
        let now: String = sqlx::query_scalar("show log_statement").fetch_one(db).await?;
        if now == what {
            return Ok(());
        }
    }
}

/// Processor time of the whole cluster, in clock ticks: the backends that are there, and those that
/// have ended.
pub(crate) fn ticks(cluster: &Throwaway) -> Outcome<u64> {
    let postmaster = cluster.postmaster()?;
    let mut sum = 0;
    for entry in std::fs::read_dir("/proc")? {
        let stat = entry?.path().join("stat");
        // Processes come and go, and not everything there is one.
        let Some(stat) = Stat::read(&stat) else { continue };
        if stat.pid == postmaster {
            sum += stat.own + stat.ended;
        } else if stat.parent == postmaster {
            sum += stat.own;
        }
    }
    Ok(sum)
}

/// What the system says of a process.
#[derive(Debug)]
pub(crate) struct Stat {
    pid: i32,
    parent: i32,
    pub(crate) own: u64,
    ended: u64,
}

impl Stat {
    pub(crate) fn read(path: &Path) -> Option<Self> {
        let text = std::fs::read_to_string(path).ok()?;
        let pid = text.split(' ').next()?.parse().ok()?;
        // The name, in brackets, may hold anything.
        let rest: Vec<&str> = text.get(text.rfind(')')? + 2..)?.split(' ').collect();
        let at = |place: usize| rest.get(place).and_then(|field| field.parse::<u64>().ok());
        Some(Self {
            pid,
            parent: rest.get(1)?.parse().ok()?,
            own: at(11)? + at(12)?,
            ended: at(13)? + at(14)?,
        })
    }
}

/// Deadlocks that were counted in this database, and conflicts of any kind that the log tells of.
pub(crate) async fn collisions(db: &PgPool, cluster: &Throwaway) -> Outcome<(f64, f64)> {
    let sql = "select deadlocks::float8 from pg_stat_database where datname = current_database()";
    let deadlocks: f64 = sqlx::query_scalar(sql).fetch_one(db).await?;
    let log = std::fs::read_to_string(cluster.log())?;
    let told = |what: &str| log.lines().filter(|line| line.contains(what)).count();
    let told = told("deadlock detected") + told("could not serialize");
    Ok((deadlocks, f64::from(u32::try_from(told)?)))
}
