//! What is said to somebody in a line while they are elsewhere: that they are next, that they are called.

use sea_orm::{DbBackend, FromQueryResult, Statement};

use super::entities::entry;
use crate::diary::Shop;
use crate::ids::Id;
use crate::messaging::{self, Channel, InLine, Kind};
use crate::tenancy::{StoreError, TenantTx};

/// How a known customer is reached.
#[derive(Debug, Default, FromQueryResult)]
struct Known {
    email: Option<String>,
    channel: Option<Channel>,
}

/// Says it, if there is a way: to the number that they typed, or as the customer's record says.
pub(super) async fn say(
    tx: &TenantTx,
    kind: Kind,
    row: &entry::Model,
    staff: Option<&str>,
    shop: &Shop,
) -> Result<(), StoreError> {
    let known = match row.customer_id {
        Some(customer) => known(tx, customer).await?,
        None => Known::default(),
    };
    let who = InLine {
        entry: Id::from_uuid(row.id),
        customer: row.customer_id.map(Id::from_uuid),
        name: &row.name,
        code: &row.code,
        email: known.email.as_deref(),
        phone: row.phone.as_deref(),
        chosen: known.channel,
        locale: &row.locale,
        staff,
    };
    if let Some(message) = messaging::about_entry(kind, &who, shop) {
        messaging::write_message(tx, message).await?;
    }
    Ok(())
}

async fn known(tx: &TenantTx, customer: uuid::Uuid) -> Result<Known, StoreError> {
    let sql = "select email, channel from customers
               where tenant_id = $1 and id = $2 and erased_at is null";
    let values = [tx.tenant().uuid().into(), customer.into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    Ok(Known::find_by_statement(statement).one(tx.conn()).await?.unwrap_or_default())
}
