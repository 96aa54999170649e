//! Webhooks to many endpoints, some of which are dead and some slow: how soon the others hear of what
//! happens, whether they hear of all of it, and whether one that wants few a second gets no more.

mod receiver;
mod shops;

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, value_parser};
use openchair_domain::bells::Across;
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval};

use self::receiver::{Arrivals, Manner, Receiver};
use self::shops::{Happened, Shops};
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
    #[arg(long, default_value = "100", value_parser = value_parser!(u16).range(1..=5_000))]
    shops: u16,
    /// How many endpoints they have together
    #[arg(long, default_value = "200", value_parser = value_parser!(u16).range(2..=5_000))]
    endpoints: u16,
    /// How many of those are dead: every other refuses connections, the others never answer
    #[arg(long, default_value = "10")]
    dead: u16,
    /// How many are slow
    #[arg(long, default_value = "10")]
    slow: u16,
    /// After how many seconds slow ones answer
    #[arg(long, default_value = "5", value_parser = value_parser!(u64).range(1..=14))]
    answer: u64,
    /// How many a second the limited one takes
    #[arg(long, default_value = "5", value_parser = value_parser!(u8).range(1..=100))]
    limit: u8,
    /// How much happens at once in the limited one's shop
    #[arg(long, default_value = "60", value_parser = value_parser!(u32).range(0..=10_000))]
    burst: u32,
    /// How much happens a second, over all shops
    #[arg(long, default_value = "100", value_parser = value_parser!(u32).range(1..=5_000))]
    rate: u32,
    /// For how many seconds
    #[arg(long, default_value = "20", value_parser = value_parser!(u32).range(1..=600))]
    seconds: u32,
    /// How many worker processes
    #[arg(long, default_value = "2", value_parser = value_parser!(u8).range(1..=16))]
    workers: u8,
    /// The worker's binary; the one beside this program when left out
    #[arg(long, value_name = "FILE")]
    worker: Option<PathBuf>,
    /// Another setting of the workers', such as `webhooks.concurrency=128`
    #[arg(long = "set", value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// Writes the figures to this file, too
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Draws them into this folder
    #[arg(long, value_name = "FOLDER")]
    svg: Option<PathBuf>,
}

const PART: &str = "webhooks, some of whose endpoints are dead or slow";

/// How late a healthy endpoint may hear, in milliseconds.
const LATEST: f64 = 1_000.0;

/// How long nothing may come before it is over.
const PATIENCE: Duration = Duration::from_secs(30);

const SECOND: Duration = Duration::from_secs(1);

/// What was found.
struct Found {
    healthy: Samples,
    limited: Samples,
    slow: Samples,
    /// At endpoints that answer at once.
    missing: usize,
    /// Of what came to those, what had come before.
    twice: usize,
    /// At the limited one, in any second.
    most: usize,
    /// How many requests came to endpoints that are slow, and that never answer.
    at_slow: usize,
    at_silent: usize,
}

pub(crate) async fn run(options: &Options) -> Outcome<()> {
    let manners = manners(options)?;
    let machine = Machine::look();
    say("Starting a database");
    let cluster = Throwaway::with_commit_times().await?;
    let machine = machine.with_postgres(cluster.version().await?);
    say(&format!("{machine}"));
    let receiver = Receiver::open(manners, Duration::from_secs(options.answer))?;
    let count = usize::from(options.shops);
    let shops = Shops::open(&cluster, count, &receiver, options.limit).await?;
    let mut workers = Vec::new();
    for number in 0..options.workers {
        let mut settings = vec![
            format!("database.url={}", shops.url),
            "webhooks.allow_private=true".to_owned(),
            "log.level=info".to_owned(),
        ];
        settings.extend(options.set.iter().cloned());
        let name = format!("webhooks-worker-{number}");
        let binary = options.worker.as_ref();
        workers.push(Worker::start(binary, &cluster, &name, &settings).await?);
    }
    let across = Across::of(&shops.db);
    let telling = tokio::spawn(async move { across.tell(Duration::from_millis(10)).await });
    let rate = play(options, &shops).await?;
    let happened = shops.happened().await?;
    let awaited =
        happened.iter().map(|one| prompt(receiver.manners(), count, one.shop).count()).sum();
    say(&format!("{} events, {awaited} times to be told at once", happened.len()));
    let found = {
        let arrivals = receiver.until(awaited, PATIENCE).await;
        found(&happened, &arrivals, receiver.manners(), count)?
    };
    for worker in workers {
        worker.stop().await?;
    }
    telling.abort();
    let mut deliveries: Vec<_> = shops.deliveries().await?.into_iter().collect();
    deliveries.sort();
    let stand: Vec<_> =
        deliveries.iter().map(|(state, count)| format!("{count} {state}")).collect();
    say(&format!("Deliveries at the end: {}", stand.join(", ")));
    shops.close().await;
    show(options, &machine, rate, &found)
}

