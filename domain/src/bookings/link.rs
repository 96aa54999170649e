//! The customer's way back to a visit: whoever has the link may see, move and cancel it within the
//! shop's rules. Links are hashed at rest and change when the visit is moved.

use std::sync::Arc;

use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, DbBackend, EntityTrait, FromQueryResult,
    QueryFilter, QueryOrder, QuerySelect, Statement,
};
use uuid::Uuid;

use super::ask;
use super::change::{self, End};
use super::entities::{appointment, line};
use super::error::{BookingError, Refusal, codes};
use super::moving::{self, NewTime};
use super::read::{self, LineFacts, VisitFacts};
use super::search::{self, Range};
use super::sold::{Keep, Retired, Sold};
use super::state::Action;
use super::terms::Terms;
use super::wanted::{Asker, Wanted};
use crate::availability::Slot;
use crate::diary::{self, Shop};
use crate::ids::{Appointment, Id};
use crate::messaging::{self, Template};
use crate::secrets::{OpaqueToken, TokenHash, TokenKind};
use crate::tenancy::{Caller, Db, RequestFacts, SystemReason, TenantFacts, TenantTx};
use crate::text::Email;
use crate::time::Instant;

/// Whoever holds a link, and the visit that it leads to.
#[derive(Debug, Clone)]
pub struct Holder {
    /// Let into the business, without rights.
    pub caller: Caller,
    /// The visit.
    pub visit: Id<Appointment>,
    /// The link that they hold.
    link: TokenHash,
}

/// A visit as its holder sees it.
#[derive(Debug)]
pub struct OwnVisit {
    /// The visit.
    pub visit: VisitFacts,
    /// Where.
    pub shop: Arc<Shop>,
    /// Whether it can be cancelled now.
    pub may_cancel: bool,
    /// What that costs now.
    pub cancel_fee_minor: i64,
    /// Whether it can be moved now.
    pub may_move: bool,
    /// Why it can't be moved, whenever it is tried: nobody is left who does it.
    pub immovable: Vec<&'static str>,
}

#[derive(FromQueryResult)]
struct Found {
    tenant_id: Uuid,
    id: Uuid,
    plan: String,
    require_two_factor: bool,
}

