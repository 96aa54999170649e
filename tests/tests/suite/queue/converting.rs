//! An appointment instead of waiting.

use openchair_tests::spa::{at, shown};
use serde_json::json;

use super::{life, open};

#[tokio::test]
async fn who_waits_gets_an_appointment_and_a_record() {
    let (app, spa) = open(&["Eve"]).await;
    let ada = spa.party("Ada", &["Wax"], &json!({ "phone": "+1 415 555 0132" }));
    let joined = spa.owner.post("/v1/queue/entries", &ada).await.expect(201);
    let ada = &joined["entry"];
    let wish =
        json!({ "start": at(2, "14:00"), "staff": spa.id("Eve"), "email": "ada@example.com" });
    let done = spa.press(ada, "convert", wish).await.expect(200);
    let (entry, visit) = (&done["entry"], &done["appointment"]);
    assert_eq!((&entry["state"], &entry["appointment"]), (&json!("converted"), &visit["id"]));
    assert_eq!((&visit["status"], &visit["source"]), (&json!("confirmed"), &json!("queue")));
    assert_eq!(visit["starts_at"], shown(at(2, "14:00")));
    assert_eq!(visit["customer"]["name"], "Ada");
    assert_eq!(entry["customer"], visit["customer"]["id"]);
    app.mail("ada@example.com", "").await;
    let steps = life(&spa, ada["id"].as_str().unwrap()).await;
    assert_eq!(steps[1], ("converted".into(), "waiting".into(), "converted".into()));
    spa.press(entry, "convert", json!({})).await.problem(409, "wrong_state");
    // Their ticket says when, and follows the visit.
    let own = format!("/v1/q/{}", joined["token"].as_str().unwrap());
    let ticket = spa.guest.get(&own).await.expect(200);
    let seen = [&ticket["state"], &ticket["visit_at"]];
    assert_eq!(seen, [&json!("converted"), &shown(at(2, "14:00"))]);
    let path = format!("/v1/appointments/{}", visit["id"].as_str().unwrap());
    let later = json!({ "version": visit["version"], "start": at(2, "15:00") });
    let moved = spa.owner.post(&format!("{path}/move"), &later).await.expect(200);
    assert_eq!(spa.guest.get(&own).await.expect(200)["visit_at"], shown(at(2, "15:00")));
    let off = json!({ "version": moved["version"] });
    spa.owner.post(&format!("{path}/cancel"), &off).await.expect(200);
    assert_eq!(spa.guest.get(&own).await.expect(200)["visit_at"], json!(null));
    // Right away, by whoever can: the next full minute.
    let bob = spa.desk_in("Bob", &["Facial"], &json!({})).await;
    let done = spa.press(&bob, "convert", json!({})).await.expect(200);
    assert_eq!(done["appointment"]["starts_at"], shown(at(2, "10:00")));
}

#[tokio::test]
async fn what_does_not_fit_changes_nothing() {
    let (app, spa) = open(&["Eve"]).await;
    spa.book(spa.wanted(&["Wax"], 1, &["Eve"]), at(2, "14:00")).await.expect(201);
    let ada = spa.desk_in("Ada", &["Wax"], &json!({ "phone": "+1 415 555 0132" })).await;
    let before = app.database.fingerprint_where(|_| "true".to_owned()).await;
    let wish = json!({ "start": at(2, "14:00"), "staff": spa.id("Eve") });
    let refused = spa.press(&ada, "convert", wish).await.problem(409, "slot_taken");
    assert!(!refused["particulars"]["alternatives"].as_array().unwrap().is_empty(), "{refused}");
    // Nobody works then.
    let wish = json!({ "start": at(2, "22:00"), "staff": spa.id("Eve") });
    spa.press(&ada, "convert", wish).await.problem(409, "not_possible");
    let three = spa.desk_in("Cyd", &["Wax"], &json!({ "party": 3 })).await;
    let faults = spa.press(&three, "convert", json!({})).await.faults();
    assert_eq!(faults[0].0, "/party");
    spa.press(&three, "leave", json!({})).await.expect(200);
    let after = app.database.fingerprint_where(|_| "true".to_owned()).await;
    let touched: Vec<&String> = before.iter().filter(|row| !after.contains(row)).collect();
    for row in touched {
        let table = row.split(' ').next().unwrap();
        let own = [
            "queues",
            "queue_entries",
            "queue_history",
            "outbox_events",
            "event_counters",
            "sessions",
        ];
        assert!(own.contains(&table), "{row}");
    }
    assert_eq!(spa.entry(&ada).await["version"], 1);
    let ada_is_known = "select count(*) from customers where name = 'Ada'";
    assert_eq!(app.database.count(ada_is_known).await, 0);
}