/// How each endpoint behaves. The dead and the slow come first: each shop has some of the others, too.
fn manners(options: &Options) -> Outcome<Vec<Manner>> {
    let Options { shops, endpoints, dead, slow, .. } = *options;
    let (shops, all) = (usize::from(shops), usize::from(endpoints));
    let (dead, bad) = (usize::from(dead), usize::from(dead) + usize::from(slow));
    if all < bad + 2 || all < shops || all.div_ceil(shops) > 50 {
        return Err("every shop has from 1 to 50 endpoints, and two of all are healthy".into());
    }
    let manner = |number: usize| {
        if number < dead {
            if number.is_multiple_of(2) { Manner::Closed } else { Manner::Silent }
        } else if number < bad {
            Manner::Slow
        } else if number == bad {
            Manner::Limited
        } else {
            Manner::Healthy
        }
    };
    Ok((0..all).map(manner).collect())
}

/// The endpoints of a shop that answer at once.
fn prompt(manners: &[Manner], shops: usize, shop: usize) -> impl Iterator<Item = usize> {
    let prompt = |manner| matches!(manner, Manner::Limited | Manner::Healthy);
    let of_shop = manners.iter().copied().enumerate().skip(shop).step_by(shops);
    of_shop.filter(move |(_, manner)| prompt(*manner)).map(|(endpoint, _)| endpoint)
}

/// Lets it happen, in all shops in turn, and after a third of the time much at once. How much happened
/// a second.
async fn play(options: &Options, shops: &Shops) -> Outcome<f64> {
    let total = options.rate * options.seconds;
    let count = u32::from(options.shops);
    let bursting = usize::from(options.dead + options.slow) % usize::from(options.shops);
    let mut ticks = interval(SECOND / options.rate);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let begun = Instant::now();
    let mut happening = JoinSet::new();
    for nth in 0..total {
        ticks.tick().await;
        happening.spawn(shops.happens(usize::try_from(nth % count)?, nth));
        if nth == total / 3 {
            for more in total..total + options.burst {
                happening.spawn(shops.happens(bursting, more));
            }
        }
        while let Some(ended) = happening.try_join_next() {
            ended??;
        }
    }
    while let Some(ended) = happening.join_next().await {
        ended??;
    }
    Ok(f64::from(total + options.burst) / begun.elapsed().as_secs_f64())
}

fn found(
    happened: &[Happened],
    arrivals: &Arrivals,
    manners: &[Manner],
    shops: usize,
) -> Outcome<Found> {
    let (mut healthy, mut limited, mut slow) = (Samples::new()?, Samples::new()?, Samples::new()?);
    let mut missing = 0;
    for Happened { event, shop, at } in happened {
        let of_shop = manners.iter().enumerate().skip(*shop).step_by(shops);
        for (endpoint, manner) in of_shop {
            let came = arrivals.first.get(&(endpoint, event.clone()));
            let late = came.map(|came| (*came - *at).to_std().unwrap_or_default());
            let samples = match manner {
                Manner::Healthy => &mut healthy,
                Manner::Limited => &mut limited,
                Manner::Slow => &mut slow,
                Manner::Closed | Manner::Silent => continue,
            };
            match late {
                Some(late) => samples.add(late),
                // Slow ones are still at it.
                None => missing += usize::from(*manner != Manner::Slow),
            }
        }
    }
    let of = |wanted: &[Manner]| {
        let at = |endpoint: usize| manners.get(endpoint).is_some_and(|one| wanted.contains(one));
        let came = arrivals.all.iter().filter(|(_, endpoint)| at(*endpoint));
        came.map(|(came, _)| *came).collect::<Vec<_>>()
    };
    let first = arrivals.first.keys().filter(|(endpoint, _)| {
        matches!(manners.get(*endpoint), Some(Manner::Healthy | Manner::Limited))
    });
    Ok(Found {
        healthy,
        limited,
        slow,
        missing,
        twice: of(&[Manner::Healthy, Manner::Limited]).len() - first.count(),
        most: most_in_a_second(of(&[Manner::Limited])),
        at_slow: of(&[Manner::Slow]).len(),
        at_silent: of(&[Manner::Silent]).len(),
    })
}

