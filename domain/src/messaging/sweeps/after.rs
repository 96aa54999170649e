//! What is said some time after a visit: how was it, would they tell others, would they come again. Off,
//! until a business turns it on.

use chrono::Duration;
use sea_orm::{DbBackend, FromQueryResult, Statement};
use uuid::Uuid;

use super::Visit;
use crate::ids::{Id, Tenant};
use crate::messaging::new::{NewMessage, write_all};
use crate::messaging::{Kind, Ways};
use crate::tenancy::{Db, StoreError, SystemReason, SystemTx};
use crate::time::Instant;

/// How long after its time it may still be written: a visit is often ended late, and what is turned on
/// today is not about last year.
const LATE: Duration = Duration::days(2);

/// How many one step takes.
const STEP: usize = 500;

#[derive(Debug, FromQueryResult)]
struct Found {
    kind: String,
    #[sea_orm(nested)]
    visit: Visit,
}

/// Behind which row the next step begins.
type Behind = (Uuid, String, Instant, Uuid);

/// Visits that happened so long ago as each business wants, about which nothing was said yet. To come
/// again is asked only of who has nothing booked since. No visit lasts longer than two days: an index
/// knows where visits begin.
const GONE: &str = "
    with ways as materialized (
        select t.id as tenant_id, t.name as business, t.locale, to_jsonb(s) as settings, k.kind,
               k.minutes * interval '1 minute' as wait
        from message_settings s
        join tenants t on t.id = s.tenant_id
        cross join lateral (values
            ('follow_up', s.follow_up_minutes),
            ('review_request', case when s.review_url is not null then s.review_minutes end),
            ('rebooking_nudge', s.rebooking_days * 1440)) k (kind, minutes)
        where k.minutes is not null
    )
    select w.tenant_id, w.business, w.settings, w.kind, a.id, a.version, a.sequence, a.starts_at,
           a.title, c.id as customer_id, c.name, coalesce(a.contact_email, c.email) as email, c.phone,
           c.channel, coalesce(a.contact_locale, c.locale, w.locale) as locale, l.name as place,
           l.time_zone
    from ways w
    join appointments a on a.tenant_id = w.tenant_id and a.status = 'completed'
        and a.starts_at > $1 - w.wait - $2::bigint * interval '1 minute' - interval '2 days'
        and a.starts_at <= $1 - w.wait
        and a.ends_at > $1 - w.wait - $2::bigint * interval '1 minute' and a.ends_at <= $1 - w.wait
    join customers c on c.tenant_id = a.tenant_id and c.id = a.customer_id and c.erased_at is null
    join locations l on l.tenant_id = a.tenant_id and l.id = a.location_id
    where (w.tenant_id, w.kind, a.starts_at, a.id) > ($4, $5, $6, $7)
      and not exists (
              select from messages m
              where m.tenant_id = a.tenant_id and m.appointment_id = a.id and m.kind = w.kind)
      and not (w.kind = 'rebooking_nudge' and exists (
              select from appointments b
              where b.tenant_id = a.tenant_id and b.customer_id = a.customer_id
                and b.starts_at > a.starts_at and b.status not in ('cancelled', 'expired')))
    order by w.tenant_id, w.kind, a.starts_at, a.id limit $3";

/// Writes what is said after visits, and says how much there is.
pub async fn sweep(db: &Db) -> Result<u64, StoreError> {
    let mut behind: Behind = (Uuid::nil(), String::new(), Instant::UNIX_EPOCH, Uuid::nil());
    let mut count = 0;
    loop {
        let tx = db.system(SystemReason::Messages).await?;
        let found = gone(&tx, &behind).await?;
        let last = found.last().filter(|_| found.len() >= STEP).map(Found::place);
        let messages: Vec<_> = found
            .into_iter()
            .map(|found| message(found, tx.tools().ways))
            .collect::<Result<_, _>>()?;
        let messages = messages.into_iter().flatten().collect();
        let written = write_all(tx.conn(), tx.tools(), tx.now(), messages).await?;
        tx.commit().await?;
        count += written.len() as u64;
        match last {
            Some(last) => behind = last,
            None => return Ok(count),
        }
    }
}

async fn gone(tx: &SystemTx, (tenant, kind, start, id): &Behind) -> Result<Vec<Found>, StoreError> {
    let values = [
        tx.now().into(),
        LATE.num_minutes().into(),
        i64::try_from(STEP).unwrap_or(i64::MAX).into(),
        (*tenant).into(),
        kind.clone().into(),
        (*start).into(),
        (*id).into(),
    ];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, GONE, values);
    Ok(Found::find_by_statement(statement).all(tx.conn()).await?)
}

impl Found {
    fn place(&self) -> Behind {
        (self.visit.tenant_id, self.kind.clone(), self.visit.starts_at, self.visit.id)
    }
}

fn message(found: Found, ways: Ways) -> Result<Option<(Id<Tenant>, NewMessage)>, StoreError> {
    let (kind, visit) = (Kind::stored(&found.kind)?, found.visit);
    let (tenant, settings, zone) = (visit.tenant(), visit.settings(ways)?, visit.zone()?);
    Ok(visit.message(kind, &settings, zone).map(|message| (tenant, message)))
}
