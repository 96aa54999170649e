//! What is paid at the desk.

use sea_orm::{ActiveModelTrait, ActiveValue::Set};
use serde_json::json;

use super::due::Paid;
use super::entities::payment;
use super::error::PaymentError;
use super::ledger;
use super::read::{self, PaymentFacts};
use super::words::{PaymentState, Way};
use crate::audit::{Actor, NewEntry};
use crate::bookings::{self, Status, Stood};
use crate::fault::{Faults, ValueFault};
use crate::ids::{Appointment, Id, Payment};
use crate::outbox::NewEvent;
use crate::tenancy::{StoreError, TenantTx};
use crate::text;

/// The most that anybody pays at once, in minor units.
const MOST: i64 = 10_000_000_000;

/// What somebody pays at the desk.
#[derive(Debug, Clone)]
pub struct NewPayment {
    /// By which way.
    pub way: Way,
    /// All of it.
    pub amount_minor: i64,
    /// The part of it that is a tip.
    pub tip_minor: i64,
    /// What staff want said.
    pub note: String,
}

struct Wanted {
    note: String,
}

/// What can be meant.
fn check(new: &NewPayment) -> Result<Wanted, PaymentError> {
    let mut faults = Faults::new();
    let note = faults.take("/note", text::prose(&new.note, 0, 300));
    if new.way == Way::Card {
        let detail = "Cards are paid with behind the visit's link, or at a terminal.";
        faults.note("/way", ValueFault::new("not_at_the_desk", detail));
    }
    let (too_small, too_large) = ("too_small", "too_large");
    if new.amount_minor < 1 {
        let fault = ValueFault::new(too_small, "This must be more than nothing.");
        faults.note("/amount_minor", fault);
    } else if new.amount_minor > MOST {
        faults.note("/amount_minor", ValueFault::new(too_large, format!("At most {MOST}.")));
    }
    if new.tip_minor < 0 {
        let fault = ValueFault::new(too_small, "A tip can't be less than nothing.");
        faults.note("/tip_minor", fault);
    } else if new.tip_minor > new.amount_minor {
        let fault = ValueFault::new(too_large, "The tip is a part of the amount.");
        faults.note("/tip_minor", fault);
    }
    match note {
        Some(note) if faults.is_empty() => Ok(Wanted { note }),
        _ => Err(faults.into()),
    }
}

/// Takes money for a visit. One that waited for its deposit is certain once enough is there.
pub async fn take(
    tx: &mut TenantTx,
    id: Id<Appointment>,
    new: &NewPayment,
    public_url: &str,
) -> Result<PaymentFacts, PaymentError> {
    let Wanted { note } = check(new)?;
    let visit = bookings::hold_visible(tx, id).await?;
    let (bill, before) = (read::bill(&visit), read::paid_for(tx, id).await?);
    if visit.status == Status::Held {
        // It is nobody's yet.
        return Err(PaymentError::NothingDue);
    }
    let own = new.amount_minor - new.tip_minor;
    if own > bill.open(&before) {
        return Err(PaymentError::MoreThanDue);
    }
    let payment = write(tx, &Stood::from(&visit), &NewPayment { note, ..new.clone() }).await?;
    tx.record(NewEntry::new("payment.taken", "payment").on(payment, visit.title.clone()));
    let after = Paid { paid_minor: before.paid_minor + own, ..before };
    if visit.status == Status::PendingPayment && bill.wanted_now(&after) == 0 {
        bookings::deposit_arrived(tx, id, public_url).await?;
    }
    read::read(tx, payment).await
}

/// Writes down what was paid at the desk for a visit.
async fn write(
    tx: &mut TenantTx,
    visit: &Stood,
    new: &NewPayment,
) -> Result<Id<Payment>, StoreError> {
    let payment = tx.new_id::<Payment>();
    let row = payment::ActiveModel {
        tenant_id: Set(tx.tenant().uuid()),
        id: Set(payment.uuid()),
        location_id: Set(visit.location.uuid()),
        appointment_id: Set(visit.id.uuid()),
        way: Set(new.way.key().to_owned()),
        state: Set(PaymentState::Paid.key().to_owned()),
        amount_minor: Set(new.amount_minor),
        tip_minor: Set(new.tip_minor),
        refunded_minor: Set(0),
        currency: Set(visit.currency.clone()),
        note: Set(new.note.clone()),
        account: Set(None),
        reference: Set(None),
        taken: Set(None),
        url: Set(None),
        taken_by: Set(Some(Actor::from(tx.caller().principal()).name)),
        created_at: Set(tx.now()),
        paid_at: Set(Some(tx.now())),
        updated_at: Set(tx.now()),
    };
    let row = row.insert(tx.conn()).await?;
    ledger::paid(tx, &row).await?;
    tx.emit(NewEvent::new("payment.paid", &json!({ "id": payment, "visit": visit.id })));
    Ok(payment)
}

/// What must still be paid so that a visit is certain.
pub(crate) async fn wanted_now(tx: &TenantTx, visit: &Stood) -> Result<i64, StoreError> {
    Ok(visit.bill.wanted_now(&read::paid_for(tx, visit.id).await?))
}

/// Staff say of a visit that its deposit was paid, in a way that they don't say: what was missing of it is
/// there.
pub(crate) async fn note_deposit(tx: &mut TenantTx, visit: &Stood) -> Result<(), StoreError> {
    let amount_minor = wanted_now(tx, visit).await?;
    if amount_minor > 0 {
        let new = NewPayment { way: Way::Other, amount_minor, tip_minor: 0, note: String::new() };
        write(tx, visit, &new).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn which_payments_can_be_meant() {
        let cases: [(Way, i64, i64, &[&str]); 9] = [
            (Way::Cash, 1, 0, &[]),
            (Way::Terminal, 1_000, 1_000, &[]),
            (Way::Other, MOST, 0, &[]),
            (Way::Card, 1_000, 0, &["/way"]),
            (Way::Cash, 0, 0, &["/amount_minor"]),
            (Way::Cash, -5, 0, &["/amount_minor", "/tip_minor"]),
            (Way::Cash, MOST + 1, 0, &["/amount_minor"]),
            (Way::Cash, 1_000, -1, &["/tip_minor"]),
            (Way::Cash, 1_000, 1_001, &["/tip_minor"]),
        ];
        for (way, amount_minor, tip_minor, faulty) in cases {
            let new = NewPayment { way, amount_minor, tip_minor, note: String::new() };
            let fields: Vec<_> = match check(&new) {
                Ok(_) => Vec::new(),
                Err(PaymentError::Invalid(fields)) => fields.into_iter().map(|f| f.field).collect(),
                Err(other) => panic!("{other}"),
            };
            assert_eq!(fields, faulty, "{new:?}");
        }
    }
}
