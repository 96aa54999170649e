//! What holds of every line.

use chrono::Duration;
use proptest::prelude::*;
use uuid::Uuid;

use super::kit::*;
use crate::queue::estimate::*;

#[derive(Debug, Clone)]
struct Shop {
    servers: Vec<Server>,
    line: Vec<Waiting>,
    paces: Paces,
    habits: Habits,
}

impl Shop {
    fn said(&self, seed: u64) -> Forecast {
        let situation = Situation {
            now: at(0),
            servers: self.servers.clone(),
            line: self.line.clone(),
            newcomers: Vec::new(),
            paces: &self.paces,
            habits: self.habits,
        };
        estimate(&situation, seed)
    }
}

fn any_server(n: u128) -> impl Strategy<Value = Server> {
    let hands = prop::option::of((10_u16..90, 0_i64..120, any::<bool>()));
    let plan = prop::collection::vec((-60_i64..300, 10_u16..60, any::<bool>()), 0..4);
    (hands, plan, -100_i64..100, prop::option::of(-10_i64..500)).prop_map(
        move |(hands, plan, since, until)| {
            let mut one = server(n).from(since);
            if let Some((minutes, spent, sits)) = hands {
                one = if sits { one.serving(minutes, -spent) } else { one.called(minutes) };
            }
            for (from, minutes, visit) in plan {
                let to = from + i64::from(minutes);
                one = if visit { one.visit(from, minutes) } else { one.away(from, to) };
            }
            until.map_or(one.clone(), |until| one.until(until))
        },
    )
}

fn any_waiting(n: u128) -> impl Strategy<Value = Waiting> {
    let wanted = prop_oneof![3 => Just(None), 1 => (1_u128..6).prop_map(Some)];
    (5_u16..90, 1_u16..4, wanted, prop::option::weighted(0.1, -30_i64..200), any::<bool>())
        .prop_map(move |(minutes, party, wanted, due, special)| {
            let mut one = waiting(n, minutes).of(party);
            one = wanted.map_or(one.clone(), |wanted| one.wants(wanted));
            one = due.map_or(one.clone(), |due| one.due(due));
            if special && n.is_multiple_of(5) { one.special() } else { one }
        })
}

fn any_shop() -> impl Strategy<Value = Shop> {
    let servers =
        (0_usize..5).prop_flat_map(|many| (1..=5).map(any_server).take(many).collect::<Vec<_>>());
    let line = (0_usize..12)
        .prop_flat_map(|many| (11..=30).map(any_waiting).take(many).collect::<Vec<_>>());
    let paces = prop::collection::vec((1_u128..6, 1_u128..6, 5.0_f64..200.0, 1_u8..30), 0..20);
    (servers, line, paces).prop_map(|(servers, line, rows)| {
        let rows = rows.into_iter().map(|(of, who, minutes, times)| {
            let mut pace = Pace::default();
            (0..times).for_each(|_| pace.observe(30.0, minutes));
            (service(of), staff(who), pace)
        });
        Shop { servers, line, paces: Paces::of(rows), habits: Habits::default() }
    })
}

/// Nobody leaves. Where they may, a longer wait can make somebody ahead leave, and be shorter for it.
fn staying() -> Habits {
    Habits { leave: [0.0; 2], ..Habits::default() }
}

/// Chairs that are all alike, and a line in which nobody asks for one: here more people can never
/// mean less waiting, nor fewer chairs. (Where staff differ they can: whom the slow one doesn't call,
/// the quick one does.)
fn even_shop() -> impl Strategy<Value = Shop> {
    let servers = (1_usize..6).prop_flat_map(|many| {
        let one = |n: u128| (0_i64..40).prop_map(move |spent| server(n).serving(30, -spent));
        (1..=6).map(one).take(many).collect::<Vec<_>>()
    });
    let line = (1_usize..10).prop_flat_map(|many| {
        let one = |n: u128| (5_u16..90).prop_map(move |minutes| waiting(n, minutes));
        (11..=30).map(one).take(many).collect::<Vec<_>>()
    });
    (servers, line).prop_map(|(servers, line)| Shop {
        servers,
        line,
        paces: exact(),
        habits: staying(),
    })
}

