//! What customers pay behind their visit's link: what is asked of them, and the page where they pay it.

use sea_orm::{ActiveModelTrait, ActiveValue::Set};

use super::looking::unsettled;
use super::opening::PageWords;
use crate::bookings::{self, Holder, Stood, VisitFacts};
use crate::payments::accounts::{self, Place};
use crate::payments::bill::chargeable::Chargeable;
use crate::payments::bill::wish::{Asked, Part, Wish, asked_now, is_being_had, most_tip};
use crate::payments::cards::{self, CardState, removal};
use crate::payments::counter::{Counter, asked, end, new_payment, place_of};
use crate::payments::entities::payment;
use crate::payments::error::PaymentError;
use crate::payments::pages::{self, Step};
use crate::payments::provider::{CardAt, Door};
use crate::payments::read::{bill, paid_for};
use crate::payments::words::{PaymentKind, PaymentState, ProviderName};
use crate::tenancy::{StoreError, TenantTx};
use crate::time::Instant;

/// What a customer is asked to pay for their visit.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a question of its own")]
pub struct OwnPayment {
    /// How it stands.
    pub state: OwnState,
    /// Whether it can be paid by card here.
    pub online: bool,
    /// What is asked for now.
    pub amount_minor: i64,
    /// All that is still open of the visit as it stands.
    pub open_minor: i64,
    /// Whether that can be paid now, or a tip given.
    pub may_pay_all: bool,
    /// The largest tip that can be given now.
    pub most_tip_minor: i64,
    /// The card that is left for it.
    pub card: CardState,
    /// Its brand.
    pub card_brand: Option<String>,
    /// Whether the customer can take it away now.
    pub may_remove_card: bool,
    /// Whether its fee couldn't be taken from the card.
    pub fee_declined: bool,
    /// What was paid, tips included.
    pub paid_minor: i64,
    /// What was given back or is on its way.
    pub refunded_minor: i64,
    /// In which currency.
    pub currency: String,
    /// Until when it can be paid.
    pub until: Option<Instant>,
}

/// How what a customer pays stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OwnState {
    /// Nothing is asked for, and nothing was paid.
    Nothing,
    /// Something is asked for: money, a card, or both.
    Due,
    /// The bank takes its time.
    Processing,
    /// It was paid, and some of it is kept.
    Paid,
}

impl OwnState {
    /// As it is shown.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Due => "due",
            Self::Processing => "processing",
            Self::Paid => "paid",
        }
    }
}

/// Where a customer pays, or leaves a card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnEntrance {
    /// The business's account at the provider; nothing where a page says it itself.
    pub account: String,
    /// How one comes to it.
    pub door: Door,
}

impl From<String> for OwnEntrance {
    fn from(url: String) -> Self {
        Self { account: String::new(), door: Door::Page(url) }
    }
}

/// What a customer does next.
enum Deed {
    /// They pay.
    Pay(Step<payment::Model>, PageWords),
    /// Nothing is to be paid, and a card is to be left.
    LeaveCard,
}

/// Writes down that the customer is about to pay, or finds that they are already.
async fn begin(
    tx: &mut TenantTx,
    holder: &Holder,
    wish: Wish,
    back_url: String,
) -> Result<Deed, PaymentError> {
    let visit = bookings::hold_own(tx, holder).await?;
    let (bill, paid) = (bill(&visit), paid_for(tx, visit.id).await?);
    let place = accounts::that_takes_money(tx, &visit.currency).await?;
    let wanted = Asked::of(&bill, &paid, wish, takes(place.as_ref(), &visit))?;
    let over = visit.lapses_at.is_some_and(|at| at <= tx.now());
    let card = cards::is_wanted(tx, &Stood::from(&visit)).await?;
    if over {
        return Err(PaymentError::NothingDue);
    }
    if wanted.amount_minor() == 0 {
        let leaves = card && wish.part == Part::Now;
        return if leaves { Ok(Deed::LeaveCard) } else { Err(PaymentError::NothingDue) };
    }
    let place = place.ok_or(PaymentError::NoCards)?;
    let keeps_card = card && wanted.kind == PaymentKind::Deposit;
    if let Some(row) = unsettled(tx, visit.id).await? {
        // Somebody paid, or it is being taken from the card.
        if row.state == PaymentState::Processing.key() || row.card_id.is_some() {
            return Err(PaymentError::NothingDue);
        }
        let same = asked(&row)? == wanted
            && row.keeps_card == keeps_card
            && place_of(&row)?.as_ref() == Some(&place);
        match pages::resume(row, wish.card_at, same, tx.now()) {
            Ok(step) => return Ok(Deed::Pay(step, PageWords::of(visit, back_url))),
            Err(lost) => end(tx, lost, None).await?,
        }
    }
    let mut row = new_payment(tx, &visit, &wanted, place);
    row.keeps_card = Set(keeps_card);
    row.here = Set(wish.card_at == CardAt::Form);
    let row = row.insert(tx.conn()).await.map_err(StoreError::from)?;
    Ok(Deed::Pay(Step::Open(Box::new(row)), PageWords::of(visit, back_url)))
}

