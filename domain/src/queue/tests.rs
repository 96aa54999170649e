use std::collections::BTreeSet;
use std::fmt::Write as _;

use chrono::{Duration, TimeZone as _, Utc};
use proptest::prelude::*;
use uuid::Uuid;

use super::line::{self, GAP, Nobody, Place, Put, Room, Standing};
use super::outlook::WaitRange;
use super::shift::Shift;
use super::state::{State, Step};
use crate::availability::{Rules, Span, StaffRules, Week, Window};
use crate::ids::{Id, QueueEntry, StaffMember};
use crate::time::Instant;

fn at(minutes: i64) -> Instant {
    Instant::UNIX_EPOCH + Duration::minutes(minutes)
}

/// Written out once more, so that a change of the rule is a change of this table.
#[test]
fn every_step_that_there_is() {
    let mut steps = String::new();
    for from in State::ALL {
        for step in Step::ALL {
            if let Some(to) = from.after(step) {
                let _ = writeln!(steps, "{} --{}--> {}", from.key(), step.key(), to.key());
            }
        }
    }
    insta::assert_snapshot!(steps, @r"
    waiting --called--> called
    waiting --moved--> waiting
    waiting --edited--> waiting
    waiting --freed--> waiting
    waiting --here--> waiting
    waiting --more_time--> waiting
    waiting --reissued--> waiting
    waiting --started--> serving
    waiting --left--> left
    waiting --converted--> converted
    waiting --expired--> expired
    called --returned--> waiting
    called --edited--> called
    called --freed--> called
    called --here--> called
    called --more_time--> waiting
    called --reissued--> called
    called --started--> serving
    called --no_show--> no_show
    called --left--> left
    called --converted--> converted
    called --expired--> expired
    serving --finished--> done
    serving --expired--> done
    serving --stepped_back--> waiting
    done --stepped_back--> serving
    left --stepped_back--> waiting
    no_show --stepped_back--> waiting
    expired --stepped_back--> waiting
    ");
}

#[test]
fn what_is_over_stays_over_unless_it_was_a_mistake() {
    let steps = || Step::ALL.into_iter().filter(|step| *step != Step::StepBack);
    for state in State::ALL.into_iter().filter(|state| !state.is_open()) {
        assert!(steps().all(|step| state.after(step).is_none()), "{state:?}");
        assert!(!state.is_in_line());
    }
    let events: BTreeSet<_> = Step::ALL.iter().map(|step| step.event()).collect();
    assert_eq!(events.len(), Step::ALL.len());
}

fn staff(number: u128) -> Id<StaffMember> {
    Id::from_uuid(Uuid::from_u128(number))
}

fn party(number: u128) -> Id<QueueEntry> {
    Id::from_uuid(Uuid::from_u128(number))
}

/// Number, services, wanted staff, minute at which an appointment is due.
type One = (u128, &'static [u128], Option<u128>, Option<i64>);

fn standing((number, services, wanted, due): &One) -> Standing {
    Standing {
        id: party(*number),
        rank: i64::try_from(*number).unwrap() * GAP,
        services: services.iter().map(|service| Uuid::from_u128(*service)).collect(),
        wanted: wanted.map(staff),
        due: due.map(at),
        takes: Duration::minutes(30),
    }
}

#[test]
fn who_is_next() {
    // Who waits, in line; who calls; what they do; whom they call at minute 60.
    let cases: [(&[One], u128, &[u128], Option<u128>); 12] = [
        (&[], 1, &[7], None),
        (&[(1, &[7], None, None), (2, &[7], None, None)], 1, &[7], Some(1)),
        // Skills.
        (&[(1, &[8], None, None), (2, &[7], None, None)], 1, &[7], Some(2)),
        (&[(1, &[7, 8], None, None)], 1, &[7], None),
        (&[(1, &[7, 8], None, None)], 1, &[7, 8], Some(1)),
        // Preference.
        (&[(1, &[7], Some(2), None), (2, &[7], None, None)], 1, &[7], Some(2)),
        (&[(1, &[7], Some(2), None), (2, &[7], None, None)], 2, &[7], Some(1)),
        // An appointment whose time has come.
        (&[(1, &[7], None, None), (2, &[7], Some(1), Some(60))], 1, &[7], Some(2)),
        // One whose time hasn't.
        (&[(1, &[7], Some(1), Some(61)), (2, &[7], None, None)], 1, &[7], Some(2)),
        (&[(1, &[7], Some(1), Some(61))], 1, &[7], None),
        // Somebody else's, and the earlier of two.
        (&[(1, &[7], Some(2), Some(50)), (2, &[7], None, None)], 1, &[7], Some(2)),
        (&[(1, &[9], Some(1), Some(55)), (2, &[9], Some(1), Some(50))], 1, &[7], Some(2)),
    ];
    for (waiting, caller, does, expected) in cases {
        let line: Vec<_> = waiting.iter().map(standing).collect();
        let does = |service: Uuid| does.contains(&service.as_u128());
        let room = Room { begins: at(60), until: None };
        let next = line::next(&line, staff(caller), does, at(60), room).ok();
        assert_eq!(next, expected.map(party), "{waiting:?} {caller}");
    }
}

/// Who waits, when the caller is free, when what is booked begins, who is called at minute 60.
type InTime<'a> = (&'a [&'a Standing], i64, Option<i64>, Result<u128, Nobody>);

/// What is booked keeps its time, give or take eight minutes: somebody farther back who will be done is
/// called instead. Who still serves somebody begins later.
#[test]
fn who_is_done_in_time() {
    let long = Standing { takes: Duration::minutes(45), ..standing(&(1, &[7], None, None)) };
    let short = Standing { takes: Duration::minutes(15), ..standing(&(2, &[7], None, None)) };
    let due = Standing { takes: Duration::minutes(90), ..standing(&(3, &[7], Some(1), Some(60))) };
    let first = Err(Nobody::Fits(party(1)));
    let cases: [InTime<'_>; 11] = [
        (&[&long, &short], 60, None, Ok(1)),
        (&[&long, &short], 60, Some(97), Ok(1)),
        (&[&long, &short], 60, Some(96), Ok(2)),
        (&[&long, &short], 60, Some(67), Ok(2)),
        (&[&long, &short], 60, Some(66), first),
        (&[&long], 60, Some(60), first),
        (&[], 60, Some(60), Err(Nobody::Waits)),
        // Twenty minutes are left in the chair.
        (&[&long, &short], 80, Some(117), Ok(1)),
        (&[&long, &short], 80, Some(116), Ok(2)),
        (&[&long, &short], 80, Some(86), first),
        // What is booked now comes first, whatever follows it.
        (&[&long, &short, &due], 60, Some(61), Ok(3)),
    ];
    for (waiting, free, until, expected) in cases {
        let line: Vec<_> = waiting.iter().copied().cloned().collect();
        let room = Room { begins: at(free), until: until.map(at) };
        let next = line::next(&line, staff(1), |_| true, at(60), room);
        assert_eq!(next, expected.map(party), "{waiting:?} {room:?}");
    }
}

#[test]
fn who_is_first_for_whom() {
    let line: &[One] = &[
        (1, &[7], Some(1), Some(60)),
        (2, &[7], Some(2), None),
        (3, &[8], None, None),
        (4, &[7], None, None),
    ];
    let line: Vec<_> = line.iter().map(standing).collect();
    for (caller, does, expected) in
        [(1, &[7][..], Some(4)), (1, &[7, 8], Some(3)), (2, &[7], Some(2)), (2, &[9], None)]
    {
        let does = |service: Uuid| does.contains(&service.as_u128());
        let first = line::first(&line, staff(caller), does);
        assert_eq!(first, expected.map(party), "{caller}");
    }
}

#[test]
fn where_somebody_is_put() {
    let others = [(party(1), 100), (party(2), 200), (party(3), 201)];
    let cases = [
        (Place::First, Some(Put::Between(100 - GAP))),
        (Place::Last, Some(Put::Between(201 + GAP))),
        (Place::After(party(1)), Some(Put::Between(150))),
        (Place::Before(party(2)), Some(Put::Between(150))),
        (Place::After(party(3)), Some(Put::Between(201 + GAP))),
        (Place::After(party(9)), None),
        (Place::Before(party(9)), None),
    ];
    for (place, expected) in cases {
        assert_eq!(line::put(&others, party(8), place), expected, "{place:?}");
    }
    // No number is left between these two.
    let order = [party(1), party(2), party(8), party(3)];
    let numbers = (1..).map(|place| place * GAP);
    let respaced = Put::Respaced(order.into_iter().zip(numbers).collect());
    assert_eq!(line::put(&others, party(8), Place::After(party(2))), Some(respaced));
    assert_eq!(line::put(&[], party(8), Place::Last), Some(Put::Between(GAP)));
}

proptest! {
    /// Wherever somebody is put, however often, the order is what was asked for.
    #[test]
    fn the_order_is_the_one_that_was_asked_for(moves in prop::collection::vec((0usize..6, 0usize..6), 1..80)) {
        let mut order: Vec<_> = (1..=6).map(|number| (party(number), i64::try_from(number).unwrap())).collect();
        for (who, whom) in moves {
            let (who, whom) = (order[who].0, order[whom].0);
            if who == whom {
                continue;
            }
            let others: Vec<_> = order.iter().copied().filter(|(id, _)| *id != who).collect();
            let mut expected: Vec<_> = others.iter().map(|(id, _)| *id).collect();
            let behind = expected.iter().position(|id| *id == whom).unwrap() + 1;
            expected.insert(behind, who);
            match line::put(&others, who, Place::After(whom)).unwrap() {
                Put::Between(rank) => {
                    order = others;
                    order.push((who, rank));
                }
                Put::Respaced(all) => order = all,
            }
            order.sort_by_key(|(_, rank)| *rank);
            let now: Vec<_> = order.iter().map(|(id, _)| *id).collect();
            prop_assert_eq!(now, expected);
            prop_assert!(order.is_sorted_by(|one, other| one.1 < other.1));
        }
    }

    /// A range says no false minute, holds both ends, and is never nothing.
    #[test]
    fn ranges_hold_what_they_say(p50 in 0i64..20_000, more in 0i64..10_000) {
        let range = WaitRange::of(Duration::seconds(p50), Duration::seconds(p50 + more));
        prop_assert!(range.low % 5 == 0 && range.high % 5 == 0);
        prop_assert!(range.low * 60 <= p50 && p50 < (range.low + 5) * 60);
        prop_assert!(range.high * 60 >= p50 + more && range.high >= 5);
    }

    #[test]
    fn codes_are_told_apart(one in 1i32..200_000, other in 1i32..200_000) {
        prop_assert_eq!(line::code(one) == line::code(other), one == other);
    }
}

#[test]
fn codes_as_they_are_read_out() {
    let numbers =
        [(1, "A01"), (7, "A07"), (99, "A99"), (100, "B01"), (2_574, "Z99"), (2_575, "AA01")];
    for (number, code) in numbers {
        assert_eq!(line::code(number), code);
    }
}

fn window(opens: i16, closes: i16) -> Window {
    Window { opens, closes }
}

#[test]
fn what_is_left_of_a_day() {
    let day = |windows: Vec<Window>| Week(std::array::from_fn(|_| windows.clone()));
    let rules = Rules {
        zone: chrono_tz::Europe::Berlin,
        hours: Week::default(),
        days: std::collections::BTreeMap::new(),
        closures: Vec::new(),
        staff: Vec::new(),
        rooms: Vec::new(),
    };
    let mut somebody = StaffRules {
        id: staff(1),
        online: true,
        hours: day(vec![window(540, 780), window(840, 1_080)]),
        breaks: day(vec![window(600, 615)]),
        days: std::collections::BTreeMap::new(),
        time_off: Vec::new(),
        default_room: None,
        daily_cap: None,
        skills: std::collections::HashMap::new(),
    };
    // In January the wall is an hour ahead.
    let local =
        |hour: u32, minute: u32| Utc.with_ymd_and_hms(2026, 1, 14, hour - 1, minute, 0).unwrap();
    let span = |from, to| Span { from, to };
    let noon = span(local(13, 0), local(14, 0));
    let pause = span(local(10, 0), local(10, 15));
    let done = Some(local(18, 0));
    for (now, until, away) in [
        (local(8, 0), done, vec![pause, noon]),
        (local(10, 5), done, vec![pause, noon]),
        (local(11, 0), done, vec![noon]),
        (local(15, 0), done, vec![]),
        (local(19, 0), None, vec![]),
    ] {
        assert_eq!(Shift::of(&rules, &somebody, now), Shift { until, away }, "{now}");
    }
    somebody.time_off.push(span(local(16, 0), local(20, 0)));
    let away = Shift::of(&rules, &somebody, local(15, 0)).away;
    assert_eq!(away, [span(local(16, 0), local(20, 0))]);
    // A day with hours of its own knows of its breaks.
    somebody.days.insert(local(12, 0).date_naive(), vec![window(600, 720)]);
    let own = Shift::of(&rules, &somebody, local(9, 30));
    assert_eq!((own.until, own.away.len()), (Some(local(12, 0)), 0));
}
