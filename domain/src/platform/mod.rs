//! Looking after the deployment: which businesses there are, and how support is let into one. The
//! platform is never inside a tenant without a grant that has a reason, an end, and is seen there.

mod businesses;
mod entity;
mod health;

use chrono::Duration;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, DbBackend, EntityTrait,
    FromQueryResult, QueryFilter, QueryOrder, QuerySelect, Statement,
};
use uuid::Uuid;

use crate::audit::{self, Actor, Change, NewEntry};
use crate::fault::{Faults, ValueFault, refusals};
use crate::identity::SignedIn;
use crate::ids::{Id, SupportGrant, Tenant, User};
use crate::page::{Paged, Window};
use crate::tenancy::{SystemTx, TenantTx};
use crate::text::{self, Email};
use crate::time::Instant;

pub use businesses::{OnPlan, Search, TenantSummary, by_plan, set_plan, tenants};
pub use health::{Health, health};

use businesses::exists;

refusals! {
    /// Why the platform can't do it.
    PlatformError {
        Subscribed = Conflict "already_subscribed" "This business pays for its plan itself.",
        AddressNotVerified = Conflict "address_not_verified" "This login hasn't verified its e-mail address: it may be anybody's.",
    }
}

/// An admission of platform support to a tenant.
#[derive(Debug, Clone)]
pub struct Grant {
    /// Its id.
    pub id: Id<SupportGrant>,
    /// The administrator.
    pub user: Id<User>,
    /// The administrator's name.
    pub admin_name: String,
    /// Why.
    pub reason: String,
    /// From when.
    pub created_at: Instant,
    /// Until when.
    pub expires_at: Instant,
    /// When the tenant ended it before that.
    pub revoked_at: Option<Instant>,
    /// Who in the tenant ended it.
    pub revoked_by: Option<String>,
}

impl From<entity::Model> for Grant {
    fn from(row: entity::Model) -> Self {
        Self {
            id: Id::from_uuid(row.id),
            user: Id::from_uuid(row.user_id),
            admin_name: row.admin_name,
            reason: row.reason,
            created_at: row.created_at,
            expires_at: row.expires_at,
            revoked_at: row.revoked_at,
            revoked_by: row.revoked_by,
        }
    }
}

/// A login, and whether it was something else before.
#[derive(Debug, Clone)]
pub struct Administrator {
    /// The login.
    pub user: Id<User>,
    /// Its name.
    pub name: String,
    /// Whether this changed anything.
    pub changed: bool,
}

#[derive(FromQueryResult)]
struct LoginRow {
    id: Uuid,
    name: String,
    platform_admin: bool,
    verified: bool,
}

const LOGIN: &str = "
    select id, name, platform_admin, email_verified_at is not null as verified
    from users where email_key = $1 for no key update";

/// Makes a login that is there a platform administrator, or no longer; in force with its next
/// request. Only whoever runs the deployment can ask for it, on its machine.
pub async fn set_administrator(
    tx: &SystemTx,
    email: &Email,
    admin: bool,
) -> Result<Administrator, PlatformError> {
    let values = [email.key().into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, LOGIN, values);
    let row = LoginRow::find_by_statement(statement).one(tx.conn()).await?;
    let row = row.ok_or(PlatformError::NotFound)?;
    if admin && !row.verified {
        return Err(PlatformError::AddressNotVerified);
    }
    let sql = "update users set platform_admin = $2, updated_at = $3 where id = $1";
    let values = [row.id.into(), admin.into(), tx.now().into()];
    tx.conn().execute_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, values)).await?;
    let user = Id::from_uuid(row.id);
    tracing::info!(%user, admin, "who is a platform administrator was set");
    Ok(Administrator { user, name: row.name, changed: row.platform_admin != admin })
}

/// For how long support may be let in.
const HOURS: std::ops::RangeInclusive<i64> = 1..=72;

/// Lets the administrator look into a tenant for some hours. The tenant sees it in its log.
pub async fn grant_support(
    tx: &SystemTx,
    admin: &SignedIn,
    tenant: Id<Tenant>,
    reason: &str,
    hours: i64,
) -> Result<Grant, PlatformError> {
    let mut faults = Faults::new();
    let reason = faults.take("/reason", text::line(reason, 10, 300));
    if !HOURS.contains(&hours) {
        let fault = ValueFault::new("out_of_range", "Between 1 and 72 hours.");
        faults.note("/hours", fault);
    }
    let Some(reason) = reason.filter(|_| faults.is_empty()) else { return Err(faults.into()) };
    if !exists(tx, tenant).await? {
        return Err(PlatformError::NotFound);
    }
    let row = entity::ActiveModel {
        tenant_id: Set(tenant.uuid()),
        id: Set(tx.new_id::<SupportGrant>().uuid()),
        user_id: Set(admin.user.uuid()),
        admin_name: Set(admin.name.clone()),
        reason: Set(reason),
        created_at: Set(tx.now()),
        expires_at: Set(tx.now() + Duration::hours(hours)),
        revoked_at: Set(None),
        revoked_by: Set(None),
    };
    let grant = Grant::from(row.insert(tx.conn()).await?);
    let actor = Actor::platform(admin.user, &admin.name);
    let entry = NewEntry::new("support.granted", "support_grant")
        .on(grant.id, grant.admin_name.clone())
        .changed([
            Change::of("reason", serde_json::Value::Null, grant.reason.clone()),
            Change::of("expires_at", serde_json::Value::Null, grant.expires_at.to_rfc3339()),
        ]);
    audit::write_from_outside(tx, tenant, &actor, &admin.request, entry).await?;
    Ok(grant)
}

/// The tenant's view of who was let in, the newest first.
pub async fn grants(
    tx: &TenantTx,
    window: Window<SupportGrant>,
) -> Result<Paged<Grant>, PlatformError> {
    let mut query = entity::Entity::find()
        .filter(entity::Column::TenantId.eq(tx.tenant().uuid()))
        .order_by_desc(entity::Column::Id)
        .limit(window.rows_to_ask());
    if let Some(after) = window.after {
        query = query.filter(entity::Column::Id.lt(after.uuid()));
    }
    let rows = query.all(tx.conn()).await?;
    Ok(window.cut(rows.into_iter().map(Grant::from).collect(), |grant| grant.id))
}

/// Shows support the door, at once. Doing it again changes nothing.
pub async fn revoke_grant(tx: &mut TenantTx, id: Id<SupportGrant>) -> Result<(), PlatformError> {
    let found = entity::Entity::find_by_id((tx.tenant().uuid(), id.uuid()))
        .lock_exclusive()
        .one(tx.conn())
        .await?;
    let found = found.ok_or(PlatformError::NotFound)?;
    if found.revoked_at.is_some() {
        return Ok(());
    }
    let name = found.admin_name.clone();
    let mut row: entity::ActiveModel = found.into();
    row.revoked_at = Set(Some(tx.now()));
    row.revoked_by = Set(Some(Actor::from(tx.caller().principal()).name));
    row.update(tx.conn()).await?;
    tx.record(NewEntry::new("support.revoked", "support_grant").on(id, name));
    Ok(())
}
