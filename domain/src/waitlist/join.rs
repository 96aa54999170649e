use chrono::NaiveDate;
use sea_orm::{ActiveModelTrait, ActiveValue::Set};

use super::check::{NewWaiting, check};
use super::entities::entry;
use super::read::Place;
use super::{EntryFacts, State, Told};
use crate::audit::NewEntry;
use crate::bookings::workshop::{Asker, plan, takes_new, whose};
use crate::bookings::{BookingError, Refusal, Whom};
use crate::diary;
use crate::ids::WaitlistEntry;
use crate::secrets::{OpaqueToken, TokenKind};
use crate::tenancy::{Outcome, TenantTx};

/// Somebody who waits now.
#[derive(Debug)]
pub struct Joined {
    /// What they wait for, and where.
    pub place: Place,
    /// Their way back to it.
    pub token: OpaqueToken,
}

/// Somebody puts themselves on the list.
pub async fn join(tx: &mut TenantTx, new: &NewWaiting) -> Result<Joined, BookingError> {
    takes_new(tx)?;
    enter(tx, new, Asker::Customer).await
}

/// Staff put somebody on the list.
pub async fn add(tx: &mut TenantTx, new: &NewWaiting) -> Result<Joined, BookingError> {
    enter(tx, new, Asker::Staff).await
}

async fn enter(tx: &mut TenantTx, new: &NewWaiting, asker: Asker) -> Result<Joined, BookingError> {
    let versions = diary::versions(tx, new.location).await?.ok_or(Refusal::NotFound)?;
    let shop = diary::shop(tx, versions).await?.ok_or(Refusal::NotFound)?;
    let today: NaiveDate = tx.now().with_timezone(&shop.rules.zone).date_naive();
    let planned = plan(&shop, &new.wanted, asker, None)?;
    let checked = check(new, &shop, asker, today)?;
    let customer = match new.customer {
        Some(id) => whose(tx, &shop, &Whom::Known(id)).await?.customer,
        None => None,
    };
    let id = tx.new_id::<WaitlistEntry>();
    let token = OpaqueToken::generate(TokenKind::Waiting, tx.entropy());
    let contact = checked.contact;
    let row = entry::ActiveModel {
        tenant_id: Set(tx.tenant().uuid()),
        id: Set(id.uuid()),
        location_id: Set(shop.location.uuid()),
        wanted: Set(serde_json::to_value(&new.wanted).unwrap_or_default()),
        title: Set(planned.title.clone()),
        first_day: Set(new.first_day),
        last_day: Set(new.last_day),
        earliest: Set(checked.earliest),
        latest: Set(checked.latest),
        name: Set(contact.name),
        email: Set(contact.email.map(|email| email.shown().to_owned())),
        phone: Set(contact.phone.map(|phone| phone.to_string())),
        locale: Set(contact.locale.unwrap_or_else(|| shop.locale.clone())),
        note: Set(checked.note),
        customer_id: Set(customer.map(|whose| whose.id.uuid())),
        state: Set(State::Waiting.key().to_owned()),
        token_hash: Set(token.hash().to_vec()),
        rules_seen: Set(versions.rules),
        version: Set(1),
        created_at: Set(tx.now()),
        updated_at: Set(tx.now()),
    };
    let already = BookingError::from(Refusal::WaitingAlready);
    let row = row.insert(tx.conn()).await.on_constraint("waitlist_once", already)?;
    // The log can't be erased: it knows who waits by the id alone.
    tx.record(NewEntry::new("waitlist.joined", "waitlist_entry").on(id, planned.title));
    tx.emit(Told::new(id, 1, State::Waiting).event("waitlist.joined"));
    let entry = EntryFacts::new(row, None)?;
    Ok(Joined { place: Place { entry, shop }, token })
}
