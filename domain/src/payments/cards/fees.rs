//! What it costs that a visit didn't take place, taken from the card that its customer left: once, and never tried
//! again by itself. It is written down before it is asked for, under the key that it is asked for with. And what was
//! paid for it beyond that, given back as soon as nobody can take it back any more.

use chrono::Duration;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter,
};
use serde::{Deserialize, Serialize};

use super::on_file::NewCharge;
use crate::bookings::{self, Status, Stood};
use crate::ids::{Appointment, Card, Id, Payment, Tenant};
use crate::jobs::{self, NewJob};
use crate::payments::accounts::Place;
use crate::payments::bill::chargeable::Chargeable;
use crate::payments::bill::due::Paid;
use crate::payments::bill::follow;
use crate::payments::bill::wish::Asked;
use crate::payments::cards;
use crate::payments::counter::{Counter, KEY_KEPT, Wanted, end, is_unsettled, new_payment};
use crate::payments::entities::{card, payment};
use crate::payments::error::PaymentError;
use crate::payments::mails;
use crate::payments::pages::looking;
use crate::payments::provider::{CardProvider, Charged, ProviderError, Stage, Stand, unknown};
use crate::payments::read::{bill, paid_for};
use crate::payments::refunds;
use crate::payments::words::{PaymentKind, PaymentState, ProviderName};
use crate::tenancy::{Caller, StoreError, TenantTx};
use crate::tenants;
use crate::time::Instant;

/// The kind of job that takes a fee.
pub const TAKE_FEE: &str = "payments.take_fee";

/// What such a job carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TakeFee {
    /// Of which visit.
    pub visit: Id<Appointment>,
}

/// So long staff can take back what they pressed.
const GRACE: Duration = Duration::hours(1);

/// Whether a visit costs something because it didn't take place.
fn is_off(visit: &Stood) -> bool {
    matches!(visit.bill.status, Status::Cancelled | Status::NoShow) && visit.bill.fee_minor > 0
}

/// When the fee of a visit is taken by itself, if it stays as it is.
pub(in crate::payments) async fn when(
    tx: &TenantTx,
    visit: &Stood,
    paid: &Paid,
) -> Result<Option<Instant>, StoreError> {
    if !is_off(visit) || visit.bill.open(paid) == 0 || cards::left(tx, visit.id).await?.is_none() {
        return Ok(None);
    }
    if looking::is_charged(tx, visit.id).await? || was_declined(tx, visit.id).await? {
        return Ok(None);
    }
    due_at(tx, visit).await
}

/// Whether a fee couldn't be taken from the card of a visit; one that was given up before anybody asked for it
/// could.
pub(in crate::payments) async fn was_declined(
    tx: &TenantTx,
    visit: Id<Appointment>,
) -> Result<bool, StoreError> {
    let failed = payment::Entity::find()
        .filter(payment::Column::TenantId.eq(tx.tenant().uuid()))
        .filter(payment::Column::AppointmentId.eq(visit.uuid()))
        .filter(payment::Column::CardId.is_not_null())
        .filter(payment::Column::State.eq(PaymentState::Over.key()))
        .filter(payment::Column::Trouble.is_not_null());
    Ok(failed.count(tx.conn()).await? > 0)
}

async fn due_at(tx: &TenantTx, visit: &Stood) -> Result<Option<Instant>, StoreError> {
    let since = bookings::stands_since(tx, visit.id, visit.bill.status).await?;
    // Whoever calls off their own visit was told what it costs.
    let grace = if visit.left_by_customer { Duration::zero() } else { GRACE };
    Ok(since.map(|since| since + grace))
}

/// Whether nobody can take back any more what was pressed.
pub(in crate::payments) async fn is_ripe(tx: &TenantTx, visit: &Stood) -> Result<bool, StoreError> {
    Ok(due_at(tx, visit).await?.is_some_and(|at| at <= tx.now()))
}

/// Whether more was paid for a visit that was missed than that costs.
async fn has_too_much(tx: &TenantTx, visit: &Stood) -> Result<bool, StoreError> {
    if visit.bill.status != Status::NoShow {
        return Ok(false);
    }
    let paid = paid_for(tx, visit.id).await?;
    let tips = paid.tips_minor - (paid.refunded_minor - paid.returned_minor);
    Ok(visit.bill.excess(&paid) + tips > 0)
}

/// A visit came to stand where it costs something that it didn't take place: that is taken from its card; or where
/// it costs less than was paid: that goes back.
pub(in crate::payments) async fn fall_due(tx: &TenantTx, visit: &Stood) -> Result<(), StoreError> {
    let costs = is_off(visit) && cards::left(tx, visit.id).await?.is_some();
    if !costs && !has_too_much(tx, visit).await? {
        return Ok(());
    }
    let Some(at) = due_at(tx, visit).await? else { return Ok(()) };
    let key = format!("take fee {} {}", visit.id, at.timestamp_micros());
    let job = NewJob::new(TAKE_FEE, &TakeFee { visit: visit.id }).at(at.max(tx.now())).once(key);
    jobs::enqueue(tx.conn(), tx.tools(), tx.now(), Some(tx.tenant()), job).await
}

