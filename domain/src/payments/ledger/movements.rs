//! What came and went at a place, for bookkeepers.

use chrono::NaiveDate;
use sea_orm::{DbBackend, FromQueryResult, Statement};
use uuid::Uuid;

use crate::fault::{Faults, ValueFault};
use crate::ids::{Id, Location};
use crate::payments::desk::till::{place, span};
use crate::payments::error::PaymentError;
use crate::tenancy::TenantTx;
use crate::time::Instant;

/// Money that came or went.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct Movement {
    /// When.
    pub at: Instant,
    /// `payment`, `refund`, or `came_back`: a refund that didn't reach its customer.
    pub what: String,
    /// By which way.
    pub way: String,
    /// How much: less than nothing if it went.
    pub amount_minor: i64,
    /// The part of it that is a tip: less than nothing if it went.
    pub tip_minor: i64,
    /// In which currency.
    pub currency: String,
    /// What the visit was, or what was sold.
    pub title: String,
    /// What it was for: `visit`, `voucher`, `pass`, `membership`.
    pub sort: String,
    /// Whose it was.
    pub customer: Option<String>,
    /// Who took or gave it.
    pub hand: Option<String>,
    /// What was said about it.
    pub note: String,
    /// The payment's id.
    pub payment: Uuid,
}

const MOVEMENTS: &str = "
    with moved as (
        select p.paid_at as at, 'payment' as what, p.way, p.amount_minor, p.tip_minor, p.currency,
               p.appointment_id, p.sale_id, p.taken_by as hand, p.note, p.id as payment
        from payments p
        where p.tenant_id = $1 and p.location_id = $2 and p.paid_at >= $3 and p.paid_at < $4
        union all
        select r.done_at, 'refund', p.way, -r.amount_minor, -r.tip_minor, p.currency,
               p.appointment_id, p.sale_id, r.given_by, r.reason, p.id
        from refunds r join payments p on p.tenant_id = r.tenant_id and p.id = r.payment_id
        where r.tenant_id = $1 and p.location_id = $2 and r.done_at >= $3 and r.done_at < $4
        union all
        select r.came_back_at, 'came_back', p.way, r.amount_minor, r.tip_minor, p.currency,
               p.appointment_id, p.sale_id, null, r.reason, p.id
        from refunds r join payments p on p.tenant_id = r.tenant_id and p.id = r.payment_id
        where r.tenant_id = $1 and p.location_id = $2
          and r.came_back_at >= $3 and r.came_back_at < $4
    )
    select m.at, m.what, m.way, m.amount_minor, m.tip_minor, m.currency,
           coalesce(a.title, s.title) as title, coalesce(s.what, 'visit') as sort,
           c.name as customer, m.hand, m.note, m.payment
    from moved m
    left join appointments a on a.tenant_id = $1 and a.id = m.appointment_id
    left join sales s on s.tenant_id = $1 and s.id = m.sale_id
    left join customers c on c.tenant_id = $1 and c.id = coalesce(a.customer_id, s.customer_id)
    order by m.at, m.payment limit 100000";

/// The most days that are taken out at once.
const MOST_DAYS: i64 = 366;

/// What came and went at a place, from one day to another, the oldest first.
pub async fn movements(
    tx: &TenantTx,
    location: Id<Location>,
    (from, to): (NaiveDate, NaiveDate),
) -> Result<Vec<Movement>, PaymentError> {
    let mut faults = Faults::new();
    if to < from {
        faults.note("to", ValueFault::new("before_from", "This is before the first day."));
    } else if (to - from).num_days() > MOST_DAYS {
        let detail = "A year at a time, please.";
        faults.note("to", ValueFault::new("too_long", detail));
    }
    if !faults.is_empty() {
        return Err(faults.into());
    }
    let span = span(&place(tx, location).await?, from, to)?;
    let values =
        [tx.tenant().uuid().into(), location.uuid().into(), span.from.into(), span.to.into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, MOVEMENTS, values);
    Ok(Movement::find_by_statement(statement).all(tx.conn()).await?)
}
