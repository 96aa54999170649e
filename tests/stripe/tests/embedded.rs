//! The form for cards within somebody's page.

use openchair_stripe_stand_in::Settings;
use serde_json::{Value, json};

use crate::caller::Caller;

const FORM: &str = "mode=payment&ui_mode=embedded_page&redirect_on_completion=if_required\
    &return_url=https://shop.example/back&line_items[0][quantity]=1\
    &line_items[0][price_data][currency]=eur&line_items[0][price_data][unit_amount]=4200\
    &line_items[0][price_data][product_data][name]=Cut";

const CARD_FORM: &str = "mode=setup&ui_mode=embedded_page&redirect_on_completion=if_required\
    &return_url=https://shop.example/back&payment_method_types[0]=card&customer_creation=always";

/// A form that was opened: what opens it, and where it is framed.
async fn opened(caller: &Caller) -> (Value, String) {
    opened_with(caller, FORM).await
}

async fn opened_with(caller: &Caller, form: &str) -> (Value, String) {
    let (status, session) = caller.posted("/v1/checkout/sessions", form).await;
    assert_eq!(status, 200, "{session}");
    let secret = session["client_secret"].as_str().unwrap();
    let key = Settings::default().publishable_key;
    let about = format!("key={key}&account={}", caller.account);
    let frame = format!("{}/embed/{secret}?{about}", caller.stand.origin());
    (session, frame)
}

async fn typed(caller: &Caller, frame: &str, body: &'static str) -> (u16, String) {
    let answer = caller.http.post(frame).body(body).send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

async fn seen(caller: &Caller, url: &str) -> (u16, String) {
    let answer = caller.http.get(url).send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

#[tokio::test]
async fn a_payment_in_a_frame() {
    let caller = Caller::new().await;
    let (session, frame) = opened(&caller).await;
    assert_eq!(session["ui_mode"], "embedded_page");
    assert!(session["url"].is_null() && session["success_url"].is_null(), "{session}");
    let (_, form) = seen(&caller, &frame).await;
    assert!(form.contains("name=cardNumber"), "{form}");
    let (_, again) = typed(&caller, &frame, "cardNumber=4000000000000002").await;
    assert!(again.contains("role=alert"), "{again}");
    let (status, _) = typed(&caller, &frame, "cardNumber=4000002500003155").await;
    assert_eq!(status, 303);
    let bank = frame.replace('?', "/3ds?");
    let (_, asked) = seen(&caller, &bank).await;
    assert!(asked.contains("3D Secure"), "{asked}");
    let (_, done) = typed(&caller, &bank, "outcome=complete").await;
    assert!(done.contains("complete: true"), "{done}");
    let id = session["id"].as_str().unwrap();
    let (_, session) = caller.get(&format!("/v1/checkout/sessions/{id}")).await;
    assert_eq!(
        (&session["status"], &session["payment_status"]),
        (&json!("complete"), &json!("paid"))
    );
}

#[tokio::test]
async fn a_card_is_left_in_a_frame() {
    let caller = Caller::new().await;
    let (session, frame) = opened_with(&caller, CARD_FORM).await;
    assert_eq!((&session["ui_mode"], &session["mode"]), (&json!("embedded_page"), &json!("setup")));
    assert!(session["url"].is_null() && session["success_url"].is_null(), "{session}");
    assert_eq!(session["return_url"], "https://shop.example/back");
    let (_, form) = seen(&caller, &frame).await;
    assert!(form.contains("Save card"), "{form}");
    let (status, _) = typed(&caller, &frame, "cardNumber=4000002500003155").await;
    assert_eq!(status, 303);
    let bank = frame.replace('?', "/3ds?");
    let (_, done) = typed(&caller, &bank, "outcome=complete").await;
    assert!(done.contains("complete: true"), "{done}");
    let path = format!(
        "/v1/checkout/sessions/{}?expand[]=setup_intent.payment_method",
        session["id"].as_str().unwrap()
    );
    let (_, session) = caller.get(&path).await;
    assert_eq!(
        (&session["status"], &session["setup_intent"]["status"]),
        (&json!("complete"), &json!("succeeded"))
    );
    assert!(session["setup_intent"]["payment_method"]["id"].is_string(), "{session}");
}

/// Nobody sees the form with another key, for another account, or without its secret.
#[tokio::test]
async fn a_frame_is_for_who_has_its_secret() {
    let caller = Caller::new().await;
    let (session, frame) = opened(&caller).await;
    let id = session["id"].as_str().unwrap();
    for other in [
        frame.replace("pk_test", "pk_live"),
        frame.replace(&caller.account, "acct_other"),
        frame.replace("_secret_", "_secret_x"),
        frame.replace(session["client_secret"].as_str().unwrap(), id),
    ] {
        assert_eq!(seen(&caller, &other).await.0, 404, "{other}");
    }
    let script = format!("{}/dahlia/stripe.js", caller.stand.origin());
    let script = caller.http.get(&script).send().await.unwrap();
    assert!(script.headers()["content-type"].to_str().unwrap().starts_with("text/javascript"));
}

#[tokio::test]
async fn where_one_goes_afterwards_is_said_in_one_way() {
    let caller = Caller::new().await;
    let without = FORM.replace("&return_url=https://shop.example/back", "");
    let card_without = CARD_FORM.replace("&return_url=https://shop.example/back", "");
    for (wrong, about) in [
        (card_without, "return_url"),
        (format!("{CARD_FORM}&success_url=https://shop.example/back"), "success_url"),
        (CARD_FORM.replace("if_required", "never"), "return_url"),
        (without.clone(), "return_url"),
        (format!("{FORM}&success_url=https://shop.example/back"), "success_url"),
        (FORM.replace("if_required", "never"), "return_url"),
        (FORM.replace("embedded_page", "embedded"), "ui_mode"),
        (
            FORM.replace("ui_mode=embedded_page&", "success_url=https://shop.example/&"),
            "return_url",
        ),
    ] {
        let (status, said) = caller.posted("/v1/checkout/sessions", &wrong).await;
        assert_eq!(
            (status, said["error"]["param"].as_str()),
            (400, Some(about)),
            "{wrong}: {said}"
        );
    }
    let never = without.replace("if_required", "never");
    assert_eq!(caller.posted("/v1/checkout/sessions", &never).await.0, 200);
}
