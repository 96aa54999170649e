//! A valid request for every operation of the document.

mod menu;
pub mod sequences;
pub mod shop;

use openchair_domain::authz::BuiltIn;
use openchair_domain::ids::{Id, Session};
use openchair_domain::secrets::{TokenKind, TotpSecret};
use openchair_server::openapi;
use openchair_tests::{Answer, Browser, Login, PASSWORD};
use reqwest::Method;
use serde_json::{Value, json};

use super::actors::{Actor, World};

pub use menu::Menu;
pub mod bookings;
pub mod books;
mod customers;
mod impact;
pub mod later;
pub mod messages;
pub mod money;
mod platform;
pub mod queue;
mod regulars;
pub mod webhooks;

/// An operation of the document.
#[derive(Debug, Clone)]
pub struct Operation {
    pub id: String,
    /// In small letters, as the document has it.
    pub method: String,
    /// With parameters in braces.
    pub path: String,
    pub parameters: Vec<Value>,
    pub responses: Vec<String>,
}

pub fn operations() -> Vec<Operation> {
    let document: Value = serde_json::from_str(openapi::document()).unwrap();
    let mut operations = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let id = operation["operationId"].as_str();
            operations.push(Operation {
                id: id.unwrap_or_else(|| panic!("{method} {path} has no name")).to_owned(),
                method: method.clone(),
                path: path.clone(),
                parameters: operation["parameters"].as_array().cloned().unwrap_or_default(),
                responses: operation["responses"].as_object().unwrap().keys().cloned().collect(),
            });
        }
    }
    operations
}

/// A request, but for the method, which the document says.
#[derive(Debug, Default)]
pub struct Sample {
    pub path: String,
    pub body: Option<Value>,
    /// The bytes of a picture, instead of JSON.
    pub picture: Option<Vec<u8>>,
    pub version: Option<i64>,
    /// Whether it asks for a WebSocket.
    pub upgrade: bool,
    /// What a customer who comes back shows besides.
    pub pass: Option<String>,
}

/// What asks for a WebSocket.
const UPGRADE: [(&str, &str); 4] = [
    ("connection", "Upgrade"),
    ("upgrade", "websocket"),
    ("sec-websocket-version", "13"),
    ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
];

impl Sample {
    fn at(path: impl Into<String>) -> Self {
        Self { path: path.into(), ..Self::default() }
    }

    fn with(self, body: Value) -> Self {
        Self { body: Some(body), ..self }
    }

    fn showing(self, pass: String) -> Self {
        Self { pass: Some(pass), ..self }
    }

    fn seen(self, version: i64) -> Self {
        Self { version: Some(version), ..self }
    }

    pub async fn send(self, operation: &Operation, actor: &Actor) -> Answer {
        assert!(fits(&operation.path, &self.path), "{} is not {}", self.path, operation.path);
        let method: Method = operation.method.to_uppercase().parse().unwrap();
        let mut call = actor.browser.request(method, &self.path);
        if let Some(body) = &self.body {
            call = call.json(body);
        }
        if let Some(picture) = self.picture {
            call = call.header("content-type", "image/png").body(picture);
        }
        if let Some(version) = self.version {
            call = call.header("if-match", &format!("\"{version}\""));
        }
        if let Some(pass) = &self.pass {
            call = call.and_cookie(&format!("__Host-openchair-me={pass}"));
        }
        for (name, value) in UPGRADE.into_iter().filter(|_| self.upgrade) {
            call = call.header(name, value);
        }
        call.await
    }
}

/// Whether a path is one of the document's template.
fn fits(template: &str, path: &str) -> bool {
    let path = path.split('?').next().unwrap_or_default();
    let (template, path): (Vec<_>, Vec<_>) =
        (template.trim_end_matches('/').split('/').collect(), path.split('/').collect());
    template.len() == path.len()
        && template.iter().zip(&path).all(|(want, have)| want.starts_with('{') || want == have)
}

