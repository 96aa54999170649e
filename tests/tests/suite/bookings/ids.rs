//! Ids that name nothing here: another business's, or nobody's.

use openchair_tests::spa::{Spa, at};
use openchair_tests::{Answer, TestApp};
use serde_json::{Value, json};

/// What is asked, with more.
fn with(body: &Value, more: &Value) -> Value {
    let mut body = body.clone();
    for (key, value) in more.as_object().unwrap() {
        body[key] = value.clone();
    }
    body
}

fn names(answer: &Answer, field: &str) {
    let problem = answer.problem(404, "not_found");
    let found = &problem["fields"][0];
    assert_eq!((&found["field"], &found["code"]), (&json!(field), &json!("not_found")), "{answer}");
}

fn series() -> Value {
    json!({ "every": "week", "step": 1, "count": 2 })
}

fn days() -> Value {
    json!({ "first_day": "2026-03-04", "last_day": "2026-03-05", "name": "Ann",
            "email": "ann@example.com" })
}

fn start() -> Value {
    json!({ "start": at(4, "10:00") })
}

async fn a_customer(of: &Spa) -> String {
    let made = of.owner.post("/v1/customers", &json!({ "name": "Ann" })).await.expect(201);
    made["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn what_is_wanted_must_be_here() {
    let app = TestApp::start().await;
    let (spa, other) = (app.spa().await, app.spa().await);
    let new = json!({ "category_id": other.id("category"), "name": "Both", "mode": "sequence",
                      "price_minor": 1, "service_ids": [other.id("Facial")] });
    let package = other.owner.post("/v1/packages", &new).await.expect(201)["id"].clone();
    let facial = json!({ "service": spa.id("Facial") });
    let by = |more: Value| json!({ "services": [with(&facial, &more)] });
    let slug = &spa.business.slug;
    let (hold, join) = (format!("/v1/public/{slug}/holds"), format!("/v1/public/{slug}/waitlist"));
    for (wanted, field) in [
        (json!({ "services": [{ "service": other.id("Facial") }] }), "/wanted/services/0/service"),
        (json!({ "package": package }), "/wanted/package"),
        (by(json!({ "staff": other.id("Fay") })), "/wanted/services/0/staff"),
        (by(json!({ "second_staff": other.id("Eve") })), "/wanted/services/0/second_staff"),
        (json!({ "services": [facial], "staff": [other.id("Fay")] }), "/wanted/staff/0"),
    ] {
        let wanted = json!({ "wanted": wanted });
        for (who, path, more) in [
            (&spa.owner, "/v1/appointments", start()),
            (&spa.owner, "/v1/series", with(&start(), &series())),
            (&spa.owner, "/v1/waitlist", days()),
            (&spa.guest, &*hold, with(&start(), &json!({ "visitor": "a device" }))),
            (&spa.guest, &*join, days()),
        ] {
            names(&who.post(path, &with(&wanted, &more)).await, field);
        }
    }
}

#[tokio::test]
async fn where_for_whom_and_with_whom_must_be_here() {
    let app = TestApp::start().await;
    let (spa, other) = (app.spa().await, app.spa().await);
    let customer = a_customer(&other).await;
    let wanted = json!({ "wanted": { "services": [{ "service": spa.id("Facial") }] } });
    for (path, more) in [
        ("/v1/appointments", start()),
        ("/v1/series", with(&start(), &series())),
        ("/v1/series", with(&with(&start(), &series()), &json!({ "preview": true }))),
    ] {
        for (wrong, field) in [
            (json!({ "location": other.location }), "/location"),
            (json!({ "room": other.id("Room 1") }), "/room"),
            (json!({ "customer": { "id": customer } }), "/customer/id"),
        ] {
            let body = with(&with(&wanted, &more), &wrong);
            names(&spa.owner.post(path, &body).await, field);
        }
    }
    let elsewhere = with(&with(&wanted, &days()), &json!({ "location": other.location }));
    spa.owner.post("/v1/waitlist", &elsewhere).await.problem(404, "not_found");
    let visit = spa.book(spa.wanted(&["Facial"], 1, &["Fay"]), at(4, "10:00")).await.expect(201);
    let path = format!("/v1/appointments/{}/move", visit["id"].as_str().unwrap());
    let to = json!({ "version": 1, "start": at(4, "12:00") });
    for (wrong, field) in [
        (json!({ "location": other.location }), "/location"),
        (json!({ "room": other.id("Room 1") }), "/room"),
        (json!({ "staff": [other.id("Fay")] }), "/staff/0"),
    ] {
        names(&spa.owner.post(&path, &with(&to, &wrong)).await, field);
    }
}

#[tokio::test]
async fn questions_are_about_what_is_here() {
    let app = TestApp::start().await;
    let (spa, other) = (app.spa().await, app.spa().await);
    let customer = a_customer(&other).await;
    let facial = spa.id("Facial");
    let slots = format!("/v1/availability?services={facial}&from=2026-03-04&to=2026-03-04");
    for (path, field) in [
        (format!("{slots}&room={}", other.id("Room 1")), "room"),
        (format!("{slots}&location={}", other.location), "location"),
        (format!("{slots}&staff={}", other.id("Fay")), "staff"),
        (format!("/v1/appointments?staff={}", other.id("Fay")), "staff"),
        (format!("/v1/appointments?customer={customer}"), "customer"),
        (format!("/v1/appointments?location={}", other.location), "location"),
        (format!("/v1/waitlist?location={}", other.location), "location"),
    ] {
        names(&spa.owner.get(&path).await, field);
    }
    // A room of one's own narrows the search.
    spa.book(spa.wanted(&["Facial"], 1, &["Fay"]), at(4, "10:00")).await.expect(201);
    let free = async |room: &str| {
        let found = spa.owner.get(&format!("{slots}&room={}", spa.id(room))).await.expect(200);
        found["slots"].as_array().unwrap().len()
    };
    assert!(free("Room 2").await > free("Room 1").await, "the visit is in Fay's room");
}
