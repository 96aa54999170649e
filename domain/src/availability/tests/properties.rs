//! The engine says what the oracle says, whatever the rules.

use chrono::{Days, Duration};
use proptest::prelude::*;

use super::oracle::{Oracle, Way};
use super::scenarios::{self, Scenario};
use crate::availability::*;
use crate::time::Instant;

fn found(of: &Scenario) -> Vec<Slot> {
    let days = of.day..=of.day + Days::new(1);
    slots(&of.rules, &busy(of), &of.visit, days, of.now)
}

fn busy(of: &Scenario) -> Busy {
    Busy::of(of.blocks.iter().copied())
}

fn ways(found: &[Assignment]) -> Vec<Way> {
    let way = |one: &Assignment| Way {
        staff: one.seats.iter().map(|seat| seat.staff).collect(),
        rooms: one.rooms.iter().map(|placed| placed.room).collect(),
        end: one.end,
    };
    found.iter().map(way).collect()
}

/// What is assigned overlaps nothing that is taken, its parts are where they belong, and it fits the
/// rules that it came from.
fn is_sound(of: &Scenario, one: &Assignment) -> Result<(), TestCaseError> {
    for (resource, span) in &one.takes {
        let counts = |block: &&Block| {
            block.resource == *resource
                && block.lapses_at.is_none_or(|lapses| lapses > of.now)
                && of.visit.instead_of != Some(block.appointment)
        };
        for block in of.blocks.iter().filter(counts) {
            prop_assert!(block.span.to <= span.from || span.to <= block.span.from);
        }
    }
    for placed in &one.seats {
        let step = &of.visit.steps[placed.step];
        let Some(staff) = placed.staff else { continue };
        let from = placed.span.from - Duration::minutes(i64::from(step.buffer_before));
        let to = placed.span.to + Duration::minutes(i64::from(step.buffer_after));
        let covers = |(who, span): &(uuid::Uuid, Span)| {
            *who == staff.uuid() && span.from <= from && to <= span.to
        };
        prop_assert!(one.takes.iter().any(covers));
    }
    let of_one =
        |pair: &[(uuid::Uuid, Span)]| pair[0].0 != pair[1].0 || pair[0].1.to < pair[1].1.from;
    prop_assert!(one.takes.windows(2).all(of_one) && one.takes.is_sorted());
    prop_assert_eq!(still_fits(&of.rules, &Placed::of(&of.visit, one)), vec![]);
    Ok(())
}

fn ask(of: &Scenario, start: Instant) -> Result<Vec<Assignment>, Vec<Why>> {
    let why = explain(&of.rules, &busy(of), &of.visit, start, of.now);
    let ways = assignments(&of.rules, &busy(of), &of.visit, start, of.now);
    assert_eq!(ways.as_ref().err().cloned().unwrap_or_default(), why);
    ways
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    /// Just the starts that there are; each can be assigned, in the oracle's order; the end is that of
    /// the first; each day alone gives the same.
    #[test]
    fn the_engine_finds_what_the_oracle_finds(of in scenarios::any()) {
        let oracle = Oracle::of(&of);
        let found = found(&of);
        let starts: Vec<Instant> = found.iter().map(|slot| slot.start).collect();
        prop_assert_eq!(&starts, &oracle.starts());
        let some = found.len().div_ceil(6).max(1);
        for slot in found.iter().step_by(some) {
            let assigned = ask(&of, slot.start);
            prop_assert!(assigned.is_ok(), "{:?}", assigned);
            let assigned = assigned.unwrap_or_default();
            prop_assert_eq!(&ways(&assigned), &oracle.ways(slot.start));
            prop_assert_eq!(assigned[0].end, slot.end);
            for one in &assigned {
                is_sound(&of, one)?;
            }
        }
        let second = of.day + Days::new(1);
        let apart = [of.day, second].into_iter().flat_map(|day| {
            slots(&of.rules, &busy(&of), &of.visit, day..=day, of.now)
        });
        prop_assert_eq!(apart.collect::<Vec<_>>(), &found[..]);
        let first = first_free(&of.rules, &busy(&of), &of.visit, of.day, 2, of.now);
        prop_assert_eq!(first, found.first().copied());
    }

    /// There is a reason just where there is no way, and a way just where there is no reason.
    #[test]
    fn there_is_a_reason_or_a_way(of in scenarios::any(), odd in 0_i64..35) {
        let oracle = Oracle::of(&of);
        let from = of.day.and_time(chrono::NaiveTime::MIN).and_utc() - Duration::hours(14);
        for place in 0..80 {
            let start = from + Duration::minutes(place * 35 + odd);
            prop_assert_eq!(ask(&of, start).is_ok(), oracle.has(start), "{}", start);
        }
    }
}
