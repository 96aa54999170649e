//! Notes to browsers, encrypted for them alone.

use chrono::Duration;
use openchair_domain::messaging;
use openchair_tests::TestApp;
use openchair_tests::push::{CONTACT, PushService, SETTINGS};
use openchair_tests::spa::{Spa, at};
use serde_json::{Value, json};

use super::{log, settled};
use crate::webhooks::INSIDE;

/// A spa that sends notes, and Ann at the page of her visit.
pub struct Bench {
    pub app: TestApp,
    spa: Spa,
    pub service: PushService,
    /// `/v1/b/…`.
    own: String,
    /// What browsers subscribe with.
    key: String,
    customer: String,
}

impl Bench {
    async fn new() -> Self {
        Self::with(PushService::start().await, &[]).await
    }

    /// With this service, and more settings.
    pub async fn with(service: PushService, more: &[(&str, &str)]) -> Self {
        let settings = [INSIDE, SETTINGS[0], SETTINGS[1]];
        let settings: Vec<_> = settings.into_iter().chain(more.iter().copied()).collect();
        let app = TestApp::with(&settings).await;
        let spa = app.spa().await;
        let visit = spa.book(spa.wanted(&["Facial"], 1, &[]), at(6, "12:00")).await.expect(201);
        let mail = app.mail("ann@example.com", "Your visit to").await;
        let link = mail["text"].as_str().unwrap().split("/b/").nth(1).unwrap();
        let own = format!("/v1/b/{}", link.split_whitespace().next().unwrap());
        // A business that sends no notes offers none.
        let none = spa.guest.get(&format!("{own}/push")).await.expect(200);
        assert_eq!(none["public_key"], Value::Null);
        let ways = json!({ "channels": ["email", "push"] });
        spa.owner.patch("/v1/message-settings", 1, &ways).await.expect(200);
        let found = spa.guest.get(&format!("{own}/push")).await.expect(200);
        let key = found["public_key"].as_str().unwrap().to_owned();
        let customer = visit["customer"]["id"].as_str().unwrap().to_owned();
        Self { app, spa, service, own, key, customer }
    }

    /// A browser of Ann's subscribes: its id.
    pub async fn subscribe(&self, number: u8) -> String {
        let browser = self.service.subscribe(number, &self.key);
        let path = format!("{}/push-subscriptions", self.own);
        let made = self.spa.guest.post(&path, &browser).await.expect(201);
        made["id"].as_str().unwrap().to_owned()
    }

    pub async fn choose(&self) {
        let wish = json!({ "channel": "push", "wanted": true });
        self.spa.guest.put(&format!("{}/messages", self.own), &wish).await.expect(200);
    }

    async fn ways(&self) -> Value {
        let found = self.spa.guest.get(&format!("{}/messages", self.own)).await.expect(200);
        json!([found["channels"], found["channel"]])
    }

    pub async fn book(&self, time: &str) {
        // The newest mail is known by its time; she is found by her address.
        self.app.clock.advance(Duration::minutes(1));
        self.spa.book(self.spa.wanted(&["Facial"], 1, &[]), at(6, time)).await.expect(201);
    }

    async fn subscriptions(&self) -> i64 {
        self.app.database.count("select count(*) from push_subscriptions").await
    }
}

#[tokio::test]
async fn a_note_arrives_and_only_that_browser_can_read_it() {
    let bench = Bench::new().await;
    assert_eq!(bench.ways().await, json!([["email"], null]));
    let first = bench.subscribe(1).await;
    assert_eq!(bench.subscribe(1).await, first, "it is the same browser");
    bench.subscribe(2).await;
    assert_eq!(bench.ways().await, json!([["email", "push"], null]));
    bench.choose().await;
    assert_eq!(bench.ways().await, json!([["email", "push"], "push"]));
    bench.book("14:00").await;
    bench.service.shows(2).await;
    settled(&bench.app).await;
    let mut notes = bench.service.notes();
    notes.sort_by_key(|note| note.browser);
    assert_eq!(notes.iter().map(|note| note.browser).collect::<Vec<_>>(), [1, 2]);
    let note = &notes[0];
    assert_eq!(note.said["title"], bench.spa.business.name.as_str());
    assert_eq!(note.said["kind"], "confirmed");
    let (body, url) = (note.said["body"].as_str().unwrap(), note.said["url"].as_str().unwrap());
    assert!(body.contains(": your visit on Friday, March 6"), "{body}");
    assert!(!body.contains("/b/") && url.starts_with(&format!("{}/b/", bench.app.url)), "{url}");
    assert_eq!((&note.claims["sub"], note.ttl), (&json!(CONTACT), 86_400));
    assert_eq!((note.urgency.as_str(), note.topic.len()), ("normal", 32));
    let message = &log(&bench.spa, "channel=push").await[0];
    assert_eq!((&message["state"], &message["address"]), (&json!("sent"), &json!(bench.customer)));
    // Nothing in the table says where the browsers are.
    let found = "select count(*) from push_subscriptions s where s::text like '%127.0.0.1%'
                 or encode(s.sealed, 'escape') like '%127.0.0.1%'";
    assert_eq!(bench.app.database.count(found).await, 0);
}

