//! SMS and `WhatsApp`, from the booking to a provider and back.

use chrono::Duration;
use openchair_tests::spa::{Spa, at};
use openchair_tests::texts::{Act, SMS_FROM, TOKEN, Texts, WHATSAPP_FROM, post, post_as};
use openchair_tests::{TestApp, eventually};
use serde_json::{Value, json};

use super::{it_is, log, path, settled};

/// Ann's number.
const NUMBER: &str = "+14155550132";

/// A spa that writes texts, and the provider that it writes them by.
struct Bench {
    app: TestApp,
    spa: Spa,
    texts: Texts,
}

impl Bench {
    async fn new() -> Self {
        let texts = Texts::start().await;
        let app = TestApp::with(&texts.settings()).await;
        let spa = app.spa().await;
        let ways = json!({ "channels": ["sms", "whatsapp", "email"] });
        let now = spa.owner.patch("/v1/message-settings", 1, &ways).await.expect(200);
        assert_eq!(now["carried"], json!(["email", "sms", "whatsapp"]));
        Self { app, spa, texts }
    }

    /// Ann books, at this time of the sixth.
    async fn book(&self, time: &str) -> Value {
        // Nothing is said twice in one instant: what was said last is known.
        self.app.clock.advance(Duration::minutes(1));
        let customer = json!({ "name": "Ann Other", "email": "ann@example.com", "phone": NUMBER });
        let wanted = self.spa.wanted(&["Facial"], 1, &[]);
        let body = json!({ "wanted": wanted, "start": at(6, time), "customer": customer });
        self.spa.owner.post("/v1/appointments", &body).await.expect(201)
    }

    /// The text was given back, for another try.
    async fn waits(&self) {
        eventually("it waits for another try", async || {
            let sql = "select count(*) from jobs where kind = 'message.send' and state = 'waiting'";
            (self.app.database.count(sql).await == 1).then_some(())
        })
        .await;
    }

    async fn says(&self, body: &str) -> String {
        self.app.clock.advance(Duration::seconds(1));
        let (status, said) = self.texts.bring(&self.app.url, NUMBER, body).await;
        assert_eq!(status, 200, "{said}");
        said
    }

    /// The newest message.
    async fn last(&self) -> Value {
        log(&self.spa, "").await.remove(0)
    }

    async fn visit(&self, visit: &Value) -> Value {
        let id = visit["id"].as_str().unwrap();
        self.spa.owner.get(&format!("/v1/appointments/{id}")).await.expect(200)
    }

    async fn replies(&self) -> Vec<Value> {
        let found = self.spa.owner.get("/v1/message-replies").await.expect(200);
        found["items"].as_array().cloned().unwrap()
    }
}

fn stands(message: &Value) -> (&str, &str, &str) {
    let word = |key: &str| message[key].as_str().unwrap_or_default();
    (word("state"), word("reason"), word("detail"))
}

#[tokio::test]
async fn a_text_arrives_and_the_provider_says_so() {
    let bench = Bench::new().await;
    bench.book("12:00").await;
    let sent = bench.texts.takes(1).await;
    assert_eq!((sent.to.as_str(), sent.from.as_str()), (NUMBER, SMS_FROM));
    assert!(sent.body.contains(": your visit on Friday, March 6"), "{}", sent.body);
    settled(&bench.app).await;
    let message = bench.last().await;
    assert_eq!((&message["channel"], &message["id"]), (&json!("sms"), &json!(sent.key)));
    assert_eq!(message["provider_id"], sent.sid.as_str());
    assert_eq!(stands(&message), ("sent", "", ""));
    // Late, twice, and out of order: it only goes on.
    for (status, state) in [
        ("queued", "sent"),
        ("sent", "sent"),
        ("delivered", "delivered"),
        ("delivered", "delivered"),
        ("sent", "delivered"),
        ("failed", "delivered"),
    ] {
        assert_eq!(bench.texts.tell(&sent, status, None).await, 204, "{status}");
        assert_eq!(bench.last().await["state"], state, "after {status}");
    }
    assert!(bench.last().await["delivered_at"].is_string());
    // Another one comes back.
    bench.book("14:00").await;
    let sent = bench.texts.takes(2).await;
    settled(&bench.app).await;
    bench.texts.tell(&sent, "undelivered", Some("30005")).await;
    assert_eq!(stands(&bench.last().await), ("bounced", "refused", "error 30005"));
    bench.texts.tell(&sent, "sent", None).await;
    assert_eq!(bench.last().await["state"], "bounced");
}

