//! Membership plans: what customers can be members of, and what that brings them.

use std::collections::HashMap;

use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, DbErr, EntityTrait,
    FromQueryResult, QueryFilter, QueryOrder,
};
use serde::Serialize;
use uuid::Uuid;

use crate::catalog::bounds::{between, count, once, price};
use crate::catalog::entities::plan;
use crate::catalog::{CatalogError, categories, services};
use crate::fault::Faults;
use crate::ids::{Category, Id, MembershipPlan, Service, Tenant};
use crate::removal::Removal;
use crate::shelf::{Shelf, differences, events, statement, uuids};
use crate::tenancy::{StoreError, TenantTx};
use crate::text;
use crate::time::Instant;
use crate::words::words;

pub(in crate::catalog) const SHELF: Shelf = Shelf {
    table: "membership_plans",
    noun: "membership_plan",
    events: events!("membership_plan"),
    most: 50,
    ordered: true,
    users: &[("customer_memberships", "plan_id")],
    parts: &[("membership_plan_services", "plan_id")],
    versions_archiving: true,
};

words! {
    /// How long one payment lasts.
    PlanPeriod {
        /// A month.
        Month = "month",
        /// A year.
        Year = "year",
    }
}

/// What is said of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlanTerms {
    /// The category that it is in.
    #[serde(rename = "category_id")]
    pub category: Id<Category>,
    /// What it is called.
    pub name: String,
    /// What it is.
    pub description: String,
    /// What members get, in sentences.
    pub benefits: Vec<String>,
    /// What a period costs, in the currency's minor unit.
    pub price_minor: i64,
    /// How long one payment lasts.
    pub period: PlanPeriod,
    /// What members pay less.
    pub discount_percent: i16,
    /// The members-only services that it opens.
    #[serde(rename = "service_ids")]
    pub services: Vec<Id<Service>>,
}

/// What may be changed; what is left out stays. Lists are replaced whole.
#[derive(Debug, Clone, Default)]
#[expect(missing_docs, reason = "the fields are those of the terms")]
pub struct PlanChange {
    pub category: Option<Id<Category>>,
    pub name: Option<String>,
    pub description: Option<String>,
    pub benefits: Option<Vec<String>>,
    pub price_minor: Option<i64>,
    pub period: Option<PlanPeriod>,
    pub discount_percent: Option<i16>,
    pub services: Option<Vec<Id<Service>>>,
}

impl PlanChange {
    fn over(self, now: PlanTerms) -> PlanTerms {
        PlanTerms {
            category: self.category.unwrap_or(now.category),
            name: self.name.unwrap_or(now.name),
            description: self.description.unwrap_or(now.description),
            benefits: self.benefits.unwrap_or(now.benefits),
            price_minor: self.price_minor.unwrap_or(now.price_minor),
            period: self.period.unwrap_or(now.period),
            discount_percent: self.discount_percent.unwrap_or(now.discount_percent),
            services: self.services.unwrap_or(now.services),
        }
    }
}

/// A plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanFacts {
    /// Its id.
    pub id: Id<MembershipPlan>,
    /// What is said of it.
    pub terms: PlanTerms,
    /// Grows with each change.
    pub version: i32,
    /// When it was put away: nobody new gets it, and its members stay members.
    pub archived_at: Option<Instant>,
}

/// The plans in their order, with what was put away if wanted.
pub async fn list(tx: &TenantTx, archived: bool) -> Result<Vec<PlanFacts>, CatalogError> {
    Ok(all(tx.conn(), tx.tenant(), archived).await?)
}

pub(in crate::catalog) async fn all(
    conn: &impl ConnectionTrait,
    tenant: Id<Tenant>,
    archived: bool,
) -> Result<Vec<PlanFacts>, StoreError> {
    let mut query = plan::Entity::find()
        .filter(plan::Column::TenantId.eq(tenant.uuid()))
        .order_by_asc(plan::Column::Position)
        .order_by_asc(plan::Column::Id);
    if !archived {
        query = query.filter(plan::Column::ArchivedAt.is_null());
    }
    let rows = query.all(conn).await?;
    with_services(conn, tenant, rows).await
}

/// One plan, also one that was put away.
pub async fn read(tx: &TenantTx, id: Id<MembershipPlan>) -> Result<PlanFacts, CatalogError> {
    let row = plan::Entity::find_by_id((tx.tenant().uuid(), id.uuid())).one(tx.conn()).await?;
    let row = row.ok_or(CatalogError::NotFound)?;
    let found = with_services(tx.conn(), tx.tenant(), vec![row]).await?;
    found.into_iter().next().ok_or(CatalogError::NotFound)
}