/// What `actor` sends to get something done. Where it takes steps before, they are taken only if it
/// is to succeed.
#[expect(clippy::too_many_lines, reason = "one arm for each operation")]
pub async fn sample(operation: &Operation, world: &World, actor: &Actor, succeeds: bool) -> Sample {
    if let Some(sample) = menu::sample(operation, world).await {
        return sample;
    }
    let here = &world.here;
    let (app, business, owner) = (&world.app, &here.business, &here.business.owner);
    let email = owner.email.as_str();
    let Operation { id, path, .. } = operation;
    let (at, body) = (Sample::at(path.trim_end_matches('/')), Sample::with);
    if let Some(sample) = bookings::sample(operation, world, actor, succeeds).await {
        return sample;
    }
    if let Some(sample) = later::sample(operation, world) {
        return sample;
    }
    if let Some(sample) = messages::sample(operation, world) {
        return sample;
    }
    if let Some(sample) = books::sample(operation) {
        return sample;
    }
    if let Some(sample) = money::sample(operation, world, succeeds).await {
        return sample;
    }
    if let Some(sample) = platform::sample(operation, world).await {
        return sample;
    }
    if let Some(sample) = queue::sample(operation, world, actor, succeeds).await {
        return sample;
    }
    if let Some(sample) = regulars::sample(operation, world).await {
        return sample;
    }
    if let Some(sample) = impact::sample(operation, world, actor, succeeds).await {
        return sample;
    }
    if let Some(sample) = webhooks::sample(id, world, succeeds).await {
        return sample;
    }
    if let Some(sample) = sequences::sample(id, world) {
        return sample;
    }
    if let Some(sample) = customers::sample(id, world) {
        return sample;
    }
    if let Some(sample) = shop::sample(operation, world, actor, succeeds).await {
        return sample;
    }
    match id.as_str() {
        "watch_live" => Sample { upgrade: true, ..at },
        "sign_in" => body(at, json!({ "email": email, "password": PASSWORD })),
        "show_second_factor" => second_factor(world, at).await,
        "ask_for_magic_link" | "ask_for_password_reset" => body(at, json!({ "email": email })),
        "redeem_magic_link" => {
            body(at, json!({ "token": app.link(owner, TokenKind::MagicLink).await }))
        }
        "reset_password" => {
            let token = app.link(owner, TokenKind::PasswordReset).await;
            body(at, json!({ "token": token, "password": "nine loud geese at dawn" }))
        }
        "verify_email" => {
            body(at, json!({ "token": app.link(owner, TokenKind::VerifyEmail).await }))
        }
        "issue_tokens" => body(
            at,
            json!({ "email": email, "password": PASSWORD, "tenant": business.id,
                    "client_name": "the matrix" }),
        ),
        "refresh_tokens" | "revoke_tokens" => {
            let wanted = json!({ "email": email, "password": PASSWORD, "client_name": "x" });
            let tokens = app.browser().post("/v1/auth/tokens", &wanted).await.expect(201);
            body(at, json!({ "refresh_token": tokens["refresh_token"] }))
        }
        "sign_up" => body(
            at,
            json!({ "business": { "name": "New", "kind": "salon", "country": "FR" },
                    "owner": { "name": "Nora", "password": PASSWORD,
                               "email": format!("nora@{}.example.com", business.slug) } }),
        ),
        "check_slug" => Sample::at(format!("/v1/signup/slug/{}", business.slug)),
        "read_public_page" => Sample::at(format!("/v1/public/{}", business.slug)),
        "look_at_invitation" => body(at, json!({ "token": here.invitation_token })),
        "accept_invitation" => {
            body(at, json!({ "token": here.invitation_token, "name": "Gus", "password": PASSWORD }))
        }
        "update_me" => body(at, json!({ "name": "Another Name" })).seen(1),
        "resend_verification" => {
            if let Some(login) = actor.login.as_ref().filter(|_| succeeds) {
                let id = login.id.uuid();
                let sql = format!("update users set email_verified_at = null where id = '{id}'");
                app.database.run(&sql).await;
            }
            at
        }
        "change_password" => {
            body(at, json!({ "current": PASSWORD, "new": "nine loud geese at dawn" }))
        }
        "choose_tenant" => body(at, json!({ "tenant_id": business.id })),
        "revoke_session" => {
            let session = match &actor.login {
                Some(login) if succeeds => own_session(world, login).await,
                _ => "ses_00000000000000000000000007".to_owned(),
            };
            Sample::at(format!("/v1/me/sessions/{session}"))
        }
        "leave_team" => {
            let own = actor.login.as_ref().and_then(|login| login.membership);
            if succeeds {
                // The last owner may not leave.
                app.member(business, BuiltIn::Owner).await;
                app.member(&world.there.business, BuiltIn::Owner).await;
            }
            Sample::at(format!("/v1/me/memberships/{}", own.unwrap_or(here.mate_id())))
        }
        "confirm_totp" | "disable_totp" | "renew_recovery_codes" => {
            factor_of_ones_own(world, actor, at, id, succeeds).await
        }
        "update_tenant" => body(at, json!({ "hue": 7 })).seen(1),
        "set_tenant_security" => body(at, json!({ "require_two_factor": false })).seen(1),
        "transfer_ownership" => {
            body(at, json!({ "member_id": here.mate_id(), "password": PASSWORD }))
        }
        "create_location" => body(at, json!({ "name": "Annex", "time_zone": "Europe/Paris" })),
        "read_location" => Sample::at(format!("/v1/locations/{}", here.location)),
        "update_location" => {
            let at = Sample::at(format!("/v1/locations/{}", here.location));
            body(at, json!({ "address": "1 Quay" })).seen(1)
        }
        "read_member" | "remove_member" => Sample::at(format!("/v1/members/{}", here.mate_id())),
        "update_member" => {
            let at = Sample::at(format!("/v1/members/{}", here.mate_id()));
            body(at, json!({ "role": here.role.to_string() })).seen(1)
        }
        "create_invitation" => {
            body(at, json!({ "email": "somebody@example.com", "role": here.role.to_string() }))
        }
        "resend_invitation" => Sample::at(format!("/v1/invitations/{}/resend", here.invitation)),
        "revoke_invitation" => Sample::at(format!("/v1/invitations/{}", here.invitation)),
        "create_role" => body(at, json!({ "name": "Helper", "permissions": ["location:read"] })),
        "update_role" => {
            let at = Sample::at(format!("/v1/roles/{}", here.role));
            body(at, json!({ "name": "Helper" })).seen(1)
        }
        "delete_role" => Sample::at(format!("/v1/roles/{}", here.role)),
        "create_api_key" => body(at, json!({ "name": "till", "scopes": ["api_key:create"] })),
        "revoke_api_key" => Sample::at(format!("/v1/api-keys/{}", here.key)),
        "revoke_support_grant" => Sample::at(format!("/v1/support-grants/{}", here.grant)),
        "create_support_grant" => {
            let at = Sample::at(format!("/v1/platform/tenants/{}/support-grants", business.id));
            body(at, json!({ "reason": "they asked for help", "hours": 2 }))
        }
        "set_platform_tenant_plan" => {
            let at = Sample::at(format!("/v1/platform/tenants/{}/plan", business.id));
            body(at, json!({ "plan": "business" }))
        }
        // What needs nothing but to be asked.
        _ => {
            let complete = !path.contains('{') && operation.method == "get";
            let posts = ["sign_out", "revoke_other_sessions", "begin_totp"];
            assert!(complete || posts.contains(&id.as_str()), "{id} needs a sample request");
            at
        }
    }
}

