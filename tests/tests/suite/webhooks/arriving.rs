//! What is told, and when.

use chrono::Duration;
use openchair_tests::eventually;
use openchair_tests::receiver::{Act, Receiver};
use openchair_tests::spa::at;
use serde_json::{Value, json};

use super::{Bench, INSIDE, endpoint};

#[tokio::test]
async fn a_visits_life_is_told_signed_and_in_order() {
    let bench = Bench::new().await;
    let visit = bench.visit("10:00").await;
    let to = json!({ "start": at(9, "12:00"), "reason": "The room is closed" });
    let visit = bench.press(&visit, "move", to).await;
    bench.app.clock.set(at(9, "11:55"));
    let visit = bench.press(&visit, "check-in", json!({})).await;
    let visit = bench.press(&visit, "start", json!({})).await;
    bench.press(&visit, "complete", json!({})).await;
    let about = |kind: &str| kind.starts_with("appointment.") || kind.starts_with("customer.");
    let got = eventually("the whole life", async || {
        let got: Vec<_> =
            bench.receiver.got().into_iter().filter(|one| about(&one.kind())).collect();
        (got.len() >= 6).then_some(got)
    })
    .await;
    let visits: Vec<_> = got.iter().filter(|one| one.kind().starts_with("appointment.")).collect();
    let kinds: Vec<_> = visits.iter().map(|one| one.kind()).collect();
    assert_eq!(
        kinds,
        [
            "appointment.confirmed",
            "appointment.updated",
            "appointment.checked_in",
            "appointment.updated",
            "appointment.completed",
        ]
    );
    for one in &got {
        assert!(one.is_signed_by(&bench.secret), "{one:?}");
        assert_eq!(one.headers["content-type"], "application/json");
        assert!(one.id().starts_with("evt_"), "{one:?}");
    }
    let said: Vec<Value> = visits.iter().map(|one| one.json()).collect();
    let status: Vec<_> = said.iter().map(|said| said["data"]["status"].clone()).collect();
    assert_eq!(status, ["confirmed", "confirmed", "checked_in", "in_service", "completed"]);
    let first = &said[0]["data"];
    assert_eq!(first["starts_at"], "2026-03-09T14:00:00Z");
    assert_eq!(first["customer"]["name"], "Ann Other");
    assert_eq!(first["lines"][0]["staff"]["name"], "Eve");
    assert_eq!(first["location"]["time_zone"], "America/New_York");
    assert!(said[0].get("previous").is_none() && said[0].get("reason").is_none(), "{}", said[0]);
    let moved = &said[1];
    assert_eq!(moved["reason"], "The room is closed");
    assert_eq!(moved["previous"]["starts_at"], "2026-03-09T14:00:00Z");
    assert_eq!(moved["data"]["starts_at"], "2026-03-09T16:00:00Z");
    assert_eq!(said[2]["previous"], json!({ "status": "confirmed" }));
}

/// What is told late says how it was then; names and how somebody is reached are as they are now.
#[tokio::test]
async fn what_is_told_late_says_how_it_was() {
    let bench = Bench::with(&[("worker.inside", "false")], json!({})).await;
    let visit = bench.visit("10:00").await;
    let cancelled = bench.press(&visit, "cancel", json!({ "reason": "Ill" })).await;
    assert_eq!(cancelled["status"], "cancelled");
    let id = visit["customer"]["id"].as_str().unwrap();
    let renamed = json!({ "name": "Ann Otherwise" });
    let path = format!("/v1/customers/{id}");
    let version = bench.spa.owner.get(&path).await.version();
    bench.spa.owner.patch(&path, version, &renamed).await.expect(200);
    // Another server, whose worker is the first that there is.
    let (_, running) = bench.app.second(&[INSIDE]).await;
    let confirmed = bench.receiver.gets_kind("appointment.confirmed").await.json();
    let ended = bench.receiver.gets_kind("appointment.cancelled").await.json();
    assert_eq!(confirmed["data"]["status"], "confirmed");
    assert_eq!(confirmed["data"]["customer"]["name"], "Ann Otherwise");
    assert_eq!((&ended["data"]["status"], &ended["reason"]), (&json!("cancelled"), &json!("Ill")));
    running.stop().await;
}

