//! Waiting for time that is taken, over HTTP, with the worker at work.

mod told;
mod who;

use chrono::{DateTime, Duration, Utc};
use openchair_domain::bookings;
use openchair_domain::ids::{Id, Location};
use openchair_domain::waitlist::{self, Freed};
use openchair_live_client::Board;
use openchair_tests::live::schedule;
use openchair_tests::spa::{Spa, at, shown};
use openchair_tests::{Browser, TestApp, eventually};
use serde_json::{Value, json};

/// A facial by Fay on Wednesday the 4th, and by nobody else.
fn wish(spa: &Spa, name: &str, more: &Value) -> Value {
    let email = format!("{}@example.com", name.to_lowercase());
    let mut body = json!({
        "wanted": spa.wanted(&["Facial"], 1, &["Fay"]), "first_day": "2026-03-04",
        "last_day": "2026-03-04", "name": name, "email": email, "phone": "+1 415 555 0132",
    });
    for (key, value) in more.as_object().into_iter().flatten() {
        body[key] = value.clone();
    }
    body
}

async fn join(spa: &Spa, name: &str, more: Value) -> String {
    let path = format!("/v1/public/{}/waitlist", spa.business.slug);
    let joined = spa.guest.post(&path, &wish(spa, name, &more)).await.expect(201);
    joined["token"].as_str().unwrap().to_owned()
}

async fn waiting(guest: &Browser, token: &str) -> Value {
    guest.get(&format!("/v1/w/{token}")).await.expect(200)
}

/// Waits until somebody who waits stands like this.
async fn stands(guest: &Browser, token: &str, state: &str) -> Value {
    eventually(&format!("they are {state}"), async || {
        let now = waiting(guest, token).await;
        (now["state"] == state).then_some(now)
    })
    .await
}

/// The token of the offer in the newest mail to this one.
async fn mailed(app: &TestApp, name: &str) -> String {
    let mail = app.mail(&format!("{}@example.com", name.to_lowercase()), "").await;
    let text = mail["text"].as_str().unwrap();
    let (_, rest) = text.split_once("/o/").unwrap_or_else(|| panic!("no offer in {text}"));
    rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect()
}

async fn booked(spa: &Spa, start: DateTime<Utc>) -> Value {
    spa.book(spa.wanted(&["Facial"], 1, &["Fay"]), start).await.expect(201)
}

async fn cancel(spa: &Spa, visit: &Value) {
    let path = format!("/v1/appointments/{}/cancel", visit["id"].as_str().unwrap());
    spa.owner.post(&path, &json!({ "version": visit["version"] })).await.expect(200);
}

/// Fay's Wednesday, full from nine to seven.
async fn full_day(spa: &Spa) -> Vec<Value> {
    let mut visits = Vec::new();
    for hour in 9..19 {
        visits.push(booked(spa, at(4, &format!("{hour:02}:00"))).await);
    }
    visits
}

#[tokio::test]
async fn freed_time_is_offered_to_one_after_the_other() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let visits = full_day(&spa).await;
    let first = join(&spa, "Ada", json!({})).await;
    app.clock.advance(Duration::seconds(1));
    let second = join(&spa, "Bob", json!({})).await;
    cancel(&spa, &visits[3]).await;
    let now = stands(&spa.guest, &first, "offered").await;
    assert_eq!(now["offer"]["start"], shown(at(4, "12:00")));
    assert_eq!(waiting(&spa.guest, &second).await["state"], "waiting");
    let token = mailed(&app, "Ada").await;
    let path = format!("/v1/o/{token}");
    let offer = spa.guest.get(&path).await.expect(200);
    assert_eq!((&offer["state"], &offer["start"]), (&json!("open"), &shown(at(4, "12:00"))));
    // Nobody else can have it meanwhile.
    let wanted = spa.wanted(&["Facial"], 1, &["Fay"]);
    spa.hold(wanted, at(4, "12:00"), "another visitor").await.problem(409, "slot_taken");

    // No: the next is asked, and the first goes on waiting.
    spa.guest.post_empty(&format!("{path}/decline")).await.expect(204);
    stands(&spa.guest, &second, "offered").await;
    assert_eq!(waiting(&spa.guest, &first).await["state"], "waiting");
    spa.guest.post(&format!("{path}/accept"), &json!({})).await.problem(409, "offer_over");
    assert_eq!(spa.guest.get(&path).await.expect(200)["state"], "declined");

    // Yes.
    let token = mailed(&app, "Bob").await;
    let accepted = spa.guest.post(&format!("/v1/o/{token}/accept"), &json!({})).await.expect(201);
    assert_eq!(accepted["visit"]["status"], "confirmed");
    assert_eq!(accepted["visit"]["starts_at"], shown(at(4, "12:00")));
    let link = accepted["link"].as_str().unwrap();
    spa.guest.get(&format!("/v1/b/{link}")).await.expect(200);
    assert_eq!(waiting(&spa.guest, &second).await["state"], "booked");
    for action in ["waitlist.joined", "waitlist.offered", "waitlist.declined", "waitlist.accepted"]
    {
        let log = spa.owner.get(&format!("/v1/audit?action={action}")).await.expect(200);
        assert!(!log["items"].as_array().unwrap().is_empty(), "{action}");
    }
    let names = "select count(*) from customers where name = 'Bob'";
    assert_eq!(app.database.count(names).await, 1);
}

