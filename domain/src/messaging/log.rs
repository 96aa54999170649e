//! What was said to customers, and what became of it.

use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    Statement,
};
use serde_json::{Map, Value};

use super::address::{self, Address};
use super::new::{NewMessage, Subject, write};
use super::{Channel, Click, Kind, Reason, State, entity, push, replies};
use crate::audit::NewEntry;
use crate::fault::refusals;
use crate::ids::{Appointment, Customer, Id, Message, QueueEntry, Tenant};
use crate::jobs;
use crate::page::{Paged, Window};
use crate::tenancy::{Db, StoreError, SystemReason, TenantTx};
use crate::time::Instant;

refusals! {
    /// Why a message can't be read or sent again.
    MessageError {
        Forgotten = Conflict "customer_erased" "Whoever this was for was erased.",
        LinkGone = Conflict "link_gone" "What this leads to is not there any more.",
        StillQueued = Conflict "still_queued" "This is still on its way.",
        NoCustomer = Conflict "no_customer" "This visit is nobody's: there is nobody to tell of it.",
        Repeated = Conflict "repeated" "This was said before.",
    }
}

/// How long it can be looked up what was said.
pub(crate) const KEPT: chrono::Duration = chrono::Duration::days(400);

/// A message as the team sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageFacts {
    /// Its id.
    pub id: Id<Message>,
    /// What it is about.
    pub kind: Kind,
    /// By which way.
    pub channel: Channel,
    /// In which language.
    pub locale: String,
    /// Of reminders: how many minutes before the visit.
    pub step: i32,
    /// To whom.
    pub customer: Option<Id<Customer>>,
    /// About which visit.
    pub visit: Option<Id<Appointment>>,
    /// As it stood then.
    pub visit_version: Option<i32>,
    /// About whose place in a line.
    pub entry: Option<Id<QueueEntry>>,
    /// Where it went; empty if whoever it was is forgotten.
    pub address: String,
    /// Where it stands.
    pub state: State,
    /// Why it wasn't sent.
    pub reason: Option<Reason>,
    /// What was said about that.
    pub detail: Option<String>,
    /// What whoever carried it calls it.
    pub provider_id: Option<String>,
    /// Somebody asked for it once more.
    pub again: bool,
    /// It was sent to see what it looks like.
    pub trial: bool,
    /// When it is, or was, to be sent.
    pub due_at: Instant,
    /// When it was written.
    pub created_at: Instant,
    /// When it was handed over.
    pub sent_at: Option<Instant>,
    /// When it arrived.
    pub delivered_at: Option<Instant>,
}

impl TryFrom<entity::Model> for MessageFacts {
    type Error = StoreError;

    fn try_from(row: entity::Model) -> Result<Self, StoreError> {
        Ok(Self {
            id: Id::from_uuid(row.id),
            kind: Kind::stored(&row.kind)?,
            channel: Channel::stored(&row.channel)?,
            locale: row.locale,
            step: row.step,
            customer: row.customer_id.map(Id::from_uuid),
            visit: row.appointment_id.map(Id::from_uuid),
            visit_version: row.appointment_version,
            entry: row.queue_entry_id.map(Id::from_uuid),
            address: row.address,
            state: State::stored(&row.state)?,
            reason: row.reason.as_deref().map(Reason::stored).transpose()?,
            detail: row.detail,
            provider_id: row.provider_id,
            again: row.again,
            trial: row.trial,
            due_at: row.due_at,
            created_at: row.created_at,
            sent_at: row.sent_at,
            delivered_at: row.delivered_at,
        })
    }
}

/// Which messages are wanted.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// To whom.
    pub customer: Option<Id<Customer>>,
    /// About which visit.
    pub visit: Option<Id<Appointment>>,
    /// Standing here.
    pub state: Option<State>,
    /// About this.
    pub kind: Option<Kind>,
    /// By this way.
    pub channel: Option<Channel>,
    /// To this address, however it is written.
    pub address: Option<String>,
    /// Written at this time or later.
    pub from: Option<Instant>,
    /// Written before this.
    pub to: Option<Instant>,
}

/// Messages, the newest first.
pub async fn list(
    tx: &TenantTx,
    filter: &Filter,
    window: Window<Message>,
) -> Result<Paged<MessageFacts>, MessageError> {
    use entity::Column as C;
    let mut query = entity::Entity::find()
        .filter(C::TenantId.eq(tx.tenant().uuid()))
        .order_by_desc(C::Id)
        .limit(window.rows_to_ask());
    if let Some(customer) = filter.customer {
        query = query.filter(C::CustomerId.eq(customer.uuid()));
    }
    if let Some(visit) = filter.visit {
        query = query.filter(C::AppointmentId.eq(visit.uuid()));
    }
    if let Some(state) = filter.state {
        query = query.filter(C::State.eq(state.key()));
    }
    if let Some(kind) = filter.kind {
        query = query.filter(C::Kind.eq(kind.key()));
    }
    if let Some(channel) = filter.channel {
        query = query.filter(C::Channel.eq(channel.key()));
    }
    if let Some(address) = &filter.address {
        query = query.filter(C::AddressKey.eq(address::key(Channel::Email, address)));
    }
    // An id says when it was made: the key is asked for the time.
    if let Some(from) = filter.from {
        query = query.filter(C::Id.gte(Id::<Message>::first_at(from).uuid()));
    }
    if let Some(to) = filter.to {
        query = query.filter(C::Id.lt(Id::<Message>::first_at(to).uuid()));
    }
    if let Some(after) = window.after {
        query = query.filter(C::Id.lt(after.uuid()));
    }
    let rows = query.all(tx.conn()).await?;
    let rows = rows.into_iter().map(MessageFacts::try_from).collect::<Result<Vec<_>, _>>()?;
    Ok(window.cut(rows, |message| message.id))
}

