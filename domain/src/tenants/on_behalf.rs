//! The worker's way into a business, and that of whoever holds a sealed link.

use sea_orm::EntityTrait;

use super::entity;
use crate::ids::{Id, Tenant};
use crate::tenancy::{Caller, Db, RequestFacts, StoreError, SystemReason};

/// The worker, inside one tenant, for one task: the task's name is what the audit log shows. None if
/// there is no such business.
pub(crate) async fn on_behalf(
    db: &Db,
    tenant: Id<Tenant>,
    task: &'static str,
) -> Result<Option<Caller>, StoreError> {
    let tx = db.system(SystemReason::Jobs).await?;
    let found = entity::Entity::find_by_id(tenant.uuid()).one(tx.conn()).await?;
    tx.rollback().await?;
    Ok(found.map(|row| Caller::worker(row.into(), task)))
}

/// Somebody with something of a business's in their hand that says which it is: let in without rights,
/// and what the business is called. None if there is no such business.
pub(crate) async fn visitor(
    db: &Db,
    tenant: Id<Tenant>,
    request: RequestFacts,
) -> Result<Option<(Caller, String)>, StoreError> {
    let tx = db.system(SystemReason::PublicPage).await?;
    let found = entity::Entity::find_by_id(tenant.uuid()).one(tx.conn()).await?;
    tx.rollback().await?;
    Ok(found.map(|row| {
        let name = row.name.clone();
        (Caller::visitor(row.into(), request), name)
    }))
}
