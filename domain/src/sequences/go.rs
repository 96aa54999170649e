//! Whoever's next step is due is moved on. Who they are and what has to be known of them is read for
//! many at once; the message, its job and where they stand then are one transaction.

use std::collections::HashSet;

use chrono::Duration;
use chrono_tz::Tz;
use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, Statement};
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use super::read::{Step, steps};
use super::rule::{Facts, Next, Way, next};
use super::{RunState, StopReason};
use crate::customers::Purpose;
use crate::ids::{Id, Tenant};
use crate::messaging::{self, Address, Channel, Kind, NewMessage, Reach, Settings, Subject, Ways};
use crate::tenancy::{Db, StoreError, SystemReason, SystemTx};
use crate::time::Instant;

/// How many one transaction takes.
const STEP: usize = 200;

/// What can't be read is looked at again after so long; the others go on.
const UNREADABLE: Duration = Duration::hours(1);

/// Those that are due, held: whoever looks at the same time takes others. Whose record somebody merges or
/// erases just now comes later, too: they hold it first, and then what hangs on it.
const DUE: &str = "
    select r.tenant_id, r.id
    from sequence_runs r
    join customers c on c.tenant_id = r.tenant_id and c.id = r.customer_id
    where r.state = 'running' and r.next_at <= $1
    order by r.next_at limit $2
    for no key update of r skip locked for key share of c skip locked";

/// Everything that has to be known of them.
const ROWS: &str = "
    select r.tenant_id, r.id, r.customer_id, r.next_step, y.on_since is not null as is_on,
           c.erased_at is not null as erased, c.name, coalesce(a.contact_email, c.email) as email,
           c.phone, c.channel, coalesce(a.contact_locale, c.locale, t.locale) as locale,
           t.locale as shop_locale, t.name as business, a.title, a.starts_at, p.name as place,
           p.time_zone, to_jsonb(m) as settings,
           (select coalesce(jsonb_agg(to_jsonb(s) order by s.position), '[]') from sequence_steps s
            where s.tenant_id = r.tenant_id and s.sequence_id = r.sequence_id
              and s.position between r.next_step and r.next_step + 1) as steps,
           exists (select from appointments l
                   where l.tenant_id = r.tenant_id and l.customer_id = r.customer_id
                     and l.created_at > r.booked_from and l.id is distinct from r.appointment_id
                     and l.status not in ('cancelled', 'expired')) as booked,
           coalesce((select k.granted from consents k
                     where k.tenant_id = r.tenant_id and k.customer_id = r.customer_id
                       and k.purpose = 'marketing_email' order by k.at desc, k.id desc limit 1), false)
               as agreed_by_mail,
           coalesce((select k.granted from consents k
                     where k.tenant_id = r.tenant_id and k.customer_id = r.customer_id
                       and k.purpose = 'marketing_sms' order by k.at desc, k.id desc limit 1), false)
               as agreed_by_text
    from unnest($1::uuid[], $2::uuid[]) as due (tenant_id, id)
    join sequence_runs r on r.tenant_id = due.tenant_id and r.id = due.id
    join sequences y on y.tenant_id = r.tenant_id and y.id = r.sequence_id
    join customers c on c.tenant_id = r.tenant_id and c.id = r.customer_id
    join tenants t on t.id = r.tenant_id
    left join appointments a on a.tenant_id = r.tenant_id and a.id = r.appointment_id
    left join lateral (
        select l.name, l.time_zone from locations l
        where l.tenant_id = r.tenant_id
          and (l.id = a.location_id or a.location_id is null and l.archived_at is null)
        order by l.position, l.id limit 1) p on true
    left join message_settings m on m.tenant_id = r.tenant_id";

#[derive(FromQueryResult)]
struct Due {
    tenant_id: Uuid,
    id: Uuid,
}

#[derive(Debug, FromQueryResult)]
#[expect(clippy::struct_excessive_bools, reason = "each is a column of its own")]
struct Row {
    tenant_id: Uuid,
    id: Uuid,
    customer_id: Uuid,
    next_step: i32,
    is_on: bool,
    erased: bool,
    name: String,
    email: Option<String>,
    phone: Option<String>,
    channel: Option<Channel>,
    locale: String,
    shop_locale: String,
    business: String,
    title: Option<String>,
    starts_at: Option<Instant>,
    place: Option<String>,
    time_zone: Option<String>,
    settings: Option<Value>,
    steps: Value,
    booked: bool,
    agreed_by_mail: bool,
    agreed_by_text: bool,
}

/// Somebody with what their step would be.
struct Walker {
    row: Row,
    zone: Option<Tz>,
    step: Option<Step>,
    next_wait: Option<i32>,
    to: Option<Address>,
    quiet_until: Option<Instant>,
}

