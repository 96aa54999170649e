//! When one of the staff works today, from now on. Pure.

use chrono::{Datelike, Duration, NaiveDate, NaiveTime};

use crate::availability::{Rules, Span, StaffRules, Week, Window, day_at, on_the_wall};
use crate::time::Instant;

/// What is left of somebody's working day.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Shift {
    /// When they are done, if the plan says that they work now or later today.
    pub(super) until: Option<Instant>,
    /// When they serve nobody until then.
    pub(super) away: Vec<Span>,
}

impl Shift {
    /// The rest of the day. Who is at work although no plan says so, stays as long as they like.
    pub(super) fn of(rules: &Rules, staff: &StaffRules, now: Instant) -> Self {
        let today = day_at(rules.zone, now);
        let before = today.pred_opt().unwrap_or(today);
        let mut work = Vec::new();
        let mut breaks = Vec::new();
        // Yesterday's windows may cross midnight.
        for day in [before, today] {
            let own = staff.days.get(&day);
            let windows = own.map_or_else(|| of_week(&staff.hours, day), Vec::as_slice);
            work.extend(windows.iter().filter_map(|window| span(rules, day, *window)));
            if own.is_none() {
                let windows = of_week(&staff.breaks, day);
                breaks.extend(windows.iter().filter_map(|window| span(rules, day, *window)));
            }
        }
        work.retain(|span| span.to > now);
        work.sort_unstable();
        let Some(until) = work.iter().map(|span| span.to).max() else { return Self::default() };
        let mut away: Vec<Span> = breaks;
        away.extend(&staff.time_off);
        // Between two windows of one day they are away, too.
        away.extend(work.windows(2).filter_map(|pair| {
            let (from, to) = (pair[0].to, pair[1].from);
            (from < to).then_some(Span { from, to })
        }));
        away.retain(|span| span.to > now && span.from < until);
        away.sort_unstable();
        away.dedup();
        Self { until: Some(until), away }
    }
}

fn of_week(week: &Week, day: NaiveDate) -> &[Window] {
    &week.0[day.weekday().num_days_from_monday() as usize]
}

fn span(rules: &Rules, day: NaiveDate, window: Window) -> Option<Span> {
    let at = |minutes: i16| {
        let wall = day.and_time(NaiveTime::MIN) + Duration::minutes(minutes.into());
        // What a change of clocks skips is about an hour later.
        let later = || on_the_wall(rules.zone, wall + Duration::hours(1));
        on_the_wall(rules.zone, wall).or_else(|_| later()).ok()
    };
    let (from, to) = (at(window.opens)?, at(window.closes)?);
    (from < to).then_some(Span { from, to })
}
