//! Looking for free times: how many queries, how fast, and whether it matters who else is there.

use std::time::Instant;

use sqlx::PgPool;

use super::Options;
use crate::desk::{Desk, Tally};
use crate::error::Outcome;
use crate::figures::{Bar, Figures};
use crate::place::Place;
use crate::postgres::Listening;
use crate::say;
use crate::throwaway::Throwaway;

const PART: &str = "free times on 14 days";
const COUNTED: u64 = 20;
/// How long a turn is: short, so that whatever else the machine does meets all alike.
const TURN: u64 = 50;

/// Makes everything old that is kept of all shops.
async fn forget(db: &PgPool) -> Outcome<()> {
    sqlx::query("update availability_versions set rules = rules + 1, busy = busy + 1")
        .execute(db)
        .await?;
    Ok(())
}

async fn forget_one(db: &PgPool, slug: &str) -> Outcome<()> {
    let sql = "update availability_versions set rules = rules + 1, busy = busy + 1
               where tenant_id = (select id from tenants where slug = $1)";
    sqlx::query(sql).bind(slug).execute(db).await?;
    Ok(())
}

/// How many queries a search makes, and how long it takes.
pub(super) async fn alone(
    place: &Place,
    cluster: &Throwaway,
    options: &Options,
    figures: &mut Figures,
) -> Outcome<()> {
    say("Looking for free times");
    let desk = place.desk(0);
    let found = desk.search().await?;
    if found == 0 {
        return Err("nothing is free on the first fourteen days".into());
    }
    let listening = Listening::begin(&place.db, cluster).await?;
    let mark = listening.mark()?;
    for _ in 0..COUNTED {
        forget_one(&place.db, &desk.shop.slug).await?;
        desk.search().await?;
    }
    let uncached = listening.since(mark, COUNTED)?;
    let mark = listening.mark()?;
    for _ in 0..COUNTED {
        desk.search().await?;
    }
    let cached = listening.since(mark, COUNTED)?;
    listening.end().await?;
    figures.add(PART, "queries, nothing kept", uncached.queries, Bar::AtMost(4.0));
    figures.add(PART, "queries, kept", cached.queries, Bar::AtMost(1.0));

    let (mut fresh, mut kept) = (Tally::new()?, Tally::new()?);
    for _ in 0..options.rounds {
        for _ in 0..TURN {
            forget_one(&place.db, &desk.shop.slug).await?;
            desk.timed_search(&mut fresh).await?;
        }
        for _ in 0..TURN {
            desk.timed_search(&mut kept).await?;
        }
    }
    for (what, tally) in [("nothing kept", &fresh), ("kept", &kept)] {
        let took = tally.samples.summary();
        figures.add(PART, format!("p10 ms, {what}"), took.p10_us / 1000.0, Bar::None);
        figures.add(PART, format!("p50 ms, {what}"), took.p50_us / 1000.0, Bar::None);
    }
    let many = together(place, options).await?;
    figures.add(PART, "a second, kept, 16 at once", many, Bar::None);
    figures.show(PART);
    Ok(())
}

/// Searches a second by sixteen at once, all over the shops.
async fn together(place: &Place, options: &Options) -> Outcome<f64> {
    let begun = Instant::now();
    let mut clients = tokio::task::JoinSet::new();
    let each = u64::from(options.rounds) * TURN;
    for client in 0..16 {
        let desk: Desk = place.desk(client);
        clients.spawn(async move {
            let mut tally = Tally::new()?;
            for _ in 0..each {
                desk.timed_search(&mut tally).await?;
            }
            Outcome::Ok(tally)
        });
    }
    let mut all = Tally::new()?;
    while let Some(tally) = clients.join_next().await {
        all.merge(&tally??)?;
    }
    all.spent = begun.elapsed();
    Ok(all.per_second())
}

const AMONG: &str = "among many";

/// The same searches with few tenants and with many, taking turns; and what the server holds when it
/// has been asked about all of them, once and again.
pub(super) async fn among(
    few: &Place,
    many: &Place,
    options: &Options,
    figures: &mut Figures,
) -> Outcome<()> {
    say("The same among many");
    let places = [few, many];
    let mut tallies = [[Tally::new()?, Tally::new()?], [Tally::new()?, Tally::new()?]];
    for round in 0..=options.rounds {
        for (place, [fresh, kept]) in places.iter().zip(&mut tallies) {
            for nth in 0..usize::try_from(TURN)? {
                // The ten that both have.
                let desk = place.desk(nth % 10);
                let (mut first, mut second) = (Tally::new()?, Tally::new()?);
                forget_one(&place.db, &desk.shop.slug).await?;
                desk.timed_search(&mut first).await?;
                desk.timed_search(&mut second).await?;
                // The first round warms up.
                if round > 0 {
                    fresh.merge(&first)?;
                    kept.merge(&second)?;
                }
            }
        }
    }
    let [[few_fresh, few_kept], [many_fresh, many_kept]] = &tallies;
    for (what, one, other) in
        [("nothing kept", many_fresh, few_fresh), ("kept", many_kept, few_kept)]
    {
        let (one, other) = (one.samples.summary(), other.samples.summary());
        // The first decile is what it takes when nothing else is in the way.
        figures.add(
            AMONG,
            format!("p10, {what}, x few"),
            one.p10_us / other.p10_us,
            Bar::AtMost(1.2),
        );
        figures.add(AMONG, format!("p50, {what}, x few"), one.p50_us / other.p50_us, Bar::None);
    }
    let mut held = Vec::new();
    for _ in 0..3 {
        forget(&many.db).await?;
        all_of(many).await?;
        held.push(many.server.resident_mib().ok_or("nobody says how much memory is held")?);
    }
    let [once, .., again] = held.as_slice() else { return Ok(()) };
    figures.add(AMONG, "MiB after all shops, once", *once, Bar::None);
    figures.add(AMONG, "the same after all shops twice more, x", again / once, Bar::AtMost(1.1));
    figures.show(AMONG);
    Ok(())
}

/// Asks about each shop once.
async fn all_of(place: &Place) -> Outcome<()> {
    let mut clients = tokio::task::JoinSet::new();
    for client in 0..16 {
        let desks: Vec<Desk> =
            (client..place.shops.len()).step_by(16).map(|nth| place.desk(nth)).collect();
        clients.spawn(async move {
            for desk in desks {
                desk.search().await?;
            }
            Outcome::Ok(())
        });
    }
    while let Some(done) = clients.join_next().await {
        done??;
    }
    Ok(())
}
