//! Both books of a day beside each other.

use chrono::{Duration, NaiveDate};
use openchair_domain::ids::{Id, Payment, Tenant};
use openchair_domain::payments::{LookAtBooks, look_at_books_due};
use openchair_stripe_stand_in::{Act, Outcome};
use openchair_tests::cards::{Counter, GOOD};
use openchair_tests::eventually;
use serde_json::{Value, json};

use super::{asked, compared, newest, paid_with};

const TODAY: &str = "2026-03-02";

/// The business takes money at Stripe without us.
pub(super) async fn taken_elsewhere(counter: &Counter, number: &str) {
    let form = "mode=payment&line_items[0][quantity]=1&line_items[0][price_data][currency]=usd\
                &line_items[0][price_data][unit_amount]=1700\
                &line_items[0][price_data][product_data][name]=Candles\
                &success_url=https://shop.example/back&cancel_url=https://shop.example/back";
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let call = client
        .post(format!("{}/v1/checkout/sessions", counter.stripe.origin()))
        .bearer_auth("sk_test_stand_in")
        .header("stripe-version", "2026-06-24.dahlia")
        .header("stripe-account", &counter.account)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(form);
    let answer = call.send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 200);
    let page = counter.stripe.book().sessions.last().unwrap().id.clone();
    assert_eq!(counter.stripe.pay(&page, number), Outcome::Paid);
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn differences(found: &Value) -> Vec<(String, String, i64, i64)> {
    let text = |one: &Value, name: &str| one[name].as_str().unwrap().to_owned();
    let number = |one: &Value, name: &str| one[name].as_i64().unwrap();
    let all = found["differences"].as_array().unwrap().iter();
    all.map(|one| {
        let sums = (number(one, "theirs_minor"), number(one, "ours_minor"));
        (text(one, "moved"), text(one, "reason"), sums.0, sums.1)
    })
    .collect()
}

fn differs(moved: &str, reason: &str, theirs: i64, ours: i64) -> (String, String, i64, i64) {
    (moved.to_owned(), reason.to_owned(), theirs, ours)
}

#[tokio::test]
async fn where_both_agree_nothing_differs() {
    let counter = Counter::open().await;
    paid_with(&counter, 4, GOOD).await;
    let path = format!(
        "/v1/payments/{}/refunds",
        newest(&counter, "/v1/payments").await["id"].as_str().unwrap()
    );
    let body = json!({ "amount_minor": 1_000, "reason": "" });
    counter.spa.owner.post(&path, &body).await.expect(201);
    asked(&counter).await;
    let found = compared(&counter, TODAY).await;
    assert_eq!(differences(&found), []);
    assert_eq!(
        (&found["amiss"], &found["mended"], &found["complete"]),
        (&json!(0), &json!(0), &json!(false))
    );
    assert_eq!(
        found["sums"],
        json!([
            { "currency": "USD", "moved": "taken", "theirs_minor": 3_000, "ours_minor": 3_000 },
            { "currency": "USD", "moved": "returned", "theirs_minor": 1_000, "ours_minor": 1_000 },
        ])
    );
    // Asked again, it is the same row.
    compared(&counter, TODAY).await;
    let listed = counter.spa.owner.get("/v1/book-checks").await.expect(200);
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
    let body = json!({ "day": "2026-03-03" });
    counter.spa.owner.post("/v1/book-checks/look", &body).await.problem(409, "too_early");
}

/// Somebody paid, nothing was told, and they never came back.
#[tokio::test]
async fn a_charge_that_our_book_lacks_is_looked_at() {
    let counter = Counter::open().await;
    counter.stripe.drop_webhooks(1_000);
    let visit = counter.booked(4, "10:00", "ann").await;
    counter.stripe.pay(&counter.page(&visit).await, GOOD);
    assert_eq!(counter.status(&visit).await, "pending_payment");
    let found = compared(&counter, TODAY).await;
    assert_eq!((&found["amiss"], &found["mended"]), (&json!(0), &json!(1)), "{found}");
    assert_eq!(differences(&found), []);
    assert_eq!(counter.status(&visit).await, "confirmed");
    assert_eq!(counter.balance("card").await, 3_000);
}

#[tokio::test]
async fn what_was_taken_without_us_is_shown_and_nothing_is_amiss() {
    let counter = Counter::open().await;
    taken_elsewhere(&counter, GOOD).await;
    let found = compared(&counter, TODAY).await;
    assert_eq!(differences(&found), [differs("taken", "not_ours", 1_700, 0)]);
    assert_eq!(found["amiss"], 0);
}

