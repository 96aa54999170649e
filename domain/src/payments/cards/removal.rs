//! Cards that are of no use any more are forgotten: by the provider first, and then here.

use sea_orm::{ActiveModelTrait, ActiveValue::Set, DbBackend, FromQueryResult, Statement};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::audit::NewEntry;
use crate::bookings::{self, BookingError, Holder, VisitFacts};
use crate::ids::{Appointment, Card, Id, Tenant};
use crate::jobs::{self, NewJob};
use crate::payments::cards::{self, KEPT_AFTER};
use crate::payments::counter::Counter;
use crate::payments::entities::card;
use crate::payments::error::PaymentError;
use crate::payments::pages::looking;
use crate::payments::provider::ProviderError;
use crate::payments::read::{bill, paid_for};
use crate::payments::words::KeptState;
use crate::tenancy::{Db, StoreError, SystemReason, TenantTx};
use crate::tenants;

/// The kind of job that has the provider forget a card.
pub const FORGET_CARD: &str = "payments.forget_card";

/// What such a job carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForgetCard {
    /// Which.
    pub card: Id<Card>,
}

/// Has the provider forget a card: nothing is taken from it from now on.
pub(in crate::payments) async fn begin(tx: &TenantTx, id: Id<Card>) -> Result<(), StoreError> {
    let Some(row) = cards::held(tx, id).await? else { return Ok(()) };
    let mut change: card::ActiveModel = row.into();
    change.state = Set(KeptState::Removing.key().to_owned());
    change.updated_at = Set(tx.now());
    change.update(tx.conn()).await?;
    forget_soon(tx, id).await
}

/// The card of a visit that won't take place and costs nothing for that is of no use.
pub(in crate::payments) async fn of_no_use(
    tx: &TenantTx,
    id: Id<Appointment>,
) -> Result<(), BookingError> {
    let (visit, _) = bookings::with_shop(tx, id).await?;
    match cards::left(tx, id).await? {
        Some(card) if visit.fee_minor == 0 => Ok(begin(tx, Id::from_uuid(card.id)).await?),
        _ => Ok(()),
    }
}

/// Queues that the provider forgets it.
pub(in crate::payments) async fn forget_soon(
    tx: &TenantTx,
    card: Id<Card>,
) -> Result<(), StoreError> {
    let job = NewJob::new(FORGET_CARD, &ForgetCard { card }).once(format!("forget {card}"));
    jobs::enqueue(tx.conn(), tx.tools(), tx.now(), Some(tx.tenant()), job).await
}

/// Whether a customer may take their card away: the visit is over, and nothing is due for it.
pub(in crate::payments) fn is_free(visit: &VisitFacts, open_minor: i64) -> bool {
    !visit.status.is_open() && open_minor == 0
}

/// A customer takes their card away.
pub async fn remove_own_card(tx: &mut TenantTx, holder: &Holder) -> Result<(), PaymentError> {
    let visit = bookings::hold_own(tx, holder).await?;
    let asked = bill(&visit).asked_now(&paid_for(tx, visit.id).await?);
    remove(tx, &visit, is_free(&visit, asked)).await
}

/// Staff take a customer's card away; before the visit, too, which stays certain without it.
pub async fn remove_card(tx: &mut TenantTx, id: Id<Appointment>) -> Result<(), PaymentError> {
    let visit = bookings::hold_visible(tx, id).await?;
    let due = bill(&visit).asked_now(&paid_for(tx, id).await?) > 0;
    let owed = due && !visit.status.is_open();
    remove(tx, &visit, !owed).await?;
    tx.record(NewEntry::new("card.removed", "appointment").on(id, visit.title));
    Ok(())
}

async fn remove(tx: &TenantTx, visit: &VisitFacts, free: bool) -> Result<(), PaymentError> {
    let card = cards::left(tx, visit.id).await?.ok_or(PaymentError::NoCard)?;
    if looking::is_charged(tx, visit.id).await? || !free {
        return Err(PaymentError::CardNeeded);
    }
    Ok(begin(tx, Id::from_uuid(card.id)).await?)
}

