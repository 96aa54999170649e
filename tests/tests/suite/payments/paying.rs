//! Deposits by card, from the page where they are paid to the visit that is certain.

use chrono::Duration;
use openchair_stripe_stand_in::{Act, Outcome};
use openchair_tests::cards::{ASKED, Counter, DECLINED, GOOD};
use openchair_tests::eventually;
use openchair_tests::spa::at;
use serde_json::json;

#[tokio::test]
async fn who_pays_the_deposit_has_a_visit_and_a_receipt() {
    let counter = Counter::open().await;
    let visit = counter.booked(4, "10:00", "ann").await;
    let owed = counter.owed(&visit).await;
    assert_eq!(
        (&owed["state"], &owed["online"], &owed["amount_minor"], &owed["currency"]),
        (&json!("due"), &json!(true), &json!(3_000), &json!("USD"))
    );
    let page = counter.page(&visit).await;
    assert_eq!(counter.page(&visit).await, page, "who asks twice gets the same page");
    // Somebody who only goes there has paid nothing.
    assert_eq!(counter.back(&visit).await["state"], "due");
    assert_eq!(counter.status(&visit).await, "pending_payment");
    assert!(matches!(counter.stripe.pay(&page, GOOD), Outcome::Paid));
    let seen = counter.back(&visit).await;
    assert_eq!((&seen["state"], &seen["paid_minor"]), (&json!("paid"), &json!(3_000)));
    assert_eq!(counter.status(&visit).await, "confirmed");
    counter.app.mail("ann@example.com", "Receipt: 30.00 USD").await;
    counter.app.mail("ann@example.com", "Your visit to").await;
    // All that follows from it happened once, also when the webhooks were heard.
    counter.stripe.quiet().await;
    for (account, sum) in [("card", 3_000), ("customers", -3_000)] {
        assert_eq!(counter.balance(account).await, sum, "{account}");
    }
    let book = counter.stripe.book();
    assert_eq!(book.charges.len(), 1);
    assert_eq!(book.charges[0].account.as_deref(), Some(&*counter.account));
    let path = format!("/v1/b/{}/payment", visit["link"].as_str().unwrap());
    counter.spa.guest.post_empty(&path).await.problem(409, "nothing_due");
}

/// Nobody comes back from the page: the webhook alone makes the visit certain.
#[tokio::test]
async fn who_closes_the_window_after_paying_has_a_visit() {
    let counter = Counter::open().await;
    let visit = counter.booked(4, "10:00", "ann").await;
    counter.stripe.pay(&counter.page(&visit).await, GOOD);
    eventually("the visit is certain", async || {
        (counter.status(&visit).await == "confirmed").then_some(())
    })
    .await;
}

/// No webhook arrives either: whoever looks after what nothing was heard of finds it.
#[tokio::test]
async fn a_payment_of_which_nothing_is_heard_is_found() {
    let counter = Counter::open().await;
    counter.stripe.drop_webhooks(100);
    let visit = counter.booked(4, "10:00", "ann").await;
    counter.stripe.pay(&counter.page(&visit).await, GOOD);
    counter.stripe.quiet().await;
    assert_eq!(counter.status(&visit).await, "pending_payment");
    counter.app.clock.advance(Duration::minutes(3));
    let db = &counter.app.app().db;
    assert_eq!(openchair_domain::payments::look_at_unheard(db).await.unwrap(), 1);
    eventually("the visit is certain", async || {
        (counter.status(&visit).await == "confirmed").then_some(())
    })
    .await;
}

#[tokio::test]
async fn cards_that_are_declined_or_ask_their_owner() {
    let counter = Counter::open().await;
    let visit = counter.booked(4, "10:00", "ann").await;
    let page = counter.page(&visit).await;
    assert!(matches!(counter.stripe.pay(&page, DECLINED), Outcome::Declined { .. }));
    assert_eq!(counter.back(&visit).await["state"], "due");
    assert_eq!(counter.page(&visit).await, page, "the page is good for another try");
    counter.stripe.pay(&page, ASKED);
    assert_eq!(counter.back(&visit).await["state"], "due", "they have to prove who they are");
    assert_eq!(counter.status(&visit).await, "pending_payment");
    counter.stripe.authenticate(&page, true);
    assert_eq!(counter.back(&visit).await["state"], "paid");
    assert_eq!(counter.status(&visit).await, "confirmed");
    assert_eq!(counter.charges(), [(3_000, 0)]);
}

