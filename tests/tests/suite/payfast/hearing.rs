//! What is told in `PayFast`'s name: forged, late, twice, in any order, confirmed or not.

use chrono::Duration;
use openchair_payfast_stand_in::{Act, Order, Payment};
use openchair_tests::eventually;
use openchair_tests::payfast::RandCounter;
use serde_json::{Value, json};

const EVENTS: &str = "select count(*) from provider_events where provider = 'payfast'";

/// Somebody's visit, and the page where its deposit is to be paid.
async fn open(counter: &RandCounter) -> (Value, Payment) {
    let visit = counter.booked(4, "10:00", "ann").await;
    let page = counter.page(&visit).await;
    (visit, counter.at(&page))
}

#[tokio::test]
async fn nobody_else_is_believed() {
    let counter = RandCounter::open().await;
    let (visit, begun) = open(&counter).await;
    let salt = &*counter.merchant.passphrase;
    let good = counter.forged(&begun, &[], salt);
    for body in [
        String::new(),
        "nonsense".to_owned(),
        counter.forged(&begun, &[], "another passphrase"),
        counter.forged(&begun, &[], ""),
        good.replace("COMPLETE", "COMPLETED"),
        format!("{good}&amount_gross=1.00"),
        good.rsplit_once('&').unwrap().0.to_owned(),
    ] {
        assert_eq!(counter.tell(&begun, body.clone()).await, 403, "{body}");
    }
    let elsewhere = format!("{}/{}", counter.hooks(), "a".repeat(32));
    assert_eq!(counter.tell_at(&elsewhere, good.clone()).await, 404);
    assert_eq!(counter.app.database.count(EVENTS).await, 0);
    // Signed as it should be, and PayFast has never said it: nothing was paid.
    assert_eq!(counter.tell(&begun, good).await, 200);
    counter.settled().await;
    assert_eq!(counter.app.database.count(EVENTS).await, 1);
    assert_eq!(counter.status(&visit).await, "pending_payment");
    assert_eq!(counter.payments().await[0]["state"], "open");
}

#[tokio::test]
async fn what_comes_twice_counts_once() {
    let counter = RandCounter::open().await;
    let (visit, begun) = open(&counter).await;
    counter.payfast.copy_notices(3);
    counter.payfast.pay(&begun.page);
    counter.until(&visit, "confirmed").await;
    counter.settled().await;
    // Somebody has heard it, and says it again: at once, and when nobody remembers it.
    let told = counter.payfast.deliveries()[0].body.clone();
    assert_eq!(counter.tell(&begun, told.clone()).await, 200);
    assert_eq!(counter.app.database.count(EVENTS).await, 1);
    counter.app.database.run("delete from provider_events; delete from jobs").await;
    assert_eq!(counter.tell(&begun, told).await, 200);
    counter.settled().await;
    assert_eq!(counter.balance("card").await, 3_000);
    assert_eq!(counter.payments().await.len(), 1);
}

/// It was called off at the page and then paid; what is told last happened first.
#[tokio::test]
async fn what_is_told_backwards_is_paid_all_the_same() {
    let counter = RandCounter::open().await;
    let (visit, begun) = open(&counter).await;
    counter.payfast.hold_notices();
    counter.payfast.cancel(&begun.page);
    counter.payfast.pay(&begun.page);
    counter.payfast.release_notices(Order::Backwards);
    counter.settled().await;
    let said: Vec<_> = counter.payfast.deliveries().into_iter().map(|one| one.status).collect();
    assert_eq!(said, ["COMPLETE", "CANCELLED"]);
    assert_eq!(counter.status(&visit).await, "confirmed");
    assert_eq!(counter.payments().await[0]["state"], "paid");
}

/// PayFast can't be asked: it is asked again. Until then nothing is believed.
#[tokio::test]
async fn who_cannot_be_asked_is_asked_again() {
    let counter = RandCounter::open().await;
    let (visit, begun) = open(&counter).await;
    counter.payfast.trouble("/eng/query/validate", Act::Status(503), 1);
    counter.payfast.trouble("/eng/query/validate", Act::CutBefore, 1);
    counter.payfast.pay(&begun.page);
    counter.payfast.quiet().await;
    for attempt in 1..=2 {
        let tried = format!(
            "select count(*) from jobs where kind = 'payments.believe' and attempts = {attempt}
             and state <> 'running'"
        );
        eventually("it was tried", async || {
            (counter.app.database.count(&tried).await == 1).then_some(())
        })
        .await;
        assert_eq!(counter.status(&visit).await, "pending_payment");
        counter.app.clock.advance(Duration::minutes(5));
    }
    counter.until(&visit, "confirmed").await;
}

/// Another amount than was asked for: it is noted, and nothing of it is counted.
#[tokio::test]
async fn another_amount_is_no_payment() {
    let mut counter = RandCounter::open().await;
    // Whoever runs the deployment is told.
    counter.app.may_log_errors();
    let (visit, begun) = open(&counter).await;
    let less = [("amount_gross", "10.00")];
    counter.payfast.believe(counter.notice(&begun, &less));
    let body = counter.forged(&begun, &less, &counter.merchant.passphrase);
    assert_eq!(counter.tell(&begun, body).await, 200);
    counter.settled().await;
    let seen = &counter.payments().await[0];
    assert_eq!(seen["state"], "over");
    assert_eq!(seen["trouble"], "another_amount: 10.00 ZAR were taken");
    assert_eq!(counter.status(&visit).await, "pending_payment");
    assert_eq!(counter.balance("card").await, 0);
}

/// Another merchant's, or a payment that was never begun here.
#[tokio::test]
async fn what_is_not_ours_is_no_payment() {
    let counter = RandCounter::open().await;
    let (visit, begun) = open(&counter).await;
    let other = counter.payfast.new_merchant();
    let stranger = format!("pay_{}", "0".repeat(26));
    for changes in [
        [("merchant_id", &*other.id), ("pf_payment_id", "1")],
        [("m_payment_id", &*stranger), ("pf_payment_id", "2")],
        [("m_payment_id", "' or 1=1"), ("pf_payment_id", "3")],
    ] {
        counter.payfast.believe(counter.notice(&begun, &changes));
        let body = counter.forged(&begun, &changes, &counter.merchant.passphrase);
        assert_eq!(counter.tell(&begun, body).await, 200);
    }
    counter.settled().await;
    assert_eq!(counter.app.database.count(EVENTS).await, 3);
    assert_eq!(counter.status(&visit).await, "pending_payment");
    assert_eq!(counter.payments().await[0]["state"], "open");
    assert_eq!(counter.balance("card").await, 0);
    // Whoever else has keys of their own can't take the place of what will be told.
    let dead = "select count(*) from jobs where state = 'dead'";
    assert_eq!(counter.app.database.count(dead).await, 0);
}

/// Who paid is named in what is told: it doesn't lie around.
#[tokio::test]
async fn what_was_told_is_sealed() {
    let counter = RandCounter::open().await;
    counter.payfast.trouble("/eng/query/validate", Act::Wait, 1);
    let (visit, begun) = open(&counter).await;
    counter.payfast.pay(&begun.page);
    counter.payfast.waiting(1).await;
    let payload = "select payload::text from jobs where kind = 'payments.believe'";
    let payload: String =
        sqlx::query_scalar(payload).fetch_one(counter.app.database.owner()).await.unwrap();
    assert_eq!(serde_json::from_str::<Value>(&payload).unwrap(), json!({}));
    counter.payfast.let_go();
    counter.until(&visit, "confirmed").await;
}
