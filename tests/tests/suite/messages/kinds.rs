//! What comes by itself after a visit, and what is said in a line: each once, and only to whom it is to be
//! said at that moment.

use chrono::{DateTime, Utc};
use openchair_domain::ids::{Appointment, Id};
use openchair_domain::messaging;
use openchair_tests::spa::{Spa, at};
use openchair_tests::{TestApp, eventually};
use serde_json::{Value, json};

use super::{log, path, settled};

/// A visit of somebody's on the fifth that took place.
async fn was_there(app: &TestApp, spa: &Spa, name: &str, time: &str) -> Value {
    let email = format!("{}@example.com", name.to_lowercase());
    let body = json!({ "wanted": spa.wanted(&["Wax"], 1, &["Eve"]), "start": at(5, time),
                       "customer": { "name": name, "email": email } });
    let visit = spa.owner.post("/v1/appointments", &body).await.expect(201);
    let id: Id<Appointment> = visit["id"].as_str().unwrap().parse().unwrap();
    let done = format!("update appointments set status = 'completed' where id = '{}'", id.uuid());
    app.database.run(&done).await;
    visit
}

fn customer(visit: &Value) -> &str {
    visit["customer"]["id"].as_str().unwrap()
}

/// They say whether they want to hear of offers.
async fn agrees(spa: &Spa, visit: &Value, granted: bool) {
    let path = format!("/v1/customers/{}/consents", customer(visit));
    let body = json!({ "purpose": "marketing_email", "granted": granted });
    spa.owner.post(&path, &body).await.expect(201);
}

/// They want to hear nothing.
async fn leaves(spa: &Spa, name: &str) {
    let address = format!("{}@example.com", name.to_lowercase());
    let body = json!({ "channel": "email", "address": address });
    spa.owner.post("/v1/message-opt-outs", &body).await.expect(201);
}

/// It is this time now, and what is said after visits is written.
async fn later(app: &TestApp, at: DateTime<Utc>) -> u64 {
    app.clock.set(at);
    let written = messaging::sweep_afterwards(&app.app().db).await.unwrap();
    settled(app).await;
    written
}

/// Where all of a kind stand, by the names of their customers.
async fn stand(spa: &Spa, kind: &str, visits: &[&Value]) -> Vec<String> {
    let mut found = Vec::new();
    for visit in visits {
        let all = log(spa, &format!("kind={kind}&customer={}", customer(visit))).await;
        let words = all.iter().map(|one| {
            let reason = one["reason"].as_str().map(|reason| format!(": {reason}"));
            format!("{}{}", one["state"].as_str().unwrap(), reason.unwrap_or_default())
        });
        found.push(words.collect::<Vec<_>>().join(", "));
    }
    found
}

#[tokio::test]
async fn how_it_was_is_asked_once() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let wish = json!({ "follow_up_minutes": 120, "reminder_minutes": [] });
    spa.owner.patch("/v1/message-settings", 1, &wish).await.expect(200);
    let ada = was_there(&app, &spa, "Ada", "12:00").await;
    let bob = was_there(&app, &spa, "Bob", "12:30").await;
    let off = was_there(&app, &spa, "Cy", "13:00").await;
    app.database
        .run("update appointments set status = 'no_show' where starts_at = '2026-03-05 13:00-05'")
        .await;
    settled(&app).await;
    assert_eq!(later(&app, at(5, "14:29")).await, 0, "too early");
    assert_eq!(later(&app, at(5, "14:30")).await, 1);
    assert_eq!(later(&app, at(5, "14:31")).await, 0, "once is enough");
    // Written like any other, and then looked at.
    leaves(&spa, "Bob").await;
    later(&app, at(5, "18:00")).await;
    later(&app, at(6, "18:00")).await;
    let found = stand(&spa, "follow_up", &[&ada, &bob, &off]).await;
    assert_eq!(found, ["sent", "dropped: opted_out", ""]);
    let mail = app.mail("ada@example.com", "").await;
    assert!(mail["text"].as_str().unwrap().contains("/u/"), "{mail}");
}

#[tokio::test]
async fn to_tell_others_is_asked_of_who_agreed() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let wish = json!({ "review_minutes": 60, "review_url": "https://reviews.example/lagoon",
                       "reminder_minutes": [] });
    spa.owner.patch("/v1/message-settings", 1, &wish).await.expect(200);
    let never = was_there(&app, &spa, "Ada", "12:00").await;
    let agreed = was_there(&app, &spa, "Bob", "12:30").await;
    let withdrew = was_there(&app, &spa, "Cy", "13:00").await;
    let left = was_there(&app, &spa, "Di", "13:30").await;
    settled(&app).await;
    for visit in [&agreed, &withdrew, &left] {
        agrees(&spa, visit, true).await;
    }
    app.clock.advance(chrono::Duration::minutes(1));
    agrees(&spa, &withdrew, false).await;
    leaves(&spa, "Di").await;
    assert_eq!(later(&app, at(5, "18:00")).await, 4);
    assert_eq!(later(&app, at(5, "19:00")).await, 0);
    let found = stand(&spa, "review_request", &[&never, &agreed, &withdrew, &left]).await;
    assert_eq!(found, ["dropped: no_consent", "sent", "dropped: no_consent", "dropped: opted_out"]);
    let mail = app.mail("bob@example.com", "").await;
    assert!(mail["text"].as_str().unwrap().contains("https://reviews.example/lagoon"), "{mail}");
}

