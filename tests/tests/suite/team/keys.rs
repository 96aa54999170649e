use openchair_domain::authz::BuiltIn;
use openchair_tests::TestApp;
use serde_json::json;

use super::roles::{hold, let_go, somebody_waits};

/// A key that made keys would outlive every search for it.
#[tokio::test]
async fn a_key_makes_no_keys() {
    let app = TestApp::start().await;
    let spa = app.business("Lagoon").await;
    let owner = app.sign_in(&spa.owner).await.in_tenant(&spa);
    let body = json!({ "name": "maker", "scopes": ["api_key:create", "team:read"] });
    let key = owner.post("/v1/api-keys", &body).await.expect(201);
    let program = app.browser().with_bearer(key["secret"].as_str().unwrap());
    let body = json!({ "name": "child", "scopes": ["team:read"] });
    program.post("/v1/api-keys", &body).await.problem(403, "keys_make_no_keys");
    assert_eq!(app.database.count("select count(*) from api_keys").await, 1);
}

/// A key that is just being made when its maker goes, goes too, or isn't made.
#[tokio::test]
async fn nobody_who_is_gone_makes_a_key() {
    let app = TestApp::start().await;
    let spa = app.business("Lagoon").await;
    let mate = app.member(&spa, BuiltIn::Manager).await;
    let inside = app.sign_in(&mate).await.in_tenant(&spa);
    let held = hold(&app, &spa).await;
    let body = json!({ "name": "late", "scopes": ["team:read"] });
    let late = tokio::spawn(inside.post("/v1/api-keys", &body).into_future());
    somebody_waits(&app).await;
    let gone = format!("delete from memberships where user_id = '{}'", mate.id.uuid());
    let_go(held, &gone).await;
    late.await.unwrap().problem(403, "not_allowed");
    assert_eq!(app.database.count("select count(*) from api_keys").await, 0);
}
