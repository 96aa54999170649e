//! Money that was given back at the provider's own pages.

use openchair_stripe_stand_in::Order;
use openchair_tests::cards::{Counter, GOOD};
use openchair_tests::eventually;
use serde_json::{Value, json};

use super::{asked, compared, letters, newest, paid_with, told_again};

fn charge(counter: &Counter) -> String {
    counter.stripe.book().charges[0].id.clone()
}

/// What was given back, as the API has it: how much, how far, by whom.
async fn refunds(counter: &Counter) -> Vec<(i64, String, String)> {
    let payment = newest(counter, "/v1/payments").await;
    let text = |one: &Value, name: &str| one[name].as_str().unwrap().to_owned();
    let all = payment["refunds"].as_array().unwrap().iter();
    all.map(|one| (one["amount_minor"].as_i64().unwrap(), text(one, "state"), text(one, "by")))
        .collect()
}

fn done(amount: i64) -> (i64, String, String) {
    (amount, "done".to_owned(), "Stripe".to_owned())
}

#[tokio::test]
async fn it_becomes_a_refund_here_once() {
    let counter = Counter::open().await;
    paid_with(&counter, 4, GOOD).await;
    asked(&counter).await;
    counter.stripe.copy_webhooks(3);
    counter.stripe.hold_webhooks();
    counter.stripe.refund_there(&charge(&counter), 1_000).unwrap();
    counter.stripe.release_webhooks(Order::Backwards);
    asked(&counter).await;
    told_again(&counter).await;
    assert_eq!(refunds(&counter).await, [done(1_000)]);
    assert_eq!(newest(&counter, "/v1/payments").await["refunded_minor"], 1_000);
    assert_eq!(counter.balance("card").await, 2_000);
    // The rest of it, too.
    counter.app.clock.advance(chrono::Duration::minutes(1));
    counter.stripe.refund_there(&charge(&counter), 2_000).unwrap();
    asked(&counter).await;
    assert_eq!(refunds(&counter).await, [done(1_000), done(2_000)]);
    assert_eq!(counter.balance("card").await, 0);
    // The provider writes to who got it.
    assert_eq!(letters(&counter, "payment_returned").await, 0);
    let found = compared(&counter, "2026-03-02").await;
    assert_eq!((&found["amiss"], &found["mended"]), (&json!(0), &json!(0)), "{found}");
}

#[tokio::test]
async fn what_is_on_its_way_there_is_on_its_way_here() {
    let counter = Counter::open().await;
    paid_with(&counter, 4, GOOD).await;
    counter.stripe.slow_refunds(1);
    let refund = counter.stripe.refund_there(&charge(&counter), 1_000).unwrap();
    asked(&counter).await;
    assert_eq!(refunds(&counter).await[0].1, "pending");
    assert_eq!(counter.balance("card").await, 3_000);
    assert!(counter.stripe.settle_refund(&refund, true));
    asked(&counter).await;
    assert_eq!(refunds(&counter).await, [done(1_000)]);
    assert_eq!(counter.balance("card").await, 2_000);
}

/// Both gave it back at the same time: the provider refuses one of them, and nothing is given back twice.
#[tokio::test]
async fn it_is_never_more_than_was_paid() {
    let counter = Counter::open().await;
    paid_with(&counter, 4, GOOD).await;
    asked(&counter).await;
    counter.stripe.hold_webhooks();
    counter.stripe.refund_there(&charge(&counter), 1_000).unwrap();
    let payment = newest(&counter, "/v1/payments").await;
    let path = format!("/v1/payments/{}/refunds", payment["id"].as_str().unwrap());
    let body = json!({ "amount_minor": 3_000, "reason": "Late" });
    counter.spa.owner.post(&path, &body).await.expect(201);
    counter.stripe.release_webhooks(Order::AsHappened);
    eventually("it is refused here and known from there", async || {
        let mut found = refunds(&counter).await;
        found.sort();
        let states: Vec<_> = found.iter().map(|(amount, state, _)| (*amount, &**state)).collect();
        (states == [(1_000, "done"), (3_000, "failed")]).then_some(())
    })
    .await;
    assert_eq!(newest(&counter, "/v1/payments").await["refunded_minor"], 1_000);
    assert_eq!(counter.charges(), [(3_000, 1_000)]);
    assert_eq!(counter.balance("card").await, 2_000);
}

/// Nothing of it was told.
#[tokio::test]
async fn it_is_found_where_both_books_are_compared() {
    let counter = Counter::open().await;
    paid_with(&counter, 4, GOOD).await;
    asked(&counter).await;
    counter.stripe.drop_webhooks(1_000);
    counter.stripe.refund_there(&charge(&counter), 700).unwrap();
    let found = compared(&counter, "2026-03-02").await;
    assert_eq!((&found["amiss"], &found["mended"]), (&json!(0), &json!(1)), "{found}");
    assert_eq!(refunds(&counter).await, [done(700)]);
    assert_eq!(counter.balance("card").await, 2_300);
}
