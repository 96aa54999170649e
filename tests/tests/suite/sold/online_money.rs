//! The money of vouchers that are bought online: heard late, twice or never, declined, given back.

use chrono::Duration;
use openchair_stripe_stand_in::Outcome;
use openchair_tests::cards::{Counter, DECLINED, GOOD};
use openchair_tests::eventually;
use openchair_tests::payfast::RandCounter;
use serde_json::{Value, json};

use super::online::{back, buys, goes, offer, page, pays, sees, seller, vouchers, wants};

/// Until a voucher is there.
async fn until_sold(counter: &Counter, gift: &Value) {
    eventually("the voucher is there", async || {
        (sees(&counter.spa, gift).await["state"] == "paid").then_some(())
    })
    .await;
}

/// Nobody comes back from the page: the webhook alone makes the voucher, however often it comes.
#[tokio::test]
async fn who_closes_the_window_after_paying_has_a_voucher() {
    let counter = seller().await;
    counter.stripe.copy_webhooks(3);
    let gift = buys(&counter, json!({})).await;
    counter.stripe.pay(&page(&counter, &gift).await, GOOD);
    until_sold(&counter, &gift).await;
    counter.stripe.quiet().await;
    for event in counter.stripe.events() {
        counter.stripe.redeliver(event["id"].as_str().unwrap());
    }
    counter.stripe.quiet().await;
    back(&counter.spa, &gift).await;
    assert_eq!(vouchers(&counter.app).await, 1);
    assert_eq!((counter.balance("card").await, counter.balance("vouchers").await), (5_000, -5_000));
}

/// No webhook arrives either: whoever looks after what nothing was heard of finds it.
#[tokio::test]
async fn a_voucher_of_which_nothing_is_heard_is_found() {
    let counter = seller().await;
    counter.stripe.drop_webhooks(100);
    let gift = buys(&counter, json!({})).await;
    counter.stripe.pay(&page(&counter, &gift).await, GOOD);
    counter.stripe.quiet().await;
    assert_eq!(sees(&counter.spa, &gift).await["state"], "open");
    counter.app.clock.advance(Duration::minutes(3));
    let db = &counter.app.app().db;
    assert_eq!(openchair_domain::payments::look_at_unheard(db).await.unwrap(), 1);
    until_sold(&counter, &gift).await;
}

/// Two windows, many presses, many looks: one page, one payment, one voucher.
#[tokio::test]
async fn who_presses_often_buys_once() {
    let counter = seller().await;
    let gift = buys(&counter, json!({})).await;
    let path = format!("/v1/g/{}/payment", gift["token"].as_str().unwrap());
    let presses = (0..6).map(|_| counter.spa.guest.post_empty(&path).may_fail().send());
    for answer in futures_util::future::join_all(presses).await {
        let answer = answer.unwrap();
        assert!(matches!(answer.status, 200 | 503), "{}", answer.text());
    }
    let led = page(&counter, &gift).await;
    assert_eq!(counter.stripe.book().sessions.len(), 1);
    counter.stripe.pay(&led, GOOD);
    futures_util::future::join_all((0..6).map(|_| back(&counter.spa, &gift))).await;
    counter.stripe.quiet().await;
    assert_eq!((counter.charges(), vouchers(&counter.app).await), (vec![(5_000, 0)], 1));
    assert_eq!(counter.balance("card").await, 5_000);
}

#[tokio::test]
async fn who_is_declined_takes_another_card() {
    let counter = seller().await;
    let gift = buys(&counter, json!({})).await;
    let led = page(&counter, &gift).await;
    assert!(matches!(counter.stripe.pay(&led, DECLINED), Outcome::Declined { .. }));
    let seen = back(&counter.spa, &gift).await;
    assert_eq!((&seen["state"], &seen["code"]), (&json!("open"), &Value::Null));
    assert_eq!(page(&counter, &gift).await, led, "the page is good for another try");
    counter.stripe.pay(&led, GOOD);
    assert_eq!(back(&counter.spa, &gift).await["state"], "paid");
    assert_eq!(counter.charges(), [(5_000, 0)]);
}

/// The bank takes its time: nothing more is asked for, and nothing is shown, until it has said yes.
#[tokio::test]
async fn what_a_bank_takes_its_time_for_is_no_voucher_yet() {
    let counter = seller().await;
    counter.stripe.slow_banks(1);
    let gift = buys(&counter, json!({})).await;
    let led = page(&counter, &gift).await;
    counter.stripe.pay(&led, GOOD);
    let seen = back(&counter.spa, &gift).await;
    assert_eq!((&seen["state"], &seen["code"]), (&json!("processing"), &Value::Null));
    goes(&counter, &gift, json!({})).await.problem(409, "nothing_due");
    assert!(counter.stripe.settle_payment(&led, true));
    until_sold(&counter, &gift).await;
}

