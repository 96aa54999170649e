//! Everything that has to be known of messages to send them: one query, however many there are and
//! whosesoever.

use std::collections::HashMap;

use chrono_tz::Tz;
use sea_orm::{DbBackend, FromQueryResult, Statement};
use serde::Deserialize;
use serde_json::Value;
use uuid::Uuid;

use super::decide::{Facts, Visit};
use crate::bookings::Status;
use crate::config::Plans;
use crate::messaging::log::Named;
use crate::messaging::{Channel, Kind, Reason, Settings, State};
use crate::sequences::StopReason;
use crate::tenancy::{StoreError, SystemTx};
use crate::time::Instant;

/// A message with what it hangs on.
#[derive(Debug, FromQueryResult)]
#[expect(clippy::struct_excessive_bools, reason = "each is a column of its own")]
pub(super) struct Row {
    pub(super) tenant_id: Uuid,
    pub(super) id: Uuid,
    pub(super) kind: String,
    pub(super) channel: String,
    pub(super) locale: String,
    pub(super) appointment_id: Option<Uuid>,
    appointment_sequence: Option<i32>,
    pub(super) address: String,
    pub(super) fields: Value,
    pub(super) calendar: Option<Value>,
    pub(super) link: Option<Vec<u8>>,
    trial: bool,
    again: bool,
    state: String,
    reason: Option<String>,
    purpose: Option<String>,
    consent: Option<bool>,
    opted_out: bool,
    booked_since: bool,
    stands: bool,
    of_run: bool,
    stop_reason: Option<String>,
    is_on: bool,
    status: Option<String>,
    starts_at: Option<Instant>,
    sequence: Option<i32>,
    pub(super) visit_link: Option<Vec<u8>>,
    several: Option<Value>,
    time_zone: Option<String>,
    pub(super) settings: Option<Value>,
    pub(super) business: String,
    pub(super) slug: String,
    pub(super) own_subject: Option<String>,
    pub(super) own_body: Option<String>,
    plan: String,
    texts: i64,
    now: Instant,
}

const ROWS: &str = "
    select m.tenant_id, m.id, m.kind, m.channel, m.locale, m.appointment_id, m.appointment_sequence,
           m.address, m.fields, m.calendar, m.link, m.trial, m.again, m.state, m.reason, m.purpose,
           case when m.purpose is not null then (
               select c.granted from consents c
               where c.tenant_id = m.tenant_id and c.customer_id = m.customer_id
                 and c.purpose = m.purpose
               order by c.at desc, c.id desc limit 1) end as consent,
           exists (select from message_optouts o
                   where o.tenant_id = m.tenant_id and o.channel = m.channel
                     and o.address_key = m.address_key) as opted_out,
           m.kind = 'rebooking_nudge' and exists (
               select from appointments l
               where l.tenant_id = m.tenant_id and l.customer_id = m.customer_id
                 and l.starts_at > a.starts_at
                 and l.status not in ('cancelled', 'expired'))
           or r.id is not null and exists (
               select from appointments l
               where l.tenant_id = r.tenant_id and l.customer_id = r.customer_id
                 and l.created_at > r.booked_from and l.id is distinct from r.appointment_id
                 and l.status not in ('cancelled', 'expired')) as booked_since,
           r.id is not null as of_run, r.stop_reason, y.on_since is not null as is_on,
           coalesce(q.state = case m.kind when 'queue_next' then 'waiting' else 'called' end, false)
               as stands,
           a.status, a.starts_at, a.sequence, a.link_sealed as visit_link,
           case when m.fields #> '{visits,0,id}' is not null then (
               select jsonb_agg(jsonb_build_object(
                          'id', told.visit -> 'id', 'told', told.visit -> 'sequence',
                          'sequence', v.sequence, 'status', v.status, 'starts_at', v.starts_at,
                          'link', encode(v.link_sealed, 'hex')) order by told.place)
               from jsonb_array_elements(m.fields -> 'visits') with ordinality
                    as told (visit, place)
               join appointments v on v.tenant_id = m.tenant_id
                   and v.id = (told.visit ->> 'id')::uuid) end as several,
           coalesce(p.time_zone, (
               select l.time_zone from locations l
               where l.tenant_id = m.tenant_id and l.archived_at is null
               order by l.position, l.id limit 1)) as time_zone,
           to_jsonb(s) as settings, t.name as business, t.slug,
           case when m.words is null then w.subject else m.words ->> 'subject' end as own_subject,
           coalesce(m.words ->> 'body', w.body) as own_body,
           t.plan, coalesce(x.texts, 0) as texts, $3::timestamptz as now
    from unnest($1::uuid[], $2::uuid[]) as wanted (tenant_id, id)
    join messages m on m.tenant_id = wanted.tenant_id and m.id = wanted.id
    join tenants t on t.id = m.tenant_id
    left join appointments a on a.tenant_id = m.tenant_id and a.id = m.appointment_id
    left join locations p on p.tenant_id = a.tenant_id and p.id = a.location_id
    left join queue_entries q on q.tenant_id = m.tenant_id and q.id = m.queue_entry_id
    left join sequence_runs r on r.tenant_id = m.tenant_id and r.id = m.run_id
    left join sequences y on y.tenant_id = r.tenant_id and y.id = r.sequence_id
    left join message_settings s on s.tenant_id = m.tenant_id
    left join text_counts x on m.channel = 'sms' and x.tenant_id = m.tenant_id
        and x.month = date_trunc('month', $3::timestamptz at time zone t.time_zone)::date
    left join message_templates w on w.tenant_id = m.tenant_id and w.kind = m.kind
        and w.channel = m.channel and w.locale = m.locale";

