//! What is sold ahead: sold, paid with, over, given back.

mod book;
mod memberships;
mod online;
mod online_back;
mod online_money;
mod passes;
mod redeeming;
mod vouchers;

use openchair_tests::Answer;
use openchair_tests::spa::Spa;
use serde_json::{Value, json};

/// The owner sells a voucher for cash.
async fn sell(spa: &Spa, value: i64) -> Value {
    sell_with(spa, json!({ "value_minor": value })).await.expect(201)
}

/// The same, and what is special about it.
async fn sell_with(spa: &Spa, more: Value) -> Answer {
    let mut body = json!({ "location": spa.location, "way": "cash", "value_minor": 5_000 });
    for (key, value) in more.as_object().into_iter().flatten() {
        body[key] = value.clone();
    }
    spa.owner.post("/v1/vouchers", &body).await
}

fn id(it: &Value) -> &str {
    it["id"].as_str().unwrap_or_else(|| panic!("an id of {it}"))
}

/// Pays for a visit with a voucher that was just sold: a part, or all that can be.
async fn redeem(spa: &Spa, visit: &Value, sold: &Value, amount: Option<i64>) -> Answer {
    let body = json!({ "code": sold["code"], "amount_minor": amount });
    spa.owner.post(&format!("/v1/appointments/{}/voucher", id(visit)), &body).await
}

/// How a voucher stands, and what is left of it.
async fn stands(spa: &Spa, sold: &Value) -> (String, i64) {
    let path = format!("/v1/vouchers/{}", id(&sold["voucher"]));
    let found = spa.owner.get(&path).await.expect(200);
    (found["state"].as_str().unwrap().to_owned(), found["left_minor"].as_i64().unwrap())
}

/// Gives back what is left of a voucher.
async fn refund(spa: &Spa, sold: &Value) -> Answer {
    let path = format!("/v1/vouchers/{}/refund", id(&sold["voucher"]));
    spa.owner.post(&path, &json!({ "reason": "They moved away." })).await
}

/// Gives back some of a payment.
async fn give_back(spa: &Spa, payment: &Value, amount: i64) -> Answer {
    let path = format!("/v1/payments/{}/refunds", id(payment));
    spa.owner.post(&path, &json!({ "amount_minor": amount, "reason": "" })).await
}
