//! What it costs that a visit didn't take place, taken from the card that was left for it.

use chrono::Duration;
use openchair_domain::ids::{Appointment, Id};
use openchair_stripe_stand_in::{Act, Order, Outcome};
use openchair_tests::cards::{ASKED_ALWAYS, Counter, DECLINED_LATER, GOOD};
use openchair_tests::{Answer, eventually};
use serde_json::{Value, json};

const INTENTS: &str = "POST /v1/payment_intents";

/// A business that asks for cards.
async fn counter() -> Counter {
    let counter = Counter::open().await;
    counter.asks_cards().await;
    counter
}

async fn call_off(counter: &Counter, visit: &Value) -> Value {
    let path = format!("/v1/b/{}/cancel", visit["link"].as_str().unwrap());
    counter.spa.guest.post(&path, &json!({})).await.expect(200)
}

async fn charged(counter: &Counter, expected: &[(i64, i64)]) {
    eventually(&format!("{expected:?}"), async || (counter.charges() == expected).then_some(()))
        .await;
}

/// What the tables say of fees: how many stand like this.
async fn fees(counter: &Counter, state: &str) -> i64 {
    let sql = format!("select count(*) from payments where kind = 'fee' and state = '{state}'");
    counter.app.database.count(&sql).await
}

async fn settled(counter: &Counter, state: &str) {
    eventually(state, async || (fees(counter, state).await == 1).then_some(())).await;
}

/// All that was to be done by now was done.
async fn nothing_waits(counter: &Counter) {
    let now = counter.app.now();
    let waiting = format!(
        "select count(*) from jobs where kind like 'payments.%' and state <> 'done' and run_at <= '{now}'"
    );
    eventually("everything was done", async || {
        (counter.app.database.count(&waiting).await == 0).then_some(())
    })
    .await;
}

fn visit_id(seen: &Value) -> Id<Appointment> {
    seen["id"].as_str().unwrap().parse().unwrap()
}

#[tokio::test]
async fn who_calls_off_late_pays_at_once() {
    let counter = counter().await;
    let visit = counter.left(4, "10:00", "ann", GOOD).await;
    assert_eq!(call_off(&counter, &visit).await["fee_minor"], 2_000);
    charged(&counter, &[(2_000, 0)]).await;
    settled(&counter, "paid").await;
    counter.app.mail("ann@example.com", "Receipt: fee of 20.00 USD").await;
    let money = counter.money(&visit).await;
    let payment = &money["payments"][0];
    assert_eq!(
        (&payment["kind"], &payment["off_session"], &payment["way"], &payment["amount_minor"]),
        (&json!("fee"), &json!(true), &json!("card"), &json!(2_000))
    );
    assert_eq!((&money["open_minor"], &money["fee_at"]), (&json!(0), &Value::Null));
    for (account, sum) in [("card", 2_000), ("fees", -2_000), ("customers", 0)] {
        assert_eq!(counter.balance(account).await, sum, "{account}");
    }
    let own = counter.owed(&visit).await;
    assert_eq!((&own["state"], &own["amount_minor"]), (&json!("paid"), &json!(0)));
    let book = counter.stripe.book();
    assert_eq!(book.charges[0].account.as_deref(), Some(&*counter.account));
}

/// What was paid before counts.
#[tokio::test]
async fn only_what_is_open_is_taken() {
    let counter = counter().await;
    let visit = counter.booked(4, "10:00", "ann").await;
    counter.stripe.pay(&counter.page(&visit).await, GOOD);
    assert_eq!(counter.back(&visit).await["card"], "left");
    assert_eq!(call_off(&counter, &visit).await["fee_minor"], 4_500);
    charged(&counter, &[(3_000, 0), (1_500, 0)]).await;
    settled(&counter, "paid").await;
    assert_eq!((counter.balance("fees").await, counter.balance("customers").await), (-4_500, 0));
}

/// Who calls off in time pays nothing.
#[tokio::test]
async fn nothing_is_taken_where_nothing_is_due() {
    let counter = counter().await;
    let visit = counter.left(20, "10:00", "ann", GOOD).await;
    assert_eq!(call_off(&counter, &visit).await["fee_minor"], 0);
    nothing_waits(&counter).await;
    counter.app.clock.advance(Duration::hours(2));
    nothing_waits(&counter).await;
    assert_eq!(counter.charges(), []);
    assert!(counter.stripe.book().intents.is_empty());
}

