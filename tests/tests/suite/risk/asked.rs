//! What is asked of who looks risky, and of nobody else.

use openchair_stripe_stand_in::Outcome;
use openchair_tests::TestApp;
use openchair_tests::cards::{Counter, GOOD};
use openchair_tests::payfast::RandCounter;
use openchair_tests::spa::{Spa, at};
use serde_json::{Value, json};

use super::{ANN, Guest, booked, deed, desk, risk, rule, take, waxing};

/// A rule that newcomers meet, and one that they don't.
fn approval(from: i64) -> Value {
    json!({ "risk_from": from, "risk_asks": "approval" })
}

fn deposit(from: i64, percent: i64) -> Value {
    json!({ "risk_from": from, "risk_asks": "deposit", "risk_deposit_percent": percent })
}

async fn of_service(spa: &Spa, service: &str, policy: Value) {
    let path = format!("/v1/services/{}", spa.id(service));
    let version = spa.owner.get(&path).await.version();
    let change = json!({ "policy": policy });
    let changed = spa.owner.patch(&path, version, &change).await.expect(200);
    for (name, value) in policy.as_object().unwrap() {
        assert_eq!(&changed["policy"][name], value, "{changed}");
    }
}

/// How a visit stands, and what is asked for it before.
#[track_caller]
fn stands(visit: &Value, status: &str, deposit_minor: i64) {
    let view = &visit["visit"];
    assert_eq!(
        (&view["status"], &view["deposit_minor"]),
        (&json!(status), &json!(deposit_minor)),
        "{visit}"
    );
}

#[tokio::test]
async fn from_the_threshold_on_staff_say_yes() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    rule(&spa, approval(11)).await;
    let below = waxing(&spa, ANN, at(5, "10:00")).await;
    assert_eq!(below["visit"]["status"], "confirmed");
    assert_eq!(risk(&spa, &below).await, "10: first_visit");
    rule(&spa, approval(10)).await;
    let bob = Guest::new("Bob", "bob@example.com");
    let met = waxing(&spa, bob, at(5, "11:00")).await;
    stands(&met, "pending_approval", 0);
    app.mail("bob@example.com", "").await;
    let seen = desk(&spa, &met).await;
    assert_eq!(deed(&spa, &seen, "confirm", json!({})).await["status"], "confirmed");
    // Staff may say no as well, and book whom they like.
    let cy = Guest::new("Cy", "cy@example.com");
    let seen = desk(&spa, &waxing(&spa, cy, at(5, "12:00")).await).await;
    assert_eq!(deed(&spa, &seen, "decline", json!({})).await["status"], "cancelled");
    let staff = super::at_the_desk(&spa, at(5, "13:00")).await;
    assert_eq!(staff["status"], "confirmed");
}

#[tokio::test]
async fn from_the_threshold_on_a_deposit_is_paid() {
    let counter = Counter::open().await;
    let spa = &counter.spa;
    rule(spa, deposit(10, 40)).await;
    let visit = waxing(spa, ANN, at(5, "10:00")).await;
    stands(&visit, "pending_payment", 1_600);
    let owed = counter.owed(&visit).await;
    assert_eq!((&owed["state"], &owed["amount_minor"]), (&json!("due"), &json!(1_600)));
    let page = counter.page(&visit).await;
    assert_eq!(counter.stripe.pay(&page, GOOD), Outcome::Paid);
    assert_eq!(counter.back(&visit).await["state"], "paid");
    assert_eq!(counter.status(&visit).await, "confirmed");
    assert_eq!(counter.charges(), [(1_600, 0)]);
    assert_eq!(risk(spa, &visit).await, "10: first_visit");
}

