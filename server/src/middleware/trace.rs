//! One span, one access line and one set of metrics per request, all by the route's pattern: raw
//! paths carry ids and tokens, and would make a metric per visitor.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use openchair_domain::tallies::{Tallies, What};
use poem::http::{Method, StatusCode};
use poem::{Endpoint, IntoResponse, Middleware, PathPattern, Request, Response, Result};
use sentry::{Hub, SentryFutureExt as _};
use tokio::time::Instant;
use tracing::field::Empty;
use tracing::{Instrument as _, Span};

use super::request_id;
use crate::problem::route_label;

/// The metrics' names.
pub const REQUESTS: &str = "http_requests_total";
/// Seconds from the request's head to the answer's head.
pub const DURATION: &str = "http_request_duration_seconds";
/// Requests that are being answered.
pub const IN_FLIGHT: &str = "http_requests_in_flight";

/// Middleware: observes every request.
#[derive(Debug, Clone, Default)]
pub struct Trace {
    tallies: Arc<Tallies>,
}

impl Trace {
    /// Middleware that also counts here what went well.
    pub fn new(tallies: Arc<Tallies>) -> Self {
        Self { tallies }
    }
}

impl<E: Endpoint> Middleware<E> for Trace {
    type Output = TraceEndpoint<E>;

    fn transform(&self, inner: E) -> Self::Output {
        TraceEndpoint { inner, tallies: Arc::clone(&self.tallies) }
    }
}

/// The endpoint that [`Trace`] makes.
pub struct TraceEndpoint<E> {
    inner: E,
    tallies: Arc<Tallies>,
}

impl<E> fmt::Debug for TraceEndpoint<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TraceEndpoint")
    }
}

impl<E: Endpoint> Endpoint for TraceEndpoint<E> {
    type Output = Response;

    async fn call(&self, req: Request) -> Result<Response> {
        let request_id = request_id::current().map(|id| id.to_string()).unwrap_or_default();
        let method = method_label(req.method());
        // At error level, so that a quiet log's errors still name their request.
        let span =
            tracing::error_span!("request", method, request_id, route = Empty, status = Empty);
        let hub = hub(&request_id);
        let mut watch = Watch::start(method, span.clone());
        let answer = self.inner.call(req).instrument(span).bind_hub(hub).await;
        let answer = answer.map(IntoResponse::into_response);
        let (status, pattern) = match &answer {
            Ok(response) => (response.status(), response.data::<PathPattern>()),
            Err(error) => (error.status(), error.data::<PathPattern>()),
        };
        let route = pattern.map_or_else(|| "(none)".to_owned(), |pattern| route_label(&pattern.0));
        watch.finish(status, &route);
        self.tallies.note(What::Requests, !status.is_server_error());
        answer
    }
}

/// What is reported during a request belongs to it and not to the thread's next one.
fn hub(request_id: &str) -> Arc<Hub> {
    let current = Hub::current();
    if current.client().is_none() {
        return current;
    }
    let hub = Arc::new(Hub::new_from_top(current));
    hub.configure_scope(|scope| scope.set_tag("request_id", request_id));
    hub
}

/// Anybody can invent methods; metrics know the usual ones.
fn method_label(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        _ => "OTHER",
    }
}

/// Counts a request out even if its caller hangs up and nobody waits for the answer.
struct Watch {
    method: &'static str,
    span: Span,
    start: Instant,
    finished: bool,
}

impl Watch {
    fn start(method: &'static str, span: Span) -> Self {
        metrics::gauge!(IN_FLIGHT).increment(1.0);
        Self { method, span, start: Instant::now(), finished: false }
    }

    fn finish(&mut self, status: StatusCode, route: &str) {
        self.finished = true;
        self.line(status.as_u16(), route);
    }

    fn line(&self, status: u16, route: &str) {
        let latency = self.start.elapsed();
        let labels = [
            ("method", self.method.to_owned()),
            ("route", route.to_owned()),
            ("status", status.to_string()),
        ];
        metrics::counter!(REQUESTS, &labels).increment(1);
        metrics::histogram!(DURATION, &labels[..2]).record(latency.as_secs_f64());
        self.span.record("route", route);
        self.span.record("status", status);
        let latency_ms = millis(latency);
        let _entered = self.span.enter();
        // Probes and scrapes come all day and say nothing.
        if matches!(route, "/healthz" | "/readyz" | "/metrics") {
            tracing::debug!(target: "openchair::access", latency_ms, "answered");
        } else {
            tracing::info!(target: "openchair::access", latency_ms, "answered");
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        metrics::gauge!(IN_FLIGHT).decrement(1.0);
        if !self.finished {
            // The usual number for a caller that went away before the answer.
            self.line(499, "(gone)");
        }
    }
}

fn millis(latency: Duration) -> f64 {
    (latency.as_secs_f64() * 10_000.0).round() / 10.0
}

#[cfg(test)]
mod tests {
    use metrics_exporter_prometheus::PrometheusBuilder;
    use poem::{EndpointExt, Route, handler};

    use super::*;
    use crate::testing::Client;

    #[handler]
    fn thing() -> &'static str {
        "thing"
    }

    #[handler]
    async fn stuck() {
        std::future::pending::<()>().await;
    }

    #[test]
    fn metrics_go_by_pattern() {
        let recorder = PrometheusBuilder::new().build_recorder();
        let handle = recorder.handle();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        metrics::with_local_recorder(&recorder, || {
            runtime.block_on(async {
                let routes = Route::new().at("/v1/things/:id", thing).at("/stuck", stuck);
                let app = Client(routes.with(Trace::default()));
                app.get("/v1/things/1").send().await;
                app.get("/v1/things/2?token=x").send().await;
                app.get("/secret-token").send().await;
                app.call("BREW".parse().unwrap(), "/v1/things/3").send().await;
                let mut gone = Box::pin(app.get("/stuck").response());
                assert!(futures_util::poll!(&mut gone).is_pending());
                drop(gone);
            });
        });
        let text = handle.render();
        for line in [
            r#"http_requests_total{method="GET",route="/v1/things/{}",status="200"} 2"#,
            r#"http_requests_total{method="OTHER",route="/v1/things/{}",status="200"} 1"#,
            r#"http_requests_total{method="GET",route="(none)",status="404"} 1"#,
            r#"http_requests_total{method="GET",route="(gone)",status="499"} 1"#,
            "http_requests_in_flight 0",
        ] {
            assert!(text.contains(line), "{line} in\n{text}");
        }
        assert!(!text.contains("secret-token"));
    }
}
