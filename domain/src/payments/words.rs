//! The words of payments, as the tables and the API have them.

use crate::words::words;

words! {
    /// By which way somebody pays.
    #[derive(Hash, PartialOrd, Ord)]
    Way {
        /// By card, at the provider's.
        Card = "card",
        /// In cash, at the desk.
        Cash = "cash",
        /// At the desk, with a terminal of the business's own.
        Terminal = "terminal",
        /// In another way, which the note says: a transfer, a bill.
        Other = "other",
    }

    /// How far a payment came.
    PaymentState {
        /// It can be paid.
        Open = "open",
        /// The bank takes its time.
        Processing = "processing",
        /// It was paid.
        Paid = "paid",
        /// It wasn't paid, and won't be.
        Over = "over",
    }

    /// How far money that is given back came.
    RefundState {
        /// It is on its way.
        Pending = "pending",
        /// It was given back.
        Done = "done",
        /// It didn't arrive.
        Failed = "failed",
    }
}

impl Way {
    /// All of them, in the order in which people see them.
    pub const ALL: [Self; 4] = [Self::Card, Self::Cash, Self::Terminal, Self::Other];

    /// The way that somebody names.
    pub fn named(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|way| way.key() == key)
    }
}
