//! Visits as the API shows and takes them.

use chrono::{DateTime, Utc};
use openchair_domain::availability::{Slot, Why};
use openchair_domain::bookings::{
    Event, Explained, Found, LineFacts, SoldExtra, VisitFacts, Wanted, WantedService, Whose,
    sees_contacts,
};
use openchair_domain::diary::Shop;
use openchair_domain::ids::{
    Addon, Appointment, Customer, Id, Kind, Location, Package, Room, Series, Service, StaffMember,
};
use openchair_domain::tenancy::Caller;
use poem_openapi::Object;

use super::risk::RiskView;
use crate::ids::Ref;

/// One service of a visit, as it is asked for.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(crate) struct WantedServiceInput {
    service: Ref<Service>,
    /// What goes with it
    #[oai(default, validator(max_items = 10))]
    addons: Vec<Ref<Addon>>,
    /// Who shall do it for the first of the party; left out: as the whole says, else whoever can
    staff: Option<Ref<StaffMember>>,
    /// Who shall do it for the second of the party
    second_staff: Option<Ref<StaffMember>>,
}

/// What is asked for: services one after the other, or a package.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(crate) struct WantedInput {
    /// One after the other, up to eight
    #[oai(default, validator(max_items = 8))]
    services: Vec<WantedServiceInput>,
    /// Instead of single services
    package: Option<Ref<Package>>,
    /// How many come
    #[oai(default = "one", validator(minimum(value = "1"), maximum(value = "2")))]
    party: u8,
    /// Who shall serve the first of the party, and who the second, where the service doesn't say
    #[oai(default, validator(max_items = 2))]
    staff: Vec<Ref<StaffMember>>,
}

const fn one() -> u8 {
    1
}

fn bare<K: Kind>(refs: &[Ref<K>]) -> Vec<Id<K>> {
    refs.iter().map(|id| id.0).collect()
}

impl WantedInput {
    pub(crate) fn to_domain(&self, room: Option<Ref<Room>>) -> Wanted {
        let service = |wanted: &WantedServiceInput| WantedService {
            service: wanted.service.0,
            addons: bare(&wanted.addons),
            staff: wanted.staff.map(|staff| staff.0),
            second: wanted.second_staff.map(|staff| staff.0),
        };
        Wanted {
            services: self.services.iter().map(service).collect(),
            package: self.package.map(|package| package.0),
            party: self.party,
            staff: bare(&self.staff),
            room: room.map(|room| room.0),
        }
    }
}

impl From<Wanted> for WantedInput {
    fn from(wanted: Wanted) -> Self {
        let service = |wanted: WantedService| WantedServiceInput {
            service: wanted.service.into(),
            addons: wanted.addons.into_iter().map(Ref).collect(),
            staff: wanted.staff.map(Ref),
            second_staff: wanted.second.map(Ref),
        };
        Self {
            services: wanted.services.into_iter().map(service).collect(),
            package: wanted.package.map(Ref),
            party: wanted.party,
            staff: wanted.staff.into_iter().map(Ref).collect(),
        }
    }
}

/// What is asked for, out of a query: `services=svc_1@stf_1,svc_2:add_1:add_2@stf_1@stf_2`. Behind a
/// service stand its add-ons, then who shall do it for the first of the party, and for the second.
#[derive(Debug, Clone, Default)]
pub(crate) struct WantedQuery {
    pub(crate) services: Option<String>,
    pub(crate) package: Option<Ref<Package>>,
    pub(crate) staff: Option<String>,
    pub(crate) party: u8,
    pub(crate) room: Option<Ref<Room>>,
}

impl WantedQuery {
    /// Services as [`WantedQuery::to_domain`] reads them.
    pub(crate) fn services(wanted: &Wanted) -> Option<String> {
        let one = |wanted: &WantedService| {
            let mut text = wanted.service.to_string();
            for addon in &wanted.addons {
                text = format!("{text}:{addon}");
            }
            match (wanted.staff, wanted.second) {
                (None, None) => text,
                (Some(first), None) => format!("{text}@{first}"),
                (None, Some(second)) => format!("{text}@@{second}"),
                (Some(first), Some(second)) => format!("{text}@{first}@{second}"),
            }
        };
        let all: Vec<_> = wanted.services.iter().map(one).collect();
        (!all.is_empty()).then(|| all.join(","))
    }

    /// Who is asked for the whole, as [`WantedQuery::to_domain`] reads them.
    pub(crate) fn staff(wanted: &Wanted) -> Option<String> {
        let all: Vec<_> = wanted.staff.iter().map(ToString::to_string).collect();
        (!all.is_empty()).then(|| all.join(","))
    }

