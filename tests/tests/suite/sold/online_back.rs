//! What becomes of vouchers that were bought online when their money goes: given back and sent back, given back at the
//! provider's own pages, taken back by a bank, paid twice, or ended without any.

use chrono::Duration;
use openchair_payfast_stand_in::Method;
use openchair_tests::Answer;
use openchair_tests::cards::{Counter, GOOD};
use openchair_tests::eventually;
use openchair_tests::payfast::RandCounter;
use openchair_tests::spa::{Spa, at};
use serde_json::{Value, json};

use super::online::{back, buys, offer, page, pays, sees, seller, wants};
use super::{id, refund, sell, stands};

/// A card whose owner goes to their bank.
const DISPUTED: &str = "4000000000000259";

/// Until everything that was to be asked was asked.
async fn asked(counter: &Counter) {
    counter.stripe.quiet().await;
    let waiting = "select count(*) from jobs where kind like 'payments.%' and state <> 'done'";
    eventually("everything was asked", async || {
        (counter.app.database.count(waiting).await == 0).then_some(())
    })
    .await;
}

/// The voucher that was bought.
async fn bought(spa: &Spa) -> Value {
    let items = spa.owner.get("/v1/vouchers").await.expect(200)["items"].clone();
    json!({ "voucher": items[0] })
}

/// How it stands, and what is left of it.
async fn left(spa: &Spa) -> (String, i64) {
    let voucher = bought(spa).await["voucher"].clone();
    (voucher["state"].as_str().unwrap().to_owned(), voucher["left_minor"].as_i64().unwrap())
}

fn good(minor: i64) -> (String, i64) {
    ("active".to_owned(), minor)
}

fn gone() -> (String, i64) {
    ("refunded".to_owned(), 0)
}

/// The owner gives back what is left of it.
async fn ends(spa: &Spa) -> Answer {
    refund(spa, &bought(spa).await).await
}

async fn balances(counter: &Counter, expected: &[(&str, i64)]) {
    for (account, sum) in expected {
        assert_eq!(counter.balance(account).await, *sum, "{account}");
    }
}

/// Refused at once, or on its way and then refused: the voucher is worth what it was, and can be given back again.
#[tokio::test]
async fn what_could_not_be_given_back_is_on_the_voucher_again() {
    let counter = seller().await;
    let spa = &counter.spa;
    let gift = buys(&counter, json!({})).await;
    let code = pays(&counter, &gift).await["code"].clone();
    counter.stripe.fail_refunds(1);
    ends(spa).await.expect(201);
    asked(&counter).await;
    counter.app.mail(&spa.business.owner.email, "50.00 USD couldn't be given back").await;
    assert_eq!(left(spa).await, good(5_000));
    assert_eq!(sees(spa, &gift).await["code"], code);
    balances(&counter, &[("card", 5_000), ("vouchers", -5_000)]).await;
    counter.app.clock.advance(Duration::seconds(1));
    let before = counter.stripe.book().charges[0].refunds.len();
    counter.stripe.slow_refunds(1);
    ends(spa).await.expect(201);
    let name = eventually("it is asked", async || {
        let book = counter.stripe.book();
        book.charges[0].refunds.get(before).map(|refund| refund.id.clone())
    })
    .await;
    asked(&counter).await;
    assert_eq!(left(spa).await, gone());
    assert_eq!(sees(spa, &gift).await["code"], Value::Null);
    assert!(counter.stripe.settle_refund(&name, false));
    asked(&counter).await;
    assert_eq!(left(spa).await, good(5_000));
    balances(&counter, &[("card", 5_000), ("vouchers", -5_000)]).await;
    counter.app.clock.advance(Duration::seconds(1));
    ends(spa).await.expect(201);
    asked(&counter).await;
    assert_eq!(left(spa).await, gone());
    balances(&counter, &[("card", 0), ("vouchers", 0)]).await;
    ends(spa).await.problem(409, "nothing_left");
}

