//! Being somebody else, or more than one is.

use openchair_domain::authz::BuiltIn;
use openchair_domain::secrets::TokenKind;
use openchair_tests::{PASSWORD, TestApp};
use serde_json::{Value, json};

use super::{OTHER_PASSWORD, is_signed_in, sign_in};

/// A page that isn't ours may send the cookie along; it changes nothing.
#[tokio::test]
async fn a_cookie_from_another_page_changes_nothing() {
    let app = TestApp::start().await;
    let spa = app.business("Lagoon").await;
    let owner = app.sign_in(&spa.owner).await.in_tenant(&spa);
    let body = json!({ "name": "till", "scopes": ["team:read"] });
    let wrong = ["https://evil.example", "null", "http://127.0.0.1:1", "http://127.0.0.1", ""];
    let elsewhere = format!("{}.evil.example", app.url);
    for origin in wrong.into_iter().chain([elsewhere.as_str()]) {
        let page = owner.from_origin(Some(origin));
        page.post("/v1/api-keys", &body).await.problem(403, "wrong_origin");
        page.delete("/v1/me/sessions/ses_00000000000000000000000007")
            .await
            .problem(403, "wrong_origin");
        page.post_empty("/v1/auth/sign-out").await.problem(403, "wrong_origin");
        let login = json!({ "email": spa.owner.email, "password": PASSWORD });
        page.stranger().post("/v1/auth/sign-in", &login).await.problem(403, "wrong_origin");
        // Reading is no change, and the browser keeps the answer from the page.
        page.get("/v1/me").await.expect(200);
    }
    let silent = owner.from_origin(None);
    silent.post("/v1/api-keys", &body).await.problem(403, "wrong_origin");
    let cross = silent.post("/v1/api-keys", &body).header("sec-fetch-site", "cross-site");
    cross.await.problem(403, "wrong_origin");
    assert_eq!(app.database.count("select count(*) from api_keys").await, 0);
    let same = silent.post("/v1/api-keys", &body).header("sec-fetch-site", "same-origin");
    same.await.expect(201);
    assert!(is_signed_in(&owner).await);
}

/// A field that says who one is, is no field.
#[tokio::test]
async fn no_body_says_who_sends_it() {
    let app = TestApp::start().await;
    let (ours, theirs) = (app.business("Ours").await, app.business("Theirs").await);
    let owner = app.sign_in(&ours.owner).await.in_tenant(&ours);
    let tokens = [
        app.link(&ours.owner, TokenKind::MagicLink).await,
        app.link(&ours.owner, TokenKind::PasswordReset).await,
    ];
    let guest = app.invitation(&ours, "guest@example.com", BuiltIn::Provider).await.1;
    let bodies = [
        ("/v1/auth/sign-in", json!({ "email": ours.owner.email, "password": PASSWORD })),
        ("/v1/auth/magic-link/redeem", json!({ "token": tokens[0] })),
        (
            "/v1/auth/password-reset/redeem",
            json!({ "token": tokens[1], "password": OTHER_PASSWORD }),
        ),
        (
            "/v1/auth/tokens",
            json!({ "email": ours.owner.email, "password": PASSWORD, "client_name": "x" }),
        ),
        ("/v1/api-keys", json!({ "name": "till", "scopes": ["team:read"] })),
        ("/v1/invitations", json!({ "email": "a@example.com", "role": "provider" })),
        ("/v1/invitations/accept", json!({ "token": guest, "name": "Gus", "password": PASSWORD })),
        ("/v1/roles", json!({ "name": "Helper", "permissions": ["team:read"] })),
        ("/v1/locations", json!({ "name": "Annex", "time_zone": "Europe/Paris" })),
        (
            "/v1/signup",
            json!({ "business": { "name": "New", "kind": "spa", "country": "US" },
                    "owner": { "name": "N", "email": "n@example.com", "password": PASSWORD } }),
        ),
    ];
    let sneaked = [
        ("tenant_id", json!(theirs.id)),
        ("tenant", json!({ "id": theirs.id })),
        ("user_id", json!(theirs.owner.id)),
        ("user", json!(theirs.owner.id)),
        ("platform_admin", json!(true)),
        ("permissions_of", json!("owner")),
        ("created_by", json!("somebody else")),
        ("id", json!("key_00000000000000000000000007")),
        ("plan", json!("business")),
        ("email_verified", json!(true)),
    ];
    let count = "select (select count(*) from users) + (select count(*) from memberships)
        + (select count(*) from api_keys) + (select count(*) from roles)
        + (select count(*) from sessions) + (select count(*) from locations)";
    let before = app.database.count(count).await;
    for (path, body) in &bodies {
        for (field, value) in &sneaked {
            let mut body = body.clone();
            body[*field] = value.clone();
            let faults = owner.post(path, &body).await.faults();
            // An API client may say where it wants to stand, as an id, and only where it belongs.
            let known = *path == "/v1/auth/tokens" && *field == "tenant";
            let fault = if known { "type" } else { "unknown" };
            assert_eq!(faults, [(format!("/{field}"), fault.to_owned())], "{path}");
        }
    }
    for (field, value) in [
        ("email", json!("x@example.com")),
        ("platform_admin", json!(true)),
        ("id", json!(theirs.owner.id)),
    ] {
        let me = json!({ "name": "New Name", field: value });
        assert_eq!(owner.patch("/v1/me", 1, &me).await.faults()[0].0, format!("/{field}"));
        let tenant = json!({ "hue": 1, field: value });
        assert_eq!(owner.patch("/v1/tenant", 1, &tenant).await.faults()[0].0, format!("/{field}"));
    }
    assert_eq!(app.database.count(count).await, before);
}

