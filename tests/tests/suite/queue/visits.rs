//! Visits that were booked, on the same screen.

use chrono::Duration;
use openchair_tests::spa::{Spa, at};
use serde_json::{Value, json};

use super::{life, open};

async fn booked(spa: &Spa, time: &str) -> Value {
    spa.book(spa.wanted(&["Wax"], 1, &["Eve"]), at(2, time)).await.expect(201)
}

async fn deed(spa: &Spa, visit: &Value, deed: &str) -> Value {
    let path = format!("/v1/appointments/{}", visit["id"].as_str().unwrap());
    let version = spa.owner.get(&path).await.version();
    spa.owner.post(&format!("{path}/{deed}"), &json!({ "version": version })).await.expect(200)
}

async fn visit(spa: &Spa, visit: &Value) -> Value {
    let path = format!("/v1/appointments/{}", visit["id"].as_str().unwrap());
    spa.owner.get(&path).await.expect(200)
}

/// The entry of a visit that is on the board, or was today.
async fn on_board(spa: &Spa, visit: &Value) -> Value {
    let board = spa.line().await;
    let all = ["entries", "ended"].map(|key| board[key].as_array().cloned().unwrap_or_default());
    let found = all.concat().into_iter().find(|entry| entry["appointment"] == visit["id"]);
    found.unwrap_or_else(|| panic!("{} isn't in {board}", visit["id"]))
}

#[tokio::test]
async fn a_visit_goes_through_the_line_by_its_own_steps() {
    let (app, spa) = open(&["Eve"]).await;
    let one = booked(&spa, "11:00").await;
    assert_eq!(spa.line().await["entries"], json!([]));
    deed(&spa, &one, "check-in").await;
    let entry = on_board(&spa, &one).await;
    assert_eq!((&entry["state"], &entry["source"]), (&json!("waiting"), &json!("appointment")));
    assert_eq!(
        (&entry["name"], &entry["staff_wanted"]),
        (&json!("Ann Other"), &json!(spa.id("Eve")))
    );
    assert_eq!(entry["due_at"], one["starts_at"]);
    deed(&spa, &one, "start").await;
    assert_eq!(on_board(&spa, &one).await["state"], "serving");
    deed(&spa, &one, "step-back").await;
    assert_eq!(on_board(&spa, &one).await["state"], "waiting");
    app.clock.advance(Duration::minutes(1));
    deed(&spa, &one, "start").await;
    deed(&spa, &one, "complete").await;
    assert_eq!(on_board(&spa, &one).await["state"], "done");
    deed(&spa, &one, "step-back").await;
    assert_eq!(on_board(&spa, &one).await["state"], "serving");
    deed(&spa, &one, "complete").await;
    let actions: Vec<_> = life(&spa, entry["id"].as_str().unwrap()).await;
    let actions: Vec<_> = actions.iter().map(|(action, ..)| action.as_str()).collect();
    assert_eq!(
        actions,
        ["joined", "started", "stepped_back", "started", "finished", "stepped_back", "finished"]
    );
}

#[tokio::test]
async fn a_visit_follows_what_is_pressed_on_its_entry() {
    let (_app, spa) = open(&["Eve"]).await;
    let one = booked(&spa, "10:00").await;
    deed(&spa, &one, "check-in").await;
    let called = spa.call_next("Eve").await.expect(200);
    assert_eq!(called["appointment"], one["id"]);
    // Calling is no step of the visit's.
    assert_eq!(visit(&spa, &one).await["status"], "checked_in");
    let begun = spa.press(&called, "start", json!({})).await.expect(200);
    assert_eq!(begun["state"], "serving");
    assert_eq!(visit(&spa, &one).await["status"], "in_service");
    let done = spa.press(&begun, "finish", json!({})).await.expect(200);
    assert_eq!(done["state"], "done");
    assert_eq!(visit(&spa, &one).await["status"], "completed");
    let other = booked(&spa, "11:00").await;
    deed(&spa, &other, "check-in").await;
    let entry = on_board(&spa, &other).await;
    spa.press(&entry, "leave", json!({})).await.problem(409, "booked_visit");
    spa.press(&entry, "convert", json!({})).await.problem(409, "booked_visit");
    let called = spa.press(&entry, "call", json!({})).await.expect(200);
    assert_eq!(called["staff_name"], "Eve");
    let missed = spa.press(&called, "no-show", json!({})).await.expect(200);
    assert_eq!(missed["state"], "no_show");
    assert_eq!(visit(&spa, &other).await["status"], "no_show");
}

