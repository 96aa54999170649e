use chrono::Duration;
use openchair_domain::secrets::TokenKind;
use openchair_tests::{PASSWORD, TestApp};
use serde_json::json;

use super::{OTHER_PASSWORD, is_signed_in, sign_in};

#[tokio::test]
async fn a_magic_link_signs_in_once() {
    let app = TestApp::start().await;
    let nora = app.login("Nora").await;
    let browser = app.browser();
    let known = browser.post("/v1/auth/magic-link", &json!({ "email": nora.email })).await;
    let nobody = json!({ "email": "nobody.at.all@example.com" });
    let unknown = browser.post("/v1/auth/magic-link", &nobody).await;
    assert_eq!((known.status, known.body), (202, unknown.body), "nobody learns who has a login");
    let token = app.mailed_token(&nora.email, "").await;
    let redeem = json!({ "token": token });
    let done = browser.post("/v1/auth/magic-link/redeem", &redeem).await.expect(200);
    assert_eq!(done["status"], "signed_in");
    assert!(is_signed_in(&browser).await);
    let again = app.browser();
    again.post("/v1/auth/magic-link/redeem", &redeem).await.problem(401, "link_invalid");
    assert!(!is_signed_in(&again).await);
    let mails = app.browser().get("/dev/mail.json").await.expect(200);
    assert!(!mails.to_string().contains("nobody.at.all"), "{mails}");
}

/// A link of one kind is no link of another, and none lasts for ever.
#[tokio::test]
async fn links_are_good_for_one_thing_and_for_a_while() {
    let app = TestApp::start().await;
    let nora = app.login("Nora").await;
    let browser = app.browser();
    let ways = [
        (TokenKind::MagicLink, "/v1/auth/magic-link/redeem"),
        (TokenKind::PasswordReset, "/v1/auth/password-reset/redeem"),
        (TokenKind::VerifyEmail, "/v1/auth/verify-email"),
    ];
    let body = |path: &str, token: &str| {
        if path.contains("reset") {
            json!({ "token": token, "password": OTHER_PASSWORD })
        } else {
            json!({ "token": token })
        }
    };
    for (kind, own) in ways {
        let token = app.link(&nora, kind).await;
        for (_, other) in ways.iter().filter(|(_, path)| *path != own) {
            browser.post(other, &body(other, &token)).await.problem(401, "link_invalid");
        }
        for wrong in
            ["", "x", &token[..token.len() - 1], &token.to_uppercase(), &format!("{token}a")]
        {
            browser.post(own, &body(own, wrong)).await.is_problem();
        }
        app.clock.advance(Duration::minutes(11));
        browser.post(own, &body(own, &token)).await.problem(401, "link_invalid");
    }
    assert!(browser.cookie().is_none());
    sign_in(&browser, &nora.email, PASSWORD).await.expect(200);
}

#[tokio::test]
async fn a_reset_ends_every_session() {
    let app = TestApp::start().await;
    let nora = app.login("Nora").await;
    let (laptop, phone) = (app.sign_in(&nora).await, app.sign_in(&nora).await);
    let wanted = json!({ "email": nora.email, "password": PASSWORD, "client_name": "till" });
    let tokens = app.browser().post("/v1/auth/tokens", &wanted).await.expect(201);
    let program = app.browser().with_bearer(tokens["access_token"].as_str().unwrap());
    assert!(is_signed_in(&program).await);

    let browser = app.browser();
    let reset = "/v1/auth/password-reset";
    browser.post(reset, &json!({ "email": nora.email })).await.expect(202);
    let token = app.mailed_token(&nora.email, "password").await;
    // A password that is refused does not use the link up.
    let redeem = |password: &str| json!({ "token": token, "password": password });
    let path = "/v1/auth/password-reset/redeem";
    browser.post(path, &redeem("password1")).await.faults();
    browser.post(path, &redeem(OTHER_PASSWORD)).await.expect(204);
    assert!(browser.cookie().is_none(), "a reset does not sign in");
    for ended in [&laptop, &phone, &program] {
        ended.get("/v1/me").await.problem(401, "session_expired");
    }
    browser.post(path, &redeem("another fine sentence here")).await.problem(401, "link_invalid");
    sign_in(&browser, &nora.email, PASSWORD).await.problem(401, "bad_credentials");
    sign_in(&browser, &nora.email, OTHER_PASSWORD).await.expect(200);
}

#[tokio::test]
async fn an_address_is_verified_by_the_mail_that_welcomes() {
    let app = TestApp::start().await;
    let browser = app.browser();
    let body = json!({
        "business": { "name": "Fresh", "kind": "salon", "country": "DE" },
        "owner": { "name": "Uwe", "email": "Uwe@Example.com", "password": PASSWORD },
    });
    let made = browser.post("/v1/signup", &body).await.expect(201);
    assert_eq!(
        (&made["signed_in"], &made["user"]["email_verified"]),
        (&true.into(), &false.into())
    );
    let token = app.mailed_token("Uwe@Example.com", "").await;
    let path = "/v1/auth/verify-email";
    app.browser().post(path, &json!({ "token": token })).await.expect(204);
    let me = browser.get("/v1/me").await.expect(200);
    assert_eq!(me["user"]["email_verified"], true);
    browser.post(path, &json!({ "token": token })).await.problem(401, "link_invalid");
    browser.post_empty("/v1/me/verify-email").await.problem(409, "already_verified");
}

/// Without a password there is a link, and no session before it is opened.
#[tokio::test]
async fn a_sign_up_without_a_password_is_finished_by_mail() {
    let app = TestApp::start().await;
    let browser = app.browser();
    let body = json!({
        "business": { "name": "Quiet", "kind": "clinic", "country": "US" },
        "owner": { "name": "Zoe", "email": "zoe@example.com" },
    });
    let made = browser.post("/v1/signup", &body).await.expect(201);
    assert_eq!(made["signed_in"], false);
    assert!(browser.cookie().is_none());
    let token = app.mailed_token("zoe@example.com", "").await;
    let redeem = json!({ "token": token });
    let done = browser.post("/v1/auth/magic-link/redeem", &redeem).await.expect(200);
    assert_eq!(done["me"]["user"]["email_verified"], true);
    assert_eq!(done["me"]["memberships"][0]["role"]["key"], "owner");
}