/// Nobody answers: the reconciler gives the time back, and the worker asks the next.
#[tokio::test]
async fn a_lapsed_offer_goes_to_the_next_and_not_to_the_same_again() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let visits = full_day(&spa).await;
    let first = join(&spa, "Ada", json!({})).await;
    app.clock.advance(Duration::seconds(1));
    let second = join(&spa, "Bob", json!({})).await;
    cancel(&spa, &visits[3]).await;
    stands(&spa.guest, &first, "offered").await;
    let token = mailed(&app, "Ada").await;
    app.clock.advance(Duration::minutes(31));
    let late = spa.guest.post(&format!("/v1/o/{token}/accept"), &json!({})).await;
    late.problem(409, "offer_over");
    stands(&spa.guest, &second, "offered").await;
    assert_eq!(waiting(&spa.guest, &first).await["state"], "waiting");
    app.clock.advance(Duration::minutes(31));
    // Both had their turn.
    stands(&spa.guest, &second, "waiting").await;
    let jobs = "select count(*) from jobs where kind = 'waitlist.match' and state <> 'done'";
    eventually("all is looked at", async || (app.database.count(jobs).await == 0).then_some(()))
        .await;
    let offers = "select count(*) from waitlist_offers";
    assert_eq!(app.database.count(offers).await, 2);
    // The next time is another one.
    cancel(&spa, &visits[7]).await;
    let now = stands(&spa.guest, &first, "offered").await;
    assert_eq!(now["offer"]["start"], shown(at(4, "16:00")));
}

#[tokio::test]
async fn only_times_that_are_waited_for_are_offered() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let visits = full_day(&spa).await;
    let early = json!({ "earliest": "09:00", "latest": "10:30" });
    let early = join(&spa, "Ada", early).await;
    let other = json!({ "first_day": "2026-03-05", "last_day": "2026-03-12" });
    let other = join(&spa, "Bob", other).await;
    app.clock.advance(Duration::seconds(1));
    let any = join(&spa, "Cyd", json!({})).await;
    cancel(&spa, &visits[3]).await;
    stands(&spa.guest, &any, "offered").await;
    assert_eq!(waiting(&spa.guest, &early).await["state"], "waiting");
    assert_eq!(waiting(&spa.guest, &other).await["state"], "waiting");
    // A visit that moves away frees its time, too.
    let path = format!("/v1/appointments/{}/move", visits[1]["id"].as_str().unwrap());
    let away = json!({ "version": 1, "start": at(6, "09:00") });
    spa.owner.post(&path, &away).await.expect(200);
    let now = stands(&spa.guest, &early, "offered").await;
    assert_eq!(now["offer"]["start"], shown(at(4, "10:00")));
}

#[tokio::test]
async fn the_least_gap_is_asked_first_where_the_shop_says_so() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let policy = spa.owner.get("/v1/booking-policy").await;
    let change = json!({ "waitlist_order": "least_gap" });
    spa.owner.patch("/v1/booking-policy", policy.version(), &change).await.expect(200);
    let long = spa.wanted(&["Facial", "Wax"], 1, &["Wanda"]);
    let visit = spa.book(long, at(4, "12:00")).await.expect(201);
    for (start, service) in [("11:00", "Facial"), ("13:30", "Facial")] {
        let wanted = spa.wanted(&[service], 1, &["Wanda"]);
        spa.book(wanted, at(4, start)).await.expect(201);
    }
    let time = |wanted: Value| json!({ "wanted": wanted, "earliest": "12:00", "latest": "13:00" });
    let short = join(&spa, "Ada", time(spa.wanted(&["Wax"], 1, &["Wanda"]))).await;
    app.clock.advance(Duration::seconds(1));
    let exact = join(&spa, "Bob", time(spa.wanted(&["Facial", "Wax"], 1, &["Wanda"]))).await;
    cancel(&spa, &visit).await;
    stands(&spa.guest, &exact, "offered").await;
    assert_eq!(waiting(&spa.guest, &short).await["state"], "waiting");
}

