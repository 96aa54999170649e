//! Calling, serving, and what staff do to who waits.

use chrono::Duration;
use openchair_domain::authz::BuiltIn;
use openchair_domain::queue;
use openchair_tests::eventually;
use serde_json::{Value, json};

use super::{life, open, told};

/// What a party goes through, action by action.
async fn deeds(spa: &openchair_tests::spa::Spa, entry: &Value) -> Vec<String> {
    let steps = life(spa, entry["id"].as_str().unwrap()).await;
    steps.into_iter().map(|(action, ..)| action).collect()
}

#[tokio::test]
async fn a_party_is_called_served_and_done() {
    let (app, spa) = open(&["Eve"]).await;
    let ada = spa.desk_in("Ada", &["Wax"], &json!({})).await;
    app.clock.advance(Duration::minutes(5));
    let called = spa.call_next("Eve").await.expect(200);
    assert_eq!((&called["id"], &called["state"]), (&ada["id"], &json!("called")));
    assert_eq!((&called["staff"], &called["staff_name"]), (&json!(spa.id("Eve")), &json!("Eve")));
    // One at a time.
    spa.desk_in("Bob", &["Wax"], &json!({})).await;
    spa.call_next("Eve").await.problem(409, "already_calling");
    let begun = spa.press(&called, "start", json!({})).await.expect(200);
    assert_eq!(begun["state"], "serving");
    app.clock.advance(Duration::minutes(20));
    let done = spa.press(&begun, "finish", json!({})).await.expect(200);
    assert_eq!((&done["state"], &done["version"]), (&json!("done"), &json!(4)));
    assert!(done["ended_at"].is_string());
    assert_eq!(deeds(&spa, &ada).await, ["joined", "called", "started", "finished"]);
    for kind in ["queue.called", "queue.started", "queue.finished"] {
        assert_eq!(told(&app, kind).await, 1, "{kind}");
    }
    // What is over stays over.
    for deed in ["call", "return", "start", "finish", "no-show", "leave"] {
        let again = spa.press(&done, deed, json!({})).await;
        assert_eq!(
            (again.status, again.json()["code"].as_str()),
            (409, Some("wrong_state")),
            "{deed}"
        );
    }
    let board = spa.line().await;
    assert_eq!(board["ended"][0]["name"], "Ada");
}

#[tokio::test]
async fn the_first_whom_one_can_serve_is_next_and_preference_holds() {
    let (_app, spa) = open(&["Eve", "Wanda"]).await;
    let eve = json!({ "staff": spa.id("Eve") });
    spa.desk_in("wants Eve", &["Wax"], &eve).await;
    spa.desk_in("massage", &["Massage"], &json!({})).await;
    spa.desk_in("any", &["Wax"], &json!({})).await;
    // Wanda does no massage, and isn't Eve.
    assert_eq!(spa.call_next("Wanda").await.expect(200)["name"], "any");
    let first = spa.call_next("Eve").await.expect(200);
    assert_eq!(first["name"], "wants Eve");
    spa.press(&first, "start", json!({})).await.expect(200);
    assert_eq!(spa.call_next("Eve").await.expect(200)["name"], "massage");
    let any = spa.line().await["entries"][2].clone();
    spa.press(&any, "no-show", json!({})).await.expect(200);
    spa.call_next("Wanda").await.problem(409, "nobody_to_call");
    spa.call_next("Fay").await.problem(409, "not_serving");
}

#[tokio::test]
async fn who_is_returned_stands_where_they_stood() {
    let (_app, spa) = open(&["Eve", "Wanda"]).await;
    let ada = spa.desk_in("Ada", &["Wax"], &json!({})).await;
    spa.desk_in("Bob", &["Wax"], &json!({})).await;
    let called = spa.call_next("Eve").await.expect(200);
    assert_eq!(called["id"], ada["id"]);
    let back = spa.press(&called, "return", json!({})).await.expect(200);
    assert_eq!((&back["state"], &back["staff"]), (&json!("waiting"), &Value::Null));
    assert_eq!(spa.standing("waiting").await, ["Ada", "Bob"]);
    spa.press(&back, "return", json!({})).await.problem(409, "wrong_state");
    spa.press(&back, "no-show", json!({})).await.problem(409, "wrong_state");
    spa.press(&back, "finish", json!({})).await.problem(409, "wrong_state");
    let called = spa.press(&back, "call", json!({ "staff": spa.id("Wanda") })).await.expect(200);
    let missed = spa.press(&called, "no-show", json!({})).await.expect(200);
    assert_eq!(missed["state"], "no_show");
    let line = spa.line().await;
    let bob = &line["entries"][0];
    let gone = spa.press(bob, "leave", json!({ "reason": "too long" })).await.expect(200);
    assert_eq!(gone["state"], "left");
    let path = format!("/v1/queue/entries/{}/history", bob["id"].as_str().unwrap());
    let history = spa.owner.get(&path).await.expect(200);
    assert_eq!(history["items"][1]["reason"], "too long");
}

#[tokio::test]
async fn an_old_version_changes_nothing() {
    let (_app, spa) = open(&["Eve", "Wanda"]).await;
    let ada = spa.desk_in("Ada", &["Wax"], &json!({})).await;
    spa.call_next("Eve").await.expect(200);
    for deed in ["call", "return", "start", "finish", "no-show", "leave", "convert"] {
        let more = if deed == "call" { json!({ "staff": spa.id("Wanda") }) } else { json!({}) };
        let stale = spa.press(&ada, deed, more).await.problem(409, "stale_version");
        assert_eq!(stale["version"], 2, "{deed}: {stale}");
        assert_eq!(stale["changes"][0]["action"], "called", "{stale}");
    }
    let stale = spa.press(&ada, "move", json!({ "to": "first" })).await;
    stale.problem(409, "stale_version");
    assert_eq!(spa.entry(&ada).await["version"], 2);
}

