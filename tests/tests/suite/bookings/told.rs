//! What customers are told, where, and in which language.

use chrono::Duration;
use openchair_domain::bookings;
use openchair_tests::spa::{Spa, at};
use openchair_tests::{TestApp, eventually};
use serde_json::{Value, json};

/// Who takes a time up, with a number and a language.
async fn asked(spa: &Spa, hold: &Value, contact: Value) -> Value {
    let mut body = json!({ "hold": hold["hold"] });
    for (key, value) in contact.as_object().into_iter().flatten() {
        body[key] = value.clone();
    }
    let path = format!("/v1/public/{}/appointments", spa.business.slug);
    spa.guest.post(&path, &body).await.expect(201)
}

fn path(visit: &Value, deed: &str) -> String {
    format!("/v1/appointments/{}/{deed}", visit["id"].as_str().unwrap())
}

/// The links to visits that a mail has.
fn links(mail: &Value) -> Vec<String> {
    let text = mail["text"].as_str().unwrap();
    let ends = |c: char| !(c.is_ascii_alphanumeric() || c == '_');
    let links = text.split("/b/").skip(1).map(|rest| rest.split(ends).next().unwrap().to_owned());
    links.collect()
}

async fn mails_to(app: &TestApp, address: &str) -> usize {
    // Everything that was queued is sent.
    let jobs =
        "select count(*) from jobs where kind in ('mail.send', 'message.send') and state <> 'done'";
    eventually("all mails are sent", async || (app.database.count(jobs).await == 0).then_some(()))
        .await;
    let mails = app.browser().get("/dev/mail.json").await.expect(200);
    mails.as_array().unwrap().iter().filter(|mail| mail["to"] == address).count()
}

#[tokio::test]
async fn later_mails_go_where_the_visit_was_booked_from() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let hold = async |day: u32, who: &str| {
        spa.hold(spa.wanted(&["Facial"], 1, &[]), at(day, "12:00"), who).await.expect(201)
    };
    let phone = "+14155550132";
    let first = json!({ "name": "Ann", "email": "old@example.com", "phone": phone });
    asked(&spa, &hold(4, "visitor one").await, first).await;
    let second =
        json!({ "name": "Ann", "email": "new@example.com", "phone": phone, "locale": "de" });
    asked(&spa, &hold(6, "visitor two").await, second).await;
    assert_eq!(app.database.count("select count(*) from customers").await, 1);
    let listed = spa.owner.get("/v1/appointments?from=2026-03-06T00:00:00Z").await.expect(200);
    let visit = &listed["items"][0];
    let to = json!({ "version": visit["version"], "start": at(6, "13:00") });
    let visit = spa.owner.post(&path(visit, "move"), &to).await.expect(200);
    app.mail("new@example.com", "ist jetzt am").await;
    let off = json!({ "version": visit["version"], "reason": "The boiler broke." });
    spa.owner.post(&path(&visit, "cancel"), &off).await.expect(200);
    let mail = app.mail("new@example.com", "wurde abgesagt").await;
    assert!(mail["text"].as_str().unwrap().contains("Der Grund: The boiler broke."), "{mail}");
    let own = spa.guest.get(&format!("/v1/b/{}", links(&mail)[0])).await.expect(200);
    let why = (&own["cancelled_by"], &own["cancel_reason"]);
    assert_eq!(why, (&json!("staff"), &json!("The boiler broke.")));
    assert_eq!(mails_to(&app, "old@example.com").await, 1, "what they booked from there");
}

#[tokio::test]
async fn whom_no_mail_reaches_keeps_their_link() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let customer = json!({ "name": "Ann", "phone": "+14155550132" });
    let new = json!({ "wanted": spa.wanted(&["Facial"], 1, &[]), "start": at(4, "12:00"),
                      "customer": customer });
    let visit = spa.owner.post("/v1/appointments", &new).await.expect(201);
    let link = spa.owner.post_empty(&path(&visit, "link")).await.expect(200);
    let link = format!("/v1/b/{}", link["link"].as_str().unwrap());
    let to = json!({ "version": 1, "start": at(4, "13:00") });
    spa.owner.post(&path(&visit, "move"), &to).await.expect(200);
    spa.guest.get(&link).await.expect(200);
}

