//! The stand-in's own book, for tests to look into.

use serde::Serialize;
use serde_json::Value;

use crate::book_books::{self, Dispute, Payout};
use crate::book_cards::{self, Intent, Method};
use crate::book_plans::{self, Customer, Invoice, Price, Subscription};
use crate::state::State;

/// Everything that there is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Book {
    /// Businesses' accounts.
    pub accounts: Vec<Account>,
    /// Pages where customers pay, or paid.
    pub sessions: Vec<Session>,
    /// What was taken.
    pub charges: Vec<Charge>,
    /// What was to be taken, whatever became of it.
    pub intents: Vec<Intent>,
    /// Charges that customers went to their bank about.
    pub disputes: Vec<Dispute>,
    /// What was sent to businesses' banks.
    pub payouts: Vec<Payout>,
    /// Cards that somebody paid with, or left.
    pub methods: Vec<Method>,
    /// Who pays more than once.
    pub customers: Vec<Customer>,
    /// What plans cost, or once did.
    pub prices: Vec<Price>,
    /// Who has which plan, or once had.
    pub subscriptions: Vec<Subscription>,
    /// What was billed for plans.
    pub invoices: Vec<Invoice>,
}

/// A business's account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Account {
    /// Its name here.
    pub id: String,
    /// Where it is.
    pub country: String,
    /// Whether it takes money.
    pub charges_enabled: bool,
    /// What was noted of it.
    pub metadata: Value,
}

/// A page where a customer pays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Session {
    /// Its name here.
    pub id: String,
    /// Whose it is; none: the platform's.
    pub account: Option<String>,
    /// `open`, `complete` or `expired`.
    pub status: String,
    /// `paid` or `unpaid`.
    pub payment_status: String,
    /// How much, as Stripe counts.
    pub amount: i64,
    /// In small letters.
    pub currency: String,
    /// What for, as the customer reads it.
    pub title: String,
    /// Where it is, while it is open.
    pub url: Option<String>,
    /// What stands behind it, once somebody tried to pay.
    pub payment_intent: Option<String>,
    /// What was noted of it.
    pub metadata: Value,
}

/// Money that was taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Charge {
    /// Its name here.
    pub id: String,
    /// Whose it is; none: the platform's.
    pub account: Option<String>,
    /// How much, as Stripe counts.
    pub amount: i64,
    /// In small letters.
    pub currency: String,
    /// What stands behind it.
    pub payment_intent: String,
    /// How much of it was given back.
    pub refunded: i64,
    /// Whether the customer went to their bank about it.
    pub disputed: bool,
    /// What was noted of it.
    pub metadata: Value,
    /// What was given back, whatever became of it.
    pub refunds: Vec<Refund>,
}

/// Money that was given back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Refund {
    /// Its name here.
    pub id: String,
    /// How much, as Stripe counts.
    pub amount: i64,
    /// `pending`, `succeeded` or `failed`.
    pub status: String,
    /// What was noted of it.
    pub metadata: Value,
}

pub(crate) fn text(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or_default().to_owned()
}

pub(crate) fn number(value: &Value, name: &str) -> i64 {
    value[name].as_i64().unwrap_or(0)
}

/// What stands in the book now.
pub(crate) fn read(state: &State) -> Book {
    let owner = |owner: Option<&str>| owner.map(str::to_owned);
    let maybe = |value: &Value, name: &str| value[name].as_str().map(str::to_owned);
    let accounts = state.all("account").map(|(_, one)| Account {
        id: text(one, "id"),
        country: text(one, "country"),
        charges_enabled: one["charges_enabled"] == true,
        metadata: one["metadata"].clone(),
    });
    let sessions = state.all("checkout.session").map(|(account, one)| Session {
        id: text(one, "id"),
        account: owner(account),
        status: text(one, "status"),
        payment_status: text(one, "payment_status"),
        amount: number(one, "amount_total"),
        currency: text(one, "currency"),
        title: state
            .titles
            .get(one["id"].as_str().unwrap_or_default())
            .cloned()
            .unwrap_or_default(),
        url: maybe(one, "url"),
        payment_intent: maybe(one, "payment_intent"),
        metadata: one["metadata"].clone(),
    });
    let refunds = |charge: &Value| {
        let mine = state.all("refund").filter(|(_, one)| one["charge"] == charge["id"]);
        mine.map(|(_, one)| Refund {
            id: text(one, "id"),
            amount: number(one, "amount"),
            status: text(one, "status"),
            metadata: one["metadata"].clone(),
        })
        .collect()
    };
    let charges = state.all("charge").map(|(account, one)| Charge {
        id: text(one, "id"),
        account: owner(account),
        amount: number(one, "amount"),
        currency: text(one, "currency"),
        payment_intent: text(one, "payment_intent"),
        refunded: number(one, "amount_refunded"),
        disputed: one["disputed"] == true,
        metadata: one["metadata"].clone(),
        refunds: refunds(one),
    });
    Book {
        accounts: accounts.collect(),
        sessions: sessions.collect(),
        charges: charges.collect(),
        intents: book_cards::intents(state),
        disputes: book_books::disputes(state),
        payouts: book_books::payouts(state),
        methods: book_cards::methods(state),
        customers: book_plans::customers(state),
        prices: book_plans::prices(state),
        subscriptions: book_plans::subscriptions(state),
        invoices: book_plans::invoices(state),
    }
}
