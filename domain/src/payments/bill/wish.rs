//! What a customer wants to pay, and what comes of that: pure.

use super::chargeable::{Chargeable, down};
use super::due::{Bill, Paid};
use crate::bookings::Status;
use crate::fault::{Faults, ValueFault};
use crate::payments::provider::CardAt;
use crate::payments::words::PaymentKind;

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
pub(in crate::payments) struct Asked {
    pub(in crate::payments) kind: PaymentKind,
    /// Without the tip.
    pub(in crate::payments) own_minor: i64,
    pub(in crate::payments) tip_minor: i64,
}

impl Asked {
    /// All of it.
    pub(in crate::payments) const fn amount_minor(&self) -> i64 {
        self.own_minor + self.tip_minor
    }

    /// What is asked for where somebody wishes this, as far as `by` takes it; faults of the tip are told.
    pub(in crate::payments) fn of(
        bill: &Bill,
        paid: &Paid,
        wish: Wish,
        by: Chargeable,
    ) -> Result<Self, Faults> {
        let tip_minor = wish.tip_minor;
        let most = if wish.part == Part::All { most_tip(bill, paid, by) } else { 0 };
        let open = bill.open(paid);
        let (kind, own_minor) = match bill.status {
            Status::PendingPayment if wish.part == Part::Now => {
                (PaymentKind::Deposit, deposit_now(bill, paid, by))
            }
            Status::Cancelled | Status::NoShow => (PaymentKind::Fee, by.no_more(open)),
            // With a tip besides, less than the least may be enough.
            status if wish.part == Part::All && is_being_had(status) => {
                let own = down(open, by.step());
                (PaymentKind::Rest, if by.takes(own.saturating_add(tip_minor)) { own } else { 0 })
            }
            _ => (PaymentKind::Rest, 0),
        };
        let mut faults = Faults::new();
        if tip_minor < 0 {
            let detail = "A tip can't be less than nothing.";
            faults.note("/tip_minor", ValueFault::new("too_small", detail));
        } else if tip_minor > most {
            faults.note("/tip_minor", ValueFault::new("too_large", format!("At most {most}.")));
        } else if tip_minor > 0 {
            // What it comes besides is in whole steps already.
            faults.take("/tip_minor", by.check(own_minor + tip_minor));
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        Ok(Self { kind, own_minor, tip_minor })
    }

    /// Whether it is still asked for: nobody pays more than is open.
    pub(in crate::payments) fn fits(&self, bill: &Bill, paid: &Paid, by: Chargeable) -> bool {
        match self.kind {
            PaymentKind::Deposit => self.own_minor <= deposit_now(bill, paid, by),
            PaymentKind::Fee => {
                matches!(bill.status, Status::Cancelled | Status::NoShow)
                    && self.own_minor <= bill.open(paid)
            }
            PaymentKind::Rest => is_being_had(bill.status) && self.own_minor <= bill.open(paid),
            PaymentKind::Desk | PaymentKind::Gift => false,
        }
    }
}

/// What is asked now so that a visit is certain: where cards don't know that amount, a little more.
fn deposit_now(bill: &Bill, paid: &Paid, by: Chargeable) -> i64 {
    by.no_less(bill.wanted_now(paid), bill.open(paid))
}

/// What is asked of the customer now, as far as `by` takes it.
pub(in crate::payments) fn asked_now(bill: &Bill, paid: &Paid, by: Chargeable) -> i64 {
    match bill.status {
        Status::PendingPayment => deposit_now(bill, paid, by),
        _ => by.no_more(bill.asked_now(paid)),
    }
}

/// The largest tip that `by` takes. Before the visit happened it comes with what is open, if that can be paid.
pub(in crate::payments) fn most_tip(bill: &Bill, paid: &Paid, by: Chargeable) -> i64 {
    let welcome = bill.status == Status::Completed || down(bill.open(paid), by.step()) > 0;
    if welcome { down(bill.most_tip(paid), by.step()) } else { 0 }
}

/// Whether it will happen, happens or happened: then its price is what it costs.
pub(in crate::payments) const fn is_being_had(status: Status) -> bool {
    matches!(status, Status::Confirmed | Status::CheckedIn | Status::InService | Status::Completed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payments::words::ProviderName;

    fn dollars() -> Chargeable {
        Chargeable::by(ProviderName::Stripe, "USD")
    }

    fn asked(status: Status, part: Part, tip_minor: i64, kept: i64) -> Result<Asked, Faults> {
        let fee_minor =
            if matches!(status, Status::Cancelled | Status::NoShow) { 5_000 } else { 0 };
        let bill = Bill { status, price_minor: 9_000, deposit_minor: 3_000, fee_minor };
        let paid = Paid { paid_minor: kept, ..Paid::default() };
        Asked::of(&bill, &paid, Wish { part, tip_minor, ..Wish::default() }, dollars())
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
        assert!(rest.fits(&bill, &paid(3_000), dollars()));
        assert!(!rest.fits(&bill, &paid(3_001), dollars()));
        let called_off = Bill { status: Status::Cancelled, fee_minor: 9_000, ..bill };
        assert!(!rest.fits(&called_off, &paid(0), dollars()));
        let fee = Asked { kind: PaymentKind::Fee, own_minor: 9_000, tip_minor: 0 };
        assert!(fee.fits(&called_off, &paid(0), dollars()));
        assert!(!fee.fits(&bill, &paid(0), dollars()));
        let tip = Asked { kind: PaymentKind::Rest, own_minor: 0, tip_minor: 500 };
        assert!(tip.fits(&Bill { status: Status::Completed, ..bill }, &paid(9_000), dollars()));
    }

    /// Whatever was paid before, a provider that knows no third digit is never asked for one.
    #[test]
    fn what_is_asked_in_dinars() {
        let dinars = Chargeable::by(ProviderName::Stripe, "KWD");
        let bill = |status, fee_minor| Bill {
            status,
            price_minor: 9_505,
            deposit_minor: 3_140,
            fee_minor,
        };
        let wish = |part, tip_minor| Wish { part, tip_minor, ..Wish::default() };
        // status, fee, part, tip, kept: own
        for (status, fee, part, tip, kept, own) in [
            (Status::PendingPayment, 0, Part::Now, 0, 0, 3_140),
            // Some of it was paid in coins that cards don't know.
            (Status::PendingPayment, 0, Part::Now, 0, 1_005, 2_140),
            (Status::Confirmed, 0, Part::All, 0, 3_140, 6_360),
            (Status::Confirmed, 0, Part::All, 950, 3_140, 6_360),
            (Status::Confirmed, 0, Part::All, 0, 9_500, 0),
            (Status::Cancelled, 3_135, Part::Now, 0, 0, 3_130),
        ] {
            let paid = Paid { paid_minor: kept, ..Paid::default() };
            let found = Asked::of(&bill(status, fee), &paid, wish(part, tip), dinars).unwrap();
            assert_eq!(found.own_minor, own, "{status} {kept}");
            assert!(found.amount_minor() == 0 || dinars.takes(found.amount_minor()));
            assert!(found.fits(&bill(status, fee), &paid, dinars));
        }
        let paid = Paid { paid_minor: 3_140, ..Paid::default() };
        let odd = Asked::of(&bill(Status::Confirmed, 0), &paid, wish(Part::All, 1_025), dinars);
        assert_eq!(odd.unwrap_err().into_fields()[0].code, "not_chargeable");
    }

    /// What is open and too little by itself is paid with a tip; a tip alone is no less than the least.
    #[test]
    fn what_is_too_little_to_be_taken() {
        let bill = |price_minor| Bill {
            status: Status::Completed,
            price_minor,
            deposit_minor: 0,
            fee_minor: 0,
        };
        let of = |open: i64, tip_minor| {
            let paid = Paid { paid_minor: 9_000 - open, ..Paid::default() };
            let wish = Wish { part: Part::All, tip_minor, ..Wish::default() };
            Asked::of(&bill(9_000), &paid, wish, dollars()).ok().map(|asked| asked.amount_minor())
        };
        assert_eq!((of(30, 0), of(30, 20), of(0, 50)), (Some(0), Some(50), Some(50)));
        assert_eq!((of(30, 19), of(0, 49)), (None, None));
    }
}