/// A page is good for an hour. Who comes back within a week gets another one; after that it is over, and nothing was
/// sold.
#[tokio::test]
async fn what_is_never_paid_is_over_and_forgotten() {
    let counter = seller().await;
    let (app, spa) = (&counter.app, &counter.spa);
    let gift = buys(&counter, json!({})).await;
    let first = page(&counter, &gift).await;
    app.clock.advance(Duration::minutes(61));
    counter.stripe.expire_due();
    assert_eq!(back(spa, &gift).await["state"], "open");
    let second = page(&counter, &gift).await;
    assert_ne!(first, second);
    app.clock.advance(Duration::days(7));
    let seen = sees(spa, &gift).await;
    assert_eq!((&seen["state"], &seen["until"]), (&json!("over"), &Value::Null));
    goes(&counter, &gift, json!({})).await.problem(409, "gift_over");
    assert_eq!(back(spa, &gift).await["state"], "over");
    assert_eq!((counter.charges(), vouchers(app).await), (vec![], 0));
    let open = "select count(*) from payments where state <> 'over'";
    assert_eq!(app.database.count(open).await, 0);
    // A month after it was begun nobody knows whose it was.
    let db = &app.app().db;
    assert_eq!(openchair_domain::sold::forget_unpaid(db).await.unwrap(), 0);
    app.clock.advance(Duration::days(23));
    assert_eq!(openchair_domain::sold::forget_unpaid(db).await.unwrap(), 1);
    assert_eq!(openchair_domain::sold::forget_unpaid(db).await.unwrap(), 0);
    let known = "select count(*) from voucher_orders o where token_hash is not null
                 or row_to_json(o)::text ~* '(ann|omar|birthday)'";
    assert_eq!(app.database.count(known).await, 0);
    // Who never paid never was a customer, and nobody was told of one.
    for known in [
        "select count(*) from customers c where row_to_json(c)::text ~* 'ann@example'",
        "select count(*) from sales where customer_id is not null",
        "select count(*) from outbox_events where kind = 'customer.created'",
    ] {
        assert_eq!(app.database.count(known).await, 0, "{known}");
    }
    assert_eq!(app.database.count("select count(*) from sales where state = 'over'").await, 1);
    let path = format!("/v1/g/{}", gift["token"].as_str().unwrap());
    spa.guest.get(&path).await.problem(404, "not_found");
}

/// It was paid in time and nobody heard of it until it was over: it is a voucher all the same, good from then on.
#[tokio::test]
async fn what_was_paid_and_heard_of_too_late_is_honoured() {
    let counter = seller().await;
    let (app, spa) = (&counter.app, &counter.spa);
    counter.stripe.drop_webhooks(100);
    let gift = buys(&counter, json!({})).await;
    counter.stripe.pay(&page(&counter, &gift).await, GOOD);
    app.clock.advance(Duration::days(8));
    assert_eq!(sees(spa, &gift).await["state"], "over");
    let seen = back(spa, &gift).await;
    assert_eq!((&seen["state"], &seen["last_day"]), (&json!("paid"), &json!("2029-03-10")));
    assert_eq!(counter.charges(), [(5_000, 0)]);
    assert_eq!((counter.balance("card").await, counter.balance("vouchers").await), (5_000, -5_000));
    app.mail("omar@example.com", "50.00 USD").await;
}

/// Also where nobody is known any more: staff have the voucher, and can show its code.
#[tokio::test]
async fn what_was_forgotten_and_paid_after_all_is_a_voucher() {
    let counter = seller().await;
    let app = &counter.app;
    counter.stripe.drop_webhooks(100);
    let gift = buys(&counter, json!({})).await;
    counter.stripe.pay(&page(&counter, &gift).await, GOOD);
    app.clock.advance(Duration::days(31));
    let db = &app.app().db;
    assert_eq!(openchair_domain::sold::forget_unpaid(db).await.unwrap(), 1);
    openchair_domain::payments::look_at_unheard(db).await.unwrap();
    eventually("the voucher is there", async || (vouchers(app).await == 1).then_some(())).await;
    assert_eq!(app.database.count("select count(*) from sales where state = 'sold'").await, 1);
    let mails = "select count(*) from jobs where dedupe_key like 'receipt %'";
    assert_eq!(app.database.count(mails).await, 0, "nobody is known to write to");
    assert_eq!(counter.balance("vouchers").await, -5_000);
}

