//! Taking a plan, changing it, and ending it.

use openchair_stripe_stand_in::{Act, Order, Outcome, Scope};
use openchair_tests::cards::{Counter, DECLINED, GOOD};
use openchair_tests::eventually;
use openchair_tests::plans::Charged;
use serde_json::json;

#[tokio::test]
async fn a_plan_is_tried_taken_and_paid() {
    let shop = Charged::charged().await;
    let plan = shop.plan().await;
    assert_eq!(plan["standing"], "trial");
    assert_eq!((&plan["charged"], &plan["subscribed"]), (&json!(true), &json!(false)));
    assert_eq!(plan["staff"], json!({ "used": 4, "limit": 5 }));
    assert_eq!(plan["locations"], json!({ "used": 1, "limit": 5 }));
    let fits = plan["plans"].as_array().unwrap().iter().map(|one| (&one["key"], &one["fits"]));
    assert_eq!(
        json!(fits.collect::<Vec<_>>()),
        json!([["solo", false], ["team", true], ["business", true]]),
        "four serve, and solo has one"
    );
    let owner = &shop.spa.owner;
    let take = async |plan: &str| owner.post("/v1/plan/checkout", &json!({ "plan": plan })).await;
    take("solo").await.problem(409, "plan_too_small");
    for unknown in ["trial", "gold", ""] {
        assert_eq!(take(unknown).await.faults(), [("/plan".into(), "unknown".into())], "{unknown}");
    }
    let page = shop.take("team").await;
    assert_eq!(shop.take("team").await, page, "who asks twice gets the same page");
    // Somebody who only goes there has nothing.
    owner.post_empty("/v1/plan/look").await.expect(200);
    assert_eq!(shop.stands().await, ("trial".into(), "trial".into()));
    assert!(matches!(shop.stripe.pay(&page, DECLINED), Outcome::Declined { .. }));
    owner.post_empty("/v1/plan/look").await.expect(200);
    assert_eq!(shop.stands().await.0, "trial");
    assert!(matches!(shop.stripe.pay(&page, GOOD), Outcome::Paid));
    let seen = owner.post_empty("/v1/plan/look").await.expect(200);
    assert_eq!((&seen["standing"], &seen["plan"]), (&json!("paid"), &json!("team")));
    assert_eq!((&seen["pays_minor"], &seen["pays_currency"]), (&json!(4_900), &json!("USD")));
    assert_eq!(seen["staff"], json!({ "used": 4, "limit": 10 }));
    // The rest of the trial is free: nothing was taken yet.
    let book = shop.stripe.book();
    assert_eq!((book.subscriptions.len(), &*book.subscriptions[0].status), (1, "trialing"));
    assert!(book.invoices.iter().all(|invoice| invoice.amount_due == 0), "{book:?}");
    take("business").await.problem(409, "already_subscribed");
}

/// Nobody comes back from the page: what Stripe tells is enough. It comes twice, late, and turned round.
#[tokio::test]
async fn who_closes_the_window_has_a_plan() {
    let shop = Charged::charged().await;
    shop.stripe.hold_webhooks();
    shop.stripe.copy_webhooks(2);
    shop.stripe.pay(&shop.take("team").await, GOOD);
    shop.stripe.release_webhooks(Order::Backwards);
    eventually("the plan is in force", async || {
        (shop.stands().await == ("paid".into(), "team".into())).then_some(())
    })
    .await;
    assert_eq!(shop.going().len(), 1);
}

/// Both endpoints are heard: what businesses pay for their plans, and what their customers pay them.
#[tokio::test]
async fn plans_and_payments_are_heard_side_by_side() {
    let shop = Charged::charged().await;
    shop.stripe.pay(&shop.take("team").await, GOOD);
    let visit = shop.booked(4, "10:00", "ann").await;
    shop.stripe.pay(&shop.page(&visit).await, GOOD);
    shop.stripe.quiet().await;
    let deliveries = shop.stripe.deliveries();
    for scope in [Scope::Connected, Scope::Own] {
        let told: Vec<_> = deliveries.iter().filter(|one| one.scope == scope).collect();
        assert!(!told.is_empty(), "{scope:?} of {deliveries:?}");
        assert!(told.iter().all(|one| one.status == Some(204)), "{told:?}");
    }
    eventually("the plan is in force", async || (shop.stands().await.0 == "paid").then_some(()))
        .await;
    eventually("the visit is certain", async || {
        (shop.status(&visit).await == "confirmed").then_some(())
    })
    .await;
}

/// Nothing is heard at all: who looks after it asks.
#[tokio::test]
async fn a_plan_of_which_nothing_is_heard_is_found() {
    let shop = Charged::charged().await;
    shop.stripe.drop_webhooks(100);
    shop.stripe.pay(&shop.take("team").await, GOOD);
    shop.app.clock.advance(chrono::Duration::minutes(20));
    shop.kept_up().await;
    eventually("the plan is in force", async || (shop.stands().await.0 == "paid").then_some(()))
        .await;
}

