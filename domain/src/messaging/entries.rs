//! What is said to whoever stands in a line.

use super::address::Reach;
use super::new::{NewMessage, Subject};
use super::{Channel, Kind};
use crate::diary::Shop;
use crate::ids::{Customer, Id, QueueEntry};

/// Somebody in a line.
#[derive(Debug, Clone, Copy)]
pub(crate) struct InLine<'a> {
    pub(crate) entry: Id<QueueEntry>,
    pub(crate) customer: Option<Id<Customer>>,
    pub(crate) name: &'a str,
    pub(crate) code: &'a str,
    pub(crate) email: Option<&'a str>,
    pub(crate) phone: Option<&'a str>,
    pub(crate) chosen: Option<Channel>,
    pub(crate) locale: &'a str,
    /// Who called them.
    pub(crate) staff: Option<&'a str>,
}

/// That they are next, or called. None: there is no way to reach them.
pub(crate) fn about_entry(kind: Kind, who: &InLine<'_>, shop: &Shop) -> Option<NewMessage> {
    let InLine { email, phone, chosen, customer, .. } = *who;
    let reach = Reach { email, phone, chosen, customer };
    let to = reach.choose(&shop.messages.channels)?;
    let message = NewMessage::new(kind, to, who.locale)
        .with("name", who.name)
        .with("business", shop.name.clone())
        .with("place", shop.location_name.clone())
        .with("code", who.code)
        .with("staff", who.staff.unwrap_or_default());
    Some(NewMessage { customer: who.customer, about: Subject::Entry(who.entry), ..message })
}
