//! Whether a party can be meant, and can be served here. Pure.

use std::collections::HashSet;

use super::WantedHere;
use super::entities::queue;
use crate::bookings::workshop::{Asker, introduced, nothing};
use crate::bookings::{BookingError, Refusal};
use crate::customers::{Contact, TypedContact};
use crate::diary::{Asked, Asks, Shop};
use crate::fault::{Faults, ValueFault};
use crate::ids::{Customer, Id, Location, Service, StaffMember};
use crate::text;

/// Most services that a party wants.
pub(super) const MOST: usize = 8;
/// Most who come together.
const LARGEST: u8 = 8;

/// A party that joins.
#[derive(Debug, Clone, Default)]
pub struct NewParty {
    /// Where; the business's first location if left out.
    pub location: Option<Id<Location>>,
    /// What they are called.
    pub name: String,
    /// Where they are called.
    pub phone: Option<String>,
    /// Their language.
    pub locale: Option<String>,
    /// How many they are.
    pub party: u8,
    /// What they want.
    pub services: Vec<Id<Service>>,
    /// By whom, if not by anybody.
    pub staff: Option<Id<StaffMember>>,
    /// What they want said.
    pub note: String,
    /// Who they are, if staff know.
    pub customer: Option<Id<Customer>>,
}

/// The same, understood.
#[derive(Debug)]
pub(super) struct Checked {
    pub(super) contact: Contact,
    pub(super) note: String,
    pub(super) party: i16,
    pub(super) services: Vec<WantedHere>,
}

/// What the line of a shop offers to whoever asks.
pub(super) fn offered(shop: &Shop, queue: Option<&queue::Model>, asker: Asker) -> Vec<Id<Service>> {
    let listed = queue.map(|queue| queue.services.as_slice()).unwrap_or_default();
    let fits = |id: &Id<Service>| {
        let Some(offer) = shop.services.get(id) else { return false };
        let open = offer.online && !offer.members_only;
        // What the shop listed for its line is offered there to anybody.
        if listed.is_empty() { asker == Asker::Staff || open } else { listed.contains(&id.uuid()) }
    };
    shop.services.keys().filter(|id| fits(id)).copied().collect()
}

/// Whether one of the staff does all of this at this location.
pub(super) fn does(shop: &Shop, staff: Id<StaffMember>, services: &[Id<Service>]) -> bool {
    let skills = shop.rules.staff.iter().find(|rules| rules.id == staff).map(|rules| &rules.skills);
    skills.is_some_and(|skills| services.iter().all(|service| skills.contains_key(service)))
}

/// What is wanted, as the menu has it.
pub(super) fn wanted(
    ids: &[Id<Service>],
    shop: &Shop,
    queue: &queue::Model,
    asker: Asker,
    faults: &mut Faults,
) -> Vec<WantedHere> {
    if !(1..=MOST).contains(&ids.len()) {
        let detail = format!("Choose one service, or up to {MOST}.");
        faults.note("/services", ValueFault::new("count", detail));
        return Vec::new();
    }
    let here = offered(shop, Some(queue), asker);
    let mut services = Vec::new();
    let mut seen = HashSet::new();
    for (place, id) in ids.iter().enumerate() {
        let field = format!("/services/{place}");
        let known = shop.services.get(id).filter(|offer| asker == Asker::Staff || offer.online);
        match known {
            None => faults.note(&field, nothing("There is no such service here.")),
            Some(offer) if !here.contains(id) => {
                let detail = format!("“{}” needs an appointment.", offer.name);
                faults.note(&field, ValueFault::new("not_offered", detail));
            }
            Some(_) if !seen.insert(*id) => {
                faults.note(&field, ValueFault::new("twice", "This is on the list already."));
            }
            Some(offer) => services.push(WantedHere {
                id: *id,
                name: offer.name.clone(),
                minutes: offer.minutes,
                price_minor: offer.price_minor,
            }),
        }
    }
    services
}

/// How many they are.
pub(super) fn party(party: u8, faults: &mut Faults) -> i16 {
    if !(1..=LARGEST).contains(&party) {
        let detail = format!("Up to {LARGEST} can come together.");
        faults.note("/party", ValueFault::new("out_of_range", detail));
    }
    i16::from(party)
}

/// Whether the one whom they want is known to whoever asks.
pub(super) fn known(
    shop: &Shop,
    staff: Option<Id<StaffMember>>,
    asker: Asker,
    faults: &mut Faults,
) {
    let known = |id: Id<StaffMember>| {
        shop.people.get(&id).is_some_and(|one| asker == Asker::Staff || one.online)
    };
    if staff.is_some_and(|id| !known(id)) {
        faults.note("/staff", nothing("There is nobody like that here."));
    }
}

/// Whether this party can be meant.
pub(super) fn check(
    new: &NewParty,
    shop: &Shop,
    queue: &queue::Model,
    asker: Asker,
) -> Result<Checked, BookingError> {
    let mut faults = Faults::new();
    let asks = Asks { email: Asked::Optional, phone: Asked::Optional, note: true };
    let typed = TypedContact {
        name: &new.name,
        email: None,
        phone: new.phone.as_deref(),
        locale: new.locale.as_deref(),
    };
    let contact = introduced(&typed, asks, &shop.country, &mut faults);
    let note = faults.take("/note", text::prose(&new.note, 0, 1_000)).unwrap_or_default();
    let party = party(new.party, &mut faults);
    let services = wanted(&new.services, shop, queue, asker, &mut faults);
    known(shop, new.staff, asker, &mut faults);
    match contact {
        Some(contact) if faults.is_empty() => Ok(Checked { contact, note, party, services }),
        _ => Err(Refusal::from(faults).into()),
    }
}

/// Whether somebody who serves now can serve this party: the one whom they want, or anybody.
pub(super) fn can_be_served(
    shop: &Shop,
    serving: &[Id<StaffMember>],
    wanted: Option<Id<StaffMember>>,
    services: &[WantedHere],
) -> Result<(), Refusal> {
    if wanted.is_some_and(|wanted| !serving.contains(&wanted)) {
        return Err(Refusal::NotServing);
    }
    let services: Vec<_> = services.iter().map(|service| service.id).collect();
    let fits = |staff: &&Id<StaffMember>| {
        wanted.is_none_or(|wanted| wanted == **staff) && does(shop, **staff, &services)
    };
    serving.iter().find(fits).map(|_| ()).ok_or(Refusal::NobodyServes)
}
