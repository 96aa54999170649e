//! What payments look like from outside.

use chrono::{DateTime, Utc};
use openchair_domain::config::Secret;
use openchair_domain::ids::{
    Appointment, Customer, Location, Pass, Payment, Refund, Sale, Voucher,
};
use openchair_domain::payments::{
    AccountFacts, CardFacts, NewKeys, NewPayment, NewReturn, PaymentFacts, PaymentKind,
    PaymentState, ProviderName, RefundFacts, RefundState, SaleRef, VisitMoney, Way,
};
use openchair_domain::sold::What;
use poem_openapi::{Enum, Object};

use super::own_dto::CardStateView;
use crate::ids::Ref;
use crate::shelf::mirrored;

mirrored! {
    /// By which way somebody pays.
    PaymentWay = Way {
        /// By card, at the provider's
        Card,
        /// In cash, at the desk
        Cash,
        /// At the desk, with a terminal of the business's own
        Terminal,
        /// In another way, which the note says
        Other,
        /// With a gift voucher
        Voucher,
        /// With a use of a pass
        Pass,
    }

    /// What is sold ahead.
    SoldWhat = What {
        /// A gift voucher
        Voucher,
        /// Several visits
        Pass,
        /// A membership for a while
        Membership,
    }

    /// What a payment was for when it was begun.
    PaymentKindView = PaymentKind {
        /// What makes a visit certain
        Deposit,
        /// What is still open of a visit, and a tip
        Rest,
        /// What it costs that a visit didn't take place
        Fee,
        /// Whatever was paid at the desk
        Desk,
        /// A gift voucher that somebody buys online
        Gift,
    }

    /// How far a payment came.
    PaymentStateView = PaymentState {
        /// It can be paid
        Open,
        /// The bank takes its time
        Processing,
        /// It was paid
        Paid,
        /// It wasn't paid, and won't be
        Over,
    }

    /// How far money that is given back came.
    RefundStateView = RefundState {
        /// It is on its way
        Pending,
        /// It was given back
        Done,
        /// It didn't arrive
        Failed,
    }
}

/// Money that is given back.
#[derive(Debug, Clone, Object)]
pub(super) struct RefundView {
    id: Ref<Refund>,
    amount_minor: i64,
    state: RefundStateView,
    /// Empty: what wasn't due any more went back by itself
    reason: String,
    /// Who gave it
    by: String,
    /// Whether it was given back at the provider's own pages, and not here
    made_there: bool,
    /// What of it was due and needn't be paid again: nothing of what was too much, and nothing of a tip
    waived_minor: i64,
    created_at: DateTime<Utc>,
    done_at: Option<DateTime<Utc>>,
    /// When it came back all the same: the card is closed, or the bank doesn't know the account any more
    came_back_at: Option<DateTime<Utc>>,
    /// Why it didn't arrive, in the provider's words
    trouble: Option<String>,
}

impl From<RefundFacts> for RefundView {
    fn from(refund: RefundFacts) -> Self {
        Self {
            id: refund.id.into(),
            amount_minor: refund.amount_minor,
            state: refund.state.into(),
            reason: refund.reason,
            by: refund.given_by,
            made_there: refund.made_there,
            waived_minor: refund.waived_minor,
            created_at: refund.created_at,
            done_at: refund.done_at,
            came_back_at: refund.came_back_at,
            trouble: refund.trouble,
        }
    }
}

/// Something that was sold ahead.
#[derive(Debug, Clone, Object)]
struct SaleRefView {
    id: Ref<Sale>,
    what: SoldWhat,
}

impl From<SaleRef> for SaleRefView {
    fn from(sale: SaleRef) -> Self {
        Self { id: sale.id.into(), what: sale.what.into() }
    }
}

