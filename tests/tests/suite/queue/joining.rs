//! Coming into the line, and being refused.

use chrono::Duration;
use openchair_tests::TestApp;
use openchair_tests::spa::at;
use serde_json::{Value, json};

use super::{life, open, told};

#[tokio::test]
async fn whoever_joins_has_a_code_a_place_and_a_ticket() {
    let (app, spa) = open(&["Eve", "Wanda"]).await;
    let joined = spa.walk_in("Ada", &["Wax"], &json!({ "phone": "+1 415 555 0132" })).await;
    let joined = joined.expect(201);
    assert_eq!(joined["entry"]["code"], "A01");
    assert_eq!(joined["entry"]["position"], 1);
    let token = joined["token"].as_str().unwrap();
    let own = spa.guest.get(&format!("/v1/q/{token}")).await.expect(200);
    assert_eq!(own, joined["entry"]);
    let second = spa.walk_in("Bob", &["Wax", "Facial"], &json!({ "party": 2 })).await.expect(201);
    assert_eq!(
        (&second["entry"]["code"], &second["entry"]["position"]),
        (&json!("A02"), &json!(2))
    );
    let board = spa.line().await;
    let entry = &board["entries"][0];
    assert_eq!((&entry["name"], &entry["phone"]), (&json!("Ada"), &json!("+14155550132")));
    assert_eq!((&entry["source"], &entry["state"]), (&json!("public"), &json!("waiting")));
    assert_eq!(entry["services"][0]["name"], "Wax");
    assert_eq!(board["waits"][1]["position"], 2);
    let id = entry["id"].as_str().unwrap();
    assert_eq!(life(&spa, id).await, [("joined".into(), "-".into(), "waiting".into())]);
    assert_eq!((told(&app, "queue.joined").await, told(&app, "queue.next").await), (2, 1));
    // Tickets are numbered anew each day.
    app.clock.advance(Duration::days(1));
    assert_eq!(spa.walk_in("Cyd", &["Wax"], &json!({})).await.expect(201)["entry"]["code"], "A01");
}

#[tokio::test]
async fn nobody_joins_a_line_that_is_closed_or_full() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    // Nobody ever opened it.
    spa.walk_in("Ada", &["Wax"], &json!({})).await.problem(409, "queue_closed");
    spa.open_line(&["Eve"]).await;
    spa.keep_line(&json!({ "capacity": 2 })).await.expect(200);
    let first = spa.desk_in("Ada", &["Wax"], &json!({})).await;
    spa.walk_in("Bob", &["Wax"], &json!({})).await.expect(201);
    spa.walk_in("Cyd", &["Wax"], &json!({})).await.problem(409, "queue_full");
    let body = spa.party("Cyd", &["Wax"], &json!({}));
    spa.owner.post("/v1/queue/entries", &body).await.problem(409, "queue_full");
    // Who is being served doesn't wait.
    spa.press(&first, "start", json!({ "staff": spa.id("Eve") })).await.expect(200);
    spa.walk_in("Cyd", &["Wax"], &json!({})).await.expect(201);
    spa.keep_line(&json!({ "open": false })).await.expect(200);
    spa.walk_in("Dan", &["Wax"], &json!({})).await.problem(409, "queue_closed");
    assert_eq!(spa.standing("waiting").await, ["Bob", "Cyd"]);
}

#[tokio::test]
async fn only_what_somebody_here_does_can_be_had() {
    let (_app, spa) = open(&["Wanda"]).await;
    spa.walk_in("Ada", &["Massage"], &json!({})).await.problem(409, "nobody_serves");
    // One of the two isn't enough.
    spa.walk_in("Ada", &["Wax", "Massage"], &json!({})).await.problem(409, "nobody_serves");
    let eve = json!({ "staff": spa.id("Eve") });
    spa.walk_in("Ada", &["Wax"], &eve).await.problem(409, "not_serving");
    let wanda = json!({ "staff": spa.id("Wanda") });
    spa.walk_in("Ada", &["Wax", "Facial"], &wanda).await.expect(201);
    // What the shop listed, and nothing else.
    spa.keep_line(&json!({ "services": [spa.id("Wax")] })).await.expect(200);
    let refused = spa.walk_in("Bob", &["Wax", "Facial"], &json!({})).await.faults();
    assert_eq!(refused, [("/services/1".to_owned(), "not_offered".to_owned())]);
    let path = format!("/v1/public/{}/queue", spa.business.slug);
    let public = spa.guest.get(&path).await.expect(200);
    let offered: Vec<&Value> =
        public["services"].as_array().unwrap().iter().map(|service| &service["name"]).collect();
    assert_eq!(offered, ["Wax"]);
}

