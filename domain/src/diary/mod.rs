//! A location's diary: its rules and what is taken, read at once and kept under a version that every
//! write in its scope bumps. A reader never gets what was gone when it asked.
//!
//! The versions are read first. What is read after them may be newer than they say, never older; so
//! what is kept under a version is at least as new as it.

mod load;
mod shelf;
mod shop;
mod touched;

use std::ops::RangeInclusive;
use std::sync::Arc;

use chrono::{DateTime, Days, Duration, NaiveDate, NaiveTime, Utc};
use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, Statement};
use uuid::Uuid;

use crate::availability::{Busy, Span, day_at};
use crate::ids::{Id, Location, Tenant};
use crate::tenancy::{
    Caller, Db, RequestFacts, StoreError, SystemReason, SystemTx, TenantFacts, TenantTx,
};
use crate::text;
use crate::time::Instant;

use shelf::KeptBusy;

pub use crate::policies::{Asked, WaitlistOrder};
pub(crate) use shelf::Shelf;
pub use shop::{Asking, Asks, Bundle, Deposit, Extra, Offer, Person, Policy, Shop};
pub(crate) use touched::{BUMPED, Touched, open};

/// The numbers that a location's diary is kept under.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Versions {
    location: Id<Location>,
    /// Grows with each change of the rules.
    pub(crate) rules: i64,
    busy: i64,
    /// Whether the location takes new visits, or was archived.
    pub(crate) open: bool,
}

/// One location: its rules, and what is taken on some days.
#[derive(Debug, Clone)]
pub struct Diary {
    /// The rules, and what is offered.
    pub shop: Arc<Shop>,
    /// What is taken.
    pub busy: Arc<Busy>,
}

#[derive(FromQueryResult)]
struct FoundVersions {
    location_id: Uuid,
    rules: i64,
    busy: i64,
    open: bool,
}

/// The present versions of a location, or of the business's first; none if it isn't there.
pub(crate) async fn versions(
    tx: &TenantTx,
    location: Option<Id<Location>>,
) -> Result<Option<Versions>, StoreError> {
    let sql = "
        select l.id as location_id, v.rules, v.busy, true as open
        from locations l
        join availability_versions v on v.tenant_id = l.tenant_id and v.location_id = l.id
        where l.tenant_id = $1 and ($2::uuid is null or l.id = $2) and l.archived_at is null
        order by l.position, l.id limit 1";
    find_versions(tx, sql, location).await
}

/// The present versions of a location, also of one that was archived: the visits that are left there
/// are read, called off and brought to their end like any others.
pub(crate) async fn versions_of(
    tx: &TenantTx,
    location: Id<Location>,
) -> Result<Option<Versions>, StoreError> {
    let sql = "
        select l.id as location_id, v.rules, v.busy, l.archived_at is null as open
        from locations l
        join availability_versions v on v.tenant_id = l.tenant_id and v.location_id = l.id
        where l.tenant_id = $1 and l.id = $2";
    find_versions(tx, sql, Some(location)).await
}

