//! Visits as they are watched: a day of a location, and what has changed of it.

use std::collections::HashSet;

use chrono::NaiveDate;
use chrono_tz::Tz;
use sea_orm::{DbBackend, FromQueryResult, Statement};
use uuid::Uuid;

use super::entities::appointment;
use super::read::{VisitFacts, complete, own_staff};
use super::state::Status;
use crate::authz::Right;
use crate::availability::midnight;
use crate::ids::{Appointment, Customer, Id, Location, Series, StaffMember};
use crate::tenancy::{StoreError, TenantTx};
use crate::time::Instant;

/// Which visits somebody sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sight {
    /// Everybody's.
    All,
    /// Those with one's own hands in them; none for who has no column.
    Own(Option<Id<StaffMember>>),
}

impl Sight {
    /// What the transaction's caller sees.
    pub async fn of(tx: &TenantTx) -> Result<Self, StoreError> {
        if tx.caller().may(Right::ReadBookings) {
            return Ok(Self::All);
        }
        if tx.caller().may(Right::ReadOwnBookings) {
            return Ok(Self::Own(own_staff(tx).await?.map(Id::from_uuid)));
        }
        Ok(Self::Own(None))
    }

    /// Whether this is seen.
    pub fn has(self, visit: &VisitFacts) -> bool {
        match self {
            Self::All => true,
            Self::Own(own) => own.is_some() && visit.lines.iter().any(|line| line.staff == own),
        }
    }

    /// Whether what stood in these columns was seen.
    pub fn had(self, staff: &[Id<StaffMember>]) -> bool {
        match self {
            Self::All => true,
            Self::Own(own) => own.is_some_and(|own| staff.contains(&own)),
        }
    }
}

/// A civil day of a location.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Day {
    /// Where.
    pub location: Id<Location>,
    /// From its midnight on.
    pub from: Instant,
    /// To that of the next.
    pub to: Instant,
}

impl Day {
    /// The day as the clock of the location counts it. None: there is no such location.
    pub async fn of(
        tx: &TenantTx,
        location: Id<Location>,
        date: NaiveDate,
    ) -> Result<Option<Self>, StoreError> {
        #[derive(FromQueryResult)]
        struct Zone {
            time_zone: String,
        }
        let sql = "select time_zone from locations where tenant_id = $1 and id = $2";
        let values = [tx.tenant().uuid().into(), location.uuid().into()];
        let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
        let Some(found) = Zone::find_by_statement(statement).one(tx.conn()).await? else {
            return Ok(None);
        };
        let unreadable = || StoreError::Unreadable(format!("the time zone {}", found.time_zone));
        let zone: Tz = found.time_zone.parse().map_err(|_| unreadable())?;
        let next = date.succ_opt().unwrap_or(date);
        Ok(Some(Self { location, from: midnight(zone, date), to: midnight(zone, next) }))
    }

    /// Whether something from the one to the other at this location is on this day.
    pub fn has(&self, location: Id<Location>, starts_at: Instant, ends_at: Instant) -> bool {
        location == self.location && starts_at < self.to && ends_at > self.from
    }

    /// Whether the visit is shown on this day. What lapsed isn't.
    pub fn shows(&self, visit: &VisitFacts) -> bool {
        visit.status != Status::Expired && self.has(visit.location, visit.starts_at, visit.ends_at)
    }
}

/// More are never shown at once: no location has as many in a day.
const MOST: i64 = 5_000;

const ON_DAY: &str = "
    select a.* from appointments a
    where a.tenant_id = $1 and a.location_id = $2
      -- No visit lasts longer than this: an index knows where visits begin.
      and a.starts_at > $3 - interval '2 days' and a.ends_at > $3 and a.starts_at < $4
      and a.status <> 'expired'
      and ($5::uuid is null or exists (
          select 1 from appointment_lines l
          where l.tenant_id = $1 and l.appointment_id = a.id and l.staff_id = $5))
    order by a.starts_at, a.id limit $6";

/// The visits of a day that are seen, by their beginning.
pub async fn on_day(tx: &TenantTx, day: &Day, sight: Sight) -> Result<Vec<VisitFacts>, StoreError> {
    let staff = match sight {
        Sight::All => None,
        Sight::Own(own) => Some(own.unwrap_or(Id::nothing()).uuid()),
    };
    let values = [
        tx.tenant().uuid().into(),
        day.location.uuid().into(),
        day.from.into(),
        day.to.into(),
        staff.into(),
        MOST.into(),
    ];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, ON_DAY, values);
    complete(tx, appointment::Model::find_by_statement(statement).all(tx.conn()).await?).await
}

/// These visits as they are now, for whoever decides who sees what of them ([`Sight`]).
pub async fn these(
    tx: &TenantTx,
    ids: impl IntoIterator<Item = Id<Appointment>>,
) -> Result<Vec<VisitFacts>, StoreError> {
    let ids: Vec<Uuid> = ids.into_iter().map(Id::uuid).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let sql = "select a.* from appointments a where a.tenant_id = $1 and a.id = any($2)
               order by a.starts_at, a.id";
    let values = [tx.tenant().uuid().into(), ids.into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    complete(tx, appointment::Model::find_by_statement(statement).all(tx.conn()).await?).await
}

const OF_WHOM: &str = "
    select id from appointments
    where tenant_id = $1 and customer_id = any($2)
      and starts_at > $4 - interval '2 days' and starts_at < $5
    union
    select id from appointments
    where tenant_id = $1 and series_id = any($3)
      and starts_at > $4 - interval '2 days' and starts_at < $5";

/// The visits of these customers, and of these series, around these days.
pub async fn of_whom(
    tx: &TenantTx,
    customers: impl IntoIterator<Item = Id<Customer>>,
    series: impl IntoIterator<Item = Id<Series>>,
    days: &[Day],
) -> Result<HashSet<Id<Appointment>>, StoreError> {
    #[derive(FromQueryResult)]
    struct Found {
        id: Uuid,
    }
    let customers: Vec<Uuid> = customers.into_iter().map(Id::uuid).collect();
    let series: Vec<Uuid> = series.into_iter().map(Id::uuid).collect();
    let from = days.iter().map(|day| day.from).min();
    let to = days.iter().map(|day| day.to).max();
    let (Some(from), Some(to)) = (from, to) else { return Ok(HashSet::new()) };
    if customers.is_empty() && series.is_empty() {
        return Ok(HashSet::new());
    }
    let values =
        [tx.tenant().uuid().into(), customers.into(), series.into(), from.into(), to.into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, OF_WHOM, values);
    let found = Found::find_by_statement(statement).all(tx.conn()).await?;
    Ok(found.into_iter().map(|row| Id::from_uuid(row.id)).collect())
}
