//! A customer on a telephone: a time is kept, taken up, moved and called off, behind a link.

use chrono::Duration;
use openchair_tests::spa::{at, shown};
use openchair_tests::{TestApp, eventually};
use serde_json::json;

#[tokio::test]
async fn a_time_is_kept_and_becomes_a_visit() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let wanted = || spa.wanted(&["Facial"], 1, &["Fay"]);
    let hold = spa.hold(wanted(), at(4, "12:00"), "visitor one").await.expect(201);
    assert_eq!(hold["title"], "Facial");
    assert_eq!(hold["price_minor"], 9_000);
    spa.hold(wanted(), at(4, "12:00"), "visitor two").await.problem(409, "slot_taken");
    let booked = spa.take_up(&hold, "Zoë 💈 أمل", "zoe@example.com").await.expect(201);
    assert_eq!(booked["visit"]["status"], "confirmed");
    spa.take_up(&hold, "Zoë", "zoe@example.com").await.problem(409, "hold_used");
    let path = format!("/v1/b/{}", booked["link"].as_str().unwrap());
    let own = spa.guest.get(&path).await.expect(200);
    assert_eq!(own["may_cancel"], true, "{own}");
    assert_eq!(own["time_zone"], "America/New_York");
    let listed = spa.owner.get("/v1/appointments?from=2026-03-04T00:00:00Z").await.expect(200);
    assert_eq!(listed["items"][0]["customer"]["name"], "Zoë 💈 أمل");
    assert_eq!(listed["items"][0]["source"], "public");
    let mail = app.mail("zoe@example.com", &spa.business.name).await;
    assert!(mail["text"].as_str().unwrap().contains(&path[3..]), "{mail}");
}

#[tokio::test]
async fn who_chooses_another_time_gives_the_first_one_back() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let wanted = || spa.wanted(&["Facial"], 1, &["Fay"]);
    let first = spa.hold(wanted(), at(4, "12:00"), "one visitor").await.expect(201);
    // Half an hour later overlaps with what they keep themselves.
    let second = spa.hold(wanted(), at(4, "12:30"), "one visitor").await.expect(201);
    spa.take_up(&first, "Ann", "ann@example.com").await.problem(409, "hold_over");
    spa.hold(wanted(), at(4, "11:30"), "another visitor").await.expect(201);
    spa.take_up(&second, "Ann", "ann@example.com").await.expect(201);
}

#[tokio::test]
async fn what_nobody_takes_up_is_free_again() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let wanted = || spa.wanted(&["Facial"], 1, &["Fay"]);
    let hold = spa.hold(wanted(), at(4, "12:00"), "visitor one").await.expect(201);
    let other = spa.hold(wanted(), at(4, "15:00"), "visitor two").await.expect(201);
    app.clock.advance(Duration::minutes(11));
    // At once, whether the worker came by or not.
    let query = format!("services={}&staff={}", spa.id("Facial"), spa.id("Fay"));
    assert!(spa.offered(&query, 4, 4).await.contains(&"2026-03-04T12:00".to_owned()));
    spa.hold(wanted(), at(4, "12:00"), "visitor three").await.expect(201);
    spa.take_up(&hold, "Ann", "ann@example.com").await.problem(409, "hold_over");
    spa.take_up(&other, "Ann", "ann@example.com").await.problem(409, "hold_over");
    eventually("the other is given back", async || {
        let left = "select count(*) from appointments where status = 'held'";
        (app.database.count(left).await == 1).then_some(())
    })
    .await;
}

