//! From a wish to a visit: staff book at once, customers first have the time kept for them.

use std::sync::Arc;

use chrono::Duration;

use super::ask;
use super::error::{BookingError, Refusal, named_nothing};
use super::link;
use super::members::Member;
use super::price::Costing;
use super::read::{self, VisitFacts, Whose};
use super::save::{self, Line, NewVisit, Takes, WrittenTo};
use super::search::{alternatives, near};
use super::state::{Action, Needs, Status};
use super::terms::Terms;
use super::told;
use super::wanted::{Asker, Planned, Priced, Wanted, plan};
use crate::audit::NewEntry;
use crate::authz::Right;
use crate::availability::{self, Assignment, Slot, Span};
use crate::customers::{self, Contact, TypedContact};
use crate::diary::{self, Diary, Shop};
use crate::fault::Faults;
use crate::ids::{Appointment, Customer, Id, Location, Series};
use crate::payments;
use crate::secrets::{OpaqueToken, TokenKind};
use crate::tenancy::TenantTx;
use crate::time::Instant;

/// How long a deposit may take.
pub(super) const PAY_WITHIN: Duration = Duration::minutes(30);

/// A visit that staff book.
#[derive(Debug, Clone)]
pub struct NewBooking {
    /// Where; the first location if left out.
    pub location: Option<Id<Location>>,
    /// What.
    pub wanted: Wanted,
    /// When.
    pub start: Instant,
    /// For whom.
    pub whom: Whom,
    /// What the customer wants said.
    pub note: String,
    /// What staff want said.
    pub staff_note: String,
    /// Put it there although somebody or something is taken, or it is for members only and this one
    /// isn't.
    pub over: bool,
}

/// For whom.
#[derive(Debug, Clone)]
pub enum Whom {
    /// A customer whom the business knows.
    Known(Id<Customer>),
    /// Somebody by name.
    Named(NewContact),
    /// Nobody yet: a block of time for who walks in.
    Nobody,
}

/// Somebody, as they are typed.
#[derive(Debug, Clone, Default)]
pub struct NewContact {
    /// The name.
    pub name: String,
    /// The address.
    pub email: Option<String>,
    /// The number.
    pub phone: Option<String>,
    /// The language.
    pub locale: Option<String>,
}

/// What is made and how it got there.
pub(crate) struct Making {
    pub(crate) status: Status,
    pub(crate) customer: Option<Whose>,
    pub(crate) contact: WrittenTo,
    pub(crate) source: &'static str,
    pub(crate) note: String,
    pub(crate) staff_note: String,
    pub(crate) series: Option<(Id<Series>, i16)>,
    pub(crate) lapses_at: Option<Instant>,
    pub(crate) visitor_hash: Option<Vec<u8>>,
    pub(crate) link: Option<OpaqueToken>,
    pub(crate) over: bool,
    pub(crate) action: &'static str,
}

/// A place and a time with all that is known of them.
pub(crate) struct Setting {
    pub(crate) diary: Diary,
    pub(crate) planned: Planned,
}

/// The present versions of a place, or which field names none.
pub(crate) async fn place(
    tx: &TenantTx,
    location: Option<Id<Location>>,
    field: &str,
) -> Result<diary::Versions, BookingError> {
    match (diary::versions(tx, location).await?, location) {
        (Some(versions), _) => Ok(versions),
        (None, Some(_)) => Err(named_nothing(field, "There is no such place.")),
        (None, None) => Err(Refusal::NotFound.into()),
    }
}

/// Reads what is needed to decide on a start.
pub(crate) async fn setting(
    tx: &TenantTx,
    location: Option<Id<Location>>,
    wanted: &Wanted,
    asker: Asker,
    start: Instant,
    instead_of: Option<Id<Appointment>>,
) -> Result<Setting, BookingError> {
    near(start.date_naive(), tx.now())?;
    let versions = place(tx, location, "/location").await?;
    let shop = diary::shop(tx, versions).await?.ok_or(Refusal::NotFound)?;
    let planned = plan(&shop, wanted, asker, instead_of)?;
    let busy = diary::busy_near(tx, &shop, start).await?;
    Ok(Setting { diary: Diary { shop, busy: busy.into() }, planned })
}

