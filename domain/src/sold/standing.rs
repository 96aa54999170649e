//! What a voucher is worth by what became of its money. Whatever moves that, here, at the provider's own pages or at
//! a bank, the voucher is brought to it, and so is the book: what is owed for vouchers is what is left on them.

use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QuerySelect,
};
use serde_json::json;

use super::back::longer;
use super::entities::voucher;
use super::error::SoldError;
use super::expiry::expire_voucher;
use super::sale::SaleRow;
use super::vouchers::{self, named};
use super::words::SoldState;
use crate::audit::NewEntry;
use crate::ids::{Id, Sale, Voucher};
use crate::outbox::NewEvent;
use crate::payments::{self, VoucherMoney};
use crate::tenancy::{StoreError, TenantTx};

/// Where what was paid for a voucher is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Worth {
    /// It can be paid with.
    left: i64,
    /// It isn't owed any more, as its time was over or as staff said so.
    written_off: i64,
    /// It isn't owed, as it was lost.
    let_go: i64,
}

impl Worth {
    /// What was given back or used isn't there; nothing is written off that isn't there, and nothing is owed for what
    /// was lost, as far as it wasn't used.
    fn of(value_minor: i64, money: &VoucherMoney, taken_away: bool) -> Self {
        let there = (money.funded.min(value_minor) - money.used).max(0);
        if taken_away {
            // Whatever is put back on it.
            let let_go = money.let_go.clamp(0, there);
            return Self { left: 0, written_off: there - let_go, let_go };
        }
        let written_off = money.written_off.clamp(0, there);
        let let_go = money.lost.clamp(0, there - written_off);
        Self { left: there - written_off - let_go, written_off, let_go }
    }
}

/// Brings a voucher that is held, after what was paid for it, to what it is worth. What it is worth more is good for a
/// while at least.
pub(super) async fn bring(
    tx: &TenantTx,
    row: voucher::Model,
) -> Result<voucher::Model, StoreError> {
    // What is over and wasn't written down as that yet goes first: it doesn't come back with the rest.
    let row = if row.state == SoldState::Active.key() && row.expires_at <= tx.now() {
        expire_voucher(tx, row).await?
    } else {
        row
    };
    let sale = SaleRow::read(tx, Id::from_uuid(row.sale_id)).await?;
    let money = payments::money_of_voucher(tx, sale.id, Id::from_uuid(row.id)).await?;
    let worth = Worth::of(row.value_minor, &money, row.taken_away_at.is_some());
    payments::expired(tx, &sale, worth.written_off - money.written_off).await?;
    payments::let_go(tx, &sale, worth.let_go - money.let_go).await?;
    let (left, before) = (worth.left, row.left_minor);
    if left == before {
        return Ok(row);
    }
    let longer = if left > before { longer(tx, sale.id, row.expires_at).await? } else { None };
    let mut change: voucher::ActiveModel = row.into();
    change.left_minor = Set(left);
    let state = if left > 0 { SoldState::Active } else { SoldState::Refunded };
    change.state = Set(state.key().to_owned());
    if let Some(until) = longer {
        change.last_day = Set(until.last_day);
        change.expires_at = Set(until.expires_at);
    }
    change.updated_at = Set(tx.now());
    Ok(change.update(tx.conn()).await?)
}

/// What was paid with a voucher went back: it is on it again, as far as what was paid for it is still there.
pub(super) async fn put_back(tx: &TenantTx, id: Id<Voucher>) -> Result<(), StoreError> {
    let row = vouchers::held(tx, id).await.map_err(SoldError::into_store)?;
    bring(tx, row).await?;
    Ok(())
}

/// What was paid for a sale changed without anybody here: a refund failed, was made at the provider, or a bank
/// decided. Its voucher is worth what is still there.
pub(crate) async fn follow_money(tx: &mut TenantTx, sale: Id<Sale>) -> Result<(), StoreError> {
    let found = voucher::Entity::find()
        .filter(voucher::Column::TenantId.eq(tx.tenant().uuid()))
        .filter(voucher::Column::SaleId.eq(sale.uuid()))
        .lock_exclusive();
    let Some(row) = found.one(tx.conn()).await? else { return Ok(()) };
    let (id, name, before) = (Id::<Voucher>::from_uuid(row.id), named(&row), row.left_minor);
    let row = bring(tx, row).await?;
    if row.state == SoldState::Refunded.key() && row.left_minor < before {
        tx.record(NewEntry::new("voucher.refunded", "voucher").on(id, name));
        let amount_minor = before - row.left_minor;
        let about = json!({ "id": id, "amount_minor": amount_minor, "reason": "" });
        tx.emit(NewEvent::new("voucher.refunded", &about));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn money(funded: i64, used: i64) -> VoucherMoney {
        VoucherMoney { funded, used, ..VoucherMoney::default() }
    }

    fn left(money: VoucherMoney) -> i64 {
        Worth::of(5_000, &money, false).left
    }

    #[test]
    fn what_is_there_is_left() {
        assert_eq!(left(money(5_000, 0)), 5_000);
        assert_eq!(left(money(5_000, 3_000)), 2_000);
        // Given back, all of it or some.
        assert_eq!(left(money(0, 0)), 0);
        assert_eq!(left(money(4_000, 3_000)), 1_000);
        // Given back though some of it was used.
        assert_eq!(left(money(0, 3_000)), 0);
        // Lost at a bank: what was used isn't owed again when it is put back.
        let lost = |used| VoucherMoney { lost: 5_000, ..money(5_000, used) };
        assert_eq!((left(lost(3_000)), left(lost(0))), (0, 0));
        assert_eq!(Worth::of(5_000, &lost(3_000), false).let_go, 2_000);
        // Over, and then given back after all: it wasn't anybody's income.
        let over = |funded| VoucherMoney { written_off: 5_000, ..money(funded, 0) };
        assert_eq!(Worth::of(5_000, &over(5_000), false).written_off, 5_000);
        assert_eq!(Worth::of(5_000, &over(1_000), false).written_off, 1_000);
        assert_eq!(left(over(1_000)), 0);
        // Taken away by staff: what is put back on it isn't owed either.
        let away = Worth::of(5_000, &VoucherMoney { written_off: 2_000, ..money(5_000, 0) }, true);
        assert_eq!((away.left, away.written_off, away.let_go), (0, 5_000, 0));
    }

    proptest! {
        /// Wherever it went, all of what is there is somewhere, and nothing is there twice.
        #[test]
        fn it_is_all_somewhere(
            value in 1i64..=10_000, funded in 0i64..=20_000, used in 0i64..=10_000,
            written in 0i64..=10_000, lost in 0i64..=10_000, noted in 0i64..=10_000,
        ) {
            let money = VoucherMoney {
                funded, used, written_off: written,
                lost, let_go: noted,
            };
            let worth = Worth::of(value, &money, false);
            let there = (funded.min(value) - used).max(0);
            prop_assert_eq!(worth.left + worth.written_off + worth.let_go, there);
            prop_assert!((0..=value).contains(&worth.left));
            prop_assert!(worth.written_off >= 0 && worth.written_off <= written);
            prop_assert!(worth.let_go >= 0 && worth.let_go <= lost);
            // Who looks again finds nothing to be done.
            let after = VoucherMoney {
                written_off: worth.written_off, let_go: worth.let_go, ..money
            };
            prop_assert_eq!(Worth::of(value, &after, false), worth);
        }
    }
}
