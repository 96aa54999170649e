//! What a customer wants to pay, and what comes of that: pure.

use super::due::{Bill, Paid};
use super::provider::CardAt;
use super::words::PaymentKind;
use crate::bookings::Status;
use crate::fault::{Faults, ValueFault};

/// What a customer wants to pay. How much that is, is never theirs to say, but for a tip.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Wish {
    /// Which part.
    pub part: Part,
    /// A tip besides.
    pub tip_minor: i64,
    /// Where they want to type in their card.
    pub card_at: CardAt,
}

/// Which part of what a visit costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Part {
    /// What is wanted now.
    #[default]
    Now,
    /// Everything that is open.
    All,
}

/// What a customer is led to a page for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Asked {
    pub(super) kind: PaymentKind,
    /// Without the tip.
    pub(super) own_minor: i64,
    pub(super) tip_minor: i64,
}

impl Asked {
    /// All of it.
    pub(super) const fn amount_minor(&self) -> i64 {
        self.own_minor + self.tip_minor
    }

    /// What is asked for where somebody wishes this; faults of the tip are told.
    pub(super) fn of(bill: &Bill, paid: &Paid, wish: Wish) -> Result<Self, Faults> {
        let most = if wish.part == Part::All { bill.most_tip(paid) } else { 0 };
        let mut faults = Faults::new();
        if wish.tip_minor < 0 {
            let detail = "A tip can't be less than nothing.";
            faults.note("/tip_minor", ValueFault::new("too_small", detail));
        } else if wish.tip_minor > most {
            faults.note("/tip_minor", ValueFault::new("too_large", format!("At most {most}.")));
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        let (kind, own_minor) = match bill.status {
            Status::PendingPayment if wish.part == Part::Now => {
                (PaymentKind::Deposit, bill.wanted_now(paid))
            }
            Status::Cancelled | Status::NoShow => (PaymentKind::Fee, bill.open(paid)),
            status if wish.part == Part::All && is_being_had(status) => {
                (PaymentKind::Rest, bill.open(paid))
            }
            _ => (PaymentKind::Rest, 0),
        };
        Ok(Self { kind, own_minor, tip_minor: wish.tip_minor })
    }

    /// Whether it is still asked for: nobody pays more than is open.
    pub(super) fn fits(&self, bill: &Bill, paid: &Paid) -> bool {
        match self.kind {
            PaymentKind::Deposit => {
                bill.status == Status::PendingPayment && self.own_minor <= bill.wanted_now(paid)
            }
            PaymentKind::Fee => {
                matches!(bill.status, Status::Cancelled | Status::NoShow)
                    && self.own_minor <= bill.open(paid)
            }
            PaymentKind::Rest => is_being_had(bill.status) && self.own_minor <= bill.open(paid),
            PaymentKind::Desk | PaymentKind::Gift => false,
        }
    }
}

/// Whether it will happen, happens or happened: then its price is what it costs.
pub(super) const fn is_being_had(status: Status) -> bool {
    matches!(status, Status::Confirmed | Status::CheckedIn | Status::InService | Status::Completed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(status: Status, part: Part, tip_minor: i64, kept: i64) -> Result<Asked, Faults> {
        let fee_minor =
            if matches!(status, Status::Cancelled | Status::NoShow) { 5_000 } else { 0 };
        let bill = Bill { status, price_minor: 9_000, deposit_minor: 3_000, fee_minor };
        let paid = Paid { paid_minor: kept, ..Paid::default() };
        Asked::of(&bill, &paid, Wish { part, tip_minor, ..Wish::default() })
    }

    #[test]
    fn what_a_wish_comes_to() {
        use Part::{All, Now};
        use PaymentKind::{Deposit, Fee, Rest};
        use Status as S;
        // status, part, tip, kept: kind, own
        let cases = [
            (S::PendingPayment, Now, 0, 0, Deposit, 3_000),
            (S::PendingPayment, Now, 0, 1_000, Deposit, 2_000),
            (S::PendingPayment, All, 0, 0, Rest, 0),
            (S::PendingApproval, All, 0, 0, Rest, 0),
            (S::Confirmed, Now, 0, 3_000, Rest, 0),
            (S::Confirmed, All, 0, 3_000, Rest, 6_000),
            (S::CheckedIn, All, 900, 3_000, Rest, 6_000),
            (S::Completed, All, 9_000, 9_000, Rest, 0),
            (S::Cancelled, Now, 0, 3_000, Fee, 2_000),
            (S::NoShow, All, 0, 0, Fee, 5_000),
            (S::Expired, All, 0, 0, Rest, 0),
        ];
        for (status, part, tip, kept, kind, own) in cases {
            let found = asked(status, part, tip, kept).unwrap();
            assert_eq!((found.kind, found.own_minor), (kind, own), "{status} {part:?} {kept}");
            assert_eq!(found.tip_minor, tip);
        }
        for (status, part, tip, kept) in [
            (S::Confirmed, All, -1, 0),
            (S::Confirmed, All, 9_001, 0),
            (S::Confirmed, All, i64::MAX, 0),
            (S::Confirmed, Now, 1, 0),
            // Nothing is open, and it hasn't happened yet.
            (S::Confirmed, All, 1, 9_000),
            (S::PendingPayment, All, 1, 0),
            (S::Cancelled, All, 1, 0),
        ] {
            assert!(asked(status, part, tip, kept).is_err(), "{status} {part:?} {tip} {kept}");
        }
    }

    #[test]
    fn what_was_asked_for_and_what_fits_now() {
        let bill = Bill {
            status: Status::Confirmed,
            price_minor: 9_000,
            deposit_minor: 3_000,
            fee_minor: 0,
        };
        let paid = |kept| Paid { paid_minor: kept, ..Paid::default() };
        let rest = Asked { kind: PaymentKind::Rest, own_minor: 6_000, tip_minor: 500 };
        assert!(rest.fits(&bill, &paid(3_000)));
        assert!(!rest.fits(&bill, &paid(3_001)));
        let called_off = Bill { status: Status::Cancelled, fee_minor: 9_000, ..bill };
        assert!(!rest.fits(&called_off, &paid(0)));
        let fee = Asked { kind: PaymentKind::Fee, own_minor: 9_000, tip_minor: 0 };
        assert!(fee.fits(&called_off, &paid(0)));
        assert!(!fee.fits(&bill, &paid(0)));
        let tip = Asked { kind: PaymentKind::Rest, own_minor: 0, tip_minor: 500 };
        assert!(tip.fits(&Bill { status: Status::Completed, ..bill }, &paid(9_000)));
    }
}
