use openchair_domain::authz::BuiltIn;
use openchair_tests::{PASSWORD, TestApp};
use serde_json::{Value, json};

fn texts<'a>(list: &'a Value, field: &str) -> Vec<&'a str> {
    let items = list["items"].as_array().unwrap();
    items.iter().map(|item| item[field].as_str().unwrap_or_default()).collect()
}

/// Whoever goes leaves no way in behind: neither keys, nor invitations to addresses of their own.
#[tokio::test]
async fn what_somebody_made_goes_with_them() {
    let app = TestApp::start().await;
    let spa = app.business("Lagoon").await;
    let owner = app.sign_in(&spa.owner).await.in_tenant(&spa);
    let kept = json!({ "name": "kept", "scopes": ["team:read"] });
    let kept = owner.post("/v1/api-keys", &kept).await.expect(201);
    let kept = app.browser().with_bearer(kept["secret"].as_str().unwrap());
    let guest = json!({ "email": "kept@example.com", "role": "provider" });
    owner.post("/v1/invitations", &guest).await.expect(201);

    let little = app.custom_role(&spa, &["team:read"]).await.to_string();
    for leaves in [false, true] {
        let mate = app.member(&spa, BuiltIn::Manager).await;
        let (browser, place) = (app.sign_in(&mate).await, mate.membership.unwrap());
        let inside = browser.in_tenant(&spa);
        let body = json!({ "name": "left behind", "scopes": ["team:read", "team:invite"] });
        let key = inside.post("/v1/api-keys", &body).await.expect(201);
        let program = app.browser().with_bearer(key["secret"].as_str().unwrap());
        program.get("/v1/members").await.expect(200);
        let guest = |by: &str, role: &str| {
            let email = format!("{by}.{leaves}@example.com");
            (json!({ "email": email, "role": role }), email)
        };
        let (by_hand, by_key) = (guest("hand", "manager"), guest("key", &little));
        inside.post("/v1/invitations", &by_hand.0).await.expect(201);
        program.post("/v1/invitations", &by_key.0).await.expect(201);
        let mut tokens = Vec::new();
        for (_, email) in [&by_hand, &by_key] {
            tokens.push(app.mailed_token(email, "").await);
        }

        if leaves {
            browser.delete(&format!("/v1/me/memberships/{place}")).await.expect(204);
        } else {
            owner.delete(&format!("/v1/members/{place}")).await.expect(204);
        }

        program.get("/v1/members").await.problem(401, "bad_api_key");
        for token in &tokens {
            let body = json!({ "token": token, "name": "Back Again", "password": PASSWORD });
            let refused = app.browser().post("/v1/invitations/accept", &body).await;
            refused.problem(401, "link_invalid");
        }
        let log = owner.get("/v1/audit?limit=100").await.expect(200);
        let said = texts(&log, "action");
        let times = |action: &str| said.iter().filter(|said| **said == action).count();
        let rounds = 1 + usize::from(leaves);
        assert_eq!(times("api_key.revoked"), rounds, "{said:?}");
        assert_eq!(times("team.invitation_revoked"), 2 * rounds, "{said:?}");
    }

    kept.get("/v1/members").await.expect(200);
    let invitations = owner.get("/v1/invitations").await.expect(200);
    let mut states = texts(&invitations, "status");
    states.sort_unstable();
    assert_eq!(states, ["pending", "revoked", "revoked", "revoked", "revoked"]);
    let events = "select count(*) from outbox_events where kind = 'api_key.revoked'";
    assert_eq!(app.database.count(events).await, 2);
}