#[tokio::test]
async fn what_staff_book_and_customers_call_off_is_said_by_mail() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    spa.book(spa.wanted(&["Facial"], 1, &[]), at(4, "12:00")).await.expect(201);
    let mail = app.mail("ann@example.com", "Your visit to").await;
    let own = format!("/v1/b/{}", links(&mail)[0]);
    assert_eq!(spa.guest.get(&own).await.expect(200)["status"], "confirmed");
    let why = json!({ "reason": "I am ill." });
    spa.guest.post(&format!("{own}/cancel"), &why).await.expect(200);
    let mail = app.mail("ann@example.com", "was cancelled").await;
    assert_eq!(format!("/v1/b/{}", links(&mail)[0]), own, "the link stays");
    assert!(!mail["text"].as_str().unwrap().contains("I am ill"), "they know why: {mail}");
    // Nobody is written to about nobody's visit.
    let block = json!({ "wanted": spa.wanted(&["Facial"], 1, &[]), "start": at(4, "12:00") });
    spa.owner.post("/v1/appointments", &block).await.expect(201);
    assert_eq!(mails_to(&app, "ann@example.com").await, 2);
}

#[tokio::test]
async fn a_series_is_one_mail_however_many_visits_it_has() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let series = json!({
        "wanted": spa.wanted(&["Facial"], 1, &["Eve"]), "start": at(4, "10:00"), "every": "week",
        "step": 1, "count": 3, "customer": { "name": "Ann", "email": "ann@example.com" },
    });
    let series = spa.owner.post("/v1/series", &series).await.expect(201);
    let seen = async |mail: &Value, status: &str| {
        let mut found = links(mail);
        found.dedup();
        let mut starts = Vec::new();
        // The button leads to the first of them.
        for link in &found[found.len() - 3..] {
            let own = spa.guest.get(&format!("/v1/b/{link}")).await.expect(200);
            assert_eq!(own["status"], status, "{own}");
            starts.push(own["starts_at"].as_str().unwrap()[8..16].to_owned());
        }
        starts.sort();
        starts
    };
    let mail = app.mail("ann@example.com", "Your visits to").await;
    assert_eq!(seen(&mail, "confirmed").await, ["04T15:00", "11T14:00", "18T14:00"]);
    let id = series["id"].as_str().unwrap();
    let later = json!({ "from_place": 1, "version": 1, "start": at(4, "11:00") });
    spa.owner.post(&format!("/v1/series/{id}/move"), &later).await.expect(200);
    let mail = app.mail("ann@example.com", "were moved").await;
    assert_eq!(seen(&mail, "confirmed").await, ["04T16:00", "11T15:00", "18T15:00"]);
    let off = json!({ "from_place": 1, "version": 2, "reason": "We close." });
    spa.owner.post(&format!("/v1/series/{id}/cancel"), &off).await.expect(200);
    let mail = app.mail("ann@example.com", "were cancelled").await;
    assert_eq!(seen(&mail, "cancelled").await.len(), 3);
    assert!(mail["text"].as_str().unwrap().contains("The reason: We close."), "{mail}");
    assert_eq!(mails_to(&app, "ann@example.com").await, 3);
}

#[tokio::test]
async fn who_does_not_pay_in_time_hears_of_it() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    spa.could_take_cards(&app).await;
    let facial = format!("/v1/services/{}", spa.id("Facial"));
    let version = spa.owner.get(&facial).await.version();
    let deposit = json!({ "deposit": { "kind": "fixed", "value": 2_000 } });
    spa.owner.patch(&facial, version, &deposit).await.expect(200);
    let hold = spa.hold(spa.wanted(&["Facial"], 1, &[]), at(4, "12:00"), "a visitor").await;
    let booked = spa.take_up(&hold.expect(201), "Ann", "ann@example.com").await.expect(201);
    assert_eq!(booked["visit"]["status"], "pending_payment");
    // Who never said who they are is not written to.
    spa.hold(spa.wanted(&["Facial"], 1, &[]), at(4, "15:00"), "a visitor").await.expect(201);
    app.clock.advance(Duration::minutes(31));
    app.mail("ann@example.com", "Your visit to").await;
    assert_eq!(mails_to(&app, "ann@example.com").await, 2);
}

