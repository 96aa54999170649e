//! What stands in the book of cards that are left for later.

use serde::Serialize;
use serde_json::Value;

use crate::book::{number, text};
use crate::state::State;

/// A card that somebody paid with, or left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Method {
    /// Its name here.
    pub id: String,
    /// In which account; none: the platform's.
    pub account: Option<String>,
    /// Whose it is; none: nothing can be taken from it again.
    pub customer: Option<String>,
    /// Its brand.
    pub brand: String,
    /// Its last digits.
    pub last4: String,
}

/// A payment, whatever became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Intent {
    /// Its name here.
    pub id: String,
    /// Whose it is; none: the platform's.
    pub account: Option<String>,
    /// `succeeded`, `requires_payment_method`, …
    pub status: String,
    /// How much, as Stripe counts.
    pub amount: i64,
    /// Who pays, if it is known.
    pub customer: Option<String>,
    /// What was noted of it.
    pub metadata: Value,
}

fn maybe(value: &Value, name: &str) -> Option<String> {
    value[name].as_str().map(str::to_owned)
}

pub(crate) fn methods(state: &State) -> Vec<Method> {
    let all = state.all("payment_method").map(|(account, one)| Method {
        id: text(one, "id"),
        account: account.map(str::to_owned),
        customer: maybe(one, "customer"),
        brand: text(&one["card"], "brand"),
        last4: text(&one["card"], "last4"),
    });
    all.collect()
}

pub(crate) fn intents(state: &State) -> Vec<Intent> {
    let all = state.all("payment_intent").map(|(account, one)| Intent {
        id: text(one, "id"),
        account: account.map(str::to_owned),
        status: text(one, "status"),
        amount: number(one, "amount"),
        customer: maybe(one, "customer"),
        metadata: one["metadata"].clone(),
    });
    all.collect()
}