/// Finds out what a link leads to. A forged one leads nowhere.
pub async fn open(db: &Db, token: &str, request: RequestFacts) -> Result<Holder, BookingError> {
    let token = OpaqueToken::parse(TokenKind::Visit, token).ok_or(Refusal::NotFound)?;
    let sql = "
        select a.tenant_id, a.id, t.plan, t.require_two_factor
        from appointments a join tenants t on t.id = a.tenant_id where a.link_hash = $1";
    let values = [token.hash().to_vec().into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    let tx = db.system(SystemReason::PublicPage).await?;
    let found = Found::find_by_statement(statement).one(tx.conn()).await?;
    let found = found.ok_or(Refusal::NotFound)?;
    let facts = TenantFacts {
        id: Id::from_uuid(found.tenant_id),
        plan: found.plan,
        require_two_factor: found.require_two_factor,
    };
    Ok(Holder {
        caller: Caller::visitor(facts, request),
        visit: Id::from_uuid(found.id),
        link: token.hash(),
    })
}

/// The row behind a link, locked. Rotated links lead nowhere, also for who was let in before.
async fn locked(tx: &TenantTx, holder: &Holder) -> Result<appointment::Model, BookingError> {
    let found = appointment::Entity::find_by_id((tx.tenant().uuid(), holder.visit.uuid()))
        .filter(appointment::Column::LinkHash.eq(holder.link.to_vec()));
    Ok(found.lock_exclusive().one(tx.conn()).await?.ok_or(Refusal::NotFound)?)
}

/// The shop as it is now.
pub(crate) async fn shop_of(tx: &TenantTx, visit: &VisitFacts) -> Result<Arc<Shop>, BookingError> {
    let versions = diary::versions(tx, Some(visit.location)).await?.ok_or(Refusal::NotFound)?;
    Ok(diary::shop(tx, versions).await?.ok_or(Refusal::NotFound)?)
}

/// The visit, for its holder.
pub async fn look(tx: &TenantTx, holder: &Holder) -> Result<OwnVisit, BookingError> {
    let visit = read::read_any(tx, holder.visit).await?;
    let shop = shop_of(tx, &visit).await?;
    let retired = Retired::of(tx, &shop, &visit.lines).await?;
    Ok(OwnVisit::of(visit, shop, &retired, tx.now()))
}

impl OwnVisit {
    pub(super) fn of(visit: VisitFacts, shop: Arc<Shop>, retired: &Retired, now: Instant) -> Self {
        let start = visit.starts_at;
        let can = |action| visit.status.after(action).is_some();
        let immovable = codes(&visit.sold().hopeless(&shop, retired));
        Self {
            may_cancel: can(Action::Cancel) && visit.terms.may_cancel(start, now),
            cancel_fee_minor: visit.terms.cancel_fee(start, now, visit.price_minor),
            may_move: can(Action::Move)
                && now <= visit.terms.move_until(start)
                && immovable.is_empty(),
            immovable,
            visit,
            shop,
        }
    }
}

/// Calls the visit off, within the shop's rules.
pub async fn cancel(
    tx: &mut TenantTx,
    holder: &Holder,
    reason: Option<String>,
) -> Result<OwnVisit, BookingError> {
    let row = locked(tx, holder).await?;
    let terms = Terms::read(&row.terms)?;
    read::status(&row)?.after(Action::Cancel).ok_or(Refusal::WrongState)?;
    if !terms.may_cancel(row.starts_at, tx.now()) {
        return Err(Refusal::TooLateToCancel.into());
    }
    let fee_minor = terms.cancel_fee(row.starts_at, tx.now(), row.price_minor);
    let end = End { action: Action::Cancel, by: "customer", reason, fee_minor };
    change::end(tx, row, end).await?;
    look(tx, holder).await
}

/// What the visit was made of, to be wanted again.
pub async fn again(tx: &TenantTx, holder: &Holder) -> Result<(VisitFacts, Wanted), BookingError> {
    let found = appointment::Entity::find_by_id((tx.tenant().uuid(), holder.visit.uuid()));
    let row = found.one(tx.conn()).await?.ok_or(Refusal::NotFound)?;
    let lines = line::Entity::find()
        .filter(line::Column::TenantId.eq(tx.tenant().uuid()))
        .filter(line::Column::AppointmentId.eq(row.id))
        .order_by_asc(line::Column::Position)
        .all(tx.conn())
        .await?;
    let lines: Vec<_> = lines.into_iter().map(LineFacts::from).collect();
    let wanted = Sold::of(&row, &lines).again(&row);
    Ok((read::read_any(tx, holder.visit).await?, wanted))
}

/// The times that the visit could be moved to.
pub async fn slots(
    tx: &TenantTx,
    holder: &Holder,
    range: Range,
) -> Result<(Arc<Shop>, Vec<Slot>), BookingError> {
    let visit = read::read_any(tx, holder.visit).await?;
    let shop = shop_of(tx, &visit).await?;
    let retired = Retired::of(tx, &shop, &visit.lines).await?;
    let planned = visit.sold().plan(&shop, &retired, Keep::CHOSEN, Asker::Customer);
    let found = search::for_holder(tx, visit.location, &planned, range).await?;
    Ok((found.shop, found.slots))
}

/// Moves the visit, within the shop's rules. The answer has the new link; the one before leads
/// nowhere any more.
pub async fn relocate(
    tx: &mut TenantTx,
    holder: &Holder,
    start: Instant,
    public_url: &str,
) -> Result<(OwnVisit, OpaqueToken), BookingError> {
    let row = locked(tx, holder).await?;
    let terms = Terms::read(&row.terms)?;
    if tx.now() > terms.move_until(row.starts_at) {
        return Err(Refusal::TooLateToMove.into());
    }
    let to = NewTime { start, location: None, staff: None, room: None, over: false, reason: None };
    moving::put(tx, row, Asker::Customer, &to).await?;
    let link = renew(tx, holder.visit).await?;
    let own = look(tx, holder).await?;
    tell(tx, &own.visit, &own.shop, &link, public_url, Template::BookingMoved).await?;
    Ok((own, link))
}

/// Gives a visit a new link. The one before leads nowhere any more.
pub async fn renew(tx: &TenantTx, id: Id<Appointment>) -> Result<OpaqueToken, BookingError> {
    let link = OpaqueToken::generate(TokenKind::Visit, tx.entropy());
    let found = appointment::Entity::find_by_id((tx.tenant().uuid(), id.uuid()));
    let row = found.lock_exclusive().one(tx.conn()).await?.ok_or(Refusal::NotFound)?;
    let mut change: appointment::ActiveModel = row.into();
    change.link_hash = Set(Some(link.hash().to_vec()));
    change.update(tx.conn()).await?;
    Ok(link)
}

/// Mails the customer where the visit stands, with its link.
pub(crate) async fn tell(
    tx: &TenantTx,
    visit: &VisitFacts,
    shop: &Shop,
    link: &OpaqueToken,
    public_url: &str,
    template: Template,
) -> Result<(), BookingError> {
    let address = visit.customer.as_ref().and_then(|whose| whose.email.as_deref());
    if let Some(email) = address.and_then(|text| Email::parse(text).ok()) {
        let url = format!("{public_url}/b/{}", link.text());
        let mail = ask::about(template, visit, shop, &email, None).link(url);
        messaging::queue(tx, mail).await?;
    }
    Ok(())
}

/// A new link for staff to hand out, which is also mailed where there is an address.
pub async fn send(
    tx: &mut TenantTx,
    id: Id<Appointment>,
    public_url: &str,
) -> Result<OpaqueToken, BookingError> {
    let visit = read::read(tx, id).await?;
    if visit.customer.is_none() {
        return Err(Refusal::NoAddress.into());
    }
    let shop = shop_of(tx, &visit).await?;
    let link = renew(tx, id).await?;
    let template = ask::template(visit.status);
    tell(tx, &visit, &shop, &link, public_url, template).await?;
    Ok(link)
}
