//! Looking after jobs: what a platform administrator sees of them and does about them.

use openchair_domain::ids::{Id, Job};
use openchair_tests::{Browser, TestApp};
use serde_json::{Value, json};
use uuid::Uuid;

struct House {
    app: TestApp,
    admin: Browser,
}

impl House {
    async fn new() -> Self {
        let app = TestApp::with(&[("worker.inside", "false")]).await;
        let ada = app.login("Ada").await;
        app.promote(&ada).await;
        let admin = app.sign_in(&ada).await;
        Self { app, admin }
    }

    /// A job of this kind, at this state.
    async fn put(&self, tenant: Uuid, kind: &str, state: &str) -> Id<Job> {
        let (id, now) = (self.app.new_id::<Job>(), self.app.now());
        let over = matches!(state, "done" | "dead").then(|| format!("'{now}'"));
        let over = over.unwrap_or_else(|| "null".to_owned());
        let lease = if state == "running" { "'2030-01-01'" } else { "null" };
        self.app
            .database
            .run(&format!(
                "insert into jobs (tenant_id, id, kind, version, payload, sealed, state, attempts,
                                   run_at, created_at, finished_at, lease_until, last_error, trace)
                 values ('{tenant}', '{}', '{kind}', 1, '{{\"to\": \"ann@example.com\"}}', 'sealed',
                         '{state}', 12, '{now}', '{now}', {over}, {lease}, 'no such luck', 'req-1')",
                id.uuid()
            ))
            .await;
        id
    }

    async fn list(&self, query: &str) -> Vec<String> {
        let page = self.admin.get(&format!("/v1/platform/jobs{query}")).await.expect(200);
        assert!(!page.to_string().contains("ann@example.com"), "{page}");
        let id = |job: &Value| job["id"].as_str().unwrap().to_owned();
        page["items"].as_array().unwrap().iter().map(id).collect()
    }

    async fn column(&self, id: Id<Job>, what: &str) -> Option<String> {
        let sql = format!("select ({what})::text from jobs where id = '{}'", id.uuid());
        let found = sqlx::query_scalar(sqlx::AssertSqlSafe(sql));
        found.fetch_optional(self.app.database.owner()).await.unwrap()
    }
}

const ONE: Uuid = Uuid::from_u128(1);
const OTHER: Uuid = Uuid::from_u128(2);

#[tokio::test]
async fn what_is_there_is_seen_by_state_kind_and_tenant_and_says_nothing_of_people() {
    let house = House::new().await;
    let mut ids = Vec::new();
    for (tenant, kind, state) in [
        (Uuid::nil(), "test.mail", "dead"),
        (ONE, "test.mail", "dead"),
        (OTHER, "test.mail", "dead"),
        (ONE, "test.hook", "dead"),
        (ONE, "test.mail", "waiting"),
        (ONE, "test.mail", "running"),
        (ONE, "test.mail", "done"),
    ] {
        ids.push(house.put(tenant, kind, state).await.to_string());
        house.app.clock.advance(chrono::Duration::milliseconds(2));
    }
    let named = |places: &[usize]| places.iter().map(|at| ids[*at].clone()).collect::<Vec<_>>();
    assert_eq!(house.list("").await, named(&[3, 2, 1, 0]));
    assert_eq!(house.list("?kind=test.mail").await, named(&[2, 1, 0]));
    let one = Id::<openchair_domain::ids::Tenant>::from_uuid(ONE);
    assert_eq!(house.list(&format!("?tenant={one}")).await, named(&[3, 1]));
    assert_eq!(house.list(&format!("?tenant={one}&kind=test.hook")).await, named(&[3]));
    for (state, place) in [("waiting", 4), ("running", 5), ("done", 6)] {
        let query = format!("?state={state}&kind=test.mail");
        assert_eq!(house.list(&query).await, named(&[place]), "{state}");
    }
    let page = house.admin.get("/v1/platform/jobs?limit=3").await.expect(200);
    let cursor = page["next_cursor"].as_str().unwrap();
    assert_eq!(house.list(&format!("?limit=3&cursor={cursor}")).await, named(&[0]));
    house.admin.get("/v1/platform/jobs?state=lost").await.problem(400, "bad_parameter");

    let job = house.admin.get(&format!("/v1/platform/jobs/{}", ids[1])).await.expect(200);
    for (key, value) in [
        ("tenant_id", json!(one.to_string())),
        ("kind", json!("test.mail")),
        ("state", json!("dead")),
        ("attempts", json!(12)),
        ("last_error", json!("no such luck")),
        ("trace", json!("req-1")),
    ] {
        assert_eq!(job[key], value, "{key} of {job}");
    }
    assert!(!job.to_string().contains("ann@example.com"), "{job}");

    let kinds = house.admin.get("/v1/platform/job-kinds").await.expect(200);
    let now = house.app.now();
    let mail = kinds["items"].as_array().unwrap().iter().find(|kind| kind["kind"] == "test.mail");
    let mail = mail.unwrap();
    for (key, count) in [("waiting", 1), ("due", 1), ("running", 1), ("dead", 3)] {
        assert_eq!(mail[key], count, "{key} of {mail}");
    }
    let since: chrono::DateTime<chrono::Utc> =
        mail["oldest_due_at"].as_str().unwrap().parse().unwrap();
    assert!(since < now, "{mail}");
}

#[tokio::test]
async fn a_dead_job_is_driven_again_whole_or_discarded() {
    let house = House::new().await;
    let id = house.put(ONE, "test.mail", "dead").await;
    house.app.clock.advance(chrono::Duration::hours(1));
    let job = house.admin.post_empty(&format!("/v1/platform/jobs/{id}/retry")).await.expect(200);
    assert_eq!((&job["state"], &job["attempts"]), (&json!("waiting"), &json!(0)));
    assert_eq!(job["finished_at"], Value::Null);
    // With what was sealed, or it would be of no use.
    assert_eq!(house.column(id, "sealed is not null").await.as_deref(), Some("true"));
    let due = house.column(id, &format!("run_at = '{}'", house.app.now())).await;
    assert_eq!(due.as_deref(), Some("true"));
    // It isn't dead any more.
    for what in ["retry", "discard"] {
        let path = format!("/v1/platform/jobs/{id}/{what}");
        house.admin.post_empty(&path).await.problem(409, "job_not_dead");
    }
    let other = house.put(ONE, "test.mail", "dead").await;
    house.admin.post_empty(&format!("/v1/platform/jobs/{other}/discard")).await.expect(204);
    assert_eq!(house.column(other, "state").await, None);
    let path = format!("/v1/platform/jobs/{other}/discard");
    house.admin.post_empty(&path).await.problem(404, "not_found");
}

#[tokio::test]
async fn all_dead_jobs_of_a_kind_are_driven_again() {
    let house = House::new().await;
    for tenant in [Uuid::nil(), ONE, OTHER] {
        house.put(tenant, "test.mail", "dead").await;
    }
    let hook = house.put(ONE, "test.hook", "dead").await;
    let wanted = json!({ "kind": "test.mail" });
    let all = house.admin.post("/v1/platform/jobs/retry", &wanted).await.expect(200);
    assert_eq!(all["count"], 3);
    let again = house.admin.post("/v1/platform/jobs/retry", &wanted).await.expect(200);
    assert_eq!(again["count"], 0);
    assert_eq!(house.list("?state=waiting&kind=test.mail").await.len(), 3);
    assert_eq!(house.list("").await, [hook.to_string()]);
}
