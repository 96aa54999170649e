//! Visits: from a wish to a time that is kept, to a visit that moves, happens, or doesn't.
//!
//! No two visits ever have the same pair of hands or the same room at the same time: the table
//! `allocations` refuses it, whoever asks. `save` is the one place that writes them.

mod ask;
mod book;
mod change;
mod coming;
mod entities;
mod error;
mod history;
mod hold;
mod ics;
mod link;
mod moving;
mod read;
mod save;
mod search;
mod state;
mod sweep;
mod terms;
mod wanted;

pub use ask::{Agreed, Booked, FilledIn, NewAsk, ask, count_code, seen_by_owner, send_code};
pub use book::{NewBooking, NewContact, Whom, book};
pub use change::{Deed, Notes, act, annotate};
pub use coming::Alternative;
pub(crate) use coming::{Coming, Reach, coming, shown};
pub(crate) use error::codes;
pub use error::{BookingError, Refusal};
pub use history::Event;
pub use hold::{Kept, NewHold, hold, lapse_due, release};
pub use ics::calendar;
pub use link::{
    Holder, OwnVisit, again, cancel, look, open, relocate as relocate_own, send, slots as own_slots,
};
pub use moving::{NewTime, relocate};
pub use read::{Filter, LineFacts, VisitFacts, Whose, history, list, read};
pub use search::{
    Explained, Found, Query, Range, first, public_first, public_slots, public_why, slots, why,
};
pub use state::{Action, Needs, Status};
pub use sweep::lapse_everywhere;
pub use terms::Terms;
pub use wanted::{SoldExtra, Wanted, WantedService};
