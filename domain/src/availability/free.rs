//! When a door is open and when somebody works, as ranges of instants.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use chrono::NaiveDate;

use super::civil::{Civil, MINUTE, date, day_number, weekday};
use super::model::{Rules, Span, StaffRules, Week, Window};
use super::ranges::Ranges;

/// Windows of civil days as ranges.
#[derive(Debug, Default)]
pub(super) struct Openings {
    /// All of them, joined where they touch.
    pub(super) ranges: Ranges,
    /// The beginning of each.
    pub(super) begins: Vec<i64>,
}

/// When the door is open: the hours of the week, or of the day if it has its own, unless the day is
/// closed. A window belongs to the day on which it opens, although it may close on the next.
pub(super) fn open(rules: &Rules, civil: &Civil, days: RangeInclusive<i64>) -> Openings {
    let closed = |day: i64| {
        let date = date(day);
        rules.closures.iter().any(|(first, last)| (*first..=*last).contains(&date))
    };
    let any_closed = !rules.closures.is_empty();
    laid(civil, days, |day| {
        if any_closed && closed(day) { &[] } else { of_day(&rules.hours, &rules.days, day) }
    })
}

/// When somebody works, if the door is open: their hours of the week without the breaks, or those of
/// the day if it has its own, without the time off.
pub(super) fn own(staff: &StaffRules, civil: &Civil, days: RangeInclusive<i64>) -> Openings {
    let mut own = laid(civil, days.clone(), |day| of_day(&staff.hours, &staff.days, day));
    let breaks = laid(civil, days, |day| {
        if has_own(&staff.days, day) { &[] } else { &staff.breaks.0[weekday(day)] }
    });
    let away = staff.time_off.iter().map(ticks).collect();
    own.ranges = own.ranges.without(&breaks.ranges).without(&Ranges::of(away));
    own
}

/// A span in the engine's own count.
pub(super) fn ticks(span: &Span) -> (i64, i64) {
    (span.from.timestamp_micros(), span.to.timestamp_micros())
}

fn of_day<'a>(
    week: &'a Week,
    days: &'a BTreeMap<NaiveDate, Vec<Window>>,
    day: i64,
) -> &'a [Window] {
    let own = if days.is_empty() { None } else { days.get(&date(day)) };
    own.unwrap_or_else(|| &week.0[weekday(day)])
}

fn has_own(days: &BTreeMap<NaiveDate, Vec<Window>>, day: i64) -> bool {
    !days.is_empty() && days.contains_key(&date(day))
}

fn laid<'a>(
    civil: &Civil,
    days: RangeInclusive<i64>,
    windows: impl Fn(i64) -> &'a [Window],
) -> Openings {
    let mut ranges = Vec::new();
    for day in days {
        let windows = windows(day);
        if windows.is_empty() {
            continue;
        }
        let midnight = day * super::civil::DAY;
        let at = |minutes: i16| civil.instant(midnight + i64::from(minutes) * MINUTE);
        ranges.extend(windows.iter().map(|window| (at(window.opens), at(window.closes))));
    }
    ranges.retain(|(from, to)| from < to);
    ranges.sort_unstable();
    let begins = ranges.iter().map(|(from, _)| *from).collect();
    Openings { ranges: Ranges::of(ranges), begins }
}

/// The days whose windows matter to what happens from the first to the last of `days` and for `long`
/// after: the day before has windows that cross midnight, and where one of them begins may depend on
/// the day before that.
pub(super) fn days_around(days: &RangeInclusive<NaiveDate>, long: i64) -> RangeInclusive<i64> {
    let more = long.div_euclid(super::civil::DAY) + 2;
    day_number(*days.start()) - 2..=day_number(*days.end()) + more
}