#[tokio::test]
async fn who_walks_in_is_told_of_too() {
    let bench =
        Bench::with(&[], json!({ "events": ["queue.joined", "queue.called", "queue.left"] })).await;
    bench.app.clock.set(at(9, "10:00"));
    bench.spa.open_line(&["Eve"]).await;
    let entry = bench.spa.desk_in("Ada", &["Wax"], &json!({})).await;
    let called = bench.spa.call_next("Eve").await.expect(200);
    bench.spa.press(&called, "leave", json!({ "reason": "Too long" })).await;
    let left = bench.receiver.gets_kind("queue.left").await.json();
    assert_eq!(bench.receiver.kinds(), ["queue.joined", "queue.called", "queue.left"]);
    assert_eq!((&left["data"]["id"], &left["data"]["name"]), (&entry["id"], &json!("Ada")));
    assert_eq!(left["previous"], json!({ "state": "called" }));
}

#[tokio::test]
async fn who_is_next_in_line_is_told_of_once() {
    let bench = Bench::with(&[], json!({ "events": ["queue.next", "queue.called"] })).await;
    bench.app.clock.set(at(9, "10:00"));
    bench.spa.open_line(&["Eve"]).await;
    let ada = bench.spa.desk_in("Ada", &["Wax"], &json!({})).await;
    let bob = bench.spa.desk_in("Bob", &["Wax"], &json!({})).await;
    bench.spa.call_next("Eve").await.expect(200);
    let got = bench.receiver.gets(3).await;
    let told: Vec<_> = got.iter().map(|one| (one.kind(), one.json()["data"].clone())).collect();
    for (kind, whose, state) in [
        ("queue.next", &ada, "waiting"),
        ("queue.called", &ada, "called"),
        ("queue.next", &bob, "waiting"),
    ] {
        let said = told.iter().find(|(of, data)| of == kind && data["id"] == whose["id"]);
        let (_, data) = said.unwrap_or_else(|| panic!("{kind} of {whose} in {told:?}"));
        assert_eq!(data["state"], state, "{kind}");
    }
    assert!(
        got.iter().all(|one| one.kind() != "queue.next" || one.json().get("previous").is_none())
    );
}

/// Somebody on the waiting list of a spa: their entry.
async fn waits(bench: &Bench, name: &str) -> Value {
    let body = json!({
        "wanted": bench.spa.wanted(&["Wax"], 1, &["Eve"]), "name": name,
        "first_day": "2026-03-09", "last_day": "2026-03-10",
        "email": format!("{}@example.com", name.to_lowercase()),
    });
    bench.spa.owner.post("/v1/waitlist", &body).await.expect(201)
}

