//! One visit of a series and all later ones.

use serde_json::json;

use super::pattern::Local;
use super::planned::{Occurrence, Taken, Wish, conflicts};
use super::read::{self, SeriesFacts};
use super::store;
use crate::audit::NewEntry;
use crate::bookings::workshop::{
    Asker, Dated, Keep, NewPlace, Retired, Sold, appointment, decide, leave, line, lines,
    lock_alone, near, not_stale, own_hands_only, read_any, resources, sees, settle, shop_of,
    status, tell_all,
};
use crate::bookings::{self, Action, BookingError, Deed, LineFacts, Refusal, VisitFacts};
use crate::diary;
use crate::ids::{Appointment, Id, Series};
use crate::messaging::{self, Kind};
use crate::outbox::NewEvent;
use crate::queue;
use crate::tenancy::TenantTx;
use crate::time::Instant;

/// The visit that is named and the later ones to which this can be done, locked. The first is as the
/// caller saw it.
async fn from_on(
    tx: &TenantTx,
    id: Id<Series>,
    place: i16,
    version: i64,
    action: Action,
) -> Result<Vec<appointment::Model>, BookingError> {
    store::find(tx, id).await?.ok_or(Refusal::NotFound)?;
    let mut rows = store::visits(tx, id, place, true).await?.into_iter();
    let first = rows.next().filter(|row| row.series_place == Some(place));
    let first = first.ok_or(Refusal::NotFound)?;
    // Whoever may not see it shall not learn that it is there.
    bookings::read(tx, Id::from_uuid(first.id)).await?;
    let first = not_stale(tx, first, version).await?;
    status(&first)?.after(action).ok_or(Refusal::WrongState)?;
    let mut found = vec![first];
    for row in rows {
        if status(&row)?.after(action).is_some() {
            let visit = read_any(tx, Id::from_uuid(row.id)).await?;
            if !sees(tx, &visit).await? {
                return Err(Refusal::NotYours.into());
            }
            found.push(row);
        }
    }
    Ok(found)
}

/// Calls a visit off and all later ones that are still open.
pub async fn cancel(
    tx: &mut TenantTx,
    id: Id<Series>,
    (place, version): (i16, i64),
    reason: Option<&str>,
    public_url: &str,
) -> Result<SeriesFacts, BookingError> {
    let rows = from_on(tx, id, place, version, Action::Cancel).await?;
    let title = rows.first().map(|row| row.title.clone()).unwrap_or_default();
    let mut done = Vec::new();
    for row in rows {
        let (visit, version) = (Id::from_uuid(row.id), row.version.into());
        let deed = Deed::Cancel { with_fee: false };
        done.push(decide(tx, visit, version, deed, reason.map(str::to_owned)).await?);
    }
    say(tx, done, public_url, Kind::SeriesCancelled).await?;
    tx.record(NewEntry::new("series.cancelled", "series").on(id, title));
    tx.emit(NewEvent::new("series.cancelled", &json!({ "id": id, "from_place": place })));
    read::read(tx, id).await
}

/// A visit on its way.
struct Mover {
    row: appointment::Model,
    before: Vec<line::Model>,
    place: NewPlace,
}

