use chrono::{NaiveDate, TimeZone as _, Utc};

use super::*;
use crate::availability::Window;
use crate::fault::Faults;

fn typed(weekday: u8, opens: &str, closes: &str) -> NewOpening {
    NewOpening { weekday, opens: opens.to_owned(), closes: closes.to_owned() }
}

fn fields(faults: Faults) -> Vec<String> {
    faults.into_fields().into_iter().map(|fault| fault.field).collect()
}
#[test]
fn which_hours_can_be_meant() {
    type Case = (&'static [(u8, &'static str, &'static str)], &'static [&'static str]);
    let cases: [Case; 17] = [
        (&[], &[]),
        (&[(1, "09:00", "17:00")], &[]),
        (&[(1, "09:00", "12:00"), (1, "12:00", "17:00"), (2, "09:00", "12:00")], &[]),
        (&[(5, "18:00", "02:00"), (6, "02:00", "03:00")], &[]),
        (&[(7, "00:00", "24:00"), (1, "00:00", "24:00")], &[]),
        (&[(7, "23:00", "00:00"), (1, "00:00", "01:00")], &[]),
        // Overlaps, told at the one that was typed later.
        (&[(1, "09:00", "12:00"), (1, "11:59", "17:00")], &["/hours/1"]),
        (&[(1, "11:59", "17:00"), (1, "09:00", "12:00")], &["/hours/1"]),
        (&[(1, "09:00", "12:00"), (1, "09:00", "12:00")], &["/hours/1"]),
        (&[(5, "18:00", "02:00"), (6, "01:00", "03:00")], &["/hours/1"]),
        (&[(7, "22:00", "01:00"), (1, "00:30", "08:00")], &["/hours/1"]),
        // Not a time, not a day, not a stretch.
        (&[(1, "9:00", "17:00")], &["/hours/0/opens"]),
        (&[(1, "24:00", "25:00")], &["/hours/0/opens", "/hours/0/closes"]),
        (&[(1, "09:60", "ab:cd")], &["/hours/0/opens", "/hours/0/closes"]),
        (&[(1, "09:00", "é5:00")], &["/hours/0/closes"]),
        (
            &[(0, "09:00", "10:00"), (8, "09:00", "10:00")],
            &["/hours/0/weekday", "/hours/1/weekday"],
        ),
        (&[(1, "09:00", "09:00")], &["/hours/0/closes"]),
    ];
    for (hours, faulty) in cases {
        let hours: Vec<_> = hours.iter().map(|(day, from, to)| typed(*day, from, to)).collect();
        let mut faults = Faults::new();
        check_week("/hours", &hours, &mut faults);
        let fields: Vec<_> = faults.into_fields().into_iter().map(|fault| fault.field).collect();
        assert_eq!(fields, faulty, "{hours:?}");
    }
    let mut faults = Faults::new();
    check_week("/hours", &vec![typed(1, "09:00", "10:00"); 43], &mut faults);
    assert_eq!(faults.into_fields()[0].code, "too_many");
}

#[test]
fn hours_are_kept_in_the_order_of_the_week_and_shown_as_typed() {
    let hours =
        [typed(6, "18:30", "02:15"), typed(1, "14:00", "24:00"), typed(1, "08:05", "13:00")];
    let mut faults = Faults::new();
    let kept = check_week("/hours", &hours, &mut faults);
    assert!(faults.is_empty());
    assert_eq!(week_in_words(&kept), ["Mon 08:05-13:00", "Mon 14:00-24:00", "Sat 18:30-02:15"]);
    // The night counts from the evening's midnight, as the table wants it.
    assert_eq!(kept[2], Opening { weekday: 6, opens: 18 * 60 + 30, closes: 26 * 60 + 15 });
}

#[test]
fn which_hours_of_a_day_can_be_meant() {
    type Case = (&'static [(&'static str, &'static str)], &'static [&'static str]);
    let cases: [Case; 8] = [
        (&[], &[]),
        (&[("09:00", "12:00"), ("12:00", "24:00")], &[]),
        (&[("22:00", "02:00"), ("09:00", "22:00")], &[]),
        (&[("09:00", "12:00"), ("11:59", "13:00")], &["/windows/1"]),
        (&[("10:00", "13:00"), ("09:00", "12:00")], &["/windows/1"]),
        (&[("09:00", "12:00"), ("09:00", "12:00")], &["/windows/1"]),
        (&[("24:00", "09:00")], &["/windows/0/opens"]),
        (
            &[("09:00", "09:00"), ("x", "25:00")],
            &["/windows/0/closes", "/windows/1/opens", "/windows/1/closes"],
        ),
    ];
    for (windows, faulty) in cases {
        let new = |(opens, closes): &(&str, &str)| NewStretch {
            opens: (*opens).to_owned(),
            closes: (*closes).to_owned(),
        };
        let windows: Vec<_> = windows.iter().map(new).collect();
        let mut faults = Faults::new();
        check_day("/windows", &windows, &mut faults);
        assert_eq!(fields(faults), faulty, "{windows:?}");
    }
    let mut faults = Faults::new();
    let whole = NewStretch { opens: "00:00".to_owned(), closes: "24:00".to_owned() };
    check_day("/windows", &vec![whole; 13], &mut faults);
    assert_eq!(faults.into_fields()[0].code, "too_many");
}

#[test]
fn a_day_is_kept_in_order_and_shown_as_typed() {
    let new = |opens: &str, closes: &str| NewStretch { opens: opens.into(), closes: closes.into() };
    let mut faults = Faults::new();
    let kept = check_day("", &[new("20:00", "01:30"), new("08:00", "20:00")], &mut faults);
    assert!(faults.is_empty());
    assert_eq!(day_in_words(&kept), ["08:00-20:00", "20:00-01:30"]);
    let (opens, closes) = to_store(&kept);
    assert_eq!((&opens[..], &closes[..]), (&[480, 1200][..], &[1200, 1530][..]));
    assert_eq!(stored(&opens, &closes), kept);
    assert_eq!(kept[1], Window { opens: 20 * 60, closes: 25 * 60 + 30 });
}

#[test]
fn stretches_of_a_week_meet_across_its_end() {
    let at = |weekday, opens, closes| Opening { weekday, opens, closes };
    let night = at(7, 22 * 60, 26 * 60);
    let cases = [
        (at(1, 60, 120), true),
        (at(1, 120, 180), false),
        (at(7, 21 * 60, 22 * 60), false),
        (at(7, 21 * 60, 22 * 60 + 1), true),
        (at(6, 22 * 60, 46 * 60), false),
        (at(6, 23 * 60, 46 * 60 + 1), true),
    ];
    for (other, meets) in cases {
        assert_eq!(night.meets(other), meets, "{other}");
        assert_eq!(other.meets(night), meets, "{other}");
    }
}

#[test]
fn which_days_can_be_planned() {
    let day = |text: &str| text.parse::<NaiveDate>().unwrap();
    let now = Utc.with_ymd_and_hms(2026, 3, 2, 9, 0, 0).unwrap();
    let cases = [
        ("2026-03-02", "2026-03-02", None),
        ("2026-03-01", "2026-03-02", None),
        ("2026-03-01", "2027-03-01", None),
        ("2029-03-02", "2029-03-02", None),
        ("2026-03-03", "2026-03-02", Some(("/last", "ends_before_start"))),
        ("2026-02-28", "2026-02-28", Some(("/last", "in_the_past"))),
        ("2026-02-28", "2026-03-05", Some(("/first", "in_the_past"))),
        ("2026-03-01", "2027-03-02", Some(("/last", "too_long"))),
        ("2029-03-02", "2029-03-03", Some(("/last", "too_far_ahead"))),
        ("1800-01-01", "2399-12-31", Some(("/last", "too_long"))),
    ];
    for (first, last, fault) in cases {
        let mut faults = Faults::new();
        let days = Days { first: day(first), last: day(last) };
        let planned = days.planned(["/first", "/last"], now, &mut faults);
        let found = faults.into_fields().pop().map(|fault| (fault.field, fault.code));
        assert_eq!(found, fault.map(|(at, code)| (at.to_owned(), code)), "{first} to {last}");
        assert_eq!(planned.is_some(), fault.is_none());
    }
}

#[test]
fn which_days_can_be_asked_for() {
    type Case = (Option<&'static str>, Option<&'static str>, Option<(&'static str, &'static str)>);
    let day = |text: &str| text.parse::<NaiveDate>().unwrap();
    let now = Utc.with_ymd_and_hms(2026, 3, 2, 9, 0, 0).unwrap();
    let cases: [Case; 6] = [
        (None, None, Some(("2026-03-01", "2027-03-01"))),
        (Some("2020-01-01"), None, Some(("2020-01-01", "2020-12-31"))),
        (Some("2020-01-01"), Some("2020-01-01"), Some(("2020-01-01", "2020-01-01"))),
        (None, Some("2026-02-28"), None),
        (Some("2020-01-02"), Some("2020-01-01"), None),
        (Some("2020-01-01"), Some("2030-01-01"), None),
    ];
    for (from, to, asked) in cases {
        let mut faults = Faults::new();
        let found = Days::asked(from.map(day), to.map(day), now, &mut faults);
        let asked = asked.map(|(first, last)| Days { first: day(first), last: day(last) });
        assert_eq!(found, asked, "{from:?} to {to:?}");
        assert_eq!(faults.is_empty(), asked.is_some());
    }
}