#[tokio::test]
async fn who_does_not_come_pays_after_an_hour() {
    let counter = counter().await;
    let visit = counter.left(4, "10:00", "ann", GOOD).await;
    let marked = counter.app.now();
    counter.deed(&visit, "no-show", json!({})).await;
    let money = counter.money(&visit).await;
    let at = (marked + Duration::hours(1)).to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
    let shown: chrono::DateTime<chrono::Utc> = money["fee_at"].as_str().unwrap().parse().unwrap();
    assert_eq!(shown.to_rfc3339_opts(chrono::SecondsFormat::Secs, true), at);
    assert_eq!(money["open_minor"], 2_000);
    counter.app.clock.advance(Duration::minutes(59));
    nothing_waits(&counter).await;
    assert!(counter.stripe.book().intents.is_empty());
    counter.app.clock.advance(Duration::minutes(2));
    charged(&counter, &[(2_000, 0)]).await;
    settled(&counter, "paid").await;
    counter.app.mail("ann@example.com", "Receipt: fee of 20.00 USD").await;
}

/// A slip that is undone within the hour costs nobody anything; what is marked again has an hour again.
#[tokio::test]
async fn a_slip_that_is_undone_in_time_is_never_charged() {
    let counter = counter().await;
    let visit = counter.left(4, "10:00", "ann", GOOD).await;
    counter.deed(&visit, "no-show", json!({})).await;
    counter.app.clock.advance(Duration::minutes(30));
    counter.deed(&visit, "step-back", json!({})).await;
    assert_eq!(counter.money(&visit).await["fee_at"], Value::Null);
    counter.app.clock.advance(Duration::minutes(10));
    counter.deed(&visit, "no-show", json!({})).await;
    // The hour of the first one is over, that of the second isn't.
    counter.app.clock.advance(Duration::minutes(30));
    nothing_waits(&counter).await;
    assert!(counter.stripe.book().intents.is_empty());
    counter.deed(&visit, "step-back", json!({})).await;
    counter.app.clock.advance(Duration::hours(3));
    nothing_waits(&counter).await;
    assert!(counter.stripe.book().intents.is_empty());
    assert_eq!(counter.balance("fees").await, 0);
}

#[tokio::test]
async fn a_slip_that_is_undone_late_goes_back() {
    let counter = counter().await;
    let visit = counter.left(4, "10:00", "ann", GOOD).await;
    counter.deed(&visit, "no-show", json!({})).await;
    counter.app.clock.advance(Duration::minutes(61));
    settled(&counter, "paid").await;
    counter.deed(&visit, "step-back", json!({})).await;
    charged(&counter, &[(2_000, 2_000)]).await;
    counter.app.mail("ann@example.com", "gives you back 20.00 USD").await;
    eventually("the book says so", async || (counter.balance("card").await == 0).then_some(()))
        .await;
    assert_eq!((counter.balance("fees").await, counter.balance("customers").await), (0, 0));
    assert_eq!(counter.status(&visit).await, "confirmed");
}

