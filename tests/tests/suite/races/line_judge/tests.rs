use chrono::Duration;

use super::*;

const ANN: u128 = 1;
const BEN: u128 = 2;
const WAX: u128 = 7;

fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

/// Minutes after ten.
fn at(minutes: i64) -> Instant {
    DateTime::UNIX_EPOCH + Duration::minutes(600 + minutes)
}

fn party(state: &str, version: i32, wanted: Option<u128>, staff: Option<u128>) -> Party {
    Party {
        services: vec![Work { service: Id::from_uuid(id(WAX)), minutes: 30 }],
        wanted: wanted.map(id),
        source: "public".to_owned(),
        visit: None,
        state: state.to_owned(),
        version,
        staff: staff.map(id),
    }
}

fn long(party: Party) -> Party {
    Party { services: vec![Work { service: Id::from_uuid(id(WAX)), minutes: 60 }], ..party }
}

/// Somebody who came for a visit.
fn booked(visit: u128, party: Party) -> Party {
    Party { source: "appointment".to_owned(), visit: Some(id(visit)), ..party }
}

fn step(entry: u128, version: i32, action: &str, from: &str, to: &str, staff: u128) -> Happened {
    Happened::Line(Step {
        entry: id(entry),
        version,
        at: at(0),
        action: action.to_owned(),
        from: (!from.is_empty()).then(|| from.to_owned()),
        to: to.to_owned(),
        staff: (staff > 0).then(|| id(staff)),
    })
}

fn joined(entry: u128) -> Happened {
    step(entry, 1, "joined", "", "waiting", 0)
}

fn called(entry: u128, staff: u128) -> Happened {
    step(entry, 2, "called", "waiting", "called", staff)
}

fn visit(number: u128, status: &str, minutes: i64, staff: u128) -> Happened {
    let (id, status, staff) = (id(number), status.to_owned(), id(staff));
    Happened::Visit(Visit { id, status, starts_at: at(minutes), staff })
}

fn next(entry: u128, staff: u128) -> Told {
    Told {
        entry: Id::from_uuid(id(entry)),
        version: 2,
        state: "called".to_owned(),
        asked: Asked::Next(Id::from_uuid(id(staff))),
    }
}

fn put(entry: u128, put: Put) -> Told {
    Told { state: "waiting".to_owned(), asked: Asked::Put(put), ..next(entry, ANN) }
}

fn faults(parties: &[(u128, Party)], happened: &[Happened], told: &[Told]) -> Vec<String> {
    let parties = parties.iter().map(|(number, party)| (id(*number), party.clone())).collect();
    let skill = vec![Id::from_uuid(id(WAX))];
    let skills = [ANN, BEN].map(|staff| (Id::from_uuid(id(staff)), skill.clone()));
    let house = House { skills: skills.into_iter().collect(), until: at(540) };
    replay::judge(&parties, happened, &house, told, &mut Tally::default())
}

fn waits() -> Party {
    party("waiting", 1, None, None)
}

fn of(staff: u128) -> Party {
    party("called", 2, None, Some(staff))
}

fn two(first: Party, second: Party) -> Vec<(u128, Party)> {
    vec![(10, first), (11, second)]
}

