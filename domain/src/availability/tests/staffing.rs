//! Who works, who is taken, who has had enough.

use super::kit::*;
use crate::availability::*;

const DAY: &str = "2026-05-05";

fn anna_from(hours: &str) -> Rules {
    shop("Europe/Berlin", "00:00-24:00").with(person(1, hours))
}

/// 2026-05-05 in Berlin is two hours ahead.
fn taken(n: u128, from: &str, to: &str) -> Block {
    block(n, staff(1).uuid(), &format!("2026-05-05T{from}"), &format!("2026-05-05T{to}"))
}

#[test]
fn staff_work_when_the_door_is_open_and_they_are_on() {
    struct Case {
        door: &'static str,
        staff: &'static str,
        breaks: &'static str,
        expected: &'static [&'static str],
    }
    let cases = [
        Case {
            door: "09:00-12:00",
            staff: "00:00-24:00",
            breaks: "",
            expected: &["09:00", "10:00", "11:00"],
        },
        Case { door: "09:00-12:00", staff: "10:00-11:00", breaks: "", expected: &["10:00"] },
        Case {
            door: "09:00-12:00",
            staff: "08:30-09:30 10:30-12:30",
            breaks: "",
            expected: &["11:00"],
        },
        Case { door: "09:00-10:00 10:00-11:00", staff: "09:30-10:30", breaks: "", expected: &[] },
        Case {
            door: "09:30-10:15 10:15-11:30",
            staff: "00:00-24:00",
            breaks: "",
            expected: &["10:00"],
        },
        Case {
            door: "09:00-13:00",
            staff: "00:00-24:00",
            breaks: "10:30-10:45",
            expected: &["09:00", "11:00", "12:00"],
        },
        Case { door: "", staff: "00:00-24:00", breaks: "", expected: &[] },
        Case { door: "00:00-24:00", staff: "", breaks: "", expected: &[] },
    ];
    for Case { door, staff, breaks, expected } in cases {
        let mut rules = shop("Europe/Berlin", door).with(person(1, staff));
        rules.staff[0].breaks = daily(breaks);
        assert_eq!(starts(&rules, &visit(60, 60), DAY), expected, "{door} | {staff} | {breaks}");
    }
}

#[test]
fn a_day_of_ones_own_knows_of_its_breaks() {
    let mut rules = anna_from("09:00-12:00");
    rules.staff[0].breaks = daily("10:00-11:00");
    rules.staff[0].days.insert(day(DAY), windows("09:00-11:00"));
    assert_eq!(starts(&rules, &visit(60, 60), DAY), ["09:00", "10:00"]);
    assert_eq!(starts(&rules, &visit(60, 60), "2026-05-06"), ["09:00", "11:00"]);
    rules.staff[0].days.insert(day(DAY), Vec::new());
    assert!(starts(&rules, &visit(60, 60), DAY).is_empty());
}

#[test]
fn time_off_is_by_the_minute_and_over_days() {
    let mut rules = anna_from("09:00-12:00");
    rules.staff[0].time_off = vec![
        span("2026-05-05T08:30", "2026-05-06T08:00"),
        span("2026-05-05T07:00", "2026-05-05T07:01"),
    ];
    let found = starts(&rules, &visit(30, 30), "2026-05-05..2026-05-06");
    // Nine o'clock is gone for a minute's sake.
    assert_eq!(found, ["05/09:30", "05/10:00", "06/10:00", "06/10:30", "06/11:00", "06/11:30"]);
}

#[test]
fn closures_win_over_everything() {
    let mut rules = anna_from("09:00-10:00");
    rules.days.insert(day(DAY), windows("09:00-10:00"));
    rules.closures = vec![(day(DAY), day("2026-05-07"))];
    let found = starts(&rules, &visit(60, 60), "2026-05-04..2026-05-08");
    assert_eq!(found, ["04/09:00", "08/09:00"]);
}

#[test]
fn buffers_add_up_between_neighbours_and_overrun_the_hours() {
    let rules = anna_from("09:00-13:00");
    // 10:45 to 11:30 by the wall: a visit from 11:00 to 11:15 with a quarter of an hour around it.
    let busy = [taken(1, "08:45", "09:30")];
    let visit = visit(30, 15).buffers(10, 20);
    let found = starts_but(&rules, &busy, &visit, DAY);
    let before = ["09:00", "09:15", "09:30", "09:45"];
    let after = ["11:45", "12:00", "12:15", "12:30"];
    assert_eq!(found, [before, after].concat());
}

#[test]
fn what_touches_does_not_overlap() {
    let rules = anna_from("09:00-12:00");
    let busy = [taken(1, "08:00", "09:00")];
    assert_eq!(starts_but(&rules, &busy, &visit(60, 60), DAY), ["09:00", "11:00"]);
    let mut longer = taken(1, "08:00", "09:00");
    longer.span.to += chrono::Duration::microseconds(1);
    assert_eq!(starts_but(&rules, &[longer], &visit(60, 60), DAY), ["09:00"]);
}

#[test]
fn a_hold_that_lapsed_is_free() {
    let rules = anna_from("09:00-10:00");
    let mut hold = taken(1, "07:00", "08:00");
    hold.lapses_at = Some(at("2026-05-05T06:00"));
    let busy = Busy::of([hold]);
    let found = |now: &str| slots(&rules, &busy, &visit(60, 60), days(DAY), at(now)).len();
    assert_eq!(found("2026-05-05T05:59"), 0);
    assert_eq!(found("2026-05-05T06:00"), 1);
}