/// Cards of visits that were over long ago, and what is to be forgotten and isn't yet.
const SPENT: &str = "
    (select c.tenant_id, c.id from cards c
     join appointments a on a.tenant_id = c.tenant_id and a.id = c.appointment_id
     where c.state = 'left' and c.updated_at < $1
       and (a.ends_at < $1 or (a.status in ('cancelled', 'expired') and a.updated_at < $1))
     order by c.updated_at limit 500)
    union all
    (select tenant_id, id from cards
     where state = 'removing' and updated_at < $2 order by updated_at limit 500)";

/// Has the provider forget the cards that are of no use any more; says how many.
pub async fn forget_cards(db: &Db) -> Result<u64, StoreError> {
    #[derive(FromQueryResult)]
    struct Spent {
        tenant_id: Uuid,
        id: Uuid,
    }
    let tx = db.system(SystemReason::Payments).await?;
    let hour = chrono::Duration::hours(1);
    let values = [(tx.now() - KEPT_AFTER).into(), (tx.now() - hour).into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, SPENT, values);
    let spent = Spent::find_by_statement(statement).all(tx.conn()).await?;
    let day = tx.now().timestamp() / 86_400;
    let job = |one: Spent| {
        let card = Id::from_uuid(one.id);
        let job =
            NewJob::new(FORGET_CARD, &ForgetCard { card }).once(format!("spent {card} {day}"));
        (Some(Id::<Tenant>::from_uuid(one.tenant_id)), job)
    };
    let queued =
        jobs::enqueue_all(tx.conn(), tx.tools(), tx.now(), spent.into_iter().map(job).collect());
    let queued = queued.await?;
    tx.commit().await?;
    Ok(queued)
}

impl Counter {
    /// Has the provider forget a card that is of no use any more. Doing it again changes nothing.
    pub async fn forget_card(&self, tenant: Id<Tenant>, id: Id<Card>) -> Result<(), PaymentError> {
        let Some(caller) = tenants::on_behalf(&self.db, tenant, "payments").await? else {
            return Ok(());
        };
        let provider = self.providers.stripe.as_ref().ok_or(PaymentError::ProviderAway)?;
        let tx = self.db.tenant(&caller).await?;
        let Some(row) = to_forget(&tx, id).await? else { return Ok(()) };
        tx.commit().await?;
        if let Some(method) = &row.method {
            match provider.forget_card(&row.account, method).await {
                Ok(()) => {}
                // Somebody else had it forgotten, or there is nothing of this name any more.
                Err(error @ ProviderError::Refused { .. }) => {
                    tracing::warn!(%error, "a card that is to be forgotten isn't there");
                }
                Err(away) => return Err(away.into()),
            }
        }
        let tx = self.db.tenant(&caller).await?;
        if let Some(row) = cards::held(&tx, id).await? {
            let mut change: card::ActiveModel = row.into();
            change.state = Set(KeptState::Removed.key().to_owned());
            change.customer = Set(None);
            change.method = Set(None);
            change.updated_at = Set(tx.now());
            change.update(tx.conn()).await?;
        }
        Ok(tx.commit().await?)
    }
}

/// The card, if it is to be forgotten: nothing is taken from it from now on.
async fn to_forget(tx: &TenantTx, id: Id<Card>) -> Result<Option<card::Model>, PaymentError> {
    use sea_orm::EntityTrait;
    let found = card::Entity::find_by_id((tx.tenant().uuid(), id.uuid())).one(tx.conn()).await;
    let Some(row) = found.map_err(StoreError::from)? else { return Ok(None) };
    if row.state == KeptState::Removing.key() {
        return Ok(Some(row));
    }
    if row.state != KeptState::Left.key() {
        return Ok(None);
    }
    // It is kept: has its visit been over for long?
    let visit = Id::<Appointment>::from_uuid(row.appointment_id);
    bookings::hold_for_money(tx, visit).await?;
    let (visit, _) = bookings::with_shop(tx, visit).await?;
    let long_ago = tx.now() - KEPT_AFTER;
    let spent =
        visit.ends_at < long_ago || (!visit.status.takes_time() && visit.updated_at < long_ago);
    let charged = looking::unsettled(tx, visit.id).await?.is_some_and(|row| row.card_id.is_some());
    let Some(row) = cards::held(tx, id).await?.filter(|_| spent && !charged) else {
        return Ok(None);
    };
    let mut change: card::ActiveModel = row.into();
    change.state = Set(KeptState::Removing.key().to_owned());
    change.updated_at = Set(tx.now());
    Ok(Some(change.update(tx.conn()).await.map_err(StoreError::from)?))
}