#[tokio::test]
async fn nobody_else_can_say_anything() {
    let bench = Bench::new().await;
    let visit = bench.book("12:00").await;
    let sent = bench.texts.takes(1).await;
    settled(&bench.app).await;
    let told = [("MessageSid", sent.sid.as_str()), ("MessageStatus", "delivered")];
    let brought = [("MessageSid", "SM1"), ("From", NUMBER), ("Body", "X")];
    let inbound = format!("{}/v1/hooks/texts/inbound", bench.app.url);
    for (url, fields) in [(&sent.callback, &told[..]), (&inbound, &brought[..])] {
        assert_eq!(post(url, fields, "another token").await.0, 403);
        assert_eq!(post(url, fields, "").await.0, 403);
        for forged in [None, Some(""), Some("bm9uc2Vuc2U="), Some("=")] {
            assert_eq!(post_as(url, fields, forged).await.0, 403, "{forged:?}");
        }
        // Signed, but for another address or with other fields.
        let signature = openchair_tests::texts::signature(&format!("{url}x"), fields, TOKEN);
        assert_eq!(post_as(url, fields, Some(&signature)).await.0, 403);
        let signature = openchair_tests::texts::signature(url, &fields[1..], TOKEN);
        assert_eq!(post_as(url, fields, Some(&signature)).await.0, 403);
    }
    assert_eq!(bench.last().await["state"], "sent");
    assert_eq!(bench.visit(&visit).await["status"], "confirmed");
    assert_eq!(bench.replies().await, Vec::<Value>::new());
    // Signed, and about nothing that there is.
    let (address, id) = sent.callback.split_once("message=").unwrap();
    let kind = id.split('_').next().unwrap();
    for (id, status) in [
        (format!("{kind}_00000000000000000000000000"), 204),
        ("tnt_00000000000000000000000000".to_owned(), 400),
        ("nonsense".to_owned(), 400),
    ] {
        let other = format!("{address}message={id}");
        assert_eq!(post(&other, &told, TOKEN).await.0, status, "{id}");
    }
    assert_eq!(bench.last().await["state"], "sent");
}

#[tokio::test]
async fn who_says_stop_gets_nothing_until_they_say_start() {
    let bench = Bench::new().await;
    bench.book("12:00").await;
    bench.texts.takes(1).await;
    settled(&bench.app).await;
    let sid = "SMstop";
    for _ in 0..2 {
        // An answer that got lost is asked for once more.
        let said = bench.texts.bring_as(sid, &bench.app.url, NUMBER, " Stop! ").await;
        assert!(said.1.contains(": done, you will get no more"), "{said:?}");
    }
    let listed = bench.spa.owner.get("/v1/message-opt-outs").await.expect(200);
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
    let optout = &listed["items"][0];
    assert_eq!((&optout["source"], &optout["channel"]), (&json!("reply"), &json!("sms")));
    assert_eq!(bench.replies().await.len(), 1);
    bench.book("14:00").await;
    settled(&bench.app).await;
    assert_eq!(stands(&bench.last().await), ("dropped", "opted_out", ""));
    assert_eq!(bench.texts.sent().len(), 1);
    let said = bench.says("START").await;
    assert!(said.contains("you will get texts from us again"), "{said}");
    bench.book("16:00").await;
    bench.texts.takes(2).await;
    let outcomes: Vec<_> =
        bench.replies().await.iter().map(|reply| reply["outcome"].clone()).collect();
    assert_eq!(outcomes, ["opted_in", "opted_out"]);
}

