//! The visits that are written to an address.

use chrono::Duration;
use sea_orm::{DbBackend, FromQueryResult, Statement};
use uuid::Uuid;

use super::{Regular, RegularError};
use crate::bookings;
use crate::ids::{Appointment, Id};
use crate::tenancy::{Db, StoreError, SystemReason, SystemTx};
use crate::time::Instant;

/// How far back one can look.
const BACK: Duration = Duration::days(730);

/// So many are shown at most, of those to come and of those that were.
const MOST: i64 = 100;

/// So many of one business: whoever writes an address into hundreds of visits hides none of others'.
const OF_ONE: i64 = 40;

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
    /// The last part of its link, where it has one.
    pub link: Option<String>,
}

/// All visits of somebody who comes back.
#[derive(Debug)]
pub struct RegularVisits {
    /// Those to come and those that go on, the next one first.
    pub coming: Vec<RegularVisit>,
    /// Those that were, the last one first.
    pub past: Vec<RegularVisit>,
}

/// The visits that are written to an address, in all businesses: those that were booked with it; and those of
/// records with this address that were booked without any.
const OF_ADDRESS: &str = "
    select a.tenant_id, a.id, a.location_id, a.title, a.status, a.starts_at, a.ends_at, a.link_sealed,
           a.contact_email as written_to
    from appointments a
    where lower(a.contact_email) = lower($1) and a.status not in ('held', 'expired')
    union all
    select a.tenant_id, a.id, a.location_id, a.title, a.status, a.starts_at, a.ends_at, a.link_sealed,
           c.email
    from customers c
    join appointments a on a.tenant_id = c.tenant_id and a.customer_id = c.id
    where c.email_key = $1 and c.merged_into is null and c.erased_at is null
      and a.contact_email is null and a.status not in ('held', 'expired')";

/// The address as it is written in the last visit, if there is anything to show: that is where a link
/// goes, however somebody else spells it.
pub(super) async fn written_to(
    tx: &SystemTx,
    email_key: &str,
) -> Result<Option<String>, StoreError> {
    #[derive(FromQueryResult)]
    struct Found {
        written_to: String,
    }
    let sql = format!(
        "select written_to from ({OF_ADDRESS}) found where starts_at > $2
         order by starts_at desc limit 1"
    );
    let values = [email_key.into(), (tx.now() - BACK).into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    Ok(Found::find_by_statement(statement).one(tx.conn()).await?.map(|found| found.written_to))
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

/// How a visit stands that nobody comes to any more.
const OVER: &str = "status in ('cancelled', 'completed', 'no_show') or ends_at <= $2";

/// The visits of somebody who comes back.
pub async fn visits(db: &Db, regular: &Regular) -> Result<RegularVisits, RegularError> {
    let tx = db.system(SystemReason::Regulars).await?;
    let coming = some(&tx, regular, &format!("not ({OVER})"), "starts_at").await?;
    let past = some(&tx, regular, OVER, "starts_at desc").await?;
    tx.rollback().await?;
    let seen = |rows: Vec<Row>| rows.into_iter().map(|row| seen(db, row)).collect();
    Ok(RegularVisits { coming: seen(coming), past: seen(past) })
}

/// Of these visits, in this order, as many as are shown.
async fn some(
    tx: &SystemTx,
    regular: &Regular,
    which: &str,
    order: &str,
) -> Result<Vec<Row>, StoreError> {
    let sql = format!(
        "select found.*, t.slug, t.name as shop, t.hue, l.name as location, l.time_zone
         from (
             select * from (
                 select written.*,
                        row_number() over (partition by tenant_id order by {order}) as place
                 from ({OF_ADDRESS}) written
                 where starts_at > $3 and ({which})
             ) of_shops
             where place <= $4 order by {order} limit $5
         ) found
         join tenants t on t.id = found.tenant_id
         join locations l on l.tenant_id = found.tenant_id and l.id = found.location_id
         order by found.{order}"
    );
    let values = [
        regular.email_key.clone().into(),
        tx.now().into(),
        (tx.now() - BACK).into(),
        OF_ONE.into(),
        MOST.into(),
    ];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    Ok(Row::find_by_statement(statement).all(tx.conn()).await?)
}

fn seen(db: &Db, row: Row) -> RegularVisit {
    let id = Id::<Appointment>::from_uuid(row.id);
    // One that can't be opened, because it was sealed with a key that is gone, takes nothing from the others.
    let link = row.link_sealed.and_then(|sealed| {
        let opened = bookings::opened(db.tools(), id, &sealed);
        opened
            .inspect_err(|error| tracing::warn!(%id, %error, "a visit's link can't be opened"))
            .ok()
    });
    RegularVisit {
        shop: (row.slug, row.shop),
        hue: row.hue,
        time_zone: row.time_zone,
        location: row.location,
        title: row.title,
        status: row.status,
        starts_at: row.starts_at,
        ends_at: row.ends_at,
        link,
    }
}
