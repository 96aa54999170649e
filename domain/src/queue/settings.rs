//! How a location's line is kept: whether it is open, for what, for how many, and who serves.

use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ConnectionTrait, DbBackend, FromQueryResult, Statement,
};
use uuid::Uuid;

use super::entities::queue;
use super::store::{self, Held};
use super::{next, wishes};
use crate::audit::{Change, NewEntry};
use crate::bookings::workshop::nothing;
use crate::bookings::{BookingError, Refusal};
use crate::diary::{self, Shop};
use crate::fault::{Faults, ValueFault};
use crate::ids::{Id, Location, Service, StaffMember};
use crate::tenancy::{StoreError, TenantTx};
use crate::time::Instant;

/// Somebody who serves whom walks in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    /// Who.
    pub id: Id<StaffMember>,
    /// What they are called.
    pub name: String,
    /// Since when.
    pub since: Instant,
}

/// How a location's line is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Where.
    pub location: Id<Location>,
    /// What that is called.
    pub location_name: String,
    /// Whether one can join.
    pub open: bool,
    /// How many may wait.
    pub capacity: i16,
    /// What can be had. Empty: whatever customers book.
    pub services: Vec<Id<Service>>,
    /// After how many minutes somebody who waits is forgotten.
    pub expires_minutes: i16,
    /// Who serves, in the shop's order.
    pub staff: Vec<Server>,
    /// Grows with each change.
    pub version: i32,
}

/// What to change; what is left out stays.
#[derive(Debug, Clone, Default)]
pub struct SettingsChange {
    /// Whether one can join.
    pub open: Option<bool>,
    /// How many may wait.
    pub capacity: Option<i16>,
    /// What can be had. Empty: whatever customers book.
    pub services: Option<Vec<Id<Service>>>,
    /// After how many minutes somebody who waits is forgotten.
    pub expires_minutes: Option<i16>,
    /// Who serves.
    pub staff: Option<Vec<Id<StaffMember>>>,
}

/// Most who serve one line.
const MOST_STAFF: usize = 60;
/// Most services that are listed.
const MOST_SERVICES: usize = 200;

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    name: String,
    since: Instant,
}

