//! Who gets it: the order in which staff and rooms are taken.

use super::kit::*;
use crate::availability::*;
use crate::ids::{Id, StaffMember};

const NOON: &str = "2026-05-05T12:00";

fn taken(n: u128, who: u128, from: &str, to: &str) -> Block {
    block(n, staff(who).uuid(), &format!("2026-05-05T{from}"), &format!("2026-05-05T{to}"))
}

fn found(rules: &Rules, busy: &[Block], visit: &Visit) -> Vec<Assignment> {
    assignments(rules, &Busy::of(busy.iter().copied()), visit, at(NOON), long_ago()).unwrap()
}

/// Of each way its staff in the order of the seats.
fn staff_of(found: &[Assignment]) -> Vec<Vec<Option<Id<StaffMember>>>> {
    found.iter().map(|one| one.seats.iter().map(|seat| seat.staff).collect()).collect()
}

fn three() -> Rules {
    let all_day = "00:00-24:00";
    shop("UTC", all_day)
        .with(person(1, all_day).doing(&[1, 2]))
        .with(person(2, all_day).doing(&[1, 2]))
        .with(person(3, all_day).doing(&[1, 2]))
}

fn in_turn(services: &[u128]) -> Visit {
    let step_of = |n: &u128| step(vec![seat(*n, 30, Choice::Any)]);
    visit_of(services.iter().map(step_of).collect(), 30)
}

