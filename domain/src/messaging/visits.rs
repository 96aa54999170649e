//! What is said about visits.

use super::address::{Address, Reach};
use super::new::{NewMessage, Subject};
use super::{Channel, Kind, optouts};
use crate::bookings::{CalendarEntry, VisitFacts};
use crate::diary::Shop;
use crate::ids::{Customer, Id};
use crate::tenancy::{StoreError, TenantTx};

fn reach(visit: &VisitFacts) -> Reach<'_> {
    let whose = visit.customer.as_ref();
    Reach {
        email: visit.email.as_deref(),
        phone: whose.and_then(|whose| whose.phone.as_deref()),
        chosen: whose.and_then(|whose| whose.channel),
        customer: whose.map(|whose| whose.id),
    }
}

/// The ways by which whoever booked a visit could be told of it, the business's best first.
pub(super) fn ways(visit: &VisitFacts, shop: &Shop) -> Vec<Address> {
    let reach = Reach { chosen: None, ..reach(visit) };
    let on = &shop.messages.channels;
    on.iter().filter_map(|way| reach.choose(&[*way])).collect()
}

/// Whether whoever booked a visit can be told of it by any way.
pub(crate) fn is_reached(visit: &VisitFacts, shop: &Shop) -> bool {
    reach(visit).choose(&shop.messages.channels).is_some()
}

/// Somebody who waits for time: there is no visit of theirs yet.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Waiting<'a> {
    pub(crate) name: &'a str,
    pub(crate) email: Option<&'a str>,
    pub(crate) phone: Option<&'a str>,
    pub(crate) chosen: Option<Channel>,
    pub(crate) locale: &'a str,
    pub(crate) customer: Option<Id<Customer>>,
}

/// That a time is free, to somebody who waits for it: by a way that they want no messages by it would be
/// kept for somebody who never hears of it.
pub(crate) async fn about_offer(
    tx: &TenantTx,
    visit: &VisitFacts,
    shop: &Shop,
    who: &Waiting<'_>,
) -> Result<Option<NewMessage>, StoreError> {
    let Waiting { email, phone, chosen, customer, .. } = *who;
    let reach = Reach { email, phone, chosen, customer };
    let mut on = shop.messages.channels.clone();
    let known: Vec<Address> = on.iter().filter_map(|way| reach.choose(&[*way])).collect();
    let stopped = optouts::stopped(tx, &known).await?;
    on.retain(|way| !stopped.contains(way) || Kind::WaitlistOffer.overrides_opt_out(*way));
    Ok(reach.choose(&on).map(|to| {
        let message = said(NewMessage::new(Kind::WaitlistOffer, to, who.locale), visit, shop);
        NewMessage { customer, ..message.with("name", who.name) }
    }))
}

/// What the words about a visit say about.
fn said(message: NewMessage, visit: &VisitFacts, shop: &Shop) -> NewMessage {
    let local = visit.starts_at.with_timezone(&shop.rules.zone);
    let VisitFacts { id, version, sequence, .. } = *visit;
    let message = message
        .with("reason", "")
        .with("business", shop.name.clone())
        .with("title", visit.title.clone())
        .with("date", local.format("%Y-%m-%d").to_string())
        .with("time", local.format("%H:%M").to_string())
        .with("place", shop.location_name.clone());
    NewMessage { about: Subject::Visit { id, version, sequence }, ..message }
}

/// A message about a visit, in the customer's language, else the shop's. None: there is no way to reach
/// them.
pub(crate) fn about(kind: Kind, visit: &VisitFacts, shop: &Shop) -> Option<NewMessage> {
    let to = reach(visit).choose(&shop.messages.channels)?;
    let whose = visit.customer.as_ref();
    let name = whose.map(|whose| whose.name.clone()).unwrap_or_default();
    // Why staff won't have it; what customers say about themselves they know.
    let by_staff = visit.cancelled_by.as_deref() == Some("staff");
    let reason = visit.cancel_reason.clone().filter(|_| by_staff).unwrap_or_default();
    let locale = visit.locale.as_deref().unwrap_or(&shop.locale);
    let calendar = matches!(kind, Kind::Confirmed | Kind::Moved | Kind::Cancelled)
        .then(|| CalendarEntry::of(visit, shop));
    let message = said(NewMessage::new(kind, to, locale), visit, shop)
        .with("reason", reason)
        .with("name", name);
    Some(NewMessage { customer: whose.map(|whose| whose.id), calendar, ..message })
}
