//! Coming into a line.

use std::sync::Arc;

use chrono::{Duration, NaiveDate};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, IntoActiveModel};
use sha2::{Digest, Sha256};

use super::check::{self, Checked, NewParty};
use super::door::{MOST_PASSES, OwnTicket};
use super::entities::{entry, queue};
use super::foresight::{Scene, Wish};
use super::line::{self, GAP};
use super::outlook::{self, Wait};
use super::settings::serving;
use super::state::{Source, State, Step};
use super::store::{self, Held};
use super::{EntryFacts, Quote, WantedHere, history, next};
use crate::availability::day_at;
use crate::bookings::workshop::{Asker, place, takes_new, whose};
use crate::bookings::{BookingError, Refusal, Whom};
use crate::diary::{self, Shop};
use crate::ids::{Id, QueueEntry};
use crate::secrets::{OpaqueToken, TokenKind};
use crate::tenancy::{Outcome, StoreError, TenantTx};
use crate::time::Instant;

/// A party that is in the line now.
#[derive(Debug)]
pub struct Joined {
    /// The party.
    pub entry: EntryFacts,
    /// Where.
    pub shop: Arc<Shop>,
    /// Their ticket: shown once.
    pub token: OpaqueToken,
    /// Their place among those who wait.
    position: u32,
    /// Whose turn it is.
    others: Vec<(String, State)>,
}

impl Joined {
    /// The same for its holder: with what they were told just now.
    pub fn own(self) -> OwnTicket {
        let Self { entry, shop, position, others, .. } = self;
        let seconds = |seconds: i32| Duration::seconds(seconds.into());
        let (p50, p90) = entry.quoted.map(|quote| (seconds(quote.p50), seconds(quote.p90))).unzip();
        let wait = Some(Wait { id: entry.id, position, p50, p90 });
        OwnTicket { entry, shop, others, wait, passes_left: MOST_PASSES, visit_at: None }
    }
}

/// What is said to a party that is about to join, for who looks at a picture of the database: it takes
/// a while to find out, and nobody else waits for that, nor for the picture, which is given back before.
/// It is of the line as it is just before. None: nobody can say, or they will be refused.
pub async fn foresee(
    tx: TenantTx,
    new: &NewParty,
    source: Source,
) -> Result<Option<Quote>, BookingError> {
    let prospect = prospect(&tx, new, asker(source)).await;
    drop(tx);
    match prospect {
        Ok((scene, wish)) => Ok(outlook::quote(scene, wish).await?),
        Err(error) if matches!(error.refusal(), Refusal::Store(_)) => Err(error),
        Err(_) => Ok(None),
    }
}

async fn prospect(
    tx: &TenantTx,
    new: &NewParty,
    asker: Asker,
) -> Result<(Scene, Wish), BookingError> {
    let versions = place(tx, new.location, "/location").await?;
    let shop = diary::shop(tx, versions).await?.ok_or(Refusal::NotFound)?;
    let row = store::peek(tx, shop.location).await?.ok_or(Refusal::QueueClosed)?;
    let line = store::in_line(tx, shop.location).await?;
    let checked = admitted(tx, new, &shop, &row, &line, asker).await?;
    let services = checked.services.iter().map(WantedHere::work).collect();
    let party = u16::try_from(checked.party).unwrap_or(1);
    Ok((Scene::of(tx, &shop).await?, Wish::new(services, party, new.staff)))
}

const fn asker(source: Source) -> Asker {
    if matches!(source, Source::Desk) { Asker::Staff } else { Asker::Customer }
}

/// How a party comes to a line.
#[derive(Debug, Clone)]
pub struct Arrival {
    /// By which way.
    pub source: Source,
    /// What [`foresee`] has found.
    pub quote: Option<Quote>,
    /// From where, if that says something: who stands at a tablet or the desk is there.
    pub from: Option<Household>,
}

/// An address of the network that people join from, and how many of them may wait in one line.
#[derive(Debug, Clone)]
pub struct Household {
    /// The address, as it is counted.
    pub address: String,
    /// So many.
    pub most: usize,
}

impl Household {
    /// Its name in this business: an address isn't kept.
    fn hash(&self, tx: &TenantTx) -> Vec<u8> {
        let mut hash = Sha256::new();
        hash.update(tx.tenant().uuid().as_bytes());
        hash.update(self.address.as_bytes());
        hash.finalize().to_vec()
    }
}

