//! Booking over HTTP: how fast free times are found and taken, beside what nothing at all costs, and
//! what happens when many want the same.

mod couples;
mod hot;
mod search;

use std::path::PathBuf;

use clap::{Args, ValueEnum, value_parser};
use openchair_server::embedded::DATABASE;

use crate::error::Outcome;
use crate::figures::Figures;
use crate::machine::Machine;
use crate::place::{Place, Wanted};
use crate::say;
use crate::throwaway::Throwaway;

/// One for each of those who come to a hot day, one that is hot, and one for a stampede.
const SHOPS: usize = 66;
const FEW: usize = 10;
/// Visits that each shop had before.
const PAST: i32 = 300;
/// The same, where there are ten thousand shops.
const LITTLE_PAST: i32 = 10;

/// What can be chosen.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Which parts are played
    #[arg(
        long,
        value_enum,
        value_delimiter = ',',
        default_value = "search,couples,hot,stampede,many"
    )]
    parts: Vec<Part>,
    /// How often everything has a turn; the first one, which is not counted, only warms up
    #[arg(long, default_value = "5", value_parser = value_parser!(u32).range(1..=100))]
    rounds: u32,
    /// How long a turn of those who write lasts, in seconds
    #[arg(long, default_value = "5", value_parser = value_parser!(u32).range(1..=60))]
    seconds: u32,
    /// How many hours the stampede is about
    #[arg(long, default_value = "2000", value_parser = value_parser!(u32).range(1..=5_000))]
    hours: u32,
    /// How many tenants are many
    #[arg(long, default_value = "10000", value_parser = value_parser!(u32).range(11..=100_000))]
    tenants: u32,
    /// The server's binary; the one beside this program when left out
    #[arg(long, value_name = "FILE")]
    server: Option<PathBuf>,
    /// Writes the figures to this file, too
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

/// A part of the scenario.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// How many queries free times take, and how long
    Search,
    /// Visits for two beside bare rows
    Couples,
    /// Sixty-four at one shop
    Hot,
    /// Sixteen for each hour
    Stampede,
    /// Free times among many tenants
    Many,
}

async fn open(
    options: &Options,
    cluster: &Throwaway,
    database: &str,
    shops: usize,
    past: i32,
) -> Outcome<Place> {
    // Nobody else shall ask the database anything while its answers are counted.
    let settings = &[("OPENCHAIR__WORKER__INSIDE", "false")];
    let server = options.server.as_ref();
    Place::open(cluster, Wanted { server, database, shops, past, settings }).await
}

pub(crate) async fn run(options: &Options) -> Outcome<()> {
    let machine = Machine::look();
    say("Starting a database");
    let cluster = Throwaway::durable().await?;
    let machine = machine.with_postgres(cluster.version().await?);
    say(&format!("{machine}"));
    let mut figures = Figures::default();
    let mut faults = Vec::new();
    let plays = |part| options.parts.contains(&part);
    if options.parts.iter().any(|part| *part != Part::Many) {
        let place = open(options, &cluster, DATABASE, SHOPS, PAST).await?;
        if plays(Part::Search) {
            search::alone(&place, &cluster, options, &mut figures).await?;
        }
        if plays(Part::Couples) {
            couples::run(&place, &cluster, options, &mut figures).await?;
        }
        if plays(Part::Hot) {
            hot::day(&place, &cluster, options, &mut figures).await?;
        }
        if plays(Part::Stampede) {
            hot::stampede(&place, &cluster, options, &mut figures).await?;
        }
        faults.extend(place.close().await?);
    }
    if plays(Part::Many) {
        cluster.create("few").await?;
        cluster.create("many").await?;
        let few = open(options, &cluster, "few", FEW, LITTLE_PAST).await?;
        let many = open(options, &cluster, "many", options.tenants as usize, LITTLE_PAST).await?;
        search::among(&few, &many, options, &mut figures).await?;
        faults.extend(few.close().await?);
        faults.extend(many.close().await?);
    }
    faults.extend(figures.missed());
    figures.keep(options.json.as_ref(), "booking", &machine)?;
    if faults.is_empty() { Ok(()) } else { Err(faults.join("\n").into()) }
}
