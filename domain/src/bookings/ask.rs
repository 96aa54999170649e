//! The customer says who they are, and the time that was kept becomes their visit.

use std::sync::Arc;

use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::book::PAY_WITHIN;
use super::change::{self, Stepping};
use super::entities::{appointment, line};
use super::error::{BookingError, Refusal};
use super::filled::{self, Filled, Questions};
use super::hold;
use super::link::{self, OwnVisit};
use super::members::Member;
use super::moving;
use super::price::Costing;
use super::read::{self, LineFacts, VisitFacts};
use super::state::{Action, Needs, Status};
use super::terms::Terms;
use super::wanted::Priced;
use crate::config::LOCALES;
use crate::customers::{self, Contact, Likeness, NewConsent, Purpose, TypedContact};
use crate::diary::{self, Asked, Asking, Asks, Shop};
use crate::entropy;
use crate::fault::{Faults, ValueFault};
use crate::ids::{Appointment, Customer, Form, Id, Service};
use crate::messaging::{self, Kind, NewMail, Template};
use crate::payments;
use crate::phone::Phone;
use crate::risk::{self, Demand, Risk};
use crate::secrets::{OpaqueToken, TokenKind};
use crate::tenancy::{Caller, Db, TenantTx};
use crate::text::{self, Email};
use crate::time::Instant;

/// Wrong codes before the hold is spent.
const MOST_TRIES: i16 = 5;

/// Who the customer says they are, as they type it.
#[derive(Debug, Clone, Default)]
pub struct NewAsk {
    /// What took the time.
    pub hold: String,
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: Option<String>,
    /// Their number.
    pub phone: Option<String>,
    /// Their language.
    pub locale: Option<String>,
    /// What they want said.
    pub note: String,
    /// The code that was sent to their address.
    pub code: Option<String>,
    /// What they filled in.
    pub answers: Vec<FilledIn>,
    /// What they agreed to.
    pub agreed: Vec<Agreed>,
    /// Whether they want news by mail.
    pub marketing_email: bool,
}

/// A form, filled in.
#[derive(Debug, Clone)]
pub struct FilledIn {
    /// Which.
    pub form: Id<Form>,
    /// The version that they saw.
    pub version: i32,
    /// Their answers, by the key of the question.
    pub answers: Value,
}

/// A consent that was given.
#[derive(Debug, Clone, Copy)]
pub struct Agreed {
    /// To what.
    pub form: Id<Form>,
    /// The version that they saw.
    pub version: i32,
}

/// A visit that is theirs.
#[derive(Debug)]
pub struct Booked {
    /// The visit.
    pub visit: VisitFacts,
    /// The customer's way back to it.
    pub link: OpaqueToken,
    /// Where.
    pub shop: Arc<Shop>,
}

impl NewAsk {
    /// The ways in which this one can be reached, folded enough that the same way is the same text.
    pub fn ways(&self) -> Vec<String> {
        let digits = |text: &String| {
            let digits: String = text.chars().filter(char::is_ascii_digit).collect();
            // What differs in front is the country's code or the trunk's nought.
            let tail = digits.len().saturating_sub(8);
            digits.get(tail..).unwrap_or_default().to_owned()
        };
        let email = self.email.as_ref().map(|email| email.trim().to_lowercase());
        let ways = [email, self.phone.as_ref().map(digits)];
        ways.into_iter().flatten().filter(|way| !way.is_empty()).collect()
    }
}

/// Counts a code that was typed, before it is looked at.
pub async fn count_code(db: &Db, caller: &Caller, new: &NewAsk) -> Result<(), BookingError> {
    if new.code.is_none() {
        return Ok(());
    }
    let mut tx = db.tenant(caller).await?;
    count_try(&mut tx, &new.hold).await?;
    Ok(tx.commit().await?)
}

/// What was booked, as its owner sees it.
pub fn seen_by_owner(booked: Booked, now: Instant) -> OwnVisit {
    // What was booked just now is on the menu.
    OwnVisit::of(booked.visit, booked.shop, &[], now)
}

/// Takes a hold up.
pub async fn ask(
    tx: &mut TenantTx,
    new: &NewAsk,
    public_url: &str,
) -> Result<Booked, BookingError> {
    let row = hold::find(tx, &new.hold).await?;
    let what = OnOffer::of(tx, &row).await?;
    if !what.open {
        // The location was archived while the time was kept.
        return Err(Refusal::HoldOver.into());
    }
    let (contact, filled) = check(new, &what)?;
    prove(&row, new, &what.shop, &what.services)?;
    let (whose, likeness) = customers::met(tx, &contact).await?;
    let taker = Taker {
        customer: whose.id,
        likeness,
        email: contact.email,
        phone: contact.phone,
        locale: contact.locale,
        note: new.note.trim().to_owned(),
        filled,
        news: new.marketing_email,
    };
    take_up(tx, row, what, taker, public_url).await
}

