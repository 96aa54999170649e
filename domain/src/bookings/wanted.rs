//! What somebody wants, and what that means here: which hands, which room, for how long, under which
//! rules.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::error::{BookingError, Refusal, nothing};
use crate::availability::{Choice, RoomNeed, Seat, Step, Visit};
use crate::diary::{Asking, Offer, Policy, Shop};
use crate::fault::{Faults, ValueFault};
use crate::ids::{Addon, Appointment, Id, Package, Room, Service, StaffMember};

/// What somebody wants, as they say it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wanted {
    /// One after the other. Empty if it is a package.
    pub services: Vec<WantedService>,
    /// Instead of single services.
    pub package: Option<Id<Package>>,
    /// How many come: 1 or 2.
    pub party: u8,
    /// Who shall do it, where nothing else is said: for the first of the party, for the second.
    pub staff: Vec<Id<StaffMember>>,
    /// Where, if staff choose.
    pub room: Option<Id<Room>>,
}

impl Wanted {
    /// Whether customers can ask for all of it as the menu is now.
    pub fn is_offered(&self, shop: &Shop) -> bool {
        plan(shop, self, Asker::Customer, None).is_ok()
    }
}

/// One service of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WantedService {
    /// Which.
    pub service: Id<Service>,
    /// With what.
    pub addons: Vec<Id<Addon>>,
    /// By whom, if not as the whole: for the first of the party.
    pub staff: Option<Id<StaffMember>>,
    /// For the second of the party.
    #[serde(default)]
    pub second: Option<Id<StaffMember>>,
}

/// Who asks: it decides what can be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asker {
    /// A customer, who sees what is online, under the shop's rules.
    Customer,
    /// Staff, who see everything, and whom notice and horizon don't bind.
    Staff,
}

/// What it means at one location.
#[derive(Debug, Clone)]
pub(crate) struct Planned {
    /// For the engine.
    pub(crate) visit: Visit,
    /// What each seat is called and costs, in the order of steps and seats.
    pub(crate) lines: Vec<PlannedLine>,
    /// What it is, in one line.
    pub(crate) title: String,
    /// The rules of all of it.
    pub(crate) policy: Policy,
    /// What is sold for one price.
    pub(crate) package: Option<(Id<Package>, i64)>,
    /// What the customer fills in or agrees to.
    pub(crate) forms: Vec<Asking>,
    /// How many come.
    pub(crate) party: u8,
}

/// One seat's words and price.
#[derive(Debug, Clone)]
pub(crate) struct PlannedLine {
    pub(crate) step: usize,
    pub(crate) seat: usize,
    pub(crate) service: Id<Service>,
    pub(crate) name: String,
    pub(crate) customer: u8,
    pub(crate) chosen: bool,
    /// Whether this line carries the price of the service.
    pub(super) priced: bool,
    pub(super) price_minor: i64,
    /// Whether it carries the add-ons: once for each customer.
    pub(crate) addons: Vec<SoldExtra>,
}

/// An add-on as it was sold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SoldExtra {
    /// Which.
    pub id: Id<Addon>,
    /// What it was called.
    pub name: String,
    /// How much longer it took.
    pub minutes: u16,
    /// What it cost.
    pub price_minor: i64,
}

/// Prices of the lines and of the whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Priced {
    pub(crate) lines: Vec<i64>,
    pub(crate) total: i64,
    pub(crate) deposit: i64,
    /// How much less it is for a member.
    pub(crate) discount: i64,
}

/// Most services in one basket.
const MOST: usize = 8;

/// What is wanted means this here.
pub(crate) fn plan(
    shop: &Shop,
    wanted: &Wanted,
    asker: Asker,
    instead_of: Option<Id<Appointment>>,
) -> Result<Planned, BookingError> {
    let mut faults = Faults::new();
    if !(1..=2).contains(&wanted.party) {
        faults.note("/wanted/party", ValueFault::new("invalid", "One or two can come."));
    }
    for (place, staff) in wanted.staff.iter().enumerate() {
        check_staff(shop, asker, *staff, &format!("/wanted/staff/{place}"), &mut faults);
    }
    if wanted.room.is_some_and(|room| !shop.rooms.contains_key(&room)) {
        faults.note("/room", nothing("There is no such room here."));
    }
    let items = items(shop, wanted, asker, &mut faults);
    let Some(items) = items.filter(|_| faults.is_empty()) else {
        return Err(Refusal::from(faults).into());
    };
    let party = wanted.party;
    for (place, item) in items.iter().enumerate() {
        let fits = (item.offer.min_customers..=item.offer.max_customers).contains(&party);
        if !fits {
            let detail = format!("“{}” is not for {party}.", item.offer.name);
            let field = if wanted.package.is_some() {
                "/wanted/party".to_owned()
            } else {
                format!("/wanted/services/{place}/service")
            };
            faults.note(&field, ValueFault::new("party", detail));
        }
    }
    if !faults.is_empty() {
        return Err(Refusal::from(faults).into());
    }
    Ok(put_together(shop, wanted, asker, instead_of, &items))
}

