//! What customers answer to texts: that they come, that they don't, that they want no more of them. It
//! is meant for the business that last wrote to them by that way, and about what it wrote.

use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, Statement};
use uuid::Uuid;

use super::Channel;
use super::address::{self, Address};
use super::log::{KEPT, MessageError};
use super::optouts::{self, Source};
use super::templates::Replies;
use super::wishes;
use crate::bookings::{self, BookingError, Holder, Refusal};
use crate::ids::{Customer, Id, Message, MessageReply};
use crate::jobs;
use crate::page::{Paged, Window};
use crate::tenancy::{Caller, Db, RequestFacts, StoreError, SystemReason, TenantTx};
use crate::tenants;
use crate::text;
use crate::texts::Reply;
use crate::time::Instant;
use crate::words::words;

words! {
    /// What came of an answer.
    ReplyOutcome {
        /// They come.
        Confirmed = "confirmed",
        /// The visit was called off.
        Cancelled = "cancelled",
        /// What they wanted can't be done, or not this way.
        Refused = "refused",
        /// There are no more messages.
        OptedOut = "opted_out",
        /// There are messages again.
        OptedIn = "opted_in",
        /// It says something else: somebody should read it.
        Kept = "kept",
    }
}

/// Longest answer that is kept: ten texts.
const LONGEST: usize = 1_600;

/// An answer that came.
#[derive(Debug, Clone)]
pub struct Heard {
    /// What whoever carried it calls it.
    pub provider_id: String,
    /// By which way.
    pub channel: Channel,
    /// From which number.
    pub from: String,
    /// What it says.
    pub body: String,
    /// Whether they have answered already, as some do themselves to STOP.
    pub answered: bool,
}

/// For whom an answer is meant.
#[derive(Debug)]
pub enum Meant {
    /// Nobody ever wrote to this number.
    Nobody,
    /// It came before, and this was said to it.
    Again(String),
    /// This business.
    Business(Box<Talk>),
}

/// An answer, and what it answers.
#[derive(Debug)]
pub struct Talk {
    /// Let into the business, without rights.
    pub caller: Caller,
    /// In which language they are written to.
    pub locale: String,
    business: String,
    message: Id<Message>,
    customer: Option<Id<Customer>>,
    holder: Option<Holder>,
    heard: Heard,
}

#[derive(FromQueryResult)]
struct Last {
    tenant_id: Uuid,
    id: Uuid,
    customer_id: Option<Uuid>,
    appointment_id: Option<Uuid>,
    locale: String,
}

#[derive(FromQueryResult)]
struct Said {
    answer: String,
}

