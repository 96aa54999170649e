use chrono::{DateTime, NaiveDate, Utc};
use openchair_domain::authz::Right;
use openchair_domain::bookings::{Wanted, WantedService};
use openchair_domain::hours::time_of_day;
use openchair_domain::ids::{
    Addon, Customer, Location, Package, Service, StaffMember, WaitlistEntry,
};
use openchair_domain::tenancy::Caller;
use openchair_domain::waitlist::{EntryFacts, NewWaiting, OfferFacts, StaffOffer, State};
use poem_openapi::{Enum, Object};

use crate::bookings::WantedInput;
use crate::ids::Ref;

/// Where somebody who waits stands.
#[derive(Debug, Clone, Copy, Enum)]
#[oai(rename_all = "snake_case")]
pub(crate) enum WaitState {
    /// They wait
    Waiting,
    /// Time is kept for them
    Offered,
    /// They took it
    Booked,
    /// They don't wait any more
    Left,
    /// The days are over
    Over,
}

impl WaitState {
    pub(crate) fn to_domain(self) -> State {
        match self {
            Self::Waiting => State::Waiting,
            Self::Offered => State::Offered,
            Self::Booked => State::Booked,
            Self::Left => State::Left,
            Self::Over => State::Over,
        }
    }
}

impl From<State> for WaitState {
    fn from(state: State) -> Self {
        match state {
            State::Waiting => Self::Waiting,
            State::Offered => Self::Offered,
            State::Booked => Self::Booked,
            State::Left => Self::Left,
            State::Over => Self::Over,
        }
    }
}

/// What somebody waits for, and who they are.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(crate) struct NewWaitingInput {
    /// The business's first location if left out
    location: Option<Ref<Location>>,
    wanted: WantedInput,
    first_day: NaiveDate,
    /// Up to 62 days, both included
    last_day: NaiveDate,
    /// From which time of the clock it may begin: `09:30`
    #[oai(validator(max_length = 5))]
    earliest: Option<String>,
    /// And until which
    #[oai(validator(max_length = 5))]
    latest: Option<String>,
    #[oai(validator(min_length = 1, max_length = 80))]
    name: String,
    /// Where the offer is sent to
    #[oai(validator(max_length = 254))]
    pub(crate) email: Option<String>,
    #[oai(validator(max_length = 40))]
    pub(crate) phone: Option<String>,
    #[oai(default, validator(max_length = 1000))]
    note: String,
    /// Their language
    #[oai(validator(max_length = 8))]
    locale: Option<String>,
}

impl NewWaitingInput {
    pub(crate) fn to_domain(&self) -> NewWaiting {
        NewWaiting {
            location: self.location.map(|location| location.0),
            wanted: self.wanted.to_domain(None),
            first_day: self.first_day,
            last_day: self.last_day,
            earliest: self.earliest.clone(),
            latest: self.latest.clone(),
            name: self.name.clone(),
            email: self.email.clone(),
            phone: self.phone.clone(),
            note: self.note.clone(),
            locale: self.locale.clone(),
            customer: None,
        }
    }
}

/// Somebody whom staff put on the list.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct WaitlistInput {
    /// The business's first location if left out
    location: Option<Ref<Location>>,
    /// Who they are, if the business knows them
    customer: Option<Ref<Customer>>,
    wanted: WantedInput,
    first_day: NaiveDate,
    /// Up to 62 days, both included
    last_day: NaiveDate,
    /// From which time of the clock it may begin: `09:30`
    #[oai(validator(max_length = 5))]
    earliest: Option<String>,
    /// And until which
    #[oai(validator(max_length = 5))]
    latest: Option<String>,
    #[oai(validator(min_length = 1, max_length = 80))]
    name: String,
    /// Where the offer is sent to
    #[oai(validator(max_length = 254))]
    email: Option<String>,
    #[oai(validator(max_length = 40))]
    phone: Option<String>,
    #[oai(default, validator(max_length = 1000))]
    note: String,
    /// Their language
    #[oai(validator(max_length = 8))]
    locale: Option<String>,
}

impl WaitlistInput {
    pub(super) fn to_domain(&self) -> NewWaiting {
        NewWaiting {
            location: self.location.map(|location| location.0),
            wanted: self.wanted.to_domain(None),
            first_day: self.first_day,
            last_day: self.last_day,
            earliest: self.earliest.clone(),
            latest: self.latest.clone(),
            name: self.name.clone(),
            email: self.email.clone(),
            phone: self.phone.clone(),
            note: self.note.clone(),
            locale: self.locale.clone(),
            customer: self.customer.map(|id| id.0),
        }
    }
}

