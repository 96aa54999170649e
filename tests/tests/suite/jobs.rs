//! What becomes of jobs: tries, leases, dead letters, stops.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use chrono::Duration;
use openchair_domain::ids::Id;
use openchair_domain::jobs::{self, Claimed, Known, Lease};
use openchair_tests::eventually;
use openchair_tests::scratch::Scratch;
use openchair_worker::reconcile::{Leftovers, Reconciler};
use openchair_worker::runner::{Options, Runner};
use openchair_worker::{Failure, Handler, MAX_ATTEMPTS};
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

#[tokio::test]
async fn a_job_that_fails_is_tried_twelve_times_and_then_put_aside() {
    let bench = Bench::new(std::iter::repeat_n(Act::Fail, 20)).await;
    let id = probe(&bench.scratch).await;
    for attempt in 1..MAX_ATTEMPTS {
        assert_eq!(until(&bench.scratch, id, "waiting", attempt).await, "not now");
        bench.later(Duration::hours(5));
    }
    assert_eq!(until(&bench.scratch, id, "dead", MAX_ATTEMPTS).await, "not now");
    bench.later(Duration::days(3));
    assert_eq!(look(&bench.stop().await, id).await.0, "dead");
}

#[tokio::test]
async fn the_pause_is_kept() {
    let mut bench = Bench::new([Act::Fail, Act::Succeed]).await;
    let id = probe(&bench.scratch).await;
    until(&bench.scratch, id, "waiting", 1).await;
    // Ten seconds give or take a fifth: seven are not enough, thirteen are. The second job shows that
    // the worker has looked.
    bench.later(Duration::seconds(7));
    let other = probe(&bench.scratch).await;
    until(&bench.scratch, other, "done", 1).await;
    assert_eq!(look(&bench.scratch, id).await.0, "waiting");
    bench.later(Duration::seconds(6));
    until(&bench.scratch, id, "done", 2).await;
    assert_eq!(bench.runs.recv().await, Some(1));
    bench.stop().await;
}

#[tokio::test]
async fn what_can_never_succeed_is_put_aside_at_once() {
    let bench = Bench::new([Act::Refuse]).await;
    let id = probe(&bench.scratch).await;
    assert_eq!(until(&bench.scratch, id, "dead", 1).await, "not ever");
    bench.stop().await;
}

#[tokio::test]
async fn a_panic_costs_one_try_and_nothing_else() {
    let bench = Bench::new([Act::Panic, Act::Succeed, Act::Succeed]).await;
    let first = probe(&bench.scratch).await;
    let error = until(&bench.scratch, first, "waiting", 1).await;
    assert!(error.contains("panicked"), "{error}");
    let second = probe(&bench.scratch).await;
    until(&bench.scratch, second, "done", 1).await;
    bench.later(Duration::minutes(1));
    until(&bench.scratch, first, "done", 2).await;
    bench.stop().await;
}

#[tokio::test]
async fn what_nobody_understands_is_kept_as_it_is() {
    let bench = Bench::new([]).await;
    let unknown = put(&bench.scratch, Uuid::nil(), "test.from_the_future", 1).await;
    let newer = put(&bench.scratch, Uuid::nil(), PROBE.kind, 2).await;
    let known = probe(&bench.scratch).await;
    until(&bench.scratch, known, "done", 1).await;
    bench.later(Duration::days(1));
    let last = probe(&bench.scratch).await;
    until(&bench.scratch, last, "done", 1).await;
    for id in [unknown, newer] {
        assert_eq!(look(&bench.scratch, id).await, ("waiting".to_owned(), 0, String::new()));
    }
    let strangers = jobs::not_understood(&bench.scratch.db, &[PROBE]).await.unwrap();
    let strangers: Vec<_> =
        strangers.iter().map(|s| (s.kind.as_str(), s.version, s.count)).collect();
    assert_eq!(strangers, [("test.from_the_future", 1, 1), (PROBE.kind, 2, 1)]);
    bench.stop().await;
}

