//! What the provider knows nothing of any more: it ends, and nobody asks for ever. And an account that is taken away.

use chrono::Duration;
use openchair_domain::payments::look_at_unheard;
use openchair_stripe_stand_in::Act;
use openchair_tests::cards::{Counter, GOOD};
use openchair_tests::eventually;
use serde_json::{Value, json};

const PATH: &str = "/v1/payment-account/stripe";

/// Waits until so many rows are found.
async fn found(counter: &Counter, sql: &str, count: i64) {
    eventually(&format!("{count} of {sql}"), async || {
        (counter.app.database.count(sql).await == count).then_some(())
    })
    .await;
}

/// All that was to be done by now was done, and nothing was given up.
async fn nothing_is_dead(counter: &Counter) {
    let now = counter.app.now();
    let waiting = format!(
        "select count(*) from jobs
         where kind like 'payments.%' and state <> 'done' and run_at <= '{now}'"
    );
    found(counter, &waiting, 0).await;
}

/// Nothing was heard for a while: everything is asked about.
async fn asked_about(counter: &Counter) {
    counter.app.clock.advance(Duration::minutes(3));
    look_at_unheard(&counter.app.app().db).await.unwrap();
}

/// A guest is about to pay when Stripe forgets their page: another one takes its place.
#[tokio::test]
async fn a_page_that_is_gone_is_over() {
    let counter = Counter::open().await;
    let visit = counter.booked(4, "10:00", "ann").await;
    counter.page(&visit).await;
    counter.app.database.run("update payments set reference = 'cs_test_of_nobody'").await;
    asked_about(&counter).await;
    let over = "select count(*) from payments
                where state = 'over' and trouble like 'resource_missing: %'";
    found(&counter, over, 1).await;
    nothing_is_dead(&counter).await;
    // From then on nothing is asked about it.
    counter.app.clock.advance(Duration::minutes(3));
    assert_eq!(look_at_unheard(&counter.app.app().db).await.unwrap(), 0);
    let page = counter.page(&visit).await;
    counter.stripe.pay(&page, GOOD);
    assert_eq!(counter.back(&visit).await["state"], "paid");
    assert_eq!(counter.status(&visit).await, "confirmed");
}

/// The business takes its account away from this installation at Stripe: a page, a card's page and a refund end.
#[tokio::test]
async fn what_was_begun_in_an_account_that_is_gone_is_over() {
    let counter = Counter::open().await;
    let paid = counter.booked(4, "10:00", "ann").await;
    counter.stripe.pay(&counter.page(&paid).await, GOOD);
    counter.back(&paid).await;
    counter.asks_cards().await;
    counter.page(&counter.waxing(5, "10:00", "bob").await).await;
    counter.page(&counter.booked(6, "10:00", "cid").await).await;
    assert!(counter.stripe.revoke(&counter.account));
    let listed = counter.money(&paid).await;
    let path = format!("/v1/payments/{}/refunds", listed["payments"][0]["id"].as_str().unwrap());
    let body = json!({ "amount_minor": 1_000, "reason": "Late" });
    counter.spa.owner.post(&path, &body).await.expect(201);
    asked_about(&counter).await;
    let trouble = "trouble like 'account_invalid: %'";
    let failed = format!("select count(*) from refunds where state = 'failed' and {trouble}");
    found(&counter, &failed, 1).await;
    let over = format!("select count(*) from payments where state = 'over' and {trouble}");
    found(&counter, &over, 1).await;
    found(&counter, "select count(*) from cards where state = 'over'", 1).await;
    nothing_is_dead(&counter).await;
    assert_eq!(counter.money(&paid).await["payments"][0]["refunded_minor"], 0);
    assert_eq!(counter.charges(), [(3_000, 0)]);
    // Nobody is led there any more, until it is let in again.
    let look = "/v1/payment-account/look";
    let seen = counter.spa.owner.post_empty(look).await.expect(200);
    assert_eq!((&seen["connected"], &seen["charges_enabled"]), (&json!(true), &json!(false)));
    assert!(counter.stripe.admit(&counter.account));
    let seen = counter.spa.owner.post_empty(look).await.expect(200);
    assert_eq!(seen["charges_enabled"], true);
}

