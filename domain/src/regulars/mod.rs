//! Customers who come back. Whoever proves an address sees the visits that are written to it, in whatever
//! business they are, and comes to each of them by its own link: there is no login and no password.
//!
//! Who asks for a link by an address gets the same answer in the same time whether or not anybody knows it:
//! the request only queues a job, and the worker finds out.

mod links;
mod passes;
mod visits;

use crate::fault::refusals;

pub use links::{SEND_LINK, SendLink, ask_for_link, redeem, send_link};
pub use passes::{NewPass, Regular, forget, forget_everywhere, recognise, sweep};
pub use visits::{RegularVisit, RegularVisits, visits};

refusals! {
    /// Why somebody isn't shown their visits.
    RegularError {
        LinkInvalid = Unauthenticated "link_invalid" "This link has expired or was used already. Please ask for a new one.",
        NoPass = Unauthenticated "no_pass" "Please ask for a link to your visits first.",
    }
}
