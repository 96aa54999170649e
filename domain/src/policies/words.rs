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

    /// What is asked of who books when nobody may come, as it seems.
    RiskAsks {
        /// That staff say yes.
        Approval = "approval",
        /// That a part of the price is paid before.
        Deposit = "deposit",
    }

    /// Who of the waiting list is asked first.
    WaitlistOrder {
        /// Who waits longest.
        FirstCome = "first_come",
        /// Whose visit leaves the least time unused.
        LeastGap = "least_gap",
    }
}
