//! A situation, reckoned through once for all runs: seconds from now, places instead of ids, and how
//! long everything takes with everybody.

use std::collections::HashMap;

use chrono::TimeDelta;
use uuid::Uuid;

use super::in_time;
use super::length::Length;
use super::model::{Busy, Planned, Server, Situation, Waiting, Work};
use crate::ids::{Id, StaffMember};
use crate::time::Instant;

/// How long a booked customer is waited for. Seconds.
pub(super) const GRACE: f64 = 600.0;

#[derive(Debug)]
pub(super) struct Scene {
    pub(super) chairs: Vec<Chair>,
    /// Who is in line, then newcomers: their dice, and how long they have waited.
    pub(super) people: Vec<(u64, f64)>,
    /// How many of them are in line.
    pub(super) in_line: usize,
    pub(super) kinds: Vec<Kind>,
    /// Of which kind each of them is.
    kind_of: Vec<usize>,
}

/// People who want the same, and by whom, are served alike: of them, the first in line goes first. So
/// whoever is free looks through what is wanted, and not through everybody.
#[derive(Debug)]
pub(super) struct Kind {
    /// Who of the line is called in turn, first in line first. The others are in somebody's plan.
    pub(super) in_turn: Vec<usize>,
    /// How long they take with each of the chairs. Nothing: not served there.
    lengths: Vec<Option<Length>>,
}

/// One of the staff.
#[derive(Debug)]
pub(super) struct Chair {
    pub(super) dice: u64,
    pub(super) start: Start,
    /// The latest that something may be expected to end.
    until: f64,
    /// What keeps its time, earliest first.
    pub(super) plan: Vec<Fixed>,
    /// Which kinds of those who are called in turn are served here.
    pub(super) kinds: Vec<usize>,
}

/// How somebody begins.
#[derive(Debug)]
pub(super) enum Start {
    /// Not before this.
    Later(f64),
    /// With these, and what each of them has had already.
    Hands(Vec<(Length, Option<f64>)>),
}

#[derive(Debug)]
pub(super) struct Fixed {
    pub(super) at: f64,
    pub(super) what: What,
}

#[derive(Debug)]
pub(super) enum What {
    /// Nobody is served for so long.
    Away(f64),
    /// A visit that is not checked in, and its dice.
    Visit(Length, u64),
    /// A visit that is checked in: who of the line.
    Checked(usize),
}

impl Scene {
    pub(super) fn of(situation: &Situation<'_>) -> Self {
        // Whoever is free at the same time calls in an order that is not the caller's.
        let mut servers: Vec<&Server> = situation.servers.iter().collect();
        servers.sort_by_key(|server| server.id);
        let all = || situation.line.iter().chain(&situation.newcomers);
        let mut scene = Self {
            chairs: servers.iter().map(|server| chair(situation, server)).collect(),
            people: all()
                .map(|one| (named(one.entry), seconds(one.joined, situation.now).max(0.0)))
                .collect(),
            in_line: situation.line.len(),
            kinds: Vec::new(),
            kind_of: Vec::with_capacity(situation.line.len() + situation.newcomers.len()),
        };
        let mut known: HashMap<(&[Work], u16, Option<Id<StaffMember>>, bool), usize> =
            HashMap::new();
        for (who, one) in all().enumerate() {
            let booked = one.due.filter(|_| who < scene.in_line).zip(one.wanted);
            let alike = (&*one.services, one.party, one.wanted, booked.is_some());
            let kind = *known.entry(alike).or_insert_with(|| {
                scene.kinds.push(Kind::of(situation, &servers, one, booked.is_some()));
                scene.kinds.len() - 1
            });
            scene.kind_of.push(kind);
            let Kind { in_turn, lengths } = &mut scene.kinds[kind];
            if let Some((due, _)) = booked {
                let at = seconds(situation.now, due).max(0.0);
                let served = scene.chairs.iter_mut().zip(lengths).filter(|(_, one)| one.is_some());
                for (chair, _) in served {
                    chair.plan.push(Fixed { at, what: What::Checked(who) });
                }
            } else if who < scene.in_line {
                in_turn.push(who);
            }
        }
        for (kind, one) in scene.kinds.iter().enumerate().filter(|(_, one)| !one.in_turn.is_empty())
        {
            let served = scene.chairs.iter_mut().zip(&one.lengths);
            for (chair, _) in served.filter(|(_, length)| length.is_some()) {
                chair.kinds.push(kind);
            }
        }
        for chair in &mut scene.chairs {
            chair.plan.sort_by(|one, other| one.at.total_cmp(&other.at));
        }
        scene
    }