/// An owner looked at the page and left: while it can be paid at, it is asked about, and then never again.
#[tokio::test]
async fn a_page_that_nobody_pays_at_is_forgotten() {
    let shop = Charged::charged().await;
    // Nothing is told of it, either.
    shop.stripe.drop_webhooks(100);
    shop.take("team").await;
    let asked = async |minutes: i64| {
        let before = shop.looks().await;
        shop.app.clock.advance(chrono::Duration::minutes(minutes));
        shop.kept_up().await;
        eventually("nobody looks any more", async || {
            let waiting = "select count(*) from jobs where kind = 'plans.look' and state <> 'done'";
            (shop.app.database.count(waiting).await == 0).then_some(())
        })
        .await;
        shop.looks().await - before
    };
    let open = "select count(*) from subscriptions where page_until is not null";
    assert_eq!(asked(20).await, 1);
    assert_eq!(shop.app.database.count(open).await, 1);
    // It was led to for 45 minutes, and an hour has passed since.
    assert_eq!(asked(90).await, 1);
    assert_eq!(shop.app.database.count(open).await, 0);
    for _ in 0..3 {
        assert_eq!(asked(20).await, 0);
    }
    // Whoever goes there again has another page.
    shop.subscribed("team").await;
}

/// Two windows, two plans: only the last page is good, and nobody pays for two.
#[tokio::test]
async fn nobody_pays_for_two_plans() {
    let shop = Charged::charged().await;
    let first = shop.take("team").await;
    let second = shop.take("business").await;
    assert_ne!(first, second);
    assert!(!matches!(shop.stripe.pay(&first, GOOD), Outcome::Paid), "it was closed");
    shop.stripe.pay(&second, GOOD);
    shop.spa.owner.post_empty("/v1/plan/look").await.expect(200);
    assert_eq!(shop.stands().await, ("paid".into(), "business".into()));
    assert_eq!(shop.going().len(), 1);
}

/// The answer was lost on its way. Whichever page is paid at, and if it is both, one plan is left.
#[tokio::test]
async fn a_page_whose_answer_was_lost_is_paid_at_once_only() {
    let shop = Charged::charged().await;
    shop.stripe.trouble("POST /v1/checkout/sessions", Act::Cut, 1);
    let body = json!({ "plan": "team" });
    let lost = shop.spa.owner.post("/v1/plan/checkout", &body).may_fail().send().await.unwrap();
    assert_eq!(lost.status, 503, "{lost}");
    shop.take("team").await;
    let pages: Vec<_> = shop.stripe.book().sessions.into_iter().collect();
    assert_eq!(pages.len(), 2);
    for page in &pages {
        shop.stripe.pay(&page.id, GOOD);
    }
    shop.spa.owner.post_empty("/v1/plan/look").await.expect(200);
    assert_eq!(shop.stands().await, ("paid".into(), "team".into()));
    assert_eq!(shop.going().len(), 1, "what was taken twice ends at once");
}

#[tokio::test]
async fn a_plan_is_changed_and_ended() {
    let shop = Charged::charged().await;
    let owner = &shop.spa.owner;
    let change = async |plan: &str| owner.put("/v1/plan", &json!({ "plan": plan })).await;
    change("team").await.problem(409, "not_subscribed");
    owner.post_empty("/v1/plan/portal").await.problem(409, "not_subscribed");
    let subscription = shop.subscribed("team").await;
    change("team").await.problem(409, "same_plan");
    change("solo").await.problem(409, "plan_too_small");
    let seen = change("business").await.expect(200);
    assert_eq!((&seen["plan"], &seen["pays_minor"]), (&json!("business"), &json!(14_900)));
    assert_eq!(shop.going().len(), 1);
    // There and back again: each change is one.
    assert_eq!(change("team").await.expect(200)["pays_minor"], 4_900);
    assert_eq!(change("business").await.expect(200)["pays_minor"], 14_900);
    let portal = owner.post_empty("/v1/plan/portal").await.expect(200);
    assert!(portal["url"].as_str().unwrap().starts_with(shop.stripe.origin()));
    assert!(shop.stripe.cancel(&subscription));
    eventually("it is heard of", async || {
        (shop.stands().await == ("trial".into(), "trial".into())).then_some(())
    })
    .await;
    // The same business takes one again, as the same customer.
    shop.subscribed("team").await;
    assert_eq!(shop.stripe.book().customers.len(), 1);
}

#[tokio::test]
async fn where_plans_cost_nothing_nobody_is_asked() {
    let shop = Counter::open().await;
    let plan = shop.plan().await;
    assert_eq!((&plan["standing"], &plan["charged"]), (&json!("free"), &json!(false)));
    let (owner, body) = (&shop.spa.owner, json!({ "plan": "team" }));
    owner.post("/v1/plan/checkout", &body).await.problem(409, "plans_not_charged");
    owner.put("/v1/plan", &body).await.problem(409, "plans_not_charged");
    owner.post_empty("/v1/plan/look").await.problem(409, "plans_not_charged");
    shop.after_days(6).await;
    assert_eq!(shop.stands().await.0, "free");
}
