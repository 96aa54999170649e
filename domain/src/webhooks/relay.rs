//! From the outbox to deliveries.

use std::collections::HashSet;

use chrono::Duration;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbBackend, EntityTrait, FromQueryResult, QueryFilter,
    QueryOrder, QuerySelect, Statement,
};
use serde::Serialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::entities::endpoint;
use super::said::{Said, behind, may_be_said, said};
use super::{EndpointState, Preset, TASK, preset};
use crate::bells::{self, Ring};
use crate::ids::{Id, Tenant, WebhookDelivery};
use crate::tenancy::{Caller, Db, StoreError, SystemReason, TenantFacts, TenantTx};
use crate::time::Instant;

/// For so long after an endpoint was switched off it is noted what it misses.
const MISSED_KEPT: Duration = Duration::days(7);

/// So many events are read at once.
const AT_ONCE: i64 = 100;

/// A business some of whose events its endpoints weren't told yet.
#[derive(Debug, Clone)]
pub struct Listening(TenantFacts);

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    plan: String,
    require_two_factor: bool,
    read_only: bool,
}

impl Listening {
    /// Which business.
    pub fn tenant(&self) -> Id<Tenant> {
        self.0.id
    }
}

const LISTENING: &str = "
    select t.id, t.plan, t.require_two_factor, t.read_only
    from webhook_cursors c
    join event_counters e on e.tenant_id = c.tenant_id and e.last_seq > c.seq
    join tenants t on t.id = c.tenant_id
    where c.listens";

/// Looked up one by one, whatever the planner thinks of a list that it doesn't know.
const LISTENING_OF: &str = "
    select t.id, t.plan, t.require_two_factor, t.read_only
    from unnest($1::uuid[]) as rang (id)
    cross join lateral (
        select tenant_id, seq from webhook_cursors where tenant_id = rang.id and listens limit 1
    ) c
    cross join lateral (
        select 1 from event_counters where tenant_id = rang.id and last_seq > c.seq limit 1
    ) e
    join tenants t on t.id = c.tenant_id";

/// Of those for whom it rang, the businesses that have something to tell and somebody to tell it to. To
/// look at all costs with each that listens; to look at some costs with these alone.
pub async fn listening(db: &Db, rang: &Ring) -> Result<Vec<Listening>, StoreError> {
    let statement = match rang {
        Ring::Anybody => Statement::from_string(DbBackend::Postgres, LISTENING),
        Ring::These(tenants) if tenants.is_empty() => return Ok(Vec::new()),
        Ring::These(tenants) => {
            let ids: Vec<_> = tenants.iter().map(|tenant| tenant.uuid()).collect();
            Statement::from_sql_and_values(DbBackend::Postgres, LISTENING_OF, [ids.into()])
        }
    };
    let tx = db.system(SystemReason::Webhooks).await?;
    let rows = Row::find_by_statement(statement).all(tx.conn()).await?;
    tx.rollback().await?;
    Ok(rows
        .into_iter()
        .map(|row| Listening(facts(row.id, row.plan, row.require_two_factor, row.read_only)))
        .collect())
}

pub(super) fn facts(
    id: Uuid,
    plan: String,
    require_two_factor: bool,
    read_only: bool,
) -> TenantFacts {
    TenantFacts { id: Id::from_uuid(id), plan, require_two_factor, read_only }
}

/// Turns a business's next events into deliveries, and moves its cursor on, in one transaction. Who
/// comes second, while another one does so, does nothing. Says whether there may be more events.
pub async fn relay(db: &Db, listening: &Listening) -> Result<bool, StoreError> {
    let tx = db.tenant(&Caller::worker(listening.0.clone(), TASK)).await?;
    let Some(seq) = hold_cursor(&tx).await? else { return Ok(false) };
    let events = behind(&tx, seq, AT_ONCE).await?;
    let Some(last) = events.last().map(|event| event.seq) else { return Ok(false) };
    if events.iter().any(may_be_said) {
        // Held before what is said is read: whose data are erased meanwhile is not told any more.
        let endpoints = wanting(&tx).await?;
        let said = said(&tx, &events).await?;
        for endpoint in endpoints {
            let own: Vec<_> = said
                .iter()
                .filter(|(_, said)| endpoint.events.iter().any(|wanted| wanted == said.kind.key()))
                .map(|(seq, said)| {
                    let missed = *seq <= endpoint.told_after;
                    Ok(NewDelivery { missed, ..NewDelivery::of(said, &endpoint)? })
                })
                .collect::<Result<_, StoreError>>()?;
            put(&tx, &endpoint, own).await?;
        }
    }
    move_cursor(&tx, last).await?;
    tx.commit().await?;
    Ok(events.len() as u64 >= AT_ONCE.unsigned_abs())
}

async fn hold_cursor(tx: &TenantTx) -> Result<Option<i64>, StoreError> {
    #[derive(FromQueryResult)]
    struct Cursor {
        seq: i64,
    }
    let sql = "select seq from webhook_cursors where tenant_id = $1 and listens
               for update skip locked";
    let values = [tx.tenant().uuid().into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    Ok(Cursor::find_by_statement(statement).one(tx.conn()).await?.map(|cursor| cursor.seq))
}

async fn move_cursor(tx: &TenantTx, seq: i64) -> Result<(), StoreError> {
    let sql = "update webhook_cursors set seq = $2 where tenant_id = $1";
    let values = [tx.tenant().uuid().into(), seq.into()];
    tx.conn().execute_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, values)).await?;
    Ok(())
}

