//! What the provider says of what a business pays, and when it is asked.

use chrono::{DateTime, Duration};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, DbBackend, FromQueryResult, Statement};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::biller::{Going, SubscriptionState};
use super::billing::Billing;
use super::entities::subscription;
use super::error::PlanError;
use super::rows::{self, held, hold, row};
use super::standing::Stage;
use crate::ids::{Id, Tenant};
use crate::jobs::{self, NewJob};
use crate::tenancy::{Caller, Db, StoreError, SystemReason, SystemTx};
use crate::tenants::{self, Tally};
use crate::time::Instant;

/// The kind of job that looks at what a business pays.
pub const LOOK_AT_PLAN: &str = "plans.look";

/// What such a job carries: nothing, as a business has one plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LookAtPlan {}

/// The task that the log names.
const TASK: &str = "plans";
/// So long after something should have been heard the provider is asked.
const SILENCE: Duration = Duration::minutes(10);
/// So long after a page was led to for the last time nobody can pay there any more, and what was paid there was found.
const PAGE_ASKED: Duration = Duration::hours(1);
/// What was begun at a page and not paid yet can be paid for so long.
const BEGUN_FOR: Duration = Duration::hours(24);
/// What is going badly, or was just to be paid again, is asked about so often.
const OFTEN: Duration = Duration::hours(1);

impl Going {
    /// As it is kept. What never began is nothing.
    const fn stage(self) -> Option<Stage> {
        match self {
            Self::Incomplete => None,
            Self::Trying => Some(Stage::Trying),
            Self::Active => Some(Stage::Active),
            Self::PastDue => Some(Stage::PastDue),
            Self::Unpaid => Some(Stage::Unpaid),
            Self::Paused => Some(Stage::Paused),
            Self::Ended => Some(Stage::Ended),
        }
    }

    const fn goes_on(self) -> bool {
        !matches!(self, Self::Incomplete | Self::Ended)
    }
}

/// Which of a business's subscriptions counts, and which others go on beside it. The oldest that goes on counts:
/// what was paid first; of those that are over, the newest.
fn counts(all: Vec<SubscriptionState>) -> (Option<SubscriptionState>, Vec<SubscriptionState>) {
    let (mut going, over): (Vec<_>, Vec<_>) = all.into_iter().partition(|one| one.stage.goes_on());
    going.sort_by_key(|one| one.created);
    if going.is_empty() {
        let ended = over.into_iter().filter(|one| one.stage == Going::Ended);
        return (ended.max_by_key(|one| one.created), Vec::new());
    }
    let first = going.remove(0);
    (Some(first), going)
}

/// Whether something was begun that may still be paid for the first time.
fn is_begun(all: &[SubscriptionState], now: Instant) -> bool {
    let since = (now - BEGUN_FOR).timestamp();
    all.iter().any(|one| one.stage == Going::Incomplete && one.created > since)
}

impl Billing {
    pub(super) async fn look_as(&self, caller: &Caller) -> Result<(), PlanError> {
        let caller = &Caller::worker(caller.facts().clone(), TASK);
        let Some(biller) = &self.biller else { return Ok(()) };
        let tx = self.db.tenant(caller).await?;
        let customer = row(&tx).await?.and_then(|row| row.customer);
        tx.commit().await?;
        let Some(customer) = customer else {
            self.weigh(caller).await?;
            return Ok(());
        };
        let asked_at = self.db.clock().now();
        let all = match biller.subscriptions(&customer).await {
            Ok(all) => all,
            Err(error) => {
                // Others have their turn before it is tried again.
                let tx = self.db.tenant(caller).await?;
                let mut change: subscription::ActiveModel = held(&tx).await?.into();
                change.looked_at = Set(tx.now());
                change.update(tx.conn()).await?;
                tx.commit().await?;
                return Err(error.into());
            }
        };
        let begun = is_begun(&all, asked_at);
        let (one, beside) = counts(all);
        for twice in beside {
            tracing::warn!(tenant = %caller.tenant(), "a plan was taken twice; the later one ends");
            biller.end(&twice.id).await?;
        }
        let mut tx = self.db.tenant(caller).await?;
        hold(&tx).await?;
        let row = held(&tx).await?;
        // What somebody found out meanwhile is newer.
        if row.looked_at <= asked_at {
            note(row, one, begun, tx.now()).update(tx.conn()).await?;
        }
        rows::weigh(&mut tx, true, &self.public_url).await?;
        Ok(tx.commit().await?)
    }

