//! How long the estimate of a long line takes: six staff, thirty who wait, two hundred runs.

use std::hint::black_box;

use chrono::{DateTime, Duration};
use criterion::{Criterion, criterion_group, criterion_main};
use openchair_domain::availability::Span;
use openchair_domain::ids::{Id, Service, StaffMember};
use openchair_domain::queue::estimate::{
    Busy, Habits, Pace, Paces, Planned, Server, Situation, Waiting, Work, estimate,
};
use openchair_domain::time::Instant;
use uuid::Uuid;

const STAFF: u16 = 6;
const WAITING: u16 = 30;
const SERVICES: u16 = 6;

fn id(kind: u16, n: u16) -> Uuid {
    Uuid::from_u64_pair(u64::from(kind), u64::from(n))
}

fn service(n: u16) -> Id<Service> {
    Id::from_uuid(id(1, n % SERVICES))
}

fn staff(n: u16) -> Id<StaffMember> {
    Id::from_uuid(id(2, n % STAFF))
}

fn at(minutes: u16) -> Instant {
    DateTime::UNIX_EPOCH + Duration::minutes(i64::from(minutes))
}

fn work(n: u16) -> Vec<Work> {
    let one = |of: u16| Work { service: service(of), minutes: 15 + of % 4 * 10 };
    if n.is_multiple_of(3) { vec![one(n), one(n + 1)] } else { vec![one(n)] }
}

/// Everybody serves somebody, has a break and two visits ahead.
fn server(n: u16) -> Server {
    let visit = |from: u16| Planned::Visit { at: at(from + n), services: work(n), party: 1 };
    let away = Planned::Away(Span { from: at(200 + 30 * n), to: at(230 + 30 * n) });
    Server {
        id: staff(n),
        skills: (0..SERVICES).filter(|of| n != *of).map(service).collect(),
        since: at(0),
        until: Some(at(600)),
        hands: vec![Busy { services: work(n), party: 1, since: Some(at(95 + n)) }],
        last: None,
        plan: vec![visit(160), away, visit(400)],
    }
}

fn waiting(n: u16) -> Waiting {
    Waiting {
        entry: id(3, n),
        services: work(n),
        party: 1 + u16::from(n.is_multiple_of(10)),
        wanted: n.is_multiple_of(3).then(|| staff(n / 3)),
        joined: at(100 - n),
        due: None,
    }
}

fn paces() -> Paces {
    let cells = (0..SERVICES).flat_map(|of| (0..STAFF).map(move |who| (of, who)));
    Paces::of(cells.map(|(of, who)| {
        let mut pace = Pace::default();
        for n in 0..20 {
            pace.observe(30.0, 24.0 + f64::from(who) * 2.0 + f64::from((n * 7 + of) % 5));
        }
        (service(of), staff(who), pace)
    }))
}

fn lines(bench: &mut Criterion) {
    let paces = paces();
    let situation = |people: u16| Situation {
        now: at(100),
        servers: (0..STAFF).map(server).collect(),
        line: (0..people).map(waiting).collect(),
        newcomers: Vec::new(),
        paces: &paces,
        habits: Habits::default(),
    };
    let newcomers = Situation {
        newcomers: (0..=STAFF)
            .map(|n| Waiting { wanted: (n < STAFF).then(|| staff(n)), ..waiting(100 + n) })
            .collect(),
        ..situation(WAITING)
    };
    let mut group = bench.benchmark_group("estimate, 6 staff, 200 runs");
    for (name, case) in [
        ("5 waiting", &situation(5)),
        ("30 waiting", &situation(WAITING)),
        ("30 waiting, and a newcomer for each of the staff", &newcomers),
    ] {
        group.bench_function(name, |run| run.iter(|| estimate(black_box(case), 7)));
    }
    group.finish();
}

criterion_group!(benches, lines);
criterion_main!(benches);