#[tokio::test]
async fn a_stop_ends_what_runs_and_gives_back_the_rest() {
    let scratch = Scratch::new().await;
    let mut ids = Vec::new();
    for _ in 0..5 {
        ids.push(probe(&scratch).await);
    }
    let gate = Arc::new(Semaphore::new(0));
    let acts = std::iter::repeat_n(Act::Wait(Arc::clone(&gate)), 5);
    let mut bench = Bench::on(scratch, acts, options());
    bench.runs.recv().await.unwrap();
    bench.runs.recv().await.unwrap();
    bench.shutdown.cancel();
    // The three that had not begun can be had by others while two still run.
    eventually("three jobs given back", async || {
        let sql = "select count(*) from jobs where state = 'waiting' and attempts = 0";
        let free: i64 = sqlx::query_scalar(sql).fetch_one(&bench.scratch.owner).await.unwrap();
        (free == 3).then_some(())
    })
    .await;
    assert!(!bench.runner.is_finished());
    gate.add_permits(2);
    let scratch = bench.stop().await;
    let mut states = Vec::new();
    for id in ids {
        states.push(look(&scratch, id).await);
    }
    states.sort();
    let state = |name: &str, attempts| (name.to_owned(), attempts, String::new());
    let waiting = || state("waiting", 0);
    assert_eq!(states, [state("done", 1), state("done", 1), waiting(), waiting(), waiting()]);
}

#[tokio::test]
async fn what_does_not_end_in_time_is_given_back_too() {
    let grace = std::time::Duration::from_millis(50);
    let acts = [Act::Wait(Arc::new(Semaphore::new(0)))];
    let mut bench = Bench::on(Scratch::new().await, acts, Options { grace, ..options() });
    let id = probe(&bench.scratch).await;
    bench.runs.recv().await.unwrap();
    let scratch = bench.stop().await;
    assert_eq!(look(&scratch, id).await, ("waiting".to_owned(), 0, String::new()));
}

fn lease(worker: &str, batch: i64) -> Lease {
    Lease { worker: worker.to_owned(), length: Duration::minutes(1), batch, known: vec![PROBE] }
}

#[tokio::test]
async fn a_lost_workers_job_is_done_by_another_and_the_lost_one_changes_nothing() {
    let scratch = Scratch::new().await;
    let id = probe(&scratch).await;
    let lost = jobs::claim(&scratch.db, &lease("lost", 8)).await.unwrap();
    assert_eq!(lost.len(), 1);
    assert!(jobs::claim(&scratch.db, &lease("too early", 8)).await.unwrap().is_empty());

    let gate = Arc::new(Semaphore::new(0));
    let mut bench = Bench::on(scratch, [Act::Wait(Arc::clone(&gate))], options());
    bench.later(Duration::minutes(2));
    assert_eq!(bench.runs.recv().await, Some(2));
    jobs::finish(&bench.scratch.db, &lost[0]).await.unwrap();
    jobs::retry(&bench.scratch.db, &lost[0], "late", None).await.unwrap();
    jobs::give_back(&bench.scratch.db, &lost[0]).await.unwrap();
    assert_eq!(look(&bench.scratch, id).await, ("running".to_owned(), 2, String::new()));
    gate.add_permits(1);
    until(&bench.scratch, id, "done", 2).await;
    bench.stop().await;
}

#[tokio::test]
async fn a_job_that_takes_its_workers_with_it_is_put_aside() {
    let scratch = Scratch::new().await;
    let id = probe(&scratch).await;
    for attempt in 1..=MAX_ATTEMPTS {
        let claimed = jobs::claim(&scratch.db, &lease("lost", 8)).await.unwrap();
        assert_eq!(claimed[0].attempt, attempt);
        scratch.clock.advance(Duration::minutes(2));
    }
    let bench = Bench::on(scratch, [], options());
    let error = until(&bench.scratch, id, "dead", MAX_ATTEMPTS + 1).await;
    assert!(error.contains("lost"), "{error}");
    bench.stop().await;
}

/// Queues many jobs of one tenant at once.
async fn put_many(scratch: &Scratch, tenant: Uuid, count: i64, run_at: &str) {
    let sql = "insert into jobs (tenant_id, id, kind, version, payload, state, run_at, created_at)
               select $1, gen_random_uuid(), 'test.probe', 1, '{}', 'waiting', $3::timestamptz, $3::timestamptz
               from generate_series(1, $2)";
    let asked = sqlx::query(sql).bind(tenant).bind(count).bind(run_at);
    asked.execute(&scratch.owner).await.unwrap();
}

const BUSY: Uuid = Uuid::from_u128(1);

#[tokio::test]
async fn one_busy_tenant_does_not_keep_the_others_waiting() {
    let scratch = Scratch::new().await;
    put_many(&scratch, BUSY, 500, "2026-03-08T09:00:00Z").await;
    let quiet = put(&scratch, Uuid::from_u128(2), PROBE.kind, PROBE.version).await;
    let claimed = jobs::claim(&scratch.db, &lease("any", 4)).await.unwrap();
    assert_eq!(claimed.len(), 4);
    assert!(claimed.iter().any(|job| job.id.uuid() == quiet));
}

