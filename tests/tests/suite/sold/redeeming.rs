//! Paying for visits with vouchers.

use chrono::Duration;
use openchair_tests::TestApp;
use openchair_tests::cards::{balance, link};
use openchair_tests::spa::at;
use serde_json::{Value, json};

use super::{give_back, id, redeem, refund, sell, stands};

#[tokio::test]
async fn a_voucher_pays_for_visits_until_nothing_is_left() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let book = async |day| {
        spa.book(spa.wanted(&["Facial"], 1, &["Eve"]), at(day, "10:00")).await.expect(201)
    };
    let (first, second) = (book(4).await, book(5).await);
    let sold = sell(&spa, 10_000).await;
    let part = redeem(&spa, &first, &sold, Some(4_000)).await.expect(201);
    assert_eq!(
        (&part["way"], &part["voucher"], &part["amount_minor"], &part["visit"]),
        (&json!("voucher"), &sold["voucher"]["id"], &json!(4_000), &first["id"])
    );
    redeem(&spa, &first, &sold, Some(5_001)).await.problem(409, "more_than_due");
    // As much as is open.
    assert_eq!(redeem(&spa, &first, &sold, None).await.expect(201)["amount_minor"], 5_000);
    redeem(&spa, &first, &sold, None).await.problem(409, "nothing_due");
    assert_eq!(stands(&spa, &sold).await, ("active".to_owned(), 1_000));
    redeem(&spa, &second, &sold, Some(1_001)).await.problem(409, "more_than_left");
    // A tip is a part of the amount.
    let tip = |tip: i64| json!({ "code": sold["code"], "amount_minor": 400, "tip_minor": tip });
    let path = format!("/v1/appointments/{}/voucher", id(&second));
    for wrong in [401, -1] {
        assert_eq!(spa.owner.post(&path, &tip(wrong)).await.faults()[0].0, "/tip_minor");
    }
    spa.owner.post(&path, &tip(100)).await.expect(201);
    // As much as is left.
    assert_eq!(redeem(&spa, &second, &sold, None).await.expect(201)["amount_minor"], 600);
    assert_eq!(stands(&spa, &sold).await, ("used".to_owned(), 0));
    redeem(&spa, &second, &sold, None).await.problem(409, "voucher_not_good");
    for (account, sum) in [("vouchers", 0), ("cash", 10_000), ("tips", -100), ("customers", -9_900)]
    {
        assert_eq!(balance(&app, account).await, sum, "{account}");
    }
    // What was paid with it is no money that came today.
    let till = format!("/v1/till?location={}&date=2026-03-02", spa.location);
    let till = spa.owner.get(&till).await.expect(200);
    assert_eq!(till["total_minor"], 10_000);
    let ways: Vec<_> = till["ways"].as_array().unwrap().iter().collect();
    let way = ways.iter().find(|sum| sum["way"] == "voucher").unwrap();
    assert_eq!((&way["money"], &way["paid_minor"]), (&json!(false), &json!(10_000)));
    let file = format!("/v1/till/export?location={}&from=2026-03-02&to=2026-03-02", spa.location);
    let file = spa.owner.get(&file).await;
    let text = file.text();
    let last = |end: &str| text.lines().filter(|line| line.ends_with(end)).count();
    assert_eq!((last(",voucher"), last(",visit")), (1, 4), "{text}");
    let noted = spa.owner.get("/v1/audit?action=voucher.redeemed").await.expect(200);
    assert_eq!(noted["items"].as_array().unwrap().len(), 4);
    let take = json!({ "way": "voucher", "amount_minor": 5 });
    let taken = spa.owner.post(&format!("/v1/appointments/{}/payments", id(&second)), &take).await;
    assert_eq!(taken.faults(), [("/way".to_owned(), "not_at_the_desk".to_owned())]);
}

