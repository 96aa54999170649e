//! For those who run the server: is it alive, is it ready, how does it do.

use std::fmt;
use std::sync::Arc;

use futures_util::future::{BoxFuture, join_all};
use metrics_exporter_prometheus::PrometheusHandle;
use poem::http::StatusCode;
use poem::web::{Data, Json};
use poem::{Endpoint, EndpointExt, Response, Route, get, handler};
use serde_json::json;
use tokio_util::sync::CancellationToken;

/// Asks one thing that the server needs; the error goes to the log, not to the caller.
pub type Check = Arc<dyn Fn() -> BoxFuture<'static, Result<(), String>> + Send + Sync>;

/// What the three endpoints need.
#[derive(Clone)]
pub struct Ops {
    /// Everything without which no request can be answered, by name.
    pub checks: Vec<(&'static str, Check)>,
    /// Cancelled when the server begins to stop: from then on it wants no new work.
    pub draining: CancellationToken,
    /// Where the metrics are.
    pub metrics: PrometheusHandle,
}

impl fmt::Debug for Ops {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.checks.iter().map(|(name, _)| name).collect();
        f.debug_struct("Ops").field("checks", &names).finish_non_exhaustive()
    }
}

/// The paths, for the table of methods.
pub const PATHS: [&str; 3] = ["/healthz", "/readyz", "/metrics"];

/// Adds `/healthz`, `/readyz` and `/metrics`.
#[must_use]
pub fn routes(route: Route, ops: &Ops) -> Route {
    route
        .at("/healthz", get(healthz))
        .at("/readyz", with(get(readyz), ops))
        .at("/metrics", with(get(metrics_text), ops))
}

fn with(endpoint: impl Endpoint + 'static, ops: &Ops) -> impl Endpoint + 'static {
    endpoint.data(ops.clone())
}

/// Alive: the process answers. Says nothing of the database, or a restart would be tried for it.
#[handler]
fn healthz() -> Json<serde_json::Value> {
    Json(json!({ "status": "alive" }))
}

/// Ready: send requests here.
#[handler]
async fn readyz(ops: Data<&Ops>) -> Response {
    if ops.draining.is_cancelled() {
        return answer(StatusCode::SERVICE_UNAVAILABLE, &json!({ "status": "draining" }));
    }
    let results = join_all(ops.checks.iter().map(|(_, check)| check())).await;
    let mut checks = serde_json::Map::new();
    let mut ready = true;
    for ((name, _), result) in ops.checks.iter().zip(results) {
        if let Err(error) = &result {
            tracing::warn!(check = name, error, "not ready");
            ready = false;
        }
        checks.insert((*name).into(), if result.is_ok() { "ok" } else { "failing" }.into());
    }
    let (status, word) = if ready {
        (StatusCode::OK, "ready")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "not_ready")
    };
    answer(status, &json!({ "status": word, "checks": checks }))
}

/// Prometheus' text format.
#[handler]
fn metrics_text(Data(ops): Data<&Ops>) -> Response {
    ops.metrics.run_upkeep();
    Response::builder()
        .content_type("text/plain; version=0.0.4; charset=utf-8")
        .body(ops.metrics.render())
}

fn answer(status: StatusCode, body: &serde_json::Value) -> Response {
    Response::builder().status(status).content_type("application/json").body(body.to_string())
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use futures_util::FutureExt as _;
    use metrics_exporter_prometheus::PrometheusBuilder;

    use super::*;
    use crate::problem::Normalise;
    use crate::testing::Client;

    #[tokio::test]
    async fn ready_means_all_checks_pass_and_nobody_stops() {
        let up = Arc::new(AtomicBool::new(true));
        let database = Arc::clone(&up);
        let check: Check = Arc::new(move || {
            let up = database.load(Ordering::SeqCst);
            async move { if up { Ok(()) } else { Err("password hunter2 refused".into()) } }.boxed()
        });
        let ops = Ops {
            checks: vec![("database", check)],
            draining: CancellationToken::new(),
            metrics: PrometheusBuilder::new().build_recorder().handle(),
        };
        let app = Client(routes(Route::new(), &ops).with(Normalise::default()));
        let ready = app.get("/readyz").send().await;
        assert_eq!(ready.value(), json!({ "status": "ready", "checks": { "database": "ok" } }));
        up.store(false, Ordering::SeqCst);
        let failing = app.get("/readyz").send().await;
        assert_eq!(failing.status.as_u16(), 503);
        assert_eq!(failing.value()["checks"]["database"], "failing");
        assert!(!failing.text().contains("hunter2"));
        up.store(true, Ordering::SeqCst);
        ops.draining.cancel();
        assert_eq!(app.get("/readyz").send().await.value(), json!({ "status": "draining" }));
        assert_eq!(app.get("/healthz").send().await.status.as_u16(), 200);
        assert!(app.get("/metrics").send().await.header("content-type").contains("0.0.4"));
    }
}
