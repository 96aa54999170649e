//! Add-ons: what can be had with a service, for more time and money.

use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, DbErr, EntityTrait,
    QueryFilter, QueryOrder,
};
use serde::Serialize;

use crate::catalog::CatalogError;
use crate::catalog::bounds::{between, price};
use crate::catalog::entities::addon;
use crate::fault::Faults;
use crate::ids::{Addon, Id, Tenant};
use crate::removal::Removal;
use crate::shelf::{Shelf, differences, events};
use crate::tenancy::TenantTx;
use crate::text;
use crate::time::Instant;

pub(in crate::catalog) const SHELF: Shelf = Shelf {
    table: "addons",
    noun: "addon",
    events: events!("addon"),
    most: 200,
    ordered: true,
    users: &[("service_addons", "addon_id")],
    parts: &[],
    versions_archiving: true,
};

/// What is said of an add-on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AddonTerms {
    /// What it is called.
    pub name: String,
    /// How much longer the visit is with it.
    pub duration_minutes: i32,
    /// How much more it costs, in the currency's minor unit.
    pub price_minor: i64,
}

/// What may be changed; what is left out stays.
#[derive(Debug, Clone, Default)]
#[expect(missing_docs, reason = "the fields are those of the terms")]
pub struct AddonChange {
    pub name: Option<String>,
    pub duration_minutes: Option<i32>,
    pub price_minor: Option<i64>,
}

/// An add-on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddonFacts {
    /// Its id.
    pub id: Id<Addon>,
    /// What is said of it.
    pub terms: AddonTerms,
    /// Grows with each change.
    pub version: i32,
    /// When it was put away: it can't be had then, but with what has it already.
    pub archived_at: Option<Instant>,
}

impl From<addon::Model> for AddonFacts {
    fn from(row: addon::Model) -> Self {
        Self {
            id: Id::from_uuid(row.id),
            terms: AddonTerms {
                name: row.name,
                duration_minutes: row.duration_minutes,
                price_minor: row.price_minor,
            },
            version: row.version,
            archived_at: row.archived_at,
        }
    }
}

/// The add-ons in their order, with what was put away if wanted.
pub async fn list(tx: &TenantTx, archived: bool) -> Result<Vec<AddonFacts>, CatalogError> {
    Ok(all(tx.conn(), tx.tenant(), archived).await?)
}

pub(in crate::catalog) async fn all(
    conn: &impl ConnectionTrait,
    tenant: Id<Tenant>,
    archived: bool,
) -> Result<Vec<AddonFacts>, DbErr> {
    let mut query = addon::Entity::find()
        .filter(addon::Column::TenantId.eq(tenant.uuid()))
        .order_by_asc(addon::Column::Position)
        .order_by_asc(addon::Column::Id);
    if !archived {
        query = query.filter(addon::Column::ArchivedAt.is_null());
    }
    Ok(query.all(conn).await?.into_iter().map(AddonFacts::from).collect())
}

/// Adds an add-on, the last of them.
pub async fn create(tx: &mut TenantTx, new: AddonTerms) -> Result<AddonFacts, CatalogError> {
    let terms = check(new)?;
    let row = addon::ActiveModel {
        tenant_id: Set(tx.tenant().uuid()),
        id: Set(tx.new_id::<Addon>().uuid()),
        position: Set(SHELF.next_place(tx).await?),
        version: Set(1),
        created_at: Set(tx.now()),
        updated_at: Set(tx.now()),
        archived_at: Set(None),
        ..row(&terms)
    };
    let facts = AddonFacts::from(row.insert(tx.conn()).await?);
    SHELF.announce(tx, SHELF.events.created, facts.id, &terms.name, differences(&(), &terms));
    Ok(facts)
}

/// Changes an add-on; `seen` is the version that the caller knows.
pub async fn update(
    tx: &mut TenantTx,
    id: Id<Addon>,
    seen: i64,
    change: AddonChange,
) -> Result<AddonFacts, CatalogError> {
    let held = SHELF.hold_seen(tx, id, seen).await?;
    let before = find(tx, id).await?.terms;
    let after = check(AddonTerms {
        name: change.name.unwrap_or_else(|| before.name.clone()),
        duration_minutes: change.duration_minutes.unwrap_or(before.duration_minutes),
        price_minor: change.price_minor.unwrap_or(before.price_minor),
    })?;
    let row = addon::ActiveModel {
        tenant_id: Set(tx.tenant().uuid()),
        id: Set(id.uuid()),
        version: Set(held.version + 1),
        updated_at: Set(tx.now()),
        ..row(&after)
    };
    let facts = AddonFacts::from(row.update(tx.conn()).await?);
    SHELF.announce(tx, SHELF.events.updated, id, &after.name, differences(&before, &after));
    Ok(facts)
}

/// Removes an add-on: for good, if no service has it.
pub async fn remove(tx: &mut TenantTx, id: Id<Addon>) -> Result<Removal, CatalogError> {
    Ok(SHELF.remove(tx, id).await?)
}

/// Brings an add-on back, to the services that had it.
pub async fn restore(tx: &mut TenantTx, id: Id<Addon>) -> Result<AddonFacts, CatalogError> {
    SHELF.restore(tx, id).await?;
    find(tx, id).await
}

/// Puts the add-ons into this order.
pub async fn order(tx: &mut TenantTx, ids: &[Id<Addon>]) -> Result<(), CatalogError> {
    Ok(SHELF.order(tx, None, ids).await?)
}

async fn find(tx: &TenantTx, id: Id<Addon>) -> Result<AddonFacts, CatalogError> {
    let row = addon::Entity::find_by_id((tx.tenant().uuid(), id.uuid())).one(tx.conn()).await?;
    Ok(row.ok_or(CatalogError::NotFound)?.into())
}

fn row(terms: &AddonTerms) -> addon::ActiveModel {
    addon::ActiveModel {
        name: Set(terms.name.clone()),
        duration_minutes: Set(terms.duration_minutes),
        price_minor: Set(terms.price_minor),
        ..Default::default()
    }
}

/// Which add-ons can be meant.
pub(in crate::catalog) fn check(terms: AddonTerms) -> Result<AddonTerms, CatalogError> {
    let mut faults = Faults::new();
    let name = faults.take("/name", text::line(&terms.name, 1, 120)).unwrap_or_default();
    faults.take("/duration_minutes", between(terms.duration_minutes, 0, 480));
    faults.take("/price_minor", price(terms.price_minor));
    if faults.is_empty() { Ok(AddonTerms { name, ..terms }) } else { Err(faults.into()) }
}
