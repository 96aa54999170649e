//! Browsers that asked for notes: a customer may have several, and all of them show what is said.

use data_encoding::BASE64URL_NOPAD;
use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, Statement};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{Channel, MessageError};
use crate::bookings::OwnVisit;
use crate::customers;
use crate::fault::{Faults, ValueFault};
use crate::ids::{Customer, Id, PushSubscription, Tenant};
use crate::secrets::Place;
use crate::tenancy::{Db, RequestFacts, StoreError, SystemReason, TenantTx};
use crate::tenants;
use crate::webhooks::Target;

/// How many browsers somebody has at most; of more, the oldest goes.
const MOST: i64 = 10;

/// A browser as its page describes it.
#[derive(Debug, Clone)]
pub struct NewSubscription {
    /// Where its maker's service takes notes, which the guard let pass.
    pub endpoint: Target,
    /// Its public key: base64url of 65 bytes.
    pub key: String,
    /// What it shares with us: base64url of 16 bytes.
    pub auth: String,
}

/// What is sealed of a browser.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Sealed {
    endpoint: String,
    key: String,
    auth: String,
}

/// A browser that takes notes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Browser {
    /// Its subscription.
    pub id: Id<PushSubscription>,
    /// Where its maker's service takes them.
    pub endpoint: String,
    /// Its public key: base64url of 65 bytes.
    pub key: String,
    /// What it shares with us: base64url of 16 bytes.
    pub auth: String,
}

fn place(id: Uuid) -> Place {
    Place { table: "push_subscriptions", column: "sealed", row: id }
}

/// Keys as browsers make them, without the padding that some add.
fn decoded(text: &str, fits: impl Fn(&[u8]) -> bool) -> Result<String, ValueFault> {
    let plain = text.trim_end_matches('=');
    let bytes = BASE64URL_NOPAD.decode(plain.as_bytes()).ok().filter(|bytes| fits(bytes));
    let fault = || ValueFault::new("invalid", "This should be the key that the browser gave.");
    bytes.map(|_| plain.to_owned()).ok_or_else(fault)
}

fn whose(own: &OwnVisit) -> Result<Id<Customer>, MessageError> {
    Ok(own.visit.customer.as_ref().ok_or(MessageError::NoCustomer)?.id)
}

#[derive(FromQueryResult)]
struct Known {
    id: Uuid,
    customer_id: Uuid,
}

/// A browser of whoever holds a visit's link asks for notes. One that asked before is the same; one that
/// somebody else used before is theirs from now on.
pub async fn subscribe(
    tx: &mut TenantTx,
    own: &OwnVisit,
    new: &NewSubscription,
) -> Result<Id<PushSubscription>, MessageError> {
    let mut faults = Faults::new();
    let point = |bytes: &[u8]| bytes.len() == 65 && bytes[0] == 4;
    let key = faults.take("/keys/p256dh", decoded(&new.key, point));
    let auth = faults.take("/keys/auth", decoded(&new.auth, |bytes| bytes.len() == 16));
    let (Some(key), Some(auth)) = (key, auth) else { return Err(faults.into()) };
    let customer = whose(own)?;
    let endpoint = new.endpoint.as_str().to_owned();
    let hash = Sha256::digest(endpoint.as_bytes()).to_vec();
    let known = "select id, customer_id from push_subscriptions
                 where tenant_id = $1 and endpoint_hash = $2 for update";
    let values = [tx.tenant().uuid().into(), hash.clone().into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, known, values);
    let known = Known::find_by_statement(statement).one(tx.conn()).await?;
    let id = known.as_ref().map_or_else(|| tx.new_id(), |known| Id::from_uuid(known.id));
    let sealed = serde_json::to_vec(&Sealed { endpoint, key, auth })
        .map_err(|error| StoreError::Unreadable(error.to_string()))?;
    let sealed = tx.tools().seal(&place(id.uuid()), &sealed)?;
    let put = "
        insert into push_subscriptions (
            tenant_id, id, customer_id, endpoint_hash, sealed, created_at)
        values ($1, $2, $3, $4, $5, $6)
        on conflict (tenant_id, id) do update set
            customer_id = excluded.customer_id, sealed = excluded.sealed";
    let values = [
        tx.tenant().uuid().into(),
        id.uuid().into(),
        customer.uuid().into(),
        hash.into(),
        sealed.into(),
        tx.now().into(),
    ];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, put, values);
    tx.conn().execute_raw(statement).await?;
    let oldest = "
        delete from push_subscriptions where tenant_id = $1 and id in (
            select id from push_subscriptions where tenant_id = $1 and customer_id = $2
            order by id desc offset $3)";
    let values = [tx.tenant().uuid().into(), customer.uuid().into(), MOST.into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, oldest, values);
    tx.conn().execute_raw(statement).await?;
    if let Some(before) = known.filter(|known| known.customer_id != customer.uuid()) {
        give_up(tx, Id::from_uuid(before.customer_id)).await?;
    }
    Ok(id)
}