/// What could be had instead. More has to be read for it than for the decision, and only by who is
/// refused.
async fn instead(
    tx: &TenantTx,
    setting: &Setting,
    start: Instant,
) -> Result<Vec<Slot>, BookingError> {
    let Setting { diary: Diary { shop, .. }, planned } = setting;
    let days = near(start.date_naive(), tx.now())?;
    let busy = diary::busy_now(tx, shop, &days).await?;
    let diary = Diary { shop: Arc::clone(shop), busy: busy.into() };
    Ok(alternatives(&diary, planned, start, tx.now()))
}

/// The best way to do it at this start, or why there is none and what is near.
pub(crate) async fn choose(
    tx: &TenantTx,
    setting: &Setting,
    start: Instant,
) -> Result<Assignment, BookingError> {
    let Setting { diary, planned } = setting;
    let (rules, now) = (&diary.shop.rules, tx.now());
    match availability::assignments(rules, &diary.busy, &planned.visit, start, now) {
        Ok(ways) => ways.into_iter().next().ok_or_else(|| Refusal::SlotTaken.into()),
        Err(why) => {
            let near = instead(tx, setting, start).await?;
            let taken = why.iter().any(|why| matches!(why.code(), "staff_busy" | "room_busy"));
            Err(if taken {
                BookingError::taken(&why, &near)
            } else {
                BookingError::not_possible(&why, &near)
            })
        }
    }
}

/// A row that nobody needs any more stands in the way of the constraint, though not of the engine.
pub(crate) fn lapsed(setting: &Setting, way: &Assignment, now: Instant) -> bool {
    way.takes.iter().any(|(resource, span)| {
        let blocks = setting.diary.busy.0.get(resource).map_or(&[][..], Vec::as_slice);
        blocks.iter().any(|block| {
            let over = block.span.from < span.to && span.from < block.span.to;
            over && block.lapses_at.is_some_and(|at| at <= now)
        })
    })
}

pub(super) fn lines(
    shop: &Shop,
    planned: &Planned,
    way: &Assignment,
    priced: &Priced,
) -> Vec<Line> {
    let mut lines = Vec::with_capacity(planned.lines.len());
    for (position, (line, price)) in (0_i16..).zip(planned.lines.iter().zip(&priced.lines)) {
        let seat = way.seats.iter().find(|seat| (seat.step, seat.seat) == (line.step, line.seat));
        let room = way.rooms.iter().find(|room| room.step == line.step).map(|room| room.room);
        let staff = seat.and_then(|seat| seat.staff);
        let need = planned.visit.steps.get(line.step).and_then(|step| step.room.as_ref());
        let span = seat.map_or(Span { from: way.start, to: way.end }, |seat| seat.span);
        lines.push(Line {
            position,
            step: i16::try_from(line.step).unwrap_or(i16::MAX),
            service_id: line.service.uuid(),
            service_name: line.name.clone(),
            customer: line.customer.into(),
            staff_id: staff.map(Id::uuid),
            staff_name: staff.and_then(|id| Some(shop.people.get(&id)?.name.clone())),
            staff_chosen: line.chosen,
            room_id: room.map(Id::uuid),
            room_name: room.and_then(|id| shop.rooms.get(&id).cloned()),
            room_chosen: need.is_some_and(|need| need.given.is_some()),
            starts_at: span.from,
            ends_at: span.to,
            price_minor: *price,
            addons: line.addons.clone(),
        });
    }
    lines
}

/// Tells the location and every other at which one of these people works that they are taken there.
pub(super) fn touch(tx: &mut TenantTx, shop: &Shop, staff: impl IntoIterator<Item = uuid::Uuid>) {
    tx.touch().taken_under(shop.location, shop.version);
    let mut places = Vec::new();
    for id in staff {
        if let Some(person) = shop.people.get(&Id::from_uuid(id)) {
            places.extend(&person.places);
        }
    }
    for place in places {
        tx.touch().busy_at(place);
    }
}

