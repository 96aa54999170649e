//! The API: signatures, the history, refunds, and what goes wrong on purpose.

use openchair_payfast_stand_in::{Act, Method};
use serde_json::{Value, json};

use crate::caller::Caller;

async fn said(request: reqwest::RequestBuilder) -> (u16, Value) {
    let answer = request.send().await.unwrap();
    let status = answer.status().as_u16();
    (status, serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap_or_default())
}

#[tokio::test]
async fn who_knows_the_passphrase_is_let_in() {
    let caller = Caller::new().await;
    let salt = caller.merchant.passphrase.clone();
    assert_eq!(said(caller.api("GET", "/ping", &[], &salt)).await, (200, json!("API V1")));
    assert_eq!(said(caller.api("GET", "/ping?testing=true", &[], &salt)).await.0, 200);
    let (status, answer) = said(caller.api("GET", "/ping", &[], "another")).await;
    assert_eq!((status, &answer["status"]), (401, &json!("failed")));
    assert_eq!(answer["data"]["message"], "Merchant authorisation failed");
    for (header, value, expected) in [
        ("merchant-id", "10000100", 401),
        ("version", "v2", 400),
        ("timestamp", "2026-09-21", 400),
        ("signature", "short", 400),
    ] {
        let built = caller.api("GET", "/ping", &[], &salt).build().unwrap();
        let mut request = built;
        request.headers_mut().insert(header, value.parse().unwrap());
        assert_eq!(caller.http.execute(request).await.unwrap().status(), expected, "{header}");
    }
    assert_eq!(said(caller.api("GET", "/nowhere", &[], &salt)).await.0, 404);
    // The query is signed, too.
    let history = "/transactions/history?from=2026-09-21";
    assert_eq!(said(caller.api("GET", history, &[], &salt)).await.0, 401);
}

#[tokio::test]
async fn the_history_has_what_was_paid() {
    let caller = Caller::new().await;
    let salt = caller.merchant.passphrase.clone();
    let first = caller.paid("1234.50").await;
    caller.page("100.00", "https://shop.example/hook").await;
    let lines = async |query: &[(&str, &str)]| {
        let text: Vec<_> = query.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let path = format!("/transactions/history?{}", text.join("&"));
        let answer = caller.api("GET", &path, query, &salt).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        let text = answer.text().await.unwrap();
        text.lines().skip(1).map(str::to_owned).collect::<Vec<_>>()
    };
    let found = lines(&[("from", "2026-09-21"), ("to", "2026-09-21")]).await;
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].starts_with("\"2026-09-21 00:30:00\",FUNDS_RECEIVED,CREDIT,"), "{found:?}");
    assert!(found[0].contains("\"1,234.50\",0.00,"), "{found:?}");
    assert!(found[0].contains(&format!(",pay_1,{first},")), "{found:?}");
    assert!(lines(&[("from", "2026-09-20"), ("to", "2026-09-20")]).await.is_empty());
    caller.paid("50.00").await;
    assert_eq!(lines(&[]).await.len(), 2);
    assert_eq!(lines(&[("limit", "1"), ("offset", "1")]).await.len(), 1);
    let odd = [("from", "21.9.2026")];
    let path = "/transactions/history?from=21.9.2026";
    assert_eq!(said(caller.api("GET", path, &odd, &salt)).await.0, 400);
}

#[tokio::test]
async fn no_more_goes_back_than_was_paid() {
    let caller = Caller::new().await;
    let salt = caller.merchant.passphrase.clone();
    let id = caller.paid("100.00").await;
    let left = async || {
        let (status, answer) =
            said(caller.api("GET", &format!("/refunds/query/{id}"), &[], &salt)).await;
        assert_eq!(status, 200, "{answer}");
        answer["amount_available_for_refund"].as_i64().unwrap()
    };
    let refund = async |id: &str, amount: &str, reason: &str| {
        let all = [("amount", amount), ("reason", reason), ("notify_buyer", "1")];
        let body = json!({ "amount": amount, "reason": reason, "notify_buyer": 1 });
        let request = caller.api("POST", &format!("/refunds/{id}"), &all, &salt);
        said(request.body(body.to_string())).await
    };
    assert_eq!(left().await, 10_000);
    assert_eq!(refund(&id, "4000", "Called off").await.0, 200);
    assert_eq!(left().await, 6_000);
    for (amount, reason) in [("6001", "Called off"), ("0", "Called off"), ("10", "no")] {
        assert_eq!(refund(&id, amount, reason).await.0, 400, "{amount} {reason}");
    }
    caller.stand.fail_refunds(1);
    assert_eq!(refund(&id, "6000", "Called off").await.0, 400);
    assert_eq!(refund(&id, "6000", "Called off").await.0, 200);
    assert_eq!(left().await, 0);
    assert_eq!(caller.stand.payments()[0].refunds, [4_000, 6_000]);
    assert_eq!(refund("1", "100", "Called off").await.0, 404);
    // What came from a bank doesn't go back without an account to go to.
    let page = caller.page("100.00", "https://shop.example/hook").await;
    caller.stand.drop_notices(1);
    caller.stand.pay_by(&page, Method::Eft);
    let other = caller.stand.payments().last().unwrap().pf_payment_id.clone();
    assert_eq!(refund(&other, "100", "Called off").await.0, 400);
}

#[tokio::test]
async fn what_goes_wrong_on_purpose() {
    let caller = Caller::new().await;
    let salt = caller.merchant.passphrase.clone();
    let id = caller.paid("100.00").await;
    let all = [("amount", "100"), ("reason", "Called off"), ("notify_buyer", "1")];
    let body = json!({ "amount": 100, "reason": "Called off", "notify_buyer": 1 });
    let path = format!("/refunds/{id}");
    let refund = || caller.api("POST", &path, &all, &salt).body(body.to_string());
    for (act, done) in [(Act::Status(500), 0), (Act::CutBefore, 0), (Act::Cut, 1)] {
        caller.stand.trouble("POST /refunds/", act, 1);
        match refund().send().await {
            Ok(answer) => assert_eq!(answer.status(), 500),
            Err(_) => assert_ne!(act, Act::Status(500)),
        }
        assert_eq!(caller.stand.payments()[0].refunds.len(), done, "{act:?}");
    }
    caller.stand.trouble("POST /refunds/", Act::Wait, 1);
    let waits = tokio::spawn(refund().send());
    caller.stand.waiting(1).await;
    assert_eq!(caller.stand.payments()[0].refunds.len(), 1);
    caller.stand.let_go();
    assert_eq!(waits.await.unwrap().unwrap().status(), 200);
    assert_eq!(caller.stand.payments()[0].refunds.len(), 2);
}
