//! What goes back of what is over: tips for what didn't take place, what was too much, what staff give back for
//! good; and what came back to the business after all.

use chrono::Duration;
use openchair_domain::payments::HOOK_PATH;
use openchair_stripe_stand_in::{Outcome, Scope, Settings};
use openchair_tests::cards::{Counter, GOOD};
use openchair_tests::{eventually, guided};
use serde_json::{Value, json};

/// A facial of 90 whose deposit of 30 was paid, and the rest with a tip of 10.
async fn with_tip(counter: &Counter) -> Value {
    let visit = counter.booked(4, "10:00", "ann").await;
    counter.stripe.pay(&counter.page(&visit).await, GOOD);
    assert_eq!(counter.back(&visit).await["state"], "paid");
    // What comes later is the newest.
    counter.app.clock.advance(Duration::seconds(1));
    let page = counter.page_for(&visit, &json!({ "what": "all", "tip_minor": 1_000 })).await;
    assert_eq!(counter.stripe.pay(&page, GOOD), Outcome::Paid);
    assert_eq!(counter.back(&visit).await["paid_minor"], 10_000);
    visit
}

async fn charged(counter: &Counter, expected: &[(i64, i64)]) {
    let waiting = "
        select (select count(*) from refunds where state = 'pending')
             + (select count(*) from payments where state in ('open', 'processing'))";
    eventually(&format!("{expected:?}"), async || {
        let settled = counter.app.database.count(waiting).await == 0;
        (settled && counter.charges() == expected).then_some(())
    })
    .await;
}

async fn balances(counter: &Counter, expected: &[(&str, i64)]) {
    for (account, sum) in expected {
        assert_eq!(counter.balance(account).await, *sum, "{account}");
    }
}

async fn give_back(counter: &Counter, payment: &Value, body: Value) -> Value {
    let path = format!("/v1/payments/{}/refunds", payment["id"].as_str().unwrap());
    counter.spa.owner.post(&path, &body).await.expect(201)
}

async fn sums(counter: &Counter, visit: &Value) -> [i64; 3] {
    let money = counter.money(visit).await;
    ["due_minor", "open_minor", "excess_minor"].map(|key| money[key].as_i64().unwrap())
}

#[tokio::test]
async fn a_tip_for_what_is_called_off_goes_back_with_the_rest() {
    let counter = Counter::open().await;
    let visit = with_tip(&counter).await;
    balances(&counter, &[("tips", -1_000), ("card", 10_000)]).await;
    counter.deed(&visit, "cancel", json!({ "reason": "Eve is ill" })).await;
    charged(&counter, &[(3_000, 3_000), (7_000, 7_000)]).await;
    balances(&counter, &[("tips", 0), ("card", 0), ("customers", 0), ("fees", 0)]).await;
}

/// What it costs to call off is kept of what was paid for the visit, and nothing of the tip.
#[tokio::test]
async fn a_fee_is_not_kept_of_the_tip() {
    let counter = Counter::open().await;
    counter.asks_cards().await;
    let visit = with_tip(&counter).await;
    let path = format!("/v1/b/{}/cancel", visit["link"].as_str().unwrap());
    let off = counter.spa.guest.post(&path, &json!({})).await.expect(200);
    assert_eq!(off["fee_minor"], 4_500);
    charged(&counter, &[(3_000, 0), (7_000, 5_500)]).await;
    balances(&counter, &[("tips", 0), ("card", 4_500), ("fees", -4_500), ("customers", 0)]).await;
    assert_eq!(sums(&counter, &visit).await, [4_500, 0, 0]);
    // The part that was of the tip is told apart, also where the day is taken out.
    let parts = "select tip_minor from refunds where amount_minor = 5500";
    assert_eq!(counter.app.database.count(parts).await, 1_000);
}

/// Who paid everything and doesn't come gets back what isn't kept: after the hour in which staff can take it back.
#[tokio::test]
async fn who_does_not_come_gets_back_what_is_beyond_the_deposit() {
    let counter = Counter::open().await;
    let visit = with_tip(&counter).await;
    counter.deed(&visit, "no-show", json!({})).await;
    assert_eq!(sums(&counter, &visit).await, [3_000, 0, 6_000]);
    counter.app.clock.advance(Duration::minutes(59));
    assert_eq!(counter.charges(), [(3_000, 0), (7_000, 0)]);
    counter.app.clock.advance(Duration::minutes(2));
    charged(&counter, &[(3_000, 0), (7_000, 7_000)]).await;
    balances(&counter, &[("tips", 0), ("card", 3_000), ("fees", -3_000), ("customers", 0)]).await;
}