    pub(crate) fn to_domain(&self) -> Wanted {
        let service = |text: &str| {
            let mut hands = text.split('@').map(str::trim);
            let mut parts = hands.next().unwrap_or_default().split(':').map(str::trim);
            // Nothing between two: whoever can.
            let mut hand =
                || hands.next().filter(|text| !text.is_empty()).map(Id::parse_or_nothing);
            WantedService {
                service: Id::parse_or_nothing(parts.next().unwrap_or_default()),
                addons: parts.map(Id::parse_or_nothing).collect(),
                staff: hand(),
                second: hand(),
            }
        };
        let listed = |text: &Option<String>| -> Vec<String> {
            let text = text.as_deref().unwrap_or_default();
            text.split(',').map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned).collect()
        };
        Wanted {
            services: listed(&self.services).iter().map(|text| service(text)).collect(),
            package: self.package.map(|package| package.0),
            party: self.party,
            staff: listed(&self.staff).iter().map(|text| Id::parse_or_nothing(text)).collect(),
            room: self.room.map(|room| room.0),
        }
    }
}

/// A time that can be had.
#[derive(Debug, Clone, Object)]
pub(crate) struct SlotView {
    start: DateTime<Utc>,
    end: DateTime<Utc>,
    /// The start on the clock of the place, `2026-03-08T09:30`
    local: String,
}

impl SlotView {
    pub(crate) fn of(shop: &Shop, slot: Slot) -> Self {
        let local = slot.start.with_timezone(&shop.rules.zone);
        Self { start: slot.start, end: slot.end, local: local.format("%Y-%m-%dT%H:%M").to_string() }
    }
}

/// One of the staff who was asked for.
#[derive(Debug, Clone, Object)]
pub(crate) struct AskedForView {
    id: Ref<StaffMember>,
    name: String,
}

/// What it would cost, and who was asked for.
#[derive(Debug, Clone, Object)]
pub(crate) struct QuoteView {
    currency: String,
    /// It is no less than this, before what members pay less: some of the staff cost other prices
    price_from_minor: i64,
    /// And no more than this: the same where it doesn't matter who does it
    price_to_minor: i64,
    /// Whether only members can have it, which is looked at when it is booked
    members_only: bool,
    /// Who was asked for by name; who else would do it is chosen when the time is kept
    staff: Vec<AskedForView>,
}

impl QuoteView {
    fn of(found: &Found) -> Self {
        let name = |id: &Id<StaffMember>| {
            let person = found.shop.people.get(id)?;
            Some(AskedForView { id: (*id).into(), name: person.name.clone() })
        };
        Self {
            currency: found.shop.currency.clone(),
            price_from_minor: found.price.from_minor,
            price_to_minor: found.price.to_minor,
            members_only: found.members_only,
            staff: found.named.iter().filter_map(name).collect(),
        }
    }
}

/// Times that can be had.
#[derive(Debug, Clone, Object)]
pub(crate) struct SlotsView {
    location: Ref<Location>,
    time_zone: String,
    /// Of every one of the times; left out where the price was agreed before
    #[oai(skip_serializing_if_is_none)]
    quote: Option<QuoteView>,
    /// In the order of time
    slots: Vec<SlotView>,
}

impl SlotsView {
    /// For what was sold before.
    pub(crate) fn of(shop: &Shop, slots: Vec<Slot>) -> Self {
        Self {
            location: shop.location.into(),
            time_zone: shop.rules.zone.name().to_owned(),
            quote: None,
            slots: slots.into_iter().map(|slot| SlotView::of(shop, slot)).collect(),
        }
    }
}

impl From<Found> for SlotsView {
    fn from(found: Found) -> Self {
        Self { quote: Some(QuoteView::of(&found)), ..Self::of(&found.shop, found.slots) }
    }
}

/// The first time that can be had.
#[derive(Debug, Clone, Object)]
pub(crate) struct FirstView {
    location: Ref<Location>,
    time_zone: String,
    quote: QuoteView,
    /// None within the days that can be booked
    slot: Option<SlotView>,
}

impl From<Found> for FirstView {
    fn from(found: Found) -> Self {
        let quote = QuoteView::of(&found);
        let shop = found.shop;
        Self {
            location: shop.location.into(),
            time_zone: shop.rules.zone.name().to_owned(),
            quote,
            slot: found.slots.into_iter().next().map(|slot| SlotView::of(&shop, slot)),
        }
    }
}

