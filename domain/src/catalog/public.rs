//! The menu as customers see it.

use std::collections::{BTreeMap, BTreeSet};

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::addons::AddonFacts;
use super::entities::category;
use super::packages::PackageFacts;
use super::plans::PlanFacts;
use super::services::ServiceFacts;
use super::{addons, packages, plans, services};
use crate::forms::{self, FormFacts};
use crate::ids::{Form, Id, Service, Tenant};
use crate::tenancy::StoreError;

/// What customers can book themselves, and what they need to know for it.
#[derive(Debug, Clone, Default)]
pub struct Menu {
    /// The services, in the order of the menu.
    pub services: Vec<ServiceFacts>,
    /// What can be had with them.
    pub addons: Vec<AddonFacts>,
    /// The packages.
    pub packages: Vec<MenuPackage>,
    /// What one can be a member of.
    pub plans: Vec<MenuPlan>,
    /// What is asked before services and packages.
    pub forms: Vec<FormFacts>,
}

/// A package with what its services say of it.
#[derive(Debug, Clone)]
pub struct MenuPackage {
    /// The package.
    pub package: PackageFacts,
    /// What its category is called.
    pub category_name: String,
    /// Its services, in their order.
    pub items: Vec<MenuItem>,
    /// How long it takes.
    pub duration_minutes: i32,
    /// Whether only members get it, because of one of its services.
    pub members_only: bool,
    /// What is asked before one of its services.
    pub forms: Vec<Id<Form>>,
}

/// A service of a package.
#[derive(Debug, Clone)]
pub struct MenuItem {
    /// Its id.
    pub service: Id<Service>,
    /// What it is called.
    pub name: String,
    /// How long it takes.
    pub duration_minutes: i32,
}

/// A plan, with the name of its category.
#[derive(Debug, Clone)]
pub struct MenuPlan {
    /// The plan; of the services that it opens, those that customers can book themselves.
    pub plan: PlanFacts,
    /// What its category is called.
    pub category_name: String,
}

/// One business's menu.
pub(crate) async fn menu(
    conn: &impl ConnectionTrait,
    tenant: Id<Tenant>,
) -> Result<Menu, StoreError> {
    let categories = category::Entity::find().filter(category::Column::TenantId.eq(tenant.uuid()));
    let categories = categories.all(conn).await?.into_iter();
    Ok(chosen(
        &categories.map(|category| (category.id, category.name)).collect(),
        services::all(conn, tenant, false).await?,
        Menu {
            addons: addons::all(conn, tenant, false).await?,
            forms: forms::all(conn, tenant, false).await?,
            ..Menu::default()
        },
        packages::all(conn, tenant, false).await?,
        plans::all(conn, tenant, false).await?,
    ))
}

/// Leaves out what customers can't book, and what then nobody names.
pub(super) fn chosen(
    categories: &BTreeMap<Uuid, String>,
    services: Vec<ServiceFacts>,
    rest: Menu,
    packages: Vec<PackageFacts>,
    plans: Vec<PlanFacts>,
) -> Menu {
    let live: BTreeMap<Id<Service>, &ServiceFacts> =
        services.iter().map(|service| (service.id, service)).collect();
    let name = |id: Uuid| categories.get(&id).cloned().unwrap_or_default();
    let packages: Vec<_> = packages
        .into_iter()
        .filter(|package| package.terms.online)
        .filter_map(|package| {
            let category_name = name(package.terms.category.uuid());
            with_items(package, category_name, &live)
        })
        .collect();
    let services: Vec<_> = services.into_iter().filter(|service| service.terms.online).collect();
    let shown: BTreeSet<_> = services.iter().map(|service| service.id).collect();
    let plans = plans.into_iter().map(|mut plan| {
        plan.terms.services.retain(|service| shown.contains(service));
        MenuPlan { category_name: name(plan.terms.category.uuid()), plan }
    });
    let addons: BTreeSet<_> =
        services.iter().flat_map(|service| service.terms.addons.iter().copied()).collect();
    let forms: BTreeSet<_> = services
        .iter()
        .flat_map(|service| service.terms.forms.iter())
        .chain(packages.iter().flat_map(|package| package.forms.iter()))
        .copied()
        .collect();
    Menu {
        plans: plans.collect(),
        addons: rest.addons.into_iter().filter(|addon| addons.contains(&addon.id)).collect(),
        forms: rest.forms.into_iter().filter(|form| forms.contains(&form.id)).collect(),
        packages,
        services,
    }
}

/// A package can be had as long as each of its services is on the menu, if only in the package.
fn with_items(
    package: PackageFacts,
    category_name: String,
    live: &BTreeMap<Id<Service>, &ServiceFacts>,
) -> Option<MenuPackage> {
    let services: Option<Vec<_>> =
        package.terms.services.iter().map(|id| live.get(id).copied()).collect();
    let services = services.filter(|services| !services.is_empty())?;
    let item = |service: &&ServiceFacts| MenuItem {
        service: service.id,
        name: service.terms.name.clone(),
        duration_minutes: service.terms.duration_minutes,
    };
    let forms: BTreeSet<_> =
        services.iter().flat_map(|service| service.terms.forms.iter().copied()).collect();
    Some(MenuPackage {
        duration_minutes: package
            .terms
            .mode
            .duration(services.iter().map(|service| service.terms.duration_minutes)),
        members_only: services.iter().any(|service| service.terms.members_only),
        items: services.iter().map(item).collect(),
        forms: forms.into_iter().collect(),
        category_name,
        package,
    })
}
