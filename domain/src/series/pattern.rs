//! When a series takes place, on the clock of its location.

use chrono::{Datelike, Days, Months, NaiveDate, NaiveDateTime};

use crate::fault::{Faults, ValueFault};

/// Most visits in a series.
pub(super) const MOST: u32 = 52;

/// What a series counts in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Every {
    /// Days.
    Day,
    /// Weeks, on the same weekday.
    Week,
    /// Months, on the same day of the month.
    Month,
}

impl Every {
    /// As it is stored and shown.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
        }
    }

    /// What `key` names.
    pub fn from_key(key: &str) -> Option<Self> {
        [Self::Day, Self::Week, Self::Month].into_iter().find(|every| every.key() == key)
    }
}

/// How often.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Until {
    /// So many times.
    Count(u32),
    /// Up to this day.
    Day(NaiveDate),
}

/// Every so many days, weeks or months.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pattern {
    /// What is counted.
    pub every: Every,
    /// How many of them lie between two visits.
    pub step: u32,
}

/// A time on the clock that a series asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Local {
    /// This one.
    At(NaiveDateTime),
    /// The month has no such day; this is its last, at the same time.
    NoSuchDay(NaiveDateTime),
}

impl Local {
    pub(super) fn near(self) -> NaiveDateTime {
        match self {
            Self::At(local) | Self::NoSuchDay(local) => local,
        }
    }
}

impl Pattern {
    /// The visit so many behind the first; none beyond the calendar's end.
    pub(super) fn nth(self, first: NaiveDateTime, n: u32) -> Option<Local> {
        let units = self.step.checked_mul(n)?;
        let days = |days: u32| first.checked_add_days(Days::new(days.into())).map(Local::At);
        match self.every {
            Every::Day => days(units),
            Every::Week => days(units.checked_mul(7)?),
            Every::Month => {
                let then = first.checked_add_months(Months::new(units))?;
                let same = then.day() == first.day();
                Some(if same { Local::At(then) } else { Local::NoSuchDay(then) })
            }
        }
    }

    /// All of them, the first included.
    pub(super) fn all(self, first: NaiveDateTime, until: Until, faults: &mut Faults) -> Vec<Local> {
        if !(1..=MOST).contains(&self.step) {
            faults.note("/step", ValueFault::new("range", "This is a number from 1 to 52."));
            return Vec::new();
        }
        let field = match until {
            Until::Count(_) => "/count",
            Until::Day(_) => "/until",
        };
        let wanted = |(n, local): &(u32, Local)| match until {
            Until::Count(count) => *n < count,
            Until::Day(last) => local.near().date() <= last,
        };
        let found: Vec<Local> = (0..=MOST)
            .map_while(|n| Some((n, self.nth(first, n)?)))
            .take_while(wanted)
            .map(|(_, local)| local)
            .collect();
        if !(2..=MOST as usize).contains(&found.len()) {
            let detail = "A series has from 2 to 52 visits.";
            faults.note(field, ValueFault::new("count", detail));
            return Vec::new();
        }
        found
    }
}
