//! Time that is kept for somebody who waits, until they say yes or it lapses.

use std::sync::Arc;

use chrono::Duration;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QuerySelect,
};

use super::door::OfferHolder;
use super::entities::{entry, offer};
use super::read::read;
use super::{EntryFacts, OfferFacts, State, Told, wanted};
use crate::audit::NewEntry;
use crate::availability::Assignment;
use crate::bookings::workshop::{
    Asker, End, Making, Member, OnOffer, Setting, Taker, WrittenTo, appointment, check_filled,
    choose, end, make as make_visit, own_column_only, read_any, read_held, read_row, setting,
    status, take_up, told,
};
use crate::bookings::{
    Action, Agreed, Booked, BookingError, FilledIn, Refusal, Status, VisitFacts,
};
use crate::customers::{self, Contact, Likeness};
use crate::diary::{Asking, Shop};
use crate::fault::Faults;
use crate::ids::{Appointment, Customer, Id, WaitlistEntry, WaitlistOffer};
use crate::messaging::{self, Waiting};
use crate::phone::Phone;
use crate::secrets::{OpaqueToken, TokenKind};
use crate::tenancy::{StoreError, TenantTx};
use crate::text::Email;
use crate::time::Instant;

/// How long time is kept for one who waits.
const KEPT_FOR: Duration = Duration::minutes(30);

/// Where an offer stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// They can say yes.
    Open,
    /// They did.
    Accepted,
    /// They said no.
    Declined,
    /// They said nothing.
    Lapsed,
}

impl Standing {
    /// As it is stored and shown.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Accepted => "accepted",
            Self::Declined => "declined",
            Self::Lapsed => "lapsed",
        }
    }

    fn of(row: &offer::Model, now: Instant) -> Self {
        match row.state.as_str() {
            "open" if row.expires_at > now => Self::Open,
            "accepted" => Self::Accepted,
            "declined" => Self::Declined,
            _ => Self::Lapsed,
        }
    }
}

/// Time that is kept for somebody who waits, as they see it.
#[derive(Debug)]
pub struct Offered {
    /// The visit that it would be.
    pub visit: VisitFacts,
    /// Where.
    pub shop: Arc<Shop>,
    /// Whether it can still be had.
    pub standing: Standing,
    /// Until when.
    pub expires_at: Instant,
    /// What they fill in or agree to.
    pub forms: Vec<Asking>,
}

/// What comes with a yes.
#[derive(Debug, Clone, Default)]
pub struct Accepting {
    /// What they filled in.
    pub answers: Vec<FilledIn>,
    /// What they agreed to.
    pub agreed: Vec<Agreed>,
}

/// Time that was kept for somebody who waits.
pub(super) struct Made {
    token: OpaqueToken,
    /// Whether there is a way to tell them.
    told: bool,
}

/// Keeps time for somebody who waits and tells them. Their row is locked.
pub(super) async fn make(
    tx: &mut TenantTx,
    row: entry::Model,
    setting: &Setting,
    way: Assignment,
    public_url: &str,
) -> Result<Made, BookingError> {
    if row.state != State::Waiting.key() {
        return Err(Refusal::NotWaiting.into());
    }
    let expires_at = (tx.now() + KEPT_FOR).min(way.start);
    let making = Making {
        status: Status::Held,
        customer: None,
        contact: WrittenTo::default(),
        source: "waitlist",
        note: row.note.clone(),
        staff_note: String::new(),
        series: None,
        lapses_at: Some(expires_at),
        visitor_hash: None,
        link: None,
        over: false,
        action: "held",
    };
    let visit = make_visit(tx, setting, way, making, &Member::default()).await?;
    tx.emit(told("appointment.held", &visit));
    let id = tx.new_id::<WaitlistOffer>();
    let token = OpaqueToken::generate(TokenKind::Offer, tx.entropy());
    let new = offer::ActiveModel {
        tenant_id: Set(tx.tenant().uuid()),
        id: Set(id.uuid()),
        entry_id: Set(row.id),
        appointment_id: Set(visit.id.uuid()),
        token_hash: Set(token.hash().to_vec()),
        state: Set(Standing::Open.key().to_owned()),
        expires_at: Set(expires_at),
        created_at: Set(tx.now()),
    };
    new.insert(tx.conn()).await?;
    let reached = tell(tx, &row, &visit, setting, (&token, expires_at), public_url).await?;
    let offer = OfferFacts { start: visit.starts_at, end: visit.ends_at, expires_at };
    let told = Told { offer: Some(offer), ..Told::next(&row, State::Offered) };
    turn_to(tx, row, State::Offered, told, "waitlist.offered").await?;
    Ok(Made { token, told: reached })
}