/// It came to nothing: it isn't tried again, and whoever owes it pays it behind the link.
#[tokio::test]
async fn a_fee_that_is_declined_is_paid_by_the_link() {
    for (number, said) in
        [(DECLINED_LATER, "Your card was declined."), (ASKED_ALWAYS, "requires authentication")]
    {
        let counter = counter().await;
        let visit = counter.left(4, "10:00", "ann", number).await;
        call_off(&counter, &visit).await;
        settled(&counter, "over").await;
        let mail = counter.app.mail("ann@example.com", "a fee of 20.00 USD is still to be paid");
        let text = mail.await["text"].as_str().unwrap().to_owned();
        assert!(text.contains(&format!("/b/{}", visit["link"].as_str().unwrap())), "{text}");
        let payment = counter.money(&visit).await["payments"][0].clone();
        let told = payment["trouble"].as_str().unwrap();
        assert!(told.contains(said), "{told}");
        assert_eq!((&payment["state"], &payment["kind"]), (&json!("over"), &json!("fee")));
        let own = counter.owed(&visit).await;
        assert_eq!(
            (&own["state"], &own["amount_minor"], &own["fee_declined"], &own["card"]),
            (&json!("due"), &json!(2_000), &json!(true), &json!("left"))
        );
        // Days later nobody has tried it again.
        counter.app.clock.advance(Duration::days(3));
        openchair_domain::payments::look_at_unheard(&counter.app.app().db).await.unwrap();
        let (tenant, id) = (counter.spa.business.id, visit_id(&counter.desk(&visit).await));
        counter.app.app().counter.take_fee(tenant, id).await.unwrap();
        nothing_waits(&counter).await;
        assert_eq!(counter.stripe.book().intents.len(), 1);
        let page = counter.page(&visit).await;
        assert_eq!(counter.stripe.pay(&page, GOOD), Outcome::Paid);
        let own = counter.back(&visit).await;
        assert_eq!((&own["state"], &own["fee_declined"]), (&json!("paid"), &json!(false)));
        assert_eq!(counter.charges(), [(2_000, 0)]);
        assert_eq!(
            (counter.balance("fees").await, counter.balance("customers").await),
            (-2_000, 0)
        );
    }
}

/// The connection is cut at each request in its turn: the fee is taken once.
#[tokio::test]
async fn whatever_is_cut_a_fee_is_taken_once() {
    for act in [Act::Cut, Act::CutBefore, Act::Status(429), Act::Status(500)] {
        let counter = counter().await;
        counter.stripe.drop_webhooks(1_000);
        let visit = counter.left(4, "10:00", "ann", GOOD).await;
        counter.stripe.trouble(INTENTS, act, 1);
        call_off(&counter, &visit).await;
        // It is tried again, later each time.
        eventually("it is taken", async || {
            counter.app.clock.advance(Duration::minutes(1));
            (fees(&counter, "paid").await == 1).then_some(())
        })
        .await;
        assert_eq!(counter.charges(), [(2_000, 0)], "{act:?}");
        assert_eq!(counter.stripe.book().intents.len(), 1, "{act:?}");
        assert_eq!(counter.balance("card").await, 2_000, "{act:?}");
    }
}

/// The worker was lost between asking and writing, for longer than the provider knows our key.
#[tokio::test]
async fn what_was_taken_unheard_is_not_taken_again() {
    let counter = counter().await;
    counter.stripe.drop_webhooks(1_000);
    let visit = counter.left(4, "10:00", "ann", GOOD).await;
    counter.stripe.trouble(INTENTS, Act::Cut, 1);
    call_off(&counter, &visit).await;
    charged(&counter, &[(2_000, 0)]).await;
    counter.app.database.run("delete from jobs where kind = 'payments.take_fee'").await;
    counter.app.clock.advance(Duration::hours(30));
    openchair_domain::payments::look_at_unheard(&counter.app.app().db).await.unwrap();
    settled(&counter, "paid").await;
    assert_eq!(counter.charges(), [(2_000, 0)]);
    assert_eq!(counter.stripe.book().intents.len(), 1);
}

/// It was undone while nobody knew whether it was taken: then it goes back.
#[tokio::test]
async fn what_was_taken_unheard_and_undone_goes_back() {
    let counter = counter().await;
    counter.stripe.drop_webhooks(1_000);
    let visit = counter.left(4, "10:00", "ann", GOOD).await;
    counter.deed(&visit, "no-show", json!({})).await;
    counter.stripe.trouble(INTENTS, Act::Cut, 1);
    counter.app.clock.advance(Duration::minutes(61));
    charged(&counter, &[(2_000, 0)]).await;
    counter.app.database.run("delete from jobs where kind = 'payments.take_fee'").await;
    counter.deed(&visit, "step-back", json!({})).await;
    counter.app.clock.advance(Duration::minutes(3));
    openchair_domain::payments::look_at_unheard(&counter.app.app().db).await.unwrap();
    charged(&counter, &[(2_000, 2_000)]).await;
    eventually("the book says so", async || (counter.balance("card").await == 0).then_some(()))
        .await;
    assert_eq!(counter.stripe.book().intents.len(), 1);
}

