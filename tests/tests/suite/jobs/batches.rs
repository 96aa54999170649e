//! Jobs that are done many at once.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use chrono::Duration;
use openchair_domain::jobs::{Claimed, Known};
use openchair_tests::eventually;
use openchair_tests::scratch::Scratch;
use openchair_worker::runner::{Options, Runner};
use openchair_worker::{Batch, Failure, MAX_ATTEMPTS};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{PROBE, look, options, put_many, until};

/// Notes who came together, and treats some of them badly.
#[derive(Debug, Default)]
struct Many {
    came: Mutex<Vec<Vec<(Uuid, i32)>>>,
    fails: HashSet<Uuid>,
    panics: HashSet<Uuid>,
    says_nothing: bool,
}

#[async_trait]
impl Batch for Many {
    fn known(&self) -> Known {
        PROBE
    }

    fn at_once(&self) -> usize {
        10
    }

    async fn run(&self, jobs: Vec<Claimed>) -> Vec<Result<(), Failure>> {
        let came = jobs.iter().map(|job| (job.id.uuid(), job.attempt)).collect();
        self.came.lock().unwrap().push(came);
        assert!(!jobs.iter().any(|job| self.panics.contains(&job.id.uuid())), "as ordered");
        if self.says_nothing {
            return Vec::new();
        }
        let end = |job: &Claimed| {
            let fails = self.fails.contains(&job.id.uuid());
            if fails { Err(Failure::transient("not this one")) } else { Ok(()) }
        };
        jobs.iter().map(end).collect()
    }
}

struct Works {
    scratch: Scratch,
    many: Arc<Many>,
    runner: JoinHandle<()>,
    shutdown: CancellationToken,
}

impl Works {
    /// So many jobs, and a handler that is made for them.
    async fn on(count: i64, make: impl FnOnce(&[Uuid]) -> Many) -> (Self, Vec<Uuid>) {
        let scratch = Scratch::new().await;
        put_many(&scratch, Uuid::from_u128(1), count, "2026-03-08T09:00:00Z").await;
        let ids: Vec<Uuid> =
            sqlx::query_scalar("select id from jobs").fetch_all(&scratch.owner).await.unwrap();
        let many = Arc::new(make(&ids));
        let options = Options { batch: 32, ..options() };
        let runner = Runner::new(scratch.db.clone(), Vec::new(), options)
            .with_batches([Arc::clone(&many) as Arc<dyn Batch>]);
        let shutdown = CancellationToken::new();
        let stop = shutdown.clone();
        let runner = tokio::spawn(async move { runner.run(stop).await });
        (Self { scratch, many, runner, shutdown }, ids)
    }

    async fn at(&self, state: &str) -> i64 {
        let sql = "select count(*) from jobs where state = $1";
        sqlx::query_scalar(sql).bind(state).fetch_one(&self.scratch.owner).await.unwrap()
    }

    async fn has(&self, count: i64, state: &str) {
        eventually(state, async || (self.at(state).await == count).then_some(())).await;
    }

    async fn stop(self) {
        self.shutdown.cancel();
        self.runner.await.unwrap();
    }
}

#[tokio::test]
async fn they_come_together_and_each_has_its_own_end() {
    let (works, ids) =
        Works::on(25, |ids| Many { fails: ids[..3].iter().copied().collect(), ..Many::default() })
            .await;
    works.has(22, "done").await;
    works.has(3, "waiting").await;
    let sizes: Vec<_> = works.many.came.lock().unwrap().iter().map(Vec::len).collect();
    assert_eq!(sizes.iter().sum::<usize>(), 25);
    assert!(sizes.iter().all(|size| *size <= 10) && sizes.len() == 3, "{sizes:?}");
    for id in &ids[..3] {
        let expected = ("waiting".to_owned(), 1, "not this one".to_owned());
        assert_eq!(look(&works.scratch, *id).await, expected);
    }
    works.stop().await;
}

#[tokio::test]
async fn one_that_panics_costs_the_others_nothing() {
    let (works, ids) =
        Works::on(10, |ids| Many { panics: HashSet::from([ids[4]]), ..Many::default() }).await;
    works.has(9, "done").await;
    let error = until(&works.scratch, ids[4], "waiting", 1).await;
    assert!(error.contains("panicked"), "{error}");
    for id in ids.iter().filter(|id| **id != ids[4]) {
        assert_eq!(look(&works.scratch, *id).await.1, 1);
    }
    works.stop().await;
}

#[tokio::test]
async fn one_that_failed_often_is_tried_by_itself() {
    let (works, ids) =
        Works::on(5, |ids| Many { fails: ids.iter().copied().collect(), ..Many::default() }).await;
    for attempt in 1..=MAX_ATTEMPTS {
        let state = if attempt == MAX_ATTEMPTS { "dead" } else { "waiting" };
        for id in &ids {
            until(&works.scratch, *id, state, attempt).await;
        }
        works.scratch.clock.advance(Duration::hours(5));
        works.scratch.db.bell().ring();
    }
    let came = works.many.came.lock().unwrap().clone();
    for together in &came {
        let often = together.iter().any(|(_, attempt)| *attempt > MAX_ATTEMPTS / 2);
        assert!(!often || together.len() == 1, "{together:?}");
    }
    assert!(came.iter().any(|together| together.len() == 5), "{came:?}");
    works.stop().await;
}

#[tokio::test]
async fn a_handler_that_says_nothing_has_done_nothing() {
    let (works, ids) = Works::on(4, |_| Many { says_nothing: true, ..Many::default() }).await;
    for id in ids {
        let error = until(&works.scratch, id, "waiting", 1).await;
        assert!(error.contains("didn't say"), "{error}");
    }
    works.stop().await;
}
