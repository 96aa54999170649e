//! Server and worker are killed in the middle of each request to the provider, from the page to the refund: in the
//! end one charge was taken, and all of it given back.

use openchair_domain::payments::HOOK_PATH;
use openchair_stripe_stand_in::{Act, Clock, Order, Outcome, Settings, Stand};
use openchair_tests::cards::{GOOD, link};
use openchair_tests::programs::{PATIENCE, Programs, clock_file, pressed, presses};
use openchair_tests::{Browser, eventually_in};
use serde_json::json;

const NAME: &str = "kills-of-payments";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_charge_is_taken_and_given_back_whoever_is_killed_meanwhile() {
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
    ];
    let told = |url: &str| stripe.webhooks_to([format!("{url}{HOOK_PATH}")]);
    let mut programs = Programs::start(NAME, settings, told).await;
    let (owner, slug) = programs.business("US").await;
    programs.wants_deposits(&owner).await;
    owner.post_empty("/v1/payment-account/onboarding").await.expect(200);
    assert!(stripe.onboard(&stripe.book().accounts[0].id));
    owner.post_empty("/v1/payment-account/look").await.expect(200);
    let visit = programs.visit(&slug).await;
    let (guest, link) = (Browser::at(&programs.url), link(&visit).to_owned());
    let pay = format!("/v1/b/{link}/payment");

    stripe.trouble("POST /v1/checkout/sessions", Act::Wait, 1);
    presses(&guest, &pay, &json!({}));
    killed_while_asking(&mut programs, &stripe).await;
    pressed(&guest, &pay, &json!({})).await;
    let sessions = stripe.book().sessions;
    assert_eq!(sessions.len(), 1, "the page that nobody heard of is the one that is opened");

    // It is paid, and whoever asks how it stands is killed before they hear.
    stripe.hold_webhooks();
    assert_eq!(stripe.pay(&sessions[0].id, GOOD), Outcome::Paid);
    stripe.trouble("GET /v1/checkout/sessions", Act::Wait, 1);
    presses(&guest, &format!("{pay}/look"), &json!({}));
    killed_while_asking(&mut programs, &stripe).await;
    // What is told comes now: once more, whoever is asked about it is killed over it.
    stripe.trouble("GET /v1/checkout/sessions", Act::Wait, 1);
    stripe.release_webhooks(Order::AsHappened);
    killed_while_asking(&mut programs, &stripe).await;
    programs.until(&link, "confirmed").await;

    stripe.trouble("POST /v1/refunds", Act::Wait, 1);
    guest.post(&format!("/v1/b/{link}/cancel"), &json!({})).await.expect(200);
    killed_while_asking(&mut programs, &stripe).await;
    let given_back = "select count(*) from refunds where state = 'done'";
    eventually_in(PATIENCE, "the money is back", async || {
        (programs.database.count(given_back).await == 1).then_some(())
    })
    .await;

    programs.until(&link, "cancelled").await;
    let charges = stripe.book().charges;
    assert_eq!(charges.len(), 1, "{charges:?}");
    assert_eq!((charges[0].refunded, charges[0].refunds.len()), (charges[0].amount, 1));
    // Our own book says the same.
    let lines = "select count(*) from ledger";
    assert_eq!(programs.database.count(lines).await, 2);
    let card =
        "select sum(case when debit = 'card' then amount_minor else -amount_minor end)::bigint
                from ledger where 'card' in (debit, credit)";
    assert_eq!(programs.database.count(card).await, 0);
    programs.end();
}

/// Kills both while somebody waits for the provider, who does what was asked all the same.
async fn killed_while_asking(programs: &mut Programs, stripe: &Stand) {
    tokio::time::timeout(PATIENCE, stripe.waiting(1)).await.expect("somebody asks");
    programs.kill_both(|| stripe.let_go()).await;
}
