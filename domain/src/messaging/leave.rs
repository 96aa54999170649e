//! The link by which somebody says that they don't want such messages any more. It is in what comes by
//! itself, names the message that it came with, and is sealed: nobody can make one up, and none is kept.

use data_encoding::BASE32_NOPAD;
use uuid::Uuid;

use super::address::Address;
use super::log::{self, Named};
use super::optouts::{self, Source};
use super::{Channel, MessageError};
use crate::ids::Id;
use crate::secrets::Place;
use crate::tenancy::{Caller, Db, RequestFacts, StoreError, Tools};
use crate::tenants;

/// Links are about a row, but are kept in none.
const PLACE: Place = Place { table: "messages", column: "leave", row: Uuid::nil() };

/// The end of the link in a message.
pub(super) fn token(tools: &Tools, (tenant, message): Named) -> Result<String, StoreError> {
    let named = [tenant.uuid().into_bytes(), message.uuid().into_bytes()].concat();
    Ok(BASE32_NOPAD.encode(&tools.seal(&PLACE, &named)?).to_lowercase())
}

fn opened(tools: &Tools, token: &str) -> Option<Named> {
    let sealed = BASE32_NOPAD.decode(token.to_uppercase().as_bytes()).ok()?;
    let named = tools.open(&PLACE, &sealed).ok()?;
    let (tenant, message) = named.split_at_checked(16)?;
    let id = |bytes: &[u8]| Uuid::from_slice(bytes).ok();
    Some((Id::from_uuid(id(tenant)?), Id::from_uuid(id(message)?)))
}

/// Somebody with such a link.
#[derive(Debug, Clone)]
pub struct Leaver {
    caller: Caller,
    /// The business that writes to them.
    pub business: String,
    /// In which language.
    pub locale: String,
    address: Address,
}

/// Finds out what a link leads to. A forged one leads nowhere.
pub async fn who_leaves(
    db: &Db,
    token: &str,
    request: RequestFacts,
) -> Result<Leaver, MessageError> {
    let message = opened(db.tools(), token).ok_or(MessageError::NotFound)?;
    let visitor = tenants::visitor(db, message.0, request).await?;
    let (caller, business) = visitor.ok_or(MessageError::NotFound)?;
    let tx = db.tenant(&caller).await?;
    let whose = log::whose(&tx, message.1).await?;
    tx.rollback().await?;
    let (channel, shown, locale) = whose.ok_or(MessageError::NotFound)?;
    Ok(Leaver { caller, business, locale, address: Address::new(channel, &shown) })
}

/// They don't want to be written to any more, by the way that the message came. Once is enough.
pub async fn leave(db: &Db, leaver: &Leaver) -> Result<(), MessageError> {
    let mut tx = db.tenant(&leaver.caller).await?;
    let (facts, is_new) = optouts::put(&mut tx, &leaver.address, Source::Link).await?;
    if is_new {
        optouts::note(&mut tx, "message.opted_out", facts.id, leaver.address.channel);
    }
    Ok(tx.commit().await?)
}

impl Leaver {
    /// The way that the message came.
    pub fn channel(&self) -> Channel {
        self.address.channel
    }
}