/// A facial wants 30 of its 90 before: a smaller share changes nothing, a larger one does.
#[tokio::test]
async fn it_never_asks_less_than_the_service() {
    let counter = Counter::open().await;
    let spa = &counter.spa;
    let facial = || spa.wanted(&["Facial"], 1, &["Eve"]);
    for (hour, percent, expected) in [("10:00", 20, 3_000), ("12:00", 50, 4_500)] {
        rule(spa, deposit(10, percent)).await;
        let email = format!("{percent}@example.com");
        let visit = booked(spa, facial(), Guest::new("Ann", &email), at(5, hour)).await;
        stands(&visit, "pending_payment", expected);
    }
    // Who isn't risky pays what the service wants.
    rule(spa, deposit(60, 100)).await;
    let visit = booked(spa, facial(), ANN, at(5, "14:00")).await;
    assert_eq!(visit["visit"]["deposit_minor"], 3_000);
    // Where staff approve all, they still do; what is due is due when they have.
    rule(spa, json!({ "risk_from": 10, "needs_approval": true })).await;
    let bob = Guest::new("Bob", "bob@example.com");
    let visit = booked(spa, facial(), bob, at(5, "16:00")).await;
    stands(&visit, "pending_approval", 9_000);
    let seen = desk(spa, &visit).await;
    assert_eq!(deed(spa, &seen, "confirm", json!({})).await["status"], "pending_payment");
}

/// Without an account that takes money, or anything to pay, staff decide.
#[tokio::test]
async fn where_no_deposit_can_be_taken_staff_decide() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    rule(&spa, deposit(10, 40)).await;
    let visit = waxing(&spa, ANN, at(5, "10:00")).await;
    stands(&visit, "pending_approval", 0);
    let seen = desk(&spa, &visit).await;
    assert_eq!(deed(&spa, &seen, "confirm", json!({})).await["status"], "confirmed");

    let counter = Counter::open().await;
    rule(&counter.spa, deposit(10, 40)).await;
    let path = format!("/v1/services/{}", counter.spa.id("Wax"));
    let version = counter.spa.owner.get(&path).await.version();
    counter.spa.owner.patch(&path, version, &json!({ "price_minor": 0 })).await.expect(200);
    let visit = waxing(&counter.spa, ANN, at(5, "10:00")).await;
    assert_eq!(visit["visit"]["status"], "pending_approval");
}

/// Money is taken there, though no card can be kept.
#[tokio::test]
async fn a_deposit_is_asked_where_it_is_taken_in_rand() {
    let counter = RandCounter::open().await;
    let spa = &counter.spa;
    rule(spa, deposit(10, 40)).await;
    let visit = waxing(spa, ANN, at(5, "10:00")).await;
    stands(&visit, "pending_payment", 1_600);
    counter.paid(&visit).await;
    counter.until(&visit, "confirmed").await;
}

#[tokio::test]
async fn services_have_rules_of_their_own() {
    let counter = Counter::open().await;
    let spa = &counter.spa;
    let wax = || spa.wanted(&["Wax"], 1, &["Eve"]);
    let massage = || spa.wanted(&["Massage"], 1, &["Eve"]);
    let both = || spa.wanted(&["Wax", "Massage"], 1, &["Eve"]);
    let new = async |wanted: Value, hour: &str| {
        let email = format!("at{}@example.com", &hour[..2]);
        let visit = booked(spa, wanted, Guest::new("New", &email), at(5, hour)).await;
        (visit["visit"]["status"].clone(), visit["visit"]["deposit_minor"].clone())
    };
    // One has a rule, the business none.
    of_service(spa, "Wax", deposit(10, 50)).await;
    assert_eq!(new(wax(), "09:00").await, (json!("pending_payment"), json!(2_000)));
    assert_eq!(new(massage(), "10:00").await, (json!("confirmed"), json!(0)));
    // Together the stricter holds, for all of it.
    assert_eq!(new(both(), "11:00").await, (json!("pending_payment"), json!(7_000)));
    // What the business has is had where a service says nothing, part by part.
    rule(spa, approval(10)).await;
    of_service(spa, "Wax", json!({ "risk_asks": "deposit", "risk_deposit_percent": 25 })).await;
    assert_eq!(new(wax(), "13:00").await, (json!("pending_payment"), json!(1_000)));
    assert_eq!(new(massage(), "14:00").await, (json!("pending_approval"), json!(0)));
    assert_eq!(new(both(), "15:00").await, (json!("pending_approval"), json!(3_500)));
    // And from nought on a service has none.
    of_service(spa, "Wax", json!({ "risk_from": 0 })).await;
    assert_eq!(new(wax(), "17:00").await, (json!("confirmed"), json!(0)));
}

