//! The job runner: how fast bare claims are, how fast jobs that do nothing are done, how late due jobs
//! are, and whether all that stays so in a large table.

mod bare;
mod bench;
mod doing;
mod lateness;

use std::path::PathBuf;

use clap::{Args, ValueEnum, value_parser};

use crate::error::Outcome;
use crate::figures::{Bar, Figures};
use crate::machine::Machine;
use crate::samples::Samples;
use crate::throwaway::Throwaway;
use crate::{plot, say};

use bench::Bench;

/// What can be chosen.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Which parts are played
    #[arg(long, value_enum, value_delimiter = ',', default_value = "bare,doing,lateness")]
    parts: Vec<Part>,
    /// Finished jobs in the large table
    #[arg(long, default_value = "1000000", value_parser = value_parser!(u32).range(1..=10_000_000))]
    finished: u32,
    /// Jobs that wait in the large table
    #[arg(long, default_value = "100000", value_parser = value_parser!(u32).range(1..=5_000_000))]
    waiting: u32,
    /// Claims in a row
    #[arg(long, default_value = "500", value_parser = value_parser!(u32).range(1..=100_000))]
    claims: u32,
    /// Jobs that are done from end to end
    #[arg(long, default_value = "30000", value_parser = value_parser!(u32).range(1..=1_000_000))]
    jobs: u32,
    /// Jobs a second whose lateness is measured
    #[arg(long, default_value = "200", value_parser = value_parser!(u32).range(1..=5_000))]
    rate: u32,
    /// For how many seconds
    #[arg(long, default_value = "15", value_parser = value_parser!(u32).range(1..=600))]
    seconds: u32,
    /// Writes the figures to this file, too
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Draws them into this folder
    #[arg(long, value_name = "FOLDER")]
    svg: Option<PathBuf>,
}

/// A part of the scenario.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// Claims in batches, and nothing else
    Bare,
    /// Claimed, done by a handler that does nothing, and marked
    Doing,
    /// How late due jobs begin
    Lateness,
}

/// The table that is nearly empty, and the large one.
const SIZES: [&str; 2] = ["small", "large"];

/// The large table may cost so much more at most.
const FLAT: f64 = 0.7;

pub(crate) async fn run(options: &Options) -> Outcome<()> {
    let machine = Machine::look();
    say("Starting a database");
    let cluster = Throwaway::durable().await?;
    let machine = machine.with_postgres(cluster.version().await?);
    say(&format!("{machine}"));
    let mut figures = Figures::default();
    for part in &options.parts {
        match part {
            Part::Bare => claims(options, &cluster, &mut figures).await?,
            Part::Doing => doing(options, &cluster, &mut figures).await?,
            Part::Lateness => lateness(options, &cluster, &mut figures).await?,
        }
    }
    let missed = figures.missed();
    figures.keep(options.json.as_ref(), "jobs", &machine)?;
    if missed.is_empty() { Ok(()) } else { Err(missed.join("\n").into()) }
}

/// Both tables: in the small one what a part needs, in the large one all that waits is due.
async fn tables(
    options: &Options,
    cluster: &Throwaway,
    part: &str,
    needs: u32,
) -> Outcome<[Bench; 2]> {
    let small = Bench::open(cluster, &format!("{part}_{}", SIZES[0])).await?;
    small.put_due(needs).await?;
    let large = Bench::open(cluster, &format!("{part}_{}", SIZES[1])).await?;
    let due = if needs == 0 { 0 } else { needs.max(options.waiting) };
    say(&format!("Putting {} finished jobs and {due} that are due", options.finished));
    large.put_finished(options.finished).await?;
    large.put_due(due).await?;
    large.settle().await?;
    small.settle().await?;
    Ok([small, large])
}

async fn claims(options: &Options, cluster: &Throwaway, figures: &mut Figures) -> Outcome<()> {
    const PART: &str = "bare claims in batches of 32";
    let [small, large] = tables(options, cluster, "bare", options.claims * 32).await?;
    let mut rates = Vec::new();
    let mut samples = Vec::new();
    for (bench, size) in [&small, &large].into_iter().zip(SIZES) {
        let (took, rate) = bare::run(bench, options.claims).await?;
        let summary = took.summary();
        figures.add(PART, format!("jobs a second, {size} table"), rate, Bar::None);
        figures.add(
            PART,
            format!("p50 of a claim, ms, {size} table"),
            summary.p50_us / 1e3,
            Bar::None,
        );
        figures.add(
            PART,
            format!("p99 of a claim, ms, {size} table"),
            summary.p99_us / 1e3,
            Bar::None,
        );
        rates.push(rate);
        samples.push(took);
    }
    figures.add(PART, "large beside small", rates[1] / rates[0], Bar::AtLeast(FLAT));
    figures.show(PART);
    draw(options, "claims.svg", "A claim of 32 jobs", &samples)?;
    small.close().await;
    large.close().await;
    Ok(())
}

async fn doing(options: &Options, cluster: &Throwaway, figures: &mut Figures) -> Outcome<()> {
    const PART: &str = "jobs that do nothing, two workers";
    let [small, large] = tables(options, cluster, "doing", options.jobs).await?;
    for way in [doing::Way::OneByOne, doing::Way::Together] {
        let mut rates = Vec::new();
        for (bench, size) in [&small, &large].into_iter().zip(SIZES) {
            bench.make_due(options.jobs).await?;
            let rate = doing::run(bench, way, options.jobs).await?;
            let bar = if way == doing::Way::Together { Bar::AtLeast(3_000.0) } else { Bar::None };
            figures.add(PART, format!("a second, {}, {size} table", way.title()), rate, bar);
            rates.push(rate);
        }
        let what = format!("large beside small, {}", way.title());
        figures.add(PART, what, rates[1] / rates[0], Bar::AtLeast(FLAT));
    }
    figures.show(PART);
    small.close().await;
    large.close().await;
    Ok(())
}

async fn lateness(options: &Options, cluster: &Throwaway, figures: &mut Figures) -> Outcome<()> {
    const PART: &str = "how late due jobs begin";
    let [small, large] = tables(options, cluster, "late", 0).await?;
    large.put_later(options.waiting).await?;
    large.settle().await?;
    let mut samples = Vec::new();
    for (bench, size) in [&small, &large].into_iter().zip(SIZES) {
        let late = lateness::run(bench, options.rate, options.seconds).await?;
        for (name, share) in [("p50", 0.5), ("p99", 0.99), ("most", 1.0)] {
            let bar = if name == "p99" { Bar::AtMost(1_000.0) } else { Bar::None };
            let what = format!("{name}, ms, {} a second, {size} table", options.rate);
            figures.add(PART, what, late.at(share), bar);
        }
        samples.push(late);
    }
    figures.show(PART);
    draw(options, "lateness.svg", "How late due jobs begin", &samples)?;
    small.close().await;
    large.close().await;
    Ok(())
}

fn draw(options: &Options, name: &str, title: &str, samples: &[Samples]) -> Outcome<()> {
    let lines: Vec<_> = SIZES.into_iter().zip(samples).collect();
    plot::keep(options.svg.as_ref(), name, &plot::delays(title, &lines))
}
