//! Memberships that are sold: what somebody is a member of is the customer's, as one that was given to them is.
//! What it was sold for, and what goes back when it is cancelled, is here.

use chrono::NaiveDate;
use sea_orm::{DbBackend, FromQueryResult, Statement};
use serde_json::json;
use uuid::Uuid;

use super::back::why;
use super::error::SoldError;
use super::sale::{self, Counter, Desk, Sold};
use super::words::What;
use crate::audit::NewEntry;
use crate::customers::{self, CustomerMembershipFacts, HeldMembership, OnSale, Term};
use crate::fault::{Faults, ValueFault};
use crate::ids::{Customer, CustomerMembership, Id, Location, MembershipPlan, Sale};
use crate::outbox::NewEvent;
use crate::page::{Paged, Window};
use crate::payments::{self, Way};
use crate::tenancy::{StoreError, TenantTx};
use crate::tenants;
use crate::text;
use crate::time::Instant;

/// A membership that somebody buys at the desk.
#[derive(Debug, Clone)]
pub struct NewSoldMembership {
    /// Who becomes a member.
    pub customer: Id<Customer>,
    /// Of what.
    pub plan: Id<MembershipPlan>,
    /// Where it is sold.
    pub location: Id<Location>,
    /// How it is paid.
    pub way: Way,
    /// The first day; today, if not given.
    pub starts_on: Option<NaiveDate>,
    /// What staff want said of the payment.
    pub note: String,
}

/// One period more.
#[derive(Debug, Clone)]
pub struct NewRenewal {
    /// Where it is sold.
    pub location: Id<Location>,
    /// How it is paid.
    pub way: Way,
    /// What staff want said of the payment.
    pub note: String,
}

/// A membership, with what was paid for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SoldMembershipFacts {
    /// Its id.
    pub id: Id<CustomerMembership>,
    /// How it was sold; none, if it was given.
    pub sale: Option<Id<Sale>>,
    /// Whose it is.
    pub customer: Id<Customer>,
    /// What they are called.
    pub customer_name: String,
    /// Of what.
    pub plan: Id<MembershipPlan>,
    /// What that is called.
    pub plan_name: String,
    /// The first day.
    pub starts_on: NaiveDate,
    /// The first day after it.
    pub ends_on: NaiveDate,
    /// What was paid for it.
    pub price_minor: i64,
    /// What was given back.
    pub refunded_minor: i64,
    /// In which currency.
    pub currency: String,
    /// When it was made.
    pub created_at: Instant,
    /// When it was cancelled: it ended then.
    pub cancelled_at: Option<Instant>,
}

/// Sells a membership at the desk, for one period of its plan.
pub async fn sell_membership(
    tx: &mut TenantTx,
    new: &NewSoldMembership,
) -> Result<SoldMembershipFacts, SoldError> {
    let mut faults = Faults::new();
    let note = faults.take("/note", text::prose(&new.note, 0, 300));
    let desk = desk(new.location, new.customer, new.way, note);
    let counter = desk.check(tx, &mut faults).await?;
    let plan = OnSale::hold(tx, new.plan).await?;
    if plan.is_none() {
        faults.note("/plan", customers::unknown_plan());
    }
    let today = counter.as_ref().map(|counter| today(tx, counter)).transpose()?;
    let starts_on = new.starts_on.or(today);
    if let (Some(day), Some(today)) = (starts_on, today) {
        faults.take("/starts_on", customers::near(day, today));
    }
    let (Some(plan), Some(starts_on), true) = (plan, starts_on, faults.is_empty()) else {
        return Err(faults.into());
    };
    let made = begin(tx, &desk, (new.plan, plan), starts_on).await?;
    tx.record(NewEntry::new("membership.sold", "membership").on(made.id, made.plan_name));
    read_membership(tx, made.id).await
}

/// Sells the next period of a membership: from its end, or from today, if that is over.
pub async fn renew_membership(
    tx: &mut TenantTx,
    id: Id<CustomerMembership>,
    new: &NewRenewal,
) -> Result<SoldMembershipFacts, SoldError> {
    let before = read_membership(tx, id).await?;
    let mut faults = Faults::new();
    let note = faults.take("/note", text::prose(&new.note, 0, 300));
    let desk = desk(new.location, before.customer, new.way, note);
    let counter = desk.check(tx, &mut faults).await?;
    let (Some(counter), true) = (counter, faults.is_empty()) else { return Err(faults.into()) };
    let plan = OnSale::hold(tx, before.plan).await?.ok_or(SoldError::PlanArchived)?;
    // Two who renew it at once come one after the other: the second finds what the first made.
    let before = held(tx, id).await?;
    if is_renewed(tx, &before).await? {
        return Err(SoldError::RenewedAlready);
    }
    let today = today(tx, &counter)?;
    let starts_on = next_begins(before.ends_on, before.cancelled_at.is_some(), today);
    let made = begin(tx, &desk, (Id::from_uuid(before.plan_id), plan), starts_on).await?;
    tx.record(NewEntry::new("membership.renewed", "membership").on(made.id, made.plan_name));
    read_membership(tx, made.id).await
}

