//! Moving a visit: it keeps its id, its price and its customer, and everything else is decided afresh.

use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::{Value, json};

use super::book::{self, Setting, choose};
use super::change::{self, Stepping};
use super::entities::{appointment, line};
use super::error::{BookingError, Refusal, nothing};
use super::link;
use super::read::{self, LineFacts, VisitFacts};
use super::save::{self, Takes};
use super::search::near;
use super::sold::{Hands, Keep, Place, Retired, Sold};
use super::state::Action;
use super::wanted::{Asker, Priced};
use crate::audit::NewEntry;
use crate::authz::Right;
use crate::availability::Assignment;
use crate::diary::{self, Diary};
use crate::fault::Faults;
use crate::ids::{Appointment, Id, Location, Room, StaffMember};
use crate::messaging::{self, Kind};
use crate::queue;
use crate::tenancy::{StoreError, TenantTx};
use crate::time::Instant;
use crate::waitlist;

/// Where to.
#[derive(Debug, Clone)]
pub struct NewTime {
    /// When it begins.
    pub start: Instant,
    /// At another location, if said.
    pub location: Option<Id<Location>>,
    /// Other staff: instead of whom it has now, for the first and the second of the party. Left out:
    /// as it is; empty: whoever can.
    pub staff: Option<Vec<Id<StaffMember>>>,
    /// Into this room. Left out: the one that was chosen, if one was; else any that will do.
    pub room: Option<Id<Room>>,
    /// Put it there although somebody or something is taken.
    pub over: bool,
    /// Why.
    pub reason: Option<String>,
}

/// Moves a visit, as staff do: the version that they saw comes with it.
pub async fn relocate(
    tx: &mut TenantTx,
    id: Id<Appointment>,
    version: i64,
    to: &NewTime,
    public_url: &str,
) -> Result<VisitFacts, BookingError> {
    if to.over && !tx.caller().may(Right::OverrideBooking) {
        return Err(Refusal::OverrideNotAllowed.into());
    }
    let row = change::seen(tx, id, version).await?;
    put(tx, row, Asker::Staff, to).await?;
    let visit = read::read(tx, id).await?;
    if to.over {
        let title = visit.title.clone();
        tx.record(NewEntry::new("appointment.overridden", "appointment").on(id, title));
    }
    // A link that was passed on leads nowhere any more: the customer gets a new one. Whom no message
    // reaches keeps theirs.
    let shop = link::shop_of(tx, &visit).await?;
    if messaging::is_reached(&visit, &shop) {
        let link = link::renew(tx, id).await?;
        link::tell(tx, &visit, &shop, &link, public_url, Kind::Moved).await?;
    }
    Ok(visit)
}

/// Puts a locked visit elsewhere.
pub(super) async fn put(
    tx: &mut TenantTx,
    row: appointment::Model,
    asker: Asker,
    to: &NewTime,
) -> Result<(), BookingError> {
    let id = Id::<Appointment>::from_uuid(row.id);
    read::status(&row)?.after(Action::Move).ok_or(Refusal::WrongState)?;
    let before = lines(tx, row.id).await?;
    queue::hold_for(tx, [&row], to.location).await?;
    let setting = setting(tx, &row, &before, asker, to).await?;
    let way = if to.over {
        book::over(tx, &setting, to.start).await?
    } else {
        choose(tx, &setting, to.start).await?
    };
    if asker == Asker::Staff {
        book::own_hands_only(tx, [&way]).await?;
    }
    if !to.over && book::lapsed(&setting, &way, tx.now()) {
        return Err(Refusal::Lapsed.into());
    }
    let mut whom = change::resources(tx, id).await?;
    whom.extend(way.takes.iter().map(|(resource, _)| *resource));
    save::lock_alone(tx, whom).await?;
    let place = NewPlace { setting, way, over: to.over, reason: to.reason.clone() };
    leave(tx, &row).await?;
    settle(tx, row, &before, &place).await
}

/// Reads what is needed to decide on a new start.
pub(super) async fn setting(
    tx: &TenantTx,
    row: &appointment::Model,
    before: &[line::Model],
    asker: Asker,
    to: &NewTime,
) -> Result<Setting, BookingError> {
    near(to.start.date_naive(), tx.now())?;
    let here = Id::from_uuid(row.location_id);
    let location = to.location.unwrap_or(here);
    let versions = book::place(tx, Some(location), "/location").await?;
    let shop = diary::shop(tx, versions).await?.ok_or(Refusal::NotFound)?;
    let mut faults = Faults::new();
    for (place, staff) in to.staff.iter().flatten().enumerate() {
        if !shop.people.contains_key(staff) {
            let nobody = nothing("There is nobody like that here.");
            faults.note(&format!("/staff/{place}"), nobody);
        }
    }
    if to.room.is_some_and(|room| !shop.rooms.contains_key(&room)) {
        faults.note("/room", nothing("There is no such room here."));
    }
    if !faults.is_empty() {
        return Err(Refusal::from(faults).into());
    }
    let hands = match (&to.staff, asker) {
        (Some(whom), _) => Hands::Named(whom),
        (None, Asker::Staff) => Hands::Same,
        (None, Asker::Customer) => Hands::Chosen,
    };
    let place = match to.room {
        Some(room) => Place::This(room),
        // No room of here is there.
        None if location != here => Place::Any,
        None => Place::Chosen,
    };
    let lines: Vec<_> = before.iter().cloned().map(LineFacts::from).collect();
    let retired = Retired::of(tx, &shop, &lines).await?;
    let planned = Sold::of(row, &lines).plan(&shop, &retired, Keep { hands, place }, asker);
    let busy = diary::busy_near(tx, &shop, to.start).await?;
    Ok(Setting { diary: Diary { shop, busy: busy.into() }, planned })
}