#[tokio::test]
async fn a_visit_that_ends_otherwise_leaves_the_line() {
    let (_app, spa) = open(&["Eve"]).await;
    for (time, ends, state) in [
        ("11:00", "cancel", "left"),
        ("12:00", "no-show", "no_show"),
        ("13:00", "step-back", "left"),
    ] {
        let one = booked(&spa, time).await;
        deed(&spa, &one, "check-in").await;
        deed(&spa, &one, ends).await;
        assert_eq!(on_board(&spa, &one).await["state"], state, "{ends}");
    }
    assert_eq!(spa.line().await["entries"], json!([]));
    // A visit begins without anybody having said that they are there.
    let one = booked(&spa, "14:00").await;
    deed(&spa, &one, "start").await;
    let entry = on_board(&spa, &one).await;
    assert_eq!((&entry["state"], &entry["staff_name"]), (&json!("serving"), &json!("Eve")));
    // One that moves takes its entry along.
    let two = booked(&spa, "15:00").await;
    deed(&spa, &two, "check-in").await;
    let path = format!("/v1/appointments/{}/move", two["id"].as_str().unwrap());
    let to = json!({ "version": 2, "start": at(2, "16:30") });
    let moved = spa.owner.post(&path, &to).await.expect(200);
    assert_eq!(on_board(&spa, &two).await["due_at"], moved["starts_at"]);
}

#[tokio::test]
async fn whose_time_has_come_goes_first_and_nobody_before_their_time() {
    let (app, spa) = open(&["Eve", "Wanda"]).await;
    let walk_in = spa.desk_in("Ada", &["Wax"], &json!({})).await;
    let one = booked(&spa, "10:30").await;
    deed(&spa, &one, "check-in").await;
    let first = spa.call_next("Eve").await.expect(200);
    assert_eq!(first["id"], walk_in["id"]);
    let back = spa.press(&first, "return", json!({})).await.expect(200);
    spa.press(&back, "move", json!({ "to": "last" })).await.expect(200);
    // Their time is still ahead, also where they stand first.
    let again = spa.call_next("Eve").await.expect(200);
    assert_eq!(again["id"], walk_in["id"]);
    spa.press(&again, "return", json!({})).await.expect(200);
    app.clock.set(at(2, "10:30"));
    // Not Wanda's.
    let wandas = spa.call_next("Wanda").await.expect(200);
    assert_eq!(wandas["id"], walk_in["id"]);
    spa.press(&wandas, "return", json!({})).await.expect(200);
    assert_eq!(spa.call_next("Eve").await.expect(200)["appointment"], one["id"]);
    // Nobody waits longer because of them than those who walked in: they count for nobody's place.
    let board = spa.line().await;
    assert_eq!(board["waits"].as_array().unwrap().len(), 1);
}

/// What is booked keeps its time: who wouldn't be done before it isn't called by "call next", also while
/// whoever is booked is a little late.
#[tokio::test]
async fn nobody_is_called_who_would_not_be_done() {
    let (app, spa) = open(&["Eve"]).await;
    booked(&spa, "11:00").await;
    app.clock.set(at(2, "10:20"));
    let long = spa.desk_in("Long", &["Facial"], &json!({})).await;
    let short = spa.desk_in("Short", &["Wax"], &json!({})).await;
    let called = spa.call_next("Eve").await.expect(200);
    assert_eq!(called["id"], short["id"], "who is done in time goes first");
    let begun = spa.press(&called, "start", json!({})).await.expect(200);
    app.clock.set(at(2, "10:45"));
    spa.press(&begun, "finish", json!({})).await.expect(200);
    for time in ["10:45", "11:05"] {
        app.clock.set(at(2, time));
        spa.call_next("Eve").await.problem(409, "nobody_fits");
    }
    // Who is called by name is called.
    let eve = json!({ "staff": spa.id("Eve") });
    let called = spa.press(&spa.entry(&long).await, "call", eve).await.expect(200);
    spa.press(&called, "return", json!({})).await.expect(200);
    // Nobody is waited for so long.
    app.clock.set(at(2, "11:11"));
    assert_eq!(spa.call_next("Eve").await.expect(200)["id"], long["id"]);
}

/// Whoever stands in the line is forgotten in the end, and not before their visit.
#[tokio::test]
async fn who_comes_for_a_visit_is_forgotten_in_time() {
    let (app, spa) = open(&["Eve"]).await;
    let one = booked(&spa, "11:00").await;
    deed(&spa, &one, "check-in").await;
    let in_time = "select count(*) from queue_entries
                   where state = 'waiting' and expires_at = due_at + interval '240 minutes'";
    assert_eq!(app.database.count(in_time).await, 1);
    deed(&spa, &one, "start").await;
    deed(&spa, &one, "step-back").await;
    assert_eq!(app.database.count(in_time).await, 1);
    let now = visit(&spa, &one).await;
    let path = format!("/v1/appointments/{}/move", one["id"].as_str().unwrap());
    let later = json!({ "version": now["version"], "start": at(2, "16:00"), "staff": [] });
    let moved = spa.owner.post(&path, &later).await.expect(200);
    assert_eq!(on_board(&spa, &one).await["due_at"], moved["starts_at"]);
    assert_eq!(app.database.count(in_time).await, 1);
}
