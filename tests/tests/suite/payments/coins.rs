//! Amounts that cards don't know, and such as are too little for whoever takes them.

use openchair_tests::cards::{Counter, GOOD};
use openchair_tests::payfast::RandCounter;
use openchair_tests::spa::at;
use serde_json::{Value, json};

/// A spa that counts in Kuwaiti dinars, of which cards know hundredths: its facials cost 9.505.
async fn in_dinars(deposit: Value) -> Counter {
    let counter = Counter::open().await;
    counter.spa.counts_in(&counter.app, "KWD").await;
    let path = format!("/v1/services/{}", counter.spa.id("Facial"));
    let version = counter.spa.owner.get(&path).await.version();
    let change = json!({ "price_minor": 9_505, "deposit": deposit });
    counter.spa.owner.patch(&path, version, &change).await.expect(200);
    counter
}

/// A third of it, a tip, and what it costs to call it off: all of it is paid by card.
#[tokio::test]
async fn what_is_asked_in_dinars_can_be_paid_by_card() {
    let counter = in_dinars(json!({ "kind": "percent", "value": 33 })).await;
    let visit = counter.booked(4, "10:00", "ann").await;
    let view = &visit["visit"];
    assert_eq!((&view["price_minor"], &view["deposit_minor"]), (&json!(9_500), &json!(3_140)));
    counter.stripe.pay(&counter.page(&visit).await, GOOD);
    assert_eq!(counter.back(&visit).await["state"], "paid");
    assert_eq!(counter.status(&visit).await, "confirmed");
    let all = |tip: i64| json!({ "what": "all", "tip_minor": tip });
    let refused = counter.wishes(&visit, &all(1_025)).await;
    assert_eq!(refused.faults(), [("/tip_minor".to_owned(), "not_chargeable".to_owned())]);
    counter.stripe.pay(&counter.page_for(&visit, &all(1_030)).await, GOOD);
    counter.back(&visit).await;
    assert_eq!(counter.charges(), [(3_140, 0), (7_390, 0)]);
    assert_eq!((counter.balance("tips").await, counter.balance("card").await), (-1_030, 10_530));
}

/// Somebody pays with coins that cards don't know: the card pays the rest of what is wanted, in coins that it knows.
#[tokio::test]
async fn what_coins_leave_open_can_be_paid_by_card() {
    let counter = in_dinars(json!({ "kind": "fixed", "value": 3_005 })).await;
    let visit = counter.booked(4, "10:00", "ann").await;
    assert_eq!(visit["visit"]["deposit_minor"], 3_010);
    let id = counter.desk(&visit).await["id"].as_str().unwrap().to_owned();
    let cash = json!({ "way": "cash", "amount_minor": 1_005 });
    counter.spa.owner.post(&format!("/v1/appointments/{id}/payments"), &cash).await.expect(201);
    assert_eq!(counter.owed(&visit).await["amount_minor"], 2_010);
    counter.stripe.pay(&counter.page(&visit).await, GOOD);
    assert_eq!(counter.back(&visit).await["state"], "paid");
    assert_eq!(
        (counter.status(&visit).await.as_str(), counter.charges()),
        ("confirmed", vec![(2_010, 0)])
    );
    // Of what is open then, the last half of a hundredth is paid at the desk.
    let page = counter.page_for(&visit, &json!({ "what": "all" })).await;
    counter.stripe.pay(&page, GOOD);
    let seen = counter.back(&visit).await;
    assert_eq!((&seen["open_minor"], &seen["may_pay_all"]), (&json!(5), &json!(false)));
}

#[tokio::test]
async fn fees_in_dinars_can_be_paid_by_card() {
    let counter = in_dinars(json!({ "kind": "none", "value": 0 })).await;
    let policy = json!({ "late_cancel_fee_percent": 33, "cancel_notice_minutes": 10_000 });
    let version = counter.spa.owner.get("/v1/booking-policy").await.version();
    counter.spa.owner.patch("/v1/booking-policy", version, &policy).await.expect(200);
    let visit = counter.spa.asked(&["Facial"], 4, "10:00", "ann").await;
    let path = format!("/v1/b/{}/cancel", visit["link"].as_str().unwrap());
    counter.spa.guest.post(&path, &json!({})).await.expect(200);
    assert_eq!(counter.owed(&visit).await["amount_minor"], 3_130);
    counter.stripe.pay(&counter.page(&visit).await, GOOD);
    assert_eq!(counter.back(&visit).await["state"], "paid");
    assert_eq!(counter.charges(), [(3_130, 0)]);
}