/// What time is kept for: the shop now, the services, and what they ask of the customer.
pub(crate) struct OnOffer {
    /// Whether new visits are still taken there.
    pub(crate) open: bool,
    pub(crate) shop: Arc<Shop>,
    pub(crate) services: Vec<Id<Service>>,
    pub(crate) forms: Vec<Asking>,
    pub(crate) questions: Questions,
}

impl OnOffer {
    pub(crate) async fn of(tx: &TenantTx, row: &appointment::Model) -> Result<Self, BookingError> {
        let (shop, services, open) = offer(tx, row).await?;
        let forms = asked_for(&shop, &services);
        let questions = filled::questions(tx, &forms).await?;
        Ok(Self { open, shop, services, forms, questions })
    }
}

/// Who takes kept time up, with what they filled in.
pub(crate) struct Taker {
    pub(crate) customer: Id<Customer>,
    /// Who was known with their address or number before.
    pub(crate) likeness: Likeness,
    pub(crate) email: Option<Email>,
    pub(crate) phone: Option<Phone>,
    pub(crate) locale: Option<String>,
    pub(crate) note: String,
    pub(crate) filled: Filled,
    /// Whether they want news by mail.
    pub(crate) news: bool,
}

/// Makes a visit of time that is kept: theirs, or waiting for approval or the deposit, as the terms
/// say.
pub(crate) async fn take_up(
    tx: &mut TenantTx,
    row: appointment::Model,
    what: OnOffer,
    taker: Taker,
    public_url: &str,
) -> Result<Booked, BookingError> {
    let id = Id::<Appointment>::from_uuid(row.id);
    let OnOffer { shop, services, forms, .. } = what;
    let customer = taker.customer;
    let member = Member::of(tx, &shop, Some(customer)).await?;
    member.may_have(&shop, services, row.starts_at)?;
    let cheaper = cheaper(tx, &shop, &row, member.discount(&shop, row.starts_at)).await?;
    let (price_minor, deposit) = cheaper
        .as_ref()
        .map_or((row.price_minor, row.deposit_minor), |priced| (priced.total, priced.deposit));
    let mut terms = Terms::read(&row.terms)?;
    let (risk, demand) = weigh(tx, &shop, &row, price_minor, &taker).await?;
    terms.needs_approval |= demand.approval();
    let mut deposit = deposit.max(demand.deposit());
    if deposit > 0 {
        match payments::payable_deposit(tx, &row.currency, deposit, price_minor).await? {
            Some(payable) => deposit = payable,
            // Nobody can take it: the time would be given up though nothing could be done about it.
            None => terms.needs_approval = true,
        }
    }
    let needs = match (terms.needs_approval, deposit > 0 || terms.asks_card) {
        (true, _) => Needs::Approval,
        (false, true) => Needs::Payment,
        (false, false) => Needs::Nothing,
    };
    let from = read::status(&row)?;
    let to = from.after(Action::Ask(needs)).ok_or(Refusal::WrongState)?;
    let link = OpaqueToken::generate(TokenKind::Visit, tx.entropy());
    let lapses_at = to.kept_until(Some(tx.now() + PAY_WITHIN), row.starts_at);
    let mut change: appointment::ActiveModel = row.clone().into();
    change.customer_id = Set(Some(customer.uuid()));
    change.contact_email = Set(taker.email.as_ref().map(|email| email.shown().to_owned()));
    change.contact_locale = Set(taker.locale.clone());
    if let Some(priced) = cheaper {
        change.price_minor = Set(priced.total);
        change.discount_minor = Set(priced.discount);
    }
    change.deposit_minor = Set(deposit);
    change.terms = Set(serde_json::to_value(terms).unwrap_or_default());
    change.risk_points = Set(Some(risk.points.into()));
    change.risk_reasons = Set(Some(serde_json::to_value(&risk.reasons).unwrap_or_default()));
    change.note = Set(taker.note);
    change.lapses_at = Set(lapses_at);
    // Who comes with the hold again learns that it was used.
    change.visitor_hash = Set(row.link_hash.clone());
    change.link_hash = Set(Some(link.hash().to_vec()));
    change.link_sealed = Set(Some(link::sealed(tx, id, &link)?));
    change.code_hash = Set(None);
    change::keep_until(tx, id, lapses_at).await?;
    change::touch_places(tx, &row).await?;
    let details = json!({});
    let action = Action::Ask(needs);
    let taken = Stepping { action, from, to, reason: None, details, left: None };
    change::step(tx, &row, change, taken).await?;
    filled::keep(tx, &forms, taker.filled, customer, id).await?;
    if taker.news && taker.email.is_some() {
        let yes = NewConsent { purpose: Purpose::MarketingEmail, granted: true };
        customers::record_booking_consent(tx, customer, yes, id).await?;
    }
    let visit = read::read_any(tx, id).await?;
    // The link goes to who typed an address, and not to one that is only on record.
    if taker.email.is_some() {
        link::tell(tx, &visit, &shop, &link, public_url, kind(to)).await?;
    }
    Ok(Booked { visit, link, shop })
}

