//! The way in for who holds an order's link, and the order's row for who deals with its money.

use sea_orm::sea_query::LockType;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};

use crate::ids::{Id, Location, Sale, VoucherOrder};
use crate::secrets::{OpaqueToken, Place, TokenKind};
use crate::sold::entities::{sale, voucher_order};
use crate::sold::error::SoldError;
use crate::tenancy::{Caller, Db, RequestFacts, StoreError, TenantTx};
use crate::tenants;
use crate::time::Instant;

/// Whoever buys a voucher and holds the link that says so.
#[derive(Debug, Clone)]
pub struct GiftHolder {
    /// Let into the business, without rights.
    pub caller: Caller,
    /// What they buy.
    pub(super) order: Id<VoucherOrder>,
    /// The link that they hold.
    pub(super) link: OpaqueToken,
}

impl GiftHolder {
    /// The last part of the link.
    pub(crate) fn text(&self) -> &str {
        self.link.text()
    }
}

/// Finds out what a link leads to. A forged one leads nowhere.
pub async fn open_gift(
    db: &Db,
    token: &str,
    request: RequestFacts,
) -> Result<GiftHolder, SoldError> {
    let sql = "
        select o.tenant_id, o.id, t.plan, t.require_two_factor, t.read_only
        from voucher_orders o join tenants t on t.id = o.tenant_id where o.token_hash = $1";
    let found = tenants::by_link(db, sql, TokenKind::Gift, token, request).await?;
    let (caller, id, link) = found.ok_or(SoldError::NotFound)?;
    Ok(GiftHolder { caller, order: Id::from_uuid(id), link })
}

/// Where a link is sealed.
pub(super) fn place(id: Id<VoucherOrder>) -> Place {
    Place { table: "voucher_orders", column: "token_sealed", row: id.uuid() }
}

/// An order, as far as its money has to know.
#[derive(Debug, Clone)]
pub(crate) struct Order {
    pub(crate) sale: Id<Sale>,
    pub(crate) location: Id<Location>,
    pub(crate) price_minor: i64,
    pub(crate) currency: String,
    pub(crate) buyer_email: Option<String>,
    pub(crate) locale: String,
    /// Whether it became a voucher.
    pub(crate) is_sold: bool,
    /// Until when a page for it is opened.
    pub(crate) pay_until: Instant,
}

/// The row of a link's order. One that was forgotten meanwhile leads nowhere.
pub(super) async fn row(
    tx: &TenantTx,
    holder: &GiftHolder,
) -> Result<voucher_order::Model, SoldError> {
    let found = voucher_order::Entity::find_by_id((tx.tenant().uuid(), holder.order.uuid()))
        .filter(voucher_order::Column::TokenHash.eq(holder.link.hash().to_vec()));
    found.one(tx.conn()).await?.ok_or(SoldError::NotFound)
}

/// What somebody buys. Its sale is held until the transaction ends.
pub(crate) async fn hold_order(tx: &TenantTx, holder: &GiftHolder) -> Result<Order, SoldError> {
    let seen = row(tx, holder).await?;
    let sale = hold_sale(tx, Id::from_uuid(seen.sale_id)).await?;
    // What was waited for may have made a voucher of it.
    let order = row(tx, holder).await?;
    Ok(Order {
        sale: Id::from_uuid(sale.id),
        location: Id::from_uuid(sale.location_id),
        price_minor: sale.price_minor,
        currency: sale.currency,
        buyer_email: order.buyer_email,
        locale: order.locale,
        is_sold: order.voucher_id.is_some(),
        pay_until: order.pay_until,
    })
}

/// The row of a sale, held until the transaction ends: before its payments, and what it became.
pub(crate) async fn hold_sale(tx: &TenantTx, id: Id<Sale>) -> Result<sale::Model, StoreError> {
    let found = sale::Entity::find_by_id((tx.tenant().uuid(), id.uuid()));
    // Whoever writes what refers to it, holding a payment for it, goes on.
    let found = found.lock(LockType::NoKeyUpdate).one(tx.conn()).await?;
    found.ok_or_else(|| StoreError::Unreadable(format!("the sale {id}")))
}

/// The order of a sale.
pub(super) async fn of_sale(
    tx: &TenantTx,
    sale: Id<Sale>,
) -> Result<voucher_order::Model, StoreError> {
    let found = voucher_order::Entity::find()
        .filter(voucher_order::Column::TenantId.eq(tx.tenant().uuid()))
        .filter(voucher_order::Column::SaleId.eq(sale.uuid()))
        .one(tx.conn())
        .await?;
    found.ok_or_else(|| StoreError::Unreadable(format!("the order of the sale {sale}")))
}

/// Whether somebody may still pay for a sale.
pub(crate) async fn is_payable(tx: &TenantTx, sale: Id<Sale>) -> Result<bool, StoreError> {
    let order = of_sale(tx, sale).await?;
    Ok(order.voucher_id.is_none() && order.pay_until > tx.now())
}
