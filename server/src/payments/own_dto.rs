//! What customers see of what they pay for their visit, and what they wish.

use chrono::{DateTime, Utc};
use openchair_domain::payments::{
    CardAt, CardState, Door, OwnEntrance, OwnPayment, OwnState, Part, Wish,
};
use poem_openapi::{Enum, Object};

use super::CardForm;
use crate::shelf::mirrored;

mirrored! {
    /// Which part of what a visit costs.
    PaymentPart = Part {
        /// What is wanted now
        Now,
        /// Everything that is open
        All,
    }
}

/// How the card of a visit stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub(super) enum CardStateView {
    /// There is none, and none is wanted
    None,
    /// The visit isn't certain before one was left
    Wanted,
    /// One is on file
    Left,
}

impl From<CardState> for CardStateView {
    fn from(state: CardState) -> Self {
        match state {
            CardState::Nothing => Self::None,
            CardState::Wanted => Self::Wanted,
            CardState::Left => Self::Left,
        }
    }
}

fn now() -> PaymentPart {
    PaymentPart::Now
}

/// What a customer wants to pay. How much that is, is not theirs to say, but for a tip.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct WishInput {
    /// `now`: what is wanted now, a card included; `all`: everything that is open
    #[oai(default = "now")]
    what: PaymentPart,
    /// A tip besides: with `all`, and no more than `most_tip_minor`
    #[oai(default)]
    tip_minor: i64,
    /// Whether the provider's form for cards can be shown within the page
    #[oai(default)]
    form: bool,
}

impl WishInput {
    /// `has_form`: there is one.
    pub(super) fn to_domain(&self, has_form: bool) -> Wish {
        let card_at = card_at(self.form, has_form);
        Wish { part: self.what.into(), tip_minor: self.tip_minor, card_at }
    }
}

/// Where a card is typed in: in a form, if that is wished and there is one.
pub(crate) const fn card_at(wished: bool, has_form: bool) -> CardAt {
    if wished && has_form { CardAt::Form } else { CardAt::Page }
}

/// Where one pays by card: one of both is there.
#[derive(Debug, Object)]
pub(crate) struct DoorView {
    /// A page at the provider's
    url: Option<String>,
    /// A form of theirs, within the page
    form: Option<CardFormView>,
}

/// What the provider's form for cards is shown with.
#[derive(Debug, Object)]
struct CardFormView {
    /// The provider's script
    script: String,
    /// Our name there, for browsers
    key: String,
    /// The business's account there
    account: String,
    /// Opens the form of this payment: whoever has it may pay
    secret: String,
}

impl DoorView {
    pub(crate) fn of(entrance: OwnEntrance, form: Option<&CardForm>) -> Self {
        match (entrance.door, form) {
            (Door::Form(secret), Some(CardForm { script, key, .. })) => {
                let (script, key) = (script.clone(), key.clone());
                let form = CardFormView { script, key, account: entrance.account, secret };
                Self { url: None, form: Some(form) }
            }
            (Door::Form(_), None) => Self { url: None, form: None },
            (Door::Page(url), _) => Self { url: Some(url), form: None },
        }
    }
}

/// How what a customer pays stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
enum OwnPaymentState {
    /// Nothing is asked for, and nothing was paid
    Nothing,
    /// Something is asked for: money, a card, or both
    Due,
    /// The bank takes its time
    Processing,
    /// It was paid
    Paid,
}

/// What a customer is asked to pay for their visit.
#[derive(Debug, Clone, Object)]
#[expect(clippy::struct_excessive_bools, reason = "each is a question of its own")]
pub(crate) struct OwnPaymentView {
    state: OwnPaymentState,
    /// Whether it can be paid by card here
    online: bool,
    /// What is asked for now
    amount_minor: i64,
    /// All that is still open of the visit as it stands, without a tip
    open_minor: i64,
    /// Whether that can be paid now, or a tip given
    may_pay_all: bool,
    /// The largest tip that can be given now
    most_tip_minor: i64,
    card: CardStateView,
    /// The brand of the card on file, as the provider writes it: `visa`
    card_brand: Option<String>,
    /// Whether the card can be taken away now
    may_remove_card: bool,
    /// Whether the fee couldn't be taken from the card: it is to be paid here
    fee_declined: bool,
    /// Tips included
    paid_minor: i64,
    /// What was given back or is on its way
    refunded_minor: i64,
    /// ISO 4217
    currency: String,
    /// Until when it can be paid
    until: Option<DateTime<Utc>>,
}

impl From<OwnPayment> for OwnPaymentView {
    fn from(own: OwnPayment) -> Self {
        let state = match own.state {
            OwnState::Nothing => OwnPaymentState::Nothing,
            OwnState::Due => OwnPaymentState::Due,
            OwnState::Processing => OwnPaymentState::Processing,
            OwnState::Paid => OwnPaymentState::Paid,
        };
        Self {
            state,
            online: own.online,
            amount_minor: own.amount_minor,
            open_minor: own.open_minor,
            may_pay_all: own.may_pay_all,
            most_tip_minor: own.most_tip_minor,
            card: own.card.into(),
            card_brand: own.card_brand,
            may_remove_card: own.may_remove_card,
            fee_declined: own.fee_declined,
            paid_minor: own.paid_minor,
            refunded_minor: own.refunded_minor,
            currency: own.currency,
            until: own.until,
        }
    }
}