#[tokio::test]
async fn who_waits_for_time_is_told_of_too() {
    let types = ["joined", "offered", "accepted", "declined", "lapsed", "left"];
    let types = types.map(|step| format!("waitlist.{step}"));
    let bench = Bench::with(&[], json!({ "events": types })).await;
    let entry = waits(&bench, "Ada").await;
    let path = format!("/v1/waitlist/{}", entry["id"].as_str().unwrap());
    let offer = async || {
        let start = json!({ "start": at(9, "10:00") });
        let made = bench.spa.owner.post(&format!("{path}/offer"), &start).await.expect(201);
        format!("/v1/o/{}", made["link"].as_str().unwrap())
    };
    let link = offer().await;
    bench.spa.guest.post_empty(&format!("{link}/decline")).await.expect(204);
    let link = offer().await;
    bench.spa.guest.post(&format!("{link}/accept"), &json!({})).await.expect(201);
    let gone = waits(&bench, "Bob").await;
    let path = format!("/v1/waitlist/{}", gone["id"].as_str().unwrap());
    bench.spa.owner.delete(&path).await.expect(204);
    let got = bench.receiver.gets(7).await;
    let told = |whose: &Value| -> Vec<_> {
        let said = got.iter().map(|one| (one.kind(), one.json()["data"].clone()));
        let theirs = said.filter(|(_, data)| data["id"] == whose["id"]);
        theirs.map(|(kind, data)| (kind, data["state"].clone(), data["version"].clone())).collect()
    };
    let step = |kind: &str, state: &str, version: i32| {
        (format!("waitlist.{kind}"), json!(state), json!(version))
    };
    assert_eq!(
        told(&entry),
        [
            step("joined", "waiting", 1),
            step("offered", "offered", 2),
            step("declined", "waiting", 3),
            step("offered", "offered", 4),
            step("accepted", "booked", 5),
        ]
    );
    assert_eq!(told(&gone), [step("joined", "waiting", 1), step("left", "left", 2)]);
    let offered = bench.receiver.gets_kind("waitlist.offered").await.json()["data"].clone();
    assert_eq!(offered["offer"]["starts_at"], json!(at(9, "10:00")));
    assert_eq!((&offered["email"], &offered["title"]), (&json!("ada@example.com"), &json!("Wax")));
    let accepted = bench.receiver.gets_kind("waitlist.accepted").await.json()["data"].clone();
    let visit = format!("/v1/appointments/{}", accepted["appointment_id"].as_str().unwrap());
    let visit = bench.spa.owner.get(&visit).await.expect(200);
    assert_eq!((&visit["status"], &visit["title"]), (&json!("confirmed"), &json!("Wax")));
    assert!(accepted["offer"].is_null() && accepted["customer_id"].is_string(), "{accepted}");
}

#[tokio::test]
async fn each_is_told_what_it_asked_for_and_nobody_elses_business() {
    let bench = Bench::with(&[], json!({ "events": ["appointment.cancelled"] })).await;
    let other = bench.app.spa().await;
    let foreign = Receiver::start().await;
    endpoint(&other, &foreign, json!({})).await;
    let all = Receiver::start().await;
    let (id, _) = endpoint(&bench.spa, &all, json!({})).await;
    let visit = bench.visit("10:00").await;
    bench.press(&visit, "cancel", json!({})).await;
    all.gets_kind("appointment.cancelled").await;
    bench.receiver.gets(1).await;
    assert_eq!(bench.receiver.kinds(), ["appointment.cancelled"]);
    assert_eq!(foreign.kinds(), Vec::<String>::new());
    // Both were told of one event under one id.
    let ours = bench.receiver.got().remove(0);
    assert!(all.got().iter().any(|one| one.id() == ours.id()));
    let sent = bench.deliveries(&format!("endpoint={id}")).await;
    assert!(sent.len() >= 3, "{sent:?}");
    assert!(sent.iter().all(|delivery| delivery["endpoint_id"] == json!(id)), "{sent:?}");
}

/// An endpoint hears by itself what happens from when it is switched on.
#[tokio::test]
async fn what_happened_while_it_was_off_does_not_come_by_itself() {
    let only = json!({ "enabled": false, "events": ["appointment.confirmed"] });
    let bench = Bench::with(&[], only).await;
    bench.visit("10:00").await;
    bench.change(json!({ "enabled": true })).await;
    bench.visit("11:00").await;
    bench.receiver.gets_kind("appointment.confirmed").await;
    let starts: Vec<_> =
        bench.receiver.got().iter().map(|one| one.json()["data"]["starts_at"].clone()).collect();
    assert!(!starts.contains(&json!("2026-03-09T14:00:00Z")), "{starts:?}");
    bench.change(json!({ "enabled": false })).await;
    let before = bench.receiver.got().len();
    bench.visit("12:00").await;
    bench.change(json!({ "enabled": true })).await;
    bench.visit("13:00").await;
    let got = bench.receiver.gets(before + 1).await;
    assert_eq!(got[before].json()["data"]["starts_at"], "2026-03-09T17:00:00Z");
}

