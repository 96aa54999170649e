//! What the provider's book looks like from outside.

use chrono::{DateTime, NaiveDate, Utc};
use openchair_domain::ids::{Appointment, BookCheck, Dispute, Payment, Payout};
use openchair_domain::payments::{
    CheckFacts, Difference, DisputeFacts, DisputeState, Moved, PayoutFacts, PayoutState, Reason,
    Sum,
};
use poem_openapi::Object;

use crate::ids::Ref;
use crate::shelf::mirrored;

mirrored! {
    /// How far a dispute came.
    DisputeStateView = DisputeState {
        /// The bank asks; nothing was taken away yet
        Inquiry,
        /// The business may say something
        NeedsResponse,
        /// The bank looks at what was said
        UnderReview,
        /// The business was right
        Won,
        /// The customer was right
        Lost,
        /// It came to nothing
        Closed,
    }

    /// How far money came that the provider sends to a bank.
    PayoutStateView = PayoutState {
        /// It will be sent
        Pending,
        /// It is on its way
        InTransit,
        /// It arrived
        Paid,
        /// The bank didn't take it
        Failed,
        /// It wasn't sent
        Cancelled,
    }

    /// Which way money moved.
    MovedView = Moved {
        /// A customer paid
        Taken,
        /// A customer got something back
        Returned,
        /// The provider took it away, as a customer went to their bank about it
        Disputed,
    }

    /// Why something is different in both books.
    DifferenceReason = Reason {
        /// It is in the provider's book, and not in ours
        MissingHere,
        /// It is in our book, and not in the provider's
        MissingThere,
        /// It is in both, with another amount
        OtherAmount,
        /// It is in the provider's book, and was never ours: taken there by other means
        NotOurs,
    }
}

/// A payment that its customer went to their bank about.
#[derive(Debug, Clone, Object)]
pub(super) struct DisputeView {
    id: Ref<Dispute>,
    payment: Ref<Payment>,
    visit: Option<Ref<Appointment>>,
    /// What the visit is, or what was sold
    title: String,
    customer_name: Option<String>,
    /// What it is called at the provider
    reference: String,
    amount_minor: i64,
    /// ISO 4217
    currency: String,
    state: DisputeStateView,
    /// In the provider's words: `fraudulent`
    reason: String,
    /// How much of it the provider has taken away, as it is now
    away_minor: i64,
    /// Until when the business may say something, in the provider's dashboard
    due_at: Option<DateTime<Utc>>,
    opened_at: DateTime<Utc>,
    closed_at: Option<DateTime<Utc>>,
}

impl From<DisputeFacts> for DisputeView {
    fn from(dispute: DisputeFacts) -> Self {
        Self {
            id: dispute.id.into(),
            payment: dispute.payment.into(),
            visit: dispute.visit.map(Ref),
            title: dispute.title,
            customer_name: dispute.customer_name,
            reference: dispute.reference,
            amount_minor: dispute.amount_minor,
            currency: dispute.currency,
            state: dispute.state.into(),
            reason: dispute.reason,
            away_minor: dispute.away_minor,
            due_at: dispute.due_at,
            opened_at: dispute.opened_at,
            closed_at: dispute.closed_at,
        }
    }
}

/// Money that the provider sends to the business's bank.
#[derive(Debug, Clone, Object)]
pub(super) struct PayoutView {
    id: Ref<Payout>,
    /// What it is called at the provider
    reference: String,
    /// Less than nothing: it is taken from the bank
    amount_minor: i64,
    /// ISO 4217
    currency: String,
    state: PayoutStateView,
    arrives_on: NaiveDate,
    /// Why it failed, in the provider's words
    trouble: Option<String>,
    sent_at: DateTime<Utc>,
}

impl From<PayoutFacts> for PayoutView {
    fn from(payout: PayoutFacts) -> Self {
        Self {
            id: payout.id.into(),
            reference: payout.reference,
            amount_minor: payout.amount_minor,
            currency: payout.currency,
            state: payout.state.into(),
            arrives_on: payout.arrives_on,
            trouble: payout.trouble,
            sent_at: payout.sent_at,
        }
    }
}

/// What moved in one currency and one way, in both books.
#[derive(Debug, Clone, Object)]
struct BookSumView {
    /// ISO 4217
    currency: String,
    moved: MovedView,
    /// By the provider's book
    theirs_minor: i64,
    /// By ours
    ours_minor: i64,
}

impl From<Sum> for BookSumView {
    fn from(sum: Sum) -> Self {
        Self {
            currency: sum.currency,
            moved: sum.moved.into(),
            theirs_minor: sum.theirs_minor,
            ours_minor: sum.ours_minor,
        }
    }
}

/// What isn't the same in both books.
#[derive(Debug, Clone, Object)]
struct DifferenceView {
    moved: MovedView,
    /// By which name the provider knows it
    reference: String,
    /// ISO 4217
    currency: String,
    reason: DifferenceReason,
    /// How much, by the provider's book
    theirs_minor: i64,
    /// How much, by ours
    ours_minor: i64,
}

impl From<Difference> for DifferenceView {
    fn from(found: Difference) -> Self {
        Self {
            moved: found.moved.into(),
            reference: found.reference,
            currency: found.currency,
            reason: found.reason.into(),
            theirs_minor: found.theirs_minor,
            ours_minor: found.ours_minor,
        }
    }
}

/// Both books of a day beside each other.
#[derive(Debug, Clone, Object)]
pub(super) struct BookCheckView {
    id: Ref<BookCheck>,
    /// By UTC, as the provider's days are
    day: NaiveDate,
    /// Whether the day was over when they were compared
    complete: bool,
    sums: Vec<BookSumView>,
    /// What differs, at most a hundred
    differences: Vec<DifferenceView>,
    /// How much differs that shouldn't
    amiss: i32,
    /// How much was put right by asking
    mended: i32,
    compared_at: DateTime<Utc>,
}

impl From<CheckFacts> for BookCheckView {
    fn from(check: CheckFacts) -> Self {
        Self {
            id: check.id.into(),
            day: check.day,
            complete: check.complete,
            sums: check.sums.into_iter().map(BookSumView::from).collect(),
            differences: check.differences.into_iter().map(DifferenceView::from).collect(),
            amiss: check.amiss,
            mended: check.mended,
            compared_at: check.compared_at,
        }
    }
}

/// Which day is compared.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct CompareInput {
    /// By UTC; one that isn't over yet is compared as far as it is
    pub(super) day: NaiveDate,
}
