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
        /// With a gift voucher.
        Voucher = "voucher",
        /// With a use of a pass.
        Pass = "pass",
    }

    /// Who takes what is paid at a page.
    ProviderName {
        /// Stripe, with an account below this installation's.
        Stripe = "stripe",
        /// PayFast, with keys of the business's own.
        PayFast = "payfast",
    }

    /// What a payment was for when it was begun.
    PaymentKind {
        /// What makes a visit certain.
        Deposit = "deposit",
        /// What is still open of a visit, and a tip.
        Rest = "rest",
        /// What it costs that a visit didn't take place.
        Fee = "fee",
        /// Whatever was paid at the desk.
        Desk = "desk",
        /// A gift voucher that somebody buys online.
        Gift = "gift",
    }

    /// How far a customer's card came.
    KeptState {
        /// It can be left.
        Open = "open",
        /// It was left.
        Left = "left",
        /// It wasn't left, and won't be.
        Over = "over",
        /// The provider is told to forget it.
        Removing = "removing",
        /// The provider forgot it.
        Removed = "removed",
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
    pub const ALL: [Self; 6] =
        [Self::Card, Self::Cash, Self::Terminal, Self::Other, Self::Voucher, Self::Pass];

    /// Whether money comes by it: what was sold ahead was paid for then.
    pub const fn is_money(self) -> bool {
        !matches!(self, Self::Voucher | Self::Pass)
    }

    /// Whether staff take it at the desk.
    pub const fn is_taken_at_desk(self) -> bool {
        matches!(self, Self::Cash | Self::Terminal | Self::Other)
    }

    /// The way that somebody names.
    pub fn named(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|way| way.key() == key)
    }
}

impl PaymentState {
    /// Begun, and nobody knows yet what comes of it.
    pub(super) const UNSETTLED: [Self; 2] = [Self::Open, Self::Processing];
}
