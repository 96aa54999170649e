//! Clocks that are put forward and back, midnights that are skipped, days that never were.

use super::kit::*;
use crate::availability::civil::{Civil, DAY, MINUTE, day_number, instant};
use crate::availability::*;

#[test]
fn a_time_on_the_wall_is_an_instant() {
    let cases = [
        ("America/New_York", "2026-03-08T01:59", Ok("2026-03-08T06:59")),
        ("America/New_York", "2026-03-08T02:00", Err(Why::SkippedTime)),
        ("America/New_York", "2026-03-08T02:59", Err(Why::SkippedTime)),
        ("America/New_York", "2026-03-08T03:00", Ok("2026-03-08T07:00")),
        // Twice: the first time.
        ("America/New_York", "2026-11-01T00:59", Ok("2026-11-01T04:59")),
        ("America/New_York", "2026-11-01T01:00", Ok("2026-11-01T05:00")),
        ("America/New_York", "2026-11-01T01:59", Ok("2026-11-01T05:59")),
        ("America/New_York", "2026-11-01T02:00", Ok("2026-11-01T07:00")),
        // Half an hour only.
        ("Australia/Lord_Howe", "2026-10-04T02:15", Err(Why::SkippedTime)),
        ("Australia/Lord_Howe", "2026-10-04T02:30", Ok("2026-10-03T15:30")),
        ("Australia/Lord_Howe", "2026-04-05T01:45", Ok("2026-04-04T14:45")),
        // Midnight itself.
        ("America/Havana", "2026-03-08T00:30", Err(Why::SkippedTime)),
        ("Africa/Cairo", "2026-04-24T00:00", Err(Why::SkippedTime)),
        // A whole day.
        ("Pacific/Apia", "2011-12-30T12:00", Err(Why::SkippedTime)),
        ("Pacific/Apia", "2011-12-31T00:00", Ok("2011-12-30T10:00")),
        ("Asia/Kathmandu", "2026-01-01T00:00", Ok("2025-12-31T18:15")),
    ];
    for (zone, local, expected) in cases {
        let found = on_the_wall(zone.parse().unwrap(), at(local).naive_utc());
        assert_eq!(found, expected.map(at), "{zone} {local}");
    }
}

/// What the module says of civil time, for the zone's own changes: later on the wall is never earlier
/// in fact, and nothing is shown for the first time twice.
#[test]
fn the_wall_never_runs_backwards_in_fact() {
    for zone in ["America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "Pacific/Apia"] {
        for (first, last) in [("2011-12-27", "2012-01-03"), ("2026-01-01", "2026-12-31")] {
            let (first, last) = (day_number(day(first)), day_number(day(last)));
            let civil = Civil::over(zone.parse().unwrap(), first, last);
            let mut before = i64::MIN;
            for wall in (first * DAY..last * DAY).step_by(usize::try_from(15 * MINUTE).unwrap()) {
                let at = civil.instant(wall);
                assert!(at >= before, "{zone} {}", instant(wall));
                assert!(civil.wall(at) >= wall);
                assert!(civil.wall(at - 1) < wall || !civil.is_first(at - 1));
                before = at;
            }
        }
    }
}

#[test]
fn what_happens_twice_is_offered_once() {
    let rules = shop("America/New_York", "00:00-03:00").with(person(1, "00:00-24:00"));
    let found = slots(&rules, &Busy::default(), &visit(60, 30), days("2026-11-01"), long_ago());
    let found: Vec<_> = found.iter().map(|slot| (slot.start, slot.end)).collect();
    // From 01:30 on it takes an hour that passes: until 01:30 again. 02:30 would end at 03:30.
    let expected = [
        ("2026-11-01T04:00", "2026-11-01T05:00"),
        ("2026-11-01T04:30", "2026-11-01T05:30"),
        ("2026-11-01T05:00", "2026-11-01T06:00"),
        ("2026-11-01T05:30", "2026-11-01T06:30"),
        ("2026-11-01T07:00", "2026-11-01T08:00"),
    ];
    assert_eq!(found, expected.map(|(from, to)| (at(from), at(to))));
}

