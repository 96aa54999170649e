//! The provider's book beside ours: payments that customers went to their bank about, what the provider sends to the
//! business's bank, money that was given back at the provider's own pages, and a comparison of both books for each
//! day. As everywhere, what is told is only a reason to ask.

mod asking;
mod checks;
mod compare;
mod disputes;
mod due;
mod entities;
mod gather;
mod heard;
mod keeper;
mod mails;
mod payouts;
mod returns;
mod theirs;
mod words;

pub use asking::{LOOK_AT_BOOKS, LookAtBooks};
pub use checks::{CheckFacts, list as list_checks};
pub use compare::{Comparison, Difference, Entry, Sum, compare};
pub(super) use disputes::is_disputed;
pub use disputes::{DisputeFacts, list as list_disputes};
pub use due::look_at_books_due;
pub(super) use heard::about;
pub use keeper::{Bookkeeper, DisputeStand, PayoutStand, Period, Reversal, Taking};
pub(super) use mails::refund_failed;
pub use payouts::{PayoutFacts, list as list_payouts};
pub use words::{DisputeState, Moved, PayoutState, Reason};
