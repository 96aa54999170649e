//! What goes back: on a voucher, what was paid with it; to who bought it, what is left of it.

use chrono::Days;
use sea_orm::{ActiveModelTrait, ActiveValue::Set};
use uuid::Uuid;

use super::entities::voucher;
use super::error::SoldError;
use super::sale::{SaleRow, Until, zone_of};
use super::vouchers::{self, VoucherFacts, is_good, named};
use super::words::SoldState;
use crate::audit::NewEntry;
use crate::fault::Faults;
use crate::ids::{Id, Sale, Voucher};
use crate::payments;
use crate::tenancy::{StoreError, TenantTx};
use crate::text;

/// What goes back on something whose time is over, or soon, is good for so many days more: nobody loses what they
/// paid because a visit was called off.
const GRACE: u64 = 30;

/// Puts what was paid with a voucher or a pass back on it.
pub(crate) async fn put_back(
    tx: &TenantTx,
    voucher: Option<Uuid>,
    amount_minor: i64,
) -> Result<(), StoreError> {
    if let Some(voucher) = voucher {
        put_back_on_voucher(tx, Id::from_uuid(voucher), amount_minor).await?;
    }
    Ok(())
}

async fn put_back_on_voucher(
    tx: &TenantTx,
    id: Id<Voucher>,
    amount_minor: i64,
) -> Result<(), StoreError> {
    let row = vouchers::held(tx, id).await.map_err(SoldError::into_store)?;
    // What is over and wasn't written down as that yet goes first: it doesn't come back with the rest.
    let row = if row.state == SoldState::Active.key() && row.expires_at <= tx.now() {
        super::expiry::expire_voucher(tx, row).await?
    } else {
        row
    };
    let left = row.left_minor + amount_minor;
    let longer = longer(tx, Id::from_uuid(row.sale_id), row.expires_at).await?;
    let mut change: voucher::ActiveModel = row.into();
    change.left_minor = Set(left);
    change.state = Set(SoldState::Active.key().to_owned());
    if let Some(until) = longer {
        change.last_day = Set(until.last_day);
        change.expires_at = Set(until.expires_at);
    }
    change.updated_at = Set(tx.now());
    change.update(tx.conn()).await?;
    Ok(())
}

/// Until when something is good on which something was put back, if that is longer than it was.
pub(super) async fn longer(
    tx: &TenantTx,
    sale: Id<Sale>,
    expires_at: crate::time::Instant,
) -> Result<Option<Until>, StoreError> {
    let sale = SaleRow::read(tx, sale).await?;
    let zone = zone_of(tx, sale.location).await?;
    let last = tx.now().with_timezone(&zone).date_naive().checked_add_days(Days::new(GRACE));
    let until = last.and_then(|last| Until::end_of(last, zone));
    Ok(until.filter(|until| until.expires_at > expires_at))
}

/// Gives back all that is left of a voucher, by the way in which it was paid.
pub async fn refund_voucher(
    tx: &mut TenantTx,
    id: Id<Voucher>,
    reason: &str,
) -> Result<VoucherFacts, SoldError> {
    let reason = why(reason)?;
    // First what was paid, then what it was paid for: as everybody does.
    let sale = Id::<Sale>::from_uuid(vouchers::row(tx, id).await?.sale_id);
    let paid = payments::left_of_sale(tx, sale).await?;
    let row = vouchers::held(tx, id).await?;
    if !is_good(&row, tx.now()) || row.left_minor > paid {
        return Err(SoldError::NothingLeft);
    }
    let (left, name) = (row.left_minor, named(&row));
    let mut change: voucher::ActiveModel = row.into();
    change.left_minor = Set(0);
    change.state = Set(SoldState::Refunded.key().to_owned());
    change.updated_at = Set(tx.now());
    change.update(tx.conn()).await?;
    payments::give_back_sale(tx, sale, left, &reason).await?;
    tx.record(NewEntry::new("voucher.refunded", "voucher").on(id, name));
    vouchers::read(tx, id).await
}

/// Why something is given back.
pub(super) fn why(reason: &str) -> Result<String, SoldError> {
    let mut faults = Faults::new();
    let reason = faults.take("/reason", text::prose(reason, 0, 300));
    reason.ok_or_else(|| faults.into())
}