#[tokio::test]
async fn somebody_is_put_elsewhere_in_the_line() {
    let (app, spa) = open(&["Eve"]).await;
    let mut all = Vec::new();
    for name in ["a", "b", "c", "d"] {
        all.push(spa.desk_in(name, &["Wax"], &json!({})).await);
    }
    let id = |at: usize| all[at]["id"].clone();
    spa.press(&all[3], "move", json!({ "to": "first" })).await.expect(200);
    assert_eq!(spa.standing("waiting").await, ["d", "a", "b", "c"]);
    let moved = spa.entry(&all[3]).await;
    spa.press(&moved, "move", json!({ "after": id(1) })).await.expect(200);
    assert_eq!(spa.standing("waiting").await, ["a", "b", "d", "c"]);
    spa.press(&all[0], "move", json!({ "to": "last" })).await.expect(200);
    spa.press(&all[2], "move", json!({ "before": id(1) })).await.expect(200);
    assert_eq!(spa.standing("waiting").await, ["c", "b", "d", "a"]);
    // Between two until there is no room, and then on.
    let before = told(&app, "queue.changed").await;
    for _ in 0..30 {
        let line = spa.line().await;
        let (first, second) = (line["entries"][0].clone(), line["entries"][2].clone());
        spa.press(&second, "move", json!({ "after": first["id"] })).await.expect(200);
    }
    assert_eq!(spa.standing("waiting").await, ["c", "b", "d", "a"]);
    assert!(told(&app, "queue.changed").await > before, "they were never numbered anew");
    let line = spa.line().await;
    let ranks: Vec<_> =
        line["entries"].as_array().unwrap().iter().map(|entry| entry["rank"].as_i64()).collect();
    assert!(ranks.is_sorted_by(|one, other| one < other), "{ranks:?}");
    let last = &line["entries"][3];
    let faults = spa.press(last, "move", json!({})).await.faults();
    assert_eq!(faults, [("/to".to_owned(), "one_of".to_owned())]);
    let nobody = json!({ "after": "que_00000000000000000000000007" });
    spa.press(last, "move", nobody).await.problem(404, "not_found");
    let myself = json!({ "after": last["id"] });
    spa.press(last, "move", myself).await.problem(404, "not_found");
}

#[tokio::test]
async fn providers_act_in_their_own_column() {
    let (app, spa) = open(&["Eve", "Wanda"]).await;
    let eve = app.member(&spa.business, BuiltIn::Provider).await;
    app.be_staff(&spa.business, &eve, spa.id("Eve").parse().unwrap()).await;
    let eve = app.sign_in(&eve).await.in_tenant(&spa.business);
    spa.desk_in("Ada", &["Wax"], &json!({})).await;
    spa.desk_in("Bob", &["Wax"], &json!({})).await;
    let next = json!({ "location": spa.location });
    let for_wanda = json!({ "location": spa.location, "staff": spa.id("Wanda") });
    eve.post("/v1/queue/call-next", &for_wanda).await.problem(403, "not_yours");
    let ada = eve.post("/v1/queue/call-next", &next).await.expect(200);
    assert_eq!(ada["staff_name"], "Eve");
    assert_eq!(ada["phone"], Value::Null);
    let bob = spa.call_next("Wanda").await.expect(200);
    let path = |entry: &Value, deed: &str| {
        format!("/v1/queue/entries/{}/{deed}", entry["id"].as_str().unwrap())
    };
    let seen = |entry: &Value| json!({ "version": entry["version"] });
    for deed in ["return", "start", "no-show", "leave"] {
        let theirs = eve.post(&path(&bob, deed), &seen(&bob)).await;
        theirs.problem(403, "not_yours");
    }
    eve.post(&path(&ada, "start"), &seen(&ada)).await.expect(200);
}

#[tokio::test]
async fn who_is_forgotten_expires() {
    let (app, spa) = open(&["Eve"]).await;
    spa.keep_line(&json!({ "expires_minutes": 60 })).await.expect(200);
    let waits = spa.desk_in("waits", &["Wax"], &json!({})).await;
    let called = spa.call_next("Eve").await.expect(200);
    let served = spa.press(&called, "start", json!({})).await.expect(200);
    let waits = {
        drop(waits);
        spa.desk_in("waits", &["Wax"], &json!({})).await
    };
    let called = spa.desk_in("called", &["Wax"], &json!({})).await;
    spa.press(&called, "call", json!({ "staff": spa.id("Eve") })).await.expect(200);
    app.clock.advance(Duration::minutes(59));
    assert_eq!(queue::expire_everywhere(&app.app().db).await.unwrap(), 0);
    app.clock.advance(Duration::minutes(1));
    // The worker may be faster than we are.
    queue::expire_everywhere(&app.app().db).await.unwrap();
    for entry in [&waits, &called] {
        eventually("they are forgotten", async || {
            (spa.entry(entry).await["state"] == "expired").then_some(())
        })
        .await;
    }
    assert_eq!(spa.entry(&served).await["state"], "serving");
    assert_eq!(deeds(&spa, &waits).await, ["joined", "expired"]);
    assert_eq!(told(&app, "queue.expired").await, 2);
    spa.call_next("Eve").await.problem(409, "nobody_to_call");
}