/// Nobody gets round to telling anything before the endpoint is switched on again.
#[tokio::test]
async fn nor_if_whoever_tells_comes_late() {
    let only = json!({ "enabled": false, "events": ["appointment.confirmed"] });
    let bench = Bench::with(&[("worker.inside", "false")], only).await;
    bench.visit("10:00").await;
    bench.change(json!({ "enabled": true })).await;
    bench.visit("11:00").await;
    let (_, _running) = bench.app.second(&[INSIDE]).await;
    let got = bench.receiver.gets(1).await;
    assert_eq!(got[0].json()["data"]["starts_at"], "2026-03-09T15:00:00Z");
    // It is noted what it missed.
    let missed = bench.deliveries("state=cancelled").await;
    assert_eq!(missed.len(), 1, "{missed:?}");
    assert_eq!(bench.deliveries("").await.len(), 2);
}

/// What was told of somebody of whom no record was known then is theirs all the same.
#[tokio::test]
async fn nor_is_left_what_was_told_before_they_were_known() {
    let bench = Bench::new().await;
    bench.app.clock.set(at(9, "10:00"));
    bench.spa.open_line(&["Eve"]).await;
    let number = json!({ "phone": "+1 415 555 0199" });
    let joined = bench.spa.walk_in("Ann Walker", &["Wax"], &number).await.expect(201);
    let ticket = format!("/v1/q/{}/leave", joined["token"].as_str().unwrap());
    bench.spa.guest.post_empty(&ticket).await.expect(204);
    let told = bench.receiver.gets_kind("queue.left").await;
    assert!(told.body.contains("Ann Walker") && told.json()["data"]["customer_id"].is_null());
    let known = json!({ "name": "Ann Walker", "phone": "+1 415 555 0199" });
    let known = bench.spa.owner.post("/v1/customers", &known).await.expect(201);
    bench.receiver.gets_kind("customer.created").await;
    let left = "select count(*) from webhook_deliveries where body like '%Ann Walker%'";
    assert!(bench.app.database.count(left).await >= 3);
    let path = format!("/v1/customers/{}/erase", known["id"].as_str().unwrap());
    let answer = bench.spa.owner.post(&path, &json!({ "version": known["version"] })).await;
    assert!(answer.status < 300, "{answer}");
    assert_eq!(bench.app.database.count(left).await, 0);
}

#[tokio::test]
async fn who_is_erased_is_not_told_any_more() {
    let bench = Bench::new().await;
    bench.receiver.always(|_| Act::Answer(500));
    let visit = bench.visit("10:00").await;
    let id = visit["customer"]["id"].as_str().unwrap();
    bench.receiver.gets(2).await;
    let path = format!("/v1/customers/{id}/erase");
    let version = bench.spa.owner.get(&format!("/v1/customers/{id}")).await.version();
    let answer = bench.spa.owner.post(&path, &json!({ "version": version })).await;
    assert!(answer.status < 300, "{answer}");
    let left = "select count(*) from webhook_deliveries where body like '%Ann Other%'";
    assert_eq!(bench.app.database.count(left).await, 0);
    bench.receiver.always(|_| Act::Answer(204));
    bench.app.clock.advance(Duration::minutes(5));
    let told = bench.receiver.gets_kind("customer.erased").await.json();
    assert_eq!(told["data"]["id"], json!(id));
    let sent = bench.deliveries("state=cancelled").await;
    assert_eq!(sent.len(), 2, "{sent:?}");
    let again = format!("/v1/webhooks/deliveries/{}/replay", sent[0]["id"].as_str().unwrap());
    bench.spa.owner.post_empty(&again).await.problem(409, "body_erased");
}
