//! A customer has the visit behind their link come again: the visit stays as it is and becomes the
//! first of a series. Who they are, what they filled in and agreed to is known from it.

use std::sync::Arc;

use serde_json::json;

use super::make::{Asked, Found, look};
use super::planned::{Occurrence, conflicts};
use super::store;
use super::times::Times;
use crate::bookings::workshop::{
    Asker, Dated, LineFacts, Making, Member, Sold, WrittenTo, appointment, lines, lock_alone,
    locked, make, plan, read_any, shop_of, status, tell_all, told,
};
use crate::bookings::{Action, BookingError, Holder, Needs, Refusal, Status, VisitFacts};
use crate::diary::Shop;
use crate::fault::{Faults, ValueFault};
use crate::ids::Series;
use crate::messaging::Kind;
use crate::outbox::NewEvent;
use crate::payments;
use crate::secrets::{OpaqueToken, TokenKind};
use crate::tenancy::TenantTx;

/// Most visits that a customer has in a series of their own making.
const MOST: usize = 12;

/// A visit that comes again, with its customer's way to it.
pub type Repeated = (VisitFacts, OpaqueToken);

struct Again {
    row: appointment::Model,
    visit: VisitFacts,
    asked: Asked,
    member: Member,
}

/// What can come again, and when.
async fn again(tx: &TenantTx, holder: &Holder, times: &Times) -> Result<Again, BookingError> {
    let row = locked(tx, holder).await?;
    if status(&row)? != Status::Confirmed || row.starts_at <= tx.now() {
        return Err(Refusal::WrongState.into());
    }
    if row.series_id.is_some() {
        return Err(Refusal::SeriesAlready.into());
    }
    let visit = read_any(tx, holder.visit).await?;
    let shop = shop_of(tx, &visit).await?;
    let sold: Vec<_> = lines(tx, row.id).await?.into_iter().map(LineFacts::from).collect();
    let wanted = Sold::of(&row, &sold).again(&row);
    let planned = plan(&shop, &wanted, Asker::Customer, None)?;
    let asks_card = planned.policy.ask_card && payments::takes_cards(tx, &shop.currency).await?;
    // Who looked risky is looked at each time.
    let risky = visit.risk.as_ref().is_some_and(|risk| planned.policy.risk.is_met(risk.points));
    if planned.policy.needs_approval || visit.deposit_minor > 0 || asks_card || risky {
        return Err(Refusal::OneByOne.into());
    }
    let mut wishes = times.wishes(shop.rules.zone, row.starts_at)?;
    let mut faults = Faults::new();
    let first = || ValueFault::new("first", "The first one is the visit that there is.");
    if times.skip.contains(&1) {
        faults.note("/skip", first());
    }
    if times.shift.iter().any(|shift| shift.place == 1) {
        faults.note("/shift", first());
    }
    if wishes.len() > MOST {
        let field = if times.count.is_some() { "/count" } else { "/until" };
        faults.note(field, ValueFault::new("too_many", "Up to 12 visits can be booked here."));
    }
    if !faults.is_empty() {
        return Err(Refusal::from(faults).into());
    }
    wishes.retain(|wish| wish.place > 1);
    let whose = visit.customer.as_ref().map(|whose| whose.id);
    let member = Member::of(tx, &shop, whose).await?;
    let asked = Asked { shop, planned, wishes, skip: times.skip.clone() };
    Ok(Again { row, visit, asked, member })
}

/// What would become of it; writes nothing.
pub async fn preview_repeat(
    tx: &TenantTx,
    holder: &Holder,
    times: &Times,
) -> Result<(Arc<Shop>, Vec<Occurrence>), BookingError> {
    let Again { asked, member, .. } = again(tx, holder, times).await?;
    let (occurrences, _) = look(tx, &asked, Some(&member)).await?;
    Ok((asked.shop, occurrences))
}

/// Books the later visits: all that aren't skipped, or nothing and what stands in their way. The
/// customer gets one mail with the links to them.
pub async fn repeat(
    tx: &mut TenantTx,
    holder: &Holder,
    times: &Times,
    public_url: &str,
) -> Result<(Arc<Shop>, Vec<Repeated>), BookingError> {
    let Again { row, visit, asked, member } = again(tx, holder, times).await?;
    let (occurrences, found) = look(tx, &asked, Some(&member)).await?;
    conflicts(&occurrences)?;
    let id = tx.new_id::<Series>();
    let whose = visit.customer.as_ref().map(|whose| whose.id);
    store::insert(tx, id, asked.shop.location, whose, times.pattern).await?;
    store::begin_with(tx, id, holder.visit).await?;
    // As for a series that staff make: nobody else books these people and rooms until all is written.
    let whom = found.iter().flat_map(|one| &one.way.takes).map(|(resource, _)| *resource);
    lock_alone(tx, whom.collect()).await?;
    let contact = WrittenTo { email: row.contact_email, locale: row.contact_locale };
    let mut made: Vec<Repeated> = Vec::with_capacity(found.len());
    for Found { place, setting, way } in found {
        let link = OpaqueToken::generate(TokenKind::Visit, tx.entropy());
        let making = Making {
            status: Status::Confirmed,
            customer: visit.customer.clone(),
            contact: contact.clone(),
            source: "public",
            note: row.note.clone(),
            staff_note: String::new(),
            series: Some((id, place)),
            lapses_at: None,
            visitor_hash: None,
            link: Some(link.clone()),
            over: false,
            action: Action::Ask(Needs::Nothing).key(),
        };
        let next = make(tx, &setting, way, making, &member).await?;
        if next.deposit_minor > 0 {
            return Err(Refusal::OneByOne.into());
        }
        tx.emit(told(Action::Ask(Needs::Nothing).event(), &next));
        made.push((next, link));
    }
    let links: Vec<Dated> =
        made.iter().map(|(visit, link)| Dated::new(visit, link.clone())).collect();
    if let Some((next, _)) = made.first() {
        let kind = Kind::SeriesConfirmed;
        tell_all(tx, next, &links, &asked.shop, public_url, kind).await?;
    }
    tx.emit(NewEvent::new("series.created", &json!({ "id": id })));
    Ok((asked.shop, made))
}
