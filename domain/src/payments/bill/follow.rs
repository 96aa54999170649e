//! What the steps of a visit's life mean for its money.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::due::{Bill, Paid};
use super::wish::is_being_had;
use crate::bookings::{self, BookingError, Status, Stood, VisitFacts};
use crate::ids::{Appointment, Id};
use crate::payments::books;
use crate::payments::cards::{self, fees};
use crate::payments::entities::payment;
use crate::payments::ledger::{self, Earned};
use crate::payments::pages::looking;
use crate::payments::read::{bill, paid_for};
use crate::payments::refunds;
use crate::payments::refunds::parts::Left;
use crate::payments::words::{PaymentKind, PaymentState, Way};
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
        ledger::earn(tx, visit, earned(visit.bill, &paid)).await?;
    }
    if is_paid_otherwise(from, to) {
        looking::close(tx, visit.id).await?;
        cards::close(tx, visit.id).await?;
    }
    if from == Status::NoShow && to != Status::NoShow {
        give_back_fees(tx, visit.id).await?;
    }
    if from != to {
        fees::fall_due(tx, visit).await?;
    }
    // Who was asked for a deposit or a price may have paid it; time that is only kept was never paid for.
    if !to.takes_time() && from != Status::Held && visit.bill.price_minor > 0 {
        give_back_excess(tx, visit.id, visit.bill).await?;
    }
    Ok(())
}

/// What a visit earned as it stands.
fn earned(bill: Bill, paid: &Paid) -> Earned {
    let due = bill.due(paid);
    match bill.status {
        Status::Completed => Earned { sales: due, fees: 0 },
        Status::NoShow | Status::Cancelled => Earned { sales: 0, fees: due },
        _ => Earned::default(),
    }
}

/// Whether something else is asked for than before: a page that asks for that is of no use any more.
const fn is_paid_otherwise(from: Status, to: Status) -> bool {
    match from {
        Status::PendingPayment => !matches!(to, Status::PendingPayment),
        Status::NoShow => !matches!(to, Status::NoShow),
        _ => is_being_had(from) && !is_being_had(to),
    }
}

/// It was a slip, or they came: what was taken because they didn't goes back.
pub(in crate::payments) async fn give_back_fees(
    tx: &mut TenantTx,
    visit: Id<Appointment>,
) -> Result<(), StoreError> {
    let fees = payment::Entity::find()
        .filter(payment::Column::TenantId.eq(tx.tenant().uuid()))
        .filter(payment::Column::AppointmentId.eq(visit.uuid()))
        .filter(payment::Column::State.eq(PaymentState::Paid.key()))
        .filter(payment::Column::Kind.eq(PaymentKind::Fee.key()))
        .order_by_desc(payment::Column::Id)
        .lock_exclusive()
        .all(tx.conn())
        .await?;
    for fee in fees {
        let left = fee.amount_minor - fee.refunded_minor;
        if left > 0 && !books::is_disputed(tx, Id::from_uuid(fee.id)).await? {
            let back = Left::from(&fee).own_first(left);
            refunds::begin(tx, fee, back, String::new()).await?;
        }
    }
    Ok(())
}

/// What a visit earned hangs on what is kept of it and on what was given back for good: the book says so.
pub(in crate::payments) async fn earn_anew(
    tx: &TenantTx,
    visit: &VisitFacts,
) -> Result<(), StoreError> {
    if !matches!(visit.status, Status::Completed | Status::NoShow | Status::Cancelled) {
        return Ok(());
    }
    let earned = earned(bill(visit), &paid_for(tx, visit.id).await?);
    ledger::earn(tx, &Stood::from(visit), earned).await
}

/// The same for the visit that something was paid for, which is held.
pub(in crate::payments) async fn earn_anew_of(
    tx: &TenantTx,
    payment: &payment::Model,
) -> Result<(), StoreError> {
    let Some(visit) = payment.appointment_id.map(Id::from_uuid) else { return Ok(()) };
    let visit = bookings::with_shop(tx, visit).await.map_err(BookingError::into_store)?.0;
    earn_anew(tx, &visit).await
}

/// What was paid by card or with what was sold ahead and isn't due any more goes back, what was paid last first; and
/// the tip for what doesn't take place. A use of a pass goes back whole, or not at all. What was paid at the desk is
/// given back there.
pub(in crate::payments) async fn give_back_excess(
    tx: &mut TenantTx,
    visit: Id<Appointment>,
    bill: Bill,
) -> Result<(), StoreError> {
    // Held before it is counted: nobody gives any of it back meanwhile.
    let cards = payment::Entity::find()
        .filter(payment::Column::TenantId.eq(tx.tenant().uuid()))
        .filter(payment::Column::AppointmentId.eq(visit.uuid()))
        .filter(payment::Column::State.eq(PaymentState::Paid.key()))
        .filter(payment::Column::Way.is_in([Way::Card, Way::Voucher, Way::Pass].map(Way::key)))
        .order_by_desc(payment::Column::Id)
        .lock_exclusive()
        .all(tx.conn())
        .await?;
    if cards.is_empty() {
        return Ok(());
    }
    let mut excess = bill.excess(&paid_for(tx, visit).await?);
    for card in cards {
        let left = Left::from(&card);
        let own = excess.min(left.own_minor);
        let whole = card.pass_id.is_none() || own == card.amount_minor;
        let tip = if bill.is_off() { left.tip_minor } else { 0 };
        let back = left.parts(if whole { own } else { 0 }, tip);
        if back.amount_minor > 0 && !books::is_disputed(tx, Id::from_uuid(card.id)).await? {
            excess -= back.amount_minor - back.tip_minor;
            refunds::begin(tx, card, back, String::new()).await?;
        }
    }
    Ok(())
}
