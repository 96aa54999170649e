//! What isn't meant is refused, in Stripe's words.

use crate::caller::{Caller, form, of, read, refusal};

const SESSIONS: &str = "/v1/checkout/sessions";

#[tokio::test]
async fn who_asks_has_to_say_who_they_are() {
    let caller = Caller::new().await;
    let url = format!("{}/v1/balance", caller.stand.origin());
    let version = ("stripe-version", "2026-06-24.dahlia");
    let ask = || caller.http.get(&url).header(version.0, version.1);
    assert_eq!(refusal(&read(ask()).await).0, 401);
    assert_eq!(refusal(&read(ask().bearer_auth("sk_test_other")).await).0, 401);
    let browser = read(ask().bearer_auth("pk_test_stand_in")).await;
    assert_eq!(refusal(&browser), (403, "secret_key_required", ""));
    assert_eq!(read(ask().bearer_auth("sk_test_stand_in")).await.0, 200);
    assert_eq!(read(ask().basic_auth("sk_test_stand_in", Some(""))).await.0, 200);
    // No answer repeats the key.
    let refused = read(ask().bearer_auth("sk_test_of_somebody")).await.1.to_string();
    assert!(!refused.contains("sk_test_of_some"), "{refused}");
}

#[tokio::test]
async fn the_version_is_always_said() {
    let caller = Caller::new().await;
    let url = format!("{}/v1/balance", caller.stand.origin());
    let ask = || caller.http.get(&url).bearer_auth("sk_test_stand_in");
    assert_eq!(refusal(&read(ask()).await).0, 400);
    for odd in [
        "yesterday",
        "2026-13-01",
        "2026-06-24.",
        "2026-06-24.Dahlia",
        "2026-06-24",
        "1999-01-01.zzz",
        "2024-06-20",
    ] {
        assert_eq!(read(ask().header("stripe-version", odd)).await.0, 400, "{odd}");
    }
    let said = ask().header("stripe-version", "2026-06-24.dahlia").send().await.unwrap();
    assert_eq!(said.status(), 200);
    assert_eq!(said.headers()["stripe-version"], "2026-06-24.dahlia");
    assert!(said.headers()["request-id"].to_str().unwrap().starts_with("req_"));
}

#[tokio::test]
async fn unknown_and_missing_parameters() {
    let caller = Caller::new().await;
    let good = form(1_000, "eur");
    let cases = [
        (format!("{good}&colour=red"), "parameter_unknown", "colour"),
        (format!("{good}&line_items[0][price]=x"), "parameter_unknown", "line_items[0][price]"),
        (good.replace("mode=payment&", ""), "parameter_missing", "mode"),
        (good.replace("success_url", "metadata[a]"), "parameter_missing", "success_url"),
        (
            good.replace("line_items[0][quantity]=1&", ""),
            "parameter_missing",
            "line_items[0][quantity]",
        ),
        (
            good.replace("unit_amount]=1000", "unit_amount]=10.00"),
            "parameter_invalid_integer",
            "line_items[0][price_data][unit_amount]",
        ),
        (
            good.replace("unit_amount]=1000", "unit_amount]="),
            "parameter_invalid_empty",
            "line_items[0][price_data][unit_amount]",
        ),
        (good.replace("=eur", "=xyz"), "", "line_items[0][price_data][currency]"),
        (good.replace("unit_amount]=1000", "unit_amount]=49"), "amount_too_small", "line_items"),
        (
            good.replace("unit_amount]=1000", "unit_amount]=100000000"),
            "amount_too_large",
            "line_items",
        ),
        (good.replace("https://shop.example/back?of", "/back?of"), "url_invalid", "success_url"),
        (good.replace("ann@example.com", "ann"), "email_invalid", "customer_email"),
        (format!("{good}&locale=ar"), "", "locale"),
        (format!("{good}&expires_at=1790001799"), "", "expires_at"),
        (format!("{good}&expires_at=1790086401"), "", "expires_at"),
    ];
    for (form, code, param) in cases {
        let answer = caller.posted(SESSIONS, &form).await;
        assert_eq!(refusal(&answer), (400, code, param), "{form}");
    }
    assert!(caller.stand.book().sessions.is_empty());
    let json =
        caller.request("POST", SESSIONS).header("content-type", "application/json").body("{}");
    assert_eq!(read(json).await.0, 400);
}