#[test]
fn the_night_of_the_change_has_the_hours_that_pass() {
    let bar = shop("America/New_York", "22:00-04:00").with(person(1, "00:00-24:00"));
    let whole_night = |asked: &str, minutes: u16| starts(&bar, &visit(minutes, 60), asked);
    // Six hours as usual, five in spring, seven in autumn.
    assert_eq!(whole_night("2026-03-06", 360), ["22:00"]);
    assert!(whole_night("2026-03-07", 301).is_empty());
    assert_eq!(whole_night("2026-03-07", 300), ["22:00"]);
    assert_eq!(whole_night("2026-10-31", 420), ["22:00"]);
    assert!(whole_night("2026-10-31", 421).is_empty());
}

#[test]
fn windows_touch_over_midnight_and_end_at_24() {
    let mut rules = shop("Europe/Madrid", "18:00-24:00").with(person(1, "00:00-24:00"));
    assert_eq!(starts(&rules, &visit(120, 120), "2026-05-05"), ["18:00", "20:00", "22:00"]);
    assert!(starts(&rules, &visit(121, 120), "2026-05-05").iter().all(|start| start != "22:00"));
    rules.days.insert(day("2026-05-06"), windows("00:00-01:00"));
    // The stretch goes on into the next day, by the door as well as by the staff's.
    let found = starts(&rules, &visit(180, 60), "2026-05-05..2026-05-06");
    assert_eq!(found, ["05/18:00", "05/19:00", "05/20:00", "05/21:00", "05/22:00"]);
}

#[test]
fn a_window_over_midnight_belongs_to_the_day_on_which_it_opens() {
    let mut rules = shop("Europe/Madrid", "22:00-02:00").with(person(1, "00:00-24:00"));
    rules.closures.push((day("2026-05-06"), day("2026-05-06")));
    let found = starts(&rules, &visit(60, 60), "2026-05-05..2026-05-07");
    let expected = ["05/00:00", "05/01:00", "05/22:00", "05/23:00", "06/00:00", "06/01:00"];
    assert_eq!(found[..6], expected);
    assert_eq!(found[6..], ["07/22:00", "07/23:00"]);
}

#[test]
fn a_day_without_midnight_begins_late() {
    let rules = shop("America/Havana", "00:00-03:00").with(person(1, "00:00-24:00"));
    let found = starts(&rules, &visit(30, 30), "2026-03-08");
    assert_eq!(found, ["01:00", "01:30", "02:00", "02:30"]);
    // From what is midnight on any other day.
    let found = starts(&rules, &visit(20, 50), "2026-03-08");
    assert_eq!(found, ["01:40", "02:30"]);
}

#[test]
fn a_day_that_never_was_has_no_starts() {
    let rules = shop("Pacific/Apia", "09:00-11:00").with(person(1, "00:00-24:00"));
    let now = at("2011-12-01T00:00");
    let found =
        slots(&rules, &Busy::default(), &visit(60, 60), days("2011-12-29..2011-12-31"), now);
    let starts: Vec<_> = found.iter().map(|slot| slot.start).collect();
    let expected = ["2011-12-29T19:00", "2011-12-29T20:00", "2011-12-30T19:00", "2011-12-30T20:00"];
    assert_eq!(starts, expected.map(at));
}

#[test]
fn packed_starts_are_steps_of_time_that_passes() {
    let rules = shop("America/New_York", "00:30-04:00").with(person(1, "00:00-24:00"));
    // On through the gap; not in the hour that is shown again.
    let spring = starts(&rules, &visit(30, 40).packed(), "2026-03-08");
    assert_eq!(spring, ["00:30", "01:10", "01:50", "03:30"]);
    let autumn = starts(&rules, &visit(30, 40).packed(), "2026-11-01");
    assert_eq!(autumn, ["00:30", "01:10", "01:50", "02:10", "02:50", "03:30"]);
}
