//! Whoever walks in: a location's line, from joining it to being served.
//!
//! Whoever changes anything in a line holds it alone first (`store::hold`): the row in `queues`. So no
//! two ever call the same one. The order of locks is: a customer, a visit, the line, its entries, and
//! then whatever a new visit takes.
//!
//! A visit that is checked in stands in the line, too. It is the visit that has the say: its entry
//! follows it (`visit`), whichever of the two somebody presses on.

mod accuracy;
mod act;
mod board;
mod booked;
mod bygone;
mod call;
mod check;
mod convert;
mod door;
mod edit;
mod entities;
pub mod estimate;
mod expire;
mod foresight;
mod forget;
mod history;
mod join;
mod kiosks;
mod line;
mod next;
mod outlook;
mod pace;
mod place;
mod reissue;
mod said;
mod settings;
mod shift;
mod situation;
mod state;
mod store;
#[cfg(test)]
mod tests;
mod undo;
mod visit;
mod watched;
mod wishes;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::ids::{Appointment, Customer, Id, Location, QueueEntry, Service, StaffMember};
use crate::tenancy::StoreError;
use crate::time::Instant;

use entities::entry;

pub use accuracy::{Day, accuracy};
pub use act::{finish, give_back, leave, miss, start};
pub use board::{Board, Front, board, entries, front, read};
pub use bygone::forget_bygone;
pub use call::{call, call_next};
pub use check::NewParty;
pub use convert::{Conversion, convert};
pub use door::{OwnTicket, Ticket, here, leave_own, look, more_time, open};
pub use edit::{EntryChange, edit};
pub(crate) use expire::LONGEST as LONGEST_SERVED;
pub use expire::expire_everywhere;
pub(crate) use foresight::Foresight;
pub use foresight::Scene;
pub(crate) use forget::forget;
pub(crate) use history::steps;
pub use history::{Event, history};
pub use join::{Arrival, Household, Joined, foresee, join};
pub use kiosks::{KioskDoor, KioskFacts, join_at, kiosks, open_kiosk, revoke, set_up};
pub use line::Place;
pub(crate) use line::code as ticket_code;
pub use outlook::{Outlook, Wait, WaitRange, newcomer, scene};
pub use place::put;
pub use reissue::reissue;
pub(crate) use settings::serves_no_more;
pub use settings::{Server, Settings, SettingsChange, settings, update};
pub use state::{Source, State, Step};
pub use undo::step_back;
pub(crate) use visit::{follow, hold_for};
pub use watched::tickets;

/// One of the services that a party wants, as the menu had it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WantedHere {
    /// Which.
    pub id: Id<Service>,
    /// What it was called.
    pub name: String,
    /// How long the menu says it takes.
    pub minutes: u16,
    /// What it costs.
    pub price_minor: i64,
}

impl WantedHere {
    fn work(&self) -> estimate::Work {
        estimate::Work { service: self.id, minutes: self.minutes }
    }
}

/// What a party was told when it joined, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quote {
    /// The least that was said.
    pub low: i32,
    /// It may as well be longer as shorter.
    pub p50: i32,
    /// Nine of ten wait no longer.
    pub p90: i32,
}

/// One party in a line, with all that is known of it.
#[derive(Debug, Clone, PartialEq)]
pub struct EntryFacts {
    /// The id.
    pub id: Id<QueueEntry>,
    /// Where.
    pub location: Id<Location>,
    /// The civil day of the ticket.
    pub day: NaiveDate,
    /// What is on the ticket.
    pub code: String,
    /// Where they stand.
    pub state: State,
    /// The order in the line: the least is the first.
    pub rank: i64,
    /// What they are called.
    pub name: String,
    /// Where they are called.
    pub phone: Option<String>,
    /// Their language.
    pub locale: String,
    /// How many they are.
    pub party: i16,
    /// What they want.
    pub services: Vec<WantedHere>,
    /// By whom, if not by anybody.
    pub staff_wanted: Option<Id<StaffMember>>,
    /// Who called them, who serves or served them.
    pub staff: Option<Id<StaffMember>>,
    /// What that one was called.
    pub staff_name: Option<String>,
    /// Who they are, where that is known.
    pub customer: Option<Id<Customer>>,
    /// The visit that they came for, or that they got instead of waiting.
    pub appointment: Option<Id<Appointment>>,
    /// When it begins, for who came for one.
    pub due_at: Option<Instant>,
    /// How they came into the line.
    pub source: Source,
    /// What they or the desk want said.
    pub note: String,
    /// What they were told when they joined.
    pub quoted: Option<Quote>,
    /// Since when they wait.
    pub joined_at: Instant,
    /// Since when they are there.
    pub here_at: Option<Instant>,
    /// When they were called last.
    pub called_at: Option<Instant>,
    /// When it began.
    pub started_at: Option<Instant>,
    /// When it was over, however it ended.
    pub ended_at: Option<Instant>,
    /// How often they let somebody pass.
    pub passes: i16,
    /// Grows with each change.
    pub version: i32,
    /// When that was.
    pub updated_at: Instant,
}

impl EntryFacts {
    /// Whether they came without an appointment and are still in the line.
    pub fn walks_in_and_waits(&self) -> bool {
        self.state == State::Waiting && self.source != Source::Appointment
    }
}

fn state(row: &entry::Model) -> Result<State, StoreError> {
    State::stored(&row.state)
}

fn source(row: &entry::Model) -> Result<Source, StoreError> {
    Source::stored(&row.source)
}

fn services(row: &entry::Model) -> Result<Vec<WantedHere>, StoreError> {
    serde_json::from_value(row.services.clone())
        .map_err(|error| StoreError::Unreadable(format!("what {} wants: {error}", row.id)))
}

impl TryFrom<entry::Model> for EntryFacts {
    type Error = StoreError;

    fn try_from(row: entry::Model) -> Result<Self, StoreError> {
        let quoted = match (row.quoted_low, row.quoted_p50, row.quoted_p90) {
            (Some(low), Some(p50), Some(p90)) => Some(Quote { low, p50, p90 }),
            _ => None,
        };
        Ok(Self {
            id: Id::from_uuid(row.id),
            location: Id::from_uuid(row.location_id),
            day: row.day,
            state: state(&row)?,
            source: source(&row)?,
            services: services(&row)?,
            quoted,
            code: row.code,
            rank: row.rank,
            name: row.name,
            phone: row.phone,
            locale: row.locale,
            party: row.party,
            staff_wanted: row.staff_wanted.map(Id::from_uuid),
            staff: row.staff_id.map(Id::from_uuid),
            staff_name: row.staff_name,
            customer: row.customer_id.map(Id::from_uuid),
            appointment: row.appointment_id.map(Id::from_uuid),
            due_at: row.due_at,
            note: row.note,
            joined_at: row.joined_at,
            here_at: row.here_at,
            called_at: row.called_at,
            started_at: row.started_at,
            ended_at: row.ended_at,
            passes: row.passes,
            version: row.version,
            updated_at: row.updated_at,
        })
    }
}
