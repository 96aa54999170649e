//! The log, the metrics and the error reports of a worker that is a process of its own. Inside the server, the
//! server's serve.

use metrics_exporter_prometheus::PrometheusHandle;
use openchair_domain::config::{LogFormat, Settings};
use openchair_worker::measures;
use openchair_worker::reports::{self, Destination};
use sentry::ClientInitGuard;
use sentry::integrations::tracing::ErrorLayer;
use tracing::Level;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _, fmt};

/// What has been set up. Dropping it sends the last reports.
pub(crate) struct Telemetry {
    /// Renders the metrics.
    pub(crate) metrics: PrometheusHandle,
    _reports: Option<ClientInitGuard>,
}

/// Sets all up, once per process.
pub(crate) fn init(settings: &Settings) -> Result<Telemetry, Box<dyn std::error::Error>> {
    let lines = match settings.log.format {
        LogFormat::Json => fmt::layer().json().flatten_event(true).boxed(),
        LogFormat::Pretty => fmt::layer().boxed(),
    };
    let destination = Destination::of(settings);
    let errors = destination.is_some().then(|| {
        ErrorLayer::new().with_filter(filter_fn(|m| m.is_event() && *m.level() == Level::ERROR))
    });
    tracing_subscriber::registry()
        .with(lines.with_filter(EnvFilter::try_new(&settings.log.level)?))
        .with(errors)
        .try_init()?;
    let reports = destination.as_ref().map(reports::start).transpose()?;
    let recorder = measures::recorder()?;
    let handle = recorder.handle();
    metrics::set_global_recorder(recorder)?;
    Ok(Telemetry { metrics: handle, _reports: reports })
}
