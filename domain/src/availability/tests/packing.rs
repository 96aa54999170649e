//! Starts from the opening, and again from the end of what is taken.

use super::kit::*;
use crate::availability::*;

const DAY: &str = "2026-05-05";

fn taken(who: uuid::Uuid, from: &str, to: &str) -> Block {
    block(1, who, &format!("2026-05-05T{from}"), &format!("2026-05-05T{to}"))
}

/// In UTC, to keep the cases short.
fn salon(hours: &str) -> Rules {
    shop("UTC", hours)
}

#[test]
fn from_the_opening_and_from_the_end_of_each_visit() {
    let rules = salon("09:10-12:30").with(person(1, "00:00-24:00"));
    let visit = visit(45, 30).packed();
    assert_eq!(starts(&rules, &visit, DAY), ["09:10", "09:40", "10:10", "10:40", "11:10", "11:40"]);
    let busy = [taken(staff(1).uuid(), "09:55", "10:20")];
    assert_eq!(starts_but(&rules, &busy, &visit, DAY), ["09:10", "10:20", "10:50", "11:20"]);
    // A buffer before it keeps its distance from the visit, not from the opening.
    let visit = visit.buffers(10, 0);
    assert_eq!(starts_but(&rules, &busy, &visit, DAY), ["09:10", "10:30", "11:00", "11:30"]);
}

#[test]
fn from_the_end_of_a_break_and_of_time_off() {
    let mut rules = salon("09:00-13:00").with(person(1, "00:00-24:00"));
    rules.staff[0].breaks = daily("10:20-10:35");
    rules.staff[0].time_off = vec![span("2026-05-05T11:30", "2026-05-05T11:50")];
    let expected = ["09:00", "09:40", "10:35", "11:50", "12:30"];
    assert_eq!(starts(&rules, &visit(30, 40).packed(), DAY), expected);
}

#[test]
fn each_of_the_staff_has_a_grid() {
    let rules = salon("09:00-11:00").with(person(1, "00:00-24:00")).with(person(2, "09:10-10:10"));
    let expected = ["09:00", "09:10", "09:30", "09:40", "10:00", "10:30"];
    assert_eq!(starts(&rules, &visit(30, 30).packed(), DAY), expected);
    assert_eq!(starts(&rules, &visit(30, 30).packed().given(2), DAY), ["09:10", "09:40"]);
}

#[test]
fn who_has_had_enough_has_no_grid() {
    let mut rules =
        salon("09:00-11:00").with(person(1, "00:00-24:00")).with(person(2, "09:10-24:00"));
    rules.staff[1].daily_cap = Some(0);
    let found = starts(&rules, &visit(30, 30).packed(), DAY);
    assert_eq!(found, ["09:00", "09:30", "10:00", "10:30"]);
}

#[test]
fn a_room_that_is_waited_for_counts_one_of_two_does_not() {
    let rules = salon("09:00-11:00").with(person(1, "00:00-24:00")).room(1, 1, &[]);
    let visit = visit(30, 30).packed().housed(need(1, &[]));
    let busy = [taken(room(1).uuid(), "09:00", "09:50")];
    assert_eq!(starts_but(&rules, &busy, &visit, DAY), ["09:50", "10:20"]);
    let rules = rules.room(2, 1, &[]);
    let found = starts_but(&rules, &busy, &visit, DAY);
    assert_eq!(found, ["09:00", "09:30", "10:00", "10:30"]);
}

#[test]
fn what_needs_nobody_is_packed_by_the_door_and_the_rooms() {
    let mut visit = visit_of(vec![step(vec![seat(1, 30, Choice::Nobody)])], 30).packed();
    assert_eq!(starts(&salon("09:10-10:20"), &visit, DAY), ["09:10", "09:40"]);
    visit = visit.housed(need(1, &[]));
    let rules = salon("09:10-11:00").room(1, 1, &[]);
    let busy = [taken(room(1).uuid(), "09:45", "10:05")];
    assert_eq!(starts_but(&rules, &busy, &visit, DAY), ["09:10", "10:05"]);
}

/// A door that never closes still has a morning: each day is the same, whichever is asked for first.
#[test]
fn around_the_clock_each_day_begins_anew() {
    let rules = salon("00:00-24:00").with(person(1, "00:00-24:00"));
    let visit = visit(60, 50).packed();
    let one = starts(&rules, &visit, "2026-05-05..2026-05-05");
    let many = starts(&rules, &visit, "2026-05-01..2026-05-05");
    assert_eq!(one[..3], ["05/00:00", "05/00:50", "05/01:40"]);
    assert_eq!(many[many.len() - one.len()..], one);
    // A shift over midnight goes on in its own steps.
    let rules = salon("00:00-24:00").with(person(1, "22:00-02:00"));
    let found = starts(&rules, &visit, "2026-05-05..2026-05-06");
    assert_eq!(found[..5], ["05/00:30", "05/22:00", "05/22:50", "05/23:40", "06/00:30"]);
}

/// Where a shift begins may hang on a window of the door that opened two days ago.
#[test]
fn a_door_that_opens_at_ten_every_night_and_never_closes() {
    let rules = salon("22:00-22:00").with(person(1, "21:00-20:00"));
    let found = starts(&rules, &visit(60, 50).packed(), DAY);
    // 21:00, 21:50, 22:40, 23:30 on the day before.
    assert_eq!(found[..3], ["00:20", "01:10", "02:00"]);
}

#[test]
fn notice_does_not_shift_the_grid() {
    let rules = salon("09:10-12:00").with(person(1, "00:00-24:00"));
    let found = |notice: u32| {
        let mut visit = visit(30, 30).packed();
        visit.rules.notice = notice;
        let found = slots(&rules, &Busy::default(), &visit, days(DAY), at("2026-05-05T09:00"));
        found[0].start
    };
    assert_eq!(found(0), at("2026-05-05T09:10"));
    assert_eq!(found(11), at("2026-05-05T09:40"));
    assert_eq!(found(41), at("2026-05-05T10:10"));
}

#[test]
fn a_couple_begins_where_one_of_the_two_could() {
    let rules = salon("09:00-11:00").with(person(1, "00:00-24:00")).with(person(2, "09:20-24:00"));
    let two = vec![seat(1, 30, Choice::Any), Seat { customer: 2, ..seat(1, 30, Choice::Any) }];
    let found = starts(&rules, &visit_of(vec![step(two)], 30).packed(), DAY);
    assert_eq!(found, ["09:20", "09:30", "09:50", "10:00", "10:20", "10:30"]);
}
