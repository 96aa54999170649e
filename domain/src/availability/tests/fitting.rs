//! What a change of the rules would hit.

use super::kit::*;
use crate::availability::*;

/// A couple's facial from ten to eleven, then a massage for one until half past.
fn booked_visit() -> (Rules, Placed) {
    let rules = shop("UTC", "09:00-12:00")
        .with(person(1, "00:00-24:00").doing(&[1, 2]))
        .with(person(2, "09:00-11:00"))
        .room(1, 2, &[("couples", 1)]);
    let second = Seat { customer: 2, staff: Choice::Given(staff(2)), ..seat(1, 60, Choice::Any) };
    let first = Seat { staff: Choice::Given(staff(1)), ..seat(1, 60, Choice::Any) };
    let mut steps = vec![step(vec![first, second]), step(vec![seat(2, 30, Choice::Any)])];
    steps[0].room = Some(need(2, &["couples"]));
    let visit = visit_of(steps, 30);
    let start = at("2026-05-05T10:00");
    let found = assignments(&rules, &Busy::default(), &visit, start, long_ago()).unwrap();
    (rules.clone(), Placed::of(&visit, &found[0]))
}

fn after(change: impl FnOnce(&mut Rules)) -> Vec<Why> {
    let (mut rules, placed) = booked_visit();
    assert_eq!(still_fits(&rules, &placed), []);
    change(&mut rules);
    still_fits(&rules, &placed)
}

#[test]
fn hours_days_and_closures() {
    let closed = [Why::Closed];
    assert_eq!(after(|rules| rules.hours = daily("09:00-11:30")), []);
    assert_eq!(after(|rules| rules.hours = daily("09:00-11:29")), closed);
    assert_eq!(after(|rules| rules.hours = daily("10:01-12:00")), closed);
    assert_eq!(after(|rules| rules.hours = daily("09:00-10:30 10:31-12:00")), closed);
    let on = day("2026-05-05");
    assert_eq!(after(|rules| drop(rules.days.insert(on, Vec::new()))), closed);
    assert_eq!(after(|rules| rules.closures.push((on, on))), closed);
    assert_eq!(after(|rules| rules.closures.push((day("2026-05-06"), day("2026-05-09")))), []);
}

#[test]
fn staff_who_leave_or_learn_or_rest() {
    let off = |n: u128| Why::StaffOff(staff(n));
    assert_eq!(after(|rules| drop(rules.staff.remove(0))), [off(1)]);
    assert_eq!(after(|rules| rules.staff.clear()), [off(1), off(2)]);
    assert_eq!(after(|rules| rules.staff[1].hours = daily("10:00-10:59")), [off(2)]);
    assert_eq!(after(|rules| rules.staff[1].hours = daily("10:00-11:00")), []);
    assert_eq!(after(|rules| rules.staff[0].breaks = daily("11:15-11:20")), [off(1)]);
    let rest = span("2026-05-05T10:59", "2026-05-06T00:00");
    assert_eq!(after(|rules| rules.staff[1].time_off.push(rest)), [off(2)]);
    let on = day("2026-05-05");
    assert_eq!(
        after(|rules| drop(rules.staff[0].days.insert(on, windows("10:00-11:00")))),
        [off(1)]
    );
    let cannot = Why::CannotDo(staff(1), service(2));
    assert_eq!(after(|rules| rules.staff[0].skills.retain(|n, _| *n != service(2))), [cannot]);
}

#[test]
fn rooms_that_go_or_lose_what_is_needed() {
    assert_eq!(after(|rules| rules.rooms.clear()), [Why::NoSuchRoom]);
    assert_eq!(after(|rules| rules.rooms[0].places = 1), [Why::NoSuchRoom]);
    assert_eq!(after(|rules| rules.rooms[0].features.clear()), [Why::NoSuchRoom]);
    let (rules, mut placed) = booked_visit();
    placed.rooms[0].need = None;
    let mut bare = rules.clone();
    bare.rooms[0].features.clear();
    assert_eq!(still_fits(&bare, &placed), []);
}

#[test]
fn what_else_changes_is_no_matter() {
    assert_eq!(after(|rules| rules.staff[0].daily_cap = Some(0)), []);
    assert_eq!(after(|rules| rules.staff[0].online = false), []);
    let longer = |rules: &mut Rules| rules.staff[0] = rules.staff[0].clone().taking(1, 240);
    assert_eq!(after(longer), []);
    assert_eq!(still_fits(&shop("UTC", ""), &Placed::default()), []);
}

/// Over a night, in a zone whose clocks change in it.
#[test]
fn a_night_is_one_stretch() {
    let (rules, mut placed) = booked_visit();
    let rules = Rules { zone: chrono_tz::America::New_York, ..rules };
    let mut rules = Rules { hours: daily("22:00-04:00"), ..rules };
    placed.seats.truncate(1);
    // 23:00 to 03:30 by the wall, three and a half hours.
    placed.seats[0].span = span("2026-03-08T04:00", "2026-03-08T07:30");
    assert_eq!(still_fits(&rules, &placed), []);
    rules.days.insert(day("2026-03-08"), Vec::new());
    assert_eq!(still_fits(&rules, &placed), []);
    rules.days.insert(day("2026-03-07"), windows("22:00-02:30"));
    assert_eq!(still_fits(&rules, &placed), [Why::Closed]);
}
