//! What becomes of jobs: tries, leases, dead letters, stops; and what is done again and again.

mod across;
mod batches;
mod claiming;
mod delayed;
mod operating;
mod schedules;
mod sweeping;
mod trying;
mod turns;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use chrono::Duration;
use openchair_domain::jobs::{Claimed, Known, Lease};
use openchair_tests::eventually;
use openchair_tests::scratch::Scratch;
use openchair_worker::runner::{Options, Runner};
use openchair_worker::{Failure, Handler};
use sqlx::Row;
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

const PROBE: Known = Known { kind: "test.probe", version: 1 };

/// What a probe is told to do; without orders it succeeds.
#[derive(Debug, Clone)]
enum Act {
    Succeed,
    Fail,
    Refuse,
    Panic,
    Later(std::time::Duration),
    /// Wait until it is allowed to end.
    Wait(Arc<Semaphore>),
}

/// Does as it is told, and tells what it did.
#[derive(Debug)]
struct Probe {
    acts: Mutex<VecDeque<Act>>,
    runs: mpsc::UnboundedSender<i32>,
}

#[async_trait]
impl Handler for Probe {
    fn known(&self) -> Known {
        PROBE
    }

    async fn run(&self, job: &Claimed) -> Result<(), Failure> {
        let act = self.acts.lock().unwrap().pop_front().unwrap_or(Act::Succeed);
        self.runs.send(job.attempt).unwrap();
        match act {
            Act::Succeed => Ok(()),
            Act::Fail => Err(Failure::transient("not now")),
            Act::Refuse => Err(Failure::permanent("not ever")),
            Act::Panic => panic!("as ordered"),
            Act::Later(pause) => Err(Failure::Later(pause)),
            Act::Wait(until) => {
                until.acquire().await.unwrap().forget();
                Ok(())
            }
        }
    }
}

struct Bench {
    scratch: Scratch,
    runs: mpsc::UnboundedReceiver<i32>,
    runner: JoinHandle<()>,
    shutdown: CancellationToken,
}

fn options() -> Options {
    let seconds = std::time::Duration::from_secs;
    Options {
        batch: 8,
        concurrency: 2,
        poll_every: seconds(300),
        lease: seconds(600),
        grace: seconds(30),
    }
}

impl Bench {
    fn on(scratch: Scratch, acts: impl IntoIterator<Item = Act>, options: Options) -> Self {
        let (sender, runs) = mpsc::unbounded_channel();
        let probe = Probe { acts: Mutex::new(acts.into_iter().collect()), runs: sender };
        let runner = Runner::new(scratch.db.clone(), vec![Arc::new(probe)], options);
        let shutdown = CancellationToken::new();
        let stop = shutdown.clone();
        let runner = tokio::spawn(async move { runner.run(stop).await });
        Self { scratch, runs, runner, shutdown }
    }

    async fn new(acts: impl IntoIterator<Item = Act>) -> Self {
        Self::on(Scratch::new().await, acts, options())
    }

    fn later(&self, by: Duration) {
        self.scratch.clock.advance(by);
        self.scratch.db.bell().ring();
    }

    async fn stop(self) -> Scratch {
        self.shutdown.cancel();
        self.runner.await.unwrap();
        self.scratch
    }
}

/// Queues a job as another release or another worker might have left it.
async fn put(scratch: &Scratch, tenant: Uuid, kind: &str, version: i16) -> Uuid {
    let id = Uuid::from_u128(rand_bits());
    let sql = "insert into jobs (tenant_id, id, kind, version, payload, state, run_at, created_at)
               values ($1, $2, $3, $4, '{}', 'waiting', '2026-03-08T10:00:00Z', '2026-03-08T10:00:00Z')";
    let asked = sqlx::query(sql).bind(tenant).bind(id).bind(kind).bind(version);
    asked.execute(&scratch.owner).await.unwrap();
    scratch.db.bell().ring();
    id
}

fn rand_bits() -> u128 {
    use openchair_domain::entropy::{OsEntropy, bytes};
    u128::from_le_bytes(bytes::<16>(&OsEntropy))
}

async fn probe(scratch: &Scratch) -> Uuid {
    put(scratch, Uuid::nil(), PROBE.kind, PROBE.version).await
}

/// A job's state, tries and error.
async fn look(scratch: &Scratch, id: Uuid) -> (String, i32, String) {
    let sql = "select state, attempts, coalesce(last_error, '') as error from jobs where id = $1";
    let row = sqlx::query(sql).bind(id).fetch_one(&scratch.owner).await.unwrap();
    (row.get("state"), row.get("attempts"), row.get("error"))
}

async fn until(scratch: &Scratch, id: Uuid, state: &str, attempts: i32) -> String {
    eventually(state, async || {
        let (now, tries, error) = look(scratch, id).await;
        (now == state && tries == attempts).then_some(error)
    })
    .await
}

fn lease(worker: &str, batch: i64) -> Lease {
    Lease { worker: worker.to_owned(), length: Duration::minutes(1), batch, known: vec![PROBE] }
}

/// Queues many jobs of one tenant at once.
async fn put_many(scratch: &Scratch, tenant: Uuid, count: i64, run_at: &str) {
    let sql = "insert into jobs (tenant_id, id, kind, version, payload, state, run_at, created_at)
               select $1, gen_random_uuid(), 'test.probe', 1, '{}', 'waiting', $3::timestamptz, $3::timestamptz
               from generate_series(1, $2)";
    let asked = sqlx::query(sql).bind(tenant).bind(count).bind(run_at);
    asked.execute(&scratch.owner).await.unwrap();
}
