//! When a visit is brought to mind. Pure.

use chrono::Duration;
use chrono_tz::Tz;

use crate::messaging::Quiet;
use crate::time::Instant;

/// How long before the quiet hours it is said instead, where it would be too late afterwards.
const BEFORE_QUIET: Duration = Duration::minutes(15);

/// When a visit that begins at `start` is brought to mind, so many minutes before it each: as
/// (minutes, due), the earliest first. What would fall into the quiet hours waits for their end; if the
/// visit has begun by then, it is said before they begin. Of two that fall together the later is
/// enough.
pub(super) fn plan(
    start: Instant,
    minutes: &[i32],
    quiet: Option<Quiet>,
    zone: Tz,
) -> Vec<(i32, Instant)> {
    let mut planned: Vec<(i32, Instant)> = minutes
        .iter()
        .filter(|minutes| **minutes > 0)
        .map(|minutes| (*minutes, due(start, *minutes, quiet, zone)))
        .collect();
    planned.sort_unstable_by_key(|(minutes, due)| (*due, *minutes));
    planned.dedup_by_key(|(_, due)| *due);
    planned
}

fn due(start: Instant, minutes: i32, quiet: Option<Quiet>, zone: Tz) -> Instant {
    let plain = start - Duration::minutes(minutes.into());
    match quiet.and_then(|quiet| quiet.around(zone, plain)) {
        None => plain,
        Some((_, ends)) if ends < start => ends,
        Some((begins, _)) => begins - BEFORE_QUIET,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NIGHT: Quiet = Quiet { from: 21 * 60, to: 8 * 60 };

    fn at(text: &str) -> Instant {
        text.parse().unwrap()
    }

    #[test]
    fn a_day_and_an_hour_before_but_not_at_night() {
        let cases: [(&str, &str, &[i32], Option<Quiet>, &[(i32, &str)]); 11] = [
            // No quiet hours.
            (
                "Europe/Berlin",
                "2026-05-05T09:00:00Z",
                &[1440, 60],
                None,
                &[(1440, "2026-05-04T09:00:00Z"), (60, "2026-05-05T08:00:00Z")],
            ),
            // A day is 24 hours, whatever the clocks do in between.
            (
                "Europe/Berlin",
                "2026-03-29T09:00:00Z",
                &[1440],
                None,
                &[(1440, "2026-03-28T09:00:00Z")],
            ),
            // By day, quiet hours change nothing.
            (
                "Europe/Berlin",
                "2026-05-05T12:00:00Z",
                &[1440, 60],
                Some(NIGHT),
                &[(1440, "2026-05-04T12:00:00Z"), (60, "2026-05-05T11:00:00Z")],
            ),
            // 08:30 in Berlin: the hour before is at 07:30, in the quiet hours, so at 08:00.
            (
                "Europe/Berlin",
                "2026-05-05T06:30:00Z",
                &[60],
                Some(NIGHT),
                &[(60, "2026-05-05T06:00:00Z")],
            ),
            // 07:30 in Berlin: at 08:00 it has begun, so at 20:45 on the evening before.
            (
                "Europe/Berlin",
                "2026-05-05T05:30:00Z",
                &[60],
                Some(NIGHT),
                &[(60, "2026-05-04T18:45:00Z")],
            ),
            // 08:00 sharp: the end of the quiet hours is too late.
            (
                "Europe/Berlin",
                "2026-05-05T06:00:00Z",
                &[60],
                Some(NIGHT),
                &[(60, "2026-05-04T18:45:00Z")],
            ),
            // The clocks go forward in the night before: 08:00 is at 06:00 UTC already.
            (
                "Europe/Berlin",
                "2026-03-29T06:45:00Z",
                &[60],
                Some(NIGHT),
                &[(60, "2026-03-29T06:00:00Z")],
            ),
            // And back: 08:00 is at 07:00 UTC again.
            (
                "Europe/Berlin",
                "2026-10-25T07:45:00Z",
                &[60],
                Some(NIGHT),
                &[(60, "2026-10-25T07:00:00Z")],
            ),
            // Two that fall together: the later one.
            (
                "Europe/Berlin",
                "2026-05-05T07:30:00Z",
                &[180, 120, 60],
                Some(NIGHT),
                &[(120, "2026-05-05T06:00:00Z"), (60, "2026-05-05T06:30:00Z")],
            ),
            // Late in the evening, west of Greenwich.
            (
                "America/Los_Angeles",
                "2026-05-06T04:30:00Z",
                &[1440, 15],
                Some(NIGHT),
                &[(1440, "2026-05-05T15:00:00Z"), (15, "2026-05-06T03:45:00Z")],
            ),
            // None at all, and what can't be meant.
            ("Europe/Berlin", "2026-05-05T06:00:00Z", &[0, -5], Some(NIGHT), &[]),
        ];
        for (zone, start, minutes, quiet, expected) in cases {
            let found = plan(at(start), minutes, quiet, zone.parse().unwrap());
            let expected: Vec<_> = expected.iter().map(|(m, due)| (*m, at(due))).collect();
            assert_eq!(found, expected, "{zone} {start} {minutes:?}");
        }
    }

    proptest! {
        /// Before the visit, never in the quiet hours, and each at most once.
        #[test]
        fn never_late_and_never_at_night(
            hours in 0_i64..24 * 700, minutes in prop::collection::vec(1_i32..4_000, 0..4),
            from in 0_i16..1_440, to in 0_i16..1_440,
            zone in prop::sample::select(vec!["Europe/Berlin", "Asia/Kolkata", "America/New_York", "Pacific/Apia"]),
        ) {
            prop_assume!(from != to);
            let zone: Tz = zone.parse().unwrap();
            let quiet = Quiet { from, to };
            let start = at("2026-01-01T00:00:00Z") + Duration::hours(hours);
            // Somewhere between two nights there must be time to say it.
            prop_assume!(quiet.length() < Duration::hours(22));
            let planned = plan(start, &minutes, Some(quiet), zone);
            for (_, due) in &planned {
                prop_assert!(*due < start);
                prop_assert_eq!(quiet.around(zone, *due), None, "{}", due);
            }
            let dues: std::collections::BTreeSet<_> = planned.iter().map(|(_, due)| *due).collect();
            prop_assert_eq!(dues.len(), planned.len());
        }
    }
}
