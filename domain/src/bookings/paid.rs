//! The money for a visit arrives.

use std::sync::Arc;

use sea_orm::ActiveValue::Set;
use sea_orm::{DbBackend, FromQueryResult, Statement};
use serde_json::json;

use super::ask;
use super::book::{self, choose};
use super::change::{self, Stepping};
use super::entities::appointment;
use super::error::{BookingError, Refusal};
use super::link::{self, Holder};
use super::moving::{self, NewTime};
use super::read::{self, VisitFacts};
use super::save::{self, Takes};
use super::state::{Action, Status};
use super::terms::Terms;
use super::wanted::Asker;
use crate::diary::Shop;
use crate::ids::{Appointment, Id, Location};
use crate::payments::{self, Bill};
use crate::queue;
use crate::secrets::{OpaqueToken, TokenKind};
use crate::tenancy::{StoreError, TenantTx};
use crate::time::Instant;

/// As it is written who called a visit off.
const BY_CUSTOMER: &str = "customer";

/// What money has to do with of a visit, as it stands now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stood {
    pub(crate) id: Id<Appointment>,
    pub(crate) location: Id<Location>,
    pub(crate) currency: String,
    pub(crate) bill: Bill,
    /// Whether its customer leaves a card before it is certain.
    pub(crate) asks_card: bool,
    /// Whether its customer called it off.
    pub(crate) left_by_customer: bool,
}

impl Stood {
    pub(super) fn of(row: &appointment::Model) -> Result<Self, StoreError> {
        let bill = Bill {
            status: read::status(row)?,
            price_minor: row.price_minor,
            deposit_minor: row.deposit_minor,
            fee_minor: row.fee_minor,
        };
        Ok(Self {
            id: Id::from_uuid(row.id),
            location: Id::from_uuid(row.location_id),
            currency: row.currency.clone(),
            bill,
            asks_card: Terms::read(&row.terms)?.asks_card,
            left_by_customer: row.cancelled_by.as_deref() == Some(BY_CUSTOMER),
        })
    }
}

impl Stood {
    /// The same, if it stood here.
    pub(super) fn at(mut self, status: Status) -> Self {
        self.bill.status = status;
        self
    }
}

impl From<&VisitFacts> for Stood {
    fn from(visit: &VisitFacts) -> Self {
        let bill = Bill {
            status: visit.status,
            price_minor: visit.price_minor,
            deposit_minor: visit.deposit_minor,
            fee_minor: visit.fee_minor,
        };
        let currency = visit.currency.clone();
        Self {
            id: visit.id,
            location: visit.location,
            currency,
            bill,
            asks_card: visit.terms.asks_card,
            left_by_customer: visit.cancelled_by.as_deref() == Some(BY_CUSTOMER),
        }
    }
}

/// What becomes of a visit whose money arrives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Arrival {
    /// It is certain, or was before.
    Welcome,
    /// It won't take place.
    TooLate,
}

/// A visit, for whoever may see it, held until the transaction ends.
pub(crate) async fn hold_visible(
    tx: &TenantTx,
    id: Id<Appointment>,
) -> Result<VisitFacts, BookingError> {
    read::held(tx, id).await?;
    read::read(tx, id).await
}

/// One's own visit, held until the transaction ends.
pub(crate) async fn hold_own(tx: &TenantTx, holder: &Holder) -> Result<VisitFacts, BookingError> {
    link::locked(tx, holder).await?;
    read::read_any(tx, holder.visit).await
}

/// A visit, held until the transaction ends.
pub(crate) async fn hold_for_money(tx: &TenantTx, id: Id<Appointment>) -> Result<(), BookingError> {
    read::held(tx, id).await?;
    Ok(())
}

/// Where its customer finds a visit: by the link that they have, or by a new one.
pub(crate) async fn own_page(
    tx: &TenantTx,
    id: Id<Appointment>,
    public_url: &str,
) -> Result<String, BookingError> {
    let text = match read::row(tx, id).await?.link_sealed {
        Some(sealed) => link::opened(tx.tools(), id, &sealed)?,
        None => link::renew(tx, id).await?.text().to_owned(),
    };
    Ok(format!("{public_url}/b/{text}"))
}

