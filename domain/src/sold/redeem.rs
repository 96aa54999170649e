//! Paying for a visit with a voucher, at the desk or behind the visit's link.

use std::fmt;

use sea_orm::{ActiveModelTrait, ActiveValue::Set};
use serde_json::json;

use super::entities::voucher;
use super::error::SoldError;
use super::vouchers::{self, is_good, named};
use super::words::SoldState;
use crate::audit::NewEntry;
use crate::bookings::{self, Holder, VisitFacts};
use crate::fault::{Faults, ValueFault};
use crate::ids::{Appointment, Id, Payment};
use crate::outbox::NewEvent;
use crate::payments::{self, Paying, PaymentFacts, With, open_of, pay_visit};
use crate::tenancy::{StoreError, TenantTx};

/// What somebody pays with a voucher at the desk.
#[derive(Clone)]
pub struct NewRedemption {
    /// The code, as it was typed.
    pub code: String,
    /// How much; as much as is open and left, if not given.
    pub amount_minor: Option<i64>,
    /// The part of it that is a tip.
    pub tip_minor: i64,
}

/// Its code is money: it isn't printed.
impl fmt::Debug for NewRedemption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { amount_minor, tip_minor, .. } = self;
        let mut shown = f.debug_struct("NewRedemption");
        shown.field("amount_minor", amount_minor).field("tip_minor", tip_minor);
        shown.finish_non_exhaustive()
    }
}

/// How much of a visit its customer pays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// What makes it certain.
    Now,
    /// All that is open.
    All,
}

/// What can be meant.
fn check(new: &NewRedemption) -> Result<(), SoldError> {
    let mut faults = Faults::new();
    if new.amount_minor.is_some_and(|amount| amount < 1) {
        let fault = ValueFault::new("too_small", "This must be more than nothing.");
        faults.note("/amount_minor", fault);
    }
    if new.tip_minor < 0 {
        let fault = ValueFault::new("too_small", "A tip can't be less than nothing.");
        faults.note("/tip_minor", fault);
    } else if new.tip_minor > new.amount_minor.unwrap_or(0) {
        let fault = ValueFault::new("too_large", "The tip is a part of the amount.");
        faults.note("/tip_minor", fault);
    }
    if faults.is_empty() { Ok(()) } else { Err(faults.into()) }
}

/// Pays for a visit with a voucher, as staff do.
pub async fn redeem(
    tx: &mut TenantTx,
    id: Id<Appointment>,
    new: &NewRedemption,
    public_url: &str,
) -> Result<PaymentFacts, SoldError> {
    check(new)?;
    let visit = bookings::hold_visible(tx, id).await?;
    let open = open_of(tx, &visit).await?.all_minor;
    let row = good(tx, &new.code, &visit).await?;
    let amount_minor = match new.amount_minor {
        Some(amount) if amount - new.tip_minor > open => return Err(SoldError::MoreThanDue),
        Some(amount) if amount > row.left_minor => return Err(SoldError::MoreThanLeft),
        Some(amount) => amount,
        None if open == 0 => return Err(SoldError::NothingDue),
        None => open.min(row.left_minor),
    };
    let id = pay(tx, &visit, row, (amount_minor, new.tip_minor), public_url).await?;
    Ok(payments::read(tx, id).await?)
}

/// The same for who holds the visit's link. All codes that aren't good are answered alike.
pub async fn redeem_own(
    tx: &mut TenantTx,
    holder: &Holder,
    code: &str,
    part: Part,
    public_url: &str,
) -> Result<(), SoldError> {
    let visit = bookings::hold_own(tx, holder).await?;
    let open = open_of(tx, &visit).await?;
    let open = if part == Part::Now { open.now_minor } else { open.all_minor };
    let over = visit.lapses_at.is_some_and(|at| at <= tx.now());
    if open == 0 || over {
        return Err(SoldError::NothingDue);
    }
    let row = good(tx, code, &visit).await?;
    let amount = open.min(row.left_minor);
    pay(tx, &visit, row, (amount, 0), public_url).await?;
    Ok(())
}

/// The voucher of this code, held, if one can pay for the visit with it.
async fn good(tx: &TenantTx, code: &str, visit: &VisitFacts) -> Result<voucher::Model, SoldError> {
    let found = vouchers::held_by_code(tx, code).await?;
    let now = tx.now();
    let found = found.filter(|row| is_good(row, now) && row.currency == visit.currency);
    found.ok_or(SoldError::VoucherNotGood)
}

async fn pay(
    tx: &mut TenantTx,
    visit: &VisitFacts,
    row: voucher::Model,
    (amount_minor, tip_minor): (i64, i64),
    public_url: &str,
) -> Result<Id<Payment>, SoldError> {
    let id = Id::from_uuid(row.id);
    let name = named(&row);
    take(tx, row, amount_minor).await?;
    let paying = Paying { with: With::Voucher(id), amount_minor, tip_minor, note: String::new() };
    let payment = pay_visit(tx, visit, &paying, public_url).await?;
    tx.record(NewEntry::new("voucher.redeemed", "voucher").on(id, name));
    let about =
        json!({ "id": id, "payment": payment, "visit": visit.id, "amount_minor": amount_minor });
    tx.emit(NewEvent::new("voucher.used", &about));
    Ok(payment)
}

/// Takes so much of a voucher that is held.
async fn take(tx: &TenantTx, row: voucher::Model, amount_minor: i64) -> Result<(), StoreError> {
    let left = row.left_minor - amount_minor;
    let mut change: voucher::ActiveModel = row.into();
    change.left_minor = Set(left);
    if left == 0 {
        change.state = Set(SoldState::Used.key().to_owned());
    }
    change.updated_at = Set(tx.now());
    change.update(tx.conn()).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_code_is_printed() {
        let code = "ABCD-EFGH-JKMN-PQRS".to_owned();
        let new = NewRedemption { code, amount_minor: Some(500), tip_minor: 0 };
        let shown = format!("{new:?}");
        assert!(shown.contains("500") && !shown.contains("ABCD"), "{shown}");
    }
}
