//! Writing messages, one or many, with the jobs that send them.

use data_encoding::HEXLOWER;
use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, Statement};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::address::Address;
use super::templates::Own;
use super::{Channel, Kind};
use crate::bookings::CalendarEntry;
use crate::ids::{Appointment, Customer, Id, Message, QueueEntry, SequenceRun, Tenant};
use crate::jobs::{self, NewJob};
use crate::secrets::Place;
use crate::tenancy::{StoreError, TenantTx, Tools};
use crate::time::Instant;

/// The kind of job that sends a message.
pub const SEND_MESSAGE: &str = "message.send";

/// What such a job carries: everything else is in the message's row, and is read when it is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendMessage {
    /// Which message.
    pub message: Id<Message>,
}

/// What a message is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Subject {
    /// Nothing that there is.
    Nothing,
    /// A visit, as it stood then.
    Visit { id: Id<Appointment>, version: i32, sequence: i32 },
    /// Somebody in a line.
    Entry(Id<QueueEntry>),
    /// Somebody on the way through a sequence.
    Run(Id<SequenceRun>),
}

/// A message to be written.
#[derive(Debug, Clone)]
pub(crate) struct NewMessage {
    pub(crate) kind: Kind,
    pub(crate) to: Address,
    pub(crate) locale: String,
    pub(crate) customer: Option<Id<Customer>>,
    pub(crate) about: Subject,
    /// Which of several of its kind.
    pub(crate) step: i32,
    pub(crate) fields: Map<String, Value>,
    /// Words of its own, which no setting changes any more.
    pub(crate) words: Option<Own>,
    pub(crate) calendar: Option<CalendarEntry>,
    /// Links that nobody else may know.
    pub(crate) link: Option<String>,
    /// When it is to be sent; else now.
    pub(crate) due_at: Option<Instant>,
    /// Somebody asked for it once more.
    pub(crate) again: bool,
    /// It goes to whoever wants to see what it looks like.
    pub(crate) trial: bool,
}

impl NewMessage {
    pub(crate) fn new(kind: Kind, to: Address, locale: &str) -> Self {
        Self {
            kind,
            to,
            locale: locale.to_owned(),
            customer: None,
            about: Subject::Nothing,
            step: 0,
            fields: Map::new(),
            words: None,
            calendar: None,
            link: None,
            due_at: None,
            again: false,
            trial: false,
        }
    }

    /// A value that the words say about.
    pub(crate) fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.fields.insert(key.to_owned(), value.into());
        self
    }

    /// The link, which is as good as a password and therefore sealed until it is sent.
    pub(crate) fn link(mut self, link: String) -> Self {
        self.link = Some(link);
        self
    }

    /// Somebody asked for it once more.
    pub(crate) fn once_more(mut self) -> Self {
        self.again = true;
        self
    }
}

/// Where the sealed links of a message are: they can't be moved to another one.
pub(super) fn sealed_part(message: Id<Message>) -> Place {
    Place { table: "messages", column: "link", row: message.uuid() }
}

/// A message as the statement reads it.
#[derive(Serialize)]
struct Row {
    tenant_id: Uuid,
    id: Uuid,
    kind: &'static str,
    channel: &'static str,
    locale: String,
    step: i32,
    customer_id: Option<Uuid>,
    appointment_id: Option<Uuid>,
    appointment_version: Option<i32>,
    appointment_sequence: Option<i32>,
    queue_entry_id: Option<Uuid>,
    run_id: Option<Uuid>,
    address: String,
    address_key: String,
    purpose: Option<&'static str>,
    fields: Value,
    words: Option<Value>,
    calendar: Option<Value>,
    link: Option<String>,
    again: bool,
    trial: bool,
    due_at: Instant,
}

/// What is about a visit as it stands, and each step of a run, is there once, whoever writes it: the
/// second is none.
const WRITE: &str = "
    insert into messages (
        tenant_id, id, kind, channel, locale, step, customer_id, appointment_id,
        appointment_version, appointment_sequence, queue_entry_id, run_id, address, address_key,
        purpose, fields, words, calendar, link, again, trial, state, due_at, created_at)
    select tenant_id, id, kind, channel, locale, step, customer_id, appointment_id,
           appointment_version, appointment_sequence, queue_entry_id, run_id, address, address_key,
           purpose, fields, words, calendar, decode(link, 'hex'), again, trial, 'queued', due_at, $2
    from jsonb_to_recordset($1) as message (
        tenant_id uuid, id uuid, kind text, channel text, locale text, step integer,
        customer_id uuid, appointment_id uuid, appointment_version integer,
        appointment_sequence integer, queue_entry_id uuid, run_id uuid, address text,
        address_key text, purpose text, fields jsonb, words jsonb, calendar jsonb, link text, again boolean, trial boolean,
        due_at timestamptz)
    on conflict do nothing
    returning tenant_id, id, due_at";

