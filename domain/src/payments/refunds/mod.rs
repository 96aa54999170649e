//! Giving money back: at once at the desk, by the provider for who paid by card; and which part of it is of a tip.

mod given_up;
pub(super) mod parts;
pub(super) mod unkeyed;

use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect,
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use super::ahead;
use super::bill::follow;
use super::books;
use super::desk::drawer;
use super::entities::{payment, refund};
use super::error::PaymentError;
use super::ledger;
use super::mails;
use super::provider::{ReturnStage, Returned};
use super::read::{self, RefundFacts};
use super::words::{PaymentState, RefundState, Way};
use crate::audit::{Actor, NewEntry};
use crate::bookings::{self, VisitFacts};
use crate::fault::{Faults, ValueFault};
use crate::ids::{Appointment, Id, Payment, Refund};
use crate::jobs::{self, NewJob};
use crate::outbox::NewEvent;
use crate::sold;
use crate::tenancy::{StoreError, TenantTx};
use crate::text;
use crate::time::Instant;
use parts::{Back, Left};

/// The kind of job that has the provider give money back.
pub const GIVE_BACK: &str = "payments.give_back";

/// What such a job carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct GiveBack {
    /// Which.
    pub refund: Id<Refund>,
}

/// A payment, held until the transaction ends.
pub(super) async fn held(
    tx: &TenantTx,
    id: Id<Payment>,
) -> Result<Option<payment::Model>, StoreError> {
    let found = payment::Entity::find_by_id((tx.tenant().uuid(), id.uuid()));
    Ok(found.lock_exclusive().one(tx.conn()).await?)
}

/// Money that staff give back.
#[derive(Debug, Clone)]
pub struct NewReturn {
    /// How much.
    pub amount_minor: i64,
    /// Why.
    pub reason: String,
    /// Whether it needn't be paid again. Not said: so it is once the visit is over, and not before.
    pub waive: Option<bool>,
}

/// Gives some of a payment back, as staff do.
pub async fn refund(
    tx: &mut TenantTx,
    id: Id<Payment>,
    new: &NewReturn,
) -> Result<RefundFacts, PaymentError> {
    let mut faults = Faults::new();
    let reason = faults.take("/reason", text::prose(&new.reason, 0, 300));
    let amount_minor = new.amount_minor;
    if amount_minor < 1 {
        let fault = ValueFault::new("too_small", "This must be more than nothing.");
        faults.note("/amount_minor", fault);
    }
    let Some(reason) = reason.filter(|_| faults.is_empty()) else { return Err(faults.into()) };
    // Whoever may not see it shall not learn that it is there.
    let shown = read::read(tx, id).await?;
    let Some(visit) = shown.visit else {
        return ahead::give_back_surplus(tx, shown, amount_minor, reason).await;
    };
    let visit = bookings::hold_visible(tx, visit).await?;
    let row = held(tx, id).await?.ok_or(PaymentError::NotFound)?;
    if PaymentState::stored(&row.state)? != PaymentState::Paid {
        return Err(PaymentError::NotPaid);
    }
    if books::is_disputed(tx, id).await? {
        return Err(PaymentError::Disputed);
    }
    if amount_minor > row.amount_minor - row.refunded_minor {
        return Err(PaymentError::MoreThanPaid);
    }
    if row.pass_id.is_some() && amount_minor != row.amount_minor {
        return Err(PaymentError::WholeUseOnly);
    }
    let back = as_meant(tx, &visit, Left::from(&row).own_first(amount_minor), new.waive).await?;
    let made = begin(tx, row, back, reason).await?;
    follow::earn_anew(tx, &visit).await?;
    tx.record(NewEntry::new("payment.refunded", "payment").on(id, shown.title));
    let after = read::read(tx, id).await?;
    let found = after.refunds.into_iter().find(|refund| refund.id == made);
    found.ok_or(PaymentError::NotFound)
}

/// What is given back of what is over needn't be paid again, and of what is to come it must; unless somebody says so.
/// What is too much for the visit, which is held, isn't due in either case.
pub(super) async fn as_meant(
    tx: &TenantTx,
    visit: &VisitFacts,
    back: Back,
    waive: Option<bool>,
) -> Result<Back, StoreError> {
    let bill = read::bill(visit);
    if !waive.unwrap_or_else(|| bill.is_over()) {
        return Ok(back);
    }
    let forgiven = back.forgiven(bill.excess(&read::paid_for(tx, visit.id).await?));
    Ok(Back { waived_fee: bill.is_off(), ..forgiven })
}