#[tokio::test]
async fn who_leaves_and_books_again_without_paying_is_not_certain() {
    let counter = Counter::open().await;
    let first = counter.booked(4, "10:00", "ann").await;
    let left = counter.page(&first).await;
    let second = counter.booked(4, "12:00", "ann").await;
    assert_eq!(counter.back(&second).await["state"], "due");
    assert_eq!(counter.status(&second).await, "pending_payment");
    // What is paid for the one is not paid for the other.
    counter.stripe.pay(&left, GOOD);
    counter.back(&first).await;
    assert_eq!(counter.status(&first).await, "confirmed");
    counter.stripe.quiet().await;
    assert_eq!(counter.back(&second).await["state"], "due");
    assert_eq!(counter.status(&second).await, "pending_payment");
}

/// The time was given up, and nobody has taken it: who paid gets it back.
#[tokio::test]
async fn a_payment_that_comes_late_is_honoured_where_the_time_is_free() {
    let counter = Counter::open().await;
    counter.stripe.hold_webhooks();
    let visit = counter.booked(4, "10:00", "ann").await;
    let page = counter.page(&visit).await;
    counter.stripe.pay(&page, GOOD);
    counter.app.clock.advance(Duration::minutes(31));
    openchair_domain::bookings::lapse_everywhere(&counter.app.app().db).await.unwrap();
    eventually("the payment is found", async || {
        (counter.status(&visit).await == "confirmed").then_some(())
    })
    .await;
    assert_eq!(counter.charges(), [(3_000, 0)]);
    // And it is theirs: nobody else gets it.
    let wanted = counter.spa.wanted(&["Facial"], 1, &["Eve"]);
    counter.spa.hold(wanted, at(4, "10:00"), "somebody else").await.problem(409, "slot_taken");
}

/// The time is somebody else's: the money goes back, and they are told.
#[tokio::test]
async fn a_payment_that_comes_too_late_goes_back() {
    let counter = Counter::open().await;
    counter.stripe.drop_webhooks(100);
    let visit = counter.booked(4, "10:00", "ann").await;
    let page = counter.page(&visit).await;
    counter.app.clock.advance(Duration::minutes(31));
    let wanted = counter.spa.wanted(&["Facial"], 1, &["Eve"]);
    // Before anybody closed the page, somebody else books, and then it is paid.
    counter.stripe.trouble("/expire", Act::Wait, 1);
    counter.spa.book(wanted, at(4, "10:00")).await.expect(201);
    assert_eq!(counter.status(&visit).await, "expired");
    counter.stripe.waiting(1).await;
    assert!(matches!(counter.stripe.pay(&page, GOOD), Outcome::Paid));
    counter.stripe.let_go();
    eventually("the money is back", async || (counter.charges() == [(3_000, 3_000)]).then_some(()))
        .await;
    counter.app.mail("ann@example.com", "came too late").await;
    assert_eq!(counter.status(&visit).await, "expired");
    eventually("the book says so", async || (counter.balance("card").await == 0).then_some(()))
        .await;
}

/// What was begun is gone on with, under the same key, whatever became of the answer.
#[tokio::test]
async fn a_provider_in_trouble_opens_one_page_in_the_end() {
    let counter = Counter::open().await;
    let visit = counter.booked(4, "10:00", "ann").await;
    let path = format!("/v1/b/{}/payment", visit["link"].as_str().unwrap());
    let sessions = "/v1/checkout/sessions";
    for act in [Act::KeptStatus(500), Act::Status(429), Act::Cut] {
        counter.stripe.trouble(sessions, act, 1);
        let answer = counter.spa.guest.post_empty(&path).may_fail().send().await.unwrap();
        assert_eq!(answer.status, 503, "{}", answer.text());
        assert_eq!(answer.json()["code"], "provider_away");
    }
    let page = counter.page(&visit).await;
    assert_eq!(counter.stripe.book().sessions.len(), 1);
    counter.stripe.pay(&page, GOOD);
    counter.back(&visit).await;
    assert_eq!(counter.status(&visit).await, "confirmed");
    let paid = "select count(*) from payments where state = 'paid'";
    assert_eq!(counter.app.database.count(paid).await, 1);
}

