//! Calling somebody out of the line.

use chrono::Duration;
use sea_orm::ActiveValue::Set;
use serde_json::json;
use uuid::Uuid;

use super::entities::entry;
use super::estimate;
use super::line::{self, Nobody, Room, Standing};
use super::settings::serving;
use super::state::{Source, State, Step};
use super::store::{self, Held, Seen, Taken};
use super::{EntryFacts, check, join, said, services, situation, source, state, visit};
use crate::authz::Right;
use crate::bookings::workshop::{fault, named_nothing, own_staff, place};
use crate::bookings::{BookingError, Refusal};
use crate::diary::{self, Shop};
use crate::ids::{Id, Location, QueueEntry, Service, StaffMember};
use crate::messaging::Kind;
use crate::tenancy::{StoreError, TenantTx};

/// Whose column it is: who doesn't see everybody's acts in their own.
pub(super) async fn column(
    tx: &TenantTx,
    wanted: Option<Id<StaffMember>>,
) -> Result<Option<Id<StaffMember>>, BookingError> {
    let all = tx.caller().may(Right::ReadBookings);
    if all && wanted.is_some() {
        return Ok(wanted);
    }
    let own = own_staff(tx).await?.map(Id::from_uuid);
    match (wanted, own) {
        _ if all => Ok(own),
        (None, Some(own)) => Ok(Some(own)),
        (Some(wanted), Some(own)) if wanted == own => Ok(Some(own)),
        _ => Err(Refusal::NotYours.into()),
    }
}

/// Who doesn't see everybody's touches nobody whom somebody else has called or serves.
pub(super) async fn own_only(tx: &TenantTx, row: &entry::Model) -> Result<(), BookingError> {
    if tx.caller().may(Right::ReadBookings) || row.staff_id.is_none() {
        return Ok(());
    }
    if own_staff(tx).await? == row.staff_id { Ok(()) } else { Err(Refusal::NotYours.into()) }
}

/// Somebody of the staff who serves here now.
pub(super) async fn at_work(
    tx: &TenantTx,
    shop: &Shop,
    staff: Id<StaffMember>,
) -> Result<String, BookingError> {
    if !shop.people.contains_key(&staff) {
        return Err(named_nothing("/staff", "There is nobody like that here."));
    }
    let found = serving(tx, shop.location).await?.into_iter().find(|one| one.id == staff);
    Ok(found.ok_or(Refusal::NotServing)?.name)
}

/// How somebody stands in line. `takes` is how long it will, with whoever calls.
pub(super) fn standing(row: &entry::Model, takes: Duration) -> Result<Standing, StoreError> {
    let booked = source(row)? == Source::Appointment;
    Ok(Standing {
        id: Id::from_uuid(row.id),
        rank: row.rank,
        services: services(row)?.iter().map(|service| service.id.uuid()).collect(),
        wanted: row.staff_wanted.map(Id::from_uuid),
        due: row.due_at.filter(|_| booked),
        takes,
    })
}

/// Somebody has called already and waits for them to come: one at a time.
fn already_calling(line: &[entry::Model], staff: Id<StaffMember>) -> bool {
    let called = State::Called.key();
    line.iter().any(|row| row.state == called && row.staff_id == Some(staff.uuid()))
}