#[tokio::test]
async fn what_is_given_back_for_good_is_not_asked_for_again() {
    let counter = Counter::open().await;
    let visit = with_tip(&counter).await;
    counter.deed(&visit, "check-in", json!({})).await;
    counter.deed(&visit, "complete", json!({})).await;
    balances(&counter, &[("sales", -9_000), ("customers", 0)]).await;
    let payment = counter.money(&visit).await["payments"][0].clone();
    let given = json!({ "amount_minor": 1_000, "reason": "It was cold" });
    assert_eq!(give_back(&counter, &payment, given).await["waived_minor"], 1_000);
    charged(&counter, &[(3_000, 0), (7_000, 1_000)]).await;
    assert_eq!(sums(&counter, &visit).await, [8_000, 0, 0]);
    assert_eq!(counter.owed(&visit).await["open_minor"], 0);
    balances(&counter, &[("sales", -8_000), ("customers", 0), ("tips", -1_000)]).await;
    // It was a slip, and is paid in another way.
    counter.app.clock.advance(Duration::seconds(1));
    let wrong = json!({ "amount_minor": 500, "reason": "Twice", "waive": false });
    assert_eq!(give_back(&counter, &payment, wrong).await["waived_minor"], 0);
    charged(&counter, &[(3_000, 0), (7_000, 1_500)]).await;
    assert_eq!(sums(&counter, &visit).await, [8_000, 500, 0]);
    balances(&counter, &[("sales", -8_000), ("customers", 500)]).await;
}

/// Kindness within the hour isn't taken from the card at its end.
#[tokio::test]
async fn who_was_given_their_deposit_back_pays_no_fee() {
    let counter = Counter::open().await;
    counter.asks_cards().await;
    let visit = counter.booked(4, "10:00", "ann").await;
    counter.stripe.pay(&counter.page(&visit).await, GOOD);
    assert_eq!(counter.back(&visit).await["card"], "left");
    counter.deed(&visit, "no-show", json!({})).await;
    let money = counter.money(&visit).await;
    assert!(money["fee_at"].is_string(), "{money}");
    let payment = money["payments"][0].clone();
    give_back(&counter, &payment, json!({ "amount_minor": 3_000, "reason": "Ill" })).await;
    charged(&counter, &[(3_000, 3_000)]).await;
    // 15 of the 45 are left; that was all there is to say.
    assert_eq!(sums(&counter, &visit).await, [1_500, 1_500, 0]);
    give_up_the_rest(&counter, &visit).await;
}

/// The fee that is left is taken once, and no more than that.
async fn give_up_the_rest(counter: &Counter, visit: &Value) {
    counter.app.clock.advance(Duration::minutes(61));
    charged(counter, &[(3_000, 3_000), (1_500, 0)]).await;
    assert_eq!(sums(counter, visit).await, [1_500, 0, 0]);
    balances(counter, &[("fees", -1_500), ("card", 1_500), ("customers", 0)]).await;
}

/// Calling off late costs half the price from now on, and so does not coming. No card is asked for.
async fn costs_half(counter: &Counter) {
    let policy = json!({
        "late_cancel_fee_percent": 50, "no_show_fee_percent": 50, "cancel_notice_minutes": 10_000,
    });
    let version = counter.spa.owner.get("/v1/booking-policy").await.version();
    counter.spa.owner.patch("/v1/booking-policy", version, &policy).await.expect(200);
}

