//! A line, held alone, and what is written of a step in it.

use std::sync::Arc;

use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, DbBackend, EntityTrait,
    QueryFilter, QueryOrder, QuerySelect, Statement,
};
use serde_json::json;
use uuid::Uuid;

use super::entities::{entry, queue};
use super::expire::LONGEST;
use super::state::{Source, State, Step};
use super::{history, next, source, state};
use crate::bookings::workshop::read_held;
use crate::bookings::{BookingError, Refusal};
use crate::diary::{self, Shop};
use crate::ids::{Id, Location, QueueEntry, StaffMember};
use crate::outbox::NewEvent;
use crate::tenancy::{Outcome, StoreError, TenantTx};

/// A line that nobody else changes until the transaction ends.
#[derive(Debug)]
pub(super) struct Held {
    pub(super) location: Id<Location>,
    pub(super) row: queue::Model,
}

fn find_queue(tx: &TenantTx, location: Id<Location>) -> sea_orm::Select<queue::Entity> {
    queue::Entity::find_by_id((tx.tenant().uuid(), location.uuid()))
}

/// Holds a location's line. It is made when it is first asked for.
pub(super) async fn hold(tx: &TenantTx, location: Id<Location>) -> Result<Held, StoreError> {
    let found = find_queue(tx, location).lock_exclusive().one(tx.conn()).await?;
    if let Some(row) = found {
        return Ok(Held { location, row });
    }
    let sql = "insert into queues (tenant_id, location_id, updated_at) values ($1, $2, $3)
               on conflict do nothing";
    let values = [tx.tenant().uuid().into(), location.uuid().into(), tx.now().into()];
    tx.conn().execute_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, values)).await?;
    let found = find_queue(tx, location).lock_exclusive().one(tx.conn()).await?;
    let missing = || StoreError::Unreadable(format!("the queue of {location}"));
    Ok(Held { location, row: found.ok_or_else(missing)? })
}

/// A line as it is, for who only looks. None: nobody ever opened it.
pub(super) async fn peek(
    tx: &TenantTx,
    location: Id<Location>,
) -> Result<Option<queue::Model>, StoreError> {
    Ok(find_queue(tx, location).one(tx.conn()).await?)
}

/// The rules of a location, also of one that was archived: who stands in its line is served.
pub(super) async fn shop(tx: &TenantTx, location: Id<Location>) -> Result<Arc<Shop>, BookingError> {
    let versions = diary::versions_of(tx, location).await?.ok_or(Refusal::NotFound)?;
    Ok(diary::shop(tx, versions).await?.ok_or(Refusal::NotFound)?)
}

/// An entry as it is.
pub(super) async fn find(tx: &TenantTx, id: Id<QueueEntry>) -> Result<entry::Model, BookingError> {
    let found = entry::Entity::find_by_id((tx.tenant().uuid(), id.uuid()));
    Ok(found.one(tx.conn()).await?.ok_or(Refusal::NotFound)?)
}

/// Those who wait, are called or are being served, in their order.
pub(super) async fn in_line(
    tx: &TenantTx,
    location: Id<Location>,
) -> Result<Vec<entry::Model>, StoreError> {
    let open = [State::Waiting, State::Called, State::Serving].map(State::key);
    let found = entry::Entity::find()
        .filter(entry::Column::TenantId.eq(tx.tenant().uuid()))
        .filter(entry::Column::LocationId.eq(location.uuid()))
        .filter(entry::Column::State.is_in(open))
        .order_by_asc(entry::Column::Rank)
        .order_by_asc(entry::Column::Id);
    Ok(found.all(tx.conn()).await?)
}

/// The version that somebody saw; none where it doesn't matter.
pub(super) type Seen = Option<i64>;

/// The line held, and an entry of it as the caller saw it. With `visit`, the visit that it came for is
/// held first.
pub(super) async fn seen(
    tx: &TenantTx,
    id: Id<QueueEntry>,
    version: Seen,
    visit: bool,
) -> Result<(Held, entry::Model), BookingError> {
    let before = find(tx, id).await?;
    if visit
        && source(&before)? == Source::Appointment
        && let Some(visit) = before.appointment_id
    {
        read_held(tx, Id::from_uuid(visit)).await?;
    }
    let held = hold(tx, Id::from_uuid(before.location_id)).await?;
    let row = find(tx, id).await?;
    match version {
        Some(version) if i64::from(row.version) != version => {
            let since = i32::try_from(version).unwrap_or(0);
            let changes = history::in_short(tx, row.id, since).await?;
            let now = json!({ "version": row.version, "changes": changes });
            Err(BookingError::with(Refusal::StaleEntry, now))
        }
        _ => Ok((held, row)),
    }
}

/// A step about to be written.
#[derive(Debug)]
pub(super) struct Taken {
    pub(super) step: Step,
    pub(super) to: State,
    /// Who of the staff it is about.
    pub(super) staff: Option<Id<StaffMember>>,
    pub(super) reason: Option<String>,
}

impl Taken {
    /// What the step does to an entry that stands like this.
    pub(super) fn by(step: Step, row: &entry::Model) -> Result<Self, BookingError> {
        let to = state(row)?.after(step).ok_or(Refusal::EntryState)?;
        Ok(Self { step, to, staff: row.staff_id.map(Id::from_uuid), reason: None })
    }
}

/// Writes an entry as it stands now, with its version, its history and its event, and tells who is
/// next. Only to be asked while the line is held.
pub(super) async fn write(
    tx: &mut TenantTx,
    row: &entry::Model,
    mut change: entry::ActiveModel,
    taken: Taken,
) -> Result<entry::Model, BookingError> {
    let Taken { step, to, staff, reason } = taken;
    let from = state(row)?;
    change.state = Set(to.key().to_owned());
    change.version = Set(row.version + 1);
    change.updated_at = Set(tx.now());
    if from.is_open() && !to.is_open() {
        change.ended_at = Set(Some(tx.now()));
        change.taken_from = Set(None);
    }
    if to == State::Serving {
        change.expires_at = Set(Some(tx.now() + LONGEST));
    } else if !to.is_in_line() {
        change.expires_at = Set(None);
    }
    // They come back into a line in which somebody has their number now.
    let already = BookingError::from(Refusal::AlreadyWaiting);
    let row = change.update(tx.conn()).await.on_constraint("queue_once", already)?;
    let line = history::Line { step, from: Some(from), to, staff, reason };
    history::write(tx, &row, line).await?;
    tell(tx, &row, step);
    let passed = matches!(step, Step::MoreTime | Step::Move).then_some(row.id);
    next::tell(tx, Id::from_uuid(row.location_id), passed).await?;
    Ok(row)
}

/// Says what became of an entry.
pub(super) fn tell(tx: &mut TenantTx, row: &entry::Model, step: Step) {
    tx.emit(event(step.event(), row.id, row.location_id, row.version));
}

pub(super) fn event(kind: &'static str, entry: Uuid, location: Uuid, version: i32) -> NewEvent {
    let (id, location) = (Id::<QueueEntry>::from_uuid(entry), Id::<Location>::from_uuid(location));
    NewEvent::new(kind, &json!({ "id": id, "location": location, "version": version }))
}

/// Something changed that is no single entry's: settings, or everybody's numbers.
pub(super) fn changed(tx: &mut TenantTx, location: Id<Location>) {
    tx.emit(NewEvent::new("queue.changed", &json!({ "location": location })));
}