/// Ends a membership at once, and gives some of what was paid for it back.
pub async fn cancel_sold_membership(
    tx: &mut TenantTx,
    id: Id<CustomerMembership>,
    refund_minor: i64,
    reason: &str,
) -> Result<SoldMembershipFacts, SoldError> {
    let reason = why(reason)?;
    if refund_minor < 0 {
        let mut faults = Faults::new();
        let fault = ValueFault::new("too_small", "This can't be less than nothing.");
        faults.note("/refund_minor", fault);
        return Err(faults.into());
    }
    let found = read_membership(tx, id).await?;
    // First what was paid, then what it was paid for: as everybody does.
    let paid = match found.sale {
        Some(sale) => payments::left_of_sale(tx, sale).await?.free_minor,
        None => 0,
    };
    let held = HeldMembership::hold(tx, found.customer, id).await?.ok_or(SoldError::NotFound)?;
    if !held.end(tx).await? {
        return Err(SoldError::CancelledAlready);
    }
    if refund_minor > paid {
        return Err(SoldError::MoreThanPaid);
    }
    if let (Some(sale), 1..) = (found.sale, refund_minor) {
        payments::give_back_sale(tx, sale, refund_minor, &reason).await?;
    }
    tx.record(NewEntry::new("membership.cancelled", "membership").on(id, found.plan_name));
    let about = json!({ "id": id, "amount_minor": refund_minor, "reason": reason });
    tx.emit(NewEvent::new("membership.cancelled", &about));
    read_membership(tx, id).await
}

fn desk(location: Id<Location>, customer: Id<Customer>, way: Way, note: Option<String>) -> Desk {
    Desk { location, customer: Some(customer), way, note: note.unwrap_or_default() }
}

/// The day, where it is sold.
fn today(tx: &TenantTx, counter: &Counter) -> Result<NaiveDate, StoreError> {
    let zone = sale::zone(&counter.place.time_zone)?;
    Ok(tx.now().with_timezone(&zone).date_naive())
}

/// Writes down the sale, and the membership that was sold.
async fn begin(
    tx: &mut TenantTx,
    desk: &Desk,
    (id, plan): (Id<MembershipPlan>, OnSale),
    starts_on: NaiveDate,
) -> Result<CustomerMembershipFacts, SoldError> {
    let ends_on = plan.ends_on(starts_on);
    let ends_on = ends_on.ok_or_else(|| StoreError::Unreadable("the end of a term".into()))?;
    let sold = Sold {
        what: What::Membership,
        title: plan.name.clone(),
        price_minor: plan.price_minor,
        currency: tenants::read(tx).await?.currency,
    };
    let (sale, _) = sale::sell(tx, desk, &sold).await?;
    let customer = desk.customer.ok_or(SoldError::NotFound)?;
    let term = Term { plan: id, plan_name: plan.name, starts_on, ends_on, sale: Some(sale.id) };
    let made = term.begin(tx, customer).await?;
    tx.emit(NewEvent::new("membership.sold", &json!({ "id": made.id })));
    Ok(made)
}

/// When the next period begins: behind the one before, if that isn't over.
fn next_begins(ends_on: NaiveDate, is_cancelled: bool, today: NaiveDate) -> NaiveDate {
    if is_cancelled { today } else { ends_on.max(today) }
}

#[derive(FromQueryResult)]
struct Held {
    customer_id: Uuid,
    plan_id: Uuid,
    starts_on: NaiveDate,
    ends_on: NaiveDate,
    cancelled_at: Option<Instant>,
}