/// How many of these lie within one second, wherever it begins.
fn most_in_a_second(mut times: Vec<Instant>) -> usize {
    times.sort_unstable();
    let within = |(place, begin): (usize, &Instant)| {
        let rest = times.get(place..).unwrap_or_default();
        rest.partition_point(|time| *time - *begin < SECOND)
    };
    times.iter().enumerate().map(within).max().unwrap_or(0)
}

fn show(options: &Options, machine: &Machine, rate: f64, found: &Found) -> Outcome<()> {
    let count = |count: usize| u32::try_from(count).map(f64::from);
    let mut figures = Figures::default();
    let Options { endpoints, dead, slow, limit, .. } = options;
    figures.add(PART, "events a second", rate, Bar::None);
    let shares = [("p50", 0.5), ("p99", 0.99), ("most", 1.0)];
    for (name, share) in shares {
        let bar = if name == "p99" { Bar::AtMost(LATEST) } else { Bar::None };
        let what = format!("healthy, first told after, {name}, ms");
        figures.add(PART, what, found.healthy.at(share), bar);
    }
    // Nothing that came is nothing that came late.
    let healthy = u32::try_from(found.healthy.summary().count)?;
    figures.add(PART, "healthy, told", f64::from(healthy), Bar::AtLeast(1.0));
    let what = format!("limited to {limit}, most in any second");
    let most = Bar::AtMost(f64::from(*limit) + 1.0);
    figures.add(PART, what, count(found.most)?, most);
    for (name, share) in shares {
        let what = format!("limited to {limit}, first told after, {name}, ms");
        figures.add(PART, what, found.limited.at(share), Bar::None);
    }
    figures.add(PART, "missing", count(found.missing)?, Bar::AtMost(0.0));
    figures.add(PART, "told twice", count(found.twice)?, Bar::None);
    figures.add(PART, "requests to slow ones", count(found.at_slow)?, Bar::None);
    figures.add(PART, "requests that are never answered", count(found.at_silent)?, Bar::None);
    figures.show(PART);
    let title = format!("First told after: {endpoints} endpoints, {dead} dead, {slow} slow");
    let named = format!("{limit} a second");
    let lines =
        [("healthy", &found.healthy), (named.as_str(), &found.limited), ("slow", &found.slow)];
    plot::keep(options.svg.as_ref(), "webhooks.svg", &plot::delays(&title, &lines))?;
    let missed = figures.missed();
    figures.keep(options.json.as_ref(), "webhooks", machine)?;
    if missed.is_empty() { Ok(()) } else { Err(missed.join("\n").into()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_begins_anywhere() {
        let begin = Instant::now();
        let cases: [(&[u64], usize); 5] = [
            (&[], 0),
            (&[0], 1),
            (&[0, 1_000], 1),
            (&[0, 999, 1_000, 1_998], 3),
            (&[1_500, 0, 600, 1_400, 1_599], 4),
        ];
        for (times, expected) in cases {
            let times = times.iter().map(|ms| begin + Duration::from_millis(*ms)).collect();
            assert_eq!(most_in_a_second(times), expected);
        }
    }

    #[test]
    fn a_shop_has_its_endpoints_in_turn() {
        let manners = [Manner::Closed, Manner::Slow, Manner::Limited, Manner::Healthy];
        let of = |shop| prompt(&manners, 2, shop).collect::<Vec<_>>();
        assert_eq!((of(0), of(1)), (vec![2], vec![3]));
    }
}
