//! What was pressed wrongly, and what was never pressed.

use chrono::Duration;
use openchair_domain::authz::BuiltIn;
use openchair_domain::queue;
use openchair_tests::eventually;
use openchair_tests::spa::at;
use serde_json::{Value, json};

use super::{life, open, told};

#[tokio::test]
async fn the_last_press_is_taken_back() {
    let (app, spa) = open(&["Eve", "Wanda"]).await;
    let joined = spa.walk_in("Ada", &["Wax"], &json!({})).await.expect(201);
    spa.desk_in("Bob", &["Wax"], &json!({})).await;
    let ada = spa.line().await["entries"][0].clone();
    // What leads there, and where they stand afterwards.
    for (deeds, stands) in [
        (&["call", "no-show"][..], "waiting"),
        (&["leave"], "waiting"),
        (&["call", "start"], "waiting"),
        (&["call", "start", "finish"], "serving"),
    ] {
        let mut now = spa.entry(&ada).await;
        for deed in deeds {
            let more = if *deed == "call" { json!({ "staff": spa.id("Eve") }) } else { json!({}) };
            now = spa.press(&now, deed, more).await.expect(200);
        }
        let back = spa.press(&now, "step-back", json!({})).await.expect(200);
        assert_eq!(
            (&back["state"], &back["ended_at"]),
            (&json!(stands), &Value::Null),
            "{deeds:?}"
        );
        if stands == "waiting" {
            assert_eq!(spa.standing("waiting").await, ["Ada", "Bob"], "{deeds:?}");
            let gone = ["staff", "called_at", "started_at"].map(|field| &back[field]);
            assert_eq!(gone, [&Value::Null; 3], "{deeds:?}");
        }
        // Once.
        spa.press(&back, "step-back", json!({})).await.problem(409, "wrong_state");
    }
    let serving = spa.entry(&ada).await;
    assert_eq!(serving["staff_name"], "Eve");
    spa.press(&serving, "finish", json!({})).await.expect(200);
    assert_eq!(told(&app, "queue.stepped_back").await, 4);
    let learned = "select count(*) from service_pace where n > 1.5";
    assert_eq!(app.database.count(learned).await, 0, "what was taken back taught nothing twice");
    let own = format!("/v1/q/{}", joined["token"].as_str().unwrap());
    assert_eq!(spa.guest.get(&own).await.expect(200)["state"], "done", "the ticket is the same");
}

#[tokio::test]
async fn it_is_too_late_to_take_back_what_is_long_ago() {
    let (app, spa) = open(&["Eve"]).await;
    let number = json!({ "phone": "+1 415 555 0132" });
    let ada = spa.desk_in("Ada", &["Wax"], &number).await;
    spa.press(&ada, "step-back", json!({})).await.problem(409, "wrong_state");
    let left = spa.press(&ada, "leave", json!({})).await.expect(200);
    app.clock.advance(Duration::minutes(15));
    let back = spa.press(&left, "step-back", json!({})).await.expect(200);
    let left = spa.press(&back, "leave", json!({})).await.expect(200);
    // Somebody waits with the same number now.
    let again = spa.desk_in("Ada", &["Wax"], &number).await;
    spa.press(&left, "step-back", json!({})).await.problem(409, "already_waiting");
    spa.press(&again, "leave", json!({})).await.expect(200);
    app.clock.advance(Duration::minutes(16));
    spa.press(&left, "step-back", json!({})).await.problem(409, "too_late_to_undo");
}

#[tokio::test]
async fn who_came_for_a_visit_has_that_stepped_back() {
    let (_app, spa) = open(&["Eve"]).await;
    let visit = spa.wanted(&["Wax"], 1, &["Eve"]);
    let visit = spa.book(visit, at(2, "10:00")).await.expect(201);
    let path = format!("/v1/appointments/{}", visit["id"].as_str().unwrap());
    spa.owner.post(&format!("{path}/check-in"), &json!({ "version": 1 })).await.expect(200);
    let called = spa.call_next("Eve").await.expect(200);
    let begun = spa.press(&called, "start", json!({})).await.expect(200);
    let back = spa.press(&begun, "step-back", json!({})).await.expect(200);
    assert_eq!(back["state"], "waiting");
    assert_eq!(spa.owner.get(&path).await.expect(200)["status"], "checked_in");
}

