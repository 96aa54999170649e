//! Deposits through `PayFast`, from the page where they are paid to the visit that is certain.

use chrono::Duration;
use openchair_payfast_stand_in::{Act, Outcome};
use openchair_tests::eventually;
use openchair_tests::payfast::RandCounter;
use openchair_tests::spa::at;
use serde_json::json;

#[tokio::test]
async fn who_pays_the_deposit_has_a_visit_and_a_receipt() {
    let counter = RandCounter::open().await;
    let visit = counter.booked(4, "10:00", "ann").await;
    let page = counter.page(&visit).await;
    assert_eq!(counter.page(&visit).await, page, "who asks twice gets the same page");
    let begun = counter.at(&page);
    assert_eq!((begun.amount, begun.field("email_address")), (3_000, "ann@example.com"));
    assert!(begun.field("notify_url").starts_with(&counter.hooks()));
    // Somebody who only goes there has paid nothing.
    assert_eq!(counter.back(&visit).await["state"], "due");
    assert_eq!(counter.payfast.pay(&page), Outcome::Paid);
    counter.until(&visit, "confirmed").await;
    counter.app.mail("ann@example.com", "Receipt: 30.00 ZAR").await;
    counter.settled().await;
    for (account, sum) in [("card", 3_000), ("customers", -3_000)] {
        assert_eq!(counter.balance(account).await, sum, "{account}");
    }
    let payments = counter.payments().await;
    assert_eq!((payments.len(), &payments[0]["state"]), (1, &json!("paid")));
    let answered: Vec<_> =
        counter.payfast.deliveries().into_iter().map(|one| one.answered).collect();
    assert_eq!(answered, [Some(200)]);
}

/// Nothing is told: who comes back is believed by the history alone, and who doesn't is found by the sweep.
#[tokio::test]
async fn a_payment_of_which_nothing_is_told_is_found() {
    let counter = RandCounter::open().await;
    counter.payfast.drop_notices(100);
    let first = counter.booked(4, "10:00", "ann").await;
    counter.paid(&first).await;
    assert_eq!(counter.back(&first).await["state"], "paid");
    assert_eq!(counter.status(&first).await, "confirmed");
    let second = counter.booked(4, "14:00", "ben").await;
    counter.paid(&second).await;
    counter.app.clock.advance(Duration::minutes(3));
    let db = &counter.app.app().db;
    assert_eq!(openchair_domain::payments::look_at_unheard(db).await.unwrap(), 1);
    counter.until(&second, "confirmed").await;
}

#[tokio::test]
async fn who_goes_away_from_the_page_can_begin_again() {
    let counter = RandCounter::open().await;
    let visit = counter.booked(4, "10:00", "ann").await;
    let first = counter.page(&visit).await;
    assert!(counter.payfast.cancel(&first));
    counter.settled().await;
    assert_eq!(counter.payments().await[0]["state"], "over");
    assert_eq!(counter.status(&visit).await, "pending_payment");
    let second = counter.page(&visit).await;
    assert_ne!(first, second);
    counter.payfast.pay(&second);
    counter.until(&visit, "confirmed").await;
    assert_eq!(counter.balance("card").await, 3_000);
}

/// Nobody can close a page: who pays at two of them has paid twice, and what is more than the visit costs goes back.
#[tokio::test]
async fn who_pays_twice_has_paid_twice() {
    let counter = RandCounter::open().await;
    let visit = counter.booked(4, "10:00", "ann").await;
    let first = counter.page(&visit).await;
    counter.payfast.cancel(&first);
    counter.settled().await;
    let second = counter.page(&visit).await;
    counter.payfast.pay(&second);
    counter.until(&visit, "confirmed").await;
    counter.payfast.pay(&first);
    eventually("both are in the book", async || {
        (counter.balance("card").await == 6_000).then_some(())
    })
    .await;
    counter.settled().await;
    assert_eq!(counter.refunds(), [0; 0], "the visit costs 90");
}