/// How likely it looks that nobody comes, and what is asked because of it.
async fn weigh(
    tx: &TenantTx,
    shop: &Shop,
    row: &appointment::Model,
    price_minor: i64,
    taker: &Taker,
) -> Result<(Risk, Demand), BookingError> {
    let about = risk::About {
        visit: Id::from_uuid(row.id),
        customer: taker.customer,
        likeness: &taker.likeness,
        email: taker.email.as_ref(),
        phone: taker.phone.as_ref(),
        starts_at: row.starts_at,
        ends_at: row.ends_at,
        price_minor,
    };
    let risk = risk::score(&risk::gather(tx, shop, &about).await?);
    let rule = Terms::read(&row.terms)?.risk;
    let takes_money =
        rule.wants_deposit(risk.points) && payments::takes_money(tx, &row.currency).await?;
    let step = payments::chargeable_step(&row.currency);
    let demand = rule.demand(risk.points, price_minor, step, takes_money);
    Ok((risk, demand))
}

/// The shop now, which services the visit is made of, and whether new ones are taken there.
async fn offer(
    tx: &TenantTx,
    row: &appointment::Model,
) -> Result<(Arc<Shop>, Vec<Id<Service>>, bool), BookingError> {
    let location = Id::from_uuid(row.location_id);
    let versions = diary::versions_of(tx, location).await?.ok_or(Refusal::NotFound)?;
    let shop = diary::shop(tx, versions).await?.ok_or(Refusal::NotFound)?;
    let lines = line::Entity::find()
        .filter(line::Column::TenantId.eq(tx.tenant().uuid()))
        .filter(line::Column::AppointmentId.eq(row.id))
        .all(tx.conn())
        .await?;
    let mut services: Vec<Id<Service>> =
        lines.into_iter().map(|line| Id::from_uuid(line.service_id)).collect();
    services.sort_unstable();
    services.dedup();
    Ok((shop, services, versions.open))
}

fn asked_for(shop: &Shop, services: &[Id<Service>]) -> Vec<Asking> {
    let mut forms: Vec<Asking> = Vec::new();
    let offers = services.iter().filter_map(|id| shop.services.get(id));
    for form in offers.flat_map(|offer| &offer.forms) {
        if !forms.contains(form) {
            forms.push(form.clone());
        }
    }
    forms
}

/// Who somebody is, as the shop asks it. In a language that we don't write, the shop's own.
pub(crate) fn introduced(
    typed: &TypedContact<'_>,
    asks: Asks,
    country: &str,
    faults: &mut Faults,
) -> Option<Contact> {
    let locale = typed.locale.filter(|code| LOCALES.contains(code));
    let contact = TypedContact { locale, ..*typed }.check("", country, faults);
    for (field, asked, typed) in
        [("/email", asks.email, typed.email), ("/phone", asks.phone, typed.phone)]
    {
        if asked == Asked::Required && typed.is_none_or(|text| text.trim().is_empty()) {
            faults.note(field, ValueFault::new("required", "Please fill this in."));
        }
    }
    contact
}

/// Who this is and what they answered, as the shop asks it.
fn check(new: &NewAsk, what: &OnOffer) -> Result<(Contact, Filled), BookingError> {
    let shop = &what.shop;
    let mut faults = Faults::new();
    let typed = TypedContact {
        name: &new.name,
        email: new.email.as_deref(),
        phone: new.phone.as_deref(),
        locale: new.locale.as_deref(),
    };
    let contact = introduced(&typed, shop.asks, &shop.country, &mut faults);
    faults.take("/note", text::prose(&new.note, 0, 1_000));
    if !shop.asks.note && !new.note.trim().is_empty() {
        faults.note("/note", ValueFault::new("not_asked", "No notes are taken here."));
    }
    let filled = filled::check(&new.answers, &new.agreed, what, &mut faults);
    match contact {
        Some(contact) if faults.is_empty() => Ok((contact, filled)),
        _ => Err(Refusal::from(faults).into()),
    }
}

fn code_hash(code: &str, id: Id<Appointment>) -> Vec<u8> {
    Sha256::digest(format!("{id} {code}")).to_vec()
}