/// Tells somebody who waits of time that is kept for them, if there is a way: the visit is nobody's yet.
async fn tell(
    tx: &TenantTx,
    row: &entry::Model,
    visit: &VisitFacts,
    setting: &Setting,
    (token, expires_at): (&OpaqueToken, Instant),
    public_url: &str,
) -> Result<bool, BookingError> {
    let customer = row.customer_id.map(Id::from_uuid);
    let (email, phone) = (row.email.as_deref(), row.phone.as_deref());
    let chosen = match customer {
        Some(customer) => customers::chosen_channel(tx, customer).await?,
        None => customers::channel_chosen_by(tx, (&row.name, email, phone)).await?,
    };
    let who = Waiting { name: &row.name, email, phone, chosen, locale: &row.locale, customer };
    let message = messaging::about_offer(tx, visit, &setting.diary.shop, &who).await?;
    let Some(message) = message else {
        return Ok(false);
    };
    let message = message
        .with("minutes", (expires_at - tx.now()).num_minutes())
        .link(format!("{public_url}/o/{}", token.text()));
    messaging::write_message(tx, message).await?;
    Ok(true)
}

/// Writes where somebody who waits stands now.
pub(super) async fn turn(
    tx: &mut TenantTx,
    row: entry::Model,
    to: State,
    event: &'static str,
) -> Result<(), StoreError> {
    let told = Told::next(&row, to);
    turn_to(tx, row, to, told, event).await
}

/// The same, when there is more to tell of it.
async fn turn_to(
    tx: &mut TenantTx,
    row: entry::Model,
    to: State,
    told: Told,
    event: &'static str,
) -> Result<(), StoreError> {
    let (version, title) = (row.version + 1, row.title.clone());
    let mut change: entry::ActiveModel = row.into();
    change.state = Set(to.key().to_owned());
    change.version = Set(version);
    change.updated_at = Set(tx.now());
    change.update(tx.conn()).await?;
    tx.record(NewEntry::new(event, "waitlist_entry").on(told.id, title));
    tx.emit(told.event(event));
    Ok(())
}

async fn stands(tx: &TenantTx, row: offer::Model, standing: Standing) -> Result<(), StoreError> {
    let mut change: offer::ActiveModel = row.into();
    change.state = Set(standing.key().to_owned());
    change.update(tx.conn()).await?;
    Ok(())
}

/// The time that an open offer is of is given back, whoever does it: whom it was offered to waits
/// again. The visit's row is locked.
pub(super) async fn ended(tx: &mut TenantTx, visit: Id<Appointment>) -> Result<(), StoreError> {
    let found = offer::Entity::find()
        .filter(offer::Column::TenantId.eq(tx.tenant().uuid()))
        .filter(offer::Column::AppointmentId.eq(visit.uuid()))
        .filter(offer::Column::State.eq(Standing::Open.key()))
        .lock_exclusive();
    let Some(open) = found.one(tx.conn()).await? else { return Ok(()) };
    let entry = entry_of(tx, &open).await?;
    stands(tx, open, Standing::Lapsed).await?;
    match entry.filter(|row| row.state == State::Offered.key()) {
        Some(row) => turn(tx, row, State::Waiting, "waitlist.lapsed").await,
        None => Ok(()),
    }
}