/// A payment for a visit, or for something that is sold ahead. Amounts are in the currency's minor unit.
#[derive(Debug, Clone, Object)]
pub(crate) struct PaymentView {
    id: Ref<Payment>,
    /// The visit that it is for
    visit: Option<Ref<Appointment>>,
    /// What that was sold ahead it is for
    sale: Option<SaleRefView>,
    /// What the visit is, or what was sold
    title: String,
    location: Ref<Location>,
    customer: Option<Ref<Customer>>,
    customer_name: Option<String>,
    way: PaymentWay,
    /// The voucher that it was paid with
    voucher: Option<Ref<Voucher>>,
    /// The pass that it was paid with
    pass: Option<Ref<Pass>>,
    kind: PaymentKindView,
    /// Whether it is taken from the card on file: nobody is there
    off_session: bool,
    state: PaymentStateView,
    /// All of it: the tip is a part of it
    amount_minor: i64,
    tip_minor: i64,
    /// What was given back or is on its way
    refunded_minor: i64,
    /// ISO 4217
    currency: String,
    note: String,
    /// Why it came to nothing, in the provider's words
    trouble: Option<String>,
    /// Whether its customer went to their bank about it: it can't be given back
    disputed: bool,
    /// Whether it was paid once more for what had been sold already: it goes back
    surplus: bool,
    /// Who took it, if it was somebody at the desk
    taken_by: Option<String>,
    created_at: DateTime<Utc>,
    paid_at: Option<DateTime<Utc>>,
    /// What was given back, the oldest first
    refunds: Vec<RefundView>,
}

impl From<PaymentFacts> for PaymentView {
    fn from(payment: PaymentFacts) -> Self {
        Self {
            id: payment.id.into(),
            visit: payment.visit.map(Ref),
            sale: payment.sale.map(SaleRefView::from),
            title: payment.title,
            location: payment.location.into(),
            customer: payment.customer.map(Ref),
            customer_name: payment.customer_name,
            way: payment.way.into(),
            voucher: payment.voucher.map(Ref),
            pass: payment.pass.map(Ref),
            kind: payment.kind.into(),
            off_session: payment.off_session,
            state: payment.state.into(),
            amount_minor: payment.amount_minor,
            tip_minor: payment.tip_minor,
            refunded_minor: payment.refunded_minor,
            currency: payment.currency,
            note: payment.note,
            trouble: payment.trouble,
            disputed: payment.disputed,
            surplus: payment.surplus,
            taken_by: payment.taken_by,
            created_at: payment.created_at,
            paid_at: payment.paid_at,
            refunds: payment.refunds.into_iter().map(RefundView::from).collect(),
        }
    }
}

/// The card that a customer left for a visit.
#[derive(Debug, Clone, Object)]
struct CardView {
    state: CardStateView,
    /// As the provider writes it: `visa`
    brand: Option<String>,
    left_at: Option<DateTime<Utc>>,
}

impl From<CardFacts> for CardView {
    fn from(card: CardFacts) -> Self {
        Self { state: card.state.into(), brand: card.brand, left_at: card.left_at }
    }
}

/// What a visit costs, and what was paid for it.
#[derive(Debug, Clone, Object)]
pub(super) struct VisitMoneyView {
    /// ISO 4217
    currency: String,
    price_minor: i64,
    /// How much less that is because they are a member
    discount_minor: i64,
    /// What makes the visit certain
    deposit_minor: i64,
    /// What is owed because it didn't happen
    fee_minor: i64,
    /// All that it costs as it stands: the price; what is owed if it won't take place
    due_minor: i64,
    /// Without tips
    paid_minor: i64,
    tips_minor: i64,
    /// What was given back or is on its way
    refunded_minor: i64,
    /// What is still to be paid
    open_minor: i64,
    /// What was paid and isn't due any more
    excess_minor: i64,
    /// What was due, was given back and needn't be paid again
    waived_minor: i64,
    /// Whether the visit is over: what is given back then needn't be paid again, unless that is said
    over: bool,
    card: CardView,
    /// When what is open of the fee is taken from the card by itself; missing: it isn't
    fee_at: Option<DateTime<Utc>>,
    /// The newest first; those, too, that came to nothing
    payments: Vec<PaymentView>,
}

impl From<VisitMoney> for VisitMoneyView {
    fn from(money: VisitMoney) -> Self {
        Self {
            due_minor: money.due_minor(),
            open_minor: money.open_minor(),
            excess_minor: money.excess_minor(),
            waived_minor: money.bill.waived(&money.paid),
            over: money.bill.is_over(),
            currency: money.visit.currency,
            price_minor: money.visit.price_minor,
            discount_minor: money.visit.discount_minor,
            deposit_minor: money.visit.deposit_minor,
            fee_minor: money.visit.fee_minor,
            paid_minor: money.paid.paid_minor,
            tips_minor: money.paid.tips_minor,
            refunded_minor: money.paid.refunded_minor,
            card: money.card.into(),
            fee_at: money.fee_at,
            payments: money.payments.into_iter().map(PaymentView::from).collect(),
        }
    }
}

