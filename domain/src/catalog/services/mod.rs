//! Services: what can be booked.

mod store;
mod terms;

use crate::catalog::CatalogError;
use crate::catalog::addons;
use crate::catalog::categories;
use crate::fault::Faults;
use crate::forms;
use crate::ids::{Category, Id, Service};
use crate::policies;
use crate::removal::Removal;
use crate::shelf::{Shelf, differences, events};
use crate::tenancy::TenantTx;
use crate::time::Instant;

pub(in crate::catalog) use store::{all, new_row};
pub use terms::{Deposit, DepositKind, PolicyOverrides, PriceFor, ServiceChange, ServiceTerms};
pub(in crate::catalog) use terms::{check, check_under};

pub(in crate::catalog) const SHELF: Shelf = Shelf {
    table: "services",
    noun: "service",
    events: events!("service"),
    most: 500,
    ordered: true,
    users: &[
        ("staff_services", "service_id"),
        ("package_items", "service_id"),
        ("membership_plan_services", "service_id"),
        ("pass_kind_services", "service_id"),
        ("appointment_lines", "service_id"),
    ],
    parts: &[
        ("service_addons", "service_id"),
        ("service_forms", "service_id"),
        ("service_policies", "service_id"),
    ],
    versions_archiving: true,
};

/// A service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceFacts {
    /// Its id.
    pub id: Id<Service>,
    /// What is said of it.
    pub terms: ServiceTerms,
    /// What its category is called.
    pub category_name: String,
    /// What the business's prices are in.
    pub currency: String,
    /// Grows with each change.
    pub version: i32,
    /// When it was taken off the menu.
    pub archived_at: Option<Instant>,
}

/// The whole menu in its order, with what was taken off it if wanted. A menu is for reading: it never
/// grows past what a page can hold.
pub async fn list(tx: &TenantTx, archived: bool) -> Result<Vec<ServiceFacts>, CatalogError> {
    Ok(all(tx.conn(), tx.tenant(), archived).await?)
}

/// One service, also one that was taken off the menu.
pub async fn read(tx: &TenantTx, id: Id<Service>) -> Result<ServiceFacts, CatalogError> {
    store::one(tx, id).await
}

/// Puts a service on the menu, last in its category.
pub async fn create(tx: &mut TenantTx, new: ServiceTerms) -> Result<ServiceFacts, CatalogError> {
    let (terms, faults) = check(new);
    known(tx, None, &terms, faults).await?;
    let place = SHELF.next_place(tx).await?;
    let id = tx.new_id();
    store::insert(tx, id, place, &terms).await?;
    SHELF.announce(tx, SHELF.events.created, id, &terms.name, differences(&(), &terms));
    store::one(tx, id).await
}

/// Changes a service; `seen` is the version that the caller knows.
pub async fn update(
    tx: &mut TenantTx,
    id: Id<Service>,
    seen: i64,
    change: ServiceChange,
) -> Result<ServiceFacts, CatalogError> {
    let held = SHELF.hold_seen(tx, id, seen).await?;
    let before = store::one(tx, id).await?.terms;
    let (after, faults) = check(change.over(before.clone()));
    known(tx, Some(&before), &after, faults).await?;
    store::update(tx, id, held.version + 1, &before, &after).await?;
    let changes = differences(&before, &after);
    SHELF.announce(tx, SHELF.events.updated, id, &after.name, changes);
    store::one(tx, id).await
}

/// Takes a service off the menu: for good, if nobody used it yet.
pub async fn remove(tx: &mut TenantTx, id: Id<Service>) -> Result<Removal, CatalogError> {
    Ok(SHELF.remove(tx, id).await?)
}

/// Puts a service back on the menu.
pub async fn restore(tx: &mut TenantTx, id: Id<Service>) -> Result<ServiceFacts, CatalogError> {
    SHELF.restore(tx, id).await?;
    store::one(tx, id).await
}

/// Puts a category's services into this order.
pub async fn order(
    tx: &mut TenantTx,
    category: Id<Category>,
    ids: &[Id<Service>],
) -> Result<(), CatalogError> {
    categories::find(tx, category).await?;
    Ok(SHELF.order(tx, Some(category.uuid()), ids).await?)
}

/// Whether everything that the terms name is there, as far as it wasn't named before.
async fn known(
    tx: &TenantTx,
    before: Option<&ServiceTerms>,
    terms: &ServiceTerms,
    mut faults: Faults,
) -> Result<(), CatalogError> {
    if before.is_none_or(|before| before.category != terms.category) {
        categories::SHELF.expect_one(tx, "/category_id", terms.category, &mut faults).await?;
    }
    if before.is_none_or(|before| before.addons != terms.addons) {
        addons::SHELF.expect_all(tx, "/addon_ids", &terms.addons, &mut faults).await?;
    }
    if before.is_none_or(|before| before.forms != terms.forms) {
        forms::SHELF.expect_all(tx, "/form_ids", &terms.forms, &mut faults).await?;
    }
    let own = terms.policy;
    let otherwise = own.notice_minutes.is_some()
        || own.horizon_days.is_some()
        || own.verify_contact == Some(true);
    if otherwise && before.is_none_or(|before| before.policy != own) {
        check_under(&mut faults, own, &policies::read_still(tx).await?);
    }
    if faults.is_empty() { Ok(()) } else { Err(faults.into()) }
}
