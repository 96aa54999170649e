use chrono::Duration;
use openchair_domain::authz::BuiltIn;
use openchair_tests::{Login, TestApp};
use serde_json::{Value, json};

fn to(email: &str) -> Value {
    json!({ "email": email, "role": "provider" })
}

async fn set_verified(app: &TestApp, login: &Login, verified: bool) {
    let at = if verified { "created_at" } else { "null" };
    let id = login.id.uuid();
    app.database.run(&format!("update users set email_verified_at = {at} where id = '{id}'")).await;
}

/// Whoever can sign up could otherwise have us write to anybody.
#[tokio::test]
async fn whoever_invites_has_an_address_that_is_theirs() {
    let app = TestApp::start().await;
    let spa = app.business("Lagoon").await;
    let owner = app.sign_in(&spa.owner).await.in_tenant(&spa);
    // A key gives no role that may do more than it may.
    let little = app.custom_role(&spa, &["team:read"]).await.to_string();
    let to = |email: &str| json!({ "email": email, "role": little });
    let scopes = json!({ "name": "hr", "scopes": ["team:invite", "team:read"] });
    let key = owner.post("/v1/api-keys", &scopes).await.expect(201);
    let program = app.browser().with_bearer(key["secret"].as_str().unwrap());
    let made = owner.post("/v1/invitations", &to("guest@example.com")).await.expect(201);
    let resend = format!("/v1/invitations/{}/resend", made["id"].as_str().unwrap());

    set_verified(&app, &spa.owner, false).await;
    let mails = "select count(*) from jobs";
    let before = app.database.count(mails).await;
    for who in [&owner, &program] {
        let refused = who.post("/v1/invitations", &to("other@example.com")).await;
        refused.problem(403, "verify_email_first");
        who.post_empty(&resend).await.problem(403, "verify_email_first");
    }
    assert_eq!(app.database.count(mails).await, before);

    set_verified(&app, &spa.owner, true).await;
    owner.post("/v1/invitations", &to("other@example.com")).await.expect(201);
    program.post("/v1/invitations", &to("another@example.com")).await.expect(201);
    program.post_empty(&resend).await.expect(202);
}

#[tokio::test]
async fn one_mailbox_gets_few_invitations() {
    let app = TestApp::with(&[("limits.mail_links_per_account_per_hour", "2")]).await;
    let spa = app.business("Lagoon").await;
    let owner = app.sign_in(&spa.owner).await.in_tenant(&spa);
    let made = owner.post("/v1/invitations", &to("guest@example.com")).await.expect(201);
    // What is refused sends nothing, and counts for nothing.
    for _ in 0..4 {
        let again = owner.post("/v1/invitations", &to("guest@example.com")).await;
        again.problem(409, "already_invited");
    }
    let path = format!("/v1/invitations/{}", made["id"].as_str().unwrap());
    owner.post_empty(&format!("{path}/resend")).await.expect(202);
    // However it is sent and written: it is the same mailbox.
    owner.post_empty(&format!("{path}/resend")).await.problem(429, "rate_limited");
    owner.delete(&path).await.expect(204);
    let refused = owner.post("/v1/invitations", &to("GUEST@example.com")).await;
    refused.problem(429, "rate_limited");
    let left = "select count(*) from invitations where revoked_at is null";
    assert_eq!(app.database.count(left).await, 0, "what is refused isn't kept");
    owner.post("/v1/invitations", &to("other@example.com")).await.expect(201);

    // What one business sends takes nothing from another, up to what a mailbox can take of all.
    let mut sent = 0;
    for number in 0..8 {
        let other = app.business(&format!("Other {number}")).await;
        let owner = app.sign_in(&other.owner).await.in_tenant(&other);
        let answer = owner.post("/v1/invitations", &to("guest@example.com")).await;
        if answer.status != 201 {
            answer.problem(429, "rate_limited");
            break;
        }
        sent += 1;
    }
    assert_eq!(sent, 6, "two went before");
    app.clock.advance(Duration::hours(1));
    owner.post("/v1/invitations", &to("guest@example.com")).await.expect(201);
}

#[tokio::test]
async fn one_business_invites_so_many_an_hour() {
    let app = TestApp::with(&[("limits.invitations_per_tenant_per_hour", "3")]).await;
    let (spa, other) = (app.business("Lagoon").await, app.business("Other").await);
    let owner = app.sign_in(&spa.owner).await.in_tenant(&spa);
    let mate = app.member(&spa, BuiltIn::Manager).await;
    let mate = app.sign_in(&mate).await.in_tenant(&spa);
    for number in 0..3 {
        let guest = to(&format!("guest{number}@example.com"));
        owner.post("/v1/invitations", &guest).await.expect(201);
    }
    for who in [&owner, &mate] {
        let refused = who.post("/v1/invitations", &to("late@example.com")).await;
        refused.problem(429, "rate_limited");
    }
    let owner = app.sign_in(&other.owner).await.in_tenant(&other);
    owner.post("/v1/invitations", &to("late@example.com")).await.expect(201);
}