async fn find(tx: &TenantTx, id: Id<Message>) -> Result<entity::Model, MessageError> {
    row(tx, id).await?.ok_or(MessageError::NotFound)
}

/// One message.
pub async fn read(tx: &TenantTx, id: Id<Message>) -> Result<MessageFacts, MessageError> {
    Ok(find(tx, id).await?.try_into()?)
}

/// Sends it once more, to the same address. What held when it was to be sent the first time is looked
/// at again.
pub async fn again(tx: &mut TenantTx, id: Id<Message>) -> Result<MessageFacts, MessageError> {
    let row = find(tx, id).await?;
    let (kind, channel) = (Kind::stored(&row.kind)?, Channel::stored(&row.channel)?);
    if row.address.is_empty() {
        return Err(MessageError::Forgotten);
    }
    if row.state == State::Queued.key() {
        return Err(MessageError::StillQueued);
    }
    // The page of a visit is found again; what else there was to click is wiped when it has gone out.
    if row.appointment_id.is_none() && kind.template().click() == Click::Must {
        return Err(MessageError::LinkGone);
    }
    let to = Address::new(channel, &row.address);
    let message = copy(row, to)?;
    let written = write(tx, message.once_more()).await?.ok_or(MessageError::NotFound)?;
    // Whom it went to stays out of the log, which can't be erased.
    tx.record(NewEntry::new("message.sent_again", "message").on(id, kind.key()));
    read(tx, written).await
}

/// A message as it was written, if it is there.
pub(super) async fn row(
    tx: &TenantTx,
    id: Id<Message>,
) -> Result<Option<entity::Model>, StoreError> {
    let found = entity::Entity::find_by_id((tx.tenant().uuid(), id.uuid()));
    Ok(found.one(tx.conn()).await?)
}

/// The same, held: what becomes of it is decided by whoever has it.
pub(super) async fn held(
    tx: &TenantTx,
    id: Id<Message>,
) -> Result<Option<entity::Model>, StoreError> {
    let found = entity::Entity::find_by_id((tx.tenant().uuid(), id.uuid()));
    Ok(found.lock_exclusive().one(tx.conn()).await?)
}

/// The same message once more, to somewhere; without its link.
pub(super) fn copy(row: entity::Model, to: Address) -> Result<NewMessage, StoreError> {
    let unreadable = |error: serde_json::Error| StoreError::Unreadable(error.to_string());
    let calendar = row.calendar.map(serde_json::from_value).transpose();
    let words = row.words.map(serde_json::from_value).transpose();
    let about = match (row.appointment_id, row.queue_entry_id, row.run_id) {
        (Some(visit), ..) => Subject::Visit {
            id: Id::from_uuid(visit),
            version: row.appointment_version.unwrap_or_default(),
            sequence: row.appointment_sequence.unwrap_or_default(),
        },
        (None, Some(entry), _) => Subject::Entry(Id::from_uuid(entry)),
        (None, None, Some(run)) => Subject::Run(Id::from_uuid(run)),
        (None, None, None) => Subject::Nothing,
    };
    let fields = match row.fields {
        Value::Object(fields) => fields,
        _ => Map::new(),
    };
    Ok(NewMessage {
        customer: row.customer_id.map(Id::from_uuid),
        about,
        step: row.step,
        fields,
        words: words.map_err(unreadable)?,
        calendar: calendar.map_err(unreadable)?,
        again: row.again,
        trial: row.trial,
        ..NewMessage::new(Kind::stored(&row.kind)?, to, &row.locale)
    })
}

/// Whoever these are is forgotten: where it went, and what it said about them.
pub(crate) async fn forget(tx: &TenantTx, customers: &[uuid::Uuid]) -> Result<(), StoreError> {
    let sql = "
        update messages
        set address = '', address_key = '', fields = '{}', calendar = null, link = null,
            detail = null,
            reason = case when state = 'queued' then 'erased' else reason end,
            state = case when state = 'queued' then 'dropped' else state end
        where tenant_id = $1 and customer_id = any($2)";
    let values = [tx.tenant().uuid().into(), customers.to_vec().into()];
    tx.conn().execute_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, values)).await?;
    replies::forget(tx, customers).await?;
    push::forget(tx, customers).await
}

/// Deletes what was said long ago, and says how much.
pub async fn sweep(db: &Db) -> Result<u64, StoreError> {
    let sql = "delete from messages where (tenant_id, id) in (
                   select tenant_id, id from messages where created_at < $1
                   order by created_at limit 1000 for update skip locked
               )";
    let said = jobs::delete_in_steps(db, SystemReason::Messages, sql, KEPT).await?;
    Ok(said + replies::sweep(db).await?)
}

/// Whose a message is, for whoever holds a link that was in it.
pub(super) async fn whose(
    tx: &TenantTx,
    id: Id<Message>,
) -> Result<Option<(Channel, String, String)>, StoreError> {
    let found = entity::Entity::find_by_id((tx.tenant().uuid(), id.uuid())).one(tx.conn()).await?;
    let Some(row) = found.filter(|row| !row.address.is_empty()) else { return Ok(None) };
    Ok(Some((Channel::stored(&row.channel)?, row.address, row.locale)))
}

/// Names a business's message to whoever may know neither.
pub(super) type Named = (Id<Tenant>, Id<Message>);
