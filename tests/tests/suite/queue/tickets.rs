//! What customers see and do with their ticket, and what anybody sees.

use chrono::Duration;
use openchair_domain::queue::forget_bygone;
use openchair_tests::Browser;
use serde_json::{Value, json};

use super::open;

async fn own(guest: &Browser, joined: &Value) -> Value {
    guest.get(&format!("/v1/q/{}", joined["token"].as_str().unwrap())).await.expect(200)
}

async fn leads_nowhere(guest: &Browser, joined: &Value) {
    let path = format!("/v1/q/{}", joined["token"].as_str().unwrap());
    guest.get(&path).await.problem(404, "not_found");
}

fn path(joined: &Value, deed: &str) -> String {
    format!("/v1/q/{}/{deed}", joined["token"].as_str().unwrap())
}

#[tokio::test]
async fn a_ticket_says_where_one_stands() {
    let (_app, spa) = open(&["Eve", "Wanda"]).await;
    let ada = spa.walk_in("Ada Adams", &["Wax"], &json!({})).await.expect(201);
    let bob = spa.walk_in("Bob Brown", &["Wax"], &json!({})).await.expect(201);
    assert_eq!(own(&spa.guest, &bob).await["position"], 2);
    let here = spa.guest.post_empty(&path(&bob, "here")).await.expect(200);
    assert_eq!((&here["here"], &here["version"]), (&json!(true), &json!(2)));
    // Once is enough.
    assert_eq!(spa.guest.post_empty(&path(&bob, "here")).await.expect(200)["version"], 2);
    let called = spa.call_next("Eve").await.expect(200);
    let now = own(&spa.guest, &bob).await;
    assert_eq!((&now["position"], &now["called"]), (&json!(1), &json!(["A01"])));
    let mine = own(&spa.guest, &ada).await;
    assert_eq!((&mine["state"], &mine["staff"]), (&json!("called"), &json!("Eve")));
    assert_eq!((&mine["position"], &mine["called"]), (&Value::Null, &json!([])));
    spa.press(&called, "start", json!({})).await.expect(200);
    assert_eq!(own(&spa.guest, &bob).await["serving"], json!(["A01"]));
    // Too late to go.
    spa.guest.post_empty(&path(&ada, "leave")).await.problem(409, "wrong_state");
    spa.guest.post_empty(&path(&ada, "more-time")).await.problem(409, "wrong_state");
    for _ in 0..2 {
        spa.guest.post_empty(&path(&bob, "leave")).await.expect(204);
    }
    assert_eq!(own(&spa.guest, &bob).await["state"], "left");
    spa.guest.post_empty(&path(&bob, "here")).await.problem(409, "wrong_state");
}

#[tokio::test]
async fn who_needs_more_time_lets_one_pass() {
    let (_app, spa) = open(&["Eve", "Wanda"]).await;
    let ada = spa.walk_in("Ada", &["Wax"], &json!({})).await.expect(201);
    spa.desk_in("Bob", &["Wax"], &json!({})).await;
    spa.desk_in("Cyd", &["Wax"], &json!({})).await;
    spa.guest.post_empty(&path(&ada, "more-time")).await.expect(200);
    assert_eq!(spa.standing("waiting").await, ["Bob", "Ada", "Cyd"]);
    let bob = spa.call_next("Eve").await.expect(200);
    assert_eq!(bob["name"], "Bob");
    // Called, and not there yet: back into the line, behind the next.
    let called = spa.call_next("Wanda").await.expect(200);
    assert_eq!(called["name"], "Ada");
    let now = spa.guest.post_empty(&path(&ada, "more-time")).await.expect(200);
    assert_eq!((&now["state"], &now["passes_left"]), (&json!("waiting"), &json!(3)));
    assert_eq!(spa.standing("waiting").await, ["Cyd", "Ada"]);
    assert_eq!(spa.call_next("Wanda").await.expect(200)["name"], "Cyd");
    for left in [2, 1, 0] {
        // Nobody is there to be let past.
        let now = spa.guest.post_empty(&path(&ada, "more-time")).await.expect(200);
        assert_eq!(now["passes_left"], left);
    }
    spa.guest.post_empty(&path(&ada, "more-time")).await.problem(409, "no_more_time");
}

/// The fields of an answer, with those of what is in it.
fn fields(value: &Value, at: &str, into: &mut Vec<String>) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                let at = format!("{at}/{key}");
                into.push(at.clone());
                fields(value, &at, into);
            }
        }
        Value::Array(items) => {
            for item in items.iter().take(1) {
                fields(item, &format!("{at}/-"), into);
            }
        }
        _ => {}
    }
}

