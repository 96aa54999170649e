//! What vouchers that are bought online look like from outside.

use chrono::{DateTime, NaiveDate, Utc};
use openchair_domain::payments::{CardAt, ProviderName};
use openchair_domain::sold::{GiftFacts, GiftState, NewGift, PublicOffer};
use poem_openapi::Object;

use crate::payments::card_at;
use crate::shelf::mirrored;

mirrored! {
    /// How a voucher stands that somebody buys online.
    GiftStateView = GiftState {
        /// It can be paid for
        Open,
        /// The bank takes its time
        Processing,
        /// It is a voucher
        Paid,
        /// It wasn't paid for in time
        Over,
    }
}

/// What anybody can buy of gift vouchers. Amounts are in the currency's minor unit.
#[derive(Debug, Clone, Object)]
pub(super) struct GiftOfferView {
    /// ISO 4217
    currency: String,
    /// What is suggested, ascending
    amounts_minor: Vec<i64>,
    /// The least that one is worth
    least_minor: i64,
    /// The most
    most_minor: i64,
    /// For how many months one is good
    months: u32,
    /// Whether the provider's form for cards can be shown within the page
    form: bool,
}

impl GiftOfferView {
    /// `has_form`: pages can show the form of who has one.
    pub(super) fn of(it: PublicOffer, has_form: bool) -> Self {
        Self {
            currency: it.currency,
            amounts_minor: it.offer.amounts_minor,
            least_minor: it.offer.least_minor,
            most_minor: it.offer.most_minor,
            months: it.offer.months,
            form: has_form && it.provider == ProviderName::Stripe,
        }
    }
}

/// A gift voucher that somebody buys.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct GiftInput {
    /// In the currency's minor unit
    value_minor: i64,
    #[oai(validator(min_length = 1, max_length = 120))]
    buyer_name: String,
    /// Where the receipt goes
    #[oai(validator(min_length = 3, max_length = 254))]
    buyer_email: String,
    /// Whom it is for
    #[oai(default, validator(max_length = 120))]
    recipient_name: String,
    /// Where its code is sent; to who buys it, if left out
    #[oai(validator(max_length = 254))]
    recipient_email: Option<String>,
    /// What the giver says
    #[oai(default, validator(max_length = 300))]
    message: String,
    /// In which language both mails are; that of the business if left out
    #[oai(validator(max_length = 8))]
    locale: Option<String>,
}

impl GiftInput {
    pub(super) fn to_domain(&self) -> NewGift {
        NewGift {
            value_minor: self.value_minor,
            buyer_name: self.buyer_name.clone(),
            buyer_email: self.buyer_email.clone(),
            recipient_name: self.recipient_name.clone(),
            recipient_email: self.recipient_email.clone(),
            message: self.message.clone(),
            locale: self.locale.clone(),
        }
    }

    /// Whom is written to.
    pub(super) fn addresses(&self) -> Vec<String> {
        let both = [Some(&self.buyer_email), self.recipient_email.as_ref()];
        let mut all: Vec<_> =
            both.into_iter().flatten().map(|email| email.trim().to_lowercase()).collect();
        all.retain(|email| !email.is_empty());
        all.dedup();
        all
    }
}

/// A voucher that somebody buys, as they see it behind their link.
#[derive(Debug, Clone, Object)]
pub(super) struct GiftView {
    /// The last part of its link, `/g/{token}`
    token: String,
    state: GiftStateView,
    /// What the business is called
    business: String,
    /// Its web address
    shop: String,
    /// In the currency's minor unit
    value_minor: i64,
    /// ISO 4217
    currency: String,
    /// Whom it is for; empty: nobody said
    recipient_name: String,
    recipient_email: Option<String>,
    /// Once it is paid, while it can be used, for ninety days
    code: Option<String>,
    /// The last day on which it is good, once it is paid
    last_day: Option<NaiveDate>,
    /// Until when it can be paid for, as long as it can
    until: Option<DateTime<Utc>>,
}

impl From<GiftFacts> for GiftView {
    fn from(it: GiftFacts) -> Self {
        Self {
            token: it.token,
            state: it.state.into(),
            business: it.business,
            shop: it.shop,
            value_minor: it.value_minor,
            currency: it.currency,
            recipient_name: it.recipient_name,
            recipient_email: it.recipient_email,
            code: it.code,
            last_day: it.last_day,
            until: it.until,
        }
    }
}

/// How somebody wants to pay for a voucher.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct GiftWishInput {
    /// Whether the provider's form for cards can be shown within the page
    #[oai(default)]
    here: bool,
}

impl GiftWishInput {
    /// `has_form`: there is one.
    pub(super) const fn card_at(&self, has_form: bool) -> CardAt {
        card_at(self.here, has_form)
    }
}
