//! Whoever waits for time that is taken. When some of it frees up, those whom it would suit are asked
//! one after the other: the time is kept for each for a while, and the first to say yes has it.
//!
//! Whoever gives time back says so in the same transaction (`freed`), and rules that changed are met
//! by the worker (`woken`), which then looks for who wants what is free (`matching`). A visit's row is locked before the offer of it, and that before the entry.

mod check;
mod door;
mod entities;
mod forget;
mod freed;
mod join;
mod leave;
mod matching;
mod offers;
mod over;
mod rank;
mod read;
#[cfg(test)]
mod tests;
mod told;
mod woken;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::bookings::Wanted;
use crate::ids::{Customer, Id, Location, WaitlistEntry};
use crate::tenancy::StoreError;
use crate::time::Instant;

use entities::entry;

pub use check::NewWaiting;
pub use door::{OfferHolder, Waiter, open, open_offer};
pub(crate) use forget::{Person, forget};
pub use freed::{Freed, MATCH};
pub use join::{Joined, add, join};
pub use leave::{leave, remove};
pub use matching::{Matched, match_freed};
pub use offers::{Accepting, Offered, StaffOffer, Standing, accept, decline, look_at_offer, offer};
pub use over::over_everywhere;
pub use read::{Filter, Place, list, look, read};
pub use woken::wake_everywhere;

pub(crate) use freed::time_frees_up;
pub(crate) use read::these;
pub(crate) use told::Told;

/// Where somebody who waits stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// They wait.
    Waiting,
    /// Time is kept for them.
    Offered,
    /// They took it.
    Booked,
    /// They don't wait any more.
    Left,
    /// The days are over.
    Over,
}

impl State {
    /// As it is stored and shown.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Offered => "offered",
            Self::Booked => "booked",
            Self::Left => "left",
            Self::Over => "over",
        }
    }

    /// What `key` names.
    pub fn from_key(key: &str) -> Option<Self> {
        let all = [Self::Waiting, Self::Offered, Self::Booked, Self::Left, Self::Over];
        all.into_iter().find(|state| state.key() == key)
    }
}

/// Somebody who waits.
#[derive(Debug, Clone, PartialEq)]
pub struct EntryFacts {
    /// The id.
    pub id: Id<WaitlistEntry>,
    /// Where.
    pub location: Id<Location>,
    /// For what.
    pub wanted: Wanted,
    /// That in one line.
    pub title: String,
    /// From which day.
    pub first_day: NaiveDate,
    /// To which.
    pub last_day: NaiveDate,
    /// Minutes from midnight from which it may begin.
    pub earliest: i16,
    /// And until which.
    pub latest: i16,
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: Option<String>,
    /// Their number.
    pub phone: Option<String>,
    /// Their language.
    pub locale: String,
    /// What they want said.
    pub note: String,
    /// Who they are, where that is known.
    pub customer: Option<Id<Customer>>,
    /// Where they stand.
    pub state: State,
    /// The time that is kept for them now.
    pub offer: Option<OfferFacts>,
    /// Since when they wait.
    pub created_at: Instant,
    /// Grows with each change.
    pub version: i32,
}

/// Time that is kept for somebody who waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferFacts {
    /// When it begins.
    pub start: Instant,
    /// When it ends.
    pub end: Instant,
    /// Until when they can say yes.
    pub expires_at: Instant,
}

fn state(row: &entry::Model) -> Result<State, StoreError> {
    State::from_key(&row.state)
        .ok_or_else(|| StoreError::Unreadable(format!("the state {}", row.state)))
}

fn wanted(row: &entry::Model) -> Result<Wanted, StoreError> {
    serde_json::from_value(row.wanted.clone())
        .map_err(|error| StoreError::Unreadable(format!("what somebody waits for: {error}")))
}

impl EntryFacts {
    fn new(row: entry::Model, offer: Option<OfferFacts>) -> Result<Self, StoreError> {
        Ok(Self {
            id: Id::from_uuid(row.id),
            location: Id::from_uuid(row.location_id),
            wanted: wanted(&row)?,
            state: state(&row)?,
            title: row.title,
            first_day: row.first_day,
            last_day: row.last_day,
            earliest: row.earliest,
            latest: row.latest,
            name: row.name,
            email: row.email,
            phone: row.phone,
            locale: row.locale,
            note: row.note,
            customer: row.customer_id.map(Id::from_uuid),
            offer,
            created_at: row.created_at,
            version: row.version,
        })
    }
}