#[tokio::test]
async fn what_anybody_sees_are_codes() {
    let (_app, spa) = open(&["Eve", "Wanda"]).await;
    let secret = json!({ "phone": "+1 415 555 0132", "note": "allergic to nuts" });
    let ada = spa.walk_in("Zoraida Adams", &["Wax"], &secret).await.expect(201);
    spa.walk_in("Yolanda Brown", &["Wax"], &json!({ "phone": "+1 415 555 0133" }))
        .await
        .expect(201);
    let third = spa.walk_in("Xenia Clark", &["Wax"], &json!({})).await.expect(201);
    let called = spa.call_next("Eve").await.expect(200);
    spa.press(&called, "start", json!({})).await.expect(200);
    spa.call_next("Wanda").await.expect(200);
    let slug = &spa.business.slug;
    let mut all = Vec::new();
    for path in [
        format!("/v1/public/{slug}/queue"),
        format!("/v1/public/{slug}/queue/board"),
        format!("/v1/q/{}", third["token"].as_str().unwrap()),
    ] {
        let answer = spa.guest.get(&path).await;
        for name in
            ["Zoraida", "Adams", "Yolanda", "Brown", "5550132", "5550133", "allergic", "que_"]
        {
            assert!(!answer.text().contains(name), "{name}: {answer}");
        }
        assert!(answer.text().contains("A01") && answer.text().contains("A02"), "{answer}");
        let mut found = Vec::new();
        fields(&answer.expect(200), "", &mut found);
        all.push(found);
    }
    // Whatever else is shown to the public is added here on purpose.
    insta::assert_json_snapshot!("what_anybody_sees_of_a_queue", all);
    assert_eq!(own(&spa.guest, &ada).await["name"], "Zoraida Adams");
    let board = spa.guest.get(&format!("/v1/public/{slug}/queue/board")).await.expect(200);
    let first = &board["entries"][0];
    assert_eq!((&first["staff"], &first["chair"]), (&json!("Eve"), &json!("Room 2")));
}

#[tokio::test]
async fn forged_tickets_lead_nowhere() {
    let (app, spa) = open(&["Eve"]).await;
    let joined = spa.walk_in("Ada", &["Wax"], &json!({})).await.expect(201);
    let token = joined["token"].as_str().unwrap();
    let mut forged = token.to_owned();
    forged.pop();
    forged.push(if token.ends_with('a') { 'b' } else { 'a' });
    for bad in [forged, token.replace("oc_qt_", "oc_ki_"), "x".to_owned()] {
        spa.guest.get(&format!("/v1/q/{bad}")).await.problem(404, "not_found");
        spa.guest.get(&format!("/v1/kiosk/{bad}")).await.problem(404, "not_found");
        for deed in ["here", "more-time", "leave"] {
            spa.guest.post_empty(&format!("/v1/q/{bad}/{deed}")).await.problem(404, "not_found");
        }
    }
    let stored =
        "select count(*) from queue_entries where encode(token_hash, 'escape') like '%oc_%'";
    assert_eq!(app.database.count(stored).await, 0);
}

/// Who has lost their ticket gets another at the desk, and whoever found it has nothing.
#[tokio::test]
async fn a_ticket_is_shown_again_as_a_new_one() {
    let (_app, spa) = open(&["Eve"]).await;
    let ada = spa.walk_in("Ada", &["Wax"], &json!({})).await.expect(201);
    let entry = spa.line().await["entries"][0].clone();
    let renewed = spa.press(&entry, "ticket", json!({})).await.expect(201);
    assert_eq!((&renewed["entry"]["id"], &renewed["entry"]["version"]), (&entry["id"], &json!(2)));
    leads_nowhere(&spa.guest, &ada).await;
    assert_eq!(own(&spa.guest, &renewed).await["name"], "Ada");
    spa.press(&entry, "ticket", json!({})).await.problem(409, "stale_version");
    let called = spa.call_next("Eve").await.expect(200);
    let called = spa.press(&called, "ticket", json!({})).await.expect(201);
    assert_eq!(own(&spa.guest, &called).await["state"], "called");
    let begun = spa.press(&called["entry"], "start", json!({})).await.expect(200);
    spa.press(&begun, "ticket", json!({})).await.problem(409, "wrong_state");
    let history = format!("/v1/queue/entries/{}/history", entry["id"].as_str().unwrap());
    let history = spa.owner.get(&history).await.expect(200);
    assert_eq!(history["items"][1]["action"], "reissued");
}

