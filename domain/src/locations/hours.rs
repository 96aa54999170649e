//! When the door is open: windows of a weekday in the location's civil time.

use std::fmt;

use chrono::Timelike;

use crate::config::OpenHours;
use crate::fault::{Faults, ValueFault};

const DAY: i16 = 24 * 60;
const WEEK: i32 = 7 * 24 * 60;

/// Six a day are more than any door needs.
const MOST: usize = 42;

/// One stretch in which the door is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Opening {
    /// 1 is Monday, 7 is Sunday.
    pub(super) weekday: i16,
    /// Minutes from midnight.
    pub(super) opens: i16,
    /// Minutes from the same midnight: past 1440 it is the next day.
    pub(super) closes: i16,
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

    /// `09:00`.
    pub fn opens(self) -> String {
        clock(self.opens)
    }

    /// `17:00`, or `24:00` for the end of the day. Not after the other, it is the next day's.
    pub fn closes(self) -> String {
        clock(if self.closes > DAY { self.closes - DAY } else { self.closes })
    }

    fn in_the_week(self) -> (i32, i32) {
        let midnight = i32::from(self.weekday - 1) * i32::from(DAY);
        (midnight + i32::from(self.opens), midnight + i32::from(self.closes))
    }
}

/// As the audit log shows it.
impl fmt::Display for Opening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
        let day = usize::from(self.weekday()).checked_sub(1).and_then(|day| DAYS.get(day));
        write!(f, "{} {}-{}", day.unwrap_or(&"?"), self.opens(), self.closes())
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

fn clock(minutes: i16) -> String {
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

/// The minutes of `HH:MM`.
fn minutes(text: &str) -> Option<i16> {
    let bytes = text.as_bytes();
    let digits =
        |at: std::ops::Range<usize>| bytes[at].iter().all(u8::is_ascii_digit).then_some(());
    if bytes.len() != 5 || bytes[2] != b':' {
        return None;
    }
    digits(0..2).and(digits(3..5))?;
    let number = |at: usize| i16::from((bytes[at] - b'0') * 10 + (bytes[at + 1] - b'0'));
    let (hour, minute) = (number(0), number(3));
    let fits = (hour < 24 && minute < 60) || (hour == 24 && minute == 0);
    fits.then_some(hour * 60 + minute)
}

/// Which hours can be meant, in the order of the week. Faults point into `field`.
pub(super) fn check(field: &str, typed: &[NewOpening], faults: &mut Faults) -> Vec<Opening> {
    if typed.len() > MOST {
        let detail = format!("At most {MOST} opening times, please.");
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
    let mut time = |name: &str, text: &str, latest: i16| {
        let read = minutes(text).filter(|minutes| *minutes <= latest);
        let fault = || ValueFault::new("invalid_time", "This should be a time like 09:30.");
        faults.take(&format!("{field}/{name}"), read.ok_or_else(fault))
    };
    let opens = time("opens", &typed.opens, DAY - 1);
    let closes = time("closes", &typed.closes, DAY);
    let (opens, closes) = (opens?, closes?);
    if opens == closes {
        let detail = "This must differ from the time before. For a whole day: 00:00 to 24:00.";
        faults.note(&format!("{field}/closes"), ValueFault::new("empty", detail));
        return None;
    }
    let closes = if closes < opens { closes + DAY } else { closes };
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
            faults.note(&at, ValueFault::new("overlap", "This overlaps another opening time."));
        }
    }
}
