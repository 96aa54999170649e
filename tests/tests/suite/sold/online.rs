//! Vouchers that are bought on a business's page: what is offered, who buys one, and what they see of it.

use chrono::Duration;
use openchair_stripe_stand_in::Settings;
use openchair_tests::cards::{Counter, GOOD};
use openchair_tests::spa::Spa;
use openchair_tests::{Answer, TestApp};
use serde_json::{Value, json};

/// The owner says what is offered, and what is special about it.
pub async fn offer(spa: &Spa, more: Value) -> Answer {
    let seen = spa.owner.get("/v1/voucher-offer").await;
    let mut body = seen.expect(200);
    body.as_object_mut().unwrap().remove("version");
    body["offered"] = json!(true);
    with(&mut body, &more);
    let tag = format!("\"{}\"", seen.version());
    spa.owner.put("/v1/voucher-offer", &body).header("if-match", &tag).await
}

fn with(body: &mut Value, more: &Value) {
    for (key, value) in more.as_object().into_iter().flatten() {
        body[key] = value.clone();
    }
}

/// Somebody wants to buy a voucher of 50 for Omar, and what is special about it.
pub async fn wants(spa: &Spa, more: Value) -> Answer {
    let mut body = json!({
        "value_minor": 5_000, "buyer_name": "Ann", "buyer_email": "ann@example.com",
        "recipient_name": "Omar", "recipient_email": "omar@example.com",
        "message": "Happy birthday!", "locale": "en",
    });
    with(&mut body, &more);
    spa.guest.post(&format!("/v1/public/{}/vouchers", spa.business.slug), &body).await
}

/// A business that takes cards and sells vouchers.
pub async fn seller() -> Counter {
    let counter = Counter::open().await;
    offer(&counter.spa, json!({})).await.expect(200);
    counter
}

/// Somebody is about to buy one.
pub async fn buys(counter: &Counter, more: Value) -> Value {
    wants(&counter.spa, more).await.expect(201)
}

fn path(gift: &Value, rest: &str) -> String {
    format!("/v1/g/{}{rest}", gift["token"].as_str().unwrap())
}

/// They go to where it is paid.
pub async fn goes(counter: &Counter, gift: &Value, wish: Value) -> Answer {
    counter.spa.guest.post(&path(gift, "/payment"), &wish).await
}

/// The same: the page's name at Stripe.
pub async fn page(counter: &Counter, gift: &Value) -> String {
    let led = goes(counter, gift, json!({})).await.expect(200);
    let url = led["url"].as_str().unwrap_or_else(|| panic!("a page: {led}")).to_owned();
    let book = counter.stripe.book();
    let found = book.sessions.iter().find(|session| session.url.as_ref() == Some(&url));
    found.unwrap_or_else(|| panic!("{url} is no page of {book:?}")).id.clone()
}

/// What they see of it.
pub async fn sees(spa: &Spa, gift: &Value) -> Value {
    spa.guest.get(&path(gift, "")).await.expect(200)
}

/// The same once the provider was asked, as for who comes back from there.
pub async fn back(spa: &Spa, gift: &Value) -> Value {
    spa.guest.post_empty(&path(gift, "/payment/look")).await.expect(200)
}

/// They pay, and come back.
pub async fn pays(counter: &Counter, gift: &Value) -> Value {
    counter.stripe.pay(&page(counter, gift).await, GOOD);
    let seen = back(&counter.spa, gift).await;
    assert_eq!(seen["state"], "paid", "{seen}");
    seen
}

/// How many vouchers there are.
pub async fn vouchers(app: &TestApp) -> i64 {
    app.database.count("select count(*) from vouchers").await
}

async fn sells(spa: &Spa) -> Value {
    let shop = spa.guest.get(&format!("/v1/public/{}", spa.business.slug)).await;
    shop.expect(200)["sells_vouchers"].clone()
}