fn later(one: Option<Duration>, other: Option<Duration>) -> bool {
    let never = Duration::days(9);
    // To the second to which waits are rounded.
    one.unwrap_or(never) + Duration::seconds(1) >= other.unwrap_or(never)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn ranges_are_ranges_and_a_seed_is_a_seed(shop in any_shop(), seed: u64) {
        let said = shop.said(seed);
        prop_assert_eq!(&said, &shop.said(seed));
        prop_assert_eq!(said.line.len(), shop.line.len());
        for (wait, of) in said.line.iter().zip(&shop.line) {
            prop_assert_eq!(wait.entry, of.entry);
            prop_assert!(later(wait.p90, wait.p50));
            prop_assert!(wait.p50.is_none_or(|p50| p50 >= Duration::zero()));
            // Nobody calls who booked before their time, nor is anybody called by who isn't there.
            if let (Some(due), Some(p50)) = (of.due.filter(|_| of.wanted.is_some()), wait.p50) {
                prop_assert!(at(0) + p50 >= due - Duration::seconds(1));
            }
            let there = |wanted| shop.servers.iter().any(|server| server.id == wanted);
            prop_assert!(wait.p50.is_none() || of.wanted.is_none_or(there));
        }
    }

    #[test]
    fn the_order_in_which_staff_are_listed_says_nothing(shop in any_shop(), seed: u64) {
        let mut other = shop.clone();
        other.servers.reverse();
        prop_assert_eq!(shop.said(seed), other.said(seed));
    }

    #[test]
    fn who_comes_after_changes_nothing_for_who_is_before(shop in even_shop(), more in any_waiting(99)) {
        let mut longer = shop.clone();
        longer.line.push(Waiting { due: None, ..more });
        let before = shop.said(4).line;
        prop_assert_eq!(&longer.said(4).line[..before.len()], &before[..]);
    }

    #[test]
    fn somebody_ahead_never_shortens_a_wait(shop in even_shop(), minutes in 5_u16..90) {
        let mut longer = shop.clone();
        longer.line.insert(0, waiting(99, minutes));
        let (short, long) = (shop.said(2).line, longer.said(2).line);
        for (before, after) in short.iter().zip(&long[1..]) {
            prop_assert!(later(after.p50, before.p50) && later(after.p90, before.p90));
        }
    }

    #[test]
    fn a_chair_less_never_shortens_a_wait(shop in even_shop(), which in any::<prop::sample::Index>()) {
        let mut fewer = shop.clone();
        fewer.servers.remove(which.index(shop.servers.len()));
        for (before, after) in shop.said(2).line.iter().zip(&fewer.said(2).line) {
            prop_assert!(later(after.p50, before.p50) && later(after.p90, before.p90));
        }
    }

    #[test]
    fn what_was_seen_by_mistake_is_forgotten(
        seen in prop::collection::vec(10.0_f64..90.0, 0..60), mistake in 1.0_f64..400.0
    ) {
        let mut pace = Pace::default();
        for minutes in seen {
            pace.observe(30.0, minutes);
        }
        let before = pace;
        pace.observe(30.0, mistake);
        pace.forget(30.0, mistake);
        let near = |one: f64, other: f64| (one - other).abs() < 1e-6;
        prop_assert!(near(pace.n, before.n) && near(pace.mean, before.mean));
        prop_assert!(near(pace.m2, before.m2), "{pace:?} {before:?}");
    }

    #[test]
    fn a_pace_follows_what_is_seen(minutes in 12.0_f64..120.0, menu in 20_u16..60) {
        let menu = f64::from(menu);
        let mut pace = Pace::default();
        let one = || Paces::of([(service(1), staff(1), Pace::default())]);
        prop_assert!(one().expect(service(1), staff(1)).mean.abs() < 1e-9);
        let mut off = f64::INFINITY;
        for times in 0..200 {
            pace.observe(menu, minutes);
            if times % 50 == 49 {
                let learned = Paces::of([(service(1), staff(1), pace)]).expect(service(1), staff(1));
                let now = (learned.mean.exp() * menu - minutes).abs();
                prop_assert!(now <= off + 1e-9, "nearer with every fifty");
                off = now;
            }
        }
        prop_assert!(off <= minutes * 0.03);
    }
}