#[tokio::test]
async fn which_rules_can_be_meant() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let path = "/v1/booking-policy";
    let begun = spa.owner.get(path).await.expect(200);
    assert_eq!(
        (&begun["risk_from"], &begun["risk_asks"], &begun["risk_deposit_percent"]),
        (&Value::Null, &json!("approval"), &json!(50))
    );
    rule(&spa, deposit(60, 30)).await;
    rule(&spa, json!({ "horizon_days": 30 })).await;
    let seen = spa.owner.get(path).await;
    assert_eq!(seen.expect(200)["risk_from"], 60, "what is left out stays");
    for (change, field, code) in [
        (json!({ "risk_from": 0 }), "/risk_from", "too_small"),
        (json!({ "risk_from": 101 }), "/risk_from", "too_large"),
        (json!({ "risk_asks": "refusal" }), "/risk_asks", "choice"),
        (json!({ "risk_deposit_percent": 0 }), "/risk_deposit_percent", "too_small"),
        (json!({ "risk_deposit_percent": 101 }), "/risk_deposit_percent", "too_large"),
    ] {
        let faults = spa.owner.patch(path, seen.version(), &change).await.faults();
        assert_eq!(faults, [(field.to_owned(), code.to_owned())], "{change}");
        let service = format!("/v1/services/{}", spa.id("Wax"));
        if change["risk_from"] != 0 {
            let own = json!({ "policy": change });
            let faults = spa.owner.patch(&service, 1, &own).await.faults();
            assert_eq!(faults, [(format!("/policy{field}"), code.to_owned())], "{change}");
        }
    }
    let looked = spa.owner.post("/v1/booking-policy/impact", &deposit(1, 100)).await.expect(200);
    assert_eq!(looked["items"], json!([]), "{looked}");
    rule(&spa, json!({ "risk_from": null })).await;
    assert_eq!(spa.owner.get(path).await.expect(200)["risk_from"], Value::Null);
    let log = spa.owner.get("/v1/audit?action=policy.updated").await.expect(200).to_string();
    assert!(log.contains("risk_from"), "{log}");
}

/// What was said while the time was kept holds.
#[tokio::test]
async fn the_rule_is_that_of_the_hold() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let hold = async |hour: &str| {
        spa.hold(spa.wanted(&["Wax"], 1, &["Eve"]), at(5, hour), &format!("visitor {hour}"))
            .await
            .expect(201)
    };
    let without = hold("10:00").await;
    rule(&spa, approval(10)).await;
    let with = hold("11:00").await;
    rule(&spa, json!({ "risk_from": null })).await;
    let bob = Guest::new("Bob", "bob@example.com");
    let first = take(&spa, &without, ANN).await.expect(201);
    assert_eq!(first["visit"]["status"], "confirmed");
    let second = take(&spa, &with, bob).await.expect(201);
    assert_eq!(second["visit"]["status"], "pending_approval");
}

/// The customer is told what is asked, and never why.
#[tokio::test]
async fn its_customer_is_never_told() {
    let counter = Counter::open().await;
    let spa = &counter.spa;
    rule(spa, deposit(10, 40)).await;
    let shady = Guest::new("Cy", "cy@mailinator.com").called("+49 30 901820");
    let wanted = spa.wanted(&["Wax"], 1, &["Eve"]);
    let hold = spa.hold(wanted, at(5, "10:00"), "visitor cy").await.expect(201);
    let visit = take(spa, &hold, shady).await.expect(201);
    assert_eq!(risk(spa, &visit).await, "50: throwaway_mail, first_visit, foreign_phone");
    let own = format!("/v1/b/{}", visit["link"].as_str().unwrap());
    let shop = format!("/v1/public/{}", spa.business.slug);
    let mut told = vec![hold, visit.clone(), counter.app.mail("cy@mailinator.com", "").await];
    for path in [own.clone(), format!("{own}/payment"), format!("{own}/again"), shop] {
        told.push(spa.guest.get(&path).await.expect(200));
    }
    told.push(spa.guest.get(&format!("{own}/forms")).await.expect(200));
    for said in told {
        let said = said.to_string();
        for word in ["risk", "throwaway", "first_visit", "foreign", "points"] {
            assert!(!said.contains(word), "{word} in {said}");
        }
    }
}
