//! Passes: kinds, sold, used, put back, over, given back.

use openchair_tests::cards::balance;
use openchair_tests::spa::{Spa, at};
use openchair_tests::{Answer, TestApp};
use serde_json::{Value, json};

use super::{give_back, id};

/// Three facials or massages for 200.01.
async fn kind(spa: &Spa) -> Value {
    let body = json!({ "name": "Three rites", "uses": 3, "price_minor": 20_001, "valid_days": 30,
                       "service_ids": [spa.id("Facial"), spa.id("Massage")] });
    spa.owner.post("/v1/pass-kinds", &body).await.expect(201)
}

async fn sell(spa: &Spa, kind: &Value, customer: &Value) -> Answer {
    let body = json!({ "kind": kind["id"], "customer": customer, "location": spa.location,
                       "way": "cash" });
    spa.owner.post("/v1/passes", &body).await
}

async fn book(spa: &Spa, what: &[&str], day: u32) -> Value {
    spa.book(spa.wanted(what, 1, &["Eve"]), at(day, "10:00")).await.expect(201)
}

async fn use_of(spa: &Spa, visit: &Value, pass: &Value, line: i64) -> Answer {
    let body = json!({ "pass": pass["id"], "line": line });
    spa.owner.post(&format!("/v1/appointments/{}/pass", id(visit)), &body).await
}

async fn stands(spa: &Spa, pass: &Value) -> (String, i64, i64) {
    let found = spa.owner.get(&format!("/v1/passes/{}", id(pass))).await.expect(200);
    let number = |key: &str| found[key].as_i64().unwrap();
    (found["state"].as_str().unwrap().to_owned(), number("uses_left"), number("left_minor"))
}

/// The customer of a visit.
fn whose(visit: &Value) -> &Value {
    &visit["customer"]["id"]
}

#[tokio::test]
async fn a_pass_pays_for_lines_until_it_is_used_up() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let first = book(&spa, &["Facial", "Wax"], 4).await;
    let second = book(&spa, &["Facial", "Massage"], 5).await;
    let pass = sell(&spa, &kind(&spa).await, whose(&first)).await.expect(201);
    assert_eq!((&pass["last_day"], &pass["left_minor"]), (&json!("2026-04-01"), &json!(20_001)));
    assert_eq!((balance(&app, "cash").await, balance(&app, "passes").await), (20_001, -20_001));
    let usable = format!("/v1/appointments/{}/passes", id(&first));
    let usable = async || spa.owner.get(&usable).await.expect(200)["items"].clone();
    assert_eq!(usable().await, json!([{ "pass": pass, "lines": [0] }]));
    let paid = use_of(&spa, &first, &pass, 0).await.expect(201);
    assert_eq!(
        (&paid["way"], &paid["amount_minor"], &paid["pass"]),
        (&json!("pass"), &json!(9_000), &pass["id"])
    );
    assert_eq!(usable().await, json!([]));
    use_of(&spa, &first, &pass, 0).await.problem(409, "line_paid");
    use_of(&spa, &first, &pass, 1).await.problem(409, "not_covered");
    use_of(&spa, &first, &pass, 7).await.problem(409, "not_covered");
    use_of(&spa, &second, &pass, 0).await.expect(201);
    use_of(&spa, &second, &pass, 1).await.expect(201);
    assert_eq!(stands(&spa, &pass).await, ("used".to_owned(), 0, 0));
    let third = book(&spa, &["Facial"], 6).await;
    use_of(&spa, &third, &pass, 0).await.problem(409, "pass_not_good");
    // All that was owed is used; what it would have cost more is a discount.
    for (account, sum) in
        [("passes", 0), ("customers", -28_000), ("discounts", 28_000 - 20_001), ("cash", 20_001)]
    {
        assert_eq!(balance(&app, account).await, sum, "{account}");
    }
    let till = format!("/v1/till?location={}&date=2026-03-02", spa.location);
    assert_eq!(spa.owner.get(&till).await.expect(200)["total_minor"], 20_001);
}

#[tokio::test]
async fn uses_go_back_whole_and_the_rest_is_given_back() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let visit = book(&spa, &["Facial"], 4).await;
    let pass = sell(&spa, &kind(&spa).await, whose(&visit)).await.expect(201);
    let paid = use_of(&spa, &visit, &pass, 0).await.expect(201);
    assert_eq!(stands(&spa, &pass).await, ("active".to_owned(), 2, 13_334));
    give_back(&spa, &paid, 100).await.problem(409, "whole_use_only");
    give_back(&spa, &paid, 9_000).await.expect(201);
    assert_eq!(stands(&spa, &pass).await, ("active".to_owned(), 3, 20_001));
    assert_eq!((balance(&app, "customers").await, balance(&app, "discounts").await), (0, 0));
    use_of(&spa, &visit, &pass, 0).await.expect(201);
    // Called off without a fee: it goes back by itself.
    let path = format!("/v1/appointments/{}", id(&visit));
    let version = spa.owner.get(&path).await.expect(200)["version"].clone();
    let body = json!({ "version": version, "with_fee": false });
    spa.owner.post(&format!("{path}/cancel"), &body).await.expect(200);
    assert_eq!(stands(&spa, &pass).await, ("active".to_owned(), 3, 20_001));
    let other = book(&spa, &["Facial"], 5).await;
    use_of(&spa, &other, &pass, 0).await.expect(201);
    let refund = format!("/v1/passes/{}/refund", id(&pass));
    let back = spa.owner.post(&refund, &json!({ "reason": "" })).await.expect(201);
    assert_eq!((&back["state"], &back["left_minor"]), (&json!("refunded"), &json!(0)));
    spa.owner.post(&refund, &json!({ "reason": "" })).await.problem(409, "nothing_left");
    assert_eq!((balance(&app, "cash").await, balance(&app, "passes").await), (6_667, 0));
}