#[tokio::test]
async fn what_is_offered_is_said_by_staff() {
    let counter = Counter::open().await;
    let spa = &counter.spa;
    let unsaid = json!({
        "offered": false, "amounts_minor": [], "least_minor": 1_000, "most_minor": 50_000,
        "months": 36, "location": null, "version": 0,
    });
    assert_eq!(spa.owner.get("/v1/voucher-offer").await.expect(200), unsaid);
    let shown = format!("/v1/public/{}/vouchers", spa.business.slug);
    spa.guest.get(&shown).await.problem(404, "no_vouchers");
    wants(spa, json!({})).await.problem(404, "no_vouchers");
    assert_eq!(sells(spa).await, false);
    let said = json!({
        "amounts_minor": [2_500, 10_000], "least_minor": 2_000, "most_minor": 20_000,
        "months": 12, "location": spa.location,
    });
    let first = offer(spa, said).await;
    assert_eq!((first.expect(200)["version"].clone(), first.version()), (json!(1), 1));
    assert_eq!(sells(spa).await, true);
    let expected = json!({
        "currency": "USD", "amounts_minor": [2_500, 10_000], "least_minor": 2_000,
        "most_minor": 20_000, "months": 12, "form": false,
    });
    assert_eq!(spa.guest.get(&shown).await.expect(200), expected);
    // Whoever saw something older changes nothing.
    let body = json!({
        "offered": false, "amounts_minor": [], "least_minor": 1, "most_minor": 2, "months": 1,
    });
    for stale in ["\"0\"", "\"2\""] {
        let answer = spa.owner.put("/v1/voucher-offer", &body).header("if-match", stale).await;
        answer.problem(412, "version_conflict");
    }
    for (more, field) in [
        (json!({ "least_minor": 0 }), "/least_minor"),
        (json!({ "most_minor": 10_000_000_001_i64 }), "/most_minor"),
        (json!({ "most_minor": 1_999 }), "/most_minor"),
        (json!({ "amounts_minor": [1_999] }), "/amounts_minor"),
        (json!({ "amounts_minor": [20_001] }), "/amounts_minor"),
        (json!({ "amounts_minor": [9_000, 9_000] }), "/amounts_minor"),
        (json!({ "months": 121 }), "/months"),
        (json!({ "location": "loc_00000000000000000000000001" }), "/location"),
    ] {
        let refused = offer(spa, more.clone()).await;
        let fields: Vec<_> = refused.faults().into_iter().map(|(field, _)| field).collect();
        assert_eq!(fields, [field], "{more}: {}", refused.text());
    }
    let noted = spa.owner.get("/v1/audit?action=voucher_offer.changed").await.expect(200);
    assert_eq!(noted["items"].as_array().unwrap().len(), 1, "{noted}");
    offer(spa, json!({ "offered": false })).await.expect(200);
    assert_eq!(sells(spa).await, false);
}

/// What nobody takes can't be offered; and amounts mean nothing in another currency.
#[tokio::test]
async fn what_cannot_be_paid_is_not_offered() {
    let counter = Counter::open().await;
    let spa = &counter.spa;
    for (more, field) in [
        (json!({ "least_minor": 49 }), "/least_minor"),
        (json!({ "least_minor": 30, "amounts_minor": [2_500] }), "/least_minor"),
    ] {
        let refused = offer(spa, more.clone()).await;
        assert_eq!(refused.faults(), [(field.to_owned(), "too_small".to_owned())], "{more}");
    }
    offer(spa, json!({ "least_minor": 50, "amounts_minor": [50, 2_500] })).await.expect(200);
    assert_eq!(sells(spa).await, true);
    // 25.00 dollars are no 2500 yen.
    spa.counts_in(&counter.app, "JPY").await;
    assert_eq!(sells(spa).await, false);
    let shown = format!("/v1/public/{}/vouchers", spa.business.slug);
    spa.guest.get(&shown).await.problem(404, "no_vouchers");
    wants(spa, json!({ "value_minor": 2_500 })).await.problem(404, "no_vouchers");
    let said = spa.owner.get("/v1/voucher-offer").await.expect(200);
    assert_eq!((&said["offered"], &said["amounts_minor"]), (&json!(false), &json!([])));
    assert_eq!(said["version"], 1);
    offer(spa, json!({ "amounts_minor": [] })).await.expect(200);
    assert_eq!(sells(spa).await, true);
    // Cards know no thousandths of a dinar.
    spa.counts_in(&counter.app, "KWD").await;
    let odd = json!({ "least_minor": 1_000, "most_minor": 50_000, "amounts_minor": [10_005] });
    let refused = offer(spa, odd).await;
    let expected = [("/amounts_minor".to_owned(), "not_chargeable".to_owned())];
    assert_eq!(refused.faults(), expected, "{}", refused.text());
}

