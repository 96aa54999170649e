//! Jobs for later: queued for a time, or put off.

use std::sync::Arc;
use std::time::Duration as Std;

use chrono::Duration;
use openchair_domain::jobs::{self, Lease};
use openchair_domain::time::Instant;
use openchair_tests::eventually;
use openchair_tests::scratch::Scratch;
use sqlx::Row;
use uuid::Uuid;

use super::{Act, Bench, lease, look, options, probe, put_many, until};

/// A job of some tenant's that is due then.
async fn due_at(scratch: &Scratch, at: &str) -> Uuid {
    put_many(scratch, Uuid::from_u128(1), 1, at).await;
    sqlx::query_scalar("select id from jobs").fetch_one(&scratch.owner).await.unwrap()
}

#[tokio::test]
async fn a_job_for_later_waits_for_its_time() {
    let scratch = Scratch::new().await;
    let id = due_at(&scratch, "2026-03-08T10:30:00Z").await;
    let bench = Bench::on(scratch, [], options());
    bench.later(Duration::minutes(29));
    // The other one shows that the worker has looked.
    let other = probe(&bench.scratch).await;
    until(&bench.scratch, other, "done", 1).await;
    assert_eq!(look(&bench.scratch, id).await.0, "waiting");
    bench.later(Duration::minutes(1));
    until(&bench.scratch, id, "done", 1).await;
    bench.stop().await;
}

/// Nobody rings when a time comes, and the usual look is minutes away.
#[tokio::test]
async fn whoever_has_nothing_to_do_wakes_for_the_next_job() {
    let scratch = Scratch::new().await;
    let id = due_at(&scratch, "2026-03-08T10:00:01Z").await;
    let mut asks = lease("looks", 4);
    let next =
        async |lease: &Lease, ahead| jobs::take(&scratch.db, lease, ahead).await.unwrap().next;
    let due = Some("2026-03-08T10:00:01Z".parse().unwrap());
    assert_eq!(next(&asks, Duration::seconds(5)).await, due);
    assert_eq!(next(&asks, Duration::milliseconds(500)).await, None);
    assert_eq!(next(&asks, Duration::zero()).await, None);
    // Whoever doesn't understand it needn't wake for it.
    asks.known.clear();
    assert_eq!(next(&asks, Duration::seconds(5)).await, None);
    let clock = Arc::clone(&scratch.clock);
    let bench = Bench::on(scratch, [], options());
    let other = probe(&bench.scratch).await;
    until(&bench.scratch, other, "done", 1).await;
    assert_eq!(look(&bench.scratch, id).await.0, "waiting");
    clock.advance(Duration::seconds(1));
    until(&bench.scratch, id, "done", 1).await;
    bench.stop().await;
}

#[tokio::test]
async fn what_is_put_off_is_no_try_and_is_never_given_up() {
    let act = || Act::Later(Std::from_hours(1));
    let bench = Bench::new(std::iter::repeat_with(act).take(20)).await;
    let id = probe(&bench.scratch).await;
    let begun: Instant = "2026-03-08T10:00:00Z".parse().unwrap();
    for hour in 1..=20 {
        eventually("it is put off", async || {
            let sql = "select state, attempts, run_at from jobs where id = $1";
            let row = sqlx::query(sql).bind(id).fetch_one(&bench.scratch.owner).await.unwrap();
            let found: (String, i32, Instant) =
                (row.get("state"), row.get("attempts"), row.get("run_at"));
            let due = begun + Duration::hours(hour);
            (found == ("waiting".to_owned(), 0, due)).then_some(())
        })
        .await;
        bench.later(Duration::hours(1));
    }
    until(&bench.scratch, id, "done", 1).await;
    bench.stop().await;
}
