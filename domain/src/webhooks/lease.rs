//! What a worker takes: an endpoint, for a while, alone. Whatever it begins to send ends before the
//! lease does: so whoever takes the endpoint after a lost worker knows that nothing is under way.

use chrono::Duration;
use sea_orm::{
    ColumnTrait, DbBackend, EntityTrait, FromQueryResult, QueryFilter, QuerySelect, Statement,
};
use uuid::Uuid;

use super::endpoints::{health, secrets};
use super::entities::endpoint;
use super::health::Health;
use super::relay::facts;
use super::signature::Secret;
use super::{EndpointState, TASK, order};
use crate::ids::{Event, Id, WebhookDelivery, WebhookEndpoint};
use crate::tenancy::{Caller, Db, StoreError, SystemReason, TenantTx};
use crate::time::Instant;

/// Under which terms a worker takes endpoints.
#[derive(Debug, Clone)]
pub struct Lease {
    /// Names this claim, and no other.
    pub worker: String,
    /// How long it may take before another may.
    pub length: Duration,
}

/// How many endpoints may be taken: those that answer, and those that don't or take long. The second
/// are never so many that the first have no room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shares {
    /// Of those that answer.
    pub brisk: i64,
    /// Of those that don't, or take long.
    pub doubtful: i64,
}

/// An endpoint that this worker holds.
#[derive(Debug, Clone)]
pub struct Leased {
    /// Which.
    pub id: Id<WebhookEndpoint>,
    /// Whether it didn't answer, or took long.
    pub doubtful: bool,
    /// Until when it is ours.
    pub until: Instant,
    pub(super) caller: Caller,
    pub(super) worker: String,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    doubtful: bool,
    tenant: Uuid,
    plan: String,
    require_two_factor: bool,
    read_only: bool,
}

/// Businesses take turns: the first endpoint of each comes before the second of any.
const LEASE: &str = "
    with brisk as (
        select tenant_id, id, due_at,
               row_number() over (partition by tenant_id order by due_at) as turn
        from (select tenant_id, id, due_at from webhook_endpoints
              where state = 'on' and due_at <= $1 and (lease_until is null or lease_until <= $1)
                and failures = 0 and not slow
              order by due_at limit 1000) due
    ), doubtful as (
        select tenant_id, id, due_at,
               row_number() over (partition by tenant_id order by due_at) as turn
        from (select tenant_id, id, due_at from webhook_endpoints
              where state = 'on' and due_at <= $1 and (lease_until is null or lease_until <= $1)
                and (failures > 0 or slow)
              order by due_at limit 1000) due
    ), chosen as materialized (
        (select tenant_id, id, false as doubtful from brisk order by turn, due_at limit $4)
        union all
        (select tenant_id, id, true as doubtful from doubtful order by turn, due_at limit $5)
    ), held as materialized (
        select found.tenant_id, found.id, chosen.doubtful
        from chosen cross join lateral (
            select tenant_id, id from webhook_endpoints
            where tenant_id = chosen.tenant_id and id = chosen.id and state = 'on'
              and due_at <= $1 and (lease_until is null or lease_until <= $1)
            for update skip locked
        ) found
    )
    update webhook_endpoints e set lease_until = $2, leased_by = $3
    from held join tenants t on t.id = held.tenant_id
    where e.tenant_id = held.tenant_id and e.id = held.id
    returning e.id, held.doubtful, t.id as tenant, t.plan, t.require_two_factor,
              t.read_only";

/// Takes endpoints at which something is due.
pub async fn lease(db: &Db, lease: &Lease, shares: Shares) -> Result<Vec<Leased>, StoreError> {
    let tx = db.system(SystemReason::Webhooks).await?;
    let until = tx.now() + lease.length;
    let values = [
        tx.now().into(),
        until.into(),
        lease.worker.clone().into(),
        shares.brisk.into(),
        shares.doubtful.into(),
    ];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, LEASE, values);
    let rows = Row::find_by_statement(statement).all(tx.conn()).await?;
    tx.commit().await?;
    let one = |row: Row| Leased {
        id: Id::from_uuid(row.id),
        doubtful: row.doubtful,
        until,
        caller: Caller::worker(
            facts(row.tenant, row.plan, row.require_two_factor, row.read_only),
            TASK,
        ),
        worker: lease.worker.clone(),
    };
    Ok(rows.into_iter().map(one).collect())
}

