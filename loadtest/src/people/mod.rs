//! People over HTTP: they come when they come, and a server that is slow has more of them at once.

mod life;
mod mix;
mod pace;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::{Args, value_parser};
use openchair_server::embedded::DATABASE;
use reqwest::Client;
use serde::Serialize;
use sqlx::{Connection as _, PgConnection};

use self::life::Life;
use self::mix::{Crowd, Deed};
use self::pace::{Pace, Played, play};
use crate::error::Outcome;
use crate::machine::Machine;
use crate::report::{Table, keep};
use crate::samples::Summary;
use crate::say;
use crate::server::{Recipe, error_lines};
use crate::throwaway::Throwaway;

/// Longer than the server lets anybody wait.
const PATIENCE: Duration = Duration::from_secs(40);

/// What can be chosen.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// How many people come each second, on the average
    #[arg(long, default_value = "60", value_parser = value_parser!(u32).range(1..=5000))]
    rate: u32,
    /// How long they come, in seconds
    #[arg(long, default_value = "20", value_parser = value_parser!(u32).range(1..=600))]
    seconds: u32,
    /// How many are served at once at most; more wait, and their waiting counts
    #[arg(long, default_value = "64", value_parser = value_parser!(u32).range(1..=1000))]
    at_once: u32,
    /// How many businesses there are before it begins
    #[arg(long, default_value = "40", value_parser = value_parser!(u32).range(1..=1000))]
    businesses: u32,
    /// How often the server is started and stopped before the load
    #[arg(long, default_value = "5", value_parser = value_parser!(u32).range(1..=50))]
    starts: u32,
    /// How many sign-ins wait for the server when it is stopped
    #[arg(long, default_value = "16", value_parser = value_parser!(u32).range(1..=64))]
    in_flight: u32,
    /// Who comes when; the same number gives the same people
    #[arg(long, default_value = "1")]
    seed: u64,
    /// The server's binary; the one beside this program when left out
    #[arg(long, value_name = "FILE")]
    server: Option<PathBuf>,
    /// Writes the figures to this file, too
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

/// What one kind of request took.
#[derive(Debug, Serialize)]
struct Figure {
    operation: &'static str,
    #[serde(flatten)]
    took: Summary,
    /// By status; 0 stands for no answer at all.
    failed: BTreeMap<u16, u64>,
}

#[derive(Debug, Serialize)]
struct Figures {
    scenario: &'static str,
    machine: Machine,
    rate: u32,
    seconds: u32,
    served_per_second: f64,
    held_up: u64,
    operations: Vec<Figure>,
    server: Life,
    faults: Vec<String>,
}

pub(crate) async fn run(options: &Options) -> Outcome<()> {
    let machine = Machine::look();
    say("Starting a database");
    let cluster = Throwaway::durable().await?;
    let machine = machine.with_postgres(cluster.version().await?);
    openchair_migrations::migrate(&cluster.owner_url(DATABASE)?).await?;
    let recipe = Recipe::new(options.server.as_ref(), &cluster, DATABASE)?;
    let http = Client::builder().timeout(PATIENCE).build()?;

    say("Starting and stopping the server");
    // The first start makes keys and finds nothing in the system's cache.
    life::start_and_stop(&recipe, &http, 1).await?;
    let (starts_ms, idle_stops_ms) = life::start_and_stop(&recipe, &http, options.starts).await?;
    let server = recipe.start(&http).await?;
    let idle_mib = life::resting_mib(&server).await?;

    say(&format!("Signing up {} businesses", options.businesses));
    let crowd = Arc::new(Crowd::gather(&http, &server.url, options.businesses).await?);
    widen_plans(&cluster).await?;
    let Options { rate, seconds, at_once, seed, .. } = *options;
    say(&format!("{rate} people a second for {seconds} seconds"));
    let lasting = Duration::from_secs(seconds.into());
    let played = play(&crowd, Pace { rate, lasting, at_once, seed }).await?;
    let after_load_mib = life::resting_mib(&server).await?;

    let log = server.log();
    let in_flight = options.in_flight as usize;
    let (busy_stop_ms, answered) = life::stop_busy(server, &crowd, in_flight).await?;
    let server = Life {
        starts_ms,
        idle_mib,
        after_load_mib,
        idle_stops_ms,
        busy_stop_ms,
        in_flight,
        answered,
    };
    let operations: Vec<Figure> = played.tallies.iter().map(figure).collect();
    let mut faults = faults(&operations);
    faults.extend(error_lines(&log)?.into_iter().map(|line| format!("logged: {line}")));
    faults.extend(server.failed());

    say(&format!("\n{machine}"));
    show(&operations, &played);
    show_life(&server);
    let served: u64 = operations.iter().map(|figure| figure.took.count).sum();
    let figures = Figures {
        scenario: "people",
        machine,
        rate,
        seconds,
        served_per_second: per_second(served, played.took),
        held_up: played.held_up,
        operations,
        server,
        faults,
    };
    keep(options.json.as_ref(), &figures)?;
    if figures.faults.is_empty() { Ok(()) } else { Err(figures.faults.join("\n").into()) }
}

