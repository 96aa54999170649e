use futures_util::future::join_all;
use openchair_domain::authz::BuiltIn;
use openchair_tests::{Business, TestApp, eventually};
use serde_json::json;
use sqlx::{Postgres, Transaction};

/// Holds a business, as every change of its team does.
pub(super) async fn hold(app: &TestApp, of: &Business) -> Transaction<'static, Postgres> {
    let mut held = app.database.owner().begin().await.unwrap();
    let sql = "select id from tenants where id = $1 for update";
    sqlx::query(sql).bind(of.id.uuid()).execute(&mut *held).await.unwrap();
    held
}

/// Waits until a request stands at a lock.
pub(super) async fn somebody_waits(app: &TestApp) {
    let waiting = "select count(*) from pg_stat_activity
                   where datname = current_database() and application_name = 'openchair'
                     and wait_event_type = 'Lock'";
    let look = async || (app.database.count(waiting).await > 0).then_some(());
    eventually("a request that waits for the business", look).await;
}

/// Does something while the others wait, and lets them go on.
pub(super) async fn let_go(mut held: Transaction<'static, Postgres>, after: &str) {
    sqlx::raw_sql(sqlx::AssertSqlSafe(after.to_owned())).execute(&mut *held).await.unwrap();
    held.commit().await.unwrap();
}

/// What the caller could do when the request was let in is yesterday's news.
#[tokio::test]
async fn a_role_is_composed_with_the_rights_of_now() {
    let app = TestApp::start().await;
    let spa = app.business("Lagoon").await;
    let body = json!({ "name": "Desk", "permissions": ["team:read"] });
    let mate = app.member(&spa, BuiltIn::Manager).await;
    let inside = app.sign_in(&mate).await.in_tenant(&spa);
    let made = inside.post("/v1/roles", &body).await.expect(201);
    let path = format!("/v1/roles/{}", made["key"].as_str().unwrap());
    let other = json!({ "name": "Night desk", "permissions": ["team:read"] });

    for request in
        [inside.post("/v1/roles", &other), inside.patch(&path, 1, &other), inside.delete(&path)]
    {
        let held = hold(&app, &spa).await;
        let late = tokio::spawn(request.into_future());
        somebody_waits(&app).await;
        let of = format!("where user_id = '{}'", mate.id.uuid());
        let_go(held, &format!("update memberships set role = 'provider' {of}")).await;
        late.await.unwrap().problem(403, "not_allowed");
        app.database.run(&format!("update memberships set role = 'manager' {of}")).await;
    }
    let roles = "select count(*) from roles where name = 'Desk'";
    assert_eq!(app.database.count(roles).await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_at_once_no_role_is_one_too_many() {
    let app = TestApp::with(&[("database.max_connections", "12")]).await;
    let spa = app.business("Lagoon").await;
    let owner = app.sign_in(&spa.owner).await.in_tenant(&spa);
    for _ in 0..48 {
        app.custom_role(&spa, &["team:read"]).await;
    }
    let body = |number: u32| json!({ "name": format!("r{number}"), "permissions": ["team:read"] });
    let calls = (0..10).map(|number| owner.post("/v1/roles", &body(number)).into_future());
    let answers = join_all(calls).await;
    let made = answers.iter().filter(|answer| answer.status == 201).count();
    assert_eq!(made, 2, "{answers:#?}");
    assert_eq!(app.database.count("select count(*) from roles").await, 50);
}
