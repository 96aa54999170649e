//! What the engine speaks of.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use chrono::NaiveDate;
use chrono_tz::Tz;
use uuid::Uuid;

use crate::ids::{Appointment, Id, Room, Service, StaffMember};
use crate::time::Instant;
use crate::words::words;

/// A stretch of one civil day, in minutes from its midnight. Past 1440 it is the next day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Window {
    /// The first minute.
    pub opens: i16,
    /// The first minute after it.
    pub closes: i16,
}

/// The windows of each weekday, Monday first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Week(pub [Vec<Window>; 7]);

/// From an instant up to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The first instant.
    pub from: Instant,
    /// The first instant after it.
    pub to: Instant,
}

/// Everything that says what could be booked at one location, were nothing taken.
#[derive(Debug, Clone, PartialEq)]
pub struct Rules {
    /// The zone that its civil times are in.
    pub zone: Tz,
    /// When the door is open.
    pub hours: Week,
    /// Days with hours of their own. No windows: closed.
    pub days: BTreeMap<NaiveDate, Vec<Window>>,
    /// Days on which it is closed, first and last, whatever else is said of them.
    pub closures: Vec<(NaiveDate, NaiveDate)>,
    /// Who works here, in the order in which the shop lists them.
    pub staff: Vec<StaffRules>,
    /// Its rooms, in the order in which they are taken.
    pub rooms: Vec<RoomRules>,
}

/// One of the staff, at one location. They work when both they and the door say so.
#[derive(Debug, Clone, PartialEq)]
pub struct StaffRules {
    /// Who.
    pub id: Id<StaffMember>,
    /// Whether customers get them. Staff who book can choose them anyway.
    pub online: bool,
    /// When they work here.
    pub hours: Week,
    /// When they don't, within.
    pub breaks: Week,
    /// Days with hours of their own, breaks included. No windows: off.
    pub days: BTreeMap<NaiveDate, Vec<Window>>,
    /// When they are away.
    pub time_off: Vec<Span>,
    /// Where they serve one customer, if that room will do and is free.
    pub default_room: Option<Id<Room>>,
    /// At most so many visits on one civil day.
    pub daily_cap: Option<u16>,
    /// What they can do.
    pub skills: HashMap<Id<Service>, Skill>,
}

/// What is special about a service with one of the staff.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Skill {
    /// How long it takes with them, if not as usual.
    pub minutes: Option<u16>,
    /// What it costs with them, if not as usual.
    pub price_minor: Option<i64>,
}

/// A room, a chair, a cabin: taken by one visit at a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomRules {
    /// Which.
    pub id: Id<Room>,
    /// How many customers one visit in it can have.
    pub places: u8,
    /// What it has; of the rooms that have what is needed, the lowest sum of preferences comes first,
    /// then the room's own place in the list.
    pub features: BTreeMap<Arc<str>, u8>,
}

words! {
    /// Where the starts of visits lie.
    Alignment {
        /// At multiples of the step from local midnight.
        Clock = "clock",
        /// From the opening in steps, and again from the end of each taken stretch.
        Packed = "packed",
    }
}

/// The booking rules that a request is under: the business's, or what its services say instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SlotRules {
    /// Minutes between starts.
    pub step: u16,
    /// Where they lie.
    pub alignment: Alignment,
    /// Minutes between now and the first start that can be had.
    pub notice: u32,
    /// How many days ahead one can book, counted from the end of the current civil day.
    pub horizon_days: u16,
}

/// What is wanted.
#[derive(Debug, Clone, PartialEq)]
pub struct Visit {
    /// One after the other, without a pause.
    pub steps: Vec<Step>,
    /// Whether a customer asks, who gets only staff that are online.
    pub online: bool,
    /// The rules that it is under.
    pub rules: SlotRules,
    /// The visit that is being moved: what it takes now is no obstacle.
    pub instead_of: Option<Id<Appointment>>,
}

/// What happens at the same time. It lasts as long as its longest seat.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// Who is served, and by whom.
    pub seats: Vec<Seat>,
    /// The one room that all of it happens in, if it needs one.
    pub room: Option<RoomNeed>,
    /// Minutes that its staff and room are taken before it.
    pub buffer_before: u16,
    /// Minutes that its staff and room are taken after it.
    pub buffer_after: u16,
}

/// One pair of hands for one customer.
#[derive(Debug, Clone, PartialEq)]
pub struct Seat {
    /// What is done.
    pub service: Id<Service>,
    /// For which of the party: 1 or 2.
    pub customer: u8,
    /// How long it takes, unless it takes its staff another time.
    pub minutes: u16,
    /// How much longer add-ons make it, whoever does it.
    pub extra_minutes: u16,
    /// By whom.
    pub staff: Choice,
}

/// Who shall do it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// Whoever can.
    Any,
    /// This one and nobody else.
    Given(Id<StaffMember>),
    /// This one and nobody else, whether customers get them or not: they have them already.
    Kept(Id<StaffMember>),
    /// It needs nobody.
    Nobody,
}

/// What the room must be like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomNeed {
    /// How many customers it must have places for.
    pub places: u8,
    /// What it must have.
    pub features: Vec<Arc<str>>,
    /// Staff who choose a room get this one and no other.
    pub given: Option<Id<Room>>,
}

impl RoomNeed {
    /// Whether a room will do.
    pub fn is_met_by(&self, room: &RoomRules) -> bool {
        room.places >= self.places
            && self.features.iter().all(|feature| room.features.contains_key(feature))
    }
}

/// A stretch in which a person or a room is taken, buffers included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Block {
    /// Who or what.
    pub resource: Uuid,
    /// When.
    pub span: Span,
    /// By which visit.
    pub appointment: Id<Appointment>,
    /// When it is free again although nobody said so: a hold that nobody took.
    pub lapses_at: Option<Instant>,
}

/// What is taken: of each person and room, sorted by its beginning. Of the days asked for it must
/// hold the whole civil days, and one before and after.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Busy(pub HashMap<Uuid, Vec<Block>>);

impl Busy {
    /// Sorts blocks by who is taken and when.
    pub fn of(blocks: impl IntoIterator<Item = Block>) -> Self {
        let mut sorted: HashMap<Uuid, Vec<Block>> = HashMap::new();
        for block in blocks {
            sorted.entry(block.resource).or_default().push(block);
        }
        for blocks in sorted.values_mut() {
            blocks.sort_unstable_by_key(|block| block.span);
        }
        Self(sorted)
    }
}
