//! Cards that are left for later: where, what is taken from them, and how they are forgotten.

use openchair_stripe_stand_in::{Act, Outcome};
use serde_json::{Value, json};

use crate::caller::{Caller, form, read, refusal};

const GOOD: &str = "4242424242424242";
const SETUP: &str = "mode=setup&payment_method_types[0]=card&customer_creation=always\
    &success_url=https://shop.example/back&cancel_url=https://shop.example/back&metadata[card]=c1\
    &setup_intent_data[metadata][card]=c1&customer_email=ann@example.com";

fn id(of: &Value) -> String {
    of["id"].as_str().unwrap_or_else(|| panic!("a name of {of}")).to_owned()
}

/// Where a card is left: the page's name.
async fn setup(caller: &Caller) -> String {
    let (status, session) = caller.posted("/v1/checkout/sessions", SETUP).await;
    assert_eq!(status, 200, "{session}");
    id(&session)
}

/// A card that was left: whose, and which.
async fn left(caller: &Caller, number: &str) -> (String, String) {
    let page = setup(caller).await;
    if caller.stand.pay(&page, number) == Outcome::Asked {
        assert_eq!(caller.stand.authenticate(&page, true), Outcome::Left);
    }
    let path = format!("/v1/checkout/sessions/{page}?expand[]=setup_intent.payment_method");
    let (_, session) = caller.get(&path).await;
    let customer = session["customer"].as_str().unwrap().to_owned();
    (customer, id(&session["setup_intent"]["payment_method"]))
}

fn fee(customer: &str, method: &str) -> String {
    format!(
        "amount=4500&currency=eur&customer={customer}&payment_method={method}&off_session=true&confirm=true\
         &automatic_payment_methods[enabled]=true&automatic_payment_methods[allow_redirects]=never\
         &metadata[payment]=p1"
    )
}

#[tokio::test]
async fn a_card_is_left_and_pays_later() {
    let caller = Caller::new().await;
    let page = setup(&caller).await;
    let path = format!("/v1/checkout/sessions/{page}?expand[]=setup_intent.payment_method");
    let (_, session) = caller.get(&path).await;
    assert_eq!((&session["status"], &session["mode"]), (&json!("open"), &json!("setup")));
    assert_eq!(session["payment_status"], "no_payment_required");
    assert!(session["amount_total"].is_null() && session["currency"].is_null(), "{session}");
    assert_eq!(session["setup_intent"]["status"], "requires_payment_method");
    assert_eq!(caller.stand.pay(&page, GOOD), Outcome::Left);
    let (_, session) = caller.get(&path).await;
    assert_eq!(session["status"], "complete");
    let intent = &session["setup_intent"];
    assert_eq!((&intent["status"], &intent["usage"]), (&json!("succeeded"), &json!("off_session")));
    assert_eq!(intent["metadata"], json!({ "card": "c1" }));
    assert_eq!(intent["payment_method"]["card"]["brand"], "visa");
    assert_eq!(intent["payment_method"]["customer"], session["customer"]);
    let named = caller.get(&format!("/v1/setup_intents/{}", id(intent))).await.1;
    assert_eq!(named["payment_method"], intent["payment_method"]["id"]);
    let whose = session["customer"].as_str().unwrap();
    let (_, customer) = caller.get(&format!("/v1/customers/{whose}")).await;
    assert_eq!(customer["email"], "ann@example.com");
    assert!(caller.stand.book().charges.is_empty(), "nothing was taken");
    assert_eq!(caller.stand.pay(&page, GOOD), Outcome::Closed);

    let method = id(&intent["payment_method"]);
    let (status, taken) = caller.posted("/v1/payment_intents", &fee(whose, &method)).await;
    assert_eq!((status, &taken["status"]), (200, &json!("succeeded")), "{taken}");
    assert_eq!((&taken["amount_received"], &taken["customer"]), (&json!(4_500), &json!(whose)));
    let [charge] = &caller.stand.book().charges[..] else { panic!("one charge") };
    assert_eq!((charge.amount, charge.account.as_ref()), (4_500, Some(&caller.account)));
    let (_, found) = caller.get(&format!("/v1/payment_intents?customer={whose}&limit=100")).await;
    assert_eq!(found["data"].as_array().unwrap().len(), 1);
    assert_eq!(found["data"][0]["metadata"], json!({ "payment": "p1" }));
    let kinds: Vec<_> = caller.stand.events().iter().map(|event| event["type"].clone()).collect();
    for kind in ["setup_intent.succeeded", "checkout.session.completed", "charge.succeeded"] {
        assert_eq!(kinds.iter().filter(|one| **one == kind).count(), 1, "{kind}");
    }
}

