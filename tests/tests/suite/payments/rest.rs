//! The rest of a visit, and tips, paid behind its link.

use openchair_stripe_stand_in::Outcome;
use openchair_tests::cards::{Counter, GOOD};
use openchair_tests::eventually;
use serde_json::{Value, json};

/// A facial whose deposit of 30 was paid.
async fn certain(counter: &Counter) -> Value {
    let visit = counter.booked(4, "10:00", "ann").await;
    counter.stripe.pay(&counter.page(&visit).await, GOOD);
    assert_eq!(counter.back(&visit).await["state"], "paid");
    visit
}

fn all(tip: i64) -> Value {
    json!({ "what": "all", "tip_minor": tip })
}

async fn closed(counter: &Counter, page: &str) {
    eventually("the page is closed", async || {
        let book = counter.stripe.book();
        let session = book.sessions.iter().find(|session| session.id == page).unwrap();
        (session.status == "expired").then_some(())
    })
    .await;
}

#[tokio::test]
async fn the_rest_is_paid_with_a_tip() {
    let counter = Counter::open().await;
    let visit = certain(&counter).await;
    let owed = counter.owed(&visit).await;
    assert_eq!(
        (&owed["amount_minor"], &owed["open_minor"], &owed["may_pay_all"], &owed["most_tip_minor"]),
        (&json!(0), &json!(6_000), &json!(true), &json!(9_000))
    );
    counter.wishes(&visit, &json!({ "what": "now" })).await.problem(409, "nothing_due");
    let page = counter.page_for(&visit, &all(1_000)).await;
    assert_eq!(counter.page_for(&visit, &all(1_000)).await, page, "the same wish, the same page");
    assert_eq!(counter.stripe.pay(&page, GOOD), Outcome::Paid);
    let seen = counter.back(&visit).await;
    assert_eq!((&seen["open_minor"], &seen["paid_minor"]), (&json!(0), &json!(10_000)));
    assert_eq!(counter.charges(), [(3_000, 0), (7_000, 0)]);
    counter.app.mail("ann@example.com", "Receipt: 70.00 USD").await;
    for (account, sum) in [("card", 10_000), ("tips", -1_000), ("customers", -9_000)] {
        assert_eq!(counter.balance(account).await, sum, "{account}");
    }
    let payments = counter.money(&visit).await["payments"].clone();
    let kinds: Vec<_> = payments.as_array().unwrap().iter().map(|one| &one["kind"]).collect();
    assert!(kinds.contains(&&json!("rest")) && kinds.contains(&&json!("deposit")), "{kinds:?}");
    // It hasn't happened yet, and nothing is open: nothing more is taken.
    assert_eq!(counter.owed(&visit).await["may_pay_all"], false);
    counter.wishes(&visit, &all(0)).await.problem(409, "nothing_due");
}

/// Another tip is another page; the one before takes nothing any more.
#[tokio::test]
async fn who_changes_their_mind_pays_what_they_said_last() {
    let counter = Counter::open().await;
    let visit = certain(&counter).await;
    let first = counter.page_for(&visit, &all(0)).await;
    let second = counter.page_for(&visit, &all(500)).await;
    assert_ne!(first, second);
    assert_eq!(counter.stripe.pay(&first, GOOD), Outcome::Closed);
    counter.stripe.pay(&second, GOOD);
    assert_eq!(counter.back(&visit).await["paid_minor"], 9_500);
    assert_eq!(counter.charges(), [(3_000, 0), (6_500, 0)]);
}

#[tokio::test]
async fn tips_that_nobody_means() {
    let counter = Counter::open().await;
    let visit = certain(&counter).await;
    for (wish, code) in [
        (all(-1), "too_small"),
        (all(i64::MIN), "too_small"),
        (all(9_001), "too_large"),
        (all(i64::MAX), "too_large"),
        (json!({ "what": "now", "tip_minor": 1 }), "too_large"),
        (json!({ "tip_minor": 1 }), "too_large"),
    ] {
        let answer = counter.wishes(&visit, &wish).await;
        assert_eq!(answer.status, 422, "{wish} {}", answer.text());
        let errors = answer.json()["fields"].clone();
        assert_eq!(
            (&errors[0]["field"], &errors[0]["code"]),
            (&json!("/tip_minor"), &json!(code)),
            "{wish}"
        );
    }
    for odd in [json!({ "what": "half" }), json!({ "amount_minor": 1 }), json!([])] {
        assert_eq!(counter.wishes(&visit, &odd).await.status, 422, "{odd}");
    }
    assert_eq!(counter.stripe.book().sessions.len(), 1);
    counter.page_for(&visit, &all(9_000)).await;
    assert_eq!(counter.stripe.book().sessions[1].amount, 15_000);
}