/// Whether one more may come from there.
fn counted(
    tx: &TenantTx,
    from: Option<&Household>,
    line: &[entry::Model],
) -> Result<Option<Vec<u8>>, BookingError> {
    let Some(from) = from else { return Ok(None) };
    let hash = from.hash(tx);
    let waits = |row: &&entry::Model| {
        row.taken_from.as_ref() == Some(&hash) && row.state != State::Serving.key()
    };
    if line.iter().filter(waits).count() >= from.most {
        return Err(Refusal::TooManyTickets.into());
    }
    Ok(Some(hash))
}

/// Somebody joins a line: by themselves, or the desk puts them in.
pub async fn join(
    tx: &mut TenantTx,
    new: &NewParty,
    arrival: Arrival,
) -> Result<Joined, BookingError> {
    takes_new(tx)?;
    let Arrival { source, quote, from } = arrival;
    let versions = place(tx, new.location, "/location").await?;
    let shop = diary::shop(tx, versions).await?.ok_or(Refusal::NotFound)?;
    let customer = match new.customer {
        Some(id) => whose(tx, &shop, &Whom::Known(id)).await?.customer,
        None => None,
    };
    let held = store::hold(tx, shop.location).await?;
    let line = store::in_line(tx, shop.location).await?;
    let checked = admitted(tx, new, &shop, &held.row, &line, asker(source)).await?;
    let taken_from = counted(tx, from.as_ref(), &line)?;
    let token = OpaqueToken::generate(TokenKind::Ticket, tx.entropy());
    let contact = checked.contact;
    let ticket = Ticket {
        name: contact.name,
        phone: contact.phone.map(|phone| phone.to_string()),
        locale: contact.locale.unwrap_or_else(|| shop.locale.clone()),
        party: checked.party,
        services: checked.services,
        staff_wanted: new.staff.map(Id::uuid),
        customer_id: customer.map(|whose| whose.id.uuid()),
        visit: None,
        source,
        note: checked.note,
        token_hash: Some(token.hash().to_vec()),
        taken_from,
        quote,
    };
    let row = insert(tx, held, &shop, &line, ticket).await?;
    let (mut position, mut others) = (1, Vec::new());
    for other in line {
        match super::state(&other)? {
            // As the estimator counts: a visit whose time has not come is ahead of nobody.
            State::Waiting if other.due_at.is_none_or(|due| due <= tx.now()) => position += 1,
            state @ (State::Called | State::Serving) => others.push((other.code, state)),
            _ => {}
        }
    }
    Ok(Joined { entry: row.try_into()?, shop, token, position, others })
}

/// What somebody wants, if they may join now.
async fn admitted(
    tx: &TenantTx,
    new: &NewParty,
    shop: &Shop,
    queue: &queue::Model,
    line: &[entry::Model],
    asker: Asker,
) -> Result<Checked, BookingError> {
    let checked = check::check(new, shop, queue, asker)?;
    if !queue.open {
        return Err(Refusal::QueueClosed.into());
    }
    if room(queue, line)? == 0 {
        return Err(Refusal::QueueFull.into());
    }
    let serving: Vec<_> = serving(tx, shop.location).await?.iter().map(|one| one.id).collect();
    check::can_be_served(shop, &serving, new.staff, &checked.services)?;
    Ok(checked)
}

/// How many more may join.
pub(super) fn room(queue: &queue::Model, line: &[entry::Model]) -> Result<usize, StoreError> {
    let mut waiting = 0;
    for row in line {
        let walked_in = super::source(row)? != Source::Appointment;
        waiting += usize::from(walked_in && super::state(row)?.is_in_line());
    }
    Ok(usize::try_from(queue.capacity).unwrap_or(0).saturating_sub(waiting))
}

/// What comes into a line.
#[derive(Debug)]
pub(super) struct Ticket {
    pub(super) name: String,
    pub(super) phone: Option<String>,
    pub(super) locale: String,
    pub(super) party: i16,
    pub(super) services: Vec<WantedHere>,
    pub(super) staff_wanted: Option<uuid::Uuid>,
    pub(super) customer_id: Option<uuid::Uuid>,
    /// The visit that they come for, and when it begins.
    pub(super) visit: Option<(uuid::Uuid, Instant)>,
    pub(super) source: Source,
    pub(super) note: String,
    pub(super) token_hash: Option<Vec<u8>>,
    pub(super) taken_from: Option<Vec<u8>>,
    /// What they are told.
    pub(super) quote: Option<Quote>,
}

