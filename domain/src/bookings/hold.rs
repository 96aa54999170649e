//! Time that is kept for a visitor while they say who they are.

use std::sync::Arc;

use chrono::Duration;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    Statement,
};
use sha2::{Digest, Sha256};

use super::ask;
use super::book::{Making, choose, make, setting};
use super::change::{self, End};
use super::entities::appointment;
use super::error::{BookingError, Refusal};
use super::link;
use super::members::Member;
use super::paused::takes_new;
use super::read::{self, VisitFacts};
use super::save::{self, WrittenTo};
use super::state::{Action, Status};
use super::told;
use super::wanted::{Asker, Wanted};
use crate::diary::{Asking, Asks, Shop};
use crate::ids::{Appointment, Id, Location};
use crate::messaging;
use crate::secrets::{OpaqueToken, TokenKind};
use crate::tenancy::{StoreError, TenantTx};
use crate::time::Instant;

/// How long time is kept.
pub(super) const KEPT_FOR: Duration = Duration::minutes(10);

/// What shall be kept.
#[derive(Debug, Clone)]
pub struct NewHold {
    /// Where; the first location if left out.
    pub location: Option<Id<Location>>,
    /// What.
    pub wanted: Wanted,
    /// When.
    pub start: Instant,
    /// Who asks: the same text from the same visitor. Whoever keeps another time for the same thing
    /// gives the first one back.
    pub visitor: String,
}

/// Time that is kept.
#[derive(Debug)]
pub struct Kept {
    /// What takes it up.
    pub token: OpaqueToken,
    /// The visit as it would be.
    pub visit: VisitFacts,
    /// Where.
    pub shop: Arc<Shop>,
    /// What is asked of the customer.
    pub asks: Asks,
    /// What they fill in or agree to.
    pub forms: Vec<Asking>,
    /// Whether they prove their address first.
    pub verify: bool,
    /// Whether staff must approve.
    pub approval: bool,
    /// Whether only members can take it up.
    pub members_only: bool,
}

/// Keeps a time.
pub async fn hold(tx: &mut TenantTx, new: &NewHold) -> Result<Kept, BookingError> {
    takes_new(tx)?;
    let visitor = Sha256::digest(new.visitor.as_bytes()).to_vec();
    let wanted = &new.wanted;
    let mut setting = setting(tx, new.location, wanted, Asker::Customer, new.start, None).await?;
    alone(tx, &visitor).await?;
    let before = earlier(tx, &visitor, &setting.planned.title).await?;
    setting.planned.visit.instead_of = before.as_ref().map(|row| Id::from_uuid(row.id));
    let way = choose(tx, &setting, new.start).await?;
    if let Some(before) = before {
        // Giving back and taking in one transaction: alone with all whom it is about.
        let mut whom = change::resources(tx, Id::from_uuid(before.id)).await?;
        whom.extend(way.takes.iter().map(|(resource, _)| *resource));
        save::lock_alone(tx, whom).await?;
        let end = End { action: Action::Lapse, by: "customer", reason: None, fee_minor: 0 };
        change::end(tx, before, end).await?;
    }
    let token = OpaqueToken::generate(TokenKind::Hold, tx.entropy());
    let making = Making {
        status: Status::Held,
        customer: None,
        contact: WrittenTo::default(),
        source: "public",
        note: String::new(),
        staff_note: String::new(),
        series: None,
        lapses_at: Some(tx.now() + KEPT_FOR),
        visitor_hash: Some(visitor),
        link: Some(token.clone()),
        over: false,
        action: "held",
    };
    let visit = make(tx, &setting, way, making, &Member::default()).await?;
    tx.emit(told::made("appointment.held", &visit));
    let (shop, planned) = (setting.diary.shop, setting.planned);
    Ok(Kept {
        token,
        visit,
        asks: shop.asks,
        members_only: planned.is_for_members(&shop),
        shop,
        forms: planned.forms,
        verify: planned.policy.verify_contact,
        approval: planned.policy.needs_approval,
    })
}

/// Lets the same visitor keep one time after the other, also from two windows: of two at once, each
/// would find nothing that the other keeps. These locks are others than those of staff and rooms.
async fn alone(tx: &TenantTx, visitor: &[u8]) -> Result<(), StoreError> {
    let part = |from: usize| {
        i32::from_ne_bytes(std::array::from_fn(|at| visitor.get(from + at).copied().unwrap_or(0)))
    };
    let sql = "select pg_advisory_xact_lock($1, $2)";
    let values = [part(0).into(), part(4).into()];
    tx.conn().execute_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, values)).await?;
    Ok(())
}

