//! What the provider tells: forged, late, twice, in any order.

use std::collections::HashSet;

use chrono::Duration;
use openchair_stripe_stand_in::Order;
use openchair_tests::cards::{Counter, GOOD};
use openchair_tests::{Answer, eventually};
use serde_json::{Value, json};

const SECRET: &str = "whsec_stand_in";
/// Of the endpoint that is told of our own account.
const PLANS_SECRET: &str = "whsec_plans_stand_in";

fn signed(secret: &str, at: i64, body: &str) -> String {
    use hmac::{Hmac, KeyInit, Mac};
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(format!("{at}.{body}").as_bytes());
    let hex: String = mac.finalize().into_bytes().iter().map(|b| format!("{b:02x}")).collect();
    format!("t={at},v1={hex}")
}

async fn tell(counter: &Counter, signature: &str, body: &str) -> Answer {
    let call = counter.app.browser().request(reqwest::Method::POST, "/v1/hooks/stripe");
    call.header("stripe-signature", signature).body(body.to_owned()).await
}

fn event(counter: &Counter, id: &str, kind: &str, object: &str) -> Value {
    json!({ "id": id, "object": "event", "type": kind, "account": counter.account,
            "data": { "object": { "id": object, "payment_status": "paid" } } })
}

#[tokio::test]
async fn nobody_else_is_believed() {
    let counter = Counter::open().await;
    let visit = counter.booked(4, "10:00", "ann").await;
    let page = counter.page(&visit).await;
    let now = counter.app.now().timestamp();
    let body = event(&counter, "evt_1", "checkout.session.completed", &page).to_string();
    for signature in [
        String::new(),
        "t=,v1=".to_owned(),
        signed("whsec_of_somebody_else", now, &body),
        signed(SECRET, now - 301, &body),
        signed(SECRET, now + 301, &body),
        signed(SECRET, now, "{}"),
    ] {
        tell(&counter, &signature, &body).await.problem(403, "wrong_signature");
    }
    assert_eq!(
        counter.app.database.count("select count(*) from provider_events where id = 'evt_1'").await,
        0
    );
    // Signed as it should be, and still a lie: nothing was paid.
    tell(&counter, &signed(SECRET, now, &body), &body).await.expect(204);
    eventually("it was asked", async || {
        let done = "select count(*) from jobs where kind = 'payments.look' and state = 'done'";
        (counter.app.database.count(done).await == 1).then_some(())
    })
    .await;
    assert_eq!(counter.status(&visit).await, "pending_payment");
    tell(&counter, &signed(SECRET, now, "[]"), "[]").await.problem(400, "bad_body");
}

#[tokio::test]
async fn what_comes_often_late_and_in_any_order_is_harmless() {
    let counter = Counter::open().await;
    counter.stripe.copy_webhooks(3);
    counter.stripe.hold_webhooks();
    let visit = counter.booked(4, "10:00", "ann").await;
    counter.stripe.pay(&counter.page(&visit).await, GOOD);
    counter.back(&visit).await;
    let path = format!("/v1/b/{}/cancel", visit["link"].as_str().unwrap());
    counter.spa.guest.post(&path, &json!({})).await.expect(200);
    eventually("the money is back", async || (counter.charges() == [(3_000, 3_000)]).then_some(()))
        .await;
    counter.stripe.release_webhooks(Order::Backwards);
    counter.stripe.quiet().await;
    let told: HashSet<String> =
        counter.stripe.deliveries().into_iter().map(|one| one.event).collect();
    let told = told.len();
    assert!(told >= 3, "{told}");
    for event in counter.stripe.events() {
        assert!(counter.stripe.redeliver(event["id"].as_str().unwrap()));
    }
    counter.stripe.quiet().await;
    let waiting = "select count(*) from jobs where kind like 'payments.%' and state <> 'done'";
    eventually("everything was asked", async || {
        (counter.app.database.count(waiting).await == 0).then_some(())
    })
    .await;
    let noted = counter.app.database.count("select count(*) from provider_events").await;
    assert_eq!(usize::try_from(noted).unwrap(), told);
    assert_eq!(counter.status(&visit).await, "cancelled");
    assert_eq!(counter.charges(), [(3_000, 3_000)]);
    assert_eq!(counter.balance("card").await, 0);
    assert_eq!(counter.balance("customers").await, 0);
    // And what was heard long ago is forgotten.
    counter.app.clock.advance(Duration::days(61));
    let db = &counter.app.app().db;
    assert_eq!(openchair_domain::payments::forget_heard(db).await.unwrap(), told as u64);
}

#[tokio::test]
async fn what_is_about_nobody_here_is_noted_and_nothing_else() {
    let counter = Counter::open().await;
    let now = counter.app.now().timestamp();
    let mut body = event(&counter, "evt_2", "checkout.session.completed", "cs_of_nobody");
    for (id, account, secret) in [
        ("evt_a", json!(counter.account), SECRET),
        ("evt_b", json!("acct_of_nobody"), SECRET),
        ("evt_c", Value::Null, PLANS_SECRET),
    ] {
        body["account"] = account;
        body["id"] = json!(id);
        let text = body.to_string();
        tell(&counter, &signed(secret, now, &text), &text).await.expect(204);
    }
    assert_eq!(
        counter
            .app
            .database
            .count("select count(*) from provider_events where id in ('evt_a', 'evt_b', 'evt_c')")
            .await,
        3
    );
    assert_eq!(
        counter.app.database.count("select count(*) from jobs where kind = 'payments.look'").await,
        0
    );
}

/// At Stripe an endpoint brings events of businesses' accounts or of our own, each signed with its own secret: neither
/// speaks for the other.
#[tokio::test]
async fn each_endpoint_speaks_for_its_own_accounts() {
    let counter = Counter::open().await;
    let now = counter.app.now().timestamp();
    let (theirs, ours) = (json!(counter.account), Value::Null);
    let mut body = event(&counter, "evt_1", "checkout.session.completed", "cs_of_nobody");
    for (place, (account, secret, taken)) in [
        (&theirs, SECRET, true),
        (&theirs, PLANS_SECRET, false),
        (&ours, PLANS_SECRET, true),
        (&ours, SECRET, false),
    ]
    .into_iter()
    .enumerate()
    {
        body["account"] = account.clone();
        body["id"] = json!(format!("evt_scope_{place}"));
        let text = body.to_string();
        let answer = tell(&counter, &signed(secret, now, &text), &text).await;
        if taken {
            answer.expect(204);
        } else {
            answer.problem(403, "wrong_signature");
        }
    }
    let noted = "select count(*) from provider_events where id like 'evt_scope_%'";
    assert_eq!(counter.app.database.count(noted).await, 2);
}

/// Where both are signed with one secret, as by Stripe's own program for trying things out.
#[tokio::test]
async fn one_secret_signs_everything_where_there_is_no_other() {
    let counter = Counter::with(&[("stripe.plans_webhook_secret", "")]).await;
    let now = counter.app.now().timestamp();
    let mut body = event(&counter, "evt_1", "checkout.session.completed", "cs_of_nobody");
    for (id, account) in [("evt_a", json!(counter.account)), ("evt_b", Value::Null)] {
        body["account"] = account;
        body["id"] = json!(id);
        let text = body.to_string();
        tell(&counter, &signed(SECRET, now, &text), &text).await.expect(204);
        tell(&counter, &signed(PLANS_SECRET, now, &text), &text)
            .await
            .problem(403, "wrong_signature");
    }
}