/// The endpoints that are told, held: whoever sends writes what became of it while they hold it, too.
/// One that is switched off, or was given up, is told in the log alone, for the day when it is there again;
/// but not for ever, what is said of customers for somebody who has forgotten it.
async fn wanting(tx: &TenantTx) -> Result<Vec<endpoint::Model>, StoreError> {
    let lately =
        Expr::cust_with_values("coalesce(disabled_at, updated_at) > $1", [tx.now() - MISSED_KEPT]);
    let told =
        Condition::any().add(endpoint::Column::State.eq(EndpointState::On.key())).add(lately);
    let found = endpoint::Entity::find()
        .filter(endpoint::Column::TenantId.eq(tx.tenant().uuid()))
        .filter(endpoint::Column::State.ne(EndpointState::Removed.key()))
        .filter(told)
        .order_by_asc(endpoint::Column::Id)
        .lock_exclusive();
    Ok(found.all(tx.conn()).await?)
}

/// A delivery to be written.
#[derive(Debug)]
pub(super) struct NewDelivery {
    pub(super) event: Uuid,
    pub(super) kind: String,
    pub(super) happened_at: Instant,
    pub(super) about: String,
    pub(super) customer: Option<Uuid>,
    pub(super) body: String,
    pub(super) replay_of: Option<Uuid>,
    /// It happened while the endpoint was off: it stands in the log alone.
    pub(super) missed: bool,
}

impl NewDelivery {
    pub(super) fn of(said: &Said, to: &endpoint::Model) -> Result<Self, StoreError> {
        Ok(Self {
            event: said.event.uuid(),
            kind: said.kind.key().to_owned(),
            happened_at: said.at,
            about: said.about.clone(),
            customer: said.customer.map(Id::uuid),
            body: preset::body(Preset::stored(&to.preset)?, said),
            replay_of: None,
            missed: false,
        })
    }
}

#[derive(Serialize)]
struct Written {
    id: Uuid,
    place: i64,
    event_id: Uuid,
    kind: String,
    happened_at: Instant,
    about: String,
    customer_id: Option<Uuid>,
    body: String,
    replay_of: Option<Uuid>,
    /// Whether it is sent, or stands in the log alone.
    sent: bool,
    /// Whether none of those that are sent comes before it about the same.
    first: bool,
}

/// Where there is one waiting about the same already, a new one waits behind it.
const PUT: &str = "
    insert into webhook_deliveries (
        tenant_id, id, endpoint_id, place, event_id, kind, happened_at, about, customer_id, body,
        state, next_at, replay_of, created_at, ended_at)
    select $1, n.id, $2, n.place, n.event_id, n.kind, n.happened_at, n.about, n.customer_id, n.body,
           case when n.sent then 'waiting' else 'cancelled' end,
           case when n.first and not exists (
               select 1 from webhook_deliveries w
               where w.tenant_id = $1 and w.endpoint_id = $2 and w.about = n.about
                 and w.state = 'waiting') then $4::timestamptz end,
           n.replay_of, $4::timestamptz, case when n.sent then null else $4::timestamptz end
    from jsonb_to_recordset($3) as n (
        id uuid, place bigint, event_id uuid, kind text, happened_at timestamptz, about text,
        customer_id uuid, body text, replay_of uuid, sent boolean, first boolean)";

/// Puts deliveries behind all others of an endpoint that is held. Gives back their ids.
pub(super) async fn put(
    tx: &TenantTx,
    endpoint: &endpoint::Model,
    new: Vec<NewDelivery>,
) -> Result<Vec<Id<WebhookDelivery>>, StoreError> {
    if new.is_empty() {
        return Ok(Vec::new());
    }
    let on = endpoint.state == EndpointState::On.key();
    let mut known = HashSet::new();
    let mut place = endpoint.last_place;
    let written: Vec<Written> = new
        .into_iter()
        .map(|new| {
            place += 1;
            let sent = on && !new.missed;
            Written {
                id: tx.new_id::<WebhookDelivery>().uuid(),
                place,
                event_id: new.event,
                kind: new.kind,
                happened_at: new.happened_at,
                sent,
                first: sent && known.insert(new.about.clone()),
                about: new.about,
                customer_id: new.customer,
                body: new.body,
                replay_of: new.replay_of,
            }
        })
        .collect();
    if written.iter().any(|written| written.sent) {
        tx.tools().ringer.remember(bells::DELIVERIES);
    }
    let ids = written.iter().map(|written| Id::from_uuid(written.id)).collect();
    let rows: Value = json!(written);
    let values = [tx.tenant().uuid().into(), endpoint.id.into(), rows.into(), tx.now().into()];
    tx.conn().execute_raw(Statement::from_sql_and_values(DbBackend::Postgres, PUT, values)).await?;
    let sql = "
        update webhook_endpoints
        set last_place = $3,
            due_at = case when state = 'on' then greatest(least(due_at, $4), rests_until) end
        where tenant_id = $1 and id = $2";
    let values = [tx.tenant().uuid().into(), endpoint.id.into(), place.into(), tx.now().into()];
    tx.conn().execute_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, values)).await?;
    Ok(ids)
}