/// What the same visitor keeps already of the same thing.
async fn earlier(
    tx: &TenantTx,
    visitor: &[u8],
    title: &str,
) -> Result<Option<appointment::Model>, BookingError> {
    let found = appointment::Entity::find()
        .filter(appointment::Column::TenantId.eq(tx.tenant().uuid()))
        .filter(appointment::Column::VisitorHash.eq(visitor))
        .filter(appointment::Column::Status.eq(Status::Held.key()))
        .filter(appointment::Column::Title.eq(title))
        .lock_exclusive()
        .one(tx.conn())
        .await?;
    Ok(found)
}

/// The hold behind a token, to be changed: still held.
pub(super) async fn find(tx: &TenantTx, token: &str) -> Result<appointment::Model, BookingError> {
    let token = OpaqueToken::parse(TokenKind::Hold, token).ok_or(Refusal::NotFound)?;
    let hash = token.hash().to_vec();
    let of_tenant = appointment::Column::TenantId.eq(tx.tenant().uuid());
    let found = appointment::Entity::find()
        .filter(of_tenant.clone())
        .filter(appointment::Column::LinkHash.eq(hash.clone()))
        .lock_exclusive()
        .one(tx.conn())
        .await?;
    let Some(row) = found else {
        // It was taken up, and the visit's own link stands there now.
        let used = appointment::Entity::find()
            .filter(of_tenant)
            .filter(appointment::Column::VisitorHash.eq(hash))
            .one(tx.conn())
            .await?;
        return Err(used.map_or(Refusal::NotFound, |_| Refusal::HoldUsed).into());
    };
    let over = row.lapses_at.is_none_or(|at| at <= tx.now());
    match read::status(&row)? {
        Status::Held if !over => Ok(row),
        _ => Err(Refusal::HoldOver.into()),
    }
}

/// Gives a time back. Giving back what is over changes nothing.
pub async fn release(tx: &mut TenantTx, token: &str) -> Result<(), BookingError> {
    match find(tx, token).await {
        Ok(row) => {
            let end = End { action: Action::Lapse, by: "customer", reason: None, fee_minor: 0 };
            change::end(tx, row, end).await?;
            Ok(())
        }
        Err(error) if matches!(error.refusal(), Refusal::HoldOver) => Ok(()),
        Err(error) => Err(error),
    }
}

/// Everything whose time is up at this business, up to a bound. Each in its own transaction would be
/// as good; together they are one commit.
pub async fn lapse_due(tx: &mut TenantTx) -> Result<u64, BookingError> {
    const AT_ONCE: u64 = 64;
    let due = appointment::Entity::find()
        .filter(appointment::Column::TenantId.eq(tx.tenant().uuid()))
        .filter(appointment::Column::LapsesAt.lte(tx.now()))
        .filter(appointment::Column::Status.is_in(
            [Status::Held, Status::PendingApproval, Status::PendingPayment].map(Status::key),
        ))
        // What waited longest comes first, however much there is.
        .order_by_asc(appointment::Column::LapsesAt)
        .order_by_asc(appointment::Column::Id)
        .limit(AT_ONCE)
        // Whoever has one of them in hand deals with it.
        .lock_with_behavior(
            sea_orm::sea_query::LockType::Update,
            sea_orm::sea_query::LockBehavior::SkipLocked,
        )
        .all(tx.conn())
        .await?;
    let count = due.len() as u64;
    for row in due {
        let asked_for = row.customer_id.map(|_| Id::from_uuid(row.id));
        let end = End { action: Action::Lapse, by: "system", reason: None, fee_minor: 0 };
        change::end(tx, row, end).await?;
        if let Some(id) = asked_for {
            say_over(tx, id).await?;
        }
    }
    Ok(count)
}

/// Tells whoever asked for a visit that it isn't theirs any more.
async fn say_over(tx: &TenantTx, id: Id<Appointment>) -> Result<(), BookingError> {
    let visit = read::read_any(tx, id).await?;
    let shop = link::shop_of(tx, &visit).await?;
    if let Some(message) = messaging::about_visit(ask::kind(visit.status), &visit, &shop) {
        messaging::write_message(tx, message).await?;
    }
    Ok(())
}