impl Counter {
    /// What a customer is asked to pay.
    pub async fn owed(&self, tx: &TenantTx, holder: &Holder) -> Result<OwnPayment, PaymentError> {
        let visit = bookings::look(tx, holder).await?.visit;
        let (bill, paid) = (bill(&visit), paid_for(tx, visit.id).await?);
        let place = accounts::that_takes_money(tx, &visit.currency).await?;
        let by = takes(place.as_ref(), &visit);
        let amount_minor = asked_now(&bill, &paid, by);
        // What is too little to be paid here is asked for all the same.
        let too_little = amount_minor == 0 && bill.asked_now(&paid) > 0;
        let amount_minor = if too_little { bill.asked_now(&paid) } else { amount_minor };
        let card = cards::of(tx, &Stood::from(&visit)).await?;
        let unsettled = unsettled(tx, visit.id).await?;
        let processing = unsettled.as_ref().is_some_and(|row| {
            row.state == PaymentState::Processing.key() || row.card_id.is_some()
        });
        let wanted = amount_minor > 0 || card.state == CardState::Wanted;
        let kept = paid.paid_minor + paid.tips_minor - paid.refunded_minor;
        let state = match (processing, wanted, kept) {
            (true, ..) => OwnState::Processing,
            (false, true, _) => OwnState::Due,
            (false, false, 1..) => OwnState::Paid,
            _ => OwnState::Nothing,
        };
        let online = !too_little && place.is_some_and(|place| self.providers.has(place.provider));
        let (open_minor, most_tip_minor) = (bill.open(&paid), most_tip(&bill, &paid, by));
        let payable = by.no_more(open_minor) > 0 || most_tip_minor > 0;
        let fee = is_over(visit.status) && amount_minor > 0;
        Ok(OwnPayment {
            state,
            online,
            amount_minor,
            open_minor,
            may_pay_all: online && !processing && is_being_had(visit.status) && payable,
            most_tip_minor,
            may_remove_card: card.state == CardState::Left
                && !processing
                && removal::is_free(&visit, amount_minor),
            card: card.state,
            card_brand: card.brand,
            fee_declined: fee && cards::fees::was_declined(tx, visit.id).await?,
            paid_minor: paid.paid_minor + paid.tips_minor,
            refunded_minor: paid.refunded_minor,
            currency: visit.currency,
            until: visit.lapses_at,
        })
    }

    /// Where the customer comes back to.
    pub(in crate::payments) fn back_url(&self, holder: &Holder) -> String {
        format!("{}/b/{}?paying=1", self.public_url, holder.text())
    }

    /// Where the customer pays what they wish, or leaves a card. Who asks twice gets the same.
    pub async fn door(&self, holder: &Holder, wish: Wish) -> Result<OwnEntrance, PaymentError> {
        if !self.providers.any() {
            return Err(PaymentError::NoCards);
        }
        for _ in 0..2 {
            let (step, words) = match self.begin(holder, wish).await? {
                Deed::Pay(step, words) => (step, words),
                Deed::LeaveCard => return self.card_door(holder, wish.card_at).await,
            };
            if let Some(door) = self.through(&holder.caller, step, words).await? {
                return Ok(door);
            }
        }
        Err(PaymentError::ProviderAway)
    }

    async fn begin(&self, holder: &Holder, wish: Wish) -> Result<Deed, PaymentError> {
        let mut tx = self.db.tenant(&holder.caller).await?;
        let deed = begin(&mut tx, holder, wish, self.back_url(holder)).await?;
        tx.commit().await?;
        Ok(deed)
    }
}

/// What can be taken for a visit; where nobody takes anything, what would be.
fn takes(place: Option<&Place>, visit: &VisitFacts) -> Chargeable {
    let by = place.map_or(ProviderName::Stripe, |place| place.provider);
    Chargeable::by(by, &visit.currency)
}

const fn is_over(status: bookings::Status) -> bool {
    matches!(status, bookings::Status::Cancelled | bookings::Status::NoShow)
}
