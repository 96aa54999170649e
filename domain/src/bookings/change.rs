//! Every step of a visit's life but the first.

use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ConnectionTrait, DbBackend, FromQueryResult, Statement,
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::ask;
use super::entities::appointment;
use super::error::{BookingError, Refusal};
use super::history::{self, Event, Step};
use super::link;
use super::paid::Stood;
use super::read::{self, VisitFacts};
use super::save;
use super::state::{Action, Needs, Status};
use super::terms::Terms;
use super::told;
use crate::ids::{Appointment, Id, Location};
use crate::messaging::{self, Kind};
use crate::payments;
use crate::queue;
use crate::tenancy::{StoreError, TenantTx};
use crate::waitlist;

/// What staff do to a visit without touching its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    /// Say yes.
    Approve,
    /// Say no.
    Decline,
    /// The deposit was paid.
    Pay,
    /// Call it off; with the fee that the terms say, or without.
    Cancel {
        /// Whether the customer owes what the terms say.
        with_fee: bool,
    },
    /// The customer is there.
    CheckIn,
    /// It begins.
    Start,
    /// It is over.
    Complete,
    /// Nobody came.
    MissOut,
    /// The last step was a mistake.
    StepBack,
}

impl Deed {
    const fn action(self) -> Action {
        match self {
            Self::Approve => Action::Approve(Needs::Nothing),
            Self::Decline => Action::Decline,
            Self::Pay => Action::Pay,
            Self::Cancel { .. } => Action::Cancel,
            Self::CheckIn => Action::CheckIn,
            Self::Start => Action::Start,
            Self::Complete => Action::Complete,
            Self::MissOut => Action::MissOut,
            Self::StepBack => Action::StepBack,
        }
    }
}

/// The visit, locked, as the caller saw it and may touch it.
pub(super) async fn seen(
    tx: &TenantTx,
    id: Id<Appointment>,
    version: i64,
) -> Result<appointment::Model, BookingError> {
    let row = read::held(tx, id).await?;
    // Whoever may not see it shall not learn that it is there.
    read::read(tx, id).await?;
    not_stale(tx, row, version).await
}

/// The visit, unless somebody changed it since: then what they did.
pub(crate) async fn not_stale(
    tx: &TenantTx,
    row: appointment::Model,
    version: i64,
) -> Result<appointment::Model, BookingError> {
    if i64::from(row.version) == version {
        return Ok(row);
    }
    let since = i32::try_from(version).unwrap_or(0);
    let changes: Vec<_> = history::since(tx, row.id, since).await?.iter().map(in_short).collect();
    let now = json!({ "version": row.version, "changes": changes });
    Err(BookingError::with(Refusal::StaleVisit, now))
}

fn in_short(event: &Event) -> Value {
    json!({
        "version": event.version, "at": event.at, "action": event.action, "status": event.to,
        "by": event.actor_name, "details": event.details,
    })
}

/// Does it, if it can be done to the visit as it stands, and tells the customer.
pub async fn act(
    tx: &mut TenantTx,
    id: Id<Appointment>,
    version: i64,
    deed: Deed,
    reason: Option<String>,
    public_url: &str,
) -> Result<VisitFacts, BookingError> {
    let visit = decide(tx, id, version, deed, reason).await?;
    let kind = match deed {
        Deed::Approve => Some(ask::kind(visit.status)),
        Deed::Decline => Some(Kind::Declined),
        Deed::Cancel { .. } => Some(Kind::Cancelled),
        _ => None,
    };
    let Some(kind) = kind else { return Ok(visit) };
    let shop = link::shop_of(tx, &visit).await?;
    if messaging::is_reached(&visit, &shop) {
        let link = link::renew(tx, id).await?;
        link::tell(tx, &visit, &shop, &link, public_url, kind).await?;
    }
    Ok(visit)
}

