//! The customer's way back to a visit: whoever has the link may see, move and cancel it within the
//! shop's rules. Links are hashed at rest and change when the visit is moved.

use std::sync::Arc;

use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect,
};
use serde_json::json;

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
use crate::authz::Right;
use crate::availability::{Slot, Why};
use crate::diary::{self, Shop};
use crate::ids::{Appointment, Id};
use crate::messaging::{self, Kind};
use crate::secrets::{OpaqueToken, Place, TokenKind};
use crate::tenancy::{Caller, Db, RequestFacts, StoreError, TenantTx, Tools};
use crate::tenants;
use crate::time::Instant;

/// Whoever holds a link, and the visit that it leads to.
#[derive(Debug, Clone)]
pub struct Holder {
    /// Let into the business, without rights.
    pub caller: Caller,
    /// The visit.
    pub visit: Id<Appointment>,
    /// The link that they hold.
    link: OpaqueToken,
}

impl Holder {
    /// The last part of the link, for who was sent it already.
    pub(crate) fn text(&self) -> &str {
        self.link.text()
    }
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
    /// Why it can't be moved, whenever it is tried: nobody is left who does it, or nobody comes to the
    /// place any more.
    pub immovable: Vec<&'static str>,
}

/// Finds out what a link leads to. A forged one leads nowhere.
pub async fn open(db: &Db, token: &str, request: RequestFacts) -> Result<Holder, BookingError> {
    let sql = "
        select a.tenant_id, a.id, t.plan, t.require_two_factor, t.read_only
        from appointments a join tenants t on t.id = a.tenant_id where a.link_hash = $1";
    find(db, sql, token, request).await
}

/// The same for who changes the visit and may do so once more, because no answer came: also by the
/// link that led there before. It is good for the answer that was given, and for nothing else: whoever
/// has only that can change nothing.
pub async fn open_again(
    db: &Db,
    token: &str,
    request: RequestFacts,
) -> Result<Holder, BookingError> {
    let sql = "
        select a.tenant_id, a.id, t.plan, t.require_two_factor, t.read_only
        from appointments a join tenants t on t.id = a.tenant_id
        where a.link_hash = $1 or a.link_before = $1";
    find(db, sql, token, request).await
}

async fn find(
    db: &Db,
    sql: &'static str,
    token: &str,
    request: RequestFacts,
) -> Result<Holder, BookingError> {
    let found = tenants::by_link(db, sql, TokenKind::Visit, token, request).await?;
    let (caller, visit, link) = found.ok_or(Refusal::NotFound)?;
    Ok(Holder { caller, visit: Id::from_uuid(visit), link })
}

/// The row behind a link, locked. Rotated links lead nowhere, also for who was let in before.
pub(crate) async fn locked(
    tx: &TenantTx,
    holder: &Holder,
) -> Result<appointment::Model, BookingError> {
    let found = appointment::Entity::find_by_id((tx.tenant().uuid(), holder.visit.uuid()))
        .filter(appointment::Column::LinkHash.eq(holder.link.hash().to_vec()));
    Ok(found.lock_exclusive().one(tx.conn()).await?.ok_or(Refusal::NotFound)?)
}

/// The shop as it is now, also where no new visits are taken any more.
pub(crate) async fn shop_of(tx: &TenantTx, visit: &VisitFacts) -> Result<Arc<Shop>, BookingError> {
    Ok(place_of(tx, visit).await?.0)
}

/// The same, and whether new visits are taken there: where not, none is moved either.
async fn place_of(tx: &TenantTx, visit: &VisitFacts) -> Result<(Arc<Shop>, bool), BookingError> {
    let versions = diary::versions_of(tx, visit.location).await?.ok_or(Refusal::NotFound)?;
    let shop = diary::shop(tx, versions).await?.ok_or(Refusal::NotFound)?;
    Ok((shop, versions.open))
}

