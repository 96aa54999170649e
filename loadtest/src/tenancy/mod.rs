//! What a tenant's transaction costs beside the bare query, side by side in one run: the ways take
//! turns in short blocks, so that whatever else the machine does meets them all alike.

mod fill;
mod ways;
mod world;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::{Args, value_parser};
use serde::Serialize;
use tokio::task::JoinSet;

use self::ways::{Read, Way};
use self::world::{Place, World};
use crate::error::Outcome;
use crate::machine::Machine;
use crate::report::{Table, keep};
use crate::samples::{Samples, Summary};
use crate::say;
use crate::throwaway::Throwaway;

/// What can be chosen.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// How many tenants there are; each number is a database of its own
    #[arg(long, value_delimiter = ',', default_value = "10,10000",
          value_parser = value_parser!(u32).range(1..=100_000))]
    tenants: Vec<u32>,
    /// How many read at once
    #[arg(long, value_delimiter = ',', default_value = "1,16",
          value_parser = value_parser!(u32).range(1..=64))]
    at_once: Vec<u32>,
    /// How often everything is connected anew: which processor a connection's process keeps to is
    /// luck, and lasts as long as the connection
    #[arg(long, default_value = "6", value_parser = value_parser!(u32).range(1..=100))]
    sittings: u32,
    /// How often everybody has a turn in a sitting; the first one only warms up
    #[arg(long, default_value = "11", value_parser = value_parser!(u32).range(2..=1000))]
    rounds: u32,
    /// How many reads a turn has
    #[arg(long, default_value = "200", value_parser = value_parser!(u32).range(1..=10_000))]
    turn: u32,
    /// Writes the figures to this file, too
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

/// What one way with one number of tenants took.
#[derive(Debug, Serialize)]
struct Figure {
    read: Read,
    way: Way,
    tenants: usize,
    at_once: u32,
    #[serde(flatten)]
    took: Summary,
    per_second: f64,
    /// Beside the bare query among as many tenants.
    times_bare: Ratio,
    /// Beside the same way among the fewest tenants.
    times_fewest: Ratio,
}

/// One summary beside another.
#[derive(Debug, Clone, Copy, Serialize)]
struct Ratio {
    p10: f64,
    p50: f64,
}

#[derive(Debug, Serialize)]
struct Figures {
    scenario: &'static str,
    machine: Machine,
    measured: Vec<Figure>,
}

/// One way into one world: what it took, and how long all its turns took together.
#[derive(Debug)]
struct Seat {
    world: usize,
    tenants: usize,
    way: Way,
    samples: Samples,
    spent: Duration,
}

pub(crate) async fn run(options: &Options) -> Outcome<()> {
    let machine = Machine::look();
    say("Starting a database");
    let cluster = Throwaway::hasty().await?;
    let machine = machine.with_postgres(cluster.version().await?);
    let mut places = Vec::new();
    for &tenants in &options.tenants {
        say(&format!("Filling in {tenants} tenants"));
        places.push(Place::make(&cluster, tenants as usize).await?);
    }
    say(&format!("\n{machine}"));
    let mut measured = Vec::new();
    for &at_once in &options.at_once {
        let mut reads = Vec::new();
        for read in Read::ALL {
            reads.push((read, seats(&places)?));
        }
        for _ in 0..options.sittings {
            // Fresh pools: a lone reader finds the few connections that a lone reader needs.
            let mut worlds = Vec::new();
            for place in &places {
                worlds.push(Arc::new(place.open(&cluster).await?));
            }
            for (read, seats) in &mut reads {
                sit(&worlds, seats, *read, at_once, options).await?;
            }
            for world in worlds {
                world.close().await;
            }
        }
        for (read, seats) in &reads {
            let figures = figures(seats, *read, at_once);
            show(&figures, *read, at_once);
            measured.extend(figures);
        }
    }
    keep(options.json.as_ref(), &Figures { scenario: "tenancy", machine, measured })
}

fn seats(places: &[Place]) -> Outcome<Vec<Seat>> {
    let mut seats = Vec::new();
    for (world, place) in places.iter().enumerate() {
        for way in Way::ALL {
            let (samples, spent) = (Samples::new()?, Duration::ZERO);
            seats.push(Seat { world, tenants: place.tenants, way, samples, spent });
        }
    }
    Ok(seats)
}

