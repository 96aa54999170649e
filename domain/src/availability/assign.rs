//! Who does what, where and when, best first.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::answer::{Assignment, PlacedRoom, PlacedSeat, Why};
use super::choose::{Cast, Chooser};
use super::civil::{day_at, instant};
use super::explain;
use super::house::{self, Rooms};
use super::model::{Busy, Rules, Span, Visit};
use super::plan::Plan;
use super::ranges::Ranges;
use crate::time::Instant;

/// More than anybody who loses a race goes through.
const MOST: usize = 64;

/// Rooms to fall back on with the same staff.
const MOST_ROOMS: usize = 8;

/// The ways to do the visit at that start, best first: a way for each choice of staff, with the best
/// room, then the same with the next best room. At most 64. Else why it can't be had.
///
/// `busy` must hold the civil day of the start whole, and one before and after.
pub fn assignments(
    rules: &Rules,
    busy: &Busy,
    visit: &Visit,
    start: Instant,
    now: Instant,
) -> Result<Vec<Assignment>, Vec<Why>> {
    let day = day_at(rules.zone, start);
    let plan = Plan::over(rules, busy, visit, &(day..=day), now);
    let why = explain::why_not(&plan, start);
    if !why.is_empty() {
        return Err(why);
    }
    let at = start.timestamp_micros();
    let casts = Chooser::of(&plan).best(at, MOST);
    let housed: Vec<(Cast, Vec<Rooms>)> = casts
        .into_iter()
        .map(|cast| {
            let rooms = house::best(&plan, &cast, at, MOST_ROOMS);
            (cast, rooms)
        })
        .collect();
    let next_best = (0..MOST_ROOMS).flat_map(|nth| {
        housed.iter().filter_map(move |(cast, rooms)| Some((cast, rooms.get(nth)?)))
    });
    Ok(next_best.take(MOST).map(|(cast, rooms)| assignment(&plan, at, cast, rooms)).collect())
}

fn assignment(plan: &Plan, start: i64, cast: &Cast, rooms: &Rooms) -> Assignment {
    let mut at = start;
    let mut placed = Vec::new();
    let mut housed = Vec::new();
    let mut takes: BTreeMap<Uuid, Vec<(i64, i64)>> = BTreeMap::new();
    for (step, stage) in plan.stages.iter().enumerate() {
        let mut take = |resource: Uuid, lasts: i64| {
            let block = (at - stage.before, at + lasts + stage.after);
            takes.entry(resource).or_default().push(block);
        };
        for (seat, chair) in stage.chairs.iter().enumerate() {
            let candidate = &chair.candidates[cast.seats[step][seat]];
            let staff = candidate.staff.map(|staff| plan.rules.staff[staff].id);
            if let Some(staff) = staff {
                take(staff.uuid(), candidate.lasts);
            }
            placed.push(PlacedSeat { step, seat, staff, span: span(at, at + candidate.lasts) });
        }
        let lasts = cast.lasts[step];
        if let Some(room) = rooms[step] {
            let room = plan.rules.rooms[room].id;
            take(room.uuid(), lasts);
            housed.push(PlacedRoom { step, room, span: span(at, at + lasts) });
        }
        at += lasts;
    }
    let joined = takes.into_iter().flat_map(|(resource, blocks)| {
        let blocks: Vec<_> = Ranges::of(blocks).iter().collect();
        blocks.into_iter().map(move |(from, to)| (resource, span(from, to)))
    });
    Assignment {
        start: instant(start),
        end: instant(at),
        seats: placed,
        rooms: housed,
        takes: joined.collect(),
    }
}

fn span(from: i64, to: i64) -> Span {
    Span { from: instant(from), to: instant(to) }
}