/// Why a visit can't be moved, whenever it is tried.
fn immovable(visit: &VisitFacts, shop: &Shop, open: bool, retired: &Retired) -> Vec<Why> {
    if open { visit.sold().hopeless(shop, retired) } else { vec![Why::Closed] }
}

/// The visit, for its holder.
pub async fn look(tx: &TenantTx, holder: &Holder) -> Result<OwnVisit, BookingError> {
    let visit = read::read_any(tx, holder.visit).await?;
    let (shop, open) = place_of(tx, &visit).await?;
    let retired = Retired::of(tx, &shop, &visit.lines).await?;
    let immovable = immovable(&visit, &shop, open, &retired);
    Ok(OwnVisit::of(visit, shop, &immovable, tx.now()))
}

impl OwnVisit {
    pub(super) fn of(visit: VisitFacts, shop: Arc<Shop>, immovable: &[Why], now: Instant) -> Self {
        let start = visit.starts_at;
        let can = |action| visit.status.after(action).is_some();
        let immovable = codes(immovable);
        Self {
            may_cancel: can(Action::Cancel) && visit.terms.may_cancel(start, now),
            cancel_fee_minor: visit.terms.cancel_fee(
                start,
                now,
                (visit.price_minor, &visit.currency),
            ),
            may_move: can(Action::Move)
                && now <= visit.terms.move_until(start)
                && immovable.is_empty(),
            immovable,
            visit,
            shop,
        }
    }
}

/// Calls the visit off, within the shop's rules, and says so in a mail.
pub async fn cancel(
    tx: &mut TenantTx,
    holder: &Holder,
    reason: Option<String>,
    public_url: &str,
) -> Result<OwnVisit, BookingError> {
    let row = locked(tx, holder).await?;
    let terms = Terms::read(&row.terms)?;
    read::status(&row)?.after(Action::Cancel).ok_or(Refusal::WrongState)?;
    if !terms.may_cancel(row.starts_at, tx.now()) {
        return Err(Refusal::TooLateToCancel.into());
    }
    let price = (row.price_minor, &*row.currency);
    let fee_minor = terms.cancel_fee(row.starts_at, tx.now(), price);
    let end = End { action: Action::Cancel, by: "customer", reason, fee_minor };
    change::end(tx, row, end).await?;
    let own = look(tx, holder).await?;
    tell(tx, &own.visit, &own.shop, &holder.link, public_url, Kind::Cancelled).await?;
    Ok(own)
}

/// What the visit was made of, to be wanted again.
pub async fn again(tx: &TenantTx, holder: &Holder) -> Result<(VisitFacts, Wanted), BookingError> {
    let row = read::row(tx, holder.visit).await?;
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
    let (shop, open) = place_of(tx, &visit).await?;
    if !open {
        return Ok((shop, Vec::new()));
    }
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
    moving::put(tx, row, Asker::Customer, &to).await.map_err(|error| {
        // All that could be missing is the place, to which nobody comes any more.
        let gone = error.names_nothing();
        if gone { BookingError::not_possible(&[Why::Closed], &[]) } else { error }
    })?;
    let link = renew(tx, holder.visit).await?;
    let own = look(tx, holder).await?;
    tell(tx, &own.visit, &own.shop, &link, public_url, Kind::Moved).await?;
    Ok((own, link))
}

/// Gives a visit a new link. The one before leads nowhere any more.
pub async fn renew(tx: &TenantTx, id: Id<Appointment>) -> Result<OpaqueToken, BookingError> {
    let link = OpaqueToken::generate(TokenKind::Visit, tx.entropy());
    let row = read::held(tx, id).await?;
    let before = row.link_hash.clone();
    let mut change: appointment::ActiveModel = row.into();
    change.link_before = Set(before);
    change.link_hash = Set(Some(link.hash().to_vec()));
    change.link_sealed = Set(Some(sealed(tx, id, &link)?));
    change.update(tx.conn()).await?;
    Ok(link)
}