/// Staff give back what the panel says is too much: that is no kindness, and the fee stays.
#[tokio::test]
async fn giving_back_what_is_too_much_leaves_the_fee() {
    let counter = Counter::open().await;
    costs_half(&counter).await;
    let visit = counter.booked(4, "10:00", "ann").await;
    let id = counter.desk(&visit).await["id"].as_str().unwrap().to_owned();
    let cash = json!({ "way": "cash", "amount_minor": 9_000 });
    let path = format!("/v1/appointments/{id}/payments");
    let payment = counter.spa.owner.post(&path, &cash).await.expect(201);
    counter.deed(&visit, "cancel", json!({ "with_fee": true })).await;
    assert_eq!(sums(&counter, &visit).await, [4_500, 0, 4_500]);
    let back = give_back(&counter, &payment, json!({ "amount_minor": 4_500, "reason": "Off" }));
    assert_eq!(back.await["waived_minor"], 0);
    assert_eq!(sums(&counter, &visit).await, [4_500, 0, 0]);
    balances(&counter, &[("fees", -4_500), ("cash", 4_500), ("customers", 0)]).await;
    // Of the fee itself it is one, as far as it goes, unless they say otherwise.
    let kind = json!({ "amount_minor": 1_500, "reason": "Ill" });
    assert_eq!(give_back(&counter, &payment, kind).await["waived_minor"], 1_500);
    assert_eq!(sums(&counter, &visit).await, [3_000, 0, 0]);
    let wrong = json!({ "amount_minor": 500, "reason": "By card", "waive": false });
    assert_eq!(give_back(&counter, &payment, wrong).await["waived_minor"], 0);
    assert_eq!(sums(&counter, &visit).await, [3_000, 500, 0]);
    balances(&counter, &[("fees", -3_000), ("cash", 2_500), ("customers", 500)]).await;
}

/// What was forgiven of the fee says nothing of the price, should they have come after all.
#[tokio::test]
async fn a_fee_that_is_forgiven_is_not_taken_off_the_price() {
    let counter = Counter::open().await;
    costs_half(&counter).await;
    let visit = counter.booked(4, "10:00", "ann").await;
    let id = counter.desk(&visit).await["id"].as_str().unwrap().to_owned();
    let path = format!("/v1/appointments/{id}/payments");
    let cash = json!({ "way": "cash", "amount_minor": 4_500 });
    let payment = counter.spa.owner.post(&path, &cash).await.expect(201);
    counter.deed(&visit, "no-show", json!({})).await;
    assert_eq!(sums(&counter, &visit).await, [4_500, 0, 0]);
    let back = json!({ "amount_minor": 4_500, "reason": "They called" });
    assert_eq!(give_back(&counter, &payment, back).await["waived_minor"], 4_500);
    assert_eq!(sums(&counter, &visit).await, [0, 0, 0]);
    counter.deed(&visit, "step-back", json!({})).await;
    assert_eq!(sums(&counter, &visit).await, [9_000, 9_000, 0]);
    // And the other way round: it stays forgiven of the fee.
    counter.deed(&visit, "no-show", json!({})).await;
    assert_eq!(sums(&counter, &visit).await, [0, 0, 0]);
}

/// Some of what goes back was too much, and the rest of it is kindness.
#[tokio::test]
async fn only_what_was_due_is_forgiven() {
    let counter = Counter::open().await;
    costs_half(&counter).await;
    let visit = with_tip(&counter).await;
    counter.deed(&visit, "no-show", json!({})).await;
    assert_eq!(sums(&counter, &visit).await, [4_500, 0, 4_500]);
    let payment = counter.money(&visit).await["payments"][0].clone();
    let back = give_back(&counter, &payment, json!({ "amount_minor": 5_500, "reason": "Ill" }));
    assert_eq!(back.await["waived_minor"], 1_000);
    assert_eq!(sums(&counter, &visit).await, [3_500, 0, 0]);
}