/// A time that shall be offered.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct OfferInput {
    pub(super) start: DateTime<Utc>,
}

/// Time that is kept for somebody.
#[derive(Debug, Clone, Object)]
pub(crate) struct KeptForView {
    start: DateTime<Utc>,
    end: DateTime<Utc>,
    /// Until when they can say yes
    expires_at: DateTime<Utc>,
}

impl From<OfferFacts> for KeptForView {
    fn from(offer: OfferFacts) -> Self {
        let OfferFacts { start, end, expires_at } = offer;
        Self { start, end, expires_at }
    }
}

/// One service that somebody waits for.
#[derive(Debug, Clone, Object)]
struct WaitedServiceView {
    service: Ref<Service>,
    addons: Vec<Ref<Addon>>,
    staff: Option<Ref<StaffMember>>,
    /// For the second of the party
    second_staff: Option<Ref<StaffMember>>,
}

impl From<WantedService> for WaitedServiceView {
    fn from(wanted: WantedService) -> Self {
        Self {
            service: wanted.service.into(),
            addons: wanted.addons.into_iter().map(Ref).collect(),
            staff: wanted.staff.map(Ref),
            second_staff: wanted.second.map(Ref),
        }
    }
}

/// What somebody waits for.
#[derive(Debug, Clone, Object)]
struct WaitedView {
    /// One after the other
    services: Vec<WaitedServiceView>,
    package: Option<Ref<Package>>,
    /// How many come
    party: u8,
    /// Who shall serve the first of the party, and who the second
    staff: Vec<Ref<StaffMember>>,
}

impl From<Wanted> for WaitedView {
    fn from(wanted: Wanted) -> Self {
        Self {
            services: wanted.services.into_iter().map(WaitedServiceView::from).collect(),
            package: wanted.package.map(Ref),
            party: wanted.party,
            staff: wanted.staff.into_iter().map(Ref).collect(),
        }
    }
}

/// Somebody who waits.
#[derive(Debug, Clone, Object)]
pub(super) struct WaitlistEntryView {
    id: Ref<WaitlistEntry>,
    location: Ref<Location>,
    title: String,
    wanted: WaitedView,
    first_day: NaiveDate,
    last_day: NaiveDate,
    /// `09:30`
    earliest: String,
    /// `24:00`: any time
    latest: String,
    name: String,
    /// For who may see customers
    email: Option<String>,
    /// For who may see customers
    phone: Option<String>,
    locale: String,
    note: String,
    customer: Option<Ref<Customer>>,
    state: WaitState,
    /// The time that is kept for them now
    offer: Option<KeptForView>,
    created_at: DateTime<Utc>,
    version: i32,
}

impl WaitlistEntryView {
    /// As this one may see it.
    pub(super) fn of(entry: EntryFacts, to: &Caller) -> Self {
        let contacts = to.may(Right::ReadCustomers);
        Self {
            id: entry.id.into(),
            location: entry.location.into(),
            title: entry.title,
            wanted: entry.wanted.into(),
            first_day: entry.first_day,
            last_day: entry.last_day,
            earliest: time_of_day(entry.earliest),
            latest: time_of_day(entry.latest),
            name: entry.name,
            email: entry.email.filter(|_| contacts),
            phone: entry.phone.filter(|_| contacts),
            locale: entry.locale,
            note: entry.note,
            customer: entry.customer.map(Ref),
            state: entry.state.into(),
            offer: entry.offer.map(KeptForView::from),
            created_at: entry.created_at,
            version: entry.version,
        }
    }
}

/// Time that staff keep for somebody who waits.
#[derive(Debug, Clone, Object)]
pub(super) struct OfferMadeView {
    /// The customer's way to it, `/o/{link}`: shown once
    link: String,
    /// Whether they get a message with it: nobody else tells those who don't
    told: bool,
    entry: WaitlistEntryView,
}

impl OfferMadeView {
    pub(super) fn of(made: StaffOffer, to: &Caller) -> Self {
        let link = made.token.text().to_owned();
        Self { link, told: made.told, entry: WaitlistEntryView::of(made.entry, to) }
    }
}
