use openchair_domain::platform::{self, PlatformError};
use openchair_domain::tenancy::SystemReason;
use openchair_domain::text::Email;
use openchair_tests::TestApp;
use serde_json::{Value, json};

async fn set(app: &TestApp, email: &str, admin: bool) -> Result<bool, PlatformError> {
    let tx = app.app().db.system(SystemReason::Platform).await.unwrap();
    let email = Email::parse(email).unwrap();
    let done = platform::set_administrator(&tx, &email, admin).await?;
    tx.commit().await.unwrap();
    Ok(done.changed)
}

/// What `openchair-server platform-admin` does.
#[tokio::test]
async fn an_administrator_is_made_and_unmade() {
    let app = TestApp::start().await;
    let (ada, eve) = (app.login("Ada").await, app.login("Eve").await);
    app.give_factor(&ada).await;
    let (ada_in, eve_in) = (app.sign_in(&ada).await, app.sign_in(&eve).await);
    let tenants = "/v1/platform/tenants";
    ada_in.get(tenants).await.problem(404, "not_found");
    assert!(set(&app, &ada.email.to_uppercase(), true).await.unwrap());
    assert!(!set(&app, &ada.email, true).await.unwrap(), "again changes nothing");
    ada_in.get(tenants).await.expect(200);
    eve_in.get(tenants).await.problem(404, "not_found");
    assert!(set(&app, &ada.email, false).await.unwrap());
    ada_in.get(tenants).await.problem(404, "not_found");

    let nobody = set(&app, "nobody@example.com", true).await;
    assert!(matches!(nobody, Err(PlatformError::NotFound)), "{nobody:?}");
    // Anybody can sign up with anybody's address.
    let unverified = format!("where id = '{}'", eve.id.uuid());
    app.database.run(&format!("update users set email_verified_at = null {unverified}")).await;
    let refused = set(&app, &eve.email, true).await;
    assert!(matches!(refused, Err(PlatformError::AddressNotVerified)), "{refused:?}");
    eve_in.get(tenants).await.problem(404, "not_found");
}

/// Which plan a business is on is said by the platform; what it has beyond that stays.
#[tokio::test]
async fn a_business_is_put_on_another_plan() {
    let app = TestApp::start().await;
    let (spa, other) = (app.business("Lagoon").await, app.business("Six Chairs").await);
    let ada = app.login("Ada Platform").await;
    app.promote(&ada).await;
    let admin = app.sign_in(&ada).await;
    let owner = app.sign_in(&spa.owner).await.in_tenant(&spa);

    let count = async |key: &str| {
        let plans = admin.get("/v1/platform/plans").await.expect(200);
        let plans = plans["items"].as_array().unwrap().clone();
        plans.iter().find(|plan| plan["key"] == key).unwrap()["businesses"].clone()
    };
    assert_eq!((count("trial").await, count("solo").await), (json!(2), json!(0)));
    let before = owner.get("/v1/tenant").await.expect(200);
    assert!(before["trial_ends_at"].is_string(), "{before}");

    let path = format!("/v1/platform/tenants/{}/plan", spa.id);
    admin.put(&path, &json!({ "plan": "gold" })).await.problem(422, "validation_failed");
    let set = admin.put(&path, &json!({ "plan": "solo" })).await.expect(200);
    assert_eq!((&set["plan"], &set["id"]), (&json!("solo"), &json!(spa.id.to_string())));
    assert_eq!(set["trial_ends_at"], Value::Null, "{set}");
    let after = owner.get("/v1/tenant").await;
    assert_eq!(after.version(), before["version"].as_i64().unwrap() + 1);
    let after = after.expect(200);
    assert_eq!((&after["plan"], &after["trial_ends_at"]), (&json!("solo"), &Value::Null));
    assert_eq!((count("trial").await, count("solo").await), (json!(1), json!(1)));
    // Said again it is no news.
    admin.put(&path, &json!({ "plan": "solo" })).await.expect(200);
    let told = format!(
        "select count(*) from outbox_events where kind = 'tenant.updated' and tenant_id = '{}'",
        spa.id.uuid()
    );
    assert_eq!(app.database.count(&told).await, 1);
    let log = owner.get("/v1/audit?action=tenant.plan_set").await.expect(200);
    assert_eq!(log["items"].as_array().unwrap().len(), 1, "{log}");
    let changes = json!([{ "field": "plan", "before": "trial", "after": "solo" }]);
    assert_eq!(log["items"][0]["changes"], changes);

    let nowhere = path.replace(&spa.id.to_string(), "ten_00000000000000000000000004");
    admin.put(&nowhere, &json!({ "plan": "solo" })).await.problem(404, "not_found");

    let found = admin.get("/v1/platform/tenants?plan=solo").await.expect(200);
    assert_eq!(found["items"].as_array().unwrap().len(), 1, "{found}");
    for part in ["six", "CHAIRS", &other.slug] {
        let found = admin.get(&format!("/v1/platform/tenants?q={part}")).await.expect(200);
        assert_eq!(found["items"].as_array().unwrap().len(), 1, "{part}: {found}");
        assert_eq!(found["items"][0]["slug"], json!(other.slug));
    }
    // What looks like a pattern is text.
    let found = admin.get("/v1/platform/tenants?q=%25").await.expect(200);
    assert_eq!(found["items"], json!([]));
}

#[tokio::test]
async fn the_platform_sees_how_the_deployment_does() {
    let app = TestApp::start().await;
    app.business("Lagoon").await;
    let ada = app.login("Ada Platform").await;
    app.promote(&ada).await;
    let admin = app.sign_in(&ada).await;
    let health = admin.get("/v1/platform/health").await.expect(200);
    assert_eq!(health["businesses"], 1, "{health}");
    assert!(health["database_bytes"].as_i64().unwrap() > 1_000_000, "{health}");
    let (open, most) = (health["connections"].as_i64(), health["connections_most"].as_i64());
    assert!(open.unwrap() > 0 && open < most, "{health}");
    let readings = health["readings"].as_array().unwrap();
    assert_eq!(readings.len(), 6, "{health}");
    assert!(readings.iter().all(|reading| reading["bad"] == false), "{health}");
    // Ten jobs that failed for good are as many as it takes.
    let now = app.now();
    app.database
        .run(&format!(
            "insert into jobs (tenant_id, id, kind, version, payload, state, attempts, run_at, created_at,
                               finished_at, last_error)
             select '00000000-0000-0000-0000-000000000000', gen_random_uuid(), 'test.dead', 1, '{{}}',
                    'dead', 12, '{now}', '{now}', '{now}', 'no such luck'
             from generate_series(1, 10)"
        ))
        .await;
    let health = admin.get("/v1/platform/health").await.expect(200);
    let bad = |reading: &&Value| reading["bad"] == true;
    let bad: Vec<_> = health["readings"].as_array().unwrap().iter().filter(bad).collect();
    assert_eq!(bad.len(), 1, "{health}");
    assert_eq!((&bad[0]["condition"], &bad[0]["value"]), (&json!("dead_jobs"), &json!(10.0)));
}
