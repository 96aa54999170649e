//! What visitors may and may not, and a few things that staff do to visits.

use openchair_tests::TestApp;
use openchair_tests::spa::{Spa, at};
use serde_json::{Value, json};

async fn change(spa: &Spa, service: &str, change: Value) {
    let path = format!("/v1/services/{}", spa.id(service));
    let version = spa.owner.get(&path).await.version();
    spa.owner.patch(&path, version, &change).await.expect(200);
}

#[tokio::test]
async fn one_address_of_the_network_takes_so_much_time() {
    let app = TestApp::with(&[("limits.bookings_per_ip_per_hour", "3")]).await;
    let spa = app.spa().await;
    let wanted = || spa.wanted(&["Facial"], 1, &["Fay"]);
    for (place, time) in ["10:00", "12:00", "14:00"].into_iter().enumerate() {
        spa.hold(wanted(), at(4, time), &format!("visitor {place}")).await.expect(201);
    }
    let refused = spa.hold(wanted(), at(4, "16:00"), "visitor 4").await;
    refused.problem(429, "rate_limited");
    app.clock.advance(chrono::Duration::hours(1));
    spa.hold(wanted(), at(4, "16:00"), "visitor 4").await.expect(201);
}

#[tokio::test]
async fn one_contact_books_so_much_however_it_is_written() {
    let app = TestApp::with(&[("limits.bookings_per_contact_per_day", "2")]).await;
    let spa = app.spa().await;
    let path = format!("/v1/public/{}/appointments", spa.business.slug);
    let book = async |time: &str, email: &str, phone: &str| {
        let wanted = spa.wanted(&["Facial"], 1, &["Fay"]);
        let hold = spa.hold(wanted, at(4, time), &format!("visitor {time}")).await.expect(201);
        let body = json!({ "hold": hold["hold"], "name": "Ann", "email": email, "phone": phone });
        spa.guest.post(&path, &body).await
    };
    book("10:00", "ann@example.com", "").await.expect(201);
    book("11:00", "ANN@example.com", "+14155550132").await.expect(201);
    book("12:00", "ann@example.com", "").await.problem(429, "rate_limited");
    // By the number, whatever address comes with it and however it is dialled.
    book("13:00", "one@example.com", "(415) 555-0132").await.expect(201);
    book("14:00", "two@example.com", "415 555 0132").await.problem(429, "rate_limited");
    book("15:00", "two@example.com", "+14155550199").await.expect(201);
    // Another business counts for itself.
    let other = app.spa().await;
    let hold = other.hold(other.wanted(&["Facial"], 1, &[]), at(4, "10:00"), "a visitor").await;
    other.take_up(&hold.expect(201), "Ann", "ann@example.com").await.expect(201);
}

#[tokio::test]
async fn what_is_for_members_is_booked_by_members() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    change(&spa, "Facial", json!({ "members_only": true })).await;
    let plan = json!({ "category_id": spa.id("category"), "name": "VIP", "price_minor": 5_000,
                       "period": "year", "service_ids": [spa.id("Facial")] });
    let plan = spa.owner.post("/v1/membership-plans", &plan).await.expect(201)["id"].clone();
    let ann = json!({ "name": "Ann", "email": "ann@example.com" });
    let ann = spa.owner.post("/v1/customers", &ann).await.expect(201);
    let memberships = format!("/v1/customers/{}/memberships", ann["id"].as_str().unwrap());
    spa.owner.post(&memberships, &json!({ "plan_id": plan })).await.expect(201);
    let hold = spa.hold(spa.wanted(&["Facial"], 1, &[]), at(4, "12:00"), "a visitor").await;
    let hold = hold.expect(201);
    spa.take_up(&hold, "Bob", "bob@example.com").await.problem(409, "members_only");
    // Who is refused leaves no trace, and the time is still theirs who is one.
    assert_eq!(app.database.count("select count(*) from customers").await, 1);
    spa.take_up(&hold, "Ann", "ann@example.com").await.expect(201);
}

