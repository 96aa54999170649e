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
use crate::ids::{Customer, CustomerMembership, Id, MembershipPlan, Sale, Service};
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

/// A plan that is on sale.
#[derive(FromQueryResult)]
pub(crate) struct OnSale {
    pub(crate) name: String,
    pub(crate) price_minor: i64,
    period: String,
}

impl OnSale {
    /// The plan, kept from being put away until the transaction ends. None, if there is no such plan or it isn't
    /// on sale any more.
    pub(crate) async fn hold(
        tx: &TenantTx,
        id: Id<MembershipPlan>,
    ) -> Result<Option<Self>, StoreError> {
        let sql = "select name, price_minor, period from membership_plans
                   where tenant_id = $1 and id = $2 and archived_at is null for key share";
        let values = [tx.tenant().uuid().into(), id.uuid().into()];
        let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
        Ok(Self::find_by_statement(statement).one(tx.conn()).await?)
    }

    /// The first day after one period.
    pub(crate) fn ends_on(&self, starts_on: NaiveDate) -> Option<NaiveDate> {
        end(&self.period, starts_on)
    }
}

/// A period of a plan that a customer is a member for.
pub(crate) struct Term {
    pub(crate) plan: Id<MembershipPlan>,
    pub(crate) plan_name: String,
    pub(crate) starts_on: NaiveDate,
    pub(crate) ends_on: NaiveDate,
    /// How it was sold; none, if it was given.
    pub(crate) sale: Option<Id<Sale>>,
}

impl Term {
    /// Makes a customer who is held a member. What the log says is the caller's.
    pub(crate) async fn begin(
        self,
        tx: &mut TenantTx,
        customer: Id<Customer>,
    ) -> Result<CustomerMembershipFacts, StoreError> {
        let row = membership::ActiveModel {
            tenant_id: Set(tx.tenant().uuid()),
            id: Set(tx.new_id::<CustomerMembership>().uuid()),
            customer_id: Set(customer.uuid()),
            plan_id: Set(self.plan.uuid()),
            starts_on: Set(self.starts_on),
            ends_on: Set(self.ends_on),
            created_at: Set(tx.now()),
            cancelled_at: Set(None),
            sale_id: Set(self.sale.map(Id::uuid)),
        };
        let row = row.insert(tx.conn()).await?;
        tx.emit(NewEvent::new("customer.membership_added", &json!({ "id": customer })));
        Ok(facts(row, self.plan_name))
    }
}

/// Makes a customer a member for one period of the plan.
pub async fn add_membership(
    tx: &mut TenantTx,
    id: Id<Customer>,
    new: NewMembership,
) -> Result<CustomerMembershipFacts, CustomerError> {
    held(tx, id).await?;
    let plan = OnSale::hold(tx, new.plan).await?;
    let today = tenants::today(tx).await?;
    let starts_on = new.starts_on.unwrap_or(today);
    let mut faults = Faults::new();
    if plan.is_none() {
        faults.note("/plan_id", unknown_plan());
    }
    let ends_on = plan.as_ref().and_then(|plan| plan.ends_on(starts_on));
    faults.take("/starts_on", near(starts_on, today));
    let (Some(plan), Some(ends_on), true) = (plan, ends_on, faults.is_empty()) else {
        return Err(faults.into());
    };
    let term = Term { plan: new.plan, plan_name: plan.name, starts_on, ends_on, sale: None };
    let made = term.begin(tx, id).await?;
    let changes = [
        Change::of("plan", Value::Null, made.plan_name.clone()),
        Change::of("starts_on", Value::Null, starts_on.to_string()),
    ];
    tx.record(line_about("customer.membership_added", id).changed(changes));
    Ok(made)
}

/// Cancels a membership that was given at once. Cancelling it again changes nothing. What was paid for is ended
/// where it is said what goes back.
pub async fn cancel_membership(
    tx: &mut TenantTx,
    id: Id<Customer>,
    membership: Id<CustomerMembership>,
) -> Result<(), CustomerError> {
    held(tx, id).await?;
    let found = HeldMembership::hold(tx, id, membership).await?.ok_or(CustomerError::NotFound)?;
    if found.0.sale_id.is_some() && found.0.cancelled_at.is_none() {
        return Err(CustomerError::PaidFor);
    }
    if found.end(tx).await? {
        tx.record(line_about("customer.membership_cancelled", id));
    }
    Ok(())
}

/// A customer's membership, held until the transaction ends.
pub(crate) struct HeldMembership(membership::Model);

impl HeldMembership {
    /// Holds it. None, if the customer has no such membership.
    pub(crate) async fn hold(
        tx: &TenantTx,
        id: Id<Customer>,
        membership: Id<CustomerMembership>,
    ) -> Result<Option<Self>, StoreError> {
        let found = membership::Entity::find_by_id((tx.tenant().uuid(), membership.uuid()))
            .lock_exclusive()
            .one(tx.conn())
            .await?;
        Ok(found.filter(|row| row.customer_id == id.uuid()).map(Self))
    }

    /// Ends it at once; says whether it wasn't before.
    pub(crate) async fn end(self, tx: &mut TenantTx) -> Result<bool, StoreError> {
        if self.0.cancelled_at.is_some() {
            return Ok(false);
        }
        let id = Id::<Customer>::from_uuid(self.0.customer_id);
        let mut row: membership::ActiveModel = self.0.into();
        row.cancelled_at = Set(Some(tx.now()));
        row.update(tx.conn()).await?;
        tx.emit(NewEvent::new("customer.membership_cancelled", &json!({ "id": id })));
        Ok(true)
    }
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

/// Of a plan that isn't there, or isn't on sale any more.
pub(crate) fn unknown_plan() -> ValueFault {
    ValueFault::new("unknown_plan", "There is no such plan.")
}

/// The first day of a membership, if it can be meant.
pub(crate) fn near(day: NaiveDate, today: NaiveDate) -> Result<NaiveDate, ValueFault> {
    let decade = Days::new(3_653);
    let first = today.checked_sub_days(decade).unwrap_or(NaiveDate::MIN);
    let last = today.checked_add_days(decade).unwrap_or(NaiveDate::MAX);
    if (first..=last).contains(&day) {
        return Ok(day);
    }
    Err(ValueFault::new("out_of_range", "Within ten years from today, please."))
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
