use std::fmt;
use std::str::FromStr;

use chrono_tz::Tz;
use croner::Cron;
use croner::parser::{CronParser, Seconds, Year};

use crate::time::Instant;

/// A line like cron's: minute, hour, day of the month, month, day of the week.
///
/// Where clocks are put forward, what was due in the hour that is left out is done right after it; where
/// they are put back, what is due in the hour that comes twice is done in the first of them. Lines with
/// `*` or steps in their minutes or hours go by what the clock shows: not in the hour that is left out, and
/// in both that are one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    text: String,
    cron: Cron,
}

/// It can't be read, or there is no such time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{line:?} is no line of minute, hour, day, month and weekday: {reason}")]
pub struct BadLine {
    line: String,
    reason: String,
}

impl FromStr for Line {
    type Err = BadLine;

    fn from_str(text: &str) -> Result<Self, BadLine> {
        let parser =
            CronParser::builder().seconds(Seconds::Disallowed).year(Year::Disallowed).build();
        let bad = |reason: String| BadLine { line: text.to_owned(), reason };
        let cron = parser.parse(text).map_err(|error| bad(error.to_string()))?;
        Ok(Self { text: text.to_owned(), cron })
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Line {
    /// Its first time after this one. None: there is no such day.
    pub fn next(&self, after: Instant, zone: Tz) -> Option<Instant> {
        let next = self.cron.find_next_occurrence(&after.with_timezone(&zone), false);
        Some(next.ok()?.to_utc())
    }

    /// Its last time up to this one, this one included.
    pub fn last(&self, until: Instant, zone: Tz) -> Option<Instant> {
        let last = self.cron.find_previous_occurrence(&until.with_timezone(&zone), true);
        Some(last.ok()?.to_utc())
    }
}

#[cfg(test)]
mod tests {
    use chrono_tz::{America, Asia, Europe};

    use super::*;

    fn at(text: &str) -> Instant {
        text.parse().unwrap()
    }

    #[test]
    fn the_next_time_by_the_clock_of_the_zone() {
        let (berlin, new_york, kolkata) = (Europe::Berlin, America::New_York, Asia::Kolkata);
        let cases = [
            // Mondays at nine, in winter and in summer.
            ("0 9 * * 1", berlin, "2026-03-21T12:00:00Z", "2026-03-23T08:00:00Z"),
            ("0 9 * * 1", berlin, "2026-03-28T12:00:00Z", "2026-03-30T07:00:00Z"),
            ("0 9 * * 1", kolkata, "2026-03-28T12:00:00Z", "2026-03-30T03:30:00Z"),
            // Not the one that it is.
            ("0 9 * * 1", berlin, "2026-03-23T08:00:00Z", "2026-03-30T07:00:00Z"),
            ("0 9 * * 1", berlin, "2026-03-23T07:59:59Z", "2026-03-23T08:00:00Z"),
            // The hour that is left out: on 29 March from two to three, on 8 March over there.
            ("30 2 * * *", berlin, "2026-03-28T12:00:00Z", "2026-03-29T01:00:00Z"),
            ("30 2 * * *", berlin, "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"),
            ("30 2 * * *", new_york, "2026-03-07T12:00:00Z", "2026-03-08T07:00:00Z"),
            ("0 3 * * *", berlin, "2026-03-28T12:00:00Z", "2026-03-29T01:00:00Z"),
            // The hour that comes twice: on 25 October, once, the first time.
            ("30 2 * * *", berlin, "2026-10-24T12:00:00Z", "2026-10-25T00:30:00Z"),
            ("30 2 * * *", berlin, "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"),
            // In between, too: not in the second.
            ("30 2 * * *", berlin, "2026-10-25T01:00:00Z", "2026-10-26T01:30:00Z"),
            ("30 1 * * *", new_york, "2026-11-01T04:00:00Z", "2026-11-01T05:30:00Z"),
            // By the clock: the hour that is left out is none, the one that comes twice is two.
            ("30 * * * *", berlin, "2026-03-29T00:30:00Z", "2026-03-29T01:30:00Z"),
            ("30 * * * *", berlin, "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"),
            // The last day of a month, a leap year.
            ("0 0 L * *", berlin, "2026-02-10T00:00:00Z", "2026-02-27T23:00:00Z"),
            ("0 12 29 2 *", berlin, "2026-02-10T00:00:00Z", "2028-02-29T11:00:00Z"),
        ];
        for (line, zone, after, expected) in cases {
            let line: Line = line.parse().unwrap();
            assert_eq!(line.next(at(after), zone), Some(at(expected)), "{line} {zone} {after}");
        }
    }

    #[test]
    fn the_last_time_up_to_now() {
        let cases = [
            ("0 9 * * 1", "2026-03-23T08:00:00Z", "2026-03-23T08:00:00Z"),
            ("0 9 * * 1", "2026-03-23T07:59:59Z", "2026-03-16T08:00:00Z"),
            ("30 2 * * *", "2026-03-29T05:00:00Z", "2026-03-29T01:00:00Z"),
            ("30 2 * * *", "2026-10-25T05:00:00Z", "2026-10-25T00:30:00Z"),
        ];
        for (line, until, expected) in cases {
            let line: Line = line.parse().unwrap();
            assert_eq!(line.last(at(until), Europe::Berlin), Some(at(expected)), "{line} {until}");
        }
    }

    #[test]
    fn what_is_no_line() {
        for text in ["", "* * * *", "0 0 9 * * 1", "60 * * * *", "every monday", "0 9 * * 8-9"] {
            assert!(text.parse::<Line>().is_err(), "{text:?}");
        }
        let never: Line = "0 0 31 2 *".parse().unwrap();
        assert_eq!(never.next(at("2026-03-08T10:00:00Z"), Europe::Berlin), None);
    }
}
