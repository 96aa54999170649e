//! Who meant to buy something and never paid for it is forgotten after a while.

use sea_orm::{ConnectionTrait, DbBackend, Statement};

use crate::ids::{Id, Tenant};
use crate::tenancy::{Db, StoreError};
use crate::tenants::{self, Tally};

/// Where somebody is to be forgotten.
const UNPAID: &str = "
    select distinct tenant_id from voucher_orders
    where voucher_id is null and token_hash is not null
      and created_at <= $1::timestamptz - interval '30 days'";

/// What stays is that something was never paid for, how much it was and for how long it would have been good: what is
/// paid for after all is honoured. Whoever pays for it right now is waited for the next time.
const FORGET: &str = "
    with unpaid as (
        select s.id from sales s
        join voucher_orders o on o.tenant_id = s.tenant_id and o.sale_id = s.id
        where s.tenant_id = $1 and s.state <> 'sold' and o.token_hash is not null
          and o.created_at <= $2::timestamptz - interval '30 days'
        order by s.id
        for update of s skip locked
    ), over as (
        update sales set state = 'over', updated_at = $2
        where tenant_id = $1 and id in (select id from unpaid)
    )
    update voucher_orders
    set token_hash = null, token_sealed = null, buyer_name = '', buyer_email = null,
        recipient_name = '', recipient_email = null, message = '', updated_at = $2
    where tenant_id = $1 and sale_id in (select id from unpaid)";

/// Forgets in all businesses who meant to buy something a month ago and never paid for it; says how many.
pub async fn forget_unpaid(db: &Db) -> Result<u64, StoreError> {
    let mut tally = Tally::new();
    for tenant in tenants::with_something_due(db, UNPAID, db.clock().now()).await? {
        tally.add(tenant, forget_at(db, tenant).await);
    }
    tally.end()
}

async fn forget_at(db: &Db, tenant: Id<Tenant>) -> Result<u64, StoreError> {
    let Some(caller) = tenants::on_behalf(db, tenant, "sold").await? else { return Ok(0) };
    let tx = db.tenant(&caller).await?;
    let values = [tx.tenant().uuid().into(), tx.now().into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, FORGET, values);
    let forgotten = tx.conn().execute_raw(statement).await?.rows_affected();
    tx.commit().await?;
    Ok(forgotten)
}
