//! Which businesses there are, and what each may use.

use chrono::Duration;
use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, Statement};
use uuid::Uuid;

use super::PlatformError;
use crate::audit::{self, Actor, Change, NewEntry};
use crate::config::Plans;
use crate::fault::{Faults, ValueFault};
use crate::identity::SignedIn;
use crate::ids::{Id, Tenant};
use crate::outbox::{self, NewEvent};
use crate::page::{Paged, Window};
use crate::plans;
use crate::tenancy::SystemTx;
use crate::time::Instant;

/// A business, as the platform sees it.
#[derive(Debug, Clone)]
pub struct TenantSummary {
    /// Its id.
    pub id: Id<Tenant>,
    /// Its web address.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// What kind of business it is.
    pub kind: String,
    /// Where it is.
    pub country: String,
    /// Its plan.
    pub plan: String,
    /// How many people are on its team.
    pub members: i64,
    /// When it signed up.
    pub created_at: Instant,
    /// When its trial ends or ended.
    pub trial_ends_at: Option<Instant>,
}

/// Which businesses are wanted.
#[derive(Debug, Clone, Copy, Default)]
pub struct Search<'a> {
    /// A part of the name or of the web address, in whatever case.
    pub part: Option<&'a str>,
    /// A plan.
    pub plan: Option<&'a str>,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    slug: String,
    name: String,
    kind: String,
    country: String,
    plan: String,
    members: i64,
    created_at: Instant,
    trial_ends_at: Option<Instant>,
}

impl From<Row> for TenantSummary {
    fn from(row: Row) -> Self {
        Self {
            id: Id::from_uuid(row.id),
            slug: row.slug,
            name: row.name,
            kind: row.kind,
            country: row.country,
            plan: row.plan,
            members: row.members,
            created_at: row.created_at,
            trial_ends_at: row.trial_ends_at,
        }
    }
}

const COLUMNS: &str = "
    t.id, t.slug, t.name, t.kind, t.country, t.plan, t.created_at, t.trial_ends_at,
    (select count(*) from memberships m where m.tenant_id = t.id) as members";

/// The businesses, the newest first.
pub async fn tenants(
    tx: &SystemTx,
    search: Search<'_>,
    window: Window<Tenant>,
) -> Result<Paged<TenantSummary>, PlatformError> {
    let limit = i64::try_from(window.rows_to_ask()).unwrap_or(i64::MAX);
    let sql = format!(
        "select {COLUMNS} from tenants t
         where ($1::uuid is null or t.id < $1)
           and ($3::text is null or position(lower($3) in lower(t.name)) > 0
                or position(lower($3) in t.slug) > 0)
           and ($4::text is null or t.plan = $4)
         order by t.id desc limit $2"
    );
    let part = search.part.map(str::trim).filter(|part| !part.is_empty());
    let values = [
        window.after.map(Id::uuid).into(),
        limit.into(),
        part.map(str::to_owned).into(),
        search.plan.map(str::to_owned).into(),
    ];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    let rows = Row::find_by_statement(statement).all(tx.conn()).await?;
    let summaries = rows.into_iter().map(TenantSummary::from).collect();
    Ok(window.cut(summaries, |tenant| tenant.id))
}

/// How many businesses are on a plan.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct OnPlan {
    /// The plan's key.
    pub plan: String,
    /// How many.
    pub businesses: i64,
}

/// How many businesses are on each plan; plans that nobody is on are left out.
pub async fn by_plan(tx: &SystemTx) -> Result<Vec<OnPlan>, PlatformError> {
    let sql = "select plan, count(*) as businesses from tenants group by plan order by plan";
    let statement = Statement::from_string(DbBackend::Postgres, sql);
    Ok(OnPlan::find_by_statement(statement).all(tx.conn()).await?)
}

/// Puts a business on another plan, in force with its next request. What it has beyond the new plan
/// stays; it only gets no more of it. The business reads in its log who did it.
pub async fn set_plan(
    tx: &SystemTx,
    admin: &SignedIn,
    tenant: Id<Tenant>,
    plan: &str,
) -> Result<TenantSummary, PlatformError> {
    let mut faults = Faults::new();
    let Some(days) = Plans::shipped().get(plan).map(|plan| plan.days) else {
        faults.note("/plan", ValueFault::new("unknown", "There is no such plan."));
        return Err(faults.into());
    };
    let sql = format!("select {COLUMNS} from tenants t where t.id = $1 for no key update of t");
    let statement =
        Statement::from_sql_and_values(DbBackend::Postgres, sql, [tenant.uuid().into()]);
    let found = Row::find_by_statement(statement).one(tx.conn()).await?;
    let mut found = TenantSummary::from(found.ok_or(PlatformError::NotFound)?);
    if found.plan == plan {
        return Ok(found);
    }
    if plans::pays(tx, tenant).await? {
        return Err(PlatformError::Subscribed);
    }
    let before = std::mem::replace(&mut found.plan, plan.to_owned());
    found.trial_ends_at = days.map(|days| tx.now() + Duration::days(days.into()));
    let sql =
        "update tenants set plan = $2, trial_ends_at = $3, updated_at = $4, version = version + 1,
                            read_only = false, plan_due_at = $4
               where id = $1";
    let values = [tenant.uuid().into(), plan.into(), found.trial_ends_at.into(), tx.now().into()];
    tx.conn().execute_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, values)).await?;
    let entry = NewEntry::new("tenant.plan_set", "tenant")
        .on(tenant, found.name.clone())
        .changed([Change::of("plan", before, plan.to_owned())]);
    let actor = Actor::platform(admin.user, &admin.name);
    audit::write_from_outside(tx, tenant, &actor, &admin.request, entry).await?;
    let told = NewEvent::new("tenant.updated", &serde_json::json!({ "id": tenant }));
    outbox::write_from_outside(tx, tenant, told).await?;
    Ok(found)
}

pub(super) async fn exists(tx: &SystemTx, tenant: Id<Tenant>) -> Result<bool, PlatformError> {
    #[derive(FromQueryResult)]
    struct Found {
        found: bool,
    }
    let sql = "select exists (select 1 from tenants where id = $1) as found";
    let statement =
        Statement::from_sql_and_values(DbBackend::Postgres, sql, [tenant.uuid().into()]);
    let row = Found::find_by_statement(statement).one(tx.conn()).await?;
    Ok(row.is_some_and(|row| row.found))
}
