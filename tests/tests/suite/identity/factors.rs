use chrono::Duration;
use openchair_domain::secrets::{TokenKind, TotpSecret};
use openchair_tests::{PASSWORD, TestApp};
use serde_json::json;

use super::{OTHER_PASSWORD, challenge, is_signed_in, set_up_totp, sign_in};

const STEP: i64 = 30;

#[tokio::test]
async fn a_second_factor_is_set_up_with_a_first_code() {
    let app = TestApp::start().await;
    let nora = app.login("Nora").await;
    let (browser, elsewhere) = (app.sign_in(&nora).await, app.sign_in(&nora).await);
    let confirm = "/v1/me/totp/confirm";
    browser
        .post(confirm, &json!({ "code": "123456", "password": PASSWORD }))
        .await
        .problem(409, "second_factor_inactive");
    let begun = browser.post_empty("/v1/me/totp").await.json();
    assert!(begun["otpauth_url"].as_str().unwrap().starts_with("otpauth://totp/"), "{begun}");
    for wrong in ["000000", "12345", "abcdef", "１２３４５６"] {
        let wrong = json!({ "code": wrong, "password": PASSWORD });
        browser.post(confirm, &wrong).await.problem(401, "bad_code");
    }
    // A borrowed phone alone locks nobody out of their own login.
    let secret = data_encoding::BASE32_NOPAD.decode(begun["secret"].as_str().unwrap().as_bytes());
    let secret = TotpSecret::from_stored(secret.unwrap()).unwrap();
    let right = json!({ "code": secret.code_at(app.now()).unwrap() });
    browser.post(confirm, &right).await.problem(401, "bad_credentials");
    // Begun is not set up: a password is enough still.
    assert_eq!(sign_in(&app.browser(), &nora.email, PASSWORD).await.json()["status"], "signed_in");
    let stolen = browser.window();
    let (_, codes) = set_up_totp(&app, &browser).await;
    assert_eq!(codes.len(), 10);
    assert_ne!(browser.cookie(), stolen.cookie(), "what a session may do changed: a new secret");
    stolen.get("/v1/me").await.problem(401, "session_expired");
    elsewhere.get("/v1/me").await.problem(401, "session_expired");
    assert_eq!(browser.get("/v1/me").await.expect(200)["user"]["two_factor"], true);
    browser.post_empty("/v1/me/totp").await.problem(409, "second_factor_active");
}

#[tokio::test]
async fn a_code_is_good_once() {
    let app = TestApp::start().await;
    let nora = app.login("Nora").await;
    let (secret, _) = set_up_totp(&app, &app.sign_in(&nora).await).await;
    let second = "/v1/auth/second-factor";
    let answer = |challenge, code: &str| json!({ "challenge": challenge, "code": code });
    let browser = app.browser();

    // The code that confirmed the set-up is used up.
    let code = secret.code_at(app.now()).unwrap();
    let asked = challenge(&browser, &nora).await;
    browser.post(second, &answer(asked.clone(), &code)).await.problem(401, "bad_code");
    app.clock.advance(Duration::seconds(STEP));
    let code = secret.code_at(app.now()).unwrap();
    browser.post(second, &answer(asked.clone(), &code)).await.expect(200);
    assert!(is_signed_in(&browser).await);

    // Replayed: with the same challenge, and with one of its own.
    let thief = app.browser();
    thief.post(second, &answer(asked, &code)).await.problem(401, "link_invalid");
    let asked = challenge(&thief, &nora).await;
    thief.post(second, &answer(asked, &code)).await.problem(401, "bad_code");
    // And an older one than the last, though it is within the tolerance.
    let old = secret.code_at(app.now() - Duration::seconds(STEP)).unwrap();
    let asked = challenge(&thief, &nora).await;
    thief.post(second, &answer(asked, &old)).await.problem(401, "bad_code");
    assert!(!is_signed_in(&thief).await);
}

/// Many who show one code at once: one gets in, whichever way they all take.
#[tokio::test]
async fn a_code_is_good_once_even_at_once() {
    let app = TestApp::start().await;
    let nora = app.login("Nora").await;
    let (secret, codes) = set_up_totp(&app, &app.sign_in(&nora).await).await;
    app.clock.advance(Duration::seconds(STEP));
    for code in [secret.code_at(app.now()).unwrap(), codes[0].clone()] {
        let body = json!({ "email": nora.email, "password": PASSWORD, "client_name": "x",
                           "code": code });
        let tries = (0..8).map(|_| app.browser().post("/v1/auth/tokens", &body).into_future());
        let answers = futures_util::future::join_all(tries).await;
        let won = answers.iter().filter(|answer| answer.status == 201).count();
        assert_eq!(won, 1, "with {code}");
    }
    app.clock.advance(Duration::seconds(STEP));
    for code in [secret.code_at(app.now()).unwrap(), codes[1].clone()] {
        let mut tries = Vec::new();
        for _ in 0..8 {
            let browser = app.browser();
            let asked = challenge(&browser, &nora).await;
            let body = json!({ "challenge": asked, "code": code });
            tries.push(browser.post("/v1/auth/second-factor", &body).into_future());
        }
        let answers = futures_util::future::join_all(tries).await;
        let won = answers.iter().filter(|answer| answer.status == 200).count();
        assert_eq!(won, 1, "with {code}");
    }
}

