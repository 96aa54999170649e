//! What the provider tells us. It is signed, and still nothing of it is believed: it only says that it is time to
//! ask. What comes twice, late or in another order than it happened therefore changes nothing.

use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, Statement};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::ids::{Id, Tenant};
use crate::jobs::{self, NewJob};
use crate::payments::accounts::PROVIDER;
use crate::payments::accounts::left::{self, Whose};
use crate::payments::books;
use crate::payments::cards::{LOOK_AT_CARD, LookAtCard};
use crate::payments::counter::Counter;
use crate::payments::error::PaymentError;
use crate::payments::pages::looking::{LOOK, Look};
use crate::payments::refunds::{GIVE_BACK, GiveBack};
use crate::plans;
use crate::tenancy::{Db, StoreError, SystemReason};
use crate::tenants;

/// Where the provider brings it.
pub const HOOK_PATH: &str = "/v1/hooks/stripe";

/// The kind of job that looks at an account.
pub const LOOK_AT_ACCOUNT: &str = "payments.look_at_account";

/// Something that happened at the provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heard {
    /// By which it is told from all else.
    pub id: String,
    /// What happened: `checkout.session.completed`.
    pub kind: String,
    /// In which account.
    pub account: Option<String>,
    /// With what: how the provider calls it.
    pub object: String,
    /// To which payment that belongs, as the provider calls it.
    pub belongs_to: Option<String>,
    /// Whose that is, as the provider calls them.
    pub customer: Option<String>,
    /// What we call it, if we noted that there: it may be told before we know how they call it.
    pub noted: Noted,
}

/// What we noted at something of the provider's.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Noted {
    /// Which payment it belongs to.
    pub payment: Option<String>,
    /// Which refund it is.
    pub refund: Option<String>,
    /// Which card it is.
    pub card: Option<String>,
}

/// How long it is remembered what was told: longer than the provider tells it again.
pub const HEARD_KEPT: chrono::Duration = chrono::Duration::days(60);

#[derive(FromQueryResult)]
struct Found {
    id: Uuid,
}

/// Takes note of it, once, and queues what it is time to ask.
pub async fn heard(db: &Db, heard: &Heard) -> Result<(), StoreError> {
    let tx = db.system(SystemReason::Payments).await?;
    let sql =
        "insert into provider_events (provider, id, kind, received_at) values ($1, $2, $3, $4)
               on conflict do nothing";
    let values =
        [PROVIDER.into(), heard.id.clone().into(), heard.kind.clone().into(), tx.now().into()];
    let noted = tx
        .conn()
        .execute_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, values))
        .await?;
    if noted.rows_affected() == 0 {
        return tx.rollback().await;
    }
    let Some(account) = &heard.account else {
        // Of our own account: what businesses pay for their plans.
        if let Some(customer) = &heard.customer {
            plans::heard_of(&tx, customer, &heard.id).await?;
        }
        return tx.commit().await;
    };
    for Whose { tenant_id, is_left } in left::whose(tx.conn(), account).await? {
        let job = if heard.kind == "account.updated" {
            // How one is that was taken away is nobody's concern here.
            (!is_left).then(|| NewJob::new(LOOK_AT_ACCOUNT, &LookAtAccount {}))
        } else if let Some(job) = books::about(tx.conn(), tenant_id, account, heard).await? {
            Some(job)
        } else {
            about(tx.conn(), tenant_id, heard).await?
        };
        if let Some(job) = job {
            let tenant = Id::<Tenant>::from_uuid(tenant_id);
            let job = job.once(format!("heard {}", heard.id));
            jobs::enqueue(tx.conn(), tx.tools(), tx.now(), Some(tenant), job).await?;
        }
    }
    tx.commit().await
}

/// What it is time to ask, if it is about anything of ours.
async fn about(
    conn: &impl ConnectionTrait,
    tenant: Uuid,
    heard: &Heard,
) -> Result<Option<NewJob>, StoreError> {
    // Whose these are is found out where they are looked at.
    if let Some(refund) = heard.noted.refund.as_deref().and_then(|id| id.parse().ok()) {
        return Ok(Some(NewJob::new(GIVE_BACK, &GiveBack { refund })));
    }
    if let Some(payment) = heard.noted.payment.as_deref().and_then(|id| id.parse().ok()) {
        return Ok(Some(NewJob::new(LOOK, &Look { payment })));
    }
    if let Some(card) = heard.noted.card.as_deref().and_then(|id| id.parse().ok()) {
        return Ok(Some(NewJob::new(LOOK_AT_CARD, &LookAtCard { card })));
    }
    let values = || [tenant.into(), heard.object.clone().into()];
    let sql = "(select id from payments where tenant_id = $1 and reference = $2)
               union (select id from payments where tenant_id = $1 and taken = $2) limit 1";
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values());
    if let Some(Found { id }) = Found::find_by_statement(statement).one(conn).await? {
        return Ok(Some(NewJob::new(LOOK, &Look { payment: Id::from_uuid(id) })));
    }
    let sql = "select id from refunds where tenant_id = $1 and reference = $2 limit 1";
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values());
    if let Some(Found { id }) = Found::find_by_statement(statement).one(conn).await? {
        return Ok(Some(NewJob::new(GIVE_BACK, &GiveBack { refund: Id::from_uuid(id) })));
    }
    let sql = "select id from cards where tenant_id = $1 and reference = $2 limit 1";
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values());
    let found = Found::find_by_statement(statement).one(conn).await?;
    let look = |Found { id }| NewJob::new(LOOK_AT_CARD, &LookAtCard { card: Id::from_uuid(id) });
    Ok(found.map(look))
}

/// What a job that looks at an account carries: nothing, as a business has one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LookAtAccount {}

impl Counter {
    /// Looks at a business's account.
    pub async fn look_at_account_of(&self, tenant: Id<Tenant>) -> Result<(), PaymentError> {
        let Some(caller) = tenants::on_behalf(&self.db, tenant, "payments").await? else {
            return Ok(());
        };
        match self.look_at_account(&caller).await {
            // It was taken away meanwhile.
            Ok(_) | Err(PaymentError::NotConnected | PaymentError::NotOffered) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

/// Forgets what was told long ago.
pub async fn forget_heard(db: &Db) -> Result<u64, StoreError> {
    let tx = db.system(SystemReason::Payments).await?;
    let sql = "delete from provider_events where received_at < $1";
    let values = [(tx.now() - HEARD_KEPT).into()];
    let gone = tx
        .conn()
        .execute_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, values))
        .await?;
    tx.commit().await?;
    Ok(gone.rows_affected())
}
