//! Rules that change may open time: longer hours, a closure that is gone, somebody back or new.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate, NaiveTime};
use sea_orm::{DbBackend, FromQueryResult, Statement};
use uuid::Uuid;

use super::freed::{Freed, MATCH};
use crate::bookings::BookingError;
use crate::ids::{Id, Tenant};
use crate::jobs::{self, NewJob};
use crate::tenancy::{Db, StoreError};
use crate::tenants;

#[derive(FromQueryResult)]
struct Woken {
    location_id: Uuid,
    last_day: NaiveDate,
}

/// Those who wait under rules that are older than the location's, held in one order. They have seen
/// the present ones then.
const WAKE: &str = "
    with asleep as materialized (
        select w.id from waitlist_entries w
        join availability_versions v on v.tenant_id = w.tenant_id and v.location_id = w.location_id
        where w.tenant_id = $1 and w.state = 'waiting' and w.rules_seen < v.rules
        order by w.id for no key update of w
    )
    update waitlist_entries w set rules_seen = v.rules
    from asleep, availability_versions v
    where w.tenant_id = $1 and w.id = asleep.id
      and v.tenant_id = w.tenant_id and v.location_id = w.location_id
    returning w.location_id, w.last_day";

/// Looks for locations whose rules changed while somebody waits there, and has the worker look at all
/// that is free: one job a location, however often its rules were changed meanwhile.
pub async fn wake_everywhere(db: &Db) -> Result<u64, BookingError> {
    let sql = "
        select distinct w.tenant_id from waitlist_entries w
        join availability_versions v on v.tenant_id = w.tenant_id and v.location_id = w.location_id
        where w.state = 'waiting' and w.rules_seen < v.rules and w.last_day >= $1
        order by w.tenant_id";
    // Somewhere it is yesterday still.
    let since = db.clock().now().date_naive() - Days::new(1);
    let due = tenants::with_something_due(db, sql, since).await?;
    let mut tally = tenants::Tally::new();
    for tenant in due {
        tally.add(tenant, wake_at(db, tenant).await);
    }
    Ok(tally.end()?)
}

async fn wake_at(db: &Db, tenant: Id<Tenant>) -> Result<u64, StoreError> {
    let Some(caller) = tenants::on_behalf(db, tenant, "waitlist").await? else { return Ok(0) };
    let tx = db.tenant(&caller).await?;
    let statement =
        Statement::from_sql_and_values(DbBackend::Postgres, WAKE, [tenant.uuid().into()]);
    let mut until: BTreeMap<Uuid, NaiveDate> = BTreeMap::new();
    for woken in Woken::find_by_statement(statement).all(tx.conn()).await? {
        let last = until.entry(woken.location_id).or_insert(woken.last_day);
        *last = woken.last_day.max(*last);
    }
    let count = until.len() as u64;
    for (location, last_day) in until {
        // In any zone, that day is over then.
        let to = (last_day + Days::new(2)).and_time(NaiveTime::MIN).and_utc();
        let freed = Freed { location: Id::from_uuid(location), from: tx.now(), to };
        let job = NewJob::new(MATCH, &freed);
        jobs::enqueue(tx.conn(), tx.tools(), tx.now(), Some(tenant), job).await?;
    }
    tx.commit().await?;
    Ok(count)
}