#[tokio::test]
async fn a_browser_that_is_gone_is_forgotten_and_its_note_goes_by_mail() {
    let bench = Bench::new().await;
    bench.subscribe(1).await;
    bench.subscribe(2).await;
    bench.choose().await;
    bench.service.forget(1);
    bench.book("14:00").await;
    assert_eq!(bench.service.shows(1).await.browser, 2);
    settled(&bench.app).await;
    assert_eq!(log(&bench.spa, "channel=push").await[0]["state"], "sent");
    assert_eq!(bench.subscriptions().await, 1);
    bench.service.forget(2);
    bench.book("16:00").await;
    settled(&bench.app).await;
    let message = &log(&bench.spa, "channel=push").await[0];
    assert_eq!((&message["state"], &message["reason"]), (&json!("failed"), &json!("refused")));
    assert_eq!(bench.subscriptions().await, 0);
    assert_eq!(bench.ways().await, json!([["email"], null]));
    let mail = &log(&bench.spa, "channel=email&kind=confirmed").await[0];
    assert_eq!(mail["appointment"], message["appointment"], "what it said isn't lost");
    let mail = bench.app.mail("ann@example.com", "Your visit to").await;
    assert!(mail["text"].as_str().unwrap().contains("16:00"), "{mail}");
}

#[tokio::test]
async fn a_service_that_is_busy_gets_it_later() {
    let bench = Bench::new().await;
    bench.subscribe(1).await;
    bench.choose().await;
    bench.service.next([(429, "retry-after: 60\r\n"), (500, "")]);
    bench.book("14:00").await;
    for asked in 1..=2 {
        openchair_tests::eventually("it is asked, and it waits", async || {
            let sql = "select count(*) from jobs where kind = 'message.send' and state = 'waiting'";
            let waits = bench.app.database.count(sql).await == 1;
            (bench.service.asked() == asked && waits).then_some(())
        })
        .await;
        bench.app.clock.advance(Duration::minutes(10));
        bench.app.app().db.bell().ring();
    }
    assert_eq!(bench.service.shows(1).await.browser, 1);
    settled(&bench.app).await;
    assert_eq!(bench.service.asked(), 3);
    assert_eq!(bench.subscriptions().await, 1);
}

#[tokio::test]
async fn who_wants_no_notes_any_more() {
    let bench = Bench::new().await;
    let id = bench.subscribe(1).await;
    bench.choose().await;
    let path = format!("{}/push-subscriptions/{id}", bench.own);
    bench.spa.guest.delete(&path).await.expect(204);
    bench.spa.guest.delete(&path).await.problem(404, "not_found");
    assert_eq!(bench.ways().await, json!([["email"], null]));
    bench.book("14:00").await;
    bench.app.mail("ann@example.com", "Your visit to").await;
    assert_eq!(bench.service.asked(), 0);
}

#[tokio::test]
async fn what_is_no_browser_is_refused() {
    let bench = Bench::new().await;
    let path = format!("{}/push-subscriptions", bench.own);
    let right = bench.service.subscribe(1, &bench.key);
    for (pointer, wrong, field) in [
        ("/keys/p256dh", json!("AAAA"), "/keys/p256dh"),
        ("/keys/auth", json!("not base64!"), "/keys/auth"),
        ("/endpoint", json!("ftp://push.example.com/"), "/endpoint"),
        ("/endpoint", json!("nonsense"), "/endpoint"),
    ] {
        let mut odd = right.clone();
        *odd.pointer_mut(pointer).unwrap() = wrong;
        let faults = bench.spa.guest.post(&path, &odd).await.faults();
        assert_eq!(faults[0].0, field, "{odd}");
    }
    assert_eq!(bench.subscriptions().await, 0);
}

/// Where it goes is what a browser said: never inside.
#[tokio::test]
async fn nobody_is_sent_inside() {
    let service = PushService::start().await;
    let app = TestApp::with(&SETTINGS).await;
    let spa = app.spa().await;
    spa.book(spa.wanted(&["Facial"], 1, &[]), at(6, "12:00")).await.expect(201);
    let mail = app.mail("ann@example.com", "Your visit to").await;
    let link = mail["text"].as_str().unwrap().split("/b/").nth(1).unwrap();
    let path = format!("/v1/b/{}/push-subscriptions", link.split_whitespace().next().unwrap());
    let browser = service.subscribe(1, "any");
    for endpoint in [browser["endpoint"].as_str().unwrap(), "https://localhost/", "http://[::1]/"] {
        let mut inside = browser.clone();
        inside["endpoint"] = json!(endpoint);
        let faults = spa.guest.post(&path, &inside).await.faults();
        assert_eq!(faults, [("/endpoint".to_owned(), "not_public".to_owned())], "{endpoint}");
    }
    assert_eq!(service.asked(), 0);
}