#[tokio::test]
async fn cards_that_pay_later_and_those_that_do_not() {
    let caller = Caller::new().await;
    for (number, expected) in [
        (GOOD, None),
        ("4000002500003155", None),
        ("4000003800000446", None),
        ("4000000000000341", Some(("card_declined", "generic_decline"))),
        ("4000002760003184", Some(("authentication_required", "authentication_required"))),
        ("4000008260003178", Some(("card_declined", "insufficient_funds"))),
    ] {
        let (customer, method) = left(&caller, number).await;
        let answer = caller.posted("/v1/payment_intents", &fee(&customer, &method)).await;
        let path = format!("/v1/payment_intents?customer={customer}");
        let intent = caller.get(&path).await.1["data"][0].clone();
        let Some((code, bank)) = expected else {
            assert_eq!((answer.0, &intent["status"]), (200, &json!("succeeded")), "{number}");
            continue;
        };
        assert_eq!(refusal(&answer), (402, code, ""), "{number}");
        let error = &answer.1["error"];
        assert_eq!((&error["type"], &error["decline_code"]), (&json!("card_error"), &json!(bank)));
        assert_eq!(error["payment_intent"]["id"], intent["id"], "{number}");
        assert_eq!(intent["status"], "requires_payment_method", "{number}");
        assert_eq!(intent["last_payment_error"]["message"], error["message"], "{number}");
    }
    assert_eq!(caller.stand.book().charges.len(), 3);
}

#[tokio::test]
async fn cards_that_cannot_be_left() {
    let caller = Caller::new().await;
    let page = setup(&caller).await;
    assert!(matches!(caller.stand.pay(&page, "4000000000000002"), Outcome::Declined { .. }));
    assert_eq!(caller.stand.pay(&page, "4242424242424241"), Outcome::NoCard);
    assert_eq!(caller.stand.authenticate(&page, true), Outcome::Closed, "nobody asked");
    assert_eq!(caller.stand.pay(&page, "4000002500003155"), Outcome::Asked);
    assert!(matches!(caller.stand.authenticate(&page, false), Outcome::Declined { .. }));
    assert!(caller.stand.book().methods.is_empty());
    let (status, _) = caller.posted(&format!("/v1/checkout/sessions/{page}/expire"), "").await;
    assert_eq!(status, 200);
    assert_eq!(caller.stand.pay(&page, GOOD), Outcome::Closed);
    let canceled = |event: &Value| event["type"] == "setup_intent.canceled";
    assert!(caller.stand.events().iter().any(canceled));
}

/// What is paid at a page is kept for later only where somebody said so.
#[tokio::test]
async fn a_card_that_is_kept_with_a_payment() {
    let caller = Caller::new().await;
    let keeps = "&customer_creation=always&payment_intent_data[setup_future_usage]=off_session";
    for (more, kept) in [("", false), ("&customer_creation=always", false), (keeps, true)] {
        let form = format!("{}{more}", form(4_200, "eur"));
        let (status, session) = caller.posted("/v1/checkout/sessions", &form).await;
        assert_eq!(status, 200, "{session}");
        let page = id(&session);
        assert_eq!(caller.stand.pay(&page, GOOD), Outcome::Paid);
        let path = format!("/v1/checkout/sessions/{page}?expand[]=payment_intent.payment_method");
        let (_, session) = caller.get(&path).await;
        let method = &session["payment_intent"]["payment_method"];
        assert_eq!(method["card"]["last4"], "4242");
        assert_eq!(session["customer"].is_string(), !more.is_empty(), "{more}");
        assert_eq!(method["customer"].is_string(), kept, "{more}");
        let customer = session["customer"].as_str().unwrap_or("cus_nobody");
        let answer = caller.posted("/v1/payment_intents", &fee(customer, &id(method))).await;
        assert_eq!(answer.0, if kept { 200 } else { 400 }, "{more} {answer:?}");
    }
}

