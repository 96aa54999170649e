//! Who is asked when time is free, and who isn't.

use openchair_domain::ids::Id;
use openchair_domain::waitlist::{self, Freed};
use openchair_tests::TestApp;
use openchair_tests::spa::{Spa, at};
use serde_json::{Value, json};

use super::{booked, cancel, join, mailed, stands, waiting, wish};

/// The worker's look at all that is free on Wednesday the 4th.
async fn look(app: &TestApp, spa: &Spa) -> usize {
    let location = spa.location.parse::<Id<_>>().unwrap();
    let freed = Freed { location, from: app.now(), to: at(5, "09:00") };
    let db = &app.app().db;
    waitlist::match_freed(db, spa.business.id, &freed, "http://spa").await.unwrap().made
}

#[tokio::test]
async fn rules_that_open_time_wake_those_who_wait() {
    let app = TestApp::with(&[("worker.inside", "false")]).await;
    let spa = app.spa().await;
    let wake = async || waitlist::wake_everywhere(&app.app().db).await.unwrap();
    let jobs = async || {
        app.database.count("select count(*) from jobs where kind = 'waitlist.match'").await
    };
    let closed = json!({ "first_day": "2026-03-04", "last_day": "2026-03-04" });
    let closed = spa.owner.post("/v1/closures", &closed).await.expect(201);
    let away = json!({ "starts_at": at(4, "00:00"), "ends_at": at(5, "00:00") });
    let fay = format!("/v1/staff/{}/time-off", spa.id("Fay"));
    let away = spa.owner.post(&fay, &away).await.expect(201);
    let token = join(&spa, "Ada", json!({})).await;
    assert_eq!((wake().await, jobs().await), (0, 0), "nothing changed since");

    // However much changes, it is one look.
    spa.owner.delete(&format!("/v1/closures/{}", closed["id"].as_str().unwrap())).await.expect(204);
    spa.owner.delete(&format!("{fay}/{}", away["id"].as_str().unwrap())).await.expect(204);
    assert_eq!((wake().await, jobs().await), (1, 1));
    assert_eq!((wake().await, jobs().await), (0, 1));
    let payload = "select count(*) from jobs where kind = 'waitlist.match'
                   and (payload->>'from')::timestamptz <= '2026-03-04T09:00:00-05:00'
                   and (payload->>'to')::timestamptz > '2026-03-05T00:00:00-05:00'";
    assert_eq!(app.database.count(payload).await, 1, "all the days that they wait for");
    assert_eq!(look(&app, &spa).await, 1);
    assert_eq!(waiting(&spa.guest, &token).await["state"], "offered");
}

/// Time is not kept for somebody whom nobody tells.
#[tokio::test]
async fn whom_no_mail_reaches_is_asked_by_staff() {
    let app = TestApp::with(&[("worker.inside", "false")]).await;
    let spa = app.spa().await;
    let entry = wish(&spa, "Ada", &json!({ "email": null }));
    let entry = spa.owner.post("/v1/waitlist", &entry).await.expect(201);
    assert_eq!(look(&app, &spa).await, 0);
    let path = format!("/v1/waitlist/{}/offer", entry["id"].as_str().unwrap());
    let made = spa.owner.post(&path, &json!({ "start": at(4, "12:00") })).await.expect(201);
    assert_eq!(made["told"], false, "{made}");
    let link = format!("/v1/o/{}", made["link"].as_str().unwrap());
    assert_eq!(spa.guest.get(&link).await.expect(200)["state"], "open");
}

#[tokio::test]
async fn one_waits_for_the_same_once() {
    let app = TestApp::with(&[("worker.inside", "false")]).await;
    let spa = app.spa().await;
    let path = format!("/v1/public/{}/waitlist", spa.business.slug);
    let token = join(&spa, "Ada", json!({})).await;
    let again = json!({ "first_day": "2026-03-06", "last_day": "2026-03-06",
                        "email": "ADA@example.com", "name": "A." });
    let again = wish(&spa, "Ada", &again);
    spa.guest.post(&path, &again).await.problem(409, "waiting_already");
    // For something else, by somebody else, or again later.
    let wax = wish(&spa, "Ada", &json!({ "wanted": spa.wanted(&["Wax"], 1, &[]) }));
    spa.guest.post(&path, &wax).await.expect(201);
    join(&spa, "Bob", json!({})).await;
    spa.guest.post_empty(&format!("/v1/w/{token}/leave")).await.expect(204);
    spa.guest.post(&path, &again).await.expect(201);
}