/// Two who are the first to say something: one of them is.
#[tokio::test]
async fn who_says_something_first_is_one() {
    let counter = Counter::open().await;
    let said = (0..4).map(|_| offer(&counter.spa, json!({})));
    let said = futures_util::future::join_all(said).await;
    let versions = said.iter().filter(|answer| answer.status == 200).count();
    let kept = counter.spa.owner.get("/v1/voucher-offer").await.version();
    assert_eq!(usize::try_from(kept).unwrap(), versions, "each that was taken counts");
    for refused in said.iter().filter(|answer| answer.status != 200) {
        refused.problem(412, "version_conflict");
    }
}

/// Without cards nobody can buy anything, whatever is offered; and not where the plan isn't paid.
#[tokio::test]
async fn nothing_is_sold_where_nobody_takes_the_money() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    offer(&spa, json!({})).await.expect(200);
    assert_eq!(sells(&spa).await, false);
    let shown = format!("/v1/public/{}/vouchers", spa.business.slug);
    spa.guest.get(&shown).await.problem(404, "no_vouchers");
    wants(&spa, json!({})).await.problem(409, "no_cards");
    let counter = seller().await;
    assert_eq!(sells(&counter.spa).await, true);
    counter.app.database.run("update tenants set read_only = true").await;
    assert_eq!(sells(&counter.spa).await, false);
    wants(&counter.spa, json!({})).await.problem(404, "no_vouchers");
    for app in [&app, &counter.app] {
        assert_eq!(app.database.count("select count(*) from sales").await, 0);
    }
}

#[tokio::test]
async fn who_pays_has_a_voucher_and_everybody_is_told() {
    let counter = seller().await;
    let (app, spa) = (&counter.app, &counter.spa);
    let gift = buys(&counter, json!({})).await;
    assert_eq!(
        (&gift["state"], &gift["value_minor"], &gift["currency"], &gift["shop"]),
        (&json!("open"), &json!(5_000), &json!("USD"), &json!(spa.business.slug))
    );
    assert_eq!(
        (&gift["code"], &gift["last_day"], &gift["until"]),
        (&Value::Null, &Value::Null, &json!("2026-03-09T09:00:00+00:00"))
    );
    assert_eq!(sees(spa, &gift).await, gift);
    // Nothing is sold by wanting it, and nothing is owed.
    assert_eq!(spa.owner.get("/v1/vouchers").await.expect(200)["items"], json!([]));
    assert_eq!(spa.owner.get("/v1/payments").await.expect(200)["items"], json!([]));
    let led = page(&counter, &gift).await;
    assert_eq!(page(&counter, &gift).await, led, "who asks twice gets the same page");
    let title = counter.stripe.book().sessions[0].title.clone();
    assert!(title.ends_with("· 50.00 USD"), "{title}");
    // Somebody who only goes there has paid nothing.
    assert_eq!(back(spa, &gift).await["state"], "open");
    counter.stripe.pay(&led, GOOD);
    let seen = back(spa, &gift).await;
    assert_eq!((&seen["state"], &seen["until"]), (&json!("paid"), &Value::Null));
    assert_eq!(seen["last_day"], "2029-03-02");
    let code = seen["code"].as_str().unwrap();
    // Omar has the code, Ann a receipt with the link.
    let mail = app.mail("omar@example.com", "50.00 USD").await;
    let text = mail["text"].as_str().unwrap();
    assert!(text.contains(code) && text.contains("From Ann") && text.contains("Happy birthday!"));
    let mail = app.mail("ann@example.com", "50.00 USD").await;
    let text = mail["text"].as_str().unwrap();
    assert!(text.contains("For Omar") && text.contains("March 2, 2029"), "{text}");
    assert!(text.contains(&format!("/g/{}", gift["token"].as_str().unwrap())), "{text}");
    assert!(!text.contains(code), "a receipt is passed on more lightly: {text}");
    // Staff see it like any other.
    let sold = spa.owner.get("/v1/vouchers").await.expect(200)["items"][0].clone();
    assert_eq!(
        (&sold["state"], &sold["left_minor"], &sold["customer_name"], &sold["sold_by"]),
        (&json!("active"), &json!(5_000), &json!("Ann"), &json!("online"))
    );
    assert_eq!(sold["location"], json!(spa.location));
    let paid = spa.owner.get("/v1/payments").await.expect(200)["items"][0].clone();
    assert_eq!(
        (&paid["way"], &paid["kind"], &paid["state"], &paid["sale"]["what"]),
        (&json!("card"), &json!("gift"), &json!("paid"), &json!("voucher"))
    );
    let till = format!("/v1/till?location={}&date=2026-03-02", spa.location);
    assert_eq!(spa.owner.get(&till).await.expect(200)["total_minor"], 5_000);
    // Once, however often it is looked at, and when the webhooks were heard.
    futures_util::future::join_all((0..4).map(|_| back(spa, &gift))).await;
    counter.stripe.quiet().await;
    assert_eq!((counter.balance("card").await, counter.balance("vouchers").await), (5_000, -5_000));
    assert_eq!(counter.charges(), [(5_000, 0)]);
    for (sql, expected) in [
        ("select count(*) from vouchers", 1),
        ("select count(*) from outbox_events where kind = 'voucher.sold'", 1),
        ("select count(*) from jobs where dedupe_key like 'receipt %'", 1),
        ("select count(*) from audit_entries where action = 'voucher.sold'", 1),
        ("select count(*) from sales where state = 'sold'", 1),
    ] {
        assert_eq!(app.database.count(sql).await, expected, "{sql}");
    }
    goes(&counter, &gift, json!({})).await.problem(409, "nothing_due");
    // And one pays with it.
    let typed = json!({ "code": code });
    assert_eq!(spa.owner.post("/v1/vouchers/look-up", &typed).await.expect(200), sold);
}