/// One payment, begun twice at once at `PayFast`, as it keeps no keys.
#[tokio::test]
async fn two_pages_of_one_payment_are_two_payments() {
    let counter = RandCounter::open().await;
    let visit = counter.booked(4, "10:00", "ann").await;
    let path = format!("/v1/b/{}/payment", visit["link"].as_str().unwrap());
    counter.payfast.trouble("POST /eng/process", Act::Cut, 1);
    let lost = counter.spa.guest.post_empty(&path).may_fail().send().await.unwrap();
    assert_eq!((lost.status, &lost.json()["code"]), (503, &json!("provider_away")));
    let page = counter.page(&visit).await;
    let [lost, found] = &counter.payfast.payments()[..] else { panic!("two pages") };
    assert_eq!((&lost.m_payment_id, &found.page), (&found.m_payment_id, &page));
    counter.payfast.pay(&lost.page);
    counter.until(&visit, "confirmed").await;
    counter.payfast.pay(&found.page);
    eventually("both are in the book", async || {
        (counter.balance("card").await == 6_000).then_some(())
    })
    .await;
    // It is told once more, and is one payment all the same.
    counter.app.database.run("delete from provider_events; delete from jobs").await;
    counter.payfast.tell_again(&found.page);
    counter.payfast.tell_again(&lost.page);
    counter.settled().await;
    assert_eq!(counter.balance("card").await, 6_000);
}

/// The time was given up, and nobody has taken it: who paid gets it back.
#[tokio::test]
async fn a_payment_that_comes_late_is_honoured_where_the_time_is_free() {
    let counter = RandCounter::open().await;
    let visit = counter.booked(4, "10:00", "ann").await;
    let page = counter.page(&visit).await;
    counter.app.clock.advance(Duration::minutes(31));
    openchair_domain::bookings::lapse_everywhere(&counter.app.app().db).await.unwrap();
    counter.until(&visit, "expired").await;
    eventually("the page is given up", async || {
        (counter.payments().await[0]["state"] == "over").then_some(())
    })
    .await;
    counter.payfast.pay(&page);
    counter.until(&visit, "confirmed").await;
    let wanted = counter.spa.wanted(&["Facial"], 1, &["Eve"]);
    counter.spa.hold(wanted, at(4, "10:00"), "somebody else").await.problem(409, "slot_taken");
}

/// The time is somebody else's: the money goes back, and they are told. Nothing of it was told to us: it was asked.
#[tokio::test]
async fn a_payment_that_comes_too_late_goes_back() {
    let counter = RandCounter::open().await;
    counter.payfast.drop_notices(100);
    let visit = counter.booked(4, "10:00", "ann").await;
    let page = counter.page(&visit).await;
    counter.app.clock.advance(Duration::minutes(31));
    let wanted = counter.spa.wanted(&["Facial"], 1, &["Eve"]);
    counter.spa.book(wanted, at(4, "10:00")).await.expect(201);
    assert_eq!(counter.status(&visit).await, "expired");
    eventually("the page is given up", async || {
        let given_up = "select count(*) from payments where state = 'over'";
        (counter.app.database.count(given_up).await == 1).then_some(())
    })
    .await;
    counter.payfast.pay(&page);
    counter.app.clock.advance(Duration::hours(2));
    let db = &counter.app.app().db;
    assert_eq!(openchair_domain::payments::look_at_unheard(db).await.unwrap(), 1);
    eventually("the money is back", async || (counter.refunds() == [3_000]).then_some(())).await;
    counter.app.mail("ann@example.com", "came too late").await;
    assert_eq!(counter.status(&visit).await, "expired");
    counter.settled().await;
    assert_eq!(counter.balance("card").await, 0);
    // Two days later nobody asks any more.
    counter.app.clock.advance(Duration::days(3));
    assert_eq!(openchair_domain::payments::look_at_unheard(db).await.unwrap(), 0);
}

