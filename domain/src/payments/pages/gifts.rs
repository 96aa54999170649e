//! What customers pay for vouchers that they buy online: the page where they do, and what follows from it. A payment
//! has no visit then, but a sale: that is held first.

use sea_orm::{ActiveModelTrait, ActiveValue::Set};

use super::looking::{self, unsettled_of_sale};
use super::opening::PageWords;
use super::own::OwnEntrance;
use crate::ids::{Id, Payment, Sale};
use crate::payments::accounts;
use crate::payments::bill::amounts::shown;
use crate::payments::bill::wish::Asked;
use crate::payments::counter::{Counter, PAGE_KEPT, Waits, end, new_card_payment, place_of};
use crate::payments::entities::payment;
use crate::payments::error::PaymentError;
use crate::payments::pages::{self, Step};
use crate::payments::provider::{CardAt, Stand};
use crate::payments::refunds;
use crate::payments::refunds::parts::Left;
use crate::payments::settle;
use crate::payments::words::{PaymentKind, PaymentState};
use crate::sold::{self, GiftHolder, Order, SoldError};
use crate::tenancy::{StoreError, TenantTx};
use crate::tenants;

/// Whether the bank takes its time with what was paid for a sale.
pub(crate) async fn is_processing(tx: &TenantTx, sale: Id<Sale>) -> Result<bool, StoreError> {
    let found = unsettled_of_sale(tx, sale).await?;
    Ok(found.is_some_and(|row| row.state == PaymentState::Processing.key()))
}

/// Whether a payment for a sale is still waited for. Where a page can't be closed by who opened it, it is given up
/// after its hour like any other.
pub(in crate::payments) async fn is_wanted(
    tx: &TenantTx,
    row: &payment::Model,
) -> Result<Waits, StoreError> {
    let sale = row.sale_id.map(Id::from_uuid);
    let sale = sale.ok_or_else(|| StoreError::Unreadable("a payment for nothing".to_owned()))?;
    let still = sold::is_payable(tx, sale).await?;
    Ok(Waits { still, in_time: row.created_at + PAGE_KEPT > tx.now() })
}

/// Writes down that somebody is about to pay for what they buy, or finds that they are already.
async fn begin(
    tx: &TenantTx,
    holder: &GiftHolder,
    card_at: CardAt,
    public_url: &str,
) -> Result<(Step<payment::Model>, PageWords), PaymentError> {
    let order = sold::hold_order(tx, holder).await.map_err(missing)?;
    let before = unsettled_of_sale(tx, order.sale).await?;
    let processing = |row: &payment::Model| row.state == PaymentState::Processing.key();
    if order.is_sold || before.as_ref().is_some_and(processing) {
        return Err(PaymentError::NothingDue);
    }
    if order.pay_until <= tx.now() {
        return Err(PaymentError::GiftOver);
    }
    let place =
        accounts::that_takes_money(tx, &order.currency).await?.ok_or(PaymentError::NoCards)?;
    let words = words(tx, holder, &order, public_url).await?;
    if let Some(row) = before {
        let same = place_of(&row)?.as_ref() == Some(&place);
        match pages::resume(row, card_at, same, tx.now()) {
            Ok(step) => return Ok((step, words)),
            Err(lost) => end(tx, lost, None).await?,
        }
    }
    let asked = Asked { kind: PaymentKind::Gift, own_minor: order.price_minor, tip_minor: 0 };
    let mut row = new_card_payment(tx, order.location, &order.currency, &asked, place);
    row.sale_id = Set(Some(order.sale.uuid()));
    row.here = Set(card_at == CardAt::Form);
    let row = row.insert(tx.conn()).await.map_err(StoreError::from)?;
    Ok((Step::Open(Box::new(row)), words))
}

fn missing(error: SoldError) -> PaymentError {
    match error {
        SoldError::NotFound => PaymentError::NotFound,
        other => PaymentError::Store(other.into_store()),
    }
}

async fn words(
    tx: &TenantTx,
    holder: &GiftHolder,
    order: &Order,
    public_url: &str,
) -> Result<PageWords, PaymentError> {
    let amount = shown(order.price_minor, &order.currency, &order.locale);
    Ok(PageWords {
        title: format!("{} · {amount}", tenants::read(tx).await?.name),
        email: order.buyer_email.clone(),
        locale: Some(order.locale.clone()),
        back_url: format!("{public_url}/g/{}?paying=1", holder.text()),
    })
}

impl Counter {
    /// Where somebody pays for the voucher that they buy. Who asks twice gets the same page.
    pub async fn gift_door(
        &self,
        holder: &GiftHolder,
        card_at: CardAt,
    ) -> Result<OwnEntrance, PaymentError> {
        if !self.providers.any() {
            return Err(PaymentError::NoCards);
        }
        for _ in 0..2 {
            let tx = self.db.tenant(&holder.caller).await?;
            let (step, words) = begin(&tx, holder, card_at, &self.public_url).await?;
            tx.commit().await?;
            if let Some(door) = self.through(&holder.caller, step, words).await? {
                return Ok(door);
            }
        }
        Err(PaymentError::ProviderAway)
    }

    /// Asks the provider how the payment for a voucher stands, and does what follows from it.
    pub async fn look_for_gift(&self, holder: &GiftHolder) -> Result<(), PaymentError> {
        let tx = self.db.tenant(&holder.caller).await?;
        let order = sold::hold_order(&tx, holder).await.map_err(missing)?;
        let found = unsettled_of_sale(&tx, order.sale).await?;
        tx.commit().await?;
        match found {
            Some(row) => self.look(holder.caller.tenant(), Id::from_uuid(row.id)).await,
            None => Ok(()),
        }
    }
}

/// A payment for a sale arrived: it becomes what was bought. Whatever was sold already isn't sold twice, and what was
/// paid for it once more goes back.
pub(in crate::payments) async fn arrived(
    tx: &mut TenantTx,
    id: Id<Payment>,
    sale: Id<Sale>,
    stand: &Stand,
    public_url: &str,
) -> Result<(), StoreError> {
    let held = sold::hold_sale(tx, sale).await?;
    let Some(row) = settle::note_paid(tx, id, stand).await? else { return Ok(()) };
    if !sold::gift_arrived(tx, held, public_url).await? {
        let mut change: payment::ActiveModel = row.into();
        change.surplus = Set(true);
        let row = change.update(tx.conn()).await?;
        let back = Left::from(&row).own_first(row.amount_minor);
        refunds::begin(tx, row, back, String::new()).await?;
    }
    // Another page that was opened meanwhile is of no use any more.
    if let Some(other) = unsettled_of_sale(tx, sale).await? {
        looking::close_late(tx, Id::from_uuid(other.id)).await?;
    }
    Ok(())
}