/// Calls whoever is next for one of the staff; without a name, for the caller.
pub async fn call_next(
    tx: &mut TenantTx,
    location: Option<Id<Location>>,
    staff: Option<Id<StaffMember>>,
) -> Result<EntryFacts, BookingError> {
    let versions = place(tx, location, "/location").await?;
    let shop = diary::shop(tx, versions).await?.ok_or(Refusal::NotFound)?;
    let unnamed = || fault("/staff", "required", "Whose turn is it?");
    let staff = column(tx, staff).await?.ok_or_else(unnamed)?;
    // What was learned is nobody's place in the line: it is read before all others have to wait.
    let paces = situation::paces(tx).await?;
    let held = store::hold(tx, shop.location).await?;
    let name = at_work(tx, &shop, staff).await?;
    let line = store::in_line(tx, shop.location).await?;
    if already_calling(&line, staff) {
        return Err(Refusal::AlreadyCalling.into());
    }
    let mut waiting = Vec::new();
    for row in line.iter().filter(|row| row.state == State::Waiting.key()) {
        let party = u16::try_from(row.party).unwrap_or(1);
        let takes = estimate::expected(&situation::work(row)?, party, staff, &paces);
        waiting.push(standing(row, takes)?);
    }
    let room = situation::room(tx, &shop, &line, staff, &paces).await?;
    let does = |service: Uuid| check::does(&shop, staff, &[Id::<Service>::from_uuid(service)]);
    let next = line::next(&waiting, staff, does, tx.now(), room);
    let next = next.map_err(|nobody| match nobody {
        Nobody::Waits => Refusal::NobodyToCall.into(),
        Nobody::Fits(first) => nobody_fits(&line, first, room),
    })?;
    let row = line.into_iter().find(|row| row.id == next.uuid()).ok_or(Refusal::NobodyToCall)?;
    to(tx, &held, &row, staff, name).await
}

/// Nobody of them would be done: who is the first, and what time there is for them.
fn nobody_fits(line: &[entry::Model], first: Id<QueueEntry>, room: Room) -> BookingError {
    let code = line.iter().find(|row| row.id == first.uuid()).map(|row| row.code.as_str());
    let helps = json!({
        "first": { "id": first, "code": code }, "free_from": room.begins, "free_until": room.until,
    });
    BookingError::with(Refusal::NobodyFits, helps)
}

/// Calls this one, whoever stands before them; without a name, for the caller.
pub async fn call(
    tx: &mut TenantTx,
    id: Id<QueueEntry>,
    version: Seen,
    staff: Option<Id<StaffMember>>,
) -> Result<EntryFacts, BookingError> {
    let (held, row) = store::seen(tx, id, version, false).await?;
    let shop = store::shop(tx, held.location).await?;
    // What was booked with somebody is theirs, unless another takes it.
    let of_visit = (source(&row)? == Source::Appointment).then_some(row.staff_wanted).flatten();
    let wanted = staff.or(of_visit.map(Id::from_uuid));
    state(&row)?.after(Step::Call).ok_or(Refusal::EntryState)?;
    if of_visit.is_some() && !visit::is_seen(tx, &row).await? {
        return Err(Refusal::NotYours.into());
    }
    let unnamed = || fault("/staff", "required", "Who calls?");
    let staff = column(tx, wanted).await?.ok_or_else(unnamed)?;
    let name = at_work(tx, &shop, staff).await?;
    if already_calling(&store::in_line(tx, held.location).await?, staff) {
        return Err(Refusal::AlreadyCalling.into());
    }
    to(tx, &held, &row, staff, name).await
}

async fn to(
    tx: &mut TenantTx,
    held: &Held,
    row: &entry::Model,
    staff: Id<StaffMember>,
    name: String,
) -> Result<EntryFacts, BookingError> {
    let taken = Taken { staff: Some(staff), ..Taken::by(Step::Call, row)? };
    let mut change: entry::ActiveModel = row.clone().into();
    change.staff_id = Set(Some(staff.uuid()));
    change.staff_name = Set(Some(name));
    change.called_at = Set(Some(tx.now()));
    change.first_called_at = Set(row.first_called_at.or(Some(tx.now())));
    change.expires_at = Set(Some(join::remembered_until(held, row, tx.now())));
    let row = store::write(tx, row, change, taken).await?;
    let shop = store::shop(tx, held.location).await?;
    said::say(tx, Kind::QueueCalled, &row, row.staff_name.as_deref(), &shop).await?;
    Ok(row.try_into()?)
}