/// A delivery that is to be sent now.
#[derive(Debug, Clone, FromQueryResult)]
pub struct Outgoing {
    id: Uuid,
    event_id: Uuid,
    pub(super) about: String,
    /// The very bytes.
    pub body: String,
    pub(super) attempts: i32,
    pub(super) failures: i32,
    pub(super) created_at: Instant,
}

impl Outgoing {
    /// Its id.
    pub fn id(&self) -> Id<WebhookDelivery> {
        Id::from_uuid(self.id)
    }

    /// The event's, which is the same at every try and every replay.
    pub fn event(&self) -> Id<Event> {
        Id::from_uuid(self.event_id)
    }
}

/// What is to be sent where.
#[derive(Debug, Clone)]
pub struct Due {
    /// Where.
    pub url: String,
    /// Signed with these.
    pub secrets: Vec<Secret>,
    /// How many a second.
    pub per_second: usize,
    /// How it goes there.
    pub health: Health,
    /// When the last requests ended, before this lease.
    pub recent: Vec<Instant>,
    /// What, in this order.
    pub deliveries: Vec<Outgoing>,
}

/// What is due at an endpoint, but for what is under way. None: it is ours no more, or in use no more.
pub async fn due(
    db: &Db,
    leased: &Leased,
    under_way: &[Id<WebhookDelivery>],
    most: usize,
) -> Result<Option<Due>, StoreError> {
    let tx = db.tenant_planned_once(&leased.caller).await?;
    let Some(row) = find(&tx, leased).one(tx.conn()).await? else { return Ok(None) };
    if row.state != EndpointState::On.key() || row.rests_until.is_some_and(|until| until > tx.now())
    {
        return Ok(None);
    }
    let sql = "
        select id, event_id, about, body, attempts, failures, created_at
        from webhook_deliveries
        where tenant_id = $1 and endpoint_id = $2 and state = 'waiting' and next_at <= $3
          and id <> all($4)
        order by next_at, place limit $5";
    let under_way: Vec<_> = under_way.iter().map(|id| id.uuid()).collect();
    let values = [
        tx.tenant().uuid().into(),
        row.id.into(),
        tx.now().into(),
        under_way.into(),
        i64::try_from(most).unwrap_or(i64::MAX).into(),
    ];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    let deliveries = Outgoing::find_by_statement(statement).all(tx.conn()).await?;
    let secrets = secrets(&tx, &row)?;
    tx.commit().await?;
    Ok(Some(Due {
        secrets,
        deliveries,
        health: health(&row),
        per_second: usize::try_from(row.per_second).unwrap_or(1),
        url: row.url,
        recent: row.recent,
    }))
}

/// The endpoint, if it is still ours.
pub(super) fn find(tx: &TenantTx, leased: &Leased) -> sea_orm::Select<endpoint::Entity> {
    endpoint::Entity::find_by_id((tx.tenant().uuid(), leased.id.uuid()))
        .filter(endpoint::Column::LeasedBy.eq(leased.worker.as_str()))
}

/// Gives an endpoint back, with when its last requests ended. Nothing of it is under way any more.
pub async fn release(db: &Db, leased: &Leased, recent: Vec<Instant>) -> Result<(), StoreError> {
    let tx = db.tenant_planned_once(&leased.caller).await?;
    // Held first, and looked at then: what comes meanwhile is seen.
    if find(&tx, leased).lock_exclusive().one(tx.conn()).await?.is_none() {
        return tx.rollback().await;
    }
    let free = endpoint::Entity::update_many()
        .col_expr(endpoint::Column::LeasedBy, sea_orm::sea_query::Expr::value(None::<String>))
        .col_expr(endpoint::Column::LeaseUntil, sea_orm::sea_query::Expr::value(None::<Instant>))
        .col_expr(endpoint::Column::Recent, sea_orm::sea_query::Expr::value(recent))
        .filter(endpoint::Column::TenantId.eq(tx.tenant().uuid()))
        .filter(endpoint::Column::Id.eq(leased.id.uuid()));
    free.exec(tx.conn()).await?;
    order::look_again(&tx, leased.id).await?;
    tx.commit().await
}

#[cfg(test)]
impl Outgoing {
    pub(super) fn sample(failures: i32, created_at: Instant) -> Self {
        Self {
            id: Uuid::nil(),
            event_id: Uuid::nil(),
            about: String::new(),
            body: String::new(),
            attempts: failures,
            failures,
            created_at,
        }
    }
}