async fn entry_of(tx: &TenantTx, offer: &offer::Model) -> Result<Option<entry::Model>, StoreError> {
    let found = entry::Entity::find_by_id((tx.tenant().uuid(), offer.entry_id));
    Ok(found.lock_exclusive().one(tx.conn()).await?)
}

/// An open offer with its visit and whom it was made to, all locked, in this order.
pub(super) struct Locked {
    pub(super) visit: appointment::Model,
    pub(super) offer: offer::Model,
    pub(super) entry: entry::Model,
}

/// Locks an offer that can still be taken or refused.
pub(super) async fn lock(tx: &TenantTx, id: Id<WaitlistOffer>) -> Result<Locked, BookingError> {
    let key = (tx.tenant().uuid(), id.uuid());
    let seen = offer::Entity::find_by_id(key).one(tx.conn()).await?.ok_or(Refusal::NotFound)?;
    let visit = read_held(tx, Id::from_uuid(seen.appointment_id)).await?;
    let offer = offer::Entity::find_by_id(key).lock_exclusive();
    let offer = offer.one(tx.conn()).await?.ok_or(Refusal::NotFound)?;
    match Standing::of(&offer, tx.now()) {
        Standing::Open => {}
        Standing::Accepted => return Err(Refusal::OfferUsed.into()),
        Standing::Declined | Standing::Lapsed => return Err(Refusal::OfferOver.into()),
    }
    if status(&visit)? != Status::Held || visit.lapses_at.is_none_or(|at| at <= tx.now()) {
        return Err(Refusal::OfferOver.into());
    }
    let entry = entry_of(tx, &offer).await?.ok_or(Refusal::NotFound)?;
    Ok(Locked { visit, offer, entry })
}

/// An offer, for whoever has its link.
pub async fn look_at_offer(tx: &TenantTx, holder: &OfferHolder) -> Result<Offered, BookingError> {
    let key = (tx.tenant().uuid(), holder.offer.uuid());
    let row = offer::Entity::find_by_id(key).one(tx.conn()).await?.ok_or(Refusal::NotFound)?;
    let held = read_row(tx, Id::from_uuid(row.appointment_id)).await?;
    let OnOffer { shop, forms, .. } = OnOffer::of(tx, &held).await?;
    Ok(Offered {
        visit: read_any(tx, Id::from_uuid(row.appointment_id)).await?,
        shop,
        standing: Standing::of(&row, tx.now()),
        expires_at: row.expires_at,
        forms,
    })
}

/// Yes: the time becomes a visit of whoever waited for it.
pub async fn accept(
    tx: &mut TenantTx,
    holder: &OfferHolder,
    with: &Accepting,
    public_url: &str,
) -> Result<Booked, BookingError> {
    // A customer's record is held before visits and entries, here as everywhere: whoever merges or
    // erases them waits, or is waited for.
    let (customer, likeness, contact) = taker(tx, holder).await?;
    let Locked { visit, offer, entry } = lock(tx, holder.offer).await?;
    if entry.customer_id.is_some_and(|id| id != customer.uuid()) {
        return Err(Refusal::Contended.into());
    }
    let what = OnOffer::of(tx, &visit).await?;
    if !what.open {
        return Err(Refusal::OfferOver.into());
    }
    let mut faults = Faults::new();
    let filled = check_filled(&with.answers, &with.agreed, &what, &mut faults);
    if !faults.is_empty() {
        return Err(Refusal::from(faults).into());
    }
    let taker = Taker {
        customer,
        likeness,
        email: contact.email,
        phone: contact.phone,
        locale: contact.locale,
        note: entry.note.clone(),
        filled,
        news: false,
    };
    let booked = take_up(tx, visit, what, taker, public_url).await?;
    stands(tx, offer, Standing::Accepted).await?;
    let whose = entry::Model { customer_id: Some(customer.uuid()), ..entry.clone() };
    let mut known: entry::ActiveModel = entry.into();
    known.customer_id = Set(whose.customer_id);
    known.update(tx.conn()).await?;
    let told = Told { appointment: Some(booked.visit.id), ..Told::next(&whose, State::Booked) };
    turn_to(tx, whose, State::Booked, told, "waitlist.accepted").await?;
    Ok(booked)
}