/// Adds a plan, the last of them.
pub async fn create(tx: &mut TenantTx, new: PlanTerms) -> Result<PlanFacts, CatalogError> {
    let (terms, faults) = check(new);
    known(tx, None, &terms, faults).await?;
    let id = tx.new_id::<MembershipPlan>();
    let row = plan::ActiveModel {
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
    open_services(tx, id, &terms.services).await?;
    SHELF.announce(tx, SHELF.events.created, id, &terms.name, differences(&(), &terms));
    read(tx, id).await
}

/// Changes a plan; `seen` is the version that the caller knows.
pub async fn update(
    tx: &mut TenantTx,
    id: Id<MembershipPlan>,
    seen: i64,
    change: PlanChange,
) -> Result<PlanFacts, CatalogError> {
    let held = SHELF.hold_seen(tx, id, seen).await?;
    let before = read(tx, id).await?.terms;
    let (after, faults) = check(change.over(before.clone()));
    known(tx, Some(&before), &after, faults).await?;
    let row = plan::ActiveModel {
        tenant_id: Set(tx.tenant().uuid()),
        id: Set(id.uuid()),
        version: Set(held.version + 1),
        updated_at: Set(tx.now()),
        ..row(&after)
    };
    row.update(tx.conn()).await?;
    if before.services != after.services {
        // What is off the menu stays open, for when it comes back.
        let sql = "delete from membership_plan_services o using services s
                   where o.tenant_id = $1 and o.plan_id = $2 and s.tenant_id = o.tenant_id
                     and s.id = o.service_id and s.archived_at is null";
        let values = [tx.tenant().uuid().into(), id.uuid().into()];
        tx.conn().execute_raw(statement(sql, values)).await?;
        open_services(tx, id, &after.services).await?;
    }
    SHELF.announce(tx, SHELF.events.updated, id, &after.name, differences(&before, &after));
    read(tx, id).await
}

/// Removes a plan: for good, if nobody was ever a member.
pub async fn remove(tx: &mut TenantTx, id: Id<MembershipPlan>) -> Result<Removal, CatalogError> {
    Ok(SHELF.remove(tx, id).await?)
}

/// Brings a plan back.
pub async fn restore(tx: &mut TenantTx, id: Id<MembershipPlan>) -> Result<PlanFacts, CatalogError> {
    SHELF.restore(tx, id).await?;
    read(tx, id).await
}

/// Puts the plans into this order.
pub async fn order(tx: &mut TenantTx, ids: &[Id<MembershipPlan>]) -> Result<(), CatalogError> {
    Ok(SHELF.order(tx, None, ids).await?)
}

#[derive(FromQueryResult)]
struct Opened {
    plan_id: Uuid,
    service_id: Uuid,
}

/// The plans with the services that they open and that are on the menu.
async fn with_services(
    conn: &impl ConnectionTrait,
    tenant: Id<Tenant>,
    rows: Vec<plan::Model>,
) -> Result<Vec<PlanFacts>, StoreError> {
    let sql = "select o.plan_id, o.service_id from membership_plan_services o
               join services s on s.tenant_id = o.tenant_id and s.id = o.service_id
               where o.tenant_id = $1 and o.plan_id = any($2) and s.archived_at is null
               order by o.plan_id, s.position, s.id";
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let query = statement(sql, [tenant.uuid().into(), ids.into()]);
    let mut opened: HashMap<Uuid, Vec<Id<Service>>> = HashMap::new();
    for row in Opened::find_by_statement(query).all(conn).await? {
        opened.entry(row.plan_id).or_default().push(Id::from_uuid(row.service_id));
    }
    let facts = |row: plan::Model| {
        Ok(PlanFacts {
            id: Id::from_uuid(row.id),
            terms: PlanTerms {
                category: Id::from_uuid(row.category_id),
                name: row.name,
                description: row.description,
                benefits: row.benefits,
                price_minor: row.price_minor,
                period: PlanPeriod::stored(&row.period)?,
                discount_percent: row.discount_percent,
                services: opened.remove(&row.id).unwrap_or_default(),
            },
            version: row.version,
            archived_at: row.archived_at,
        })
    };
    rows.into_iter().map(facts).collect()
}

async fn open_services(
    tx: &TenantTx,
    id: Id<MembershipPlan>,
    services: &[Id<Service>],
) -> Result<(), DbErr> {
    let sql = "insert into membership_plan_services (tenant_id, plan_id, service_id)
               select distinct $1::uuid, $2::uuid, o.id from unnest($3::uuid[]) as o (id)";
    let values = [tx.tenant().uuid().into(), id.uuid().into(), uuids(services).into()];
    tx.conn().execute_raw(statement(sql, values)).await?;
    Ok(())
}

fn row(terms: &PlanTerms) -> plan::ActiveModel {
    plan::ActiveModel {
        category_id: Set(terms.category.uuid()),
        name: Set(terms.name.clone()),
        description: Set(terms.description.clone()),
        benefits: Set(terms.benefits.clone()),
        price_minor: Set(terms.price_minor),
        period: Set(terms.period.key().to_owned()),
        discount_percent: Set(terms.discount_percent),
        ..Default::default()
    }
}

/// Whether everything that the terms name is there, as far as it wasn't named before.
async fn known(
    tx: &TenantTx,
    before: Option<&PlanTerms>,
    terms: &PlanTerms,
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

/// Which plans can be meant.
pub(in crate::catalog) fn check(terms: PlanTerms) -> (PlanTerms, Faults) {
    let mut faults = Faults::new();
    let f = &mut faults;
    let name = f.take("/name", text::line(&terms.name, 1, 120)).unwrap_or_default();
    let description = f.take("/description", text::prose(&terms.description, 0, 2000));
    let description = description.unwrap_or_default();
    let mut benefits = Vec::new();
    if f.take("/benefits", count(&terms.benefits, 0, 20)).is_some() {
        for (place, benefit) in terms.benefits.iter().enumerate() {
            benefits.extend(f.take(&format!("/benefits/{place}"), text::line(benefit, 1, 200)));
        }
    }
    f.take("/price_minor", price(terms.price_minor));
    f.take("/discount_percent", between(terms.discount_percent, 0, 100));
    f.take("/service_ids", count(&terms.services, 0, 200));
    (PlanTerms { name, description, benefits: once(benefits), ..terms }, faults)
}