#[tokio::test]
async fn two_workers_at_once_take_it_once() {
    let counter = counter().await;
    counter.stripe.copy_webhooks(3);
    let visit = counter.left(4, "10:00", "ann", GOOD).await;
    counter.deed(&visit, "no-show", json!({})).await;
    let (tenant, id) = (counter.spa.business.id, visit_id(&counter.desk(&visit).await));
    // At half past, whoever comes too early does nothing.
    counter.app.app().counter.take_fee(tenant, id).await.unwrap();
    assert!(counter.stripe.book().intents.is_empty());
    counter.app.clock.advance(Duration::minutes(61));
    let workers = (0..6).map(|_| counter.app.app().counter.take_fee(tenant, id));
    for worked in futures_util::future::join_all(workers).await {
        // Stripe refuses the same key at the same moment; who was refused asks again.
        assert!(matches!(
            worked,
            Ok(()) | Err(openchair_domain::payments::PaymentError::ProviderAway)
        ));
    }
    settled(&counter, "paid").await;
    counter.stripe.quiet().await;
    nothing_waits(&counter).await;
    assert_eq!(counter.charges(), [(2_000, 0)]);
    assert_eq!((counter.stripe.book().intents.len(), counter.balance("card").await), (1, 2_000));
    let receipts = "select count(*) from jobs where dedupe_key like 'receipt %'";
    assert_eq!(counter.app.database.count(receipts).await, 1);
}

#[tokio::test]
async fn webhooks_late_twice_and_backwards_change_nothing() {
    let counter = counter().await;
    counter.stripe.copy_webhooks(2);
    counter.stripe.hold_webhooks();
    let visit = counter.left(4, "10:00", "ann", GOOD).await;
    call_off(&counter, &visit).await;
    settled(&counter, "paid").await;
    counter.stripe.release_webhooks(Order::Backwards);
    counter.stripe.quiet().await;
    for event in counter.stripe.events() {
        assert!(counter.stripe.redeliver(event["id"].as_str().unwrap()));
    }
    counter.stripe.quiet().await;
    nothing_waits(&counter).await;
    assert_eq!(counter.charges(), [(2_000, 0)]);
    assert_eq!(counter.balance("card").await, 2_000);
}

/// The bank takes its time with it: nobody is led to another page meanwhile.
#[tokio::test]
async fn a_fee_that_takes_a_while() {
    for (well, state) in [(true, "paid"), (false, "over")] {
        let counter = counter().await;
        let visit = counter.left(4, "10:00", "ann", GOOD).await;
        counter.stripe.slow_banks(1);
        call_off(&counter, &visit).await;
        settled(&counter, "processing").await;
        assert_eq!(counter.owed(&visit).await["state"], "processing");
        counter.wishes(&visit, &json!({})).await.problem(409, "nothing_due");
        let intent = counter.stripe.book().intents[0].id.clone();
        assert!(counter.stripe.settle_payment(&intent, well));
        settled(&counter, state).await;
        assert_eq!(counter.charges().len(), usize::from(well));
        assert_eq!(counter.owed(&visit).await["fee_declined"], !well);
    }
}

/// Somebody who is about to pay the fee themselves pays it once.
#[tokio::test]
async fn who_pays_the_fee_before_the_hour_is_over_pays_once() {
    let counter = counter().await;
    let visit = counter.left(4, "10:00", "ann", GOOD).await;
    counter.deed(&visit, "no-show", json!({})).await;
    let page = counter.page(&visit).await;
    assert_eq!(counter.stripe.pay(&page, GOOD), Outcome::Paid);
    assert_eq!(counter.back(&visit).await["state"], "paid");
    counter.app.clock.advance(Duration::hours(2));
    nothing_waits(&counter).await;
    assert_eq!(counter.charges(), [(2_000, 0)]);
    // A page that is open when the hour is over is closed first.
    let other = counter.left(4, "12:00", "bob", GOOD).await;
    counter.deed(&other, "no-show", json!({})).await;
    let page = counter.page(&other).await;
    counter.app.clock.advance(Duration::minutes(61));
    eventually("it is taken", async || (counter.charges().len() == 2).then_some(())).await;
    assert_eq!(counter.stripe.pay(&page, GOOD), Outcome::Closed);
}