/// Without an address of whom it is for, who buys it has the code, and hands it over.
#[tokio::test]
async fn who_hands_it_over_gets_the_code() {
    let counter = seller().await;
    let more = json!({
        "recipient_name": "", "recipient_email": null, "message": "", "locale": "de",
        "buyer_email": "Ann@Example.com",
    });
    let gift = buys(&counter, more).await;
    let code = pays(&counter, &gift).await["code"].clone();
    let mail = counter.app.mail("ann@example.com", "Ihr Gutschein von").await;
    let text = mail["text"].as_str().unwrap();
    assert!(text.contains(code.as_str().unwrap()) && !text.contains("Von Ann"), "{text}");
    counter.app.mail("ann@example.com", "Ihr Gutschein ist bezahlt: 50,00 USD").await;
    assert_eq!(back(&counter.spa, &gift).await["recipient_email"], Value::Null);
}

#[tokio::test]
async fn vouchers_that_cannot_be_meant_are_not_sold() {
    let counter = seller().await;
    for (more, field) in [
        (json!({ "value_minor": 999 }), "/value_minor"),
        (json!({ "value_minor": 50_001 }), "/value_minor"),
        (json!({ "value_minor": 0 }), "/value_minor"),
        (json!({ "value_minor": -5_000 }), "/value_minor"),
        (json!({ "value_minor": i64::MAX }), "/value_minor"),
        (json!({ "value_minor": 1_000.5 }), "/value_minor"),
        (json!({ "buyer_name": "" }), "/buyer_name"),
        (json!({ "buyer_name": "x".repeat(121) }), "/buyer_name"),
        (json!({ "buyer_email": "nobody" }), "/buyer_email"),
        (json!({ "recipient_name": "x".repeat(121) }), "/recipient_name"),
        (json!({ "recipient_email": "nobody" }), "/recipient_email"),
        (json!({ "message": "x".repeat(301) }), "/message"),
        (json!({ "locale": "xx" }), "/locale"),
    ] {
        let refused = wants(&counter.spa, more.clone()).await;
        let fields: Vec<_> = refused.faults().into_iter().map(|(field, _)| field).collect();
        assert_eq!(fields, [field], "{more}: {}", refused.text());
    }
    for table in ["sales", "voucher_orders", "customers where source = 'booking'"] {
        let sql = format!("select count(*) from {table}");
        assert_eq!(counter.app.database.count(&sql).await, 0, "{table}");
    }
    for value in [1_000, 50_000] {
        buys(&counter, json!({ "value_minor": value })).await;
    }
}

