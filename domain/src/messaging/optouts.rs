//! Who doesn't want to be written to, by which way. Looked at before anything is sent.

use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, Statement};
use uuid::Uuid;

use super::address::{self, Address};
use super::{Channel, MessageError};
use crate::audit::NewEntry;
use crate::fault::{Faults, ValueFault};
use crate::ids::{Id, OptOut};
use crate::outbox::NewEvent;
use crate::page::{Paged, Window};
use crate::phone::Phone;
use crate::tenancy::{StoreError, TenantTx};
use crate::tenants;
use crate::text::Email;
use crate::time::Instant;
use crate::words::words;

words! {
    /// How somebody said that they don't want to be written to.
    Source {
        /// By the link in a mail, or on the page of their visit.
        Link = "link",
        /// To the staff.
        Staff = "staff",
        /// By answering STOP.
        Reply = "reply",
        /// Whoever carries messages says so.
        Provider = "provider",
    }
}

/// Somebody who doesn't want to be written to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OptOutFacts {
    /// Its id.
    pub id: Id<OptOut>,
    /// By which way.
    pub channel: Channel,
    /// Where.
    pub address: String,
    /// How they said so.
    pub source: Source,
    /// Since when.
    pub since: Instant,
}

/// What the team writes down.
#[derive(Debug, Clone)]
pub struct NewOptOut {
    /// By which way.
    pub channel: Channel,
    /// Where, as it is typed.
    pub address: String,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    channel: String,
    address: String,
    source: String,
    since: Instant,
}

impl TryFrom<Row> for OptOutFacts {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: Id::from_uuid(row.id),
            channel: Channel::stored(&row.channel)?,
            address: row.address,
            source: Source::stored(&row.source)?,
            since: row.since,
        })
    }
}

/// All of them, the newest first; with an address, those of that one.
pub async fn optouts(
    tx: &TenantTx,
    address: Option<&str>,
    window: Window<OptOut>,
) -> Result<Paged<OptOutFacts>, MessageError> {
    let sql = "
        select id, channel, address, source, since from message_optouts
        where tenant_id = $1 and ($2::uuid is null or id < $2) and ($3::text is null or address_key = $3)
        order by id desc limit $4";
    let values = [
        tx.tenant().uuid().into(),
        window.after.map(Id::uuid).into(),
        address.map(|address| address::key(Channel::Email, address)).into(),
        i64::try_from(window.rows_to_ask()).unwrap_or(i64::MAX).into(),
    ];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    let rows = Row::find_by_statement(statement).all(tx.conn()).await?;
    let rows = rows.into_iter().map(OptOutFacts::try_from).collect::<Result<Vec<_>, _>>()?;
    Ok(window.cut(rows, |optout| optout.id))
}

/// The team writes down that somebody doesn't want to be written to. Once is enough.
pub async fn opt_out(tx: &mut TenantTx, new: &NewOptOut) -> Result<OptOutFacts, MessageError> {
    let mut faults = Faults::new();
    let shown = match new.channel {
        Channel::Email => faults
            .take("/address", Email::parse(&new.address))
            .map(|email| email.shown().to_owned()),
        // Browsers have no address that anybody could name; their holders say it for themselves.
        Channel::Push => {
            let detail = "Only customers themselves can say this of their browsers.";
            faults.note("/channel", ValueFault::new("not_possible", detail));
            None
        }
        Channel::Sms | Channel::Whatsapp => {
            let country = tenants::country(tx).await.map_err(|_| MessageError::NotFound)?;
            let phone = faults.take("/address", Phone::parse(&new.address, &country));
            phone.map(|phone| phone.to_string())
        }
    };
    let shown = shown.ok_or(faults)?;
    let address = Address::new(new.channel, &shown);
    let (facts, is_new) = put(tx, &address, Source::Staff).await?;
    if is_new {
        note(tx, "message.opted_out", facts.id, new.channel);
    }
    Ok(facts)
}

/// Writes it down. The first word stays.
pub(super) async fn put(
    tx: &mut TenantTx,
    address: &Address,
    source: Source,
) -> Result<(OptOutFacts, bool), StoreError> {
    let new = tx.new_id::<OptOut>();
    let insert = "
        insert into message_optouts (tenant_id, id, channel, address, address_key, source, since)
        values ($1, $2, $3, $4, $5, $6, $7)
        on conflict on constraint message_optouts_once do nothing";
    let values = [
        tx.tenant().uuid().into(),
        new.uuid().into(),
        address.channel.key().into(),
        address.shown.clone().into(),
        address.key.clone().into(),
        source.key().into(),
        tx.now().into(),
    ];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, insert, values);
    let is_new = tx.conn().execute_raw(statement).await?.rows_affected() == 1;
    let sql = "select id, channel, address, source, since from message_optouts
               where tenant_id = $1 and channel = $2 and address_key = $3";
    let key = address.key.clone();
    let values = [tx.tenant().uuid().into(), address.channel.key().into(), key.into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    let row = Row::find_by_statement(statement).one(tx.conn()).await?;
    let missing = || StoreError::Unreadable(format!("the opt-out {new}"));
    Ok((row.ok_or_else(missing)?.try_into()?, is_new))
}

/// By which of these ways they don't want to be written to.
pub(super) async fn stopped(
    tx: &TenantTx,
    addresses: &[Address],
) -> Result<Vec<Channel>, StoreError> {
    #[derive(FromQueryResult)]
    struct Stopped {
        channel: String,
    }
    let sql = "select o.channel from message_optouts o
               join unnest($2::text[], $3::text[]) as known (channel, address_key)
                 on o.channel = known.channel and o.address_key = known.address_key
               where o.tenant_id = $1";
    let (channels, keys): (Vec<String>, Vec<String>) =
        addresses.iter().map(|to| (to.channel.key().to_owned(), to.key.clone())).unzip();
    let values = [tx.tenant().uuid().into(), channels.into(), keys.into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    let stopped = Stopped::find_by_statement(statement).all(tx.conn()).await?;
    stopped.iter().map(|row| Channel::stored(&row.channel)).collect()
}

/// They want to be written to again.
pub async fn opt_in(tx: &mut TenantTx, id: Id<OptOut>) -> Result<(), MessageError> {
    #[derive(FromQueryResult)]
    struct Gone {
        channel: String,
    }
    let sql = "delete from message_optouts where tenant_id = $1 and id = $2 returning channel";
    let values = [tx.tenant().uuid().into(), id.uuid().into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    let gone = Gone::find_by_statement(statement).one(tx.conn()).await?;
    let channel = Channel::stored(&gone.ok_or(MessageError::NotFound)?.channel)?;
    note(tx, "message.opted_in", id, channel);
    Ok(())
}

/// By its id and way alone: the log can't be erased, and the address is somebody's.
pub(super) fn note(tx: &mut TenantTx, action: &'static str, id: Id<OptOut>, channel: Channel) {
    tx.record(NewEntry::new(action, "message_optout").on(id, channel.key()));
    let event = serde_json::json!({ "id": id, "channel": channel.key() });
    tx.emit(NewEvent::new(action, &event));
}