/// Two windows, many presses: one page, one payment.
#[tokio::test]
async fn who_presses_often_pays_once() {
    let counter = Counter::open().await;
    let visit = counter.booked(4, "10:00", "ann").await;
    let path = format!("/v1/b/{}/payment", visit["link"].as_str().unwrap());
    let presses = (0..6).map(|_| counter.spa.guest.post_empty(&path).may_fail().send());
    let pressed = futures_util::future::join_all(presses).await;
    for answer in pressed {
        let answer = answer.unwrap();
        assert!(matches!(answer.status, 200 | 503), "{}", answer.text());
    }
    let page = counter.page(&visit).await;
    assert_eq!(counter.stripe.book().sessions.len(), 1);
    counter.stripe.pay(&page, GOOD);
    let looks = (0..6).map(|_| counter.back(&visit));
    futures_util::future::join_all(looks).await;
    counter.stripe.quiet().await;
    assert_eq!(counter.charges(), [(3_000, 0)]);
    assert_eq!(counter.balance("card").await, 3_000);
    let receipts = "select count(*) from jobs where dedupe_key like 'receipt %'";
    assert_eq!(counter.app.database.count(receipts).await, 1);
}

/// A deposit that nobody can take makes nobody lose their time: staff say yes or no.
#[tokio::test]
async fn where_no_cards_are_taken_nobody_is_led_anywhere() {
    let counter = Counter::open().await;
    let before = counter.booked(4, "14:00", "ben").await;
    counter.stripe.restrict(&counter.account, "individual.verification.document");
    let seen = eventually("the account is looked at", async || {
        let seen = counter.spa.owner.get("/v1/payment-account").await.expect(200);
        (seen["charges_enabled"] == false).then_some(seen)
    })
    .await;
    assert_eq!(seen["requirements"][0], "individual.verification.document");
    assert_eq!(counter.owed(&before).await["online"], false);
    counter.wishes(&before, &json!({})).await.problem(409, "no_cards");
    let visit = counter.spa.asked(&["Facial"], 4, "10:00", "ann").await;
    assert_eq!(visit["visit"]["status"], "pending_approval", "{visit}");
    counter.wishes(&visit, &json!({})).await.problem(409, "nothing_due");
    counter.app.clock.advance(Duration::minutes(31));
    openchair_domain::bookings::lapse_everywhere(&counter.app.app().db).await.unwrap();
    assert_eq!(counter.status(&visit).await, "pending_approval");
    assert_eq!(counter.deed(&visit, "confirm", json!({})).await["status"], "confirmed");
}

/// Who says yes once money is taken again asks for the deposit.
#[tokio::test]
async fn a_deposit_is_asked_for_where_it_can_be_taken_by_then() {
    let counter = Counter::open().await;
    // What Stripe told of the account was heard.
    counter.stripe.quiet().await;
    let looks =
        "select count(*) from jobs where kind = 'payments.look_at_account' and state <> 'done'";
    eventually("the account was looked at", async || {
        (counter.app.database.count(looks).await == 0).then_some(())
    })
    .await;
    let off = "update payment_accounts set charges_enabled = false";
    counter.app.database.run(off).await;
    let visit = counter.spa.asked(&["Facial"], 4, "10:00", "ann").await;
    assert_eq!(visit["visit"]["status"], "pending_approval", "{visit}");
    let on = "update payment_accounts set charges_enabled = true";
    counter.app.database.run(on).await;
    assert_eq!(counter.deed(&visit, "confirm", json!({})).await["status"], "pending_payment");
    // Who was told of it has another link.
    let mail = counter.app.mail("ann@example.com", "your visit isn't booked yet").await;
    let (_, link) = mail["text"].as_str().unwrap().split_once("/b/").unwrap();
    let visit = json!({ "link": link.split_whitespace().next().unwrap() });
    counter.stripe.pay(&counter.page(&visit).await, GOOD);
    assert_eq!(counter.back(&visit).await["state"], "paid");
    assert_eq!(counter.status(&visit).await, "confirmed");
}

