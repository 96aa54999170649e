//! Vouchers: sold, found, shown, sent, over, given back.

use chrono::Duration;
use openchair_tests::TestApp;
use openchair_tests::cards::balance;
use serde_json::{Value, json};

use super::{give_back, id, redeem, refund, sell, sell_with, stands};
use openchair_tests::spa::at;

#[tokio::test]
async fn a_voucher_is_sold_found_shown_and_sent() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let ana = app.customer(&spa.business, "Ana").await;
    let sold = sell_with(
        &spa,
        json!({ "value_minor": 5_000, "customer": ana, "recipient_name": "Omar",
                "recipient_email": "omar@example.com", "recipient_locale": "de",
                "message": "Happy birthday!", "months": 12 }),
    )
    .await
    .expect(201);
    let (voucher, code) = (&sold["voucher"], sold["code"].as_str().unwrap());
    assert_eq!(
        (&voucher["state"], &voucher["left_minor"], &voucher["last_day"], &voucher["customer"]),
        (&json!("active"), &json!(5_000), &json!("2027-03-02"), &json!(ana))
    );
    assert!(code.ends_with(voucher["code_end"].as_str().unwrap()), "{sold}");
    // Only its holder and who asks for it see the code.
    let listed = spa.owner.get("/v1/vouchers?state=active").await.expect(200);
    assert_eq!(listed["items"], json!([voucher]));
    assert!(!listed.to_string().contains(code), "{listed}");
    assert_eq!(spa.owner.get("/v1/vouchers?state=used").await.expect(200)["items"], json!([]));
    let typed = json!({ "code": format!(" {} ", code.to_lowercase().replace('-', " ")) });
    assert_eq!(spa.owner.post("/v1/vouchers/look-up", &typed).await.expect(200), *voucher);
    let path = format!("/v1/vouchers/{}", id(voucher));
    assert_eq!(spa.owner.post_empty(&format!("{path}/code")).await.expect(200)["code"], code);
    let shown = spa.owner.get("/v1/audit?action=voucher.code_shown").await.expect(200);
    assert_eq!(shown["items"].as_array().unwrap().len(), 1);
    let mail = app.mail("omar@example.com", "50,00 USD").await;
    assert!(mail["text"].as_str().unwrap().contains(code), "{mail}");
    let to = json!({ "email": "eve@example.com", "locale": "en" });
    let sent = spa.owner.post(&format!("{path}/mail"), &to).await.expect(200);
    assert_eq!(sent["recipient_email"], "eve@example.com");
    let mail = app.mail("eve@example.com", "50.00 USD").await;
    assert!(mail["text"].as_str().unwrap().contains(code), "{mail}");
    // It is owed, not earned; and it is in the till.
    let sums = (balance(&app, "cash").await, balance(&app, "vouchers").await);
    assert_eq!((sums, balance(&app, "sales").await), ((5_000, -5_000), 0));
    let paid = spa.owner.get("/v1/payments").await.expect(200);
    let paid = &paid["items"][0];
    assert_eq!((&paid["visit"], &paid["sale"]["what"]), (&Value::Null, &json!("voucher")));
    assert_eq!((&paid["id"], &paid["title"]), (&sold["payment"], &json!("50.00 USD")));
    let of_sale = format!("/v1/payments?sale={}", paid["sale"]["id"].as_str().unwrap());
    assert_eq!(spa.owner.get(&of_sale).await.expect(200)["items"].as_array().unwrap().len(), 1);
    // The same key is the same voucher.
    let body = json!({ "location": spa.location, "way": "cash", "value_minor": 100 });
    let once = async || {
        spa.owner.post("/v1/vouchers", &body).header("idempotency-key", "once").await.expect(201)
    };
    assert_eq!(once().await, once().await);
    assert_eq!(app.database.count("select count(*) from vouchers").await, 2);
}

#[tokio::test]
async fn vouchers_that_cannot_be_meant_are_refused() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    for (more, field) in [
        (json!({ "value_minor": 0 }), "/value_minor"),
        (json!({ "value_minor": -5 }), "/value_minor"),
        (json!({ "value_minor": i64::MAX }), "/value_minor"),
        (json!({ "value_minor": 1.5 }), "/value_minor"),
        (json!({ "way": "card" }), "/way"),
        (json!({ "way": "voucher" }), "/way"),
        (json!({ "months": 0 }), "/months"),
        (json!({ "months": 121 }), "/months"),
        (json!({ "recipient_email": "nobody" }), "/recipient_email"),
        (json!({ "recipient_locale": "xx" }), "/recipient_locale"),
        (json!({ "customer": "cus_00000000000000000000000001" }), "/customer"),
        (json!({ "location": "loc_00000000000000000000000001" }), "/location"),
    ] {
        let refused = sell_with(&spa, more.clone()).await;
        let fields: Vec<_> = refused.faults().into_iter().map(|(field, _)| field).collect();
        assert!(fields.iter().any(|found| found == field), "{more}: {}", refused.text());
    }
    assert_eq!(app.database.count("select count(*) from sales").await, 0);
    // The most that there is, and a currency without small change.
    app.database.run("update tenants set currency = 'JPY'").await;
    let sold = sell(&spa, 10_000_000_000).await;
    assert_eq!(sold["voucher"]["currency"], "JPY");
    let paid = spa.owner.get("/v1/payments").await.expect(200);
    assert_eq!(paid["items"][0]["title"], "10000000000 JPY");
}