/// Nobody learns from an answer what is wrong with a code.
#[tokio::test]
async fn codes_that_are_not_good_are_answered_alike() {
    let app = TestApp::start().await;
    let (spa, other) = (app.spa().await, app.business("Other").await);
    spa.could_take_cards(&app).await;
    let visit = spa.book(spa.wanted(&["Facial"], 1, &["Eve"]), at(4, "10:00")).await.expect(201);
    spa.wants_before("Facial", json!({ "kind": "fixed", "value": 3_000 })).await;
    let own = spa.unpaid(&["Facial"], 5, "10:00", "ann").await;
    let theirs = app.sign_in(&other.owner).await.in_tenant(&other);
    let body = json!({ "location": app.location(&other).await, "way": "cash", "value_minor": 500 });
    let foreign = theirs.post("/v1/vouchers", &body).await.expect(201);
    let (used, refunded, expired) =
        (sell(&spa, 500).await, sell(&spa, 500).await, sell(&spa, 500).await);
    redeem(&spa, &visit, &used, None).await.expect(201);
    refund(&spa, &refunded).await.expect(201);
    let over = format!(
        "update vouchers set expires_at = '2026-03-02T09:00:00Z' where code_end = '{}'",
        expired["voucher"]["code_end"].as_str().unwrap()
    );
    app.database.run(&over).await;
    let codes = [&foreign, &used, &refunded, &expired].map(|sold| sold["code"].clone());
    let mut answers = Vec::new();
    for code in codes.into_iter().chain([json!("0000-0000-0000-0000"), json!("?"), json!("")]) {
        let path = format!("/v1/appointments/{}/voucher", id(&visit));
        let desk = spa.owner.post(&path, &json!({ "code": code })).await;
        desk.problem(409, "voucher_not_good");
        app.clock.advance(Duration::seconds(1));
        let path = format!("/v1/b/{}/voucher", link(&own));
        let guest = spa.guest.post(&path, &json!({ "code": code })).await;
        guest.problem(409, "voucher_not_good");
        let path = json!({ "code": code });
        if code != expired["code"] && code != used["code"] && code != refunded["code"] {
            spa.owner.post("/v1/vouchers/look-up", &path).await.problem(404, "not_found");
        }
        answers.push((without_place(&desk.json()), without_place(&guest.json())));
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:?}");
    let theirs = theirs.get(&format!("/v1/vouchers/{}", id(&foreign["voucher"]))).await;
    assert_eq!(theirs.expect(200)["left_minor"], 500);
}

fn without_place(problem: &Value) -> (Value, Value) {
    (problem["code"].clone(), problem["detail"].clone())
}

/// A guest makes a visit certain with a voucher, and pays the rest with another.
#[tokio::test]
async fn a_guest_pays_with_a_voucher() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    spa.could_take_cards(&app).await;
    spa.wants_before("Facial", json!({ "kind": "fixed", "value": 3_000 })).await;
    let booked = spa.unpaid(&["Facial"], 4, "10:00", "ann").await;
    let (small, large) = (sell(&spa, 1_000).await, sell(&spa, 20_000).await);
    let pay = async |sold: &Value, what: &str| {
        let body = json!({ "code": sold["code"], "what": what });
        spa.guest.post(&format!("/v1/b/{}/voucher", link(&booked)), &body).await
    };
    let status = async || {
        let seen = spa.guest.get(&format!("/v1/b/{}", link(&booked))).await.expect(200);
        seen["status"].clone()
    };
    // As far as it goes.
    let own = pay(&small, "now").await.expect(200);
    assert_eq!((&own["state"], &own["amount_minor"]), (&json!("due"), &json!(2_000)));
    assert_eq!(status().await, "pending_payment");
    let own = pay(&large, "now").await.expect(200);
    assert_eq!((&own["state"], &own["amount_minor"]), (&json!("paid"), &json!(0)));
    assert_eq!(status().await, "confirmed");
    app.mail("ann@example.com", "Your visit to").await;
    pay(&large, "now").await.problem(409, "nothing_due");
    assert_eq!(pay(&large, "all").await.expect(200)["paid_minor"], 9_000);
    pay(&large, "all").await.problem(409, "nothing_due");
    assert_eq!(stands(&spa, &large).await, ("active".to_owned(), 12_000));
    // Who calls off in time has all of it again, on both.
    let path = format!("/v1/b/{}/cancel", link(&booked));
    spa.guest.post(&path, &json!({})).await.expect(200);
    assert_eq!(stands(&spa, &large).await, ("active".to_owned(), 20_000));
    assert_eq!(stands(&spa, &small).await, ("active".to_owned(), 1_000));
    let sums = (balance(&app, "vouchers").await, balance(&app, "customers").await);
    assert_eq!(sums, (-21_000, 0));
    let paid = spa.owner.get("/v1/payments?way=voucher").await.expect(200);
    assert_eq!(paid["items"][0]["taken_by"], Value::Null);
    pay(&small, "all").await.problem(409, "nothing_due");
}

