//! Server and worker are killed in the middle of each request to `PayFast`, which keeps no keys: in the end one payment
//! was taken, and all of it given back, once.

use openchair_domain::payments::PAYFAST_HOOK_PATH;
use openchair_payfast_stand_in::{Act, Clock, Order, Outcome, Settings, Stand};
use openchair_tests::cards::link;
use openchair_tests::payfast::keys;
use openchair_tests::programs::{PATIENCE, Programs, clock_file, pressed, presses};
use openchair_tests::{Browser, eventually_in};
use serde_json::json;

const NAME: &str = "kills-of-payfast";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_payment_is_taken_and_given_back_whoever_is_killed_meanwhile() {
    let clock = Clock::following(clock_file(NAME));
    let payfast = Stand::start(Settings { clock, ..Settings::default() }).await.unwrap();
    let origin = payfast.origin().to_owned();
    let settings = vec![("payfast.base_url", origin.clone()), ("payfast.api_url", origin)];
    let mut programs = Programs::start(NAME, settings, |_| {}).await;
    let (owner, slug) = programs.business("ZA").await;
    programs.wants_deposits(&owner).await;
    let merchant = payfast.new_merchant();
    owner.put("/v1/payment-account/payfast", &keys(&merchant)).await.expect(200);
    let visit = programs.visit(&slug).await;
    let (guest, link) = (Browser::at(&programs.url), link(&visit).to_owned());
    let pay = format!("/v1/b/{link}/payment");

    // Whoever asks for the page is killed; so is whoever is asked how it stands, before they hear.
    payfast.trouble("POST /eng/process", Act::Wait, 1);
    presses(&guest, &pay, &json!({}));
    somebody_waits(&payfast).await;
    programs.kill_server(|| payfast.let_go()).await;
    let opened = pressed(&guest, &pay, &json!({})).await;
    let page = opened["url"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
    payfast.hold_notices();
    assert_eq!(payfast.pay(&page), Outcome::Paid);
    payfast.trouble("GET /transactions/history", Act::Wait, 1);
    presses(&guest, &format!("{pay}/look"), &json!({}));
    somebody_waits(&payfast).await;
    programs.kill_server(|| payfast.let_go()).await;

    // What is told comes now, twice: whoever has PayFast confirm it is killed over it, with the server.
    payfast.trouble("POST /eng/query/validate", Act::Wait, 1);
    payfast.copy_notices(2);
    payfast.release_notices(Order::AsHappened);
    assert!(payfast.tell_again(&page));
    somebody_waits(&payfast).await;
    let hooks = format!("{}{PAYFAST_HOOK_PATH}", programs.url);
    assert!(payfast.deliveries().iter().all(|told| told.url.starts_with(&hooks)));
    assert_eq!(paid(&programs).await, 0, "nothing is believed that wasn't confirmed");
    programs.kill_both(|| payfast.let_go()).await;
    programs.until(&link, "confirmed").await;
    assert_eq!(paid(&programs).await, 1);

    // It goes back: killed over what had gone back before, and over giving it back, which is done all the same.
    payfast.trouble("GET /refunds/query", Act::Wait, 1);
    payfast.trouble("POST /refunds", Act::Wait, 1);
    guest.post(&format!("/v1/b/{link}/cancel"), &json!({})).await.expect(200);
    for refunded in [0, 1] {
        somebody_waits(&payfast).await;
        programs.kill_both(|| payfast.let_go()).await;
        eventually_in(PATIENCE, "what was asked is done", async || {
            (refunds(&payfast).len() == refunded).then_some(())
        })
        .await;
        assert_eq!(given_back(&programs).await, 0, "nobody has heard of it");
        // Nobody else asks before whoever did surely has no answer any more.
        programs.advance(10);
    }
    eventually_in(PATIENCE, "the money is back", async || {
        (given_back(&programs).await == 1).then_some(())
    })
    .await;

    programs.until(&link, "cancelled").await;
    let all = payfast.payments();
    let taken: Vec<_> = all.iter().filter(|one| one.paid_at > 0).collect();
    assert_eq!(taken.len(), 1, "{all:?}");
    assert_eq!(taken[0].refunds, [taken[0].amount], "all of it, once");
    // Our own book says the same.
    let lines = "select count(*) from ledger";
    assert_eq!(programs.database.count(lines).await, 2);
    let card =
        "select sum(case when debit = 'card' then amount_minor else -amount_minor end)::bigint
                from ledger where 'card' in (debit, credit)";
    assert_eq!(programs.database.count(card).await, 0);
    programs.end();
}

fn refunds(payfast: &Stand) -> Vec<i64> {
    payfast.payments().iter().flat_map(|payment| payment.refunds.clone()).collect()
}

async fn paid(programs: &Programs) -> i64 {
    programs.database.count("select count(*) from payments where state = 'paid'").await
}

async fn given_back(programs: &Programs) -> i64 {
    programs.database.count("select count(*) from refunds where state = 'done'").await
}

/// Until somebody waits for an answer.
async fn somebody_waits(payfast: &Stand) {
    tokio::time::timeout(PATIENCE, payfast.waiting(1)).await.expect("somebody asks");
}
