//! Cards on file, as they are asked for at whoever takes cards. Only names go to and fro: the card itself stays
//! where it was typed in.

use crate::payments::provider::{CardAt, Door};

/// A card that a customer left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptCard {
    /// Whose it is, as the provider calls them.
    pub customer: String,
    /// How the provider calls it.
    pub method: String,
    /// Its brand, as the provider writes it: `visa`.
    pub brand: String,
}

/// Where a customer leaves a card, and pays nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCardPage {
    /// Its key.
    pub key: String,
    /// The account that it is left with.
    pub account: String,
    /// What for, as who looks at it later reads it.
    pub title: String,
    /// Which card it is here.
    pub card: String,
    /// Which business it is here.
    pub tenant: String,
    /// Whose it is.
    pub email: Option<String>,
    /// The language of the page.
    pub locale: String,
    /// Where the customer comes back to.
    pub back_url: String,
    /// Where the customer types it in.
    pub card_at: CardAt,
    /// Until when it can be left there, in seconds of the epoch; bounds as for a page where somebody pays.
    pub expires_at: i64,
}

/// How a page stands where a card is left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CardStand {
    /// It can still be left: how one comes to where, unless the customer has done what is theirs.
    Open(Option<Door>),
    /// It was left.
    Left(KeptCard),
    /// It can't be left there any more.
    Over,
}

/// Money to take from a card on file, while its owner isn't there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCharge {
    /// Its key.
    pub key: String,
    /// The account that the money goes to.
    pub account: String,
    /// Whose card it is.
    pub customer: String,
    /// Which of theirs.
    pub method: String,
    /// How much, in the currency's minor unit as ISO 4217 has it.
    pub amount_minor: i64,
    /// ISO 4217.
    pub currency: String,
    /// Which payment it is here.
    pub payment: String,
    /// Which business it is here.
    pub tenant: String,
}
