//! What is told of what is sold ahead.

use serde_json::{Value, json};

use super::Bench;

const TYPES: [&str; 8] = [
    "voucher.sold",
    "voucher.used",
    "voucher.refunded",
    "pass.sold",
    "pass.used",
    "pass.refunded",
    "membership.sold",
    "membership.cancelled",
];

fn id(it: &Value) -> &str {
    it["id"].as_str().unwrap_or_else(|| panic!("an id of {it}"))
}

#[tokio::test]
async fn what_is_sold_ahead_is_told_of_too() {
    let bench = Bench::with(&[], json!({ "events": TYPES })).await;
    let (owner, location) = (&bench.spa.owner, &bench.spa.location);
    let visit = bench.visit("10:00").await;
    let (customer, visit) = (&visit["customer"]["id"], id(&visit));
    let post = async |path: String, body: Value| owner.post(&path, &body).await.json();
    let body = json!({ "location": location, "way": "cash", "value_minor": 5_000 });
    let sold = post("/v1/vouchers".into(), body).await;
    let voucher = id(&sold["voucher"]);
    let body = json!({ "code": sold["code"], "amount_minor": 1_000 });
    let paid = post(format!("/v1/appointments/{visit}/voucher"), body).await;
    post(format!("/v1/vouchers/{voucher}/refund"), json!({ "reason": "Too much" })).await;
    let body = json!({ "name": "Three", "uses": 3, "price_minor": 9_000, "valid_days": 30,
                       "service_ids": [bench.spa.id("Wax")] });
    let kind = post("/v1/pass-kinds".into(), body).await;
    let body = json!({ "kind": kind["id"], "customer": customer, "location": location,
                       "way": "cash" });
    let pass = post("/v1/passes".into(), body).await;
    let body = json!({ "pass": pass["id"], "line": 0 });
    let used = post(format!("/v1/appointments/{visit}/pass"), body).await;
    post(format!("/v1/passes/{}/refund", id(&pass)), json!({ "reason": "" })).await;
    let plan = json!({ "category_id": bench.spa.id("category"), "name": "Club", "period": "month",
                       "price_minor": 900 });
    let plan = post("/v1/membership-plans".into(), plan).await;
    let body = json!({ "customer": customer, "plan": plan["id"], "location": location,
                       "way": "cash" });
    let membership = post("/v1/memberships".into(), body).await;
    let body = json!({ "refund_minor": 400, "reason": "Moved away" });
    post(format!("/v1/memberships/{}/cancellation", id(&membership)), body).await;
    let got = bench.receiver.gets(TYPES.len()).await;
    let mut kinds: Vec<_> = got.iter().map(openchair_tests::receiver::Received::kind).collect();
    kinds.sort();
    let mut all = TYPES.to_vec();
    all.sort_unstable();
    assert_eq!(kinds, all);
    let told = |kind: &str| got.iter().find(|one| one.kind() == kind).unwrap().json();
    let of = |kind: &str, key: &str| told(kind)["data"][key].clone();
    for (kind, whose) in [("voucher.sold", voucher), ("pass.sold", id(&pass))] {
        assert_eq!(of(kind, "id"), whose, "{kind}");
    }
    assert_eq!(
        (of("voucher.used", "appointment"), of("voucher.used", "payment")),
        (json!(visit), paid["id"].clone())
    );
    assert_eq!(of("voucher.used", "amount_minor"), 1_000);
    assert_eq!(of("voucher.refunded", "amount_minor"), 4_000);
    assert_eq!(told("voucher.refunded")["reason"], "Too much");
    assert_eq!(
        (of("pass.used", "payment"), of("pass.used", "amount_minor"), of("pass.used", "customer")),
        (used["id"].clone(), json!(3_000), customer.clone())
    );
    assert_eq!(of("pass.refunded", "amount_minor"), 6_000);
    assert!(told("pass.refunded").get("reason").is_none());
    assert_eq!(
        (of("membership.sold", "id"), of("membership.sold", "plan")),
        (membership["id"].clone(), plan["id"].clone())
    );
    assert_eq!(of("membership.cancelled", "amount_minor"), 400);
    assert_eq!(told("membership.cancelled")["reason"], "Moved away");
    // Nobody is told a code.
    let code = sold["code"].as_str().unwrap();
    for one in &got {
        let plain = one.body.replace('-', "");
        assert!(!plain.contains(&code.replace('-', "")), "{}", one.body);
    }
}