    pub(super) fn length(&self, who: usize, chair: usize) -> Option<&Length> {
        self.kinds[self.kind_of[who]].lengths[chair].as_ref()
    }

    /// Whether they can be called to that chair: served there, and done before what comes next.
    pub(super) fn fits(&self, who: usize, chair: usize, begins: f64, next: Option<f64>) -> bool {
        let limit = self.chairs[chair].until.min(next.unwrap_or(f64::INFINITY));
        let takes = self.length(who, chair).map(|length| length.expected);
        takes.is_some_and(|takes| in_time(begins, takes, limit))
    }
}

impl Kind {
    /// Those who want what this one wants.
    fn of(situation: &Situation<'_>, servers: &[&Server], one: &Waiting, booked: bool) -> Self {
        let length = |server: &&Server| {
            let theirs = one.wanted.is_none_or(|wanted| wanted == server.id);
            let able =
                booked || one.services.iter().all(|work| server.skills.contains(&work.service));
            (theirs && able)
                .then(|| Length::of(&one.services, one.party, server.id, situation.paces))
        };
        Self { in_turn: Vec::new(), lengths: servers.iter().map(length).collect() }
    }
}

/// Where in line everybody is. A visit whose time has not come is ahead of nobody.
pub(super) fn positions(line: &[Waiting], now: Instant) -> impl Iterator<Item = u32> {
    line.iter().scan(1_u32, move |next, one| {
        let position = *next;
        *next += u32::from(one.due.is_none_or(|due| due <= now));
        Some(position)
    })
}

fn chair(situation: &Situation<'_>, server: &Server) -> Chair {
    let now = situation.now;
    let length = |busy: &Busy| {
        let spent = busy.since.map(|since| seconds(since, now).max(0.0));
        (Length::of(&busy.services, busy.party, server.id, situation.paces), spent)
    };
    let begins = seconds(now, server.since);
    let start = if begins > 0.0 && server.hands.is_empty() {
        Start::Later(begins)
    } else {
        let mut hands: Vec<_> = server.hands.iter().map(length).collect();
        hands.sort_by_key(|(_, spent)| spent.is_none());
        Start::Hands(hands)
    };
    Chair {
        dice: named(server.id.uuid()),
        start,
        until: server.until.map_or(f64::INFINITY, |until| seconds(now, until)),
        plan: server.plan.iter().filter_map(|planned| fixed(situation, server, planned)).collect(),
        kinds: Vec::new(),
    }
}

/// What of a plan is still ahead.
fn fixed(situation: &Situation<'_>, server: &Server, planned: &Planned) -> Option<Fixed> {
    let now = situation.now;
    match planned {
        Planned::Visit { at, services, party } => {
            let from = seconds(now, *at);
            let dice = named(server.id.uuid()) ^ at.timestamp().cast_unsigned();
            let length = Length::of(services, *party, server.id, situation.paces);
            // Who is as late as that without having been called off doesn't come.
            (from > -GRACE).then_some(Fixed { at: from, what: What::Visit(length, dice) })
        }
        Planned::Away(span) => {
            let (from, to) = (seconds(now, span.from), seconds(now, span.to));
            let whole = Fixed { at: from.max(0.0), what: What::Away((to - from).max(0.0)) };
            if from > 0.0 {
                return Some(whole);
            }
            let started = |busy: &Busy| busy.since.or(Some(now));
            let serves = server.hands.first().and_then(started);
            let since = serves.or(server.last.map(|last| last.from));
            if since.is_some_and(|since| since > span.from) {
                // They have begun something after it should have begun: they had it, or do without.
                return None;
            }
            if serves.is_some() {
                // They could not begin it yet: it comes after.
                return Some(whole);
            }
            let late = server.last.map_or(0.0, |last| seconds(span.from, last.to).max(0.0));
            let left = to + late;
            (left > 0.0).then_some(Fixed { at: 0.0, what: What::Away(left) })
        }
    }
}

fn seconds(from: Instant, to: Instant) -> f64 {
    TimeDelta::as_seconds_f64(to - from)
}

fn named(id: Uuid) -> u64 {
    let (high, low) = id.as_u64_pair();
    high.rotate_left(32) ^ low
}