/// What somebody pays at the desk.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct PaymentInput {
    /// `cash`, `terminal` or `other`: all else is paid with elsewhere
    way: PaymentWay,
    /// All of it
    #[oai(validator(minimum(value = "1"), maximum(value = "10000000000")))]
    amount_minor: i64,
    /// The part of it that is a tip
    #[oai(default, validator(minimum(value = "0"), maximum(value = "10000000000")))]
    tip_minor: i64,
    #[oai(default, validator(max_length = 300))]
    note: String,
}

impl PaymentInput {
    pub(super) fn to_domain(&self) -> NewPayment {
        NewPayment {
            way: self.way.into(),
            amount_minor: self.amount_minor,
            tip_minor: self.tip_minor,
            note: self.note.clone(),
        }
    }
}

/// Giving money back.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct RefundInput {
    #[oai(validator(minimum(value = "1"), maximum(value = "10000000000")))]
    pub(super) amount_minor: i64,
    #[oai(default, validator(max_length = 300))]
    pub(super) reason: String,
    /// Whether the customer needn't pay it again. Left out: so it is once the visit is over, and not before. What is
    /// too much isn't due in either case
    pub(super) waive: Option<bool>,
}

impl From<&RefundInput> for NewReturn {
    fn from(input: &RefundInput) -> Self {
        Self { amount_minor: input.amount_minor, reason: input.reason.clone(), waive: input.waive }
    }
}

/// Who takes what customers pay at a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[oai(rename_all = "lowercase")]
pub(super) enum PaymentProvider {
    Stripe,
    PayFast,
}

impl From<ProviderName> for PaymentProvider {
    fn from(name: ProviderName) -> Self {
        match name {
            ProviderName::Stripe => Self::Stripe,
            ProviderName::PayFast => Self::PayFast,
        }
    }
}

/// A business's own keys at PayFast. They are never shown again.
#[derive(Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct PayFastKeysInput {
    #[oai(validator(min_length = 1, max_length = 20))]
    merchant_id: String,
    #[oai(validator(min_length = 1, max_length = 40))]
    merchant_key: String,
    /// The passphrase of the account there
    #[oai(validator(min_length = 8, max_length = 100))]
    passphrase: String,
}

/// Without the keys.
impl std::fmt::Debug for PayFastKeysInput {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PayFastKeysInput")
            .field("merchant_id", &self.merchant_id)
            .finish_non_exhaustive()
    }
}

impl PayFastKeysInput {
    pub(super) fn into_domain(self) -> NewKeys {
        NewKeys {
            merchant_id: self.merchant_id,
            merchant_key: Secret::new(self.merchant_key),
            passphrase: Secret::new(self.passphrase),
        }
    }
}

/// The account that customers' money goes to.
#[derive(Debug, Clone, Object)]
#[expect(clippy::struct_excessive_bools, reason = "each is a question of its own")]
pub(super) struct PaymentAccountView {
    /// Who takes what customers pay from now on, if anybody does
    provider: Option<PaymentProvider>,
    /// Whether the business can have an account below this installation's, at Stripe
    stripe_offered: bool,
    /// Whether the business can put in keys of its own for PayFast
    payfast_offered: bool,
    /// Whether this installation takes cards at all
    offered: bool,
    connected: bool,
    /// Whether everything that was asked of the business at first has been said
    details_submitted: bool,
    /// Whether it can take money
    charges_enabled: bool,
    /// Whether money goes on to the business's bank
    payouts_enabled: bool,
    /// What is still asked of the business, in the provider's words
    requirements: Vec<String>,
    /// How the provider calls it
    account: Option<String>,
}

impl From<AccountFacts> for PaymentAccountView {
    fn from(account: AccountFacts) -> Self {
        Self {
            provider: account.provider.map(PaymentProvider::from),
            stripe_offered: account.stripe_offered,
            payfast_offered: account.payfast_offered,
            offered: account.offered,
            connected: account.account.is_some(),
            details_submitted: account.details_submitted,
            charges_enabled: account.charges_enabled,
            payouts_enabled: account.payouts_enabled,
            requirements: account.requirements,
            account: account.account,
        }
    }
}

/// A page at the provider's.
#[derive(Debug, Clone, Object)]
pub(super) struct ProviderPageView {
    /// Where it is
    pub(super) url: String,
}
