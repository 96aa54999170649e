//! What is watched, and who sees the same of it.

use std::fmt;

use chrono::NaiveDate;
use data_encoding::HEXLOWER;
use openchair_domain::authz::Rights;
use openchair_domain::bookings::{Day, Sight};
use openchair_domain::ids::{Id, Location, QueueEntry};
use sha2::{Digest as _, Sha256};

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

    /// A name for it that is the same at all servers, for who comes back to show; nothing for anybody.
    /// Of rights it holds the names: a release that has others is another audience.
    pub(super) fn mark(self) -> Option<String> {
        if self == Self::ANYBODY {
            return None;
        }
        let mut hash = Sha256::new();
        for right in self.rights.iter() {
            hash.update(right.key());
            hash.update([0]);
        }
        match self.sight {
            Sight::All => hash.update("all"),
            Sight::Own(None) => hash.update("none"),
            Sight::Own(Some(own)) => hash.update(own.to_string()),
        }
        Some(HEXLOWER.encode(&hash.finalize()[..8]))
    }
}

/// How far a topic reaches, where that isn't in its name.
pub(super) type Reach = Option<Day>;

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use openchair_domain::authz::Right;
    use openchair_domain::ids::StaffMember;

    use super::*;

    #[test]
    fn who_sees_something_else_has_another_mark() {
        let rights = |of: &[Right]| of.iter().copied().collect::<Rights>();
        let staff = |n: u128| Id::<StaffMember>::from_uuid(uuid::Uuid::from_u128(n));
        let (own, all) = (rights(&[Right::ReadOwnBookings]), rights(&[Right::ReadBookings]));
        let more = rights(&[Right::ReadBookings, Right::ReadQueue]);
        let audiences = [
            (own, Sight::Own(None)),
            (own, Sight::Own(Some(staff(1)))),
            (own, Sight::Own(Some(staff(2)))),
            (all, Sight::All),
            (more, Sight::All),
        ];
        let mark = |(rights, sight)| Audience { rights, sight }.mark();
        let marks: HashSet<_> = audiences.into_iter().map(mark).collect();
        assert_eq!(marks.len(), audiences.len());
        assert!(!marks.contains(&None));
        assert_eq!(mark(audiences[3]), mark((all, Sight::All)));
        assert_eq!(Audience::ANYBODY.mark(), None);
    }
}
