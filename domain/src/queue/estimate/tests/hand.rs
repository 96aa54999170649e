//! Lines that can be reckoned by hand: everything takes what the menu says, everybody comes.

use chrono::Duration;
use uuid::Uuid;

use super::kit::*;
use crate::queue::estimate::*;

/// A name, who serves, who waits, and after how many minutes they are called.
type Case = (&'static str, Vec<Server>, Vec<Waiting>, Vec<Option<i64>>);

fn hold(cases: Vec<Case>) {
    for (name, servers, line, expected) in cases {
        assert_eq!(minutes(&said(&servers, &line, &[]).line), expected, "{name}");
    }
}

#[test]
fn the_line_is_called_in_order_by_who_is_free_first() {
    let three = || vec![waiting(1, 30), waiting(2, 30), waiting(3, 30)];
    hold(vec![
        ("nobody waits", vec![server(1)], vec![], vec![]),
        ("nobody serves", vec![], three(), vec![None, None, None]),
        ("one chair", vec![server(1)], three(), vec![Some(0), Some(30), Some(60)]),
        ("two chairs", vec![server(1), server(2)], three(), vec![Some(0), Some(0), Some(30)]),
        (
            "one is being served: twenty minutes are left",
            vec![server(1).serving(30, -10)],
            three(),
            vec![Some(20), Some(50), Some(80)],
        ),
        (
            "one more was called",
            vec![server(1).serving(30, -10).called(15)],
            three(),
            vec![Some(35), Some(65), Some(95)],
        ),
        (
            "who is free first calls first, whatever the list says",
            vec![server(1).serving(60, -10), server(2).serving(30, -20)],
            three(),
            vec![Some(10), Some(40), Some(50)],
        ),
        (
            "a party is served one after the other",
            vec![server(1)],
            vec![waiting(1, 20).of(3), waiting(2, 30)],
            vec![Some(0), Some(60)],
        ),
        (
            "several services are added up",
            vec![server(1)],
            vec![
                Waiting { services: [work(20), work(25)].concat(), ..waiting(1, 0) },
                waiting(2, 5),
            ],
            vec![Some(0), Some(45)],
        ),
    ]);
}

#[test]
fn preference_and_skills_decide_who_calls() {
    let pair = || vec![server(1), server(2).serving(40, -10)];
    hold(vec![
        (
            "who waits for one person lets others pass",
            pair(),
            vec![waiting(1, 30).wants(2), waiting(2, 20), waiting(3, 20)],
            vec![Some(30), Some(0), Some(20)],
        ),
        (
            "and is first with that person",
            pair(),
            vec![waiting(1, 45), waiting(2, 10), waiting(3, 30).wants(2), waiting(4, 5)],
            vec![Some(0), Some(30), Some(40), Some(45)],
        ),
        (
            "whoever wants somebody who isn't there is told nothing",
            pair(),
            vec![waiting(1, 30).wants(3), waiting(2, 20)],
            vec![None, Some(0)],
        ),
        (
            "only one can do it",
            vec![server(1), server(2).serving(40, -10).also(6)],
            vec![waiting(1, 30).special(), waiting(2, 20), waiting(3, 20)],
            vec![Some(30), Some(0), Some(20)],
        ),
        ("nobody can do it", pair(), vec![waiting(1, 30).special()], vec![None]),
        (
            "who is wanted can't do it",
            vec![server(1).also(6), server(2)],
            vec![waiting(1, 30).special().wants(2)],
            vec![None],
        ),
    ]);
}

#[test]
fn what_is_booked_keeps_its_time() {
    let two = || vec![waiting(1, 30), waiting(2, 30)];
    hold(vec![
        (
            "there is time for one before the visit",
            vec![server(1).visit(40, 20)],
            two(),
            vec![Some(0), Some(60)],
        ),
        (
            "there is none: they wait for it to be over",
            vec![server(1).visit(20, 20)],
            two(),
            vec![Some(40), Some(70)],
        ),
        (
            "a shorter one is called instead",
            vec![server(1).visit(20, 20)],
            vec![waiting(1, 30), waiting(2, 15)],
            vec![Some(40), Some(0)],
        ),
        (
            "a visit begins late if what is before it takes longer",
            vec![server(1).serving(60, -10).visit(20, 20)],
            vec![waiting(1, 30)],
            vec![Some(70)],
        ),
        (
            "who checked in for a visit is called when it begins, not before",
            vec![server(1)],
            vec![waiting(1, 30), waiting(2, 20).wants(1).due(10), waiting(3, 30)],
            vec![Some(30), Some(10), Some(60)],
        ),
        (
            "and before the line when that time has come",
            vec![server(1).serving(30, -20)],
            vec![waiting(1, 30), waiting(2, 20).wants(1).due(5)],
            vec![Some(30), Some(10)],
        ),
        (
            "nobody comes to a visit that is long past",
            vec![server(1).visit(-20, 30)],
            two(),
            vec![Some(0), Some(30)],
        ),
    ]);
}

#[test]
fn breaks_and_shifts_are_kept() {
    let two = || vec![waiting(1, 30), waiting(2, 30)];
    hold(vec![
        ("a break ahead", vec![server(1).away(35, 65)], two(), vec![Some(0), Some(65)]),
        ("on a break", vec![server(1).away(-10, 20)], two(), vec![Some(20), Some(50)]),
        (
            "on a break that began late",
            vec![server(1).away(-30, 0).last(-50, -10)],
            two(),
            vec![Some(20), Some(50)],
        ),
        (
            "a break that was over when they served again",
            vec![server(1).away(-60, -30).last(-20, -5)],
            two(),
            vec![Some(0), Some(30)],
        ),
        (
            "a break that could not begin yet is taken whole",
            vec![server(1).serving(40, -20).away(-10, 20)],
            two(),
            vec![Some(50), Some(80)],
        ),
        (
            "somebody is served in its place",
            vec![server(1).serving(30, -5).away(-10, 20)],
            two(),
            vec![Some(25), Some(55)],
        ),
        (
            "one begins later",
            vec![server(1).from(45), server(2)],
            vec![waiting(1, 60), waiting(2, 60), waiting(3, 60)],
            vec![Some(0), Some(45), Some(60)],
        ),
        (
            "the shift ends: only one is reached",
            vec![server(1).until(40)],
            two(),
            vec![Some(0), None],
        ),
    ]);
}

#[test]
fn a_newcomer_is_asked_about_without_taking_anybody_s_time() {
    let servers = [server(1).serving(30, -10), server(2).serving(60, -10)];
    let line = [waiting(1, 40), waiting(2, 30).wants(2)];
    let asked = [
        waiting(11, 30),
        waiting(12, 30).wants(1),
        waiting(13, 30).wants(2),
        waiting(14, 30).wants(3),
        waiting(15, 30).special(),
    ];
    let said = said(&servers, &line, &asked);
    assert_eq!(minutes(&said.line), [Some(20), Some(50)]);
    assert_eq!(
        minutes(&said.newcomers),
        [Some(60), Some(60), Some(80), None, None],
        "the first is free at sixty: the second serves who waits for her"
    );
    assert!(said.newcomers.iter().all(|wait| wait.position == 3));
    // As if they had joined, each alone.
    for (who, wait) in asked.iter().zip(&said.newcomers) {
        let joined = [&line[..], std::slice::from_ref(who)].concat();
        assert_eq!(super::kit::said(&servers, &joined, &[]).line.last(), Some(wait));
    }
}

#[test]
fn a_visit_that_is_ahead_of_its_time_is_ahead_of_nobody() {
    let line = [waiting(1, 30), waiting(2, 30).wants(1).due(50), waiting(3, 5), waiting(4, 5)];
    let places: Vec<_> = said(&[server(1)], &line, &[])
        .line
        .iter()
        .map(|wait| (wait.entry, wait.position))
        .collect();
    let expected: Vec<_> =
        [(1, 1), (2, 2), (3, 2), (4, 3)].map(|(who, at)| (Uuid::from_u128(who), at)).into();
    assert_eq!(places, expected);
}

#[test]
fn a_called_one_who_may_not_come_costs_less() {
    let paces = exact();
    let situation = |no_show| Situation {
        now: at(0),
        servers: vec![server(1).serving(30, -10)],
        line: vec![waiting(1, 60), waiting(2, 30)],
        newcomers: Vec::new(),
        paces: &paces,
        habits: Habits { no_show, lost: 300.0, ..punctual() },
    };
    let of = |no_show| minutes(&estimate(&situation(no_show), 3).line);
    assert_eq!(of(0.0), [Some(20), Some(80)]);
    assert_eq!(of(0.9), [Some(20), Some(25)]);
}

#[test]
fn those_ahead_may_leave() {
    let paces = exact();
    let leaving = |leave| Situation {
        now: at(0),
        servers: vec![server(1).serving(120, -10)],
        line: vec![waiting(1, 60), waiting(2, 30)],
        newcomers: Vec::new(),
        paces: &paces,
        habits: Habits { leave, ..punctual() },
    };
    let of = |leave| minutes(&estimate(&leaving(leave), 3).line);
    assert_eq!(of([0.0, 0.0]), [Some(110), Some(170)]);
    // Nearly everybody goes once they have waited half an hour; whoever asks is taken to stay.
    assert_eq!(of([0.0, 9.0]), [Some(110), Some(110)]);
}

#[test]
fn who_is_being_served_for_longer_than_usual_is_not_done_at_once() {
    let wait = |since: i64| {
        let paces = Paces::default();
        let situation = Situation {
            now: at(0),
            servers: vec![server(1).serving(30, since)],
            line: vec![waiting(1, 30)],
            newcomers: Vec::new(),
            paces: &paces,
            habits: punctual(),
        };
        estimate(&situation, 1).line[0]
    };
    let p50 = |since| wait(since).p50.unwrap();
    assert!(p50(-10) < p50(0) && p50(-25) < p50(-10));
    // Over time by a little: some minutes more, not none and not another half hour.
    let over = p50(-35);
    assert!(over > Duration::minutes(2) && over < Duration::minutes(15), "{over}");
    // Somebody forgot to press the button hours ago.
    assert!(wait(-600).p90.unwrap() <= Duration::minutes(10));
}

/// Many who wait for somebody who is away are looked at once, not one by one by everybody who is free.
#[test]
fn whoever_is_free_looks_through_what_is_wanted_and_not_through_everybody() {
    let servers = [server(1).away(0, 600), server(2)];
    let mut line: Vec<_> = (1..=400).map(|n| waiting(n, 30).wants(1)).collect();
    line.extend((401..=500).map(|n| waiting(n, 5)));
    line.push(waiting(501, 30).special());
    let paces = exact();
    let situation = Situation {
        now: at(0),
        servers: servers.to_vec(),
        line: line.clone(),
        newcomers: Vec::new(),
        paces: &paces,
        habits: punctual(),
    };
    let scene = scene::Scene::of(&situation);
    let looks: Vec<_> = scene.chairs.iter().map(|chair| chair.kinds.len()).collect();
    assert_eq!(looks, [2, 1]);
    // They are called in their order all the same.
    let said = minutes(&estimate(&situation, 1).line);
    let of = |n: usize| said[n - 1].unwrap();
    assert_eq!((of(401), of(402), of(500)), (0, 5, 495));
    assert_eq!((of(1), of(2)), (600, 630));
    assert_eq!(said[500], None);
}
