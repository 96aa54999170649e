//! The server is killed while a page for a plan is opened, and the worker while it asks how the plan is paid and ends
//! what is too much: in the end there is one subscription, and the plan that it pays for.

use openchair_domain::payments::HOOK_PATH;
use openchair_stripe_stand_in::{Act, Clock, Outcome, Settings, Stand};
use openchair_tests::cards::GOOD;
use openchair_tests::eventually_in;
use openchair_tests::programs::{PATIENCE, Programs, clock_file, pressed, presses};
use serde_json::json;

const NAME: &str = "kills-of-plans";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_plan_is_paid_whoever_is_killed_meanwhile() {
    let clock = Clock::following(clock_file(NAME));
    let settings = Settings { clock, ..Settings::default() };
    let (key, secret) = (settings.secret_key.clone(), settings.webhook_secret.clone());
    let stripe = Stand::start(settings).await.unwrap();
    let settings = vec![
        ("stripe.base_url", stripe.origin().to_owned()),
        ("stripe.secret_key", key),
        ("stripe.webhook_secret", secret),
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
        stripe.waiting(1).await;
        programs.kill_server(|| stripe.let_go()).await;
    }
    let url = pressed(&owner, take, &team).await["url"].clone();
    assert_eq!(pressed(&owner, take, &team).await["url"], url, "who asks twice gets the same page");
    let book = stripe.book();
    assert_eq!(book.customers.len(), 1, "{:?}", book.customers);
    let page = book.sessions.iter().find(|one| one.url.as_deref() == url.as_str()).unwrap();
    let lost = book.sessions.iter().find(|one| one.id != page.id).unwrap();
    assert_eq!(book.sessions.len(), 2, "one of which nobody heard");

    // Both are paid at, were the answer to have come after all. The worker is killed over asking, and over ending.
    stripe.trouble("GET /v1/subscriptions", Act::Wait, 1);
    stripe.trouble("DELETE /v1/subscriptions", Act::Wait, 1);
    assert_eq!(stripe.pay(&page.id, GOOD), Outcome::Paid);
    assert_eq!(stripe.pay(&lost.id, GOOD), Outcome::Paid);
    for _ in 0..2 {
        stripe.waiting(1).await;
        assert_eq!(owner.get("/v1/plan").await.expect(200)["subscribed"], false);
        programs.kill_worker(|| stripe.let_go());
    }
    eventually_in(PATIENCE, "the plan is in force", async || {
        let plan = owner.get("/v1/plan").await.expect(200);
        (plan["standing"] == "paid" && plan["plan"] == "team").then_some(())
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