/// It was done, and came back days later. What was used of it meanwhile isn't there twice.
#[tokio::test]
async fn what_comes_back_after_it_was_done_is_on_the_voucher_again() {
    let counter = seller().await;
    let spa = &counter.spa;
    let gift = buys(&counter, json!({})).await;
    let code = pays(&counter, &gift).await["code"].clone();
    let waxing = spa.wanted(&["Wax"], 1, &["Eve"]);
    let visit = spa.book(waxing, at(5, "10:00")).await.expect(201);
    let path = format!("/v1/appointments/{}/voucher", id(&visit));
    let body = json!({ "code": code, "amount_minor": 3_000 });
    spa.owner.post(&path, &body).await.expect(201);
    ends(spa).await.expect(201);
    asked(&counter).await;
    assert_eq!((left(spa).await, counter.charges()), (gone(), vec![(5_000, 2_000)]));
    balances(&counter, &[("card", 3_000), ("vouchers", 0)]).await;
    counter.app.clock.advance(Duration::days(3));
    counter.stripe.copy_webhooks(2);
    let name = counter.stripe.book().charges[0].refunds[0].id.clone();
    assert!(counter.stripe.settle_refund(&name, false));
    asked(&counter).await;
    assert_eq!(left(spa).await, good(2_000));
    balances(&counter, &[("card", 5_000), ("vouchers", -2_000)]).await;
}

