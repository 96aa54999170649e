//! The till: what a day brought, and how it is closed.

use openchair_tests::cards::{Counter, GOOD};
use openchair_tests::payfast::RandCounter;
use openchair_tests::spa::{Spa, at};
use openchair_tests::{Answer, TestApp, eventually};
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

/// Somebody takes cash while somebody else counts the drawer: it is in this count or in the next one.
#[tokio::test]
async fn cash_that_is_taken_while_the_drawer_is_counted_is_in_the_next_count() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let visit = spa.book(spa.wanted(&["Facial"], 1, &["Eve"]), at(4, "10:00")).await.expect(201);
    // The visit is somebody else's for a moment: the payment has begun, and waits.
    let mut holder = app.database.owner().begin().await.unwrap();
    sqlx::query("select 1 from appointments for update").execute(&mut *holder).await.unwrap();
    let path = format!("/v1/appointments/{}/payments", visit["id"].as_str().unwrap());
    let cash = json!({ "way": "cash", "amount_minor": 4_000 });
    let paying = tokio::spawn(spa.owner.post(&path, &cash).into_future());
    waiting(&app).await;
    app.clock.advance(chrono::Duration::minutes(1));
    assert_eq!(close(&spa, "2026-03-02", 0).await.expect(201)["cash_expected_minor"], 0);
    holder.commit().await.unwrap();
    let paid = paying.await.unwrap().expect(201);
    app.clock.advance(chrono::Duration::days(1));
    assert_eq!(till(&spa, "2026-03-03").await["cash_expected_minor"], 4_000);
    // The same for what is given back: the payment is somebody else's, and the drawer is counted.
    let mut holder = app.database.owner().begin().await.unwrap();
    sqlx::query("select 1 from payments for update").execute(&mut *holder).await.unwrap();
    let path = format!("/v1/payments/{}/refunds", paid["id"].as_str().unwrap());
    let back = json!({ "amount_minor": 1_000, "reason": "" });
    let giving = tokio::spawn(spa.owner.post(&path, &back).into_future());
    waiting(&app).await;
    app.clock.advance(chrono::Duration::minutes(1));
    assert_eq!(close(&spa, "2026-03-03", 4_000).await.expect(201)["difference_minor"], 0);
    holder.commit().await.unwrap();
    giving.await.unwrap().expect(201);
    app.clock.advance(chrono::Duration::days(1));
    assert_eq!(till(&spa, "2026-03-04").await["cash_expected_minor"], -1_000);
}

async fn waiting(app: &TestApp) {
    eventually("somebody waits for a row", async || {
        let waiting = "select count(*) from pg_stat_activity
                       where datname = current_database() and wait_event_type = 'Lock'";
        (app.database.count(waiting).await > 0).then_some(())
    })
    .await;
}

/// Who counts waits for cash that is being put in, and counts it.
#[tokio::test]
async fn who_counts_waits_for_cash_that_is_being_put_in() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    spa.book(spa.wanted(&["Facial"], 1, &["Eve"]), at(4, "10:00")).await.expect(201);
    // Cash is being moved at the place, as whoever moves it says.
    let mut mover = app.database.owner().begin().await.unwrap();
    sqlx::query("select 1 from locations for share").execute(&mut *mover).await.unwrap();
    let body = json!({ "location": spa.location, "date": "2026-03-02", "counted_cash_minor": 0 });
    let closing = tokio::spawn(spa.owner.post("/v1/till/closes", &body).into_future());
    waiting(&app).await;
    pay(&spa, "cash", 700, 0).await;
    mover.commit().await.unwrap();
    let closed = closing.await.unwrap().expect(201);
    assert_eq!(closed["cash_expected_minor"], 700, "{closed}");
    app.clock.advance(chrono::Duration::days(1));
    assert_eq!(till(&spa, "2026-03-03").await["cash_expected_minor"], 0);
}

/// The clock of the server that took cash last is ahead of that of the one where it is counted.
#[tokio::test]
async fn what_is_counted_is_counted_once_whatever_clocks_say() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    spa.book(spa.wanted(&["Facial"], 1, &["Eve"]), at(4, "10:00")).await.expect(201);
    pay(&spa, "cash", 500, 0).await;
    app.database.run("update payments set paid_at = paid_at + interval '2 seconds'").await;
    assert_eq!(close(&spa, "2026-03-02", 500).await.expect(201)["difference_minor"], 0);
    app.clock.advance(chrono::Duration::days(1));
    assert_eq!(till(&spa, "2026-03-03").await["cash_expected_minor"], 0);
}

/// A business that changes its currency has both in its drawer, and adds up neither with the other.
#[tokio::test]
async fn currencies_are_never_added_up() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let dollars = spa.book(spa.wanted(&["Facial"], 1, &["Eve"]), at(4, "10:00")).await.expect(201);
    let cash = async |visit: &Value, amount: i64| {
        let path = format!("/v1/appointments/{}/payments", visit["id"].as_str().unwrap());
        spa.owner.post(&path, &json!({ "way": "cash", "amount_minor": amount })).await.expect(201);
    };
    cash(&dollars, 1_000).await;
    close(&spa, "2026-03-02", 1_000).await.expect(201);
    app.clock.advance(chrono::Duration::days(1));
    cash(&dollars, 2_000).await;
    spa.counts_in(&app, "JPY").await;
    let yen = spa.book(spa.wanted(&["Facial"], 1, &["Eve"]), at(4, "14:00")).await.expect(201);
    cash(&yen, 5_000).await;
    let day = till(&spa, "2026-03-03").await;
    assert_eq!(
        (&day["currency"], &day["total_minor"], &day["cash_expected_minor"]),
        (&json!("JPY"), &json!(5_000), &json!(5_000))
    );
    let other = &day["others"][0];
    assert_eq!(
        (&other["currency"], &other["total_minor"], &other["cash_expected_minor"]),
        (&json!("USD"), &json!(2_000), &json!(2_000))
    );
    assert_eq!(day["others"].as_array().unwrap().len(), 1);
    let closed = close(&spa, "2026-03-03", 5_000).await.expect(201);
    assert_eq!((&closed["difference_minor"], &closed["total_minor"]), (&json!(0), &json!(5_000)));
    // The dollars are still there, and a day that was closed in them still says so.
    app.clock.advance(chrono::Duration::days(1));
    let next = till(&spa, "2026-03-04").await;
    assert_eq!(next["cash_expected_minor"], 0);
    assert_eq!(next["others"][0]["cash_expected_minor"], 2_000);
    let first = till(&spa, "2026-03-02").await;
    assert_eq!((&first["currency"], &first["total_minor"]), (&json!("USD"), &json!(1_000)));
}

