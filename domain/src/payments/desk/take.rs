//! What is paid at the desk.

use super::record::{self, For, Paying, With};
use crate::audit::NewEntry;
use crate::bookings::{self, Status, Stood};
use crate::fault::{Faults, ValueFault};
use crate::ids::{Appointment, Id};
use crate::payments::bill::deposit::is_too_little;
use crate::payments::cards;
use crate::payments::error::PaymentError;
use crate::payments::read::{self, PaymentFacts};
use crate::payments::words::Way;
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

impl NewPayment {
    fn paying(&self, note: String) -> Paying {
        let Self { way, amount_minor, tip_minor, .. } = *self;
        Paying { with: With::Money(way), amount_minor, tip_minor, note }
    }
}

struct Wanted {
    note: String,
}

/// What can be meant.
fn check(new: &NewPayment) -> Result<Wanted, PaymentError> {
    let mut faults = Faults::new();
    let note = faults.take("/note", text::prose(&new.note, 0, 300));
    if !new.way.is_taken_at_desk() {
        let detail = "Cards are paid with behind the visit's link, or at a terminal; vouchers and passes by themselves.";
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
    if new.amount_minor - new.tip_minor > bill.open(&before) {
        return Err(PaymentError::MoreThanDue);
    }
    let payment = record::pay_visit(tx, &visit, &new.paying(note), public_url).await?;
    tx.record(NewEntry::new("payment.taken", "payment").on(payment, visit.title.clone()));
    read::read(tx, payment).await
}

/// What must still be paid so that a visit is certain.
async fn wanted_now(tx: &TenantTx, visit: &Stood) -> Result<i64, StoreError> {
    Ok(visit.bill.wanted_now(&read::paid_for(tx, visit.id).await?))
}

/// Whether a visit isn't certain yet: some of its deposit is missing, or its card. What is missing and too little to
/// be paid online makes nobody wait: it is paid at the desk with the rest.
pub(crate) async fn is_wanting(tx: &TenantTx, visit: &Stood) -> Result<bool, StoreError> {
    if visit.bill.deposit_minor > 0 {
        let paid = read::paid_for(tx, visit.id).await?;
        let (wanted, open) = (visit.bill.wanted_now(&paid), visit.bill.open(&paid));
        if wanted > 0 && !is_too_little(tx, &visit.currency, wanted, open).await? {
            return Ok(true);
        }
    }
    cards::is_wanted(tx, visit).await
}

/// Staff say of a visit that its deposit was paid, in a way that they don't say: what was missing of it is
/// there.
pub(crate) async fn note_deposit(tx: &mut TenantTx, visit: &Stood) -> Result<(), StoreError> {
    let amount_minor = wanted_now(tx, visit).await?;
    if amount_minor > 0 {
        let new = NewPayment { way: Way::Other, amount_minor, tip_minor: 0, note: String::new() };
        record::record(tx, For::Visit(visit), &new.paying(String::new())).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn which_payments_can_be_meant() {
        let cases: [(Way, i64, i64, &[&str]); 11] = [
            (Way::Cash, 1, 0, &[]),
            (Way::Terminal, 1_000, 1_000, &[]),
            (Way::Other, MOST, 0, &[]),
            (Way::Card, 1_000, 0, &["/way"]),
            (Way::Voucher, 1_000, 0, &["/way"]),
            (Way::Pass, 1_000, 0, &["/way"]),
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
