//! Services as the tables keep them.

use sea_orm::{ActiveModelTrait, ActiveValue::Set, ConnectionTrait, DbErr, FromQueryResult, Value};
use uuid::Uuid;

use super::terms::{Deposit, DepositKind, PolicyOverrides, PriceFor, ServiceTerms};
use super::{SHELF, ServiceFacts};
use crate::catalog::CatalogError;
use crate::catalog::entities::service;
use crate::ids::{Id, Service, Tenant};
use crate::shelf::{statement, uuids};
use crate::tenancy::{StoreError, TenantTx};
use crate::time::Instant;

/// A service with everything that hangs on it, in one query. What hangs on it and is put away
/// doesn't count.
const SERVICES: &str = "
    select s.*, c.name as category_name, t.currency, to_jsonb(p) as policy,
           array(select a.id from service_addons sa
                 join addons a on a.tenant_id = sa.tenant_id and a.id = sa.addon_id
                 where sa.tenant_id = s.tenant_id and sa.service_id = s.id and a.archived_at is null
                 order by a.position, a.id) as addon_ids,
           array(select f.id from service_forms sf
                 join forms f on f.tenant_id = sf.tenant_id and f.id = sf.form_id
                 where sf.tenant_id = s.tenant_id and sf.service_id = s.id and f.archived_at is null
                 order by f.id) as form_ids
    from services s
    join service_categories c on c.tenant_id = s.tenant_id and c.id = s.category_id
    join tenants t on t.id = s.tenant_id
    left join service_policies p on p.tenant_id = s.tenant_id and p.service_id = s.id
    where s.tenant_id = $1";

const IN_ORDER: &str = "order by c.position, c.id, s.position, s.id";

#[derive(FromQueryResult)]
struct Row {
    #[sea_orm(nested)]
    service: service::Model,
    category_name: String,
    currency: String,
    policy: Option<serde_json::Value>,
    addon_ids: Vec<Uuid>,
    form_ids: Vec<Uuid>,
}

impl Row {
    fn facts(self) -> Result<ServiceFacts, StoreError> {
        let Self { service, .. } = self;
        let policy = self.policy.map(serde_json::from_value).transpose();
        let unreadable =
            |error| StoreError::Unreadable(format!("policy of service {}: {error}", service.id));
        let terms = ServiceTerms {
            category: Id::from_uuid(service.category_id),
            name: service.name,
            description: service.description,
            duration_minutes: service.duration_minutes,
            buffer_before_minutes: service.buffer_before_minutes,
            buffer_after_minutes: service.buffer_after_minutes,
            price_minor: service.price_minor,
            price_for: PriceFor::stored(&service.price_for)?,
            deposit: Deposit {
                kind: DepositKind::stored(&service.deposit_kind)?,
                value: service.deposit_value,
            },
            online: service.online,
            members_only: service.members_only,
            min_customers: service.min_customers,
            max_customers: service.max_customers,
            staff_per_customer: service.staff_per_customer,
            needs_room: service.needs_room,
            room_features: service.room_features,
            room_features_for_two: service.room_features_for_two,
            policy: policy.map_err(unreadable)?.unwrap_or_default(),
            addons: self.addon_ids.into_iter().map(Id::from_uuid).collect(),
            forms: self.form_ids.into_iter().map(Id::from_uuid).collect(),
        };
        Ok(ServiceFacts {
            id: Id::from_uuid(service.id),
            terms,
            category_name: self.category_name,
            currency: self.currency,
            version: service.version,
            archived_at: service.archived_at,
        })
    }
}

/// A business's services in the order of its menu.
pub(in crate::catalog) async fn all(
    conn: &impl ConnectionTrait,
    tenant: Id<Tenant>,
    archived: bool,
) -> Result<Vec<ServiceFacts>, StoreError> {
    let sql = format!("{SERVICES} and ($2 or s.archived_at is null) {IN_ORDER}");
    let query = statement(sql, [tenant.uuid().into(), archived.into()]);
    let rows = Row::find_by_statement(query).all(conn).await?;
    rows.into_iter().map(Row::facts).collect()
}

pub(super) async fn one(tx: &TenantTx, id: Id<Service>) -> Result<ServiceFacts, CatalogError> {
    let sql = format!("{SERVICES} and s.id = $2");
    let query = statement(sql, [tx.tenant().uuid().into(), id.uuid().into()]);
    let row = Row::find_by_statement(query).one(tx.conn()).await?;
    Ok(row.ok_or(CatalogError::NotFound)?.facts()?)
}

