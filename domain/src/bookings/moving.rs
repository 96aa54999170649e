//! Moving a visit: it keeps its id, its price and its customer, and everything else is decided afresh.

use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::{Value, json};

use super::book::{self, Setting, choose, setting};
use super::change::{self, Stepping};
use super::entities::{appointment, line};
use super::error::{BookingError, Refusal};
use super::link;
use super::read::{self, VisitFacts};
use super::save::{self, Takes};
use super::state::Action;
use super::wanted::{Asker, SoldExtra, Wanted, WantedService};
use crate::audit::NewEntry;
use crate::authz::Right;
use crate::availability::Assignment;
use crate::ids::{Appointment, Id, Location, Room, StaffMember};
use crate::messaging::Template;
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
    /// as it is, if they can; empty: whoever can.
    pub staff: Option<Vec<Id<StaffMember>>>,
    /// Into this room.
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
    // A link that was passed on leads nowhere any more: the customer gets a new one. Whom no mail
    // reaches keeps theirs.
    if link::address(&visit).is_some() {
        let link = link::renew(tx, id).await?;
        let shop = link::shop_of(tx, &visit).await?;
        link::tell(tx, &visit, &shop, &link, public_url, Template::BookingMoved).await?;
    }
    Ok(visit)
}

/// What the visit was made of, to be wanted again.
pub(crate) fn again(
    row: &appointment::Model,
    lines: &[line::Model],
    staff: Option<&[Id<StaffMember>]>,
    room: Option<Id<Room>>,
    asker: Asker,
) -> Wanted {
    let mut services: Vec<WantedService> = Vec::new();
    let mut second: Option<Id<StaffMember>> = None;
    let mut first: Option<Id<StaffMember>> = None;
    let mut seen: Vec<(i16, uuid::Uuid, i16)> = Vec::new();
    for line in lines {
        // A second pair of hands for the same customer is counted by the service.
        let key = (line.step, line.service_id, line.customer);
        if seen.contains(&key) {
            continue;
        }
        seen.push(key);
        // Staff move a visit as it is; a customer keeps whom they asked for.
        let keep = asker == Asker::Staff || line.staff_chosen;
        let who = line.staff_id.filter(|_| keep && staff.is_none()).map(Id::from_uuid);
        if line.customer == 2 {
            second = second.or(who);
            continue;
        }
        first = first.or(who);
        let addons: Vec<SoldExtra> =
            serde_json::from_value(line.addons.clone()).unwrap_or_default();
        services.push(WantedService {
            service: Id::from_uuid(line.service_id),
            addons: addons.into_iter().map(|addon| addon.id).collect(),
            staff: who,
        });
    }
    let mut whom: Vec<_> = staff.map(<[_]>::to_vec).unwrap_or_default();
    // The second of the party keeps theirs, which is the second place of the list.
    if let (true, Some(first), Some(second)) = (staff.is_none(), first, second) {
        whom = vec![first, second];
    }
    let package = row.package_id.map(Id::from_uuid);
    Wanted {
        services: if package.is_some() { Vec::new() } else { services },
        package,
        party: u8::try_from(row.party).unwrap_or(1),
        staff: whom,
        room,
    }
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
    let location = to.location.unwrap_or(Id::from_uuid(row.location_id));
    let wanted = again(&row, &before, to.staff.as_deref(), to.room, asker);
    let setting = setting(tx, Some(location), &wanted, asker, to.start, Some(id)).await?;
    let way = if to.over {
        book::over(tx, &setting, to.start).await?
    } else {
        choose(tx, &setting, to.start).await?
    };
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
    let taken = Stepping { action: Action::Move, from, to: after, reason, details };
    change::step(tx, &row, moved, taken).await
}

fn moved_from_to(row: &appointment::Model, way: &Assignment) -> Value {
    json!({
        "starts_at": { "before": row.starts_at, "after": way.start },
        "ends_at": { "before": row.ends_at, "after": way.end },
    })
}

/// The lines with their new times, hands and rooms, at the prices that they were sold for.
async fn rewrite(
    tx: &TenantTx,
    setting: &Setting,
    way: &Assignment,
    row: &appointment::Model,
    before: &[line::Model],
) -> Result<(), BookingError> {
    let shop = &setting.diary.shop;
    let priced = setting.planned.price(shop, way);
    let lines = book::lines(shop, &setting.planned, way, &priced);
    let sold = |position: i16| before.iter().find(|line| line.position == position);
    line::Entity::delete_many()
        .filter(line::Column::TenantId.eq(tx.tenant().uuid()))
        .filter(line::Column::AppointmentId.eq(row.id))
        .exec(tx.conn())
        .await?;
    let rows = lines.into_iter().map(|line| {
        let was = sold(line.position).filter(|was| was.service_id == line.service_id);
        line::ActiveModel {
            tenant_id: Set(tx.tenant().uuid()),
            appointment_id: Set(row.id),
            position: Set(line.position),
            step: Set(line.step),
            service_id: Set(line.service_id),
            service_name: Set(was.map_or(line.service_name, |was| was.service_name.clone())),
            customer: Set(line.customer),
            staff_id: Set(line.staff_id),
            staff_name: Set(line.staff_name),
            staff_chosen: Set(was.map_or(line.staff_chosen, |was| was.staff_chosen)),
            room_id: Set(line.room_id),
            room_name: Set(line.room_name),
            starts_at: Set(line.starts_at),
            ends_at: Set(line.ends_at),
            price_minor: Set(was.map_or(line.price_minor, |was| was.price_minor)),
            addons: Set(was.map_or_else(
                || serde_json::to_value(&line.addons).unwrap_or_default(),
                |was| was.addons.clone(),
            )),
        }
    });
    line::Entity::insert_many(rows).exec_without_returning(tx.conn()).await?;
    Ok(())
}
