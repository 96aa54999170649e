//! What businesses have done at certain times, by their own clocks.

use chrono::Duration;
use chrono_tz::{America, Europe};
use openchair_domain::identity::{Proof, Recognised};
use openchair_domain::schedules::{self, Due, Line};
use openchair_domain::tenancy::{Caller, Db, RequestFacts};
use openchair_domain::time::Instant;
use openchair_tests::{Business, TestApp};
use sqlx::Row;

const REPORT: &str = "test.report";

fn at(text: &str) -> Instant {
    text.parse().unwrap()
}

/// The scheduled jobs: for which time, and when they run.
async fn queued(app: &TestApp) -> Vec<(Instant, Instant)> {
    let sql = "select payload, run_at from jobs where kind = 'test.report' order by run_at, id";
    let rows = sqlx::query(sql).fetch_all(app.database.owner()).await.unwrap();
    let read = |row: &sqlx::postgres::PgRow| {
        let due: Due = serde_json::from_value(row.get("payload")).unwrap();
        (due.at, row.get("run_at"))
    };
    rows.iter().map(read).collect()
}

fn db(app: &TestApp) -> &Db {
    &app.app().db
}

/// Somebody inside this business.
async fn caller(app: &TestApp, of: &Business) -> Caller {
    let secret = app.api_key(of, &["location:read"]).await.secret;
    let (proof, facts) = (Proof::Bearer(secret), RequestFacts::default());
    match app.app().identity.recognise(&proof, Some(of.id), facts).await.unwrap() {
        Recognised::Key(caller) => *caller,
        Recognised::Person(_) => panic!("a key is no person"),
    }
}

#[tokio::test]
async fn each_time_is_queued_once_and_what_was_missed_is_made_up_for_once() {
    let app = TestApp::with(&[("worker.inside", "false")]).await;
    let business = app.business("Lagoon").await;
    let caller = caller(&app, &business).await;
    let mondays: Line = "0 9 * * 1".parse().unwrap();
    let set = async |line: &Line, zone| {
        let tx = db(&app).tenant(&caller).await.unwrap();
        schedules::set(&tx, REPORT, line, zone).await.unwrap();
        tx.commit().await.unwrap();
    };
    // It is Monday, 2 March, nine o'clock in London, ten in Berlin.
    set(&mondays, Europe::Berlin).await;
    assert_eq!(schedules::sweep(db(&app)).await.unwrap(), 0);
    app.clock.set(at("2026-03-09T07:59:20Z"));
    assert_eq!(schedules::sweep(db(&app)).await.unwrap(), 0);
    // A little ahead, for its time.
    app.clock.set(at("2026-03-09T07:59:40Z"));
    assert_eq!(schedules::sweep(db(&app)).await.unwrap(), 1);
    assert_eq!(schedules::sweep(db(&app)).await.unwrap(), 0);
    let first = at("2026-03-09T08:00:00Z");
    assert_eq!(queued(&app).await, [(first, first)]);
    // Said again, nothing changes; nobody works for three weeks, over the change of the clocks.
    set(&mondays, Europe::Berlin).await;
    app.clock.set(at("2026-04-01T12:00:00Z"));
    assert_eq!(schedules::sweep(db(&app)).await.unwrap(), 1);
    let second = (at("2026-03-30T07:00:00Z"), at("2026-04-01T12:00:00Z"));
    assert_eq!(queued(&app).await, [(first, first), second]);
    // In another zone it is due by that one's clock.
    set(&mondays, America::New_York).await;
    app.clock.set(at("2026-04-06T12:59:50Z"));
    assert_eq!(schedules::sweep(db(&app)).await.unwrap(), 1);
    let third = at("2026-04-06T13:00:00Z");
    assert_eq!(queued(&app).await.last(), Some(&(third, third)));
    let tx = db(&app).tenant(&caller).await.unwrap();
    schedules::remove(&tx, REPORT).await.unwrap();
    tx.commit().await.unwrap();
    app.clock.advance(Duration::days(30));
    assert_eq!(schedules::sweep(db(&app)).await.unwrap(), 0);
}

#[tokio::test]
async fn several_who_sweep_at_once_queue_each_time_once() {
    let app = TestApp::with(&[("worker.inside", "false")]).await;
    let daily: Line = "0 9 * * *".parse().unwrap();
    for name in ["One", "Two", "Three"] {
        let business = app.business(name).await;
        let caller = caller(&app, &business).await;
        let tx = db(&app).tenant(&caller).await.unwrap();
        schedules::set(&tx, REPORT, &daily, Europe::Berlin).await.unwrap();
        tx.commit().await.unwrap();
    }
    app.clock.advance(Duration::days(1));
    let sweeps = tokio::join!(
        schedules::sweep(db(&app)),
        schedules::sweep(db(&app)),
        schedules::sweep(db(&app)),
    );
    let counts = [sweeps.0, sweeps.1, sweeps.2].map(Result::unwrap);
    assert_eq!(counts.iter().sum::<u64>(), 3, "{counts:?}");
    assert_eq!(queued(&app).await.len(), 3);
}
