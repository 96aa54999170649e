//! Why a start can't be had.
//!
//! The steps are followed for as long as they can be done. Of the first that can't, at each instant at
//! which it could begin, everybody and every room is asked what hinders them; from there the steps are
//! followed as long as they usually take, so that what else is in the way is said at once.

use super::answer::Why;
use super::civil::{MINUTE, day_at};
use super::feasible::Feasible;
use super::free::ticks;
use super::grid::{self, Asked};
use super::model::{Alignment, Busy, Choice, Rules, Seat, Visit};
use super::plan::{Candidate, Chair, Plan, Stage};
use super::ranges::Ranges;
use super::search::horizon;
use crate::time::Instant;

/// Everything that stands against a start, the most general first. Nothing: it can be had.
///
/// `busy` must hold the civil day of the start whole, and one before and after.
pub fn explain(
    rules: &Rules,
    busy: &Busy,
    visit: &Visit,
    start: Instant,
    now: Instant,
) -> Vec<Why> {
    let day = day_at(rules.zone, start);
    why_not(&Plan::over(rules, busy, visit, &(day..=day), now), start)
}

/// The same of a plan that is there.
pub(super) fn why_not(plan: &Plan, start: Instant) -> Vec<Why> {
    let at = start.timestamp_micros();
    let mut why = in_time(plan, start);
    if plan.is_visit() {
        if plan.visit.online && plan.visit.rules.alignment == Alignment::Clock {
            why.extend((!grid::on_the_clock(plan, at)).then_some(Why::OffGrid));
        }
        let hindered = hindrances(plan, at);
        // What lies on the packed grid depends on who is free: only then is it worth a word.
        if plan.visit.online && hindered.is_empty() && !is_packed(plan, at) {
            why.push(Why::OffGrid);
        }
        why.extend(hindered);
    } else {
        why.push(Why::OffGrid);
    }
    Why::in_order(why)
}

fn in_time(plan: &Plan, start: Instant) -> Vec<Why> {
    let mut why = Vec::new();
    let notice = i64::from(plan.visit.rules.notice) * MINUTE;
    if start < plan.now {
        why.push(Why::Past);
    } else if plan.visit.online && start.timestamp_micros() < plan.now.timestamp_micros() + notice {
        why.push(Why::Notice);
    }
    let last = horizon(plan.rules.zone, plan.visit.rules.horizon_days, plan.now);
    if plan.visit.online && day_at(plan.rules.zone, start) > last {
        why.push(Why::Horizon);
    }
    why
}

/// Whether the packed grid has this start, which can be had otherwise. If it is not packed: yes.
fn is_packed(plan: &Plan, start: i64) -> bool {
    if plan.visit.rules.alignment == Alignment::Clock {
        return true;
    }
    let day = plan.civil.day(start);
    let permitted = Ranges::of(vec![(start, start + 1)]);
    let asked = Asked { first: day, last: day, earliest: start };
    grid::laid(plan, &permitted, asked).contains(&start)
}

fn hindrances(plan: &Plan, start: i64) -> Vec<Why> {
    let mut feasible = Feasible::on(plan, plan.civil.day(start));
    let mut why = Vec::new();
    if feasible.goes_on(0, start) {
        return why;
    }
    let mut reached = vec![start];
    for (step, stage) in plan.stages.iter().enumerate() {
        let mut next = Vec::new();
        for at in &reached {
            let lengths = feasible.lengths(stage, *at);
            let housed = lengths.into_iter().filter(|lasts| plan.housed(stage, *at, *lasts));
            next.extend(housed.map(|lasts| at + lasts));
        }
        if next.is_empty() {
            for at in &reached {
                step_hindrances(&feasible, step, *at, &mut why);
            }
            next = vec![reached[0] + stage.usual];
        }
        next.sort_unstable();
        next.dedup();
        reached = next;
    }
    why
}

fn step_hindrances(feasible: &Feasible, step: usize, at: i64, why: &mut Vec<Why>) {
    let plan = feasible.plan;
    let stage = &plan.stages[step];
    let lengths = feasible.lengths(stage, at);
    if lengths.is_empty() {
        let empty = |chair: &&Chair| feasible.available(chair, at).next().is_none();
        let hopeless = stage.chairs.iter().any(|chair| empty(&chair));
        why.extend((!hopeless).then_some(Why::NotEnoughStaff));
        for (chair, seat) in stage.chairs.iter().zip(&plan.visit.steps[step].seats) {
            // Where each alone would do, it matters who else could have helped.
            if !hopeless || empty(&chair) {
                chair_hindrances(feasible, stage, chair, seat, at, why);
            }
        }
    }
    let shortest = lengths.first().copied().unwrap_or(stage.usual);
    room_hindrances(plan, stage, at, shortest, why);
}

fn chair_hindrances(
    feasible: &Feasible,
    stage: &Stage,
    chair: &Chair,
    seat: &Seat,
    at: i64,
    why: &mut Vec<Why>,
) {
    if chair.candidates.is_empty() {
        why.push(match seat.staff {
            Choice::Given(staff) | Choice::Kept(staff) => Why::CannotDo(staff, seat.service),
            Choice::Any | Choice::Nobody => Why::NobodyCan(seat.service),
        });
    }
    for candidate in &chair.candidates {
        if !feasible.has_time(candidate, at) {
            staff_hindrances(feasible, stage, candidate, at, why);
        }
    }
}

fn staff_hindrances(
    feasible: &Feasible,
    stage: &Stage,
    candidate: &Candidate,
    at: i64,
    why: &mut Vec<Why>,
) {
    let plan = feasible.plan;
    let end = at + candidate.lasts;
    if !plan.open.ranges.hold(at, end) {
        why.push(Why::Closed);
    }
    let Some(place) = candidate.staff else { return };
    let staff = &plan.rules.staff[place];
    let Some(person) = plan.person(place) else { return };
    if !person.own.ranges.hold(at, end) {
        why.push(Why::StaffOff(staff.id));
    }
    if plan.capped(candidate, feasible.day) {
        why.push(Why::Cap(staff.id));
    }
    let taken = taken_by(plan, staff.id.uuid(), at - stage.before, end + stage.after);
    why.extend(taken.map(|visit| Why::StaffBusy(staff.id, visit)));
}

fn room_hindrances(plan: &Plan, stage: &Stage, at: i64, lasts: i64, why: &mut Vec<Why>) {
    let Some(rooms) = &stage.rooms else { return };
    if rooms.is_empty() {
        why.push(Why::NoSuchRoom);
    } else if !plan.housed(stage, at, lasts) {
        let (from, to) = (at - stage.before, at + lasts + stage.after);
        let taken = rooms.iter().flat_map(|room| {
            let room = plan.rules.rooms[*room].id;
            taken_by(plan, room.uuid(), from, to).map(move |visit| (room, visit))
        });
        why.push(Why::RoomBusy(taken.collect()));
    }
}

/// The visits that take somebody or something at that time.
fn taken_by<'p>(
    plan: &'p Plan<'_>,
    resource: uuid::Uuid,
    from: i64,
    to: i64,
) -> impl Iterator<Item = crate::ids::Id<crate::ids::Appointment>> + 'p {
    let blocks = plan.busy.0.get(&resource).into_iter().flatten();
    let overlapping = blocks.filter(move |block| {
        let (begins, ends) = ticks(&block.span);
        begins < to && ends > from && plan.counts(block)
    });
    overlapping.map(|block| block.appointment)
}