/// Whose the visit would become, their record held, who else is like them, and how they are written to. Nobody is made for an
/// offer that is over.
async fn taker(
    tx: &mut TenantTx,
    holder: &OfferHolder,
) -> Result<(Id<Customer>, Likeness, Contact), BookingError> {
    let key = (tx.tenant().uuid(), holder.offer.uuid());
    let row = offer::Entity::find_by_id(key).one(tx.conn()).await?.ok_or(Refusal::NotFound)?;
    match Standing::of(&row, tx.now()) {
        Standing::Open => {}
        Standing::Accepted => return Err(Refusal::OfferUsed.into()),
        Standing::Declined | Standing::Lapsed => return Err(Refusal::OfferOver.into()),
    }
    let found = entry::Entity::find_by_id((key.0, row.entry_id)).one(tx.conn()).await?;
    let entry = found.ok_or(Refusal::NotFound)?;
    // What they typed when they joined was looked at then: a number has its country.
    let contact = Contact {
        name: entry.name,
        email: entry.email.as_deref().and_then(|text| Email::parse(text).ok()),
        phone: entry.phone.as_deref().and_then(|text| Phone::parse(text, "").ok()),
        locale: Some(entry.locale),
    };
    let (customer, likeness) = if let Some(id) = entry.customer_id {
        let known = Id::from_uuid(id);
        customers::hold_still(tx, known).await?;
        (known, customers::likeness(tx, &contact).await?)
    } else {
        let (whose, likeness) = customers::met(tx, &contact).await?;
        (whose.id, likeness)
    };
    Ok((customer, likeness, contact))
}

/// No: the time is given back, and they go on waiting for another.
pub async fn decline(tx: &mut TenantTx, holder: &OfferHolder) -> Result<(), BookingError> {
    let locked = lock(tx, holder.offer).await?;
    refuse(tx, locked, State::Waiting, "waitlist.declined", "customer").await
}

/// The offer is not taken: whom it was made to stands like this then.
pub(super) async fn refuse(
    tx: &mut TenantTx,
    locked: Locked,
    to: State,
    event: &'static str,
    by: &'static str,
) -> Result<(), BookingError> {
    stands(tx, locked.offer, Standing::Declined).await?;
    turn(tx, locked.entry, to, event).await?;
    let over = End { action: Action::Lapse, by, reason: None, fee_minor: 0 };
    end(tx, locked.visit, over).await
}

/// An offer that staff make.
#[derive(Debug)]
pub struct StaffOffer {
    /// Whom it was made to.
    pub entry: EntryFacts,
    /// The customer's way to it.
    pub token: OpaqueToken,
    /// Whether they are told of it by a message.
    pub told: bool,
}

/// Staff keep a time for somebody who waits, at once.
pub async fn offer(
    tx: &mut TenantTx,
    id: Id<WaitlistEntry>,
    start: Instant,
    public_url: &str,
) -> Result<StaffOffer, BookingError> {
    let found = entry::Entity::find_by_id((tx.tenant().uuid(), id.uuid())).lock_exclusive();
    let row = found.one(tx.conn()).await?.ok_or(Refusal::NotFound)?;
    if row.state != State::Waiting.key() {
        return Err(Refusal::NotWaiting.into());
    }
    let wanted = wanted(&row)?;
    own_column_only(tx, &wanted).await?;
    let location = Some(Id::from_uuid(row.location_id));
    let setting = setting(tx, location, &wanted, Asker::Staff, start, None).await?;
    let way = choose(tx, &setting, start).await?;
    let Made { token, told } = make(tx, row, &setting, way, public_url).await?;
    Ok(StaffOffer { entry: read(tx, id).await?, token, told })
}
