//! A couples visit, booked over HTTP at the desk, beside the least that writing can cost: one row, by
//! PostgreSQL's own pgbench, with as many connections, in the same database. They take turns.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use sqlx::PgPool;
use tokio::process::Command;
use tokio::task::JoinSet;

use super::Options;
use crate::desk::{Tally, hour};
use crate::error::Outcome;
use crate::figures::{Bar, Figures};
use crate::place::Place;
use crate::postgres::{Listening, ticks};
use crate::say;
use crate::throwaway::Throwaway;

const PART: &str = "a visit for two, booked at the desk";
const AT_ONCE: usize = 16;
const COUNTED: u64 = 20;

/// The row that pgbench itself writes.
const TABLE: &str = "create table if not exists bare_rows
    (tid int, bid int, aid int, delta int, mtime timestamp, filler char(22))";
const INSERT: &str = "insert into bare_rows (tid, bid, aid, delta, mtime)
    values (1, 2, 3, 4, current_timestamp)";

/// So many writes in so long, for so much of PostgreSQL's processor time.
#[derive(Debug, Clone, Copy, Default)]
struct Work {
    writes: f64,
    seconds: f64,
    ticks: f64,
}

impl Work {
    fn rate(self) -> f64 {
        self.writes / self.seconds
    }

    fn each(self) -> f64 {
        self.ticks / self.writes
    }
}

pub(super) async fn run(
    place: &Place,
    cluster: &Throwaway,
    options: &Options,
    figures: &mut Figures,
) -> Outcome<()> {
    say("Booking for two, and writing bare rows, in turns");
    sqlx::query(TABLE).execute(&place.db).await?;
    let bench = Bench::find(cluster)?;
    let hours: Arc<[AtomicU64; AT_ONCE]> = Arc::default();
    let desk = place.desk(0);
    // A shop's rules are read once.
    expect(desk.book(hour(hours[0].fetch_add(1, Ordering::Relaxed))).await?.status)?;
    let listening = Listening::begin(&place.db, cluster).await?;
    let mark = listening.mark()?;
    for _ in 0..COUNTED {
        expect(desk.book(hour(hours[0].fetch_add(1, Ordering::Relaxed))).await?.status)?;
    }
    let asked = listening.since(mark, COUNTED)?;
    listening.end().await?;

    let turn = Duration::from_secs(options.seconds.into());
    let (mut rates, mut costs) = (Vec::new(), Vec::new());
    let mut last = (Work::default(), Work::default());
    let mut all = Tally::new()?;
    // The first turn warms up.
    for round in 0..=options.rounds {
        let bare = measured(cluster, bench.write(place, turn)).await?;
        let mut tally = Tally::new()?;
        let booked = measured(cluster, book(place, &hours, turn, &mut tally)).await?;
        if round > 0 {
            rates.push(booked.rate() / bare.rate());
            costs.push(booked.each() / bare.each());
            last = (bare, booked);
            all.merge(&tally)?;
        }
    }
    let faults = all.faults(PART, &[201]);
    if !faults.is_empty() {
        return Err(faults.join("\n").into());
    }
    let took = all.samples.summary();
    figures.add(PART, "queries", asked.queries, Bar::None);
    figures.add(PART, "begins and ends of transactions", asked.brackets, Bar::None);
    figures.add(PART, format!("bare rows a second ({})", bench.name()), last.0.rate(), Bar::None);
    figures.add(PART, "visits a second", last.1.rate(), Bar::None);
    figures.add(PART, "p50 ms", took.p50_us / 1000.0, Bar::None);
    figures.add(PART, "p99 ms", took.p99_us / 1000.0, Bar::None);
    figures.add(PART, "rate, x bare row", median(&mut rates), Bar::AtLeast(0.20));
    figures.add(PART, "PostgreSQL's CPU each, x bare row", median(&mut costs), Bar::AtMost(4.5));
    figures.show(PART);
    Ok(())
}

