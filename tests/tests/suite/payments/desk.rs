//! What is paid and given back at the desk.

use openchair_domain::authz::BuiltIn;
use openchair_tests::cards::balance;
use openchair_tests::spa::{Spa, at};
use openchair_tests::{Answer, TestApp};
use serde_json::{Value, json};

fn of(visit: &Value) -> String {
    format!("/v1/appointments/{}/payments", visit["id"].as_str().unwrap())
}

async fn take(spa: &Spa, visit: &Value, way: &str, amount: i64, tip: i64) -> Answer {
    let body = json!({ "way": way, "amount_minor": amount, "tip_minor": tip });
    spa.owner.post(&of(visit), &body).await
}

async fn money(spa: &Spa, visit: &Value) -> Value {
    spa.owner.get(&of(visit)).await.expect(200)
}

async fn give_back(spa: &Spa, payment: &Value, amount: i64) -> Answer {
    let path = format!("/v1/payments/{}/refunds", payment["id"].as_str().unwrap());
    spa.owner.post(&path, &json!({ "amount_minor": amount, "reason": "It was cold." })).await
}

/// How the visit stands now, done to it.
async fn act(spa: &Spa, visit: &Value, deed: &str) -> Value {
    let path = format!("/v1/appointments/{}", visit["id"].as_str().unwrap());
    let version = spa.owner.get(&path).await.expect(200)["version"].clone();
    spa.owner.post(&format!("{path}/{deed}"), &json!({ "version": version })).await.expect(200)
}

fn sums(money: &Value) -> [i64; 6] {
    ["due_minor", "paid_minor", "tips_minor", "refunded_minor", "open_minor", "excess_minor"]
        .map(|key| money[key].as_i64().unwrap_or_else(|| panic!("{key} of {money}")))
}

#[tokio::test]
async fn a_visit_is_paid_in_parts_and_never_more_than_is_due() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let visit = spa.book(spa.wanted(&["Facial"], 1, &["Eve"]), at(4, "10:00")).await.expect(201);
    assert_eq!(sums(&money(&spa, &visit).await), [9_000, 0, 0, 0, 9_000, 0]);
    // Those that are begun later come first.
    let later = || app.clock.advance(chrono::Duration::seconds(1));
    let first = take(&spa, &visit, "cash", 4_000, 0).await.expect(201);
    later();
    assert_eq!((&first["state"], &first["customer_name"]), (&json!("paid"), &json!("Ann Other")));
    take(&spa, &visit, "terminal", 5_001, 0).await.problem(409, "more_than_due");
    take(&spa, &visit, "terminal", 6_000, 1_000).await.expect(201);
    later();
    assert_eq!(sums(&money(&spa, &visit).await), [9_000, 9_000, 1_000, 0, 0, 0]);
    take(&spa, &visit, "other", 1, 0).await.problem(409, "more_than_due");
    // A tip alone is always welcome.
    take(&spa, &visit, "cash", 200, 200).await.expect(201);
    for (account, sum) in
        [("cash", 4_200), ("terminal", 6_000), ("tips", -1_200), ("customers", -9_000)]
    {
        assert_eq!(balance(&app, account).await, sum, "{account}");
    }
    let listed = spa.owner.get("/v1/payments").await.expect(200);
    let amounts: Vec<_> =
        listed["items"].as_array().unwrap().iter().map(|one| one["amount_minor"].clone()).collect();
    assert_eq!(json!(amounts), json!([200, 6_000, 4_000]));
    let cash = spa.owner.get("/v1/payments?way=cash&limit=1").await.expect(200);
    assert_eq!(cash["items"][0]["amount_minor"], 200);
    assert!(cash["next_cursor"].is_string(), "{cash}");
    let noted = spa.owner.get("/v1/audit?action=payment.taken").await.expect(200);
    assert_eq!(noted["items"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn amounts_that_cannot_be_meant_are_refused() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let visit = spa.book(spa.wanted(&["Facial"], 1, &["Eve"]), at(4, "10:00")).await.expect(201);
    for (body, field) in [
        (json!({ "way": "cash", "amount_minor": 0 }), "/amount_minor"),
        (json!({ "way": "cash", "amount_minor": -5 }), "/amount_minor"),
        (json!({ "way": "cash", "amount_minor": i64::MAX }), "/amount_minor"),
        (json!({ "way": "cash", "amount_minor": 1.5 }), "/amount_minor"),
        (json!({ "way": "cash", "amount_minor": 5, "tip_minor": 6 }), "/tip_minor"),
        (json!({ "way": "cash", "amount_minor": 5, "tip_minor": -1 }), "/tip_minor"),
        (json!({ "way": "card", "amount_minor": 5 }), "/way"),
        (json!({ "way": "shells", "amount_minor": 5 }), "/way"),
    ] {
        let refused = spa.owner.post(&of(&visit), &body).await;
        let fields: Vec<_> = refused.faults().into_iter().map(|(field, _)| field).collect();
        assert!(fields.iter().any(|found| found == field), "{body}: {}", refused.text());
    }
    assert_eq!(app.database.count("select count(*) from payments").await, 0);
}

#[tokio::test]
async fn a_deposit_at_the_desk_makes_a_visit_certain() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    spa.could_take_cards(&app).await;
    spa.wants_before("Facial", json!({ "kind": "percent", "value": 33 })).await;
    let booked = spa.unpaid(&["Facial"], 4, "10:00", "ann").await;
    let listed = spa.owner.get("/v1/appointments?status=pending_payment").await.expect(200);
    let visit = &listed["items"][0];
    assert_eq!(visit["deposit_minor"], 2_970);
    take(&spa, visit, "cash", 1_000, 0).await.expect(201);
    let status = async || {
        let path = format!("/v1/b/{}", booked["link"].as_str().unwrap());
        spa.guest.get(&path).await.expect(200)["status"].clone()
    };
    assert_eq!(status().await, "pending_payment");
    take(&spa, visit, "cash", 1_970, 0).await.expect(201);
    assert_eq!(status().await, "confirmed");
    app.mail("ann@example.com", "Your visit to").await;
    // Its time is kept for good.
    app.clock.advance(chrono::Duration::hours(1));
    let lapsing = "select count(*) from allocations where lapses_at is not null";
    assert_eq!(app.database.count(lapsing).await, 0);
}

