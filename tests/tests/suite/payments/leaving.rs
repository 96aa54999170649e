//! Cards that are left before a visit is certain, and how they are forgotten.

use chrono::Duration;
use openchair_stripe_stand_in::{Act, Outcome};
use openchair_tests::cards::{ASKED, Counter, DECLINED, GOOD};
use openchair_tests::eventually;
use openchair_tests::spa::at;
use serde_json::{Value, json};

fn own_card(visit: &Value) -> String {
    format!("/v1/b/{}/card", visit["link"].as_str().unwrap())
}

/// How many cards stand like this.
async fn cards(counter: &Counter, state: &str) -> i64 {
    counter.app.database.count(&format!("select count(*) from cards where state = '{state}'")).await
}

/// Whose the cards at Stripe are still.
fn attached(counter: &Counter) -> usize {
    counter.stripe.book().methods.iter().filter(|method| method.customer.is_some()).count()
}

async fn certain(counter: &Counter, visit: &Value) {
    eventually("the visit is certain", async || {
        (counter.status(visit).await == "confirmed").then_some(())
    })
    .await;
}

#[tokio::test]
async fn who_leaves_a_card_has_a_visit() {
    let counter = Counter::open().await;
    counter.asks_cards().await;
    let wanted = counter.spa.wanted(&["Wax"], 1, &["Eve"]);
    let hold = counter.spa.hold(wanted, at(4, "10:00"), "visitor ann").await.expect(201);
    assert_eq!((&hold["asks_card"], &hold["deposit_minor"]), (&json!(true), &json!(0)));
    let visit = counter.spa.take_up(&hold, "Ann", "ann@example.com").await.expect(201);
    assert_eq!(visit["visit"]["status"], "pending_payment");
    assert_eq!(visit["visit"]["asks_card"], true);
    let owed = counter.owed(&visit).await;
    assert_eq!(
        (&owed["state"], &owed["amount_minor"], &owed["card"], &owed["may_pay_all"]),
        (&json!("due"), &json!(0), &json!("wanted"), &json!(false))
    );
    let page = counter.page(&visit).await;
    assert_eq!(counter.page(&visit).await, page, "who asks twice gets the same page");
    assert_eq!(counter.back(&visit).await["card"], "wanted");
    assert_eq!(counter.status(&visit).await, "pending_payment");
    assert_eq!(counter.stripe.pay(&page, GOOD), Outcome::Left);
    let seen = counter.back(&visit).await;
    assert_eq!(
        (&seen["state"], &seen["card"], &seen["card_brand"], &seen["may_remove_card"]),
        (&json!("nothing"), &json!("left"), &json!("visa"), &json!(false))
    );
    assert_eq!(counter.status(&visit).await, "confirmed");
    counter.app.mail("ann@example.com", "Your visit to").await;
    counter.stripe.quiet().await;
    let money = counter.money(&visit).await;
    assert_eq!(
        (&money["card"]["state"], &money["card"]["brand"]),
        (&json!("left"), &json!("visa"))
    );
    assert_eq!((&money["fee_at"], &money["payments"]), (&Value::Null, &json!([])));
    assert_eq!(counter.charges(), []);
    let path = format!("/v1/b/{}/payment", visit["link"].as_str().unwrap());
    counter.spa.guest.post_empty(&path).await.problem(409, "nothing_due");
    // Nobody is told how Stripe calls it, and no number is anywhere.
    let book = counter.stripe.book();
    let method = &book.methods[0];
    let shown = format!("{money}{seen}");
    for secret in [&method.id, method.customer.as_ref().unwrap(), &method.last4] {
        assert!(!shown.contains(secret), "{secret} in {shown}");
    }
    let digits = "select count(*) from cards where cards::text like '%4242%'";
    assert_eq!(counter.app.database.count(digits).await, 0);
}

