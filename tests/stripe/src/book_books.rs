//! What stands in the book of disputes and payouts.

use serde::Serialize;

use crate::book::{number, text};
use crate::state::State;

/// A charge that its customer went to their bank about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Dispute {
    /// Its name here.
    pub id: String,
    /// In which account; none: the platform's.
    pub account: Option<String>,
    /// About which charge.
    pub charge: String,
    /// `needs_response`, `won`, …
    pub status: String,
    /// How much, as Stripe counts.
    pub amount: i64,
}

/// What was sent to a business's bank.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Payout {
    /// Its name here.
    pub id: String,
    /// Whose it is; none: the platform's.
    pub account: Option<String>,
    /// `in_transit`, `paid`, `failed`.
    pub status: String,
    /// How much, as Stripe counts.
    pub amount: i64,
}

pub(crate) fn disputes(state: &State) -> Vec<Dispute> {
    let all = state.all("dispute").map(|(account, one)| Dispute {
        id: text(one, "id"),
        account: account.map(str::to_owned),
        charge: text(one, "charge"),
        status: text(one, "status"),
        amount: number(one, "amount"),
    });
    all.collect()
}

pub(crate) fn payouts(state: &State) -> Vec<Payout> {
    let all = state.all("payout").map(|(account, one)| Payout {
        id: text(one, "id"),
        account: account.map(str::to_owned),
        status: text(one, "status"),
        amount: number(one, "amount"),
    });
    all.collect()
}