/// What no look can put right is written down, and whoever runs the deployment hears of it.
#[tokio::test]
async fn what_differs_is_told() {
    let counter = Counter::open().await;
    paid_with(&counter, 4, GOOD).await;
    asked(&counter).await;
    let database = &counter.app.database;
    database.run("update ledger set amount_minor = 2999 where debit = 'card'").await;
    // A payment that nobody there knows.
    let gone = counter.app.new_id::<Payment>().uuid();
    let sql = format!(
        "insert into payments (tenant_id, id, location_id, appointment_id, way, state, amount_minor,
                               tip_minor, currency, note, account, taken, created_at, paid_at, updated_at)
         select tenant_id, '{gone}', location_id, appointment_id, way, state, 500, 0, currency, '',
                account, 'pi_of_nobody', created_at, paid_at, updated_at from payments;
         insert into ledger (tenant_id, id, at, location_id, debit, credit, amount_minor, currency,
                             appointment_id, payment_id)
         select tenant_id, '{gone}', paid_at, location_id, 'card', 'customers', 500, currency,
                appointment_id, id from payments where id = '{gone}'"
    );
    database.run(&sql).await;
    let found = compared(&counter, TODAY).await;
    let mut left = differences(&found);
    left.sort();
    assert_eq!(
        left,
        [differs("taken", "missing_there", 0, 500), differs("taken", "other_amount", 3_000, 2_999)]
    );
    assert_eq!((&found["amiss"], &found["mended"]), (&json!(2), &json!(0)));
    // The day isn't over: what comes late may still come.
    let differ = async || {
        use openchair_domain::alerts::{Condition, Thresholds, now};
        use openchair_domain::tenancy::SystemReason;
        let app = counter.app.app();
        let tx = app.db.system(SystemReason::Watch).await.unwrap();
        let found = now(&tx, &Thresholds::from(&counter.app.settings.alerts)).await.unwrap();
        tx.rollback().await.unwrap();
        found.into_iter().any(|one| one.condition == Condition::BooksDiffer && one.bad)
    };
    assert!(!differ().await);
    counter.app.clock.advance(Duration::days(1));
    let found = compared(&counter, TODAY).await;
    assert_eq!((&found["amiss"], &found["complete"]), (&json!(2), &json!(true)));
    assert!(differ().await);
}

/// Paid before midnight, and heard of after it.
#[tokio::test]
async fn a_line_of_another_day_is_none_of_this_one() {
    let counter = Counter::open().await;
    counter.stripe.drop_webhooks(1_000);
    let visit = counter.booked(4, "10:00", "ann").await;
    counter.stripe.pay(&counter.page(&visit).await, GOOD);
    counter.app.clock.advance(Duration::hours(20));
    counter.back(&visit).await;
    eventually("it is in our book", async || {
        (counter.balance("card").await == 3_000).then_some(())
    })
    .await;
    let later = compared(&counter, "2026-03-03").await;
    assert_eq!((&later["sums"], &later["amiss"]), (&json!([]), &json!(0)), "{later}");
    let before = compared(&counter, TODAY).await;
    assert_eq!((&before["amiss"], &before["complete"]), (&json!(0), &json!(true)), "{before}");
    assert_eq!(before["sums"][0]["theirs_minor"], 3_000);
}

#[tokio::test]
async fn each_day_is_compared_once_it_is_over() {
    let counter = Counter::open().await;
    paid_with(&counter, 4, GOOD).await;
    counter.app.clock.advance(Duration::days(1));
    let db = &counter.app.app().db;
    look_at_books_due(db).await.unwrap();
    let done =
        "select count(*) from book_checks where day = '2026-03-02' and complete and amiss = 0";
    eventually("it was compared", async || {
        (counter.app.database.count(done).await == 1).then_some(())
    })
    .await;
    asked(&counter).await;
    assert_eq!(look_at_books_due(db).await.unwrap(), 0);
}

/// A worker is lost while the provider is asked, and the provider is away: nothing is written, and it is asked again.
#[tokio::test]
async fn who_is_lost_in_between_left_nothing_behind() {
    let counter = Counter::open().await;
    counter.stripe.drop_webhooks(1_000);
    let visit = counter.booked(4, "10:00", "ann").await;
    counter.stripe.pay(&counter.page(&visit).await, GOOD);
    let tenant: Id<Tenant> = counter.spa.business.id;
    let look = LookAtBooks::Day { day: day(TODAY) };
    let ours = counter.app.app().counter.clone();
    let rows = "select count(*) from book_checks";
    // What is asked last, and what is asked before.
    for (path, waiting) in [("GET /v1/payouts", true), ("GET /v1/refunds", false)] {
        if waiting {
            counter.stripe.trouble(path, Act::Wait, 1);
            let (ours, look) = (ours.clone(), look.clone());
            let lost =
                tokio::spawn(async move { Box::pin(ours.look_at_books(tenant, &look)).await });
            counter.stripe.waiting(1).await;
            lost.abort();
            assert!(lost.await.unwrap_err().is_cancelled());
            counter.stripe.let_go();
        } else {
            counter.stripe.trouble(path, Act::Status(500), 1);
            assert!(Box::pin(ours.look_at_books(tenant, &look)).await.is_err());
        }
        assert_eq!(counter.app.database.count(rows).await, 0, "{path}");
        assert_eq!(counter.status(&visit).await, "pending_payment");
    }
    Box::pin(ours.look_at_books(tenant, &look)).await.unwrap();
    assert_eq!(counter.app.database.count(rows).await, 1);
    assert_eq!(counter.status(&visit).await, "confirmed");
    assert_eq!(counter.balance("card").await, 3_000);
}