/// A reason why a time can't be had.
#[derive(Debug, Clone, Object)]
pub(crate) struct WhyView {
    /// `closed`, `staff_busy`, `room_busy`, `notice`, `horizon`, `cap`, …
    code: String,
    /// Whom it is about, for staff
    #[oai(skip_serializing_if_is_none)]
    staff: Option<Ref<StaffMember>>,
    /// What they are called
    #[oai(skip_serializing_if_is_none)]
    staff_name: Option<String>,
    /// Which room
    #[oai(skip_serializing_if_is_none)]
    room: Option<Ref<Room>>,
    /// What it is called
    #[oai(skip_serializing_if_is_none)]
    room_name: Option<String>,
    /// The visit that stands in the way
    #[oai(skip_serializing_if_is_none)]
    appointment: Option<Ref<Appointment>>,
}

/// Whether a time can be had, and why not.
#[derive(Debug, Clone, Object)]
pub(crate) struct ExplainedView {
    /// Whether the time can be had
    possible: bool,
    reasons: Vec<WhyView>,
    /// Whether only members can have it, at any time
    members_only: bool,
}

impl WhyView {
    fn bare(why: &Why) -> Self {
        Self {
            code: why.code().to_owned(),
            staff: None,
            staff_name: None,
            room: None,
            room_name: None,
            appointment: None,
        }
    }

    fn full(shop: &Shop, why: &Why) -> Vec<Self> {
        let bare = Self::bare(why);
        let name = |id| shop.people.get(&id).map(|person| person.name.clone());
        match *why {
            Why::CannotDo(staff, _) | Why::StaffOff(staff) | Why::Cap(staff) => {
                vec![Self { staff: Some(staff.into()), staff_name: name(staff), ..bare }]
            }
            Why::StaffBusy(staff, visit) => vec![Self {
                staff: Some(staff.into()),
                staff_name: name(staff),
                appointment: Some(visit.into()),
                ..bare
            }],
            Why::RoomBusy(ref rooms) => {
                let one = |(room, visit): &(Id<Room>, Id<Appointment>)| Self {
                    room: Some((*room).into()),
                    room_name: shop.rooms.get(room).cloned(),
                    appointment: Some((*visit).into()),
                    ..bare.clone()
                };
                rooms.iter().map(one).collect()
            }
            _ => vec![bare],
        }
    }
}

impl ExplainedView {
    /// For staff, with names.
    pub(crate) fn full(explained: &Explained) -> Self {
        let reasons = explained.why.iter().flat_map(|why| WhyView::full(&explained.shop, why));
        let reasons = reasons.collect();
        let members_only = explained.members_only;
        Self { possible: explained.why.is_empty(), reasons, members_only }
    }

    /// For anybody: no names, each reason once.
    pub(crate) fn bare(explained: &Explained) -> Self {
        let mut reasons: Vec<WhyView> = Vec::new();
        for why in &explained.why {
            if !reasons.iter().any(|reason| reason.code == why.code()) {
                reasons.push(WhyView::bare(why));
            }
        }
        Self { possible: explained.why.is_empty(), reasons, members_only: explained.members_only }
    }
}

/// Whose visit it is.
#[derive(Debug, Clone, Object)]
pub(super) struct WhoseView {
    id: Ref<Customer>,
    name: String,
    /// For who may see customers
    email: Option<String>,
    /// For who may see customers
    phone: Option<String>,
}

/// An add-on as it was sold.
#[derive(Debug, Clone, Object)]
pub(crate) struct SoldExtraView {
    id: Ref<Addon>,
    name: String,
    minutes: u16,
    price_minor: i64,
}

impl From<SoldExtra> for SoldExtraView {
    fn from(extra: SoldExtra) -> Self {
        let SoldExtra { id, name, minutes, price_minor } = extra;
        Self { id: id.into(), name, minutes, price_minor }
    }
}

/// One pair of hands for one customer.
#[derive(Debug, Clone, Object)]
pub(super) struct LineView {
    position: i16,
    /// Lines of one step happen at the same time
    step: i16,
    service: Ref<Service>,
    /// What it was called when it was booked
    service_name: String,
    /// 1 or 2: which of the party
    customer: i16,
    staff: Option<Ref<StaffMember>>,
    staff_name: Option<String>,
    /// Whether they were asked for by name
    staff_chosen: bool,
    room: Option<Ref<Room>>,
    room_name: Option<String>,
    /// Whether it was chosen; else it is any that will do
    room_chosen: bool,
    starts_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
    price_minor: i64,
    addons: Vec<SoldExtraView>,
}

impl From<LineFacts> for LineView {
    fn from(line: LineFacts) -> Self {
        Self {
            position: line.position,
            step: line.step,
            service: line.service.into(),
            service_name: line.service_name,
            customer: line.customer,
            staff: line.staff.map(Ref),
            staff_name: line.staff_name,
            staff_chosen: line.staff_chosen,
            room: line.room.map(Ref),
            room_name: line.room_name,
            room_chosen: line.room_chosen,
            starts_at: line.starts_at,
            ends_at: line.ends_at,
            price_minor: line.price_minor,
            addons: line.addons.into_iter().map(SoldExtraView::from).collect(),
        }
    }
}

