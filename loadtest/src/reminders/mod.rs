//! Reminders of many shops that are due at once: how fast two workers look at them, write them and hand
//! them to a mail server, and whether each comes once.

mod fill;
mod office;

use std::collections::HashMap;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, value_parser};
use openchair_domain::bells::Across;
use openchair_domain::messaging;
use tokio::time::Instant;

use self::fill::Shops;
use self::office::{Office, Taken};
use crate::error::Outcome;
use crate::figures::{Bar, Figures};
use crate::machine::Machine;
use crate::samples::Samples;
use crate::throwaway::Throwaway;
use crate::worker::Worker;
use crate::{plot, say};

/// What can be chosen.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// How many shops
    #[arg(long, default_value = "1000", value_parser = value_parser!(u32).range(1..=10_000))]
    shops: u32,
    /// How many visits they have together, each with a reminder that is due
    #[arg(long, default_value = "20000", value_parser = value_parser!(u32).range(1..=500_000))]
    visits: u32,
    /// How many worker processes
    #[arg(long, default_value = "2", value_parser = value_parser!(u8).range(1..=16))]
    workers: u8,
    /// How often; the first time warms up and isn't counted, if there are several
    #[arg(long, default_value = "3", value_parser = value_parser!(u32).range(1..=20))]
    rounds: u32,
    /// How long the mail server takes for a mail, in milliseconds
    #[arg(long, default_value = "0", value_parser = value_parser!(u64).range(0..=10_000))]
    answer: u64,
    /// The worker's binary; the one beside this program when left out
    #[arg(long, value_name = "FILE")]
    worker: Option<PathBuf>,
    /// Another setting of the workers', such as `worker.concurrency=16`
    #[arg(long = "set", value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// Writes the figures to this file, too
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Draws them into this folder
    #[arg(long, value_name = "FOLDER")]
    svg: Option<PathBuf>,
}

/// What is promised, a second.
const RATE: f64 = 3_000.0;

/// How long nothing may come before it is over.
const PATIENCE: Duration = Duration::from_secs(30);

const PART: &str = "reminders that are due at once";

/// One round.
struct Round {
    /// Written, a second.
    written: f64,
    /// Handed over, a second, from the moment in which they are due.
    sent: f64,
    duplicates: usize,
    missing: usize,
    late: Samples,
}

pub(crate) async fn run(options: &Options) -> Outcome<()> {
    let machine = Machine::look();
    say("Starting a database");
    let cluster = Throwaway::durable().await?;
    let machine = machine.with_postgres(cluster.version().await?);
    say(&format!("{machine}"));
    let office = Office::open(Duration::from_millis(options.answer)).await?;
    let mut rounds = Vec::new();
    for nth in 0..options.rounds {
        let round = play(options, &cluster, &office, nth).await?;
        say(&format!(
            "Round {}: {:.0} a second written, {:.0} a second handed over, {} twice, {} missing",
            nth + 1,
            round.written,
            round.sent,
            round.duplicates,
            round.missing
        ));
        rounds.push(round);
    }
    if rounds.len() > 1 {
        rounds.remove(0);
    }
    let mut figures = Figures::default();
    let count = f64::from(u32::try_from(rounds.len())?);
    let mean = |of: fn(&Round) -> f64| rounds.iter().map(of).sum::<f64>() / count;
    let most = |of: fn(&Round) -> usize| rounds.iter().map(of).max().unwrap_or(0);
    let mut late = Samples::new()?;
    for round in &rounds {
        late.merge(&round.late)?;
    }
    let workers = options.workers;
    let what = format!("handed over a second, {workers} workers");
    figures.add(PART, what, mean(|round| round.sent), Bar::AtLeast(RATE));
    figures.add(PART, "written a second, by one", mean(|round| round.written), Bar::None);
    for (name, share) in [("p50", 0.5), ("p99", 0.99), ("most", 1.0)] {
        figures.add(PART, format!("late, {name}, ms"), late.at(share), Bar::None);
    }
    let twice = f64::from(u32::try_from(most(|round| round.duplicates))?);
    let missing = f64::from(u32::try_from(most(|round| round.missing))?);
    figures.add(PART, "handed over twice, by key", twice, Bar::AtMost(0.0));
    figures.add(PART, "missing", missing, Bar::AtMost(0.0));
    figures.show(PART);
    let title = format!("From due to handed over, {} at once", options.visits);
    let svg = plot::delays(&title, &[("all", &late)]);
    plot::keep(options.svg.as_ref(), "reminders.svg", &svg)?;
    let missed = figures.missed();
    figures.keep(options.json.as_ref(), "reminders", &machine)?;
    if missed.is_empty() { Ok(()) } else { Err(missed.join("\n").into()) }
}

async fn play(options: &Options, cluster: &Throwaway, office: &Office, nth: u32) -> Outcome<Round> {
    let shops = Shops::open(cluster, &format!("reminders_{nth}")).await?;
    shops.fill(options.shops, options.visits).await?;
    let begun = Instant::now();
    let written = messaging::sweep_reminders(&shops.db).await?;
    let written_in = begun.elapsed().as_secs_f64();
    if written != u64::from(options.visits) {
        return Err(format!("of {} reminders {written} were written", options.visits).into());
    }
    shops.settle().await?;
    let mut workers = Vec::new();
    for number in 0..options.workers {
        let name = format!("{}-worker-{number}", shops.name);
        let mut settings = vec![
            format!("database.url={}", shops.url),
            "worker.poll_seconds=5".to_owned(),
            "log.level=info".to_owned(),
            "mail.transport=smtp".to_owned(),
            format!("mail.smtp_url=smtp://{}", office.address),
        ];
        settings.extend(options.set.iter().cloned());
        workers.push(Worker::start(options.worker.as_ref(), cluster, &name, &settings).await?);
    }
    office.forget();
    let across = Across::of(&shops.db);
    let telling = tokio::spawn(async move { across.tell(Duration::from_millis(10)).await });
    shops.now_due().await?;
    let due = Instant::now();
    shops.db.bell().ring();
    let count = usize::try_from(options.visits)?;
    let taken = office.until(count, PATIENCE).await;
    for worker in workers {
        worker.stop().await?;
    }
    telling.abort();
    let mut keys: HashMap<&str, u32> = HashMap::new();
    let mut late = Samples::new()?;
    for Taken { at, key } in &taken {
        *keys.entry(key).or_default() += 1;
        late.add(at.saturating_duration_since(due));
    }
    let last = taken.iter().map(|one| one.at).max().unwrap_or(due);
    let sent = f64::from(u32::try_from(keys.len())?) / (last - due).as_secs_f64().max(0.001);
    let noted = shops.sent().await?;
    if noted != i64::try_from(keys.len())? {
        return Err(format!("{} were handed over, and {noted} are noted", keys.len()).into());
    }
    shops.close().await;
    Ok(Round {
        written: f64::from(options.visits) / written_in,
        sent,
        duplicates: taken.len() - keys.len(),
        missing: count.saturating_sub(keys.len()),
        late,
    })
}
