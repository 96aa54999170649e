//! A business's own row of what it pays, and what follows from it for the business.

use chrono::Duration;
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ConnectionTrait, DbBackend, EntityTrait, FromQueryResult,
    QuerySelect, Statement,
};
use serde_json::json;

use super::entities::subscription;
use super::mails;
use super::standing::{Facts, Paying, Stage, Standing, standing};
use crate::audit::{Change, NewEntry};
use crate::config::Plans;
use crate::ids::{Id, Tenant};
use crate::outbox::NewEvent;
use crate::tenancy::{StoreError, SystemTx, TenantTx};
use crate::time::Instant;

/// What of a business its plan hangs on.
#[derive(FromQueryResult)]
pub(super) struct Shop {
    pub(super) name: String,
    pub(super) plan: String,
    pub(super) time_zone: String,
    pub(super) locale: String,
    pub(super) trial_ends_at: Option<Instant>,
    read_only: bool,
    plan_due_at: Option<Instant>,
}

/// Holds the business until the transaction ends: its plan changes for one after the other.
pub(super) async fn hold(tx: &TenantTx) -> Result<Shop, StoreError> {
    shop(tx, "for no key update").await
}

/// The business as it is.
pub(super) async fn seen(tx: &TenantTx) -> Result<Shop, StoreError> {
    shop(tx, "").await
}

async fn shop(tx: &TenantTx, lock: &'static str) -> Result<Shop, StoreError> {
    let sql = format!(
        "select name, plan, time_zone, locale, trial_ends_at, read_only, plan_due_at
         from tenants where id = $1 {lock}"
    );
    let values = [tx.tenant().uuid().into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    let found = Shop::find_by_statement(statement).one(tx.conn()).await?;
    found.ok_or_else(|| StoreError::Unreadable("the business".to_owned()))
}

/// What it pays, if it has ever asked.
pub(super) async fn row(tx: &TenantTx) -> Result<Option<subscription::Model>, StoreError> {
    Ok(subscription::Entity::find_by_id(tx.tenant().uuid()).one(tx.conn()).await?)
}

/// What it pays, held; made if there is nothing yet.
pub(super) async fn held(tx: &TenantTx) -> Result<subscription::Model, StoreError> {
    let new = subscription::ActiveModel {
        tenant_id: Set(tx.tenant().uuid()),
        asked: Set(0),
        looked_at: Set(tx.now()),
        updated_at: Set(tx.now()),
        ..Default::default()
    };
    let unless = OnConflict::column(subscription::Column::TenantId).do_nothing().to_owned();
    subscription::Entity::insert(new).on_conflict(unless).exec_without_returning(tx.conn()).await?;
    let found = subscription::Entity::find_by_id(tx.tenant().uuid()).lock_exclusive();
    let found = found.one(tx.conn()).await?;
    found.ok_or_else(|| StoreError::Unreadable("what a business pays".to_owned()))
}

/// What it pays, as it counts.
pub(super) fn paying(row: &subscription::Model) -> Result<Option<Paying>, StoreError> {
    let Some(stage) = &row.stage else { return Ok(None) };
    Ok(Some(Paying {
        stage: Stage::stored(stage)?,
        period_ends: row.period_ends,
        ends_at: row.ends_at,
        past_due_since: row.past_due_since,
        ended_at: row.ended_at,
    }))
}

/// How it stands.
pub(super) fn stands(
    shop: &Shop,
    row: Option<&subscription::Model>,
    charged: bool,
    now: Instant,
) -> Result<Standing, StoreError> {
    let paying = row.map(paying).transpose()?.flatten();
    let grace = Duration::days(Plans::shipped().grace_days.into());
    Ok(standing(&Facts { charged, trial_ends_at: shop.trial_ends_at, paying, grace }, now))
}

/// Brings the business to how its plan stands now: what it may use, whether it only looks on, what its owners
/// are told, and when to look again. Doing it again changes nothing.
pub(super) async fn weigh(
    tx: &mut TenantTx,
    charged: bool,
    public_url: &str,
) -> Result<Standing, StoreError> {
    let shop = hold(tx).await?;
    let row = row(tx).await?;
    let now = tx.now();
    let standing = stands(&shop, row.as_ref(), charged, now)?;
    let paid = row.as_ref().filter(|_| {
        matches!(standing, Standing::Paid(_) | Standing::Ending(_) | Standing::PastDue(_))
    });
    let plan = match (standing, paid.and_then(|row| row.plan.clone())) {
        (_, Some(plan)) if Plans::shipped().get(&plan).is_some() => plan,
        // What was paid is over, and the trial isn't.
        (Standing::Trial(_), _) => Plans::FIRST.to_owned(),
        _ => shop.plan.clone(),
    };
    let read_only = matches!(standing, Standing::ReadOnly(_));
    let due = standing.next(now);
    if (&shop.plan, shop.read_only, shop.plan_due_at) != (&plan, read_only, due) {
        let told = shop.plan != plan || shop.read_only != read_only;
        let sql = "update tenants set plan = $2, read_only = $3, plan_due_at = $4,
                          version = version + case when $5 then 1 else 0 end, updated_at = $6
                   where id = $1";
        let values = [
            tx.tenant().uuid().into(),
            plan.clone().into(),
            read_only.into(),
            due.into(),
            told.into(),
            now.into(),
        ];
        let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
        tx.conn().execute_raw(statement).await?;
        if told {
            let changes = [
                Change::of("plan", shop.plan.clone(), plan.clone()),
                Change::of("read_only", shop.read_only, read_only),
            ];
            let changes = changes.into_iter().filter(|change| change.before != change.after);
            let entry = NewEntry::new("tenant.plan_stands", "tenant");
            tx.record(entry.on(tx.tenant(), shop.name.clone()).changed(changes));
            tx.emit(NewEvent::new("tenant.updated", &json!({ "id": tx.tenant() })));
        }
    }
    tell(tx, row, &shop, standing, public_url).await?;
    Ok(standing)
}

async fn tell(
    tx: &TenantTx,
    row: Option<subscription::Model>,
    shop: &Shop,
    standing: Standing,
    public_url: &str,
) -> Result<(), StoreError> {
    let (Some(notice), Some(at)) = (standing.notice(tx.now()), standing.at()) else {
        return Ok(());
    };
    let key = format!("{notice:?} {}", at.timestamp());
    if row.is_some_and(|row| row.told.as_ref() == Some(&key)) {
        return Ok(());
    }
    let mut change: subscription::ActiveModel = held(tx).await?.into();
    change.told = Set(Some(key.clone()));
    change.updated_at = Set(tx.now());
    change.update(tx.conn()).await?;
    mails::tell_owners(tx, notice, at, &shop.time_zone, &key, public_url).await
}

/// Whether a business pays for its plan, well or not. If it has ceased to, that is forgotten: whoever runs the
/// installation gives it one.
pub(crate) async fn pays(tx: &SystemTx, tenant: Id<Tenant>) -> Result<bool, StoreError> {
    let sql = "update subscriptions set stage = null, reference = null
               where tenant_id = $1 and stage = 'ended'";
    let of = |sql: &str| {
        Statement::from_sql_and_values(DbBackend::Postgres, sql, [tenant.uuid().into()])
    };
    tx.conn().execute_raw(of(sql)).await?;
    let sql = "select stage from subscriptions where tenant_id = $1 and stage is not null";
    Ok(tx.conn().query_one_raw(of(sql)).await?.is_some())
}