/// A service of what is wanted, found.
struct Item<'a> {
    id: Id<Service>,
    offer: &'a Offer,
    addons: Vec<SoldExtra>,
    /// Who was asked for, for the first of the party and the second.
    staff: [Option<Id<StaffMember>>; 2],
}

fn check_staff(
    shop: &Shop,
    asker: Asker,
    staff: Id<StaffMember>,
    field: &str,
    faults: &mut Faults,
) {
    let known = shop.people.get(&staff).is_some_and(|one| asker == Asker::Staff || one.online);
    if !known {
        faults.note(field, nothing("There is nobody like that here."));
    }
}

fn items<'a>(
    shop: &'a Shop,
    wanted: &Wanted,
    asker: Asker,
    faults: &mut Faults,
) -> Option<Vec<Item<'a>>> {
    if let Some(package) = wanted.package {
        if !wanted.services.is_empty() {
            let detail = "Choose a package or single services.";
            faults.note("/wanted/package", ValueFault::new("either_or", detail));
            return None;
        }
        let bundle = shop.packages.get(&package);
        let bundle = bundle.filter(|bundle| asker == Asker::Staff || bundle.online);
        let found = bundle.and_then(|bundle| {
            let item = |id: &Id<Service>| {
                let offer = shop.services.get(id)?;
                Some(Item { id: *id, offer, addons: Vec::new(), staff: [None; 2] })
            };
            bundle.items.iter().map(item).collect::<Option<Vec<_>>>()
        });
        let found = found.filter(|items| !items.is_empty());
        if found.is_none() {
            let detail = "There is no such package here.";
            faults.note("/wanted/package", nothing(detail));
        }
        return found;
    }
    if !(1..=MOST).contains(&wanted.services.len()) {
        let detail = format!("Choose one service, or up to {MOST}.");
        faults.note("/wanted/services", ValueFault::new("count", detail));
        return None;
    }
    let mut items = Vec::new();
    for (place, service) in wanted.services.iter().enumerate() {
        let offer = shop.services.get(&service.service);
        let Some(offer) = offer.filter(|offer| asker == Asker::Staff || offer.online) else {
            let detail = "There is no such service here.";
            let field = format!("/wanted/services/{place}/service");
            faults.note(&field, nothing(detail));
            continue;
        };
        let mut addons = Vec::new();
        for (at, addon) in service.addons.iter().enumerate() {
            let extra = shop.addons.get(addon).filter(|_| offer.addons.contains(addon));
            let twice = addons.iter().any(|sold: &SoldExtra| sold.id == *addon);
            match extra.filter(|_| !twice) {
                Some(extra) => addons.push(SoldExtra {
                    id: *addon,
                    name: extra.name.clone(),
                    minutes: extra.minutes,
                    price_minor: extra.price_minor,
                }),
                None => faults.note(
                    &format!("/wanted/services/{place}/addons/{at}"),
                    ValueFault::new("unknown", "This doesn't go with the service."),
                ),
            }
        }
        for (staff, field) in [(service.staff, "staff"), (service.second, "second_staff")] {
            if let Some(staff) = staff {
                let field = format!("/wanted/services/{place}/{field}");
                check_staff(shop, asker, staff, &field, faults);
            }
        }
        let staff = [service.staff, service.second];
        items.push(Item { id: service.service, offer, addons, staff });
    }
    faults.is_empty().then_some(items)
}

