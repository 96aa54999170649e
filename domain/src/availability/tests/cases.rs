//! The cases that were named when the product was planned.

use super::kit::*;
use crate::availability::*;

/// Every stretch in which starts follow each other, in UTC, as `14T02:00-03:00` with its last end.
fn stretches(rules: &Rules, visit: &Visit, asked: &str) -> Vec<String> {
    let found = slots(rules, &Busy::default(), visit, days(asked), long_ago());
    let mut joined: Vec<Span> = Vec::new();
    for slot in found {
        match joined.last_mut() {
            Some(last) if last.to == slot.start => last.to = slot.end,
            _ => joined.push(Span { from: slot.start, to: slot.end }),
        }
    }
    let shown =
        |span: Span| format!("{}-{}", span.from.format("%m-%dT%H:%M"), span.to.format("%H:%M"));
    joined.into_iter().map(shown).collect()
}

#[test]
fn a_days_own_hours_replace_the_weeks() {
    let mut rules = shop("America/New_York", "00:00-24:00").with(person(1, "00:00-24:00"));
    rules.hours = weekly(1..=5, "08:00-17:00");
    rules.days.insert(day("2023-06-13"), windows("22:00-23:00"));
    let found = stretches(&rules, &visit(60, 60), "2023-06-13..2023-06-14");
    assert_eq!(found, ["06-14T02:00-03:00", "06-14T12:00-21:00"]);
}

#[test]
fn the_same_for_one_of_the_staff() {
    let mut anna = person(1, "00:00-24:00");
    anna.hours = weekly(1..=5, "08:00-17:00");
    anna.days.insert(day("2023-06-13"), windows("22:00-23:00"));
    let rules = shop("America/New_York", "00:00-24:00").with(anna);
    let found = stretches(&rules, &visit(60, 60), "2023-06-13..2023-06-14");
    assert_eq!(found, ["06-14T02:00-03:00", "06-14T12:00-21:00"]);
}

#[test]
fn half_hour_zones_align_on_their_own_clock() {
    let rules = shop("Asia/Kolkata", "07:30-09:30").with(person(1, "00:00-24:00"));
    assert_eq!(starts(&rules, &visit(60, 60), "2026-05-05"), ["08:00"]);
    let on_the_half = ["07:30", "08:00", "08:30"];
    assert_eq!(starts(&rules, &visit(60, 30), "2026-05-05"), on_the_half);
}

#[test]
fn two_peoples_time_is_not_one_persons() {
    let rules = shop("Europe/Berlin", "00:00-24:00")
        .with(person(1, "11:00-12:00"))
        .with(person(2, "11:20-12:40"));
    let short = starts(&rules, &visit(20, 20), "2026-05-05");
    assert_eq!(short, ["11:00", "11:20", "11:40", "12:00", "12:20"]);
    // A hundred minutes are there, but nobody has more than eighty.
    let long = starts(&rules, &visit(60, 20), "2026-05-05");
    assert_eq!(long, ["11:00", "11:20", "11:40"]);
    assert!(starts(&rules, &visit(90, 10), "2026-05-05").is_empty());
}

#[test]
fn the_clocks_are_put_forward() {
    let rules = shop("America/New_York", "13:00-18:00").with(person(1, "00:00-24:00"));
    let found = stretches(&rules, &visit(60, 60), "2026-03-07..2026-03-08");
    assert_eq!(found, ["03-07T18:00-23:00", "03-08T17:00-22:00"]);
}

#[test]
fn a_window_in_the_skipped_hour_is_none() {
    let rules = shop("America/New_York", "02:00-02:30").with(person(1, "00:00-24:00"));
    for minutes in [5, 15, 30] {
        assert!(starts(&rules, &visit(minutes, 5), "2026-03-08").is_empty());
        let packed = visit(minutes, 5).packed();
        assert!(starts(&rules, &packed, "2026-03-08").is_empty());
    }
    assert_eq!(starts(&rules, &visit(30, 30), "2026-03-07..2026-03-09"), ["07/02:00", "09/02:00"]);
}

/// Sunday only, the staff's week within the door's, and a service for nobody.
#[test]
fn who_works_on_sundays_is_not_offered_on_monday() {
    let mut daniel = person(4, "00:00-24:00");
    daniel.hours = weekly(7..=7, "10:00-19:00");
    let rules = shop("Europe/Vienna", "09:00-12:00").with(daniel);
    let found = starts(&rules, &visit(60, 60), "2026-05-02..2026-05-05");
    assert_eq!(found, ["03/10:00", "03/11:00"]);
}
