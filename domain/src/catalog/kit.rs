//! The menu that a business begins with.

use sea_orm::{ActiveValue::Set, EntityTrait};

use super::entities::{category, service};
use super::services::{PriceFor, ServiceTerms, new_row};
use crate::config::StarterCategory;
use crate::ids::{Category, Id, Tenant};
use crate::tenancy::{StoreError, SystemTx};

/// Writes the menu of a business that is just being founded.
pub(crate) async fn put_in_place(
    tx: &SystemTx,
    tenant: Id<Tenant>,
    menu: &[StarterCategory],
) -> Result<(), StoreError> {
    let mut categories = Vec::new();
    let mut services = Vec::new();
    for (position, wanted) in (0..).zip(menu) {
        let id = tx.new_id::<Category>();
        categories.push(category::ActiveModel {
            tenant_id: Set(tenant.uuid()),
            id: Set(id.uuid()),
            name: Set(wanted.name.clone()),
            position: Set(position),
            version: Set(1),
            created_at: Set(tx.now()),
            updated_at: Set(Some(tx.now())),
            archived_at: Set(None),
        });
        services.extend((0..).zip(&wanted.services).map(|(position, wanted)| {
            let minutes = i32::try_from(wanted.duration_minutes).unwrap_or(i32::MAX);
            let mut terms =
                ServiceTerms::plain(id, wanted.name.clone(), minutes, wanted.price_minor);
            if wanted.for_two {
                (terms.min_customers, terms.max_customers) = (2, 2);
                terms.price_for = PriceFor::Visit;
            }
            new_row(&terms, tenant, tx.new_id(), position, tx.now())
        }));
    }
    category::Entity::insert_many(categories).exec_without_returning(tx.conn()).await?;
    service::Entity::insert_many(services).exec_without_returning(tx.conn()).await?;
    Ok(())
}
