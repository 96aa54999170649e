//! `openchair-server`: serves the product; with no configuration it brings its own database.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Parser, Subcommand};
use openchair_domain::config::{LogFormat, Settings, Sources};
use openchair_domain::demo::{self, DemoLogin};
use openchair_domain::entropy::OsEntropy;
use openchair_domain::platform::{self, PlatformError};
use openchair_domain::tenancy::SystemReason;
use openchair_domain::text::Email;
use openchair_domain::wiring;
use openchair_server::openapi;
use openchair_server::start::{Database, StartError, Surroundings, start};
use openchair_server::telemetry::{self, LogSettings};
use openchair_server::web_files::WebFiles;
use openchair_worker::reports::Destination;
use tokio::signal::unix::{SignalKind, signal};

#[derive(Debug, Parser)]
#[command(name = "openchair-server", version, about = "The booking platform, in one process.")]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    /// One setting over all others: `--set server.bind=127.0.0.1:9000`
    #[arg(long = "set", value_name = "KEY=VALUE", global = true, value_parser = setting)]
    set: Vec<(String, String)>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the product (what happens without a command, too)
    Serve {
        /// Don't run the worker in this process
        #[arg(long)]
        no_worker: bool,
    },
    /// Bring the database at database.owner_url up to date
    Migrate,
    /// Make a login that is there a platform administrator, while the database runs
    PlatformAdmin {
        /// Its verified e-mail address
        email: String,
        /// Make it an administrator no longer
        #[arg(long)]
        revoke: bool,
    },
    /// Say the effective configuration, with secrets masked and where each value comes from
    CheckConfig,
    /// Write the API's document
    Openapi {
        /// A file instead of the standard output
        #[arg(long)]
        out: Option<PathBuf>,
    },
}

fn setting(text: &str) -> Result<(String, String), String> {
    let (key, value) = text.split_once('=').ok_or("a key, =, and a value")?;
    Ok((key.to_owned(), value.to_owned()))
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// A line for whoever started the program. Nobody may be listening.
fn say(text: &str) {
    let _closed = writeln!(io::stdout().lock(), "{text}");
}

fn run(cli: Cli) -> Result<(), StartError> {
    let mut overrides = cli.set;
    let command = cli.command.unwrap_or(Command::Serve { no_worker: false });
    if let Command::Serve { no_worker: true } = command {
        overrides.push(("worker.inside".to_owned(), "false".to_owned()));
    }
    let sources = Sources::from_process().with_overrides(overrides);
    match command {
        Command::Openapi { out } => write_document(out),
        Command::CheckConfig => {
            let settings = Settings::load(&sources)?;
            settings.effective().iter().for_each(|line| say(&line.to_string()));
            Ok(())
        }
        Command::Migrate => {
            let mut settings = Settings::load(&sources)?;
            block_on(async move {
                let database = Database::ready(&mut settings, say).await?;
                say("The database is up to date.");
                database.stop().await;
                Ok(())
            })
        }
        Command::PlatformAdmin { email, revoke } => {
            let settings = Settings::load(&sources)?;
            block_on(platform_admin(settings, email, !revoke))
        }
        Command::Serve { .. } => {
            let settings = Settings::load(&sources)?;
            block_on(serve(settings))
        }
    }
}

fn write_document(out: Option<PathBuf>) -> Result<(), StartError> {
    let document = openapi::document();
    let Some(path) = out else {
        let _closed = io::stdout().lock().write_all(document.as_bytes());
        return Ok(());
    };
    std::fs::write(&path, document)
        .map_err(|error| StartError::Io(format!("can't write {}", path.display()), error))
}

fn block_on(work: impl Future<Output = Result<(), StartError>>) -> Result<(), StartError> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| StartError::Io("can't start the threads".to_owned(), error))?
        .block_on(work)
}

/// The one way to the first administrator: nobody becomes one over HTTP.
async fn platform_admin(
    settings: Settings,
    address: String,
    admin: bool,
) -> Result<(), StartError> {
    telemetry::init(&log_settings(&settings), None)?;
    let settings = with_keys(settings)?;
    let (clock, entropy) = (wiring::clock(&settings), Arc::new(OsEntropy));
    let (db, _) = wiring::connect(&settings, clock, entropy).await?;
    let done = async {
        let Ok(email) = Email::parse(&address) else { return Err(PlatformError::NotFound) };
        let tx = db.system(SystemReason::Platform).await?;
        let done = platform::set_administrator(&tx, &email, admin).await?;
        tx.commit().await?;
        Ok(done)
    };
    let done = done.await.map_err(|error| {
        StartError::Administrator(match error {
            PlatformError::NotFound => format!("there is no login with the address {address}"),
            other => format!("{address}: {other}"),
        })
    })?;
    let already = if done.changed { "now" } else { "as before" };
    let what = if admin { "a platform administrator" } else { "no platform administrator" };
    say(&format!("{} ({address}) is {already} {what}.", done.name));
    Ok(())
}

fn log_settings(settings: &Settings) -> LogSettings {
    LogSettings { json: settings.log.format == LogFormat::Json, level: settings.log.level.clone() }
}

fn with_keys(settings: Settings) -> Result<Settings, StartError> {
    let folder = settings.database.folder.clone();
    settings.with_generated_keys(&OsEntropy).map_err(|error| {
        StartError::Io(format!("can't keep the generated keys in {}", folder.display()), error)
    })
}

async fn serve(settings: Settings) -> Result<(), StartError> {
    let logs = log_settings(&settings);
    let telemetry = telemetry::init(&logs, Destination::of(&settings).as_ref())?;
    let mut settings = with_keys(settings)?;
    let quiet = settings.profile.is_production();
    let progress =
        move |step: &str| if quiet { tracing::info!("{step}") } else { say(&format!("  {step}")) };
    let database = Database::ready(&mut settings, progress).await?;
    let around = Surroundings {
        clock: wiring::clock(&settings),
        entropy: Arc::new(OsEntropy),
        metrics: telemetry.metrics.clone(),
        web: WebFiles::embedded(),
    };
    let outcome = serve_on(&settings, around, quiet).await;
    database.stop().await;
    outcome
}

async fn serve_on(
    settings: &Settings,
    around: Surroundings,
    quiet: bool,
) -> Result<(), StartError> {
    // Before anybody can see that we are there: a signal in between would end us on the spot.
    let asked = asked_to_stop()
        .map_err(|error| StartError::Io("can't listen for signals".to_owned(), error))?;
    let mut running = start(settings, around).await?;
    if !quiet {
        say(&banner(settings, &running.demo_logins));
    }
    tracing::info!(address = %running.address, "ready");
    tokio::select! {
        () = asked => running.stop().await,
        () = running.finished() => {}
    }
    Ok(())
}

/// Where to look, and with which logins.
fn banner(settings: &Settings, logins: &[DemoLogin]) -> String {
    let url = settings.server.public_url.origin();
    let mut text = format!(
        "\nOpenchair is at   {url}\nThe API's docs    {url}/docs\nMail              {url}/dev/mail\n"
    );
    if !logins.is_empty() {
        let _infallible = writeln!(text, "\nDemo logins, all with the password {}", demo::PASSWORD);
        for login in logins {
            let business = login.business.as_deref().unwrap_or("the platform");
            let _infallible = writeln!(text, "  {:<28} {:<15} {business}", login.email, login.role);
        }
    }
    text.push_str("\nStop with Ctrl-C.");
    text
}

/// Ctrl-C, or what a service manager sends. Listens from the call on, not only when it is awaited.
fn asked_to_stop() -> io::Result<impl Future<Output = ()>> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}