#[tokio::test]
async fn nor_does_one_that_is_far_busier_than_a_claim_looks() {
    let scratch = Scratch::new().await;
    put_many(&scratch, BUSY, 3_000, "2026-03-08T09:00:00Z").await;
    // Nothing of this one is due.
    put_many(&scratch, Uuid::from_u128(2), 10, "2026-04-01T09:00:00Z").await;
    let quiet = put(&scratch, Uuid::from_u128(3), PROBE.kind, PROBE.version).await;
    let claimed = jobs::claim(&scratch.db, &lease("any", 4)).await.unwrap();
    assert_eq!(claimed.len(), 4);
    assert!(claimed.iter().any(|job| job.id.uuid() == quiet));
    let all = jobs::claim(&scratch.db, &lease("rest", 5_000)).await.unwrap();
    assert!(all.len() >= 900 && all.iter().all(|job| job.tenant.map(Id::uuid) == Some(BUSY)));
}

#[tokio::test]
async fn the_mails_of_logins_and_those_of_tenants_take_turns() {
    let scratch = Scratch::new().await;
    for tenant in 1..=40 {
        put_many(&scratch, Uuid::from_u128(tenant), 1, "2026-03-08T09:00:00Z").await;
    }
    put_many(&scratch, Uuid::nil(), 3, "2026-03-08T09:59:00Z").await;
    let of_nobody = async |worker| {
        let claimed = jobs::claim(&scratch.db, &lease(worker, 4)).await.unwrap();
        assert_eq!(claimed.len(), 4);
        claimed.iter().filter(|job| job.tenant.is_none()).count()
    };
    assert_eq!(of_nobody("first").await, 2);
    assert_eq!(of_nobody("second").await, 1);
    assert_eq!(of_nobody("third").await, 0);
    put_many(&scratch, Uuid::nil(), 3_000, "2026-03-08T08:00:00Z").await;
    assert_eq!(of_nobody("fourth").await, 2);
}

/// How often `jobs` was read from end to end, and how many of its rows were fetched by an index.
async fn reads(scratch: &Scratch) -> (i64, i64) {
    let sql = "select seq_scan, coalesce(idx_tup_fetch, 0) as fetched
               from pg_stat_user_tables where relname = 'jobs'";
    let row = sqlx::query(sql).fetch_one(&scratch.owner).await.unwrap();
    (row.get("seq_scan"), row.get("fetched"))
}

#[tokio::test]
async fn what_is_not_due_costs_a_claim_nothing() {
    let scratch = Scratch::new().await;
    for tenant in 1..=50 {
        put_many(&scratch, Uuid::from_u128(tenant), 1_000, "2026-04-01T09:00:00Z").await;
    }
    sqlx::query("vacuum analyze jobs").execute(&scratch.owner).await.unwrap();
    for tenant in 1..=10 {
        put(&scratch, Uuid::from_u128(tenant), PROBE.kind, PROBE.version).await;
    }
    let before = reads(&scratch).await;
    // Often enough that a connection plans without looking at the values.
    let mut claimed = 0;
    for _ in 0..12 {
        claimed += jobs::claim(&scratch.db, &lease("any", 4)).await.unwrap().len();
    }
    assert_eq!(claimed, 10);
    // A connection tells what it read when it ends.
    scratch.db.close().await;
    let after = eventually("the figures", async || {
        let now = reads(&scratch).await;
        (now != before).then_some(now)
    })
    .await;
    assert_eq!(after.0, before.0, "jobs was read from end to end");
    assert!(after.1 - before.1 < 300, "{} rows for ten jobs", after.1 - before.1);
}

#[tokio::test]
async fn what_was_sealed_is_wiped_when_a_job_is_put_aside() {
    let scratch = Scratch::new().await;
    let id = probe(&scratch).await;
    let sealed = sqlx::query("update jobs set sealed = 'a link'");
    sealed.execute(&scratch.owner).await.unwrap();
    let left = async || -> bool {
        let sql = "select sealed is not null from jobs where id = $1";
        sqlx::query_scalar(sql).bind(id).fetch_one(&scratch.owner).await.unwrap()
    };
    let claimed = jobs::claim(&scratch.db, &lease("any", 1)).await.unwrap();
    jobs::retry(&scratch.db, &claimed[0], "not now", Some(Duration::zero())).await.unwrap();
    assert!(left().await, "another try needs it");
    let claimed = jobs::claim(&scratch.db, &lease("other", 1)).await.unwrap();
    jobs::retry(&scratch.db, &claimed[0], "not ever", None).await.unwrap();
    assert_eq!(look(&scratch, id).await.0, "dead");
    assert!(!left().await);
}

