//! The menu of services, in categories.

mod entities;

use sea_orm::{
    ActiveValue::Set, ConnectionTrait, DbBackend, DbErr, EntityTrait, FromQueryResult, Statement,
};
use uuid::Uuid;

use crate::config::StarterCategory;
use crate::fault::refusals;
use crate::ids::{Category, Id, Service, Tenant};
use crate::tenancy::{StoreError, SystemTx, TenantTx};

use entities::{category, service};

refusals! {
    /// Why the menu can't be read.
    CatalogError {}
}

/// A service, as people choose it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceFacts {
    /// Its id.
    pub id: Id<Service>,
    /// The category that it is in.
    pub category: Id<Category>,
    /// What that is called.
    pub category_name: String,
    /// What it is called.
    pub name: String,
    /// How long it takes.
    pub duration_minutes: i32,
    /// What it costs, in the currency's minor unit.
    pub price_minor: i64,
    /// What the business's prices are in.
    pub currency: String,
}

/// The whole menu in its order. A menu is for reading: it never grows past what a page can hold.
pub async fn list(tx: &TenantTx) -> Result<Vec<ServiceFacts>, CatalogError> {
    Ok(of(tx.conn(), tx.tenant()).await?)
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    category_id: Uuid,
    category_name: String,
    name: String,
    duration_minutes: i32,
    price_minor: i64,
    currency: String,
}

const MENU: &str = "
    select s.id, s.category_id, c.name as category_name, s.name, s.duration_minutes,
           s.price_minor, t.currency
    from services s
    join service_categories c on c.tenant_id = s.tenant_id and c.id = s.category_id
    join tenants t on t.id = s.tenant_id
    where s.tenant_id = $1 and s.archived_at is null
    order by c.position, c.id, s.position, s.id";

/// One business's menu.
pub(crate) async fn of(
    conn: &impl ConnectionTrait,
    tenant: Id<Tenant>,
) -> Result<Vec<ServiceFacts>, DbErr> {
    let values = [tenant.uuid().into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, MENU, values);
    let rows = Row::find_by_statement(statement).all(conn).await?;
    let facts = |row: Row| ServiceFacts {
        id: Id::from_uuid(row.id),
        category: Id::from_uuid(row.category_id),
        category_name: row.category_name,
        name: row.name,
        duration_minutes: row.duration_minutes,
        price_minor: row.price_minor,
        currency: row.currency,
    };
    Ok(rows.into_iter().map(facts).collect())
}

/// Writes the menu of a business that is just being founded.
pub(crate) async fn put_in_place(
    tx: &SystemTx,
    tenant: Id<Tenant>,
    menu: &[StarterCategory],
) -> Result<(), StoreError> {
    let mut categories = Vec::new();
    let mut services = Vec::new();
    for (position, wanted) in (0..).zip(menu) {
        let id = tx.new_id::<Category>().uuid();
        categories.push(category::ActiveModel {
            tenant_id: Set(tenant.uuid()),
            id: Set(id),
            name: Set(wanted.name.clone()),
            position: Set(position),
            created_at: Set(tx.now()),
        });
        services.extend((0..).zip(&wanted.services).map(|(position, wanted)| {
            service::ActiveModel {
                tenant_id: Set(tenant.uuid()),
                id: Set(tx.new_id::<Service>().uuid()),
                category_id: Set(id),
                name: Set(wanted.name.clone()),
                duration_minutes: Set(i32::try_from(wanted.duration_minutes).unwrap_or(i32::MAX)),
                price_minor: Set(wanted.price_minor),
                position: Set(position),
                version: Set(1),
                created_at: Set(tx.now()),
                updated_at: Set(tx.now()),
                archived_at: Set(None),
            }
        }));
    }
    category::Entity::insert_many(categories).exec_without_returning(tx.conn()).await?;
    service::Entity::insert_many(services).exec_without_returning(tx.conn()).await?;
    Ok(())
}