#[tokio::test]
async fn the_link_moves_and_cancels_within_the_rules() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let hold = spa.hold(spa.wanted(&["Facial"], 1, &[]), at(4, "12:00"), "a visitor");
    let booked = spa.take_up(&hold.await.expect(201), "Ann", "ann@example.com").await.expect(201);
    let first = format!("/v1/b/{}", booked["link"].as_str().unwrap());
    let days = "from=2026-03-04&to=2026-03-04";
    let free = spa.guest.get(&format!("{first}/slots?{days}")).await.expect(200);
    // Its own time is no obstacle.
    let slots = free["slots"].as_array().unwrap();
    assert!(slots.iter().any(|slot| slot["local"] == "2026-03-04T12:30"), "{free}");
    let before = spa.guest.get(&format!("{first}/calendar.ics")).await;
    let to = json!({ "start": at(4, "12:30") });
    let moved = spa.guest.post(&format!("{first}/move"), &to).await.expect(200);
    assert_eq!(moved["visit"]["starts_at"], shown(at(4, "12:30")));
    spa.guest.get(&first).await.problem(404, "not_found");
    let second = format!("/v1/b/{}", moved["link"].as_str().unwrap());
    let after = spa.guest.get(&format!("{second}/calendar.ics")).await;
    let line = |text: &str, name: &str| {
        text.lines().find(|line| line.starts_with(name)).unwrap_or_default().to_owned()
    };
    let (before, after) = (before.text(), after.text());
    assert_eq!(line(&before, "UID"), line(&after, "UID"));
    assert_eq!(line(&before, "SEQUENCE"), "SEQUENCE:0");
    assert_eq!(line(&after, "SEQUENCE"), "SEQUENCE:1");
    assert_eq!(line(&after, "DTSTART"), "DTSTART:20260304T173000Z");
    let again = spa.guest.get(&format!("{second}/again")).await.expect(200);
    assert_eq!(again["services"], spa.id("Facial"));
    let hold = spa.hold(spa.wanted(&["Facial"], 1, &[]), at(4, "12:30"), "somebody else");
    let other = spa.take_up(&hold.await.expect(201), "Ben", "ben@example.com").await.expect(201);
    let other = format!("/v1/b/{}", other["link"].as_str().unwrap());
    // Four hours before the start is in time.
    app.clock.set(at(4, "08:30"));
    let off = spa.guest.post(&format!("{second}/cancel"), &json!({})).await.expect(200);
    assert_eq!(off["status"], "cancelled");
    let file = spa.guest.get(&format!("{second}/calendar.ics")).await.text();
    assert!(file.contains("METHOD:CANCEL") && file.contains("STATUS:CANCELLED"), "{file}");
    assert_eq!(line(&file, "SEQUENCE"), "SEQUENCE:2", "calendars hear of it");
    spa.guest.post(&format!("{second}/cancel"), &json!({})).await.problem(409, "wrong_state");
    app.clock.set(at(4, "08:31"));
    assert_eq!(spa.guest.get(&other).await.expect(200)["may_move"], false);
    spa.guest.post(&format!("{other}/move"), &to).await.problem(409, "too_late_to_move");
    let late = spa.guest.post(&format!("{other}/cancel"), &json!({})).await;
    late.problem(409, "too_late_to_cancel");
    for forged in ["x", "oc_vi_aaaa", &first[6..]] {
        spa.guest.get(&format!("/v1/b/{forged}")).await.problem(404, "not_found");
    }
}

#[tokio::test]
async fn the_shop_asks_what_it_asks() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let policy = json!({ "ask_phone": "required", "ask_note": false });
    let version = spa.owner.get("/v1/booking-policy").await.expect(200)["version"].as_i64();
    spa.owner.patch("/v1/booking-policy", version.unwrap(), &policy).await.expect(200);
    let hold = spa.hold(spa.wanted(&["Facial"], 1, &[]), at(4, "12:00"), "a visitor").await;
    let hold = hold.expect(201);
    assert_eq!(hold["asks"], json!({ "email": "required", "phone": "required", "note": false }));
    let path = format!("/v1/public/{}/appointments", spa.business.slug);
    let ask = |email: &str, phone: &str, note: &str| {
        let body = json!({ "hold": hold["hold"], "name": "Ann", "email": email, "phone": phone,
                           "note": note });
        spa.guest.post(&path, &body)
    };
    for (email, phone, note, field) in [
        ("ann@example.com", "", "", "/phone"),
        ("ann@example.com", "call me", "", "/phone"),
        ("ann@example.com", "+1 000 000 0000", "", "/phone"),
        ("not an address", "+14155550132", "", "/email"),
        ("ann@example.com", "+14155550132", "hello", "/note"),
    ] {
        let problem = ask(email, phone, note).await.problem(422, "validation_failed");
        assert_eq!(problem["fields"][0]["field"], field, "{problem}");
    }
    ask("ann@example.com", "(415) 555-0132", "").await.expect(201);
    let stored = "select count(*) from customers where phone = '+14155550132'";
    assert_eq!(app.database.count(stored).await, 1);
}

#[tokio::test]
async fn a_code_proves_the_address() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let version = spa.owner.get("/v1/booking-policy").await.expect(200)["version"].as_i64();
    let policy = json!({ "verify_contact": true });
    spa.owner.patch("/v1/booking-policy", version.unwrap(), &policy).await.expect(200);
    let hold = spa.hold(spa.wanted(&["Facial"], 1, &[]), at(4, "12:00"), "a visitor").await;
    let hold = hold.expect(201);
    assert_eq!(hold["needs_code"], true);
    spa.take_up(&hold, "Ann", "ann@example.com").await.problem(409, "code_needed");
    let path = format!("/v1/public/{}/holds/code", spa.business.slug);
    let send = json!({ "hold": hold["hold"], "email": "ann@example.com" });
    spa.guest.post(&path, &send).await.expect(204);
    let mail = app.mail("ann@example.com", "").await;
    let text = mail["text"].as_str().unwrap();
    let code = text.split(|c: char| !c.is_ascii_digit()).find(|word| word.len() == 6).unwrap();
    let path = format!("/v1/public/{}/appointments", spa.business.slug);
    let take = |email: &str, code: &str| {
        let body = json!({ "hold": hold["hold"], "name": "Ann", "email": email, "code": code });
        spa.guest.post(&path, &body)
    };
    let wrong = if code == "000000" { "111111" } else { "000000" };
    for _ in 0..3 {
        take("ann@example.com", wrong).await.problem(409, "code_wrong");
    }
    // It proves the address that it was sent to, and no other.
    take("eve@example.com", code).await.problem(409, "code_wrong");
    take("ann@example.com", code).await.expect(201);
}