/// What is left goes back to the card, once; and the link shows no code any more.
#[tokio::test]
async fn what_is_left_goes_back_to_the_card() {
    let counter = seller().await;
    let spa = &counter.spa;
    let gift = buys(&counter, json!({})).await;
    pays(&counter, &gift).await;
    let sold = spa.owner.get("/v1/vouchers").await.expect(200)["items"][0].clone();
    let paid = spa.owner.get("/v1/payments").await.expect(200)["items"][0].clone();
    let past = format!("/v1/payments/{}/refunds", paid["id"].as_str().unwrap());
    let body = json!({ "amount_minor": 100, "reason": "" });
    spa.owner.post(&past, &body).await.problem(409, "sold_ahead");
    let path = format!("/v1/vouchers/{}/refund", sold["id"].as_str().unwrap());
    let give = || spa.owner.post(&path, &json!({ "reason": "They changed their mind." }));
    let given = futures_util::future::join_all((0..3).map(|_| give().into_future())).await;
    assert_eq!(given.iter().filter(|answer| answer.status == 201).count(), 1, "{given:?}");
    eventually("the money is back", async || (counter.charges() == [(5_000, 5_000)]).then_some(()))
        .await;
    eventually("the book says so", async || (counter.balance("card").await == 0).then_some(()))
        .await;
    assert_eq!(counter.balance("vouchers").await, 0);
    let seen = sees(spa, &gift).await;
    assert_eq!((&seen["state"], &seen["code"]), (&json!("paid"), &Value::Null));
    give().await.problem(409, "nothing_left");
}

/// Who is erased leaves no names behind, neither before they paid nor after; what they pay for is good all the same.
#[tokio::test]
async fn who_is_erased_leaves_no_names_behind() {
    let counter = seller().await;
    let (app, spa) = (&counter.app, &counter.spa);
    let (paid, unpaid) = (buys(&counter, json!({})).await, buys(&counter, json!({})).await);
    let code = pays(&counter, &paid).await["code"].clone();
    let found = spa.owner.get("/v1/customers").await.expect(200);
    let ann = found["items"].as_array().unwrap().iter().find(|one| one["name"] == "Ann").unwrap();
    let erase = format!("/v1/customers/{}/erase", ann["id"].as_str().unwrap());
    spa.owner.post(&erase, &json!({ "version": ann["version"] })).await.expect(204);
    for table in ["voucher_orders", "vouchers"] {
        let known = format!(
            "select count(*) from {table} t where row_to_json(t)::text ~* '(ann|omar|birthday)'"
        );
        assert_eq!(app.database.count(&known).await, 0, "{table}");
    }
    let seen = sees(spa, &paid).await;
    assert_eq!((&seen["code"], &seen["recipient_name"]), (&code, &json!("")));
    pays(&counter, &unpaid).await;
    assert_eq!(vouchers(app).await, 2);
    let receipts = "select count(*) from jobs where dedupe_key like 'receipt %'";
    assert_eq!(app.database.count(receipts).await, 1, "nobody is known to write to any more");
}

/// Whom it is for is erased, and who buys it isn't.
#[tokio::test]
async fn whom_it_is_for_can_be_erased() {
    let counter = seller().await;
    let spa = &counter.spa;
    let gift = buys(&counter, json!({})).await;
    let new = json!({ "name": "Omar", "email": "OMAR@example.com" });
    let omar = spa.owner.post("/v1/customers", &new).await.expect(201);
    let erase = format!("/v1/customers/{}/erase", omar["id"].as_str().unwrap());
    spa.owner.post(&erase, &json!({ "version": omar["version"] })).await.expect(204);
    let seen = sees(spa, &gift).await;
    assert_eq!((&seen["recipient_name"], &seen["recipient_email"]), (&json!(""), &Value::Null));
    // Who buys it gets the code then.
    pays(&counter, &gift).await;
    counter.app.mail("ann@example.com", "Your voucher from").await;
}

/// The same through `PayFast`, whose pages can't be closed: who pays at two of them gets one voucher, and the second
/// payment back.
#[tokio::test]
async fn payfast_takes_the_money_for_vouchers() {
    let counter = RandCounter::open().await;
    offer(&counter.spa, json!({})).await.expect(200);
    let gift = wants(&counter.spa, json!({ "value_minor": 20_000 })).await.expect(201);
    let path = format!("/v1/g/{}/payment", gift["token"].as_str().unwrap());
    let led = async || {
        let page = counter.spa.guest.post_empty(&path).await.expect(200);
        page["url"].as_str().unwrap().rsplit('/').next().unwrap().to_owned()
    };
    let first = led().await;
    assert_eq!(led().await, first);
    let back_to = format!("/g/{}?paying=1", gift["token"].as_str().unwrap());
    let begun = counter.at(&first);
    assert!(begun.field("return_url").ends_with(&back_to), "{}", begun.field("return_url"));
    counter.app.clock.advance(Duration::minutes(61));
    let second = led().await;
    assert_ne!(first, second);
    for page in [&first, &second] {
        counter.payfast.pay(page);
        counter.settled().await;
    }
    let seen = sees(&counter.spa, &gift).await;
    assert_eq!(seen["state"], "paid", "{seen}");
    assert_eq!(vouchers(&counter.app).await, 1);
    eventually("the second payment is back", async || {
        (counter.refunds() == [20_000]).then_some(())
    })
    .await;
    counter.settled().await;
    let sums = (counter.balance("card").await, counter.balance("vouchers").await);
    assert_eq!(sums, (20_000, -20_000));
}
