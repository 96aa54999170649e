//! A customer's visits.

use sea_orm::{DbBackend, FromQueryResult, Statement};
use uuid::Uuid;

use super::CustomerError;
use super::find::{Scope, scope, visible};
use crate::ids::{Appointment, Customer, Id, Location};
use crate::page::{Paged, Window};
use crate::tenancy::TenantTx;
use crate::time::Instant;

/// A visit, in short.
#[derive(Debug, Clone)]
pub struct VisitFacts {
    /// Its id.
    pub id: Id<Appointment>,
    /// Where.
    pub location: Id<Location>,
    /// What that is called.
    pub location_name: String,
    /// When it begins.
    pub starts_at: Instant,
    /// When it ends.
    pub ends_at: Instant,
    /// What became of it.
    pub status: String,
    /// What it was.
    pub title: String,
    /// By whom, as they were called then.
    pub staff: Vec<String>,
    /// What it cost, in the currency's minor unit.
    pub price_minor: i64,
    /// Which currency.
    pub currency: String,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    location_id: Uuid,
    location_name: String,
    starts_at: Instant,
    ends_at: Instant,
    status: String,
    title: String,
    staff: Vec<String>,
    price_minor: i64,
    currency: String,
}

impl From<Row> for VisitFacts {
    fn from(row: Row) -> Self {
        Self {
            id: Id::from_uuid(row.id),
            location: Id::from_uuid(row.location_id),
            location_name: row.location_name,
            starts_at: row.starts_at,
            ends_at: row.ends_at,
            status: row.status,
            title: row.title,
            staff: row.staff,
            price_minor: row.price_minor,
            currency: row.currency,
        }
    }
}

/// What was only held for a moment was never a visit.
const VISITS: &str = "
    select a.id, a.location_id, p.name as location_name, a.starts_at, a.ends_at, a.status, a.title,
           a.price_minor, a.currency,
           array(select distinct l.staff_name from appointment_lines l
                 where l.tenant_id = a.tenant_id and l.appointment_id = a.id
                   and l.staff_name is not null
                 order by l.staff_name) as staff
    from appointments a
    join locations p on p.tenant_id = a.tenant_id and p.id = a.location_id
    where a.tenant_id = $1 and a.customer_id = $2 and a.status not in ('held', 'expired')
      and ($5::uuid is null or exists (
          select 1 from appointment_lines l
          join staff s on s.tenant_id = l.tenant_id and s.id = l.staff_id
          where l.tenant_id = a.tenant_id and l.appointment_id = a.id and s.user_id = $5))
      and ($3::uuid is null or (a.starts_at, a.id) < (
          select before.starts_at, before.id from appointments before
          where before.tenant_id = $1 and before.id = $3))
    order by a.starts_at desc, a.id desc limit $4";

/// A customer's visits, the newest first, those to come before all. Who sees their own customers only
/// sees their own visits of them.
pub async fn visits(
    tx: &TenantTx,
    id: Id<Customer>,
    window: Window<Appointment>,
) -> Result<Paged<VisitFacts>, CustomerError> {
    visible(tx, id).await?;
    let own = match scope(tx).await? {
        Scope::All => None,
        Scope::Of(user) => Some(user.uuid()),
        Scope::Nobody => return Err(CustomerError::NotFound),
    };
    let values = [
        tx.tenant().uuid().into(),
        id.uuid().into(),
        window.after.map(Id::uuid).into(),
        i64::try_from(window.rows_to_ask()).unwrap_or(i64::MAX).into(),
        own.into(),
    ];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, VISITS, values);
    let rows = Row::find_by_statement(statement).all(tx.conn()).await?;
    Ok(window.cut(rows.into_iter().map(VisitFacts::from).collect(), |visit| visit.id))
}
