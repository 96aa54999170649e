//! From commit to dashboard, while people book.

use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep};

use super::crowd::{Crowd, Reached};
use super::many::count;
use super::{Options, born, newest};
use crate::desk::hour;
use crate::error::Outcome;
use crate::figures::{Bar, Figures};
use crate::place::Place;
use crate::samples::Samples;
use crate::{plot, say};

const PART: &str = "from commit to dashboard, while people book";
/// Shops where people book, and how many of their screens show it.
const SHOPS: usize = 40;
const SCREENS: usize = 5;
/// Bookings a second over all of them.
const RATE: u32 = 100;
/// The first hours belong to other parts.
const FIRST: u64 = 20;
const PER_DAY: u64 = 10;
const LATEST: Duration = Duration::from_secs(3);

pub(super) async fn run(place: &Place, options: &Options, figures: &mut Figures) -> Outcome<()> {
    say("Booking while dashboards look on");
    let shops = SHOPS.min(place.shops.len());
    // What is written must be on the days that are looked at, and no socket looks at too many.
    let each =
        (u64::from(options.seconds.min(30) * RATE) / u64::try_from(shops)?).min(12 * PER_DAY);
    let days: Vec<_> =
        (0..each.div_ceil(PER_DAY)).map(|day| hour(FIRST + day * PER_DAY).date_naive()).collect();
    let mut doors = Vec::new();
    let mut seen = Vec::new();
    for shop in &place.shops[..shops] {
        seen.push(newest(&place.db, shop).await?);
        doors.extend(std::iter::repeat_n(place.schedule(shop, &days), SCREENS));
    }
    let crowd = Crowd::gather(doors).await?;
    let begun = Instant::now();
    let mut pace = interval(Duration::from_secs(1) / RATE);
    pace.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let mut booking = JoinSet::new();
    let mut answers = Samples::new()?;
    for nth in 0..each {
        for shop in 0..shops {
            pace.tick().await;
            let desk = place.desk(shop);
            booking.spawn(async move {
                let begun = Instant::now();
                let told = desk.book(hour(FIRST + nth)).await?;
                if told.status == 201 {
                    return Outcome::Ok(begun.elapsed());
                }
                Err(format!("a booking was answered {}: {}", told.status, told.body).into())
            });
            while let Some(done) = booking.try_join_next() {
                answers.add(done??);
            }
        }
    }
    while let Some(done) = booking.join_next().await {
        answers.add(done??);
    }
    let spent = begun.elapsed().as_secs_f64();
    sleep(LATEST).await;
    let heard = crowd.disperse().await?;
    let mut reached = Reached::nobody()?;
    for (nth, shop) in place.shops[..shops].iter().enumerate() {
        let born = born(&place.db, shop, seen[nth]).await?;
        for heard in &heard[nth * SCREENS..(nth + 1) * SCREENS] {
            reached.add(heard, &born);
        }
    }
    let found = reached.samples.summary();
    let booked = answers.summary();
    figures.add(PART, "visits booked a second", count(booked.count) / spent, Bar::None);
    figures.add(PART, "booking, p50 ms", booked.p50_us / 1000.0, Bar::None);
    figures.add(PART, "from commit, p50 ms", found.p50_us / 1000.0, Bar::AtMost(15.0));
    figures.add(PART, "p99 ms", found.p99_us / 1000.0, Bar::AtMost(100.0));
    figures.add(PART, "max ms", found.max_us / 1000.0, Bar::None);
    figures.add(PART, "changes that somebody missed", count(reached.missed), Bar::AtMost(0.0));
    figures.add(PART, "older after newer", count(reached.backwards), Bar::AtMost(0.0));
    figures.show(PART);
    let lines = [("commit to dashboard", &reached.samples), ("the booking itself", &answers)];
    let title = format!("{RATE} bookings a second: from commit to dashboard");
    plot::keep(options.svg.as_ref(), "commit.svg", &plot::delays(&title, &lines))
}
