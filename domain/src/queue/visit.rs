//! Visits that were booked, in the line: an entry of one follows its visit, step by step, in the
//! transaction of that step.

use std::collections::BTreeSet;

use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use super::entities::entry;
use super::join::{self, Ticket};
use super::situation::menu_minutes;
use super::state::{Source, State, Step};
use super::store::{self, Taken};
use super::{EntryFacts, WantedHere, pace, state, undo};
use crate::authz::Right;
use crate::bookings::workshop::{appointment, decide, read_any, read_row, sees};
use crate::bookings::{Action, BookingError, Deed, LineFacts, Refusal, Status, VisitFacts};
use crate::customers::Whose;
use crate::diary::Shop;
use crate::ids::{Id, Location, StaffMember};
use crate::tenancy::{StoreError, TenantTx};
use crate::time::Instant;

/// Whether a visit that stands like this may be in a line, or gets there by its next step.
const fn matters(status: Status, action: Action) -> bool {
    match action {
        Action::CheckIn | Action::Start | Action::Complete | Action::StepBack => true,
        Action::MissOut | Action::Cancel | Action::Move => matches!(status, Status::CheckedIn),
        _ => false,
    }
}

/// Holds the lines in which visits stand, before anything is held that they take. In one order.
pub(crate) async fn hold_for(
    tx: &TenantTx,
    visits: impl IntoIterator<Item = &appointment::Model>,
    to: Option<Id<Location>>,
) -> Result<(), StoreError> {
    let checked_in = Status::CheckedIn.key();
    let standing = visits.into_iter().filter(|row| row.status == checked_in);
    let mut lines: BTreeSet<Uuid> = standing.map(|row| row.location_id).collect();
    if !lines.is_empty() {
        lines.extend(to.map(Id::uuid));
    }
    for line in lines {
        store::hold(tx, Id::from_uuid(line)).await?;
    }
    Ok(())
}

/// What a visit's step does in the line. Its row is held, and written already.
pub(crate) async fn follow(
    tx: &mut TenantTx,
    before: &appointment::Model,
    (action, from): (Action, Status),
    reason: Option<&str>,
) -> Result<(), BookingError> {
    if !matters(from, action) {
        return Ok(());
    }
    let visit = read_any(tx, Id::from_uuid(before.id)).await?;
    hold_for(tx, [before], Some(visit.location)).await?;
    let held = store::hold(tx, visit.location).await?;
    let forgotten_at = join::forgotten_at(&held, tx.now(), Some(visit.starts_at));
    let entry = entry_of(tx, &visit).await?;
    match (action, entry) {
        (Action::CheckIn, None) => {
            arrive(tx, &visit).await?;
        }
        (Action::Start, entry) => {
            let row = match entry {
                Some(row) if state(&row)?.is_in_line() => row,
                // Nobody checked them in, or the line forgot them.
                _ => arrive(tx, &visit).await?,
            };
            begin(tx, row, &visit).await?;
        }
        (Action::Complete, Some(row)) if state(&row)?.is_open() => {
            finish(tx, row, &visit, reason).await?;
        }
        (Action::MissOut, Some(row)) if state(&row)?.is_in_line() => {
            to(tx, row, Step::MissOut, State::NoShow, reason).await?;
        }
        (Action::Cancel, Some(row)) if state(&row)?.is_in_line() => {
            to(tx, row, Step::Leave, State::Left, reason).await?;
        }
        (Action::StepBack, Some(row)) => {
            step_back(tx, row, (from, forgotten_at), reason).await?;
        }
        (Action::Move, Some(row)) if state(&row)?.is_in_line() => {
            moved(tx, row, &visit, forgotten_at).await?;
        }
        _ => {}
    }
    Ok(())
}

