//! What is watched, and who sees the same of it.

use std::fmt;

use chrono::NaiveDate;
use openchair_domain::authz::Rights;
use openchair_domain::bookings::{Day, Sight};
use openchair_domain::ids::{Id, Location, QueueEntry};

/// Something that can be watched in a tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Topic {
    /// The visits of a day.
    Schedule {
        /// Where.
        location: Id<Location>,
        /// On the location's calendar.
        date: NaiveDate,
    },
    /// A line, as staff see it.
    Queue(Id<Location>),
    /// A line, as the screen in the shop shows it.
    Board(Id<Location>),
    /// One's own place in a line.
    Ticket {
        /// Where.
        location: Id<Location>,
        /// Whose.
        entry: Id<QueueEntry>,
    },
}

impl Topic {
    /// Where it is.
    pub(super) const fn location(self) -> Id<Location> {
        match self {
            Self::Schedule { location, .. }
            | Self::Queue(location)
            | Self::Board(location)
            | Self::Ticket { location, .. } => location,
        }
    }
}

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Schedule { location, date } => write!(f, "schedule:{location}:{date}"),
            Self::Queue(location) => write!(f, "queue:{location}"),
            Self::Board(location) => write!(f, "board:{location}"),
            // There is no other on a socket.
            Self::Ticket { .. } => f.write_str("ticket"),
        }
    }
}

/// Who sees the same. What a caller is shown depends on their rights and, for who sees only their own,
/// on whose column that is; on nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Audience {
    /// What they may do. All of it, so that what a view comes to depend on is never forgotten here.
    pub(super) rights: Rights,
    /// Which visits they see.
    pub(super) sight: Sight,
}

impl Audience {
    /// Anybody at all.
    pub(super) const ANYBODY: Self = Self { rights: Rights::NONE, sight: Sight::Own(None) };
}

/// How far a topic reaches, where that isn't in its name.
pub(super) type Reach = Option<Day>;
