use chrono::Duration;
use openchair_tests::{PASSWORD, TestApp};
use serde_json::json;

use super::{OTHER_PASSWORD, is_signed_in, sign_in};

#[tokio::test]
async fn a_wrong_password_and_an_unknown_account_are_one() {
    let app = TestApp::start().await;
    let login = app.login("Nora").await;
    let browser = app.browser();
    let wrong = sign_in(&browser, &login.email, "not the right one").await;
    let unknown = sign_in(&browser, "nobody.at.all@example.com", "not the right one").await;
    let nonsense = sign_in(&browser, "not an address", "not the right one").await;
    wrong.problem(401, "bad_credentials");
    for other in [unknown, nonsense] {
        assert_eq!(other.status, 401);
        assert_eq!(other.without_request_id(), wrong.without_request_id());
    }
    assert!(browser.cookie().is_none());
    assert!(!is_signed_in(&browser).await);
    // However somebody writes their address.
    let loud = sign_in(&browser, &login.email.to_uppercase(), PASSWORD).await.expect(200);
    assert_eq!(loud["me"]["user"]["email"], login.email);
}

#[tokio::test]
async fn the_cookie_is_as_locked_as_cookies_get() {
    let app = TestApp::start().await;
    let login = app.login("Nora").await;
    let answer = sign_in(&app.browser(), &login.email, PASSWORD).await;
    let cookie = answer.header("set-cookie");
    assert!(cookie.starts_with("__Host-openchair=oc_se_"), "{cookie}");
    let parts: Vec<&str> = cookie.split("; ").skip(1).collect();
    assert_eq!(parts, ["Path=/", "Max-Age=7776000", "Secure", "HttpOnly", "SameSite=Lax"]);
    assert!(!answer.text().contains("oc_se_"), "the secret is in the cookie and nowhere else");
}

#[tokio::test]
async fn one_sees_and_ends_ones_sessions_and_nobody_elses() {
    let app = TestApp::start().await;
    let (nora, other) = (app.login("Nora").await, app.login("Other").await);
    let (laptop, phone) = (app.sign_in(&nora).await, app.sign_in(&nora).await);
    let stranger = app.sign_in(&other).await;
    let list = laptop.get("/v1/me/sessions").await.expect(200);
    let items = list["items"].as_array().unwrap();
    assert_eq!(items.len(), 2, "{list}");
    let current: Vec<_> = items.iter().filter(|item| item["current"] == true).collect();
    assert_eq!(current.len(), 1);
    let phones = items.iter().find(|item| item["current"] == false).unwrap()["id"].as_str();
    let path = format!("/v1/me/sessions/{}", phones.unwrap());
    stranger.delete(&path).await.problem(404, "not_found");
    assert!(is_signed_in(&phone).await);
    laptop.delete(&path).await.expect(204);
    phone.get("/v1/me").await.problem(401, "session_expired");
    laptop.delete(&path).await.problem(404, "not_found");

    let (tablet, desk) = (app.sign_in(&nora).await, app.sign_in(&nora).await);
    let ended = laptop.post_empty("/v1/me/sessions/revoke-others").await.expect(200);
    assert_eq!(ended["revoked"], 2);
    assert!(is_signed_in(&laptop).await && is_signed_in(&stranger).await);
    assert!(!is_signed_in(&tablet).await && !is_signed_in(&desk).await);

    let stolen = laptop.window();
    laptop.post_empty("/v1/auth/sign-out").await.expect(204);
    assert!(laptop.cookie().is_none(), "signing out takes the cookie away");
    stolen.get("/v1/me").await.problem(401, "session_expired");
}

#[tokio::test]
async fn a_new_password_ends_the_others_and_renews_this_one() {
    let app = TestApp::start().await;
    let nora = app.login("Nora").await;
    let (here, elsewhere) = (app.sign_in(&nora).await, app.sign_in(&nora).await);
    let stolen = here.window();
    let change = |current: &str| json!({ "current": current, "new": OTHER_PASSWORD });
    here.post("/v1/me/password", &change("wrong")).await.problem(401, "bad_credentials");
    here.post("/v1/me/password", &json!({ "new": OTHER_PASSWORD })).await.is_problem();
    assert!(is_signed_in(&elsewhere).await, "nothing changed so far");
    here.post("/v1/me/password", &change(PASSWORD)).await.expect(204);
    assert_ne!(here.cookie(), stolen.cookie(), "the cookie is a new one");
    assert!(is_signed_in(&here).await);
    stolen.get("/v1/me").await.problem(401, "session_expired");
    elsewhere.get("/v1/me").await.problem(401, "session_expired");
    let browser = app.browser();
    sign_in(&browser, &nora.email, PASSWORD).await.problem(401, "bad_credentials");
    sign_in(&browser, &nora.email, OTHER_PASSWORD).await.expect(200);
    // Whoever it was hears of it.
    app.mail(&nora.email, "").await;
}

