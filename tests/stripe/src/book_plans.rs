//! What stands in the book of who pays for a plan.

use serde::Serialize;
use serde_json::Value;

use crate::book::{number, text};
use crate::state::State;

/// Who pays more than once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Customer {
    /// Its name here.
    pub id: String,
    /// Whose customer; none: the platform's.
    pub account: Option<String>,
    /// What they are called.
    pub name: Option<String>,
    /// Where bills are sent to.
    pub email: Option<String>,
    /// The last digits of the card that pays.
    pub card: Option<String>,
    /// What was noted of it.
    pub metadata: Value,
}

/// What a plan costs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Price {
    /// Its name here.
    pub id: String,
    /// By what it is found.
    pub lookup_key: Option<String>,
    /// What is paid for.
    pub product: String,
    /// How that is called.
    pub title: String,
    /// How much, as Stripe counts.
    pub amount: i64,
    /// In small letters.
    pub currency: String,
    /// `day`, `week`, `month` or `year`.
    pub interval: String,
    /// Whether somebody can still take it.
    pub active: bool,
    /// What was noted of it.
    pub metadata: Value,
}

/// Who has which plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Subscription {
    /// Its name here.
    pub id: String,
    /// Who pays.
    pub customer: String,
    /// `trialing`, `active`, `past_due`, `unpaid`, `canceled`, `incomplete` or `incomplete_expired`.
    pub status: String,
    /// What it costs.
    pub price: String,
    /// When its period ends.
    pub period_end: i64,
    /// When it ends, if somebody said that it shall.
    pub cancel_at: Option<i64>,
    /// What was noted of it.
    pub metadata: Value,
}

/// What was billed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Invoice {
    /// Its name here.
    pub id: String,
    /// Who pays.
    pub customer: String,
    /// For what.
    pub subscription: String,
    /// `open`, `paid` or `void`.
    pub status: String,
    /// How much is to be paid, as Stripe counts.
    pub amount_due: i64,
    /// How much was paid.
    pub amount_paid: i64,
    /// In small letters.
    pub currency: String,
    /// How often it was tried.
    pub attempts: i64,
}

fn maybe(value: &Value, name: &str) -> Option<String> {
    value[name].as_str().map(str::to_owned)
}

pub(crate) fn customers(state: &State) -> Vec<Customer> {
    let card = |one: &Value| {
        let method = one["invoice_settings"]["default_payment_method"].as_str()?;
        maybe(&state.any("payment_method", method)?.1["card"], "last4")
    };
    let all = state.all("customer").map(|(account, one)| Customer {
        id: text(one, "id"),
        account: account.map(str::to_owned),
        name: maybe(one, "name"),
        email: maybe(one, "email"),
        card: card(one),
        metadata: one["metadata"].clone(),
    });
    all.collect()
}

pub(crate) fn prices(state: &State) -> Vec<Price> {
    let all = state.all("price").map(|(_, one)| Price {
        id: text(one, "id"),
        lookup_key: maybe(one, "lookup_key"),
        product: text(one, "product"),
        title: state.product_name(one),
        amount: number(one, "unit_amount"),
        currency: text(one, "currency"),
        interval: text(&one["recurring"], "interval"),
        active: one["active"] == true,
        metadata: one["metadata"].clone(),
    });
    all.collect()
}

pub(crate) fn subscriptions(state: &State) -> Vec<Subscription> {
    let all = state.all("subscription").map(|(_, one)| {
        let item = &one["items"]["data"][0];
        Subscription {
            id: text(one, "id"),
            customer: text(one, "customer"),
            status: text(one, "status"),
            price: text(&item["price"], "id"),
            period_end: number(item, "current_period_end"),
            cancel_at: one["cancel_at"].as_i64(),
            metadata: one["metadata"].clone(),
        }
    });
    all.collect()
}

pub(crate) fn invoices(state: &State) -> Vec<Invoice> {
    let all = state.all("invoice").map(|(_, one)| Invoice {
        id: text(one, "id"),
        customer: text(one, "customer"),
        subscription: text(&one["parent"]["subscription_details"], "subscription"),
        status: text(one, "status"),
        amount_due: number(one, "amount_due"),
        amount_paid: number(one, "amount_paid"),
        currency: text(one, "currency"),
        attempts: number(one, "attempt_count"),
    });
    all.collect()
}
