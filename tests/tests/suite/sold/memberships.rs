//! Memberships: sold, renewed, cancelled with or without something back.

use chrono::Duration;
use openchair_tests::cards::balance;
use openchair_tests::spa::{Spa, at};
use openchair_tests::{Answer, Browser, TestApp};
use serde_json::{Value, json};

use super::{give_back, id};

/// A club that makes visits a tenth cheaper.
async fn club(spa: &Spa, price: i64, period: &str) -> Value {
    let plan = json!({ "category_id": spa.id("category"), "name": "Club", "period": period,
                       "price_minor": price, "discount_percent": 10 });
    spa.owner.post("/v1/membership-plans", &plan).await.expect(201)
}

fn wanted(spa: &Spa, plan: &Value, customer: &Value, more: Value) -> Value {
    let mut body = json!({ "customer": customer, "plan": plan["id"], "location": spa.location,
                           "way": "cash" });
    for (key, value) in more.as_object().into_iter().flatten() {
        body[key] = value.clone();
    }
    body
}

async fn sell(spa: &Spa, plan: &Value, customer: &Value, more: Value) -> Answer {
    spa.owner.post("/v1/memberships", &wanted(spa, plan, customer, more)).await
}

async fn renew(spa: &Spa, owner: &Browser, membership: &Value) -> Answer {
    let path = format!("/v1/memberships/{}/renewal", id(membership));
    owner.post(&path, &json!({ "location": spa.location, "way": "terminal" })).await
}

async fn cancel(spa: &Spa, membership: &Value, refund: i64) -> Answer {
    let path = format!("/v1/memberships/{}/cancellation", id(membership));
    spa.owner.post(&path, &json!({ "refund_minor": refund, "reason": "They moved away." })).await
}

fn days(membership: &Value) -> (&str, &str) {
    (membership["starts_on"].as_str().unwrap(), membership["ends_on"].as_str().unwrap())
}

/// What a facial costs somebody on a day of March.
async fn price(spa: &Spa, customer: &Value, day: u32) -> Value {
    let body = json!({ "wanted": spa.wanted(&["Facial"], 1, &["Eve"]), "start": at(day, "10:00"),
                       "customer": { "id": customer } });
    spa.owner.post("/v1/appointments", &body).await.expect(201)["price_minor"].clone()
}

#[tokio::test]
async fn a_membership_that_is_sold_makes_a_member() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let ana = json!(app.customer(&spa.business, "Ana").await);
    let ben = json!(app.customer(&spa.business, "Ben").await);
    let plan = club(&spa, 4_900, "month").await;
    assert_eq!(price(&spa, &ana, 3).await, 9_000);
    let sold = sell(&spa, &plan, &ana, json!({ "note": "By hand" })).await.expect(201);
    assert_eq!(days(&sold), ("2026-03-02", "2026-04-02"));
    let path = format!("/v1/customers/{}", ana.as_str().unwrap());
    let name = spa.owner.get(&path).await.expect(200)["name"].clone();
    assert_eq!(
        (&sold["customer"], &sold["customer_name"], &sold["plan_name"]),
        (&ana, &name, &json!("Club"))
    );
    assert_eq!(
        (&sold["price_minor"], &sold["refunded_minor"], &sold["currency"], &sold["cancelled_at"]),
        (&json!(4_900), &json!(0), &json!("USD"), &Value::Null)
    );
    // It does what one that was given does.
    assert_eq!(
        (price(&spa, &ana, 4).await, price(&spa, &ben, 5).await),
        (json!(8_100), json!(9_000))
    );
    let path = format!("/v1/customers/{}/memberships", ana.as_str().unwrap());
    assert_eq!(spa.owner.get(&path).await.expect(200)["items"][0]["id"], sold["id"]);
    app.clock.advance(Duration::minutes(1));
    let given = json!({ "plan_id": plan["id"] });
    let path = format!("/v1/customers/{}/memberships", ben.as_str().unwrap());
    spa.owner.post(&path, &given).await.expect(201);
    let listed = spa.owner.get("/v1/memberships").await.expect(200);
    let (given, first) = (&listed["items"][0], &listed["items"][1]);
    assert_eq!((&given["sale"], &given["price_minor"], first), (&Value::Null, &json!(0), &sold));
    let path = format!("/v1/memberships?customer={}", ana.as_str().unwrap());
    assert_eq!(spa.owner.get(&path).await.expect(200)["items"], json!([sold]));
    // It is in the book and in the till, and is paid for like anything else.
    assert_eq!((balance(&app, "cash").await, balance(&app, "memberships").await), (4_900, -4_900));
    let paid = spa.owner.get("/v1/payments").await.expect(200)["items"][0].clone();
    assert_eq!(
        (&paid["title"], &paid["note"], &paid["sale"]),
        (&json!("Club"), &json!("By hand"), &json!({ "id": sold["sale"], "what": "membership" }))
    );
    give_back(&spa, &paid, 100).await.problem(409, "sold_ahead");
    let till = format!("/v1/till?location={}&date=2026-03-02", spa.location);
    let till = spa.owner.get(&till).await.expect(200);
    assert_eq!(
        (&till["total_minor"], &till["cash_expected_minor"]),
        (&json!(4_900), &json!(4_900))
    );
    let file = format!("/v1/till/export?location={}&from=2026-03-02&to=2026-03-02", spa.location);
    assert!(spa.owner.get(&file).await.text().lines().any(|line| line.ends_with(",membership")));
    let noted = spa.owner.get("/v1/audit?action=membership.sold").await.expect(200);
    assert_eq!(noted["items"].as_array().unwrap().len(), 1);
    // The same key is the same membership.
    let body = wanted(&spa, &plan, &ben, json!({}));
    let once = async || {
        spa.owner.post("/v1/memberships", &body).header("idempotency-key", "once").await.expect(201)
    };
    assert_eq!(once().await, once().await);
    assert_eq!(app.database.count("select count(*) from sales").await, 2);
}