/// A visit.
#[derive(Debug, Clone, Object)]
pub(crate) struct VisitView {
    id: Ref<Appointment>,
    location: Ref<Location>,
    /// `held`, `pending_approval`, `pending_payment`, `confirmed`, `checked_in`, `in_service`,
    /// `completed`, `cancelled`, `no_show`, `expired`
    status: String,
    version: i32,
    starts_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
    customer: Option<WhoseView>,
    /// How many come
    party: i16,
    title: String,
    package: Option<Ref<Package>>,
    price_minor: i64,
    /// How much less that is because the customer is a member
    discount_minor: i64,
    currency: String,
    deposit_minor: i64,
    /// What it costs that it didn't happen
    fee_minor: i64,
    /// Until when the customer may cancel without a fee
    cancel_until: DateTime<Utc>,
    /// Until when the customer may move it
    move_until: DateTime<Utc>,
    /// `public`, `staff`, `series`, `waitlist`, `queue`, `demo`
    source: String,
    /// What the customer wrote
    note: String,
    /// What staff wrote
    staff_note: String,
    /// Whether it was put over something else on purpose
    overridden: bool,
    series: Option<Ref<Series>>,
    /// Its place in the series
    series_place: Option<i16>,
    /// Until when its time is kept, if it isn't certain
    lapses_at: Option<DateTime<Utc>>,
    cancelled_by: Option<String>,
    cancel_reason: Option<String>,
    /// How likely it looked that nobody comes, for visits that customers booked online; they are never told
    risk: Option<RiskView>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    lines: Vec<LineView>,
}

impl VisitView {
    /// As this one may see it.
    pub(crate) fn of(visit: VisitFacts, to: &Caller) -> Self {
        let contacts = sees_contacts(to);
        let whose = |whose: Whose| WhoseView {
            id: whose.id.into(),
            name: whose.name,
            email: whose.email.filter(|_| contacts),
            phone: whose.phone.filter(|_| contacts),
        };
        Self {
            id: visit.id.into(),
            location: visit.location.into(),
            status: visit.status.key().to_owned(),
            version: visit.version,
            starts_at: visit.starts_at,
            ends_at: visit.ends_at,
            customer: visit.customer.map(whose),
            party: visit.party,
            title: visit.title,
            package: visit.package.map(Ref),
            price_minor: visit.price_minor,
            discount_minor: visit.discount_minor,
            currency: visit.currency,
            deposit_minor: visit.deposit_minor,
            fee_minor: visit.fee_minor,
            cancel_until: visit.terms.cancel_until(visit.starts_at),
            move_until: visit.terms.move_until(visit.starts_at),
            source: visit.source,
            note: visit.note,
            staff_note: visit.staff_note,
            overridden: visit.overridden,
            series: visit.series.map(|(id, _)| Ref(id)),
            series_place: visit.series.map(|(_, place)| place),
            lapses_at: visit.lapses_at,
            cancelled_by: visit.cancelled_by,
            cancel_reason: visit.cancel_reason,
            risk: visit.risk.map(RiskView::from),
            created_at: visit.created_at,
            updated_at: visit.updated_at,
            lines: visit.lines.into_iter().map(LineView::from).collect(),
        }
    }
}

/// One step of a visit's life.
#[derive(Debug, Clone, Object)]
pub(super) struct VisitEventView {
    /// The version that it led to
    version: i32,
    at: DateTime<Utc>,
    /// `held`, `booked`, `approved`, `moved`, `cancelled`, …
    action: String,
    from: Option<String>,
    to: String,
    /// `user`, `api_key`, `customer`, `system`, `platform`
    actor_kind: String,
    actor_name: String,
    reason: Option<String>,
    /// What changed, for a move
    details: serde_json::Value,
}

impl From<Event> for VisitEventView {
    fn from(event: Event) -> Self {
        Self {
            version: event.version,
            at: event.at,
            action: event.action,
            from: event.from,
            to: event.to,
            actor_kind: event.actor_kind,
            actor_name: event.actor_name,
            reason: event.reason,
            details: event.details,
        }
    }
}

/// A visit's life.
#[derive(Debug, Clone, Object)]
pub(super) struct VisitHistoryView {
    /// The oldest first
    pub(super) items: Vec<VisitEventView>,
}

/// A customer's way to a visit.
#[derive(Debug, Clone, Object)]
pub(super) struct VisitLinkView {
    /// `/b/{link}`: shown once, and only to who may move visits and call them off themselves. It is
    /// mailed to the customer in any case, where there is an address
    #[oai(skip_serializing_if_is_none)]
    pub(super) link: Option<String>,
}
