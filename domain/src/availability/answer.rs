//! What the engine answers.

use uuid::Uuid;

use super::model::{RoomNeed, Span, Visit};
use crate::ids::{Appointment, Id, Room, Service, StaffMember};
use crate::time::Instant;

/// A start that can be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slot {
    /// When the visit begins.
    pub start: Instant,
    /// When it ends with the staff that would be taken first.
    pub end: Instant,
}

/// One way to do a visit: who does what, where and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    /// When the visit begins.
    pub start: Instant,
    /// When it ends.
    pub end: Instant,
    /// In the order of the steps and their seats.
    pub seats: Vec<PlacedSeat>,
    /// In the order of the steps.
    pub rooms: Vec<PlacedRoom>,
    /// What it takes of each person and room, buffers included; touching stretches of one are one.
    pub takes: Vec<(Uuid, Span)>,
}

/// A seat with its staff.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlacedSeat {
    /// The place of its step.
    pub step: usize,
    /// The place of the seat in it.
    pub seat: usize,
    /// Who, if anybody.
    pub staff: Option<Id<StaffMember>>,
    /// When, without buffers.
    pub span: Span,
}

/// A step with its room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlacedRoom {
    /// The place of the step.
    pub step: usize,
    /// Where.
    pub room: Id<Room>,
    /// When, without buffers.
    pub span: Span,
}

/// A visit that is booked, as far as rules can have something against it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Placed {
    /// Who is served, by whom.
    pub seats: Vec<PlacedLine>,
    /// Where.
    pub rooms: Vec<PlacedIn>,
}

/// A service of a visit that is booked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlacedLine {
    /// What is done.
    pub service: Id<Service>,
    /// By whom, if by anybody.
    pub staff: Option<Id<StaffMember>>,
    /// When, without buffers.
    pub span: Span,
}

/// A room of a visit that is booked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlacedIn {
    /// Which.
    pub room: Id<Room>,
    /// What it must be like today. Nothing: it must only be there.
    pub need: Option<RoomNeed>,
}

impl Placed {
    /// What an assignment of a visit books.
    pub fn of(visit: &Visit, assignment: &Assignment) -> Self {
        let line = |placed: &PlacedSeat| {
            let seat = visit.steps.get(placed.step)?.seats.get(placed.seat)?;
            Some(PlacedLine { service: seat.service, staff: placed.staff, span: placed.span })
        };
        let room = |placed: &PlacedRoom| {
            let need = visit.steps.get(placed.step).and_then(|step| step.room.clone());
            PlacedIn { room: placed.room, need }
        };
        Self {
            seats: assignment.seats.iter().filter_map(line).collect(),
            rooms: assignment.rooms.iter().map(room).collect(),
        }
    }
}

/// Why a start can't be had. With names for the staff; the public gets [`Why::code`] alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// The door is shut for some of the time.
    Closed,
    /// The clocks are put forward over this time.
    SkippedTime,
    /// It is over.
    Past,
    /// It is too soon.
    Notice,
    /// It is too far ahead.
    Horizon,
    /// Starts lie elsewhere.
    OffGrid,
    /// Nobody here does this.
    NobodyCan(Id<Service>),
    /// They don't do this.
    CannotDo(Id<StaffMember>, Id<Service>),
    /// They don't work then.
    StaffOff(Id<StaffMember>),
    /// They are with somebody.
    StaffBusy(Id<StaffMember>, Id<Appointment>),
    /// They have had enough visits that day.
    Cap(Id<StaffMember>),
    /// Each alone would do, but they are needed twice.
    NotEnoughStaff,
    /// No room here has what it needs.
    NoSuchRoom,
    /// Every room that would do is taken. By these visits.
    RoomBusy(Vec<(Id<Room>, Id<Appointment>)>),
}

impl Why {
    /// The stable name, which gives nobody away.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::SkippedTime => "skipped_time",
            Self::Past => "past",
            Self::Notice => "notice",
            Self::Horizon => "horizon",
            Self::OffGrid => "off_grid",
            Self::NobodyCan(_) => "nobody_can",
            Self::CannotDo(..) => "cannot_do",
            Self::StaffOff(_) => "staff_off",
            Self::StaffBusy(..) => "staff_busy",
            Self::Cap(_) => "cap",
            Self::NotEnoughStaff => "not_enough_staff",
            Self::NoSuchRoom => "no_such_room",
            Self::RoomBusy(_) => "room_busy",
        }
    }

    /// The most general first, each once.
    pub(super) fn in_order(mut all: Vec<Self>) -> Vec<Self> {
        let mut seen: Vec<Self> = Vec::with_capacity(all.len());
        all.sort_by_key(Self::generality);
        for one in all {
            if !seen.contains(&one) {
                seen.push(one);
            }
        }
        seen
    }

    const fn generality(&self) -> u8 {
        match self {
            Self::SkippedTime => 0,
            Self::Past => 1,
            Self::Notice => 2,
            Self::Horizon => 3,
            Self::OffGrid => 4,
            Self::Closed => 5,
            Self::NobodyCan(_) => 6,
            Self::NoSuchRoom => 7,
            Self::CannotDo(..) => 8,
            Self::NotEnoughStaff => 9,
            Self::StaffOff(_) => 10,
            Self::Cap(_) => 11,
            Self::StaffBusy(..) => 12,
            Self::RoomBusy(_) => 13,
        }
    }
}
