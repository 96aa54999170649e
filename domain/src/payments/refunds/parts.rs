//! What of a payment goes back: of what it was for, and of its tip. Pure.

use crate::payments::entities::payment;

/// What is still there of a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::payments) struct Left {
    /// Without the tip.
    pub(in crate::payments) own_minor: i64,
    /// Of the tip.
    pub(in crate::payments) tip_minor: i64,
}

/// What goes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::payments) struct Back {
    /// All of it.
    pub(in crate::payments) amount_minor: i64,
    /// The part of it that is of the tip.
    pub(in crate::payments) tip_minor: i64,
    /// What of it was due and needn't be paid again: nothing of the tip, and nothing of what was too much.
    pub(in crate::payments) waived_minor: i64,
    /// Whether that is of what it cost that the visit didn't take place, and not of its price.
    pub(in crate::payments) waived_fee: bool,
}

impl From<&payment::Model> for Left {
    fn from(row: &payment::Model) -> Self {
        let own_back = row.refunded_minor - row.tip_refunded_minor;
        Self {
            own_minor: (row.amount_minor - row.tip_minor - own_back).max(0),
            tip_minor: (row.tip_minor - row.tip_refunded_minor).max(0),
        }
    }
}

impl Left {
    /// So much of it, and of the tip only what the rest doesn't cover: that belongs to staff.
    pub(in crate::payments) fn own_first(self, amount_minor: i64) -> Back {
        let tip_minor = (amount_minor - self.own_minor).max(0);
        Back { amount_minor, tip_minor, waived_minor: 0, waived_fee: false }
    }

    /// So much of what it was for, and so much of the tip, as far as it is there.
    pub(in crate::payments) fn parts(self, own_minor: i64, tip_minor: i64) -> Back {
        let tip_minor = tip_minor.clamp(0, self.tip_minor);
        let own_minor = own_minor.clamp(0, self.own_minor);
        let amount_minor = own_minor + tip_minor;
        Back { amount_minor, tip_minor, waived_minor: 0, waived_fee: false }
    }
}

impl Back {
    /// Without the part that is of the tip.
    pub(in crate::payments) const fn own_minor(&self) -> i64 {
        self.amount_minor - self.tip_minor
    }

    /// The same, and nobody asks for it again. So much of it wasn't due anyway: that isn't forgiven by giving it back.
    pub(in crate::payments) fn forgiven(self, excess_minor: i64) -> Self {
        Self { waived_minor: (self.own_minor() - excess_minor).max(0), ..self }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Whatever goes back in whatever parts, nothing of either is given back twice, and all of it is the whole.
        #[test]
        fn parts_are_the_whole(own in 0i64..1_000_000, tip in 0i64..1_000_000, shares in prop::collection::vec((0i64..=100, any::<bool>()), 0..8)) {
            let mut left = Left { own_minor: own, tip_minor: tip };
            let mut back = (0, 0);
            for (share, first) in shares {
                let went = if first {
                    left.own_first((left.own_minor + left.tip_minor) * share / 100)
                } else {
                    left.parts(left.own_minor * share / 100, left.tip_minor)
                };
                let own_part = went.own_minor();
                prop_assert!((0..=left.own_minor).contains(&own_part));
                prop_assert!((0..=left.tip_minor).contains(&went.tip_minor));
                // Nothing of the tip goes before the rest has gone, unless it is asked for.
                prop_assert!(!first || went.tip_minor == 0 || own_part == left.own_minor);
                left = Left { own_minor: left.own_minor - own_part, tip_minor: left.tip_minor - went.tip_minor };
                back = (back.0 + own_part, back.1 + went.tip_minor);
            }
            prop_assert_eq!((back.0 + left.own_minor, back.1 + left.tip_minor), (own, tip));
        }
    }
}
