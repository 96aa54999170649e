use chrono::{NaiveDate, NaiveDateTime};

use super::pattern::{Every, Local, Pattern, Until};
use super::planned::Wish;
use crate::fault::Faults;

fn local(text: &str) -> NaiveDateTime {
    NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M").unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn all(every: Every, step: u32, first: &str, until: Until) -> Result<Vec<String>, Vec<String>> {
    let mut faults = Faults::new();
    let found = Pattern { every, step }.all(local(first), until, &mut faults);
    let shown = |local: Local| match local {
        Local::At(at) => at.format("%m-%dT%H:%M").to_string(),
        Local::NoSuchDay(last) => format!("none, near {}", last.format("%m-%d")),
    };
    let fields = faults.into_fields();
    if fields.is_empty() {
        Ok(found.into_iter().map(shown).collect())
    } else {
        Err(fields.into_iter().map(|fault| fault.field).collect())
    }
}

#[test]
fn patterns_count_on_the_clock() {
    let cases = [
        (
            Every::Day,
            1,
            "2026-03-07T09:00",
            Until::Count(3),
            vec!["03-07T09:00", "03-08T09:00", "03-09T09:00"],
        ),
        (Every::Week, 2, "2026-03-01T02:30", Until::Count(2), vec!["03-01T02:30", "03-15T02:30"]),
        (
            Every::Month,
            1,
            "2026-01-31T10:00",
            Until::Count(4),
            vec!["01-31T10:00", "none, near 02-28", "03-31T10:00", "none, near 04-30"],
        ),
        (
            Every::Month,
            12,
            "2028-02-29T10:00",
            Until::Count(2),
            vec!["02-29T10:00", "none, near 02-28"],
        ),
        (
            Every::Week,
            1,
            "2026-03-02T09:00",
            Until::Day(day("2026-03-16")),
            vec!["03-02T09:00", "03-09T09:00", "03-16T09:00"],
        ),
    ];
    for (every, step, first, until, expected) in cases {
        let expected = expected.into_iter().map(str::to_owned).collect();
        assert_eq!(all(every, step, first, until), Ok(expected), "{every:?} {step} {first}");
    }
}

#[test]
fn series_have_bounds() {
    let fault = |field: &str| Err(vec![field.to_owned()]);
    let first = "2026-03-02T09:00";
    assert_eq!(all(Every::Day, 0, first, Until::Count(2)), fault("/step"));
    assert_eq!(all(Every::Day, 53, first, Until::Count(2)), fault("/step"));
    assert_eq!(all(Every::Day, 1, first, Until::Count(1)), fault("/count"));
    assert_eq!(all(Every::Day, 1, first, Until::Count(53)), fault("/count"));
    assert_eq!(all(Every::Day, 1, first, Until::Day(day("2026-03-02"))), fault("/until"));
    assert_eq!(all(Every::Day, 1, first, Until::Day(day("2027-03-02"))), fault("/until"));
    let last = all(Every::Day, 1, first, Until::Day(day("2026-04-22"))).unwrap();
    assert_eq!((last.len(), &*last[51]), (52, "04-22T09:00"));
}

/// What the clocks skip is no time, and what they show twice is its first.
#[test]
fn a_series_goes_over_changes_of_the_clocks() {
    let zone = chrono_tz::America::New_York;
    let start = |text: &str| {
        let wish = Wish::of(1, zone, Local::At(local(text)));
        (wish.skipped().start.map(|at| at.to_rfc3339()), wish.around().to_rfc3339())
    };
    let at = |text: &str| (Some(format!("{text}:00+00:00")), format!("{text}:00+00:00"));
    assert_eq!(start("2026-03-01T02:30"), at("2026-03-01T07:30"));
    assert_eq!(start("2026-03-08T02:30"), (None, "2026-03-08T07:30:00+00:00".to_owned()));
    assert_eq!(start("2026-03-15T02:30"), at("2026-03-15T06:30"));
    assert_eq!(start("2026-11-01T01:30"), at("2026-11-01T05:30"));
}
