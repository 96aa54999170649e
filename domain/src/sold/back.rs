//! What goes back: on a voucher, what was paid with it; to who bought it, what is left of it.

use chrono::Days;
use sea_orm::{ActiveModelTrait, ActiveValue::Set};
use serde_json::json;
use uuid::Uuid;

use super::entities::voucher;
use super::error::SoldError;
use super::passes::{self, PassFacts};
use super::sale::{SaleRow, Until, zone_of};
use super::standing;
use super::vouchers::{self, VoucherFacts, is_good, named};
use super::words::SoldState;
use super::worth;
use crate::audit::{Change, NewEntry};
use crate::fault::Faults;
use crate::ids::{Id, Pass, Sale, Voucher};
use crate::outbox::NewEvent;
use crate::payments;
use crate::tenancy::{StoreError, TenantTx};
use crate::text;

/// What goes back on something whose time is over, or soon, is good for so many days more: nobody loses what they
/// paid because a visit was called off.
const GRACE: u64 = 30;

/// Puts what was paid with a voucher or a pass, and was noted as given back, back on it; says what a pass is worth more now.
pub(crate) async fn put_back(
    tx: &TenantTx,
    (voucher, pass): (Option<Uuid>, Option<Uuid>),
) -> Result<i64, StoreError> {
    if let Some(voucher) = voucher {
        standing::put_back(tx, Id::from_uuid(voucher)).await?;
    }
    match pass {
        Some(pass) => put_back_on_pass(tx, Id::from_uuid(pass)).await,
        None => Ok(0),
    }
}

/// Puts one use back on a pass.
async fn put_back_on_pass(tx: &TenantTx, id: Id<Pass>) -> Result<i64, StoreError> {
    let row = passes::held(tx, id).await.map_err(SoldError::into_store)?;
    let row = if row.state == SoldState::Active.key() && row.expires_at <= tx.now() {
        super::expiry::expire_pass(tx, row).await?
    } else {
        row
    };
    let longer = longer(tx, Id::from_uuid(row.sale_id), row.expires_at).await?;
    let (price, uses, left) = (row.price_minor, row.uses, row.uses_left);
    passes::leave(tx, row, left + 1, SoldState::Active, longer).await?;
    Ok(worth::left(price, uses, left + 1) - worth::left(price, uses, left))
}

/// Gives back what the uses that are left of a pass are worth, by the way in which it was paid.
pub async fn refund_pass(
    tx: &mut TenantTx,
    id: Id<Pass>,
    reason: &str,
) -> Result<PassFacts, SoldError> {
    let reason = why(reason)?;
    let sale = passes::read_pass(tx, id).await?.sale;
    let paid = payments::left_of_sale(tx, sale).await?.free_minor;
    let row = passes::held(tx, id).await?;
    let left = worth::left(row.price_minor, row.uses, row.uses_left);
    if !passes::is_good(&row, tx.now()) || left < 1 || left > paid {
        return Err(SoldError::NothingLeft);
    }
    let name = row.name.clone();
    passes::leave(tx, row, 0, SoldState::Refunded, None).await?;
    payments::give_back_sale(tx, sale, left, &reason).await?;
    tx.record(NewEntry::new("pass.refunded", "pass").on(id, name));
    let about = json!({ "id": id, "amount_minor": left, "reason": reason });
    tx.emit(NewEvent::new("pass.refunded", &about));
    passes::read_pass(tx, id).await
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

/// Whether money goes back when a voucher ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// What is left of it, by the way in which it was paid.
    GivenBack,
    /// None: it went back in another way, or never came.
    TakenAway,
}

/// Ends a voucher: all that is left of it goes back, or is taken away.
pub async fn refund_voucher(
    tx: &mut TenantTx,
    id: Id<Voucher>,
    ending: Ending,
    reason: &str,
) -> Result<VoucherFacts, SoldError> {
    let reason = why(reason)?;
    // First what was paid, then what it was paid for: as everybody does.
    let sale = Id::<Sale>::from_uuid(vouchers::row(tx, id).await?.sale_id);
    let paid = payments::left_of_sale(tx, sale).await?;
    let row = vouchers::held(tx, id).await?;
    if !is_good(&row, tx.now()) {
        return Err(SoldError::NothingLeft);
    }
    let (left, name) = (row.left_minor, named(&row));
    let back = match ending {
        Ending::TakenAway => 0,
        Ending::GivenBack if left <= paid.free_minor => left,
        // The provider would refuse it, and the voucher would be gone until then.
        Ending::GivenBack if paid.disputed_minor > 0 => return Err(SoldError::Disputed),
        Ending::GivenBack => return Err(SoldError::NothingLeft),
    };
    payments::give_back_sale(tx, sale, back, &reason).await?;
    payments::expired(tx, &SaleRow::read(tx, sale).await?, left - back).await?;
    let (row, entry) = match ending {
        Ending::GivenBack => (row, NewEntry::new("voucher.refunded", "voucher")),
        Ending::TakenAway => {
            let mut change: voucher::ActiveModel = row.into();
            change.taken_away_at = Set(Some(tx.now()));
            let entry = NewEntry::new("voucher.taken_away", "voucher").changed([
                Change::of("left_minor", left, 0),
                Change::of("reason", serde_json::Value::Null, reason.clone()),
            ]);
            (change.update(tx.conn()).await?, entry)
        }
    };
    standing::bring(tx, row).await?;
    tx.record(entry.on(id, name));
    let about = json!({ "id": id, "amount_minor": back, "reason": reason });
    tx.emit(NewEvent::new("voucher.refunded", &about));
    vouchers::read(tx, id).await
}

/// Why something is given back.
pub(super) fn why(reason: &str) -> Result<String, SoldError> {
    let mut faults = Faults::new();
    let reason = faults.take("/reason", text::prose(reason, 0, 300));
    reason.ok_or_else(|| faults.into())
}
