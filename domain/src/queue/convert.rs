//! An appointment instead of waiting: time that is free, a customer's record and the visit, all in one
//! transaction, or nothing.

use std::collections::HashMap;

use chrono::{Duration, DurationRound};
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};

use super::entities::entry;
use super::state::{Source, State, Step};
use super::store::{self, Seen, Taken};
use super::{EntryFacts, services, source};
use crate::bookings::workshop::{
    Asker, Guest, Making, Member, appointment, choose, make, own_column_only, own_hands_only,
    setting, shop_of, tell, told, whose,
};
use crate::bookings::{
    Action, BookingError, Needs, NewContact, Refusal, Status, VisitFacts, Wanted, WantedService,
    Whom,
};
use crate::fault::{Faults, ValueFault};
use crate::ids::{Id, QueueEntry, StaffMember};
use crate::messaging::Kind;
use crate::secrets::{OpaqueToken, TokenKind};
use crate::tenancy::{StoreError, TenantTx};
use crate::time::Instant;

/// What they get instead of waiting.
#[derive(Debug, Clone, Default)]
pub struct Conversion {
    /// When it begins; at the next full minute if left out.
    pub start: Option<Instant>,
    /// By whom; by whom they wanted if left out.
    pub staff: Option<Id<StaffMember>>,
    /// Where mails about it go.
    pub email: Option<String>,
    /// What staff want said.
    pub staff_note: String,
}

fn wanted(row: &entry::Model, staff: Option<Id<StaffMember>>) -> Result<Wanted, BookingError> {
    // More than two have more than one visit.
    let party = u8::try_from(row.party).ok().filter(|party| *party <= 2);
    let Some(party) = party else {
        let mut faults = Faults::new();
        faults.note("/party", ValueFault::new("party", "A visit is for one or two."));
        return Err(Refusal::from(faults).into());
    };
    let one = |service| WantedService { service, addons: Vec::new(), staff: None, second: None };
    Ok(Wanted {
        services: services(row)?.into_iter().map(|service| one(service.id)).collect(),
        package: None,
        party,
        staff: staff.or(row.staff_wanted.map(Id::from_uuid)).into_iter().collect(),
        room: None,
    })
}

fn whom(row: &entry::Model, new: &Conversion) -> Whom {
    match row.customer_id {
        Some(id) => Whom::Known(Id::from_uuid(id)),
        None => Whom::Named(NewContact {
            name: row.name.clone(),
            email: new.email.clone(),
            phone: row.phone.clone(),
            locale: Some(row.locale.clone()),
        }),
    }
}

/// The next full minute.
fn soon(now: Instant) -> Instant {
    let minute = Duration::minutes(1);
    now.duration_trunc(minute).map_or(now, |start| if start < now { start + minute } else { start })
}

/// Makes a visit of somebody who waits. Where its time can't be had, nothing changes.
pub async fn convert(
    tx: &mut TenantTx,
    id: Id<QueueEntry>,
    version: Seen,
    new: &Conversion,
    public_url: &str,
) -> Result<(EntryFacts, VisitFacts), BookingError> {
    let before = store::find(tx, id).await?;
    let shop = store::shop(tx, Id::from_uuid(before.location_id)).await?;
    // Customers are held before lines. Who they are is looked at again below.
    let Guest { customer, contact } = match source(&before)? {
        Source::Appointment => return Err(Refusal::BookedVisit.into()),
        _ => whose(tx, &shop, &whom(&before, new)).await?,
    };
    let (held, row) = store::seen(tx, id, version.or(Some(before.version.into())), false).await?;
    let taken = Taken::by(Step::Convert, &row)?;
    let wanted = wanted(&row, new.staff)?;
    own_column_only(tx, &wanted).await?;
    let start = new.start.unwrap_or_else(|| soon(tx.now()));
    let setting = setting(tx, Some(held.location), &wanted, Asker::Staff, start, None).await?;
    let way = choose(tx, &setting, start).await?;
    own_hands_only(tx, [&way]).await?;
    let known = customer.as_ref().map(|whose| whose.id);
    let member = Member::of(tx, &setting.diary.shop, known).await?;
    member.may_have(&setting.diary.shop, setting.planned.services(), way.start)?;
    let link = OpaqueToken::generate(TokenKind::Visit, tx.entropy());
    let action = Action::Ask(Needs::Nothing);
    let making = Making {
        status: Status::Confirmed,
        customer,
        contact,
        source: "queue",
        note: row.note.clone(),
        staff_note: new.staff_note.clone(),
        series: None,
        lapses_at: None,
        visitor_hash: None,
        link: Some(link.clone()),
        over: false,
        action: action.key(),
    };
    let visit = make(tx, &setting, way, making, &member).await?;
    tx.emit(told(action.event(), &visit));
    if visit.starts_at > tx.now() {
        let shop = shop_of(tx, &visit).await?;
        tell(tx, &visit, &shop, &link, public_url, Kind::Confirmed).await?;
    }
    let mut change: entry::ActiveModel = row.clone().into();
    change.appointment_id = Set(Some(visit.id.uuid()));
    change.customer_id = Set(known.map(Id::uuid));
    let row = store::write(tx, &row, change, taken).await?;
    Ok((row.try_into()?, visit))
}

/// When the visits begin that these got instead of waiting, as far as they stand.
pub(super) async fn begin_at(
    tx: &TenantTx,
    entries: &[EntryFacts],
) -> Result<HashMap<Id<QueueEntry>, Instant>, StoreError> {
    let converted = entries.iter().filter(|entry| entry.state == State::Converted);
    let visits: HashMap<_, _> =
        converted.filter_map(|entry| Some((entry.appointment?.uuid(), entry.id))).collect();
    if visits.is_empty() {
        return Ok(HashMap::new());
    }
    let standing = appointment::Entity::find()
        .filter(appointment::Column::TenantId.eq(tx.tenant().uuid()))
        .filter(appointment::Column::Id.is_in(visits.keys().copied()))
        .filter(appointment::Column::Status.ne(Status::Cancelled.key()));
    let found = standing.all(tx.conn()).await?;
    Ok(found.into_iter().filter_map(|row| Some((*visits.get(&row.id)?, row.starts_at))).collect())
}
