//! Server and worker are killed in the middle of each request to the provider while somebody buys a voucher, from the
//! page to the refund: in the end one charge was taken for one voucher, and all of it given back.

use openchair_domain::payments::HOOK_PATH;
use openchair_stripe_stand_in::{Act, Clock, Order, Outcome, Settings, Stand};
use openchair_tests::cards::GOOD;
use openchair_tests::programs::{PATIENCE, Programs, clock_file, pressed, presses};
use openchair_tests::{Browser, eventually_in};
use serde_json::{Value, json};

const NAME: &str = "kills-of-gifts";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_voucher_is_sold_and_given_back_whoever_is_killed_meanwhile() {
    let clock = Clock::following(clock_file(NAME));
    let settings = Settings { clock, ..Settings::default() };
    let (key, secret) = (settings.secret_key.clone(), settings.webhook_secret.clone());
    let stripe = Stand::start(settings).await.unwrap();
    let settings = vec![
        ("stripe.base_url", stripe.origin().to_owned()),
        ("stripe.secret_key", key),
        ("stripe.webhook_secret", secret),
    ];
    let told = |url: &str| stripe.webhooks_to([format!("{url}{HOOK_PATH}")]);
    let mut programs = Programs::start(NAME, settings, told).await;
    let (owner, slug) = programs.business("US").await;
    sells(&owner, &stripe).await;
    let guest = Browser::at(&programs.url);
    let body = json!({
        "value_minor": 5_000, "buyer_name": "Ann", "buyer_email": "ann@example.com",
        "recipient_name": "Omar", "recipient_email": "omar@example.com",
        "message": "Happy birthday!", "locale": "en",
    });
    let gift = guest.post(&format!("/v1/public/{slug}/vouchers"), &body).await.expect(201);
    let gift = format!("/v1/g/{}", gift["token"].as_str().unwrap());
    let pay = format!("{gift}/payment");

    // Whoever opens the page is killed; so is whoever is asked how it stands, before they hear.
    stripe.trouble("POST /v1/checkout/sessions", Act::Wait, 1);
    presses(&guest, &pay, &json!({}));
    somebody_waits(&stripe).await;
    programs.kill_server(|| stripe.let_go()).await;
    let led = pressed(&guest, &pay, &json!({})).await;
    let sessions = stripe.book().sessions;
    assert_eq!(sessions.len(), 1, "the page that nobody heard of is the one that is opened");
    assert_eq!(led["url"].as_str(), sessions[0].url.as_deref());
    stripe.copy_webhooks(2);
    stripe.hold_webhooks();
    assert_eq!(stripe.pay(&sessions[0].id, GOOD), Outcome::Paid);
    stripe.trouble("GET /v1/checkout/sessions", Act::Wait, 1);
    presses(&guest, &format!("{pay}/look"), &json!({}));
    somebody_waits(&stripe).await;
    programs.kill_server(|| stripe.let_go()).await;
    assert_eq!(programs.database.count(VOUCHERS).await, 0);

    // What is told comes now: whoever asks because of it is killed over it. Then all is told, twice and backwards.
    stripe.trouble("GET /v1/checkout/sessions", Act::Wait, 1);
    let completed = |event: &&Value| event["type"] == "checkout.session.completed";
    let event = stripe.events().iter().find(completed).unwrap()["id"].clone();
    assert!(stripe.redeliver(event.as_str().unwrap()));
    somebody_waits(&stripe).await;
    assert_eq!(programs.database.count(VOUCHERS).await, 0);
    programs.kill_worker(|| stripe.let_go());
    until(&programs, VOUCHERS, 1).await;
    stripe.release_webhooks(Order::Backwards);
    stripe.quiet().await;
    nothing_waits(&programs).await;
    assert_eq!(programs.database.count(VOUCHERS).await, 1);
    let seen = guest.get(&gift).await.expect(200);
    assert_eq!((&seen["state"], seen["code"].is_string()), (&json!("paid"), true), "{seen}");
    assert_eq!((sum(&programs, "card").await, sum(&programs, "vouchers").await), (5_000, -5_000));

    // It goes back: whoever asks for that is killed, and it is done all the same.
    let voucher = owner.get("/v1/vouchers").await.expect(200)["items"][0].clone();
    stripe.trouble("POST /v1/refunds", Act::Wait, 1);
    let back = format!("/v1/vouchers/{}/refund", voucher["id"].as_str().unwrap());
    owner.post(&back, &json!({ "reason": "They changed their mind." })).await.expect(201);
    somebody_waits(&stripe).await;
    programs.kill_worker(|| stripe.let_go());
    until(&programs, "select count(*) from refunds where state = 'done'", 1).await;
    stripe.quiet().await;
    nothing_waits(&programs).await;

    let charges = stripe.book().charges;
    assert_eq!(charges.len(), 1, "{charges:?}");
    assert_eq!((charges[0].refunded, charges[0].refunds.len()), (5_000, 1));
    assert_eq!((sum(&programs, "card").await, sum(&programs, "vouchers").await), (0, 0));
    let left = "select coalesce(sum(left_minor), 0)::bigint from vouchers";
    assert_eq!(programs.database.count(left).await, 0);
    let refunds = "select count(*) from refunds";
    assert_eq!(programs.database.count(refunds).await, 1);
    programs.end();
}

const VOUCHERS: &str = "select count(*) from vouchers";

/// The business takes cards, and sells vouchers on its page.
async fn sells(owner: &Browser, stripe: &Stand) {
    owner.post_empty("/v1/payment-account/onboarding").await.expect(200);
    assert!(stripe.onboard(&stripe.book().accounts[0].id));
    owner.post_empty("/v1/payment-account/look").await.expect(200);
    let offer = owner.get("/v1/voucher-offer").await;
    let mut body = offer.expect(200);
    body.as_object_mut().unwrap().remove("version");
    body["offered"] = json!(true);
    let tag = format!("\"{}\"", offer.version());
    owner.put("/v1/voucher-offer", &body).header("if-match", &tag).await.expect(200);
}

/// The sum of an account of the book: what went in less what went out.
async fn sum(programs: &Programs, account: &str) -> i64 {
    let sql = format!(
        "select coalesce(sum(case when debit = '{account}' then amount_minor
                                  when credit = '{account}' then -amount_minor end), 0)::bigint
         from ledger"
    );
    programs.database.count(&sql).await
}

/// By the tables: whoever asks the server so often is told to wait.
async fn until(programs: &Programs, sql: &str, count: i64) {
    eventually_in(PATIENCE, &format!("{count} of {sql}"), async || {
        (programs.database.count(sql).await == count).then_some(())
    })
    .await;
}

/// Until everything that was to be asked was asked.
async fn nothing_waits(programs: &Programs) {
    let waiting = "select count(*) from jobs where kind like 'payments.%' and state <> 'done'";
    until(programs, waiting, 0).await;
}

/// Until somebody waits for an answer.
async fn somebody_waits(stripe: &Stand) {
    tokio::time::timeout(PATIENCE, stripe.waiting(1)).await.expect("somebody asks");
}