/// The newest entry of a visit, wherever it stands.
async fn entry_of(tx: &TenantTx, visit: &VisitFacts) -> Result<Option<entry::Model>, StoreError> {
    let found = entry::Entity::find()
        .filter(entry::Column::TenantId.eq(tx.tenant().uuid()))
        .filter(entry::Column::AppointmentId.eq(visit.id.uuid()))
        .filter(entry::Column::Source.eq(Source::Appointment.key()))
        .order_by_desc(entry::Column::Id);
    Ok(found.one(tx.conn()).await?)
}

/// Who does it: the one who does the first of it.
fn hands(visit: &VisitFacts) -> Option<(Id<StaffMember>, Option<String>)> {
    let mut lines: Vec<&LineFacts> = visit.lines.iter().collect();
    lines.sort_by_key(|line| (line.starts_at, line.position));
    lines.iter().find_map(|line| Some((line.staff?, line.staff_name.clone())))
}

/// What it is made of. Seats of one service for two are that service once: the party says the rest.
fn made_of(visit: &VisitFacts, shop: &Shop) -> Vec<WantedHere> {
    let first = visit.lines.iter().filter(|line| line.customer == 1);
    let minutes = |line: &LineFacts| {
        let sold = line.ends_at - line.starts_at;
        menu_minutes(shop, line.service, &line.addons, sold)
    };
    let mut services: Vec<WantedHere> = Vec::new();
    for line in first {
        if services.iter().any(|service| service.id == line.service) {
            continue;
        }
        services.push(WantedHere {
            id: line.service,
            name: line.service_name.clone(),
            minutes: minutes(line),
            price_minor: line.price_minor,
        });
    }
    services
}

/// Whoever comes for a visit stands in the line.
async fn arrive(tx: &mut TenantTx, visit: &VisitFacts) -> Result<entry::Model, BookingError> {
    let shop = store::shop(tx, visit.location).await?;
    let held = store::hold(tx, visit.location).await?;
    let line = store::in_line(tx, visit.location).await?;
    let Whose { id, name, phone, locale, .. } = visit.customer.clone().unwrap_or_else(|| Whose {
        id: Id::nothing(),
        name: visit.title.clone(),
        email: None,
        phone: None,
        locale: None,
        channel: None,
    });
    let ticket = Ticket {
        name,
        phone,
        locale: visit.locale.clone().or(locale).unwrap_or_else(|| shop.locale.clone()),
        party: visit.party,
        services: made_of(visit, &shop),
        staff_wanted: hands(visit).map(|(staff, _)| staff.uuid()),
        customer_id: visit.customer.as_ref().map(|_| id.uuid()),
        visit: Some((visit.id.uuid(), visit.starts_at)),
        source: Source::Appointment,
        note: visit.note.clone(),
        token_hash: None,
        taken_from: None,
        quote: None,
    };
    join::insert(tx, held, &shop, &line, ticket).await
}

async fn begin(
    tx: &mut TenantTx,
    row: entry::Model,
    visit: &VisitFacts,
) -> Result<entry::Model, BookingError> {
    let mut change: entry::ActiveModel = row.clone().into();
    change.started_at = Set(Some(tx.now()));
    let mut staff = row.staff_id.map(Id::from_uuid);
    if staff.is_none()
        && let Some((hands, name)) = hands(visit)
    {
        change.staff_id = Set(Some(hands.uuid()));
        change.staff_name = Set(name);
        staff = Some(hands);
    }
    let taken = Taken { step: Step::Start, to: State::Serving, staff, reason: None };
    store::write(tx, &row, change, taken).await
}

async fn to(
    tx: &mut TenantTx,
    row: entry::Model,
    step: Step,
    to: State,
    reason: Option<&str>,
) -> Result<entry::Model, BookingError> {
    let staff = row.staff_id.map(Id::from_uuid);
    let taken = Taken { step, to, staff, reason: reason.map(str::to_owned) };
    store::write(tx, &row, row.clone().into(), taken).await
}