/// A refund is done and its answer lost, and when it is asked again, nobody lets us in: it failed. Once we are let in
/// again, both books find that it was done.
#[tokio::test]
async fn a_refund_that_was_done_unheard_is_found_done() {
    let counter = Counter::open().await;
    let paid = counter.booked(4, "10:00", "ann").await;
    counter.stripe.pay(&counter.page(&paid).await, GOOD);
    counter.back(&paid).await;
    counter.stripe.quiet().await;
    counter.stripe.drop_webhooks(1_000);
    let listed = counter.money(&paid).await;
    let path = format!("/v1/payments/{}/refunds", listed["payments"][0]["id"].as_str().unwrap());
    counter.stripe.trouble("POST /v1/refunds", Act::Cut, 1);
    let body = json!({ "amount_minor": 1_000, "reason": "Late" });
    counter.spa.owner.post(&path, &body).await.expect(201);
    eventually("it was given back", async || (counter.charges() == [(3_000, 1_000)]).then_some(()))
        .await;
    // Until then nobody asked again: the worker was away.
    counter.app.database.run("delete from jobs where kind = 'payments.give_back'").await;
    assert!(counter.stripe.revoke(&counter.account));
    asked_about(&counter).await;
    found(&counter, "select count(*) from refunds where state = 'failed'", 1).await;
    nothing_is_dead(&counter).await;
    assert_eq!(counter.money(&paid).await["payments"][0]["refunded_minor"], 0);
    assert_eq!(counter.balance("card").await, 3_000);
    assert!(counter.stripe.admit(&counter.account));
    let body = json!({ "day": "2026-03-02" });
    for mended in [1, 1] {
        let look = "/v1/book-checks/look";
        let compared = counter.spa.owner.post(look, &body).await.expect(200);
        assert_eq!((&compared["amiss"], &compared["mended"]), (&json!(0), &json!(mended)));
        found(&counter, "select count(*) from refunds where state = 'done'", 1).await;
        assert_eq!(counter.money(&paid).await["payments"][0]["refunded_minor"], 1_000);
        assert_eq!(
            (counter.charges(), counter.balance("card").await),
            (vec![(3_000, 1_000)], 2_000)
        );
    }
    counter.app.mail("ann@example.com", "gives you back 10.00 USD").await;
}

/// Meanwhile the same was given back once more, so that of what was found done some is of the tip: of that nothing is
/// forgiven.
#[tokio::test]
async fn what_is_found_done_may_be_of_the_tip() {
    let counter = Counter::open().await;
    let visit = counter.booked(4, "10:00", "ann").await;
    counter.stripe.pay(&counter.page(&visit).await, GOOD);
    counter.back(&visit).await;
    counter.app.clock.advance(Duration::seconds(1));
    let page = counter.page_for(&visit, &json!({ "what": "all", "tip_minor": 1_000 })).await;
    counter.stripe.pay(&page, GOOD);
    counter.back(&visit).await;
    counter.deed(&visit, "check-in", json!({})).await;
    counter.deed(&visit, "complete", json!({})).await;
    counter.stripe.quiet().await;
    counter.stripe.drop_webhooks(1_000);
    let payment = counter.money(&visit).await["payments"][0].clone();
    assert_eq!((&payment["amount_minor"], &payment["tip_minor"]), (&json!(7_000), &json!(1_000)));
    let path = format!("/v1/payments/{}/refunds", payment["id"].as_str().unwrap());
    counter.stripe.trouble("POST /v1/refunds", Act::Cut, 1);
    let body = json!({ "amount_minor": 3_500, "reason": "Late" });
    counter.spa.owner.post(&path, &body).await.expect(201);
    let there = async |back: i64| {
        eventually("it was given back", async || {
            (counter.charges() == [(3_000, 0), (7_000, back)]).then_some(())
        })
        .await;
    };
    there(3_500).await;
    counter.app.database.run("delete from jobs where kind = 'payments.give_back'").await;
    assert!(counter.stripe.revoke(&counter.account));
    asked_about(&counter).await;
    found(&counter, "select count(*) from refunds where state = 'failed'", 1).await;
    assert!(counter.stripe.admit(&counter.account));
    counter.spa.owner.post(&path, &body).await.expect(201);
    there(7_000).await;
    found(&counter, "select count(*) from refunds where state = 'done'", 1).await;
    let look = json!({ "day": "2026-03-02" });
    let compared = counter.spa.owner.post("/v1/book-checks/look", &look).await.expect(200);
    assert_eq!((&compared["amiss"], &compared["mended"]), (&json!(0), &json!(1)), "{compared}");
    let parts =
        "select count(*) from refunds where state = 'done' and tip_minor + waived_minor = 3500";
    found(&counter, parts, 2).await;
    assert_eq!((counter.balance("card").await, counter.balance("tips").await), (3_000, 0));
}

