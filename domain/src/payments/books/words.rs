//! The words of both books, as the tables and the API have them.

use crate::words::words;

words! {
    /// How far a dispute came.
    DisputeState {
        /// The bank asks; nothing was taken away yet.
        Inquiry = "inquiry",
        /// The business may say something.
        NeedsResponse = "needs_response",
        /// The bank looks at what was said.
        UnderReview = "under_review",
        /// The business was right.
        Won = "won",
        /// The customer was right.
        Lost = "lost",
        /// It came to nothing.
        Closed = "closed",
    }

    /// How far money came that the provider sends to a bank.
    PayoutState {
        /// It will be sent.
        Pending = "pending",
        /// It is on its way.
        InTransit = "in_transit",
        /// It arrived.
        Paid = "paid",
        /// The bank didn't take it.
        Failed = "failed",
        /// It wasn't sent.
        Cancelled = "cancelled",
    }

    /// Which way money moved.
    #[derive(PartialOrd, Ord)]
    Moved {
        /// A customer paid.
        Taken = "taken",
        /// A customer got something back.
        Returned = "returned",
        /// The provider took it away, as a customer went to their bank about it.
        Disputed = "disputed",
    }

    /// Why something is different.
    Reason {
        /// It is in the provider's book, and not in ours.
        MissingHere = "missing_here",
        /// It is in our book, and not in the provider's.
        MissingThere = "missing_there",
        /// It is in both, with another amount.
        OtherAmount = "other_amount",
        /// It is in the provider's book, and was never ours: taken there by other means.
        NotOurs = "not_ours",
    }
}

impl DisputeState {
    /// Whether it is decided.
    pub const fn is_closed(self) -> bool {
        matches!(self, Self::Won | Self::Lost | Self::Closed)
    }

    /// Whether the business may say something.
    pub const fn is_asking(self) -> bool {
        matches!(self, Self::Inquiry | Self::NeedsResponse)
    }
}
