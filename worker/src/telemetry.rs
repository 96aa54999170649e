//! The log and the error reports of a worker that is a process of its own. Inside the server, the
//! server's serve.

use openchair_domain::config::{LogFormat, Settings};
use sentry::integrations::tracing::ErrorLayer;
use sentry::{ClientInitGuard, ClientOptions};
use tracing::Level;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _, fmt};

/// Sets both up, once per process. What it returns sends the last reports when it is dropped.
pub(crate) fn init(
    settings: &Settings,
) -> Result<Option<ClientInitGuard>, Box<dyn std::error::Error>> {
    let lines = match settings.log.format {
        LogFormat::Json => fmt::layer().json().flatten_event(true).boxed(),
        LogFormat::Pretty => fmt::layer().boxed(),
    };
    let reported = settings.sentry.dsn.expose();
    let errors = (!reported.is_empty()).then(|| {
        ErrorLayer::new().with_filter(filter_fn(|m| m.is_event() && *m.level() == Level::ERROR))
    });
    tracing_subscriber::registry()
        .with(lines.with_filter(EnvFilter::try_new(&settings.log.level)?))
        .with(errors)
        .try_init()?;
    if reported.is_empty() {
        return Ok(None);
    }
    // Two parts of the program may ask for it; the first one wins.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let environment = match settings.sentry.environment.as_str() {
        "" => settings.profile.name.clone(),
        name => name.to_owned(),
    };
    let mut options = ClientOptions::new()
        .environment(environment)
        .release(env!("CARGO_PKG_VERSION"))
        .send_default_pii(false)
        .attach_stacktrace(true);
    // Not by `dsn()`, which panics at a wrong one.
    options.dsn = Some(reported.parse()?);
    Ok(Some(sentry::init(options)))
}