/// Moves on whoever's next step is due, and says how many that were.
pub(super) async fn sweep(db: &Db) -> Result<u64, StoreError> {
    let mut count = 0;
    loop {
        let tx = db.system(SystemReason::Messages).await?;
        let due = due(&tx).await?;
        if due.is_empty() {
            tx.rollback().await?;
            return Ok(count);
        }
        move_on(&tx, &due).await?;
        tx.commit().await?;
        count += due.len() as u64;
        if due.len() < STEP {
            return Ok(count);
        }
    }
}

async fn due(tx: &SystemTx) -> Result<Vec<Due>, StoreError> {
    let values = [tx.now().into(), i64::try_from(STEP).unwrap_or(i64::MAX).into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, DUE, values);
    Ok(Due::find_by_statement(statement).all(tx.conn()).await?)
}

async fn move_on(tx: &SystemTx, due: &[Due]) -> Result<(), StoreError> {
    let (tenants, ids): (Vec<Uuid>, Vec<Uuid>) =
        due.iter().map(|one| (one.tenant_id, one.id)).unzip();
    let values = [tenants.into(), ids.into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, ROWS, values);
    let rows = Row::find_by_statement(statement).all(tx.conn()).await?;
    let now = tx.now();
    let (mut walkers, mut stands) = (Vec::new(), Vec::new());
    for row in rows {
        let (tenant, id, step) = (row.tenant_id, row.id, row.next_step);
        match Walker::new(row, tx.tools().ways, now) {
            Ok(walker) => walkers.push(walker),
            Err(error) => {
                tracing::warn!(run = %id, %error, "a step of a sequence can't be read");
                stands.push(Stand::running(tenant, id, step, now + UNREADABLE));
            }
        }
    }
    let opted_out = opted_out(tx, &walkers).await?;
    let mut messages: Vec<(Id<Tenant>, NewMessage)> = Vec::new();
    for walker in walkers {
        let decided = next(&walker.facts(&opted_out), now);
        stands.push(walker.stand(decided, now));
        if let Next::Write(due, _) = decided {
            let tenant = Id::from_uuid(walker.row.tenant_id);
            messages.extend(walker.message(due).map(|message| (tenant, message)));
        }
    }
    messaging::write_messages(tx.conn(), tx.tools(), now, messages).await?;
    settle(tx, stands).await
}

/// Which of them want to hear nothing where they would be reached.
async fn opted_out(tx: &SystemTx, walkers: &[Walker]) -> Result<HashSet<Uuid>, StoreError> {
    #[derive(FromQueryResult)]
    struct Left {
        run_id: Uuid,
    }
    let (mut tenants, mut runs) = (Vec::new(), Vec::new());
    let (mut channels, mut keys) = (Vec::new(), Vec::new());
    for walker in walkers {
        if let Some(to) = &walker.to {
            tenants.push(walker.row.tenant_id);
            runs.push(walker.row.id);
            channels.push(to.channel.key().to_owned());
            keys.push(to.key.clone());
        }
    }
    let sql = "
        select way.run_id
        from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[])
            as way (tenant_id, run_id, channel, address_key)
        join message_optouts o on o.tenant_id = way.tenant_id and o.channel = way.channel
            and o.address_key = way.address_key";
    let values = [tenants.into(), runs.into(), channels.into(), keys.into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    let left = Left::find_by_statement(statement).all(tx.conn()).await?;
    Ok(left.into_iter().map(|left| left.run_id).collect())
}

impl Walker {
    fn new(row: Row, ways: Ways, now: Instant) -> Result<Self, StoreError> {
        let settings = Settings::of_row(row.settings.clone())?.by(ways);
        let mut steps = steps(row.steps.clone())?.into_iter();
        let (step, after) = (steps.next(), steps.next());
        let unreadable = |_| StoreError::Unreadable(format!("the zone {:?}", row.time_zone));
        let zone =
            row.time_zone.as_deref().map(str::parse::<Tz>).transpose().map_err(unreadable)?;
        let quiet = zone.and_then(|zone| settings.quiet_around(zone, now));
        Ok(Self {
            to: step.as_ref().and_then(|step| way(&row, step, &settings)),
            quiet_until: quiet.map(|(_, until)| until),
            next_wait: after.map(|after| after.wait_minutes),
            row,
            zone,
            step,
        })
    }

