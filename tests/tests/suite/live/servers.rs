//! Several servers on one database.

use std::time::{Duration, Instant};

use openchair_live_client::Door;
use openchair_tests::live::{Watcher, schedule};
use openchair_tests::redis::Redis;
use openchair_tests::spa::{Spa, at};
use openchair_tests::{Browser, TestApp, eventually};
use serde_json::json;

const DAY: &str = "2026-03-09";

/// Half-hours of a day in which somebody can be booked.
fn half_hours() -> impl Iterator<Item = String> {
    (9..19).flat_map(|hour| [format!("{hour:02}:00"), format!("{hour:02}:30")])
}

async fn at_the_other(spa: &Spa, other: &Browser) -> Watcher {
    let there = other.stranger();
    there.set_cookie(spa.owner.cookie().as_deref());
    let mut socket = there.in_tenant(&spa.business).watch().await;
    socket.ask(&schedule(&spa.location, DAY)).await;
    socket
}

/// Books at the one and waits for it at the other: how long that took, without the booking.
async fn crossed(spa: &Spa, socket: &mut Watcher, time: &str) -> Duration {
    let visit = spa.book(spa.wanted(&["Wax"], 1, &["Eve"]), at(9, time)).await.expect(201);
    let begun = Instant::now();
    let id = visit["id"].as_str().unwrap().to_owned();
    let topic = format!("schedule:{}:{DAY}", spa.location);
    socket
        .until("the visit is seen at the other server", |board| {
            board.topic(&topic)?.items.contains_key(&id).then_some(())
        })
        .await;
    begun.elapsed()
}

/// Each is booked as soon as the one before was seen. Were they found by looking every second alone,
/// each would take about that long.
async fn hints_arrive(spa: &Spa, socket: &mut Watcher) {
    let mut took = Duration::ZERO;
    for time in half_hours().take(12) {
        took += crossed(spa, socket, &time).await;
    }
    assert!(took < Duration::from_secs(6), "{took:?} for twelve");
}

#[tokio::test]
async fn what_one_server_writes_the_other_tells_over_postgres() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let (other, running) = app.second(&[]).await;
    let mut socket = at_the_other(&spa, &other).await;
    // Its listener is there when it says so: until then it looks by itself.
    listens(&app).await;
    hints_arrive(&spa, &mut socket).await;
    running.stop().await;
}

async fn listens(app: &TestApp) {
    let sql = "select count(*) from pg_stat_activity
               where datname = current_database() and application_name = 'openchair live'
                 and query ilike 'listen%'";
    eventually("both servers listen", async || (app.database.count(sql).await == 2).then_some(()))
        .await;
}

/// A connection that is lost is found again, and what was told meanwhile is found by looking.
#[tokio::test]
async fn a_listener_that_loses_its_connection_comes_back() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let (other, running) = app.second(&[]).await;
    let mut socket = at_the_other(&spa, &other).await;
    listens(&app).await;
    let cut = "select pg_terminate_backend(pid) from pg_stat_activity
               where datname = current_database() and application_name = 'openchair live'";
    app.database.run(cut).await;
    crossed(&spa, &mut socket, "18:30").await;
    listens(&app).await;
    hints_arrive(&spa, &mut socket).await;
    running.stop().await;
}

#[tokio::test]
async fn what_one_server_writes_the_other_tells_over_redis_and_without_it() {
    let Some(mut redis) = Redis::start() else { return };
    let url = redis.url();
    let settings = [("redis.url", url.as_str())];
    let app = TestApp::with(&settings).await;
    let spa = app.spa().await;
    let (other, running) = app.second(&settings).await;
    let mut socket = at_the_other(&spa, &other).await;
    hints_arrive(&spa, &mut socket).await;
    // Nobody listens to the database where there is a Redis.
    let listening = "select count(*) from pg_stat_activity
                     where datname = current_database() and application_name = 'openchair live'";
    assert_eq!(app.database.count(listening).await, 0);
    redis.stop();
    for time in ["15:00", "15:30"] {
        crossed(&spa, &mut socket, time).await;
    }
    assert!(redis.go_on());
    for time in ["16:00", "16:30"] {
        crossed(&spa, &mut socket, time).await;
    }
    // In time it is as before.
    eventually("hints arrive again", async || {
        let visit = spa.wanted(&["Wax"], 1, &["Wanda"]);
        let _taken_or_not = (visit, crossed_again(&spa, &mut socket).await?);
        Some(())
    })
    .await;
    running.stop().await;
}

/// Changes a visit at the one: whether the other told it faster than by looking.
async fn crossed_again(spa: &Spa, socket: &mut Watcher) -> Option<()> {
    let topic = format!("schedule:{}:{DAY}", spa.location);
    let shown = socket.board.topic(&topic)?.items.values().next()?.clone();
    let mut version = shown.version;
    let begun = Instant::now();
    for _ in 0..3 {
        let path = format!("/v1/appointments/{}/notes", shown.id);
        let note = json!({ "version": version, "staff_note": format!("{version}") });
        version = spa.owner.put(&path, &note).await.expect(200)["version"].as_i64()?;
        socket
            .until("the note is seen", |board| {
                let item = board.topic(&topic)?.items.get(&shown.id)?;
                (item.version == version).then_some(())
            })
            .await;
    }
    (begun.elapsed() < Duration::from_millis(1_500)).then_some(())
}

/// Whoever was at a server that has gone goes on at another.
#[tokio::test]
async fn one_goes_on_at_another_server() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let (other, running) = app.second(&[]).await;
    let mut socket = at_the_other(&spa, &other).await;
    crossed(&spa, &mut socket, "10:00").await;
    let topic = format!("schedule:{}:{DAY}", spa.location);
    let (stopped, end) = tokio::join!(running.stop(), socket.ended());
    let () = stopped;
    assert_eq!(end.bye.unwrap()["reason"], "restart");
    let missed = spa.book(spa.wanted(&["Wax"], 1, &["Eve"]), at(9, "11:00")).await.expect(201);
    let door: Door = spa.owner.live_door();
    let mut back = Watcher::open(&door).await;
    back.board = socket.board.clone();
    let mut wish = schedule(&spa.location, DAY);
    wish["since"] = json!(back.board.since(&topic));
    let change = back.ask(&wish).await;
    assert_eq!((&change["type"], &change["items"][0]["id"]), (&json!("change"), &missed["id"]));
}