/// A fee that nobody can take any more: it stays open, and is told once.
#[tokio::test]
async fn a_fee_in_an_account_that_is_gone_stays_open() {
    let counter = Counter::open().await;
    counter.asks_cards().await;
    let visit = counter.left(4, "10:00", "ann", GOOD).await;
    assert!(counter.stripe.revoke(&counter.account));
    let off = format!("/v1/b/{}/cancel", visit["link"].as_str().unwrap());
    let off = counter.spa.guest.post(&off, &json!({})).await.expect(200);
    assert_eq!(off["fee_minor"], 2_000);
    let over = "select count(*) from payments
                where kind = 'fee' and state = 'over' and trouble like 'account_invalid: %'";
    found(&counter, over, 1).await;
    nothing_is_dead(&counter).await;
    assert!(counter.charges().is_empty());
    assert_eq!(counter.owed(&visit).await["amount_minor"], 2_000);
}

#[tokio::test]
async fn an_account_is_taken_away_and_another_one_connected() {
    let counter = Counter::open().await;
    let owner = &counter.spa.owner;
    let visit = counter.booked(4, "10:00", "ann").await;
    let next = counter.booked(5, "10:00", "bob").await;
    let page = counter.page(&visit).await;
    owner.delete(PATH).await.problem(409, "payments_under_way");
    counter.stripe.pay(&page, GOOD);
    counter.back(&visit).await;
    let payment = counter.money(&visit).await["payments"][0]["id"].as_str().unwrap().to_owned();
    let refunds = format!("/v1/payments/{payment}/refunds");
    counter.stripe.slow_refunds(1);
    let part = json!({ "amount_minor": 1_000, "reason": "Late" });
    owner.post(&refunds, &part).await.expect(201);
    owner.delete(PATH).await.problem(409, "payments_under_way");
    let refund = eventually("it is asked", async || {
        let book = counter.stripe.book();
        book.charges[0].refunds.first().map(|refund| refund.id.clone())
    })
    .await;
    assert!(counter.stripe.settle_refund(&refund, true));
    found(&counter, "select count(*) from refunds where state = 'done'", 1).await;
    owner.delete(PATH).await.expect(204);
    owner.delete(PATH).await.problem(409, "not_connected");
    let seen = owner.get("/v1/payment-account").await.expect(200);
    assert_eq!((&seen["connected"], &seen["account"]), (&json!(false), &Value::Null));
    counter.wishes(&next, &json!({})).await.problem(409, "no_cards");
    // What was paid there can still be given back.
    counter.app.clock.advance(Duration::seconds(1));
    owner.post(&refunds, &json!({ "amount_minor": 2_000, "reason": "All" })).await.expect(201);
    found(&counter, "select count(*) from refunds where state = 'done'", 2).await;
    assert_eq!(counter.charges(), [(3_000, 3_000)]);
    // Who connects again has another account, with Stripe's keys still known, and customers pay there.
    let second = counter.spa.takes_cards(&counter.stripe).await;
    assert_ne!(second, counter.account);
    assert_eq!(counter.stripe.book().accounts.len(), 2);
    counter.stripe.pay(&counter.page(&next).await, GOOD);
    counter.back(&next).await;
    assert_eq!(counter.status(&next).await, "confirmed");
    let charges = counter.stripe.book().charges;
    assert_eq!(charges[1].account.as_deref(), Some(&*second));
    let actions: Vec<String> = sqlx::query_scalar(
        "select action from audit_entries where action like 'payment_account%' order by action",
    )
    .fetch_all(counter.app.database.owner())
    .await
    .unwrap();
    let expected = ["connected", "connected", "disconnected"];
    assert_eq!(actions, expected.map(|action| format!("payment_account.{action}")));
}