/// It happened, and everything was paid: a tip alone is welcome, and another one.
#[tokio::test]
async fn who_was_happy_gives_a_tip() {
    let counter = Counter::open().await;
    let visit = certain(&counter).await;
    counter.stripe.pay(&counter.page_for(&visit, &all(0)).await, GOOD);
    counter.back(&visit).await;
    counter.wishes(&visit, &all(500)).await.problem(422, "validation_failed");
    counter.deed(&visit, "check-in", json!({})).await;
    counter.deed(&visit, "complete", json!({})).await;
    let owed = counter.owed(&visit).await;
    assert_eq!(
        (&owed["open_minor"], &owed["may_pay_all"], &owed["most_tip_minor"]),
        (&json!(0), &json!(true), &json!(9_000))
    );
    counter.wishes(&visit, &all(0)).await.problem(409, "nothing_due");
    for tip in [500, 700] {
        counter.stripe.pay(&counter.page_for(&visit, &all(tip)).await, GOOD);
        counter.back(&visit).await;
        counter.app.clock.advance(chrono::Duration::seconds(1));
    }
    assert_eq!(counter.charges(), [(3_000, 0), (6_000, 0), (500, 0), (700, 0)]);
    let sums = [counter.balance("tips").await, counter.balance("sales").await];
    assert_eq!((sums, counter.balance("customers").await), ([-1_200, -9_000], 0));
}

/// What is called off isn't paid: its page is closed, and what was paid there all the same goes back.
#[tokio::test]
async fn a_page_for_what_is_called_off_is_closed() {
    let counter = Counter::open().await;
    let visit = certain(&counter).await;
    let page = counter.page_for(&visit, &all(1_000)).await;
    let path = format!("/v1/b/{}/cancel", visit["link"].as_str().unwrap());
    counter.spa.guest.post(&path, &json!({})).await.expect(200);
    closed(&counter, &page).await;
    assert_eq!(counter.stripe.pay(&page, GOOD), Outcome::Closed);
    eventually("the deposit is back", async || {
        (counter.charges() == [(3_000, 3_000)]).then_some(())
    })
    .await;
    counter.wishes(&visit, &all(0)).await.problem(409, "nothing_due");
}

/// The desk was faster, with all of it or with some.
#[tokio::test]
async fn who_pays_at_the_desk_pays_no_more_by_the_link() {
    let counter = Counter::open().await;
    let visit = certain(&counter).await;
    let page = counter.page_for(&visit, &all(0)).await;
    let path =
        format!("/v1/appointments/{}/payments", counter.desk(&visit).await["id"].as_str().unwrap());
    let cash = json!({ "way": "cash", "amount_minor": 2_000 });
    counter.spa.owner.post(&path, &cash).await.expect(201);
    closed(&counter, &page).await;
    let second = counter.page_for(&visit, &all(0)).await;
    let sessions = counter.stripe.book().sessions;
    assert_eq!(sessions.iter().find(|one| one.id == second).unwrap().amount, 4_000);
    counter.stripe.pay(&second, GOOD);
    assert_eq!(counter.back(&visit).await["open_minor"], 0);
    assert_eq!(counter.charges(), [(3_000, 0), (4_000, 0)]);
}

/// Two windows, many presses: one page, one payment.
#[tokio::test]
async fn who_presses_often_pays_the_rest_once() {
    let counter = Counter::open().await;
    let visit = certain(&counter).await;
    let wish = all(100);
    let presses = (0..6).map(|_| async {
        let path = format!("/v1/b/{}/payment", visit["link"].as_str().unwrap());
        counter.spa.guest.post(&path, &wish).may_fail().send().await.unwrap()
    });
    for answer in futures_util::future::join_all(presses).await {
        assert!(matches!(answer.status, 200 | 503), "{}", answer.text());
    }
    let page = counter.page_for(&visit, &wish).await;
    assert_eq!(counter.stripe.book().sessions.len(), 2);
    counter.stripe.pay(&page, GOOD);
    futures_util::future::join_all((0..6).map(|_| counter.back(&visit))).await;
    counter.stripe.quiet().await;
    assert_eq!(counter.charges(), [(3_000, 0), (6_100, 0)]);
}

/// A page that asked for the rest when the visit was undone is paid while nobody looks: it goes back.
#[tokio::test]
async fn what_is_paid_for_what_is_off_goes_back() {
    let counter = Counter::open().await;
    counter.stripe.drop_webhooks(1_000);
    let visit = certain(&counter).await;
    let page = counter.page_for(&visit, &all(0)).await;
    counter.stripe.trouble("/expire", openchair_stripe_stand_in::Act::Wait, 1);
    let path = format!("/v1/b/{}/cancel", visit["link"].as_str().unwrap());
    counter.spa.guest.post(&path, &json!({})).await.expect(200);
    counter.stripe.waiting(1).await;
    assert_eq!(counter.stripe.pay(&page, GOOD), Outcome::Paid);
    counter.stripe.let_go();
    eventually("everything is back", async || {
        (counter.charges() == [(3_000, 3_000), (6_000, 6_000)]).then_some(())
    })
    .await;
}
