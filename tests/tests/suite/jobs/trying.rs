//! Tries, failures, panics, lost workers, stops.

use std::sync::Arc;

use chrono::Duration;
use openchair_domain::jobs::{self, End};
use openchair_tests::eventually;
use openchair_tests::scratch::Scratch;
use openchair_worker::MAX_ATTEMPTS;
use openchair_worker::runner::Options;
use tokio::sync::Semaphore;
use uuid::Uuid;

use super::{Act, Bench, PROBE, lease, look, options, probe, put, until};

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
    for end in [End::Done, End::Dead { reason: "late".to_owned() }, End::GivenBack] {
        assert_eq!(jobs::settle(&bench.scratch.db, &[lost[0].ended(end)]).await.unwrap(), 0);
    }
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

#[tokio::test]
async fn what_was_sealed_is_kept_until_the_job_is_done_or_given_up() {
    let scratch = Scratch::new().await;
    let id = probe(&scratch).await;
    let sealed = sqlx::query("update jobs set sealed = 'a link'");
    sealed.execute(&scratch.owner).await.unwrap();
    let left = async || -> bool {
        let sql = "select sealed is not null from jobs where id = $1";
        sqlx::query_scalar(sql).bind(id).fetch_one(&scratch.owner).await.unwrap()
    };
    let end = async |end: End| {
        let claimed = jobs::claim(&scratch.db, &lease("any", 1)).await.unwrap();
        assert_eq!(jobs::settle(&scratch.db, &[claimed[0].ended(end)]).await.unwrap(), 1);
    };
    let reason = || "not now".to_owned();
    end(End::Again { after: std::time::Duration::ZERO, reason: reason() }).await;
    assert!(left().await, "another try needs it");
    end(End::Dead { reason: reason() }).await;
    assert_eq!(look(&scratch, id).await.0, "dead");
    assert!(left().await, "whoever drives it again needs it");
    let again = "update jobs set state = 'waiting'";
    sqlx::query(again).execute(&scratch.owner).await.unwrap();
    end(End::Done).await;
    assert!(!left().await);
}