/// Whoever pays out tips pays out none that were given back.
#[tokio::test]
async fn tips_that_went_back_are_none() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    spa.book(spa.wanted(&["Facial"], 1, &["Eve"]), at(4, "10:00")).await.expect(201);
    let paid = pay(&spa, "cash", 5_000, 500).await;
    let path = format!("/v1/payments/{}/refunds", paid["id"].as_str().unwrap());
    let back = json!({ "amount_minor": 4_700, "reason": "" });
    spa.owner.post(&path, &back).await.expect(201);
    let day = till(&spa, "2026-03-02").await;
    assert_eq!(
        *way(&day, "cash"),
        json!({ "way": "cash", "money": true, "paid_minor": 5_000, "tips_minor": 300, "refunded_minor": 4_700,
                "net_minor": 300, "count": 1 })
    );
    let path = format!("/v1/till/export?location={}&from=2026-03-01&to=2026-03-31", spa.location);
    let text = spa.owner.get(&path).await.text();
    assert!(text.contains("refund,cash,-4700,-200,USD"), "{text}");
}

/// Who has changed their currency is asked by whoever takes that of the visit.
#[tokio::test]
async fn rand_are_taken_where_rand_are_and_nothing_else_is() {
    let counter = RandCounter::open().await;
    let visit = counter.booked(4, "10:00", "ann").await;
    counter.currency("EUR").await;
    counter.spa.could_take_cards(&counter.app).await;
    counter.paid(&visit).await;
    counter.until(&visit, "confirmed").await;
    // Nobody is asked about euros whom only rand are paid to.
    counter.app.database.run("delete from payment_accounts where provider = 'stripe'").await;
    let other = counter.spa.asked(&["Facial"], 4, "12:00", "ben").await;
    assert_eq!(other["visit"]["status"], "pending_approval", "{other}");
}

/// The bank sends back what was given back, days after that day was closed and taken out: it stays as it was counted,
/// and the money is there again on the day on which it came.
#[tokio::test]
async fn what_comes_back_is_of_its_own_day() {
    let counter = Counter::open().await;
    let spa = &counter.spa;
    let visit = counter.booked(10, "10:00", "ann").await;
    counter.stripe.pay(&counter.page(&visit).await, GOOD);
    assert_eq!(counter.back(&visit).await["state"], "paid");
    let payment = counter.money(&visit).await["payments"][0]["id"].as_str().unwrap().to_owned();
    counter.app.clock.advance(chrono::Duration::days(1));
    let back = json!({ "amount_minor": 3_000, "reason": "Late" });
    spa.owner.post(&format!("/v1/payments/{payment}/refunds"), &back).await.expect(201);
    refund_is(&counter, "done").await;
    assert_eq!(close(spa, "2026-03-03", 0).await.expect(201)["total_minor"], -3_000);
    counter.app.clock.advance(chrono::Duration::days(3));
    let refund = counter.stripe.book().charges[0].refunds[0].id.clone();
    assert!(counter.stripe.settle_refund(&refund, false));
    refund_is(&counter, "failed").await;
    let day = till(spa, "2026-03-03").await;
    assert_eq!(
        (&day["total_minor"], &day["closed"]["total_minor"]),
        (&json!(-3_000), &json!(-3_000))
    );
    let day = till(spa, "2026-03-06").await;
    assert_eq!(day["total_minor"], 3_000);
    assert_eq!(
        *way(&day, "card"),
        json!({ "way": "card", "money": true, "paid_minor": 0, "tips_minor": 0, "refunded_minor": -3_000,
                "net_minor": 3_000, "count": 0 })
    );
    let file = async |from: &str, to: &str| {
        let path = format!("/v1/till/export?location={}&from={from}&to={to}", spa.location);
        let text = spa.owner.get(&path).await.text();
        let moved = text
            .lines()
            .skip(1)
            .map(|line| line.split(',').skip(1).take(4).collect::<Vec<_>>().join(","));
        moved.collect::<Vec<_>>()
    };
    assert_eq!(file("2026-03-03", "2026-03-03").await, ["refund,card,-3000,0"]);
    assert_eq!(
        file("2026-03-02", "2026-03-06").await,
        ["payment,card,3000,0", "refund,card,-3000,0", "came_back,card,3000,0"]
    );
    // Whoever looks at the payment sees both.
    let shown = spa.owner.get(&format!("/v1/payments/{payment}")).await.expect(200);
    let refund = &shown["refunds"][0];
    assert!(refund["done_at"].is_string() && refund["came_back_at"].is_string(), "{refund}");
    assert_eq!(shown["refunded_minor"], 0);
}

/// How far the one refund there is came.
async fn refund_is(counter: &Counter, state: &str) {
    let sql = format!("select count(*) from refunds where state = '{state}'");
    eventually(state, async || (counter.app.database.count(&sql).await == 1).then_some(())).await;
}