/// The lines of a visit.
pub(crate) async fn lines(tx: &TenantTx, id: uuid::Uuid) -> Result<Vec<line::Model>, StoreError> {
    let found = line::Entity::find()
        .filter(line::Column::TenantId.eq(tx.tenant().uuid()))
        .filter(line::Column::AppointmentId.eq(id))
        .order_by_asc(line::Column::Position)
        .all(tx.conn())
        .await?;
    Ok(found)
}

/// Where a visit goes, decided.
pub(crate) struct NewPlace {
    pub(crate) setting: Setting,
    pub(crate) way: Assignment,
    pub(crate) over: bool,
    pub(crate) reason: Option<String>,
}

/// Gives back what a visit takes now. Only to be asked while the resources are locked, and only
/// before [`settle`].
pub(crate) async fn leave(tx: &mut TenantTx, row: &appointment::Model) -> Result<(), BookingError> {
    change::touch_places(tx, row).await?;
    waitlist::time_frees_up(tx, row).await?;
    Ok(save::give_back(tx, Id::from_uuid(row.id)).await?)
}

/// Takes the new time of a visit that has left its old one. Only to be asked while the resources are
/// locked.
pub(crate) async fn settle(
    tx: &mut TenantTx,
    row: appointment::Model,
    before: &[line::Model],
    place: &NewPlace,
) -> Result<(), BookingError> {
    let id = Id::<Appointment>::from_uuid(row.id);
    let NewPlace { setting, way, over, reason } = place;
    let from = read::status(&row)?;
    let after = from.after(Action::Move).ok_or(Refusal::WrongState)?;
    let location = setting.diary.shop.location;
    let takes = Takes::of(way);
    let lapses_at = after.kept_until(row.lapses_at, way.start);
    if !save::retake(tx, id, location, &takes, lapses_at, *over).await? {
        return Err(Refusal::Contended.into());
    }
    rewrite(tx, setting, way, &row, before).await?;
    let staff: Vec<_> = way.seats.iter().filter_map(|seat| seat.staff).map(Id::uuid).collect();
    book::touch(tx, &setting.diary.shop, staff);
    let details = moved_from_to(&row, way);
    let mut moved: appointment::ActiveModel = row.clone().into();
    moved.location_id = Set(location.uuid());
    moved.starts_at = Set(way.start);
    moved.ends_at = Set(way.end);
    moved.lapses_at = Set(lapses_at);
    moved.overridden = Set(*over);
    moved.sequence = Set(row.sequence + 1);
    let reason = reason.clone();
    let left = Some(before.iter().filter_map(|line| line.staff_id).collect());
    let taken = Stepping { action: Action::Move, from, to: after, reason, details, left };
    change::step(tx, &row, moved, taken).await
}

fn moved_from_to(row: &appointment::Model, way: &Assignment) -> Value {
    json!({
        "starts_at": { "before": row.starts_at, "after": way.start },
        "ends_at": { "before": row.ends_at, "after": way.end },
    })
}

/// The lines with their new times, hands and rooms, at the prices that they were sold for.
pub(super) async fn rewrite(
    tx: &TenantTx,
    setting: &Setting,
    way: &Assignment,
    row: &appointment::Model,
    before: &[line::Model],
) -> Result<(), BookingError> {
    let shop = &setting.diary.shop;
    let prices = before.iter().map(|line| line.price_minor).collect();
    let (total, deposit) = (row.price_minor, row.deposit_minor);
    let priced = Priced { lines: prices, total, deposit, discount: row.discount_minor };
    let lines = book::lines(shop, &setting.planned, way, &priced);
    line::Entity::delete_many()
        .filter(line::Column::TenantId.eq(tx.tenant().uuid()))
        .filter(line::Column::AppointmentId.eq(row.id))
        .exec(tx.conn())
        .await?;
    // It is planned from the lines, one by one.
    let rows = lines.into_iter().zip(before).map(|(line, was)| {
        // Whom the customer asked for is still the one whom they asked for.
        let chosen = line.staff_chosen || (was.staff_chosen && was.staff_id == line.staff_id);
        line::ActiveModel {
            tenant_id: Set(tx.tenant().uuid()),
            appointment_id: Set(row.id),
            position: Set(was.position),
            step: Set(was.step),
            service_id: Set(line.service_id),
            service_name: Set(line.service_name),
            customer: Set(line.customer),
            staff_id: Set(line.staff_id),
            staff_name: Set(line.staff_name),
            staff_chosen: Set(chosen),
            room_id: Set(line.room_id),
            room_name: Set(line.room_name),
            room_chosen: Set(line.room_chosen),
            starts_at: Set(line.starts_at),
            ends_at: Set(line.ends_at),
            price_minor: Set(line.price_minor),
            addons: Set(was.addons.clone()),
        }
    });
    line::Entity::insert_many(rows).exec_without_returning(tx.conn()).await?;
    Ok(())
}