#[derive(FromQueryResult)]
struct Written {
    tenant_id: Uuid,
    id: Uuid,
    due_at: Instant,
}

/// Writes a message on a tenant's behalf. Says which it is, unless it was there already.
pub(crate) async fn write(
    tx: &TenantTx,
    message: NewMessage,
) -> Result<Option<Id<Message>>, StoreError> {
    let messages = vec![(tx.tenant(), message)];
    let written = write_all(tx.conn(), tx.tools(), tx.now(), messages).await?;
    Ok(written.first().copied())
}

/// Writes those of many businesses.
pub(crate) async fn write_all(
    conn: &impl ConnectionTrait,
    tools: &Tools,
    now: Instant,
    messages: Vec<(Id<Tenant>, NewMessage)>,
) -> Result<Vec<Id<Message>>, StoreError> {
    if messages.is_empty() {
        return Ok(Vec::new());
    }
    let rows = messages.into_iter().map(|(tenant, message)| row(tools, now, tenant, message));
    let rows = rows.collect::<Result<Vec<_>, _>>()?;
    let rows = serde_json::to_value(rows)
        .map_err(|error| StoreError::Unreadable(format!("messages to be written: {error}")))?;
    let values = [rows.into(), now.into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, WRITE, values);
    let written = Written::find_by_statement(statement).all(conn).await?;
    let job = |row: &Written| {
        let payload = SendMessage { message: Id::from_uuid(row.id) };
        let job = NewJob::new(SEND_MESSAGE, &payload).at(row.due_at);
        (Some(Id::from_uuid(row.tenant_id)), job)
    };
    jobs::enqueue_all(conn, tools, now, written.iter().map(job).collect()).await?;
    Ok(written.into_iter().map(|row| Id::from_uuid(row.id)).collect())
}

fn row(
    tools: &Tools,
    now: Instant,
    tenant: Id<Tenant>,
    message: NewMessage,
) -> Result<Row, StoreError> {
    let id = Id::<Message>::new(now, &*tools.entropy);
    let seal = |link: String| tools.seal(&sealed_part(id), link.as_bytes());
    let link = message.link.map(seal).transpose()?;
    let channel: Channel = message.to.channel;
    let purpose = message.kind.purpose(channel).filter(|_| !message.trial);
    let (mut visit, mut entry, mut run) = (None, None, None);
    match message.about {
        Subject::Nothing => {}
        Subject::Visit { id, version, sequence } => visit = Some((id, version, sequence)),
        Subject::Entry(about) => entry = Some(about),
        Subject::Run(about) => run = Some(about),
    }
    let unreadable = |error: serde_json::Error| StoreError::Unreadable(error.to_string());
    let calendar = message.calendar.map(serde_json::to_value).transpose().map_err(unreadable)?;
    let words = message.words.map(serde_json::to_value).transpose().map_err(unreadable)?;
    Ok(Row {
        tenant_id: tenant.uuid(),
        id: id.uuid(),
        kind: message.kind.key(),
        channel: channel.key(),
        locale: message.locale,
        step: message.step,
        customer_id: message.customer.map(Id::uuid),
        appointment_id: visit.map(|(id, ..)| id.uuid()),
        appointment_version: visit.map(|(_, version, _)| version),
        appointment_sequence: visit.map(|(.., sequence)| sequence),
        queue_entry_id: entry.map(Id::uuid),
        run_id: run.map(Id::uuid),
        address: message.to.shown,
        address_key: message.to.key,
        purpose: purpose.map(crate::customers::Purpose::key),
        fields: Value::Object(message.fields),
        words,
        calendar,
        link: link.map(|link| HEXLOWER.encode(&link)),
        again: message.again,
        trial: message.trial,
        due_at: message.due_at.unwrap_or(now),
    })
}