#[tokio::test]
async fn a_visit_is_confirmed_or_called_off_by_an_answer() {
    let bench = Bench::new().await;
    let visit = bench.book("12:00").await;
    bench.texts.takes(1).await;
    settled(&bench.app).await;
    let said = bench.says("ok cool").await;
    assert!(said.contains("reply C to confirm your visit"), "{said}");
    let said = bench.says("C").await;
    assert!(said.contains("we look forward to seeing you"), "{said}");
    let history = bench.spa.owner.get(&path(&visit, "history")).await.expect(200);
    let noted = history["items"].as_array().unwrap().last().unwrap().clone();
    assert_eq!((&noted["action"], &noted["actor_kind"]), (&json!("noted"), &json!("customer")));
    assert_eq!(noted["details"], json!({ "customer_confirmed": "sms" }));
    assert_eq!(bench.visit(&visit).await["status"], "confirmed");
    let said = bench.says("x").await;
    assert!(said.contains("your visit was cancelled"), "{said}");
    let off = bench.visit(&visit).await;
    assert_eq!((&off["status"], &off["cancelled_by"]), (&json!("cancelled"), &json!("customer")));
    // They are told as by the link, and there is nothing left to answer about.
    let told = bench.texts.takes(2).await;
    assert!(told.body.contains("was cancelled"), "{}", told.body);
    settled(&bench.app).await;
    for (said, answer) in [("X", "t be cancelled this way"), ("C", "there is no visit")] {
        let found = bench.says(said).await;
        assert!(found.contains(answer), "{found}");
    }
    let outcomes: Vec<_> =
        bench.replies().await.iter().map(|reply| reply["outcome"].clone()).collect();
    assert_eq!(outcomes, ["refused", "refused", "cancelled", "confirmed", "kept"]);
    assert_eq!(bench.replies().await[4]["body"], "ok cool");
}

#[tokio::test]
async fn the_same_rules_hold_as_behind_the_link() {
    let bench = Bench::new().await;
    let visit = bench.book("12:00").await;
    bench.texts.takes(1).await;
    settled(&bench.app).await;
    // Four hours before, the spa wants no more of it.
    bench.app.clock.set(at(6, "11:00"));
    let said = bench.says("X").await;
    assert!(said.contains("t be cancelled this way any more"), "{said}");
    assert_eq!(bench.visit(&visit).await["status"], "confirmed");
    bench.app.clock.set(at(6, "12:30"));
    let said = bench.says("C").await;
    assert!(said.contains("there is no visit"), "{said}");
}

/// They must see what it costs before they call it off.
#[tokio::test]
async fn where_it_costs_something_they_get_the_link() {
    let bench = Bench::new().await;
    let costs = json!({ "late_cancel_fee_percent": 50 });
    bench.spa.owner.patch("/v1/booking-policy", 2, &costs).await.expect(200);
    let visit = bench.book("12:00").await;
    let sent = bench.texts.takes(1).await;
    settled(&bench.app).await;
    bench.app.clock.set(at(6, "11:00"));
    let said = bench.says("X").await;
    let link = sent.body.split("/b/").nth(1).unwrap().split_whitespace().next().unwrap();
    assert!(said.contains("a fee") && said.contains(link), "{said}");
    assert_eq!(bench.visit(&visit).await["status"], "confirmed");
}