/// Whoever tries codes is slowed down.
#[tokio::test]
async fn codes_are_not_guessed() {
    let app = TestApp::with(&[("limits.sign_in_per_ip_per_minute", "5")]).await;
    let spa = app.spa().await;
    let hold = spa.hold(spa.wanted(&["Facial"], 1, &["Eve"]), at(4, "10:00"), "visitor x").await;
    let booked = spa.take_up(&hold.expect(201), "Ann", "ann@example.com").await.expect(201);
    app.clock.advance(Duration::minutes(1));
    let path = format!("/v1/b/{}/voucher", link(&booked));
    let mut answers = Vec::new();
    for _ in 0..8 {
        let answer = spa.guest.post(&path, &json!({ "code": "0000-0000-0000-0000" })).await;
        answers.push(answer.status);
    }
    assert_eq!((answers[0], answers[7]), (409, 429), "{answers:?}");
}

/// Of all who use the same voucher at once, nobody gets more than is on it.
#[tokio::test]
async fn a_voucher_is_never_used_twice() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let mut visits = Vec::new();
    for hour in 10..18 {
        let start = at(4, &format!("{hour}:00"));
        visits.push(spa.book(spa.wanted(&["Facial"], 1, &["Eve"]), start).await.expect(201));
    }
    let sold = sell(&spa, 10_000).await;
    let all = visits.iter().map(|visit| redeem(&spa, visit, &sold, Some(4_000)));
    let all = futures_util::future::join_all(all).await;
    let (paid, refused): (Vec<_>, Vec<_>) = all.iter().partition(|answer| answer.status == 201);
    assert_eq!((paid.len(), refused.len()), (2, 6), "{all:?}");
    for answer in refused {
        answer.problem(409, "more_than_left");
    }
    assert_eq!(stands(&spa, &sold).await, ("active".to_owned(), 2_000));
    // Redeemed and given back at once: one or the other has the rest.
    let (rest, back) = tokio::join!(redeem(&spa, &visits[7], &sold, None), refund(&spa, &sold));
    let left = -balance(&app, "vouchers").await;
    assert_eq!(u8::from(rest.status == 201) + u8::from(back.status == 201), 1, "{rest} {back}");
    assert_eq!((left, stands(&spa, &sold).await.1), (0, 0));
}

/// Whoever may not see a visit pays nothing for it.
#[tokio::test]
async fn vouchers_are_for_visits_that_one_sees() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let visit = spa.book(spa.wanted(&["Facial"], 1, &["Eve"]), at(4, "10:00")).await.expect(201);
    let sold = sell(&spa, 10_000).await;
    let rights = ["booking:read_own", "payment:take", "payment:refund", "payment:read"];
    let role = app.custom_role(&spa.business, &rights).await;
    let clerk = app.member(&spa.business, openchair_tests::Role::Custom(role)).await;
    let clerk = app.sign_in(&clerk).await.in_tenant(&spa.business);
    let path = format!("/v1/appointments/{}/voucher", id(&visit));
    clerk.post(&path, &json!({ "code": sold["code"] })).await.problem(404, "not_found");
    let paid = redeem(&spa, &visit, &sold, None).await.expect(201);
    give_back(&spa, &paid, 9_001).await.problem(409, "more_than_paid");
    give_back(&spa, &paid, 9_000).await.expect(201);
    assert_eq!(stands(&spa, &sold).await, ("active".to_owned(), 10_000));
}
