//! How long the engine takes for a month of a large shop: twenty staff, ten rooms, a thousand visits.

use std::collections::BTreeMap;
use std::hint::black_box;
use std::sync::Arc;

use chrono::{DateTime, Duration, NaiveDate};
use criterion::{Criterion, criterion_group, criterion_main};
use openchair_domain::availability::{
    Alignment, Block, Busy, Choice, RoomNeed, RoomRules, Rules, Seat, Skill, SlotRules, Span,
    StaffRules, Step, Visit, Week, Window, assignments, explain, first_free, slots,
};
use openchair_domain::ids::{Id, Service};
use openchair_domain::time::Instant;
use uuid::Uuid;

const STAFF: u32 = 20;
const ROOMS: u32 = 10;
const VISITS: u32 = 1_000;
const DAYS: u32 = 30;

fn id(kind: u32, n: u32) -> Uuid {
    // As ids are: the time in front, chance behind. What hashes them sees no order.
    let mixed = u64::from(kind << 16 | n).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    Uuid::from_u64_pair(0x019a_0000_0000_7000, mixed)
}

fn service() -> Id<Service> {
    Id::from_uuid(id(3, 1))
}

/// A Monday in October: the month that follows has a change of clocks.
fn first_day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 10, 12).unwrap_or_default()
}

fn start_of_day() -> Instant {
    let midnight = first_day().and_hms_opt(0, 0, 0).unwrap_or_default();
    DateTime::from_naive_utc_and_offset(midnight, chrono::Utc)
}

fn week(windows: &[(i16, i16)]) -> Week {
    let day: Vec<Window> =
        windows.iter().map(|(opens, closes)| Window { opens: *opens, closes: *closes }).collect();
    Week(std::array::from_fn(|_| day.clone()))
}

/// Everybody works two shifts with a break, is off on two days of the week, and does the service; some
/// have a day of their own, time off and another duration.
fn shop(varied: bool) -> Rules {
    let one = |n: u32| {
        let mut hours = week(&[(9 * 60, 14 * 60), (14 * 60 + 30, 20 * 60)]);
        let off = n as usize % 7;
        hours.0[off].clear();
        hours.0[(off + 3) % 7].clear();
        let day = first_day() + Duration::days(i64::from(n));
        let away = start_of_day() + Duration::days(i64::from(n));
        let minutes = (varied && n.is_multiple_of(3)).then_some(75);
        StaffRules {
            id: Id::from_uuid(id(1, n)),
            online: true,
            hours,
            breaks: week(&[(12 * 60, 12 * 60 + 30)]),
            days: BTreeMap::from([(day, vec![Window { opens: 600, closes: 900 }])]),
            time_off: vec![Span { from: away, to: away + Duration::hours(12) }],
            default_room: None,
            daily_cap: None,
            skills: [(service(), Skill { minutes, price_minor: None })].into(),
        }
    };
    let room = |n: u32| RoomRules {
        id: Id::from_uuid(id(2, n)),
        places: 2,
        features: BTreeMap::from([(Arc::from("table"), 1)]),
    };
    Rules {
        zone: chrono_tz::America::New_York,
        hours: week(&[(8 * 60, 21 * 60)]),
        days: BTreeMap::new(),
        closures: Vec::new(),
        staff: (0..STAFF).map(one).collect(),
        rooms: (0..ROOMS).map(room).collect(),
    }
}

/// A thousand visits of an hour and a quarter, each with one of the staff and a room, none over another.
fn taken() -> Busy {
    let mut blocks: Vec<Block> = Vec::new();
    let mut chance = 42_u32;
    let mut next = |below: u32| {
        chance = chance.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (chance >> 8) % below
    };
    let mut visit = 0;
    while visit < VISITS {
        let at = i64::from(next(DAYS)) * 1_440 + 13 * 60 + i64::from(next(44)) * 15;
        let from = start_of_day() + Duration::minutes(at);
        let span = Span { from, to: from + Duration::minutes(75) };
        let both = [id(1, next(STAFF)), id(2, next(ROOMS))];
        let over = |block: &Block| {
            both.contains(&block.resource) && block.span.from < span.to && span.from < block.span.to
        };
        if !blocks.iter().any(over) {
            let appointment = Id::from_uuid(id(4, visit));
            let block = |resource| Block { resource, span, appointment, lapses_at: None };
            blocks.extend(both.map(block));
            visit += 1;
        }
    }
    Busy::of(blocks)
}

fn visit(steps: usize, seats: u8, alignment: Alignment) -> Visit {
    let seat = |customer| Seat {
        service: service(),
        customer,
        minutes: 60,
        extra_minutes: 0,
        staff: Choice::Any,
    };
    let need = RoomNeed { places: seats, features: vec![Arc::from("table")], given: None };
    let step = Step {
        seats: (1..=seats).map(seat).collect(),
        room: Some(need),
        buffer_before: 0,
        buffer_after: 15,
    };
    let rules = SlotRules { step: 15, alignment, notice: 60, horizon_days: 60 };
    Visit { steps: vec![step; steps], online: true, rules, instead_of: None }
}

fn month(bench: &mut Criterion) {
    let (even, varied, busy) = (shop(false), shop(true), taken());
    let days = first_day()..=first_day() + Duration::days(i64::from(DAYS) - 1);
    let now = start_of_day();
    let cases = [
        ("single", &even, visit(1, 1, Alignment::Clock)),
        ("single, packed", &even, visit(1, 1, Alignment::Packed)),
        ("single, own durations", &varied, visit(1, 1, Alignment::Clock)),
        ("three in a row", &even, visit(3, 1, Alignment::Clock)),
        ("couple", &even, visit(1, 2, Alignment::Clock)),
        ("couple, own durations", &varied, visit(1, 2, Alignment::Clock)),
        ("couple, two in a row", &even, visit(2, 2, Alignment::Clock)),
    ];
    let mut group = bench.benchmark_group("30 days, 20 staff, 10 rooms, 1000 visits");
    for (name, rules, visit) in &cases {
        group.bench_function(*name, |run| {
            run.iter(|| slots(black_box(rules), black_box(&busy), visit, days.clone(), now));
        });
    }
    group.finish();

    let single = &cases[0].2;
    let couple = &cases[6].2;
    let noon = start_of_day() + Duration::days(3) + Duration::hours(17);
    let mut group = bench.benchmark_group("one start");
    group.bench_function("assignments, single", |run| {
        run.iter(|| assignments(black_box(&even), black_box(&busy), single, noon, now));
    });
    group.bench_function("assignments, couple, two in a row", |run| {
        run.iter(|| assignments(black_box(&even), black_box(&busy), couple, noon, now));
    });
    group.bench_function("explain, single", |run| {
        run.iter(|| explain(black_box(&even), black_box(&busy), single, noon, now));
    });
    group.bench_function("first free, single", |run| {
        run.iter(|| first_free(black_box(&even), black_box(&busy), single, first_day(), 30, now));
    });
    group.finish();
}

criterion_group!(benches, month);
criterion_main!(benches);
