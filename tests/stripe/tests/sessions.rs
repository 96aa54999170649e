//! Pages where customers pay, as the API has them.

use std::sync::atomic::Ordering;

use openchair_stripe_stand_in::Outcome;
use serde_json::json;

use crate::caller::{Caller, NOW, form, refusal};

fn path(session: &serde_json::Value) -> String {
    format!("/v1/checkout/sessions/{}", session["id"].as_str().unwrap())
}

#[tokio::test]
async fn a_payment() {
    let caller = Caller::new().await;
    let session = caller.session(4_200, "EUR").await;
    assert_eq!(session["status"], "open");
    assert_eq!(session["payment_status"], "unpaid");
    assert_eq!(session["amount_total"], 4_200);
    assert_eq!(session["currency"], "eur");
    assert_eq!(session["expires_at"], NOW + 24 * 60 * 60);
    assert!(session["payment_intent"].is_null());
    let id = session["id"].as_str().unwrap();
    assert_eq!(session["url"], format!("{}/c/pay/{id}", caller.stand.origin()));

    assert_eq!(caller.stand.pay(id, "4242 4242 4242 4242"), Outcome::Paid);
    let (_, session) = caller.get(&format!("{}?expand[]=payment_intent", path(&session))).await;
    assert_eq!(session["status"], "complete");
    assert_eq!(session["payment_status"], "paid");
    assert!(session["url"].is_null());
    let intent = &session["payment_intent"];
    assert_eq!(intent["status"], "succeeded");
    assert_eq!(intent["amount_received"], 4_200);
    assert_eq!(intent["metadata"], json!({ "payment": "p1" }));
    let book = caller.stand.book();
    let [charge] = book.charges.as_slice() else { panic!("{book:?}") };
    assert_eq!(charge.account.as_ref(), Some(&caller.account));
    assert_eq!((charge.amount, charge.currency.as_str()), (4_200, "eur"));
    assert_eq!(charge.payment_intent, intent["id"].as_str().unwrap());
    assert_eq!(charge.metadata, json!({ "payment": "p1" }));
    // Nobody pays twice.
    assert_eq!(caller.stand.pay(id, "4242424242424242"), Outcome::Closed);
    assert_eq!(caller.stand.book().charges.len(), 1);
    let balance = caller.get("/v1/balance").await.1;
    assert_eq!(balance["pending"][0]["amount"], 4_200);
}

#[tokio::test]
async fn who_is_declined_tries_again() {
    let caller = Caller::new().await;
    let session = caller.session(4_200, "eur").await;
    let id = session["id"].as_str().unwrap();
    for (number, code) in [
        ("4000000000000002", "generic_decline"),
        ("4000000000009995", "insufficient_funds"),
        ("4000000000000069", "expired_card"),
    ] {
        let outcome = caller.stand.pay(id, number);
        let Outcome::Declined { code: said, message } = outcome else { panic!("{outcome:?}") };
        assert_eq!(said, code);
        let (_, session) = caller.get(&format!("{}?expand[]=payment_intent", path(&session))).await;
        assert_eq!(session["status"], "open");
        let intent = &session["payment_intent"];
        assert_eq!(intent["status"], "requires_payment_method");
        assert_eq!(intent["last_payment_error"]["message"], message);
    }
    assert_eq!(caller.stand.pay(id, "4242424242424241"), Outcome::NoCard);
    assert!(caller.stand.book().charges.is_empty());
    assert_eq!(caller.stand.pay(id, "4242424242424242"), Outcome::Paid);
    assert_eq!(caller.stand.book().charges.len(), 1);
}

#[tokio::test]
async fn a_bank_that_asks() {
    let caller = Caller::new().await;
    let session = caller.session(4_200, "eur").await;
    let id = session["id"].as_str().unwrap();
    assert_eq!(caller.stand.authenticate(id, true), Outcome::Closed);
    assert_eq!(caller.stand.pay(id, "4000002500003155"), Outcome::Asked);
    assert!(caller.stand.book().charges.is_empty());
    let failed = caller.stand.authenticate(id, false);
    assert!(matches!(failed, Outcome::Declined { .. }), "{failed:?}");
    assert_eq!(caller.stand.authenticate(id, true), Outcome::Closed);
    assert_eq!(caller.stand.pay(id, "4000000000003220"), Outcome::Asked);
    assert_eq!(caller.stand.authenticate(id, true), Outcome::Paid);
    assert_eq!(caller.stand.book().charges.len(), 1);
}

