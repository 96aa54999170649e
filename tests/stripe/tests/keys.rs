//! The same key, the same answer.

use std::sync::atomic::Ordering;

use openchair_stripe_stand_in::Act;

use crate::caller::{Caller, NOW, form, of, read, refusal};

const SESSIONS: &str = "/v1/checkout/sessions";

#[tokio::test]
async fn the_same_request_the_same_answer() {
    let caller = Caller::new().await;
    let ask = || caller.post(SESSIONS, &form(1_000, "eur")).header("idempotency-key", "k1");
    let first = ask().send().await.unwrap();
    assert!(first.headers().get("idempotent-replayed").is_none());
    let first = first.text().await.unwrap();
    let second = ask().send().await.unwrap();
    assert_eq!(second.headers()["idempotent-replayed"], "true");
    assert_eq!(second.text().await.unwrap(), first);
    assert_eq!(caller.stand.book().sessions.len(), 1);
    let other = caller.post(SESSIONS, &form(1_001, "eur")).header("idempotency-key", "k1");
    let other = read(other).await;
    assert_eq!(other.0, 400);
    assert_eq!(other.1["error"]["type"], "idempotency_error");
    let elsewhere = caller.post("/v1/payment_intents", "amount=1000&currency=eur");
    let elsewhere = read(elsewhere.header("idempotency-key", "k1")).await;
    assert_eq!(elsewhere.1["error"]["type"], "idempotency_error");
    // Keys are those of an account, and are forgotten after a day.
    let mut caller = caller;
    let account = caller.stand.new_account("FR");
    let first = std::mem::replace(&mut caller.account, account);
    let as_other = caller.post(SESSIONS, &form(1_001, "eur")).header("idempotency-key", "k1");
    assert_eq!(read(as_other).await.0, 200);
    caller.account = first;
    let ask = || caller.post(SESSIONS, &form(1_000, "eur")).header("idempotency-key", "k1");
    read(ask()).await;
    assert_eq!(caller.stand.book().sessions.len(), 2);
    caller.now.store(NOW + 24 * 60 * 60, Ordering::SeqCst);
    assert_eq!(read(ask()).await.0, 200);
    assert_eq!(caller.stand.book().sessions.len(), 3);
}

#[tokio::test]
async fn what_was_not_begun_is_not_kept() {
    let caller = Caller::new().await;
    let wrong = caller.post(SESSIONS, "mode=payment").header("idempotency-key", "k1");
    assert_eq!(read(wrong).await.0, 400);
    let right = caller.post(SESSIONS, &form(1_000, "eur")).header("idempotency-key", "k1");
    assert_eq!(read(right).await.0, 200);
    caller.stand.trouble(SESSIONS, Act::Status(500), 1);
    let ask = || caller.post(SESSIONS, &form(1_000, "eur")).header("idempotency-key", "k2");
    assert_eq!(read(ask()).await.0, 500);
    assert_eq!(read(ask()).await.0, 200);
    caller.stand.trouble(SESSIONS, Act::KeptStatus(500), 1);
    let ask = || caller.post(SESSIONS, &form(1_000, "eur")).header("idempotency-key", "k3");
    assert_eq!(read(ask()).await.0, 500);
    assert_eq!(read(ask()).await.0, 500);
    assert_eq!(caller.stand.book().sessions.len(), 2);
}

#[tokio::test]
async fn two_at_once() {
    let caller = Caller::new().await;
    caller.stand.trouble(SESSIONS, Act::Wait, 1);
    let ask = || caller.post(SESSIONS, &form(1_000, "eur")).header("idempotency-key", "k1");
    let first = tokio::spawn(ask().send());
    caller.stand.waiting(1).await;
    let second = read(ask()).await;
    assert_eq!(refusal(&second), (409, "idempotency_key_in_use", ""));
    caller.stand.let_go();
    assert_eq!(of(first.await.unwrap().unwrap()).await.0, 200);
    assert_eq!(read(ask()).await.0, 200);
    assert_eq!(caller.stand.book().sessions.len(), 1);
}