#[tokio::test]
async fn a_membership_is_renewed_from_its_end_once() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let ana = json!(app.customer(&spa.business, "Ana").await);
    let plan = club(&spa, 4_900, "month").await;
    // From the last day of a month.
    let sold = sell(&spa, &plan, &ana, json!({ "starts_on": "2026-01-31" })).await.expect(201);
    assert_eq!(days(&sold), ("2026-01-31", "2026-02-28"));
    // It is over: what comes next begins today. Of all who renew it at once one does.
    let all = (0..4).map(|_| renew(&spa, &spa.owner, &sold));
    let all = futures_util::future::join_all(all).await;
    let (made, refused): (Vec<_>, Vec<_>) = all.iter().partition(|answer| answer.status == 201);
    assert_eq!((made.len(), refused.len()), (1, 3), "{all:?}");
    for answer in refused {
        answer.problem(409, "renewed_already");
    }
    let second = made[0].json();
    assert_eq!(days(&second), ("2026-03-02", "2026-04-02"));
    // It isn't over: what comes next begins behind it, at what the plan costs by then.
    let path = format!("/v1/membership-plans/{}", id(&plan));
    spa.owner.patch(&path, 1, &json!({ "price_minor": 5_900 })).await.expect(200);
    let third = renew(&spa, &spa.owner, &second).await.expect(201);
    assert_eq!(
        (days(&third), &third["price_minor"]),
        (("2026-04-02", "2026-05-02"), &json!(5_900))
    );
    renew(&spa, &spa.owner, &second).await.problem(409, "renewed_already");
    assert_eq!((balance(&app, "cash").await, balance(&app, "terminal").await), (4_900, 10_800));
    // What was cancelled stands in nobody's way; what isn't on sale any more isn't renewed.
    cancel(&spa, &third, 0).await.expect(200);
    let fourth = renew(&spa, &spa.owner, &second).await.expect(201);
    assert_eq!(days(&fourth), ("2026-04-02", "2026-05-02"));
    assert_eq!(spa.owner.delete(&path).await.expect(200)["outcome"], "archived");
    renew(&spa, &spa.owner, &fourth).await.problem(409, "plan_archived");
    let refused = sell(&spa, &plan, &ana, json!({})).await;
    assert_eq!(refused.faults(), [("/plan".to_owned(), "unknown_plan".to_owned())]);
    // Long after it was over, it begins on the day on which it is renewed.
    let path = format!("{path}/restore");
    spa.owner.post_empty(&path).await.expect(200);
    app.clock.advance(Duration::days(90));
    let owner = app.sign_in(&spa.business.owner).await.in_tenant(&spa.business);
    assert_eq!(days(&renew(&spa, &owner, &fourth).await.expect(201)).0, "2026-05-31");
    let noted = owner.get("/v1/audit?action=membership.renewed").await.expect(200);
    assert_eq!(noted["items"].as_array().unwrap().len(), 4);
}

