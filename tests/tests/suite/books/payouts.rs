//! What the provider sends to a business's bank.

use chrono::Duration;
use openchair_domain::payments::look_at_books_due;
use openchair_stripe_stand_in::Order;
use openchair_tests::cards::Counter;
use openchair_tests::eventually;
use serde_json::json;

use super::{asked, compared, letters, newest, told_again};

#[tokio::test]
async fn it_is_on_its_way_and_arrives() {
    let counter = Counter::open().await;
    let payout = counter.stripe.send_payout(&counter.account, 12_345, "usd").unwrap();
    asked(&counter).await;
    let found = newest(&counter, "/v1/payouts").await;
    assert_eq!((&found["state"], &found["amount_minor"]), (&json!("in_transit"), &json!(12_345)));
    assert_eq!((&found["arrives_on"], &found["reference"]), (&json!("2026-03-04"), &json!(payout)));
    assert!(counter.stripe.settle_payout(&payout, true));
    asked(&counter).await;
    told_again(&counter).await;
    let listed = counter.spa.owner.get("/v1/payouts").await.expect(200);
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
    assert_eq!(listed["items"][0]["state"], "paid");
    assert_eq!(letters(&counter, "payout_failed").await, 0);
}

#[tokio::test]
async fn owners_hear_once_that_one_failed() {
    let counter = Counter::open().await;
    counter.stripe.copy_webhooks(2);
    counter.stripe.hold_webhooks();
    let payout = counter.stripe.send_payout(&counter.account, 5_000, "usd").unwrap();
    assert!(counter.stripe.settle_payout(&payout, true));
    assert!(counter.stripe.settle_payout(&payout, false));
    counter.stripe.release_webhooks(Order::Backwards);
    asked(&counter).await;
    told_again(&counter).await;
    let found = newest(&counter, "/v1/payouts").await;
    assert_eq!(found["state"], "failed");
    assert_eq!(found["trouble"], "The bank account has been closed.");
    counter.app.mail(&counter.spa.business.owner.email, "a payout of 50.00 USD failed").await;
    assert_eq!(letters(&counter, "payout_failed").await, 1);
}

/// Nothing of it was told: it is found with the day's books, and what became of it by the sweep.
#[tokio::test]
async fn what_nothing_is_heard_of_is_asked_about() {
    let counter = Counter::open().await;
    counter.stripe.drop_webhooks(1_000);
    let payout = counter.stripe.send_payout(&counter.account, 5_000, "usd").unwrap();
    compared(&counter, "2026-03-02").await;
    assert_eq!(newest(&counter, "/v1/payouts").await["state"], "in_transit");
    assert!(counter.stripe.settle_payout(&payout, true));
    counter.app.clock.advance(Duration::hours(7));
    look_at_books_due(&counter.app.app().db).await.unwrap();
    let state = "select count(*) from payouts where state = 'paid'";
    eventually("it was asked", async || {
        (counter.app.database.count(state).await == 1).then_some(())
    })
    .await;
}
