//! What a business asks of who books when the points are many: pure.

use serde::{Deserialize, Serialize};

use crate::payments::chargeable::{down, percent_up};
use crate::policies::RiskAsks;

/// From how many points on what is asked. Of several services each has its say, so both may be asked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// From here on staff must approve.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    approval_from: Option<u8>,
    /// From here on a deposit is paid, of no less than so many percent of the price.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    deposit: Option<(u8, u8)>,
}

/// What is asked of one visit besides what the other rules ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Demand {
    /// Nothing.
    Nothing,
    /// That staff say yes.
    Approval,
    /// That at least so much is paid before, in minor units.
    Deposit(i64),
    /// Both.
    Both(i64),
}

impl Rule {
    /// The rule of one service. From nought on, or from nowhere: there is none.
    pub(crate) fn of(from: Option<u8>, asks: RiskAsks, deposit_percent: u8) -> Self {
        match (from.filter(|from| *from > 0), asks) {
            (None, _) => Self::default(),
            (from, RiskAsks::Approval) => Self { approval_from: from, deposit: None },
            (Some(from), RiskAsks::Deposit) => {
                Self { approval_from: None, deposit: Some((from, deposit_percent)) }
            }
        }
    }

    /// The stricter of both in everything.
    #[must_use]
    pub(crate) fn and(self, other: Self) -> Self {
        let first = |one: Option<u8>, two: Option<u8>| one.into_iter().chain(two).min();
        let deposit = match (self.deposit, other.deposit) {
            (Some((from, share)), Some((or_from, or_share))) => {
                Some((from.min(or_from), share.max(or_share)))
            }
            (one, two) => one.or(two),
        };
        Self { approval_from: first(self.approval_from, other.approval_from), deposit }
    }

    /// Whether it asks nothing, ever.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks by reference")]
    pub(crate) fn is_none(&self) -> bool {
        *self == Self::default()
    }

    /// Whether so many points are enough for it to ask anything.
    pub(crate) fn is_met(self, points: u8) -> bool {
        self.wants_approval(points) || self.share(points).is_some()
    }

    fn wants_approval(self, points: u8) -> bool {
        self.approval_from.is_some_and(|from| points >= from)
    }

    fn share(self, points: u8) -> Option<u8> {
        self.deposit.filter(|(from, _)| points >= *from).map(|(_, share)| share)
    }

    /// Whether so many points are enough for it to ask for a deposit.
    pub(crate) fn wants_deposit(self, points: u8) -> bool {
        self.share(points).is_some()
    }

    /// What it asks of a visit that costs so much, in steps that cards know. Where no deposit can be taken (there is no
    /// account that takes money, or nothing to pay), staff decide.
    pub(crate) fn demand(
        self,
        points: u8,
        price_minor: i64,
        step: i64,
        takes_money: bool,
    ) -> Demand {
        let approval = self.wants_approval(points);
        match self.share(points) {
            None if approval => Demand::Approval,
            None => Demand::Nothing,
            Some(_) if !takes_money || down(price_minor, step) <= 0 => Demand::Approval,
            Some(share) => {
                // To the next step, like every deposit.
                let part = percent_up(price_minor, share.into(), step);
                if approval { Demand::Both(part) } else { Demand::Deposit(part) }
            }
        }
    }
}

impl Demand {
    /// Whether staff must say yes.
    pub(crate) const fn approval(self) -> bool {
        matches!(self, Self::Approval | Self::Both(_))
    }

    /// What is paid before, at least.
    pub(crate) const fn deposit(self) -> i64 {
        match self {
            Self::Deposit(part) | Self::Both(part) => part,
            Self::Nothing | Self::Approval => 0,
        }
    }
}