    /// The same for a job.
    pub async fn look_at(&self, tenant: Id<Tenant>) -> Result<(), PlanError> {
        match tenants::on_behalf(&self.db, tenant, TASK).await? {
            Some(caller) => self.look_as(&caller).await,
            None => Ok(()),
        }
    }

    /// Brings those businesses to how their plans stand for which that may have changed by time, and has the
    /// provider asked where something should have been heard; says at how many.
    pub async fn keep_up(&self) -> Result<u64, StoreError> {
        let due = if self.biller.is_some() { DUE } else { FREE };
        let mut tally = Tally::new();
        for tenant in tenants::with_something_due(&self.db, due, self.db.clock().now()).await? {
            let Some(caller) = tenants::on_behalf(&self.db, tenant, TASK).await? else { continue };
            let went = self.weigh(&caller).await;
            tally.add(tenant, went.map(|_| 1).map_err(PlanError::into_store));
        }
        let asked = if self.biller.is_some() { ask_the_silent(&self.db).await? } else { 0 };
        Ok(tally.end()? + asked)
    }
}

/// The row as the provider says.
fn note(
    row: subscription::Model,
    one: Option<SubscriptionState>,
    begun: bool,
    now: Instant,
) -> subscription::ActiveModel {
    let left = !begun && row.page_until.is_some_and(|until| until + PAGE_ASKED <= now);
    let mut change = noted(row, one, now);
    if left {
        // Somebody went there and left again: nothing is to be heard of it any more.
        forget_page(&mut change);
    }
    change
}

fn forget_page(change: &mut subscription::ActiveModel) {
    change.page = Set(None);
    change.page_url = Set(None);
    change.page_plan = Set(None);
    change.page_until = Set(None);
}

fn noted(
    row: subscription::Model,
    one: Option<SubscriptionState>,
    now: Instant,
) -> subscription::ActiveModel {
    let before = row.stage.clone();
    let (since, ended) = (row.past_due_since, row.ended_at);
    let same = one.as_ref().is_some_and(|one| row.reference.as_deref() == Some(&one.id));
    let mut change: subscription::ActiveModel = row.into();
    change.looked_at = Set(now);
    let Some(one) = one else { return change };
    let Some(stage) = one.stage.stage() else { return change };
    let at = |seconds: i64| DateTime::from_timestamp(seconds, 0);
    let owes = matches!(stage, Stage::PastDue | Stage::Unpaid | Stage::Paused);
    let was_over = same && before.as_deref() == Some(Stage::Ended.key());
    change.reference = Set(Some(one.id));
    change.item = Set(Some(one.item));
    change.stage = Set(Some(stage.key().to_owned()));
    change.plan = Set(one.plan);
    change.amount_minor = Set(Some(one.amount_minor));
    change.currency = Set(Some(one.currency));
    change.period_ends = Set(one.period_ends.and_then(at));
    change.ends_at = Set(one.ends_at.and_then(at));
    change.past_due_since = Set(owes.then(|| since.filter(|_| same).unwrap_or(now)));
    let over = stage == Stage::Ended;
    change.ended_at = Set(over.then(|| ended.filter(|_| was_over).unwrap_or(now)));
    if stage.goes_on() {
        // It was taken there, or elsewhere: nobody is led to a page any more.
        forget_page(&mut change);
    }
    change.updated_at = Set(now);
    change
}

const DUE: &str = "select id as tenant_id from tenants where plan_due_at <= $1
                   order by plan_due_at limit 500";

/// Where plans cost nothing, nobody only looks on.
const FREE: &str = "select id as tenant_id from tenants
                    where read_only and $1::timestamptz is not null limit 500";

/// Of whom something should have been heard: a page is open or was; the next bill is over; a bill wasn't paid.
const SILENT: &str = "
    select tenant_id from subscriptions
    where customer is not null
      and (page_until is not null and page_until < $1 + interval '30 minutes' and looked_at < $2
           or stage in ('active', 'trying') and looked_at < $3
              and (period_ends < $1 or ends_at < $1)
           or stage in ('past_due', 'unpaid', 'paused') and looked_at < $3)
    order by looked_at limit 500";

