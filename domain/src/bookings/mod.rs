//! Visits: from a wish to a time that is kept, to a visit that moves, happens, or doesn't.
//!
//! No two visits ever have the same pair of hands or the same room at the same time: the table
//! `allocations` refuses it, whoever asks. `save` writes them; only `enter`
//! does too, for a business that is put in whole.

mod answered;
mod ask;
mod book;
mod change;
mod coming;
mod enter;
mod entities;
mod error;
mod filled;
mod filter;
mod history;
mod hold;
mod ics;
mod link;
mod members;
mod moving;
mod paid;
mod paused;
mod price;
mod read;
mod save;
mod search;
mod sold;
mod state;
mod sweep;
mod terms;
mod told;
mod unfilled;
mod wanted;
mod watched;

/// What series and the waiting list make and change visits with.
pub(crate) mod workshop {
    pub(crate) use super::ask::{OnOffer, Taker, introduced, take_up};
    pub(crate) use super::book::{
        Guest, Making, Setting, choose, lapsed, make, own_column_only, own_hands_only, place,
        setting, whose,
    };
    pub(crate) use super::change::{End, decide, end, not_stale, resources};
    pub(crate) use super::entities::{appointment, line};
    pub(crate) use super::error::{codes, fault, named_nothing, nothing};
    pub(crate) use super::filled::check as check_filled;
    pub(crate) use super::link::{Dated, locked, shop_of, tell, tell_all};
    pub(crate) use super::members::Member;
    pub(crate) use super::moving::{NewPlace, leave, lines, settle};
    pub(crate) use super::paused::takes_new;
    pub(crate) use super::read::{
        LineFacts, complete, held as read_held, own_staff, read_any, row as read_row, sees, status,
    };
    pub(crate) use super::save::{WrittenTo, lock_alone};
    pub(crate) use super::search::{alternatives, near};
    pub(crate) use super::sold::{Keep, Retired, Sold};
    pub(crate) use super::told::made as told;
    pub(crate) use super::wanted::{Asker, Planned, plan};
}

pub(crate) use answered::{holder_of, promise};
pub use ask::{Agreed, Booked, FilledIn, NewAsk, ask, count_code, seen_by_owner, send_code};
pub use book::{NewBooking, NewContact, Whom, book};
pub use change::{Deed, Notes, act, annotate};
pub use coming::Alternative;
pub(crate) use coming::{Coming, Reach, coming, shown};
pub(crate) use enter::{Begun, Entered, Entry, Story, Taken, enter};
pub(crate) use error::codes;
pub use error::{BookingError, Refusal};
pub use filter::are_there;
pub use history::Event;
pub(crate) use history::steps;
pub use hold::{Kept, NewHold, hold, lapse_due, release};
pub use ics::{CalendarEntry, calendar};
pub(crate) use link::opened;
pub use link::{
    Holder, OwnVisit, again, cancel, look, open, open_again, relocate as relocate_own, renew, send,
    slots as own_slots,
};
pub use moving::{NewTime, relocate};
pub(crate) use paid::{
    Arrival, Stood, deposit_arrived, hold_for_money, hold_own, hold_visible, own_page,
    payment_arrived, stands_since, with_shop,
};
pub use price::PriceRange;
pub use read::{Filter, LineFacts, VisitFacts, Whose, history, list, read, sees_contacts};
pub use search::{
    Explained, Found, Query, Range, first, public_first, public_slots, public_why, slots, why,
};
pub use state::{Action, Needs, Status};
pub use sweep::{HOLDS_KEPT, forget_holds, lapse_everywhere};
pub use terms::Terms;
pub(crate) use told::{Left, Told};
pub use unfilled::{Unfilled, asked_still, fill_in, unfilled};
pub(crate) use wanted::Asker;
pub use wanted::{SoldExtra, Wanted, WantedService};
pub use watched::{Day, Sight, of_whom, on_day, these};