#[tokio::test]
async fn an_answer_is_meant_for_who_wrote_last() {
    let bench = Bench::new().await;
    let said = bench.texts.bring(&bench.app.url, "+14155550199", "X").await;
    assert_eq!(said.0, 200);
    assert!(said.1.ends_with("<Response></Response>"), "nobody wrote to them: {}", said.1);
    let visit = bench.book("12:00").await;
    bench.texts.takes(1).await;
    settled(&bench.app).await;
    // By the other way nobody did.
    let said = bench.texts.bring(&bench.app.url, &format!("whatsapp:{NUMBER}"), "X").await;
    assert!(said.1.ends_with("<Response></Response>"), "{}", said.1);
    // Somebody else writes to her, about nothing that could be called off.
    bench.app.clock.advance(Duration::minutes(1));
    let other = bench.app.business("Harbour").await;
    let (tenant, now) = (other.id.uuid(), bench.app.now());
    let sql = format!(
        "insert into messages (tenant_id, id, kind, channel, locale, address, address_key, fields,
                               state, due_at, created_at, sent_at)
         values ('{tenant}', gen_random_uuid(), 'queue_called', 'sms', 'en', '{NUMBER}', '{NUMBER}',
                 '{{}}', 'sent', '{now}', '{now}', '{now}')"
    );
    bench.app.database.run(&sql).await;
    let said = bench.says("X").await;
    assert!(said.contains("<Message>Harbour") && said.contains("there is no visit"), "{said}");
    assert_eq!(bench.visit(&visit).await["status"], "confirmed");
    assert!(bench.says("STOP").await.contains("<Message>Harbour"));
    let listed = bench.spa.owner.get("/v1/message-opt-outs").await.expect(200);
    assert_eq!(listed["items"], json!([]), "Lagoon may write on");
}

#[tokio::test]
async fn who_sends_too_much_waits() {
    let bench = Bench::new().await;
    bench.texts.next([Act::Busy(30)]);
    bench.book("12:00").await;
    bench.texts.is_asked(1).await;
    bench.waits().await;
    bench.app.clock.advance(Duration::minutes(30));
    settled(&bench.app).await;
    let sent = bench.texts.takes(1).await;
    assert_eq!(bench.texts.asked()[&sent.key], 2);
    assert_eq!(stands(&bench.last().await), ("sent", "", ""));
}

#[tokio::test]
async fn what_was_taken_without_a_word_is_one_text_where_keys_are_known() {
    let bench = Bench::new().await;
    bench.texts.knows_keys();
    bench.texts.next([Act::Drop, Act::TakeAndDrop, Act::Refuse(500, 20_500)]);
    bench.book("12:00").await;
    for asked in 1..=3 {
        bench.texts.is_asked(asked).await;
        bench.waits().await;
        bench.app.clock.advance(Duration::minutes(30));
        bench.app.app().db.bell().ring();
    }
    settled(&bench.app).await;
    assert_eq!(bench.texts.sent().len(), 1);
    let message = bench.last().await;
    assert_eq!(message["provider_id"], bench.texts.sent()[0].sid.as_str());
    assert_eq!(bench.texts.asked().len(), 1, "each time by the same name");
}

/// Where keys aren't known, as at Twilio, what it tells of a text is as good as the answer that got lost.
#[tokio::test]
async fn what_was_taken_without_a_word_is_told_of_later() {
    let bench = Bench::new().await;
    let next_try = async || {
        bench.waits().await;
        bench.app.clock.advance(Duration::minutes(30));
        bench.app.app().db.bell().ring();
        eventually("it had its next try", async || {
            let sql = "select count(*) from jobs where kind = 'message.send' and state <> 'done'";
            (bench.app.database.count(sql).await == 0).then_some(())
        })
        .await;
    };
    bench.texts.next([Act::TakeAndDrop]);
    bench.book("12:00").await;
    let sent = bench.texts.takes(1).await;
    bench.waits().await;
    assert_eq!(bench.texts.tell(&sent, "delivered", None).await, 204);
    next_try().await;
    assert_eq!(bench.texts.asked()[&sent.key], 1);
    assert_eq!(stands(&bench.last().await), ("delivered", "", ""));
    // What it tells too late, or never, can't save it.
    bench.texts.next([Act::TakeAndDrop]);
    bench.book("14:00").await;
    let sent = bench.texts.takes(2).await;
    next_try().await;
    assert_eq!(bench.texts.asked()[&sent.key], 2);
    assert_eq!(bench.texts.sent().len(), 3);
}