type Case = (&'static str, Vec<(u128, Party)>, Vec<Happened>, Vec<Told>);

#[test]
fn what_is_right_passes() {
    let moved = || step(11, 2, "moved", "waiting", "waiting", 0);
    let now_called = |staff| step(11, 3, "called", "waiting", "called", staff);
    let third = || Told { version: 3, ..next(11, ANN) };
    let right: Vec<Case> = vec![
        (
            "in their order",
            two(of(ANN), of(BEN)),
            vec![joined(10), joined(11), called(10, ANN), called(11, BEN)],
            vec![next(10, ANN), next(11, BEN)],
        ),
        (
            "whoever lets one pass stands behind them",
            two(party("waiting", 2, None, None), of(ANN)),
            vec![
                joined(10),
                joined(11),
                step(10, 2, "more_time", "waiting", "waiting", 0),
                called(11, ANN),
            ],
            vec![next(11, ANN)],
        ),
        (
            "put first",
            two(waits(), party("called", 3, None, Some(ANN))),
            vec![joined(10), joined(11), moved(), now_called(ANN)],
            vec![put(11, Put::First), third()],
        ),
        (
            "the first would not be done before what is booked",
            two(long(waits()), of(ANN)),
            vec![visit(90, "confirmed", 30, ANN), joined(10), joined(11), called(11, ANN)],
            vec![next(11, ANN)],
        ),
        (
            "booked since the line changed: it may have been seen, or not",
            two(long(of(ANN)), waits()),
            vec![joined(10), joined(11), visit(90, "confirmed", 30, ANN), called(10, ANN)],
            vec![next(10, ANN)],
        ),
        (
            "a visit whose time has come",
            vec![(10, waits()), (11, booked(90, of(ANN)))],
            vec![
                visit(90, "confirmed", 0, ANN),
                joined(10),
                visit(90, "checked_in", 0, ANN),
                joined(11),
                called(11, ANN),
            ],
            vec![next(11, ANN)],
        ),
        (
            "forgotten, and converted",
            two(party("expired", 2, None, None), party("converted", 2, None, None)),
            vec![
                joined(10),
                joined(11),
                step(10, 2, "expired", "waiting", "expired", 0),
                step(11, 2, "converted", "waiting", "converted", 0),
            ],
            vec![],
        ),
    ];
    for (what, parties, happened, told) in right {
        assert_eq!(faults(&parties, &happened, &told), Vec::<String>::new(), "{what}");
    }
}

#[test]
#[expect(clippy::too_many_lines, reason = "a list of wrongs")]
fn what_is_wrong_is_found() {
    let one = |state: &str, version, staff| vec![(10, party(state, version, None, staff))];
    let moved = || step(11, 2, "moved", "waiting", "waiting", 0);
    let wrong: Vec<Case> = vec![
        (
            "called by two at once",
            one("called", 3, Some(BEN)),
            vec![joined(10), called(10, ANN), step(10, 3, "called", "called", "called", BEN)],
            vec![],
        ),
        (
            "one calls two",
            two(of(ANN), of(ANN)),
            vec![joined(10), joined(11), called(10, ANN), called(11, ANN)],
            vec![],
        ),
        (
            "the second before the first",
            two(waits(), of(ANN)),
            vec![joined(10), joined(11), called(11, ANN)],
            vec![next(11, ANN)],
        ),
        (
            "one who wants another",
            vec![(10, party("called", 2, Some(BEN), Some(ANN)))],
            vec![joined(10), called(10, ANN)],
            vec![next(10, ANN)],
        ),
        (
            "one who would not be done",
            vec![(10, long(of(ANN)))],
            vec![visit(90, "confirmed", 30, ANN), joined(10), called(10, ANN)],
            vec![next(10, ANN)],
        ),
        (
            "one who would not be done before a visit that is late",
            vec![(10, of(ANN))],
            vec![visit(90, "confirmed", -5, ANN), joined(10), called(10, ANN)],
            vec![next(10, ANN)],
        ),
        (
            "one who would be done, but a visit was called off long ago",
            two(long(waits()), of(ANN)),
            vec![
                visit(90, "confirmed", 30, ANN),
                visit(90, "cancelled", 30, ANN),
                joined(10),
                joined(11),
                called(11, ANN),
            ],
            vec![next(11, ANN)],
        ),
        (
            "a walk-in before a visit whose time has come",
            vec![(10, of(ANN)), (11, booked(90, waits()))],
            vec![joined(10), visit(90, "checked_in", 0, ANN), joined(11), called(10, ANN)],
            vec![next(10, ANN)],
        ),
        (
            "a visit before its time",
            vec![(10, booked(90, of(ANN)))],
            vec![visit(90, "checked_in", 20, ANN), joined(10), called(10, ANN)],
            vec![next(10, ANN)],
        ),
        (
            "somebody else's visit",
            vec![(10, booked(90, of(BEN)))],
            vec![visit(90, "checked_in", 0, ANN), joined(10), called(10, BEN)],
            vec![next(10, BEN)],
        ),
        (
            "put first, and not called first",
            two(of(ANN), party("waiting", 2, None, None)),
            vec![joined(10), joined(11), moved(), called(10, ANN)],
            vec![put(11, Put::First), next(10, ANN)],
        ),
        (
            "put somewhere although nobody asked for that",
            two(waits(), party("waiting", 2, None, None)),
            vec![joined(10), joined(11), moved()],
            vec![],
        ),
        (
            "a visit that is converted",
            vec![(10, booked(90, party("converted", 2, None, None)))],
            vec![
                visit(90, "checked_in", 0, ANN),
                joined(10),
                step(10, 2, "converted", "waiting", "converted", 0),
            ],
            vec![],
        ),
        ("lost", two(waits(), waits()), vec![joined(10)], vec![]),
        (
            "a gap",
            one("left", 3, None),
            vec![joined(10), step(10, 3, "left", "waiting", "left", 0)],
            vec![],
        ),
        ("elsewhere than its history", one("done", 1, None), vec![joined(10)], vec![]),
        (
            "an answer to what never happened",
            one("waiting", 1, None),
            vec![joined(10)],
            vec![next(10, ANN)],
        ),
    ];
    for (what, parties, happened, told) in wrong {
        assert!(!faults(&parties, &happened, &told).is_empty(), "{what}");
    }
}
