//! What members pay, and what only they can have.

use openchair_tests::TestApp;
use openchair_tests::spa::{Spa, at};
use serde_json::{Value, json};

fn prices(visit: &Value) -> Vec<i64> {
    let lines = visit["lines"].as_array().unwrap().iter();
    lines.map(|line| line["price_minor"].as_i64().unwrap()).collect()
}

/// A customer of whom the business knows the address.
async fn customer(spa: &Spa, name: &str, email: &str) -> String {
    let made = spa.owner.post("/v1/customers", &json!({ "name": name, "email": email })).await;
    made.expect(201)["id"].as_str().unwrap().to_owned()
}

async fn club(spa: &Spa, percent: u8, services: &[&str]) -> String {
    let services: Vec<_> = services.iter().map(|name| spa.id(name)).collect();
    let plan = json!({ "category_id": spa.id("category"), "name": "Club", "period": "month",
                       "price_minor": 900, "discount_percent": percent, "service_ids": services });
    let made = spa.owner.post("/v1/membership-plans", &plan).await.expect(201);
    made["id"].as_str().unwrap().to_owned()
}

async fn join(spa: &Spa, customer: &str, plan: &str, from: &str) {
    let body = json!({ "plan_id": plan, "starts_on": from });
    spa.owner.post(&format!("/v1/customers/{customer}/memberships"), &body).await.expect(201);
}

fn book(wanted: &Value, customer: Value, start: chrono::DateTime<chrono::Utc>) -> Value {
    json!({ "wanted": wanted, "start": start, "customer": customer })
}

#[tokio::test]
async fn members_pay_less_line_by_line() {
    let app = TestApp::start().await;
    let mut spa = app.spa().await;
    spa.could_take_cards(&app).await;
    let deposit = json!({ "needs_room": false, "deposit": { "kind": "percent", "value": 50 } });
    spa.service("Peel", 30, 9_995, &deposit).await;
    spa.service("Trim", 30, 4_005, &json!({ "needs_room": false })).await;
    spa.person("Pia", &["Peel", "Trim"], &[1, 2, 3, 4, 5, 6, 7], None).await;
    let ann = customer(&spa, "Ann", "ann@example.com").await;
    let plan = club(&spa, 10, &[]).await;
    join(&spa, &ann, &plan, "2026-02-10").await;
    // Of two memberships the better one counts.
    let other = club(&spa, 5, &[]).await;
    join(&spa, &ann, &other, "2026-02-10").await;

    // Half of a cent is rounded up on each line: not what the sum alone would be.
    let wanted = spa.wanted(&["Peel", "Trim"], 1, &[]);
    let hold = spa.hold(wanted.clone(), at(4, "10:00"), "a device").await.expect(201);
    assert_eq!((&hold["price_minor"], &hold["deposit_minor"]), (&json!(14_000), &json!(4_998)));
    let booked = spa.take_up(&hold, "Ann", "ann@example.com").await.expect(201);
    let own = &booked["visit"];
    assert_eq!(prices(own), [8_996, 3_605]);
    assert_eq!((&own["price_minor"], &own["discount_minor"]), (&json!(12_601), &json!(1_399)));
    assert_eq!(own["deposit_minor"], 4_498);
    assert_eq!(own["status"], "pending_payment");
    let listed = spa.owner.get("/v1/appointments").await.expect(200);
    let seen = &listed["items"][0];
    assert_eq!((prices(seen), &seen["price_minor"]), (vec![8_996, 3_605], &json!(12_601)));
    assert_eq!((&seen["discount_minor"], &seen["deposit_minor"]), (&json!(1_399), &json!(4_498)));

    // Somebody else pays the price.
    let hold = spa.hold(wanted.clone(), at(4, "12:00"), "a device").await.expect(201);
    let booked = spa.take_up(&hold, "Ben", "ben@example.com").await.expect(201);
    assert_eq!(
        (prices(&booked["visit"]), &booked["visit"]["discount_minor"]),
        (vec![9_995, 4_005], &json!(0))
    );

    // Staff who book, up to the last day; and the price stays when the visit moves behind it.
    let known = json!({ "id": ann });
    let last = book(&wanted, known.clone(), at(9, "10:00"));
    let last = spa.owner.post("/v1/appointments", &last).await.expect(201);
    assert_eq!(prices(&last), [8_996, 3_605]);
    let after = book(&wanted, known.clone(), at(10, "10:00"));
    let after = spa.owner.post("/v1/appointments", &after).await.expect(201);
    assert_eq!((prices(&after), &after["discount_minor"]), (vec![9_995, 4_005], &json!(0)));
    let path = format!("/v1/appointments/{}/move", last["id"].as_str().unwrap());
    let to = json!({ "version": 1, "start": at(11, "10:00") });
    let moved = spa.owner.post(&path, &to).await.expect(200);
    assert_eq!((prices(&moved), &moved["price_minor"]), (vec![8_996, 3_605], &json!(12_601)));

    // A series over the end of it.
    let series = json!({ "wanted": wanted, "start": at(5, "14:00"), "every": "week", "step": 1,
                         "count": 2, "customer": known });
    let series = spa.owner.post("/v1/series", &series).await.expect(201);
    let visits = series["visits"].as_array().unwrap();
    assert_eq!(prices(&visits[0]), [8_996, 3_605]);
    assert_eq!(prices(&visits[1]), [9_995, 4_005]);

    // Cancelled is over.
    let list = spa.owner.get(&format!("/v1/customers/{ann}/memberships")).await.expect(200);
    for membership in list["items"].as_array().unwrap() {
        let id = membership["id"].as_str().unwrap();
        spa.owner.delete(&format!("/v1/customers/{ann}/memberships/{id}")).await.expect(204);
    }
    let wanted = spa.wanted(&["Wax"], 1, &[]);
    let full = book(&wanted, json!({ "id": ann }), at(5, "10:00"));
    let full = spa.owner.post("/v1/appointments", &full).await.expect(201);
    assert_eq!(full["price_minor"], 4_000);
}

