//! What of the provider's book it is time to look at, as nothing was heard of it.

use chrono::{Days, Duration, NaiveDate};
use sea_orm::{DbBackend, FromQueryResult, Statement};
use uuid::Uuid;

use super::super::accounts::PROVIDER;
use super::super::accounts::left::{ASKED_AGAIN, COMPARED_FOR};
use super::asking::{LOOK_AT_BOOKS, LookAtBooks};
use crate::ids::{Id, Tenant};
use crate::jobs::{self, NewJob};
use crate::tenancy::{Db, StoreError, SystemReason};

/// After so long without a word the provider is asked.
const SILENCE: Duration = Duration::hours(6);
/// So long after its end a day is compared: what comes late has come by then.
const LATE: Duration = Duration::hours(2);
/// So many days are made up for, if nobody compared them.
const DAYS_BACK: u64 = 7;

#[derive(FromQueryResult)]
struct Due {
    tenant_id: Uuid,
    what: String,
    account: Option<String>,
    reference: Option<String>,
    day: Option<NaiveDate>,
}

/// What the provider knows nothing of any more isn't asked about; what is in an account that was taken away is.
const DUE: &str = "
    with there as (
        select tenant_id, account, created_at, null::timestamptz as left_at from payment_accounts
        where provider = $4 and gone_at is null
        union all
        select tenant_id, account, created_at, left_at from left_accounts
        where gone_at is null or gone_at < $6)
    (select tenant_id, 'dispute' as what, account, reference, null::date as day from disputes d
     where closed_at is null and looked_at < $1 and exists (
         select from there a where a.tenant_id = d.tenant_id and a.account = d.account)
     order by looked_at limit 500)
    union all
    (select tenant_id, 'payout', account, reference, null from payouts p
     where state in ('pending', 'in_transit') and looked_at < $1 and exists (
         select from there a where a.tenant_id = p.tenant_id and a.account = p.account)
     order by looked_at limit 500)
    union all
    (select a.tenant_id, 'day', null, null, d.day::date
     from (select tenant_id, min(created_at) as created_at from there
           where left_at is null or left_at > $5 group by tenant_id) a
     cross join generate_series($2::date::timestamp, $3::date::timestamp, interval '1 day') as d (day)
     where d.day >= date_trunc('day', a.created_at at time zone 'UTC')
       and not exists (select from book_checks c
                       where c.tenant_id = a.tenant_id and c.day = d.day::date and c.complete)
     order by d.day, a.tenant_id limit 500)";

/// Queues a look at what nothing was heard of, and at days that nobody compared; says at how much.
pub async fn look_at_books_due(db: &Db) -> Result<u64, StoreError> {
    let tx = db.system(SystemReason::Payments).await?;
    let today = (tx.now() - LATE).date_naive();
    let (first, last) = (today - Days::new(DAYS_BACK), today - Days::new(1));
    let (left, again) = (tx.now() - COMPARED_FOR, tx.now() - ASKED_AGAIN);
    let silent = tx.now() - SILENCE;
    let values =
        [silent.into(), first.into(), last.into(), PROVIDER.into(), left.into(), again.into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, DUE, values);
    let due = Due::find_by_statement(statement).all(tx.conn()).await?;
    // A try that came to nothing isn't the last one: in the next hour there is another.
    let hour = tx.now().timestamp() / 3_600;
    let job = |one: Due| {
        let tenant = Id::<Tenant>::from_uuid(one.tenant_id);
        let (look, name) = match (&*one.what, one.reference, one.day) {
            ("dispute", Some(reference), _) => {
                let name = reference.clone();
                (LookAtBooks::Dispute { account: one.account, reference }, name)
            }
            ("payout", Some(reference), _) => {
                let name = reference.clone();
                (LookAtBooks::Payout { account: one.account, reference }, name)
            }
            (_, _, Some(day)) => (LookAtBooks::Day { day }, day.to_string()),
            _ => return None,
        };
        let key = format!("books {tenant} {name} {hour}");
        Some((Some(tenant), NewJob::new(LOOK_AT_BOOKS, &look).once(key)))
    };
    let jobs = due.into_iter().filter_map(job).collect();
    let queued = jobs::enqueue_all(tx.conn(), tx.tools(), tx.now(), jobs).await?;
    tx.commit().await?;
    Ok(queued)
}
