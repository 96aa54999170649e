//! `openchair-loadtest`: load on purpose, and what it did. Every scenario brings its own database and
//! server, on this machine only, and stops by itself.

mod booking;
mod desk;
mod error;
mod figures;
mod jobs;
mod live;
mod machine;
mod people;
mod place;
mod plot;
mod postgres;
mod reminders;
mod report;
mod samples;
mod server;
mod shops;
mod tenancy;
mod throwaway;
mod webhooks;
mod worker;

use std::io::Write as _;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::error::Outcome;

#[derive(Debug, Parser)]
#[command(name = "openchair-loadtest", version, about = "Load on purpose, and what it did.")]
struct Cli {
    #[command(subcommand)]
    scenario: Scenario,
}

#[derive(Debug, Subcommand)]
enum Scenario {
    /// What a tenant's transaction costs beside the bare query, with few tenants and with many
    Tenancy(tenancy::Options),
    /// People who sign up, sign in and look around, as fast as asked whether or not it is answered;
    /// and how fast the server starts and stops, and how much memory it takes
    People(people::Options),
    /// Visits: how fast free times are found and taken, beside a bare row; a hot day, a stampede, and
    /// many tenants
    Booking(booking::Options),
    /// Screens over WebSockets: thousands of them, how late they are, and what Socket.IO would cost
    Live(live::Options),
    /// The job runner: claims, jobs from end to end, how late they are, in a small table and a large one
    Jobs(jobs::Options),
    /// Reminders of a thousand shops that are due at once, handed to a mail server by two workers
    Reminders(reminders::Options),
    /// Webhooks to two hundred endpoints, some of which are dead or slow: how soon the others hear, and
    /// whether one that wants few a second gets no more
    Webhooks(webhooks::Options),
}

fn main() -> ExitCode {
    match run(Cli::parse().scenario) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(scenario: Scenario) -> Outcome<()> {
    // The HTTP client wants one even for plain HTTP. Whoever was first has installed the same.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        // Being interrupted drops what runs, and so takes database and server down in order.
        tokio::select! {
            outcome = play(scenario) => outcome,
            _ = tokio::signal::ctrl_c() => Err("interrupted".into()),
        }
    })
}

async fn play(scenario: Scenario) -> Outcome<()> {
    match scenario {
        Scenario::Tenancy(options) => tenancy::run(&options).await,
        Scenario::People(options) => people::run(&options).await,
        Scenario::Booking(options) => booking::run(&options).await,
        Scenario::Live(options) => live::run(&options).await,
        Scenario::Jobs(options) => jobs::run(&options).await,
        Scenario::Reminders(options) => reminders::run(&options).await,
        Scenario::Webhooks(options) => webhooks::run(&options).await,
    }
}

/// A line for whoever looks on. Nobody may be listening.
fn say(text: &str) {
    let _closed = writeln!(std::io::stdout().lock(), "{text}");
}