/// What is to be done for a fee.
enum Step {
    /// Nothing, or not yet, or it was done.
    Nothing,
    /// A page where somebody could pay at this moment is closed first.
    Close(Id<Payment>),
    /// It is taken.
    Take(Box<payment::Model>, Begun),
}

/// Whether a charge may have been asked for before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Begun {
    Now,
    Before,
}

/// Writes down that a fee is about to be taken, if it is due as the visit stands now.
async fn begin(tx: &mut TenantTx, id: Id<Appointment>) -> Result<Step, PaymentError> {
    bookings::hold_for_money(tx, id).await?;
    let (facts, _) = bookings::with_shop(tx, id).await?;
    let visit = Stood::from(&facts);
    let by = Chargeable::by(ProviderName::Stripe, &visit.currency);
    // What was marked again later has an hour again, and a job of its own.
    let ripe = is_ripe(tx, &visit).await?;
    if ripe && visit.bill.status == Status::NoShow {
        follow::give_back_excess(tx, id, visit.bill).await?;
    }
    let amount_minor = by.no_more(visit.bill.open(&paid_for(tx, id).await?));
    if !is_off(&visit) || amount_minor == 0 || !ripe {
        return Ok(Step::Nothing);
    }
    if was_declined(tx, id).await? {
        return Ok(Step::Nothing);
    }
    let Some(card) = cards::left(tx, id).await? else { return Ok(Step::Nothing) };
    if let Some(row) = looking::unsettled(tx, id).await? {
        if row.card_id.is_some() {
            return Ok(Step::Take(Box::new(row), Begun::Before));
        }
        if row.reference.is_some() {
            return Ok(Step::Close(Id::from_uuid(row.id)));
        }
        end(tx, row, None).await?;
    }
    let asked = Asked { kind: PaymentKind::Fee, own_minor: amount_minor, tip_minor: 0 };
    let place = Place { provider: ProviderName::Stripe, account: card.account };
    let mut row = new_payment(tx, &facts, &asked, place);
    row.card_id = Set(Some(card.id));
    let row = row.insert(tx.conn()).await.map_err(StoreError::from)?;
    Ok(Step::Take(Box::new(row), Begun::Now))
}

impl Counter {
    /// Takes what it costs that a visit didn't take place from the card that was left for it, if that is still so.
    pub async fn take_fee(
        &self,
        tenant: Id<Tenant>,
        visit: Id<Appointment>,
    ) -> Result<(), PaymentError> {
        let Some(caller) = tenants::on_behalf(&self.db, tenant, "payments").await? else {
            return Ok(());
        };
        for _ in 0..2 {
            let mut tx = self.db.tenant(&caller).await?;
            let step = begin(&mut tx, visit).await?;
            tx.commit().await?;
            match step {
                Step::Nothing => return Ok(()),
                Step::Close(page) => self.look_as(&caller, page, Wanted::Closed).await?,
                Step::Take(row, begun) => return self.charge(&caller, *row, begun).await,
            }
        }
        // The bank takes its time with what was paid there.
        Err(PaymentError::ProviderAway)
    }

    /// Goes on with a charge of which nothing was heard, or asks what became of it.
    pub(in crate::payments) async fn look_at_charge(
        &self,
        caller: &Caller,
        row: payment::Model,
    ) -> Result<(), PaymentError> {
        self.charge(caller, row, Begun::Before).await
    }

    async fn charge(
        &self,
        caller: &Caller,
        row: payment::Model,
        begun: Begun,
    ) -> Result<(), PaymentError> {
        let Some(provider) = &self.providers.stripe else { return Ok(()) };
        let Some(visit) = row.appointment_id.map(Id::from_uuid) else { return Ok(()) };
        let id = Id::<Payment>::from_uuid(row.id);
        let tx = self.db.tenant(caller).await?;
        let card = match row.card_id.map(Id::<Card>::from_uuid) {
            Some(card) => cards::held(&tx, card).await?,
            None => None,
        };
        let (visit, _) = bookings::with_shop(&tx, visit).await?;
        let paid = paid_for(&tx, visit.id).await?;
        tx.commit().await?;
        let Some(card) = card else { return Ok(()) };
        let asked = Asked { kind: PaymentKind::Fee, own_minor: row.amount_minor, tip_minor: 0 };
        let by = Chargeable::by(ProviderName::Stripe, &visit.currency);
        let due = is_unsettled(&row) && asked.fits(&bill(&visit), &paid, by);
        let old = row.created_at + KEY_KEPT <= self.db.clock().now();
        let way = if due && !old { begun.into() } else { Way::OnlyLook };
        let charged = match &row.reference {
            Some(reference) => provider.charged(&card.account, reference).await.map(Some),
            None => ask(&**provider, &new_charge(caller, &row, &card), way).await,
        };
        let charged = match charged {
            Ok(Some(charged)) => charged,
            // Nobody ever asked for it, and nobody will: it isn't due any more, or our key is forgotten there.
            Ok(None) => gone(&row, due.then_some("The provider of payments didn't answer.")),
            Err(error) => {
                let Some(trouble) = unknown::trouble(&error) else {
                    // Others have their turn before it is tried again.
                    self.touch(caller, id).await?;
                    return Err(error.into());
                };
                gone(&row, Some(&*trouble).filter(|_| due))
            }
        };
        self.write_down_charge(caller, id, charged).await
    }

