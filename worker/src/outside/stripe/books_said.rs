//! What Stripe answers about its own book, as far as we read it.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use openchair_domain::payments::{
    DisputeStand, DisputeState, PayoutStand, PayoutState, ProviderError, Returned, Reversal, Taking,
};
use serde::Deserialize;

use super::amounts::from_stripe;
use super::said::Refund;

/// A page of a list.
#[derive(Debug, Deserialize)]
pub(super) struct Page<T> {
    pub(super) data: Vec<T>,
    #[serde(default)]
    pub(super) has_more: bool,
}

/// What has a name, by which the next page begins.
pub(super) trait Named {
    fn name(&self) -> &str;
}

fn at(epoch: i64) -> Result<DateTime<Utc>, ProviderError> {
    let unknown = || ProviderError::Away(format!("Stripe says it was at {epoch}"));
    DateTime::from_timestamp(epoch, 0).ok_or_else(unknown)
}

/// Money that was taken, or was to be.
#[derive(Debug, Deserialize)]
pub(super) struct TakenCharge {
    id: String,
    amount_captured: i64,
    currency: String,
    status: String,
    payment_intent: Option<String>,
    #[serde(default)]
    metadata: HashMap<String, String>,
}

/// The same, by what stands behind it.
#[derive(Debug, Deserialize)]
pub(super) struct TakenIntent {
    id: String,
    amount_received: i64,
    currency: String,
    status: String,
    #[serde(default)]
    metadata: HashMap<String, String>,
}

impl Named for TakenCharge {
    fn name(&self) -> &str {
        &self.id
    }
}

fn taking(
    taken: String,
    amount: i64,
    currency: &str,
    mut metadata: HashMap<String, String>,
) -> Result<Option<Taking>, ProviderError> {
    let currency = currency.to_uppercase();
    let amount_minor = from_stripe(amount, &currency)?;
    let payment = metadata.remove("payment");
    Ok((amount != 0).then_some(Taking { taken, amount_minor, currency, payment }))
}

impl TakenCharge {
    /// As we know it: by what stands behind it. None, if nothing was taken.
    pub(super) fn taking(self) -> Result<Option<Taking>, ProviderError> {
        if self.status != "succeeded" {
            return Ok(None);
        }
        let taken = self.payment_intent.unwrap_or(self.id);
        taking(taken, self.amount_captured, &self.currency, self.metadata)
    }
}

impl TakenIntent {
    /// None, if nothing was taken.
    pub(super) fn taking(self) -> Result<Option<Taking>, ProviderError> {
        if self.status != "succeeded" {
            return Ok(None);
        }
        taking(self.id, self.amount_received, &self.currency, self.metadata)
    }
}

/// Money that was given back, by whomever.
#[derive(Debug, Deserialize)]
pub(super) struct FoundRefund {
    amount: i64,
    currency: String,
    payment_intent: Option<String>,
    charge: Option<String>,
    #[serde(flatten)]
    refund: Refund,
}

impl Named for FoundRefund {
    fn name(&self) -> &str {
        self.refund.name()
    }
}

impl FoundRefund {
    /// None, if it isn't of anything that was taken.
    pub(super) fn reversal(self) -> Result<Option<Reversal>, ProviderError> {
        let Some(taken) = self.payment_intent.or(self.charge) else { return Ok(None) };
        let refund = self.refund.noted();
        let currency = self.currency.to_uppercase();
        let amount_minor = from_stripe(self.amount, &currency)?;
        let Returned { reference, stage, trouble } = self.refund.into();
        Ok(Some(Reversal { reference, taken, amount_minor, currency, stage, trouble, refund }))
    }
}

/// A customer who went to their bank.
#[derive(Debug, Deserialize)]
pub(super) struct Dispute {
    id: String,
    amount: i64,
    currency: String,
    payment_intent: Option<String>,
    charge: String,
    status: String,
    reason: String,
    is_charge_refundable: bool,
    created: i64,
    evidence_details: Option<Evidence>,
    #[serde(default)]
    balance_transactions: Vec<Moved>,
}

#[derive(Debug, Deserialize)]
struct Evidence {
    due_by: Option<i64>,
}

/// In the account's currency, which needn't be that of the dispute: only whether it went or came is read.
#[derive(Debug, Deserialize)]
struct Moved {
    amount: i64,
}

impl Named for Dispute {
    fn name(&self) -> &str {
        &self.id
    }
}