fn expect(status: u16) -> Outcome<()> {
    if status == 201 { Ok(()) } else { Err(format!("a booking was answered {status}").into()) }
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

#[expect(clippy::cast_precision_loss, reason = "nobody measures for that long")]
async fn measured(cluster: &Throwaway, work: impl Future<Output = Outcome<u64>>) -> Outcome<Work> {
    let (before, begun) = (ticks(cluster)?, Instant::now());
    let writes = work.await?;
    let seconds = begun.elapsed().as_secs_f64();
    let ticks = ticks(cluster)?.saturating_sub(before);
    Ok(Work { writes: writes as f64, seconds, ticks: ticks as f64 })
}

/// Sixteen desks, each of a shop of its own, book one visit after the other.
async fn book(
    place: &Place,
    hours: &Arc<[AtomicU64; AT_ONCE]>,
    turn: Duration,
    tally: &mut Tally,
) -> Outcome<u64> {
    let until = Instant::now() + turn;
    let mut clients = JoinSet::new();
    for client in 0..AT_ONCE {
        let (desk, hours) = (place.desk(client), Arc::clone(hours));
        clients.spawn(async move {
            let mut tally = Tally::new()?;
            while Instant::now() < until {
                let start = hour(hours[client].fetch_add(1, Ordering::Relaxed));
                let begun = Instant::now();
                let told = desk.book(start).await?;
                tally.add(told.status, begun.elapsed());
            }
            Outcome::Ok(tally)
        });
    }
    while let Some(done) = clients.join_next().await {
        tally.merge(&done??)?;
    }
    Ok(tally.count())
}

/// Who writes bare rows.
#[derive(Debug)]
enum Bench {
    /// PostgreSQL's own.
    Pgbench { program: PathBuf, script: PathBuf },
    /// Ours, where there is none.
    Loop,
}

impl Bench {
    fn find(cluster: &Throwaway) -> Outcome<Self> {
        let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
        let installed = versions.map(|version| version.path().join("bin/pgbench"));
        let beside = ["/usr/bin/pgbench", "/usr/local/bin/pgbench"].map(PathBuf::from);
        let Some(program) = installed.chain(beside).find(|path| path.is_file()) else {
            return Ok(Self::Loop);
        };
        let script = cluster.folder().join("insert.sql");
        std::fs::write(&script, format!("{};\n", INSERT.replace('\n', " ")))?;
        Ok(Self::Pgbench { program, script })
    }

    fn name(&self) -> &'static str {
        match self {
            Self::Pgbench { .. } => "pgbench",
            Self::Loop => "our own loop",
        }
    }

    async fn write(&self, place: &Place, turn: Duration) -> Outcome<u64> {
        match self {
            Self::Pgbench { program, script } => pgbench(program, script, place, turn).await,
            Self::Loop => by_hand(&place.db, turn).await,
        }
    }
}

async fn pgbench(program: &Path, script: &Path, place: &Place, turn: Duration) -> Outcome<u64> {
    let out = Command::new(program)
        .args(["--no-vacuum", "--protocol=prepared", "--jobs=2"])
        .arg(format!("--client={AT_ONCE}"))
        .arg(format!("--time={}", turn.as_secs()))
        .arg("--file")
        .arg(script)
        .arg(&place.url)
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await?;
    let text = String::from_utf8_lossy(&out.stdout);
    let line = "number of transactions actually processed: ";
    let count = text.lines().find_map(|text| text.strip_prefix(line)?.split('/').next());
    let count = count.and_then(|count| count.trim().parse().ok());
    count.ok_or_else(|| {
        format!("pgbench said {text}\n{}", String::from_utf8_lossy(&out.stderr)).into()
    })
}

async fn by_hand(db: &PgPool, turn: Duration) -> Outcome<u64> {
    let until = Instant::now() + turn;
    let mut clients = JoinSet::new();
    for _ in 0..AT_ONCE {
        let db = db.clone();
        clients.spawn(async move {
            let mut conn = db.acquire().await?;
            let mut count = 0;
            while Instant::now() < until {
                sqlx::query(INSERT).execute(&mut *conn).await?;
                count += 1;
            }
            Outcome::Ok(count)
        });
    }
    let mut count = 0;
    while let Some(done) = clients.join_next().await {
        count += done??;
    }
    Ok(count)
}
