//! What the steps of a visit's life mean for its money.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::due::Bill;
use super::entities::payment;
use super::ledger::{self, Earned};
use super::looking;
use super::read::{bill, paid_for};
use super::refunds;
use super::words::{PaymentState, Way};
use crate::bookings::{Status, Stood, VisitFacts};
use crate::ids::{Appointment, Id};
use crate::tenancy::{StoreError, TenantTx};

/// A visit came from one state into another: what it earned is written in the book, a page where its deposit
/// could be paid is closed, and what was paid and isn't due any more goes back.
pub(crate) async fn follow(
    tx: &mut TenantTx,
    visit: &Stood,
    from: Status,
) -> Result<(), StoreError> {
    let to = visit.bill.status;
    let earns = |status| matches!(status, Status::Completed | Status::NoShow);
    let called_off_for = to == Status::Cancelled && visit.bill.fee_minor > 0;
    if earns(from) || earns(to) || called_off_for {
        let paid = paid_for(tx, visit.id).await?;
        let due = visit.bill.due(&paid);
        let earned = match to {
            Status::Completed => Earned { sales: due, fees: 0 },
            Status::NoShow | Status::Cancelled => Earned { sales: 0, fees: due },
            _ => Earned::default(),
        };
        ledger::earn(tx, visit, earned).await?;
    }
    if from == Status::PendingPayment && to != Status::PendingPayment {
        looking::close(tx, visit.id).await?;
    }
    // Who was asked for a deposit or a price may have paid it; time that is only kept was never paid for.
    if !to.takes_time() && from != Status::Held && visit.bill.price_minor > 0 {
        give_back_excess(tx, visit.id, visit.bill).await?;
    }
    Ok(())
}

/// What somebody pays who didn't come hangs on what is kept of it: once less is kept, the book says so.
pub(super) async fn earn_anew(tx: &TenantTx, visit: &VisitFacts) -> Result<(), StoreError> {
    if visit.status != Status::NoShow {
        return Ok(());
    }
    let fees = bill(visit).due(&paid_for(tx, visit.id).await?);
    ledger::earn(tx, &Stood::from(visit), Earned { sales: 0, fees }).await
}

/// What was paid by card and isn't due any more goes back, what was paid last first. What was paid at the desk is
/// given back there.
pub(super) async fn give_back_excess(
    tx: &mut TenantTx,
    visit: Id<Appointment>,
    bill: Bill,
) -> Result<(), StoreError> {
    // Held before it is counted: nobody gives any of it back meanwhile.
    let cards = payment::Entity::find()
        .filter(payment::Column::TenantId.eq(tx.tenant().uuid()))
        .filter(payment::Column::AppointmentId.eq(visit.uuid()))
        .filter(payment::Column::State.eq(PaymentState::Paid.key()))
        .filter(payment::Column::Way.eq(Way::Card.key()))
        .order_by_desc(payment::Column::Id)
        .lock_exclusive()
        .all(tx.conn())
        .await?;
    if cards.is_empty() {
        return Ok(());
    }
    let mut excess = bill.excess(&paid_for(tx, visit).await?);
    for card in cards {
        let part = excess.min(card.amount_minor - card.tip_minor - card.refunded_minor);
        if part > 0 {
            excess -= part;
            refunds::begin(tx, card, part, String::new()).await?;
        }
    }
    Ok(())
}