#[tokio::test]
async fn what_nobody_needs_any_more_is_deleted() {
    let scratch = Scratch::new().await;
    let sql = "insert into jobs (tenant_id, id, kind, version, payload, state, run_at, created_at, finished_at)
               select '00000000-0000-0000-0000-000000000000', gen_random_uuid(), 'old.' || state, 1, '{}',
                      state, at, at, at
               from unnest(array['done', 'dead']) as state,
                    unnest(array['2025-12-07T00:00:00Z', '2026-02-28T00:00:00Z', '2026-03-08T00:00:00Z']::timestamptz[]) as at,
                    generate_series(1, 1200)";
    sqlx::query(sql).execute(&scratch.owner).await.unwrap();
    let waiting = put(&scratch, Uuid::nil(), "test.stranger", 1).await;
    for at in ["2026-03-06T00:00:00Z", "2026-03-08T09:00:00Z"] {
        let sql = "insert into idempotency_keys (tenant_id, scope, key, request_hash, created_at)
                   values ('00000000-0000-0000-0000-000000000000', 'test', $1, '', $1::timestamptz)";
        sqlx::query(sql).bind(at).execute(&scratch.owner).await.unwrap();
    }
    assert_eq!(Leftovers.run(&scratch.db).await.unwrap(), 3_601);
    assert_eq!(Leftovers.run(&scratch.db).await.unwrap(), 0);
    let sql = "select state, count(*) as count from jobs group by state order by state";
    let left = sqlx::query(sql).fetch_all(&scratch.owner).await.unwrap();
    let left: Vec<(String, i64)> =
        left.iter().map(|row| (row.get("state"), row.get("count"))).collect();
    let expected = [("dead", 2_400), ("done", 1_200), ("waiting", 1)];
    assert_eq!(left, expected.map(|(state, count)| (state.to_owned(), count)));
    assert_eq!(look(&scratch, waiting).await.0, "waiting");
}

#[tokio::test]
async fn sessions_that_ended_long_ago_are_deleted_and_live_families_keep_their_tokens() {
    let scratch = Scratch::new().await;
    let ends = [
        ("live", "2026-04-01T00:00:00Z", None),
        ("ended lately", "2026-03-01T00:00:00Z", None),
        ("ended long ago", "2026-02-01T00:00:00Z", None),
        ("revoked lately", "2026-04-01T00:00:00Z", Some("2026-03-01T00:00:00Z")),
        ("revoked long ago", "2026-04-01T00:00:00Z", Some("2026-02-01T00:00:00Z")),
    ];
    let user = Uuid::from_u128(1);
    let sql = "insert into users (id, email, email_key, name, locale, created_at, updated_at)
               values ($1, 'a@b.example', 'a@b.example', 'Ann', 'en', now(), now())";
    sqlx::query(sql).bind(user).execute(&scratch.owner).await.unwrap();
    for (name, expires_at, revoked_at) in ends {
        let sql = "with family as (
                       insert into sessions (id, user_id, kind, client_name, created_at, last_seen_at,
                                             expires_at, revoked_at)
                       values (gen_random_uuid(), $1, 'api_client', $2, '2026-01-01', '2026-01-01',
                               $3::timestamptz, $4::timestamptz)
                       returning id, client_name
                   )
                   insert into refresh_tokens (id, session_id, token_hash, created_at, used_at, expires_at)
                   select gen_random_uuid(), id, convert_to(client_name || ' ' || at, 'UTF8'),
                          '2026-01-01', '2026-01-02', at::timestamptz
                   from family, unnest(array['2026-02-05', '2026-02-07', '2026-04-07']) as at";
        let asked = sqlx::query(sql).bind(user).bind(name).bind(expires_at).bind(revoked_at);
        asked.execute(&scratch.owner).await.unwrap();
    }
    // Two sessions, the tokens of the others that ended more than thirty days ago, and theirs.
    assert_eq!(Leftovers.run(&scratch.db).await.unwrap(), 2 + 5);
    assert_eq!(Leftovers.run(&scratch.db).await.unwrap(), 0);
    let sql = "select convert_from(token_hash, 'UTF8') from refresh_tokens
               join sessions on sessions.id = session_id order by 1";
    let left: Vec<String> = sqlx::query_scalar(sql).fetch_all(&scratch.owner).await.unwrap();
    let kept = ["ended lately", "live", "revoked lately"]
        .map(|name| ["2026-02-07", "2026-04-07"].map(|end| format!("{name} {end}")));
    assert_eq!(left, kept.concat());
    let sql = "select count(*) from sessions";
    let sessions: i64 = sqlx::query_scalar(sql).fetch_one(&scratch.owner).await.unwrap();
    assert_eq!(sessions, 3);
}
