//! Which starts can be had.

use std::ops::RangeInclusive;

use chrono::{Days, NaiveDate};
use chrono_tz::Tz;

use super::answer::Slot;
use super::choose::Chooser;
use super::civil::{MINUTE, day_at, day_number, instant};
use super::feasible::Feasible;
use super::grid::{self, Asked};
use super::model::{Busy, Rules, Visit};
use super::plan::{Candidate, Plan, Stage};
use super::ranges::Ranges;
use crate::time::Instant;

/// The starts on `days` that can be had, in order. `busy` must hold those civil days whole, and one
/// before and after. For staff who book (not [`Visit::online`]) notice and horizon don't count.
pub fn slots(
    rules: &Rules,
    busy: &Busy,
    visit: &Visit,
    days: RangeInclusive<NaiveDate>,
    now: Instant,
) -> Vec<Slot> {
    let Some(days) = bookable(rules, visit, &days, now) else { return Vec::new() };
    let plan = Plan::over(rules, busy, visit, &days, now);
    if !plan.is_visit() {
        return Vec::new();
    }
    let asked = Asked {
        first: day_number(*days.start()),
        last: day_number(*days.end()),
        earliest: earliest(visit, now),
    };
    let Permitted { starts, exact } = permitted(&plan, asked);
    let starts = grid::laid(&plan, &starts, asked);
    let lasts: Option<i64> = plan.stages.iter().map(|stage| stage.fixed).sum();
    let mut chooser = Chooser::of(&plan);
    let slot = |start: i64| {
        let end = match lasts {
            Some(lasts)
                if exact || Feasible::on(&plan, plan.civil.day(start)).goes_on(0, start) =>
            {
                start + lasts
            }
            Some(_) => return None,
            None => chooser.first(start)?.end(start),
        };
        Some(Slot { start: instant(start), end: instant(end) })
    };
    starts.into_iter().filter_map(slot).collect()
}

/// The first start from a day on that can be had, within so many days.
pub fn first_free(
    rules: &Rules,
    busy: &Busy,
    visit: &Visit,
    from: NaiveDate,
    days: usize,
    now: Instant,
) -> Option<Slot> {
    let last =
        from.checked_add_days(Days::new(u64::try_from(days).unwrap_or(u64::MAX)))?.pred_opt()?;
    let asked = bookable(rules, visit, &(from..=last), now)?;
    // Mostly it is soon: a few days first, then ever more.
    let (mut first, last, mut more) = (*asked.start(), *asked.end(), 1);
    while first <= last {
        let until = first.checked_add_days(Days::new(more)).map_or(last, |until| until.min(last));
        if let Some(slot) = slots(rules, busy, visit, first..=until, now).into_iter().next() {
            return Some(slot);
        }
        first = until.succ_opt()?;
        more *= 2;
    }
    None
}

/// The earliest start: staff may book up to the last moment.
pub(super) fn earliest(visit: &Visit, now: Instant) -> i64 {
    let notice = if visit.online { i64::from(visit.rules.notice) * MINUTE } else { 0 };
    now.timestamp_micros() + notice
}

/// The last civil day on which a customer can book who can do so that many days ahead.
pub fn horizon(zone: Tz, days: u16, now: Instant) -> NaiveDate {
    day_at(zone, now).checked_add_days(Days::new(days.into())).unwrap_or(NaiveDate::MAX)
}

/// Those of the days on which anything could begin.
fn bookable(
    rules: &Rules,
    visit: &Visit,
    days: &RangeInclusive<NaiveDate>,
    now: Instant,
) -> Option<RangeInclusive<NaiveDate>> {
    let first = (*days.start()).max(day_at(rules.zone, now));
    let ahead = visit.rules.horizon_days;
    let last =
        if visit.online { (*days.end()).min(horizon(rules.zone, ahead, now)) } else { *days.end() };
    (first <= last).then_some(first..=last)
}

/// Starts that are not ruled out.
struct Permitted {
    starts: Ranges,
    /// Whether every one of them can be had; else each must be looked at.
    exact: bool,
}

/// Of each step the set of its possible starts, moved to the start of the visit; what is in all.
fn permitted(plan: &Plan, asked: Asked) -> Permitted {
    let mut permitted: Option<Ranges> = None;
    let mut exact = true;
    let mut after = Some(0);
    for stage in &plan.stages {
        let Some(offset) = after else {
            exact = false;
            break;
        };
        let starts = stage_starts(plan, stage, asked, offset);
        permitted = Some(match permitted {
            Some(before) => before.and(&starts),
            None => starts,
        });
        exact &= stage.chairs.len() == 1;
        after = stage.fixed.map(|lasts| offset + lasts);
    }
    Permitted { starts: permitted.unwrap_or_default(), exact }
}

/// Where the visit could begin for this step's sake, were its seats independent of each other.
fn stage_starts(plan: &Plan, stage: &Stage, asked: Asked, offset: i64) -> Ranges {
    let alone = stage.chairs.len() == 1;
    let mut unhoused: Vec<(i64, Ranges)> = Vec::new();
    let mut of = |candidate: &Candidate| {
        let lasts = candidate.lasts;
        if alone && !unhoused.iter().any(|known| known.0 == lasts) {
            unhoused.push((lasts, plan.unhoused(stage, lasts).unwrap_or_default()));
        }
        let without = unhoused.iter().find(|known| known.0 == lasts);
        let starts = match without {
            Some((_, without)) => candidate.starts.without(without),
            None => (*candidate.starts).clone(),
        };
        starts.later(-offset).without(&capped_days(plan, candidate, asked))
    };
    let mut all: Option<Ranges> = None;
    for chair in &stage.chairs {
        let each: Vec<Ranges> = chair.candidates.iter().map(&mut of).collect();
        let any = Ranges::any_of(each.iter());
        all = Some(match all {
            Some(all) => all.and(&any),
            None => any,
        });
    }
    let all = all.unwrap_or_default();
    match stage.fixed.filter(|_| !alone).and_then(|lasts| plan.unhoused(stage, lasts)) {
        Some(unhoused) => all.without(&unhoused.later(-offset)),
        None => all,
    }
}

/// The days on which somebody has had enough visits.
fn capped_days(plan: &Plan, candidate: &Candidate, asked: Asked) -> Ranges {
    let Some(staff) = candidate.staff else { return Ranges::default() };
    if plan.rules.staff[staff].daily_cap.is_none() {
        return Ranges::default();
    }
    let full = (asked.first..=asked.last).filter(|day| plan.capped(candidate, *day));
    Ranges::of(full.map(|day| (plan.civil.midnight(day), plan.civil.midnight(day + 1))).collect())
}
