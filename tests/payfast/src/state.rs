//! What the stand-in knows.

use std::collections::HashSet;
use std::hash::{BuildHasher as _, RandomState};

use crate::form::{self, Fields};
use crate::trouble::Trouble;

/// Somebody whose money PayFast takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merchant {
    /// Their number.
    pub id: String,
    /// Their key.
    pub key: String,
    /// What signatures are salted with.
    pub passphrase: String,
}

/// How far a payment came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Nothing was done at its page.
    Open,
    /// It was paid.
    Complete,
    /// Somebody went away from its page.
    Cancelled,
}

/// By which way somebody pays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// By card: it goes back there.
    Card,
    /// From a bank account, which PayFast doesn't know: it goes back to one that is named.
    Eft,
}

/// A payment, from its page on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payment {
    /// The last part of its page's address.
    pub page: String,
    /// Whose it is.
    pub merchant: String,
    /// How it is called here.
    pub pf_payment_id: String,
    /// How they call it.
    pub m_payment_id: String,
    /// In cents.
    pub amount: i64,
    /// How far it came.
    pub status: Status,
    /// By which way it was paid.
    pub method: Method,
    /// What was given back of it, in cents.
    pub refunds: Vec<i64>,
    /// What was said when the page was opened.
    pub said: Fields,
    /// When it was paid, in seconds of the epoch.
    pub paid_at: i64,
}

impl Payment {
    /// What was said under this name; empty: nothing.
    pub fn field(&self, name: &str) -> &str {
        self.said.iter().find(|(one, _)| one == name).map_or("", |(_, value)| value)
    }

    /// What was given back of it.
    pub fn refunded(&self) -> i64 {
        self.refunds.iter().sum()
    }

    /// What is told of it, in PayFast's order.
    pub(crate) fn notice(&self) -> Fields {
        let fee = if self.status == Status::Complete { self.amount * 35 / 1_000 } else { 0 };
        let status = if self.status == Status::Complete { "COMPLETE" } else { "CANCELLED" };
        let mut told = vec![
            ("m_payment_id", self.m_payment_id.clone()),
            ("pf_payment_id", self.pf_payment_id.clone()),
            ("payment_status", status.to_owned()),
            ("item_name", self.field("item_name").to_owned()),
            ("item_description", self.field("item_description").to_owned()),
            ("amount_gross", rand(self.amount)),
            ("amount_fee", rand(-fee)),
            ("amount_net", rand(self.amount - fee)),
        ];
        for name in [
            "custom_str1",
            "custom_str2",
            "custom_str3",
            "custom_str4",
            "custom_str5",
            "custom_int1",
            "custom_int2",
            "custom_int3",
            "custom_int4",
            "custom_int5",
            "name_first",
            "name_last",
            "email_address",
        ] {
            told.push((name, self.field(name).to_owned()));
        }
        told.push(("merchant_id", self.merchant.clone()));
        told.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }
}

/// Cents as rand: `-12.30`.
pub(crate) fn rand(cents: i64) -> String {
    let (sign, cents) = (if cents < 0 { "-" } else { "" }, cents.unsigned_abs());
    format!("{sign}{}.{:02}", cents / 100, cents % 100)
}

/// Everything.
#[derive(Debug)]
pub(crate) struct State {
    seed: u64,
    made: u64,
    pub(crate) merchants: Vec<Merchant>,
    pub(crate) payments: Vec<Payment>,
    /// What was told, without its signature: what is confirmed.
    pub(crate) told: HashSet<Fields>,
    pub(crate) troubles: Vec<Trouble>,
    pub(crate) failing_refunds: u32,
    pub(crate) now: i64,
}

impl State {
    pub(crate) fn new() -> Self {
        Self {
            // Another one each time: names of yesterday are not those of today.
            seed: RandomState::new().hash_one(0_u8),
            made: 0,
            merchants: Vec::new(),
            payments: Vec::new(),
            told: HashSet::new(),
            troubles: Vec::new(),
            failing_refunds: 0,
            now: 0,
        }
    }

    pub(crate) fn number(&mut self) -> String {
        self.made += 1;
        format!("{}", 1_000_000 + self.seed % 1_000_000 * 100 + self.made)
    }

    /// Letters and digits that nobody guesses, so many of them.
    pub(crate) fn secret(&mut self, length: usize) -> String {
        self.made += 1;
        form::md5(&format!("{} {}", self.seed, self.made))[..length].to_owned()
    }

    pub(crate) fn page_name(&mut self) -> String {
        let hex = self.secret(32);
        let parts = [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]];
        parts.join("-")
    }

    pub(crate) fn merchant(&self, id: &str) -> Option<&Merchant> {
        self.merchants.iter().find(|merchant| merchant.id == id)
    }

    pub(crate) fn at_page(&mut self, page: &str) -> Option<&mut Payment> {
        self.payments.iter_mut().find(|payment| payment.page == page)
    }
}