/// Whoever was paid by `PayFast` isn't asked for cards that are left.
#[tokio::test]
async fn no_cards_are_left_there() {
    let counter = RandCounter::open().await;
    let policy = json!({ "ask_card": true });
    let version = counter.spa.owner.get("/v1/booking-policy").await.version();
    counter.spa.owner.patch("/v1/booking-policy", version, &policy).await.expect(200);
    let visit = counter.booked(4, "10:00", "ann").await;
    counter.paid(&visit).await;
    counter.until(&visit, "confirmed").await;
    let path = format!("/v1/b/{}/payment", visit["link"].as_str().unwrap());
    assert_eq!(counter.spa.guest.get(&path).await.expect(200)["card"], "none");
}

/// Pages that were given up are asked about in turns, each once an hour: none waits behind others for ever.
#[tokio::test]
async fn given_up_pages_are_asked_about_in_turns() {
    let counter = RandCounter::open().await;
    let visit = counter.booked(4, "10:00", "ann").await;
    let page = counter.page(&visit).await;
    assert!(counter.payfast.cancel(&page));
    counter.settled().await;
    counter.app.clock.advance(Duration::minutes(61));
    let db = &counter.app.app().db;
    openchair_domain::payments::look_at_unheard(db).await.unwrap();
    counter.settled().await;
    let touched = "select count(*) from payments where state = 'over'
                   and updated_at > created_at + interval '1 hour'";
    eventually("it was looked at", async || {
        (counter.app.database.count(touched).await == 1).then_some(())
    })
    .await;
    counter.app.clock.advance(Duration::minutes(3));
    assert_eq!(openchair_domain::payments::look_at_unheard(db).await.unwrap(), 0);
}

/// The rest with a tip, begun twice at once, as above; it is called off, and only then is the other page paid: that is
/// a payment like any other, too, and goes back.
#[tokio::test]
async fn a_second_payment_of_what_went_back_with_its_tip_goes_back_as_well() {
    let counter = RandCounter::open().await;
    let visit = counter.booked(4, "10:00", "ann").await;
    counter.paid(&visit).await;
    counter.until(&visit, "confirmed").await;
    // What comes later is the newest.
    counter.app.clock.advance(Duration::seconds(1));
    let link = visit["link"].as_str().unwrap();
    let (guest, path) = (&counter.spa.guest, format!("/v1/b/{link}/payment"));
    let wish = json!({ "what": "all", "tip_minor": 1_000 });
    counter.payfast.trouble("POST /eng/process", Act::Cut, 1);
    let lost = guest.post(&path, &wish).may_fail().send().await.unwrap();
    assert_eq!(lost.status, 503, "{}", lost.json());
    guest.post(&path, &wish).await.expect(200);
    let [_, lost, found] = &counter.payfast.payments()[..] else { panic!("three pages") };
    assert_eq!((&lost.m_payment_id, lost.amount), (&found.m_payment_id, 7_000));
    assert_eq!(counter.payfast.pay(&found.page), Outcome::Paid);
    eventually("the rest is paid", async || {
        (counter.balance("card").await == 10_000).then_some(())
    })
    .await;
    guest.post(&format!("/v1/b/{link}/cancel"), &json!({})).await.expect(200);
    let back = async |sum: i64| {
        eventually(&format!("{sum} went back"), async || {
            (counter.refunds().iter().sum::<i64>() == sum).then_some(())
        })
        .await;
        counter.settled().await;
        assert_eq!(counter.balance("card").await, 0);
    };
    back(10_000).await;
    let tips = "select count(*) from payments where tip_refunded_minor = 1000";
    assert_eq!(counter.app.database.count(tips).await, 1, "the tip went back");
    assert_eq!(counter.payfast.pay(&lost.page), Outcome::Paid);
    back(17_000).await;
    let payments = counter.payments().await;
    let sums: Vec<_> =
        payments.iter().map(|one| (&one["amount_minor"], &one["refunded_minor"])).collect();
    let [second, rest, deposit] = &sums[..] else { panic!("three payments: {payments:?}") };
    assert_eq!((second, rest), (&(&json!(7_000), &json!(7_000)), &(&json!(7_000), &json!(7_000))));
    assert_eq!(deposit, &(&json!(3_000), &json!(3_000)));
    let dead = "select count(*) from jobs where state = 'dead'";
    assert_eq!(counter.app.database.count(dead).await, 0);
}
