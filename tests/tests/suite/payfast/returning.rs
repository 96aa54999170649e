//! What goes back to who paid through `PayFast`.

use chrono::Duration;
use openchair_payfast_stand_in::{Act, Method};
use openchair_tests::eventually;
use openchair_tests::payfast::RandCounter;
use serde_json::{Value, json};

async fn paid(counter: &RandCounter) -> Value {
    let visit = counter.booked(4, "10:00", "ann").await;
    counter.paid(&visit).await;
    counter.until(&visit, "confirmed").await;
    counter.settled().await;
    visit
}

async fn states(counter: &RandCounter) -> Vec<String> {
    let sql = "select state from refunds order by created_at, id";
    sqlx::query_scalar(sql).fetch_all(counter.app.database.owner()).await.unwrap()
}

async fn come_to(counter: &RandCounter, expected: &[&str]) {
    eventually(&format!("{expected:?}"), async || {
        (states(counter).await == expected).then_some(())
    })
    .await;
}

#[tokio::test]
async fn in_parts_and_whole() {
    let counter = RandCounter::open().await;
    paid(&counter).await;
    let payment = counter.payments().await[0].clone();
    // Three at once: one is asked for after the other.
    for amount in [1_000, 1_000, 500] {
        counter.refund(&payment, amount).await.expect(201);
    }
    come_to(&counter, &["done", "done", "done"]).await;
    let mut given = counter.refunds();
    given.sort_unstable();
    assert_eq!(given, [500, 1_000, 1_000]);
    counter.refund(&payment, 501).await.problem(409, "more_than_paid");
    counter.refund(&payment, 500).await.expect(201);
    come_to(&counter, &["done", "done", "done", "done"]).await;
    assert_eq!(counter.balance("card").await, 0);
    counter.app.mail("ann@example.com", "gives you back 5.00 ZAR").await;
}

#[tokio::test]
async fn who_calls_off_in_time_gets_everything_back() {
    let counter = RandCounter::open().await;
    let visit = paid(&counter).await;
    let path = format!("/v1/b/{}/cancel", visit["link"].as_str().unwrap());
    counter.spa.guest.post(&path, &json!({})).await.expect(200);
    come_to(&counter, &["done"]).await;
    assert_eq!(counter.refunds(), [3_000]);
}

#[tokio::test]
async fn what_payfast_refuses_is_said_and_can_be_tried_again() {
    let counter = RandCounter::open().await;
    paid(&counter).await;
    counter.payfast.fail_refunds(1);
    let payment = counter.payments().await[0].clone();
    counter.refund(&payment, 3_000).await.expect(201);
    come_to(&counter, &["failed"]).await;
    let seen = &counter.payments().await[0];
    let trouble = seen["refunds"][0]["trouble"].as_str().unwrap();
    assert!(trouble.contains("Insufficient funds"), "{trouble}");
    assert_eq!(seen["refunded_minor"], 0);
    counter.app.clock.advance(Duration::minutes(1));
    counter.refund(&payment, 3_000).await.expect(201);
    come_to(&counter, &["failed", "done"]).await;
    assert_eq!(counter.refunds(), [3_000]);
}

/// What came from a bank goes back to an account that only the customer knows.
#[tokio::test]
async fn what_came_from_a_bank_is_given_back_at_payfast() {
    let counter = RandCounter::open().await;
    let visit = counter.booked(4, "10:00", "ann").await;
    let page = counter.page(&visit).await;
    counter.payfast.pay_by(&page, Method::Eft);
    counter.until(&visit, "confirmed").await;
    let payment = counter.payments().await[0].clone();
    counter.refund(&payment, 3_000).await.expect(201);
    come_to(&counter, &["failed"]).await;
    let trouble = counter.payments().await[0]["refunds"][0]["trouble"].clone();
    assert!(trouble.as_str().unwrap().starts_with("bank_payout"), "{trouble}");
}

/// It was done, and the answer was lost: it isn't done twice.
#[tokio::test]
async fn a_lost_answer_gives_back_once() {
    let counter = RandCounter::open().await;
    paid(&counter).await;
    let payment = counter.payments().await[0].clone();
    for act in [Act::Cut, Act::CutBefore] {
        counter.payfast.trouble("POST /refunds/", act, 1);
        counter.refund(&payment, 1_000).await.expect(201);
        eventually("it was asked", async || {
            let asked = "select count(*) from jobs where kind = 'payments.give_back'
                         and state <> 'running' and attempts > 0 and last_error is not null";
            (counter.app.database.count(asked).await > 0).then_some(())
        })
        .await;
        counter.app.clock.advance(Duration::minutes(4));
        eventually("it is done", async || {
            states(&counter).await.iter().all(|state| state == "done").then_some(())
        })
        .await;
        counter.app.database.run("delete from jobs where kind = 'payments.give_back'").await;
    }
    assert_eq!(counter.refunds(), [1_000, 1_000]);
    assert_eq!(counter.balance("card").await, 1_000);
}
