//! The rules that a visit was made under. They stay as they were, whatever the shop changes.

use chrono::Duration;
use serde::{Deserialize, Serialize};

use crate::diary::Policy;
use crate::payments::chargeable::{percent_down, step};
use crate::risk::Rule;
use crate::tenancy::StoreError;
use crate::time::Instant;

/// Until when a customer may change a visit, and what else that costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// Minutes before the start until which it may be cancelled.
    pub cancel_notice: u32,
    /// Minutes before the start until which it may be moved.
    pub move_notice: u32,
    /// What a late cancellation costs, of the price.
    pub late_cancel_fee_percent: u8,
    /// What it costs not to come, of the price.
    pub no_show_fee_percent: u8,
    /// Whether staff must approve it.
    pub needs_approval: bool,
    /// Whether its customer leaves a card before it is certain.
    #[serde(default)]
    pub asks_card: bool,
    /// What is asked besides of who books it online when it seems that nobody may come.
    #[serde(default, skip_serializing_if = "Rule::is_none")]
    pub risk: Rule,
}

impl From<Policy> for Terms {
    fn from(policy: Policy) -> Self {
        Self {
            cancel_notice: policy.cancel_notice,
            move_notice: policy.move_notice,
            late_cancel_fee_percent: policy.late_cancel_fee_percent,
            no_show_fee_percent: policy.no_show_fee_percent,
            needs_approval: policy.needs_approval,
            // Only who books online leaves one, and only where cards are taken: who keeps time finds out.
            asks_card: false,
            risk: Rule::default(),
        }
    }
}

impl Terms {
    /// Until when it may be cancelled without a fee.
    pub fn cancel_until(&self, start: Instant) -> Instant {
        start - Duration::minutes(self.cancel_notice.into())
    }

    /// Until when it may be moved.
    pub fn move_until(&self, start: Instant) -> Instant {
        start - Duration::minutes(self.move_notice.into())
    }

    /// What cancelling costs now, of a price in this currency.
    pub fn cancel_fee(&self, start: Instant, now: Instant, price: (i64, &str)) -> i64 {
        if now <= self.cancel_until(start) {
            return 0;
        }
        of(price, self.late_cancel_fee_percent)
    }

    /// Whether a customer may cancel now: in time, or late where a fee is what it costs.
    pub fn may_cancel(&self, start: Instant, now: Instant) -> bool {
        now <= self.cancel_until(start) || (self.late_cancel_fee_percent > 0 && now < start)
    }

    /// What it costs that nobody came, of a price in this currency.
    pub fn no_show_fee(&self, price: (i64, &str)) -> i64 {
        of(price, self.no_show_fee_percent)
    }

    /// As it is stored.
    pub(super) fn read(stored: &serde_json::Value) -> Result<Self, StoreError> {
        serde_json::from_value(stored.clone())
            .map_err(|error| StoreError::Unreadable(format!("the terms of a visit: {error}")))
    }
}

/// A part of a price, as far as cards can pay it.
fn of((price_minor, currency): (i64, &str), percent: u8) -> i64 {
    percent_down(price_minor, percent, step(currency))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cancelling_costs_and_when_it_is_too_late() {
        let at = |text: &str| format!("2026-05-01T{text}:00Z").parse::<Instant>().unwrap();
        let terms = |fee| Terms {
            cancel_notice: 120,
            move_notice: 60,
            late_cancel_fee_percent: fee,
            no_show_fee_percent: 100,
            needs_approval: false,
            asks_card: false,
            risk: Rule::default(),
        };
        // fee, now, may, costs
        let cases = [
            (0, "07:59", true, 0),
            (0, "08:00", true, 0),
            (0, "08:01", false, 0),
            (50, "08:00", true, 0),
            (50, "08:01", true, 4_500),
            (50, "09:59", true, 4_500),
            (50, "10:00", false, 4_500),
        ];
        for (fee, now, may, costs) in cases {
            let terms = terms(fee);
            assert_eq!(terms.may_cancel(at("10:00"), at(now)), may, "{fee} {now}");
            let costs_now = terms.cancel_fee(at("10:00"), at(now), (9_000, "USD"));
            assert_eq!(costs_now, costs, "{fee} {now}");
        }
        assert_eq!(terms(0).move_until(at("10:00")), at("09:00"));
        assert_eq!(terms(0).no_show_fee((9_001, "USD")), 9_001);
        // No card pays a thousandth of a dinar.
        assert_eq!(terms(0).no_show_fee((9_001, "KWD")), 9_000);
        let late = terms(33).cancel_fee(at("10:00"), at("09:00"), (9_500, "KWD"));
        assert_eq!(late, 3_130);
    }
}
