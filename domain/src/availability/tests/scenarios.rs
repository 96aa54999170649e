//! Random shops, on days on which something happens to the clocks, and what is asked of them.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{Days, Duration, NaiveDate, NaiveTime};
use proptest::option::weighted;
use proptest::prelude::*;
use proptest::sample::select;

use super::kit::{booked, day, room, service, staff};
use crate::availability::*;
use crate::time::Instant;

/// What is asked of whom, about the two days from `day` on.
#[derive(Debug, Clone)]
pub(super) struct Scenario {
    pub(super) rules: Rules,
    pub(super) blocks: Vec<Block>,
    pub(super) visit: Visit,
    pub(super) day: NaiveDate,
    pub(super) now: Instant,
}

const PLACES: [(&str, &str); 10] = [
    ("Europe/Berlin", "2026-05-05"),
    ("America/New_York", "2026-03-07"),
    ("America/New_York", "2026-10-31"),
    ("Australia/Lord_Howe", "2026-04-04"),
    ("Australia/Lord_Howe", "2026-10-04"),
    ("America/Havana", "2026-03-08"),
    ("America/Havana", "2026-10-31"),
    ("Africa/Cairo", "2026-04-23"),
    ("Asia/Kathmandu", "2026-01-01"),
    ("Pacific/Apia", "2011-12-29"),
];

fn minutes(most: u16, of: u16) -> impl Strategy<Value = u16> {
    (0..=most / of).prop_map(move |n| n * of)
}

fn window(longest: i16) -> impl Strategy<Value = Window> {
    (0_i16..96, 1..=longest / 15)
        .prop_map(|(opens, long)| Window { opens: opens * 15, closes: (opens + long) * 15 })
}

fn a_week(most: usize, longest: i16) -> impl Strategy<Value = Week> {
    // Of each weekday its own: mostly a day as others have it.
    let usual = Just(vec![Window { opens: 480, closes: 1_200 }]);
    let odd = prop::collection::vec(window(longest), 0..=most);
    let of_day = if most > 1 { prop_oneof![4 => usual, 1 => odd].boxed() } else { odd.boxed() };
    prop::array::uniform7(of_day).prop_map(Week)
}

fn own_days(base: NaiveDate) -> impl Strategy<Value = BTreeMap<NaiveDate, Vec<Window>>> {
    prop::collection::vec((0_u64..5, prop::collection::vec(window(1_440), 0..=2)), 0..=2).prop_map(
        move |days| {
            let of = |(after, windows)| (base - Days::new(1) + Days::new(after), windows);
            days.into_iter().map(of).collect()
        },
    )
}

/// Around the first of the days asked for.
fn moment(base: NaiveDate) -> impl Strategy<Value = Instant> {
    (-288_i64..1_152).prop_map(move |fives| {
        base.and_time(NaiveTime::MIN).and_utc() + Duration::minutes(fives * 5)
    })
}

fn a_span(base: NaiveDate, longest: i64) -> impl Strategy<Value = Span> {
    (moment(base), 1..=longest / 5)
        .prop_map(|(from, fives)| Span { from, to: from + Duration::minutes(fives * 5) })
}

fn skill() -> impl Strategy<Value = Option<Skill>> {
    let own = weighted(0.3, minutes(60, 5).prop_map(|minutes| minutes + 5));
    weighted(0.9, own.prop_map(|minutes| Skill { minutes, price_minor: None }))
}

fn someone(base: NaiveDate) -> impl Strategy<Value = StaffRules> {
    let time = (
        a_week(2, 1_440),
        a_week(1, 60),
        own_days(base),
        prop::collection::vec(a_span(base, 600), 0..=1),
    );
    let rest = (
        prop::bool::weighted(0.85),
        weighted(0.4, 1_u128..4),
        weighted(0.2, 0_u16..3),
        prop::array::uniform3(skill()),
    );
    (time, rest).prop_map(
        |((hours, breaks, days, time_off), (online, place, daily_cap, skills))| {
            let skills = (1..).zip(skills).filter_map(|(n, skill)| Some((service(n), skill?)));
            StaffRules {
                id: staff(0),
                online,
                hours,
                breaks,
                days,
                time_off,
                default_room: place.map(room),
                daily_cap,
                skills: skills.collect(),
            }
        },
    )
}

fn a_room() -> impl Strategy<Value = RoomRules> {
    let feature = |name: &'static str| {
        weighted(0.6, 0_u8..3).prop_map(move |rank| rank.map(|rank| (Arc::from(name), rank)))
    };
    (select(vec![1_u8, 2, 2]), feature("couples"), feature("scrub")).prop_map(
        |(places, one, other)| RoomRules {
            id: room(0),
            places,
            features: one.into_iter().chain(other).collect(),
        },
    )
}