/// Writes the visit at this start, for somebody whose memberships are known. Time that is only kept is
/// nobody's yet: who takes it up pays what they pay.
pub(crate) async fn make(
    tx: &mut TenantTx,
    setting: &Setting,
    way: Assignment,
    making: Making,
    member: &Member,
) -> Result<VisitFacts, BookingError> {
    let Setting { diary, planned } = setting;
    if !making.over && lapsed(setting, &way, tx.now()) {
        return Err(Refusal::Lapsed.into());
    }
    let shop = &diary.shop;
    let percent = member.discount(shop, way.start);
    let costing =
        planned.lines.iter().map(|line| Costing { service: line.service, addons: &line.addons });
    let priced = planned.price(shop, &way).reduced(percent, shop, costing);
    let mut terms = Terms::from(planned.policy);
    if making.status == Status::Held {
        // Whom it becomes is found out when it is taken up.
        terms.risk = planned.policy.risk;
        terms.asks_card =
            planned.policy.ask_card && payments::takes_cards(tx, &shop.currency).await?;
    }
    let mut deposit_minor = priced.deposit;
    if making.status == Status::Held && deposit_minor > 0 {
        // Whoever keeps time sees what will be asked; where nobody takes it, staff will say yes or no.
        let payable =
            payments::payable_deposit(tx, &shop.currency, deposit_minor, priced.total).await?;
        deposit_minor = payable.unwrap_or(deposit_minor);
    }
    let id = tx.new_id::<Appointment>();
    let staff: Vec<_> = way.seats.iter().filter_map(|seat| seat.staff).map(Id::uuid).collect();
    let new = NewVisit {
        id,
        location: shop.location,
        status: making.status,
        customer: making.customer,
        contact: making.contact,
        party: planned.party,
        title: planned.title.clone(),
        package: planned.package.map(|(id, _)| id),
        price_minor: priced.total,
        discount_minor: priced.discount,
        currency: shop.currency.clone(),
        deposit_minor,
        terms,
        source: making.source,
        note: making.note,
        staff_note: making.staff_note,
        overridden: making.over,
        series: making.series,
        lapses_at: making.lapses_at,
        visitor_hash: making.visitor_hash,
        link_sealed: match &making.link {
            // What holds time is its holder's, and no message leads there.
            Some(link) if making.status != Status::Held => Some(link::sealed(tx, id, link)?),
            _ => None,
        },
        link: making.link.as_ref().map(OpaqueToken::hash),
        lines: lines(shop, planned, &way, &priced),
        takes: Takes::of(&way),
        span: Span { from: way.start, to: way.end },
        action: making.action,
        reason: None,
    };
    let written = save::insert(tx, new).await?.ok_or(Refusal::Contended)?;
    touch(tx, shop, staff);
    Ok(written)
}

/// Books a visit for somebody, as staff do. Whoever has an address gets a mail with the link to it.
pub async fn book(
    tx: &mut TenantTx,
    new: &NewBooking,
    public_url: &str,
) -> Result<VisitFacts, BookingError> {
    if new.over && !tx.caller().may(Right::OverrideBooking) {
        return Err(Refusal::OverrideNotAllowed.into());
    }
    let asker = Asker::Staff;
    let setting = setting(tx, new.location, &new.wanted, asker, new.start, None).await?;
    own_column_only(tx, &new.wanted).await?;
    let way = if new.over {
        over(tx, &setting, new.start).await?
    } else {
        choose(tx, &setting, new.start).await?
    };
    own_hands_only(tx, [&way]).await?;
    let start = way.start;
    let Guest { customer, contact } = whose(tx, &setting.diary.shop, &new.whom).await?;
    let known = customer.as_ref().map(|whose| whose.id);
    let member = Member::of(tx, &setting.diary.shop, known).await?;
    if !new.over {
        member.may_have(&setting.diary.shop, setting.planned.services(), start)?;
    }
    let link = OpaqueToken::generate(TokenKind::Visit, tx.entropy());
    let making = Making {
        status: Status::Confirmed,
        link: customer.as_ref().map(|_| link.clone()),
        customer,
        contact,
        source: "staff",
        note: new.note.clone(),
        staff_note: new.staff_note.clone(),
        series: None,
        lapses_at: None,
        visitor_hash: None,
        over: new.over,
        action: Action::Ask(Needs::Nothing).key(),
    };
    let visit = make(tx, &setting, way, making, &member).await?;
    let id = visit.id;
    if new.over {
        tx.record(
            NewEntry::new("appointment.overridden", "appointment").on(id, &*setting.planned.title),
        );
    }
    tx.emit(told::made(Action::Ask(Needs::Nothing).event(), &visit));
    if start > tx.now() {
        let kind = ask::kind(visit.status);
        link::tell(tx, &visit, &setting.diary.shop, &link, public_url, kind).await?;
    }
    Ok(visit)
}