/// One page takes the deposit and keeps the card.
#[tokio::test]
async fn a_deposit_and_a_card_are_one_page() {
    let counter = Counter::open().await;
    counter.asks_cards().await;
    let visit = counter.booked(4, "10:00", "ann").await;
    let owed = counter.owed(&visit).await;
    assert_eq!((&owed["amount_minor"], &owed["card"]), (&json!(3_000), &json!("wanted")));
    counter.stripe.pay(&counter.page(&visit).await, GOOD);
    let seen = counter.back(&visit).await;
    assert_eq!((&seen["state"], &seen["card"]), (&json!("paid"), &json!("left")));
    assert_eq!(counter.status(&visit).await, "confirmed");
    counter.stripe.quiet().await;
    assert_eq!(counter.charges(), [(3_000, 0)]);
    assert_eq!((counter.stripe.book().sessions.len(), attached(&counter)), (1, 1));
    assert_eq!(cards(&counter, "left").await, 1);
}

/// Who pays the deposit at the desk still leaves a card; a page of its own keeps it.
#[tokio::test]
async fn a_card_is_wanted_also_when_the_deposit_is_there() {
    let counter = Counter::open().await;
    counter.asks_cards().await;
    let visit = counter.booked(4, "10:00", "ann").await;
    let path =
        format!("/v1/appointments/{}/payments", counter.desk(&visit).await["id"].as_str().unwrap());
    let cash = json!({ "way": "cash", "amount_minor": 3_000 });
    counter.spa.owner.post(&path, &cash).await.expect(201);
    assert_eq!(counter.status(&visit).await, "pending_payment");
    let owed = counter.owed(&visit).await;
    assert_eq!((&owed["state"], &owed["amount_minor"]), (&json!("due"), &json!(0)));
    assert_eq!(counter.stripe.pay(&counter.page(&visit).await, GOOD), Outcome::Left);
    counter.back(&visit).await;
    assert_eq!(counter.status(&visit).await, "confirmed");
    assert_eq!(counter.charges(), []);
}

#[tokio::test]
async fn cards_that_cannot_be_left_or_ask_their_owner() {
    let counter = Counter::open().await;
    counter.asks_cards().await;
    let visit = counter.waxing(4, "10:00", "ann").await;
    let page = counter.page(&visit).await;
    assert!(matches!(counter.stripe.pay(&page, DECLINED), Outcome::Declined { .. }));
    assert_eq!(counter.stripe.pay(&page, ASKED), Outcome::Asked);
    assert_eq!(counter.back(&visit).await["card"], "wanted");
    assert_eq!(counter.status(&visit).await, "pending_payment");
    assert_eq!(counter.stripe.authenticate(&page, true), Outcome::Left);
    assert_eq!(counter.back(&visit).await["card"], "left");
}

/// Nobody comes back from the page: the webhook alone makes the visit certain, however often it comes.
#[tokio::test]
async fn who_closes_the_window_after_leaving_a_card_has_a_visit() {
    let counter = Counter::open().await;
    counter.asks_cards().await;
    counter.stripe.copy_webhooks(3);
    let visit = counter.waxing(4, "10:00", "ann").await;
    counter.stripe.pay(&counter.page(&visit).await, GOOD);
    certain(&counter, &visit).await;
    let looks = (0..6).map(|_| counter.back(&visit));
    futures_util::future::join_all(looks).await;
    counter.stripe.quiet().await;
    assert_eq!((cards(&counter, "left").await, attached(&counter)), (1, 1));
}

#[tokio::test]
async fn a_card_of_which_nothing_is_heard_is_found() {
    let counter = Counter::open().await;
    counter.asks_cards().await;
    counter.stripe.drop_webhooks(100);
    let visit = counter.waxing(4, "10:00", "ann").await;
    counter.stripe.pay(&counter.page(&visit).await, GOOD);
    counter.stripe.quiet().await;
    assert_eq!(counter.status(&visit).await, "pending_payment");
    counter.app.clock.advance(Duration::minutes(3));
    openchair_domain::payments::look_at_unheard(&counter.app.app().db).await.unwrap();
    certain(&counter, &visit).await;
}

