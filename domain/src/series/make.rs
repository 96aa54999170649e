use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::json;

use super::pattern::{Local, MOST, Pattern, Until};
use super::planned::{Occurrence, Shift, Taken, Wish, conflicts};
use super::read::{self, SeriesFacts};
use super::store;
use crate::audit::NewEntry;
use crate::availability::Assignment;
use crate::bookings::workshop::{
    Asker, Dated, Guest, Making, Member, Planned, Setting, lock_alone, make_for, near,
    own_column_only, own_hands_only, place, plan, tell_all, whose,
};
use crate::bookings::{Action, BookingError, Needs, Refusal, Status, Wanted, Whom};
use crate::diary::{self, Shop};
use crate::fault::{Explain, Faults, ValueFault};
use crate::ids::{Appointment, Id, Location, Series};
use crate::messaging::Template;
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
    /// What lies between two visits.
    pub pattern: Pattern,
    /// How often: one of the two.
    pub count: Option<u32>,
    /// Up to which day of the location: one of the two.
    pub until: Option<chrono::NaiveDate>,
    /// Places, from 1, that are left out.
    pub skip: Vec<i16>,
    /// Visits at other times than the pattern says.
    pub shift: Vec<Shift>,
}

/// What a series asks for, once it is known where.
struct Asked {
    shop: Arc<Shop>,
    planned: Planned,
    wishes: Vec<Wish>,
    skip: Vec<i16>,
}

async fn asked(tx: &TenantTx, new: &NewSeries) -> Result<Asked, BookingError> {
    // The first one is meant, whatever becomes of the others.
    near(new.start.date_naive(), tx.now())?;
    let versions = place(tx, new.location, "/location").await?;
    let shop = diary::shop(tx, versions).await?.ok_or(Refusal::NotFound)?;
    let planned = plan(&shop, &new.wanted, Asker::Staff, None)?;
    own_column_only(tx, &new.wanted).await?;
    let zone = shop.rules.zone;
    let mut faults = Faults::new();
    let until = until(new, &mut faults);
    let first = new.start.with_timezone(&zone).naive_local();
    let locals: Vec<Local> =
        until.map(|until| new.pattern.all(first, until, &mut faults)).unwrap_or_default();
    let count = i16::try_from(locals.len()).unwrap_or(i16::MAX);
    let shifts = check_exceptions(new, count, &mut faults);
    if !faults.is_empty() {
        return Err(Refusal::from(faults).into());
    }
    let wish = |(place, local): (i16, Local)| match shifts.get(&place) {
        Some(start) => Wish::at(place, zone, *start),
        // What happens twice on the clock: the one that was said.
        None if place == 1 => Wish::at(place, zone, new.start),
        None => Wish::of(place, zone, local),
    };
    let wishes = (1..=count).zip(locals).map(wish).collect();
    Ok(Asked { shop, planned, wishes, skip: new.skip.clone() })
}

fn until(new: &NewSeries, faults: &mut Faults) -> Option<Until> {
    match (new.count, new.until) {
        (Some(count), None) if (2..=MOST).contains(&count) => Some(Until::Count(count)),
        (Some(_), None) => {
            let detail = "A series has from 2 to 52 visits.";
            faults.note("/count", ValueFault::new("count", detail));
            None
        }
        (None, Some(day)) => Some(Until::Day(day)),
        _ => {
            let detail = "Say how often, or until which day.";
            faults.note("/count", ValueFault::new("either_or", detail));
            None
        }
    }
}

fn check_exceptions(new: &NewSeries, count: i16, faults: &mut Faults) -> BTreeMap<i16, Instant> {
    let unknown = || ValueFault::new("unknown", "The series has no such place.");
    for (at, place) in new.skip.iter().enumerate() {
        if count > 0 && !(1..=count).contains(place) {
            faults.note(&format!("/skip/{at}"), unknown());
        }
    }
    let mut shifts = BTreeMap::new();
    for (at, shift) in new.shift.iter().enumerate() {
        let field = format!("/shift/{at}/place");
        if count > 0 && !(1..=count).contains(&shift.place) {
            faults.note(&field, unknown());
        }
        let twice = shifts.insert(shift.place, shift.start).is_some();
        if twice || new.skip.contains(&shift.place) {
            let detail = "This one is skipped or shifted already.";
            faults.note(&field, ValueFault::new("twice", detail));
        }
    }
    if count > 0 && (1..=count).all(|place| new.skip.contains(&place)) {
        faults.note("/skip", ValueFault::new("nothing_left", "Nothing is left of the series."));
    }
    shifts
}

/// A visit of the series that can be had.
struct Found {
    place: i16,
    setting: Setting,
    way: Assignment,
}

/// Looks at each visit of the series, beside what is taken and what those before it would take.
async fn look(
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
        new.pattern,
    )
    .await?;
    // Nobody else books these people and rooms until all of it is written: one after the other, each
    // in its own order, two series could wait for each other.
    let whom = found.iter().flat_map(|one| &one.way.takes).map(|(resource, _)| *resource);
    lock_alone(tx, whom.collect()).await?;
    let (mut links, mut first): (Vec<Dated>, _) = (Vec::with_capacity(found.len()), None);
    for Found { place, setting, way } in found {
        let link = OpaqueToken::generate(TokenKind::Visit, tx.entropy());
        links.push((way.start, link.clone()));
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
            link: customer.as_ref().map(|_| link),
            over: false,
            action: Action::Ask(Needs::Nothing).key(),
        };
        let visit = make_for(tx, &setting, way, making, &member).await?;
        let told = json!({ "id": visit.id, "version": 1 });
        first = first.or(Some(visit));
        tx.emit(NewEvent::new(Action::Ask(Needs::Nothing).event(), &told));
    }
    if let Some(visit) = first {
        let template = Template::SeriesConfirmed;
        tell_all(tx, &visit, &links, &asked.shop, public_url, template).await?;
    }
    tx.record(NewEntry::new("series.created", "series").on(id, asked.planned.title.clone()));
    tx.emit(NewEvent::new("series.created", &json!({ "id": id })));
    read::read(tx, id).await
}
