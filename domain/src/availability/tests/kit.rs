//! Shops, staff and visits in few words.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::sync::Arc;

use chrono::{NaiveDate, NaiveDateTime};
use uuid::Uuid;

use crate::availability::*;
use crate::ids::{Appointment, Id, Room, Service, StaffMember};
use crate::time::Instant;

pub(super) fn staff(n: u128) -> Id<StaffMember> {
    Id::from_uuid(Uuid::from_u128(0x5_0000 + n))
}

pub(super) fn room(n: u128) -> Id<Room> {
    Id::from_uuid(Uuid::from_u128(0x6_0000 + n))
}

pub(super) fn service(n: u128) -> Id<Service> {
    Id::from_uuid(Uuid::from_u128(0x7_0000 + n))
}

pub(super) fn booked(n: u128) -> Id<Appointment> {
    Id::from_uuid(Uuid::from_u128(0x8_0000 + n))
}

/// `2026-03-08T07:00:00Z`, or without seconds.
pub(super) fn at(text: &str) -> Instant {
    let text = text.trim_end_matches('Z');
    let parsed = NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M");
    parsed.or_else(|_| text.parse()).unwrap().and_utc()
}

pub(super) fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub(super) fn span(from: &str, to: &str) -> Span {
    Span { from: at(from), to: at(to) }
}

/// `09:00-12:30`; `22:00-02:00` is over midnight; `+` before a time is the next day.
pub(super) fn window(text: &str) -> Window {
    let minutes = |text: &str| {
        let (hours, minutes) = text.split_once(':').unwrap();
        hours.parse::<i16>().unwrap() * 60 + minutes.parse::<i16>().unwrap()
    };
    let (opens, closes) = text.split_once('-').unwrap();
    let (opens, closes) = (minutes(opens), minutes(closes));
    Window { opens, closes: if closes <= opens { closes + 1_440 } else { closes } }
}

/// `09:00-12:00 13:00-17:00`
pub(super) fn windows(text: &str) -> Vec<Window> {
    text.split_whitespace().map(window).collect()
}

/// The same every day.
pub(super) fn daily(text: &str) -> Week {
    Week(std::array::from_fn(|_| windows(text)))
}

/// On those weekdays, 1 is Monday.
pub(super) fn weekly(weekdays: RangeInclusive<usize>, text: &str) -> Week {
    let of = |day: usize| if weekdays.contains(&(day + 1)) { windows(text) } else { Vec::new() };
    Week(std::array::from_fn(of))
}

/// A shop with those hours every day.
pub(super) fn shop(zone: &str, hours: &str) -> Rules {
    Rules {
        zone: zone.parse().unwrap(),
        hours: daily(hours),
        days: BTreeMap::new(),
        closures: Vec::new(),
        staff: Vec::new(),
        rooms: Vec::new(),
    }
}

/// One who does service 1, with those hours every day.
pub(super) fn person(n: u128, hours: &str) -> StaffRules {
    StaffRules {
        id: staff(n),
        online: true,
        hours: daily(hours),
        breaks: Week::default(),
        days: BTreeMap::new(),
        time_off: Vec::new(),
        default_room: None,
        daily_cap: None,
        skills: [(service(1), Skill::default())].into(),
    }
}

impl StaffRules {
    pub(super) fn doing(mut self, services: &[u128]) -> Self {
        self.skills = services.iter().map(|n| (service(*n), Skill::default())).collect();
        self
    }

    pub(super) fn taking(mut self, n: u128, minutes: u16) -> Self {
        let skill = Skill { minutes: Some(minutes), price_minor: None };
        self.skills.insert(service(n), skill);
        self
    }
}

impl Rules {
    pub(super) fn with(mut self, staff: StaffRules) -> Self {
        self.staff.push(staff);
        self
    }

    /// A room with features and how little it is wanted for each.
    pub(super) fn room(mut self, n: u128, places: u8, features: &[(&str, u8)]) -> Self {
        let features = features.iter().map(|(name, rank)| (Arc::from(*name), *rank)).collect();
        self.rooms.push(RoomRules { id: room(n), places, features });
        self
    }
}

pub(super) fn seat(n: u128, minutes: u16, staff: Choice) -> Seat {
    Seat { service: service(n), customer: 1, minutes, extra_minutes: 0, staff }
}

pub(super) fn step(seats: Vec<Seat>) -> Step {
    Step { seats, room: None, buffer_before: 0, buffer_after: 0 }
}

pub(super) fn need(places: u8, features: &[&str]) -> RoomNeed {
    let features = features.iter().map(|name| Arc::from(*name)).collect();
    RoomNeed { places, features, given: None }
}

/// Service 1 with anybody.
pub(super) fn visit(minutes: u16, every: u16) -> Visit {
    visit_of(vec![step(vec![seat(1, minutes, Choice::Any)])], every)
}

pub(super) fn visit_of(steps: Vec<Step>, every: u16) -> Visit {
    let rules =
        SlotRules { step: every, alignment: Alignment::Clock, notice: 0, horizon_days: 3_650 };
    Visit { steps, online: true, rules, instead_of: None }
}

impl Visit {
    pub(super) fn packed(mut self) -> Self {
        self.rules.alignment = Alignment::Packed;
        self
    }

    pub(super) fn by_staff(mut self) -> Self {
        self.online = false;
        self
    }

    pub(super) fn buffers(mut self, before: u16, after: u16) -> Self {
        for step in &mut self.steps {
            (step.buffer_before, step.buffer_after) = (before, after);
        }
        self
    }

    pub(super) fn given(mut self, n: u128) -> Self {
        self.steps[0].seats[0].staff = Choice::Given(staff(n));
        self
    }

    pub(super) fn housed(mut self, need: RoomNeed) -> Self {
        for step in &mut self.steps {
            step.room = Some(need.clone());
        }
        self
    }
}

/// Visit `n` takes a resource.
pub(super) fn block(n: u128, resource: Uuid, from: &str, to: &str) -> Block {
    Block { resource, span: span(from, to), appointment: booked(n), lapses_at: None }
}

/// `2026-03-07..2026-03-08`, or one day.
pub(super) fn days(text: &str) -> RangeInclusive<NaiveDate> {
    let (first, last) = text.split_once("..").unwrap_or((text, text));
    day(first)..=day(last)
}

/// Long before everything that tests speak of.
pub(super) fn long_ago() -> Instant {
    at("2020-01-01T00:00Z")
}

/// The starts as the wall shows them: `08:00`, or `14/08:00` if several days are asked for.
pub(super) fn starts_but(rules: &Rules, busy: &[Block], visit: &Visit, asked: &str) -> Vec<String> {
    let busy = Busy::of(busy.iter().copied());
    let shown = if asked.contains("..") { "%d/%H:%M" } else { "%H:%M" };
    slots(rules, &busy, visit, days(asked), long_ago())
        .into_iter()
        .map(|slot| slot.start.with_timezone(&rules.zone).format(shown).to_string())
        .collect()
}

/// The same with nothing taken.
pub(super) fn starts(rules: &Rules, visit: &Visit, asked: &str) -> Vec<String> {
    starts_but(rules, &[], visit, asked)
}

/// The reasons' names.
pub(super) fn codes(why: &[Why]) -> Vec<&'static str> {
    why.iter().map(Why::code).collect()
}