/// Who serves at a location, in the shop's order.
pub(super) async fn serving(
    tx: &TenantTx,
    location: Id<Location>,
) -> Result<Vec<Server>, StoreError> {
    let sql = "
        select s.id, s.name, q.since from queue_staff q
        join staff s on s.tenant_id = q.tenant_id and s.id = q.staff_id
        where q.tenant_id = $1 and q.location_id = $2 and s.archived_at is null
        order by s.position, s.id";
    let values = [tx.tenant().uuid().into(), location.uuid().into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    let rows = Row::find_by_statement(statement).all(tx.conn()).await?;
    let server = |row: Row| Server { id: Id::from_uuid(row.id), name: row.name, since: row.since };
    Ok(rows.into_iter().map(server).collect())
}

impl Settings {
    pub(super) fn of(shop: &Shop, row: Option<queue::Model>, staff: Vec<Server>) -> Self {
        // Nobody opened it yet: as the table would have it.
        let row = row.unwrap_or(queue::Model {
            tenant_id: Uuid::nil(),
            location_id: shop.location.uuid(),
            open: false,
            capacity: 40,
            services: Vec::new(),
            expires_minutes: 240,
            ticket_day: None,
            last_ticket: 0,
            version: 1,
            updated_at: Instant::UNIX_EPOCH,
        });
        Self {
            location: shop.location,
            location_name: shop.location_name.clone(),
            open: row.open,
            capacity: row.capacity,
            services: row.services.into_iter().map(Id::from_uuid).collect(),
            expires_minutes: row.expires_minutes,
            staff,
            version: row.version,
        }
    }
}

/// How a location's line is kept.
pub async fn settings(tx: &TenantTx, location: Id<Location>) -> Result<Settings, BookingError> {
    let shop = store::shop(tx, location).await?;
    let row = store::peek(tx, location).await?;
    let staff = serving(tx, location).await?;
    Ok(Settings::of(&shop, row, staff))
}

fn number(least: i16, most: i16) -> impl Fn(i16) -> Result<i16, ValueFault> {
    move |number| {
        let fits = (least..=most).contains(&number).then_some(number);
        fits.ok_or_else(|| {
            ValueFault::new("out_of_range", format!("Between {least} and {most}, please."))
        })
    }
}

/// Whether this can be meant, at this shop.
fn check(shop: &Shop, change: &SettingsChange) -> Result<(), BookingError> {
    let mut faults = Faults::new();
    faults.given("/capacity", change.capacity, number(1, 500));
    faults.given("/expires_minutes", change.expires_minutes, number(15, 1_440));
    let services = change.services.as_deref().unwrap_or_default();
    for (place, service) in services.iter().enumerate() {
        if !shop.services.contains_key(service) {
            let detail = "There is no such service here.";
            faults.note(&format!("/services/{place}"), nothing(detail));
        }
    }
    let staff = change.staff.as_deref().unwrap_or_default();
    for (place, staff) in staff.iter().enumerate() {
        if !shop.people.contains_key(staff) {
            faults.note(&format!("/staff/{place}"), nothing("There is nobody like that here."));
        }
    }
    for (field, count, most) in
        [("/services", services.len(), MOST_SERVICES), ("/staff", staff.len(), MOST_STAFF)]
    {
        if count > most {
            faults.note(field, ValueFault::new("too_many", format!("Up to {most}, please.")));
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(Refusal::from(faults).into()) }
}

/// Changes how a line is kept; `seen` is the version that the caller knows. Who waits goes on waiting.
pub async fn update(
    tx: &mut TenantTx,
    location: Id<Location>,
    seen: i64,
    change: &SettingsChange,
) -> Result<Settings, BookingError> {
    let versions = diary::versions(tx, Some(location)).await?.ok_or(Refusal::NotFound)?;
    let shop = diary::shop(tx, versions).await?.ok_or(Refusal::NotFound)?;
    check(&shop, change)?;
    let held = store::hold(tx, location).await?;
    if i64::from(held.row.version) != seen {
        return Err(Refusal::Stale.into());
    }
    let before = Settings::of(&shop, Some(held.row.clone()), serving(tx, location).await?);
    if let Some(staff) = &change.staff {
        let gone = put_staff(tx, &held, staff).await?;
        wishes::free(tx, location, &gone).await?;
        next::tell(tx, location, None).await?;
    }
    let mut row: queue::ActiveModel = held.row.clone().into();
    if let Some(open) = change.open {
        row.open = Set(open);
    }
    if let Some(capacity) = change.capacity {
        row.capacity = Set(capacity);
    }
    if let Some(services) = &change.services {
        row.services = Set(services.iter().map(|id| id.uuid()).collect());
    }
    if let Some(minutes) = change.expires_minutes {
        row.expires_minutes = Set(minutes);
    }
    row.version = Set(held.row.version + 1);
    row.updated_at = Set(tx.now());
    let row = row.update(tx.conn()).await?;
    let after = Settings::of(&shop, Some(row), serving(tx, location).await?);
    tx.record(
        NewEntry::new("queue.changed", "queue")
            .on(location, shop.location_name.clone())
            .changed(changes(&before, &after)),
    );
    store::changed(tx, location);
    Ok(after)
}

fn changes(before: &Settings, after: &Settings) -> Vec<Change> {
    let services = |of: &Settings| of.services.iter().map(ToString::to_string).collect::<Vec<_>>();
    let staff = |of: &Settings| of.staff.iter().map(|one| one.name.clone()).collect::<Vec<_>>();
    let mut changes = Vec::new();
    if before.open != after.open {
        changes.push(Change::of("open", before.open, after.open));
    }
    if before.capacity != after.capacity {
        changes.push(Change::of("capacity", before.capacity, after.capacity));
    }
    if before.services != after.services {
        changes.push(Change::of("services", services(before), services(after)));
    }
    if before.expires_minutes != after.expires_minutes {
        let (before, after) = (before.expires_minutes, after.expires_minutes);
        changes.push(Change::of("expires_minutes", before, after));
    }
    if staff(before) != staff(after) {
        changes.push(Change::of("staff", staff(before), staff(after)));
    }
    changes
}

/// From now on these serve; who did already has done so since they began. Says who does no more.
async fn put_staff(
    tx: &TenantTx,
    held: &Held,
    staff: &[Id<StaffMember>],
) -> Result<Vec<Uuid>, StoreError> {
    let staff: Vec<Uuid> = staff.iter().map(|id| id.uuid()).collect();
    let (tenant, location) = (tx.tenant().uuid(), held.location.uuid());
    let gone = "delete from queue_staff
                where tenant_id = $1 and location_id = $2 and not staff_id = any($3)
                returning staff_id";
    let values = [tenant.into(), location.into(), staff.clone().into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, gone, values);
    let gone = Gone::find_by_statement(statement).all(tx.conn()).await?;
    let new = "insert into queue_staff (tenant_id, location_id, staff_id, since)
               select $1, $2, id, $4 from unnest($3::uuid[]) as id on conflict do nothing";
    let values = [tenant.into(), location.into(), staff.into(), tx.now().into()];
    tx.conn().execute_raw(Statement::from_sql_and_values(DbBackend::Postgres, new, values)).await?;
    Ok(gone.into_iter().map(|gone| gone.staff_id).collect())
}

#[derive(FromQueryResult)]
struct Gone {
    staff_id: Uuid,
}

#[derive(FromQueryResult)]
struct Place {
    location_id: Uuid,
}

/// Where somebody serves, or is waited for. Lines are held in one order.
const PLACES: &str = "
    select location_id from queue_staff where tenant_id = $1 and staff_id = $2
    union
    select location_id from queue_entries
    where tenant_id = $1 and staff_wanted = $2 and state in ('waiting', 'called')
    order by location_id";

/// Who is taken off the calendar serves nobody any more, and nobody waits for them. Lines are held before
/// whoever serves them.
pub(crate) async fn serves_no_more(
    tx: &mut TenantTx,
    staff: Id<StaffMember>,
) -> Result<(), BookingError> {
    let ids = [tx.tenant().uuid().into(), staff.uuid().into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, PLACES, ids);
    for place in Place::find_by_statement(statement).all(tx.conn()).await? {
        let location = Id::from_uuid(place.location_id);
        store::hold(tx, location).await?;
        let sql = "delete from queue_staff
                   where tenant_id = $1 and staff_id = $2 and location_id = $3";
        let values = [tx.tenant().uuid().into(), staff.uuid().into(), place.location_id.into()];
        let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
        tx.conn().execute_raw(statement).await?;
        wishes::free(tx, location, &[staff.uuid()]).await?;
        store::changed(tx, location);
        next::tell(tx, location, None).await?;
    }
    Ok(())
}