/// A pass is its owner's, and of many who use its last use at once one does.
#[tokio::test]
async fn a_use_is_used_once_and_by_its_owner() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let ben = json!(app.customer(&spa.business, "Ben").await);
    let mut visits = Vec::new();
    for day in 4..10 {
        visits.push(book(&spa, &["Facial"], day).await);
    }
    let kind = kind(&spa).await;
    let theirs = sell(&spa, &kind, &ben).await.expect(201);
    use_of(&spa, &visits[0], &theirs, 0).await.problem(409, "pass_not_good");
    let none = json!({ "id": "pas_00000000000000000000000001" });
    use_of(&spa, &visits[0], &none, 0).await.problem(409, "pass_not_good");
    let pass = sell(&spa, &kind, whose(&visits[0])).await.expect(201);
    let all = visits.iter().map(|visit| use_of(&spa, visit, &pass, 0));
    let all = futures_util::future::join_all(all).await;
    let paid = all.iter().filter(|answer| answer.status == 201).count();
    assert_eq!((paid, stands(&spa, &pass).await.1), (3, 0), "{all:?}");
    let same = futures_util::future::join_all((0..3).map(|_| async {
        give_back(&spa, &all.iter().find(|a| a.status == 201).unwrap().json(), 9_000).await.status
    }));
    assert_eq!(same.await.into_iter().filter(|status| *status == 201).count(), 1);
    assert_eq!(stands(&spa, &pass).await.1, 1);
}

#[tokio::test]
async fn passes_that_are_over_are_written_off() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let visit = book(&spa, &["Facial"], 4).await;
    let pass = sell(&spa, &kind(&spa).await, whose(&visit)).await.expect(201);
    use_of(&spa, &visit, &pass, 0).await.expect(201);
    app.database.run("update passes set expires_at = '2026-03-02T09:00:00Z'").await;
    assert_eq!(stands(&spa, &pass).await, ("expired".to_owned(), 0, 0));
    openchair_domain::sold::expire_everywhere(&app.app().db).await.unwrap();
    assert_eq!((balance(&app, "passes").await, balance(&app, "expired").await), (0, -13_334));
    // A kind that was sold is put away; what nobody bought goes.
    let (sold, unsold) = (pass["kind"].clone(), kind(&spa).await);
    for (kind, outcome) in [(sold, "archived"), (unsold["id"].clone(), "deleted")] {
        let path = format!("/v1/pass-kinds/{}", kind.as_str().unwrap());
        assert_eq!(spa.owner.delete(&path).await.expect(200)["outcome"], outcome);
    }
    let gone = sell(&spa, &json!({ "id": pass["kind"] }), whose(&visit)).await;
    assert_eq!(gone.faults()[0].0, "/kind");
}

#[tokio::test]
async fn kinds_that_cannot_be_meant_are_refused() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let good = json!({ "name": "P", "uses": 1, "price_minor": 1, "valid_days": 1,
                       "service_ids": [spa.id("Wax")] });
    for (key, value) in [
        ("name", json!("")),
        ("uses", json!(0)),
        ("uses", json!(101)),
        ("price_minor", json!(0)),
        ("price_minor", json!(-1)),
        ("price_minor", json!(i64::MAX)),
        ("valid_days", json!(0)),
        ("valid_days", json!(3_651)),
        ("service_ids", json!([])),
        ("service_ids", json!(["svc_00000000000000000000000001"])),
    ] {
        let mut body = good.clone();
        body[key] = value.clone();
        let refused = spa.owner.post("/v1/pass-kinds", &body).await;
        assert!(refused.faults()[0].0.starts_with(&format!("/{key}")), "{key}: {refused}");
    }
    let made = spa.owner.post("/v1/pass-kinds", &good).await.expect(201);
    let path = format!("/v1/pass-kinds/{}", id(&made));
    spa.owner.patch(&path, 7, &json!({ "uses": 2 })).await.problem(412, "version_conflict");
    assert_eq!(spa.owner.patch(&path, 1, &json!({ "uses": 2 })).await.expect(200)["uses"], 2);
}
