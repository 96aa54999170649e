//! What somebody bought, as they see it behind their link.

use chrono::{Duration, NaiveDate};
use sea_orm::EntityTrait;

use super::door::{GiftHolder, row};
use crate::ids::{Id, Sale};
use crate::payments;
use crate::sold::entities::{sale, voucher};
use crate::sold::error::SoldError;
use crate::sold::vouchers::{self, is_good};
use crate::tenancy::{StoreError, TenantTx};
use crate::tenants;
use crate::time::Instant;

/// For so long after it was sold the code is shown behind the link.
const SHOWN: Duration = Duration::days(90);

/// A voucher that somebody buys online.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GiftFacts {
    /// The last part of its link.
    pub token: String,
    /// How it stands.
    pub state: GiftState,
    /// What the business is called.
    pub business: String,
    /// Its web address.
    pub shop: String,
    /// How much it is worth.
    pub value_minor: i64,
    /// In which currency.
    pub currency: String,
    /// Whom it is for.
    pub recipient_name: String,
    /// Where its code is sent.
    pub recipient_email: Option<String>,
    /// Its code, while it is good, for a while after it was sold.
    pub code: Option<String>,
    /// The last day on which it is good.
    pub last_day: Option<NaiveDate>,
    /// Until when it can be paid for.
    pub until: Option<Instant>,
}

/// How a voucher stands that somebody buys online.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GiftState {
    /// It can be paid for.
    Open,
    /// The bank takes its time.
    Processing,
    /// It is a voucher.
    Paid,
    /// It wasn't paid for in time.
    Over,
}

/// What somebody bought.
pub async fn read_gift(tx: &TenantTx, holder: &GiftHolder) -> Result<GiftFacts, SoldError> {
    let order = row(tx, holder).await?;
    let sale = Id::<Sale>::from_uuid(order.sale_id);
    let sold = sale::Entity::find_by_id((tx.tenant().uuid(), sale.uuid())).one(tx.conn()).await?;
    let sold = sold.ok_or_else(|| StoreError::Unreadable(format!("the sale {sale}")))?;
    let voucher = match order.voucher_id {
        Some(id) => Some(vouchers::row(tx, Id::from_uuid(id)).await?),
        None => None,
    };
    let state = if voucher.is_some() {
        GiftState::Paid
    } else if payments::is_processing(tx, sale).await? {
        GiftState::Processing
    } else if order.pay_until > tx.now() {
        GiftState::Open
    } else {
        GiftState::Over
    };
    let business = tenants::read(tx).await?;
    Ok(GiftFacts {
        token: holder.text().to_owned(),
        state,
        business: business.name,
        shop: business.slug,
        value_minor: sold.price_minor,
        currency: sold.currency,
        recipient_name: order.recipient_name,
        recipient_email: order.recipient_email,
        code: match &voucher {
            Some(voucher) => shown(tx, voucher)?,
            None => None,
        },
        last_day: voucher.map(|voucher| voucher.last_day),
        until: (state == GiftState::Open).then_some(order.pay_until),
    })
}

/// The code, for who bought it: as long as something can be paid with it, and for a while.
fn shown(tx: &TenantTx, voucher: &voucher::Model) -> Result<Option<String>, SoldError> {
    if !is_good(voucher, tx.now()) || voucher.created_at + SHOWN <= tx.now() {
        return Ok(None);
    }
    match vouchers::opened(tx, voucher) {
        Ok(code) => Ok(Some(code.shown())),
        Err(SoldError::CodeGone) => Ok(None),
        Err(error) => Err(error),
    }
}