/// Finds out for whom an answer is meant.
pub async fn meant(db: &Db, heard: Heard, request: RequestFacts) -> Result<Meant, MessageError> {
    let tx = db.system(SystemReason::Messages).await?;
    let sql = "select answer from message_replies where provider_id = $1";
    let values = [heard.provider_id.clone().into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    if let Some(said) = Said::find_by_statement(statement).one(tx.conn()).await? {
        return Ok(Meant::Again(said.answer));
    }
    let sql = "
        select tenant_id, id, customer_id, appointment_id, locale from messages
        where channel = $1 and address_key = $2 and sent_at is not null
        order by sent_at desc limit 1";
    let key = address::key(heard.channel, &heard.from);
    let values = [heard.channel.key().into(), key.into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    let last = Last::find_by_statement(statement).one(tx.conn()).await?;
    tx.rollback().await?;
    let Some(last) = last else { return Ok(Meant::Nobody) };
    let tenant = Id::from_uuid(last.tenant_id);
    let Some((caller, business)) = tenants::visitor(db, tenant, request.clone()).await? else {
        return Ok(Meant::Nobody);
    };
    let holder = match last.appointment_id {
        None => None,
        Some(visit) => match bookings::holder_of(db, tenant, Id::from_uuid(visit), request).await {
            Ok(holder) => Some(holder),
            Err(error) if matches!(error.refusal(), Refusal::NotFound) => None,
            Err(error) => return Err(error.into_store().into()),
        },
    };
    Ok(Meant::Business(Box::new(Talk {
        caller,
        business,
        locale: last.locale,
        message: Id::from_uuid(last.id),
        customer: last.customer_id.map(Id::from_uuid),
        holder,
        heard,
    })))
}

/// Does what an answer asks for, and gives what is said to it; empty: nothing.
pub async fn reply(
    tx: &mut TenantTx,
    talk: &Talk,
    words: &Replies,
    public_url: &str,
) -> Result<String, MessageError> {
    let address = Address::new(talk.heard.channel, &talk.heard.from);
    let (outcome, said) = match Reply::read(&talk.heard.body) {
        Some(Reply::Confirm) => confirm(tx, talk, words).await?,
        Some(Reply::Cancel) => cancel(tx, talk, words, public_url).await?,
        Some(Reply::Stop) => {
            let (facts, is_new) = optouts::put(tx, &address, Source::Reply).await?;
            if is_new {
                optouts::note(tx, "message.opted_out", facts.id, address.channel);
            }
            (ReplyOutcome::OptedOut, words.stopped.clone())
        }
        Some(Reply::Start) => {
            wishes::come_back(tx, &[address]).await?;
            (ReplyOutcome::OptedIn, words.started.clone())
        }
        None => (ReplyOutcome::Kept, words.help.clone()),
    };
    let said = if talk.heard.answered { String::new() } else { said };
    let said = said.replace("{business}", &talk.business);
    keep(tx, talk, outcome, &said).await?;
    Ok(said)
}

/// What can't be done to a visit is an answer, too; nothing was written by then.
fn refused<T>(ended: Result<T, BookingError>) -> Result<Option<T>, MessageError> {
    match ended {
        Ok(done) => Ok(Some(done)),
        Err(error) => match error.refusal() {
            Refusal::WrongState | Refusal::TooLateToCancel | Refusal::NotFound => Ok(None),
            _ => Err(error.into_store().into()),
        },
    }
}

async fn confirm(
    tx: &mut TenantTx,
    talk: &Talk,
    words: &Replies,
) -> Result<(ReplyOutcome, String), MessageError> {
    let Some(holder) = &talk.holder else {
        return Ok((ReplyOutcome::Refused, words.no_visit.clone()));
    };
    Ok(match refused(bookings::promise(tx, holder, talk.heard.channel).await)? {
        Some(()) => (ReplyOutcome::Confirmed, words.confirmed.clone()),
        None => (ReplyOutcome::Refused, words.no_visit.clone()),
    })
}

/// Calls the visit off as its link does. Where that costs something, they must see it first: the page
/// says how much.
async fn cancel(
    tx: &mut TenantTx,
    talk: &Talk,
    words: &Replies,
    public_url: &str,
) -> Result<(ReplyOutcome, String), MessageError> {
    let Some(holder) = &talk.holder else {
        return Ok((ReplyOutcome::Refused, words.no_visit.clone()));
    };
    let Some(own) = refused(bookings::look(tx, holder).await)? else {
        return Ok((ReplyOutcome::Refused, words.no_visit.clone()));
    };
    if own.may_cancel && own.cancel_fee_minor > 0 {
        let link = format!("{public_url}/b/{}", holder.text());
        return Ok((ReplyOutcome::Refused, words.costs.replace("{link}", &link)));
    }
    Ok(match refused(bookings::cancel(tx, holder, None, public_url).await)? {
        Some(_) => (ReplyOutcome::Cancelled, words.cancelled.clone()),
        None => (ReplyOutcome::Refused, words.too_late.clone()),
    })
}

/// Keeps it for the team. Of two that come at once, the second is undone: it is the same.
async fn keep(
    tx: &TenantTx,
    talk: &Talk,
    outcome: ReplyOutcome,
    said: &str,
) -> Result<(), MessageError> {
    let Talk { message, customer, heard, .. } = talk;
    let sql = "
        insert into message_replies (
            tenant_id, id, message_id, channel, customer_id, address, provider_id, body, outcome,
            answer, created_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
        on conflict on constraint message_replies_once do nothing";
    let body = text::kept(&heard.body, LONGEST);
    let values = [
        tx.tenant().uuid().into(),
        tx.new_id::<MessageReply>().uuid().into(),
        message.uuid().into(),
        heard.channel.key().into(),
        customer.map(Id::uuid).into(),
        heard.from.clone().into(),
        heard.provider_id.clone().into(),
        body.into(),
        outcome.key().into(),
        said.into(),
        tx.now().into(),
    ];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    let new = tx.conn().execute_raw(statement).await?.rows_affected() == 1;
    if new { Ok(()) } else { Err(MessageError::Repeated) }
}

/// An answer as the team sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplyFacts {
    /// Its id.
    pub id: Id<MessageReply>,
    /// What it answers.
    pub message: Id<Message>,
    /// By which way it came.
    pub channel: Channel,
    /// From whom.
    pub customer: Option<Id<Customer>>,
    /// From which number; empty if whoever it was is forgotten.
    pub address: String,
    /// What it says.
    pub body: String,
    /// What came of it.
    pub outcome: ReplyOutcome,
    /// What was answered; empty: nothing.
    pub answer: String,
    /// When it came.
    pub created_at: Instant,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    message_id: Uuid,
    channel: Channel,
    customer_id: Option<Uuid>,
    address: String,
    body: String,
    outcome: String,
    answer: String,
    created_at: Instant,
}

/// What customers answered, the newest first.
pub async fn replies(
    tx: &TenantTx,
    customer: Option<Id<Customer>>,
    window: Window<MessageReply>,
) -> Result<Paged<ReplyFacts>, MessageError> {
    let sql = "
        select id, message_id, channel, customer_id, address, body, outcome, answer, created_at
        from message_replies
        where tenant_id = $1 and ($2::uuid is null or id < $2)
          and ($3::uuid is null or customer_id = $3)
        order by id desc limit $4";
    let values = [
        tx.tenant().uuid().into(),
        window.after.map(Id::uuid).into(),
        customer.map(Id::uuid).into(),
        i64::try_from(window.rows_to_ask()).unwrap_or(i64::MAX).into(),
    ];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    let rows = Row::find_by_statement(statement).all(tx.conn()).await?;
    let facts = |row: Row| {
        Ok(ReplyFacts {
            id: Id::from_uuid(row.id),
            message: Id::from_uuid(row.message_id),
            channel: row.channel,
            customer: row.customer_id.map(Id::from_uuid),
            address: row.address,
            body: row.body,
            outcome: ReplyOutcome::stored(&row.outcome)?,
            answer: row.answer,
            created_at: row.created_at,
        })
    };
    let rows = rows.into_iter().map(facts).collect::<Result<Vec<_>, StoreError>>()?;
    Ok(window.cut(rows, |reply| reply.id))
}

/// Whoever these are is forgotten: from where they wrote, and what.
pub(super) async fn forget(tx: &TenantTx, customers: &[Uuid]) -> Result<(), StoreError> {
    let sql = "update message_replies set address = '', body = '', answer = ''
               where tenant_id = $1 and customer_id = any($2)";
    let values = [tx.tenant().uuid().into(), customers.to_vec().into()];
    tx.conn().execute_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, values)).await?;
    Ok(())
}

/// Deletes what was answered long ago, and says how much.
pub(super) async fn sweep(db: &Db) -> Result<u64, StoreError> {
    let sql = "delete from message_replies where (tenant_id, id) in (
                   select tenant_id, id from message_replies where created_at < $1
                   order by created_at limit 1000 for update skip locked
               )";
    jobs::delete_in_steps(db, SystemReason::Messages, sql, KEPT).await
}