#[tokio::test]
async fn numbers_that_nothing_can_be_sent_to() {
    let bench = Bench::new().await;
    bench.texts.next([Act::Refuse(400, 21_211)]);
    bench.book("12:00").await;
    settled(&bench.app).await;
    let message = bench.last().await;
    assert_eq!((&message["state"], &message["reason"]), (&json!("failed"), &json!("refused")));
    assert!(message["detail"].as_str().unwrap().contains("21211"), "{message}");
    // The provider knows that they said stop, and we don't: once is enough.
    bench.texts.next([Act::Refuse(400, 21_610)]);
    bench.book("14:00").await;
    settled(&bench.app).await;
    assert_eq!(bench.last().await["state"], "failed");
    let listed = bench.spa.owner.get("/v1/message-opt-outs").await.expect(200);
    let optout = &listed["items"][0];
    assert_eq!((&optout["source"], &optout["address"]), (&json!("provider"), &json!(NUMBER)));
    bench.book("16:00").await;
    settled(&bench.app).await;
    assert_eq!(stands(&bench.last().await), ("dropped", "opted_out", ""));
    assert_eq!(bench.texts.asked().len(), 2);
}

#[tokio::test]
async fn customers_choose_how_they_hear() {
    let bench = Bench::new().await;
    let visit = bench.book("12:00").await;
    let sent = bench.texts.takes(1).await;
    let link = sent.body.split("/b/").nth(1).unwrap().split_whitespace().next().unwrap();
    let own = format!("/v1/b/{link}/messages");
    let begun = bench.spa.guest.get(&own).await.expect(200);
    assert_eq!(begun["channels"], json!(["sms", "whatsapp", "email"]));
    let wish = json!({ "channel": "whatsapp", "wanted": true });
    bench.spa.guest.put(&own, &wish).await.expect(200);
    let customer = visit["customer"]["id"].as_str().unwrap();
    let yes = json!({ "purpose": "reminders_sms", "granted": true });
    let consents = format!("/v1/customers/{customer}/consents");
    bench.spa.owner.post(&consents, &yes).await;
    it_is(&bench.app, at(5, "12:00")).await;
    settled(&bench.app).await;
    let sent = bench.texts.takes(2).await;
    assert_eq!(sent.to, format!("whatsapp:{NUMBER}"));
    assert_eq!(sent.from, format!("whatsapp:{WHATSAPP_FROM}"));
    assert!(sent.body.ends_with("Reply C to confirm, X to cancel, STOP for no more texts."));
    let from = format!("whatsapp:{NUMBER}");
    let said = bench.texts.bring(&bench.app.url, &from, "C").await;
    assert!(said.1.contains("we look forward"), "{said:?}");
    // Without a number for it, nobody could.
    let push = json!({ "channel": "push", "wanted": true });
    let faults = bench.spa.guest.put(&own, &push).await.faults();
    assert_eq!(faults, [("/channel".to_owned(), "not_possible".to_owned())]);
}

/// A business has it on, and the deployment has nobody who carries it.
#[tokio::test]
async fn what_nobody_carries_is_never_chosen() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let ways = json!({ "channels": ["sms", "push", "email"] });
    let now = spa.owner.patch("/v1/message-settings", 1, &ways).await.expect(200);
    assert_eq!(now["carried"], json!(["email"]));
    let customer = json!({ "name": "Ann", "email": "ann@example.com", "phone": NUMBER });
    let body = json!({ "wanted": spa.wanted(&["Facial"], 1, &[]), "start": at(6, "12:00"),
                       "customer": customer });
    spa.owner.post("/v1/appointments", &body).await.expect(201);
    app.mail("ann@example.com", "Your visit to").await;
    let unsigned = [("MessageSid", "SM1"), ("From", NUMBER), ("Body", "X")];
    let inbound = format!("{}/v1/hooks/texts/inbound", app.url);
    assert_eq!(post(&inbound, &unsigned, "").await.0, 403, "nobody knows an empty token");
}