/// Without the right to see all, one takes one's own time and nobody else's, whoever was asked for.
pub(crate) async fn own_hands_only<'a>(
    tx: &TenantTx,
    ways: impl IntoIterator<Item = &'a Assignment>,
) -> Result<(), BookingError> {
    if tx.caller().may(Right::ReadBookings) {
        return Ok(());
    }
    let own = read::own_staff(tx).await?.map(Id::from_uuid);
    let is_own = |way: &Assignment| {
        let mut hands = way.seats.iter().filter_map(|seat| seat.staff).peekable();
        own.is_some() && hands.peek().is_some() && hands.all(|staff| Some(staff) == own)
    };
    if ways.into_iter().all(is_own) { Ok(()) } else { Err(Refusal::NotYours.into()) }
}

/// Without the right to see all, one asks for one's own time.
pub(crate) async fn own_column_only(tx: &TenantTx, wanted: &Wanted) -> Result<(), BookingError> {
    if tx.caller().may(Right::ReadBookings) {
        return Ok(());
    }
    let own = read::own_staff(tx).await?.map(Id::from_uuid);
    let of_services = wanted.services.iter().flat_map(|one| [one.staff, one.second]);
    let mut named = wanted.staff.iter().copied().chain(of_services.flatten());
    match named.next() {
        Some(first) if Some(first) == own && named.all(|staff| Some(staff) == own) => Ok(()),
        _ => Err(Refusal::NotYours.into()),
    }
}

/// The way it would be done were nobody taken.
pub(super) async fn over(
    tx: &TenantTx,
    setting: &Setting,
    start: Instant,
) -> Result<Assignment, BookingError> {
    let Setting { diary, planned } = setting;
    let free = availability::Busy::default();
    let rules = &diary.shop.rules;
    match availability::assignments(rules, &free, &planned.visit, start, tx.now()) {
        Ok(ways) => ways.into_iter().next().ok_or_else(|| Refusal::NotPossible.into()),
        Err(why) => Err(BookingError::not_possible(&why, &instead(tx, setting, start).await?)),
    }
}

/// Whose a visit becomes.
#[derive(Debug, Clone, Default)]
pub(crate) struct Guest {
    /// Their record; none for time that nobody's name stands on.
    pub(crate) customer: Option<Whose>,
    /// How they are written to about it, if that was said.
    pub(crate) contact: WrittenTo,
}

pub(crate) async fn whose(
    tx: &mut TenantTx,
    shop: &Shop,
    whom: &Whom,
) -> Result<Guest, BookingError> {
    match whom {
        Whom::Nobody => Ok(Guest::default()),
        Whom::Named(new) => {
            let contact = contact(new, &shop.country)?;
            let customer = Some(customers::for_booking(tx, &contact).await?);
            let Contact { email, locale, .. } = contact;
            let email = email.map(|email| email.shown().to_owned());
            Ok(Guest { customer, contact: WrittenTo { email, locale } })
        }
        Whom::Known(id) => match customers::hold_still(tx, *id).await? {
            Some(whose) => Ok(Guest { customer: Some(whose), ..Guest::default() }),
            None => Err(named_nothing("/customer/id", "There is no such customer.")),
        },
    }
}

/// Who can be meant.
fn contact(new: &NewContact, country: &str) -> Result<Contact, BookingError> {
    let mut faults = Faults::new();
    let typed = TypedContact {
        name: &new.name,
        email: new.email.as_deref(),
        phone: new.phone.as_deref(),
        locale: new.locale.as_deref(),
    };
    match typed.check("/customer", country, &mut faults) {
        Some(contact) if faults.is_empty() => Ok(contact),
        _ => Err(Refusal::from(faults).into()),
    }
}
