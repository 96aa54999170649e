//! What it costs to look at a line, and that nobody who presses something waits for who looks.

use std::future::IntoFuture as _;

use chrono::Duration;
use futures_util::future::join_all;
use openchair_tests::live::Watcher;
use openchair_tests::spa::Spa;
use openchair_tests::{Browser, TestApp, eventually};
use serde_json::{Value, json};
use sqlx::{Postgres, Transaction};

use super::open;

/// Whoever wants to know how a line goes on waits until this is dropped: it can't be read who is booked.
async fn nobody_foresees(app: &TestApp) -> Transaction<'_, Postgres> {
    let mut held = app.database.owner().begin().await.unwrap();
    let sql = "lock table appointment_lines in access exclusive mode";
    sqlx::raw_sql(sql).execute(&mut *held).await.unwrap();
    held
}

/// Whether anybody waits for that.
async fn somebody_waits(app: &TestApp) {
    let sql = "select count(*) from pg_stat_activity
               where datname = current_database() and wait_event_type = 'Lock'";
    eventually("a forecast is under way", async || {
        (app.database.count(sql).await > 0).then_some(())
    })
    .await;
}

fn ticket(joined: &Value, deed: &str) -> String {
    format!("/v1/q/{}{deed}", joined["token"].as_str().unwrap())
}

/// How often the line was played forward while this was done.
async fn played<T>(app: &TestApp, doing: impl Future<Output = T>) -> (T, u64) {
    let before = app.app().db.queues_played();
    let done = doing.await;
    (done, app.app().db.queues_played() - before)
}

async fn everybody_looks(spa: &Spa, tickets: &[Value]) {
    let board = format!("/v1/queue?location={}", spa.location);
    let door = format!("/v1/public/{}/queue", spa.business.slug);
    let guest: &Browser = &spa.guest;
    let mut looks = Vec::new();
    for joined in tickets.iter().cycle().take(30) {
        looks.push(guest.get(&ticket(joined, "")).into_future());
        looks.push(spa.owner.get(&board).into_future());
        looks.push(guest.get(&door).into_future());
    }
    for answer in join_all(looks).await {
        answer.expect(200);
    }
}

#[tokio::test]
async fn a_line_that_many_look_at_is_played_once() {
    let (app, spa) = open(&["Eve", "Wanda"]).await;
    let mut tickets = Vec::new();
    for name in ["Ada", "Bob", "Cyd", "Dan"] {
        let (joined, times) = played(&app, spa.walk_in(name, &["Wax"], &json!({}))).await;
        tickets.push(joined.expect(201));
        assert_eq!(times, 1, "what {name} is told");
    }
    let looking = || everybody_looks(&spa, &tickets);
    // Once for all who wait, once for who might come.
    assert_eq!(played(&app, looking()).await.1, 2);
    assert_eq!(played(&app, looking()).await.1, 0, "nothing has happened");
    spa.call_next("Eve").await.expect(200);
    assert_eq!(played(&app, looking()).await.1, 2, "somebody was called");
    app.clock.advance(Duration::seconds(31));
    assert_eq!(played(&app, looking()).await.1, 2, "time has passed");
    // Another business's line is another line.
    let other = app.spa().await;
    other.open_line(&["Eve", "Wanda"]).await;
    assert_eq!(played(&app, everybody_looks(&other, &[])).await.1, 0);
    let first = other.walk_in("Ann", &["Wax"], &json!({})).await.expect(201);
    let ((), times) = played(&app, everybody_looks(&other, std::slice::from_ref(&first))).await;
    assert_eq!(times, 2);
    assert_eq!(other.line().await["waits"].as_array().unwrap().len(), 1);
    assert_eq!(spa.line().await["waits"].as_array().unwrap().len(), 3);
}

