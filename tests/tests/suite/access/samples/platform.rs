//! Requests about the deployment: the worker's jobs, and alerts.

use openchair_domain::ids::{Id, Job};
use openchair_tests::TestApp;
use serde_json::json;
use uuid::Uuid;

use super::{Operation, Sample};
use crate::access::actors::World;

const KIND: &str = "test.dead";

pub async fn sample(operation: &Operation, world: &World) -> Option<Sample> {
    let path = match operation.id.as_str() {
        "retry_platform_jobs" => {
            return Some(Sample::at("/v1/platform/jobs/retry").with(json!({ "kind": KIND })));
        }
        "try_platform_alerts" => return Some(Sample::at("/v1/platform/alerts/trial")),
        "read_platform_job" => "",
        "retry_platform_job" => "/retry",
        "discard_platform_job" => "/discard",
        _ => return None,
    };
    let job = dead(&world.app).await;
    Some(Sample::at(format!("/v1/platform/jobs/{job}{path}")))
}

/// A job that failed for good, of nobody's: the same for everybody who asks.
async fn dead(app: &TestApp) -> Id<Job> {
    let (id, now) = (Id::from_uuid(Uuid::from_u128(0xdead)), app.now());
    let sql = format!(
        "insert into jobs (tenant_id, id, kind, version, payload, state, attempts, run_at, created_at,
                           finished_at, last_error)
         values ('{}', '{}', '{KIND}', 1, '{{}}', 'dead', 12, '{now}', '{now}', '{now}', 'no such luck')
         on conflict (tenant_id, id) do update set state = 'dead'",
        Uuid::nil(),
        id.uuid()
    );
    app.database.run(&sql).await;
    id
}
