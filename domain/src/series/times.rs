//! When the visits of a series are, as it was asked for.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use chrono_tz::Tz;

use super::pattern::{Local, MOST, Pattern, Until};
use super::planned::{Shift, Wish};
use crate::bookings::{BookingError, Refusal};
use crate::fault::{Faults, ValueFault};
use crate::time::Instant;

/// When visits come again.
#[derive(Debug, Clone)]
pub struct Times {
    /// What lies between two visits.
    pub pattern: Pattern,
    /// How often: one of the two.
    pub count: Option<u32>,
    /// Up to which day of the location: one of the two.
    pub until: Option<NaiveDate>,
    /// Places, from 1, that are left out.
    pub skip: Vec<i16>,
    /// Visits at other times than the pattern says.
    pub shift: Vec<Shift>,
}

impl Times {
    /// A time for each place, the first beginning at `start`.
    pub(super) fn wishes(&self, zone: Tz, start: Instant) -> Result<Vec<Wish>, BookingError> {
        let mut faults = Faults::new();
        let until = self.end(&mut faults);
        let first = start.with_timezone(&zone).naive_local();
        let locals: Vec<Local> =
            until.map(|until| self.pattern.all(first, until, &mut faults)).unwrap_or_default();
        let count = i16::try_from(locals.len()).unwrap_or(i16::MAX);
        let shifts = self.exceptions(count, &mut faults);
        if !faults.is_empty() {
            return Err(Refusal::from(faults).into());
        }
        let wish = |(place, local): (i16, Local)| match shifts.get(&place) {
            Some(start) => Wish::at(place, zone, *start),
            // What happens twice on the clock: the one that was said.
            None if place == 1 => Wish::at(place, zone, start),
            None => Wish::of(place, zone, local),
        };
        Ok((1..=count).zip(locals).map(wish).collect())
    }

    fn end(&self, faults: &mut Faults) -> Option<Until> {
        match (self.count, self.until) {
            (Some(count), None) if (2..=MOST).contains(&count) => Some(Until::Count(count)),
            (Some(_), None) => {
                let detail = "A series has from 2 to 52 visits.";
                faults.note("/count", ValueFault::new("count", detail));
                None
            }
            (None, Some(day)) => Some(Until::Day(day)),
            _ => {
                let detail = "Say how often, or until which day.";
                faults.note("/count", ValueFault::new("either_or", detail));
                None
            }
        }
    }

    fn exceptions(&self, count: i16, faults: &mut Faults) -> BTreeMap<i16, Instant> {
        let unknown = || ValueFault::new("unknown", "The series has no such place.");
        for (at, place) in self.skip.iter().enumerate() {
            if count > 0 && !(1..=count).contains(place) {
                faults.note(&format!("/skip/{at}"), unknown());
            }
        }
        let mut shifts = BTreeMap::new();
        for (at, shift) in self.shift.iter().enumerate() {
            let field = format!("/shift/{at}/place");
            if count > 0 && !(1..=count).contains(&shift.place) {
                faults.note(&field, unknown());
            }
            let twice = shifts.insert(shift.place, shift.start).is_some();
            if twice || self.skip.contains(&shift.place) {
                let detail = "This one is skipped or shifted already.";
                faults.note(&field, ValueFault::new("twice", detail));
            }
        }
        if count > 0 && (1..=count).all(|place| self.skip.contains(&place)) {
            faults.note("/skip", ValueFault::new("nothing_left", "Nothing is left of the series."));
        }
        shifts
    }
}
