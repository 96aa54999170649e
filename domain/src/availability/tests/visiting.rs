//! Steps in sequence, seats side by side, rooms around them.

use super::kit::*;
use crate::availability::*;

const DAY: &str = "2026-05-05";

fn taken(who: uuid::Uuid, from: &str, to: &str) -> Block {
    block(9, who, &format!("2026-05-05T{from}"), &format!("2026-05-05T{to}"))
}

fn couple(minutes: u16) -> Step {
    step(vec![seat(1, minutes, Choice::Any), Seat { customer: 2, ..seat(1, minutes, Choice::Any) }])
}

/// The spa: three rooms, of which the second and third take couples and the third has a shower.
fn spa() -> Rules {
    shop("UTC", "09:00-12:00")
        .with(person(1, "00:00-24:00"))
        .with(person(2, "00:00-24:00"))
        .room(1, 1, &[])
        .room(2, 2, &[("couples", 2)])
        .room(3, 2, &[("couples", 1), ("scrub", 1)])
}

#[test]
fn a_package_goes_from_hand_to_hand() {
    let rules = shop("UTC", "09:00-12:00")
        .with(person(1, "09:00-11:00").doing(&[1]))
        .with(person(2, "10:00-12:00").doing(&[2]));
    let package = visit_of(
        vec![step(vec![seat(1, 30, Choice::Any)]), step(vec![seat(2, 45, Choice::Any)])],
        15,
    );
    // Not before 10:00 for the second, not after 11:00 for the first.
    let found = starts(&rules, &package, DAY);
    assert_eq!(found, ["09:30", "09:45", "10:00", "10:15", "10:30"]);
    let busy = [taken(staff(2).uuid(), "10:30", "10:40")];
    assert_eq!(starts_but(&rules, &busy, &package, DAY), ["10:15", "10:30"]);
}

#[test]
fn the_steps_shift_with_who_does_the_first() {
    // Anna takes an hour, Bruno forty minutes; then Clara, from 10:00 to 10:30 or 10:40 to 11:10.
    let mut clara = person(3, "10:00-10:30 10:40-11:10").doing(&[2]);
    clara.online = true;
    let rules = shop("UTC", "09:00-12:00")
        .with(person(1, "00:00-24:00").taking(1, 60))
        .with(person(2, "09:00-09:50").taking(1, 40))
        .with(clara);
    let package = visit_of(
        vec![step(vec![seat(1, 50, Choice::Any)]), step(vec![seat(2, 30, Choice::Any)])],
        10,
    );
    // 09:00 by Anna until 10:00; 09:40 by Anna until 10:40; 09:20 by Bruno would be until 10:00, but
    // he leaves before.
    assert_eq!(starts(&rules, &package, DAY), ["09:00", "09:40"]);
    let mut longer = rules.clone();
    longer.staff[1].hours = daily("09:00-10:40");
    assert_eq!(starts(&longer, &package, DAY), ["09:00", "09:20", "09:40", "10:00"]);
    let found = slots(&longer, &Busy::default(), &package, days(DAY), long_ago());
    let ends: Vec<_> = found.iter().map(|slot| slot.end.format("%H:%M").to_string()).collect();
    assert_eq!(ends, ["10:30", "10:30", "11:10", "11:10"]);
}

#[test]
fn a_couple_needs_two_different_people() {
    let mut rules = spa();
    let visit = visit_of(vec![couple(60)], 60);
    assert_eq!(starts(&rules, &visit, DAY), ["09:00", "10:00", "11:00"]);
    let busy = [taken(staff(2).uuid(), "10:30", "10:31")];
    assert_eq!(starts_but(&rules, &busy, &visit, DAY), ["09:00", "11:00"]);
    let mut same = visit.clone();
    for seat in &mut same.steps[0].seats {
        seat.staff = Choice::Given(staff(1));
    }
    assert!(starts(&rules, &same, DAY).is_empty());
    rules.staff.pop();
    assert!(starts(&rules, &visit, DAY).is_empty());
}

#[test]
fn who_can_do_one_thing_only_does_that() {
    // Anna can do both, Bruno the second only: Anna must take the first.
    let rules = shop("UTC", "09:00-10:00")
        .with(person(1, "00:00-24:00").doing(&[1, 2]))
        .with(person(2, "00:00-24:00").doing(&[2]));
    let two = |first: u128, second: u128| {
        let seats = vec![seat(first, 60, Choice::Any), seat(second, 60, Choice::Any)];
        visit_of(vec![step(seats)], 60)
    };
    assert_eq!(starts(&rules, &two(1, 2), DAY), ["09:00"]);
    assert_eq!(starts(&rules, &two(2, 1), DAY), ["09:00"]);
    assert!(starts(&rules, &two(1, 1), DAY).is_empty());
}

#[test]
fn a_step_lasts_as_long_as_its_longest_seat() {
    let rules = shop("UTC", "09:00-10:30")
        .with(person(1, "00:00-24:00").doing(&[1, 2]))
        .with(person(2, "09:00-09:45").doing(&[1]).taking(1, 40));
    let mut both = couple(60);
    both.seats[1].staff = Choice::Given(staff(2));
    let visit = visit_of(vec![both, step(vec![seat(2, 30, Choice::Any)])], 5);
    // Bruno's forty minutes end before he leaves; what follows waits for Anna's hour.
    assert_eq!(starts(&rules, &visit, DAY), ["09:00"]);
    let best = assignments(&rules, &Busy::default(), &visit, at("2026-05-05T09:00"), long_ago());
    let best = best.unwrap().remove(0);
    let spans: Vec<Span> = best.seats.iter().map(|seat| seat.span).collect();
    let expected = [
        span("2026-05-05T09:00", "2026-05-05T10:00"),
        span("2026-05-05T09:00", "2026-05-05T09:40"),
        span("2026-05-05T10:00", "2026-05-05T10:30"),
    ];
    assert_eq!((spans.as_slice(), best.end), (expected.as_slice(), at("2026-05-05T10:30")));
    assert_eq!(best.takes.len(), 2);
}