#[tokio::test]
async fn the_first_yes_counts_and_looking_twice_offers_once() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let visits = full_day(&spa).await;
    let first = join(&spa, "Ada", json!({})).await;
    app.clock.advance(Duration::seconds(1));
    join(&spa, "Bob", json!({})).await;
    cancel(&spa, &visits[3]).await;
    stands(&spa.guest, &first, "offered").await;
    // The job again, several at once: what is offered is kept.
    let location: Id<Location> = spa.location.parse().unwrap();
    let freed = Freed { location, from: at(4, "12:00"), to: at(4, "13:00") };
    let db = &app.app().db;
    let look = || waitlist::match_freed(db, spa.business.id, &freed, &app.url);
    let (one, two) = tokio::join!(look(), look());
    assert_eq!((one.unwrap().made, two.unwrap().made), (0, 0));
    let offers = "select count(*) from waitlist_offers";
    assert_eq!(app.database.count(offers).await, 1);

    let token = mailed(&app, "Ada").await;
    let path = format!("/v1/o/{token}/accept");
    let yes = || spa.guest.post(&path, &json!({})).into_future();
    let (one, two) = tokio::join!(yes(), yes());
    let (won, lost) = if one.status == 201 { (one, two) } else { (two, one) };
    won.expect(201);
    lost.problem(409, "offer_used");
    assert_eq!(
        app.database.count("select count(*) from allocations where kind = 'staff'").await,
        10
    );
    // Who has their visit doesn't leave the list any more.
    spa.guest.post_empty(&format!("/v1/w/{first}/leave")).await.problem(409, "not_waiting");
}

#[tokio::test]
async fn leaving_gives_back_what_is_kept() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let visits = full_day(&spa).await;
    let first = join(&spa, "Ada", json!({})).await;
    cancel(&spa, &visits[3]).await;
    stands(&spa.guest, &first, "offered").await;
    for _ in 0..2 {
        spa.guest.post_empty(&format!("/v1/w/{first}/leave")).await.expect(204);
    }
    assert_eq!(waiting(&spa.guest, &first).await["state"], "left");
    booked(&spa, at(4, "12:00")).await;
}

#[tokio::test]
async fn links_that_nobody_was_given_lead_nowhere() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let token = join(&spa, "Ada", json!({})).await;
    let mut forged = token.clone();
    forged.pop();
    forged.push(if token.ends_with('a') { 'b' } else { 'a' });
    let offer = token.replace("oc_wa_", "oc_of_");
    for path in [
        format!("/v1/w/{forged}"),
        format!("/v1/w/{offer}"),
        "/v1/w/x".to_owned(),
        format!("/v1/o/{token}"),
        format!("/v1/o/{offer}"),
    ] {
        spa.guest.get(&path).await.problem(404, "not_found");
    }
    spa.guest.post_empty(&format!("/v1/w/{forged}/leave")).await.problem(404, "not_found");
    spa.guest.post_empty(&format!("/v1/o/{offer}/decline")).await.problem(404, "not_found");
    spa.guest.post(&format!("/v1/o/{offer}/accept"), &json!({})).await.problem(404, "not_found");
    let stored =
        "select count(*) from waitlist_entries where encode(token_hash, 'escape') like '%oc_%'";
    assert_eq!(app.database.count(stored).await, 0);
}

#[tokio::test]
async fn nonsense_is_refused_field_by_field() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let path = format!("/v1/public/{}/waitlist", spa.business.slug);
    for (more, field) in [
        (json!({ "first_day": "2026-03-05" }), "/last_day"),
        (json!({ "first_day": "2026-02-01", "last_day": "2026-02-03" }), "/last_day"),
        (json!({ "last_day": "2026-05-05" }), "/last_day"),
        (json!({ "first_day": "2036-03-04", "last_day": "2036-03-05" }), "/last_day"),
        (json!({ "earliest": "nine" }), "/earliest"),
        (json!({ "earliest": "17:00", "latest": "09:00" }), "/latest"),
        (json!({ "email": "nobody" }), "/email"),
        (json!({ "phone": "12" }), "/phone"),
        (json!({ "name": "" }), "/name"),
        (json!({ "wanted": { "services": [] } }), "/wanted/services"),
    ] {
        let faults = spa.guest.post(&path, &wish(&spa, "Ada", &more)).await.faults();
        assert!(faults.iter().any(|(at, _)| at == field), "{more}: {faults:?}");
    }
}

