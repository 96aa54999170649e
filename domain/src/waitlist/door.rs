//! The way in for who holds a link: it says in which business, and gives no rights there.

use crate::bookings::{BookingError, Refusal};
use crate::ids::{Id, WaitlistEntry, WaitlistOffer};
use crate::secrets::TokenKind;
use crate::tenancy::{Caller, Db, RequestFacts};
use crate::tenants;

/// Whoever waits and holds the link that says so.
#[derive(Debug, Clone)]
pub struct Waiter {
    /// Let into the business, without rights.
    pub caller: Caller,
    /// What they wait for.
    pub entry: Id<WaitlistEntry>,
}

/// Whoever holds the link to an offer.
#[derive(Debug, Clone)]
pub struct OfferHolder {
    /// Let into the business, without rights.
    pub caller: Caller,
    /// The offer.
    pub offer: Id<WaitlistOffer>,
}

/// Finds out what a link of the waiting list leads to. A forged one leads nowhere.
pub async fn open(db: &Db, token: &str, request: RequestFacts) -> Result<Waiter, BookingError> {
    let sql = "
        select w.tenant_id, w.id, t.plan, t.require_two_factor, t.read_only
        from waitlist_entries w join tenants t on t.id = w.tenant_id where w.token_hash = $1";
    let found = tenants::by_link(db, sql, TokenKind::Waiting, token, request).await?;
    let (caller, id, _) = found.ok_or(Refusal::NotFound)?;
    Ok(Waiter { caller, entry: Id::from_uuid(id) })
}

/// Finds out what the link of an offer leads to.
pub async fn open_offer(
    db: &Db,
    token: &str,
    request: RequestFacts,
) -> Result<OfferHolder, BookingError> {
    let sql = "
        select o.tenant_id, o.id, t.plan, t.require_two_factor, t.read_only
        from waitlist_offers o join tenants t on t.id = o.tenant_id where o.token_hash = $1";
    let found = tenants::by_link(db, sql, TokenKind::Offer, token, request).await?;
    let (caller, id, _) = found.ok_or(Refusal::NotFound)?;
    Ok(OfferHolder { caller, offer: Id::from_uuid(id) })
}