#[tokio::test]
async fn weak_passwords_are_refused_with_the_field() {
    let app = TestApp::start().await;
    let nora = app.login("Nora").await;
    let browser = app.sign_in(&nora).await;
    for weak in ["short", "password123", "1234567890", &nora.email] {
        let body = json!({ "current": PASSWORD, "new": weak });
        let faults = browser.post("/v1/me/password", &body).await.faults();
        assert!(faults.iter().all(|(field, _)| field == "/new"), "{weak}: {faults:?}");
    }
    sign_in(&app.browser(), &nora.email, PASSWORD).await.expect(200);
}

#[tokio::test]
async fn sessions_end_by_idleness_and_by_age() {
    let settings = [("session.idle_hours", "2"), ("session.absolute_hours", "10")];
    let app = TestApp::with(&settings).await;
    let nora = app.login("Nora").await;
    let (idle, busy) = (app.sign_in(&nora).await, app.sign_in(&nora).await);
    app.clock.advance(Duration::minutes(119));
    assert!(is_signed_in(&busy).await);
    app.clock.advance(Duration::minutes(2));
    idle.get("/v1/me").await.problem(401, "session_expired");
    let list = busy.get("/v1/me/sessions").await.expect(200);
    assert_eq!(list["items"].as_array().unwrap().len(), 1, "what has ended isn't shown");
    // Used every hour, it lasts until its tenth.
    for hour in 3..10 {
        app.clock.set(app.now() + Duration::minutes(59));
        assert!(is_signed_in(&busy).await, "in hour {hour}");
    }
    app.clock.advance(Duration::minutes(90));
    busy.get("/v1/me").await.problem(401, "session_expired");
}

/// Nothing that lets anybody in can be read out of the tables.
#[tokio::test]
async fn secrets_are_not_kept_in_the_clear() {
    let app = TestApp::start().await;
    let spa = app.business("Lagoon").await;
    let owner = app.sign_in(&spa.owner).await.in_tenant(&spa);
    let key = json!({ "name": "till", "scopes": ["team:read"] });
    let key = owner.post("/v1/api-keys", &key).header("idempotency-key", "k").await.expect(201);
    let wanted = json!({ "email": spa.owner.email, "password": PASSWORD, "client_name": "x" });
    let tokens = app.browser().post("/v1/auth/tokens", &wanted).await.expect(201);
    let totp = owner.post_empty("/v1/me/totp").await.json();
    let link = json!({ "email": spa.owner.email });
    owner.post("/v1/auth/magic-link", &link).await.expect(202);
    let guest = json!({ "email": "guest@example.com", "role": "provider" });
    owner.post("/v1/invitations", &guest).await.expect(201);
    let links = [
        app.mailed_token(&spa.owner.email, "sign").await,
        app.mailed_token("guest@example.com", "").await,
    ];
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let mut secrets = vec![
        PASSWORD.to_owned(),
        owner.cookie().unwrap(),
        text(&key["secret"]),
        text(&tokens["access_token"]),
        text(&tokens["refresh_token"]),
        text(&totp["secret"]),
    ];
    secrets.extend(links);
    // The mailbox is the mail itself, and for development only.
    let tables = app.database.tables().await.into_iter().filter(|table| table != "mailbox");
    for table in tables {
        for secret in &secrets {
            let hex = data_encoding::HEXLOWER.encode(secret.as_bytes());
            let sql = format!(
                "select count(*) from {table} t
                 where t::text like '%{secret}%' or t::text like '%{hex}%'"
            );
            assert_eq!(app.database.count(&sql).await, 0, "{table} holds {secret}");
        }
    }
}
