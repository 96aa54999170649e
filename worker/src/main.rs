//! `openchair-worker`: the worker as a process of its own.

mod telemetry;

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::Parser;
use openchair_domain::config::{Settings, Sources};
use openchair_domain::entropy::{Entropy, OsEntropy};
use openchair_domain::identity::Identity;
use openchair_domain::tenancy::{Db, StartError};
use openchair_domain::wiring::{self, WiringError};
use openchair_worker::Worker;
use openchair_worker::alerts::Alerting;
use openchair_worker::ops::Ops;
use openchair_worker::outside::roots::Roots;
use openchair_worker::outside::{carriers, mail, providers};
use openchair_worker::runner::Options;
use openchair_worker::webhooks::Webhooks;
use tokio_util::sync::CancellationToken;

/// Runs what Openchair does behind the requests: mails, messages, reminders and webhooks.
///
/// It is configured like the server: see config/default.toml, OPENCHAIR_PROFILE and
/// OPENCHAIR__SECTION__KEY. Without database.url it uses the private database of the server that
/// runs in database.folder.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// Another value for a key of the configuration, such as `worker.concurrency=4`
    #[arg(long = "set", value_name = "KEY=VALUE", value_parser = key_and_value)]
    set: Vec<(String, String)>,
}

fn key_and_value(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) => Ok((key.to_owned(), value.to_owned())),
        None => Err("expected KEY=VALUE".to_owned()),
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    match start(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn start(arguments: Arguments) -> Result<(), Box<dyn std::error::Error>> {
    let entropy: Arc<dyn Entropy> = Arc::new(OsEntropy);
    let settings = Settings::load(&Sources::from_process().with_overrides(arguments.set))?
        .with_generated_keys(&*entropy)?;
    let telemetry = telemetry::init(&settings)?;
    let roots = Roots::from_settings(&settings.outside)?;
    let shutdown = CancellationToken::new();
    tokio::spawn(cancel_on_signal(shutdown.clone())?);

    let connected = shutdown.run_until_cancelled(connect(&settings, entropy)).await;
    let Some(connected) = connected else { return Ok(()) };
    let (db, identity) = connected?;
    let mailer = mail::from_settings(&settings.mail, &roots, &db, settings.worker.concurrency)?;
    let alerting = Alerting::from_settings(&settings, &roots, db.clone(), Arc::clone(&mailer))?;
    let (counter, billing) = providers::from_settings(&settings, &roots, &db)?;
    let carriers = carriers::from_settings(&settings, &roots, &db)?;
    let worker = Worker::new(db.clone(), identity, mailer, Options::from_settings(&settings))?
        .with_carriers(carriers)
        .with_counter(counter)
        .with_billing(billing)
        .with_webhooks(Webhooks::from_settings(&settings, &roots)?)
        .with_alerts(alerting);
    let ops = match settings.worker.ops_bind {
        Some(address) => {
            Some(Ops::bind(address, db.clone(), telemetry.metrics, shutdown.clone()).await?)
        }
        None => None,
    };
    tracing::info!("the worker runs");
    let work = worker.run(shutdown);
    match ops {
        Some(ops) => {
            tracing::info!(address = %ops.address()?, "probes and metrics are answered");
            // As long as it works, and no longer.
            tokio::select! { () = work => {} () = ops.run() => {} }
        }
        None => work.await,
    }
    db.close().await;
    tracing::info!("the worker has stopped");
    Ok(())
}

/// How often it looks for a database that isn't there yet.
const LOOKS: u32 = 60;

/// Connects. A server that starts at the same time may still be making or migrating the database.
async fn connect(
    settings: &Settings,
    entropy: Arc<dyn Entropy>,
) -> Result<(Db, Identity), WiringError> {
    let mut looks = 1;
    loop {
        match wiring::connect(settings, wiring::clock(settings), Arc::clone(&entropy)).await {
            Err(error) if looks < LOOKS && may_come(&error) => {
                if looks == 1 {
                    tracing::info!(%error, "waiting for the database");
                }
                looks += 1;
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
            ended => return ended,
        }
    }
}

fn may_come(error: &WiringError) -> bool {
    matches!(
        error,
        WiringError::NoDatabase { .. }
            | WiringError::Database(StartError::Unreachable(_) | StartError::NotMigrated)
    )
}

/// Cancels at the first Ctrl-C or SIGTERM.
fn cancel_on_signal(shutdown: CancellationToken) -> std::io::Result<impl Future<Output = ()>> {
    #[cfg(unix)]
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    Ok(async move {
        #[cfg(unix)]
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = terminate.recv() => {}
        }
        #[cfg(not(unix))]
        let _ = tokio::signal::ctrl_c().await;
        shutdown.cancel();
    })
}
