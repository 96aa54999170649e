//! The server is killed while a page for a plan is opened, and the worker while it asks how the plan is paid and ends
//! what is too much: in the end there is one subscription, and the plan that it pays for.

use openchair_domain::payments::HOOK_PATH;
use openchair_stripe_stand_in::{Act, Clock, Order, Outcome, Settings, Stand};
use openchair_tests::cards::GOOD;
use openchair_tests::eventually_in;
use openchair_tests::programs::{PATIENCE, Programs, clock_file, pressed, presses};
use serde_json::{Value, json};

const NAME: &str = "kills-of-plans";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_plan_is_paid_whoever_is_killed_meanwhile() {
    let clock = Clock::following(clock_file(NAME));
    let settings = Settings { clock, ..Settings::default() };
    let (key, secret) = (settings.secret_key.clone(), settings.webhook_secret.clone());
    let plans_secret = settings.plans_webhook_secret.clone();
    let stripe = Stand::start(settings).await.unwrap();
    let settings = vec![
        ("stripe.base_url", stripe.origin().to_owned()),
        ("stripe.secret_key", key),
        ("stripe.webhook_secret", secret),
        ("stripe.plans_webhook_secret", plans_secret),
        ("stripe.plans", "true".to_owned()),
    ];
    let told = |url: &str| stripe.webhooks_to([format!("{url}{HOOK_PATH}")]);
    let mut programs = Programs::start(NAME, settings, told).await;
    let (owner, _) = programs.business("US").await;
    assert_eq!(owner.get("/v1/plan").await.expect(200)["standing"], "trial");

    // Killed while the business becomes a customer, and again while the page is opened.
    let (take, team) = ("/v1/plan/checkout", json!({ "plan": "team" }));
    for asked in ["POST /v1/customers", "POST /v1/checkout/sessions"] {
        stripe.trouble(asked, Act::Wait, 1);
        presses(&owner, take, &team);
        somebody_waits(&stripe).await;
        programs.kill_server(|| stripe.let_go()).await;
    }
    let url = pressed(&owner, take, &team).await["url"].clone();
    assert_eq!(pressed(&owner, take, &team).await["url"], url, "who asks twice gets the same page");
    let book = stripe.book();
    assert_eq!(book.customers.len(), 1, "{:?}", book.customers);
    let page = book.sessions.iter().find(|one| one.url.as_deref() == url.as_str()).unwrap();
    let lost = book.sessions.iter().find(|one| one.id != page.id).unwrap();
    assert_eq!(book.sessions.len(), 2, "one of which nobody heard");

    // Both are paid at, as if the answer had come after all. The worker is killed over asking, and over ending what
    // is too much. One event is told, so that one asks.
    stripe.hold_webhooks();
    assert_eq!(stripe.pay(&page.id, GOOD), Outcome::Paid);
    assert_eq!(stripe.pay(&lost.id, GOOD), Outcome::Paid);
    stripe.trouble("GET /v1/subscriptions", Act::Wait, 1);
    stripe.trouble("DELETE /v1/subscriptions", Act::Wait, 1);
    let made = |event: &&Value| event["type"] == "customer.subscription.created";
    let event = stripe.events().iter().find(made).unwrap()["id"].clone();
    assert!(stripe.redeliver(event.as_str().unwrap()));
    for _ in 0..2 {
        somebody_waits(&stripe).await;
        assert_eq!(owner.get("/v1/plan").await.expect(200)["subscribed"], false);
        programs.kill_worker(|| stripe.let_go());
    }
    // By the table: whoever asks the server so often is told to wait.
    let in_force = "select count(*) from subscriptions where stage in ('trying', 'active')";
    eventually_in(PATIENCE, "the plan is in force", async || {
        (programs.database.count(in_force).await == 1).then_some(())
    })
    .await;
    let going = || {
        let all = stripe.book().subscriptions;
        all.into_iter().filter(|one| one.status != "canceled").collect::<Vec<_>>()
    };
    eventually_in(PATIENCE, "one subscription goes on", async || {
        (going().len() == 1).then_some(())
    })
    .await;
    stripe.release_webhooks(Order::AsHappened);
    stripe.quiet().await;
    let kept = "select count(*) from subscriptions where reference is not null";
    assert_eq!(programs.database.count(kept).await, 1);
    let reference = going()[0].id.clone();
    let same = format!("select count(*) from subscriptions where reference = '{reference}'");
    assert_eq!(programs.database.count(&same).await, 1, "the one that goes on is the one kept");
    pressed(&owner, "/v1/plan/look", &json!({})).await;
    let plan = owner.get("/v1/plan").await.expect(200);
    assert_eq!(
        (&plan["standing"], &plan["plan"], &plan["pays_minor"]),
        (&json!("paid"), &json!("team"), &json!(4_900))
    );
    programs.end();
}

/// Until somebody waits for an answer.
async fn somebody_waits(stripe: &Stand) {
    tokio::time::timeout(PATIENCE, stripe.waiting(1)).await.expect("somebody asks");
}
