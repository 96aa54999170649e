//! Kinds of pass: so many visits for one price. Passes that were sold stay as they were sold.

use sea_orm::{ConnectionTrait, FromQueryResult};
use serde::Serialize;
use uuid::Uuid;

use crate::catalog::bounds::{between, count, price};
use crate::catalog::{CatalogError, services};
use crate::fault::{Faults, ValueFault};
use crate::ids::{Id, PassKind, Service};
use crate::removal::Removal;
use crate::shelf::{Shelf, differences, events, statement, uuids};
use crate::tenancy::{StoreError, TenantTx};
use crate::text;
use crate::time::Instant;

const SHELF: Shelf = Shelf {
    table: "pass_kinds",
    noun: "pass_kind",
    events: events!("pass_kind"),
    most: 100,
    ordered: false,
    users: &[("passes", "kind_id")],
    parts: &[("pass_kind_services", "kind_id")],
    versions_archiving: true,
};

/// What is said of a kind of pass.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PassKindTerms {
    /// What it is called.
    pub name: String,
    /// What it is.
    pub description: String,
    /// What one use pays for.
    #[serde(rename = "service_ids")]
    pub services: Vec<Id<Service>>,
    /// How many uses it has.
    pub uses: i16,
    /// What all of them cost together, in the currency's minor unit.
    pub price_minor: i64,
    /// For how many days it is good.
    pub valid_days: i32,
}

/// What may be changed; what is left out stays. The services are replaced whole.
#[derive(Debug, Clone, Default)]
#[expect(missing_docs, reason = "the fields are those of the terms")]
pub struct PassKindChange {
    pub name: Option<String>,
    pub description: Option<String>,
    pub services: Option<Vec<Id<Service>>>,
    pub uses: Option<i16>,
    pub price_minor: Option<i64>,
    pub valid_days: Option<i32>,
}

impl PassKindChange {
    fn over(self, now: PassKindTerms) -> PassKindTerms {
        PassKindTerms {
            name: self.name.unwrap_or(now.name),
            description: self.description.unwrap_or(now.description),
            services: self.services.unwrap_or(now.services),
            uses: self.uses.unwrap_or(now.uses),
            price_minor: self.price_minor.unwrap_or(now.price_minor),
            valid_days: self.valid_days.unwrap_or(now.valid_days),
        }
    }
}

/// A kind of pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PassKindFacts {
    /// Its id.
    pub id: Id<PassKind>,
    /// What is said of it.
    pub terms: PassKindTerms,
    /// Grows with each change.
    pub version: i32,
    /// When it was put away: nobody buys it any more.
    pub archived_at: Option<Instant>,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    name: String,
    description: String,
    services: Vec<Uuid>,
    uses: i16,
    price_minor: i64,
    valid_days: i32,
    version: i32,
    archived_at: Option<Instant>,
}

impl From<Row> for PassKindFacts {
    fn from(row: Row) -> Self {
        Self {
            id: Id::from_uuid(row.id),
            terms: PassKindTerms {
                name: row.name,
                description: row.description,
                services: row.services.into_iter().map(Id::from_uuid).collect(),
                uses: row.uses,
                price_minor: row.price_minor,
                valid_days: row.valid_days,
            },
            version: row.version,
            archived_at: row.archived_at,
        }
    }
}

/// With the services that are on the menu.
const SHOWN: &str = "
    select k.id, k.name, k.description, k.uses, k.price_minor, k.valid_days, k.version, k.archived_at,
           array(select o.service_id from pass_kind_services o
                 join services s on s.tenant_id = o.tenant_id and s.id = o.service_id
                 where o.tenant_id = k.tenant_id and o.kind_id = k.id and s.archived_at is null
                 order by s.position, s.id) as services
    from pass_kinds k
    where k.tenant_id = $1 and ($2::uuid is null or k.id = $2) and ($3 or k.archived_at is null)
    order by k.name, k.id";

async fn find(
    tx: &TenantTx,
    id: Option<Id<PassKind>>,
    archived: bool,
) -> Result<Vec<PassKindFacts>, StoreError> {
    let values = [tx.tenant().uuid().into(), id.map(Id::uuid).into(), archived.into()];
    let rows = Row::find_by_statement(statement(SHOWN, values)).all(tx.conn()).await?;
    Ok(rows.into_iter().map(PassKindFacts::from).collect())
}

/// The kinds of pass by their names, with what was put away if wanted.
pub async fn list(tx: &TenantTx, archived: bool) -> Result<Vec<PassKindFacts>, CatalogError> {
    Ok(find(tx, None, archived).await?)
}

/// One kind of pass, also one that was put away.
pub async fn read(tx: &TenantTx, id: Id<PassKind>) -> Result<PassKindFacts, CatalogError> {
    find(tx, Some(id), true).await?.pop().ok_or(CatalogError::NotFound)
}