#[tokio::test]
async fn parts_that_are_given_back_add_up_to_the_whole_and_no_further() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let visit = spa.book(spa.wanted(&["Facial"], 1, &["Eve"]), at(4, "10:00")).await.expect(201);
    let paid = take(&spa, &visit, "cash", 10_000, 1_000).await.expect(201);
    for part in [3_333, 3_333, 3_333] {
        let back = give_back(&spa, &paid, part).await.expect(201);
        assert_eq!((&back["state"], &back["amount_minor"]), (&json!("done"), &json!(part)));
    }
    give_back(&spa, &paid, 2).await.problem(409, "more_than_paid");
    give_back(&spa, &paid, 1).await.expect(201);
    give_back(&spa, &paid, 1).await.problem(409, "more_than_paid");
    // What belongs to staff goes last.
    for account in ["cash", "customers", "tips"] {
        assert_eq!(balance(&app, account).await, 0, "{account}");
    }
    assert_eq!(sums(&money(&spa, &visit).await), [9_000, 9_000, 1_000, 10_000, 9_000, 0]);
    let noted = spa.owner.get("/v1/audit?action=payment.refunded").await.expect(200);
    assert_eq!(noted["items"].as_array().unwrap().len(), 4);
}

/// Of many who take or give back the same at once, one does.
#[tokio::test]
async fn nothing_is_taken_or_given_back_twice() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let visit = spa.book(spa.wanted(&["Facial"], 1, &["Eve"]), at(4, "10:00")).await.expect(201);
    let taken =
        futures_util::future::join_all((0..8).map(|_| take(&spa, &visit, "cash", 9_000, 0)));
    let taken = taken.await;
    let (paid, refused): (Vec<_>, Vec<_>) = taken.iter().partition(|answer| answer.status == 201);
    assert_eq!((paid.len(), refused.len()), (1, 7));
    for answer in refused {
        answer.problem(409, "more_than_due");
    }
    let paid = paid[0].json();
    let back = futures_util::future::join_all((0..8).map(|_| give_back(&spa, &paid, 5_000))).await;
    assert_eq!(back.iter().filter(|answer| answer.status == 201).count(), 1);
    assert_eq!(balance(&app, "cash").await, 4_000);
    // The same key is the same payment.
    let body = json!({ "way": "cash", "amount_minor": 100 });
    let once = async || {
        let call = spa.owner.post(&of(&visit), &body).header("idempotency-key", "once");
        call.await.expect(201)["id"].clone()
    };
    assert_eq!(once().await, once().await);
    assert_eq!(balance(&app, "cash").await, 4_100);
}

/// What a visit earned is in the book as it stands, whatever was pressed by mistake before.
#[tokio::test]
async fn the_book_follows_a_visit() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let policy = json!({ "no_show_fee_percent": 50 });
    spa.owner.patch("/v1/booking-policy", 2, &policy).await.expect(200);
    let visit = spa.book(spa.wanted(&["Facial"], 1, &["Eve"]), at(4, "10:00")).await.expect(201);
    let earned = async || (-balance(&app, "sales").await, -balance(&app, "fees").await);
    let steps = [
        ("check-in", (0, 0)),
        ("complete", (9_000, 0)),
        ("step-back", (0, 0)),
        ("complete", (9_000, 0)),
        ("step-back", (0, 0)),
        ("step-back", (0, 0)),
        ("step-back", (0, 0)),
        ("no-show", (0, 4_500)),
        ("step-back", (0, 0)),
    ];
    for (place, (deed, expected)) in steps.into_iter().enumerate() {
        act(&spa, &visit, deed).await;
        assert_eq!(earned().await, expected, "{place} {deed}");
    }
    take(&spa, &visit, "cash", 9_000, 0).await.expect(201);
    act(&spa, &visit, "check-in").await;
    act(&spa, &visit, "complete").await;
    assert_eq!((earned().await, balance(&app, "customers").await), ((9_000, 0), 0));
}

