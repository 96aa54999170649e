//! What a visit costs as it stands, and what is still to be paid or given back: pure.

use crate::bookings::Status;

/// Nobody means a larger tip, in minor units.
const MOST_TIP: i64 = 10_000_000;

/// What a visit costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bill {
    /// Where it stands.
    pub status: Status,
    /// What it costs if it takes place.
    pub price_minor: i64,
    /// What makes it certain.
    pub deposit_minor: i64,
    /// What it costs that it doesn't take place.
    pub fee_minor: i64,
}

/// What was paid for a visit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Paid {
    /// Without tips.
    pub paid_minor: i64,
    /// Tips.
    pub tips_minor: i64,
    /// What was given back or is on its way, of either.
    pub refunded_minor: i64,
    /// That of it which isn't of tips.
    pub returned_minor: i64,
    /// What of it was due and needn't be paid again, as whoever gave it back said: nothing of what was too much. This was
    /// forgiven of the price.
    pub waived_minor: i64,
    /// And this of what it cost that it didn't take place: should it take place after all, its price is as it was.
    pub waived_fee_minor: i64,
}

impl Paid {
    /// What is there of it, without tips.
    pub const fn kept(&self) -> i64 {
        self.paid_minor - self.returned_minor
    }
}

impl Bill {
    /// All that it costs as it stands, less what was forgiven. Whoever doesn't come pays no less than the
    /// deposit, if they paid it and it wasn't given back: that is what it is for.
    pub fn due(&self, paid: &Paid) -> i64 {
        let less = |minor: i64| (minor - self.waived(paid)).max(0);
        match self.status {
            Status::Cancelled | Status::Expired => less(self.fee_minor),
            Status::NoShow => less(self.fee_minor).max(self.deposit_minor.min(paid.kept()).max(0)),
            _ => less(self.price_minor),
        }
    }

    /// What was forgiven of what it costs as it stands.
    pub const fn waived(&self, paid: &Paid) -> i64 {
        if self.is_off() { paid.waived_fee_minor } else { paid.waived_minor }
    }

    /// Whether it is over: what is given back of it by then isn't asked for again, unless that is said.
    pub const fn is_over(&self) -> bool {
        matches!(
            self.status,
            Status::Completed | Status::NoShow | Status::Cancelled | Status::Expired
        )
    }

    /// Whether it doesn't take place: then nobody earned a tip.
    pub const fn is_off(&self) -> bool {
        matches!(self.status, Status::NoShow | Status::Cancelled | Status::Expired)
    }

    /// What is still to be paid.
    pub fn open(&self, paid: &Paid) -> i64 {
        (self.due(paid) - paid.kept()).max(0)
    }

    /// What was paid and isn't due any more.
    pub fn excess(&self, paid: &Paid) -> i64 {
        (paid.kept() - self.due(paid)).max(0)
    }

    /// What must be paid now so that the visit is certain.
    pub fn wanted_now(&self, paid: &Paid) -> i64 {
        match self.status {
            Status::PendingPayment => (self.deposit_minor - paid.kept()).max(0),
            _ => 0,
        }
    }

    /// What is asked of the customer now: what makes the visit certain, or what it costs that it didn't take place.
    pub fn asked_now(&self, paid: &Paid) -> i64 {
        match self.status {
            Status::Cancelled | Status::NoShow => self.open(paid),
            _ => self.wanted_now(paid),
        }
    }

