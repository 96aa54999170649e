//! The till: what a day brought, and how it is closed.

use openchair_tests::spa::{Spa, at};
use openchair_tests::{Answer, TestApp};
use serde_json::{Value, json};

async fn pay(spa: &Spa, way: &str, amount: i64, tip: i64) -> Value {
    let listed = spa.owner.get("/v1/appointments?limit=1").await.expect(200);
    let visit = listed["items"][0]["id"].as_str().unwrap().to_owned();
    let body = json!({ "way": way, "amount_minor": amount, "tip_minor": tip, "note": "=1+1" });
    spa.owner.post(&format!("/v1/appointments/{visit}/payments"), &body).await.expect(201)
}

async fn till(spa: &Spa, date: &str) -> Value {
    let path = format!("/v1/till?location={}&date={date}", spa.location);
    spa.owner.get(&path).await.expect(200)
}

async fn close(spa: &Spa, date: &str, counted: i64) -> Answer {
    let body = json!({ "location": spa.location, "date": date, "counted_cash_minor": counted });
    spa.owner.post("/v1/till/closes", &body).await
}

fn way<'a>(till: &'a Value, way: &str) -> &'a Value {
    till["ways"].as_array().unwrap().iter().find(|sum| sum["way"] == way).unwrap()
}

#[tokio::test]
async fn a_day_is_closed_once_and_what_comes_later_counts_for_the_next() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    spa.book(spa.wanted(&["Facial", "Massage"], 1, &["Eve"]), at(4, "10:00")).await.expect(201);
    // Nine in the morning in London is still night in New York: the 2nd of March all the same.
    let cash = pay(&spa, "cash", 5_000, 500).await;
    pay(&spa, "terminal", 2_000, 0).await;
    let path = format!("/v1/payments/{}/refunds", cash["id"].as_str().unwrap());
    let back = json!({ "amount_minor": 1_000, "reason": "Too much" });
    spa.owner.post(&path, &back).await.expect(201);
    let day = till(&spa, "2026-03-02").await;
    assert_eq!(
        *way(&day, "cash"),
        json!({ "way": "cash", "money": true, "paid_minor": 5_000, "tips_minor": 500, "refunded_minor": 1_000,
                "net_minor": 4_000, "count": 1 })
    );
    let sums = (&day["total_minor"], &day["cash_expected_minor"], &day["closed"]);
    assert_eq!(sums, (&json!(6_000), &json!(4_000), &Value::Null));
    close(&spa, "2026-03-03", 0).await.problem(409, "too_early");
    let closed = close(&spa, "2026-03-02", 3_950).await.expect(201);
    assert_eq!(
        (&closed["difference_minor"], &closed["total_minor"], &closed["cash_expected_minor"]),
        (&json!(-50), &json!(6_000), &json!(4_000))
    );
    close(&spa, "2026-03-02", 4_000).await.problem(409, "till_closed");
    // Somebody comes in the evening, when the till was counted.
    app.clock.advance(chrono::Duration::minutes(5));
    pay(&spa, "cash", 700, 0).await;
    let day = till(&spa, "2026-03-02").await;
    assert_eq!((&day["total_minor"], &day["cash_expected_minor"]), (&json!(6_700), &json!(4_000)));
    app.clock.advance(chrono::Duration::days(1));
    pay(&spa, "cash", 300, 0).await;
    let next = till(&spa, "2026-03-03").await;
    assert_eq!((&next["total_minor"], &next["cash_expected_minor"]), (&json!(300), &json!(1_000)));
    close(&spa, "2026-03-03", 1_000).await.expect(201);
    let closes = spa.owner.get("/v1/till/closes").await.expect(200);
    let days: Vec<_> =
        closes["items"].as_array().unwrap().iter().map(|one| one["date"].clone()).collect();
    assert_eq!(json!(days), json!(["2026-03-03", "2026-03-02"]));
    let path = format!("/v1/till/export?location={}&from=2026-03-01&to=2026-03-31", spa.location);
    let file = spa.owner.get(&path).await;
    assert_eq!(file.header("content-type"), "text/csv; charset=utf-8");
    let text = file.text();
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(lines.len(), 6, "{text}");
    assert!(lines.iter().any(|line| line.contains("refund,cash,-1000,0,USD")), "{text}");
    // What was typed is no formula.
    assert!(text.contains("'=1+1") && !text.contains(",=1+1"), "{text}");
}

/// Nobody forgets cash that came between the end of a day and its close.
#[tokio::test]
async fn a_day_that_is_closed_late_ends_where_it_ends() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    spa.book(spa.wanted(&["Facial", "Massage"], 1, &["Eve"]), at(6, "10:00")).await.expect(201);
    pay(&spa, "cash", 1_000, 0).await;
    app.clock.advance(chrono::Duration::days(1));
    pay(&spa, "cash", 200, 0).await;
    app.clock.advance(chrono::Duration::minutes(1));
    assert_eq!(close(&spa, "2026-03-02", 1_000).await.expect(201)["difference_minor"], 0);
    assert_eq!(till(&spa, "2026-03-03").await["cash_expected_minor"], 200);
    assert_eq!(close(&spa, "2026-03-03", 200).await.expect(201)["difference_minor"], 0);
    close(&spa, "2026-03-01", 0).await.problem(409, "closed_since");
}

#[tokio::test]
async fn of_two_who_close_at_once_one_does() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let both = futures_util::future::join_all((0..4).map(|_| close(&spa, "2026-03-02", 0))).await;
    let done = both.iter().filter(|answer| answer.status == 201).count();
    assert_eq!(done, 1, "{both:?}");
    for answer in both.iter().filter(|answer| answer.status != 201) {
        answer.problem(409, "till_closed");
    }
}

#[tokio::test]
async fn days_that_are_no_days_are_refused() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let of = |rest: &str| format!("/v1/till/export?location={}&{rest}", spa.location);
    for rest in ["from=2026-03-02&to=2026-03-01", "from=2024-01-01&to=2026-03-01"] {
        let refused = spa.owner.get(&of(rest)).await;
        assert_eq!(refused.faults()[0].0, "to", "{rest}");
    }
    let nowhere = format!("/v1/till?location={}&date=2026-03-02", "loc_00000000000000000000000001");
    spa.owner.get(&nowhere).await.problem(404, "not_found");
}
