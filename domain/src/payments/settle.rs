//! A payment arrived: it is written in the book, and its visit is certain; or it came too late, and goes back.

use sea_orm::{ActiveModelTrait, ActiveValue::Set};
use serde_json::json;

use super::bill::follow;
use super::cards::{self, fees, removal};
use super::entities::payment;
use super::error::PaymentError;
use super::ledger;
use super::mails;
use super::pages::gifts;
use super::provider::{ReturnStage, Returned, Stand};
use super::read;
use super::refunds;
use super::words::PaymentState;
use crate::bookings::{self, Arrival, BookingError, Refusal, Status, Stood};
use crate::ids::{Appointment, Id, Payment};
use crate::outbox::NewEvent;
use crate::tenancy::{Caller, Db, StoreError, TenantTx};

/// Whoever loses this often finds the time taken.
pub(super) const ATTEMPTS: usize = 8;

/// What the provider won't do: it is written down as what came of it.
pub(super) fn refused(code: &str, detail: &str) -> Returned {
    Returned {
        reference: String::new(),
        stage: ReturnStage::Failed,
        trouble: Some(format!("{code}: {detail}")),
    }
}

/// Writes down that a payment arrived, and what follows from it, once.
pub(super) async fn settle(
    db: &Db,
    caller: &Caller,
    id: Id<Payment>,
    stand: &Stand,
    public_url: &str,
) -> Result<(), PaymentError> {
    let mut attempt = 1;
    loop {
        let mut tx = db.tenant(caller).await?;
        match arrived(&mut tx, id, stand, public_url, attempt < ATTEMPTS).await {
            Ok(()) => return Ok(tx.commit().await?),
            Err(error) => try_again(db, caller, tx, error, attempt).await?,
        }
        attempt += 1;
    }
}

/// Whether it is to be tried again: then what stood in the way is gone.
pub(super) async fn try_again(
    db: &Db,
    caller: &Caller,
    tx: TenantTx,
    error: BookingError,
    attempt: usize,
) -> Result<(), PaymentError> {
    let lapsed = matches!(error.refusal(), Refusal::Lapsed);
    let contended = matches!(error.refusal(), Refusal::Contended);
    if attempt >= ATTEMPTS || !(lapsed || contended) {
        return Err(error.into());
    }
    tx.rollback().await?;
    if lapsed {
        let mut tx = db.tenant(caller).await?;
        bookings::lapse_due(&mut tx).await?;
        tx.commit().await?;
    }
    Ok(())
}

async fn arrived(
    tx: &mut TenantTx,
    id: Id<Payment>,
    stand: &Stand,
    public_url: &str,
    try_again: bool,
) -> Result<(), BookingError> {
    let shown = read(tx, id).await.map_err(PaymentError::into_store)?;
    if let Some(sale) = shown.sale {
        return Ok(gifts::arrived(tx, id, sale.id, stand, public_url).await?);
    }
    // First the visit, then its payments: as everybody does.
    let Some(visit) = shown.visit else {
        return Err(StoreError::Unreadable(format!("the visit of the payment {id}")).into());
    };
    bookings::hold_for_money(tx, visit).await?;
    let Some(row) = note_paid(tx, id, stand).await? else { return Ok(()) };
    if let (Some(card), Some(account)) = (&stand.card, &row.account)
        && row.keeps_card
    {
        cards::keep(tx, visit, account, card).await?;
    }
    tx.emit(NewEvent::new("payment.paid", &json!({ "id": id, "visit": visit })));
    let arrival = bookings::payment_arrived(tx, visit, public_url, try_again).await?;
    rest(tx, visit).await?;
    if arrival == Arrival::TooLate {
        removal::of_no_use(tx, visit).await?;
    }
    let Some(row) = refunds::held(tx, id).await? else { return Ok(()) };
    match arrival {
        // Of what is called off, what that costs is kept.
        Arrival::TooLate if row.refunded_minor > 0 => mails::too_late(tx, &row).await?,
        _ if row.card_id.is_some() => mails::fee_taken(tx, &row).await?,
        _ => mails::receipt(tx, &row).await?,
    }
    Ok(())
}

/// Writes down that a payment was taken, and its lines of the book; none, if that is written down already.
pub(super) async fn note_paid(
    tx: &TenantTx,
    id: Id<Payment>,
    stand: &Stand,
) -> Result<Option<payment::Model>, StoreError> {
    let Some(row) = refunds::held(tx, id).await? else { return Ok(None) };
    if PaymentState::stored(&row.state)? == PaymentState::Paid {
        return Ok(None);
    }
    if (stand.amount_minor, &stand.currency) != (row.amount_minor, &row.currency) {
        let what = format!("the payment {id}: the provider took another amount");
        return Err(StoreError::Unreadable(what));
    }
    let mut change: payment::ActiveModel = row.into();
    change.state = Set(PaymentState::Paid.key().to_owned());
    change.taken = Set(stand.taken.clone());
    change.url = Set(None);
    change.paid_at = Set(Some(tx.now()));
    change.updated_at = Set(tx.now());
    let row = change.update(tx.conn()).await?;
    ledger::paid(tx, &row).await?;
    Ok(Some(row))
}

/// What isn't due goes back.
async fn rest(tx: &mut TenantTx, id: Id<Appointment>) -> Result<(), BookingError> {
    let (visit, _) = bookings::with_shop(tx, id).await?;
    if !matches!(visit.status, Status::Cancelled | Status::NoShow) {
        follow::give_back_fees(tx, id).await?;
    }
    if visit.status == Status::NoShow {
        let stood = Stood::from(&visit);
        fees::fall_due(tx, &stood).await?;
        // Staff may have marked it by a slip: that has its hour. Once it is over, the job at its end has been there, and
        // doesn't come again.
        if !fees::is_ripe(tx, &stood).await? {
            return Ok(());
        }
    }
    Ok(follow::give_back_excess(tx, id, read::bill(&visit)).await?)
}