/// The same key is the same voucher; another business's page, or somebody else's link, is nobody's.
#[tokio::test]
async fn links_lead_to_ones_own_voucher_alone() {
    let counter = seller().await;
    let (app, spa) = (&counter.app, &counter.spa);
    let body = json!({
        "value_minor": 5_000, "buyer_name": "Ann", "buyer_email": "ann@example.com",
    });
    let buy = format!("/v1/public/{}/vouchers", spa.business.slug);
    let once = async || spa.guest.post(&buy, &body).header("idempotency-key", "one").await;
    let gift = once().await.expect(201);
    assert_eq!(once().await.expect(201), gift);
    assert_eq!(app.database.count("select count(*) from voucher_orders").await, 1);
    let again = json!({ "buyer_email": "ANN@example.com" });
    let other = buys(&counter, again.clone()).await;
    assert_ne!(other["token"], gift["token"]);
    // The link isn't kept as it is.
    let token = gift["token"].as_str().unwrap();
    let kept = format!(
        "select count(*) from voucher_orders o where row_to_json(o)::text like '%{token}%'"
    );
    assert_eq!(app.database.count(&kept).await, 0);
    let customers = "select count(*) from customers where name = 'Ann'";
    assert_eq!(app.database.count(customers).await, 0);
    let code = pays(&counter, &gift).await["code"].clone();
    assert_eq!(app.database.count(customers).await, 1);
    // Known by name and address, and so the same customer.
    let third = buys(&counter, again).await;
    pays(&counter, &third).await;
    assert_eq!(app.database.count(customers).await, 1);
    let visit = counter.booked(4, "10:00", "ben").await;
    let forged = format!("oc_gi_{}", "a".repeat(52));
    let visits = visit["link"].as_str().unwrap();
    for wrong in [forged.as_str(), visits, "x", &token[..token.len() - 1], &token.to_uppercase()] {
        let path = format!("/v1/g/{wrong}");
        spa.guest.get(&path).await.problem(404, "not_found");
        spa.guest.post_empty(&format!("{path}/payment")).await.problem(404, "not_found");
        spa.guest.post_empty(&format!("{path}/payment/look")).await.problem(404, "not_found");
    }
    spa.guest.get(&format!("/v1/b/{token}")).await.problem(404, "not_found");
    let foreign = app.business("Elsewhere").await;
    let elsewhere = format!("/v1/public/{}/vouchers", foreign.slug);
    spa.guest.post(&elsewhere, &body).await.problem(404, "no_vouchers");
    spa.guest.get("/v1/public/nowhere-at-all/vouchers").await.problem(404, "not_found");
    let other = sees(spa, &other).await;
    assert_eq!((&other["state"], &other["code"]), (&json!("open"), &Value::Null));
    // The code is shown for ninety days, and as long as something is left.
    app.clock.advance(Duration::days(89));
    assert_eq!(sees(spa, &gift).await["code"], code);
    app.clock.advance(Duration::days(1));
    let seen = sees(spa, &gift).await;
    assert_eq!((&seen["state"], &seen["code"]), (&json!("paid"), &Value::Null));
}

/// In the provider's form within the page; who can't be shown it goes to the page, and pays once.
#[tokio::test]
async fn a_voucher_is_paid_within_the_page() {
    let key = Settings::default().publishable_key;
    let script = "http://127.0.0.1:4/dahlia/stripe.js";
    let all = [("stripe.publishable_key", &*key), ("stripe.script_url", script)];
    let counter = Counter::with(&all).await;
    offer(&counter.spa, json!({})).await.expect(200);
    let shown = format!("/v1/public/{}/vouchers", counter.spa.business.slug);
    assert_eq!(counter.spa.guest.get(&shown).await.expect(200)["form"], true);
    let gift = buys(&counter, json!({})).await;
    let form = async || goes(&counter, &gift, json!({ "here": true })).await.expect(200);
    let first = form().await;
    assert!(first["url"].is_null(), "{first}");
    assert_eq!(first["form"]["account"], counter.account);
    assert_eq!(form().await, first, "who comes again gets the same form");
    let secret = first["form"]["secret"].as_str().unwrap();
    let session = secret.split("_secret_").next().unwrap().to_owned();
    let led = page(&counter, &gift).await;
    assert_ne!(led, session);
    counter.stripe.pay(&session, GOOD);
    assert_eq!(back(&counter.spa, &gift).await["state"], "open", "the form was closed");
    counter.stripe.pay(&led, GOOD);
    assert_eq!(back(&counter.spa, &gift).await["state"], "paid");
    counter.stripe.quiet().await;
    assert_eq!((counter.charges(), vouchers(&counter.app).await), (vec![(5_000, 0)], 1));
    // What a form is opened with isn't kept here.
    let kept = "select count(*) from payments p where row_to_json(p)::text like '%_secret_%'";
    assert_eq!(counter.app.database.count(kept).await, 0);
}