/// The desk puts nobody in twice. What strangers type is nobody's number yet: it keeps nobody out, and
/// they aren't told who waits.
#[tokio::test]
async fn one_telephone_waits_once_for_the_desk() {
    let (_app, spa) = open(&["Eve"]).await;
    let phone = json!({ "phone": "+1 415 555 0132" });
    let other = json!({ "phone": "(415) 555-0132" });
    spa.walk_in("Mallory", &["Wax"], &phone).await.expect(201);
    let ada = spa.desk_in("Ada", &["Wax"], &other).await;
    let twice = spa.party("Ada", &["Wax"], &phone);
    spa.owner.post("/v1/queue/entries", &twice).await.problem(409, "already_waiting");
    let again = spa.walk_in("Mallory", &["Wax"], &other).await;
    assert_eq!(again.status, 201, "{again}");
    spa.press(&ada, "leave", json!({})).await.expect(200);
    spa.owner.post("/v1/queue/entries", &twice).await.expect(201);
}

/// Nobody fills a line with tickets of nobody; who stands at the desk or the tablet is there.
#[tokio::test]
async fn few_wait_who_joined_from_one_address() {
    let app = TestApp::with(&[("limits.queue_tickets_per_ip", "2")]).await;
    let spa = app.spa().await;
    app.clock.set(at(2, "10:00"));
    spa.open_line(&["Eve"]).await;
    let ada = spa.walk_in("Ada", &["Wax"], &json!({})).await.expect(201);
    spa.walk_in("Bob", &["Wax"], &json!({})).await.expect(201);
    spa.walk_in("Cyd", &["Wax"], &json!({})).await.problem(409, "too_many_tickets");
    spa.desk_in("Cyd", &["Wax"], &json!({})).await;
    let kiosk = json!({ "name": "Door", "location": spa.location });
    let kiosk = spa.owner.post("/v1/kiosks", &kiosk).await.expect(201);
    let path = format!("/v1/kiosk/{}/entries", kiosk["token"].as_str().unwrap());
    spa.guest.post(&path, &spa.party("Dan", &["Wax"], &json!({}))).await.expect(201);
    // Somebody has gone, and somebody has begun.
    let path = format!("/v1/q/{}/leave", ada["token"].as_str().unwrap());
    spa.guest.post_empty(&path).await.expect(204);
    spa.walk_in("Eli", &["Wax"], &json!({})).await.expect(201);
    spa.walk_in("Fay", &["Wax"], &json!({})).await.problem(409, "too_many_tickets");
    let bob = spa.call_next("Eve").await.expect(200);
    assert_eq!(bob["name"], "Bob");
    spa.walk_in("Fay", &["Wax"], &json!({})).await.problem(409, "too_many_tickets");
    spa.press(&bob, "start", json!({})).await.expect(200);
    spa.walk_in("Fay", &["Wax"], &json!({})).await.expect(201);
    // Of who has gone it isn't kept from where they came; of nobody is it kept in the clear.
    let kept = "select count(*) from queue_entries where taken_from is not null";
    assert_eq!(app.database.count(kept).await, 3);
}

#[tokio::test]
async fn the_same_key_joins_once() {
    let (_app, spa) = open(&["Eve"]).await;
    let path = format!("/v1/public/{}/queue", spa.business.slug);
    let body = spa.party("Ada", &["Wax"], &json!({}));
    let send = || spa.guest.post(&path, &body).header("idempotency-key", "tap");
    let (one, other) = (send().await.expect(201), send().await.expect(201));
    assert_eq!(one, other);
    assert_eq!(spa.standing("waiting").await, ["Ada"]);
}

#[tokio::test]
async fn nonsense_is_refused_field_by_field() {
    let (_app, spa) = open(&["Eve"]).await;
    for (services, more, field) in [
        (&["Wax"][..], json!({ "name": "" }), "/name"),
        (&["Wax"], json!({ "phone": "12" }), "/phone"),
        (&["Wax"], json!({ "party": 9 }), "/party"),
        (&["Wax"], json!({ "party": 0 }), "/party"),
        (&["Wax", "Wax"], json!({}), "/services/1"),
        (&[], json!({}), "/services"),
    ] {
        let faults = spa.walk_in("Ada", services, &more).await.faults();
        assert!(faults.iter().any(|(at, _)| at == field), "{more}: {faults:?}");
    }
    let nobody = json!({ "staff": "stf_00000000000000000000000007" });
    spa.walk_in("Ada", &["Wax"], &nobody).await.problem(404, "not_found");
    let nowhere = json!({ "location": "loc_00000000000000000000000007" });
    spa.walk_in("Ada", &["Wax"], &nowhere).await.problem(404, "not_found");
    let nothing = json!({ "services": ["svc_00000000000000000000000007"] });
    spa.walk_in("Ada", &[], &nothing).await.problem(404, "not_found");
    assert_eq!(spa.standing("waiting").await, Vec::<String>::new());
}