/// A membership's row, held until the transaction ends.
async fn held(tx: &TenantTx, id: Id<CustomerMembership>) -> Result<Held, SoldError> {
    let sql = "select customer_id, plan_id, starts_on, ends_on, cancelled_at
               from customer_memberships where tenant_id = $1 and id = $2 for update";
    let values = [tx.tenant().uuid().into(), id.uuid().into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    let found = Held::find_by_statement(statement).one(tx.conn()).await?;
    found.ok_or(SoldError::NotFound)
}

/// Whether they are a member of the same for longer already.
async fn is_renewed(tx: &TenantTx, held: &Held) -> Result<bool, StoreError> {
    let sql = "select customer_id, plan_id, starts_on, ends_on, cancelled_at
               from customer_memberships
               where tenant_id = $1 and customer_id = $2 and plan_id = $3 and cancelled_at is null
                 and starts_on > $4 limit 1";
    let values = [
        tx.tenant().uuid().into(),
        held.customer_id.into(),
        held.plan_id.into(),
        held.starts_on.into(),
    ];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    Ok(Held::find_by_statement(statement).one(tx.conn()).await?.is_some())
}

/// One membership.
pub async fn read_membership(
    tx: &TenantTx,
    id: Id<CustomerMembership>,
) -> Result<SoldMembershipFacts, SoldError> {
    let found = select(tx, "and m.id = $2", vec![id.uuid().into()]).await?;
    found.into_iter().next().ok_or(SoldError::NotFound)
}

/// The memberships of these ids.
pub(crate) async fn memberships_of(
    tx: &TenantTx,
    ids: Vec<Uuid>,
) -> Result<Vec<SoldMembershipFacts>, StoreError> {
    select(tx, "and m.id = any($2)", vec![ids.into()]).await
}

/// Memberships, those that were given, too; the newest first.
pub async fn list_memberships(
    tx: &TenantTx,
    customer: Option<Id<Customer>>,
    window: Window<CustomerMembership>,
) -> Result<Paged<SoldMembershipFacts>, SoldError> {
    let which = "
        and ($2::uuid is null or m.customer_id = $2) and ($3::uuid is null or m.id < $3)
        order by m.id desc limit $4";
    let values = vec![
        customer.map(Id::uuid).into(),
        window.after.map(Id::uuid).into(),
        i64::try_from(window.rows_to_ask()).unwrap_or(i64::MAX).into(),
    ];
    Ok(window.cut(select(tx, which, values).await?, |membership| membership.id))
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    sale_id: Option<Uuid>,
    customer_id: Uuid,
    customer_name: String,
    plan_id: Uuid,
    plan_name: String,
    starts_on: NaiveDate,
    ends_on: NaiveDate,
    price_minor: i64,
    refunded_minor: i64,
    currency: String,
    created_at: Instant,
    cancelled_at: Option<Instant>,
}

impl From<Row> for SoldMembershipFacts {
    fn from(row: Row) -> Self {
        Self {
            id: Id::from_uuid(row.id),
            sale: row.sale_id.map(Id::from_uuid),
            customer: Id::from_uuid(row.customer_id),
            customer_name: row.customer_name,
            plan: Id::from_uuid(row.plan_id),
            plan_name: row.plan_name,
            starts_on: row.starts_on,
            ends_on: row.ends_on,
            price_minor: row.price_minor,
            refunded_minor: row.refunded_minor,
            currency: row.currency,
            created_at: row.created_at,
            cancelled_at: row.cancelled_at,
        }
    }
}

/// Behind it: which of them.
const SHOWN: &str = "
    select m.id, m.sale_id, m.customer_id, c.name as customer_name, m.plan_id, p.name as plan_name,
           m.starts_on, m.ends_on, coalesce(s.price_minor, 0) as price_minor,
           coalesce((select sum(y.refunded_minor) from payments y
                     where y.tenant_id = m.tenant_id and y.sale_id = m.sale_id), 0)::bigint
               as refunded_minor,
           coalesce(s.currency, t.currency) as currency, m.created_at, m.cancelled_at
    from customer_memberships m
    join tenants t on t.id = m.tenant_id
    join membership_plans p on p.tenant_id = m.tenant_id and p.id = m.plan_id
    join customers c on c.tenant_id = m.tenant_id and c.id = m.customer_id
    left join sales s on s.tenant_id = m.tenant_id and s.id = m.sale_id
    where m.tenant_id = $1";

async fn select(
    tx: &TenantTx,
    which: &str,
    mut more: Vec<sea_orm::Value>,
) -> Result<Vec<SoldMembershipFacts>, StoreError> {
    let mut values = vec![tx.tenant().uuid().into()];
    values.append(&mut more);
    let sql = format!("{SHOWN} {which}");
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    let rows = Row::find_by_statement(statement).all(tx.conn()).await?;
    Ok(rows.into_iter().map(SoldMembershipFacts::from).collect())
}

#[cfg(test)]
mod tests {
    use super::next_begins;

    #[test]
    fn the_next_period_begins_behind_the_one_before_or_today() {
        let day = |day: &str| day.parse::<chrono::NaiveDate>().unwrap();
        for (ends_on, is_cancelled, today, begins) in [
            ("2026-04-02", false, "2026-03-02", "2026-04-02"),
            ("2026-04-02", false, "2026-04-02", "2026-04-02"),
            ("2026-04-02", false, "2026-04-03", "2026-04-03"),
            ("2026-04-02", true, "2026-03-02", "2026-03-02"),
            ("2026-04-02", true, "2026-05-02", "2026-05-02"),
        ] {
            let found = next_begins(day(ends_on), is_cancelled, day(today));
            assert_eq!(found, day(begins), "{ends_on} {is_cancelled} {today}");
        }
    }
}