#[tokio::test]
async fn behind_a_hundred_who_cannot_use_it_somebody_can() {
    let app = TestApp::with(&[("worker.inside", "false")]).await;
    let spa = app.spa().await;
    let token = join(&spa, "Zoe", json!({})).await;
    let others = "
        insert into waitlist_entries (
            tenant_id, id, location_id, wanted, title, first_day, last_day, earliest, latest, name,
            email, locale, note, state, token_hash, created_at, updated_at)
        select tenant_id, ('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, location_id,
               wanted, title, first_day, last_day, 0, 30, 'Early', n || '@example.com', locale, '',
               'waiting', sha256(n::text::bytea), created_at, updated_at
        from waitlist_entries, generate_series(1, 100) as n";
    app.database.run(others).await;
    assert_eq!(look(&app, &spa).await, 1);
    assert_eq!(waiting(&spa.guest, &token).await["state"], "offered");
}

/// Whoever has the link to an offer doesn't see where the visit goes that came of it.
#[tokio::test]
async fn an_offer_that_was_taken_says_no_more() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let visit = booked(&spa, at(4, "12:00")).await;
    let ada = join(&spa, "Ada", json!({})).await;
    cancel(&spa, &visit).await;
    stands(&spa.guest, &ada, "offered").await;
    let path = format!("/v1/o/{}", mailed(&app, "Ada").await);
    let open = spa.guest.get(&path).await.expect(200);
    assert!(open["start"].is_string() && open["lines"][0]["staff_name"] == "Fay", "{open}");
    spa.guest.post(&format!("{path}/accept"), &json!({})).await.expect(201);
    let taken = spa.guest.get(&path).await.expect(200);
    assert_eq!(taken["state"], "accepted");
    assert_eq!((&taken["start"], &taken["end"]), (&Value::Null, &Value::Null));
    assert_eq!(taken["lines"], json!([]));
}

/// Yes, no and goodbye, each asked once more because no answer came.
#[tokio::test]
async fn answers_that_were_lost_are_given_again() {
    let app = TestApp::with(&[("worker.inside", "false")]).await;
    let spa = app.spa().await;
    let post = async |path: &str, key: &str| {
        let call = spa.guest.post_empty(path).header("idempotency-key", key);
        if path.ends_with("/accept") { call.json(&json!({})).await } else { call.await }
    };
    let ada = join(&spa, "Ada", json!({})).await;
    let entry = spa.owner.get("/v1/waitlist").await.expect(200)["items"][0]["id"].clone();
    let offer = async |time: &str| {
        let path = format!("/v1/waitlist/{}/offer", entry.as_str().unwrap());
        let made = spa.owner.post(&path, &json!({ "start": at(4, time) })).await.expect(201);
        format!("/v1/o/{}", made["link"].as_str().unwrap())
    };
    let no = format!("{}/decline", offer("12:00").await);
    for _ in 0..2 {
        post(&no, "one").await.expect(204);
    }
    post(&no, "two").await.problem(409, "offer_over");
    let yes = format!("{}/accept", offer("14:00").await);
    let first = post(&yes, "one").await.expect(201);
    assert_eq!(post(&yes, "one").await.expect(201), first);
    post(&yes, "two").await.problem(409, "offer_used");
    let bye = format!("/v1/w/{ada}/leave");
    post(&bye, "one").await.problem(409, "not_waiting");
    let bob = format!("/v1/w/{}/leave", join(&spa, "Bob", json!({})).await);
    for _ in 0..2 {
        post(&bob, "one").await.expect(204);
    }
}

/// Also who joined as a visitor, and has time kept for them just now.
#[tokio::test]
async fn who_is_erased_does_not_wait() {
    let app = TestApp::with(&[("worker.inside", "false")]).await;
    let spa = app.spa().await;
    // The same address, but another name: somebody else of the family.
    join(
        &spa,
        "Bob",
        json!({ "email": "ada@example.com",
                              "wanted": spa.wanted(&["Wax"], 1, &[]) }),
    )
    .await;
    let ada = join(&spa, "Ada", json!({ "note": "It is my back." })).await;
    assert_eq!(look(&app, &spa).await, 2);
    let customer = json!({ "name": "ada", "email": "ada@example.com" });
    let new = json!({ "wanted": spa.wanted(&["Wax"], 1, &[]), "start": at(6, "12:00"),
                      "customer": customer });
    let visit = spa.owner.post("/v1/appointments", &new).await.expect(201);
    let off = json!({ "version": 1, "reason": "Ada is ill." });
    let path = format!("/v1/appointments/{}/cancel", visit["id"].as_str().unwrap());
    spa.owner.post(&path, &off).await.expect(200);
    let customer = visit["customer"]["id"].as_str().unwrap();
    let path = format!("/v1/customers/{customer}/erase");
    spa.owner.post(&path, &json!({ "version": 1 })).await.expect(204);
    assert_eq!(waiting(&spa.guest, &ada).await["state"], "left");
    let left = "select count(*) from waitlist_entries where name = 'Ada' or note <> ''";
    assert_eq!(app.database.count(left).await, 0);
    let others = "select count(*) from waitlist_entries where name = 'Bob' and state = 'offered'";
    assert_eq!(app.database.count(others).await, 1);
    let said = "select (select count(*) from appointments
                        where note <> '' or cancel_reason is not null or contact_email is not null)
                     + (select count(*) from appointment_history where reason is not null)";
    assert_eq!(app.database.count(said).await, 0);
    assert_eq!(look(&app, &spa).await, 0, "nothing is offered to nobody");
}