/// Signing up with an address that has a login gives nobody that login.
#[tokio::test]
async fn signing_up_takes_no_account_over() {
    let app = TestApp::start().await;
    let nora = app.login("Nora").await;
    let tenants = "select count(*) from tenants";
    let before = app.database.count(tenants).await;
    for email in [nora.email.clone(), nora.email.to_uppercase(), format!(" {} ", nora.email)] {
        for password in [json!("my very own sentence"), Value::Null] {
            let browser = app.browser();
            let body = json!({
                "business": { "name": "Trap", "kind": "spa", "country": "US" },
                "owner": { "name": "Mallory", "email": email, "password": password },
            });
            let refused = browser.post("/v1/signup", &body).await.problem(409, "email_in_use");
            assert_eq!(refused["fields"][0]["field"], "/owner/email");
            assert!(browser.cookie().is_none());
        }
    }
    assert_eq!(app.database.count(tenants).await, before);
    sign_in(&app.browser(), &nora.email, "my very own sentence")
        .await
        .problem(401, "bad_credentials");
    let me = sign_in(&app.browser(), &nora.email, PASSWORD).await.expect(200);
    assert_eq!(me["me"]["user"]["name"], "Nora");
}

/// An invitation lets its address in, and nobody else; a login that is there joins signed in.
#[tokio::test]
async fn an_invitation_takes_no_account_over() {
    let app = TestApp::start().await;
    let spa = app.business("Lagoon").await;
    let (nora, other) = (app.login("Nora").await, app.login("Other").await);
    let (_, token) = app.invitation(&spa, &nora.email, BuiltIn::Manager).await;
    let accept = "/v1/invitations/accept";
    let body = json!({ "token": token, "name": "Mallory", "password": OTHER_PASSWORD });
    let browser = app.browser();
    browser.post(accept, &body).await.problem(401, "sign_in_to_accept");
    assert!(browser.cookie().is_none());
    let stranger = app.sign_in(&other).await;
    stranger.post(accept, &json!({ "token": token })).await.problem(401, "sign_in_to_accept");
    sign_in(&browser, &nora.email, OTHER_PASSWORD).await.problem(401, "bad_credentials");

    let nora = app.sign_in(&nora).await;
    let joined = nora.post(accept, &json!({ "token": token })).await.expect(200);
    assert_eq!(joined["me"]["memberships"][0]["role"]["key"], "manager");
    nora.in_tenant(&spa).get("/v1/members").await.expect(200);
    stranger.post(accept, &json!({ "token": token })).await.problem(401, "link_invalid");
}