/// A browser of whoever holds a visit's link wants no notes any more.
pub async fn unsubscribe(
    tx: &mut TenantTx,
    own: &OwnVisit,
    id: Id<PushSubscription>,
) -> Result<(), MessageError> {
    let customer = whose(own)?;
    if remove(tx, customer, &[id]).await? == 0 {
        return Err(MessageError::NotFound);
    }
    Ok(give_up(tx, customer).await?)
}

async fn remove(
    tx: &TenantTx,
    customer: Id<Customer>,
    ids: &[Id<PushSubscription>],
) -> Result<u64, StoreError> {
    let sql = "delete from push_subscriptions
               where tenant_id = $1 and customer_id = $2 and id = any($3)";
    let ids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
    let values = [tx.tenant().uuid().into(), customer.uuid().into(), ids.into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    Ok(tx.conn().execute_raw(statement).await?.rows_affected())
}

/// Whether somebody has a browser that takes notes.
pub(super) async fn is_subscribed(
    tx: &TenantTx,
    customer: Id<Customer>,
) -> Result<bool, StoreError> {
    #[derive(FromQueryResult)]
    struct Found {
        found: bool,
    }
    let sql = "select exists (select from push_subscriptions
                              where tenant_id = $1 and customer_id = $2) as found";
    let values = [tx.tenant().uuid().into(), customer.uuid().into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    let found = Found::find_by_statement(statement).one(tx.conn()).await?;
    Ok(found.is_some_and(|found| found.found))
}

/// Who has no browser left doesn't hear by them any more, but as everybody does.
async fn give_up(tx: &mut TenantTx, customer: Id<Customer>) -> Result<(), StoreError> {
    if is_subscribed(tx, customer).await? {
        return Ok(());
    }
    if customers::chosen_channel(tx, customer).await? == Some(Channel::Push) {
        customers::choose_channel(tx, customer, None).await?;
    }
    Ok(())
}

/// All browsers of a customer, for whoever sends to them.
pub async fn browsers(
    db: &Db,
    tenant: Id<Tenant>,
    customer: Id<Customer>,
) -> Result<Vec<Browser>, StoreError> {
    #[derive(FromQueryResult)]
    struct Row {
        id: Uuid,
        sealed: Vec<u8>,
    }
    let sql = "select id, sealed from push_subscriptions
               where tenant_id = $1 and customer_id = $2 order by id";
    let values = [tenant.uuid().into(), customer.uuid().into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    let tx = db.system(SystemReason::Messages).await?;
    let rows = Row::find_by_statement(statement).all(tx.conn()).await?;
    tx.rollback().await?;
    let open = |row: Row| {
        let plain = db.tools().open(&place(row.id), &row.sealed)?;
        let Sealed { endpoint, key, auth } = serde_json::from_slice(&plain)
            .map_err(|error| StoreError::Unreadable(format!("a browser: {error}")))?;
        Ok(Browser { id: Id::from_uuid(row.id), endpoint, key, auth })
    };
    rows.into_iter().map(open).collect()
}

/// These browsers are gone, as their makers say. Who has none left doesn't hear by them any more.
pub async fn browsers_gone(
    db: &Db,
    tenant: Id<Tenant>,
    customer: Id<Customer>,
    gone: &[Id<PushSubscription>],
) -> Result<(), StoreError> {
    let visitor = tenants::visitor(db, tenant, RequestFacts::default()).await?;
    let Some((caller, _)) = visitor else { return Ok(()) };
    let mut tx = db.tenant(&caller).await?;
    remove(&tx, customer, gone).await?;
    give_up(&mut tx, customer).await?;
    tx.commit().await
}

/// Whoever these are is forgotten, and so are their browsers.
pub(super) async fn forget(tx: &TenantTx, customers: &[Uuid]) -> Result<(), StoreError> {
    let sql = "delete from push_subscriptions where tenant_id = $1 and customer_id = any($2)";
    let values = [tx.tenant().uuid().into(), customers.to_vec().into()];
    tx.conn().execute_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, values)).await?;
    Ok(())
}