/// Whether the address is theirs, where the shop wants to know.
fn prove(
    row: &appointment::Model,
    new: &NewAsk,
    shop: &Shop,
    services: &[Id<Service>],
) -> Result<(), BookingError> {
    let mut offers = services.iter().filter_map(|id| shop.services.get(id));
    if !offers.any(|offer| offer.policy.verify_contact) {
        return Ok(());
    }
    let (Some(typed), Some(kept)) = (new.code.as_deref(), &row.code_hash) else {
        return Err(Refusal::CodeNeeded.into());
    };
    // The code was sent to an address: it proves that one and no other.
    let address = new.email.as_deref().and_then(|text| Email::parse(text).ok());
    let about = address.map(|email| format!("{} {}", email.key(), typed.trim()));
    let shown = code_hash(&about.unwrap_or_default(), Id::from_uuid(row.id));
    if bool::from(shown.as_slice().ct_eq(kept.as_slice())) {
        return Ok(());
    }
    Err(Refusal::CodeWrong.into())
}

/// Counts that a code was typed, right or wrong, before it is looked at: in a transaction of its own,
/// so that many at once are not one try.
async fn count_try(tx: &mut TenantTx, hold: &str) -> Result<(), BookingError> {
    let row = match hold::find(tx, hold).await {
        Ok(row) => row,
        // What is over or used is answered by who takes it up.
        Err(error) if matches!(error.refusal(), Refusal::Store(_)) => return Err(error),
        Err(_) => return Ok(()),
    };
    if row.code_tries >= MOST_TRIES {
        return Err(Refusal::CodeSpent.into());
    }
    let tries = row.code_tries + 1;
    let mut change: appointment::ActiveModel = row.into();
    change.code_tries = Set(tries);
    change.update(tx.conn()).await?;
    Ok(())
}

/// Sends a code to the address of who holds a time. A new one makes the one before worthless.
pub async fn send_code(tx: &mut TenantTx, hold: &str, email: &str) -> Result<(), BookingError> {
    let mut faults = Faults::new();
    let email = faults.take("/email", Email::parse(email));
    let Some(email) = email else { return Err(Refusal::from(faults).into()) };
    let row = hold::find(tx, hold).await?;
    if row.code_tries >= MOST_TRIES {
        return Err(Refusal::CodeSpent.into());
    }
    let (shop, ..) = offer(tx, &row).await?;
    let number = u32::from_be_bytes(entropy::bytes::<4>(tx.entropy())) % 1_000_000;
    let code = format!("{number:06}");
    let hash = code_hash(&format!("{} {code}", email.key()), Id::from_uuid(row.id));
    let kept_until = row.lapses_at;
    let mut change: appointment::ActiveModel = row.into();
    change.code_hash = Set(Some(hash));
    change.update(tx.conn()).await?;
    let mail = NewMail::new(&email, Template::BookingCode, &shop.locale)
        .with("business", shop.name.clone())
        .with("code", code);
    let mail = match kept_until {
        Some(until) => mail.until(until),
        None => mail,
    };
    messaging::queue(tx, mail).await?;
    Ok(())
}

/// Writes a kept visit's lines with what they cost a member; nothing to write for who isn't one.
async fn cheaper(
    tx: &TenantTx,
    shop: &Shop,
    row: &appointment::Model,
    percent: u8,
) -> Result<Option<Priced>, BookingError> {
    if percent == 0 {
        return Ok(None);
    }
    let rows = moving::lines(tx, row.id).await?;
    let lines: Vec<LineFacts> = rows.iter().cloned().map(LineFacts::from).collect();
    let before = Priced {
        lines: lines.iter().map(|line| line.price_minor).collect(),
        total: row.price_minor,
        deposit: row.deposit_minor,
        discount: 0,
    };
    let costing = lines.iter().map(|line| Costing { service: line.service, addons: &line.addons });
    let priced = before.reduced(percent, shop, costing);
    line::Entity::delete_many()
        .filter(line::Column::TenantId.eq(tx.tenant().uuid()))
        .filter(line::Column::AppointmentId.eq(row.id))
        .exec(tx.conn())
        .await?;
    let rows = rows.into_iter().zip(&priced.lines).map(|(line, price)| {
        let mut line = line::ActiveModel::from(line).reset_all();
        line.price_minor = Set(*price);
        line
    });
    line::Entity::insert_many(rows).exec_without_returning(tx.conn()).await?;
    Ok(Some(priced))
}

/// What is said of where a visit stands.
pub(super) const fn kind(status: Status) -> Kind {
    match status {
        Status::PendingApproval => Kind::Requested,
        Status::PendingPayment => Kind::Unpaid,
        Status::Expired => Kind::Lapsed,
        Status::Cancelled => Kind::Cancelled,
        _ => Kind::Confirmed,
    }
}