/// Since when a visit has stood as it does.
pub(crate) async fn stands_since(
    tx: &TenantTx,
    id: Id<Appointment>,
    status: Status,
) -> Result<Option<Instant>, StoreError> {
    #[derive(FromQueryResult)]
    struct Since {
        at: Option<Instant>,
    }
    let sql = "
        select max(at) as at from appointment_history
        where tenant_id = $1 and appointment_id = $2 and to_status = $3
          and from_status is distinct from to_status";
    let values = [tx.tenant().uuid().into(), id.uuid().into(), status.key().into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    Ok(Since::find_by_statement(statement).one(tx.conn()).await?.and_then(|row| row.at))
}

/// A visit and the shop as it is now.
pub(crate) async fn with_shop(
    tx: &TenantTx,
    id: Id<Appointment>,
) -> Result<(VisitFacts, Arc<Shop>), BookingError> {
    let visit = read::read_any(tx, id).await?;
    let shop = link::shop_of(tx, &visit).await?;
    Ok((visit, shop))
}

/// Enough was paid at the desk: a held visit that waited for it is certain.
pub(crate) async fn deposit_arrived(
    tx: &mut TenantTx,
    id: Id<Appointment>,
    public_url: &str,
) -> Result<(), BookingError> {
    let row = read::held(tx, id).await?;
    confirm(tx, row, Action::Pay).await?;
    tell(tx, id, public_url).await
}

/// What was paid online arrived. A visit whose time was given up meanwhile gets it back if it is still free; if
/// somebody else is about to have it, that is found out by trying again.
pub(crate) async fn payment_arrived(
    tx: &mut TenantTx,
    id: Id<Appointment>,
    public_url: &str,
    try_again: bool,
) -> Result<Arrival, BookingError> {
    let row = read::held(tx, id).await?;
    match read::status(&row)? {
        Status::PendingPayment => {
            if payments::is_wanting(tx, &Stood::of(&row)?).await? {
                // Some of it was given back meanwhile, or the card is missing: that is still wanted.
                return Ok(Arrival::Welcome);
            }
            confirm(tx, row, Action::Pay).await?;
        }
        Status::Expired => {
            let wanting = Stood::of(&row)?.at(Status::PendingPayment);
            if payments::is_wanting(tx, &wanting).await? || !again(tx, row, try_again).await? {
                return Ok(Arrival::TooLate);
            }
        }
        Status::Cancelled => return Ok(Arrival::TooLate),
        _ => return Ok(Arrival::Welcome),
    }
    tell(tx, id, public_url).await?;
    Ok(Arrival::Welcome)
}

async fn confirm(
    tx: &mut TenantTx,
    row: appointment::Model,
    action: Action,
) -> Result<(), BookingError> {
    let from = read::status(&row)?;
    let to = from.after(action).ok_or(Refusal::WrongState)?;
    change::keep_until(tx, Id::from_uuid(row.id), None).await?;
    change::touch_places(tx, &row).await?;
    let mut change: appointment::ActiveModel = row.clone().into();
    change.lapses_at = Set(None);
    let taken = Stepping { action, from, to, reason: None, details: json!({}), left: None };
    change::step(tx, &row, change, taken).await
}

/// Takes the time of a visit once more, with the same hands, if it is free.
async fn again(
    tx: &mut TenantTx,
    row: appointment::Model,
    try_again: bool,
) -> Result<bool, BookingError> {
    if row.starts_at <= tx.now() {
        return Ok(false);
    }
    let before = moving::lines(tx, row.id).await?;
    let there = NewTime {
        start: row.starts_at,
        location: None,
        staff: None,
        room: None,
        over: false,
        reason: None,
    };
    queue::hold_for(tx, [&row], None).await?;
    let way = async {
        let setting = moving::setting(tx, &row, &before, Asker::Staff, &there).await?;
        let way = choose(tx, &setting, row.starts_at).await?;
        Ok::<_, BookingError>((setting, way))
    };
    let (setting, way) = match way.await {
        Ok(found) => found,
        Err(error) if matches!(error.refusal(), Refusal::Store(_)) => return Err(error),
        Err(_) => return Ok(false),
    };
    if book::lapsed(&setting, &way, tx.now()) {
        return if try_again { Err(Refusal::Lapsed.into()) } else { Ok(false) };
    }
    save::lock_alone(tx, way.takes.iter().map(|(resource, _)| *resource).collect()).await?;
    let (id, location) = (Id::from_uuid(row.id), setting.diary.shop.location);
    if !save::retake(tx, id, location, &Takes::of(&way), None, false).await? {
        save::give_back(tx, id).await?;
        return Ok(false);
    }
    moving::rewrite(tx, &setting, &way, &row, &before).await?;
    confirm(tx, row, Action::TakeUpAgain).await?;
    Ok(true)
}

/// Tells the customer that it is certain, with the link that they have.
async fn tell(tx: &TenantTx, id: Id<Appointment>, public_url: &str) -> Result<(), BookingError> {
    let (visit, shop) = with_shop(tx, id).await?;
    let row = read::row(tx, id).await?;
    let Some(sealed) = row.link_sealed else { return Ok(()) };
    let text = link::opened(tx.tools(), id, &sealed)?;
    let Some(link) = OpaqueToken::parse(TokenKind::Visit, &text) else { return Ok(()) };
    link::tell(tx, &visit, &shop, &link, public_url, ask::kind(visit.status)).await
}
