//! The way in for who holds a ticket: it says in which business, and gives no rights there.

use std::sync::Arc;

use sea_orm::{ActiveModelTrait, ActiveValue::Set, DbBackend, FromQueryResult, Statement};
use uuid::Uuid;

use super::EntryFacts;
use super::act::unclaimed;
use super::entities::entry;
use super::foresight::Scene;
use super::line::Place;
use super::outlook::Wait;
use super::state::{Source, State, Step};
use super::store::{self, Taken};
use super::{convert, join, place};
use super::{source, state};
use crate::bookings::{BookingError, Refusal};
use crate::diary::Shop;
use crate::ids::{Id, Location, QueueEntry};
use crate::secrets::{OpaqueToken, TokenKind};
use crate::tenancy::{Caller, Db, RequestFacts, StoreError, SystemReason, TenantFacts, TenantTx};
use crate::time::Instant;

/// How often somebody may let another pass.
pub(super) const MOST_PASSES: i16 = 5;

/// Whoever holds a ticket.
#[derive(Debug, Clone)]
pub struct Ticket {
    /// Let into the business, without rights.
    pub caller: Caller,
    /// Their entry.
    pub entry: Id<QueueEntry>,
    /// Where it is.
    pub location: Id<Location>,
    /// The hash of the ticket: another one, once it was shown again.
    pub hash: [u8; 32],
}

/// An entry, for who holds its ticket.
#[derive(Debug, Clone)]
pub struct OwnTicket {
    /// The entry.
    pub entry: EntryFacts,
    /// Where.
    pub shop: Arc<Shop>,
    /// Whose turn it is: codes and where they stand.
    pub others: Vec<(String, State)>,
    /// What can be said of their wait, while they wait.
    pub wait: Option<Wait>,
    /// How often they may still let somebody pass.
    pub passes_left: i16,
    /// When the visit begins that they got instead of waiting, if it stands.
    pub visit_at: Option<Instant>,
}

#[derive(FromQueryResult)]
pub(super) struct Found {
    tenant_id: Uuid,
    pub(super) id: Uuid,
    pub(super) location_id: Uuid,
    plan: String,
    require_two_factor: bool,
    read_only: bool,
}

/// Finds out what a ticket's link leads to. A forged one leads nowhere.
pub async fn open(db: &Db, token: &str, request: RequestFacts) -> Result<Ticket, BookingError> {
    let sql = "
        select e.tenant_id, e.id, e.location_id, t.plan, t.require_two_factor, t.read_only
        from queue_entries e join tenants t on t.id = e.tenant_id where e.token_hash = $1";
    let token = OpaqueToken::parse(TokenKind::Ticket, token).ok_or(Refusal::NotFound)?;
    let found = by_token(db, sql, &token).await?.ok_or(Refusal::NotFound)?;
    Ok(Ticket {
        entry: Id::from_uuid(found.id),
        location: Id::from_uuid(found.location_id),
        hash: token.hash().to_bytes(),
        caller: found.visitor(request),
    })
}

pub(super) async fn by_token(
    db: &Db,
    sql: &'static str,
    token: &OpaqueToken,
) -> Result<Option<Found>, BookingError> {
    let values = [token.hash().to_vec().into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    let tx = db.system(SystemReason::PublicPage).await?;
    Ok(Found::find_by_statement(statement).one(tx.conn()).await?)
}

impl Found {
    pub(super) fn visitor(self, request: RequestFacts) -> Caller {
        let facts = TenantFacts {
            id: Id::from_uuid(self.tenant_id),
            plan: self.plan,
            require_two_factor: self.require_two_factor,
            read_only: self.read_only,
        };
        Caller::visitor(facts, request)
    }
}

/// The entry, for its holder, who looks at a picture of the database. That is given back before it is
/// reckoned how long they will wait.
pub async fn look(tx: TenantTx, ticket: &Ticket) -> Result<OwnTicket, BookingError> {
    let entry: EntryFacts = store::find(&tx, ticket.entry).await?.try_into()?;
    let shop = store::shop(&tx, ticket.location).await?;
    let line = store::in_line(&tx, ticket.location).await?;
    let waits = entry.state == State::Waiting;
    let scene = if waits { Some(Scene::of(&tx, &shop).await?) } else { None };
    let begin_at = convert::begin_at(&tx, std::slice::from_ref(&entry)).await?;
    drop(tx);
    let wait = match scene {
        Some(scene) => {
            let outlook = scene.outlook().await?;
            outlook.waits.iter().find(|wait| wait.id == ticket.entry).cloned()
        }
        None => None,
    };
    let mut others = Vec::new();
    for other in line.into_iter().filter(|other| other.id != entry.id.uuid()) {
        let state = state(&other)?;
        if matches!(state, State::Called | State::Serving) {
            others.push((other.code, state));
        }
    }
    let passes_left = (MOST_PASSES - entry.passes).max(0);
    let visit_at = begin_at.get(&entry.id).copied();
    Ok(OwnTicket { entry, shop, others, wait, passes_left, visit_at })
}

/// They are there.
pub async fn here(tx: &mut TenantTx, ticket: &Ticket) -> Result<(), BookingError> {
    let (held, row) = store::seen(tx, ticket.entry, None, false).await?;
    let taken = Taken::by(Step::Here, &row)?;
    let mut change: entry::ActiveModel = row.clone().into();
    change.expires_at = Set(Some(join::remembered_until(&held, &row, tx.now())));
    if row.here_at.is_some() {
        // Nobody sees a change, but they aren't forgotten.
        change.update(tx.conn()).await.map_err(StoreError::from)?;
        return Ok(());
    }
    change.here_at = Set(Some(tx.now()));
    store::write(tx, &row, change, taken).await?;
    Ok(())
}

/// They let whoever is behind them pass, and wait on if they were called.
pub async fn more_time(tx: &mut TenantTx, ticket: &Ticket) -> Result<(), BookingError> {
    let (held, row) = store::seen(tx, ticket.entry, None, false).await?;
    let taken = Taken::by(Step::MoreTime, &row)?;
    if row.passes >= MOST_PASSES {
        return Err(Refusal::NoMoreTime.into());
    }
    let line = store::in_line(tx, held.location).await?;
    let mut behind = None;
    for other in line {
        // Who comes for an appointment has a time of their own.
        let waits = state(&other)? == State::Waiting && source(&other)? != Source::Appointment;
        if waits && (other.rank, other.id) > (row.rank, row.id) {
            behind = Some(Id::from_uuid(other.id));
            break;
        }
    }
    let rank = match behind {
        Some(behind) => place::rank(tx, held.location, &row, Place::After(behind)).await?,
        // Nobody is there to be let past.
        None => None,
    };
    let mut change = unclaimed(&row);
    change.rank = Set(rank.unwrap_or(row.rank));
    change.passes = Set(row.passes + 1);
    change.expires_at = Set(Some(join::remembered_until(&held, &row, tx.now())));
    store::write(tx, &row, change, taken).await?;
    Ok(())
}

/// They don't wait any more. Who has left already has left.
pub async fn leave_own(tx: &mut TenantTx, ticket: &Ticket) -> Result<(), BookingError> {
    let (_, row) = store::seen(tx, ticket.entry, None, false).await?;
    if state(&row)? == State::Left {
        return Ok(());
    }
    let taken = Taken::by(Step::Leave, &row)?;
    store::write(tx, &row, row.clone().into(), taken).await?;
    Ok(())
}
