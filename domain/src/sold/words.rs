//! The words of what is sold ahead, as the tables and the API have them.

use crate::words::words;

words! {
    /// What is sold ahead.
    What {
        /// A gift voucher.
        Voucher = "voucher",
        /// Several visits.
        Pass = "pass",
        /// A membership for a while.
        Membership = "membership",
    }

    /// How a voucher or a pass stands.
    SoldState {
        /// Something is left of it.
        Active = "active",
        /// All of it was used.
        Used = "used",
        /// Its time is over.
        Expired = "expired",
        /// What was left was given back, or taken away.
        Refunded = "refunded",
    }
}