#[tokio::test]
async fn a_card_is_forgotten_once() {
    let caller = Caller::new().await;
    let (customer, method) = left(&caller, GOOD).await;
    let path = format!("/v1/payment_methods/{method}/detach");
    let elsewhere = caller.ours_posted(&path, "").await;
    assert_eq!(refusal(&elsewhere), (404, "resource_missing", "id"));
    let (status, gone) = caller.posted(&path, "").await;
    assert_eq!((status, &gone["customer"]), (200, &Value::Null));
    assert_eq!(caller.posted(&path, "").await.0, 400);
    let answer = caller.posted("/v1/payment_intents", &fee(&customer, &method)).await;
    assert_eq!(refusal(&answer), (400, "", "payment_method"));
    assert!(caller.stand.book().intents.is_empty());
}

#[tokio::test]
async fn one_key_takes_once() {
    let caller = Caller::new().await;
    for (number, status) in [(GOOD, 200), ("4000000000000341", 402)] {
        let (customer, method) = left(&caller, number).await;
        let form = fee(&customer, &method);
        let ask = || {
            let request = caller.post("/v1/payment_intents", &form);
            request.header("idempotency-key", format!("fee {number}"))
        };
        caller.stand.trouble("POST /v1/payment_intents", Act::Cut, 1);
        assert!(ask().send().await.is_err());
        let first = read(ask()).await;
        assert_eq!((first.0, &first), (status, &read(ask()).await));
        let found = caller.get(&format!("/v1/payment_intents?customer={customer}")).await.1;
        assert_eq!(found["data"].as_array().unwrap().len(), 1, "{number}");
    }
    assert_eq!(caller.stand.book().charges.len(), 1);
}

#[tokio::test]
async fn what_is_not_meant_is_refused() {
    let caller = Caller::new().await;
    for (form, code, param) in [
        (format!("{SETUP}&colour=red"), "parameter_unknown", "colour"),
        (SETUP.replace("payment_method_types[0]=card&", ""), "parameter_missing", "currency"),
        (SETUP.replace("customer_creation=always&", ""), "", "customer_creation"),
        (SETUP.replace("=ann@example.com", "=ann"), "email_invalid", "customer_email"),
        (
            format!("{SETUP}&payment_intent_data[description]=x"),
            "parameter_unknown",
            "payment_intent_data[description]",
        ),
        (format!("{SETUP}&locale=xx"), "", "locale"),
    ] {
        let answer = caller.posted("/v1/checkout/sessions", &form).await;
        assert_eq!(refusal(&answer), (400, code, param), "{form}");
    }
    let (customer, method) = left(&caller, GOOD).await;
    let (other, _) = left(&caller, GOOD).await;
    let good = fee(&customer, &method);
    for (form, code, param) in [
        (format!("{good}&colour=red"), "parameter_unknown", "colour"),
        (good.replace("=4500", "=49"), "amount_too_small", "amount"),
        (good.replace("=eur", "=xyz"), "", "currency"),
        (good.replace("&confirm=true", ""), "", "off_session"),
        (good.replace("off_session=true", "off_session=maybe"), "", "off_session"),
        (good.replace("=never", "=always"), "", ""),
        (good.replace(&method, "pm_nobody"), "resource_missing", "payment_method"),
        (good.replace(&customer, &other), "", "payment_method"),
        (good.replace(&customer, "cus_nobody"), "resource_missing", "customer"),
    ] {
        let answer = caller.posted("/v1/payment_intents", &form).await;
        assert_eq!(refusal(&answer), (400, code, param), "{form}");
    }
    assert!(caller.stand.book().intents.is_empty());
    let unknown = caller.get("/v1/payment_intents?customer=cus_nobody").await;
    assert_eq!(refusal(&unknown), (400, "resource_missing", "customer"));
}