#[tokio::test]
async fn a_bank_that_takes_its_time() {
    let caller = Caller::new().await;
    for (well, status, taken) in [(true, "paid", 1), (false, "unpaid", 1)] {
        let session = caller.session(4_200, "eur").await;
        let id = session["id"].as_str().unwrap();
        caller.stand.slow_banks(1);
        assert_eq!(caller.stand.pay(id, "4242424242424242"), Outcome::Processing);
        let (_, now) = caller.get(&format!("{}?expand[]=payment_intent", path(&session))).await;
        assert_eq!(
            (&now["status"], &now["payment_status"]),
            (&json!("complete"), &json!("unpaid"))
        );
        assert_eq!(now["payment_intent"]["status"], "processing");
        assert!(caller.stand.settle_payment(id, well));
        assert!(!caller.stand.settle_payment(id, well));
        assert_eq!(caller.get(&path(&session)).await.1["payment_status"], status);
        assert_eq!(caller.stand.book().charges.len(), taken);
    }
}

#[tokio::test]
async fn a_page_that_is_closed_takes_nothing() {
    let caller = Caller::new().await;
    let session = caller.session(4_200, "eur").await;
    let id = session["id"].as_str().unwrap();
    caller.stand.pay(id, "4000002500003155");
    let expire = format!("{}/expire", path(&session));
    let (status, closed) = caller.posted(&expire, "").await;
    assert_eq!((status, &closed["status"]), (200, &json!("expired")));
    assert_eq!(caller.stand.authenticate(id, true), Outcome::Closed);
    assert_eq!(caller.stand.pay(id, "4242424242424242"), Outcome::Closed);
    assert!(caller.stand.book().charges.is_empty());
    let again = caller.posted(&expire, "").await;
    assert_eq!(refusal(&again), (400, "", ""));
    assert!(again.1["error"]["message"].as_str().unwrap().contains("status of `expired`"));
    let paid = caller.paid(4_200, "4242424242424242").await;
    assert_eq!(caller.posted(&format!("{}/expire", path(&paid)), "").await.0, 400);
}

#[tokio::test]
async fn time_closes_a_page() {
    let caller = Caller::new().await;
    let form = format!("{}&expires_at={}", form(4_200, "eur"), NOW + 1_800);
    let (_, session) = caller.posted("/v1/checkout/sessions", &form).await;
    let id = session["id"].as_str().unwrap();
    caller.now.store(NOW + 1_799, Ordering::SeqCst);
    assert_eq!(caller.get(&path(&session)).await.1["status"], "open");
    caller.now.store(NOW + 1_800, Ordering::SeqCst);
    assert_eq!(caller.stand.pay(id, "4242424242424242"), Outcome::Closed);
    assert_eq!(caller.get(&path(&session)).await.1["status"], "expired");
    let told = caller.stand.events();
    let told: Vec<_> =
        told.iter().filter(|one| one["type"] == "checkout.session.expired").collect();
    assert_eq!(told.len(), 1);
}

#[tokio::test]
async fn intents_of_their_own() {
    let caller = Caller::new().await;
    let form = "amount=1000&currency=eur&automatic_payment_methods[enabled]=true&metadata[a]=b";
    let (status, intent) = caller.posted("/v1/payment_intents", form).await;
    assert_eq!(status, 200, "{intent}");
    let path = format!("/v1/payment_intents/{}", intent["id"].as_str().unwrap());
    assert_eq!(caller.get(&path).await.1["status"], "requires_payment_method");
    let (_, canceled) = caller.posted(&format!("{path}/cancel"), "").await;
    assert_eq!(canceled["status"], "canceled");
    let again = caller.posted(&format!("{path}/cancel"), "").await;
    assert_eq!(refusal(&again).1, "payment_intent_unexpected_state");
    let paid = caller.paid(1_000, "4242424242424242").await;
    let of_a_page = paid["payment_intent"]["id"].as_str().unwrap();
    let refused = caller.posted(&format!("/v1/payment_intents/{of_a_page}/cancel"), "").await;
    assert_eq!(refusal(&refused).1, "payment_intent_unexpected_state");
}
