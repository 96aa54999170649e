//! Live over WebSockets: how late a committed change is on every screen, what a socket costs, and how
//! that stands beside what many would have used instead.

mod board;
mod commit;
mod crowd;
mod listener;
mod many;
mod peer;

use std::path::PathBuf;

use clap::{Args, ValueEnum, value_parser};
use serde_json::json;
use sqlx::PgPool;

use self::crowd::Born;
use self::listener::{Door, Whom};
use crate::error::Outcome;
use crate::figures::Figures;
use crate::machine::Machine;
use crate::place::{Place, Wanted};
use crate::say;
use crate::shops::Shop;
use crate::throwaway::Throwaway;

/// Visits that each shop had before.
const PAST: i32 = 30;

/// What can be chosen.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Which parts are played
    #[arg(long, value_enum, value_delimiter = ',', default_value = "many,board,commit")]
    parts: Vec<Part>,
    /// How many sockets are many
    #[arg(long, default_value = "5000", value_parser = value_parser!(u32).range(200..=9_000))]
    sockets: u32,
    /// How many shops they belong to
    #[arg(long, default_value = "200", value_parser = value_parser!(u32).range(1..=1_000))]
    shops: u32,
    /// How many look at one board
    #[arg(long, default_value = "1000", value_parser = value_parser!(u32).range(10..=9_000))]
    subscribers: u32,
    /// How long changes go on, in seconds
    #[arg(long, default_value = "20", value_parser = value_parser!(u32).range(1..=300))]
    seconds: u32,
    /// The server's binary; the one beside this program when left out
    #[arg(long, value_name = "FILE")]
    server: Option<PathBuf>,
    /// Where the peers are, which we are measured beside; `loadtest/peers` when left out
    #[arg(long, value_name = "FOLDER")]
    peers: Option<PathBuf>,
    /// Puts pictures of the figures into this folder
    #[arg(long, value_name = "FOLDER")]
    svg: Option<PathBuf>,
    /// Writes the figures to this file, too
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

/// A part of the scenario.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// Thousands of sockets in hundreds of shops
    Many,
    /// One board with a thousand subscribers, beside Socket.IO; and some who don't read
    Board,
    /// From commit to dashboard while people book
    Commit,
}

impl Part {
    const fn database(self) -> &'static str {
        match self {
            Self::Many => "many",
            Self::Commit => "commit",
            Self::Board => "board",
        }
    }
}

async fn open(
    options: &Options,
    cluster: &Throwaway,
    database: &str,
    shops: u32,
) -> Outcome<Place> {
    let plenty = "100000";
    let settings = &[
        ("OPENCHAIR__WORKER__INSIDE", "false"),
        // All sockets come from one address, and those of a shop show one key.
        ("OPENCHAIR__LIVE__SOCKETS_PER_IP", plenty),
        ("OPENCHAIR__LIVE__SOCKETS_PER_USER", plenty),
    ];
    let (server, past) = (options.server.as_ref(), PAST);
    let shops = usize::try_from(shops)?;
    Place::open(cluster, Wanted { server, database, shops, past, settings }).await
}

impl Place {
    fn address(&self) -> String {
        self.server.url.trim_start_matches("http://").to_owned()
    }

    /// A door to the schedule of these days of a shop's.
    fn schedule(&self, shop: &Shop, days: &[chrono::NaiveDate]) -> Door {
        let auth = json!({ "auth": shop.key }).to_string();
        let day = |day| json!({ "sub": "schedule", "location": shop.location, "date": day });
        let first = std::iter::once(auth).chain(days.iter().map(|date| day(date).to_string()));
        Door { address: self.address(), whom: Whom::Us { first: first.collect() } }
    }
}

/// The newest number that a shop's news have.
async fn newest(db: &PgPool, shop: &Shop) -> Outcome<u64> {
    let sql = "select last_seq from event_counters c join tenants t on t.id = c.tenant_id
               where t.slug = $1";
    let seq: i64 = sqlx::query_scalar(sql).bind(&shop.slug).fetch_one(db).await?;
    Ok(u64::try_from(seq)?)
}

/// When a shop's news after this number were committed: the database says so itself. It says when
/// it began to, before it waited for the disk.
async fn born(db: &PgPool, shop: &Shop, after: u64) -> Outcome<Born> {
    let sql = "select e.seq, (extract(epoch from pg_xact_commit_timestamp(e.xmin)) * 1e6)::bigint
               from outbox_events e join tenants t on t.id = e.tenant_id
               where t.slug = $1 and e.seq > $2";
    let found: Vec<(i64, i64)> =
        sqlx::query_as(sql).bind(&shop.slug).bind(i64::try_from(after)?).fetch_all(db).await?;
    found.into_iter().map(|(seq, at)| Ok((u64::try_from(seq)?, at))).collect()
}

pub(crate) async fn run(options: &Options) -> Outcome<()> {
    let machine = Machine::look();
    say("Starting a database");
    let cluster = Throwaway::with_commit_times().await?;
    let machine = machine.with_postgres(cluster.version().await?);
    say(&format!("{machine}"));
    let mut figures = Figures::default();
    let mut faults = Vec::new();
    for part in [Part::Many, Part::Commit, Part::Board] {
        if !options.parts.contains(&part) {
            continue;
        }
        // A server of its own: what one has given back of its memory is no room for the next.
        let database = part.database();
        cluster.create(database).await?;
        let place = open(options, &cluster, database, options.shops).await?;
        match part {
            Part::Many => many::run(&place, options, &mut figures).await?,
            Part::Commit => commit::run(&place, options, &mut figures).await?,
            Part::Board => board::run(&place, options, &mut figures).await?,
        }
        faults.extend(place.close().await?);
    }
    faults.extend(figures.missed());
    figures.keep(options.json.as_ref(), "live", &machine)?;
    if faults.is_empty() { Ok(()) } else { Err(faults.join("\n").into()) }
}
