//! What vouchers look like from outside.

use chrono::{DateTime, NaiveDate, Utc};
use openchair_domain::ids::{Customer, Location, Payment, Sale, Voucher};
use openchair_domain::sold::{
    self, Address, Ending, NewRedemption, Part, SoldState, SoldVoucher, VoucherFacts,
};
use poem_openapi::Object;

use crate::ids::Ref;
use crate::payments::PaymentWay;
use crate::shelf::mirrored;

mirrored! {
    /// How something that was sold ahead stands.
    SoldStateView = SoldState {
        /// Something is left of it
        Active,
        /// All of it was used
        Used,
        /// Its time is over
        Expired,
        /// What was left was given back, or taken away
        Refunded,
    }

    /// What a voucher pays of one's own visit.
    OwnVoucherWhat = Part {
        /// What makes it certain
        Now,
        /// All that is open
        All,
    }
}

/// A gift voucher. Amounts are in the currency's minor unit.
#[derive(Debug, Clone, Object)]
pub(super) struct VoucherView {
    id: Ref<Voucher>,
    /// How it was sold
    sale: Ref<Sale>,
    state: SoldStateView,
    /// What it was worth when it was sold
    value_minor: i64,
    /// What is left of it
    left_minor: i64,
    /// ISO 4217
    currency: String,
    /// The last four letters of its code
    code_end: String,
    /// Who bought it
    customer: Option<Ref<Customer>>,
    customer_name: Option<String>,
    /// Whom it is for; empty: nobody said
    recipient_name: String,
    /// Where its code was sent last
    recipient_email: Option<String>,
    /// What the giver says
    message: String,
    /// The last day on which it is good
    last_day: NaiveDate,
    sold_by: String,
    location: Ref<Location>,
    created_at: DateTime<Utc>,
    /// When its code was sent last
    mailed_at: Option<DateTime<Utc>>,
}

impl From<VoucherFacts> for VoucherView {
    fn from(it: VoucherFacts) -> Self {
        Self {
            id: it.id.into(),
            sale: it.sale.into(),
            state: it.state.into(),
            value_minor: it.value_minor,
            left_minor: it.left_minor,
            currency: it.currency,
            code_end: it.code_end,
            customer: it.customer.map(Ref),
            customer_name: it.customer_name,
            recipient_name: it.recipient_name,
            recipient_email: it.recipient_email,
            message: it.message,
            last_day: it.last_day,
            sold_by: it.sold_by,
            location: it.location.into(),
            created_at: it.created_at,
            mailed_at: it.mailed_at,
        }
    }
}

fn months() -> u32 {
    36
}

/// A voucher that somebody buys at the desk.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct NewVoucher {
    location: Ref<Location>,
    /// In the currency's minor unit
    #[oai(validator(minimum(value = "1"), maximum(value = "10000000000")))]
    value_minor: i64,
    /// `cash`, `terminal` or `other`
    way: PaymentWay,
    /// Who buys it
    customer: Option<Ref<Customer>>,
    /// Whom it is for
    #[oai(default, validator(max_length = 120))]
    recipient_name: String,
    /// Where its code is sent
    #[oai(validator(max_length = 320))]
    recipient_email: Option<String>,
    /// In which language; that of the business, if not given
    #[oai(validator(max_length = 10))]
    recipient_locale: Option<String>,
    /// What the giver says
    #[oai(default, validator(max_length = 300))]
    message: String,
    /// How many months it is good for
    #[oai(default = "months", validator(minimum(value = "1"), maximum(value = "120")))]
    months: u32,
    /// What staff want said of the payment
    #[oai(default, validator(max_length = 300))]
    note: String,
}

impl NewVoucher {
    pub(super) fn to_domain(&self) -> sold::NewVoucher {
        sold::NewVoucher {
            location: self.location.0,
            value_minor: self.value_minor,
            way: self.way.into(),
            customer: self.customer.map(|customer| customer.0),
            recipient_name: self.recipient_name.clone(),
            recipient_email: self.recipient_email.clone(),
            recipient_locale: self.recipient_locale.clone(),
            message: self.message.clone(),
            months: self.months,
            note: self.note.clone(),
        }
    }
}

/// A voucher that was just sold, with its code.
#[derive(Debug, Clone, Object)]
pub(super) struct SoldVoucherView {
    voucher: VoucherView,
    /// To be handed over: whoever knows it pays with it
    code: String,
    payment: Ref<Payment>,
}

impl From<SoldVoucher> for SoldVoucherView {
    fn from(sold: SoldVoucher) -> Self {
        Self { voucher: sold.voucher.into(), code: sold.code, payment: sold.payment.into() }
    }
}

/// A code as somebody typed it.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct VoucherCodeInput {
    #[oai(validator(max_length = 100))]
    pub(super) code: String,
}

/// The code of a voucher.
#[derive(Debug, Clone, Object)]
pub(super) struct VoucherCodeView {
    pub(super) code: String,
}

/// Where a voucher is sent.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct VoucherMailInput {
    #[oai(validator(max_length = 320))]
    email: String,
    /// Who that is; as it was said before, if not given
    #[oai(validator(max_length = 120))]
    name: Option<String>,
    /// In which language; as it was said before, if not given
    #[oai(validator(max_length = 10))]
    locale: Option<String>,
}

impl From<VoucherMailInput> for Address {
    fn from(to: VoucherMailInput) -> Self {
        Self { email: to.email, name: to.name, locale: to.locale }
    }
}

/// Why what is left goes back.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct GiveBackInput {
    #[oai(default, validator(max_length = 300))]
    pub(super) reason: String,
}

/// How a voucher ends, and why.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct EndVoucherInput {
    #[oai(default, validator(max_length = 300))]
    pub(super) reason: String,
    /// No money goes back: it went back in another way, or never came
    #[oai(default)]
    without_money: bool,
}

impl EndVoucherInput {
    pub(super) const fn ending(&self) -> Ending {
        if self.without_money { Ending::TakenAway } else { Ending::GivenBack }
    }
}

/// A voucher that pays for a visit.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct RedeemInput {
    #[oai(validator(max_length = 100))]
    code: String,
    /// As much as is open and left, if not given
    #[oai(validator(minimum(value = "1"), maximum(value = "10000000000")))]
    amount_minor: Option<i64>,
    /// The part of it that is a tip
    #[oai(default, validator(minimum(value = "0"), maximum(value = "10000000000")))]
    tip_minor: i64,
}

impl RedeemInput {
    pub(super) fn to_domain(&self) -> NewRedemption {
        NewRedemption {
            code: self.code.clone(),
            amount_minor: self.amount_minor,
            tip_minor: self.tip_minor,
        }
    }
}

/// A voucher that pays for one's own visit.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct OwnVoucherInput {
    #[oai(validator(max_length = 100))]
    pub(super) code: String,
    /// All that is open, if not given
    what: Option<OwnVoucherWhat>,
}

impl OwnVoucherInput {
    pub(super) fn part(&self) -> Part {
        self.what.map_or(Part::All, Part::from)
    }
}