async fn find_versions(
    tx: &TenantTx,
    sql: &'static str,
    location: Option<Id<Location>>,
) -> Result<Option<Versions>, StoreError> {
    let values = [tx.tenant().uuid().into(), location.map(Id::uuid).into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    let found = FoundVersions::find_by_statement(statement).one(tx.conn()).await?;
    Ok(found.map(|found| Versions {
        location: Id::from_uuid(found.location_id),
        rules: found.rules,
        busy: found.busy,
        open: found.open,
    }))
}

#[derive(FromQueryResult)]
struct FoundShop {
    id: Uuid,
    plan: String,
    require_two_factor: bool,
    read_only: bool,
    location_id: Uuid,
    rules: i64,
    busy: i64,
}

/// Somebody who looks at a shop's diary from outside: who they are there, and the present versions.
/// One query, and the only one if the diary is kept.
pub(crate) async fn visit(
    db: &Db,
    slug: &str,
    location: Option<Id<Location>>,
    request: RequestFacts,
) -> Result<Option<(Caller, Versions)>, StoreError> {
    // What isn't written like an address is nobody's.
    let Ok(slug) = text::slug(slug) else { return Ok(None) };
    let sql = "
        select t.id, t.plan, t.require_two_factor, t.read_only, l.id as location_id, v.rules,
               v.busy
        from tenants t
        join locations l on l.tenant_id = t.id and l.archived_at is null
        join availability_versions v on v.tenant_id = l.tenant_id and v.location_id = l.id
        where t.slug = $1 and ($2::uuid is null or l.id = $2)
        order by l.position, l.id limit 1";
    let values = [slug.into(), location.map(Id::uuid).into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    let tx = db.system(SystemReason::PublicPage).await?;
    let found = FoundShop::find_by_statement(statement).one(tx.conn()).await?;
    Ok(found.map(|found| {
        let facts = TenantFacts {
            id: Id::from_uuid(found.id),
            plan: found.plan,
            require_two_factor: found.require_two_factor,
            read_only: found.read_only,
        };
        let location = Id::from_uuid(found.location_id);
        let (rules, busy) = (found.rules, found.busy);
        let versions = Versions { location, rules, busy, open: true };
        (Caller::visitor(facts, request), versions)
    }))
}

/// The diary, if all of it is kept.
pub(crate) fn kept(
    db: &Db,
    tenant: Id<Tenant>,
    versions: Versions,
    days: &RangeInclusive<NaiveDate>,
) -> Option<Diary> {
    let (key, shelf) = ((tenant, versions.location), &db.tools().shelf);
    let shop = shelf.shop(key, versions.rules)?;
    let busy = shelf.busy(key, (versions.rules, versions.busy), around(days))?;
    Some(Diary { shop, busy })
}

/// The rules under these versions.
pub(crate) async fn shop(
    tx: &TenantTx,
    versions: Versions,
) -> Result<Option<Arc<Shop>>, StoreError> {
    let (key, shelf) = ((tx.tenant(), versions.location), &tx.tools().shelf);
    if let Some(shop) = shelf.shop(key, versions.rules) {
        return Ok(Some(shop));
    }
    let since = (tx.now() - Duration::days(2)).date_naive();
    let Some(shop) = load::shop(
        tx.conn(),
        tx.tenant(),
        (versions.location, versions.rules),
        since,
        tx.tools().ways,
    )
    .await?
    else {
        return Ok(None);
    };
    let shop = Arc::new(shop);
    shelf.keep_shop(key, versions.rules, Arc::clone(&shop));
    Ok(Some(shop))
}

/// The version that a diary is opened with.
const FIRST: i64 = 1;

/// The rules of a location that is just being put in, which nobody else sees yet.
pub(crate) async fn just_written(
    tx: &SystemTx,
    tenant: Id<Tenant>,
    location: Id<Location>,
    since: NaiveDate,
) -> Result<Option<Shop>, StoreError> {
    load::shop(tx.conn(), tenant, (location, FIRST), since, tx.tools().ways).await
}

/// The diary of these days, kept for who asks next.
pub(crate) async fn read(
    tx: &TenantTx,
    versions: Versions,
    days: &RangeInclusive<NaiveDate>,
) -> Result<Option<Diary>, StoreError> {
    let Some(shop) = shop(tx, versions).await? else { return Ok(None) };
    let (key, shelf) = ((tx.tenant(), versions.location), &tx.tools().shelf);
    let both = (versions.rules, versions.busy);
    let span = around(days);
    if let Some(busy) = shelf.busy(key, both, span) {
        return Ok(Some(Diary { shop, busy }));
    }
    let span = shelf.hull(key, both, span);
    let busy = load::busy(tx.conn(), tx.tenant(), resources(&shop), span).await?;
    let busy = Arc::new(busy);
    shelf.keep_busy(key, KeptBusy { versions: both, span, busy: Arc::clone(&busy) });
    Ok(Some(Diary { shop, busy }))
}

/// What has to be known of what is taken to decide on one start: its civil day, and the ones before
/// and after.
pub(crate) async fn busy_near(
    tx: &TenantTx,
    shop: &Shop,
    start: Instant,
) -> Result<Busy, StoreError> {
    count_alone(tx, shop).await?;
    let day = day_at(shop.rules.zone, start);
    let before = day.checked_sub_days(Days::new(1)).unwrap_or(NaiveDate::MIN);
    let behind = day.checked_add_days(Days::new(2)).unwrap_or(NaiveDate::MAX);
    // No place on earth is further from UTC.
    let span = Span {
        from: midnight(before) - Duration::hours(14),
        to: midnight(behind) + Duration::hours(12),
    };
    Ok(load::busy(tx.conn(), tx.tenant(), resources(shop), span).await?)
}

/// The class of the locks that stand for whose visits are counted.
const COUNTED: i32 = 1;

/// No constraint knows how many visits a day are enough for somebody. Where that is limited, those who
/// are about to take time there come one after the other, before any of the other locks.
async fn count_alone(tx: &TenantTx, shop: &Shop) -> Result<(), StoreError> {
    let counted = shop.rules.staff.iter().filter(|staff| staff.daily_cap.is_some());
    // An id ends with random bits.
    let mut keys: Vec<i32> = counted
        .map(|staff| {
            let [.., a, b, c, d] = staff.id.uuid().into_bytes();
            i32::from_ne_bytes([a, b, c, d])
        })
        .collect();
    if keys.is_empty() {
        return Ok(());
    }
    keys.sort_unstable();
    keys.dedup();
    let sql = "select pg_advisory_xact_lock($1, key) from unnest($2::int[]) as key";
    let values = [COUNTED.into(), keys.into()];
    tx.conn().execute_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, values)).await?;
    Ok(())
}

/// What is taken on these days, as it is now: for who is about to take some of it, which makes what
/// is kept old in any case.
pub(crate) async fn busy_now(
    tx: &TenantTx,
    shop: &Shop,
    days: &RangeInclusive<NaiveDate>,
) -> Result<Busy, StoreError> {
    count_alone(tx, shop).await?;
    Ok(load::busy(tx.conn(), tx.tenant(), resources(shop), around(days)).await?)
}

fn resources(shop: &Shop) -> Vec<Uuid> {
    let staff = shop.rules.staff.iter().map(|staff| staff.id.uuid());
    staff.chain(shop.rules.rooms.iter().map(|room| room.id.uuid())).collect()
}

/// These civil days in any zone of the world, and the days before and after.
fn around(days: &RangeInclusive<NaiveDate>) -> Span {
    let first = days.start().checked_sub_days(Days::new(2)).unwrap_or(NaiveDate::MIN);
    let last = days.end().checked_add_days(Days::new(3)).unwrap_or(NaiveDate::MAX);
    Span { from: midnight(first), to: midnight(last) }
}

fn midnight(day: NaiveDate) -> Instant {
    DateTime::<Utc>::from_naive_utc_and_offset(day.and_time(NaiveTime::MIN), Utc)
}