/// Who is forgotten in the chair doesn't stay on the screens for ever.
#[tokio::test]
async fn a_finish_that_was_never_pressed() {
    let (app, spa) = open(&["Eve", "Wanda"]).await;
    let ada = spa.desk_in("Ada", &["Wax"], &json!({})).await;
    let called = spa.call_next("Eve").await.expect(200);
    spa.press(&called, "start", json!({})).await.expect(200);
    let visit = spa.wanted(&["Wax"], 1, &["Wanda"]);
    let visit = spa.book(visit, at(2, "10:00")).await.expect(201);
    let path = format!("/v1/appointments/{}", visit["id"].as_str().unwrap());
    spa.owner.post(&format!("{path}/start"), &json!({ "version": 1 })).await.expect(200);
    app.clock.advance(Duration::hours(12) - Duration::minutes(1));
    assert_eq!(queue::expire_everywhere(&app.app().db).await.unwrap(), 0);
    app.clock.advance(Duration::minutes(1));
    queue::expire_everywhere(&app.app().db).await.unwrap();
    eventually("they are done", async || (spa.line().await["entries"] == json!([])).then_some(()))
        .await;
    assert_eq!(spa.entry(&ada).await["state"], "done");
    let last = life(&spa, ada["id"].as_str().unwrap()).await.pop().unwrap();
    assert_eq!(last, ("expired".into(), "serving".into(), "done".into()));
    assert_eq!(app.database.count("select count(*) from service_pace where n > 0").await, 0);
    // What became of the visit people have to say.
    let now = spa.owner.get(&path).await;
    assert_eq!(now.json()["status"], "in_service");
    let seen = json!({ "version": now.version() });
    spa.owner.post(&format!("{path}/complete"), &seen).await.expect(200);
}

/// Below the hand of whoever called them nobody is forgotten, nor who says that they are there.
#[tokio::test]
async fn who_was_heard_of_is_remembered() {
    let (app, spa) = open(&["Eve"]).await;
    spa.keep_line(&json!({ "expires_minutes": 60 })).await.expect(200);
    let called = spa.desk_in("Called", &["Wax"], &json!({})).await;
    let here = spa.walk_in("Here", &["Wax"], &json!({})).await.expect(201);
    let silent = spa.desk_in("Silent", &["Wax"], &json!({})).await;
    app.clock.advance(Duration::minutes(50));
    spa.press(&called, "call", json!({ "staff": spa.id("Eve") })).await.expect(200);
    let path = format!("/v1/q/{}", here["token"].as_str().unwrap());
    spa.guest.post_empty(&format!("{path}/here")).await.expect(200);
    app.clock.advance(Duration::minutes(50));
    queue::expire_everywhere(&app.app().db).await.unwrap();
    eventually("one is forgotten", async || {
        (spa.entry(&silent).await["state"] == "expired").then_some(())
    })
    .await;
    assert_eq!(spa.entry(&called).await["state"], "called");
    // Said twice, it holds twice as long.
    let again = spa.guest.post_empty(&format!("{path}/here")).await.expect(200);
    assert_eq!((&again["state"], &again["version"]), (&json!("waiting"), &json!(2)));
    app.clock.advance(Duration::minutes(50));
    queue::expire_everywhere(&app.app().db).await.unwrap();
    assert_eq!(spa.entry(&called).await["state"], "expired");
    assert_eq!(spa.guest.get(&path).await.expect(200)["state"], "waiting");
}

/// Of a visit that was booked with somebody, others of the staff keep their hands.
#[tokio::test]
async fn whose_visit_it_is() {
    let (app, spa) = open(&["Eve", "Wanda"]).await;
    let visit = spa.wanted(&["Wax"], 1, &["Wanda"]);
    let visit = spa.book(visit, at(2, "10:00")).await.expect(201);
    let path = format!("/v1/appointments/{}/check-in", visit["id"].as_str().unwrap());
    spa.owner.post(&path, &json!({ "version": 1 })).await.expect(200);
    let entry = spa.line().await["entries"][0].clone();
    let eve = app.member(&spa.business, BuiltIn::Provider).await;
    app.be_staff(&spa.business, &eve, spa.id("Eve").parse().unwrap()).await;
    let eve = app.sign_in(&eve).await.in_tenant(&spa.business);
    let path = format!("/v1/queue/entries/{}/call", entry["id"].as_str().unwrap());
    for body in [json!({ "version": 1 }), json!({ "version": 1, "staff": spa.id("Eve") })] {
        eve.post(&path, &body).await.problem(403, "not_yours");
    }
    // It begins with the hands that it has, or with those that took it.
    let of_eve = json!({ "staff": spa.id("Eve") });
    spa.press(&entry, "start", of_eve.clone()).await.problem(409, "booked_visit");
    let called = spa.press(&entry, "call", of_eve.clone()).await.expect(200);
    let begun = spa.press(&called, "start", of_eve).await.expect(200);
    assert_eq!((&begun["state"], &begun["staff_name"]), (&json!("serving"), &json!("Eve")));
}