/// The columns that say what a service is.
pub(in crate::catalog) fn row(terms: &ServiceTerms) -> service::ActiveModel {
    service::ActiveModel {
        category_id: Set(terms.category.uuid()),
        name: Set(terms.name.clone()),
        description: Set(terms.description.clone()),
        duration_minutes: Set(terms.duration_minutes),
        buffer_before_minutes: Set(terms.buffer_before_minutes),
        buffer_after_minutes: Set(terms.buffer_after_minutes),
        price_minor: Set(terms.price_minor),
        price_for: Set(terms.price_for.key().to_owned()),
        online: Set(terms.online),
        members_only: Set(terms.members_only),
        min_customers: Set(terms.min_customers),
        max_customers: Set(terms.max_customers),
        staff_per_customer: Set(terms.staff_per_customer),
        needs_room: Set(terms.needs_room),
        room_features: Set(terms.room_features.clone()),
        room_features_for_two: Set(terms.room_features_for_two.clone()),
        deposit_kind: Set(terms.deposit.kind.key().to_owned()),
        deposit_value: Set(terms.deposit.value),
        ..Default::default()
    }
}

/// A new service's row, with its key and its place.
pub(in crate::catalog) fn new_row(
    terms: &ServiceTerms,
    tenant: Id<Tenant>,
    id: Id<Service>,
    position: i32,
    now: Instant,
) -> service::ActiveModel {
    service::ActiveModel {
        tenant_id: Set(tenant.uuid()),
        id: Set(id.uuid()),
        position: Set(position),
        version: Set(1),
        created_at: Set(now),
        updated_at: Set(now),
        archived_at: Set(None),
        ..row(terms)
    }
}

pub(super) async fn insert(
    tx: &TenantTx,
    id: Id<Service>,
    position: i32,
    terms: &ServiceTerms,
) -> Result<(), DbErr> {
    new_row(terms, tx.tenant(), id, position, tx.now()).insert(tx.conn()).await?;
    replace_policy(tx, id, terms.policy).await?;
    attach(tx, id, ADDONS, uuids(&terms.addons)).await?;
    attach(tx, id, FORMS, uuids(&terms.forms)).await
}

/// Writes what differs. In another category it stands last.
pub(super) async fn update(
    tx: &TenantTx,
    id: Id<Service>,
    version: i32,
    before: &ServiceTerms,
    after: &ServiceTerms,
) -> Result<(), CatalogError> {
    let mut row = row(after);
    (row.tenant_id, row.id) = (Set(tx.tenant().uuid()), Set(id.uuid()));
    (row.version, row.updated_at) = (Set(version), Set(tx.now()));
    if before.category != after.category {
        row.position = Set(SHELF.next_place(tx).await?);
    }
    row.update(tx.conn()).await?;
    if before.policy != after.policy {
        replace_policy(tx, id, after.policy).await?;
    }
    if before.addons != after.addons {
        detach(tx, id, ADDONS).await?;
        attach(tx, id, ADDONS, uuids(&after.addons)).await?;
    }
    if before.forms != after.forms {
        detach(tx, id, FORMS).await?;
        attach(tx, id, FORMS, uuids(&after.forms)).await?;
    }
    Ok(())
}

/// A table of what hangs on services, its column, and the table of what hangs there.
type Hangs = (&'static str, &'static str, &'static str);
const ADDONS: Hangs = ("service_addons", "addon_id", "addons");
const FORMS: Hangs = ("service_forms", "form_id", "forms");

/// Takes off what is in use. What is put away stays where it hung, for when it comes back.
async fn detach(tx: &TenantTx, id: Id<Service>, (table, column, of): Hangs) -> Result<(), DbErr> {
    let sql = format!(
        "delete from {table} h using {of} o
         where h.tenant_id = $1 and h.service_id = $2 and o.tenant_id = h.tenant_id
           and o.id = h.{column} and o.archived_at is null"
    );
    let values = [tx.tenant().uuid().into(), id.uuid().into()];
    tx.conn().execute_raw(statement(sql, values)).await?;
    Ok(())
}

async fn attach(
    tx: &TenantTx,
    id: Id<Service>,
    (table, column, _): Hangs,
    what: Vec<Uuid>,
) -> Result<(), DbErr> {
    if what.is_empty() {
        return Ok(());
    }
    let sql = format!(
        "insert into {table} (tenant_id, service_id, {column})
         select distinct $1::uuid, $2::uuid, o.id from unnest($3::uuid[]) as o (id)"
    );
    let values = [tx.tenant().uuid().into(), id.uuid().into(), what.into()];
    tx.conn().execute_raw(statement(sql, values)).await?;
    Ok(())
}

/// No row if nothing is otherwise than the business has it. The fields are the columns.
async fn replace_policy(
    tx: &TenantTx,
    id: Id<Service>,
    policy: PolicyOverrides,
) -> Result<(), DbErr> {
    let key = || -> [Value; 2] { [tx.tenant().uuid().into(), id.uuid().into()] };
    let sql = "delete from service_policies where tenant_id = $1 and service_id = $2";
    tx.conn().execute_raw(statement(sql, key())).await?;
    if policy == PolicyOverrides::default() {
        return Ok(());
    }
    let sql = "
        insert into service_policies
        select p.* from jsonb_populate_record(null::service_policies, $3::jsonb
            || jsonb_build_object('tenant_id', $1::uuid, 'service_id', $2::uuid)) p";
    let [tenant, service] = key();
    let columns = serde_json::to_value(policy).unwrap_or_default();
    tx.conn().execute_raw(statement(sql, [tenant, service, columns.into()])).await?;
    Ok(())
}
