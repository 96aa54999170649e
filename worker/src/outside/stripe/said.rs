//! What Stripe answers, as far as we read it.

use std::collections::HashMap;

use openchair_domain::payments::{
    AccountState, Door, ProviderError, ReturnStage, Returned, Stage, Stand,
};
use serde::Deserialize;

use super::amounts::from_stripe;
use super::on_file::Method;

#[derive(Debug, Deserialize)]
pub(super) struct Account {
    id: String,
    #[serde(default)]
    details_submitted: bool,
    #[serde(default)]
    charges_enabled: bool,
    #[serde(default)]
    payouts_enabled: bool,
    requirements: Option<Requirements>,
    default_currency: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
struct Requirements {
    #[serde(default)]
    currently_due: Vec<String>,
    #[serde(default)]
    past_due: Vec<String>,
}

impl From<Account> for AccountState {
    fn from(account: Account) -> Self {
        let Requirements { currently_due, past_due } = account.requirements.unwrap_or_default();
        let mut requirements = currently_due;
        for one in past_due {
            if !requirements.contains(&one) {
                requirements.push(one);
            }
        }
        Self {
            id: account.id,
            details_submitted: account.details_submitted,
            charges_enabled: account.charges_enabled,
            payouts_enabled: account.payouts_enabled,
            requirements,
            currency: account.default_currency.map(|currency| currency.to_uppercase()),
        }
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct Link {
    pub(super) url: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct Session {
    pub(super) id: String,
    pub(super) url: Option<String>,
    pub(super) client_secret: Option<String>,
    status: String,
    payment_status: String,
    amount_total: i64,
    currency: String,
    customer: Option<String>,
    payment_intent: Option<Intent>,
}

/// What stands behind a session once somebody tried to pay; its name, unless it was asked for.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Intent {
    Written(Box<Written>),
    #[expect(dead_code, reason = "tells that it wasn't written out")]
    Named(String),
}

#[derive(Debug, Deserialize)]
struct Written {
    id: String,
    status: String,
    amount_received: i64,
    last_payment_error: Option<Trouble>,
    payment_method: Option<PaidWith>,
}

/// What it was paid with; its name, unless it was asked for.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
enum PaidWith {
    Written(Method),
    #[expect(dead_code, reason = "tells that it wasn't written out")]
    Named(String),
}

#[derive(Debug, Deserialize)]
struct Trouble {
    message: Option<String>,
}

/// How one comes to a session: what is embedded has a secret, everything else a page.
pub(super) fn door(url: Option<String>, client_secret: Option<String>) -> Option<Door> {
    url.map(Door::Page).or_else(|| client_secret.map(Door::Form))
}

impl Session {
    /// How the payment stands.
    pub(super) fn stand(self) -> Result<Stand, ProviderError> {
        let intent = match self.payment_intent {
            Some(Intent::Written(intent)) => Some(*intent),
            Some(Intent::Named(_)) | None => None,
        };
        let status = intent.as_ref().map_or("", |intent| intent.status.as_str());
        let stage = match (self.status.as_str(), self.payment_status.as_str(), status) {
            (_, _, "succeeded") | ("complete", "paid", _) => Stage::Paid,
            // Their bank has refused it later.
            ("complete", _, "requires_payment_method" | "canceled") => Stage::Over,
            // The customer has done what is theirs; it is not over before somebody says so.
            ("complete", ..) => Stage::Processing,
            ("open", ..) => Stage::Open,
            _ => Stage::Over,
        };
        let door = door(self.url, self.client_secret).filter(|_| stage == Stage::Open);
        let currency = self.currency.to_uppercase();
        let received = intent.as_ref().map_or(0, |intent| intent.amount_received);
        let amount =
            if stage == Stage::Paid && received > 0 { received } else { self.amount_total };
        let trouble = match (&intent, stage) {
            (Some(intent), Stage::Open | Stage::Over) => {
                intent.last_payment_error.as_ref().and_then(|error| error.message.clone())
            }
            _ => None,
        };
        let method = intent.as_ref().and_then(|intent| intent.payment_method.clone());
        let card = match (self.customer, method) {
            (Some(customer), Some(PaidWith::Written(method))) if stage == Stage::Paid => {
                Some(method.kept(customer))
            }
            _ => None,
        };
        let taken = intent.map(|intent| intent.id).filter(|_| stage == Stage::Paid);
        if stage == Stage::Paid && taken.is_none() {
            return Err(ProviderError::Away("Stripe doesn't say what was taken".to_owned()));
        }
        Ok(Stand {
            stage,
            taken,
            amount_minor: from_stripe(amount, &currency)?,
            currency,
            door,
            trouble,
            card,
        })
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct Refund {
    id: String,
    status: Option<String>,
    failure_reason: Option<String>,
    /// What we noted of it.
    #[serde(default)]
    metadata: HashMap<String, String>,
}

/// What was given back of one payment.
#[derive(Debug, Deserialize)]
pub(super) struct Refunds {
    data: Vec<Refund>,
}

impl Refunds {
    /// The one that carries this name of ours, and came to something.
    pub(super) fn of(self, name: &str) -> Option<Refund> {
        let ours = |refund: &Refund| refund.metadata.get("refund").is_some_and(|own| own == name);
        self.data.into_iter().find(ours)
    }
}

impl Refund {
    /// By which the next page of a list begins.
    pub(super) fn name(&self) -> &str {
        &self.id
    }

    /// Which of ours it is.
    pub(super) fn noted(&self) -> Option<String> {
        self.metadata.get("refund").cloned()
    }
}

impl From<Refund> for Returned {
    fn from(refund: Refund) -> Self {
        let stage = match refund.status.as_deref() {
            Some("succeeded") => ReturnStage::Done,
            Some("failed" | "canceled") => ReturnStage::Failed,
            // `pending`, `requires_action`, and what may be added to them.
            _ => ReturnStage::Pending,
        };
        let trouble = refund.failure_reason.filter(|_| stage == ReturnStage::Failed);
        Self { reference: refund.id, stage, trouble }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn session(status: &str, payment_status: &str, intent: Value) -> Result<Stand, ProviderError> {
        let session = json!({
            "id": "cs_1", "url": "https://pay.example/1", "status": status,
            "payment_status": payment_status, "amount_total": 1_000, "currency": "eur",
            "payment_intent": intent,
        });
        serde_json::from_value::<Session>(session).unwrap().stand()
    }

    fn intent(status: &str, received: i64) -> Value {
        json!({
            "id": "pi_1", "status": status, "amount_received": received,
            "last_payment_error": { "message": "Your card was declined.", "type": "card_error" },
        })
    }

    #[test]
    fn how_a_payment_stands() {
        let declined = Some("Your card was declined.");
        for (status, payment_status, intent, stage, amount, trouble) in [
            ("open", "unpaid", Value::Null, Stage::Open, 1_000, None),
            ("open", "unpaid", intent("requires_payment_method", 0), Stage::Open, 1_000, declined),
            ("open", "unpaid", intent("requires_action", 0), Stage::Open, 1_000, declined),
            ("complete", "paid", intent("succeeded", 990), Stage::Paid, 990, None),
            ("complete", "unpaid", intent("processing", 0), Stage::Processing, 1_000, None),
            (
                "complete",
                "unpaid",
                intent("requires_payment_method", 0),
                Stage::Over,
                1_000,
                declined,
            ),
            ("complete", "unpaid", intent("succeeded", 1_000), Stage::Paid, 1_000, None),
            ("expired", "unpaid", Value::Null, Stage::Over, 1_000, None),
            ("expired", "unpaid", intent("canceled", 0), Stage::Over, 1_000, declined),
        ] {
            let case = format!("{status} {payment_status} {intent}");
            let stand = session(status, payment_status, intent).unwrap();
            assert_eq!((stand.stage, stand.amount_minor), (stage, amount), "{case}");
            assert_eq!(stand.trouble.as_deref(), trouble, "{case}");
            assert_eq!(stand.door.is_some(), stage == Stage::Open, "{case}");
            assert_eq!(stand.taken.is_some(), stage == Stage::Paid, "{case}");
        }
        // Paid without a name by which it could be given back is no answer.
        for intent in [Value::Null, json!("pi_1")] {
            let stand = session("complete", "paid", intent);
            assert!(matches!(stand, Err(ProviderError::Away(_))), "{stand:?}");
        }
    }

    #[test]
    fn how_a_refund_stands() {
        for (status, stage) in [
            ("succeeded", ReturnStage::Done),
            ("pending", ReturnStage::Pending),
            ("requires_action", ReturnStage::Pending),
            ("failed", ReturnStage::Failed),
            ("canceled", ReturnStage::Failed),
        ] {
            let refund = json!({ "id": "re_1", "status": status, "failure_reason": "unknown" });
            let returned: Returned = serde_json::from_value::<Refund>(refund).unwrap().into();
            assert_eq!(returned.stage, stage, "{status}");
            assert_eq!(returned.trouble.is_some(), stage == ReturnStage::Failed, "{status}");
        }
    }
}
