//! What was paid for what is sold ahead: how much of it is still here, what of it was lost, what was paid twice.

use sea_orm::{
    ColumnTrait, DbBackend, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect,
    Statement,
};

use super::books;
use super::entities::payment;
use super::error::PaymentError;
use super::read::{self, PaymentFacts, RefundFacts};
use super::refunds;
use super::refunds::parts::Left;
use super::words::PaymentState;
use crate::audit::NewEntry;
use crate::ids::{Id, Sale, Voucher};
use crate::sold;
use crate::tenancy::{StoreError, TenantTx};

/// What is left of what was paid for something.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct LeftOfSale {
    /// It can be given back.
    pub(crate) free_minor: i64,
    /// It can't, as customers went to their bank about it.
    pub(crate) disputed_minor: i64,
}

/// The payments for something that was sold ahead, held, the oldest first, each with whether it is disputed. What was
/// paid once more isn't among them.
async fn of_sale(tx: &TenantTx, sale: Id<Sale>) -> Result<Vec<(payment::Model, bool)>, StoreError> {
    let found = payment::Entity::find()
        .filter(payment::Column::TenantId.eq(tx.tenant().uuid()))
        .filter(payment::Column::SaleId.eq(sale.uuid()))
        .filter(payment::Column::State.eq(PaymentState::Paid.key()))
        .filter(payment::Column::Surplus.eq(false))
        .order_by_asc(payment::Column::Id)
        .lock_exclusive()
        .all(tx.conn())
        .await?;
    let mut all = Vec::with_capacity(found.len());
    for row in found {
        let disputed = books::is_disputed(tx, Id::from_uuid(row.id)).await?;
        all.push((row, disputed));
    }
    Ok(all)
}

/// What is left of what was paid for something that was sold ahead, held until the transaction ends.
pub(crate) async fn left_of_sale(tx: &TenantTx, sale: Id<Sale>) -> Result<LeftOfSale, StoreError> {
    let mut all = LeftOfSale::default();
    for (row, disputed) in of_sale(tx, sale).await? {
        let left = row.amount_minor - row.refunded_minor;
        if disputed {
            all.disputed_minor += left;
        } else {
            all.free_minor += left;
        }
    }
    Ok(all)
}

/// Gives so much of it back, by the way in which it was paid.
pub(crate) async fn give_back_sale(
    tx: &mut TenantTx,
    sale: Id<Sale>,
    mut amount_minor: i64,
    reason: &str,
) -> Result<(), StoreError> {
    for (row, disputed) in of_sale(tx, sale).await? {
        let part = amount_minor.min(row.amount_minor - row.refunded_minor);
        if part > 0 && !disputed {
            amount_minor -= part;
            let back = Left::from(&row).own_first(part);
            refunds::begin(tx, row, back, reason.to_owned()).await?;
        }
    }
    Ok(())
}

/// Gives some of a payment back that was paid once more for what had been sold already. What was paid for the thing
/// itself goes back with what is left of that.
pub(super) async fn give_back_surplus(
    tx: &mut TenantTx,
    shown: PaymentFacts,
    amount_minor: i64,
    reason: String,
) -> Result<RefundFacts, PaymentError> {
    let id = shown.id;
    let row = refunds::held(tx, id).await?.ok_or(PaymentError::NotFound)?;
    if !row.surplus {
        return Err(PaymentError::SoldAhead);
    }
    if books::is_disputed(tx, id).await? {
        return Err(PaymentError::Disputed);
    }
    if amount_minor > row.amount_minor - row.refunded_minor {
        return Err(PaymentError::MoreThanPaid);
    }
    let back = Left::from(&row).own_first(amount_minor);
    let made = refunds::begin(tx, row, back, reason).await?;
    tx.record(NewEntry::new("payment.refunded", "payment").on(id, shown.title));
    let after = read::read(tx, id).await?;
    after.refunds.into_iter().find(|refund| refund.id == made).ok_or(PaymentError::NotFound)
}

/// What was paid for something changed without anybody here: what it bought is worth what is still there.
pub(super) async fn follow(tx: &mut TenantTx, payment: &payment::Model) -> Result<(), StoreError> {
    match payment.sale_id {
        Some(sale) if !payment.surplus => sold::follow_money(tx, Id::from_uuid(sale)).await,
        _ => Ok(()),
    }
}

/// The money of a voucher.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, FromQueryResult)]
pub(crate) struct VoucherMoney {
    /// What was paid for it and not given back.
    pub(crate) funded: i64,
    /// What it paid for and wasn't put back.
    pub(crate) used: i64,
    /// What isn't owed any more, as its time was over or as staff said so.
    pub(crate) written_off: i64,
    /// What banks took back for good of what was paid for it.
    pub(crate) lost: i64,
    /// How much less is owed because of that, by the book.
    pub(crate) let_go: i64,
}

const MONEY: &str = "
    select (select coalesce(sum(p.amount_minor - p.refunded_minor), 0) from payments p
            where p.tenant_id = $1 and p.sale_id = $2 and p.state = 'paid'
              and not p.surplus)::bigint as funded,
           (select coalesce(sum(p.amount_minor - p.refunded_minor), 0) from payments p
            where p.tenant_id = $1 and p.voucher_id = $3 and p.state = 'paid')::bigint as used,
           (select coalesce(sum(case when l.credit = 'expired' then l.amount_minor
                                     else -l.amount_minor end), 0) from ledger l
            where l.tenant_id = $1 and l.sale_id = $2
              and 'expired' in (l.debit, l.credit))::bigint as written_off,
           (select coalesce(sum(d.amount_minor), 0) from disputes d
            join payments p on p.tenant_id = d.tenant_id and p.id = d.payment_id
            where p.tenant_id = $1 and p.sale_id = $2 and not p.surplus
              and d.state = 'lost' and d.withdrawn and not d.reinstated)::bigint as lost,
           (select coalesce(sum(case when l.credit = 'lost' then l.amount_minor
                                     else -l.amount_minor end), 0) from ledger l
            where l.tenant_id = $1 and l.sale_id = $2 and l.dispute_id is null
              and 'lost' in (l.debit, l.credit))::bigint as let_go";

/// What became of the money of a voucher, which is held.
pub(crate) async fn money_of_voucher(
    tx: &TenantTx,
    sale: Id<Sale>,
    voucher: Id<Voucher>,
) -> Result<VoucherMoney, StoreError> {
    let values = [tx.tenant().uuid().into(), sale.uuid().into(), voucher.uuid().into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, MONEY, values);
    let found = VoucherMoney::find_by_statement(statement).one(tx.conn()).await?;
    Ok(found.unwrap_or_default())
}