#[test]
fn add_ons_make_it_longer_whoever_does_it() {
    let rules = shop("UTC", "09:00-10:00")
        .with(person(1, "00:00-24:00").taking(1, 40))
        .with(person(2, "00:00-24:00"));
    let mut visit = visit(60, 60);
    visit.steps[0].seats[0].extra_minutes = 15;
    let found = slots(&rules, &Busy::default(), &visit, days(DAY), long_ago());
    assert_eq!(found[0].end, at("2026-05-05T09:55"));
    assert!(starts(&rules, &visit.given(2), DAY).is_empty());
}

#[test]
fn two_scrubs_at_once_are_one_room_short() {
    let rules = spa();
    let scrub = visit(60, 60).housed(need(1, &["scrub"]));
    let busy = [taken(room(3).uuid(), "09:30", "10:00")];
    assert_eq!(starts_but(&rules, &busy, &scrub, DAY), ["10:00", "11:00"]);
}

#[test]
fn couples_get_the_third_room_then_the_second_then_none() {
    let rules = spa().with(person(3, "00:00-24:00")).with(person(4, "00:00-24:00"));
    let visit = visit_of(vec![couple(60)], 60).housed(need(2, &["couples"]));
    let start = at("2026-05-05T10:00");
    let room_with = |taken_rooms: &[u128]| {
        let blocks = taken_rooms.iter().map(|n| taken(room(*n).uuid(), "10:00", "11:00"));
        let found = assignments(&rules, &Busy::of(blocks), &visit, start, long_ago());
        found.map(|best| best[0].rooms[0].room)
    };
    assert_eq!(room_with(&[]), Ok(room(3)));
    assert_eq!(room_with(&[3]), Ok(room(2)));
    assert_eq!(codes(&room_with(&[2, 3]).unwrap_err()), ["room_busy"]);
    assert_eq!(room_with(&[1]), Ok(room(3)));
}

#[test]
fn a_single_goes_to_the_default_room_if_it_will_do_and_is_free() {
    let mut rules = spa();
    rules.staff[0].default_room = Some(room(2));
    let start = at("2026-05-05T10:00");
    let rooms_for = |visit: &Visit, busy: &[Block]| {
        let busy = Busy::of(busy.iter().copied());
        let found = assignments(&rules, &busy, visit, start, long_ago()).unwrap();
        found.iter().map(|one| one.rooms[0].room).collect::<Vec<_>>()
    };
    let facial = visit(60, 60).given(1).housed(need(1, &[]));
    assert_eq!(rooms_for(&facial, &[]), [room(2), room(1), room(3)]);
    let busy = [taken(room(2).uuid(), "10:59", "11:30")];
    assert_eq!(rooms_for(&facial, &busy), [room(1), room(3)]);
    // It has no shower.
    let scrub = visit(60, 60).given(1).housed(need(1, &["scrub"]));
    assert_eq!(rooms_for(&scrub, &[]), [room(3)]);
    // Couples go by preference.
    let both = visit_of(vec![couple(60)], 60).housed(need(2, &["couples"]));
    assert_eq!(rooms_for(&both, &[])[0], room(3));
    // Staff said which.
    let mut pinned = facial.clone();
    pinned.steps[0].room.as_mut().unwrap().given = Some(room(3));
    assert_eq!(rooms_for(&pinned, &[]), [room(3)]);
}

#[test]
fn rooms_are_taken_with_their_buffers_and_outside_of_the_hours() {
    let rules = spa();
    let visit = visit(60, 30).given(1).housed(need(1, &["scrub"])).buffers(15, 15);
    let busy = [taken(room(3).uuid(), "08:00", "08:50"), taken(room(3).uuid(), "12:10", "13:00")];
    // 09:00 would begin at 08:45, 11:00 would last until 12:15.
    assert_eq!(starts_but(&rules, &busy, &visit, DAY), ["09:30", "10:00", "10:30"]);
}

#[test]
fn what_needs_nobody_needs_an_open_door() {
    let rules = spa();
    let sauna = step(vec![seat(5, 60, Choice::Nobody)]);
    let visit = visit_of(vec![sauna], 60);
    assert_eq!(starts(&rules, &visit, DAY), ["09:00", "10:00", "11:00"]);
    let housed = visit.housed(need(1, &["scrub"]));
    let busy = [taken(room(3).uuid(), "10:00", "11:00")];
    assert_eq!(starts_but(&rules, &busy, &housed, DAY), ["09:00", "11:00"]);
}

#[test]
fn a_cap_on_the_day_of_the_start_counts_for_steps_after_midnight() {
    let mut rules = shop("UTC", "22:00-02:00").with(person(1, "00:00-24:00"));
    rules.staff[0].daily_cap = Some(1);
    let package = visit_of(
        vec![step(vec![seat(1, 60, Choice::Any)]), step(vec![seat(1, 60, Choice::Any)])],
        60,
    );
    let busy = [block(9, staff(1).uuid(), "2026-05-06T10:00", "2026-05-06T11:00")];
    let found = starts_but(&rules, &busy, &package, "2026-05-05..2026-05-06");
    assert_eq!(found, ["05/00:00", "05/22:00", "05/23:00"]);
}
