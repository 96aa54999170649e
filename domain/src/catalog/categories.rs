//! Categories: the headings of the menu.

use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder,
};
use serde::Serialize;

use crate::catalog::CatalogError;
use crate::catalog::entities::category;
use crate::fault::Faults;
use crate::ids::{Category, Id};
use crate::removal::Removal;
use crate::shelf::{Shelf, differences, events};
use crate::tenancy::TenantTx;
use crate::text;
use crate::time::Instant;

pub(in crate::catalog) const SHELF: Shelf = Shelf {
    table: "service_categories",
    noun: "category",
    events: events!("category"),
    most: 100,
    ordered: true,
    users: &[
        ("services", "category_id"),
        ("packages", "category_id"),
        ("membership_plans", "category_id"),
    ],
    parts: &[],
    versions_archiving: true,
};

/// A category.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CategoryFacts {
    /// Its id.
    pub id: Id<Category>,
    /// What it is called.
    pub name: String,
    /// Grows with each change.
    pub version: i32,
    /// When it was put away: nothing new is put into it, and what is in it stays on the menu.
    pub archived_at: Option<Instant>,
}

impl From<category::Model> for CategoryFacts {
    fn from(row: category::Model) -> Self {
        Self {
            id: Id::from_uuid(row.id),
            name: row.name,
            version: row.version,
            archived_at: row.archived_at,
        }
    }
}

/// What is said of a category.
#[derive(Debug, Serialize)]
struct Terms {
    name: String,
}

/// The categories in the order of the menu, with what was put away if wanted.
pub async fn list(tx: &TenantTx, archived: bool) -> Result<Vec<CategoryFacts>, CatalogError> {
    let mut query = category::Entity::find()
        .filter(category::Column::TenantId.eq(tx.tenant().uuid()))
        .order_by_asc(category::Column::Position)
        .order_by_asc(category::Column::Id);
    if !archived {
        query = query.filter(category::Column::ArchivedAt.is_null());
    }
    let rows = query.all(tx.conn()).await?;
    Ok(rows.into_iter().map(CategoryFacts::from).collect())
}

/// Adds a category, the last of the menu.
pub async fn create(tx: &mut TenantTx, name: &str) -> Result<CategoryFacts, CatalogError> {
    let terms = check(name)?;
    let row = category::ActiveModel {
        tenant_id: Set(tx.tenant().uuid()),
        id: Set(tx.new_id::<Category>().uuid()),
        name: Set(terms.name.clone()),
        position: Set(SHELF.next_place(tx).await?),
        version: Set(1),
        created_at: Set(tx.now()),
        updated_at: Set(Some(tx.now())),
        archived_at: Set(None),
    };
    let facts = CategoryFacts::from(row.insert(tx.conn()).await?);
    SHELF.announce(tx, SHELF.events.created, facts.id, &facts.name, differences(&(), &terms));
    Ok(facts)
}

/// Renames a category; `seen` is the version that the caller knows.
pub async fn update(
    tx: &mut TenantTx,
    id: Id<Category>,
    seen: i64,
    name: &str,
) -> Result<CategoryFacts, CatalogError> {
    let held = SHELF.hold_seen(tx, id, seen).await?;
    let terms = check(name)?;
    let row = category::ActiveModel {
        tenant_id: Set(tx.tenant().uuid()),
        id: Set(id.uuid()),
        name: Set(terms.name.clone()),
        version: Set(held.version + 1),
        updated_at: Set(Some(tx.now())),
        ..Default::default()
    };
    let facts = CategoryFacts::from(row.update(tx.conn()).await?);
    let changes = differences(&Terms { name: held.name }, &terms);
    SHELF.announce(tx, SHELF.events.updated, id, &facts.name, changes);
    Ok(facts)
}

/// Removes a category: for good, if nothing was ever in it.
pub async fn remove(tx: &mut TenantTx, id: Id<Category>) -> Result<Removal, CatalogError> {
    Ok(SHELF.remove(tx, id).await?)
}

/// Brings a category back.
pub async fn restore(tx: &mut TenantTx, id: Id<Category>) -> Result<CategoryFacts, CatalogError> {
    SHELF.restore(tx, id).await?;
    find(tx, id).await
}

/// Puts the categories into this order.
pub async fn order(tx: &mut TenantTx, ids: &[Id<Category>]) -> Result<(), CatalogError> {
    Ok(SHELF.order(tx, None, ids).await?)
}

/// One category, also one that was put away.
pub(in crate::catalog) async fn find(
    tx: &TenantTx,
    id: Id<Category>,
) -> Result<CategoryFacts, CatalogError> {
    let row = category::Entity::find_by_id((tx.tenant().uuid(), id.uuid())).one(tx.conn()).await?;
    Ok(row.ok_or(CatalogError::NotFound)?.into())
}

fn check(name: &str) -> Result<Terms, CatalogError> {
    let mut faults = Faults::new();
    let name = faults.take("/name", text::line(name, 1, 80));
    name.map(|name| Terms { name }).ok_or_else(|| faults.into())
}