#[tokio::test]
async fn a_membership_is_cancelled_at_once_with_what_goes_back() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let ana = json!(app.customer(&spa.business, "Ana").await);
    let plan = club(&spa, 4_900, "year").await;
    let sold = sell(&spa, &plan, &ana, json!({})).await.expect(201);
    assert_eq!(days(&sold), ("2026-03-02", "2027-03-02"));
    assert_eq!(price(&spa, &ana, 4).await, 8_100);
    cancel(&spa, &sold, 4_901).await.problem(409, "more_than_paid");
    assert_eq!(cancel(&spa, &sold, -1).await.faults()[0].0, "/refund_minor");
    let given = format!("/v1/customers/{}/memberships/{}", ana.as_str().unwrap(), id(&sold));
    spa.owner.delete(&given).await.problem(409, "membership_sold");
    // Refused is refused whole: they are a member still. Of all who cancel it at once one does.
    assert_eq!(price(&spa, &ana, 5).await, 8_100);
    let all = futures_util::future::join_all((0..4).map(|_| cancel(&spa, &sold, 2_000))).await;
    let (done, refused): (Vec<_>, Vec<_>) = all.iter().partition(|answer| answer.status == 200);
    assert_eq!((done.len(), refused.len()), (1, 3), "{all:?}");
    for answer in refused {
        answer.problem(409, "cancelled_already");
    }
    let ended = done[0].json();
    assert_eq!((&ended["refunded_minor"], &ended["price_minor"]), (&json!(2_000), &json!(4_900)));
    assert!(ended["cancelled_at"].is_string(), "{ended}");
    assert_eq!(price(&spa, &ana, 6).await, 9_000);
    assert_eq!((balance(&app, "cash").await, balance(&app, "memberships").await), (2_900, -2_900));
    let till = format!("/v1/till?location={}&date=2026-03-02", spa.location);
    assert_eq!(spa.owner.get(&till).await.expect(200)["total_minor"], 2_900);
    let noted = spa.owner.get("/v1/audit?action=membership.cancelled").await.expect(200);
    assert_eq!(noted["items"].as_array().unwrap().len(), 1);
    // Of what was given nothing goes back.
    let path = format!("/v1/customers/{}/memberships", ana.as_str().unwrap());
    let given = spa.owner.post(&path, &json!({ "plan_id": plan["id"] })).await.expect(201);
    cancel(&spa, &given, 1).await.problem(409, "more_than_paid");
    cancel(&spa, &given, 0).await.expect(200);
    // What costs nothing is sold without a payment.
    let free = club(&spa, 0, "month").await;
    let sold = sell(&spa, &free, &ana, json!({})).await.expect(201);
    assert!(sold["sale"].is_string(), "{sold}");
    cancel(&spa, &sold, 1).await.problem(409, "more_than_paid");
    assert_eq!(cancel(&spa, &sold, 0).await.expect(200)["refunded_minor"], 0);
    assert_eq!(app.database.count("select count(*) from payments").await, 1);
}

#[tokio::test]
async fn memberships_that_cannot_be_meant_are_refused() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let other = app.business("Other").await;
    let ana = json!(app.customer(&spa.business, "Ana").await);
    let plan = club(&spa, 4_900, "month").await;
    let theirs = json!(app.membership_plan(&other).await);
    for (more, field) in [
        (json!({ "way": "card" }), "/way"),
        (json!({ "way": "pass" }), "/way"),
        (json!({ "plan": theirs }), "/plan"),
        (json!({ "plan": "pln_00000000000000000000000001" }), "/plan"),
        (json!({ "customer": "cus_00000000000000000000000001" }), "/customer"),
        (json!({ "location": "loc_00000000000000000000000001" }), "/location"),
        (json!({ "starts_on": "2036-03-10" }), "/starts_on"),
        (json!({ "starts_on": "2016-02-10" }), "/starts_on"),
        (json!({ "starts_on": "2026-02-30" }), "/starts_on"),
    ] {
        let refused = sell(&spa, &plan, &ana, more.clone()).await;
        let fields: Vec<_> = refused.faults().into_iter().map(|(field, _)| field).collect();
        assert!(fields.iter().any(|found| found == field), "{more}: {}", refused.text());
    }
    assert_eq!(app.database.count("select count(*) from sales").await, 0);
    assert_eq!(app.database.count("select count(*) from customer_memberships").await, 0);
}