    /// The largest tip that a customer can give by card: with what they pay, or once the visit happened and was
    /// paid. No more than its price, so that nobody slips by a digit or two.
    pub fn most_tip(&self, paid: &Paid) -> i64 {
        let welcome = match self.status {
            Status::Completed => true,
            Status::Confirmed | Status::CheckedIn | Status::InService => self.open(paid) > 0,
            _ => false,
        };
        if welcome { self.price_minor.clamp(0, MOST_TIP) } else { 0 }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::payments::refunds::parts::Left;

    fn paid(paid_minor: i64, tips_minor: i64, returned_minor: i64) -> Paid {
        Paid {
            paid_minor,
            tips_minor,
            refunded_minor: returned_minor,
            returned_minor,
            waived_minor: 0,
            waived_fee_minor: 0,
        }
    }

    #[test]
    fn what_is_due_open_and_too_much() {
        use Status as S;
        // status, fee, paid, given back: due, open, too much, wanted now
        let cases = [
            (S::PendingPayment, 0, 0, 0, (10_000, 10_000, 0, 3_000)),
            (S::PendingPayment, 0, 1_000, 0, (10_000, 9_000, 0, 2_000)),
            (S::PendingPayment, 0, 3_000, 3_000, (10_000, 10_000, 0, 3_000)),
            (S::Confirmed, 0, 3_000, 0, (10_000, 7_000, 0, 0)),
            (S::Completed, 0, 10_000, 0, (10_000, 0, 0, 0)),
            (S::Completed, 0, 12_000, 0, (10_000, 0, 2_000, 0)),
            (S::Cancelled, 0, 3_000, 0, (0, 0, 3_000, 0)),
            (S::Cancelled, 5_000, 3_000, 0, (5_000, 2_000, 0, 0)),
            (S::Cancelled, 2_000, 3_000, 0, (2_000, 0, 1_000, 0)),
            (S::Cancelled, 2_000, 3_000, 1_000, (2_000, 0, 0, 0)),
            (S::Expired, 0, 3_000, 0, (0, 0, 3_000, 0)),
            (S::NoShow, 0, 3_000, 0, (3_000, 0, 0, 0)),
            (S::NoShow, 0, 10_000, 0, (3_000, 0, 7_000, 0)),
            (S::NoShow, 0, 0, 0, (0, 0, 0, 0)),
            (S::NoShow, 5_000, 3_000, 0, (5_000, 2_000, 0, 0)),
        ];
        for (status, fee_minor, sum, back, expected) in cases {
            let bill = Bill { status, price_minor: 10_000, deposit_minor: 3_000, fee_minor };
            let paid = paid(sum, 500, back);
            let found =
                (bill.due(&paid), bill.open(&paid), bill.excess(&paid), bill.wanted_now(&paid));
            assert_eq!(found, expected, "{status} fee {fee_minor} paid {sum} back {back}");
        }
    }

    #[test]
    fn what_is_given_back_for_good_is_not_asked_for_again() {
        use Status as S;
        // status, fee, paid, given back, of that for good: due, open, too much
        let cases = [
            (S::Completed, 0, 10_000, 1_000, 1_000, (9_000, 0, 0)),
            (S::Completed, 0, 10_000, 1_000, 0, (10_000, 1_000, 0)),
            (S::Completed, 0, 10_000, 3_000, 1_000, (9_000, 2_000, 0)),
            (S::Confirmed, 0, 3_000, 3_000, 0, (10_000, 10_000, 0)),
            (S::Confirmed, 0, 3_000, 3_000, 3_000, (7_000, 7_000, 0)),
            (S::Cancelled, 2_000, 2_000, 2_000, 2_000, (0, 0, 0)),
            (S::Cancelled, 2_000, 3_000, 1_000, 0, (2_000, 0, 0)),
            (S::NoShow, 2_000, 3_000, 3_000, 3_000, (0, 0, 0)),
            (S::NoShow, 2_000, 3_000, 3_000, 0, (2_000, 2_000, 0)),
            // The deposit is kept as far as it is there.
            (S::NoShow, 0, 3_000, 1_000, 1_000, (2_000, 0, 0)),
            (S::NoShow, 5_000, 3_000, 0, 0, (5_000, 2_000, 0)),
        ];
        for (status, fee_minor, sum, back, waived_minor, expected) in cases {
            let bill = Bill { status, price_minor: 10_000, deposit_minor: 3_000, fee_minor };
            // What was forgiven of the other one says nothing here.
            let (price, fee) = if bill.is_off() { (7, waived_minor) } else { (waived_minor, 7) };
            let paid = Paid { waived_minor: price, waived_fee_minor: fee, ..paid(sum, 0, back) };
            let found = (bill.due(&paid), bill.open(&paid), bill.excess(&paid));
            assert_eq!(
                found, expected,
                "{status} fee {fee_minor} paid {sum} back {back} {waived_minor}"
            );
        }
    }

    proptest! {
        /// Whatever was paid, it is either not enough or too much, and never both.
        #[test]
        fn what_is_open_and_what_is_too_much_are_the_difference(
            price in 0i64..10_000_000_000, share in 0i64..=100, fee in 0i64..=100,
            sum in 0i64..10_000_000_000, part in 0i64..=100, status in 0usize..10,
        ) {
            let bill = Bill {
                status: Status::ALL[status],
                price_minor: price,
                deposit_minor: price * share / 100,
                fee_minor: price * fee / 100,
            };
            let paid = paid(sum, 0, sum * part / 100);
            let (open, excess) = (bill.open(&paid), bill.excess(&paid));
            prop_assert!(open == 0 || excess == 0);
            prop_assert_eq!(excess - open, paid.kept() - bill.due(&paid));
            prop_assert!(bill.wanted_now(&paid) <= open.max(bill.deposit_minor));
        }

        /// Giving back exactly what is too much leaves what is due as it was, also where nobody asks for it again; of
        /// what is given back beyond that, each coin is one less due, until nothing is.
        #[test]
        fn what_is_too_much_is_not_forgiven(
            price in 0i64..10_000_000, share in 0i64..=100, fee in 0i64..=100, sum in 0i64..10_000_000,
            tips_minor in 0i64..10_000, part in 0i64..=100, forgiven in 0i64..=100, more in 0i64..=100,
            status in 0usize..10,
        ) {
            let bill = Bill {
                status: Status::ALL[status],
                price_minor: price,
                deposit_minor: price * share / 100,
                fee_minor: price * fee / 100,
            };
            let gone = sum * part / 100;
            let waived_minor = gone * forgiven / 100;
            let before = Paid {
                waived_minor,
                waived_fee_minor: waived_minor,
                ..paid(sum, tips_minor, gone)
            };
            let (due, excess) = (bill.due(&before), bill.excess(&before));
            let left = Left { own_minor: before.kept(), tip_minor: tips_minor };
            let given = |amount_minor: i64| {
                let back = left.own_first(amount_minor).forgiven(excess);
                Paid {
                    refunded_minor: before.refunded_minor + back.amount_minor,
                    returned_minor: before.returned_minor + back.own_minor(),
                    waived_minor: before.waived_minor + back.waived_minor,
                    waived_fee_minor: before.waived_fee_minor + back.waived_minor,
                    ..before
                }
            };
            let after = given(excess);
            prop_assert_eq!(
                (bill.due(&after), bill.open(&after), bill.excess(&after)),
                (due, bill.open(&before), 0)
            );
            let beyond = (before.kept() - excess) * more / 100;
            prop_assert_eq!(bill.due(&given(excess + beyond)), due - beyond);
            // All of it, with its tip.
            prop_assert_eq!(bill.due(&given(before.kept() + tips_minor)), due - (before.kept() - excess));
        }
    }
}
