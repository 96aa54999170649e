//! Thousands of sockets on one server, in hundreds of shops.

use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep};

use super::crowd::{Crowd, Reached};
use super::{Options, born, newest};
use crate::desk::{Desk, hour};
use crate::error::Outcome;
use crate::figures::{Bar, Figures};
use crate::place::Place;
use crate::{plot, say};

const PART: &str = "thousands of sockets";
/// Changes a second, over all shops.
const RATE: u32 = 50;
/// Longer than anything may be late.
const LATEST: Duration = Duration::from_secs(3);

pub(super) async fn run(place: &Place, options: &Options, figures: &mut Figures) -> Outcome<()> {
    let sockets = options.sockets;
    say(&format!("Opening {sockets} sockets in {} shops", place.shops.len()));
    let day = hour(0).date_naive();
    let mut visits = Vec::new();
    for nth in 0..place.shops.len() {
        let made = place.desk(nth).book(hour(0)).await?;
        let id = made.body["id"].as_str().ok_or_else(|| format!("no visit: {}", made.body))?;
        visits.push((id.to_owned(), 1));
    }
    let before = settled(place).await?;
    let shop = |nth: u32| usize::try_from(nth).map(|nth| nth % place.shops.len());
    let mut doors = Vec::new();
    for nth in 0..sockets {
        doors.push(place.schedule(&place.shops[shop(nth)?], &[day]));
    }
    let mut seen = Vec::new();
    for shop in &place.shops {
        seen.push(newest(&place.db, shop).await?);
    }
    let crowd = Crowd::gather(doors).await?;
    let idle = settled(place).await?;
    let each = (idle - before) * 1024.0 / f64::from(sockets);
    figures.add(
        PART,
        format!("memory of the server, KiB for each of {sockets}"),
        each,
        Bar::AtMost(8.0),
    );

    let ticks = place.server.ticks()?;
    let begun = Instant::now();
    let written = write(place, options, &mut visits).await?;
    let spent = begun.elapsed().as_secs_f64();
    sleep(LATEST).await;
    let ticks = place.server.ticks()? - ticks;
    let heard = crowd.disperse().await?;
    let mut reached = Reached::nobody()?;
    for (nth, shop) in place.shops.iter().enumerate() {
        let born = born(&place.db, shop, seen[nth]).await?;
        for heard in heard.iter().skip(nth).step_by(place.shops.len()) {
            reached.add(heard, &born);
        }
    }
    let found = reached.samples.summary();
    figures.add(
        PART,
        "changes a second",
        f64::from(written) / spent,
        Bar::AtLeast(f64::from(RATE) * 0.9),
    );
    figures.add(PART, "from commit to a subscriber, p50 ms", found.p50_us / 1000.0, Bar::None);
    figures.add(PART, "p99 ms", found.p99_us / 1000.0, Bar::AtMost(100.0));
    figures.add(PART, "max ms", found.max_us / 1000.0, Bar::None);
    figures.add(PART, "changes that somebody missed", count(reached.missed), Bar::AtMost(0.0));
    figures.add(PART, "older after newer", count(reached.backwards), Bar::AtMost(0.0));
    let cost = ticks_us(ticks) / count(reached.deliveries);
    figures.add(PART, "server CPU a delivery, writing included, us", cost, Bar::None);
    figures.show(PART);
    let title = format!("{sockets} sockets, {RATE} changes a second: from commit to subscriber");
    plot::keep(
        options.svg.as_ref(),
        "many.svg",
        &plot::delays(&title, &[("Openchair", &reached.samples)]),
    )
}

/// Changes a visit of each shop in turn, at a steady pace. A slow answer makes nobody wait.
async fn write(place: &Place, options: &Options, visits: &mut [(String, i64)]) -> Outcome<u32> {
    let mut pace = interval(Duration::from_secs(1) / RATE);
    pace.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let mut writing = JoinSet::new();
    let count = RATE * options.seconds;
    for number in 0..count {
        pace.tick().await;
        let nth = usize::try_from(number)? % visits.len();
        let (id, version) = visits[nth].clone();
        visits[nth].1 += 1;
        let desk = place.desk(nth);
        writing.spawn(async move { note(&desk, &id, version).await });
        while let Some(done) = writing.try_join_next() {
            done??;
        }
    }
    while let Some(done) = writing.join_next().await {
        done??;
    }
    Ok(count)
}

async fn note(desk: &Desk, id: &str, version: i64) -> Outcome<()> {
    let told = desk.note(id, version, &format!("Note {version}")).await?;
    if told.status == 200 {
        Ok(())
    } else {
        Err(format!("a note was answered {}: {}", told.status, told.body).into())
    }
}

/// How much memory the server holds once that doesn't change any more, in MiB.
pub(super) async fn settled(place: &Place) -> Outcome<f64> {
    let look = || place.server.resident_mib().ok_or("the server has ended");
    let mut last = look()?;
    for _ in 0..20 {
        sleep(Duration::from_millis(500)).await;
        let now = look()?;
        if (now - last).abs() < 0.1 {
            return Ok(now);
        }
        last = now;
    }
    Ok(last)
}

#[expect(clippy::cast_precision_loss, reason = "nobody counts that far")]
pub(super) fn count(number: u64) -> f64 {
    number as f64
}

/// A hundred ticks are a second on Linux.
pub(super) fn ticks_us(ticks: u64) -> f64 {
    count(ticks) * 10_000.0
}