#[tokio::test]
async fn staff_see_who_waits_and_offer_by_themselves() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let body = wish(&spa, "Ada", &json!({}));
    let entry = spa.owner.post("/v1/waitlist", &body).await.expect(201);
    let listed = spa.owner.get("/v1/waitlist").await.expect(200);
    assert_eq!(listed["items"][0], entry);
    let path = format!("/v1/waitlist/{}", entry["id"].as_str().unwrap());
    let start = json!({ "start": at(4, "12:00") });
    let made = spa.owner.post(&format!("{path}/offer"), &start).await.expect(201);
    assert_eq!(made["entry"]["offer"]["start"], shown(at(4, "12:00")));
    spa.owner.post(&format!("{path}/offer"), &start).await.problem(409, "not_waiting");
    let link = made["link"].as_str().unwrap();
    assert_eq!(mailed(&app, "Ada").await, link);
    spa.guest.post(&format!("/v1/o/{link}/accept"), &json!({})).await.expect(201);
    let booked = spa.owner.get("/v1/waitlist?state=booked").await.expect(200);
    assert_eq!(booked["items"][0]["id"], entry["id"]);

    let other = spa.owner.post("/v1/waitlist", &wish(&spa, "Bob", &json!({}))).await.expect(201);
    let path = format!("/v1/waitlist/{}", other["id"].as_str().unwrap());
    spa.owner.delete(&path).await.expect(204);
    let listed = spa.owner.get("/v1/waitlist").await.expect(200);
    assert_eq!(listed["items"], json!([]));

    // Of those who don't wait any more the last comes first, page by page.
    app.clock.advance(Duration::seconds(1));
    let third = spa.owner.post("/v1/waitlist", &wish(&spa, "Cy", &json!({}))).await.expect(201);
    spa.owner.delete(&format!("/v1/waitlist/{}", third["id"].as_str().unwrap())).await.expect(204);
    let left = spa.owner.get("/v1/waitlist?state=left&limit=1").await.expect(200);
    assert_eq!(left["items"][0]["id"], third["id"]);
    let next = left["next_cursor"].as_str().unwrap();
    let left = format!("/v1/waitlist?state=left&limit=1&cursor={next}");
    let left = spa.owner.get(&left).await.expect(200);
    assert_eq!(left["items"][0]["id"], other["id"]);
    assert_eq!(left["next_cursor"], Value::Null);
}

#[tokio::test]
async fn days_end_and_so_does_the_waiting() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let token = join(&spa, "Ada", json!({})).await;
    let db = &app.app().db;
    assert_eq!(waitlist::over_everywhere(db).await.unwrap(), 0);
    // In New York it is still the 4th.
    app.clock.set(at(4, "23:30"));
    assert_eq!(waitlist::over_everywhere(db).await.unwrap(), 0);
    app.clock.set(at(5, "00:30"));
    assert_eq!(waitlist::over_everywhere(db).await.unwrap(), 1);
    assert_eq!(waiting(&spa.guest, &token).await["state"], "over");
    assert_eq!(bookings::lapse_everywhere(db).await.unwrap(), 0);
}

/// What who is erased wanted said goes from the screens, too, also from time that was kept for them.
#[tokio::test]
async fn what_the_erased_wrote_is_on_no_screen() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let visits = full_day(&spa).await;
    let ada = join(&spa, "Ada", json!({ "note": "for my knee" })).await;
    cancel(&spa, &visits[3]).await;
    stands(&spa.guest, &ada, "offered").await;
    let mut desk = spa.owner.watch().await;
    desk.ask(&schedule(&spa.location, "2026-03-04")).await;
    let topic = format!("schedule:{}:2026-03-04", spa.location);
    let notes = |board: &Board| -> Vec<Value> {
        let shown = board.topic(&topic).unwrap().items.values();
        let kept = shown.filter(|item| item.body["visit"]["status"] == "held");
        kept.map(|item| item.body["visit"]["note"].clone()).collect()
    };
    assert_eq!(notes(&desk.board), ["for my knee"]);
    // The offer is over, and its time isn't given back yet.
    app.database.run("update waitlist_offers set state = 'lapsed'").await;
    let record = json!({ "name": "Ada", "email": "ada@example.com" });
    let record = spa.owner.post("/v1/customers", &record).await.expect(201);
    let path = format!("/v1/customers/{}/erase", record["id"].as_str().unwrap());
    spa.owner.post(&path, &json!({ "version": record["version"] })).await.expect(204);
    desk.catch_up(&app).await;
    assert_eq!(notes(&desk.board), [""]);
}