/// A visit's link for what is said of it later, sealed: nobody finds it in the table.
pub(super) fn sealed(
    tx: &TenantTx,
    id: Id<Appointment>,
    link: &OpaqueToken,
) -> Result<Vec<u8>, StoreError> {
    let place = Place { table: "appointments", column: "link_sealed", row: id.uuid() };
    tx.tools().seal(&place, link.text().as_bytes())
}

/// The same, opened again.
pub(crate) fn opened(
    tools: &Tools,
    id: Id<Appointment>,
    sealed: &[u8],
) -> Result<String, StoreError> {
    let place = Place { table: "appointments", column: "link_sealed", row: id.uuid() };
    String::from_utf8(tools.open(&place, sealed)?)
        .map_err(|_| StoreError::Unreadable("the link".to_owned()))
}

/// Tells the customer where the visit stands, with its link.
pub(crate) async fn tell(
    tx: &TenantTx,
    visit: &VisitFacts,
    shop: &Shop,
    link: &OpaqueToken,
    public_url: &str,
    kind: Kind,
) -> Result<(), BookingError> {
    if let Some(message) = messaging::about_visit(kind, visit, shop) {
        let url = format!("{public_url}/b/{}", link.text());
        messaging::write_message(tx, message.link(url)).await?;
    }
    Ok(())
}

/// One of several visits that a message is about: as it stands, and its link.
#[derive(Debug)]
pub(crate) struct Dated {
    visit: Id<Appointment>,
    sequence: i32,
    start: Instant,
    link: OpaqueToken,
}

impl Dated {
    pub(crate) fn new(visit: &VisitFacts, link: OpaqueToken) -> Self {
        Self { visit: visit.id, sequence: visit.sequence, start: visit.starts_at, link }
    }
}

/// Tells the customer where several visits stand, each with its link. They are alike but for their
/// times: `of` is one of them.
pub(crate) async fn tell_all(
    tx: &TenantTx,
    of: &VisitFacts,
    visits: &[Dated],
    shop: &Shop,
    public_url: &str,
    kind: Kind,
) -> Result<(), BookingError> {
    let message = messaging::about_visit(kind, of, shop).filter(|_| !visits.is_empty());
    let Some(message) = message else { return Ok(()) };
    let dates: Vec<_> = visits
        .iter()
        .map(|dated| {
            let local = dated.start.with_timezone(&shop.rules.zone);
            // By which it is found again when this is sent: what doesn't stand any more is left out.
            json!({
                "id": dated.visit.uuid(),
                "sequence": dated.sequence,
                "date": local.format("%Y-%m-%d").to_string(),
                "time": local.format("%H:%M").to_string(),
            })
        })
        .collect();
    let links: Vec<_> =
        visits.iter().map(|dated| format!("{public_url}/b/{}", dated.link.text())).collect();
    let message = message.with("visits", dates).link(links.join("\n"));
    messaging::write_message(tx, message).await?;
    Ok(())
}

/// A new link, which is mailed where there is an address. Staff get it to hand out if they may do
/// themselves what it allows: moving the visit and calling it off.
pub async fn send(
    tx: &mut TenantTx,
    id: Id<Appointment>,
    public_url: &str,
) -> Result<Option<OpaqueToken>, BookingError> {
    let visit = read::read(tx, id).await?;
    if visit.customer.is_none() {
        return Err(Refusal::NoAddress.into());
    }
    let caller = tx.caller();
    let theirs = caller.may(Right::CancelBooking) && caller.may(Right::MoveBooking);
    let shop = shop_of(tx, &visit).await?;
    let message = messaging::about_visit(ask::kind(visit.status), &visit, &shop);
    if !theirs && message.is_none() {
        return Err(Refusal::NoAddress.into());
    }
    let link = renew(tx, id).await?;
    if let Some(message) = message {
        let url = format!("{public_url}/b/{}", link.text());
        messaging::write_message(tx, message.link(url).once_more()).await?;
    }
    Ok(theirs.then_some(link))
}