/// Whoever sees only their own visits takes money for these, and for no others.
#[tokio::test]
async fn whoever_may_not_see_a_visit_takes_nothing_for_it() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let visit = spa.book(spa.wanted(&["Facial"], 1, &["Eve"]), at(4, "10:00")).await.expect(201);
    let rights = ["booking:read_own", "payment:take", "payment:refund", "payment:read"];
    let role = app.custom_role(&spa.business, &rights).await;
    let clerk = app.member(&spa.business, openchair_tests::Role::Custom(role)).await;
    let clerk = app.sign_in(&clerk).await.in_tenant(&spa.business);
    let body = json!({ "way": "cash", "amount_minor": 100 });
    clerk.post(&of(&visit), &body).await.problem(404, "not_found");
    let paid = take(&spa, &visit, "cash", 100, 0).await.expect(201);
    let path = format!("/v1/payments/{}/refunds", paid["id"].as_str().unwrap());
    let body = json!({ "amount_minor": 100, "reason": "" });
    clerk.post(&path, &body).await.problem(404, "not_found");
    let desk = app.member(&spa.business, BuiltIn::Receptionist).await;
    let desk = app.sign_in(&desk).await.in_tenant(&spa.business);
    desk.post(&path, &body).await.problem(403, "not_allowed");
}

/// Whoever paid before staff said yes has a visit once they do; and where staff say that a deposit was paid,
/// it is in the book.
#[tokio::test]
async fn no_visit_is_certain_without_its_money() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    spa.could_take_cards(&app).await;
    spa.wants_before("Facial", json!({ "kind": "fixed", "value": 3_000 })).await;
    let booked = spa.unpaid(&["Facial"], 4, "10:00", "ann").await;
    assert!(booked["link"].is_string());
    let listed = spa.owner.get("/v1/appointments?status=pending_payment").await.expect(200);
    let visit = &listed["items"][0];
    take(&spa, visit, "cash", 1_000, 0).await.expect(201);
    assert_eq!(act(&spa, visit, "paid").await["status"], "confirmed");
    assert_eq!((balance(&app, "cash").await, balance(&app, "other").await), (1_000, 2_000));
    let version = spa.owner.get("/v1/booking-policy").await.version();
    let policy = json!({ "needs_approval": true });
    spa.owner.patch("/v1/booking-policy", version, &policy).await.expect(200);
    let wanted = spa.wanted(&["Facial"], 1, &["Eve"]);
    let hold = spa.hold(wanted, at(4, "12:00"), "visitor bob").await.expect(201);
    spa.take_up(&hold, "Bob", "bob@example.com").await.expect(201);
    let listed = spa.owner.get("/v1/appointments?status=pending_approval").await.expect(200);
    let visit = &listed["items"][0];
    take(&spa, visit, "terminal", 3_000, 0).await.expect(201);
    assert_eq!(act(&spa, visit, "confirm").await["status"], "confirmed");
}

/// One mail for each payment and each refund, by whichever way.
#[tokio::test]
async fn who_pays_at_the_desk_has_a_receipt() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let visit = spa.book(spa.wanted(&["Facial"], 1, &["Eve"]), at(4, "10:00")).await.expect(201);
    let value = json!({ "location": spa.location, "way": "cash", "value_minor": 3_100 });
    let sold = spa.owner.post("/v1/vouchers", &value).await.expect(201);
    let paid = take(&spa, &visit, "cash", 4_000, 500).await.expect(201);
    app.mail("ann@example.com", "Receipt: 40.00 USD").await;
    give_back(&spa, &paid, 1_200).await.expect(201);
    let back = app.mail("ann@example.com", "gives you back 12.00 USD").await;
    // No bank has anything to do with it.
    assert!(!back.to_string().contains("Banks take"), "{back}");
    let path = format!("/v1/appointments/{}/voucher", visit["id"].as_str().unwrap());
    let used = spa.owner.post(&path, &json!({ "code": sold["code"] })).await.expect(201);
    app.mail("ann@example.com", "Receipt: 31.00 USD").await;
    give_back(&spa, &used, 3_100).await.expect(201);
    app.mail("ann@example.com", "gives you back 31.00 USD").await;
    let mails = "select count(*) from jobs
                 where dedupe_key like 'receipt %' or dedupe_key like 'returned %'";
    assert_eq!(app.database.count(mails).await, 4);
    // Nobody is written to who left no address.
    let body = json!({ "wanted": spa.wanted(&["Wax"], 1, &["Eve"]), "start": at(4, "14:00"),
                       "customer": { "name": "Nobody" } });
    let other = spa.owner.post("/v1/appointments", &body).await.expect(201);
    take(&spa, &other, "cash", 4_000, 0).await.expect(201);
    assert_eq!(app.database.count(mails).await, 4);
}