/// Good for its last day, where it was sold; what is left then is income of its own kind, once.
#[tokio::test]
async fn what_is_not_used_in_time_is_written_off() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let visit = spa.book(spa.wanted(&["Facial"], 1, &["Eve"]), at(4, "10:00")).await.expect(201);
    let sold = sell_with(&spa, json!({ "value_minor": 5_000, "months": 1 })).await.expect(201);
    assert_eq!(sold["voucher"]["last_day"], "2026-04-02");
    // The last minute of the 2nd of April in New York.
    let last = "2026-04-03T03:59:00Z".parse::<chrono::DateTime<chrono::Utc>>().unwrap();
    app.clock.advance(last - app.now());
    let owner = app.sign_in(&spa.business.owner).await.in_tenant(&spa.business);
    let pay = async |amount: i64| {
        let body = json!({ "code": sold["code"], "amount_minor": amount });
        owner.post(&format!("/v1/appointments/{}/voucher", id(&visit)), &body).await
    };
    pay(2_000).await.expect(201);
    app.clock.advance(Duration::minutes(1));
    pay(1).await.problem(409, "voucher_not_good");
    // Before anybody wrote it down, and after.
    let path = format!("/v1/vouchers/{}", id(&sold["voucher"]));
    let seen = async || {
        let seen = owner.get(&path).await.expect(200);
        (seen["state"].clone(), seen["left_minor"].clone())
    };
    assert_eq!(seen().await, (json!("expired"), json!(0)));
    for _ in 0..2 {
        openchair_domain::sold::expire_everywhere(&app.app().db).await.unwrap();
        assert_eq!(seen().await, (json!("expired"), json!(0)));
        let sums = (balance(&app, "vouchers").await, balance(&app, "expired").await);
        assert_eq!(sums, (0, -3_000));
    }
    let refused = owner.post(&format!("{path}/refund"), &json!({ "reason": "" })).await;
    refused.problem(409, "nothing_left");
    let refused = owner.post(&format!("{path}/mail"), &json!({ "email": "a@example.com" })).await;
    refused.problem(409, "voucher_not_good");
    // What was paid with it and goes back is good for a month more: that of its own, and no more.
    let paid = owner.get("/v1/payments?way=voucher").await.expect(200);
    let back = format!("/v1/payments/{}/refunds", id(&paid["items"][0]));
    owner.post(&back, &json!({ "amount_minor": 500, "reason": "" })).await.expect(201);
    assert_eq!(seen().await, (json!("active"), json!(500)));
    assert_eq!(owner.get(&path).await.expect(200)["last_day"], "2026-05-03");
    let sums = (balance(&app, "vouchers").await, balance(&app, "expired").await);
    assert_eq!(sums, (-500, -3_000));
}

#[tokio::test]
async fn what_is_left_goes_back_the_way_it_came() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let visit = spa.book(spa.wanted(&["Facial"], 1, &["Eve"]), at(4, "10:00")).await.expect(201);
    let sold = sell(&spa, 10_000).await;
    redeem(&spa, &visit, &sold, Some(4_000)).await.expect(201);
    // Not past the voucher itself.
    let paid = json!({ "id": sold["payment"] });
    give_back(&spa, &paid, 100).await.problem(409, "sold_ahead");
    let both = futures_util::future::join_all((0..4).map(|_| refund(&spa, &sold))).await;
    assert_eq!(both.iter().filter(|answer| answer.status == 201).count(), 1, "{both:?}");
    for refused in both.iter().filter(|answer| answer.status != 201) {
        refused.problem(409, "nothing_left");
    }
    assert_eq!(stands(&spa, &sold).await, ("refunded".to_owned(), 0));
    assert_eq!((balance(&app, "cash").await, balance(&app, "vouchers").await), (4_000, 0));
    redeem(&spa, &visit, &sold, None).await.problem(409, "voucher_not_good");
    let till = format!("/v1/till?location={}&date=2026-03-02", spa.location);
    assert_eq!(spa.owner.get(&till).await.expect(200)["total_minor"], 4_000);
    let noted = spa.owner.get("/v1/audit?action=voucher.refunded").await.expect(200);
    assert_eq!(noted["items"].as_array().unwrap().len(), 1);
}

/// Who becomes another record takes along what they bought; who is erased leaves no names behind.
#[tokio::test]
async fn vouchers_follow_their_buyer() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let (ana, anna) =
        (app.customer(&spa.business, "Ana").await, app.customer(&spa.business, "Anna").await);
    let sold = sell_with(
        &spa,
        json!({ "customer": anna, "recipient_name": "Omar", "recipient_email": "omar@example.com",
                "message": "From Anna", "note": "Anna came by" }),
    )
    .await
    .expect(201);
    let body = json!({ "other_id": anna, "other_version": 1 });
    let merge = spa.owner.post(&format!("/v1/customers/{ana}/merge"), &body);
    merge.header("if-match", "\"1\"").await.expect(200);
    let path = format!("/v1/vouchers?customer={ana}");
    assert_eq!(spa.owner.get(&path).await.expect(200)["items"].as_array().unwrap().len(), 1);
    let body = json!({ "version": 2 });
    spa.owner.post(&format!("/v1/customers/{ana}/erase"), &body).await.expect(204);
    let path = format!("/v1/vouchers/{}", id(&sold["voucher"]));
    let left = spa.owner.get(&path).await.expect(200);
    assert_eq!(
        (&left["recipient_name"], &left["recipient_email"], &left["message"]),
        (&json!(""), &Value::Null, &json!(""))
    );
    assert_eq!(left["left_minor"], 5_000);
    let note = "select count(*) from payments where note <> ''";
    assert_eq!(app.database.count(note).await, 0);
}
