//! Windows of a weekday.

use std::fmt;

use chrono::Timelike;

use super::clock::{DAY, shown, stretch};
use crate::availability::Window;
use crate::config::OpenHours;
use crate::fault::{Faults, ValueFault};

const WEEK: i32 = 7 * 24 * 60;

/// Six a day are more than any door needs.
const MOST: usize = 42;

/// One stretch of a weekday in which the door is open, or somebody works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Opening {
    /// 1 is Monday, 7 is Sunday.
    pub(crate) weekday: i16,
    /// Minutes from midnight.
    pub(crate) opens: i16,
    /// Minutes from the same midnight: past 1440 it is the next day.
    pub(crate) closes: i16,
}

/// The same, as it is typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewOpening {
    /// 1 is Monday, 7 is Sunday.
    pub weekday: u8,
    /// `09:00`.
    pub opens: String,
    /// `17:00`. Before the other it is the next day's; `24:00` is the end of the day.
    pub closes: String,
}

impl Opening {
    /// 1 is Monday, 7 is Sunday.
    pub fn weekday(self) -> u8 {
        u8::try_from(self.weekday).unwrap_or_default()
    }

    /// The stretch within its day.
    pub fn window(self) -> Window {
        Window { opens: self.opens, closes: self.closes }
    }

    fn in_the_week(self) -> (i32, i32) {
        let midnight = i32::from(self.weekday - 1) * i32::from(DAY);
        (midnight + i32::from(self.opens), midnight + i32::from(self.closes))
    }

    /// Whether both share a minute of the week. Sunday's night is Monday's morning.
    pub(crate) fn meets(self, other: Self) -> bool {
        let ((from, to), (start, end)) = (self.in_the_week(), other.in_the_week());
        [-WEEK, 0, WEEK].iter().any(|later| from < end + later && start + later < to)
    }
}

/// As the audit log shows it.
impl fmt::Display for Opening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
        let day = usize::from(self.weekday()).checked_sub(1).and_then(|day| DAYS.get(day));
        let (opens, closes) = shown(self.window());
        write!(f, "{} {opens}-{closes}", day.unwrap_or(&"?"))
    }
}

impl From<&OpenHours> for Opening {
    fn from(hours: &OpenHours) -> Self {
        let minutes = |time: chrono::NaiveTime| {
            i16::try_from(time.num_seconds_from_midnight() / 60).unwrap_or_default()
        };
        let (opens, closes) = (minutes(hours.opens), minutes(hours.closes));
        Self { weekday: hours.weekday.into(), opens, closes }
    }
}

/// As the audit log shows a week.
pub(crate) fn in_words(hours: &[Opening]) -> Vec<String> {
    hours.iter().map(ToString::to_string).collect()
}

/// Which hours can be meant, in the order of the week. Faults point into `field`.
pub(crate) fn check(field: &str, typed: &[NewOpening], faults: &mut Faults) -> Vec<Opening> {
    if typed.len() > MOST {
        let detail = format!("At most {MOST} stretches of time, please.");
        faults.note(field, ValueFault::new("too_many", detail));
        return Vec::new();
    }
    let mut open = Vec::with_capacity(typed.len());
    for (place, typed) in typed.iter().enumerate() {
        if let Some(opening) = one(&format!("{field}/{place}"), typed, faults) {
            open.push((opening, place));
        }
    }
    open.sort_unstable();
    note_overlaps(field, &open, faults);
    open.into_iter().map(|(opening, _)| opening).collect()
}

fn one(field: &str, typed: &NewOpening, faults: &mut Faults) -> Option<Opening> {
    let weekday = i16::from(typed.weekday);
    let on_a_day = (1..=7).contains(&weekday);
    if !on_a_day {
        let detail = "A weekday is 1 (Monday) to 7 (Sunday).";
        faults.note(&format!("{field}/weekday"), ValueFault::new("invalid", detail));
    }
    let Window { opens, closes } = stretch(field, &typed.opens, &typed.closes, faults)?;
    on_a_day.then_some(Opening { weekday, opens, closes })
}

/// Sorted by their beginning, two windows overlap only if two neighbours do; Sunday's night is
/// Monday's neighbour.
fn note_overlaps(field: &str, open: &[(Opening, usize)], faults: &mut Faults) {
    let next_week =
        open.first().filter(|_| open.len() > 1).map(|(first, place)| (*first, *place, WEEK));
    let followers = open.iter().skip(1).map(|(next, place)| (*next, *place, 0)).chain(next_week);
    for ((opening, place), (next, next_place, later)) in open.iter().zip(followers) {
        if next.in_the_week().0 + later < opening.in_the_week().1 {
            let at = format!("{field}/{}", place.max(&next_place));
            faults.note(&at, ValueFault::new("overlap", "This overlaps another stretch of time."));
        }
    }
}