fn a_shop(zone: &'static str, base: NaiveDate) -> impl Strategy<Value = Rules> {
    let closures = prop::collection::vec((0_u64..5, 0_u64..2), 0..=1);
    let closures = closures.prop_map(move |closed| {
        let of = |(after, long)| {
            let first = base - Days::new(1) + Days::new(after);
            (first, first + Days::new(long))
        };
        closed.into_iter().map(of).collect::<Vec<_>>()
    });
    let people = prop::collection::vec(someone(base), 2..=4);
    let rooms = prop_oneof![1 => Just(0_usize), 9 => 2..=3_usize]
        .prop_flat_map(|rooms| prop::collection::vec(a_room(), rooms));
    (a_week(2, 1_440), own_days(base), weighted(0.2, closures), people, rooms).prop_map(
        move |(hours, days, closures, mut people, mut rooms)| {
            (1..).zip(&mut people).for_each(|(n, one)| one.id = staff(n));
            (1..).zip(&mut rooms).for_each(|(n, one)| one.id = room(n));
            Rules {
                zone: zone.parse().unwrap(),
                hours,
                days,
                closures: closures.unwrap_or_default(),
                staff: people,
                rooms,
            }
        },
    )
}

fn a_step() -> impl Strategy<Value = Step> {
    let choice = prop_oneof![
        6 => Just(Choice::Any),
        1 => (1_u128..=2).prop_map(|n| Choice::Given(staff(n))),
        1 => (1_u128..=2).prop_map(|n| Choice::Kept(staff(n))),
        1 => Just(Choice::Nobody),
    ];
    let seat = (1_u128..=3, 1_u8..=2, minutes(60, 5), minutes(15, 5), choice).prop_map(
        |(n, customer, minutes, extra_minutes, staff)| Seat {
            service: service(n),
            customer,
            minutes: minutes + 5,
            extra_minutes,
            staff,
        },
    );
    let features = prop::sample::subsequence(vec!["couples", "scrub"], 0..=1);
    let need = (select(vec![1_u8, 1, 2]), features, weighted(0.1, 1_u128..=4)).prop_map(
        |(places, features, given)| RoomNeed {
            places,
            features: features.into_iter().map(Arc::from).collect(),
            given: given.map(room),
        },
    );
    let seats = prop_oneof![3 => Just(1_usize), 1 => Just(2)];
    let seats = (seats, prop::collection::vec(seat, 2)).prop_map(|(number, mut seats)| {
        seats.truncate(number);
        seats
    });
    (seats, weighted(0.4, need), minutes(20, 5), minutes(20, 5)).prop_map(
        |(seats, room, buffer_before, buffer_after)| Step {
            seats,
            room,
            buffer_before,
            buffer_after,
        },
    )
}

fn a_visit() -> impl Strategy<Value = Visit> {
    let rules = (
        select(vec![5_u16, 15, 20, 30, 45, 60, 7]),
        select(vec![Alignment::Clock, Alignment::Packed]),
        prop_oneof![Just(0_u32), 0_u32..600],
        prop_oneof![Just(9_u16), 0_u16..3],
    );
    let rules = rules.prop_map(|(step, alignment, notice, horizon_days)| SlotRules {
        step,
        alignment,
        notice,
        horizon_days,
    });
    let steps = prop_oneof![3 => Just(1_usize), 2 => Just(2), 1 => Just(3)];
    let steps = steps.prop_flat_map(|steps| prop::collection::vec(a_step(), steps));
    (steps, prop::bool::weighted(0.8), rules, weighted(0.2, 0_u128..6)).prop_map(
        |(steps, online, rules, moved)| Visit {
            steps,
            online,
            rules,
            instead_of: moved.map(booked),
        },
    )
}

fn a_block(base: NaiveDate) -> impl Strategy<Value = Block> {
    let resource = prop_oneof![
        2 => (1_u128..=4).prop_map(|n| staff(n).uuid()),
        1 => (1_u128..=3).prop_map(|n| room(n).uuid()),
    ];
    (resource, a_span(base, 180), 0_u128..6, weighted(0.2, moment(base))).prop_map(
        |(resource, span, visit, lapses_at)| Block {
            resource,
            span,
            appointment: booked(visit),
            lapses_at,
        },
    )
}

/// Any of them.
pub(super) fn any() -> impl Strategy<Value = Scenario> {
    select(PLACES.to_vec()).prop_flat_map(|(zone, base)| {
        let base = day(base);
        let now = (-288_i64..200).prop_map(move |fives| {
            base.and_time(NaiveTime::MIN).and_utc() + Duration::minutes(fives * 5)
        });
        let blocks = prop::collection::vec(a_block(base), 0..14);
        (a_shop(zone, base), blocks, a_visit(), now).prop_map(move |(rules, blocks, visit, now)| {
            Scenario { rules, blocks, visit, day: base, now }
        })
    })
}
