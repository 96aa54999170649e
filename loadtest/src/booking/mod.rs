//! Booking over HTTP: how fast free times are found and taken, beside what nothing at all costs, and
//! what happens when many want the same.

mod couples;
mod desk;
mod figures;
mod hot;
mod postgres;
mod search;
mod shops;

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum, value_parser};
use openchair_server::embedded::DATABASE;
use reqwest::Client;
use serde::Serialize;
use sqlx::postgres::{PgPool, PgPoolOptions};

use self::desk::Desk;
use self::figures::Figures;
use self::shops::Shop;
use crate::error::Outcome;
use crate::machine::Machine;
use crate::report::keep;
use crate::say;
use crate::server::{Recipe, Server, error_lines};
use crate::throwaway::Throwaway;

const PATIENCE: Duration = Duration::from_secs(40);
/// One for each of those who come to a hot day, one that is hot, and one for a stampede.
const SHOPS: usize = 66;
const FEW: usize = 10;
/// The visit that the past is made of: where nobody else books.
const LAST_HOUR: u64 = 7_900;
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

#[derive(Debug, Serialize)]
struct Kept {
    scenario: &'static str,
    machine: Machine,
    figures: Figures,
}

/// A database with shops and a server on it.
#[derive(Debug)]
struct Place {
    http: Client,
    server: Server,
    db: PgPool,
    /// The owner's address of the database.
    url: String,
    shops: Vec<Shop>,
}

impl Place {
    async fn open(
        options: &Options,
        cluster: &Throwaway,
        database: &str,
        shops: usize,
        past: i32,
    ) -> Outcome<Self> {
        let url = cluster.owner_url(database)?;
        openchair_migrations::migrate(&url).await?;
        let db = PgPoolOptions::new().max_connections(20).connect(&url).await?;
        let recipe = Recipe::new(options.server.as_ref(), cluster, database)?
            // Nobody else shall ask the database anything while its answers are counted.
            .with("OPENCHAIR__WORKER__INSIDE", "false")
            // To one shop come more than any plan allows.
            .with("OPENCHAIR__LIMITS__PLAN_FACTOR", "1000");
        let http = Client::builder().timeout(PATIENCE).pool_max_idle_per_host(64).build()?;
        let server = recipe.start(&http).await?;
        say(&format!("Opening {shops} shops"));
        let first = shops::found(&http, &server.url, &db).await?;
        let desk = Desk { http: http.clone(), url: server.url.clone(), shop: first.clone() };
        let told = desk.book(desk::hour(LAST_HOUR)).await?;
        if told.status != 201 {
            return Err(
                format!("the first booking was answered {}: {}", told.status, told.body).into()
            );
        }
        shops::give_past(&db, &first, past).await?;
        let copies = shops::copy(&db, &first, 1, shops).await?;
        let shops = std::iter::once(first).chain(copies).collect();
        Ok(Self { http, server, db, url, shops })
    }

    /// The desk of the `nth` shop.
    fn desk(&self, nth: usize) -> Desk {
        let shop = self.shops[nth % self.shops.len()].clone();
        Desk { http: self.http.clone(), url: self.server.url.clone(), shop }
    }

    /// Stops all of it, and says what the server complained about.
    async fn close(self) -> Outcome<Vec<String>> {
        self.db.close().await;
        let log = self.server.log();
        self.server.ask_to_stop()?;
        self.server.ended().await?;
        let lines = error_lines(&log)?;
        Ok(lines.into_iter().map(|line| format!("logged: {line}")).collect())
    }
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
        let place = Place::open(options, &cluster, DATABASE, SHOPS, PAST).await?;
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
        let few = Place::open(options, &cluster, "few", FEW, LITTLE_PAST).await?;
        let many =
            Place::open(options, &cluster, "many", options.tenants as usize, LITTLE_PAST).await?;
        search::among(&few, &many, options, &mut figures).await?;
        faults.extend(few.close().await?);
        faults.extend(many.close().await?);
    }
    faults.extend(figures.missed());
    keep(options.json.as_ref(), &Kept { scenario: "booking", machine, figures })?;
    if faults.is_empty() { Ok(()) } else { Err(faults.join("\n").into()) }
}
