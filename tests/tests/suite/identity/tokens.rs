use chrono::Duration;
use data_encoding::BASE64URL_NOPAD;
use openchair_domain::config::KeyBytes;
use openchair_domain::secrets::{Access, AccessTokens};
use openchair_tests::{Browser, Login, PASSWORD, TestApp};
use serde_json::{Value, json};
use std::time::Duration as Life;

use super::is_signed_in;

async fn tokens(app: &TestApp, login: &Login) -> Value {
    let body = json!({ "email": login.email, "password": PASSWORD, "client_name": "till" });
    app.browser().post("/v1/auth/tokens", &body).await.expect(201)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

async fn refresh(browser: &Browser, token: &Value) -> openchair_tests::Answer {
    browser.post("/v1/auth/tokens/refresh", &json!({ "refresh_token": token })).await
}

#[tokio::test]
async fn tokens_are_renewed_and_each_refresh_token_is_good_once() {
    let app = TestApp::start().await;
    let nora = app.login("Nora").await;
    let browser = app.browser();
    let first = tokens(&app, &nora).await;
    assert_eq!((&first["token_type"], &first["expires_in"]), (&"Bearer".into(), &600.into()));
    assert!(is_signed_in(&browser.with_bearer(text(&first["access_token"]))).await);
    let second = refresh(&browser, &first["refresh_token"]).await.expect(201);
    assert_ne!(first["refresh_token"], second["refresh_token"]);
    assert!(is_signed_in(&browser.with_bearer(text(&second["access_token"]))).await);
    let bystander = tokens(&app, &nora).await;

    // Used a second time: somebody else has it. The whole family ends, and nothing besides.
    refresh(&browser, &first["refresh_token"]).await.problem(401, "token_reused");
    refresh(&browser, &second["refresh_token"]).await.is_problem();
    for tokens in [&first, &second] {
        let access = browser.with_bearer(text(&tokens["access_token"]));
        access.get("/v1/me").await.problem(401, "session_expired");
    }
    refresh(&browser, &bystander["refresh_token"]).await.expect(201);
}

/// Two refresh at once with one token: never two families that go on.
#[tokio::test]
async fn a_refresh_token_is_good_once_even_at_once() {
    let app = TestApp::start().await;
    let nora = app.login("Nora").await;
    let first = tokens(&app, &nora).await;
    let body = json!({ "refresh_token": first["refresh_token"] });
    let tries = (0..10).map(|_| app.browser().post("/v1/auth/tokens/refresh", &body).into_future());
    let answers = futures_util::future::join_all(tries).await;
    let won: Vec<_> = answers.iter().filter(|answer| answer.status == 201).collect();
    assert_eq!(won.len(), 1);
    // The others were reuse.
    let access = won[0].json()["access_token"].clone();
    let access = app.browser().with_bearer(text(&access));
    access.get("/v1/me").await.problem(401, "session_expired");
}

#[tokio::test]
async fn tokens_end_by_revocation_and_by_age() {
    let app = TestApp::start().await;
    let nora = app.login("Nora").await;
    let browser = app.browser();
    let ended = tokens(&app, &nora).await;
    let body = json!({ "refresh_token": ended["refresh_token"] });
    browser.post("/v1/auth/tokens/revoke", &body).await.expect(204);
    browser.post("/v1/auth/tokens/revoke", &body).await.expect(204);
    let access = browser.with_bearer(text(&ended["access_token"]));
    access.get("/v1/me").await.problem(401, "session_expired");
    refresh(&browser, &ended["refresh_token"]).await.problem(401, "bad_token");

    let aged = tokens(&app, &nora).await;
    let access = browser.with_bearer(text(&aged["access_token"]));
    app.clock.advance(Duration::seconds(599));
    assert!(is_signed_in(&access).await);
    app.clock.advance(Duration::seconds(2));
    access.get("/v1/me").await.problem(401, "bad_token");
    refresh(&browser, &aged["refresh_token"]).await.expect(201);
    let aged = tokens(&app, &nora).await;
    app.clock.advance(Duration::days(31));
    refresh(&browser, &aged["refresh_token"]).await.problem(401, "bad_token");
}

#[tokio::test]
async fn a_client_is_on_the_page_of_sessions() {
    let app = TestApp::start().await;
    let nora = app.login("Nora").await;
    let issued = tokens(&app, &nora).await;
    let browser = app.sign_in(&nora).await;
    let list = browser.get("/v1/me/sessions").await.expect(200);
    let client = list["items"].as_array().unwrap().iter().find(|item| item["kind"] == "api_client");
    let client = client.unwrap();
    assert_eq!(client["client_name"], "till");
    browser.delete(&format!("/v1/me/sessions/{}", text(&client["id"]))).await.expect(204);
    let access = browser.with_bearer(text(&issued["access_token"]));
    access.get("/v1/me").await.problem(401, "session_expired");
}

#[tokio::test]
async fn forged_tokens_are_refused() {
    let app = TestApp::start().await;
    let nora = app.login("Nora").await;
    let real = tokens(&app, &nora).await;
    let real = text(&real["access_token"]);
    let [header, claims, signature] = real.split('.').collect::<Vec<_>>()[..] else { panic!() };
    let decoded: Value =
        serde_json::from_slice(&BASE64URL_NOPAD.decode(claims.as_bytes()).unwrap()).unwrap();
    let encode = |value: &Value| BASE64URL_NOPAD.encode(value.to_string().as_bytes());
    let none = encode(&json!({ "alg": "none", "typ": "JWT" }));
    let mut raised = decoded.clone();
    raised["exp"] = json!(9_999_999_999_u64);

    let uuid = |name: &str| text(&decoded[name]).parse().unwrap();
    let access = Access { user: uuid("sub"), session: uuid("sid"), tenant: None };
    let with = |key: &[u8], issuer: &str| {
        AccessTokens::new(&KeyBytes::new(key), issuer, Life::from_mins(10)).unwrap()
    };
    let (own, now) = (app.settings.tokens.key.expose(), app.now());
    // What this test forges would be good if it weren't for the one thing.
    assert!(
        is_signed_in(&app.browser().with_bearer(&with(own, &app.url).issue(access, now))).await
    );

    let forged = [
        ("algorithm none", format!("{none}.{claims}.")),
        ("algorithm none, signed", format!("{none}.{claims}.{signature}")),
        ("a longer life", format!("{header}.{}.{signature}", encode(&raised))),
        ("no signature", format!("{header}.{claims}.")),
        ("two parts", format!("{header}.{claims}")),
        ("another key", with(&[7; 32], &app.url).issue(access, now)),
        ("another issuer", with(own, "https://evil.example").issue(access, now)),
        ("expired", with(own, &app.url).issue(access, now - Duration::seconds(601))),
        ("not yet", with(own, &app.url).issue(access, now + Duration::seconds(60))),
        ("nonsense", "a.b.c".to_owned()),
        ("one letter less", real[..real.len() - 1].to_owned()),
        ("huge", format!("{header}.{}.{signature}", "A".repeat(1500))),
        ("a key of nobody's", format!("oc_live_{}", "a".repeat(52))),
        ("half a key", "oc_live_".to_owned()),
        ("a session's secret", app.sign_in(&nora).await.cookie().unwrap()),
    ];
    for (what, token) in forged {
        let answer = app.browser().with_bearer(&token).get("/v1/me").await;
        assert_eq!(answer.status, 401, "{what}: {answer}");
        answer.is_problem();
    }
    for header in ["", "Bearer", "Bearer ", "Basic bm9yYTpwYXNz", "bearer  two", "Bearer \t"] {
        let answer = app.browser().get("/v1/me").header("authorization", header).await;
        assert_eq!(answer.status, 401, "{header:?}: {answer}");
    }
}

#[tokio::test]
async fn api_keys_end_and_say_when_they_were_used() {
    let app = TestApp::start().await;
    let spa = app.business("Lagoon").await;
    let owner = app.sign_in(&spa.owner).await.in_tenant(&spa);
    let ends = (app.now() + Duration::hours(1)).to_rfc3339();
    let body = json!({ "name": "till", "scopes": ["api_key:read"], "expires_at": ends });
    let made = owner.post("/v1/api-keys", &body).await.expect(201);
    let program = app.browser().with_bearer(text(&made["secret"]));
    let seen = program.get("/v1/api-keys").await;
    let list = seen.expect(200);
    assert!(!seen.text().contains(text(&made["secret"])), "shown once");
    assert_eq!(list["items"][0]["id"], made["key"]["id"]);
    let list = program.get("/v1/api-keys").await.expect(200);
    assert!(list["items"][0]["last_used_at"].is_string(), "{list}");
    // What a key may not: more than its maker, and what only persons may.
    program.get("/v1/members").await.problem(403, "not_allowed");
    program.get("/v1/me").await.problem(403, "persons_only");
    app.clock.advance(Duration::hours(1));
    program.get("/v1/api-keys").await.problem(401, "bad_api_key");

    let body = json!({ "name": "till", "scopes": ["api_key:read"] });
    let made = owner.post("/v1/api-keys", &body).await.expect(201);
    let program = app.browser().with_bearer(text(&made["secret"]));
    program.get("/v1/api-keys").await.expect(200);
    owner.delete(&format!("/v1/api-keys/{}", text(&made["key"]["id"]))).await.expect(204);
    program.get("/v1/api-keys").await.problem(401, "bad_api_key");
}
