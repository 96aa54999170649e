//! What Stripe answers about cards on file, as far as we read it.

use std::collections::HashMap;

use openchair_domain::payments::{CardStand, Charged, KeptCard, ProviderError, Stage, Stand};
use serde::Deserialize;

use super::amounts::from_stripe;
use super::said::door;

/// A card's method, written out.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Method {
    id: String,
    card: Option<Card>,
}

#[derive(Debug, Clone, Deserialize)]
struct Card {
    brand: Option<String>,
}

impl Method {
    /// The card, as it is kept.
    pub(super) fn kept(self, customer: String) -> KeptCard {
        let brand = self.card.and_then(|card| card.brand);
        KeptCard { customer, method: self.id, brand: brand.unwrap_or_else(|| "unknown".to_owned()) }
    }
}

/// A page where a card is left.
#[derive(Debug, Deserialize)]
pub(super) struct CardSession {
    pub(super) id: String,
    pub(super) url: Option<String>,
    pub(super) client_secret: Option<String>,
    status: String,
    customer: Option<String>,
    setup_intent: Option<SetUp>,
}

/// What stands behind it; its name, unless it was asked for.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum SetUp {
    Written {
        status: String,
        payment_method: Option<Method>,
    },
    #[expect(dead_code, reason = "tells that it wasn't written out")]
    Named(String),
}

impl CardSession {
    /// How it stands.
    pub(super) fn stand(self) -> Result<CardStand, ProviderError> {
        match (self.status.as_str(), self.setup_intent) {
            ("complete", Some(SetUp::Written { status, payment_method: Some(method) }))
                if status == "succeeded" =>
            {
                let unknown =
                    || ProviderError::Away("Stripe doesn't say whose card it is".to_owned());
                Ok(CardStand::Left(method.kept(self.customer.ok_or_else(unknown)?)))
            }
            ("open", _) => Ok(CardStand::Open(door(self.url, self.client_secret))),
            // The customer has done what is theirs.
            ("complete", _) => Ok(CardStand::Open(None)),
            _ => Ok(CardStand::Over),
        }
    }
}

/// Money taken from a card on file, or not.
#[derive(Debug, Deserialize)]
pub(super) struct Charge {
    id: String,
    status: String,
    amount: i64,
    currency: String,
    last_payment_error: Option<Trouble>,
    #[serde(default)]
    metadata: HashMap<String, String>,
}

#[derive(Debug, Deserialize)]
struct Trouble {
    message: Option<String>,
}

/// What was taken from one customer.
#[derive(Debug, Deserialize)]
pub(super) struct Charges {
    data: Vec<Charge>,
}

impl Charges {
    /// The one that carries this name of ours.
    pub(super) fn of(self, name: &str) -> Option<Charge> {
        let ours = |one: &Charge| one.metadata.get("payment").is_some_and(|own| own == name);
        self.data.into_iter().find(ours)
    }
}

impl Charge {
    /// How it stands. Its owner isn't there: what waits for them comes to nothing.
    pub(super) fn charged(self) -> Result<Charged, ProviderError> {
        let stage = match self.status.as_str() {
            "succeeded" => Stage::Paid,
            "processing" => Stage::Processing,
            _ => Stage::Over,
        };
        let currency = self.currency.to_uppercase();
        let message = self.last_payment_error.and_then(|error| error.message);
        let trouble = (stage == Stage::Over).then(|| message.unwrap_or(self.status));
        let stand = Stand {
            stage,
            taken: (stage == Stage::Paid).then(|| self.id.clone()),
            amount_minor: from_stripe(self.amount, &currency)?,
            currency,
            door: None,
            trouble,
            card: None,
        };
        Ok(Charged { reference: self.id, stand })
    }
}
