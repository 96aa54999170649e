//! What goes back to who paid by card.

use openchair_tests::cards::{Counter, GOOD};
use openchair_tests::eventually;
use serde_json::{Value, json};

async fn paid(counter: &Counter, day: u32) -> Value {
    let visit = counter.booked(day, "10:00", "ann").await;
    counter.stripe.pay(&counter.page(&visit).await, GOOD);
    assert_eq!(counter.back(&visit).await["state"], "paid");
    visit
}

async fn payment(counter: &Counter) -> Value {
    let listed = counter.spa.owner.get("/v1/payments").await.expect(200);
    listed["items"][0].clone()
}

async fn give_back(counter: &Counter, amount: i64) -> openchair_tests::Answer {
    let path = format!("/v1/payments/{}/refunds", payment(counter).await["id"].as_str().unwrap());
    counter.spa.owner.post(&path, &json!({ "amount_minor": amount, "reason": "Late" })).await
}

/// How what was given back stands, as the tables have it: whoever asks again and again over the API is slowed
/// down.
async fn states(counter: &Counter) -> Vec<String> {
    let sql = "select state from refunds order by created_at, id";
    sqlx::query_scalar(sql).fetch_all(counter.app.database.owner()).await.unwrap()
}

async fn settled(counter: &Counter, expected: &[&str]) {
    eventually(&format!("{expected:?}"), async || {
        (states(counter).await == expected).then_some(())
    })
    .await;
}

#[tokio::test]
async fn who_calls_off_in_time_gets_everything_back() {
    let counter = Counter::open().await;
    let visit = paid(&counter, 4).await;
    let path = format!("/v1/b/{}/cancel", visit["link"].as_str().unwrap());
    counter.spa.guest.post(&path, &json!({})).await.expect(200);
    settled(&counter, &["done"]).await;
    assert_eq!(counter.charges(), [(3_000, 3_000)]);
    counter.app.mail("ann@example.com", "gives you back 30.00 USD").await;
    assert_eq!(counter.balance("card").await, 0);
    let own = counter.owed(&visit).await;
    assert_eq!((&own["refunded_minor"], &own["amount_minor"]), (&json!(3_000), &json!(0)));
    // Nothing of it is kept: nobody is thanked for it.
    assert_eq!(own["state"], "nothing");
}

#[tokio::test]
async fn who_calls_off_late_pays_what_that_costs() {
    let counter = Counter::open().await;
    let policy = json!({ "late_cancel_fee_percent": 10, "cancel_notice_minutes": 10_000 });
    let version = counter.spa.owner.get("/v1/booking-policy").await.version();
    counter.spa.owner.patch("/v1/booking-policy", version, &policy).await.expect(200);
    let visit = paid(&counter, 4).await;
    let path = format!("/v1/b/{}/cancel", visit["link"].as_str().unwrap());
    let off = counter.spa.guest.post(&path, &json!({})).await.expect(200);
    assert_eq!(off["fee_minor"], 900);
    settled(&counter, &["done"]).await;
    assert_eq!(counter.charges(), [(3_000, 2_100)]);
    let sums = (counter.balance("fees").await, counter.balance("customers").await);
    assert_eq!(sums, (-900, 0));
}

#[tokio::test]
async fn who_does_not_come_gets_no_deposit_back() {
    let counter = Counter::open().await;
    let visit = paid(&counter, 4).await;
    let listed = counter.spa.owner.get("/v1/appointments").await.expect(200);
    let seen = &listed["items"][0];
    let path = format!("/v1/appointments/{}/no-show", seen["id"].as_str().unwrap());
    let body = json!({ "version": seen["version"] });
    counter.spa.owner.post(&path, &body).await.expect(200);
    assert_eq!(counter.status(&visit).await, "no_show");
    assert_eq!(payment(&counter).await["refunded_minor"], 0);
    let sums = (counter.balance("fees").await, counter.balance("customers").await);
    assert_eq!(sums, (-3_000, 0));
}

#[tokio::test]
async fn parts_add_up_to_the_whole_and_what_failed_can_be_given_back_again() {
    let counter = Counter::open().await;
    paid(&counter, 4).await;
    assert_eq!(give_back(&counter, 1_000).await.expect(201)["state"], "pending");
    give_back(&counter, 2_001).await.problem(409, "more_than_paid");
    settled(&counter, &["done"]).await;
    counter.app.clock.advance(chrono::Duration::seconds(1));
    counter.stripe.fail_refunds(1);
    give_back(&counter, 2_000).await.expect(201);
    settled(&counter, &["done", "failed"]).await;
    assert_eq!(payment(&counter).await["refunded_minor"], 1_000);
    // Whoever waits for it has to get it in another way: the owner hears of it, and is led to the payment.
    let owner = &counter.spa.business.owner.email;
    counter.app.mail(owner, "20.00 USD couldn't be given back").await;
    counter.app.clock.advance(chrono::Duration::seconds(1));
    give_back(&counter, 2_000).await.expect(201);
    settled(&counter, &["done", "failed", "done"]).await;
    give_back(&counter, 1).await.problem(409, "more_than_paid");
    assert_eq!(counter.charges(), [(3_000, 3_000)]);
    assert_eq!(counter.balance("card").await, 0);
}

/// Banks that take their time: it is on its way until it has arrived.
#[tokio::test]
async fn what_is_on_its_way_is_not_back_yet() {
    let counter = Counter::open().await;
    paid(&counter, 4).await;
    counter.stripe.slow_refunds(1);
    give_back(&counter, 3_000).await.expect(201);
    let refund = eventually("it is asked", async || {
        let book = counter.stripe.book();
        book.charges[0].refunds.first().map(|refund| refund.id.clone())
    })
    .await;
    assert_eq!(states(&counter).await, ["pending"]);
    assert_eq!(counter.balance("card").await, 3_000);
    assert!(counter.stripe.settle_refund(&refund, true));
    settled(&counter, &["done"]).await;
    assert_eq!(counter.balance("card").await, 0);
}

/// It was given back, and nobody here heard of it until the provider had forgotten our key.
#[tokio::test]
async fn what_was_given_back_unheard_is_not_given_back_again() {
    let counter = Counter::open().await;
    paid(&counter, 4).await;
    counter.stripe.drop_webhooks(1_000);
    counter.stripe.trouble("POST /v1/refunds", openchair_stripe_stand_in::Act::Cut, 1);
    give_back(&counter, 1_000).await.expect(201);
    eventually("it was given back", async || (counter.charges() == [(3_000, 1_000)]).then_some(()))
        .await;
    // Until then nobody asked again: the worker was away.
    counter.app.database.run("delete from jobs where kind = 'payments.give_back'").await;
    counter.app.clock.advance(chrono::Duration::hours(30));
    openchair_domain::payments::look_at_unheard(&counter.app.app().db).await.unwrap();
    settled(&counter, &["done"]).await;
    assert_eq!(counter.charges(), [(3_000, 1_000)]);
    assert_eq!(counter.balance("card").await, 2_000);
}
