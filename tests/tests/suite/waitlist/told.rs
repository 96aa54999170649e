//! By which way somebody who waits is told, and at which hours.

use openchair_tests::spa::{Spa, at};
use openchair_tests::texts::Texts;
use openchair_tests::{TestApp, eventually};
use serde_json::{Value, json};

use super::{cancel, full_day, join, mailed, stands, waiting, wish};

const NUMBER: &str = "+14155550132";

/// A spa that also writes texts, and mails first.
async fn with_texts(texts: &Texts) -> (TestApp, Spa) {
    let app = TestApp::with(&texts.settings()).await;
    let spa = app.spa().await;
    let ways = json!({ "channels": ["email", "sms"] });
    spa.owner.patch("/v1/message-settings", 1, &ways).await.expect(200);
    (app, spa)
}

async fn who_likes_texts(app: &TestApp, spa: &Spa, name: &str) -> Value {
    let email = format!("{}@example.com", name.to_lowercase());
    let new = json!({ "name": name, "email": email, "phone": NUMBER });
    let made = spa.owner.post("/v1/customers", &new).await.expect(201);
    app.database.run("update customers set channel = 'sms'").await;
    made
}

#[tokio::test]
async fn an_offer_goes_the_way_that_its_customer_chose() {
    let texts = Texts::start().await;
    let (app, spa) = with_texts(&texts).await;
    let ada = who_likes_texts(&app, &spa, "Ada").await;
    let body = wish(&spa, "Ada", &json!({ "customer": ada["id"] }));
    let entry = spa.owner.post("/v1/waitlist", &body).await.expect(201);
    let offer = format!("/v1/waitlist/{}/offer", entry["id"].as_str().unwrap());
    let made = spa.owner.post(&offer, &json!({ "start": at(4, "12:00") })).await.expect(201);
    assert_eq!(made["told"], true, "{made}");
    let text = texts.takes(1).await;
    assert_eq!(text.to, NUMBER);
    assert!(text.body.contains("/o/"), "{}", text.body);
    // Who puts themselves on the list is recognised as when they book.
    let visits = full_day_but(&spa, "12:00").await;
    who_likes_texts(&app, &spa, "Bob").await;
    let token = join(&spa, "Bob", json!({})).await;
    cancel(&spa, &visits[7]).await;
    stands(&spa.guest, &token, "offered").await;
    assert_eq!(texts.takes(2).await.to, NUMBER);
    let mails = "select count(*) from messages where kind = 'waitlist_offer' and channel <> 'sms'";
    assert_eq!(app.database.count(mails).await, 0);
}

/// Fay's Wednesday, full but for one hour.
async fn full_day_but(spa: &Spa, free: &str) -> Vec<Value> {
    let mut visits = Vec::new();
    for hour in 9..19 {
        let time = format!("{hour:02}:00");
        if time != free {
            visits.push(super::booked(spa, at(4, &time)).await);
        }
    }
    visits
}

#[tokio::test]
async fn who_has_a_number_only_is_asked_where_texts_are_on_and_wanted() {
    let texts = Texts::start().await;
    let (app, spa) = with_texts(&texts).await;
    let visits = full_day(&spa).await;
    let by_number = |number: &str| json!({ "email": null, "phone": number });
    let asked = async |name: &str, number: &str| {
        app.clock.advance(chrono::Duration::seconds(1));
        let entry = wish(&spa, name, &by_number(number));
        let entry = spa.owner.post("/v1/waitlist", &entry).await.expect(201);
        entry["id"].as_str().unwrap().to_owned()
    };
    let optout = json!({ "channel": "sms", "address": "+14155550133" });
    spa.owner.post("/v1/message-opt-outs", &optout).await.expect(201);
    let unwilling = asked("Ada", "+14155550133").await;
    let willing = asked("Bob", NUMBER).await;
    cancel(&spa, &visits[3]).await;
    assert_eq!(texts.takes(1).await.to, NUMBER);
    let state = async |id: &str| {
        let listed = spa.owner.get("/v1/waitlist").await.expect(200);
        let mut items = listed["items"].as_array().unwrap().iter();
        items.find(|one| one["id"] == *id).unwrap()["state"].clone()
    };
    assert_eq!(
        (state(&unwilling).await, state(&willing).await),
        (json!("waiting"), json!("offered"))
    );
}

#[tokio::test]
async fn nobody_is_asked_at_night() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let quiet = json!({ "quiet": { "from": "21:00", "to": "08:00" } });
    spa.owner.patch("/v1/message-settings", 1, &quiet).await.expect(200);
    let visits = full_day(&spa).await;
    let token = join(&spa, "Ada", json!({})).await;
    app.clock.set(at(3, "23:00"));
    cancel(&spa, &visits[3]).await;
    cancel(&spa, &visits[4]).await;
    let waits = format!(
        "select count(*) from jobs where kind = 'waitlist.match' and state = 'waiting'
         and run_at between '{}' and '{}'",
        at(4, "08:00"),
        at(4, "08:01")
    );
    eventually("it waits for the morning", async || {
        (app.database.count(&waits).await == 2).then_some(())
    })
    .await;
    assert_eq!(waiting(&spa.guest, &token).await["state"], "waiting");
    // What is taken in the night isn't offered.
    super::booked(&spa, at(4, "12:00")).await;
    app.clock.set(at(4, "08:01"));
    app.app().db.bell().ring();
    let now = stands(&spa.guest, &token, "offered").await;
    assert_eq!(now["offer"]["start"], openchair_tests::spa::shown(at(4, "13:00")));
    // It is theirs for as long as any other.
    mailed(&app, "Ada").await;
    let until = now["offer"]["expires_at"].as_str().unwrap();
    assert_eq!(until.parse::<chrono::DateTime<chrono::Utc>>().unwrap(), at(4, "08:31"));
}