/// What one may do follows the membership, from one request to the next.
#[tokio::test]
async fn rights_change_with_the_next_request() {
    let app = TestApp::start().await;
    let spa = app.business("Lagoon").await;
    let mate = app.member(&spa, BuiltIn::Manager).await;
    let owner = app.sign_in(&spa.owner).await.in_tenant(&spa);
    let (browser, place) = (app.sign_in(&mate).await, mate.membership.unwrap());
    let inside = browser.in_tenant(&spa);
    let path = format!("/v1/members/{place}");
    // Nobody makes themselves more than they are.
    let rise = inside.patch(&path, 1, &json!({ "role": "owner" })).await;
    rise.problem(403, "owners_only");
    let key = json!({ "name": "more", "scopes": ["tenant:secure"] });
    inside.post("/v1/api-keys", &key).await.problem(403, "beyond_own_rights");
    let role = json!({ "name": "More", "permissions": ["tenant:secure"] });
    inside.post("/v1/roles", &role).await.problem(403, "beyond_own_rights");
    let owners = format!("/v1/members/{}", spa.owner.membership.unwrap());
    inside.delete(&owners).await.problem(403, "owners_only");
    inside.patch(&owners, 1, &json!({ "role": "provider" })).await.problem(403, "owners_only");

    inside.get("/v1/members").await.expect(200);
    owner.patch(&path, 1, &json!({ "role": "provider" })).await.expect(200);
    inside.get("/v1/members").await.problem(403, "not_allowed");
    owner.delete(&path).await.expect(204);
    inside.get("/v1/tenant").await.problem(404, "not_found");
    assert!(is_signed_in(&browser).await, "the login is theirs still");
    let me = browser.get("/v1/me").await.expect(200);
    assert_eq!((&me["memberships"], &me["current_tenant"]), (&json!([]), &Value::Null));
    // And the last owner stays.
    owner.delete(&owners).await.problem(409, "last_owner");
    owner.patch(&owners, 1, &json!({ "role": "manager" })).await.problem(409, "last_owner");
}

/// Whoever could see every business shows a second factor.
#[tokio::test]
async fn the_platform_is_looked_after_with_a_second_factor() {
    let app = TestApp::start().await;
    let ada = app.login("Ada Platform").await;
    let admin = app.sign_in(&ada).await;
    admin.get("/v1/platform/tenants").await.problem(404, "not_found");
    app.database.run("update users set platform_admin = true").await;
    admin.get("/v1/platform/tenants").await.problem(403, "second_factor_setup_required");
    app.give_factor(&ada).await;
    app.sign_in(&ada).await.get("/v1/platform/tenants").await.expect(200);
}

/// Support gets in by a grant that the business sees and can end.
#[tokio::test]
async fn support_looks_as_long_as_the_business_lets_it() {
    let app = TestApp::start().await;
    let spa = app.business("Lagoon").await;
    let ada = app.login("Ada Platform").await;
    app.promote(&ada).await;
    let owner = app.sign_in(&spa.owner).await.in_tenant(&spa);
    let admin = app.sign_in(&ada).await;
    let inside = admin.in_tenant(&spa);
    inside.get("/v1/tenant").await.problem(404, "not_found");
    let path = format!("/v1/platform/tenants/{}/support-grants", spa.id);
    let reason = json!({ "reason": "they asked for help", "hours": 2 });
    let grant = admin.post(&path, &reason).await.expect(201);
    inside.get("/v1/tenant").await.expect(200);
    inside.patch("/v1/tenant", 1, &json!({ "hue": 1 })).await.problem(403, "not_allowed");
    let seen = owner.get("/v1/support-grants").await.expect(200);
    assert_eq!(seen["items"][0]["reason"], "they asked for help");
    let log = owner.get("/v1/audit?action=support").await.expect(200);
    assert_eq!(log["items"][0]["action"], "support.granted", "{log}");
    let id = grant["id"].as_str().unwrap();
    owner.delete(&format!("/v1/support-grants/{id}")).await.expect(204);
    inside.get("/v1/tenant").await.problem(404, "not_found");
    admin.post(&path, &reason).await.expect(201);
    inside.get("/v1/tenant").await.expect(200);
    app.clock.advance(chrono::Duration::hours(2));
    inside.get("/v1/tenant").await.problem(404, "not_found");
}
