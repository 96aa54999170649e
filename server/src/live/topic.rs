//! What is watched, and who sees the same of it.

use std::fmt;

use chrono::NaiveDate;
use openchair_domain::authz::Rights;
use openchair_domain::bookings::Sight;
use openchair_domain::ids::{Id, Location};

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
}

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Schedule { location, date } => write!(f, "schedule:{location}:{date}"),
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