/// Ann's record becomes part of Bob's.
async fn merged_into_bob(bench: &Bench) -> (Value, Value) {
    let owner = &bench.spa.owner;
    let bob = json!({ "name": "Bob", "email": "bob@example.com" });
    let bob = owner.post("/v1/customers", &bob).await.expect(201);
    let ann = owner.get(&format!("/v1/customers/{}", bench.customer)).await.expect(200);
    let body = json!({ "other_id": ann["id"], "other_version": ann["version"] });
    let merge = format!("/v1/customers/{}/merge", bob["id"].as_str().unwrap());
    let merged = owner.post(&merge, &body).header("if-match", &format!("\"{}\"", bob["version"]));
    (bob, merged.await.expect(200))
}

#[tokio::test]
async fn what_waits_for_a_record_goes_to_the_one_that_it_becomes() {
    let bench = Bench::new().await;
    bench.subscribe(1).await;
    bench.choose().await;
    bench.service.next([(429, "retry-after: 60\r\n")]);
    bench.book("14:00").await;
    openchair_tests::eventually("it is asked, and it waits", async || {
        let sql = "select count(*) from jobs where kind = 'message.send' and state = 'waiting'";
        let waits = bench.app.database.count(sql).await == 1;
        (bench.service.asked() == 1 && waits).then_some(())
    })
    .await;
    let (bob, merged) = merged_into_bob(&bench).await;
    assert_eq!(merged["customer"]["channel"], "push", "what was chosen goes along");
    bench.app.clock.advance(Duration::minutes(10));
    bench.app.app().db.bell().ring();
    bench.service.shows(1).await;
    settled(&bench.app).await;
    let message = &log(&bench.spa, "channel=push").await[0];
    assert_eq!((&message["customer"], &message["address"]), (&bob["id"], &bob["id"]));
    assert_eq!(message["state"], "sent");
    assert_eq!(log(&bench.spa, "channel=email").await.len(), 1, "nothing went another way");
    // Taken apart again, it is Ann's who had it.
    let undo = merged["merge"]["id"].as_str().unwrap();
    bench.spa.owner.post_empty(&format!("/v1/customers/merges/{undo}/undo")).await.expect(200);
    let message = &log(&bench.spa, "channel=push").await[0];
    let ann = json!(bench.customer);
    assert_eq!((&message["customer"], &message["address"]), (&ann, &ann));
}

#[tokio::test]
async fn who_wanted_no_notes_wants_none_under_another_record() {
    let bench = Bench::new().await;
    bench.subscribe(1).await;
    let path = format!("{}/messages", bench.own);
    let wish = json!({ "channel": "push", "wanted": false });
    bench.spa.guest.put(&path, &wish).await.expect(200);
    // What was said of mails holds for the address, whoever has it.
    bench.app.database.run("delete from message_optouts where channel = 'email'").await;
    let wanted = async || bench.spa.guest.get(&path).await.expect(200)["wanted"].clone();
    assert_eq!(wanted().await, false);
    let (bob, merged) = merged_into_bob(&bench).await;
    assert_eq!(wanted().await, false);
    let of = async |customer: &str| {
        let sql = "select count(*) from message_optouts where channel = 'push' and address_key = ";
        bench.app.database.count(&format!("{sql}'{customer}'")).await
    };
    let bob = bob["id"].as_str().unwrap();
    assert_eq!((of(bob).await, of(&bench.customer).await), (1, 1));
    let undo = merged["merge"]["id"].as_str().unwrap();
    bench.spa.owner.post_empty(&format!("/v1/customers/merges/{undo}/undo")).await.expect(200);
    assert_eq!((of(bob).await, of(&bench.customer).await), (0, 1));
    assert_eq!(wanted().await, false);
}

/// A worker is lost right after it had a note written for another way.
#[tokio::test]
async fn what_goes_another_way_goes_there_once() {
    let app = TestApp::with(&[("worker.inside", "false"), INSIDE, SETTINGS[0], SETTINGS[1]]).await;
    let spa = app.spa().await;
    let ways = json!({ "channels": ["email", "push"] });
    spa.owner.patch("/v1/message-settings", 1, &ways).await.expect(200);
    app.clock.set(at(4, "10:00"));
    spa.open_line(&["Eve"]).await;
    let ada = json!({ "name": "Ada", "email": "ada@example.com" });
    let ada = spa.owner.post("/v1/customers", &ada).await.expect(201);
    app.database.run("update customers set channel = 'push'").await;
    spa.desk_in("Ada", &["Wax"], &json!({ "customer": ada["id"] })).await;
    let note = log(&spa, "kind=queue_next").await.remove(0);
    assert_eq!((&note["channel"], &note["state"]), (&json!("push"), &json!("queued")));
    let named = (spa.business.id, note["id"].as_str().unwrap().parse().unwrap());
    // What is written in one moment has no order.
    app.clock.advance(Duration::seconds(1));
    for _ in 0..2 {
        assert!(messaging::instead(&app.app().db, named, "nobody is there").await.unwrap());
    }
    let found = log(&spa, "kind=queue_next").await;
    let stand = |one: &Value| json!([one["channel"], one["state"], one["detail"]]);
    assert_eq!(
        found.iter().map(stand).collect::<Vec<_>>(),
        [
            json!(["email", "queued", null]),
            json!(["push", "failed", "nobody is there; it goes another way"])
        ]
    );
}