#[tokio::test]
async fn a_package_and_what_goes_with_a_service_are_cheaper_too() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let addon = json!({ "name": "Oil", "duration_minutes": 0, "price_minor": 1_505 });
    let oil = spa.owner.post("/v1/addons", &addon).await.expect(201)["id"].clone();
    let facial = format!("/v1/services/{}", spa.id("Facial"));
    spa.owner.patch(&facial, 1, &json!({ "addon_ids": [oil] })).await.expect(200);
    let package = json!({ "category_id": spa.id("category"), "name": "Smooth", "mode": "sequence",
                          "price_minor": 9_999, "service_ids": [spa.id("Facial"), spa.id("Wax")] });
    let package = spa.owner.post("/v1/packages", &package).await.expect(201)["id"].clone();
    let ann = customer(&spa, "Ann", "ann@example.com").await;
    let plan = club(&spa, 25, &[]).await;
    join(&spa, &ann, &plan, "2026-03-01").await;
    let oiled = json!({ "services": [{ "service": spa.id("Facial"), "addons": [oil] }] });
    let body = book(&oiled, json!({ "id": ann }), at(4, "10:00"));
    let visit = spa.owner.post("/v1/appointments", &body).await.expect(201);
    // 105.05 less a quarter is 78.7875.
    assert_eq!((&visit["price_minor"], &visit["discount_minor"]), (&json!(7_879), &json!(2_626)));
    let body = book(&json!({ "package": package }), json!({ "id": ann }), at(4, "12:00"));
    let visit = spa.owner.post("/v1/appointments", &body).await.expect(201);
    let total: i64 = prices(&visit).iter().sum();
    assert_eq!(visit["price_minor"], total);
    assert!((7_499..=7_500).contains(&total), "{visit}");
    assert_eq!(visit["discount_minor"], 9_999 - total);
}