#[tokio::test]
async fn amounts_are_those_that_cards_know() {
    let caller = Caller::new().await;
    for (amount, currency, status) in [
        (1_000, "jpy", 200),
        (49, "jpy", 400),
        (1_500, "isk", 200),
        (1_550, "isk", 400),
        (1_550, "ugx", 400),
        (1_230, "kwd", 200),
        (1_234, "kwd", 400),
        (1_234, "USD", 200),
    ] {
        let answer = caller.posted(SESSIONS, &form(amount, currency)).await;
        assert_eq!(answer.0, status, "{amount} {currency} {answer:?}");
    }
}

#[tokio::test]
async fn what_is_not_there_or_somebody_elses() {
    let caller = Caller::new().await;
    for path in ["payment_intents/pi_1", "checkout/sessions/cs_1", "refunds/re_1", "events/evt_1"] {
        let answer = caller.get(&format!("/v1/{path}")).await;
        assert_eq!((answer.0, refusal(&answer).1), (404, "resource_missing"), "{path}");
    }
    assert_eq!(caller.get("/v1/unicorns").await.0, 404);
    let session = caller.session(1_000, "eur").await;
    let path = format!("/v1/checkout/sessions/{}", session["id"].as_str().unwrap());
    let other = caller.stand.new_account("FR");
    let as_other = caller.request("GET", &path).header("stripe-account", other);
    assert_eq!(refusal(&read(as_other).await).0, 404);
    let as_platform = caller.request("GET", &path);
    assert_eq!(refusal(&read(as_platform).await).0, 404);
    let as_nobody = caller.request("GET", &path).header("stripe-account", "acct_nobody");
    assert_eq!(refusal(&read(as_nobody).await), (403, "account_invalid", ""));
}

/// Every field of Stripe's own examples is in the answers.
#[tokio::test]
async fn answers_have_the_published_shapes() {
    let caller = Caller::new().await;
    let examples: serde_json::Value =
        serde_json::from_str(include_str!("../src/examples.json")).unwrap();
    let session = caller.paid(2_000, "4000000000000259").await;
    let intent = session["payment_intent"].clone();
    let charge = intent["latest_charge"].as_str().unwrap().to_owned();
    let paid = caller.paid(2_000, "4242424242424242").await;
    let form = format!("payment_intent={}", paid["payment_intent"]["id"].as_str().unwrap());
    let event = caller.stand.events()[0].clone();
    let dispute =
        caller.stand.events().into_iter().find(|one| one["type"] == "charge.dispute.created");
    let account = format!("/v1/accounts/{}", caller.account);
    let link = format!(
        "account={}&type=account_onboarding&refresh_url=https://a.example&return_url=https://a.example",
        caller.account
    );
    let link = caller.request("POST", "/v1/account_links").body(link);
    let link = link.header("content-type", "application/x-www-form-urlencoded");
    let answers = [
        ("checkout.session", session),
        ("payment_intent", intent),
        ("charge", caller.get(&format!("/v1/charges/{charge}")).await.1),
        ("refund", caller.posted("/v1/refunds", &form).await.1),
        ("dispute", dispute.unwrap()["data"]["object"].clone()),
        ("event", event),
        ("balance", caller.get("/v1/balance").await.1),
        ("account", caller.get(&account).await.1),
        ("account_link", of(link.send().await.unwrap()).await.1),
    ];
    for (kind, answer) in answers {
        assert_eq!(answer["object"], kind, "{answer}");
        let fields = answer.as_object().unwrap();
        for field in examples[kind].as_object().unwrap().keys() {
            assert!(fields.contains_key(field), "{kind}.{field}");
        }
    }
}