async fn finish(
    tx: &mut TenantTx,
    row: entry::Model,
    visit: &VisitFacts,
    reason: Option<&str>,
) -> Result<(), BookingError> {
    // Of several who did it, nobody knows how long each took.
    let mut hands = visit.lines.iter().filter_map(|line| line.staff);
    let first = hands.next();
    let alone = first.is_some() && hands.all(|other| Some(other) == first);
    let mut change: entry::ActiveModel = row.clone().into();
    if alone && state(&row)? == State::Serving {
        change.learned = Set(pace::learn(tx, &row).await? || row.learned);
    }
    let staff = row.staff_id.map(Id::from_uuid);
    let reason = reason.map(str::to_owned);
    let taken = Taken { step: Step::Finish, to: State::Done, staff, reason };
    store::write(tx, &row, change, taken).await?;
    Ok(())
}

/// The visit's last step was a mistake.
async fn step_back(
    tx: &mut TenantTx,
    row: entry::Model,
    (from, forgotten_at): (Status, Instant),
    reason: Option<&str>,
) -> Result<(), BookingError> {
    let (now, to) = match from {
        // They weren't there after all.
        Status::CheckedIn => (state(&row)?.is_in_line(), State::Left),
        Status::InService => (state(&row)? == State::Serving, State::Waiting),
        Status::Completed => (state(&row)? == State::Done, State::Serving),
        // Whoever comes now is checked in again.
        _ => (false, State::Left),
    };
    if !now {
        return Ok(());
    }
    let change = undo::reopened(tx, &row, to, forgotten_at).await?;
    let staff = row.staff_id.map(Id::from_uuid);
    let reason = reason.map(str::to_owned);
    let taken = Taken { step: Step::StepBack, to, staff, reason };
    store::write(tx, &row, change, taken).await?;
    Ok(())
}

/// The visit takes another time, other hands, or happens elsewhere.
async fn moved(
    tx: &mut TenantTx,
    row: entry::Model,
    visit: &VisitFacts,
    forgotten_at: Instant,
) -> Result<(), BookingError> {
    if row.location_id != visit.location.uuid() {
        to(tx, row, Step::Leave, State::Left, None).await?;
        arrive(tx, visit).await?;
        return Ok(());
    }
    let shop = store::shop(tx, visit.location).await?;
    let mut change: entry::ActiveModel = row.clone().into();
    change.due_at = Set(Some(visit.starts_at));
    change.expires_at = Set(Some(forgotten_at));
    change.staff_wanted = Set(hands(visit).map(|(staff, _)| staff.uuid()));
    change.services = Set(serde_json::to_value(made_of(visit, &shop)).unwrap_or_default());
    let staff = row.staff_id.map(Id::from_uuid);
    let taken = Taken { step: Step::Move, to: state(&row)?, staff, reason: None };
    store::write(tx, &row, change, taken).await?;
    Ok(())
}

/// Whether the caller may see the visit for which somebody stands in the line.
pub(super) async fn is_seen(tx: &TenantTx, row: &entry::Model) -> Result<bool, BookingError> {
    match row.appointment_id {
        Some(visit) if !tx.caller().may(Right::ReadBookings) => {
            let visit = read_any(tx, Id::from_uuid(visit)).await?;
            Ok(sees(tx, &visit).await?)
        }
        _ => Ok(true),
    }
}

/// Does to the visit what was pressed on its entry, which follows. The visit is held.
pub(super) async fn act(
    tx: &mut TenantTx,
    row: &entry::Model,
    deed: Deed,
    right: Right,
) -> Result<EntryFacts, BookingError> {
    if !tx.caller().may(right) {
        return Err(Refusal::VisitNotAllowed.into());
    }
    let visit = row.appointment_id.ok_or(Refusal::NotFound)?;
    let visit = Id::from_uuid(visit);
    let version = read_row(tx, visit).await?.version;
    decide(tx, visit, version.into(), deed, None).await?;
    Ok(store::find(tx, Id::from_uuid(row.id)).await?.try_into()?)
}
