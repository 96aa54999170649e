//! Writes down what is paid at once: at the desk, or with what was sold ahead.

use sea_orm::{ActiveModelTrait, ActiveValue::Set};
use serde_json::json;

use super::drawer;
use super::take::is_wanting;
use crate::audit::Actor;
use crate::bookings::{self, Status, Stood, VisitFacts};
use crate::ids::{Id, Pass, Payment, Voucher};
use crate::outbox::NewEvent;
use crate::payments::entities::payment;
use crate::payments::error::PaymentError;
use crate::payments::ledger;
use crate::payments::mails;
use crate::payments::pages::looking;
use crate::payments::read;
use crate::payments::words::{PaymentKind, PaymentState, Way};
use crate::sold::SaleRow;
use crate::tenancy::{Principal, StoreError, TenantTx};

/// What something is paid with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum With {
    /// Money, by one of the ways of the desk.
    Money(Way),
    /// A gift voucher.
    Voucher(Id<Voucher>),
    /// A use of a pass, for one line of the visit.
    Pass {
        /// Which.
        pass: Id<Pass>,
        /// The line's place in the visit.
        line: i16,
        /// What the use is worth.
        worth_minor: i64,
    },
}

/// What is paid for.
#[derive(Debug, Clone, Copy)]
pub(crate) enum For<'a> {
    /// A visit.
    Visit(&'a Stood),
    /// Something that is sold ahead.
    Sale(&'a SaleRow),
}

/// What is paid at once.
#[derive(Debug, Clone)]
pub(crate) struct Paying {
    pub(crate) with: With,
    /// All of it.
    pub(crate) amount_minor: i64,
    /// The part of it that is a tip.
    pub(crate) tip_minor: i64,
    pub(crate) note: String,
}

impl Paying {
    const fn way(&self) -> Way {
        match self.with {
            With::Money(way) => way,
            With::Voucher(_) => Way::Voucher,
            With::Pass { .. } => Way::Pass,
        }
    }
}

/// Writes down what is paid, and its lines of the book.
pub(crate) async fn record(
    tx: &mut TenantTx,
    what: For<'_>,
    paying: &Paying,
) -> Result<Id<Payment>, StoreError> {
    let id = tx.new_id::<Payment>();
    let (location, currency, visit, sale) = match what {
        For::Visit(visit) => (visit.location, &visit.currency, Some(visit.id), None),
        For::Sale(sale) => (sale.location, &sale.currency, None, Some(sale.id)),
    };
    let (voucher, pass) = match paying.with {
        With::Money(_) => (None, None),
        With::Voucher(voucher) => (Some(voucher.uuid()), None),
        With::Pass { pass, line, worth_minor } => (None, Some((pass.uuid(), line, worth_minor))),
    };
    // Who pays by themselves behind their link pays nobody here.
    let hand = match tx.caller().principal() {
        Principal::Visitor => None,
        who => Some(Actor::from(who).name),
    };
    let paid_at = drawer::moved_at(tx, paying.way(), location.uuid()).await?;
    let row = payment::ActiveModel {
        tenant_id: Set(tx.tenant().uuid()),
        id: Set(id.uuid()),
        location_id: Set(location.uuid()),
        appointment_id: Set(visit.map(Id::uuid)),
        sale_id: Set(sale.map(Id::uuid)),
        voucher_id: Set(voucher),
        pass_id: Set(pass.map(|(pass, ..)| pass)),
        line: Set(pass.map(|(_, line, _)| line)),
        worth_minor: Set(pass.map(|(.., worth)| worth)),
        way: Set(paying.way().key().to_owned()),
        state: Set(PaymentState::Paid.key().to_owned()),
        amount_minor: Set(paying.amount_minor),
        tip_minor: Set(paying.tip_minor),
        refunded_minor: Set(0),
        tip_refunded_minor: Set(0),
        currency: Set(currency.clone()),
        note: Set(paying.note.clone()),
        account: Set(None),
        reference: Set(None),
        taken: Set(None),
        url: Set(None),
        taken_by: Set(hand),
        created_at: Set(tx.now()),
        paid_at: Set(Some(paid_at)),
        updated_at: Set(tx.now()),
        kind: Set(PaymentKind::Desk.key().to_owned()),
        card_id: Set(None),
        here: Set(false),
        keeps_card: Set(false),
        trouble: Set(None),
        provider: Set(None),
        surplus: Set(false),
    };
    let row = row.insert(tx.conn()).await?;
    ledger::paid(tx, &row).await?;
    if let Some(visit) = visit {
        tx.emit(NewEvent::new("payment.paid", &json!({ "id": id, "visit": visit })));
        // Boxed: whoever is paid would carry the mail's future along.
        Box::pin(mails::receipt(tx, &row)).await?;
    }
    Ok(id)
}

/// The same for a visit that is held; one that waited for its deposit is certain once enough is there. Whoever's card
/// is being charged for not coming pays that: nobody takes the same from them in another way.
pub(crate) async fn pay_visit(
    tx: &mut TenantTx,
    visit: &VisitFacts,
    paying: &Paying,
    public_url: &str,
) -> Result<Id<Payment>, PaymentError> {
    // What was charged for a visit that takes place after all goes back, and stands in nobody's way.
    if read::bill(visit).is_off() && looking::is_charged(tx, visit.id).await? {
        return Err(PaymentError::ChargeUnderWay);
    }
    let stood = Stood::from(visit);
    let id = record(tx, For::Visit(&stood), paying).await?;
    if visit.status == Status::PendingPayment && !is_wanting(tx, &stood).await? {
        bookings::deposit_arrived(tx, visit.id, public_url).await?;
    } else {
        // A page that asks for more than is open now is closed.
        looking::close(tx, visit.id).await?;
    }
    Ok(id)
}

/// What is still to be paid of a visit that is held: what makes it certain, and all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Open {
    /// What is wanted now, so that it is certain.
    pub(crate) now_minor: i64,
    /// All of it.
    pub(crate) all_minor: i64,
}

/// What is still to be paid of a visit; nothing of one that is nobody's yet.
pub(crate) async fn open_of(tx: &TenantTx, visit: &VisitFacts) -> Result<Open, StoreError> {
    if visit.status == Status::Held {
        return Ok(Open { now_minor: 0, all_minor: 0 });
    }
    let (bill, paid) = (read::bill(visit), read::paid_for(tx, visit.id).await?);
    Ok(Open { now_minor: bill.wanted_now(&paid), all_minor: bill.open(&paid) })
}
