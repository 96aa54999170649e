use std::sync::Arc;

use serde_json::json;

use super::planned::{Occurrence, Taken, Wish, conflicts};
use super::read::{self, SeriesFacts};
use super::store;
use super::times::Times;
use crate::audit::NewEntry;
use crate::availability::Assignment;
use crate::bookings::workshop::{
    Asker, Dated, Guest, Making, Member, Planned, Setting, lock_alone, make, near, own_column_only,
    own_hands_only, place, plan, tell_all, told, whose,
};
use crate::bookings::{Action, BookingError, Needs, Refusal, Status, Wanted, Whom};
use crate::diary::{self, Shop};
use crate::fault::Explain;
use crate::ids::{Appointment, Id, Location, Series};
use crate::messaging::Kind;
use crate::outbox::NewEvent;
use crate::secrets::{OpaqueToken, TokenKind};
use crate::tenancy::TenantTx;
use crate::time::Instant;

/// A series that staff book.
#[derive(Debug, Clone)]
pub struct NewSeries {
    /// Where; the first location if left out.
    pub location: Option<Id<Location>>,
    /// What, every time.
    pub wanted: Wanted,
    /// When the first visit begins.
    pub start: Instant,
    /// For whom.
    pub whom: Whom,
    /// When the others are.
    pub times: Times,
}

/// What a series asks for, once it is known where.
pub(super) struct Asked {
    pub(super) shop: Arc<Shop>,
    pub(super) planned: Planned,
    pub(super) wishes: Vec<Wish>,
    pub(super) skip: Vec<i16>,
}

async fn asked(tx: &TenantTx, new: &NewSeries) -> Result<Asked, BookingError> {
    // The first one is meant, whatever becomes of the others.
    near(new.start.date_naive(), tx.now())?;
    let versions = place(tx, new.location, "/location").await?;
    let shop = diary::shop(tx, versions).await?.ok_or(Refusal::NotFound)?;
    let planned = plan(&shop, &new.wanted, Asker::Staff, None)?;
    own_column_only(tx, &new.wanted).await?;
    let wishes = new.times.wishes(shop.rules.zone, new.start)?;
    Ok(Asked { shop, planned, wishes, skip: new.times.skip.clone() })
}

/// A visit of the series that can be had.
pub(super) struct Found {
    pub(super) place: i16,
    pub(super) setting: Setting,
    pub(super) way: Assignment,
}

/// Looks at each visit of the series, beside what is taken and what those before it would take.
pub(super) async fn look(
    tx: &TenantTx,
    asked: &Asked,
    member: Option<&Member>,
) -> Result<(Vec<Occurrence>, Vec<Found>), BookingError> {
    let Asked { shop, planned, wishes, skip } = asked;
    let now = tx.now();
    let (mut occurrences, mut found, mut taken) = (Vec::new(), Vec::new(), Taken::default());
    for wish in wishes {
        if skip.contains(&wish.place) {
            occurrences.push(wish.skipped());
            continue;
        }
        let Ok(days) = near(wish.around().date_naive(), now) else {
            occurrences.push(wish.out_of_reach(now));
            continue;
        };
        let busy = diary::busy_now(tx, shop, &days).await?;
        let setting = taken.beside(shop, &busy, planned, &[]);
        let (occurrence, way) = wish.look(&setting, now)?;
        let closed = |way: &Assignment| {
            member.is_some_and(|one| one.may_have(shop, planned.services(), way.start).is_err())
        };
        if way.as_ref().is_some_and(closed) {
            let only = Refusal::MembersOnly.code();
            occurrences.push(wish.refused(vec![only], Vec::new()));
            continue;
        }
        occurrences.push(occurrence);
        if let Some(way) = way {
            taken.add(tx.new_id::<Appointment>(), &way);
            found.push(Found { place: wish.place, setting, way });
        }
    }
    Ok((occurrences, found))
}

/// What would become of a series; writes nothing.
pub async fn preview(
    tx: &mut TenantTx,
    new: &NewSeries,
) -> Result<(Arc<Shop>, Vec<Occurrence>), BookingError> {
    let asked = asked(tx, new).await?;
    // Who is only named may turn out to be anybody.
    let member = match &new.whom {
        Whom::Named(_) => None,
        known => {
            let customer = whose(tx, &asked.shop, known).await?;
            Some(Member::of(tx, &asked.shop, customer.customer.map(|whose| whose.id)).await?)
        }
    };
    let (occurrences, found) = look(tx, &asked, member.as_ref()).await?;
    own_hands_only(tx, found.iter().map(|one| &one.way)).await?;
    Ok((asked.shop, occurrences))
}

/// Books a series: all of it, or nothing and what stands in its way. Whoever has an address gets one
/// mail about all of its visits.
pub async fn create(
    tx: &mut TenantTx,
    new: &NewSeries,
    public_url: &str,
) -> Result<SeriesFacts, BookingError> {
    let asked = asked(tx, new).await?;
    let Guest { customer, contact } = whose(tx, &asked.shop, &new.whom).await?;
    let member = Member::of(tx, &asked.shop, customer.as_ref().map(|whose| whose.id)).await?;
    let (occurrences, found) = look(tx, &asked, Some(&member)).await?;
    conflicts(&occurrences)?;
    own_hands_only(tx, found.iter().map(|one| &one.way)).await?;
    let id = tx.new_id::<Series>();
    store::insert(
        tx,
        id,
        asked.shop.location,
        customer.as_ref().map(|whose| whose.id),
        new.times.pattern,
    )
    .await?;
    // Nobody else books these people and rooms until all of it is written: one after the other, each
    // in its own order, two series could wait for each other.
    let whom = found.iter().flat_map(|one| &one.way.takes).map(|(resource, _)| *resource);
    lock_alone(tx, whom.collect()).await?;
    let (mut links, mut first): (Vec<Dated>, _) = (Vec::with_capacity(found.len()), None);
    for Found { place, setting, way } in found {
        let link = OpaqueToken::generate(TokenKind::Visit, tx.entropy());
        let making = Making {
            status: Status::Confirmed,
            customer: customer.clone(),
            contact: contact.clone(),
            source: "series",
            note: String::new(),
            staff_note: String::new(),
            series: Some((id, place)),
            lapses_at: None,
            visitor_hash: None,
            link: customer.as_ref().map(|_| link.clone()),
            over: false,
            action: Action::Ask(Needs::Nothing).key(),
        };
        let visit = make(tx, &setting, way, making, &member).await?;
        tx.emit(told(Action::Ask(Needs::Nothing).event(), &visit));
        links.push(Dated::new(&visit, link));
        first = first.or(Some(visit));
    }
    if let Some(visit) = first {
        let kind = Kind::SeriesConfirmed;
        tell_all(tx, &visit, &links, &asked.shop, public_url, kind).await?;
    }
    tx.record(NewEntry::new("series.created", "series").on(id, asked.planned.title.clone()));
    tx.emit(NewEvent::new("series.created", &json!({ "id": id })));
    read::read(tx, id).await
}