/// Moves a visit to `start`, and all later open ones by as much on the clock: all of them, or none
/// and what stands in the way.
pub async fn relocate(
    tx: &mut TenantTx,
    id: Id<Series>,
    (place, version): (i16, i64),
    start: Instant,
    public_url: &str,
) -> Result<SeriesFacts, BookingError> {
    let rows = from_on(tx, id, place, version, Action::Move).await?;
    queue::hold_for(tx, &rows, None).await?;
    let title = rows.first().map(|row| row.title.clone()).unwrap_or_default();
    let (occurrences, movers) = look(tx, rows, start).await?;
    conflicts(&occurrences)?;
    own_hands_only(tx, movers.iter().map(|mover| &mover.place.way)).await?;
    // Alone with all whom it is about, before and after: then all leave, and then all settle. Weekly
    // visits that move by a week take each other's places.
    let mut whom = Vec::new();
    for mover in &movers {
        whom.extend(resources(tx, Id::from_uuid(mover.row.id)).await?);
        whom.extend(mover.place.way.takes.iter().map(|(resource, _)| *resource));
    }
    lock_alone(tx, whom).await?;
    for mover in &movers {
        leave(tx, &mover.row).await?;
    }
    let mut done = Vec::new();
    for Mover { row, before, place } in movers {
        let visit = Id::<Appointment>::from_uuid(row.id);
        settle(tx, row, &before, &place).await?;
        done.push(read_any(tx, visit).await?);
    }
    say(tx, done, public_url, Kind::SeriesMoved).await?;
    tx.record(NewEntry::new("series.moved", "series").on(id, title));
    tx.emit(NewEvent::new("series.moved", &json!({ "id": id, "from_place": place })));
    read::read(tx, id).await
}

/// One message about all of them. Links that were passed on lead nowhere any more: the customer gets
/// new ones, if a message can reach them.
async fn say(
    tx: &TenantTx,
    visits: Vec<VisitFacts>,
    public_url: &str,
    kind: Kind,
) -> Result<(), BookingError> {
    let Some(first) = visits.first() else { return Ok(()) };
    let shop = shop_of(tx, first).await?;
    if !messaging::is_reached(first, &shop) {
        return Ok(());
    }
    let mut links = Vec::with_capacity(visits.len());
    for visit in &visits {
        links.push(Dated::new(visit, bookings::renew(tx, visit.id).await?));
    }
    tell_all(tx, first, &links, &shop, public_url, kind).await
}

async fn look(
    tx: &TenantTx,
    rows: Vec<appointment::Model>,
    start: Instant,
) -> Result<(Vec<Occurrence>, Vec<Mover>), BookingError> {
    let now = tx.now();
    // The first one is meant, whatever becomes of the others.
    near(start.date_naive(), now)?;
    let leaving: Vec<Id<Appointment>> = rows.iter().map(|row| Id::from_uuid(row.id)).collect();
    let (mut occurrences, mut movers, mut taken) = (Vec::new(), Vec::new(), Taken::default());
    let mut shift = None;
    for row in rows {
        let location = Some(Id::from_uuid(row.location_id));
        let versions = diary::versions(tx, location).await?.ok_or(Refusal::NotFound)?;
        let shop = diary::shop(tx, versions).await?.ok_or(Refusal::NotFound)?;
        let zone = shop.rules.zone;
        let was = row.starts_at.with_timezone(&zone).naive_local();
        let place = row.series_place.unwrap_or_default();
        let wish = match shift {
            None => {
                shift = Some(start.with_timezone(&zone).naive_local() - was);
                Wish::at(place, zone, start)
            }
            Some(shift) => Wish::of(place, zone, Local::At(was + shift)),
        };
        let Ok(days) = near(wish.around().date_naive(), now) else {
            occurrences.push(wish.out_of_reach(now));
            continue;
        };
        let before = lines(tx, row.id).await?;
        let sold: Vec<_> = before.iter().cloned().map(LineFacts::from).collect();
        let retired = Retired::of(tx, &shop, &sold).await?;
        let planned = Sold::of(&row, &sold).plan(&shop, &retired, Keep::ALL, Asker::Staff);
        let busy = diary::busy_now(tx, &shop, &days).await?;
        let setting = taken.beside(&shop, &busy, &planned, &leaving);
        let (occurrence, way) = wish.look(&setting, now)?;
        occurrences.push(occurrence);
        if let Some(way) = way {
            // Not its own id: what a visit takes itself is no obstacle to it, nor to the next.
            taken.add(tx.new_id(), &way);
            movers.push(Mover {
                row,
                before,
                place: NewPlace { setting, way, over: false, reason: None },
            });
        }
    }
    Ok((occurrences, movers))
}