/// A challenge of a login that has a second factor, and the code that answers it.
async fn second_factor(world: &World, at: Sample) -> Sample {
    let login = &world.here.business.owner;
    let browser = world.app.sign_in(login).await;
    let secret = set_up_totp(world, &browser).await;
    let wanted = json!({ "email": login.email, "password": PASSWORD });
    let half = world.app.browser().post("/v1/auth/sign-in", &wanted).await.expect(200);
    let code = secret.code_at(world.app.now()).unwrap();
    at.with(json!({ "challenge": half["challenge"], "code": code }))
}

async fn factor_of_ones_own(
    world: &World,
    actor: &Actor,
    at: Sample,
    id: &str,
    succeeds: bool,
) -> Sample {
    let own = match &actor.login {
        Some(login) => world.app.factor_code(login).await,
        None => None,
    };
    let code = match id {
        _ if own.is_some() => own.unwrap_or_default(),
        _ if !succeeds => "123456".to_owned(),
        "confirm_totp" => begin_totp(&actor.browser).await.code_at(world.app.now()).unwrap(),
        _ => set_up_totp(world, &actor.browser).await.code_at(world.app.now()).unwrap(),
    };
    match id {
        "renew_recovery_codes" => at.with(json!({ "code": code })),
        _ => at.with(json!({ "password": PASSWORD, "code": code })),
    }
}

async fn begin_totp(browser: &Browser) -> TotpSecret {
    let begun = browser.in_no_tenant().post_empty("/v1/me/totp").await;
    let secret = begun.json()["secret"].as_str().unwrap().to_owned();
    let secret = data_encoding::BASE32_NOPAD.decode(secret.as_bytes()).unwrap();
    TotpSecret::from_stored(secret).unwrap()
}

/// A second factor whose present code is still good.
async fn set_up_totp(world: &World, browser: &Browser) -> TotpSecret {
    let secret = begin_totp(browser).await;
    let code = json!({ "code": secret.code_at(world.app.now()).unwrap(), "password": PASSWORD });
    browser.in_no_tenant().post("/v1/me/totp/confirm", &code).await.expect(200);
    world.app.clock.advance(chrono::Duration::seconds(30));
    secret
}

/// Another session of one's own.
async fn own_session(world: &World, login: &Login) -> String {
    world.app.sign_in(login).await;
    let sql = "select id from sessions where user_id = $1 and revoked_at is null
               order by id desc limit 1";
    let id = sqlx::query_scalar(sql).bind(login.id.uuid()).fetch_one(world.app.database.owner());
    Id::<Session>::from_uuid(id.await.unwrap()).to_string()
}