/// A week after it is over nobody reads in the line who it was, nor with the ticket.
#[tokio::test]
async fn a_line_forgets_who_was_in_it() {
    let (app, spa) = open(&["Eve"]).await;
    let about = json!({ "phone": "+1 415 555 0132", "note": "allergic to nuts" });
    let ada = spa.walk_in("Zoraida", &["Wax"], &about).await.expect(201);
    let bob = spa.walk_in("Yolanda", &["Wax"], &about).await.expect(201);
    spa.guest.post_empty(&path(&ada, "leave")).await.expect(204);
    let entries = spa.line().await;
    let db = &app.app().db;
    app.clock.advance(Duration::days(6));
    assert_eq!(forget_bygone(db).await.unwrap(), 0);
    assert_eq!(own(&spa.guest, &ada).await["name"], "Zoraida");
    app.clock.advance(Duration::days(1));
    assert_eq!(forget_bygone(db).await.unwrap(), 1);
    assert_eq!(forget_bygone(db).await.unwrap(), 0);
    leads_nowhere(&spa.guest, &ada).await;
    let gone = spa.entry(&entries["ended"][0]).await;
    assert_eq!((&gone["name"], &gone["phone"]), (&json!(""), &Value::Null), "{gone}");
    assert_eq!((&gone["note"], &gone["state"]), (&json!(""), &json!("left")));
    // Whoever still stands there is known.
    assert_eq!(own(&spa.guest, &bob).await["name"], "Yolanda");
    assert_eq!(spa.entry(&entries["entries"][0]).await["note"], "allergic to nuts");
}

/// Staff whom customers don't find online have no names on the screen, nor can anybody ask about them or
/// about what only the desk gives.
#[tokio::test]
async fn who_is_not_online_has_no_name_outside() {
    let (_app, spa) = open(&["Eve", "Wanda"]).await;
    let ada = spa.walk_in("Ada", &["Wax"], &json!({})).await.expect(201);
    spa.walk_in("Bob", &["Wax"], &json!({})).await.expect(201);
    let called = spa.call_next("Eve").await.expect(200);
    spa.call_next("Wanda").await.expect(200);
    let hide = async |what: &str, name: &str| {
        let path = format!("/v1/{what}/{}", spa.id(name));
        let version = spa.owner.get(&path).await.version();
        spa.owner.patch(&path, version, &json!({ "online": false })).await.expect(200);
    };
    hide("staff", "Eve").await;
    hide("services", "Massage").await;
    let door = format!("/v1/public/{}/queue", spa.business.slug);
    let board = spa.guest.get(&format!("{door}/board")).await.expect(200);
    let shown: Vec<_> =
        board["entries"].as_array().unwrap().iter().map(|entry| &entry["staff"]).collect();
    assert_eq!(shown, [&Value::Null, &json!("Wanda")], "{board}");
    assert_eq!(board["entries"][0]["chair"], "Room 2");
    let mine = own(&spa.guest, &ada).await;
    assert_eq!((&mine["state"], &mine["staff"]), (&json!("called"), &Value::Null));
    assert_eq!(called["staff_name"], "Eve");
    let asked = async |query: String| spa.guest.get(&format!("{door}?{query}")).await;
    let (wax, eve) = (spa.id("Wax"), spa.id("Eve"));
    asked(format!("services={wax}&staff={}", spa.id("Wanda"))).await.expect(200);
    let twice = asked(format!("services={wax},{wax}")).await.expect(200);
    assert_eq!(twice["newcomer"], asked(format!("services={wax}")).await.expect(200)["newcomer"]);
    // As if there were nothing of the kind, to the letter.
    for (hidden, nothing) in [
        (format!("services={}", spa.id("Massage")), "services=svc_00000000000000000000000007"),
        (format!("services={wax}&staff={eve}"), "staff=stf_00000000000000000000000007"),
    ] {
        let hidden = asked(hidden).await.problem(404, "not_found");
        let nothing = asked(nothing.to_owned()).await.problem(404, "not_found");
        assert_eq!(hidden["fields"], nothing["fields"]);
    }
    let many = [wax; 9].join(",");
    assert_eq!(asked(format!("services={many}")).await.faults()[0].1, "too_many");
}