/// The load is about the server, not about what a trial may ask for.
async fn widen_plans(cluster: &Throwaway) -> Outcome<()> {
    let mut owner = PgConnection::connect(&cluster.owner_url(DATABASE)?).await?;
    sqlx::query("update tenants set plan = 'business'").execute(&mut owner).await?;
    Ok(owner.close().await?)
}

fn figure((deed, tally): &(Deed, pace::Tally)) -> Figure {
    let failed = tally.failed.clone();
    Figure { operation: deed.title(), took: tally.samples.summary(), failed }
}

/// Nothing may fail: nobody asks for anything that isn't theirs to have.
fn faults(operations: &[Figure]) -> Vec<String> {
    let each = operations.iter().flat_map(|figure| {
        figure.failed.iter().map(|(status, count)| match status {
            0 => format!("{}: {count} without an answer", figure.operation),
            status => format!("{}: {count} answered {status}", figure.operation),
        })
    });
    each.collect()
}

fn show(operations: &[Figure], played: &Played) {
    let mut table = Table::with_columns([
        "operation",
        "count",
        "failed",
        "p50 ms",
        "p95 ms",
        "p99 ms",
        "max ms",
    ]);
    for figure in operations {
        let ms = |micros: f64| format!("{:.1}", micros / 1000.0);
        let Summary { count, p50_us, p95_us, p99_us, max_us, .. } = figure.took;
        table.row([
            figure.operation.to_owned(),
            count.to_string(),
            figure.failed.values().sum::<u64>().to_string(),
            ms(p50_us),
            ms(p95_us),
            ms(p99_us),
            ms(max_us),
        ]);
    }
    say(&table.text());
    if played.held_up > 0 {
        say(&format!("{} came when too many were being served, and waited", played.held_up));
    }
}

fn show_life(life: &Life) {
    let spread = |times: &[f64]| {
        let least = times.iter().copied().fold(f64::INFINITY, f64::min);
        let most = times.iter().copied().fold(0.0, f64::max);
        format!("{least:.0} to {most:.0} ms")
    };
    let mut table = Table::with_columns(["server", "", "bar"]);
    let mut row = |what: &str, found: String, bar: &str| {
        table.row([what.to_owned(), found, bar.to_owned()]);
    };
    row("start, database running", spread(&life.starts_ms), "1000 ms");
    row("memory, idle", format!("{:.1} MiB", life.idle_mib), "60 MiB");
    row("memory, idle again", format!("{:.1} MiB", life.after_load_mib), "60 MiB");
    row("stop, idle", spread(&life.idle_stops_ms), "");
    let waiting = format!("stop, {} sign-ins waiting", life.in_flight);
    row(&waiting, format!("{:.0} ms", life.busy_stop_ms), "10000 ms");
    row("of those answered", life.answered.to_string(), &life.in_flight.to_string());
    say(&format!("\n{}", table.text()));
}

#[expect(clippy::cast_precision_loss, reason = "nobody takes that many samples")]
fn per_second(count: u64, took: Duration) -> f64 {
    count as f64 / took.as_secs_f64()
}
