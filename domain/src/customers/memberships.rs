//! What customers are members of, and what that opens to them.

use chrono::{Days, Months, NaiveDate};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, DbBackend, EntityTrait, FromQueryResult, QuerySelect,
    Statement,
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::entities::membership;
use super::find::{held, visible};
use super::{CustomerError, line_about};
use crate::audit::Change;
use crate::fault::{Faults, ValueFault};
use crate::ids::{Customer, CustomerMembership, Id, MembershipPlan, Service};
use crate::outbox::NewEvent;
use crate::page::{Paged, Window};
use crate::tenancy::{StoreError, TenantTx};
use crate::tenants;
use crate::time::Instant;

/// A customer's membership.
#[derive(Debug, Clone)]
pub struct CustomerMembershipFacts {
    /// Its id.
    pub id: Id<CustomerMembership>,
    /// Of what.
    pub plan: Id<MembershipPlan>,
    /// What that is called.
    pub plan_name: String,
    /// The first day.
    pub starts_on: NaiveDate,
    /// The first day after it.
    pub ends_on: NaiveDate,
    /// When it was made.
    pub created_at: Instant,
    /// When it was cancelled: it ended then.
    pub cancelled_at: Option<Instant>,
}

/// What is wanted of a new membership.
#[derive(Debug, Clone, Copy)]
pub struct NewMembership {
    /// Of what.
    pub plan: Id<MembershipPlan>,
    /// The first day; today, if not given.
    pub starts_on: Option<NaiveDate>,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    plan_id: Uuid,
    plan_name: String,
    starts_on: NaiveDate,
    ends_on: NaiveDate,
    created_at: Instant,
    cancelled_at: Option<Instant>,
}

impl From<Row> for CustomerMembershipFacts {
    fn from(row: Row) -> Self {
        Self {
            id: Id::from_uuid(row.id),
            plan: Id::from_uuid(row.plan_id),
            plan_name: row.plan_name,
            starts_on: row.starts_on,
            ends_on: row.ends_on,
            created_at: row.created_at,
            cancelled_at: row.cancelled_at,
        }
    }
}

const LIST: &str = "
    select m.id, m.plan_id, p.name as plan_name, m.starts_on, m.ends_on, m.created_at, m.cancelled_at
    from customer_memberships m
    join membership_plans p on p.tenant_id = m.tenant_id and p.id = m.plan_id
    where m.tenant_id = $1 and m.customer_id = $2 and ($3::uuid is null or m.id < $3)
    order by m.id desc limit $4";

/// A customer's memberships, the newest first.
pub async fn memberships(
    tx: &TenantTx,
    id: Id<Customer>,
    window: Window<CustomerMembership>,
) -> Result<Paged<CustomerMembershipFacts>, CustomerError> {
    visible(tx, id).await?;
    let values = [
        tx.tenant().uuid().into(),
        id.uuid().into(),
        window.after.map(Id::uuid).into(),
        i64::try_from(window.rows_to_ask()).unwrap_or(i64::MAX).into(),
    ];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, LIST, values);
    let rows = Row::find_by_statement(statement).all(tx.conn()).await?;
    Ok(window.cut(rows.into_iter().map(Row::into).collect(), |m: &CustomerMembershipFacts| m.id))
}

#[derive(FromQueryResult)]
struct Plan {
    name: String,
    period: String,
}

