//! Accounts that it is time to ask about, as nothing was heard of them.

use chrono::Duration;
use sea_orm::{DbBackend, FromQueryResult, Statement};
use uuid::Uuid;

use super::PROVIDER;
use crate::ids::{Id, Tenant};
use crate::jobs::{self, NewJob};
use crate::payments::provider::heard::{LOOK_AT_ACCOUNT, LookAtAccount};
use crate::tenancy::{Db, StoreError, SystemReason};

/// After so long without a word the provider is asked.
const SILENCE: Duration = Duration::days(1);

const DUE: &str = "select tenant_id from payment_accounts
                   where provider = $1 and looked_at < $2 order by looked_at limit 500";

#[derive(FromQueryResult)]
struct Due {
    tenant_id: Uuid,
}

/// Queues a look at accounts that nobody looked at for a day: what was told of them may have been lost. Says at how
/// many.
pub async fn look_at_accounts_due(db: &Db) -> Result<u64, StoreError> {
    let tx = db.system(SystemReason::Payments).await?;
    let values = [PROVIDER.into(), (tx.now() - SILENCE).into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, DUE, values);
    let due = Due::find_by_statement(statement).all(tx.conn()).await?;
    // A try that came to nothing isn't the last one: in the next hour there is another.
    let hour = tx.now().timestamp() / 3_600;
    let job = |Due { tenant_id }: Due| {
        let tenant = Id::<Tenant>::from_uuid(tenant_id);
        let job = NewJob::new(LOOK_AT_ACCOUNT, &LookAtAccount {});
        (Some(tenant), job.once(format!("account {tenant} {hour}")))
    };
    let jobs = due.into_iter().map(job).collect();
    let queued = jobs::enqueue_all(tx.conn(), tx.tools(), tx.now(), jobs).await?;
    tx.commit().await?;
    Ok(queued)
}