/// Begins to give some of a held payment back: no more than is left of it.
pub(super) async fn begin(
    tx: &mut TenantTx,
    payment: payment::Model,
    back: Back,
    reason: String,
) -> Result<Id<Refund>, StoreError> {
    let way = Way::stored(&payment.way)?;
    let at_desk = way != Way::Card;
    let done_at = drawer::moved_at(tx, way, payment.location_id).await?;
    let given_by = Actor::from(tx.caller().principal()).name;
    let mut row = new_row(tx, &payment, back, given_by);
    row.reason = Set(reason);
    if at_desk {
        row.state = Set(RefundState::Done.key().to_owned());
        row.done_at = Set(Some(done_at));
    }
    let row = row.insert(tx.conn()).await?;
    let id = Id::from_uuid(row.id);
    let payment = went(tx, payment, back).await?;
    if at_desk {
        let on = (payment.voucher_id, payment.pass_id);
        let worth = sold::put_back(tx, on).await?;
        ledger::returned(tx, &payment, &row, worth).await?;
        tell(tx, &payment, id);
        // Boxed: whoever gives back would carry the mail's future along.
        Box::pin(mails::returned(tx, &payment, &row)).await?;
    } else {
        let job = NewJob::new(GIVE_BACK, &GiveBack { refund: id }).once(format!("give_back {id}"));
        jobs::enqueue(tx.conn(), tx.tools(), tx.now(), Some(tx.tenant()), job).await?;
    }
    Ok(id)
}

/// A refund that is about to be written down: on its way, and nothing was heard of it yet.
pub(super) fn new_row(
    tx: &TenantTx,
    payment: &payment::Model,
    back: Back,
    given_by: String,
) -> refund::ActiveModel {
    refund::ActiveModel {
        tenant_id: Set(tx.tenant().uuid()),
        id: Set(tx.new_id::<Refund>().uuid()),
        payment_id: Set(payment.id),
        amount_minor: Set(back.amount_minor),
        state: Set(RefundState::Pending.key().to_owned()),
        reason: Set(String::new()),
        given_by: Set(given_by),
        reference: Set(None),
        trouble: Set(None),
        created_at: Set(tx.now()),
        done_at: Set(None),
        updated_at: Set(tx.now()),
        made_there: Set(false),
        mark: Set(None),
        asked_until: Set(None),
        tip_minor: Set(back.tip_minor),
        waived_minor: Set(back.waived_minor),
        waived_fee: Set(back.waived_fee),
        came_back_at: Set(None),
    }
}

/// So much of a payment went back, or is on its way.
pub(super) async fn went(
    tx: &TenantTx,
    payment: payment::Model,
    back: Back,
) -> Result<payment::Model, StoreError> {
    let (all, tips) = (payment.refunded_minor, payment.tip_refunded_minor);
    let mut change: payment::ActiveModel = payment.into();
    change.refunded_minor = Set(all + back.amount_minor);
    change.tip_refunded_minor = Set(tips + back.tip_minor);
    change.updated_at = Set(tx.now());
    Ok(change.update(tx.conn()).await?)
}

/// Says so of what was paid for a visit.
fn tell(tx: &mut TenantTx, payment: &payment::Model, refund: Id<Refund>) {
    let Some(visit) = payment.appointment_id.map(Id::<Appointment>::from_uuid) else { return };
    let id = Id::<Payment>::from_uuid(payment.id);
    let about = json!({ "id": id, "refund": refund, "visit": visit });
    tx.emit(NewEvent::new("payment.refunded", &about));
}

/// A refund that the provider still has to do or to say something of, with its payment.
pub(super) async fn pending(
    tx: &TenantTx,
    id: Id<Refund>,
) -> Result<Option<(refund::Model, payment::Model)>, StoreError> {
    Ok(known(tx, id).await?.filter(|(row, _)| row.state == RefundState::Pending.key()))
}

/// A refund with its payment.
pub(super) async fn known(
    tx: &TenantTx,
    id: Id<Refund>,
) -> Result<Option<(refund::Model, payment::Model)>, StoreError> {
    let found = refund::Entity::find_by_id((tx.tenant().uuid(), id.uuid())).one(tx.conn()).await?;
    let Some(row) = found else { return Ok(None) };
    let payment = payment::Entity::find_by_id((tx.tenant().uuid(), row.payment_id));
    Ok(payment.one(tx.conn()).await?.map(|payment| (row, payment)))
}

/// A refund that is asked for at a provider that keeps no keys, from now on by whoever holds this and by nobody else
/// until then; none: an older one of the same payment comes first, or somebody else asks already.
pub(super) async fn claim(
    tx: &TenantTx,
    id: Id<Refund>,
    until: Instant,
) -> Result<Option<refund::Model>, StoreError> {
    let Some((row, payment)) = pending(tx, id).await? else { return Ok(None) };
    held(tx, Id::from_uuid(payment.id)).await?;
    if next_of(tx, payment.id).await? != Some(id) {
        return Ok(None);
    }
    let held = refund::Entity::find_by_id((tx.tenant().uuid(), row.id)).lock_exclusive();
    let Some(row) = held.one(tx.conn()).await? else { return Ok(None) };
    if row.asked_until.is_some_and(|busy| busy > tx.now()) {
        return Ok(None);
    }
    let mut change: refund::ActiveModel = row.into();
    change.asked_until = Set(Some(until));
    change.updated_at = Set(tx.now());
    Ok(Some(change.update(tx.conn()).await?))
}

