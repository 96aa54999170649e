//! Where starts lie.

use super::civil::{DAY, MINUTE};
use super::model::Alignment;
use super::plan::{Candidate, Plan, Stage};
use super::ranges::Ranges;

/// The starts that are asked about.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked {
    /// The first civil day.
    pub(super) first: i64,
    /// The last civil day.
    pub(super) last: i64,
    /// No start before it.
    pub(super) earliest: i64,
}

/// Those of the permitted starts that are on the grid, in order.
pub(super) fn laid(plan: &Plan, permitted: &Ranges, asked: Asked) -> Vec<i64> {
    match plan.visit.rules.alignment {
        Alignment::Clock => clock(plan, permitted, asked),
        Alignment::Packed => packed(plan, permitted, asked),
    }
}

/// Whether the clock's grid has this start.
pub(super) fn on_the_clock(plan: &Plan, start: i64) -> bool {
    let since_midnight = plan.civil.wall(start).rem_euclid(DAY);
    on_grid(plan.visit.rules.step, since_midnight) && plan.civil.is_first(start)
}

/// Whether a day that is counted in steps of so many minutes has a start that long after midnight.
pub fn on_grid(step: u16, since_midnight: i64) -> bool {
    since_midnight % long(step) == 0
}

fn step(plan: &Plan) -> i64 {
    long(plan.visit.rules.step)
}

fn long(step: u16) -> i64 {
    i64::from(step.max(1)) * MINUTE
}

fn clock(plan: &Plan, permitted: &Ranges, asked: Asked) -> Vec<i64> {
    let step = step(plan);
    let (first, end) = (asked.first * DAY, (asked.last + 1) * DAY);
    let mut starts = Vec::new();
    for (from, to) in permitted.iter() {
        for stretch in plan.civil.stretches(from.max(asked.earliest), to) {
            let (mut wall, end) = (stretch.from.max(first), stretch.to.min(end));
            while wall < end {
                let midnight = wall.div_euclid(DAY) * DAY;
                let next = end.min(midnight + DAY);
                let mut on = midnight + up(wall - midnight, step);
                while on < next {
                    starts.push(stretch.instant(on));
                    on += step;
                }
                wall = next;
            }
        }
    }
    starts
}

/// From where each who could begin the visit has the time for it, room included, and again from where
/// a working window of theirs opens.
fn packed(plan: &Plan, permitted: &Ranges, asked: Asked) -> Vec<i64> {
    let step = step(plan);
    let from = asked.earliest.max(plan.civil.midnight(asked.first));
    let to = plan.civil.midnight(asked.last + 1);
    let mut starts = Vec::new();
    let Some(stage) = plan.stages.first() else { return starts };
    for candidate in stage.chairs.iter().flat_map(|chair| &chair.candidates) {
        for (begin, end) in runs(plan, stage, candidate) {
            let mut on = begin + up((from - begin).max(0), step);
            while on < end.min(to) {
                let offered = permitted.has(on)
                    && plan.civil.is_first(on)
                    && !plan.capped(candidate, plan.civil.day(on));
                if offered {
                    starts.push(on);
                }
                on += step;
            }
        }
    }
    starts.sort_unstable();
    starts.dedup();
    starts
}

/// The stretches in which somebody could begin, cut where their windows open.
fn runs(plan: &Plan, stage: &Stage, candidate: &Candidate) -> Vec<(i64, i64)> {
    let begins = match candidate.staff.and_then(|staff| plan.person(staff)) {
        Some(person) => &person.own.begins,
        None => &plan.open.begins,
    };
    let unhoused = plan.unhoused(stage, candidate.lasts).unwrap_or_default();
    let mut runs = Vec::new();
    for (mut from, to) in candidate.starts.without(&unhoused).iter() {
        let next = begins.partition_point(|begin| *begin <= from);
        for begin in begins[next..].iter().take_while(|begin| **begin < to) {
            runs.push((from, *begin));
            from = *begin;
        }
        runs.push((from, to));
    }
    runs
}

/// The first multiple of the step that is no less.
fn up(wall: i64, step: i64) -> i64 {
    (wall + step - 1).div_euclid(step) * step
}
