//! Money that is given back.

use std::sync::atomic::Ordering;

use serde_json::Value;

use crate::caller::{Caller, NOW, refusal};

async fn intent(caller: &Caller, number: &str) -> String {
    let paid = caller.paid(1_000, number).await;
    paid["payment_intent"]["id"].as_str().unwrap().to_owned()
}

async fn give(caller: &Caller, intent: &str, amount: i64) -> (u16, Value) {
    let form = format!("payment_intent={intent}&amount={amount}&metadata[refund]=r1");
    caller.posted("/v1/refunds", &form).await
}

#[tokio::test]
async fn never_more_than_was_taken() {
    let caller = Caller::new().await;
    let taken = intent(&caller, "4242424242424242").await;
    let too_much = give(&caller, &taken, 1_001).await;
    assert_eq!(refusal(&too_much), (400, "", "amount"));
    assert!(too_much.1["error"]["message"].as_str().unwrap().contains("than charge amount"));
    let (status, first) = give(&caller, &taken, 300).await;
    assert_eq!((status, first["status"].as_str()), (200, Some("succeeded")));
    assert_eq!(first["payment_intent"], taken);
    let too_much = give(&caller, &taken, 701).await;
    assert!(too_much.1["error"]["message"].as_str().unwrap().contains("unrefunded amount"));
    assert_eq!(give(&caller, &taken, 700).await.0, 200);
    let again = give(&caller, &taken, 1).await;
    assert_eq!(refusal(&again), (400, "charge_already_refunded", ""));
    let book = caller.stand.book();
    let charge = &book.charges[0];
    let amounts: Vec<_> = charge.refunds.iter().map(|refund| refund.amount).collect();
    assert_eq!((charge.refunded, amounts), (1_000, vec![300, 700]));
    let id = first["id"].as_str().unwrap();
    assert_eq!(caller.get(&format!("/v1/refunds/{id}")).await.1["amount"], 300);
    assert_eq!(caller.get("/v1/balance").await.1["pending"][0]["amount"], 0);
}

#[tokio::test]
async fn what_is_given_back_has_to_be_named() {
    let caller = Caller::new().await;
    let nothing = caller.posted("/v1/refunds", "amount=100").await;
    assert_eq!(refusal(&nothing).1, "parameter_missing");
    let both = caller.posted("/v1/refunds", "payment_intent=pi_1&charge=ch_1").await;
    assert_eq!(refusal(&both).0, 400);
    let unknown = caller.posted("/v1/refunds", "payment_intent=pi_1").await;
    assert_eq!(refusal(&unknown), (404, "resource_missing", "payment_intent"));
    let taken = intent(&caller, "4242424242424242").await;
    for amount in [0, -1] {
        assert_eq!(give(&caller, &taken, amount).await.0, 400, "{amount}");
    }
    // All that is left, by the other name.
    let charge = caller.stand.book().charges[0].id.clone();
    let (status, refund) = caller.posted("/v1/refunds", &format!("charge={charge}")).await;
    assert_eq!((status, &refund["amount"]), (200, &1_000.into()));
    let disputed = intent(&caller, "4000000000000259").await;
    assert_eq!(refusal(&give(&caller, &disputed, 1_000).await).1, "charge_disputed");
}

/// It had arrived, and the bank sends it back: nobody asks for that, and it is told.
#[tokio::test]
async fn a_refund_that_comes_back_by_itself() {
    let caller = Caller::new().await;
    let taken = intent(&caller, "4000000000005126").await;
    let (_, refund) = give(&caller, &taken, 400).await;
    assert_eq!(refund["status"], "succeeded");
    let path = format!("/v1/refunds/{}", refund["id"].as_str().unwrap());
    caller.now.store(NOW + 59, Ordering::SeqCst);
    assert_eq!(caller.get(&path).await.1["status"], "succeeded");
    assert_eq!(caller.stand.book().charges[0].refunded, 400);
    caller.now.store(NOW + 60, Ordering::SeqCst);
    let failed = || caller.stand.events().into_iter().find(|one| one["type"] == "refund.failed");
    while failed().is_none() {
        tokio::task::yield_now().await;
    }
    let failed = failed().unwrap();
    assert_eq!(
        (&failed["data"]["object"]["id"], &failed["account"]),
        (&refund["id"], &Value::from(&*caller.account))
    );
    assert_eq!(caller.get(&path).await.1["status"], "failed");
    assert_eq!(caller.stand.book().charges[0].refunded, 0);
    // It can be given back once more; other cards keep what they get.
    let other = intent(&caller, "4242424242424242").await;
    let (_, kept) = give(&caller, &other, 400).await;
    caller.now.store(NOW + 10_000, Ordering::SeqCst);
    let kept = format!("/v1/refunds/{}", kept["id"].as_str().unwrap());
    assert_eq!(caller.get(&kept).await.1["status"], "succeeded");
    assert_eq!(give(&caller, &taken, 400).await.1["status"], "succeeded");
}

#[tokio::test]
async fn refunds_that_take_their_time_or_fail() {
    let caller = Caller::new().await;
    let taken = intent(&caller, "4000000000007726").await;
    let (_, slow) = give(&caller, &taken, 400).await;
    assert_eq!(slow["status"], "pending");
    let id = slow["id"].as_str().unwrap();
    assert!(caller.stand.settle_refund(id, true));
    assert!(!caller.stand.settle_refund(id, true));
    assert_eq!(caller.get(&format!("/v1/refunds/{id}")).await.1["status"], "succeeded");
    // It comes back, and can be given again.
    assert!(caller.stand.settle_refund(id, false));
    assert_eq!(caller.get(&format!("/v1/refunds/{id}")).await.1["status"], "failed");
    assert_eq!(caller.stand.book().charges[0].refunded, 0);
    caller.stand.fail_refunds(1);
    assert_eq!(give(&caller, &taken, 1_000).await.1["status"], "failed");
    caller.stand.slow_refunds(1);
    assert_eq!(give(&caller, &taken, 1_000).await.1["status"], "pending");
    let told = caller.stand.events();
    let told: Vec<_> = told.iter().map(|event| event["type"].as_str().unwrap()).collect();
    assert!(told.contains(&"refund.updated") && told.contains(&"charge.refunded"), "{told:?}");
}
