//! Packages: services one after the other, or all at once, for one price.

use std::collections::HashMap;

use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, DbErr, EntityTrait,
    QueryFilter, QueryOrder,
};
use serde::Serialize;
use uuid::Uuid;

use crate::catalog::bounds::{count, price};
use crate::catalog::entities::{package, package_item};
use crate::catalog::{CatalogError, categories, services};
use crate::fault::Faults;
use crate::ids::{Category, Id, Package, Service, Tenant};
use crate::removal::Removal;
use crate::shelf::{Shelf, differences, events};
use crate::tenancy::{StoreError, TenantTx};
use crate::text;
use crate::time::Instant;
use crate::words::words;

pub(in crate::catalog) const SHELF: Shelf = Shelf {
    table: "packages",
    noun: "package",
    events: events!("package"),
    most: 200,
    ordered: true,
    users: &[("appointments", "package_id")],
    parts: &[("package_items", "package_id")],
    versions_archiving: true,
};

words! {
    /// How the services of a package lie.
    PackageMode {
        /// One after the other.
        Sequence = "sequence",
        /// All at once.
        Parallel = "parallel",
    }
}

impl PackageMode {
    /// How long services of these durations take together.
    pub fn duration(self, minutes: impl Iterator<Item = i32>) -> i32 {
        match self {
            Self::Sequence => minutes.sum(),
            Self::Parallel => minutes.max().unwrap_or_default(),
        }
    }
}

/// What is said of a package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PackageTerms {
    /// The category that it is in.
    #[serde(rename = "category_id")]
    pub category: Id<Category>,
    /// What it is called.
    pub name: String,
    /// What it is.
    pub description: String,
    /// How its services lie.
    pub mode: PackageMode,
    /// What it costs, in the currency's minor unit.
    pub price_minor: i64,
    /// Whether customers can book it themselves.
    pub online: bool,
    /// Its services, in their order.
    #[serde(rename = "service_ids")]
    pub services: Vec<Id<Service>>,
}

/// What may be changed; what is left out stays. The services are replaced whole.
#[derive(Debug, Clone, Default)]
#[expect(missing_docs, reason = "the fields are those of the terms")]
pub struct PackageChange {
    pub category: Option<Id<Category>>,
    pub name: Option<String>,
    pub description: Option<String>,
    pub mode: Option<PackageMode>,
    pub price_minor: Option<i64>,
    pub online: Option<bool>,
    pub services: Option<Vec<Id<Service>>>,
}

impl PackageChange {
    fn over(self, now: PackageTerms) -> PackageTerms {
        PackageTerms {
            category: self.category.unwrap_or(now.category),
            name: self.name.unwrap_or(now.name),
            description: self.description.unwrap_or(now.description),
            mode: self.mode.unwrap_or(now.mode),
            price_minor: self.price_minor.unwrap_or(now.price_minor),
            online: self.online.unwrap_or(now.online),
            services: self.services.unwrap_or(now.services),
        }
    }
}

/// A package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackageFacts {
    /// Its id.
    pub id: Id<Package>,
    /// What is said of it.
    pub terms: PackageTerms,
    /// Grows with each change.
    pub version: i32,
    /// When it was taken off the menu.
    pub archived_at: Option<Instant>,
}

/// The packages in their order, with what was taken off the menu if wanted.
pub async fn list(tx: &TenantTx, archived: bool) -> Result<Vec<PackageFacts>, CatalogError> {
    Ok(all(tx.conn(), tx.tenant(), archived).await?)
}

pub(in crate::catalog) async fn all(
    conn: &impl ConnectionTrait,
    tenant: Id<Tenant>,
    archived: bool,
) -> Result<Vec<PackageFacts>, StoreError> {
    let mut query = package::Entity::find()
        .filter(package::Column::TenantId.eq(tenant.uuid()))
        .order_by_asc(package::Column::Position)
        .order_by_asc(package::Column::Id);
    if !archived {
        query = query.filter(package::Column::ArchivedAt.is_null());
    }
    let rows = query.all(conn).await?;
    with_items(conn, tenant, rows, None).await
}

/// One package, also one that was taken off the menu.
pub async fn read(tx: &TenantTx, id: Id<Package>) -> Result<PackageFacts, CatalogError> {
    let row = package::Entity::find_by_id((tx.tenant().uuid(), id.uuid())).one(tx.conn()).await?;
    let row = row.ok_or(CatalogError::NotFound)?;
    let found = with_items(tx.conn(), tx.tenant(), vec![row], Some(id)).await?;
    found.into_iter().next().ok_or(CatalogError::NotFound)
}

/// Puts a package on the menu, the last of them.
pub async fn create(tx: &mut TenantTx, new: PackageTerms) -> Result<PackageFacts, CatalogError> {
    let (terms, faults) = check(new);
    known(tx, None, &terms, faults).await?;
    let id = tx.new_id::<Package>();
    let row = package::ActiveModel {
        tenant_id: Set(tx.tenant().uuid()),
        id: Set(id.uuid()),
        position: Set(SHELF.next_place(tx).await?),
        version: Set(1),
        created_at: Set(tx.now()),
        updated_at: Set(tx.now()),
        archived_at: Set(None),
        ..row(&terms)
    };
    row.insert(tx.conn()).await?;
    insert_items(tx, id, &terms.services).await?;
    SHELF.announce(tx, SHELF.events.created, id, &terms.name, differences(&(), &terms));
    read(tx, id).await
}

