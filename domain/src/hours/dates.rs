//! Days of the calendar that somebody can mean.

use chrono::{Days as CountOf, Months, NaiveDate};

use crate::fault::{Faults, ValueFault};
use crate::time::Instant;

/// Plans are made for so many years.
const YEARS: u32 = 3;

/// A range has so many days at most.
const LONGEST: i64 = 366;

/// Days from one to another, both included. Never more than a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Days {
    /// The first.
    pub first: NaiveDate,
    /// The last.
    pub last: NaiveDate,
}

impl Days {
    /// Which days are asked for. From yesterday on and for a year, unless something else is said.
    pub(crate) fn asked(
        from: Option<NaiveDate>,
        to: Option<NaiveDate>,
        now: Instant,
        faults: &mut Faults,
    ) -> Option<Self> {
        let first = from.unwrap_or_else(|| earliest(now));
        let last = to.or_else(|| first.checked_add_days(CountOf::new(365)));
        Self { first, last: last.unwrap_or(NaiveDate::MAX) }.of_a_length(["/from", "/to"], faults)
    }

    /// Which days can be planned. Faults point at the fields of the first and the last.
    pub(crate) fn planned(
        self,
        fields: [&str; 2],
        now: Instant,
        faults: &mut Faults,
    ) -> Option<Self> {
        let days = self.of_a_length(fields, faults)?;
        // What began long ago may still go on.
        faults.take(fields[1], near(days.last, now))?;
        faults.take(fields[0], near(days.first, now))?;
        Some(days)
    }

    fn of_a_length(self, [_, to]: [&str; 2], faults: &mut Faults) -> Option<Self> {
        let length = (self.last - self.first).num_days() + 1;
        let fault = match length {
            ..1 => ValueFault::new("ends_before_start", "The last day comes before the first."),
            1..=LONGEST => return Some(self),
            _ => ValueFault::new("too_long", format!("At most {LONGEST} days, please.")),
        };
        faults.note(to, fault);
        None
    }
}

/// Somewhere on earth it is still yesterday.
fn earliest(now: Instant) -> NaiveDate {
    let today = now.date_naive();
    today.pred_opt().unwrap_or(today)
}

/// A day that isn't over, nor further ahead than anybody plans.
pub(crate) fn near(day: NaiveDate, now: Instant) -> Result<NaiveDate, ValueFault> {
    let latest = now.date_naive().checked_add_months(Months::new(12 * YEARS));
    if day < earliest(now) {
        return Err(ValueFault::new("in_the_past", "This day is over already."));
    }
    if latest.is_none_or(|latest| day > latest) {
        let detail = format!("This is more than {YEARS} years ahead.");
        return Err(ValueFault::new("too_far_ahead", detail));
    }
    Ok(day)
}