/// What was begun is gone on with, under the same key, whatever became of the answer.
#[tokio::test]
async fn a_provider_in_trouble_opens_one_page_in_the_end() {
    let counter = Counter::open().await;
    counter.asks_cards().await;
    let visit = counter.waxing(4, "10:00", "ann").await;
    let path = format!("/v1/b/{}/payment", visit["link"].as_str().unwrap());
    let sessions = "/v1/checkout/sessions";
    for act in [Act::KeptStatus(500), Act::Status(429), Act::CutBefore, Act::Cut] {
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
    assert_eq!(cards(&counter, "left").await, 1);
}

/// The time was given up, and nobody has taken it: who left a card gets it back.
#[tokio::test]
async fn a_card_that_comes_late_is_honoured_where_the_time_is_free() {
    let counter = Counter::open().await;
    counter.asks_cards().await;
    counter.stripe.hold_webhooks();
    let visit = counter.waxing(4, "10:00", "ann").await;
    counter.stripe.pay(&counter.page(&visit).await, GOOD);
    counter.app.clock.advance(Duration::minutes(31));
    openchair_domain::bookings::lapse_everywhere(&counter.app.app().db).await.unwrap();
    certain(&counter, &visit).await;
    let wanted = counter.spa.wanted(&["Wax"], 1, &["Eve"]);
    counter.spa.hold(wanted, at(4, "10:00"), "somebody else").await.problem(409, "slot_taken");
}

/// The time is somebody else's: the card is forgotten at once.
#[tokio::test]
async fn a_card_that_comes_too_late_is_forgotten() {
    let counter = Counter::open().await;
    counter.asks_cards().await;
    counter.stripe.drop_webhooks(100);
    let visit = counter.waxing(4, "10:00", "ann").await;
    let page = counter.page(&visit).await;
    counter.app.clock.advance(Duration::minutes(31));
    // Before anybody closed the page, somebody else books, and then the card is left.
    counter.stripe.trouble("/expire", Act::Wait, 1);
    let wanted = counter.spa.wanted(&["Wax"], 1, &["Eve"]);
    counter.spa.book(wanted, at(4, "10:00")).await.expect(201);
    assert_eq!(counter.status(&visit).await, "expired");
    counter.stripe.waiting(1).await;
    assert_eq!(counter.stripe.pay(&page, GOOD), Outcome::Left);
    counter.stripe.let_go();
    eventually("the card is forgotten", async || {
        (cards(&counter, "removed").await == 1).then_some(())
    })
    .await;
    assert_eq!(attached(&counter), 0);
    assert_eq!(counter.status(&visit).await, "expired");
}

/// A page of which nobody needs anything any more is closed.
#[tokio::test]
async fn staff_need_no_card_to_make_a_visit_certain() {
    let counter = Counter::open().await;
    counter.asks_cards().await;
    let visit = counter.waxing(4, "10:00", "ann").await;
    let page = counter.page(&visit).await;
    counter.deed(&visit, "paid", json!({})).await;
    assert_eq!(counter.status(&visit).await, "confirmed");
    eventually("the page is closed", async || {
        let book = counter.stripe.book();
        let session = book.sessions.iter().find(|session| session.id == page).unwrap();
        (session.status == "expired").then_some(())
    })
    .await;
    assert_eq!(counter.stripe.pay(&page, GOOD), Outcome::Closed);
    assert_eq!(counter.owed(&visit).await["card"], "none");
}

/// Nobody is asked for a card where none can be left, and none of whom staff book.
#[tokio::test]
async fn nobody_leaves_a_card_where_none_is_taken() {
    let counter = Counter::open().await;
    counter.asks_cards().await;
    let wanted = counter.spa.wanted(&["Wax"], 1, &["Eve"]);
    let booked = counter.spa.book(wanted.clone(), at(4, "09:00")).await.expect(201);
    assert_eq!(booked["status"], "confirmed");
    counter.stripe.restrict(&counter.account, "individual.verification.document");
    eventually("the account is looked at", async || {
        let seen = counter.spa.owner.get("/v1/payment-account").await.expect(200);
        (seen["charges_enabled"] == false).then_some(())
    })
    .await;
    let hold = counter.spa.hold(wanted, at(4, "10:00"), "visitor ann").await.expect(201);
    assert_eq!(hold["asks_card"], false);
    let visit = counter.spa.take_up(&hold, "Ann", "ann@example.com").await.expect(201);
    assert_eq!(visit["visit"]["status"], "confirmed");
}

#[tokio::test]
async fn a_card_is_taken_away_once_it_is_of_no_use() {
    let counter = Counter::open().await;
    counter.asks_cards().await;
    let visit = counter.left(4, "10:00", "ann", GOOD).await;
    counter.spa.guest.delete(&own_card(&visit)).await.problem(409, "card_needed");
    counter.deed(&visit, "check-in", json!({})).await;
    counter.deed(&visit, "complete", json!({})).await;
    assert_eq!(counter.owed(&visit).await["may_remove_card"], true);
    counter.spa.guest.delete(&own_card(&visit)).await.expect(204);
    counter.spa.guest.delete(&own_card(&visit)).await.problem(409, "no_card");
    assert_eq!(counter.owed(&visit).await["card"], "none");
    eventually("Stripe has forgotten it", async || (attached(&counter) == 0).then_some(())).await;
    eventually("and so have we", async || (cards(&counter, "removed").await == 1).then_some(()))
        .await;
}

/// Staff take it away before the visit, too, which stays certain; not while a fee is due.
#[tokio::test]
async fn staff_take_a_card_away() {
    let counter = Counter::open().await;
    counter.asks_cards().await;
    let visit = counter.left(4, "10:00", "ann", GOOD).await;
    let id = counter.desk(&visit).await["id"].as_str().unwrap().to_owned();
    let path = format!("/v1/appointments/{id}/card");
    counter.deed(&visit, "no-show", json!({})).await;
    counter.spa.owner.delete(&path).await.problem(409, "card_needed");
    counter.deed(&visit, "step-back", json!({})).await;
    // The provider is away at first, and is told again.
    counter.stripe.trouble("/detach", Act::Status(500), 1);
    counter.spa.owner.delete(&path).await.expect(204);
    counter.spa.owner.delete(&path).await.problem(409, "no_card");
    assert_eq!(counter.status(&visit).await, "confirmed");
    eventually("Stripe has forgotten it", async || {
        counter.app.clock.advance(Duration::minutes(1));
        (attached(&counter) == 0).then_some(())
    })
    .await;
    let noted = counter.spa.owner.get("/v1/audit?action=card.removed").await.expect(200);
    assert_eq!(noted["items"].as_array().unwrap().len(), 1);
}

/// Two weeks after a visit nothing is taken any more.
#[tokio::test]
async fn a_card_is_forgotten_by_itself() {
    let counter = Counter::open().await;
    counter.asks_cards().await;
    let visit = counter.left(4, "10:00", "ann", GOOD).await;
    counter.deed(&visit, "check-in", json!({})).await;
    counter.deed(&visit, "complete", json!({})).await;
    let sweep =
        async || openchair_domain::payments::forget_cards(&counter.app.app().db).await.unwrap();
    counter.app.clock.advance(Duration::days(15));
    assert_eq!(sweep().await, 0, "it was over not two weeks ago");
    counter.app.clock.advance(Duration::days(2));
    assert_eq!(sweep().await, 1);
    eventually("it is forgotten", async || (cards(&counter, "removed").await == 1).then_some(()))
        .await;
    assert_eq!(attached(&counter), 0);
    let names = "select count(*) from cards where customer is not null or method is not null";
    assert_eq!(counter.app.database.count(names).await, 0);
}