#[test]
fn the_least_loaded_first_then_the_order_of_the_list() {
    let rules = three();
    let order = |busy: &[Block]| {
        let ways = staff_of(&found(&rules, busy, &visit(30, 30)));
        ways.into_iter().map(|seats| seats[0].unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(order(&[]), [staff(1), staff(2), staff(3)]);
    let one = taken(1, 1, "08:00", "09:00");
    assert_eq!(order(&[one]), [staff(2), staff(3), staff(1)]);
    // Two visits of ten minutes are more than one of three hours.
    let two = [taken(2, 2, "08:00", "08:10"), taken(3, 2, "08:20", "08:30")];
    assert_eq!(
        order(&[two[0], two[1], taken(1, 1, "06:00", "09:00")]),
        [staff(3), staff(1), staff(2)]
    );
    // One visit in three blocks is one; yesterday's don't count; a hold that lapsed doesn't either.
    let mut lapsed = taken(5, 3, "08:00", "09:00");
    lapsed.lapses_at = Some(long_ago());
    let busy = [
        taken(1, 1, "06:00", "06:10"),
        taken(1, 1, "07:00", "07:10"),
        taken(2, 2, "06:00", "06:10"),
        block(4, staff(3).uuid(), "2026-05-04T08:00", "2026-05-04T09:00"),
        block(6, staff(3).uuid(), "2026-05-04T09:00", "2026-05-04T10:00"),
        lapsed,
    ];
    assert_eq!(order(&busy), [staff(3), staff(1), staff(2)]);
    // Who is taken is not in it.
    assert_eq!(order(&[taken(1, 1, "12:29", "12:40")]), [staff(2), staff(3)]);
}

#[test]
fn the_same_person_throughout_comes_first() {
    let mut rules = three();
    // Anna is first in the list but can't do the second; Bruno has more to do than Clara.
    rules.staff[0] = person(1, "00:00-24:00").doing(&[1]);
    let busy = [taken(1, 2, "08:00", "09:00")];
    let ways = staff_of(&found(&rules, &busy, &in_turn(&[1, 2])));
    let expected = [(3, 3), (2, 2), (1, 3), (1, 2), (3, 2), (2, 3)];
    assert_eq!(ways, expected.map(|(a, b)| vec![Some(staff(a)), Some(staff(b))]));
}

#[test]
fn as_few_changes_as_can_be() {
    // Anna does the first two, Bruno all but the first: A A B, or A B B, never A B A.
    let rules = shop("UTC", "00:00-24:00")
        .with(person(1, "00:00-24:00").doing(&[1, 2, 3]))
        .with(person(2, "00:00-24:00").doing(&[2, 3, 4]));
    let ways = staff_of(&found(&rules, &[], &in_turn(&[1, 2, 3, 4])));
    let of = |all: [u128; 4]| all.map(|n| Some(staff(n))).to_vec();
    assert_eq!(ways, [of([1, 1, 1, 2]), of([1, 1, 2, 2]), of([1, 2, 2, 2]), of([1, 2, 1, 2])]);
}

#[test]
fn each_of_a_couple_keeps_their_own() {
    let pair = || {
        let second = Seat { customer: 2, ..seat(1, 30, Choice::Any) };
        step(vec![seat(1, 30, Choice::Any), second])
    };
    let ways = staff_of(&found(&three(), &[], &visit_of(vec![pair(), pair()], 30)));
    let of = |all: [u128; 4]| all.map(|n| Some(staff(n))).to_vec();
    assert_eq!(ways[..3], [of([1, 2, 1, 2]), of([1, 3, 1, 3]), of([2, 1, 2, 1])]);
    // Six ways to keep both, of all thirty-six.
    assert!(ways[..6].iter().all(|way| way[..2] == way[2..]));
    assert_eq!(ways.len(), 36);
    assert!(ways[6..].iter().all(|way| way[..2] != way[2..]));
}

#[test]
fn the_choice_of_staff_changes_before_the_room_does() {
    let rules = three().room(1, 1, &[]).room(2, 1, &[]);
    let ways = found(&rules, &[], &visit(30, 30).housed(need(1, &[])));
    let ways: Vec<_> = ways.iter().map(|way| (way.seats[0].staff, way.rooms[0].room)).collect();
    let expected = [(1, 1), (2, 1), (3, 1), (1, 2), (2, 2), (3, 2)];
    assert_eq!(ways, expected.map(|(who, place)| (Some(staff(who)), room(place))));
}

#[test]
fn the_same_room_throughout_comes_before_the_default_one() {
    let mut rules = three().room(1, 1, &[]).room(2, 1, &[]).room(3, 1, &[("scrub", 0)]);
    rules.staff[0].default_room = Some(room(2));
    let mut visit = in_turn(&[1, 2]);
    visit.steps[0].room = Some(need(1, &[]));
    visit.steps[1].room = Some(need(1, &["scrub"]));
    let rooms = |visit: &Visit, busy: &[Block]| {
        let best = found(&rules, busy, visit).remove(0);
        best.rooms.iter().map(|placed| placed.room).collect::<Vec<_>>()
    };
    assert_eq!(rooms(&visit, &[]), [room(3), room(3)]);
    let busy = [block(1, room(3).uuid(), "2026-05-05T12:10", "2026-05-05T12:20")];
    assert_eq!(rooms(&visit, &busy), [room(2), room(3)]);
    visit.steps[1].room = Some(need(1, &[]));
    assert_eq!(rooms(&visit, &[]), [room(2), room(2)]);
    // A step without a room in between doesn't make one leave.
    let mut visit = in_turn(&[1, 2, 1]);
    (visit.steps[0].room, visit.steps[2].room) = (Some(need(1, &[])), Some(need(1, &["scrub"])));
    assert_eq!(rooms(&visit, &[]), [room(3), room(3)]);
}

#[test]
fn what_is_taken_is_joined_where_it_touches() {
    let rules = three().room(1, 1, &[]);
    let visit = in_turn(&[1, 2]).given(1).housed(need(1, &[])).buffers(5, 10);
    let best = found(&rules, &[], &visit).remove(0);
    let whole = span("2026-05-05T11:55", "2026-05-05T13:10");
    assert_eq!(best.takes, [(staff(1).uuid(), whole), (room(1).uuid(), whole)]);
    // Two people: each their own time, buffers included.
    let mut visit = visit;
    visit.steps[1].seats[0].staff = Choice::Given(staff(2));
    let best = found(&rules, &[], &visit).remove(0);
    let expected = [
        (staff(1).uuid(), span("2026-05-05T11:55", "2026-05-05T12:40")),
        (staff(2).uuid(), span("2026-05-05T12:25", "2026-05-05T13:10")),
        (room(1).uuid(), whole),
    ];
    assert_eq!(best.takes, expected);
    // The visit itself is told without buffers.
    assert_eq!((best.start, best.end), (at(NOON), at("2026-05-05T13:00")));
}

#[test]
fn there_is_an_end_to_it() {
    let mut rules = shop("UTC", "00:00-24:00");
    for n in 1..=20 {
        rules = rules.with(person(n, "00:00-24:00").doing(&[1, 2]));
    }
    for n in 1..=10 {
        rules = rules.room(n, 2, &[]);
    }
    let pair = || {
        let second = Seat { customer: 2, ..seat(1, 30, Choice::Any) };
        step(vec![seat(1, 30, Choice::Any), second])
    };
    let visit = visit_of((0..5).map(|_| pair()).collect(), 30).housed(need(2, &[]));
    let ways = found(&rules, &[], &visit);
    assert_eq!(ways.len(), 64);
    let mut distinct = staff_of(&ways);
    distinct.dedup();
    assert_eq!(distinct.len(), 64);
    assert!(ways.iter().all(|way| way.rooms.iter().all(|placed| placed.room == room(1))));
}

#[test]
fn staff_are_not_held_to_the_grid() {
    let mut visit = visit(30, 30);
    (visit.rules.notice, visit.rules.horizon_days) = (60, 0);
    let ask = |visit: &Visit, start: &str, now: &str| {
        let answer = assignments(&three(), &Busy::default(), visit, at(start), at(now));
        answer.map_or_else(|why| codes(&why).join(" "), |_| String::new())
    };
    assert_eq!(ask(&visit, "2026-05-05T12:07", "2026-05-04T11:30"), "horizon off_grid");
    assert_eq!(ask(&visit, "2026-05-05T12:00", "2026-05-05T11:30"), "notice");
    assert_eq!(ask(&visit, "2026-05-05T12:00", "2026-05-05T12:01"), "past");
    let visit = visit.by_staff();
    assert_eq!(ask(&visit, "2026-05-05T12:07", "2026-05-04T11:30"), "");
    assert_eq!(ask(&visit, "2026-05-05T12:07", "2026-05-05T12:07"), "");
    assert_eq!(ask(&visit, "2026-05-05T12:06", "2026-05-05T12:07"), "past");
}