impl Dispute {
    pub(super) fn stand(self) -> Result<DisputeStand, ProviderError> {
        let state = match &*self.status {
            "warning_needs_response" => DisputeState::Inquiry,
            "needs_response" => DisputeState::NeedsResponse,
            "won" => DisputeState::Won,
            "lost" => DisputeState::Lost,
            "warning_closed" | "prevented" => DisputeState::Closed,
            // `under_review`, `warning_under_review`, and what may be added to them.
            _ => DisputeState::UnderReview,
        };
        let currency = self.currency.to_uppercase();
        let due_by = self.evidence_details.and_then(|evidence| evidence.due_by);
        Ok(DisputeStand {
            reference: self.id,
            taken: self.payment_intent.unwrap_or(self.charge),
            amount_minor: from_stripe(self.amount, &currency)?,
            currency,
            state,
            reason: self.reason,
            refundable: self.is_charge_refundable,
            withdrawn: self.balance_transactions.iter().any(|one| one.amount < 0),
            reinstated: self.balance_transactions.iter().any(|one| one.amount > 0),
            due_at: due_by.map(at).transpose()?,
            opened_at: at(self.created)?,
        })
    }
}

/// Money on its way to a bank.
#[derive(Debug, Deserialize)]
pub(super) struct Payout {
    id: String,
    amount: i64,
    currency: String,
    status: String,
    arrival_date: i64,
    created: i64,
    failure_code: Option<String>,
    failure_message: Option<String>,
}

impl Named for Payout {
    fn name(&self) -> &str {
        &self.id
    }
}

impl Payout {
    pub(super) fn stand(self) -> Result<PayoutStand, ProviderError> {
        let state = match &*self.status {
            "in_transit" => PayoutState::InTransit,
            "paid" => PayoutState::Paid,
            "failed" => PayoutState::Failed,
            "canceled" => PayoutState::Cancelled,
            // `pending`, and what may be added to it.
            _ => PayoutState::Pending,
        };
        let currency = self.currency.to_uppercase();
        let failed = state == PayoutState::Failed;
        Ok(PayoutStand {
            reference: self.id,
            amount_minor: from_stripe(self.amount, &currency)?,
            currency,
            state,
            arrives_on: at(self.arrival_date)?.date_naive(),
            trouble: self.failure_message.or(self.failure_code).filter(|_| failed),
            sent_at: at(self.created)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn dispute(status: &str, moved: &Value) -> DisputeStand {
        let dispute = json!({
            "id": "dp_1", "amount": 1_000, "currency": "jpy", "payment_intent": "pi_1",
            "charge": "ch_1", "status": status, "reason": "fraudulent",
            "is_charge_refundable": false, "created": 1_772_442_000, "balance_transactions": moved,
            "evidence_details": { "due_by": 1_773_046_800 },
        });
        serde_json::from_value::<Dispute>(dispute).unwrap().stand().unwrap()
    }

    #[test]
    fn how_a_dispute_stands() {
        use DisputeState::{Closed, Inquiry, Lost, NeedsResponse, UnderReview, Won};
        let (went, came) =
            (json!([{ "amount": -900 }]), json!([{ "amount": -9 }, { "amount": 9 }]));
        for (status, moved, state, away) in [
            ("warning_needs_response", &json!([]), Inquiry, 0),
            ("warning_under_review", &json!([]), UnderReview, 0),
            ("warning_closed", &json!([]), Closed, 0),
            ("needs_response", &went, NeedsResponse, 1_000),
            ("under_review", &went, UnderReview, 1_000),
            ("won", &came, Won, 0),
            ("lost", &went, Lost, 1_000),
            ("something_new", &went, UnderReview, 1_000),
        ] {
            let stand = dispute(status, moved);
            assert_eq!((stand.state, stand.away_minor()), (state, away), "{status}");
        }
    }

    #[test]
    fn how_a_payout_stands() {
        for (status, state) in [
            ("pending", PayoutState::Pending),
            ("in_transit", PayoutState::InTransit),
            ("paid", PayoutState::Paid),
            ("failed", PayoutState::Failed),
            ("canceled", PayoutState::Cancelled),
        ] {
            let payout = json!({
                "id": "po_1", "amount": -1_050, "currency": "eur", "status": status,
                "arrival_date": 1_772_442_000, "created": 1_772_442_000,
                "failure_code": "account_closed", "failure_message": null,
            });
            let stand = serde_json::from_value::<Payout>(payout).unwrap().stand().unwrap();
            assert_eq!((stand.state, stand.amount_minor), (state, -1_050), "{status}");
            assert_eq!(stand.trouble.is_some(), status == "failed", "{status}");
        }
    }
}