/// Does it and tells nobody yet.
pub(crate) async fn decide(
    tx: &mut TenantTx,
    id: Id<Appointment>,
    version: i64,
    deed: Deed,
    reason: Option<String>,
) -> Result<VisitFacts, BookingError> {
    let row = seen(tx, id, version).await?;
    let action = match deed.action() {
        // What is asked for before may have been paid at the desk already.
        Action::Approve(_) => {
            let approved = Stood::of(&row)?.at(Status::PendingPayment);
            // Where nobody takes money it can't be asked for: who says yes there has decided.
            let missing = payments::is_wanting(tx, &approved).await?
                && payments::takes_money(tx, &row.currency).await?;
            Action::Approve(if missing { Needs::Payment } else { Needs::Nothing })
        }
        action => action,
    };
    let (from, terms) = (read::status(&row)?, Terms::read(&row.terms)?);
    let to = from.after(action).ok_or(Refusal::WrongState)?;
    if action == Action::Pay {
        payments::note_deposit(tx, &Stood::of(&row)?).await?;
    }
    if to.takes_time() {
        let fee_minor = match (action, to) {
            (Action::MissOut, _) => terms.no_show_fee((row.price_minor, &row.currency)),
            (Action::StepBack, _) => 0,
            _ => row.fee_minor,
        };
        // They aren't there to pay at once: they get a day.
        let lapses_at = to.kept_until(Some(tx.now() + chrono::Duration::days(1)), row.starts_at);
        let was_lapsing = row.lapses_at.is_some();
        let mut change: appointment::ActiveModel = row.clone().into();
        change.fee_minor = Set(fee_minor);
        change.lapses_at = Set(lapses_at);
        if was_lapsing || lapses_at.is_some() {
            keep_until(tx, id, lapses_at).await?;
            touch_places(tx, &row).await?;
        }
        let details = json!({});
        let taken = Stepping { action, from, to, reason, details, left: None };
        step(tx, &row, change, taken).await?;
    } else {
        let fee_minor = match deed {
            Deed::Cancel { with_fee: true } => {
                let price = (row.price_minor, &*row.currency);
                terms.cancel_fee(row.starts_at, tx.now(), price)
            }
            _ => 0,
        };
        end(tx, row, End { action, by: "staff", reason, fee_minor }).await?;
    }
    read::read_any(tx, id).await
}

/// A step about to be written.
pub(super) struct Stepping {
    pub(super) action: Action,
    pub(super) from: Status,
    pub(super) to: Status,
    pub(super) reason: Option<String>,
    pub(super) details: Value,
    /// Whose columns it stood in, if it moves.
    pub(super) left: Option<Vec<Uuid>>,
}

/// Writes the visit as it stands now, with its version, its history and its event.
pub(super) async fn step(
    tx: &mut TenantTx,
    row: &appointment::Model,
    mut change: appointment::ActiveModel,
    taken: Stepping,
) -> Result<(), BookingError> {
    let id = Id::<Appointment>::from_uuid(row.id);
    let version = row.version + 1;
    change.status = Set(taken.to.key().to_owned());
    change.version = Set(version);
    change.updated_at = Set(tx.now());
    let now = change.update(tx.conn()).await?;
    let Stepping { action, from, to, reason, details, left } = taken;
    let why = reason.clone();
    history::write(tx, Step { id, version, action, from, to, reason, details }).await?;
    tx.emit(told::changed(action.event(), row, &now, left));
    // Boxed: most steps are none of the line's nor of money's, and would carry their futures along.
    Box::pin(queue::follow(tx, row, (action, from), why.as_deref())).await?;
    Ok(Box::pin(payments::follow(tx, &Stood::of(&now)?, from)).await?)
}

/// How a visit ends without happening.
pub(crate) struct End {
    pub(crate) action: Action,
    pub(crate) by: &'static str,
    pub(crate) reason: Option<String>,
    pub(crate) fee_minor: i64,
}

/// Ends a visit that won't happen: its time is free again.
pub(crate) async fn end(
    tx: &mut TenantTx,
    row: appointment::Model,
    end: End,
) -> Result<(), BookingError> {
    let from = read::status(&row)?;
    let to = from.after(end.action).ok_or(Refusal::WrongState)?;
    queue::hold_for(tx, [&row], None).await?;
    touch_places(tx, &row).await?;
    waitlist::time_frees_up(tx, &row).await?;
    save::give_back(tx, Id::from_uuid(row.id)).await?;
    let mut change: appointment::ActiveModel = row.clone().into();
    change.fee_minor = Set(end.fee_minor);
    change.lapses_at = Set(None);
    if to == Status::Cancelled {
        change.cancelled_by = Set(Some(end.by.to_owned()));
        change.cancel_reason = Set(end.reason.clone());
        change.sequence = Set(row.sequence + 1);
    }
    let details = json!({});
    let taken = Stepping { action: end.action, from, to, reason: end.reason, details, left: None };
    step(tx, &row, change, taken).await
}

