//! Disputes, payouts, what is given back at the dashboard, and lists of all that.

use serde_json::{Value, json};

use crate::caller::{Caller, NOW, refusal};

const DISPUTED: &str = "4000000000000259";
const INQUIRED: &str = "4000000000001976";
const GOOD: &str = "4242424242424242";

fn kinds(caller: &Caller) -> Vec<String> {
    let all = caller.stand.events();
    all.iter().map(|event| event["type"].as_str().unwrap().to_owned()).collect()
}

fn ids(list: &Value) -> Vec<String> {
    let data = list["data"].as_array().unwrap();
    data.iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_dispute_takes_the_money_away_until_it_is_won() {
    let caller = Caller::new().await;
    caller.paid(1_000, DISPUTED).await;
    let id = caller.stand.book().disputes[0].id.clone();
    let path = format!("/v1/disputes/{id}");
    let (status, open) = caller.get(&path).await;
    assert_eq!((status, open["status"].as_str()), (200, Some("needs_response")));
    assert_eq!(open["balance_transactions"][0]["amount"], -1_000);
    assert_eq!(open["is_charge_refundable"], false);
    assert!(caller.stand.close_dispute(&id, true));
    assert!(!caller.stand.close_dispute(&id, false));
    let won = caller.get(&path).await.1;
    assert_eq!(
        (&won["status"], &won["balance_transactions"][1]["amount"]),
        (&json!("won"), &json!(1_000))
    );
    let told = kinds(&caller);
    assert_eq!(
        told[told.len() - 4..],
        [
            "charge.dispute.created",
            "charge.dispute.funds_withdrawn",
            "charge.dispute.funds_reinstated",
            "charge.dispute.closed",
        ]
    );
    caller.paid(500, DISPUTED).await;
    let lost = caller.stand.book().disputes[1].id.clone();
    assert!(caller.stand.close_dispute(&lost, false));
    assert_eq!(caller.get(&format!("/v1/disputes/{lost}")).await.1["status"], "lost");
}

#[tokio::test]
async fn an_inquiry_takes_nothing_away() {
    let caller = Caller::new().await;
    let paid = caller.paid(1_000, INQUIRED).await;
    let dispute = caller.get("/v1/disputes").await.1["data"][0].clone();
    assert_eq!(dispute["status"], "warning_needs_response");
    assert_eq!(
        (&dispute["balance_transactions"], &dispute["is_charge_refundable"]),
        (&json!([]), &json!(true))
    );
    let intent = paid["payment_intent"]["id"].as_str().unwrap();
    let back = caller.posted("/v1/refunds", &format!("payment_intent={intent}")).await;
    assert_eq!(back.0, 200);
    assert!(caller.stand.close_dispute(dispute["id"].as_str().unwrap(), true));
    assert_eq!(caller.stand.book().disputes[0].status, "warning_closed");
}

#[tokio::test]
async fn payouts_arrive_or_do_not() {
    let caller = Caller::new().await;
    let account = caller.account.clone();
    assert_eq!(caller.stand.send_payout("acct_of_nobody", 1_000, "eur"), None);
    let good = caller.stand.send_payout(&account, 1_000, "eur").unwrap();
    let bad = caller.stand.send_payout(&account, 2_000, "eur").unwrap();
    assert!(caller.stand.settle_payout(&good, true) && caller.stand.settle_payout(&bad, false));
    assert!(!caller.stand.settle_payout(&bad, true));
    let listed = caller.get("/v1/payouts").await.1;
    assert_eq!(ids(&listed), [bad.clone(), good.clone()]);
    let failed = caller.get("/v1/payouts?status=failed").await.1;
    assert_eq!(ids(&failed), std::slice::from_ref(&bad));
    assert_eq!(failed["data"][0]["failure_code"], "account_closed");
    assert_eq!(caller.get(&format!("/v1/payouts/{good}")).await.1["status"], "paid");
    let told = kinds(&caller);
    let ends = ["payout.created", "payout.created", "payout.paid", "payout.failed"];
    assert_eq!(told[told.len() - 4..], ends);
    // The platform's own are others.
    assert_eq!(ids(&caller.ours("/v1/payouts").await.1), [""; 0]);
}

#[tokio::test]
async fn what_is_given_back_at_the_dashboard_carries_no_name_of_ours() {
    let caller = Caller::new().await;
    caller.paid(1_000, GOOD).await;
    let charge = caller.stand.book().charges[0].id.clone();
    assert_eq!(caller.stand.refund_there(&charge, 1_001), None);
    let id = caller.stand.refund_there(&charge, 400).unwrap();
    let found = caller.get(&format!("/v1/refunds/{id}")).await.1;
    assert_eq!((&found["metadata"], &found["amount"]), (&json!({}), &json!(400)));
    assert_eq!(ids(&caller.get("/v1/refunds").await.1), [id]);
    assert_eq!(caller.stand.book().charges[0].refunded, 400);
    caller.paid(1_000, DISPUTED).await;
    let charge = caller.stand.book().charges[1].id.clone();
    assert_eq!(caller.stand.refund_there(&charge, 1), None);
}

#[tokio::test]
async fn lists_are_of_a_period_and_come_in_pages() {
    let caller = Caller::new().await;
    for step in 0..3 {
        caller.now.store(NOW + step * 100, std::sync::atomic::Ordering::SeqCst);
        caller.paid(1_000, GOOD).await;
    }
    let all: Vec<String> =
        caller.stand.book().charges.iter().rev().map(|charge| charge.id.clone()).collect();
    let list = async |query: &str| caller.get(&format!("/v1/charges{query}")).await;
    assert_eq!(ids(&list("").await.1), all);
    let within = format!("?created[gte]={NOW}&created[lt]={}", NOW + 200);
    assert_eq!(ids(&list(&within).await.1), all[1..]);
    let first = list("?limit=2").await.1;
    assert_eq!((ids(&first), &first["has_more"]), (all[..2].to_vec(), &json!(true)));
    let rest = list(&format!("?limit=2&starting_after={}", all[1])).await.1;
    assert_eq!((ids(&rest), &rest["has_more"]), (all[2..].to_vec(), &json!(false)));
    assert_eq!(refusal(&list("?created[since]=1").await).1, "parameter_unknown");
    assert_eq!(refusal(&list("?created[gte]=today").await).1, "parameter_invalid_integer");
    assert_eq!(refusal(&list("?limit=101").await).2, "limit");
    for odd in ["/v1/disputes?status=won", "/v1/payouts?charge=ch_1", "/v1/refunds?customer=cus_1"]
    {
        assert_eq!(refusal(&caller.get(odd).await).1, "parameter_unknown", "{odd}");
    }
    assert_eq!(caller.get("/v1/payouts?status=lost").await.0, 400);
}