/// A tenth of three dollars is less than Stripe takes.
#[tokio::test]
async fn a_deposit_is_no_less_than_what_is_taken_at_all() {
    let counter = Counter::open().await;
    let price = async |price: i64| {
        let path = format!("/v1/services/{}", counter.spa.id("Facial"));
        let version = counter.spa.owner.get(&path).await.version();
        let change = json!({ "price_minor": price, "deposit": { "kind": "percent", "value": 10 } });
        counter.spa.owner.patch(&path, version, &change).await.expect(200);
    };
    price(300).await;
    let wanted = counter.spa.wanted(&["Facial"], 1, &["Eve"]);
    let hold = counter.spa.hold(wanted, at(6, "10:00"), "a visitor").await.expect(201);
    assert_eq!(hold["deposit_minor"], 50, "who keeps time sees what will be asked");
    let visit = counter.booked(4, "10:00", "ann").await;
    assert_eq!(visit["visit"]["deposit_minor"], 50);
    counter.stripe.pay(&counter.page(&visit).await, GOOD);
    assert_eq!(counter.back(&visit).await["state"], "paid");
    assert_eq!(counter.charges(), [(50, 0)]);
    // Nobody takes thirty cents: staff decide, and nothing is asked for when they have.
    price(30).await;
    let visit = counter.spa.asked(&["Facial"], 4, "12:00", "ben").await;
    assert_eq!(visit["visit"]["status"], "pending_approval", "{visit}");
    assert_eq!(counter.deed(&visit, "confirm", json!({})).await["status"], "confirmed");
}

#[tokio::test]
async fn a_deposit_in_rand_is_five_at_least() {
    let counter = RandCounter::open().await;
    counter.spa.wants_before("Facial", json!({ "kind": "percent", "value": 1 })).await;
    let visit = counter.booked(4, "10:00", "ann").await;
    assert_eq!(visit["visit"]["deposit_minor"], 500);
    counter.paid(&visit).await;
    counter.until(&visit, "confirmed").await;
}

/// A voucher leaves less open of a small price than anybody takes: nobody waits for that.
#[tokio::test]
async fn what_a_voucher_leaves_open_makes_nobody_wait() {
    let counter = Counter::open().await;
    let spa = &counter.spa;
    let visit = spa.unpaid(&["Facial"], 4, "10:00", "ann").await;
    let value = json!({ "location": spa.location, "way": "cash", "value_minor": 2_970 });
    let sold = spa.owner.post("/v1/vouchers", &value).await.expect(201);
    let path = format!("/v1/b/{}/voucher", visit["link"].as_str().unwrap());
    let pay = json!({ "code": sold["code"], "what": "now" });
    // Thirty cents are missing, and sixty dollars are open: the card pays its least.
    let own = spa.guest.post(&path, &pay).await.expect(200);
    assert_eq!((&own["state"], &own["amount_minor"]), (&json!("due"), &json!(50)));
    counter.stripe.pay(&counter.page(&visit).await, GOOD);
    assert_eq!(counter.back(&visit).await["state"], "paid");
    // All of it is wanted, and thirty cents are open at all: those are paid at the desk.
    spa.wants_before("Facial", json!({ "kind": "percent", "value": 100 })).await;
    let visit = spa.unpaid(&["Facial"], 4, "12:00", "ben").await;
    let value = json!({ "location": spa.location, "way": "cash", "value_minor": 8_970 });
    let sold = spa.owner.post("/v1/vouchers", &value).await.expect(201);
    let path = format!("/v1/b/{}/voucher", visit["link"].as_str().unwrap());
    spa.guest.post(&path, &json!({ "code": sold["code"], "what": "now" })).await.expect(200);
    assert_eq!(counter.status(&visit).await, "confirmed");
}
