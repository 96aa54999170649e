//! That it is time to ask the provider how a payment stands.

use sea_orm::sea_query::SimpleExpr;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, DbBackend, EntityTrait, FromQueryResult,
    QueryFilter, Statement,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::ids::{Appointment, Id, Payment, Sale, Tenant};
use crate::jobs::{self, NewJob};
use crate::payments::cards::{LOOK_AT_CARD, LookAtCard};
use crate::payments::entities::payment;
use crate::payments::refunds::{GIVE_BACK, GiveBack};
use crate::payments::words::PaymentState;
use crate::tenancy::{Db, StoreError, SystemReason, TenantTx};
use crate::time::Instant;

/// The kind of job that asks how a payment stands.
pub const LOOK: &str = "payments.look";

/// What such a job carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Look {
    /// Which.
    pub payment: Id<Payment>,
}

/// After so long without a word the provider is asked.
const SILENCE: chrono::Duration = chrono::Duration::minutes(2);

/// For so long it is asked whether somebody paid at a page all the same that was given up and can't be closed.
const GIVEN_UP_FOR: chrono::Duration = chrono::Duration::days(2);

/// So often: whoever was asked about is asked about again when everybody else's turn was.
const GIVEN_UP_EVERY: chrono::Duration = chrono::Duration::hours(1);

/// What was begun for a visit and isn't settled yet.
pub(in crate::payments) async fn unsettled(
    tx: &TenantTx,
    visit: Id<Appointment>,
) -> Result<Option<payment::Model>, StoreError> {
    unsettled_where(tx, payment::Column::AppointmentId.eq(visit.uuid())).await
}

/// Whether something is being taken for a visit from the card that was left for it.
pub(in crate::payments) async fn is_charged(
    tx: &TenantTx,
    visit: Id<Appointment>,
) -> Result<bool, StoreError> {
    Ok(unsettled(tx, visit).await?.is_some_and(|row| row.card_id.is_some()))
}

/// What was begun for a sale and isn't settled yet.
pub(in crate::payments) async fn unsettled_of_sale(
    tx: &TenantTx,
    sale: Id<Sale>,
) -> Result<Option<payment::Model>, StoreError> {
    unsettled_where(tx, payment::Column::SaleId.eq(sale.uuid())).await
}

async fn unsettled_where(
    tx: &TenantTx,
    what_for: SimpleExpr,
) -> Result<Option<payment::Model>, StoreError> {
    let found = payment::Entity::find()
        .filter(payment::Column::TenantId.eq(tx.tenant().uuid()))
        .filter(what_for)
        .filter(payment::Column::State.is_in(PaymentState::UNSETTLED.map(PaymentState::key)))
        .one(tx.conn())
        .await?;
    Ok(found)
}

/// The page where this visit's deposit could be paid is of no use any more: it is closed, if there is one, and
/// what was paid there meanwhile is found.
pub(in crate::payments) async fn close(
    tx: &TenantTx,
    visit: Id<Appointment>,
) -> Result<(), StoreError> {
    let Some(open) = unsettled(tx, visit).await? else { return Ok(()) };
    let payment = Id::from_uuid(open.id);
    let job = NewJob::new(LOOK, &Look { payment })
        .once(format!("close {payment} {}", tx.now().timestamp_micros()));
    jobs::enqueue(tx.conn(), tx.tools(), tx.now(), Some(tx.tenant()), job).await
}

/// A payment was looked at: others have their turn before it is again.
pub(in crate::payments) async fn touch(
    tx: &TenantTx,
    row: payment::Model,
) -> Result<(), StoreError> {
    let mut change: payment::ActiveModel = row.into();
    change.updated_at = Set(tx.now());
    change.update(tx.conn()).await?;
    Ok(())
}

/// A page was opened when nobody waited for it any more: it is closed.
pub(in crate::payments) async fn close_late(
    tx: &TenantTx,
    payment: Id<Payment>,
) -> Result<(), StoreError> {
    let job = NewJob::new(LOOK, &Look { payment }).once(format!("close late {payment}"));
    jobs::enqueue(tx.conn(), tx.tools(), tx.now(), Some(tx.tenant()), job).await
}

/// Nothing was heard of these for a while. Whatever was lost, the provider knows.
const UNHEARD: &str = "
    (select tenant_id, id, updated_at, 'paid' as what from payments
     where state in ('open', 'processing') and updated_at < $1 order by updated_at limit 500)
    union all
    (select tenant_id, id, updated_at, 'back' as what from refunds
     where state = 'pending' and updated_at < $1 order by updated_at limit 500)
    union all
    (select tenant_id, id, updated_at, 'card' as what from cards
     where state = 'open' and updated_at < $1 order by updated_at limit 500)
    union all
    (select tenant_id, id, updated_at, 'paid' as what from payments
     where state = 'over' and provider = 'payfast' and reference is not null and created_at > $2
       and updated_at < $3
     order by updated_at limit 500)";

/// Queues a look at everything of which nothing was heard for a while; says at how much.
pub async fn look_at_unheard(db: &Db) -> Result<u64, StoreError> {
    #[derive(FromQueryResult)]
    struct Silent {
        tenant_id: Uuid,
        id: Uuid,
        updated_at: Instant,
        what: String,
    }
    let tx = db.system(SystemReason::Payments).await?;
    let given_up = tx.now() - GIVEN_UP_FOR;
    let values = [(tx.now() - SILENCE).into(), given_up.into(), (tx.now() - GIVEN_UP_EVERY).into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, UNHEARD, values);
    let silent = Silent::find_by_statement(statement).all(tx.conn()).await?;
    // A try that came to nothing isn't the last one: in the next hour there is another.
    let hour = tx.now().timestamp() / 3_600;
    let job = |one: Silent| {
        let key = format!("unheard {} {} {hour}", one.id, one.updated_at.timestamp_micros());
        let job = match one.what.as_str() {
            "back" => NewJob::new(GIVE_BACK, &GiveBack { refund: Id::from_uuid(one.id) }),
            "card" => NewJob::new(LOOK_AT_CARD, &LookAtCard { card: Id::from_uuid(one.id) }),
            _ => NewJob::new(LOOK, &Look { payment: Id::from_uuid(one.id) }),
        };
        (Some(Id::<Tenant>::from_uuid(one.tenant_id)), job.once(key))
    };
    let jobs = silent.into_iter().map(job).collect();
    let queued = jobs::enqueue_all(tx.conn(), tx.tools(), tx.now(), jobs).await?;
    tx.commit().await?;
    Ok(queued)
}
