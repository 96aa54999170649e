//! What the estimator is told, and what it says.

use std::collections::HashSet;

use chrono::Duration;
use uuid::Uuid;

use super::habits::Habits;
use super::pace::Paces;
use crate::availability::Span;
use crate::ids::{Id, Service, StaffMember};
use crate::time::Instant;

/// A line at one location, as it stands.
#[derive(Debug, Clone)]
pub struct Situation<'a> {
    /// When that is.
    pub now: Instant,
    /// Who serves walk-ins, and who will.
    pub servers: Vec<Server>,
    /// Who waits to be called, first in line first. Who was called is in a server's hands.
    pub line: Vec<Waiting>,
    /// Who might join: each is asked about alone, last in line. They take nobody's time.
    pub newcomers: Vec<Waiting>,
    /// How long services really take here.
    pub paces: &'a Paces,
    /// What else is known of the people here.
    pub habits: Habits,
}

/// One of the staff who serves the line.
#[derive(Debug, Clone)]
pub struct Server {
    /// Who.
    pub id: Id<StaffMember>,
    /// What they can do here.
    pub skills: HashSet<Id<Service>>,
    /// When they begin. In the past: they are at it. Who is late is not listed before they come.
    pub since: Instant,
    /// When their shift ends, if that is known.
    pub until: Option<Instant>,
    /// Whom they serve, then whom they called: their entries in that order, walk-ins or visits.
    pub hands: Vec<Busy>,
    /// From when to when they served last today. It tells a break that began late from one that is
    /// over.
    pub last: Option<Span>,
    /// What keeps its time, in any order: booked visits that are not checked in (those that are
    /// checked in stand in the line, with their `due`), breaks, other absences.
    pub plan: Vec<Planned>,
}

/// A part of what somebody wants done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Work {
    /// Which service.
    pub service: Id<Service>,
    /// How long the menu says that it takes.
    pub minutes: u16,
}

/// A party that is with one of the staff, or on its way there.
#[derive(Debug, Clone)]
pub struct Busy {
    /// What they get, each of the party.
    pub services: Vec<Work>,
    /// How many they are.
    pub party: u16,
    /// Since when they are being served. Nothing: called, not there yet.
    pub since: Option<Instant>,
}

/// Something in somebody's day that keeps its time.
#[derive(Debug, Clone)]
pub enum Planned {
    /// A booked visit.
    Visit {
        /// When it begins.
        at: Instant,
        /// What was booked, each of the party.
        services: Vec<Work>,
        /// How many they are.
        party: u16,
    },
    /// A break, or anything else in which they serve nobody.
    Away(Span),
}

/// A party in line.
#[derive(Debug, Clone)]
pub struct Waiting {
    /// Its entry.
    pub entry: Uuid,
    /// What they want, each of the party.
    pub services: Vec<Work>,
    /// How many they are; one after the other gets it.
    pub party: u16,
    /// Whom they wait for. Nobody: whoever is free first.
    pub wanted: Option<Id<StaffMember>>,
    /// When they joined.
    pub joined: Instant,
    /// When their visit begins, if they booked one with whom they wait for.
    pub due: Option<Instant>,
}

/// How long a party waits until it is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wait {
    /// Its entry.
    pub entry: Uuid,
    /// Its place in line, from one. Visits whose time has not come don't count as being ahead.
    pub position: u32,
    /// As likely less as more. Nothing: they will probably not be called today.
    pub p50: Option<Duration>,
    /// Nine of ten are called sooner. Nothing: it is too likely that they won't be called today.
    pub p90: Option<Duration>,
}

/// What the estimator says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forecast {
    /// Of who is in line, in its order.
    pub line: Vec<Wait>,
    /// Of who might join, in the order asked.
    pub newcomers: Vec<Wait>,
}