/// Makes a customer a member for one period of the plan.
pub async fn add_membership(
    tx: &mut TenantTx,
    id: Id<Customer>,
    new: NewMembership,
) -> Result<CustomerMembershipFacts, CustomerError> {
    held(tx, id).await?;
    let sql = "select name, period from membership_plans
               where tenant_id = $1 and id = $2 and archived_at is null for key share";
    let values = [tx.tenant().uuid().into(), new.plan.uuid().into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    let plan = Plan::find_by_statement(statement).one(tx.conn()).await?;
    let today = tenants::today(tx).await?;
    let starts_on = new.starts_on.unwrap_or(today);
    let mut faults = Faults::new();
    if plan.is_none() {
        faults.note("/plan_id", ValueFault::new("unknown_plan", "There is no such plan."));
    }
    let ends_on = plan.as_ref().and_then(|plan| end(&plan.period, starts_on));
    if !is_near(starts_on, today) || (plan.is_some() && ends_on.is_none()) {
        let detail = "Within ten years from today, please.";
        faults.note("/starts_on", ValueFault::new("out_of_range", detail));
    }
    let (Some(plan), Some(ends_on), true) = (plan, ends_on, faults.is_empty()) else {
        return Err(faults.into());
    };
    let row = membership::ActiveModel {
        tenant_id: Set(tx.tenant().uuid()),
        id: Set(tx.new_id::<CustomerMembership>().uuid()),
        customer_id: Set(id.uuid()),
        plan_id: Set(new.plan.uuid()),
        starts_on: Set(starts_on),
        ends_on: Set(ends_on),
        created_at: Set(tx.now()),
        cancelled_at: Set(None),
    };
    let row = row.insert(tx.conn()).await?;
    let changes = [
        Change::of("plan", Value::Null, plan.name.clone()),
        Change::of("starts_on", Value::Null, starts_on.to_string()),
    ];
    tx.record(line_about("customer.membership_added", id).changed(changes));
    tx.emit(NewEvent::new("customer.membership_added", &json!({ "id": id })));
    Ok(facts(row, plan.name))
}

/// Cancels a membership at once. Cancelling it again changes nothing.
pub async fn cancel_membership(
    tx: &mut TenantTx,
    id: Id<Customer>,
    membership: Id<CustomerMembership>,
) -> Result<(), CustomerError> {
    held(tx, id).await?;
    let found = membership::Entity::find_by_id((tx.tenant().uuid(), membership.uuid()))
        .lock_exclusive()
        .one(tx.conn())
        .await?;
    let found = found.filter(|row| row.customer_id == id.uuid()).ok_or(CustomerError::NotFound)?;
    if found.cancelled_at.is_some() {
        return Ok(());
    }
    let mut row: membership::ActiveModel = found.into();
    row.cancelled_at = Set(Some(tx.now()));
    row.update(tx.conn()).await?;
    tx.record(line_about("customer.membership_cancelled", id));
    tx.emit(NewEvent::new("customer.membership_cancelled", &json!({ "id": id })));
    Ok(())
}

fn facts(row: membership::Model, plan_name: String) -> CustomerMembershipFacts {
    CustomerMembershipFacts {
        id: Id::from_uuid(row.id),
        plan: Id::from_uuid(row.plan_id),
        plan_name,
        starts_on: row.starts_on,
        ends_on: row.ends_on,
        created_at: row.created_at,
        cancelled_at: row.cancelled_at,
    }
}

/// The first day after one period. A month from the 31st ends with a shorter month.
pub(super) fn end(period: &str, starts_on: NaiveDate) -> Option<NaiveDate> {
    let months = if period == "year" { 12 } else { 1 };
    starts_on.checked_add_months(Months::new(months))
}

fn is_near(day: NaiveDate, today: NaiveDate) -> bool {
    let decade = Days::new(3_653);
    let first = today.checked_sub_days(decade).unwrap_or(NaiveDate::MIN);
    let last = today.checked_add_days(decade).unwrap_or(NaiveDate::MAX);
    (first..=last).contains(&day)
}

#[derive(FromQueryResult)]
struct PlanId {
    plan_id: Uuid,
}

/// What a customer is a member of on a day.
pub async fn active_plans(
    tx: &TenantTx,
    customer: Id<Customer>,
    on: NaiveDate,
) -> Result<Vec<Id<MembershipPlan>>, StoreError> {
    let sql = "
        select distinct plan_id from customer_memberships
        where tenant_id = $1 and customer_id = $2 and cancelled_at is null
          and starts_on <= $3 and ends_on > $3
        order by plan_id";
    let values = [tx.tenant().uuid().into(), customer.uuid().into(), on.into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    let found = PlanId::find_by_statement(statement).all(tx.conn()).await?;
    Ok(found.into_iter().map(|row| Id::from_uuid(row.plan_id)).collect())
}

#[derive(Debug, FromQueryResult)]
struct LiveRow {
    starts_on: NaiveDate,
    ends_on: NaiveDate,
    discount_percent: i16,
    services: Vec<Uuid>,
}

/// What a customer is a member of, now or later on.
#[derive(Debug, Default)]
pub struct LiveMemberships(Vec<LiveRow>);

/// A customer's memberships that aren't over.
pub async fn live_memberships(
    tx: &TenantTx,
    customer: Id<Customer>,
) -> Result<LiveMemberships, StoreError> {
    let sql = "
        select m.starts_on, m.ends_on, p.discount_percent,
               array(select o.service_id from membership_plan_services o
                     where o.tenant_id = m.tenant_id and o.plan_id = m.plan_id) as services
        from customer_memberships m
        join membership_plans p on p.tenant_id = m.tenant_id and p.id = m.plan_id
        where m.tenant_id = $1 and m.customer_id = $2 and m.cancelled_at is null
          and m.ends_on >= $3";
    // It may still be the day before, somewhere.
    let since = (tx.now() - chrono::Duration::days(1)).date_naive();
    let values = [tx.tenant().uuid().into(), customer.uuid().into(), since.into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    Ok(LiveMemberships(LiveRow::find_by_statement(statement).all(tx.conn()).await?))
}

impl LiveMemberships {
    fn on(&self, day: NaiveDate) -> impl Iterator<Item = &LiveRow> {
        self.0.iter().filter(move |row| row.starts_on <= day && day < row.ends_on)
    }

    /// What they pay less on a day, in percent: of several, the most.
    pub fn discount_on(&self, day: NaiveDate) -> u8 {
        let percent = self.on(day).map(|row| row.discount_percent).max().unwrap_or(0);
        u8::try_from(percent.clamp(0, 100)).unwrap_or(0)
    }

    /// Whether they may have a members-only service on a day.
    pub fn opens(&self, service: Id<Service>, day: NaiveDate) -> bool {
        self.on(day).any(|row| row.services.contains(&service.uuid()))
    }
}
