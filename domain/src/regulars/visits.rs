//! The visits that are written to an address.

use chrono::Duration;
use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, Statement};
use uuid::Uuid;

use super::{Regular, RegularError};
use crate::bookings;
use crate::ids::{Appointment, Id};
use crate::tenancy::{Db, StoreError, SystemReason, SystemTx};
use crate::time::Instant;

/// How far back one can look.
const BACK: Duration = Duration::days(730);

/// So many are shown at most.
const MOST: i64 = 100;

/// A visit as whoever comes back sees it among all of theirs.
#[derive(Debug)]
pub struct RegularVisit {
    /// The shop's address and name.
    pub shop: (String, String),
    /// Its colour.
    pub hue: i16,
    /// What its times are told in.
    pub time_zone: String,
    /// Where.
    pub location: String,
    /// What.
    pub title: String,
    /// How it stands.
    pub status: String,
    /// From when.
    pub starts_at: Instant,
    /// Until when.
    pub ends_at: Instant,
    /// Whether it is yet to come, or goes on.
    pub coming: bool,
    /// The last part of its link, where it has one.
    pub link: Option<String>,
}

/// The visits that are written to an address, in all businesses: those that were booked with it; and those of
/// records with this address that were booked without any.
const OF_ADDRESS: &str = "
    select a.tenant_id, a.id, a.location_id, a.title, a.status, a.starts_at, a.ends_at, a.link_sealed
    from appointments a
    where lower(a.contact_email) = $1 and a.status not in ('held', 'expired')
    union all
    select a.tenant_id, a.id, a.location_id, a.title, a.status, a.starts_at, a.ends_at, a.link_sealed
    from customers c
    join appointments a on a.tenant_id = c.tenant_id and a.customer_id = c.id
    where c.email_key = $1 and c.merged_into is null and c.erased_at is null
      and a.contact_email is null and a.status not in ('held', 'expired')";

/// Whether there is anything to show.
pub(super) async fn are_there(tx: &SystemTx, email_key: &str) -> Result<bool, StoreError> {
    let sql = format!("select 1 from ({OF_ADDRESS}) found limit 1");
    let values = [email_key.into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    Ok(tx.conn().query_one_raw(statement).await?.is_some())
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    slug: String,
    shop: String,
    hue: i16,
    location: String,
    time_zone: String,
    title: String,
    status: String,
    starts_at: Instant,
    ends_at: Instant,
    link_sealed: Option<Vec<u8>>,
}

/// The visits of somebody who comes back, those to come first, the next one before the others; then those
/// that were, the last one before the others.
pub async fn visits(db: &Db, regular: &Regular) -> Result<Vec<RegularVisit>, RegularError> {
    let sql = format!(
        "select found.*, t.slug, t.name as shop, t.hue, l.name as location, l.time_zone
         from (
             select * from ({OF_ADDRESS}) written where starts_at > $2
             order by starts_at desc limit $3
         ) found
         join tenants t on t.id = found.tenant_id
         join locations l on l.tenant_id = found.tenant_id and l.id = found.location_id
         order by found.starts_at desc"
    );
    let tx = db.system(SystemReason::Regulars).await?;
    let now = tx.now();
    let values = [regular.email_key.clone().into(), (now - BACK).into(), MOST.into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    let rows = Row::find_by_statement(statement).all(tx.conn()).await?;
    tx.rollback().await?;
    let mut past = Vec::with_capacity(rows.len());
    for row in rows {
        past.push(seen(db, row, now)?);
    }
    let (mut all, past): (Vec<_>, Vec<_>) = past.into_iter().partition(|visit| visit.coming);
    all.reverse();
    all.extend(past);
    Ok(all)
}

fn seen(db: &Db, row: Row, now: Instant) -> Result<RegularVisit, StoreError> {
    let id = Id::<Appointment>::from_uuid(row.id);
    let link =
        row.link_sealed.map(|sealed| bookings::opened(db.tools(), id, &sealed)).transpose()?;
    let over = ["cancelled", "completed", "no_show"].contains(&row.status.as_str());
    Ok(RegularVisit {
        shop: (row.slug, row.shop),
        hue: row.hue,
        time_zone: row.time_zone,
        location: row.location,
        title: row.title,
        coming: !over && row.ends_at > now,
        status: row.status,
        starts_at: row.starts_at,
        ends_at: row.ends_at,
        link,
    })
}