#[tokio::test]
async fn nobody_waits_for_an_answer_or_a_deposit_beyond_the_start() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    spa.could_take_cards(&app).await;
    let policy = spa.owner.get("/v1/booking-policy").await.version();
    let change = json!({ "needs_approval": true, "notice_minutes": 0 });
    spa.owner.patch("/v1/booking-policy", policy, &change).await.expect(200);
    let facial = format!("/v1/services/{}", spa.id("Facial"));
    let version = spa.owner.get(&facial).await.version();
    let deposit = json!({ "deposit": { "kind": "fixed", "value": 2_000 } });
    spa.owner.patch(&facial, version, &deposit).await.expect(200);
    let ask = async |who: &str, time: &str| {
        let hold = spa.hold(spa.wanted(&["Facial"], 1, &[]), at(4, time), &who.repeat(3)).await;
        let asked = spa.take_up(&hold.expect(201), who, &format!("{who}@example.com")).await;
        asked.expect(201)["visit"].clone()
    };
    let ann = ask("ann", "12:00").await;
    assert_eq!(
        (&ann["status"], &ann["lapses_at"]),
        (&json!("pending_approval"), &ann["starts_at"])
    );
    ask("bob", "15:00").await;
    app.clock.set(at(4, "10:00"));
    let listed = spa.owner.get("/v1/appointments").await.expect(200);
    let seen = json!({ "version": 2 });
    let moved = json!({ "version": 2, "start": at(4, "17:00") });
    let bob = spa.owner.post(&path(&listed["items"][1], "move"), &moved).await.expect(200);
    assert_eq!(bob["lapses_at"], bob["starts_at"], "it waits until its new start");
    let ann = spa.owner.post(&path(&listed["items"][0], "confirm"), &seen).await.expect(200);
    // A day to pay, but not two hours before.
    assert_eq!((&ann["status"], &ann["lapses_at"]), (&json!("pending_payment"), &ann["starts_at"]));
    app.clock.set(at(4, "17:00"));
    for who in ["ann", "bob"] {
        app.mail(&format!("{who}@example.com"), "isn't booked").await;
    }
    let over = spa.owner.get("/v1/appointments?status=expired").await.expect(200);
    assert_eq!(over["items"].as_array().unwrap().len(), 2, "{over}");
    assert_eq!(app.database.count("select count(*) from allocations").await, 0);
}

/// A business where it fails keeps no other from getting its time back.
#[tokio::test]
async fn what_lapsed_comes_back_everywhere_but_where_it_fails() {
    let app = TestApp::with(&[("worker.inside", "false")]).await;
    let (broken, good) = (app.spa().await, app.spa().await);
    for spa in [&broken, &good] {
        let wanted = spa.wanted(&["Facial"], 1, &[]);
        spa.hold(wanted, at(4, "12:00"), "a visitor").await.expect(201);
    }
    let tenant = broken.business.id.uuid();
    app.database
        .run(&format!(
            "create function fail() returns trigger language plpgsql as
                 $$ begin raise exception 'broken'; end $$;
             create trigger fail before update on appointments for each row
                 when (new.tenant_id = '{tenant}') execute function fail()"
        ))
        .await;
    app.clock.advance(Duration::minutes(11));
    let db = &app.app().db;
    assert!(bookings::lapse_everywhere(db).await.is_err(), "and it is said that it failed");
    let left = "select count(*) from appointments where status = 'held'";
    assert_eq!(app.database.count(left).await, 1);
    // What nobody ever took up is deleted in the end.
    assert_eq!(bookings::forget_holds(db).await.unwrap(), 0);
    app.clock.advance(bookings::HOLDS_KEPT + Duration::minutes(1));
    assert_eq!(bookings::forget_holds(db).await.unwrap(), 1);
    for table in ["appointments", "appointment_lines", "appointment_history"] {
        let rows = format!("select count(*) from {table}");
        assert_eq!(app.database.count(&rows).await, 1, "{table}");
    }
}
