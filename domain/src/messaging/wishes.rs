//! How whoever holds a visit's link wants to hear of it.

use sea_orm::{DbBackend, FromQueryResult, Statement};

use super::address::Address;
use super::optouts::{self, Source};
use super::visits::ways;
use super::{Channel, MessageError, push};
use crate::bookings::OwnVisit;
use crate::customers;
use crate::fault::{Faults, ValueFault};
use crate::tenancy::{StoreError, TenantTx};

/// How somebody wants to hear.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wishes {
    /// The ways by which they could.
    pub channels: Vec<Channel>,
    /// The one that they chose, if they ever did.
    pub chosen: Option<Channel>,
    /// Whether they want what comes by itself: reminders, and what is asked after a visit.
    pub wanted: bool,
}

/// What they wish from now on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewWishes {
    /// The way; none: the business's first.
    pub chosen: Option<Channel>,
    /// Whether they want what comes by itself.
    pub wanted: bool,
}

/// The ways by which the holder of a visit's link could hear: also by browsers, where some asked for it.
async fn possible(tx: &TenantTx, own: &OwnVisit) -> Result<Vec<Address>, StoreError> {
    let mut ways = ways(&own.visit, &own.shop);
    if let Some(whose) = own.visit.customer.as_ref()
        && sends_notes(own)
        && push::is_subscribed(tx, whose.id).await?
    {
        ways.push(Address::new(Channel::Push, &whose.id.to_string()));
    }
    Ok(ways)
}

/// Whether the business of a visit tells browsers at all.
pub fn sends_notes(own: &OwnVisit) -> bool {
    own.shop.messages.channels.contains(&Channel::Push)
}

/// How the holder of a visit's link wants to hear.
pub async fn wishes(tx: &TenantTx, own: &OwnVisit) -> Result<Wishes, MessageError> {
    let ways = possible(tx, own).await?;
    Ok(Wishes {
        wanted: !is_left(tx, &ways).await?,
        channels: ways.iter().map(|way| way.channel).collect(),
        chosen: own.visit.customer.as_ref().and_then(|whose| whose.channel),
    })
}

#[derive(FromQueryResult)]
struct Left {
    left: bool,
}

async fn is_left(tx: &TenantTx, ways: &[Address]) -> Result<bool, StoreError> {
    let sql = "
        select exists (
            select from unnest($2::text[], $3::text[]) as way (channel, address_key)
            join message_optouts o on o.tenant_id = $1 and o.channel = way.channel
                and o.address_key = way.address_key) as left";
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values(tx, ways));
    let found = Left::find_by_statement(statement).one(tx.conn()).await?;
    Ok(found.is_some_and(|found| found.left))
}

fn values(tx: &TenantTx, ways: &[Address]) -> [sea_orm::Value; 3] {
    let channels: Vec<String> = ways.iter().map(|way| way.channel.key().to_owned()).collect();
    let keys: Vec<String> = ways.iter().map(|way| way.key.clone()).collect();
    [tx.tenant().uuid().into(), channels.into(), keys.into()]
}

/// They wish this from now on.
pub async fn wish(
    tx: &mut TenantTx,
    own: &OwnVisit,
    new: NewWishes,
) -> Result<Wishes, MessageError> {
    let ways = possible(tx, own).await?;
    if new.chosen.is_some_and(|chosen| !ways.iter().any(|way| way.channel == chosen)) {
        let mut faults = Faults::new();
        let detail = "Nothing can be sent to you by this way.";
        faults.note("/channel", ValueFault::new("not_possible", detail));
        return Err(faults.into());
    }
    if let Some(whose) = own.visit.customer.as_ref()
        && whose.channel != new.chosen
    {
        customers::choose_channel(tx, whose.id, new.chosen).await?;
    }
    if new.wanted {
        come_back(tx, &ways).await?;
    } else {
        for way in &ways {
            let (facts, is_new) = optouts::put(tx, way, Source::Link).await?;
            if is_new {
                optouts::note(tx, "message.opted_out", facts.id, way.channel);
            }
        }
    }
    let channels = ways.iter().map(|way| way.channel).collect();
    Ok(Wishes { channels, chosen: new.chosen, wanted: new.wanted })
}

pub(super) async fn come_back(tx: &mut TenantTx, ways: &[Address]) -> Result<(), StoreError> {
    #[derive(FromQueryResult)]
    struct Gone {
        id: uuid::Uuid,
        channel: Channel,
    }
    let sql = "
        delete from message_optouts o
        using unnest($2::text[], $3::text[]) as way (channel, address_key)
        where o.tenant_id = $1 and o.channel = way.channel and o.address_key = way.address_key
        returning o.id, o.channel";
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values(tx, ways));
    for gone in Gone::find_by_statement(statement).all(tx.conn()).await? {
        optouts::note(tx, "message.opted_in", crate::ids::Id::from_uuid(gone.id), gone.channel);
    }
    Ok(())
}
