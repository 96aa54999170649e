//! The hours in which nobody is disturbed, on the shop's clock.

use chrono::{Days, Duration, NaiveDate, NaiveTime};
use chrono_tz::Tz;

use crate::availability::reached;
use crate::time::Instant;

/// From when to when, in minutes from midnight. May go over midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quiet {
    /// The first minute.
    pub from: i16,
    /// The first minute after it.
    pub to: i16,
}

impl Quiet {
    /// How long it is on the clock.
    pub fn length(self) -> Duration {
        Duration::minutes(i64::from(self.to - self.from).rem_euclid(1_440))
    }

    /// The stretch of quiet that this instant is in, if it is in one.
    pub fn around(self, zone: Tz, at: Instant) -> Option<(Instant, Instant)> {
        let day = at.with_timezone(&zone).date_naive();
        let days = [day.checked_sub_days(Days::new(1)), Some(day)];
        days.into_iter()
            .flatten()
            .filter_map(|day| self.on(zone, day))
            .find(|(from, to)| (*from..*to).contains(&at))
    }

    /// The stretch that begins on a day.
    fn on(self, zone: Tz, day: NaiveDate) -> Option<(Instant, Instant)> {
        let last = if self.to > self.from { day } else { day.checked_add_days(Days::new(1))? };
        let at = |day: NaiveDate, minutes: i16| {
            let seconds = u32::try_from(minutes).ok()? * 60;
            let time = NaiveTime::from_num_seconds_from_midnight_opt(seconds, 0)?;
            Some(reached(zone, day.and_time(time)))
        };
        Some((at(day, self.from)?, at(last, self.to)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Instant {
        text.parse().unwrap()
    }

    #[test]
    fn the_night_as_the_clock_on_the_wall_has_it() {
        let night = Quiet { from: 21 * 60, to: 8 * 60 };
        let noon = Quiet { from: 12 * 60, to: 13 * 60 };
        let zone: Tz = "America/New_York".parse().unwrap();
        let cases = [
            // Winter: five hours behind UTC.
            (night, "2026-01-10T02:00:00Z", Some(("2026-01-10T02:00:00Z", "2026-01-10T13:00:00Z"))),
            (night, "2026-01-10T12:59:59Z", Some(("2026-01-10T02:00:00Z", "2026-01-10T13:00:00Z"))),
            (night, "2026-01-10T13:00:00Z", None),
            (night, "2026-01-10T01:59:59Z", None),
            // The night in which the clocks go forward is an hour shorter, and the one in which they go
            // back an hour longer.
            (night, "2026-03-08T06:00:00Z", Some(("2026-03-08T02:00:00Z", "2026-03-08T12:00:00Z"))),
            (night, "2026-11-01T06:00:00Z", Some(("2026-11-01T01:00:00Z", "2026-11-01T13:00:00Z"))),
            (noon, "2026-07-01T16:30:00Z", Some(("2026-07-01T16:00:00Z", "2026-07-01T17:00:00Z"))),
            (noon, "2026-07-01T17:00:00Z", None),
        ];
        for (quiet, when, expected) in cases {
            let expected = expected.map(|(from, to)| (at(from), at(to)));
            assert_eq!(quiet.around(zone, at(when)), expected, "{quiet:?} {when}");
        }
    }

    #[test]
    fn what_begins_in_a_gap_or_ends_in_an_hour_that_comes_twice() {
        let zone: Tz = "America/New_York".parse().unwrap();
        // 02:30 is skipped on the 8th of March: it begins when the clocks jump.
        let early = Quiet { from: 150, to: 240 };
        let found = early.around(zone, at("2026-03-08T07:10:00Z"));
        assert_eq!(found, Some((at("2026-03-08T07:00:00Z"), at("2026-03-08T08:00:00Z"))));
        // 01:30 comes twice on the 1st of November: the first time ends it.
        let late = Quiet { from: 0, to: 90 };
        assert!(late.around(zone, at("2026-11-01T05:29:00Z")).is_some());
        assert_eq!(late.around(zone, at("2026-11-01T06:10:00Z")), None);
    }

    #[test]
    fn how_long_it_is() {
        for (from, to, minutes) in [(0, 60, 60), (1_320, 420, 540), (60, 0, 1_380)] {
            assert_eq!(Quiet { from, to }.length(), Duration::minutes(minutes));
        }
    }
}