/// The messages by their names.
pub(super) async fn rows(
    tx: &SystemTx,
    messages: &[Named],
) -> Result<HashMap<(Uuid, Uuid), Row>, StoreError> {
    let (tenants, ids): (Vec<Uuid>, Vec<Uuid>) =
        messages.iter().map(|(tenant, id)| (tenant.uuid(), id.uuid())).unzip();
    let values = [tenants.into(), ids.into(), tx.now().into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, ROWS, values);
    let rows = Row::find_by_statement(statement).all(tx.conn()).await?;
    Ok(rows.into_iter().map(|row| ((row.tenant_id, row.id), row)).collect())
}

/// One of several visits that a message tells of: as it said, and as it is now.
#[derive(Debug, Deserialize)]
pub(super) struct Several {
    pub(super) id: Uuid,
    told: i32,
    sequence: i32,
    status: String,
    starts_at: Instant,
    /// Its link, sealed.
    pub(super) link: Option<String>,
}

impl Several {
    fn visit(&self) -> Result<Visit, StoreError> {
        let same = self.sequence == self.told;
        Ok(Visit { status: status(&self.status)?, starts_at: self.starts_at, same })
    }
}

fn status(key: &str) -> Result<Status, StoreError> {
    Status::from_key(key).ok_or_else(|| StoreError::Unreadable(format!("the status {key}")))
}

impl Row {
    /// What has to be known to decide.
    pub(super) fn facts(&self) -> Result<Facts, StoreError> {
        let settings = Settings::of_row(self.settings.clone())?;
        let channel = Channel::stored(&self.channel)?;
        let zone = self.time_zone.as_deref().and_then(|zone| zone.parse::<Tz>().ok());
        let quiet = zone.and_then(|zone| settings.quiet_around(zone, self.now));
        Ok(Facts {
            kind: Kind::stored(&self.kind)?,
            channel,
            state: State::stored(&self.state)?,
            reason: self.reason.as_deref().map(Reason::stored).transpose()?,
            erased: self.address.is_empty(),
            trial: self.trial,
            again: self.again,
            channel_on: settings.channels.contains(&channel),
            opted_out: self.opted_out,
            consent: self.purpose.as_ref().map(|_| self.consent.unwrap_or(false)),
            visit: self.visit()?,
            several: self.several()?.iter().map(Several::visit).collect::<Result<_, _>>()?,
            stands: self.stands,
            booked_since: self.booked_since,
            halted: self.halted()?,
            quiet_until: quiet.map(|(_, until)| until),
        })
    }

    /// How many texts the business's plan has left in this month; none: it is no text.
    pub(super) fn texts_left(&self) -> Option<i64> {
        let plan = Plans::shipped().get(&self.plan).filter(|_| self.channel == Channel::Sms.key());
        plan.map(|plan| i64::from(plan.sms_per_month) - self.texts)
    }

    /// Why the sequence that it is a step of goes no further. One that came to its end is no reason.
    fn halted(&self) -> Result<Option<Reason>, StoreError> {
        let off = (self.of_run && !self.is_on).then_some(Reason::Halted);
        let stopped = self.stop_reason.as_deref().map(StopReason::stored).transpose()?;
        Ok(stopped.map(StopReason::of_message).or(off))
    }

    fn visit(&self) -> Result<Option<Visit>, StoreError> {
        let (Some(status), Some(starts_at)) = (&self.status, self.starts_at) else {
            return Ok(None);
        };
        let same = self.sequence == self.appointment_sequence;
        Ok(Some(Visit { status: self::status(status)?, starts_at, same }))
    }

    /// The visits that it tells of, if it tells of several, in the order in which it does.
    pub(super) fn several(&self) -> Result<Vec<Several>, StoreError> {
        let Some(several) = self.several.clone() else { return Ok(Vec::new()) };
        serde_json::from_value(several)
            .map_err(|error| StoreError::Unreadable(format!("several visits: {error}")))
    }
}