#[tokio::test]
async fn to_come_again_is_asked_of_who_booked_nothing_since() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let wish = json!({ "rebooking_days": 7, "reminder_minutes": [],
                       "quiet": { "from": "11:00", "to": "15:00" } });
    spa.owner.patch("/v1/message-settings", 1, &wish).await.expect(200);
    let ada = was_there(&app, &spa, "Ada", "12:00").await;
    let bob = was_there(&app, &spa, "Bob", "12:30").await;
    let cy = was_there(&app, &spa, "Cy", "13:00").await;
    settled(&app).await;
    for visit in [&ada, &bob, &cy] {
        agrees(&spa, visit, true).await;
    }
    let again = async |visit: &Value, time: &str| {
        let body = json!({ "wanted": spa.wanted(&["Wax"], 1, &["Eve"]), "start": at(20, time),
                           "customer": { "id": customer(visit) } });
        spa.owner.post("/v1/appointments", &body).await.expect(201)
    };
    again(&bob, "12:00").await;
    // A week later by the clock on the wall, which was put forward: it is written, and waits for three.
    app.clock.set(at(12, "14:45"));
    assert_eq!(messaging::sweep_afterwards(&app.app().db).await.unwrap(), 2, "Bob comes again");
    put_off(&app, 2).await;
    let late = again(&cy, "13:00").await;
    later(&app, at(12, "15:00")).await;
    let found = stand(&spa, "rebooking_nudge", &[&ada, &bob, &cy]).await;
    assert_eq!(found, ["sent", "", "dropped: booked"]);
    // What was put off has its one job still.
    let jobs = "select count(*) - (select count(*) from messages) from jobs
                where kind = 'message.send'";
    assert_eq!(app.database.count(jobs).await, 0, "each message has one job");
    // Once, even if they call that off.
    spa.owner.post(&path(&late, "cancel"), &json!({ "version": 1 })).await.expect(200);
    later(&app, at(12, "16:00")).await;
    assert_eq!(stand(&spa, "rebooking_nudge", &[&ada]).await, ["sent"]);
}

/// So many wait for the end of the quiet hours.
async fn put_off(app: &TestApp, count: i64) {
    let sql = format!(
        "select count(*) from messages where state = 'queued' and due_at > '{}'",
        app.now()
    );
    eventually("they are put off", async || {
        app.app().db.bell().ring();
        (app.database.count(&sql).await == count).then_some(())
    })
    .await;
}

#[tokio::test]
async fn who_stands_in_line_is_told_when_it_is_their_turn() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    app.clock.set(at(4, "10:00"));
    spa.open_line(&["Eve"]).await;
    let made =
        spa.owner.post("/v1/customers", &json!({ "name": "Ada", "email": "ada@example.com" }));
    let ada = made.await.expect(201);
    spa.desk_in("Ada", &["Wax"], &json!({ "customer": ada["id"] })).await;
    settled(&app).await;
    let states = async |kind: &str| {
        let found = log(&spa, &format!("kind={kind}")).await;
        found.iter().map(|one| one["state"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(states("queue_next").await, ["sent"]);
    spa.call_next("Eve").await.expect(200);
    settled(&app).await;
    assert_eq!(states("queue_called").await, ["sent"]);
    assert_eq!(states("queue_next").await, ["sent"], "once");
}

#[tokio::test]
async fn who_is_called_already_is_not_told_that_they_are_next() {
    let app = TestApp::with(&[("worker.inside", "false")]).await;
    let spa = app.spa().await;
    app.clock.set(at(4, "10:00"));
    spa.open_line(&["Eve"]).await;
    let made =
        spa.owner.post("/v1/customers", &json!({ "name": "Ada", "email": "ada@example.com" }));
    let ada = made.await.expect(201);
    spa.desk_in("Ada", &["Wax"], &json!({ "customer": ada["id"] })).await;
    spa.call_next("Eve").await.expect(200);
    // Nobody worked so far.
    let (_browser, second) = app.second(&[]).await;
    settled(&app).await;
    let found = log(&spa, "kind=queue_next").await;
    assert_eq!(found.len(), 1);
    assert_eq!((&found[0]["state"], &found[0]["reason"]), (&json!("dropped"), &json!("outdated")));
    assert_eq!(log(&spa, "kind=queue_called").await[0]["state"], "sent");
    second.stop().await;
}

#[tokio::test]
async fn a_time_is_offered_once() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let visit = spa.book(spa.wanted(&["Facial"], 1, &["Fay"]), at(6, "12:00")).await.expect(201);
    let wish = json!({ "wanted": spa.wanted(&["Facial"], 1, &["Fay"]), "first_day": "2026-03-06",
                       "last_day": "2026-03-06", "name": "Ada", "email": "ada@example.com",
                       "earliest": "12:00", "latest": "13:00" });
    let join = format!("/v1/public/{}/waitlist", spa.business.slug);
    let joined = spa.guest.post(&join, &wish).await;
    assert_eq!(joined.status, 201, "{joined}");
    spa.owner.post(&path(&visit, "cancel"), &json!({ "version": 1 })).await.expect(200);
    let mail = app.mail("ada@example.com", "").await;
    assert!(mail["text"].as_str().unwrap().contains("/o/"), "{mail}");
    settled(&app).await;
    let found = log(&spa, "kind=waitlist_offer").await;
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0]["state"], "sent");
}