/// What came from a bank through `PayFast` never goes back by itself: the voucher stays, and staff end it once they
/// have paid it out.
#[tokio::test]
async fn what_came_from_a_bank_stays_on_the_voucher() {
    let counter = RandCounter::open().await;
    let spa = &counter.spa;
    offer(spa, json!({})).await.expect(200);
    let gift = wants(spa, json!({ "value_minor": 20_000 })).await.expect(201);
    let path = format!("/v1/g/{}/payment", gift["token"].as_str().unwrap());
    let led = spa.guest.post_empty(&path).await.expect(200);
    let page = led["url"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
    counter.payfast.pay_by(&page, Method::Eft);
    counter.settled().await;
    assert_eq!(left(spa).await, good(20_000));
    ends(spa).await.expect(201);
    counter.settled().await;
    assert_eq!(left(spa).await, good(20_000));
    assert_eq!(counter.balance("vouchers").await, -20_000);
    takes_away(spa, &bought(spa).await).await.expect(201);
    counter.settled().await;
    assert_eq!((left(spa).await, counter.balance("vouchers").await), (gone(), 0));
    assert_eq!(counter.app.database.count("select count(*) from refunds").await, 1);
}

/// The owner ends a voucher without giving anything back.
async fn takes_away(spa: &Spa, sold: &Value) -> Answer {
    let path = format!("/v1/vouchers/{}/refund", id(&sold["voucher"]));
    spa.owner.post(&path, &json!({ "reason": "A slip", "without_money": true })).await
}

/// The second payment of one order couldn't be given back: staff do that, and the voucher has nothing to do with it.
#[tokio::test]
async fn what_was_paid_twice_can_be_given_back_by_hand() {
    let counter = RandCounter::open().await;
    let spa = &counter.spa;
    offer(spa, json!({})).await.expect(200);
    let gift = wants(spa, json!({ "value_minor": 20_000 })).await.expect(201);
    let path = format!("/v1/g/{}/payment", gift["token"].as_str().unwrap());
    let led = async || {
        let page = spa.guest.post_empty(&path).await.expect(200);
        page["url"].as_str().unwrap().rsplit('/').next().unwrap().to_owned()
    };
    let first = led().await;
    counter.app.clock.advance(Duration::minutes(61));
    let second = led().await;
    counter.payfast.fail_refunds(1);
    for page in [&first, &second] {
        counter.payfast.pay(page);
        counter.settled().await;
    }
    let failed = "select count(*) from refunds where state = 'failed'";
    eventually("it couldn't be given back", async || {
        (counter.app.database.count(failed).await == 1).then_some(())
    })
    .await;
    assert_eq!((left(spa).await, counter.refunds()), (good(20_000), vec![]));
    let paid = counter.payments().await;
    let with = |surplus: bool| {
        let found = paid.iter().find(|payment| payment["surplus"] == surplus);
        found.unwrap_or_else(|| panic!("{surplus} among {paid:?}"))
    };
    counter.refund(with(false), 1_000).await.problem(409, "sold_ahead");
    counter.refund(with(true), 20_001).await.problem(409, "more_than_paid");
    counter.app.clock.advance(Duration::minutes(1));
    counter.refund(with(true), 20_000).await.expect(201);
    counter.settled().await;
    assert_eq!((counter.refunds(), left(spa).await), (vec![20_000], good(20_000)));
    let sums = (counter.balance("card").await, counter.balance("vouchers").await);
    assert_eq!(sums, (20_000, -20_000));
}

/// In Stripe's dashboard, in parts: the voucher is worth what is left.
#[tokio::test]
async fn what_is_given_back_there_is_not_on_the_voucher() {
    let counter = seller().await;
    let spa = &counter.spa;
    let gift = buys(&counter, json!({})).await;
    pays(&counter, &gift).await;
    asked(&counter).await;
    let charge = counter.stripe.book().charges[0].id.clone();
    counter.stripe.copy_webhooks(3);
    for (amount, expected, owed) in [(2_000, good(3_000), -3_000), (3_000, gone(), 0)] {
        counter.app.clock.advance(Duration::minutes(1));
        counter.stripe.refund_there(&charge, amount).unwrap();
        asked(&counter).await;
        assert_eq!(left(spa).await, expected, "{amount}");
        balances(&counter, &[("vouchers", owed), ("card", -owed)]).await;
    }
    assert_eq!(sees(spa, &gift).await["code"], Value::Null);
    ends(spa).await.problem(409, "nothing_left");
    let noted = spa.owner.get("/v1/audit?action=voucher.refunded").await.expect(200);
    assert_eq!(noted["items"].as_array().unwrap().len(), 1, "only when it was over: {noted}");
}

/// The same though some of it was used: that isn't there again when its visit is called off.
#[tokio::test]
async fn what_was_used_and_given_back_there_is_not_owed_again() {
    let counter = seller().await;
    let spa = &counter.spa;
    let gift = buys(&counter, json!({})).await;
    let code = pays(&counter, &gift).await["code"].clone();
    asked(&counter).await;
    let waxing = spa.wanted(&["Wax"], 1, &["Eve"]);
    let visit = spa.book(waxing, at(5, "10:00")).await.expect(201);
    let path = format!("/v1/appointments/{}/voucher", id(&visit));
    let paying = |minor: i64| json!({ "code": code, "amount_minor": minor });
    spa.owner.post(&path, &paying(3_000)).await.expect(201);
    let charge = counter.stripe.book().charges[0].id.clone();
    counter.stripe.refund_there(&charge, 5_000).unwrap();
    asked(&counter).await;
    assert_eq!(left(spa).await, gone());
    spa.owner.post(&path, &paying(500)).await.problem(409, "voucher_not_good");
    // The business has lost what it served.
    balances(&counter, &[("card", 0), ("vouchers", 3_000)]).await;
    let seen = spa.owner.get(&format!("/v1/appointments/{}", id(&visit))).await.expect(200);
    let off = format!("/v1/appointments/{}/cancel", id(&visit));
    let body = json!({ "version": seen["version"], "reason": "Eve is ill" });
    spa.owner.post(&off, &body).await.expect(200);
    assert_eq!(left(spa).await, gone());
    balances(&counter, &[("card", 0), ("vouchers", 0), ("customers", 0)]).await;
}

/// Whoever bought it goes to their bank: nothing is given back meanwhile, and what is lost isn't on the voucher.
#[tokio::test]
async fn what_a_bank_takes_back_is_not_on_the_voucher() {
    for (won, expected, card, owed) in [(true, good(5_000), 5_000, -5_000), (false, gone(), 0, 0)] {
        let counter = seller().await;
        let spa = &counter.spa;
        let gift = buys(&counter, json!({})).await;
        counter.stripe.pay(&page(&counter, &gift).await, DISPUTED);
        assert_eq!(back(spa, &gift).await["state"], "paid");
        asked(&counter).await;
        ends(spa).await.problem(409, "disputed");
        assert_eq!(left(spa).await, good(5_000));
        let dispute = counter.stripe.book().disputes[0].id.clone();
        counter.stripe.copy_webhooks(2);
        assert!(counter.stripe.close_dispute(&dispute, won));
        asked(&counter).await;
        assert_eq!(left(spa).await, expected, "{won}");
        balances(&counter, &[("card", card), ("vouchers", owed), ("disputed", 0)]).await;
        // It isn't owed any more, so that nothing was lost by it.
        balances(&counter, &[("lost", 0), ("expired", 0)]).await;
    }
}

/// Staff don't wait for the bank: the voucher ends, and nothing goes back.
#[tokio::test]
async fn a_voucher_can_be_taken_away() {
    let counter = seller().await;
    let spa = &counter.spa;
    let gift = buys(&counter, json!({})).await;
    counter.stripe.pay(&page(&counter, &gift).await, DISPUTED);
    assert_eq!(back(spa, &gift).await["state"], "paid");
    asked(&counter).await;
    takes_away(spa, &bought(spa).await).await.expect(201);
    assert_eq!(left(spa).await, gone());
    balances(&counter, &[("vouchers", 0), ("expired", -5_000), ("disputed", 5_000)]).await;
    takes_away(spa, &bought(spa).await).await.problem(409, "nothing_left");
    // It stays so, whatever the bank says.
    let dispute = counter.stripe.book().disputes[0].id.clone();
    assert!(counter.stripe.close_dispute(&dispute, false));
    asked(&counter).await;
    assert_eq!(left(spa).await, gone());
    balances(&counter, &[("vouchers", 0), ("expired", -5_000), ("lost", 5_000)]).await;
    assert_eq!(counter.app.database.count("select count(*) from refunds").await, 0);
    // At the desk, too.
    let sold = sell(spa, 4_000).await;
    takes_away(spa, &sold).await.expect(201);
    assert_eq!(stands(spa, &sold).await, gone());
    balances(&counter, &[("vouchers", 0), ("expired", -9_000), ("cash", 4_000)]).await;
}

/// What staff ended stays so when a visit that was paid with it is called off; and it is written down why.
#[tokio::test]
async fn what_was_taken_away_does_not_live_again() {
    let counter = seller().await;
    let spa = &counter.spa;
    let gift = buys(&counter, json!({})).await;
    let code = pays(&counter, &gift).await["code"].clone();
    let waxing = spa.wanted(&["Wax"], 1, &["Eve"]);
    let visit = spa.book(waxing, at(5, "10:00")).await.expect(201);
    let body = json!({ "code": code, "amount_minor": 3_000 });
    let path = format!("/v1/appointments/{}", id(&visit));
    spa.owner.post(&format!("{path}/voucher"), &body).await.expect(201);
    takes_away(spa, &bought(spa).await).await.expect(201);
    assert_eq!(left(spa).await, gone());
    balances(&counter, &[("vouchers", 0), ("expired", -2_000)]).await;
    let log = spa.owner.get("/v1/audit?action=voucher.taken_away").await.expect(200);
    let changes = log["items"][0]["changes"].as_array().unwrap();
    let change = |field: &str| changes.iter().find(|change| change["field"] == field);
    assert_eq!(change("left_minor").unwrap()["before"], 2_000, "{log}");
    assert!(!change("reason").unwrap()["after"].as_str().unwrap().is_empty(), "{log}");
    let cancel = json!({ "version": spa.owner.get(&path).await.expect(200)["version"] });
    spa.owner.post(&format!("{path}/cancel"), &cancel).await.expect(200);
    asked(&counter).await;
    assert_eq!(left(spa).await, gone());
    balances(&counter, &[("vouchers", 0), ("expired", -5_000), ("card", 5_000)]).await;
}

/// It was over and written off, and is given back at Stripe after all: it wasn't anybody's income.
#[tokio::test]
async fn what_was_written_off_and_given_back_there_is_no_income() {
    let counter = seller().await;
    let spa = &counter.spa;
    offer(spa, json!({ "months": 1 })).await.expect(200);
    let gift = buys(&counter, json!({})).await;
    counter.stripe.pay(&page(&counter, &gift).await, GOOD);
    assert_eq!(back(spa, &gift).await["state"], "paid");
    asked(&counter).await;
    counter.app.clock.advance(Duration::days(40));
    openchair_domain::sold::expire_everywhere(&counter.app.app().db).await.unwrap();
    balances(&counter, &[("vouchers", 0), ("expired", -5_000)]).await;
    let charge = counter.stripe.book().charges[0].id.clone();
    counter.stripe.refund_there(&charge, 5_000).unwrap();
    asked(&counter).await;
    balances(&counter, &[("vouchers", 0), ("expired", 0), ("card", 0)]).await;
    // The owner isn't signed in any more.
    let over = "select count(*) from vouchers where state = 'expired' and left_minor = 0";
    assert_eq!(counter.app.database.count(over).await, 1);
}
