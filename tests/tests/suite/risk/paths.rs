//! All ways on which customers book.

use openchair_tests::TestApp;
use openchair_tests::cards::Counter;
use openchair_tests::eventually;
use openchair_tests::spa::at;
use serde_json::{Value, json};

use super::{ANN, Guest, booked, deed, desk, risk, rule, waxing};

/// Whoever looked risky books one by one.
#[tokio::test]
async fn a_risky_visit_does_not_come_again_by_itself() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let weekly = json!({ "every": "week", "step": 1, "count": 3 });
    let plain = waxing(&spa, ANN, at(5, "10:00")).await;
    rule(&spa, json!({ "risk_from": 40, "risk_asks": "approval" })).await;
    let series = |visit: &Value| format!("/v1/b/{}/series", visit["link"].as_str().unwrap());
    let made = spa.guest.post(&series(&plain), &weekly).await.expect(201);
    assert_eq!(made["visits"].as_array().unwrap().len(), 2);
    let shady = Guest::new("Cy", "cy@mailinator.com");
    let risky = waxing(&spa, shady, at(5, "11:00")).await;
    let seen = desk(&spa, &risky).await;
    let seen = deed(&spa, &seen, "confirm", json!({})).await;
    // Saying yes changes the link.
    let path = format!("/v1/appointments/{}/link", seen["id"].as_str().unwrap());
    let risky = spa.owner.post_empty(&path).await.expect(200);
    spa.guest.post(&series(&risky), &weekly).await.problem(409, "one_by_one");
    // Those that came again were never weighed.
    let weighed = "select count(*) from appointments where risk_points is not null";
    assert_eq!(app.database.count(weighed).await, 2);
}

/// The share is one of all that they pay.
#[tokio::test]
async fn couples_and_packages() {
    let counter = Counter::open().await;
    let spa = &counter.spa;
    let asks = json!({ "risk_from": 10, "risk_asks": "deposit", "risk_deposit_percent": 50 });
    rule(spa, asks).await;
    let two = spa.wanted(&["Facial"], 2, &[]);
    let visit = booked(spa, two, ANN, at(4, "10:00")).await;
    assert_eq!(visit["visit"]["price_minor"], 18_000);
    assert_eq!(visit["visit"]["deposit_minor"], 9_000);
    assert_eq!(risk(spa, &visit).await, "10: first_visit");
    let parts = [spa.id("Wax"), spa.id("Massage")];
    let body = json!({ "category_id": spa.id("category"), "name": "Half a day", "mode": "sequence",
                       "price_minor": 12_001, "service_ids": parts });
    let package = spa.owner.post("/v1/packages", &body).await.expect(201)["id"].clone();
    let wanted = json!({ "package": package, "party": 1 });
    let visit = booked(spa, wanted, Guest::new("Bob", "bob@example.com"), at(5, "14:00")).await;
    assert_eq!(visit["visit"]["status"], "pending_payment");
    assert_eq!(visit["visit"]["deposit_minor"], 6_001);
}

/// Who waited is weighed like anybody, and asked the same.
#[tokio::test]
async fn offers_to_who_waits() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    rule(&spa, json!({ "risk_from": 10, "risk_asks": "approval" })).await;
    let facial = || spa.wanted(&["Facial"], 1, &["Fay"]);
    let mut visits = Vec::new();
    for hour in 9..19 {
        let start = at(4, &format!("{hour:02}:00"));
        visits.push(spa.book(facial(), start).await.expect(201));
    }
    let body = json!({ "wanted": facial(), "first_day": "2026-03-04", "last_day": "2026-03-04",
                       "name": "Ada", "email": "ada@example.com", "phone": "+49 30 901820" });
    let path = format!("/v1/public/{}/waitlist", spa.business.slug);
    let token = spa.guest.post(&path, &body).await.expect(201)["token"].clone();
    deed(&spa, &visits[3], "cancel", json!({})).await;
    let waiting = format!("/v1/w/{}", token.as_str().unwrap());
    eventually("time is offered", async || {
        (spa.guest.get(&waiting).await.expect(200)["state"] == "offered").then_some(())
    })
    .await;
    let mail = app.mail("ada@example.com", "").await;
    let (_, offer) = mail["text"].as_str().unwrap().split_once("/o/").unwrap();
    let offer: String =
        offer.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
    let accepted = spa.guest.post(&format!("/v1/o/{offer}/accept"), &json!({})).await.expect(201);
    assert_eq!(accepted["visit"]["status"], "pending_approval");
    assert!(!accepted.to_string().contains("risk"), "{accepted}");
    assert_eq!(risk(&spa, &accepted).await, "20: first_visit, foreign_phone");
    let seen = desk(&spa, &accepted).await;
    assert_eq!(deed(&spa, &seen, "confirm", json!({})).await["status"], "confirmed");
}

/// Moving keeps what it was, and asks nothing anew.
#[tokio::test]
async fn moving_keeps_it() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let visit = waxing(&spa, ANN, at(5, "10:00")).await;
    rule(&spa, json!({ "risk_from": 1, "risk_asks": "approval" })).await;
    let own = format!("/v1/b/{}", visit["link"].as_str().unwrap());
    let to = json!({ "start": at(6, "10:00") });
    let moved = spa.guest.post(&format!("{own}/move"), &to).await.expect(200);
    assert_eq!(moved["visit"]["status"], "confirmed");
    assert_eq!(risk(&spa, &moved).await, "10: first_visit");
}