/// What staff, or the business in Stripe's dashboard, give back within the hour isn't followed by the fee at its end.
#[tokio::test]
async fn what_was_too_much_is_given_back_once() {
    for there in [false, true] {
        let counter = Counter::open().await;
        costs_half(&counter).await;
        let visit = with_tip(&counter).await;
        counter.deed(&visit, "no-show", json!({})).await;
        if there {
            let charge = counter.stripe.book().charges[1].id.clone();
            counter.stripe.refund_there(&charge, 4_500).unwrap();
        } else {
            let payment = counter.money(&visit).await["payments"][0].clone();
            let body = json!({ "amount_minor": 4_500, "reason": "Too much" });
            give_back(&counter, &payment, body).await;
        }
        let known = "select count(*) from refunds where state = 'done'";
        eventually("it is known here", async || {
            (counter.app.database.count(known).await == 1).then_some(())
        })
        .await;
        assert_eq!(sums(&counter, &visit).await, [4_500, 0, 0], "there: {there}");
        counter.app.clock.advance(Duration::minutes(61));
        let waiting =
            "select count(*) from jobs where kind = 'payments.take_fee' and state <> 'done'";
        eventually("the hour is over", async || {
            (counter.app.database.count(waiting).await == 0).then_some(())
        })
        .await;
        // The tip goes then: 60 and 10 less 45.
        charged(&counter, &[(3_000, 0), (7_000, 5_500)]).await;
        assert_eq!(sums(&counter, &visit).await, [4_500, 0, 0], "there: {there}");
        balances(&counter, &[("fees", -4_500), ("card", 4_500), ("tips", 0), ("customers", 0)])
            .await;
    }
}

/// Stripe names one event for a refund that fails after all: what the guide asks for has to bring it, with nothing else
/// told of that refund.
#[tokio::test]
async fn what_comes_back_is_heard_by_the_event_for_it_alone() {
    let counter = Counter::open().await;
    let mut events = guided::events(Scope::Connected);
    events.retain(|event| event != "refund.updated");
    let hook = format!("{}{HOOK_PATH}", counter.app.url);
    counter.stripe.tell([Settings::default().endpoint(hook, Scope::Connected).only(events)]);
    let visit = counter.booked(4, "10:00", "ann").await;
    counter.stripe.pay(&counter.page(&visit).await, GOOD);
    assert_eq!(counter.back(&visit).await["state"], "paid");
    let payment = counter.money(&visit).await["payments"][0].clone();
    give_back(&counter, &payment, json!({ "amount_minor": 3_000, "reason": "Late" })).await;
    charged(&counter, &[(3_000, 3_000)]).await;
    counter.stripe.quiet().await;
    let refund = counter.stripe.book().charges[0].refunds[0].id.clone();
    assert!(counter.stripe.settle_refund(&refund, false));
    counter.stripe.quiet().await;
    let deliveries = counter.stripe.deliveries();
    assert_eq!(deliveries.last().unwrap().kind, "refund.failed", "{deliveries:?}");
    let owner = &counter.spa.business.owner.email;
    counter.app.mail(owner, "30.00 USD couldn't be given back").await;
    balances(&counter, &[("card", 3_000), ("customers", -3_000)]).await;
}

/// The bank takes a refund, and sends it back days later.
#[tokio::test]
async fn what_comes_back_after_it_was_done_can_be_given_back_again() {
    let counter = Counter::open().await;
    let visit = counter.booked(4, "10:00", "ann").await;
    counter.stripe.pay(&counter.page(&visit).await, GOOD);
    assert_eq!(counter.back(&visit).await["state"], "paid");
    let payment = counter.money(&visit).await["payments"][0].clone();
    give_back(&counter, &payment, json!({ "amount_minor": 3_000, "reason": "Late" })).await;
    charged(&counter, &[(3_000, 3_000)]).await;
    balances(&counter, &[("card", 0), ("customers", 0)]).await;
    counter.app.clock.advance(Duration::days(3));
    counter.stripe.copy_webhooks(2);
    let refund = counter.stripe.book().charges[0].refunds[0].id.clone();
    assert!(counter.stripe.settle_refund(&refund, false));
    let owner = &counter.spa.business.owner.email;
    counter.app.mail(owner, "30.00 USD couldn't be given back").await;
    balances(&counter, &[("card", 3_000), ("customers", -3_000)]).await;
    let state = "select count(*) from refunds where state = 'failed' and done_at < came_back_at";
    assert_eq!(counter.app.database.count(state).await, 1);
    counter.app.clock.advance(Duration::seconds(1));
    give_back(&counter, &payment, json!({ "amount_minor": 3_000, "reason": "Again" })).await;
    let done = "select count(*) from refunds where state = 'done'";
    eventually("it is given back again", async || {
        (counter.app.database.count(done).await == 1).then_some(())
    })
    .await;
    balances(&counter, &[("card", 0), ("customers", 0)]).await;
}