#[test]
fn little_knowledge_leans_on_more() {
    let seen = |minutes: f64, times: u32| {
        let mut pace = Pace::default();
        (0..times)
            .for_each(|n| pace.observe(30.0, minutes * (0.75 + 0.25 * f64::from((n + 1) % 3))));
        pace
    };
    // Three know the first service by heart and are slow at it; the third is slow at the second too.
    let paces = Paces::of([
        (service(1), staff(1), seen(45.0, 40)),
        (service(1), staff(2), seen(45.0, 40)),
        (service(1), staff(3), seen(60.0, 40)),
        (service(2), staff(1), seen(30.0, 40)),
        (service(2), staff(4), seen(20.0, 1)),
    ]);
    let of = |what, who| 30.0 * paces.expect(service(what), staff(who)).mean.exp();
    assert!((of(1, 1) - 45.0).abs() < 3.0, "known: {}", of(1, 1));
    assert!(of(1, 9) > 38.0 && of(1, 9) < 52.0, "a stranger is as the others: {}", of(1, 9));
    assert!(of(2, 3) > of(2, 9) + 2.0, "who is slow at one thing is slow at others: {}", of(2, 3));
    assert!(of(2, 4) > 22.0 && of(2, 4) < 29.0, "once is not often: {}", of(2, 4));
    assert!((of(3, 9) - 30.0).abs() < 1e-9, "nothing known: the menu");
    let doubt = |what, who| paces.expect(service(what), staff(who)).doubt;
    assert!(doubt(1, 1) < doubt(2, 4) && doubt(2, 4) < doubt(3, 9));
}

#[test]
fn what_cannot_be_a_duration_is_not_learned() {
    let mut pace = Pace::default();
    for minutes in [0.0, -5.0, 0.5, 600.0, f64::NAN, f64::INFINITY] {
        pace.observe(30.0, minutes);
    }
    assert_eq!(pace, Pace::default());
    let broken = Pace { n: 3.0, mean: f64::NAN, m2: 1.0 };
    let paces = Paces::of([(service(1), staff(1), broken)]);
    assert!(paces.expect(service(1), staff(1)).mean.abs() < 1e-9);
}

#[test]
fn what_is_seen_of_people_outweighs_what_is_usual() {
    let seen = |times: f64| Seen {
        called: 100.0 * times,
        no_shows: 20.0 * times,
        lost_seconds: 20.0 * 600.0 * times,
        ..Seen::default()
    };
    let usual = Habits::default();
    assert_eq!(Habits::learned(&Seen::default()), usual);
    let (some, many) = (Habits::learned(&seen(1.0)), Habits::learned(&seen(50.0)));
    assert!(usual.no_show < some.no_show && some.no_show < many.no_show);
    assert!((many.no_show - 0.2).abs() < 0.01 && (many.lost - 600.0).abs() < 5.0);
}

#[test]
fn ids_that_are_near_have_dice_that_are_not() {
    // Entries made in the same millisecond differ in a few bits.
    let waits = |entry: u128| {
        let mut line = vec![waiting(1, 60), waiting(2, 30)];
        line[0].entry = Uuid::from_u128(entry);
        let servers = vec![server(1)];
        Shop { servers, line, paces: Paces::default(), habits: staying() }.said(1).line[1]
    };
    assert_ne!(waits(0x100).p50, waits(0x101).p50);
}
