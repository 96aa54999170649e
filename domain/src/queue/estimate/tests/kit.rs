//! Small lines, said in minutes from now.

use std::collections::HashSet;

use chrono::{DateTime, Duration};
use uuid::Uuid;

use crate::availability::Span;
use crate::ids::{Id, Service, StaffMember};
use crate::queue::estimate::*;
use crate::time::Instant;

/// Services that everybody can do.
const COMMON: u128 = 5;

pub(super) fn at(minutes: i64) -> Instant {
    DateTime::UNIX_EPOCH + Duration::days(1) + Duration::minutes(minutes)
}

pub(super) fn staff(n: u128) -> Id<StaffMember> {
    Id::from_uuid(Uuid::from_u128(n))
}

pub(super) fn service(n: u128) -> Id<Service> {
    Id::from_uuid(Uuid::from_u128(n))
}

pub(super) fn work(minutes: u16) -> Vec<Work> {
    vec![Work { service: service(1), minutes }]
}

/// Always the same time: hundreds of observations of what the menu says, give or take nothing.
pub(super) fn exact() -> Paces {
    let sure = Pace { n: 1e9, mean: 0.0, m2: 0.0 };
    let cells = (1..=COMMON + 1).flat_map(|of| (1..=9).map(move |who| (of, who)));
    Paces::of(cells.map(|(of, who)| (service(of), staff(who), sure)))
}

/// Everybody comes when called, at once, and nobody leaves.
pub(super) fn punctual() -> Habits {
    Habits { no_show: 0.0, lost: 0.0, reach: 0.0, turn: 0.0, leave: [0.0; 2], absent: 0.0 }
}

pub(super) fn server(n: u128) -> Server {
    Server {
        id: staff(n),
        skills: (1..=COMMON).map(service).collect::<HashSet<_>>(),
        since: at(-300),
        until: None,
        hands: Vec::new(),
        last: None,
        plan: Vec::new(),
    }
}

pub(super) fn waiting(n: u128, minutes: u16) -> Waiting {
    Waiting {
        entry: Uuid::from_u128(n),
        services: work(minutes),
        party: 1,
        wanted: None,
        joined: at(0),
        due: None,
    }
}

impl Server {
    pub(super) fn serving(mut self, minutes: u16, since: i64) -> Self {
        self.hands.push(Busy { services: work(minutes), party: 1, since: Some(at(since)) });
        self
    }

    pub(super) fn called(mut self, minutes: u16) -> Self {
        self.hands.push(Busy { services: work(minutes), party: 1, since: None });
        self
    }

    pub(super) fn visit(mut self, from: i64, minutes: u16) -> Self {
        self.plan.push(Planned::Visit { at: at(from), services: work(minutes), party: 1 });
        self
    }

    pub(super) fn away(mut self, from: i64, to: i64) -> Self {
        self.plan.push(Planned::Away(Span { from: at(from), to: at(to) }));
        self
    }

    pub(super) fn last(self, from: i64, to: i64) -> Self {
        Self { last: Some(Span { from: at(from), to: at(to) }), ..self }
    }

    pub(super) fn from(self, since: i64) -> Self {
        Self { since: at(since), ..self }
    }

    pub(super) fn until(self, until: i64) -> Self {
        Self { until: Some(at(until)), ..self }
    }

    pub(super) fn also(mut self, skill: u128) -> Self {
        self.skills.insert(service(skill));
        self
    }
}

impl Waiting {
    pub(super) fn wants(self, n: u128) -> Self {
        Self { wanted: Some(staff(n)), ..self }
    }

    pub(super) fn of(self, party: u16) -> Self {
        Self { party, ..self }
    }

    pub(super) fn due(self, minutes: i64) -> Self {
        Self { due: Some(at(minutes)), ..self }
    }

    pub(super) fn special(mut self) -> Self {
        self.services[0].service = service(COMMON + 1);
        self
    }
}

/// What is said of a line, and of who might join it, in a shop where all goes as the menu says.
pub(super) fn said(servers: &[Server], line: &[Waiting], newcomers: &[Waiting]) -> Forecast {
    let paces = exact();
    let situation = Situation {
        now: at(0),
        servers: servers.to_vec(),
        line: line.to_vec(),
        newcomers: newcomers.to_vec(),
        paces: &paces,
        habits: punctual(),
    };
    estimate(&situation, 1)
}

/// P50, in whole minutes.
pub(super) fn minutes(waits: &[Wait]) -> Vec<Option<i64>> {
    let rounded = |p50: Duration| (p50 + Duration::seconds(30)).num_minutes();
    waits.iter().map(|wait| wait.p50.map(rounded)).collect()
}
