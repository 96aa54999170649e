//! Why not 15:00?

use super::kit::*;
use crate::availability::*;

const THREE: &str = "2026-05-05T15:00";

fn taken(n: u128, who: uuid::Uuid, from: &str, to: &str) -> Block {
    block(n, who, &format!("2026-05-05T{from}"), &format!("2026-05-05T{to}"))
}

fn why(rules: &Rules, busy: &[Block], visit: &Visit, start: &str) -> Vec<Why> {
    explain(rules, &Busy::of(busy.iter().copied()), visit, at(start), long_ago())
}

fn salon() -> Rules {
    shop("UTC", "09:00-18:00").with(person(1, "09:00-17:00")).room(1, 1, &[])
}

#[test]
fn one_reason_each() {
    let anna = visit(60, 30).given(1);
    let busy = [taken(7, staff(1).uuid(), "15:30", "16:00")];
    let mut capped = salon();
    capped.staff[0].daily_cap = Some(1);
    let mut pinned = anna.clone().housed(need(1, &[]));
    pinned.steps[0].room.as_mut().unwrap().given = Some(room(2));
    let cases = [
        (salon(), &busy[..0], anna.clone(), THREE, vec![]),
        (salon(), &busy[..], anna.clone(), THREE, vec![Why::StaffBusy(staff(1), booked(7))]),
        (salon(), &busy[..0], anna.clone(), "2026-05-05T16:30", vec![Why::StaffOff(staff(1))]),
        (
            salon(),
            &busy[..0],
            anna.clone(),
            "2026-05-05T17:30",
            vec![Why::Closed, Why::StaffOff(staff(1))],
        ),
        (salon(), &busy[..0], anna.clone(), "2026-05-05T15:10", vec![Why::OffGrid]),
        (salon(), &busy[..0], anna.clone(), "2019-05-05T15:00", vec![Why::Past]),
        (salon(), &busy[..0], anna.clone(), "2036-05-05T15:00", vec![Why::Horizon]),
        (capped, &busy[..], anna.clone(), "2026-05-05T11:00", vec![Why::Cap(staff(1))]),
        (
            salon(),
            &busy[..0],
            visit(60, 30).given(2),
            THREE,
            vec![Why::CannotDo(staff(2), service(1))],
        ),
        (
            salon(),
            &busy[..0],
            visit_of(vec![step(vec![seat(2, 60, Choice::Any)])], 30),
            THREE,
            vec![Why::NobodyCan(service(2))],
        ),
        (salon(), &busy[..0], anna.clone().housed(need(2, &[])), THREE, vec![Why::NoSuchRoom]),
        (salon(), &busy[..0], anna.clone().housed(need(1, &["tub"])), THREE, vec![Why::NoSuchRoom]),
        (salon(), &busy[..0], pinned, THREE, vec![Why::NoSuchRoom]),
        (
            salon(),
            &[taken(8, room(1).uuid(), "14:00", "15:01")][..],
            anna.housed(need(1, &[])),
            THREE,
            vec![Why::RoomBusy(vec![(room(1), booked(8))])],
        ),
    ];
    for (rules, busy, visit, start, expected) in cases {
        assert_eq!(why(&rules, busy, &visit, start), expected, "{start}");
        let can =
            assignments(&rules, &Busy::of(busy.iter().copied()), &visit, at(start), long_ago());
        assert_eq!(can.err().unwrap_or_default(), expected, "{start}");
    }
}

