//! Who somebody is, and everything that has been tried elsewhere to be somebody else.

mod factors;
mod links;
mod principal;
mod sessions;
mod tokens;

use openchair_domain::secrets::TotpSecret;
use openchair_tests::{Answer, Browser, Login, PASSWORD, TestApp};
use serde_json::{Value, json};

/// Another password that the rule lets through.
pub const OTHER_PASSWORD: &str = "nine loud geese at dawn";

/// Signs in with a password.
pub async fn sign_in(browser: &Browser, email: &str, password: &str) -> Answer {
    browser.post("/v1/auth/sign-in", &json!({ "email": email, "password": password })).await
}

/// Whether this browser is signed in.
pub async fn is_signed_in(browser: &Browser) -> bool {
    browser.get("/v1/me").await.status == 200
}

/// A second factor, set up in this browser, and its recovery codes. Its present code is used up.
pub async fn set_up_totp(app: &TestApp, browser: &Browser) -> (TotpSecret, Vec<String>) {
    let begun = browser.post_empty("/v1/me/totp").await.json();
    let secret = begun["secret"].as_str().unwrap().as_bytes();
    let secret = data_encoding::BASE32_NOPAD.decode(secret).unwrap();
    let secret = TotpSecret::from_stored(secret).unwrap();
    let code = json!({ "code": secret.code_at(app.now()).unwrap(), "password": PASSWORD });
    let codes = browser.post("/v1/me/totp/confirm", &code).await.expect(200);
    let codes: Vec<String> = serde_json::from_value(codes["recovery_codes"].clone()).unwrap();
    (secret, codes)
}

/// The first half of a sign-in, which must ask for the second.
pub async fn challenge(browser: &Browser, login: &Login) -> Value {
    let half = sign_in(browser, &login.email, PASSWORD).await.expect(200);
    assert_eq!(half["status"], "second_factor_required", "{half}");
    assert!(browser.cookie().is_none() && half["me"].is_null(), "half a sign-in is none: {half}");
    half["challenge"].clone()
}