    async fn touch(&self, caller: &Caller, id: Id<Payment>) -> Result<(), PaymentError> {
        let tx = self.db.tenant(caller).await?;
        if let Some(row) = refunds::held(&tx, id).await? {
            let mut change: payment::ActiveModel = row.into();
            change.updated_at = Set(tx.now());
            change.update(tx.conn()).await.map_err(StoreError::from)?;
        }
        Ok(tx.commit().await?)
    }

    /// Writes down what became of a charge, once.
    async fn write_down_charge(
        &self,
        caller: &Caller,
        id: Id<Payment>,
        charged: Charged,
    ) -> Result<(), PaymentError> {
        let tx = self.db.tenant(caller).await?;
        let Some(row) = refunds::held(&tx, id).await? else { return Ok(()) };
        let (unsettled, unknown) = (is_unsettled(&row), row.reference.is_none());
        let row = if unknown && !charged.reference.is_empty() {
            let mut change: payment::ActiveModel = row.into();
            change.reference = Set(Some(charged.reference));
            change.update(tx.conn()).await.map_err(StoreError::from)?
        } else {
            row
        };
        if unsettled && charged.stand.stage == Stage::Over {
            let trouble = charged.stand.trouble.clone();
            if trouble.is_some() {
                mails::fee_open(&tx, &row, &self.public_url).await?;
            }
            end(&tx, row, trouble).await?;
            return Ok(tx.commit().await?);
        }
        tx.commit().await?;
        self.write_down(caller, id, &charged.stand).await
    }
}

fn new_charge(caller: &Caller, row: &payment::Model, card: &card::Model) -> NewCharge {
    let id = Id::<Payment>::from_uuid(row.id);
    NewCharge {
        key: id.to_string(),
        account: card.account.clone(),
        customer: card.customer.clone().unwrap_or_default(),
        method: card.method.clone().unwrap_or_default(),
        amount_minor: row.amount_minor,
        currency: row.currency.clone(),
        payment: id.to_string(),
        tenant: caller.tenant().to_string(),
    }
}

/// How a charge is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// Nobody has asked for it yet.
    Ask,
    /// Somebody may have: it is looked for first.
    LookAndAsk,
    /// It isn't asked for any more.
    OnlyLook,
}

impl From<Begun> for Way {
    fn from(begun: Begun) -> Self {
        match begun {
            Begun::Now => Self::Ask,
            Begun::Before => Self::LookAndAsk,
        }
    }
}

/// Has money taken, once: whoever may have been asked before is asked first what became of it, and so is who
/// refuses.
async fn ask(
    provider: &dyn CardProvider,
    new: &NewCharge,
    way: Way,
) -> Result<Option<Charged>, ProviderError> {
    if way != Way::Ask
        && let Some(done) = provider.find_charge(new).await?
    {
        return Ok(Some(done));
    }
    if way == Way::OnlyLook {
        return Ok(None);
    }
    match provider.charge(new).await {
        Ok(charged) => Ok(Some(charged)),
        Err(ProviderError::Refused { code, detail }) => {
            let done = provider.find_charge(new).await?;
            Ok(Some(done.unwrap_or_else(|| refused(new, &code, detail))))
        }
        Err(away) => Err(away),
    }
}

/// What the provider won't take: that is what came of it.
fn refused(new: &NewCharge, code: &str, detail: String) -> Charged {
    let trouble = if detail.is_empty() { code.to_owned() } else { detail };
    over(new.amount_minor, &new.currency, Some(trouble))
}

fn gone(row: &payment::Model, trouble: Option<&str>) -> Charged {
    over(row.amount_minor, &row.currency, trouble.map(str::to_owned))
}

fn over(amount_minor: i64, currency: &str, trouble: Option<String>) -> Charged {
    let stand = Stand {
        stage: Stage::Over,
        taken: None,
        amount_minor,
        currency: currency.to_owned(),
        door: None,
        trouble,
        card: None,
    };
    Charged { reference: String::new(), stand }
}