    fn facts(&self, opted_out: &HashSet<Uuid>) -> Facts {
        let agreed = |channel| match Kind::Sequence.purpose(channel) {
            Some(Purpose::MarketingEmail) => self.row.agreed_by_mail,
            _ => self.row.agreed_by_text,
        };
        Facts {
            erased: self.row.erased,
            is_on: self.row.is_on,
            booked: self.row.booked,
            has_step: self.step.is_some(),
            next_wait: self.next_wait,
            way: self.to.as_ref().map(|to| Way {
                opted_out: opted_out.contains(&self.row.id),
                agreed: agreed(to.channel),
            }),
            quiet_until: self.quiet_until,
        }
    }

    /// Where they stand after this.
    fn stand(&self, decided: Next, now: Instant) -> Stand {
        let Row { tenant_id, id, next_step, .. } = self.row;
        match decided {
            Next::Write(_, Some(then)) => Stand::running(tenant_id, id, next_step + 1, then),
            Next::Write(_, None) => Stand::over(tenant_id, id, next_step + 1, None, now),
            Next::Done => Stand::over(tenant_id, id, next_step, None, now),
            Next::Stop(reason) => Stand::over(tenant_id, id, next_step, Some(reason), now),
        }
    }

    /// What the step says to them, in their language if it is said in that.
    fn message(self, due: Instant) -> Option<NewMessage> {
        let Self { row, zone, step, to, .. } = self;
        let step = step?;
        let (locale, words) = step.in_words(&row.locale, &row.shop_locale)?;
        let mut message = NewMessage::new(Kind::Sequence, to?, locale)
            .with("name", row.name)
            .with("business", row.business)
            .with("place", row.place.unwrap_or_default());
        if let (Some(title), Some(starts_at), Some(zone)) = (row.title, row.starts_at, zone) {
            let local = starts_at.with_timezone(&zone);
            message = message
                .with("title", title)
                .with("date", local.format("%Y-%m-%d").to_string())
                .with("time", local.format("%H:%M").to_string());
        }
        Some(NewMessage {
            customer: Some(Id::from_uuid(row.customer_id)),
            about: Subject::Run(Id::from_uuid(row.id)),
            step: row.next_step,
            words: Some(words.own.clone()),
            due_at: Some(due),
            ..message
        })
    }
}

/// The way that a step takes: its own if it can, else the customer's, else the business's best. What is
/// too long for a text goes by mail only.
fn way(row: &Row, step: &Step, settings: &Settings) -> Option<Address> {
    let (_, words) = step.in_words(&row.locale, &row.shop_locale)?;
    let fits = |channel: &Channel| *channel == Channel::Email || words.short;
    let on: Vec<Channel> = settings.channels.iter().copied().filter(fits).collect();
    let reach = Reach {
        email: row.email.as_deref(),
        phone: row.phone.as_deref(),
        chosen: row.channel,
        customer: Some(Id::from_uuid(row.customer_id)),
    };
    let own: Vec<Channel> = on.iter().copied().filter(|way| step.channel == Some(*way)).collect();
    reach.choose(&own).or_else(|| reach.choose(&on))
}

/// Where somebody stands, to be written down.
#[derive(Serialize)]
struct Stand {
    tenant_id: Uuid,
    id: Uuid,
    next_step: i32,
    /// None: it stays, and nothing comes of it any more.
    next_at: Option<Instant>,
    state: &'static str,
    stop_reason: Option<&'static str>,
    ended_at: Option<Instant>,
}

impl Stand {
    fn running(tenant_id: Uuid, id: Uuid, next_step: i32, next_at: Instant) -> Self {
        let state = RunState::Running.key();
        let next_at = Some(next_at);
        Self { tenant_id, id, next_step, next_at, state, stop_reason: None, ended_at: None }
    }

    fn over(
        tenant_id: Uuid,
        id: Uuid,
        next_step: i32,
        reason: Option<StopReason>,
        now: Instant,
    ) -> Self {
        let state = if reason.is_some() { RunState::Stopped } else { RunState::Done };
        Self {
            tenant_id,
            id,
            next_step,
            next_at: None,
            state: state.key(),
            stop_reason: reason.map(StopReason::key),
            ended_at: Some(now),
        }
    }
}

async fn settle(tx: &SystemTx, stands: Vec<Stand>) -> Result<(), StoreError> {
    let rows = serde_json::to_value(stands)
        .map_err(|error| StoreError::Unreadable(format!("runs of sequences: {error}")))?;
    let sql = "
        update sequence_runs r
        set next_step = s.next_step, next_at = coalesce(s.next_at, r.next_at), state = s.state,
            stop_reason = s.stop_reason, ended_at = s.ended_at
        from jsonb_to_recordset($1) as s (
            tenant_id uuid, id uuid, next_step integer, next_at timestamptz, state text,
            stop_reason text, ended_at timestamptz)
        where r.tenant_id = s.tenant_id and r.id = s.id";
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, [rows.into()]);
    tx.conn().execute_raw(statement).await?;
    Ok(())
}