/// Adds a kind of pass.
pub async fn create(tx: &mut TenantTx, new: PassKindTerms) -> Result<PassKindFacts, CatalogError> {
    let (terms, faults) = check(new);
    known(tx, None, &terms, faults).await?;
    SHELF.next_place(tx).await?;
    let id = tx.new_id::<PassKind>();
    let sql =
        "insert into pass_kinds (tenant_id, id, name, description, uses, price_minor, valid_days,
                                       version, created_at, updated_at)
               values ($1, $2, $3, $4, $5, $6, $7, 1, $8, $8)";
    let values = [
        tx.tenant().uuid().into(),
        id.uuid().into(),
        terms.name.clone().into(),
        terms.description.clone().into(),
        terms.uses.into(),
        terms.price_minor.into(),
        terms.valid_days.into(),
        tx.now().into(),
    ];
    tx.conn().execute_raw(statement(sql, values)).await.map_err(StoreError::from)?;
    cover(tx, id, &terms.services).await?;
    SHELF.announce(tx, SHELF.events.created, id, &terms.name, differences(&(), &terms));
    read(tx, id).await
}

/// Changes a kind of pass; `seen` is the version that the caller knows.
pub async fn update(
    tx: &mut TenantTx,
    id: Id<PassKind>,
    seen: i64,
    change: PassKindChange,
) -> Result<PassKindFacts, CatalogError> {
    let held = SHELF.hold_seen(tx, id, seen).await?;
    let before = read(tx, id).await?.terms;
    let (after, faults) = check(change.over(before.clone()));
    known(tx, Some(&before), &after, faults).await?;
    let sql = "update pass_kinds
               set name = $3, description = $4, uses = $5, price_minor = $6, valid_days = $7,
                   version = $8, updated_at = $9
               where tenant_id = $1 and id = $2";
    let values = [
        tx.tenant().uuid().into(),
        id.uuid().into(),
        after.name.clone().into(),
        after.description.clone().into(),
        after.uses.into(),
        after.price_minor.into(),
        after.valid_days.into(),
        (held.version + 1).into(),
        tx.now().into(),
    ];
    tx.conn().execute_raw(statement(sql, values)).await.map_err(StoreError::from)?;
    if before.services != after.services {
        // What is off the menu stays covered, for when it comes back.
        let sql = "delete from pass_kind_services o using services s
                   where o.tenant_id = $1 and o.kind_id = $2 and s.tenant_id = o.tenant_id
                     and s.id = o.service_id and s.archived_at is null";
        let values = [tx.tenant().uuid().into(), id.uuid().into()];
        tx.conn().execute_raw(statement(sql, values)).await.map_err(StoreError::from)?;
        cover(tx, id, &after.services).await?;
    }
    SHELF.announce(tx, SHELF.events.updated, id, &after.name, differences(&before, &after));
    read(tx, id).await
}

/// Removes a kind of pass: for good, if it was never sold.
pub async fn remove(tx: &mut TenantTx, id: Id<PassKind>) -> Result<Removal, CatalogError> {
    Ok(SHELF.remove(tx, id).await?)
}

/// Brings a kind of pass back.
pub async fn restore(tx: &mut TenantTx, id: Id<PassKind>) -> Result<PassKindFacts, CatalogError> {
    SHELF.restore(tx, id).await?;
    read(tx, id).await
}

async fn cover(
    tx: &TenantTx,
    id: Id<PassKind>,
    services: &[Id<Service>],
) -> Result<(), StoreError> {
    let sql = "insert into pass_kind_services (tenant_id, kind_id, service_id)
               select distinct $1::uuid, $2::uuid, o.id from unnest($3::uuid[]) as o (id)";
    let values = [tx.tenant().uuid().into(), id.uuid().into(), uuids(services).into()];
    tx.conn().execute_raw(statement(sql, values)).await?;
    Ok(())
}

async fn known(
    tx: &TenantTx,
    before: Option<&PassKindTerms>,
    terms: &PassKindTerms,
    mut faults: Faults,
) -> Result<(), CatalogError> {
    if before.is_none_or(|before| before.services != terms.services) {
        let known = services::SHELF.expect_all(tx, "/service_ids", &terms.services, &mut faults);
        known.await.map_err(StoreError::from)?;
    }
    if faults.is_empty() { Ok(()) } else { Err(faults.into()) }
}

/// Which kinds of pass can be meant.
fn check(terms: PassKindTerms) -> (PassKindTerms, Faults) {
    let mut faults = Faults::new();
    let f = &mut faults;
    let name = f.take("/name", text::line(&terms.name, 1, 120)).unwrap_or_default();
    let description = f.take("/description", text::prose(&terms.description, 0, 2000));
    let description = description.unwrap_or_default();
    f.take("/service_ids", count(&terms.services, 1, 200));
    f.take("/uses", between(terms.uses, 1, 100));
    if f.take("/price_minor", price(terms.price_minor)).is_some() && terms.price_minor < 1 {
        f.note("/price_minor", ValueFault::new("too_small", "This must be more than nothing."));
    }
    f.take("/valid_days", between(terms.valid_days, 1, 3650));
    (PassKindTerms { name, description, ..terms }, faults)
}
