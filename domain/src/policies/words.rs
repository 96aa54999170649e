//! The words of a policy, as the tables and the API have them.

use crate::words::words;

words! {
    /// Whether something is asked of who books.
    Asked {
        /// Nobody books without it.
        Required = "required",
        /// Whoever wants to say it may.
        Optional = "optional",
        /// Nobody is asked.
        Hidden = "hidden",
    }

    /// Who of the waiting list is asked first.
    WaitlistOrder {
        /// Who waits longest.
        FirstCome = "first_come",
        /// Whose visit leaves the least time unused.
        LeastGap = "least_gap",
    }
}
