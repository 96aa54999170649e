//! How likely it looked that nobody comes, as staff see it.

use openchair_domain::risk::{Risk, Sign};
use poem_openapi::Object;

use crate::shelf::mirrored;

mirrored! {
    /// Something that makes it more or less likely that nobody comes.
    RiskReason = Sign {
        /// They didn't come to visits of the last twelve months
        NoShows,
        /// They called visits of the last twelve months off late
        LateCancellations,
        /// They let visits lapse that something was to be paid for
        LapsedDeposits,
        /// They have never been here
        FirstVisit,
        /// They booked much within a day
        ManyAtOnce,
        /// Much of theirs is still to come
        ManyToCome,
        /// The address is known under another name
        OtherName,
        /// The address is known with another number
        OtherPhone,
        /// The number is one of another country
        ForeignPhone,
        /// The address is one that is made to be thrown away
        ThrowawayMail,
        /// It begins soon, and is long or dear
        ShortNotice,
        /// They keep what they book: this takes points off
        KeptVisits,
    }
}

/// How likely it looked that nobody comes, when it was booked.
#[derive(Debug, Clone, Object)]
pub(super) struct RiskView {
    /// 0 to 100
    points: u8,
    /// What they are made of, the weightiest first
    reasons: Vec<RiskReason>,
}

impl From<Risk> for RiskView {
    fn from(risk: Risk) -> Self {
        let reasons = risk.reasons.iter().map(|reason| reason.sign.into()).collect();
        Self { points: risk.points, reasons }
    }
}
