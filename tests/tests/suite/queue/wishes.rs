//! By whom people want to be served, and what becomes of that.

use openchair_tests::TestApp;
use openchair_tests::spa::{Spa, at};
use serde_json::{Value, json};

use super::{life, open, told};

/// Whom somebody waits for, as the board says.
async fn wanted(spa: &Spa, entry: &Value) -> Value {
    spa.entry(entry).await["staff_wanted"].clone()
}

async fn actions(spa: &Spa, entry: &Value) -> Vec<String> {
    let steps = life(spa, entry["id"].as_str().unwrap()).await;
    steps.into_iter().map(|(action, ..)| action).collect()
}

#[tokio::test]
async fn who_waits_for_somebody_who_goes_home_waits_for_anybody() {
    let (app, spa) = open(&["Eve", "Wanda"]).await;
    let wanda = json!({ "staff": spa.id("Wanda") });
    let one = spa.desk_in("One", &["Wax"], &wanda).await;
    let two = spa.desk_in("Two", &["Wax"], &json!({ "staff": spa.id("Eve") })).await;
    spa.keep_line(&json!({ "staff": [spa.id("Eve")] })).await.expect(200);
    assert_eq!(wanted(&spa, &one).await, Value::Null);
    assert_eq!(wanted(&spa, &two).await, spa.id("Eve"));
    assert_eq!(actions(&spa, &one).await, ["joined", "freed"]);
    assert_eq!((told(&app, "queue.freed").await, told(&app, "queue.next").await), (1, 2));
    // They kept their place.
    assert_eq!(spa.call_next("Eve").await.expect(200)["id"], one["id"]);
}

#[tokio::test]
async fn nobody_waits_for_somebody_who_left_the_shop() {
    let (_app, spa) = open(&["Eve", "Wanda"]).await;
    let wanda = json!({ "staff": spa.id("Wanda") });
    let one = spa.desk_in("One", &["Wax"], &wanda).await;
    let gone = spa.desk_in("Gone", &["Wax"], &wanda).await;
    spa.press(&gone, "leave", json!({})).await.expect(200);
    spa.owner.delete(&format!("/v1/staff/{}", spa.id("Wanda"))).await.expect(200);
    assert_eq!(wanted(&spa, &one).await, Value::Null);
    assert_eq!(spa.call_next("Eve").await.expect(200)["id"], one["id"]);
    // Somebody was waited for: they are kept, if only for what was.
    let archived = spa.owner.get(&format!("/v1/staff/{}", spa.id("Wanda"))).await.expect(200);
    assert_eq!(archived["name"], "Wanda");
    assert_eq!(wanted(&spa, &gone).await, spa.id("Wanda"));
}

/// What was booked with somebody stays theirs.
#[tokio::test]
async fn visits_are_not_freed() {
    let (_app, spa) = open(&["Eve", "Wanda"]).await;
    let visit = spa.wanted(&["Wax"], 1, &["Wanda"]);
    let visit = spa.book(visit, at(2, "10:30")).await.expect(201);
    let path = format!("/v1/appointments/{}/check-in", visit["id"].as_str().unwrap());
    spa.owner.post(&path, &json!({ "version": 1 })).await.expect(200);
    let entry = spa.line().await["entries"][0].clone();
    spa.keep_line(&json!({ "staff": [spa.id("Eve")] })).await.expect(200);
    assert_eq!(wanted(&spa, &entry).await, spa.id("Wanda"));
}