#[derive(FromQueryResult)]
struct Whose {
    tenant_id: Uuid,
}

async fn ask_the_silent(db: &Db) -> Result<u64, StoreError> {
    let tx = db.system(SystemReason::Payments).await?;
    let now = tx.now();
    let values = [now.into(), (now - SILENCE).into(), (now - OFTEN).into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, SILENT, values);
    let silent = Whose::find_by_statement(statement).all(tx.conn()).await?;
    let slot = now.timestamp() / SILENCE.num_seconds();
    let job = |Whose { tenant_id }: Whose| {
        let tenant = Id::<Tenant>::from_uuid(tenant_id);
        let key = format!("silent plan {tenant} {slot}");
        (Some(tenant), NewJob::new(LOOK_AT_PLAN, &LookAtPlan {}).once(key))
    };
    let jobs = silent.into_iter().map(job).collect();
    let queued = jobs::enqueue_all(tx.conn(), tx.tools(), now, jobs).await?;
    tx.commit().await?;
    Ok(queued)
}

/// The provider told something of one of its customers: whoever that is here is looked at.
pub(crate) async fn heard_of(tx: &SystemTx, customer: &str, event: &str) -> Result<(), StoreError> {
    let sql = "select tenant_id from subscriptions where customer = $1";
    let values = [customer.to_owned().into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    for Whose { tenant_id } in Whose::find_by_statement(statement).all(tx.conn()).await? {
        let job = NewJob::new(LOOK_AT_PLAN, &LookAtPlan {}).once(format!("heard {event}"));
        let tenant = Some(Id::<Tenant>::from_uuid(tenant_id));
        jobs::enqueue(tx.conn(), tx.tools(), tx.now(), tenant, job).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(id: &str, stage: Going, created: i64) -> SubscriptionState {
        SubscriptionState {
            id: id.to_owned(),
            item: "si_1".to_owned(),
            stage,
            price: "price_1".to_owned(),
            plan: Some("team".to_owned()),
            amount_minor: 4_900,
            currency: "USD".to_owned(),
            period_ends: None,
            ends_at: None,
            created,
        }
    }

    #[test]
    fn what_was_paid_first_counts() {
        use Going as G;
        let cases: [(&[(G, i64)], Option<usize>, &[usize]); 6] = [
            (&[], None, &[]),
            (&[(G::Incomplete, 1)], None, &[]),
            (&[(G::Ended, 2), (G::Ended, 1)], Some(0), &[]),
            (&[(G::Active, 3), (G::Ended, 5)], Some(0), &[]),
            (&[(G::Active, 3), (G::PastDue, 2), (G::Incomplete, 1)], Some(1), &[0]),
            (&[(G::Trying, 3), (G::Active, 4), (G::Active, 5)], Some(0), &[1, 2]),
        ];
        for (all, chosen, twice) in cases {
            let name = |place: usize| format!("sub_{place}");
            let all = all.iter().enumerate();
            let all: Vec<_> =
                all.map(|(place, (stage, at))| one(&name(place), *stage, *at)).collect();
            let (found, beside) = counts(all.clone());
            assert_eq!(found.map(|one| one.id), chosen.map(name), "{all:?}");
            let beside: Vec<_> = beside.into_iter().map(|one| one.id).collect();
            assert_eq!(beside, twice.iter().map(|place| name(*place)).collect::<Vec<_>>());
        }
    }

    #[test]
    fn what_was_begun_can_be_paid_for_a_day() {
        let now = DateTime::from_timestamp(1_000_000, 0).unwrap();
        let at = |hours: i64| (now - Duration::hours(hours)).timestamp();
        for (stage, hours, begun) in [
            (Going::Incomplete, 1, true),
            (Going::Incomplete, 23, true),
            (Going::Incomplete, 24, false),
            (Going::Ended, 1, false),
            (Going::Active, 1, false),
        ] {
            let all = [one("sub_0", stage, at(hours))];
            assert_eq!(is_begun(&all, now), begun, "{stage:?} {hours}");
        }
        assert!(!is_begun(&[], now));
    }
}
