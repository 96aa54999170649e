//! What customers pay behind their visit's link: what is asked of them, and the page where they pay it.

use sea_orm::{ActiveModelTrait, ActiveValue::Set};

use super::accounts;
use super::cards::{self, CardState};
use super::counter::{Counter, Wanted, asked, end, new_payment, place_of};
use super::entities::payment;
use super::error::PaymentError;
use super::looking::unsettled;
use super::pages::{self, Before, PageWords};
use super::provider::{CardAt, Door};
use super::read::{bill, paid_for};
use super::removal;
use super::wish::{Asked, Part, Wish, is_being_had};
use super::words::{PaymentKind, PaymentState};
use crate::bookings::{self, Holder, Stood, VisitFacts};
use crate::ids::{Id, Payment};
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
    /// It was paid.
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

/// What is asked of the provider for a payment.
enum Step {
    /// Its page is there.
    Go(String),
    /// Its form is there: the provider knows what it is opened with.
    Show(Box<payment::Model>),
    /// Its page is to be opened.
    Open(Box<payment::Model>, Box<VisitFacts>),
    /// Another page is to be closed first: it was opened long ago, or asks for another amount.
    Close(Id<Payment>),
    /// Nothing is to be paid, and a card is to be left.
    Card,
}

/// Writes down that the customer is about to pay, or finds that they are already.
async fn begin(tx: &mut TenantTx, holder: &Holder, wish: Wish) -> Result<Step, PaymentError> {
    let visit = bookings::hold_own(tx, holder).await?;
    let (bill, paid) = (bill(&visit), paid_for(tx, visit.id).await?);
    let wanted = Asked::of(&bill, &paid, wish)?;
    let over = visit.lapses_at.is_some_and(|at| at <= tx.now());
    let card = cards::is_wanted(tx, &Stood::from(&visit)).await?;
    if over {
        return Err(PaymentError::NothingDue);
    }
    if wanted.amount_minor() == 0 {
        let leaves = card && wish.part == Part::Now;
        return if leaves { Ok(Step::Card) } else { Err(PaymentError::NothingDue) };
    }
    let place = accounts::that_takes_money(tx).await?.ok_or(PaymentError::NoCards)?;
    let keeps_card = card && wanted.kind == PaymentKind::Deposit;
    if let Some(row) = unsettled(tx, visit.id).await? {
        // Somebody paid, or it is being taken from the card.
        if row.state == PaymentState::Processing.key() || row.card_id.is_some() {
            return Err(PaymentError::NothingDue);
        }
        let here = wish.card_at == CardAt::Form;
        let same = asked(&row)? == wanted
            && row.keeps_card == keeps_card
            && row.here == here
            && place_of(&row)?.as_ref() == Some(&place);
        match pages::before(&row, same, tx.now()) {
            Before::Go(url) => return Ok(Step::Go(url)),
            Before::Show => return Ok(Step::Show(Box::new(row))),
            Before::Close => return Ok(Step::Close(Id::from_uuid(row.id))),
            Before::Open => return Ok(Step::Open(Box::new(row), Box::new(visit))),
            Before::Unknown => end(tx, row, None).await?,
        }
    }
    let mut row = new_payment(tx, &visit, &wanted, place);
    row.keeps_card = Set(keeps_card);
    row.here = Set(wish.card_at == CardAt::Form);
    let row = row.insert(tx.conn()).await.map_err(StoreError::from)?;
    Ok(Step::Open(Box::new(row), Box::new(visit)))
}

impl Counter {
    /// What a customer is asked to pay.
    pub async fn owed(&self, tx: &TenantTx, holder: &Holder) -> Result<OwnPayment, PaymentError> {
        let visit = bookings::look(tx, holder).await?.visit;
        let (bill, paid) = (bill(&visit), paid_for(tx, visit.id).await?);
        let amount_minor = bill.asked_now(&paid);
        let card = cards::of(tx, &Stood::from(&visit)).await?;
        let unsettled = unsettled(tx, visit.id).await?;
        let processing = unsettled.as_ref().is_some_and(|row| {
            row.state == PaymentState::Processing.key() || row.card_id.is_some()
        });
        let wanted = amount_minor > 0 || card.state == CardState::Wanted;
        let state = match (processing, wanted, paid.paid_minor + paid.tips_minor) {
            (true, ..) => OwnState::Processing,
            (false, true, _) => OwnState::Due,
            (false, false, 1..) => OwnState::Paid,
            _ => OwnState::Nothing,
        };
        let online = self.taker(tx).await?.is_some();
        let (open_minor, most_tip_minor) = (bill.open(&paid), bill.most_tip(&paid));
        let payable = open_minor > 0 || most_tip_minor > 0;
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
            fee_declined: fee && super::fees::was_declined(tx, visit.id).await?,
            paid_minor: paid.paid_minor + paid.tips_minor,
            refunded_minor: paid.refunded_minor,
            currency: visit.currency,
            until: visit.lapses_at,
        })
    }

    /// Where the customer comes back to.
    pub(super) fn back_url(&self, holder: &Holder) -> String {
        format!("{}/b/{}?paying=1", self.public_url, holder.text())
    }

    /// Where the customer pays what they wish, or leaves a card. Who asks twice gets the same page. A card that is
    /// left without paying is left on a page, wherever one wants to be.
    pub async fn door(&self, holder: &Holder, wish: Wish) -> Result<OwnEntrance, PaymentError> {
        if !self.providers.any() {
            return Err(PaymentError::NoCards);
        }
        for _ in 0..2 {
            match self.begin(holder, wish).await? {
                Step::Go(url) => return Ok(url.into()),
                Step::Show(row) => {
                    // Somebody may have paid meanwhile: then that is found, and said.
                    if let Some(door) = self.door_of(&holder.caller, &row).await? {
                        return Ok(door);
                    }
                    let id = Id::from_uuid(row.id);
                    self.look_as(&holder.caller, id, Wanted::AsItStands).await?;
                }
                Step::Open(row, visit) => return self.open_own_page(holder, *row, *visit).await,
                Step::Card => return self.card_page(holder).await.map(Into::into),
                // Whoever was faster has paid there.
                Step::Close(id) => self.look_as(&holder.caller, id, Wanted::Closed).await?,
            }
        }
        Err(PaymentError::ProviderAway)
    }

    async fn begin(&self, holder: &Holder, wish: Wish) -> Result<Step, PaymentError> {
        let mut tx = self.db.tenant(&holder.caller).await?;
        let step = begin(&mut tx, holder, wish).await?;
        tx.commit().await?;
        Ok(step)
    }

    async fn open_own_page(
        &self,
        holder: &Holder,
        row: payment::Model,
        visit: VisitFacts,
    ) -> Result<OwnEntrance, PaymentError> {
        let page = PageWords {
            title: visit.title,
            email: visit.email,
            locale: visit.locale,
            back_url: self.back_url(holder),
        };
        self.open_page(&holder.caller, row, page).await
    }
}

const fn is_over(status: bookings::Status) -> bool {
    matches!(status, bookings::Status::Cancelled | bookings::Status::NoShow)
}