#[test]
fn all_reasons_the_most_general_first() {
    let rules = salon().with(person(2, "00:00-24:00")).with(person(3, "00:00-12:00"));
    let visit = visit(60, 30).housed(need(1, &[])).buffers(0, 15);
    let busy = [
        taken(1, staff(1).uuid(), "14:00", "15:10"),
        taken(2, staff(1).uuid(), "16:10", "16:20"),
        taken(3, staff(2).uuid(), "15:00", "15:30"),
        taken(3, room(1).uuid(), "15:00", "15:30"),
    ];
    let expected = [
        Why::OffGrid,
        Why::StaffOff(staff(3)),
        Why::StaffBusy(staff(1), booked(1)),
        Why::StaffBusy(staff(1), booked(2)),
        Why::StaffBusy(staff(2), booked(3)),
        Why::RoomBusy(vec![(room(1), booked(3))]),
    ];
    assert_eq!(why(&rules, &busy, &visit, "2026-05-05T15:05"), expected);
    // Of those who are busy nobody speaks while another has the time.
    let rules = rules.with(person(4, "00:00-24:00"));
    assert_eq!(why(&rules, &busy, &visit, THREE), [expected[5].clone()]);
}

#[test]
fn two_who_each_would_do_but_there_is_one() {
    let rules = salon().with(person(2, "09:00-12:00"));
    let couple = vec![seat(1, 60, Choice::Any), Seat { customer: 2, ..seat(1, 60, Choice::Any) }];
    let visit = visit_of(vec![step(couple)], 30);
    assert_eq!(why(&rules, &[], &visit, THREE), [Why::NotEnoughStaff, Why::StaffOff(staff(2))]);
    assert!(why(&rules, &[], &visit, "2026-05-05T11:00").is_empty());
}

#[test]
fn the_second_step_has_its_reasons_too() {
    let rules = salon().with(person(2, "09:00-15:30").doing(&[2]));
    let package = visit_of(
        vec![step(vec![seat(1, 60, Choice::Any)]), step(vec![seat(2, 30, Choice::Any)])],
        30,
    );
    assert_eq!(why(&rules, &[], &package, THREE), [Why::StaffOff(staff(2))]);
    // Both are said, although the first alone would be enough.
    let busy = [taken(4, staff(1).uuid(), "15:00", "15:30")];
    let expected = [Why::StaffOff(staff(2)), Why::StaffBusy(staff(1), booked(4))];
    assert_eq!(why(&rules, &busy, &package, THREE), expected);
}

#[test]
fn what_is_free_but_not_packed_is_off_the_grid() {
    let visit = visit(60, 30).packed();
    let busy = [taken(1, staff(1).uuid(), "13:00", "13:50")];
    assert!(why(&salon(), &busy, &visit, "2026-05-05T14:20").is_empty());
    assert_eq!(why(&salon(), &busy, &visit, "2026-05-05T14:30"), [Why::OffGrid]);
    assert_eq!(codes(&why(&salon(), &busy, &visit, "2026-05-05T13:30")), ["staff_busy"]);
    assert!(why(&salon(), &busy, &visit.by_staff(), "2026-05-05T14:31").is_empty());
}

#[test]
fn a_time_that_is_shown_again_is_off_the_grid_for_customers() {
    let rules = shop("America/New_York", "00:00-24:00").with(person(1, "00:00-24:00"));
    let second = "2026-11-01T06:30";
    assert!(why(&rules, &[], &visit(30, 30), "2026-11-01T05:30").is_empty());
    assert_eq!(why(&rules, &[], &visit(30, 30), second), [Why::OffGrid]);
    assert_eq!(why(&rules, &[], &visit(30, 30).packed(), second), [Why::OffGrid]);
    assert!(why(&rules, &[], &visit(30, 30).by_staff(), second).is_empty());
}

#[test]
fn holds_that_lapsed_are_no_reason_nor_is_the_visit_that_is_moved() {
    let mut busy = [taken(1, staff(1).uuid(), "15:00", "15:30")];
    let mut moving = visit(60, 30);
    moving.instead_of = Some(booked(1));
    assert!(why(&salon(), &busy, &moving, THREE).is_empty());
    busy[0].lapses_at = Some(long_ago());
    assert!(why(&salon(), &busy, &visit(60, 30), THREE).is_empty());
}

#[test]
fn the_public_learns_no_names() {
    let names = [Why::StaffBusy(staff(1), booked(1)), Why::RoomBusy(vec![(room(1), booked(1))])];
    assert_eq!(codes(&names), ["staff_busy", "room_busy"]);
}
