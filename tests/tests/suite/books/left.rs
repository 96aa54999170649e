//! An account at Stripe that was taken away, while banks still decide about what was paid there, send back what was
//! given back, and its owners give money back at Stripe's own pages.

use chrono::Duration;
use openchair_domain::payments::look_at_books_due;
use openchair_tests::cards::{Counter, GOOD};
use openchair_tests::eventually;
use serde_json::json;

use super::{DISPUTED, asked, compared, newest, paid_with, sums};

const TODAY: &str = "2026-03-02";

/// One whose owners stay signed in, where hours pass.
async fn counter() -> Counter {
    Counter::with(&[("session.idle_hours", "8760"), ("session.absolute_hours", "17520")]).await
}

/// The business takes its account away and gets another one.
async fn changed(counter: &Counter) -> String {
    asked(counter).await;
    counter.spa.owner.delete("/v1/payment-account/stripe").await.expect(204);
    let second = counter.spa.takes_cards(&counter.stripe).await;
    assert_ne!(second, counter.account);
    second
}

async fn give_back(counter: &Counter, amount_minor: i64) {
    let payment = newest(counter, "/v1/payments").await;
    let path = format!("/v1/payments/{}/refunds", payment["id"].as_str().unwrap());
    let body = json!({ "amount_minor": amount_minor, "reason": "" });
    counter.spa.owner.post(&path, &body).await.expect(201);
}

/// Told of it or not, it is known what the bank decided; then the money can be given back from here, as before.
#[tokio::test]
async fn a_dispute_there_ends_here() {
    for told in [true, false] {
        let counter = counter().await;
        paid_with(&counter, 4, DISPUTED).await;
        changed(&counter).await;
        assert_eq!(sums(&counter).await, (0, 3_000, 0));
        assert_eq!(newest(&counter, "/v1/payments").await["disputed"], true);
        let dispute = counter.stripe.book().disputes[0].id.clone();
        if !told {
            counter.stripe.drop_webhooks(1_000);
        }
        assert!(counter.stripe.close_dispute(&dispute, true));
        if !told {
            counter.app.clock.advance(Duration::hours(7));
            look_at_books_due(&counter.app.app().db).await.unwrap();
        }
        eventually(&format!("it is won, told: {told}"), async || {
            (sums(&counter).await == (3_000, 0, 0)).then_some(())
        })
        .await;
        assert_eq!(newest(&counter, "/v1/payments").await["disputed"], false);
        give_back(&counter, 1_000).await;
        asked(&counter).await;
        assert_eq!(counter.charges(), [(3_000, 1_000)]);
    }
}

/// A bank sends back what was given back, and Stripe sends money on, when the account isn't the business's any more.
#[tokio::test]
async fn what_comes_back_there_and_what_is_sent_to_a_bank_is_heard() {
    let counter = counter().await;
    paid_with(&counter, 4, GOOD).await;
    give_back(&counter, 3_000).await;
    asked(&counter).await;
    assert_eq!(counter.charges(), [(3_000, 3_000)]);
    changed(&counter).await;
    let refund = counter.stripe.book().charges[0].refunds[0].id.clone();
    assert!(counter.stripe.settle_refund(&refund, false));
    let owner = &counter.spa.business.owner.email;
    counter.app.mail(owner, "30.00 USD couldn't be given back").await;
    assert_eq!(sums(&counter).await, (3_000, 0, 0));
    let payout = counter.stripe.send_payout(&counter.account, 5_000, "usd").unwrap();
    asked(&counter).await;
    let found = newest(&counter, "/v1/payouts").await;
    assert_eq!((&found["reference"], &found["state"]), (&json!(payout), &json!("in_transit")));
    // Nobody hears of it how it arrives: that is asked, where it is.
    counter.stripe.drop_webhooks(1_000);
    assert!(counter.stripe.settle_payout(&payout, true));
    counter.app.clock.advance(Duration::hours(7));
    look_at_books_due(&counter.app.app().db).await.unwrap();
    let paid = "select count(*) from payouts where state = 'paid'";
    eventually("it arrived", async || (counter.app.database.count(paid).await == 1).then_some(()))
        .await;
}

/// Our key was another one for an hour: what was told in that hour is found later, all the same.
#[tokio::test]
async fn who_is_let_in_again_asks_there_again() {
    let counter = counter().await;
    paid_with(&counter, 4, DISPUTED).await;
    changed(&counter).await;
    let dispute = counter.stripe.book().disputes[0].id.clone();
    assert!(counter.stripe.revoke(&counter.account));
    assert!(counter.stripe.close_dispute(&dispute, true));
    counter.app.clock.advance(Duration::hours(7));
    look_at_books_due(&counter.app.app().db).await.unwrap();
    let gone = "select count(*) from left_accounts where gone_at is not null";
    eventually("nobody is let in", async || {
        (counter.app.database.count(gone).await == 1).then_some(())
    })
    .await;
    assert!(counter.stripe.admit(&counter.account));
    counter.app.clock.advance(Duration::hours(25));
    look_at_books_due(&counter.app.app().db).await.unwrap();
    eventually("it is won", async || (sums(&counter).await == (3_000, 0, 0)).then_some(())).await;
    assert_eq!(counter.app.database.count(gone).await, 0);
}

/// Days are compared in both, as long as the old one is known at Stripe.
#[tokio::test]
async fn its_days_are_compared_with_those_of_the_new_one() {
    let counter = counter().await;
    paid_with(&counter, 4, GOOD).await;
    let second = changed(&counter).await;
    paid_with(&counter, 5, GOOD).await;
    asked(&counter).await;
    counter.stripe.drop_webhooks(1_000);
    let charge = counter.stripe.book().charges[0].clone();
    assert_ne!(charge.account.as_deref(), Some(&*second));
    counter.stripe.refund_there(&charge.id, 1_000).unwrap();
    let found = compared(&counter, TODAY).await;
    assert_eq!((&found["amiss"], &found["mended"]), (&json!(0), &json!(1)), "{found}");
    assert_eq!(found["sums"][0]["theirs_minor"], 6_000, "{found}");
    assert_eq!(found["sums"][1]["ours_minor"], 1_000, "{found}");
    assert_eq!(sums(&counter).await, (5_000, 0, 0));
    // Nobody is let in there any more: the new one is compared all the same, and the old one isn't asked again.
    assert!(counter.stripe.revoke(&counter.account));
    let found = compared(&counter, TODAY).await;
    assert_eq!((&found["amiss"], &found["sums"][0]["theirs_minor"]), (&json!(0), &json!(3_000)));
    let gone = "select count(*) from left_accounts where gone_at is not null";
    assert_eq!(counter.app.database.count(gone).await, 1);
}

/// A business without any account hears of the one that it had, and its days are compared.
#[tokio::test]
async fn days_of_the_last_one_are_compared_too() {
    let counter = counter().await;
    paid_with(&counter, 4, GOOD).await;
    asked(&counter).await;
    counter.spa.owner.delete("/v1/payment-account/stripe").await.expect(204);
    counter.stripe.drop_webhooks(1_000);
    let charge = counter.stripe.book().charges[0].id.clone();
    counter.stripe.refund_there(&charge, 1_000).unwrap();
    counter.app.clock.advance(Duration::days(1));
    look_at_books_due(&counter.app.app().db).await.unwrap();
    eventually("it is found", async || (sums(&counter).await == (2_000, 0, 0)).then_some(())).await;
}