/// Until when the time of a visit is kept; for good, if nothing is said.
pub(super) async fn keep_until(
    tx: &TenantTx,
    id: Id<Appointment>,
    lapses_at: Option<crate::time::Instant>,
) -> Result<(), StoreError> {
    let sql = "update allocations set lapses_at = $3 where tenant_id = $1 and appointment_id = $2";
    let values = [tx.tenant().uuid().into(), id.uuid().into(), lapses_at.into()];
    tx.conn().execute_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, values)).await?;
    Ok(())
}

/// Whom a visit takes.
pub(crate) async fn resources(tx: &TenantTx, id: Id<Appointment>) -> Result<Vec<Uuid>, StoreError> {
    #[derive(FromQueryResult)]
    struct Taken {
        resource_id: Uuid,
    }
    let sql = "select distinct resource_id from allocations
               where tenant_id = $1 and appointment_id = $2";
    let values = [tx.tenant().uuid().into(), id.uuid().into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    let taken = Taken::find_by_statement(statement).all(tx.conn()).await?;
    Ok(taken.into_iter().map(|row| row.resource_id).collect())
}

/// What a visit takes changes: at its own place, and wherever else its staff work.
pub(super) async fn touch_places(
    tx: &mut TenantTx,
    row: &appointment::Model,
) -> Result<(), StoreError> {
    #[derive(FromQueryResult)]
    struct Place {
        location_id: Uuid,
    }
    tx.touch().busy_at(Id::<Location>::from_uuid(row.location_id));
    let sql = "
        select distinct h.location_id from staff_hours h
        where h.tenant_id = $1 and h.staff_id in (
            select staff_id from appointment_lines
            where tenant_id = $1 and appointment_id = $2 and staff_id is not null)
        union
        select distinct d.location_id from staff_days d
        where d.tenant_id = $1 and d.staff_id in (
            select staff_id from appointment_lines
            where tenant_id = $1 and appointment_id = $2 and staff_id is not null)";
    let values = [tx.tenant().uuid().into(), row.id.into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    for place in Place::find_by_statement(statement).all(tx.conn()).await? {
        tx.touch().busy_at(Id::from_uuid(place.location_id));
    }
    Ok(())
}

/// What staff write on a visit; what is left out stays.
#[derive(Debug, Clone, Default)]
pub struct Notes {
    /// What the customer wants said.
    pub note: Option<String>,
    /// What staff want said.
    pub staff_note: Option<String>,
}

/// Changes what is written on a visit.
pub async fn annotate(
    tx: &mut TenantTx,
    id: Id<Appointment>,
    version: i64,
    notes: &Notes,
) -> Result<VisitFacts, BookingError> {
    let row = seen(tx, id, version).await?;
    let mut change: appointment::ActiveModel = row.clone().into();
    if let Some(note) = &notes.note {
        change.note = Set(note.clone());
    }
    if let Some(note) = &notes.staff_note {
        change.staff_note = Set(note.clone());
    }
    noted(tx, &row, change, json!({})).await?;
    read::read(tx, id).await
}

/// Something was written on a visit, or said about it. That is no step of its life, but who saw the
/// version before shall know.
pub(super) async fn noted(
    tx: &mut TenantTx,
    row: &appointment::Model,
    mut change: appointment::ActiveModel,
    details: Value,
) -> Result<(), BookingError> {
    let status = read::status(row)?;
    change.version = Set(row.version + 1);
    change.updated_at = Set(tx.now());
    let now = change.update(tx.conn()).await?;
    let sql = "
        insert into appointment_history (
            tenant_id, appointment_id, version, at, action, from_status, to_status, actor_kind,
            actor_id, actor_name, details)
        values ($1, $2, $3, $4, 'noted', $5, $5, $6, $7, $8, $9)";
    let hand = history::Hand::of(tx.caller());
    let values = [
        tx.tenant().uuid().into(),
        row.id.into(),
        (row.version + 1).into(),
        tx.now().into(),
        status.key().into(),
        hand.kind.into(),
        hand.id.into(),
        hand.name.into(),
        details.into(),
    ];
    tx.conn().execute_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, values)).await?;
    tx.emit(told::changed("appointment.noted", row, &now, None));
    Ok(())
}