#[tokio::test]
async fn consents_are_given_in_the_version_that_was_read() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let form = json!({ "kind": "consent", "name": "Terms", "text": "I agree." });
    let form = spa.owner.post("/v1/forms", &form).await.expect(201)["id"].clone();
    change(&spa, "Facial", json!({ "form_ids": [form] })).await;
    let hold = spa.hold(spa.wanted(&["Facial"], 1, &[]), at(4, "12:00"), "a visitor").await;
    let hold = hold.expect(201);
    assert_eq!(hold["forms"][0]["kind"], "consent", "{hold}");
    let path = format!("/v1/public/{}/appointments", spa.business.slug);
    let ask = |agreed: Value| {
        let body = json!({ "hold": hold["hold"], "name": "Ann", "email": "ann@example.com",
                           "agreed": agreed });
        spa.guest.post(&path, &body)
    };
    for agreed in [json!([]), json!([{ "form": form, "version": 2 }])] {
        let refused = ask(agreed).await.problem(422, "validation_failed");
        assert!(
            refused["fields"][0]["field"].as_str().unwrap().starts_with("/agreed"),
            "{refused}"
        );
    }
    ask(json!([{ "form": form, "version": 1 }])).await.expect(201);
    let customers = spa.owner.get("/v1/customers?q=ann").await.expect(200);
    let customer = customers["items"][0]["id"].as_str().unwrap();
    let said = spa.owner.get(&format!("/v1/customers/{customer}/consents")).await.expect(200);
    let said = &said["items"][0];
    assert_eq!((&said["purpose"], &said["granted"]), (&json!("form"), &json!(true)), "{said}");
}

#[tokio::test]
async fn staff_say_whether_calling_off_costs_what_the_terms_say() {
    let app = TestApp::start().await;
    let mut spa = app.spa().await;
    let policy = json!({ "late_cancel_fee_percent": 50 });
    spa.service("Peel", 60, 9_000, &json!({ "policy": policy })).await;
    spa.person("Pia", &["Peel"], &[1, 2, 3, 4, 5, 6, 7], None).await;
    let mut visits = Vec::new();
    for time in ["10:00", "12:00", "14:00"] {
        visits.push(spa.book(spa.wanted(&["Peel"], 1, &[]), at(4, time)).await.expect(201));
    }
    let cancel = async |visit: &Value, with_fee: bool| {
        let path = format!("/v1/appointments/{}/cancel", visit["id"].as_str().unwrap());
        let body = json!({ "version": 1, "with_fee": with_fee });
        spa.owner.post(&path, &body).await.expect(200)["fee_minor"].clone()
    };
    assert_eq!(cancel(&visits[2], true).await, 0, "in time, it costs nothing");
    app.clock.set(at(4, "09:30"));
    assert_eq!(cancel(&visits[0], true).await, 4_500);
    assert_eq!(cancel(&visits[1], false).await, 0);
}

#[tokio::test]
async fn a_visit_moves_to_another_location() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let annex = app.another_location(&spa.business, "Annex").await.to_string();
    let room = json!({ "location_id": annex, "name": "Room A", "places": 1 });
    spa.owner.post("/v1/rooms", &room).await.expect(201);
    let week: Vec<_> =
        (1..=7).map(|day| json!({ "weekday": day, "opens": "09:00", "closes": "17:00" })).collect();
    let fay = format!("/v1/staff/{}", spa.id("Fay"));
    let seen = spa.owner.get(&fay).await.version();
    // On Wednesdays at the spa, on all other days at the annex.
    let hours = json!({ "locations": [
        { "location_id": spa.location, "work": [week[2]] },
        { "location_id": annex, "work": week.iter().filter(|day| day["weekday"] != 3).collect::<Vec<_>>() },
    ] });
    let put = spa.owner.put(&format!("{fay}/hours"), &hours);
    put.header("if-match", &format!("\"{seen}\"")).await.expect(200);
    let visit = spa.book(spa.wanted(&["Facial"], 1, &["Fay"]), at(4, "12:00")).await.expect(201);
    let path = format!("/v1/appointments/{}/move", visit["id"].as_str().unwrap());
    let to = |location: Value| {
        spa.owner
            .post(&path, &json!({ "version": 1, "start": at(5, "12:00"), "location": location }))
    };
    to(Value::Null).await.problem(409, "not_possible");
    let moved = to(json!(annex)).await.expect(200);
    assert_eq!((&moved["location"], &moved["id"]), (&json!(annex), &visit["id"]));
    assert_eq!(Spa::hands(&moved), [("Fay".to_owned(), "Room A".to_owned())]);
    let mail = app.mail("ann@example.com", "is now on").await;
    assert!(mail["text"].as_str().unwrap().contains("Annex"), "{mail}");
    let elsewhere = "select count(*) from allocations where blocked_from < '2026-03-05'";
    assert_eq!(app.database.count(elsewhere).await, 0);
}
