//! Whom a business serves. Nobody's record is overwritten by a booking: what looks like the same
//! person is suggested as a merge, and people decide.

mod booking;
mod entities;

use crate::fault::refusals;

pub use booking::{Contact, for_booking};

refusals! {
    /// Why a customer can't be read or changed.
    CustomerError {}
}

mod shim;
pub use shim::*;
