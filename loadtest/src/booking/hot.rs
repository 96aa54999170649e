//! Many after little: a hot day at one shop, and a stampede.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use openchair_domain::entropy::{Entropy, TestEntropy, bytes};
use tokio::sync::Barrier;
use tokio::task::JoinSet;

use super::Options;
use crate::desk::{Desk, Tally, hour};
use crate::error::Outcome;
use crate::figures::{Bar, Figures};
use crate::place::Place;
use crate::postgres::collisions;
use crate::say;
use crate::throwaway::Throwaway;

const PART: &str = "a hot day";
const CLIENTS: usize = 64;
/// How few hours there are.
const HOURS: u64 = 20;
/// Far from what others booked at the same shops.
const FIRST_HOUR: u64 = 6_000;

pub(super) async fn day(
    place: &Place,
    cluster: &Throwaway,
    options: &Options,
    figures: &mut Figures,
) -> Outcome<()> {
    say("A hot day, and a cool one, in turns");
    let turn = Duration::from_secs(options.seconds.into());
    let before = collisions(&place.db, cluster).await?;
    let (mut cool, mut hot) = (Tally::new()?, Tally::new()?);
    let (mut rates, mut tails) = (Vec::new(), Vec::new());
    for round in 0..=options.rounds {
        // Everybody at a shop of their own; then everybody at the same.
        let spread = crowd(place, turn, round, |client| client).await?;
        let close = crowd(place, turn, round, |_| CLIENTS).await?;
        if round > 0 {
            rates.push(close.per_second() / spread.per_second());
            tails.push(close.samples.summary().p99_us / spread.samples.summary().p99_us);
            cool.merge(&spread)?;
            hot.merge(&close)?;
        }
    }
    let after = collisions(&place.db, cluster).await?;
    let faults =
        [cool.faults("cool", &[200, 201, 409]), hot.faults(PART, &[200, 201, 409])].concat();
    if !faults.is_empty() {
        return Err(faults.join("\n").into());
    }
    figures.add(PART, "deadlocks", after.0 - before.0, Bar::AtMost(0.0));
    figures.add(PART, "collisions in PostgreSQL's log", after.1 - before.1, Bar::AtMost(0.0));
    for (what, tally) in [("cool", &cool), ("hot", &hot)] {
        figures.add(PART, format!("{what}: refused, of 1"), share(tally, 409), Bar::None);
        figures.add(
            PART,
            format!("{what}: p50 ms"),
            tally.samples.summary().p50_us / 1e3,
            Bar::None,
        );
        figures.add(
            PART,
            format!("{what}: p99 ms"),
            tally.samples.summary().p99_us / 1e3,
            Bar::None,
        );
    }
    figures.add(PART, "attempts answered a second, x cool", median(&mut rates), Bar::AtLeast(1.0));
    figures.add(PART, "p99, x cool", median(&mut tails), Bar::AtMost(2.0));
    figures.show(PART);
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "nobody sends that many requests")]
fn share(tally: &Tally, status: u16) -> f64 {
    tally.answers.get(&status).copied().unwrap_or_default() as f64 / tally.count() as f64
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Sixty-four who book, cancel and move as long as the turn lasts.
async fn crowd(
    place: &Place,
    turn: Duration,
    round: u32,
    shop: impl Fn(usize) -> usize,
) -> Outcome<Tally> {
    let begun = Instant::now();
    let mut clients = JoinSet::new();
    for client in 0..CLIENTS {
        let desk = place.desk(shop(client));
        let seed = u64::from(round) * 1_000 + client as u64;
        clients.spawn(async move { one(&desk, seed, begun + turn).await });
    }
    let mut all = Tally::new()?;
    while let Some(tally) = clients.join_next().await {
        all.merge(&tally??)?;
    }
    all.spent = begun.elapsed();
    Ok(all)
}

async fn one(desk: &Desk, seed: u64, until: Instant) -> Outcome<Tally> {
    let dice = TestEntropy::seeded(seed);
    let roll =
        |sides: u64| u64::from(u32::from_le_bytes(bytes::<4>(&dice as &dyn Entropy))) % sides;
    let mut tally = Tally::new()?;
    let mut own: Vec<(String, i64)> = Vec::new();
    while Instant::now() < until {
        let start = hour(FIRST_HOUR + roll(HOURS));
        let deed = roll(4);
        let begun = Instant::now();
        let told = match own.pop() {
            Some((id, version)) if deed == 1 => {
                let told = desk.move_to(&id, version, start).await?;
                if told.status == 409 {
                    // It stays where it was, and theirs.
                    own.push((id, version));
                }
                told
            }
            Some((id, version)) if deed >= 2 => desk.cancel(&id, version).await?,
            kept => {
                own.extend(kept);
                desk.book(start).await?
            }
        };
        tally.add(told.status, begun.elapsed());
        if told.status < 300
            && told.body["status"] == "confirmed"
            && let (Some(id), Some(version)) =
                (told.body["id"].as_str(), told.body["version"].as_i64())
        {
            own.push((id.to_owned(), version));
        }
    }
    for (id, version) in own {
        desk.cancel(&id, version).await?;
    }
    Ok(tally)
}

const STAMPEDE: &str = "a stampede";
const AT_ONCE: usize = 16;

/// Leaves a shop with one room: of all who come for an hour, one can have it.
const ONE_ROOM: &str = "
    with shop as (select id from tenants where slug = $1),
    shut as (
        update rooms set archived_at = now()
        where tenant_id = (select id from shop) and name = 'Room 2'
    )
    update availability_versions set rules = rules + 1 where tenant_id = (select id from shop)";

/// Sixteen want the same hour at the same instant, hour after hour.
pub(super) async fn stampede(
    place: &Place,
    cluster: &Throwaway,
    options: &Options,
    figures: &mut Figures,
) -> Outcome<()> {
    say(&format!("{} hours, each wanted by {AT_ONCE} at once", options.hours));
    let before = collisions(&place.db, cluster).await?;
    // A shop that nobody else books at.
    let desk = place.desk(CLIENTS + 1);
    sqlx::query(ONE_ROOM).bind(&desk.shop.slug).execute(&place.db).await?;
    let hours = u64::from(options.hours);
    let won: Arc<Vec<AtomicU64>> = Arc::new((0..hours).map(|_| AtomicU64::new(0)).collect());
    let barrier = Arc::new(Barrier::new(AT_ONCE));
    let begun = Instant::now();
    let mut clients = JoinSet::new();
    for _ in 0..AT_ONCE {
        let (desk, won, barrier) = (desk.clone(), Arc::clone(&won), Arc::clone(&barrier));
        clients.spawn(async move {
            let mut tally = Tally::new()?;
            for (nth, won) in (0..).zip(won.iter()) {
                barrier.wait().await;
                let begun = Instant::now();
                let told = desk.book(hour(nth)).await?;
                tally.add(told.status, begun.elapsed());
                if told.status == 201 {
                    won.fetch_add(1, Ordering::Relaxed);
                }
            }
            Outcome::Ok(tally)
        });
    }
    let mut all = Tally::new()?;
    while let Some(tally) = clients.join_next().await {
        all.merge(&tally??)?;
    }
    all.spent = begun.elapsed();
    let faults = all.faults(STAMPEDE, &[201, 409]);
    if !faults.is_empty() {
        return Err(faults.join("\n").into());
    }
    let after = collisions(&place.db, cluster).await?;
    let with = |such: &dyn Fn(u64) -> bool| {
        let count = won.iter().filter(|won| such(won.load(Ordering::Relaxed))).count();
        u32::try_from(count).map(f64::from)
    };
    figures.add(STAMPEDE, "hours", f64::from(options.hours), Bar::None);
    figures.add(STAMPEDE, "sold to nobody", with(&|won| won == 0)?, Bar::AtMost(0.0));
    figures.add(STAMPEDE, "sold twice", with(&|won| won > 1)?, Bar::AtMost(0.0));
    figures.add(STAMPEDE, "deadlocks", after.0 - before.0, Bar::AtMost(0.0));
    figures.add(STAMPEDE, "collisions in PostgreSQL's log", after.1 - before.1, Bar::AtMost(0.0));
    figures.add(STAMPEDE, "requests a second", all.per_second(), Bar::None);
    figures.add(STAMPEDE, "p99 ms", all.samples.summary().p99_us / 1e3, Bar::None);
    figures.show(STAMPEDE);
    Ok(())
}
