//! The worker's way into a business.

use sea_orm::EntityTrait;

use super::entity;
use crate::ids::{Id, Tenant};
use crate::tenancy::{Caller, Db, StoreError, SystemReason};

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