/// The desk was faster: the page is closed, and nobody pays twice.
#[tokio::test]
async fn a_deposit_that_was_paid_at_the_desk_is_not_paid_by_card() {
    let counter = Counter::open().await;
    let visit = counter.booked(4, "10:00", "ann").await;
    let page = counter.page(&visit).await;
    let listed = counter.spa.owner.get("/v1/appointments").await.expect(200);
    let path = format!("/v1/appointments/{}/payments", listed["items"][0]["id"].as_str().unwrap());
    let cash = json!({ "way": "cash", "amount_minor": 9_000 });
    counter.spa.owner.post(&path, &cash).await.expect(201);
    assert_eq!(counter.status(&visit).await, "confirmed");
    eventually("the page is closed", async || {
        let book = counter.stripe.book();
        let session = book.sessions.iter().find(|session| session.id == page).unwrap();
        (session.status == "expired").then_some(())
    })
    .await;
    assert!(!matches!(counter.stripe.pay(&page, GOOD), Outcome::Paid));
    assert_eq!(counter.charges(), []);
}

/// What we gave up may have been paid all the same: it is found.
#[tokio::test]
async fn what_was_given_up_and_paid_is_found() {
    let counter = Counter::open().await;
    let visit = counter.booked(4, "10:00", "ann").await;
    let page = counter.page(&visit).await;
    counter.app.database.run("update payments set state = 'over', url = null").await;
    counter.stripe.pay(&page, GOOD);
    eventually("the visit is certain", async || {
        (counter.status(&visit).await == "confirmed").then_some(())
    })
    .await;
    assert_eq!(counter.balance("card").await, 3_000);
}

/// Some was paid at the desk since the page was opened: it asks for the rest.
#[tokio::test]
async fn a_page_asks_for_what_is_still_missing() {
    let counter = Counter::open().await;
    let visit = counter.booked(4, "10:00", "ann").await;
    let first = counter.page(&visit).await;
    let listed = counter.spa.owner.get("/v1/appointments").await.expect(200);
    let path = format!("/v1/appointments/{}/payments", listed["items"][0]["id"].as_str().unwrap());
    let cash = json!({ "way": "cash", "amount_minor": 1_000 });
    counter.spa.owner.post(&path, &cash).await.expect(201);
    let second = counter.page(&visit).await;
    assert_ne!(first, second);
    assert!(!matches!(counter.stripe.pay(&first, GOOD), Outcome::Paid));
    counter.stripe.pay(&second, GOOD);
    counter.back(&visit).await;
    assert_eq!(counter.charges(), [(2_000, 0)]);
    assert_eq!(counter.status(&visit).await, "confirmed");
}

/// Yen have no cents.
#[tokio::test]
async fn currencies_without_cents_are_taken_as_they_are() {
    let counter = Counter::open().await;
    let yen = format!(
        "update tenants set currency = 'JPY' where id = '{}';
         update availability_versions set rules = rules + 1",
        counter.spa.business.id.uuid()
    );
    counter.app.database.run(&yen).await;
    let visit = counter.booked(4, "10:00", "ann").await;
    let page = counter.page(&visit).await;
    counter.stripe.pay(&page, GOOD);
    let seen = counter.back(&visit).await;
    assert_eq!((&seen["paid_minor"], &seen["currency"]), (&json!(3_000), &json!("JPY")));
    assert_eq!(counter.charges(), [(3_000, 0)]);
    counter.app.mail("ann@example.com", "Receipt: 3000 JPY").await;
}

/// What is typed at the provider's stays there.
#[tokio::test]
async fn no_card_and_no_secret_is_anywhere_here() {
    let counter = Counter::open().await;
    let visit = counter.booked(4, "10:00", "ann").await;
    counter.stripe.pay(&counter.page(&visit).await, GOOD);
    counter.back(&visit).await;
    counter.stripe.quiet().await;
    let everything = counter.app.database.fingerprint().await.join("\n");
    let logs = format!("{:?}", counter.app.logs.lines());
    let account = counter.spa.owner.get("/v1/payment-account").await.text();
    let payments = counter.spa.owner.get("/v1/payments?all=true").await.text();
    let secrets = [GOOD, "sk_test_stand_in", "whsec_stand_in"];
    for (place, text) in [logs, account, payments].into_iter().enumerate() {
        for secret in secrets {
            assert!(!text.contains(secret), "{secret} in {place}");
        }
    }
    for secret in secrets {
        let hex: String = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
        assert!(!everything.contains(secret) && !everything.contains(&hex), "{secret}");
    }
}