#[tokio::test]
async fn what_is_for_members_is_said_early_and_only_members_get_it() {
    let app = TestApp::start().await;
    let mut spa = app.spa().await;
    spa.service("Bath", 30, 2_000, &json!({ "needs_room": false, "members_only": true })).await;
    spa.person("Pia", &["Bath"], &[1, 2, 3, 4, 5, 6, 7], None).await;
    let plan = club(&spa, 0, &["Bath"]).await;
    let ann = customer(&spa, "Ann", "ann@example.com").await;
    let ben = customer(&spa, "Ben", "ben@example.com").await;
    join(&spa, &ann, &plan, "2026-02-10").await;
    let other = club(&spa, 0, &[]).await;
    join(&spa, &ben, &other, "2026-02-10").await;

    let slots = async |service: &str| {
        let (slug, id) = (&spa.business.slug, spa.id(service));
        let slots = format!("/v1/public/{slug}/slots?services={id}&from=2026-03-04&to=2026-03-04");
        let start = at(4, "10:00").to_rfc3339().replace('+', "%2B");
        let why = format!("/v1/public/{slug}/slots/why?services={id}&start={start}");
        let slots = spa.guest.get(&slots).await.expect(200)["quote"]["members_only"].clone();
        (slots, spa.guest.get(&why).await.expect(200)["members_only"].clone())
    };
    assert_eq!(slots("Bath").await, (json!(true), json!(true)));
    assert_eq!(slots("Wax").await, (json!(false), json!(false)));
    let page = spa.guest.get(&format!("/v1/public/{}", spa.business.slug)).await.expect(200);
    let shown = page["services"].as_array().unwrap().iter().find(|one| one["name"] == "Bath");
    assert_eq!(shown.unwrap()["members_only"], true);

    let wanted = spa.wanted(&["Bath"], 1, &[]);
    let hold = spa.hold(wanted.clone(), at(4, "10:00"), "a device").await.expect(201);
    assert_eq!(hold["members_only"], true);
    for (name, email) in [("Ben", "ben@example.com"), ("Cy", "cy@example.com")] {
        spa.take_up(&hold, name, email).await.problem(409, "members_only");
    }
    spa.take_up(&hold, "Ann", "ann@example.com").await.expect(201);

    // Staff hear it, too, and may do otherwise if they may do such things.
    let body = |customer: Value, day| book(&wanted, customer, at(day, "12:00"));
    for (whom, day) in [(json!({ "id": ben }), 5), (json!({ "name": "Cy" }), 6), (Value::Null, 7)] {
        let refused = spa.owner.post("/v1/appointments", &body(whom.clone(), day)).await;
        refused.problem(409, "members_only");
        let mut over = body(whom, day);
        over["over"] = json!(true);
        let visit = spa.owner.post("/v1/appointments", &over).await.expect(201);
        assert_eq!(visit["overridden"], true);
    }
    spa.owner.post("/v1/appointments", &body(json!({ "id": ann }), 9)).await.expect(201);
    // What is over on the day of the visit opens nothing.
    let late = spa.owner.post("/v1/appointments", &body(json!({ "id": ann }), 10)).await;
    late.problem(409, "members_only");

    // In a series each visit is looked at.
    let mut series = json!({ "wanted": wanted, "start": at(5, "15:00"), "every": "week", "step": 1,
                             "count": 2, "customer": { "id": ann }, "preview": true });
    let look = spa.owner.post("/v1/series", &series).await.expect(200);
    assert_eq!(look["occurrences"][0]["possible"], true, "{look}");
    assert_eq!(look["occurrences"][1]["reasons"], json!(["members_only"]), "{look}");
    series["preview"] = json!(false);
    spa.owner.post("/v1/series", &series).await.problem(409, "series_conflicts");
    series["skip"] = json!([2]);
    spa.owner.post("/v1/series", &series).await.expect(201);
}