#[test]
fn the_visit_that_is_moved_is_no_obstacle() {
    let rules = anna_from("09:00-11:00");
    let busy = [taken(1, "07:00", "08:00"), taken(2, "08:00", "09:00")];
    let mut moving = visit(60, 30);
    assert!(starts_but(&rules, &busy, &moving, DAY).is_empty());
    moving.instead_of = Some(booked(1));
    assert_eq!(starts_but(&rules, &busy, &moving, DAY), ["09:00"]);
}

#[test]
fn customers_get_only_who_is_online() {
    let mut rules = anna_from("09:00-10:00").with(person(2, "10:00-11:00"));
    rules.staff[0].online = false;
    let (any, anna) = (visit(60, 60), visit(60, 60).given(1));
    assert_eq!(starts(&rules, &any, DAY), ["10:00"]);
    assert!(starts(&rules, &anna, DAY).is_empty());
    assert_eq!(starts(&rules, &any.by_staff(), DAY), ["09:00", "10:00"]);
    assert_eq!(starts(&rules, &anna.by_staff(), DAY), ["09:00"]);
}

#[test]
fn caps_count_visits_not_blocks_by_the_civil_day() {
    let mut rules = anna_from("00:00-24:00");
    rules.staff[0].daily_cap = Some(2);
    // 23:30 of the day before by the wall; one visit in two blocks; one on the next day.
    let mut busy = vec![
        block(1, staff(1).uuid(), "2026-05-04T21:30", "2026-05-04T22:30"),
        taken(2, "06:00", "06:30"),
        taken(2, "07:00", "07:30"),
        taken(3, "22:00", "22:30"),
    ];
    assert!(starts_but(&rules, &busy, &visit(60, 60), DAY).contains(&"12:00".to_owned()));
    busy.push(taken(4, "08:00", "08:30"));
    assert!(starts_but(&rules, &busy, &visit(60, 60), DAY).is_empty());
    assert!(!starts_but(&rules, &busy, &visit(60, 60), "2026-05-06").is_empty());
    // Moving one of the two leaves room for it.
    let mut moving = visit(60, 60);
    moving.instead_of = Some(booked(2));
    assert!(!starts_but(&rules, &busy, &moving, DAY).is_empty());
    // Bruno has none.
    let rules = rules.with(person(2, "15:00-16:00"));
    assert_eq!(starts_but(&rules, &busy, &visit(60, 60), DAY), ["15:00"]);
}

#[test]
fn notice_and_horizon_are_for_customers() {
    let rules = anna_from("09:00-12:00");
    let mut visit = visit(60, 60);
    (visit.rules.notice, visit.rules.horizon_days) = (90, 1);
    // 08:30 by the wall.
    let now = at("2026-05-05T06:30");
    let found = |visit: &Visit| {
        let found = slots(&rules, &Busy::default(), visit, days("2026-05-01..2026-05-31"), now);
        found.iter().map(|slot| slot.start.format("%d/%H").to_string()).collect::<Vec<_>>()
    };
    assert_eq!(found(&visit), ["05/08", "05/09", "06/07", "06/08", "06/09"]);
    let staff = found(&visit.by_staff());
    assert_eq!((staff.len(), staff[0].as_str()), (27 * 3, "05/07"));
}

#[test]
fn ranges_of_days_without_sense_have_no_starts() {
    let rules = anna_from("09:00-12:00");
    let backwards = day("2026-05-06")..=day("2026-05-05");
    let none = Busy::default();
    assert!(slots(&rules, &none, &visit(60, 60), backwards, long_ago()).is_empty());
    let over = days("2019-01-01..2019-12-31");
    assert!(slots(&rules, &none, &visit(60, 60), over, long_ago()).is_empty());
    let ever = chrono::NaiveDate::MIN..=chrono::NaiveDate::MAX;
    let mut visit = visit(60, 60);
    visit.rules.horizon_days = 0;
    assert_eq!(slots(&rules, &none, &visit, ever, at("2026-05-05T00:00")).len(), 3);
}

#[test]
fn the_first_that_is_free() {
    let mut rules = anna_from("09:00-12:00");
    rules.closures = vec![(day(DAY), day("2026-06-09"))];
    let none = Busy::default();
    let found = |from: &str, days: usize| {
        first_free(&rules, &none, &visit(60, 60), day(from), days, at("2026-05-01T00:00"))
            .map(|slot| slot.start)
    };
    assert_eq!(found("2026-04-01", 60), Some(at("2026-05-01T07:00")));
    assert_eq!(found(DAY, 60), Some(at("2026-06-10T07:00")));
    assert_eq!(found(DAY, 37), Some(at("2026-06-10T07:00")));
    assert_eq!(found(DAY, 36), None);
    assert_eq!(found(DAY, 0), None);
}

#[test]
fn a_visit_of_nothing_is_none() {
    let rules = anna_from("09:00-12:00");
    let none = Busy::default();
    for empty in [visit_of(vec![], 30), visit_of(vec![step(vec![])], 30), visit(0, 30)] {
        assert!(starts(&rules, &empty, DAY).is_empty());
        let why = assignments(&rules, &none, &empty, at("2026-05-05T07:00"), long_ago());
        assert!(!why.unwrap_err().is_empty());
    }
}