/// Changes a package; `seen` is the version that the caller knows.
pub async fn update(
    tx: &mut TenantTx,
    id: Id<Package>,
    seen: i64,
    change: PackageChange,
) -> Result<PackageFacts, CatalogError> {
    let held = SHELF.hold_seen(tx, id, seen).await?;
    let before = read(tx, id).await?.terms;
    let (after, faults) = check(change.over(before.clone()));
    known(tx, Some(&before), &after, faults).await?;
    let row = package::ActiveModel {
        tenant_id: Set(tx.tenant().uuid()),
        id: Set(id.uuid()),
        version: Set(held.version + 1),
        updated_at: Set(tx.now()),
        ..row(&after)
    };
    row.update(tx.conn()).await?;
    if before.services != after.services {
        package_item::Entity::delete_many()
            .filter(package_item::Column::TenantId.eq(tx.tenant().uuid()))
            .filter(package_item::Column::PackageId.eq(id.uuid()))
            .exec(tx.conn())
            .await?;
        insert_items(tx, id, &after.services).await?;
    }
    SHELF.announce(tx, SHELF.events.updated, id, &after.name, differences(&before, &after));
    read(tx, id).await
}

/// Takes a package off the menu: for good, if nobody booked it yet.
pub async fn remove(tx: &mut TenantTx, id: Id<Package>) -> Result<Removal, CatalogError> {
    Ok(SHELF.remove(tx, id).await?)
}

/// Puts a package back on the menu.
pub async fn restore(tx: &mut TenantTx, id: Id<Package>) -> Result<PackageFacts, CatalogError> {
    SHELF.restore(tx, id).await?;
    read(tx, id).await
}

/// Puts the packages into this order.
pub async fn order(tx: &mut TenantTx, ids: &[Id<Package>]) -> Result<(), CatalogError> {
    Ok(SHELF.order(tx, None, ids).await?)
}

async fn with_items(
    conn: &impl ConnectionTrait,
    tenant: Id<Tenant>,
    rows: Vec<package::Model>,
    only: Option<Id<Package>>,
) -> Result<Vec<PackageFacts>, StoreError> {
    let mut query = package_item::Entity::find()
        .filter(package_item::Column::TenantId.eq(tenant.uuid()))
        .order_by_asc(package_item::Column::PackageId)
        .order_by_asc(package_item::Column::Position);
    if let Some(only) = only {
        query = query.filter(package_item::Column::PackageId.eq(only.uuid()));
    }
    let mut items: HashMap<Uuid, Vec<Id<Service>>> = HashMap::new();
    for item in query.all(conn).await? {
        items.entry(item.package_id).or_default().push(Id::from_uuid(item.service_id));
    }
    let facts = |row: package::Model| {
        Ok(PackageFacts {
            id: Id::from_uuid(row.id),
            terms: PackageTerms {
                category: Id::from_uuid(row.category_id),
                name: row.name,
                description: row.description,
                mode: PackageMode::stored(&row.mode)?,
                price_minor: row.price_minor,
                online: row.online,
                services: items.remove(&row.id).unwrap_or_default(),
            },
            version: row.version,
            archived_at: row.archived_at,
        })
    };
    rows.into_iter().map(facts).collect()
}

async fn insert_items(
    tx: &TenantTx,
    id: Id<Package>,
    services: &[Id<Service>],
) -> Result<(), DbErr> {
    let rows = (0..).zip(services).map(|(position, service)| package_item::ActiveModel {
        tenant_id: Set(tx.tenant().uuid()),
        package_id: Set(id.uuid()),
        position: Set(position),
        service_id: Set(service.uuid()),
    });
    package_item::Entity::insert_many(rows).exec_without_returning(tx.conn()).await?;
    Ok(())
}

fn row(terms: &PackageTerms) -> package::ActiveModel {
    package::ActiveModel {
        category_id: Set(terms.category.uuid()),
        name: Set(terms.name.clone()),
        description: Set(terms.description.clone()),
        mode: Set(terms.mode.key().to_owned()),
        price_minor: Set(terms.price_minor),
        online: Set(terms.online),
        ..Default::default()
    }
}

/// Whether everything that the terms name is there, as far as it wasn't named before.
async fn known(
    tx: &TenantTx,
    before: Option<&PackageTerms>,
    terms: &PackageTerms,
    mut faults: Faults,
) -> Result<(), CatalogError> {
    if before.is_none_or(|before| before.category != terms.category) {
        categories::SHELF.expect_one(tx, "/category_id", terms.category, &mut faults).await?;
    }
    if before.is_none_or(|before| before.services != terms.services) {
        services::SHELF.expect_all(tx, "/service_ids", &terms.services, &mut faults).await?;
    }
    if faults.is_empty() { Ok(()) } else { Err(faults.into()) }
}

/// Which packages can be meant.
pub(in crate::catalog) fn check(terms: PackageTerms) -> (PackageTerms, Faults) {
    let mut faults = Faults::new();
    let f = &mut faults;
    let name = f.take("/name", text::line(&terms.name, 1, 120)).unwrap_or_default();
    let description = f.take("/description", text::prose(&terms.description, 0, 2000));
    let description = description.unwrap_or_default();
    f.take("/price_minor", price(terms.price_minor));
    f.take("/service_ids", count(&terms.services, 1, 10));
    (PackageTerms { name, description, ..terms }, faults)
}