/// The customer pays by the link what staff take in cash at the same time, after the job at the hour's end was there.
#[tokio::test]
async fn what_is_paid_twice_after_the_hour_goes_back() {
    let counter = counter().await;
    let visit = counter.left(4, "10:00", "ann", DECLINED_LATER).await;
    counter.deed(&visit, "no-show", json!({})).await;
    counter.app.clock.advance(Duration::minutes(61));
    settled(&counter, "over").await;
    nothing_waits(&counter).await;
    // Nobody here hears of it before the page is closed.
    counter.stripe.drop_webhooks(1_000);
    let page = counter.page(&visit).await;
    assert_eq!(counter.stripe.pay(&page, GOOD), Outcome::Paid);
    at_the_desk(&counter, &visit).await.expect(201);
    charged(&counter, &[(2_000, 2_000)]).await;
    nothing_waits(&counter).await;
    let money = counter.money(&visit).await;
    let sums = ["due_minor", "open_minor", "excess_minor"].map(|sum| &money[sum]);
    assert_eq!(sums, [&json!(2_000), &json!(0), &json!(0)]);
    for (account, sum) in [("card", 0), ("cash", 2_000), ("fees", -2_000), ("customers", 0)] {
        assert_eq!(counter.balance(account).await, sum, "{account}");
    }
}

/// Whose card is being charged isn't asked for the same in another way; who isn't charged after all is.
#[tokio::test]
async fn nobody_pays_in_another_way_while_the_card_is_charged() {
    for (well, state) in [(true, "paid"), (false, "over")] {
        let counter = counter().await;
        let visit = counter.left(4, "10:00", "ann", GOOD).await;
        let new =
            json!({ "location": counter.spa.location, "way": "terminal", "value_minor": 2_000 });
        let sold = counter.spa.owner.post("/v1/vouchers", &new).await.expect(201);
        counter.deed(&visit, "no-show", json!({})).await;
        counter.stripe.slow_banks(1);
        counter.app.clock.advance(Duration::minutes(61));
        settled(&counter, "processing").await;
        at_the_desk(&counter, &visit).await.problem(409, "charge_under_way");
        let seen = counter.desk(&visit).await;
        let path = format!("/v1/appointments/{}/voucher", seen["id"].as_str().unwrap());
        let code = json!({ "code": sold["code"] });
        let redeemed = counter.spa.owner.post(&path, &code).await;
        redeemed.problem(409, "charge_under_way");
        let intent = counter.stripe.book().intents[0].id.clone();
        assert!(counter.stripe.settle_payment(&intent, well));
        settled(&counter, state).await;
        let again = at_the_desk(&counter, &visit).await;
        if well {
            again.problem(409, "more_than_due");
        } else {
            again.expect(201);
        }
        assert_eq!(counter.charges().len(), usize::from(well));
        let cash = if well { 0 } else { 2_000 };
        assert_eq!(
            (counter.balance("cash").await, counter.balance("vouchers").await),
            (cash, -2_000)
        );
    }
}

/// They came after all, while the bank takes its time with the fee: that goes back, and nobody waits for it.
#[tokio::test]
async fn who_came_after_all_pays_while_the_charge_is_under_way() {
    let counter = counter().await;
    let visit = counter.left(4, "10:00", "ann", GOOD).await;
    counter.deed(&visit, "no-show", json!({})).await;
    counter.stripe.slow_banks(1);
    counter.app.clock.advance(Duration::minutes(61));
    settled(&counter, "processing").await;
    counter.deed(&visit, "step-back", json!({})).await;
    at_the_desk(&counter, &visit).await.expect(201);
    let intent = counter.stripe.book().intents[0].id.clone();
    assert!(counter.stripe.settle_payment(&intent, true));
    charged(&counter, &[(2_000, 2_000)]).await;
    nothing_waits(&counter).await;
    assert_eq!((counter.balance("cash").await, counter.balance("card").await), (2_000, 0));
}

/// Staff take some of it in cash.
async fn at_the_desk(counter: &Counter, visit: &Value) -> Answer {
    let id = counter.desk(visit).await["id"].as_str().unwrap().to_owned();
    let cash = json!({ "way": "cash", "amount_minor": 2_000 });
    counter.spa.owner.post(&format!("/v1/appointments/{id}/payments"), &cash).await
}