/// When somebody who came or comes then is forgotten in the line.
pub(super) fn forgotten_at(held: &Held, now: Instant, due: Option<Instant>) -> Instant {
    let minutes = Duration::minutes(held.row.expires_minutes.into());
    due.map_or(now, |due| due.max(now)) + minutes
}

/// The same for who is there already and has just been heard of: by a call, or because they said that
/// they are there.
pub(super) fn remembered_until(held: &Held, row: &entry::Model, now: Instant) -> Instant {
    let anew = forgotten_at(held, now, None);
    row.expires_at.map_or(anew, |before| before.max(anew))
}

/// The next number of the day.
async fn number(tx: &TenantTx, held: Held, day: NaiveDate) -> Result<i32, StoreError> {
    let before = if held.row.ticket_day == Some(day) { held.row.last_ticket } else { 0 };
    let mut row = held.row.into_active_model();
    row.ticket_day = Set(Some(day));
    row.last_ticket = Set(before + 1);
    row.update(tx.conn()).await?;
    Ok(before + 1)
}

/// Writes somebody at the end of a line.
pub(super) async fn insert(
    tx: &mut TenantTx,
    held: Held,
    shop: &Shop,
    line: &[entry::Model],
    ticket: Ticket,
) -> Result<entry::Model, BookingError> {
    let now = tx.now();
    // Where a place changes its time zone, its day may go back: tickets go on where they were.
    let today = day_at(shop.rules.zone, now);
    let day = held.row.ticket_day.map_or(today, |last| last.max(today));
    let expires_at = forgotten_at(&held, now, ticket.visit.map(|(_, due)| due));
    let rank = line.iter().map(|row| row.rank).max().unwrap_or(0) + GAP;
    let due = ticket.visit.map(|(_, due)| due);
    let location = held.location;
    let code = line::code(number(tx, held, day).await?);
    let row = entry::ActiveModel {
        tenant_id: Set(tx.tenant().uuid()),
        id: Set(tx.new_id::<QueueEntry>().uuid()),
        location_id: Set(location.uuid()),
        day: Set(day),
        code: Set(code),
        state: Set(State::Waiting.key().to_owned()),
        rank: Set(rank),
        name: Set(ticket.name),
        phone: Set(ticket.phone),
        locale: Set(ticket.locale),
        party: Set(ticket.party),
        services: Set(serde_json::to_value(&ticket.services).unwrap_or_default()),
        staff_wanted: Set(ticket.staff_wanted),
        staff_id: Set(None),
        staff_name: Set(None),
        customer_id: Set(ticket.customer_id),
        appointment_id: Set(ticket.visit.map(|(visit, _)| visit)),
        due_at: Set(due),
        source: Set(ticket.source.key().to_owned()),
        note: Set(ticket.note),
        token_hash: Set(ticket.token_hash),
        quoted_low: Set(ticket.quote.map(|quote| quote.low)),
        quoted_p50: Set(ticket.quote.map(|quote| quote.p50)),
        quoted_p90: Set(ticket.quote.map(|quote| quote.p90)),
        joined_at: Set(now),
        // Who stands at the desk or the tablet is there.
        here_at: Set((ticket.source != Source::Public).then_some(now)),
        next_at: Set(None),
        called_at: Set(None),
        first_called_at: Set(None),
        started_at: Set(None),
        ended_at: Set(None),
        expires_at: Set(Some(expires_at)),
        passes: Set(0),
        learned: Set(false),
        forgotten: Set(false),
        taken_from: Set(ticket.taken_from),
        version: Set(1),
        updated_at: Set(now),
    };
    let already = BookingError::from(Refusal::AlreadyWaiting);
    let row = row.insert(tx.conn()).await.on_constraint("queue_once", already)?;
    let written = history::Line {
        step: Step::Join,
        from: None,
        to: State::Waiting,
        staff: ticket.staff_wanted.map(Id::from_uuid),
        reason: None,
    };
    history::write(tx, &row, written).await?;
    store::tell(tx, &row, Step::Join);
    next::tell(tx, location, None).await?;
    Ok(row)
}