fn put_together(
    shop: &Shop,
    wanted: &Wanted,
    asker: Asker,
    instead_of: Option<Id<Appointment>>,
    items: &[Item<'_>],
) -> Planned {
    let bundle = wanted.package.and_then(|id| Some((id, shop.packages.get(&id)?)));
    let together = bundle.is_some_and(|(_, bundle)| bundle.parallel);
    let mut steps: Vec<Step> = Vec::new();
    let mut lines = Vec::new();
    for item in items {
        if steps.is_empty() || !together {
            let nothing = Step { seats: Vec::new(), room: None, buffer_before: 0, buffer_after: 0 };
            steps.push(nothing);
        }
        let place = steps.len() - 1;
        let step = &mut steps[place];
        step.buffer_before = step.buffer_before.max(item.offer.buffer_before);
        step.buffer_after = step.buffer_after.max(item.offer.buffer_after);
        add_room(step, item.offer, wanted);
        add_seats(step, place, item, wanted.party, &mut lines);
    }
    name_hands(shop, &mut steps, &mut lines, &wanted.staff);
    let policy = items.iter().map(|item| item.offer.policy).reduce(Policy::and);
    let policy = policy.unwrap_or(shop.policy);
    let mut forms: Vec<Asking> = Vec::new();
    for form in items.iter().flat_map(|item| &item.offer.forms) {
        if !forms.contains(form) {
            forms.push(form.clone());
        }
    }
    let names: Vec<_> = items.iter().map(|item| item.offer.name.as_str()).collect();
    Planned {
        visit: Visit { steps, online: asker == Asker::Customer, rules: policy.slots(), instead_of },
        lines,
        title: bundle.map_or_else(|| names.join(" + "), |(_, bundle)| bundle.name.clone()),
        policy,
        package: bundle.map(|(id, bundle)| {
            // It is for each, unless all that is in it is for both.
            let each = items.iter().any(|item| item.offer.price_for_each);
            let times = if each { i64::from(wanted.party) } else { 1 };
            (id, bundle.price_minor * times)
        }),
        forms,
        party: wanted.party,
    }
}

/// All of a step happens in one room.
fn add_room(step: &mut Step, offer: &Offer, wanted: &Wanted) {
    if !offer.needs_room && wanted.room.is_none() {
        return;
    }
    let room = step.room.get_or_insert_with(|| RoomNeed {
        places: wanted.party,
        features: Vec::new(),
        given: wanted.room,
    });
    let for_two: &[Arc<str>] = if wanted.party == 2 { &offer.features_for_two } else { &[] };
    for feature in offer.features.iter().chain(for_two) {
        if !room.features.contains(feature) {
            room.features.push(Arc::clone(feature));
        }
    }
}

fn add_seats(
    step: &mut Step,
    place: usize,
    item: &Item<'_>,
    party: u8,
    lines: &mut Vec<PlannedLine>,
) {
    let extra_minutes = item.addons.iter().map(|addon| addon.minutes).sum();
    for customer in 1..=party {
        for hand in 0..item.offer.staff_per_customer.max(1) {
            let named = item.staff.get(usize::from(customer) - 1).copied().flatten();
            let staff = match named.filter(|_| hand == 0) {
                _ if item.offer.staff_per_customer == 0 => Choice::Nobody,
                Some(staff) => Choice::Given(staff),
                None => Choice::Any,
            };
            lines.push(PlannedLine {
                step: place,
                seat: step.seats.len(),
                service: item.id,
                name: item.offer.name.clone(),
                customer,
                chosen: matches!(staff, Choice::Given(_)),
                priced: hand == 0 && (item.offer.price_for_each || customer == 1),
                price_minor: item.offer.price_minor,
                addons: if hand == 0 { item.addons.clone() } else { Vec::new() },
            });
            step.seats.push(Seat {
                service: item.id,
                customer,
                minutes: item.offer.minutes,
                extra_minutes,
                staff,
            });
        }
    }
}

/// Who is asked for the whole serves the first of the party, or each their own, wherever nobody else is
/// asked for: of what happens at the same time they do the first that they can.
pub(super) fn name_hands(
    shop: &Shop,
    steps: &mut [Step],
    lines: &mut [PlannedLine],
    whom: &[Id<StaffMember>],
) {
    for (place, step) in steps.iter_mut().enumerate() {
        for (customer, named) in (1_u8..).zip(whom) {
            let theirs = |seat: &&Seat| seat.customer == customer;
            if step.seats.iter().filter(theirs).any(|seat| matches!(seat.staff, Choice::Given(_))) {
                continue;
            }
            let skills = shop.rules.staff.iter().find(|staff| staff.id == *named);
            let can =
                |seat: &Seat| skills.is_some_and(|staff| staff.skills.contains_key(&seat.service));
            let open = || {
                let seats = step.seats.iter().enumerate();
                seats.filter(|(_, seat)| theirs(seat) && seat.staff == Choice::Any)
            };
            // Who can do none of it is refused by the engine, by name.
            let seat = open().find(|(_, seat)| can(seat)).or_else(|| open().next());
            let Some(seat) = seat.map(|(seat, _)| seat) else { continue };
            step.seats[seat].staff = Choice::Given(*named);
            for line in lines.iter_mut().filter(|line| (line.step, line.seat) == (place, seat)) {
                line.chosen = true;
            }
        }
    }
}
