//! Logs, metrics and error reports of the process.

use std::fmt;
use std::panic::PanicHookInfo;

use metrics::SetRecorderError;
use metrics_exporter_prometheus::{BuildError, PrometheusHandle, PrometheusRecorder};
use openchair_domain::tenancy::SYSTEM_TRANSACTIONS;
pub use openchair_worker::measures::recorder;
use openchair_worker::reports::{self, BadDestination, Destination, mask};
use sentry::ClientInitGuard;
use sentry::integrations::tracing::{BreadcrumbLayer, ErrorLayer};
use tracing::{Level, Metadata};
use tracing_subscriber::filter::{EnvFilter, ParseError, filter_fn};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::{SubscriberInitExt as _, TryInitError};
use tracing_subscriber::{Layer, fmt as log};

use crate::live;
use crate::middleware::trace;

/// Panics are logged under this name; sentry hears of them by itself.
const PANIC: &str = "openchair::panic";

/// How to log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogSettings {
    /// One JSON object per line instead of text for people.
    pub json: bool,
    /// `info`, or directives like `info,sqlx=warn`.
    pub level: String,
}

/// Why it could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// The level can't be read.
    #[error("the log level is not understood")]
    Level(#[from] ParseError),
    /// There is a logger already.
    #[error("logging can't be set up")]
    Log(#[from] TryInitError),
    /// The address for error reports can't be read.
    #[error(transparent)]
    Reports(#[from] BadDestination),
    /// There are metrics already.
    #[error("metrics can't be set up")]
    Metrics(#[from] SetRecorderError<PrometheusRecorder>),
    /// The metrics' own settings are wrong.
    #[error("metrics can't be set up")]
    Buckets(#[from] BuildError),
}

/// What has been set up. Dropping it sends what sentry has not sent yet.
pub struct Telemetry {
    /// Renders the metrics.
    pub metrics: PrometheusHandle,
    _sentry: Option<ClientInitGuard>,
}

impl fmt::Debug for Telemetry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Telemetry")
    }
}

/// Sets up everything, once per process.
pub fn init(
    logs: &LogSettings,
    reported: Option<&Destination>,
) -> Result<Telemetry, TelemetryError> {
    let filter = EnvFilter::try_new(&logs.level)?;
    let lines = if logs.json {
        log::layer().json().flatten_event(true).with_span_list(false).boxed()
    } else {
        log::layer().with_ansi(std::io::IsTerminal::is_terminal(&std::io::stdout())).boxed()
    };
    let errors = ErrorLayer::new().with_filter(filter_fn(is_reported));
    let crumbs = BreadcrumbLayer::new().with_filter(filter_fn(|m| *m.level() <= Level::INFO));
    tracing_subscriber::registry()
        .with(lines.with_filter(filter))
        .with(reported.map(|_| errors))
        .with(reported.map(|_| crumbs))
        .try_init()?;
    // Before sentry's, which calls the one that it finds.
    std::panic::set_hook(Box::new(log_panic));
    let guard = reported.map(reports::start).transpose()?;
    let recorder = recorder()?;
    let metrics = recorder.handle();
    metrics::set_global_recorder(recorder)?;
    describe();
    Ok(Telemetry { metrics, _sentry: guard })
}

fn is_reported(metadata: &Metadata<'_>) -> bool {
    metadata.is_event() && *metadata.level() == Level::ERROR && metadata.target() != PANIC
}

/// Once, with the place, in the same format as everything else.
fn log_panic(info: &PanicHookInfo<'_>) {
    let place = info.location().map(ToString::to_string).unwrap_or_default();
    let message = info.payload_as_str().unwrap_or("(no message)");
    let backtrace = std::backtrace::Backtrace::capture();
    tracing::error!(target: PANIC, place, message = mask(message), %backtrace, "panicked");
}

fn describe() {
    metrics::describe_counter!(trace::REQUESTS, "Requests answered, by method, route and status");
    metrics::describe_histogram!(trace::DURATION, "Seconds until the head of the answer");
    metrics::describe_gauge!(trace::IN_FLIGHT, "Requests that are being answered");
    metrics::describe_counter!(
        SYSTEM_TRANSACTIONS,
        "Transactions that looked across tenants, by reason"
    );
    metrics::describe_counter!("rate_limited_total", "Requests refused, by budget");
    live::describe();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_histograms() {
        let recorder = recorder().unwrap();
        let handle = recorder.handle();
        metrics::with_local_recorder(&recorder, || {
            metrics::histogram!(trace::DURATION).record(0.003);
        });
        let text = handle.render();
        assert!(text.contains(r#"http_request_duration_seconds_bucket{le="0.005"} 1"#), "{text}");
    }
}
