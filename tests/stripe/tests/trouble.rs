//! What goes wrong on purpose.

use openchair_stripe_stand_in::Act;
use serde_json::json;

use crate::caller::{Caller, form, read, refusal};

const SESSIONS: &str = "/v1/checkout/sessions";

#[tokio::test]
async fn as_it_was_ordered() {
    let caller = Caller::new().await;
    caller.stand.trouble("POST /v1/checkout", Act::Status(429), 2);
    for _ in 0..2 {
        let busy = caller.posted(SESSIONS, &form(1_000, "eur")).await;
        assert_eq!(refusal(&busy), (429, "rate_limit", ""));
    }
    assert_eq!(caller.get("/v1/balance").await.0, 200);
    caller.stand.trouble(SESSIONS, Act::CutBefore, 1);
    let ask = || caller.post(SESSIONS, &form(1_000, "eur")).header("idempotency-key", "k1");
    assert!(ask().send().await.is_err());
    assert!(caller.stand.book().sessions.is_empty());
    caller.stand.trouble(SESSIONS, Act::Cut, 1);
    assert!(ask().send().await.is_err());
    assert_eq!(caller.stand.book().sessions.len(), 1);
    // It was done: under the same key that is what is answered.
    let (_, session) = read(ask()).await;
    assert_eq!(session["id"], caller.stand.book().sessions[0].id);
    assert_eq!(caller.stand.book().sessions.len(), 1);
}

/// What is answered is how it was when it was asked.
#[tokio::test]
async fn an_answer_that_comes_late_is_old() {
    let caller = Caller::new().await;
    let path = format!("/v1/accounts/{}", caller.account);
    caller.stand.trouble("GET /v1/accounts/", Act::Late, 1);
    let (old, ()) = tokio::join!(async { caller.ours(&path).await.1 }, async {
        caller.stand.waiting(1).await;
        assert!(caller.stand.restrict(&caller.account, "x"));
        caller.stand.let_go();
    });
    assert_eq!(old["charges_enabled"], true);
    assert_eq!(caller.ours(&path).await.1["charges_enabled"], false);
}

#[tokio::test]
async fn over_http() {
    let caller = Caller::new().await;
    let order = async |order: serde_json::Value| {
        let url = format!("{}/_stand_in/orders", caller.stand.origin());
        read(caller.http.post(url).json(&order)).await
    };
    let session = caller.session(1_000, "eur").await;
    let trouble =
        json!({ "do": "trouble", "of": "/v1/refunds", "act": { "status": 500 }, "times": 1 });
    assert_eq!(order(trouble).await.0, 200);
    let paid = json!({ "do": "pay", "session": session["id"], "number": "4242424242424242" });
    assert_eq!(order(paid).await.1, json!({ "done": "paid" }));
    assert_eq!(order(json!({ "do": "let_go" })).await.0, 200);
    assert_eq!(order(json!({ "do": "sing" })).await.0, 400);
    let url = format!("{}/_stand_in/book", caller.stand.origin());
    let (_, book) = read(caller.http.get(url)).await;
    assert_eq!(book["charges"][0]["amount"], 1_000);
    let form = format!("charge={}", book["charges"][0]["id"].as_str().unwrap());
    assert_eq!(caller.posted("/v1/refunds", &form).await.0, 500);
    assert_eq!(caller.posted("/v1/refunds", &form).await.0, 200);
}