/// Notes what the provider had given back before it is asked.
pub(super) async fn note_mark(tx: &TenantTx, id: Id<Refund>, mark: &str) -> Result<(), StoreError> {
    let Some((row, _)) = pending(tx, id).await? else { return Ok(()) };
    let mut change: refund::ActiveModel = row.into();
    change.mark = Set(Some(mark.to_owned()));
    change.update(tx.conn()).await?;
    Ok(())
}

/// The provider has answered: whoever comes next may ask.
pub(super) async fn release(tx: &TenantTx, id: Id<Refund>) -> Result<(), StoreError> {
    let Some((row, _)) = pending(tx, id).await? else { return Ok(()) };
    let mut change: refund::ActiveModel = row.into();
    change.asked_until = Set(None);
    change.update(tx.conn()).await?;
    Ok(())
}

/// Queues the next refund of the payment that this one was of, if another one waits.
pub(super) async fn ask_next(tx: &TenantTx, after: Id<Refund>) -> Result<(), StoreError> {
    let found = refund::Entity::find_by_id((tx.tenant().uuid(), after.uuid())).one(tx.conn());
    let Some(row) = found.await? else { return Ok(()) };
    let Some(next) = next_of(tx, row.payment_id).await? else { return Ok(()) };
    let key = format!("give_back {next} after {after}");
    let job = NewJob::new(GIVE_BACK, &GiveBack { refund: next }).once(key);
    jobs::enqueue(tx.conn(), tx.tools(), tx.now(), Some(tx.tenant()), job).await
}

/// Which refund of a payment is done next.
async fn next_of(tx: &TenantTx, payment: Uuid) -> Result<Option<Id<Refund>>, StoreError> {
    let found = refund::Entity::find()
        .filter(refund::Column::TenantId.eq(tx.tenant().uuid()))
        .filter(refund::Column::PaymentId.eq(payment))
        .filter(refund::Column::State.eq(RefundState::Pending.key()))
        .order_by_asc(refund::Column::Id)
        .one(tx.conn())
        .await?;
    Ok(found.map(|row| Id::from_uuid(row.id)))
}

/// Writes down what the provider made of it. What it said before changes nothing; what it said was done can come
/// back all the same, days later: the card is closed, the bank doesn't know the account any more.
pub(super) async fn heard(
    tx: &mut TenantTx,
    id: Id<Refund>,
    returned: &Returned,
    public_url: &str,
) -> Result<(), StoreError> {
    let Some((found, of)) = known(tx, id).await? else { return Ok(()) };
    // First the visit, then the payment, then what is given back of it: as everybody does.
    hold_visit_of(tx, &of).await?;
    let payment = held(tx, Id::from_uuid(found.payment_id)).await?;
    let payment =
        payment.ok_or_else(|| StoreError::Unreadable("the payment of a refund".into()))?;
    let row = refund::Entity::find_by_id((tx.tenant().uuid(), id.uuid())).lock_exclusive();
    let Some(row) = row.one(tx.conn()).await? else { return Ok(()) };
    let (state, stage) = (RefundState::stored(&row.state)?, returned.stage);
    let comes_back = state == RefundState::Done && stage == ReturnStage::Failed;
    if state != RefundState::Pending && !comes_back {
        return Ok(());
    }
    let back = Back {
        amount_minor: -row.amount_minor,
        tip_minor: -row.tip_minor,
        waived_minor: 0,
        waived_fee: false,
    };
    let mut change: refund::ActiveModel = row.into();
    let reference = Some(returned.reference.clone()).filter(|name| !name.is_empty());
    if reference.is_some() || state == RefundState::Pending {
        change.reference = Set(reference);
    }
    change.updated_at = Set(tx.now());
    change.trouble = Set(returned.trouble.clone());
    match stage {
        ReturnStage::Pending => {
            change.update(tx.conn()).await?;
        }
        ReturnStage::Done => {
            change.state = Set(RefundState::Done.key().to_owned());
            change.done_at = Set(Some(tx.now()));
            let row = change.update(tx.conn()).await?;
            ledger::returned(tx, &payment, &row, 0).await?;
            tell(tx, &payment, id);
            // Of what was given back there, the provider writes.
            if !row.made_there {
                mails::returned(tx, &payment, &row).await?;
            }
        }
        ReturnStage::Failed => {
            change.state = Set(RefundState::Failed.key().to_owned());
            // That it was done stands in days that were closed and in files that were taken out: what came back has a day
            // of its own.
            change.came_back_at = Set(comes_back.then(|| tx.now()));
            let row = change.update(tx.conn()).await?;
            if comes_back {
                ledger::came_back(tx, &payment, &row).await?;
            }
            let payment = went(tx, payment, back).await?;
            books::refund_failed(tx, &payment, &row, public_url).await?;
            follow::earn_anew_of(tx, &payment).await?;
            ahead::follow(tx, &payment).await?;
        }
    }
    Ok(())
}

/// Holds the visit that something was paid for: that comes before the payment.
pub(super) async fn hold_visit_of(
    tx: &TenantTx,
    payment: &payment::Model,
) -> Result<(), StoreError> {
    let Some(visit) = payment.appointment_id.map(Id::from_uuid) else { return Ok(()) };
    bookings::hold_for_money(tx, visit).await.map_err(bookings::BookingError::into_store)
}