/// Every way in every world, in turns. Each round begins with another one: nobody is always the
/// first after a pause.
async fn sit(
    worlds: &[Arc<World>],
    seats: &mut [Seat],
    read: Read,
    at_once: u32,
    options: &Options,
) -> Outcome<()> {
    for round in 0..options.rounds as usize {
        for turn in 0..seats.len() {
            let seat = (turn + round) % seats.len();
            let seat = &mut seats[seat];
            let first = round * options.turn as usize;
            let world = &worlds[seat.world];
            let (samples, spent) =
                block(world, seat.way, read, at_once, first, options.turn).await?;
            if round > 0 {
                seat.samples.merge(&samples)?;
                seat.spent += spent;
            }
        }
    }
    Ok(())
}

fn figures(seats: &[Seat], read: Read, at_once: u32) -> Vec<Figure> {
    let of = |way: Way, tenants: usize| {
        let found = seats.iter().find(|seat| (seat.way, seat.tenants) == (way, tenants));
        found.map(|seat| seat.samples.summary())
    };
    let fewest = seats.iter().map(|seat| seat.tenants).min().unwrap_or_default();
    let figure = |seat: &Seat| {
        let took = seat.samples.summary();
        Figure {
            read,
            way: seat.way,
            tenants: seat.tenants,
            at_once,
            took,
            per_second: rate(took.count, seat.spent),
            times_bare: Ratio::of(took, of(Way::Bare, seat.tenants)),
            times_fewest: Ratio::of(took, of(seat.way, fewest)),
        }
    };
    seats.iter().map(figure).collect()
}

impl Ratio {
    fn of(one: Summary, other: Option<Summary>) -> Self {
        let beside = |one: f64, other: Option<f64>| other.map_or(f64::NAN, |other| one / other);
        Self {
            p10: beside(one.p10_us, other.map(|other| other.p10_us)),
            p50: beside(one.p50_us, other.map(|other| other.p50_us)),
        }
    }
}

/// One turn: so many reads, by so many at once.
async fn block(
    world: &Arc<World>,
    way: Way,
    read: Read,
    at_once: u32,
    first: usize,
    reads: u32,
) -> Outcome<(Samples, Duration)> {
    let each = reads.div_ceil(at_once) as usize;
    let begun = Instant::now();
    let mut readers = JoinSet::new();
    for reader in 0..at_once as usize {
        let world = Arc::clone(world);
        readers.spawn(async move {
            let mut samples = Samples::new()?;
            for nth in 0..each {
                let begun = Instant::now();
                way.go(&world, first + reader * each + nth, read).await?;
                samples.add(begun.elapsed());
            }
            Outcome::Ok(samples)
        });
    }
    let mut samples = Samples::new()?;
    while let Some(read) = readers.join_next().await {
        samples.merge(&read??)?;
    }
    Ok((samples, begun.elapsed()))
}

#[expect(clippy::cast_precision_loss, reason = "nobody takes that many samples")]
fn rate(count: u64, spent: Duration) -> f64 {
    count as f64 / spent.as_secs_f64()
}

fn show(figures: &[Figure], read: Read, at_once: u32) {
    let count = figures.first().map_or(0, |figure| figure.took.count);
    let fewest = figures.iter().map(|figure| figure.tenants).min().unwrap_or_default();
    say(&format!("\n{}; {at_once} at once, {count} samples each", read.title()));
    let beside = format!("x {fewest} tenants");
    let mut table = Table::with_columns([
        "way",
        "tenants",
        "p10 µs",
        "p50 µs",
        "p99 µs",
        "a second",
        "x bare",
        beside.as_str(),
    ]);
    let both = |ratio: Ratio| format!("{:.2} {:.2}", ratio.p10, ratio.p50);
    for figure in figures {
        table.row([
            figure.way.title().to_owned(),
            figure.tenants.to_string(),
            format!("{:.0}", figure.took.p10_us),
            format!("{:.0}", figure.took.p50_us),
            format!("{:.0}", figure.took.p99_us),
            format!("{:.0}", figure.per_second),
            both(figure.times_bare),
            both(figure.times_fewest),
        ]);
    }
    say(&table.text());
}