/// Whoever joins, says that they are there or lets somebody pass has done so before it is reckoned what
/// they are told, and keeps nobody from the line meanwhile.
#[tokio::test]
async fn nobody_waits_for_what_others_are_told() {
    let (app, spa) = open(&["Eve", "Wanda"]).await;
    let ada = spa.walk_in("Ada", &["Wax"], &json!({})).await.expect(201);
    let bob = spa.walk_in("Bob", &["Wax"], &json!({})).await.expect(201);
    for (deed, done) in [
        ("/here", "select count(*) from queue_entries where here_at is not null"),
        ("/more-time", "select count(*) from queue_entries where passes = 1"),
    ] {
        let held = nobody_foresees(&app).await;
        let pressed = spa.guest.post_empty(&ticket(&ada, deed)).into_future();
        let seen = async {
            eventually(&format!("{deed} is done"), async || {
                (app.database.count(done).await == 1).then_some(())
            })
            .await;
            somebody_waits(&app).await;
            held.rollback().await.unwrap();
        };
        let (answer, ()) = tokio::join!(pressed, seen);
        assert_eq!(answer.expect(200)["position"], if deed == "/here" { 1 } else { 2 });
    }
    // Who joins is looked after first, and holds the line last: somebody else leaves it meanwhile.
    app.clock.advance(Duration::minutes(1));
    let held = nobody_foresees(&app).await;
    let nothing = json!({});
    let joining = spa.walk_in("Cyd", &["Wax"], &nothing);
    let others = async {
        somebody_waits(&app).await;
        spa.guest.post_empty(&ticket(&bob, "/leave")).await.expect(204);
        held.rollback().await.unwrap();
    };
    let (joined, ()) = tokio::join!(joining, others);
    assert_eq!(joined.expect(201)["entry"]["position"], 2);
}

#[tokio::test]
async fn more_time_is_asked_for_once() {
    let (_app, spa) = open(&["Eve"]).await;
    let ada = spa.walk_in("Ada", &["Wax"], &json!({})).await.expect(201);
    let bob = spa.walk_in("Bob", &["Wax"], &json!({})).await.expect(201);
    let ask = || spa.guest.post_empty(&ticket(&ada, "/more-time")).header("idempotency-key", "tap");
    assert_eq!(ask().await.expect(200)["position"], 2);
    spa.guest.post_empty(&ticket(&bob, "/leave")).await.expect(204);
    let again = ask().await;
    assert_eq!(again.header("idempotency-replayed"), "true");
    let again = again.expect(200);
    assert_eq!((&again["position"], &again["passes_left"]), (&json!(1), &json!(4)));
}

/// Who is called hears of it before it is known how long the others will wait.
#[tokio::test]
async fn the_call_is_told_before_the_waits() {
    let (app, spa) = open(&["Eve"]).await;
    let ada = spa.walk_in("Ada", &["Wax"], &json!({})).await.expect(201);
    spa.walk_in("Bob", &["Wax"], &json!({})).await.expect(201);
    let entry = spa.line().await["entries"][0].clone();
    let mut desk = spa.owner.watch().await;
    desk.ask(&json!({ "sub": "queue", "location": spa.location })).await;
    let mut own = Watcher::silent(&spa.guest.live_door()).await;
    own.ask(&json!({ "auth": ada["token"] })).await;
    own.ask(&json!({ "sub": "ticket" })).await;
    let held = nobody_foresees(&app).await;
    spa.press(&entry, "call", json!({ "staff": spa.id("Eve") })).await.expect(200);
    let id = entry["id"].as_str().unwrap();
    let topic = format!("queue:{}", spa.location);
    desk.until("the call", |board| {
        let item = board.topic(&topic)?.items.get(id)?;
        (item.body["entry"]["state"] == "called").then_some(())
    })
    .await;
    own.until("one's own call", |board| {
        let item = board.topic("ticket")?.items.get("ticket")?;
        (item.body["ticket"]["state"] == "called").then_some(())
    })
    .await;
    held.rollback().await.unwrap();
    desk.until("the waits", |board| {
        let waits = board.topic(&topic)?.items.values().find(|item| item.kind == "waits")?;
        (waits.body["waits"].as_array()?.len() == 1).then_some(())
    })
    .await;
    desk.catch_up(&app).await;
    assert!(desk.board.faults.is_empty(), "{:?}", desk.board.faults);
}