/// For each who serves somebody is next, and is told so once.
#[tokio::test]
async fn who_is_next_is_told_whomever_they_wait_for() {
    let (app, spa) = open(&["Eve", "Wanda"]).await;
    let eve = json!({ "staff": spa.id("Eve") });
    spa.desk_in("wants Eve", &["Wax"], &eve).await;
    assert_eq!(told(&app, "queue.next").await, 1);
    let massage = spa.desk_in("massage", &["Massage"], &json!({})).await;
    assert_eq!(told(&app, "queue.next").await, 1, "Wanda does none, Eve has the first");
    let any = spa.walk_in("any", &["Wax"], &json!({})).await.expect(201);
    assert_eq!(told(&app, "queue.next").await, 2, "Wanda's first");
    spa.call_next("Eve").await.expect(200);
    assert_eq!(told(&app, "queue.next").await, 3, "the massage is Eve's next");
    // Who lets others pass is told again, when their turn comes again.
    let other = spa.desk_in("other", &["Wax"], &json!({})).await;
    let path = format!("/v1/q/{}/more-time", any["token"].as_str().unwrap());
    spa.guest.post_empty(&path).await.expect(200);
    assert_eq!(told(&app, "queue.next").await, 4, "the other is Wanda's next");
    assert_eq!(spa.call_next("Wanda").await.expect(200)["id"], other["id"]);
    assert_eq!(told(&app, "queue.next").await, 5);
    // Alone in the line nobody is let past, and nothing is new.
    spa.press(&massage, "leave", json!({})).await.expect(200);
    spa.guest.post_empty(&path).await.expect(200);
    assert_eq!(told(&app, "queue.next").await, 5);
}

#[tokio::test]
async fn what_somebody_wants_is_changed() {
    let (app, spa) = open(&["Eve", "Wanda"]).await;
    let wanda = json!({ "staff": spa.id("Wanda") });
    let one = spa.desk_in("One", &["Wax"], &wanda).await;
    spa.desk_in("Two", &["Wax"], &json!({})).await;
    let wax = json!([spa.id("Wax")]);
    // Nothing changes: nothing happened.
    let same = json!({ "services": wax, "staff": spa.id("Wanda"), "party": 1 });
    assert_eq!(spa.edit_entry(&one, &same).await.expect(200)["version"], 1);
    let anybody = spa.edit_entry(&one, &json!({ "staff": null })).await.expect(200);
    assert_eq!((&anybody["staff_wanted"], &anybody["version"]), (&Value::Null, &json!(2)));
    let more = json!({ "services": [spa.id("Wax"), spa.id("Massage")], "party": 2 });
    spa.edit_entry(&one, &more).await.problem(409, "stale_version");
    let changed = spa.edit_entry(&anybody, &more).await.expect(200);
    assert_eq!(
        (&changed["services"][1]["name"], &changed["party"]),
        (&json!("Massage"), &json!(2))
    );
    assert_eq!(actions(&spa, &one).await, ["joined", "edited", "edited"]);
    assert_eq!(told(&app, "queue.edited").await, 2);
    assert_eq!(spa.standing("waiting").await, ["One", "Two"], "they keep their place");
    assert_eq!(spa.call_next("Wanda").await.expect(200)["name"], "Two", "she does no massage");
    for (bad, status, code) in [
        (json!({ "staff": spa.id("Fay") }), 409, "not_serving"),
        (json!({ "staff": spa.id("Wanda") }), 409, "nobody_serves"),
        (json!({ "services": ["svc_00000000000000000000000007"] }), 404, "not_found"),
        (json!({ "staff": "stf_00000000000000000000000007" }), 404, "not_found"),
    ] {
        spa.edit_entry(&changed, &bad).await.problem(status, code);
    }
    // Who is called may change their mind, who is being served has it.
    let called = spa.call_next("Eve").await.expect(200);
    let called = spa.edit_entry(&called, &json!({ "services": wax })).await.expect(200);
    assert_eq!((&called["state"], &called["staff_name"]), (&json!("called"), &json!("Eve")));
    let begun = spa.press(&called, "start", json!({})).await.expect(200);
    spa.edit_entry(&begun, &json!({ "party": 3 })).await.problem(409, "wrong_state");
}

/// A line that nobody serves calls nobody: whoever comes first is next as soon as somebody does.
#[tokio::test]
async fn who_begins_to_serve_has_somebody_next() {
    let (app, spa): (TestApp, Spa) = open(&["Eve"]).await;
    spa.desk_in("One", &["Wax"], &json!({ "staff": spa.id("Eve") })).await;
    spa.desk_in("Two", &["Wax"], &json!({})).await;
    assert_eq!(told(&app, "queue.next").await, 1);
    let both = json!({ "staff": [spa.id("Eve"), spa.id("Wanda")] });
    spa.keep_line(&both).await.expect(200);
    assert_eq!(told(&app, "queue.next").await, 2);
}
