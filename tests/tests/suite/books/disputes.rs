//! Customers who go to their bank about what they paid.

use chrono::Duration;
use openchair_domain::payments::look_at_books_due;
use openchair_stripe_stand_in::Order;
use openchair_tests::cards::Counter;
use openchair_tests::eventually;
use openchair_tests::spa::shown;
use serde_json::{Value, json};

use super::{DISPUTED, INQUIRED, asked, compared, letters, newest, paid_with, sums, told_again};

async fn give_back(counter: &Counter, payment: &Value) -> openchair_tests::Answer {
    let path = format!("/v1/payments/{}/refunds", payment["id"].as_str().unwrap());
    counter.spa.owner.post(&path, &json!({ "amount_minor": 1_000, "reason": "" })).await
}

/// Told three times, the last thing first: noted once, in the book once, and its owner gets one mail.
#[tokio::test]
async fn a_dispute_is_noted_once_and_its_payment_stays() {
    let counter = Counter::open().await;
    counter.stripe.copy_webhooks(3);
    counter.stripe.hold_webhooks();
    let visit = paid_with(&counter, 4, DISPUTED).await;
    counter.stripe.release_webhooks(Order::Backwards);
    asked(&counter).await;
    told_again(&counter).await;
    let listed = counter.spa.owner.get("/v1/disputes").await.expect(200);
    let items = listed["items"].as_array().unwrap();
    assert_eq!(items.len(), 1, "{listed}");
    let dispute = &items[0];
    assert_eq!(
        (&dispute["state"], &dispute["reason"]),
        (&json!("needs_response"), &json!("fraudulent"))
    );
    assert_eq!((&dispute["amount_minor"], &dispute["away_minor"]), (&json!(3_000), &json!(3_000)));
    assert_eq!(dispute["due_at"], shown(counter.app.now() + Duration::days(7)));
    assert_eq!(sums(&counter).await, (0, 3_000, 0));
    let owner = &counter.spa.business.owner.email;
    let mail = counter.app.mail(owner, "disputes a payment of 30.00 USD").await;
    assert!(mail.to_string().contains("March 9, 2026"), "{mail}");
    assert_eq!(letters(&counter, "payment_disputed").await, 1);
    // Nobody gives back what the bank has taken.
    let payment = newest(&counter, "/v1/payments").await;
    assert_eq!((&payment["id"], &payment["disputed"]), (&dispute["payment"], &json!(true)));
    give_back(&counter, &payment).await.problem(409, "disputed");
    let path = format!("/v1/b/{}/cancel", visit["link"].as_str().unwrap());
    counter.spa.guest.post(&path, &json!({})).await.expect(200);
    asked(&counter).await;
    assert_eq!(counter.app.database.count("select count(*) from refunds").await, 0);
    assert_eq!(counter.charges(), [(3_000, 0)]);
}

#[tokio::test]
async fn what_is_won_comes_back_and_what_is_lost_does_not() {
    for (won, state, expected) in [(true, "won", (3_000, 0, 0)), (false, "lost", (0, 0, 3_000))] {
        let counter = Counter::open().await;
        paid_with(&counter, 4, DISPUTED).await;
        asked(&counter).await;
        let dispute = counter.stripe.book().disputes[0].id.clone();
        counter.stripe.copy_webhooks(2);
        assert!(counter.stripe.close_dispute(&dispute, won));
        asked(&counter).await;
        told_again(&counter).await;
        let found = newest(&counter, "/v1/disputes").await;
        assert_eq!((&found["state"], &found["due_at"]), (&json!(state), &Value::Null));
        assert_eq!(found["closed_at"], shown(counter.app.now()));
        assert_eq!(sums(&counter).await, expected, "{state}");
        assert_eq!(letters(&counter, "payment_disputed").await, 1);
        let lines = "select count(*) from ledger where dispute_id is not null";
        assert_eq!(counter.app.database.count(lines).await, 2, "{state}");
    }
}

/// The bank only asks: nothing is away, and who gives it back has settled it.
#[tokio::test]
async fn an_inquiry_can_be_given_back() {
    let counter = Counter::open().await;
    paid_with(&counter, 4, INQUIRED).await;
    asked(&counter).await;
    let found = newest(&counter, "/v1/disputes").await;
    assert_eq!((&found["state"], &found["away_minor"]), (&json!("inquiry"), &json!(0)));
    assert_eq!(sums(&counter).await, (3_000, 0, 0));
    let payment = newest(&counter, "/v1/payments").await;
    assert_eq!(payment["disputed"], false);
    give_back(&counter, &payment).await.expect(201);
    asked(&counter).await;
    assert_eq!(counter.charges(), [(3_000, 1_000)]);
}

/// Nothing of it was told: it is found where both books are compared, and how it ended by the sweep.
#[tokio::test]
async fn what_nothing_is_heard_of_is_asked_about() {
    let counter = Counter::open().await;
    counter.stripe.drop_webhooks(1_000);
    paid_with(&counter, 4, DISPUTED).await;
    asked(&counter).await;
    assert_eq!(sums(&counter).await, (3_000, 0, 0));
    let found = compared(&counter, "2026-03-02").await;
    assert_eq!((&found["amiss"], &found["mended"]), (&json!(0), &json!(1)), "{found}");
    assert_eq!(sums(&counter).await, (0, 3_000, 0));
    let dispute = counter.stripe.book().disputes[0].id.clone();
    assert!(counter.stripe.close_dispute(&dispute, true));
    counter.app.clock.advance(Duration::hours(7));
    look_at_books_due(&counter.app.app().db).await.unwrap();
    eventually("it was asked", async || (sums(&counter).await == (3_000, 0, 0)).then_some(()))
        .await;
}

/// Whose payment nobody here knows: the business takes money by other means, too.
#[tokio::test]
async fn a_dispute_about_what_was_never_ours_is_none_of_our_business() {
    let counter = Counter::open().await;
    super::comparing::taken_elsewhere(&counter, DISPUTED).await;
    asked(&counter).await;
    let listed = counter.spa.owner.get("/v1/disputes").await.expect(200);
    assert_eq!(listed["items"], json!([]));
    assert_eq!(letters(&counter, "payment_disputed").await, 0);
}
