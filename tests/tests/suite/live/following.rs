//! Snapshots, changes, and going on where one was.

use openchair_tests::TestApp;
use openchair_tests::live::{Watcher, listed, schedule};
use openchair_tests::spa::{Spa, at};
use serde_json::{Value, json};

const DAY: &str = "2026-03-09";

fn topic(spa: &Spa, date: &str) -> String {
    format!("schedule:{}:{date}", spa.location)
}

fn path(visit: &Value, deed: &str) -> String {
    format!("/v1/appointments/{}/{deed}", visit["id"].as_str().unwrap())
}

/// What REST says of Monday the 9th.
async fn monday(spa: &Spa) -> Vec<Value> {
    listed(&spa.owner, &spa.location, "2026-03-09T04:00:00Z", "2026-03-10T04:00:00Z").await
}

#[tokio::test]
async fn what_is_watched_is_what_is_there() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let first = spa.book(spa.wanted(&["Wax"], 1, &["Eve"]), at(9, "10:00")).await.expect(201);
    let mut desk = spa.owner.watch().await;
    let snapshot = desk.ask(&schedule(&spa.location, DAY)).await;
    assert_eq!(
        (&snapshot["type"], &snapshot["topic"]),
        (&json!("snapshot"), &json!(topic(&spa, DAY)))
    );
    assert_eq!(desk.shown(&topic(&spa, DAY)), monday(&spa).await);
    assert_eq!(desk.shown(&topic(&spa, DAY)).len(), 1);
    // Booked, checked in, moved within the day, cancelled: each in its turn, as REST shows it.
    let second = spa.book(spa.wanted(&["Facial"], 1, &["Fay"]), at(9, "11:00")).await.expect(201);
    let change = desk.message().await;
    assert_eq!((&change["type"], &change["items"][0]["id"]), (&json!("change"), &second["id"]));
    assert_eq!(change["items"][0]["visit"], second);
    let moved = json!({ "version": 1, "start": at(9, "13:00") });
    let moved = spa.owner.post(&path(&first, "move"), &moved).await.expect(200);
    assert_eq!(desk.message().await["items"][0]["visit"], moved);
    let off = json!({ "version": 1 });
    let off = spa.owner.post(&path(&second, "cancel"), &off).await.expect(200);
    assert_eq!(desk.message().await["items"][0]["visit"], off);
    assert_eq!(desk.shown(&topic(&spa, DAY)), monday(&spa).await);
    // To another day: gone here.
    let away = json!({ "version": 2, "start": at(10, "13:00") });
    spa.owner.post(&path(&first, "move"), &away).await.expect(200);
    let change = desk.message().await;
    assert_eq!((&change["items"], &change["gone"]), (&json!([]), &json!([first["id"]])));
    assert_eq!(desk.shown(&topic(&spa, DAY)), monday(&spa).await);
    // Of another day nothing is heard.
    spa.book(spa.wanted(&["Wax"], 1, &["Eve"]), at(11, "10:00")).await.expect(201);
    assert_eq!(desk.catch_up(&app).await, Vec::<Value>::new());
    desk.say(&json!({ "unsub": topic(&spa, DAY) })).await;
    assert_eq!(desk.ask(&json!({ "ping": 1 })).await["type"], "pong");
    spa.book(spa.wanted(&["Wax"], 1, &["Eve"]), at(9, "15:00")).await.expect(201);
    // Who watches it hears of it; when this one's answer to a later question comes, so would have they.
    let mut other = spa.owner.watch().await;
    other.ask(&schedule(&spa.location, DAY)).await;
    other.catch_up(&app).await;
    assert_eq!(desk.ask(&json!({ "ping": 2 })).await["type"], "pong");
}

#[tokio::test]
async fn who_was_away_goes_on_where_they_were() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let kept = spa.book(spa.wanted(&["Wax"], 1, &["Eve"]), at(9, "10:00")).await.expect(201);
    let leaving = spa.book(spa.wanted(&["Wax"], 1, &["Eve"]), at(9, "11:00")).await.expect(201);
    let mut desk = spa.owner.watch().await;
    desk.ask(&schedule(&spa.location, DAY)).await;
    let since = desk.board.since(&topic(&spa, DAY)).unwrap();
    let before = desk.board.clone();
    drop(desk);
    let new = spa.book(spa.wanted(&["Facial"], 1, &["Fay"]), at(9, "12:00")).await.expect(201);
    let to = json!({ "version": 1, "start": at(10, "11:00") });
    spa.owner.post(&path(&leaving, "move"), &to).await.expect(200);
    let mut back: Watcher = spa.owner.watch().await;
    back.board = before;
    let mut wish = schedule(&spa.location, DAY);
    wish["since"] = json!(since);
    let change = back.ask(&wish).await;
    assert_eq!(change["type"], "change", "{change}");
    assert_eq!((&change["items"][0]["id"], &change["gone"]), (&new["id"], &json!([leaving["id"]])));
    assert_eq!(back.shown(&topic(&spa, DAY)), monday(&spa).await);
    assert!(back.shown(&topic(&spa, DAY)).iter().any(|visit| visit["id"] == kept["id"]));
    // Nothing happened since: that is told, too.
    let mut again = spa.owner.watch().await;
    again.board = back.board.clone();
    wish["since"] = json!(back.board.since(&topic(&spa, DAY)));
    let change = again.ask(&wish).await;
    assert_eq!((&change["items"], &change["gone"]), (&json!([]), &json!([])), "{change}");
    // Numbers that no event has, or that are too far back: everything afresh.
    let counter = "update event_counters set last_seq = last_seq + 2000";
    app.database.run(counter).await;
    for since in [0, -3, 999_999_999] {
        wish["since"] = json!(since);
        let mut lost = spa.owner.watch().await;
        assert_eq!(lost.ask(&wish).await["type"], "resync");
        assert_eq!(lost.message().await["type"], "snapshot");
        assert_eq!(lost.shown(&topic(&spa, DAY)), monday(&spa).await);
    }
}
