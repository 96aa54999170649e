//! What wasn't used in time isn't owed any more: it becomes income of its own kind.

use sea_orm::{
    ActiveModelTrait,
    ActiveValue::Set,
    ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{LockBehavior, LockType},
};

use super::entities::{pass, voucher};
use super::passes;
use super::sale::SaleRow;
use super::words::SoldState;
use super::worth;
use crate::ids::{Id, Tenant};
use crate::payments;
use crate::tenancy::{Db, StoreError, TenantTx};
use crate::tenants::{self, Tally};

/// How much is done in one transaction.
const AT_ONCE: u64 = 200;

/// Where something is over.
const DUE: &str = "select tenant_id from vouchers where state = 'active' and expires_at <= $1
     union select tenant_id from passes where state = 'active' and expires_at <= $1";

/// Writes off what wasn't used in time, in all businesses; says how much it was.
pub async fn expire_everywhere(db: &Db) -> Result<u64, StoreError> {
    let mut tally = Tally::new();
    for tenant in tenants::with_something_due(db, DUE, db.clock().now()).await? {
        tally.add(tenant, expire_at(db, tenant).await);
    }
    tally.end()
}

async fn expire_at(db: &Db, tenant: Id<Tenant>) -> Result<u64, StoreError> {
    let Some(caller) = tenants::on_behalf(db, tenant, "sold").await? else { return Ok(0) };
    let mut count = 0;
    loop {
        let tx = db.tenant(&caller).await?;
        let done = expire_some(&tx).await?;
        tx.commit().await?;
        count += done;
        if done < AT_ONCE {
            return Ok(count);
        }
    }
}

async fn expire_some(tx: &TenantTx) -> Result<u64, StoreError> {
    // Who is paying with one right now is waited for the next time.
    let due = voucher::Entity::find()
        .filter(voucher::Column::TenantId.eq(tx.tenant().uuid()))
        .filter(voucher::Column::State.eq(SoldState::Active.key()))
        .filter(voucher::Column::ExpiresAt.lte(tx.now()))
        .order_by_asc(voucher::Column::Id)
        .limit(AT_ONCE)
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
        .all(tx.conn())
        .await?;
    let mut count = 0;
    for row in due {
        expire_voucher(tx, row).await?;
        count += 1;
    }
    let due = pass::Entity::find()
        .filter(pass::Column::TenantId.eq(tx.tenant().uuid()))
        .filter(pass::Column::State.eq(SoldState::Active.key()))
        .filter(pass::Column::ExpiresAt.lte(tx.now()))
        .order_by_asc(pass::Column::Id)
        .limit(AT_ONCE)
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
        .all(tx.conn())
        .await?;
    for row in due {
        expire_pass(tx, row).await?;
        count += 1;
    }
    Ok(count)
}

/// Writes off what is left of a pass that is held.
pub(super) async fn expire_pass(
    tx: &TenantTx,
    row: pass::Model,
) -> Result<pass::Model, StoreError> {
    let sale = SaleRow::read(tx, Id::from_uuid(row.sale_id)).await?;
    let left = worth::left(row.price_minor, row.uses, row.uses_left);
    payments::expired(tx, &sale, left).await?;
    passes::leave(tx, row, 0, SoldState::Expired, None).await
}

/// Writes off what is left of a voucher that is held.
pub(super) async fn expire_voucher(
    tx: &TenantTx,
    row: voucher::Model,
) -> Result<voucher::Model, StoreError> {
    let sale = SaleRow::read(tx, Id::from_uuid(row.sale_id)).await?;
    payments::expired(tx, &sale, row.left_minor).await?;
    let mut change: voucher::ActiveModel = row.into();
    change.left_minor = Set(0);
    change.state = Set(SoldState::Expired.key().to_owned());
    change.updated_at = Set(tx.now());
    Ok(change.update(tx.conn()).await?)
}
