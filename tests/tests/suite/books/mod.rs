//! The provider's book beside ours.

mod comparing;
mod disputes;
mod left;
mod payouts;
mod returns;

use openchair_stripe_stand_in::Outcome;
use openchair_tests::cards::Counter;
use openchair_tests::eventually;
use serde_json::{Value, json};

/// A card whose owner goes to their bank.
const DISPUTED: &str = "4000000000000259";
/// A card whose bank asks first.
const INQUIRED: &str = "4000000000001976";

/// A guest takes a facial on a day of March, and pays its deposit with this card.
async fn paid_with(counter: &Counter, day: u32, number: &str) -> Value {
    let visit = counter.booked(day, "10:00", "ann").await;
    assert_eq!(counter.stripe.pay(&counter.page(&visit).await, number), Outcome::Paid);
    assert_eq!(counter.back(&visit).await["state"], "paid");
    visit
}

/// The newest of a list.
async fn newest(counter: &Counter, path: &str) -> Value {
    counter.spa.owner.get(path).await.expect(200)["items"][0].clone()
}

/// Until everything that was to be asked was asked.
async fn asked(counter: &Counter) {
    counter.stripe.quiet().await;
    let waiting = "select count(*) from jobs where kind like 'payments.%' and state <> 'done'";
    eventually("everything was asked", async || {
        (counter.app.database.count(waiting).await == 0).then_some(())
    })
    .await;
}

/// How many letters of this kind were written.
async fn letters(counter: &Counter, template: &str) -> i64 {
    let sql = format!("select count(*) from jobs where payload::text like '%{template}%'");
    counter.app.database.count(&sql).await
}

/// What the accounts of a dispute come to: at the provider, undecided, lost.
async fn sums(counter: &Counter) -> (i64, i64, i64) {
    let of = async |account| counter.balance(account).await;
    (of("card").await, of("disputed").await, of("lost").await)
}

/// Everything that happened is told once more, in another order than it happened, to somebody who has forgotten that
/// they heard of it.
async fn told_again(counter: &Counter) {
    let forget = "delete from provider_events; delete from jobs where kind like 'payments.%'";
    counter.app.database.run(forget).await;
    for event in counter.stripe.events().iter().rev() {
        assert!(counter.stripe.redeliver(event["id"].as_str().unwrap()));
    }
    asked(counter).await;
}

/// Both books of a day, compared now.
async fn compared(counter: &Counter, day: &str) -> Value {
    let body = json!({ "day": day });
    counter.spa.owner.post("/v1/book-checks/look", &body).await.expect(200)
}
