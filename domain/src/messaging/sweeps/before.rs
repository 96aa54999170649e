//! Visits are brought to mind: those that are soon are looked for over all businesses, and what is to be
//! said about them is written before it is due.

use chrono::Duration;
use sea_orm::{DbBackend, FromQueryResult, Statement};
use uuid::Uuid;

use super::rule::plan;
use super::{Visit, remember, swept_at};
use crate::ids::{Id, Tenant};
use crate::messaging::new::{NewMessage, write_all};
use crate::messaging::{Kind, Settings, Ways};
use crate::tenancy::{Db, StoreError, SystemReason, SystemTx};
use crate::time::Instant;

/// How long before it is due a reminder is written at least, if its visit was there by then.
pub const AHEAD: Duration = Duration::minutes(10);

/// How far the first sweep looks back.
const BEHIND: Duration = Duration::minutes(10);

/// Under which name it is kept how far they have looked.
const NAME: &str = "reminders";

/// How many one step takes.
const STEP: usize = 500;

/// A visit that is soon, with one of the times at which it may be brought to mind.
#[derive(Debug, FromQueryResult)]
struct Found {
    /// So many minutes before it.
    step: i32,
    /// All times that hold for this visit.
    minutes: Vec<i32>,
    /// When its customer was last told of it.
    told_at: Option<Instant>,
    #[sea_orm(nested)]
    visit: Visit,
}

/// Behind which row the next step begins.
type Behind = (Uuid, i32, Instant, Uuid);

/// Visits whose time to be brought to mind, but for quiet hours, lies between `$1` and `$2`, and that
/// were not yet; where there are quiet hours, also those that may have to be said before they begin.
/// Each business is one look at an index for each of its times.
const SOON: &str = "
    with ways as materialized (
        select t.id as tenant_id, t.name as business, t.locale, to_jsonb(s) as settings,
               coalesce(s.reminder_minutes, $3) as minutes,
               case when s.quiet_from is null then 0
                    else (s.quiet_to - s.quiet_from + 1440) % 1440 + 15 end as quiet
        from tenants t left join message_settings s on s.tenant_id = t.id
        where t.id >= $4
    ), times as (
        select w.*, o.step
        from ways w cross join lateral (
            select unnest(w.minutes) as step
            union
            select unnest(r.minutes) from service_reminders r where r.tenant_id = w.tenant_id
        ) o
    )
    select w.tenant_id, w.business, w.settings, w.step, own.minutes, a.id, a.version, a.sequence,
           a.starts_at, a.title, c.id as customer_id, c.name,
           coalesce(a.contact_email, c.email) as email, c.phone, c.channel,
           coalesce(a.contact_locale, c.locale, w.locale) as locale, l.name as place, l.time_zone,
           (select max(h.at) from appointment_history h
            where h.tenant_id = a.tenant_id and h.appointment_id = a.id
              and h.action <> 'noted') as told_at
    from times w
    cross join lateral (
        select a.tenant_id, a.id, a.version, a.sequence, a.starts_at, a.title, a.contact_email,
               a.contact_locale, a.customer_id, a.location_id
        from appointments a
        where a.tenant_id = w.tenant_id and a.status = 'confirmed'
          and a.starts_at > $1 + w.step * interval '1 minute' and a.starts_at > $8
          and a.starts_at <= $2 + (w.step + w.quiet) * interval '1 minute'
    ) a
    join customers c on c.tenant_id = a.tenant_id and c.id = a.customer_id and c.erased_at is null
    join locations l on l.tenant_id = a.tenant_id and l.id = a.location_id
    cross join lateral (
        select case when count(r.service_id) = 0 then w.minutes
                    else coalesce(array_agg(distinct u.each) filter (where u.each is not null), '{}')
               end as minutes
        from appointment_lines i
        join service_reminders r on r.tenant_id = i.tenant_id and r.service_id = i.service_id
        left join lateral unnest(r.minutes) as u (each) on true
        where i.tenant_id = a.tenant_id and i.appointment_id = a.id
    ) own
    where (w.tenant_id, w.step, a.starts_at, a.id) > ($4, $5, $6, $7)
      and not exists (
          select from messages m
          where m.tenant_id = a.tenant_id and m.appointment_id = a.id
            and m.appointment_sequence = a.sequence and m.kind = 'reminder' and m.step = w.step
            and not m.again)
    order by w.tenant_id, w.step, a.starts_at, a.id limit $9";

/// Writes what brings visits to mind that are soon, and says how many there are. Whoever looks at the
/// same time finds that it is there already.
pub async fn sweep(db: &Db) -> Result<u64, StoreError> {
    let tx = db.system(SystemReason::Messages).await?;
    let begun = tx.now();
    let since = swept_at(&tx, NAME).await?.unwrap_or(begun - BEHIND).min(begun);
    tx.rollback().await?;
    let mut behind: Behind = (Uuid::nil(), i32::MIN, Instant::UNIX_EPOCH, Uuid::nil());
    let mut count = 0;
    loop {
        let tx = db.system(SystemReason::Messages).await?;
        let found = soon(&tx, (since, begun + AHEAD), behind).await?;
        let last = found.last().map(Found::place);
        let full = found.len() >= STEP;
        let messages: Vec<_> = found
            .into_iter()
            .map(|found| message(found, tx.tools().ways))
            .collect::<Result<_, _>>()?;
        let messages = messages.into_iter().flatten().collect();
        let written = write_all(tx.conn(), tx.tools(), tx.now(), messages).await?;
        count += written.len() as u64;
        if let Some(last) = last.filter(|_| full) {
            behind = last;
        } else {
            remember(&tx, NAME, begun).await?;
            tx.commit().await?;
            return Ok(count);
        }
        tx.commit().await?;
    }
}

async fn soon(
    tx: &SystemTx,
    (since, until): (Instant, Instant),
    (tenant, step, start, id): Behind,
) -> Result<Vec<Found>, StoreError> {
    let values = [
        since.into(),
        until.into(),
        Settings::default().reminder_minutes.into(),
        tenant.into(),
        step.into(),
        start.into(),
        id.into(),
        tx.now().into(),
        i64::try_from(STEP).unwrap_or(i64::MAX).into(),
    ];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, SOON, values);
    Ok(Found::find_by_statement(statement).all(tx.conn()).await?)
}

/// What is said about a visit, if this is one of its times, there is a way to say it, and its customer
/// has not been told of it since that time already: who books for tomorrow noon at one o'clock needs
/// nothing that was due at noon.
fn message(found: Found, ways: Ways) -> Result<Option<(Id<Tenant>, NewMessage)>, StoreError> {
    let Found { step, minutes, told_at, visit } = found;
    let (settings, zone) = (visit.settings(ways)?, visit.zone()?);
    let planned = plan(visit.starts_at, &minutes, settings.quiet, zone);
    let due = planned.into_iter().find(|(planned, _)| *planned == step).map(|(_, due)| due);
    let Some(due) = due.filter(|due| told_at.is_none_or(|told| told < *due)) else {
        return Ok(None);
    };
    let tenant = visit.tenant();
    let message = visit.message(Kind::Reminder, &settings, zone);
    Ok(message.map(|message| (tenant, NewMessage { step, due_at: Some(due), ..message })))
}

impl Found {
    fn place(&self) -> Behind {
        (self.visit.tenant_id, self.step, self.visit.starts_at, self.visit.id)
    }
}