#[tokio::test]
async fn guessing_ends_the_challenge() {
    let app = TestApp::start().await;
    let nora = app.login("Nora").await;
    let (secret, _) = set_up_totp(&app, &app.sign_in(&nora).await).await;
    app.clock.advance(Duration::seconds(STEP));
    let browser = app.browser();
    let asked = challenge(&browser, &nora).await;
    let second = "/v1/auth/second-factor";
    for guess in 0..5 {
        let body = json!({ "challenge": asked, "code": format!("00000{guess}") });
        browser.post(second, &body).await.problem(401, "bad_code");
    }
    let right = json!({ "challenge": asked, "code": secret.code_at(app.now()).unwrap() });
    browser.post(second, &right).await.problem(401, "link_invalid");
    assert!(!is_signed_in(&browser).await);
}

/// Whatever way leads in, the second factor stands in it.
#[tokio::test]
async fn no_way_leads_round_the_second_factor() {
    let app = TestApp::start().await;
    let nora = app.login("Nora").await;
    let (secret, _) = set_up_totp(&app, &app.sign_in(&nora).await).await;
    app.clock.advance(Duration::seconds(STEP));
    let browser = app.browser();

    let link = json!({ "token": app.link(&nora, TokenKind::MagicLink).await });
    let half = browser.post("/v1/auth/magic-link/redeem", &link).await.expect(200);
    assert_eq!(half["status"], "second_factor_required");
    assert!(browser.cookie().is_none() && half["me"].is_null());

    let token = app.link(&nora, TokenKind::PasswordReset).await;
    let reset = json!({ "token": token, "password": OTHER_PASSWORD });
    browser.post("/v1/auth/password-reset/redeem", &reset).await.expect(204);
    assert!(browser.cookie().is_none());
    let half = sign_in(&browser, &nora.email, OTHER_PASSWORD).await.expect(200);
    assert_eq!(half["status"], "second_factor_required");

    let tokens = |code: Option<&str>| json!({ "email": nora.email, "password": OTHER_PASSWORD, "client_name": "x", "code": code });
    let path = "/v1/auth/tokens";
    browser.post(path, &tokens(None)).await.problem(401, "second_factor_required");
    browser.post(path, &tokens(Some("000000"))).await.problem(401, "bad_code");
    let code = secret.code_at(app.now()).unwrap();
    browser.post(path, &tokens(Some(&code))).await.expect(201);
    browser.post(path, &tokens(Some(&code))).await.problem(401, "bad_code");
    // The challenge of a login is no session, nor a link.
    let challenge = half["challenge"].as_str().unwrap();
    browser.set_cookie(Some(challenge));
    browser.get("/v1/me").await.problem(401, "session_expired");
    browser.set_cookie(None);
    let redeem = json!({ "token": challenge });
    browser.post("/v1/auth/magic-link/redeem", &redeem).await.problem(401, "link_invalid");
}

#[tokio::test]
async fn a_recovery_code_is_good_once_and_until_there_are_new_ones() {
    let app = TestApp::start().await;
    let nora = app.login("Nora").await;
    let owner = app.sign_in(&nora).await;
    let (_, codes) = set_up_totp(&app, &owner).await;
    let try_code = async |code: &str| {
        let browser = app.browser();
        let body = json!({ "challenge": challenge(&browser, &nora).await, "code": code });
        browser.post("/v1/auth/second-factor", &body).await
    };
    try_code(&codes[0]).await.expect(200);
    try_code(&codes[0]).await.problem(401, "bad_code");
    // However it is typed.
    try_code(&codes[1].to_uppercase().replace('-', " ")).await.expect(200);
    let renewed = json!({ "code": codes[2] });
    let renewed = owner.post("/v1/me/recovery-codes", &renewed).await.expect(200);
    try_code(&codes[3]).await.problem(401, "bad_code");
    try_code(renewed["recovery_codes"][0].as_str().unwrap()).await.expect(200);
}

#[tokio::test]
async fn removing_it_wants_password_and_code() {
    let app = TestApp::start().await;
    let nora = app.login("Nora").await;
    let browser = app.sign_in(&nora).await;
    let (secret, _) = set_up_totp(&app, &browser).await;
    app.clock.advance(Duration::seconds(STEP));
    let code = secret.code_at(app.now()).unwrap();
    let disable = "/v1/me/totp/disable";
    browser.post(disable, &json!({ "code": code })).await.is_problem();
    let wrong = json!({ "code": code, "password": "wrong" });
    browser.post(disable, &wrong).await.problem(401, "bad_credentials");
    let wrong = json!({ "code": "000000", "password": PASSWORD });
    browser.post(disable, &wrong).await.problem(401, "bad_code");
    let stolen = browser.window();
    browser.post(disable, &json!({ "code": code, "password": PASSWORD })).await.expect(204);
    stolen.get("/v1/me").await.problem(401, "session_expired");
    assert_eq!(sign_in(&app.browser(), &nora.email, PASSWORD).await.json()["status"], "signed_in");
}

/// An owner's rule is in force with the next request, and tells what to do.
#[tokio::test]
async fn a_business_may_insist() {
    let app = TestApp::start().await;
    let spa = app.business("Strict").await;
    let mate = app.member(&spa, openchair_domain::authz::BuiltIn::Manager).await;
    let owner = app.sign_in(&spa.owner).await.in_tenant(&spa);
    let mate = app.sign_in(&mate).await.in_tenant(&spa);
    set_up_totp(&app, &owner).await;
    let security = json!({ "require_two_factor": true });
    let call = owner.put("/v1/tenant/security", &security).header("if-match", "\"1\"");
    call.await.expect(200);
    mate.get("/v1/members").await.problem(403, "second_factor_setup_required");
    assert!(is_signed_in(&mate).await, "to set it up one gets in");
    set_up_totp(&app, &mate).await;
    mate.get("/v1/members").await.expect(200);
}
