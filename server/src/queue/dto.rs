//! A line, as staff see it.

use chrono::{DateTime, NaiveDate, Utc};
use openchair_domain::authz::Right;
use openchair_domain::ids::{Appointment, Customer, Location, QueueEntry, Service, StaffMember};
use openchair_domain::queue::{
    Board, Day, EntryFacts, Event, Outlook, Quote, Server, Settings, Source, State, Wait,
    WantedHere,
};
use openchair_domain::secrets::OpaqueToken;
use openchair_domain::tenancy::Caller;
use poem_openapi::Object;

use crate::bookings::VisitView;
use crate::conditional::Versioned;
use crate::ids::Ref;
use crate::shelf::mirrored;

mirrored! {
    /// Where a party in the queue stands.
    QueueState = State {
        /// In the line
        Waiting,
        /// Somebody has called them
        Called,
        /// Somebody serves them
        Serving,
        /// They were served
        Done,
        /// They don't wait any more
        Left,
        /// They were called and weren't there
        NoShow,
        /// They have an appointment instead
        Converted,
        /// They were forgotten in the line
        Expired,
    }

    /// How a party came into the queue.
    QueueSource = Source {
        /// From the shop's page
        Public,
        /// At the tablet by the door
        Kiosk,
        /// The desk put them in
        Desk,
        /// They have an appointment and were checked in
        Appointment,
    }
}

/// Somebody who serves whom walks in.
#[derive(Debug, Clone, Object)]
struct QueueServerView {
    id: Ref<StaffMember>,
    name: String,
    since: DateTime<Utc>,
}

impl From<Server> for QueueServerView {
    fn from(server: Server) -> Self {
        Self { id: server.id.into(), name: server.name, since: server.since }
    }
}

/// How a location's queue is kept.
#[derive(Debug, Clone, Object)]
pub(crate) struct QueueSettingsView {
    location: Ref<Location>,
    location_name: String,
    /// Whether one can join
    open: bool,
    /// How many may wait
    capacity: i16,
    /// What can be had without an appointment; empty: whatever customers book
    services: Vec<Ref<Service>>,
    /// After how many minutes somebody who waits is forgotten
    expires_minutes: i16,
    /// Who serves whom walks in
    staff: Vec<QueueServerView>,
    version: i32,
}

impl From<Settings> for QueueSettingsView {
    fn from(settings: Settings) -> Self {
        Self {
            location: settings.location.into(),
            location_name: settings.location_name,
            open: settings.open,
            capacity: settings.capacity,
            services: settings.services.into_iter().map(Ref).collect(),
            expires_minutes: settings.expires_minutes,
            staff: settings.staff.into_iter().map(QueueServerView::from).collect(),
            version: settings.version,
        }
    }
}

pub(super) fn versioned(settings: Settings) -> Versioned<QueueSettingsView> {
    Versioned::new(settings.version.into(), settings.into())
}

/// A service that is wanted, or can be had, without an appointment.
#[derive(Debug, Clone, Object)]
pub(crate) struct QueueServiceView {
    id: Ref<Service>,
    name: String,
    /// How long the menu says it takes
    minutes: u16,
    price_minor: i64,
}

impl From<WantedHere> for QueueServiceView {
    fn from(wanted: WantedHere) -> Self {
        Self {
            id: wanted.id.into(),
            name: wanted.name,
            minutes: wanted.minutes,
            price_minor: wanted.price_minor,
        }
    }
}

/// What a party was told when it joined.
#[derive(Debug, Clone, Object)]
#[expect(clippy::struct_field_names, reason = "each says what it is counted in")]
struct QueueQuoteView {
    /// The least that was said
    low_seconds: i32,
    /// It may as well be longer as shorter
    p50_seconds: i32,
    /// Nine of ten wait no longer
    p90_seconds: i32,
}

impl From<Quote> for QueueQuoteView {
    fn from(quote: Quote) -> Self {
        Self { low_seconds: quote.low, p50_seconds: quote.p50, p90_seconds: quote.p90 }
    }
}

/// A party in the queue.
#[derive(Debug, Clone, Object)]
pub(crate) struct QueueEntryView {
    id: Ref<QueueEntry>,
    location: Ref<Location>,
    /// The civil day of the ticket
    day: NaiveDate,
    /// What is on the ticket: `A07`
    code: String,
    state: QueueState,
    /// The order in the line: the least is the first
    rank: i64,
    /// Of who came for a visit, empty for who sees only their own visits: it is at the visit. So are
    /// `customer` and `note`
    name: String,
    /// For who may see customers
    phone: Option<String>,
    locale: String,
    /// How many they are
    party: i16,
    services: Vec<QueueServiceView>,
    /// By whom, if not by anybody
    staff_wanted: Option<Ref<StaffMember>>,
    /// Who called them, who serves or served them
    staff: Option<Ref<StaffMember>>,
    staff_name: Option<String>,
    customer: Option<Ref<Customer>>,
    /// The visit that they came for, or that they got instead of waiting
    appointment: Option<Ref<Appointment>>,
    /// When that begins, for who came for one
    due_at: Option<DateTime<Utc>>,
    source: QueueSource,
    note: String,
    quoted: Option<QueueQuoteView>,
    joined_at: DateTime<Utc>,
    /// Since when they are there
    here_at: Option<DateTime<Utc>>,
    called_at: Option<DateTime<Utc>>,
    started_at: Option<DateTime<Utc>>,
    ended_at: Option<DateTime<Utc>>,
    /// How often they let somebody pass
    passes: i16,
    version: i32,
    updated_at: DateTime<Utc>,
}

impl QueueEntryView {
    /// As this one may see it. Who sees only their own visits learns of others' that they are here,
    /// when they are due and with whom; of their own they see the rest at the visit.
    pub(crate) fn of(entry: EntryFacts, to: &Caller) -> Self {
        let veiled = entry.source == Source::Appointment && !to.may(Right::ReadBookings);
        Self {
            id: entry.id.into(),
            location: entry.location.into(),
            day: entry.day,
            code: entry.code,
            state: entry.state.into(),
            rank: entry.rank,
            name: if veiled { String::new() } else { entry.name },
            phone: entry.phone.filter(|_| to.may(Right::ReadCustomers)),
            locale: entry.locale,
            party: entry.party,
            services: entry.services.into_iter().map(QueueServiceView::from).collect(),
            staff_wanted: entry.staff_wanted.map(Ref),
            staff: entry.staff.map(Ref),
            staff_name: entry.staff_name,
            customer: entry.customer.filter(|_| !veiled).map(Ref),
            appointment: entry.appointment.map(Ref),
            due_at: entry.due_at,
            source: entry.source.into(),
            note: if veiled { String::new() } else { entry.note },
            quoted: entry.quoted.map(QueueQuoteView::from),
            joined_at: entry.joined_at,
            here_at: entry.here_at,
            called_at: entry.called_at,
            started_at: entry.started_at,
            ended_at: entry.ended_at,
            passes: entry.passes,
            version: entry.version,
            updated_at: entry.updated_at,
        }
    }
}

/// What can be said of somebody's wait.
#[derive(Debug, Clone, Object)]
pub(crate) struct QueueWaitView {
    id: Ref<QueueEntry>,
    /// Their place among those who wait: the first is 1
    position: u32,
    /// It may as well be longer as shorter
    p50_seconds: Option<i64>,
    /// Nine of ten wait no longer
    p90_seconds: Option<i64>,
}

impl From<Wait> for QueueWaitView {
    fn from(wait: Wait) -> Self {
        Self {
            id: wait.id.into(),
            position: wait.position,
            p50_seconds: wait.p50.map(|wait| wait.num_seconds()),
            p90_seconds: wait.p90.map(|wait| wait.num_seconds()),
        }
    }
}

/// A location's queue.
#[derive(Debug, Clone, Object)]
pub(crate) struct BoardView {
    settings: QueueSettingsView,
    /// Who waits, is called or is being served, in their order
    entries: Vec<QueueEntryView>,
    /// What can be said of the waits, in the order of the line
    waits: Vec<QueueWaitView>,
    /// What ended today, the newest first: up to a hundred
    ended: Vec<QueueEntryView>,
}

impl BoardView {
    /// As this one may see it.
    pub(crate) fn of(board: Board, outlook: &Outlook, to: &Caller) -> Self {
        let views = |entries: Vec<EntryFacts>| {
            entries.into_iter().map(|entry| QueueEntryView::of(entry, to)).collect()
        };
        Self {
            settings: board.front.settings.into(),
            entries: views(board.front.entries),
            waits: outlook.waits.iter().cloned().map(QueueWaitView::from).collect(),
            ended: views(board.ended),
        }
    }
}

/// Somebody in the queue, with their ticket.
#[derive(Debug, Clone, Object)]
pub(super) struct QueueJoinedView {
    /// The ticket, `/q/{token}`: shown once
    token: String,
    entry: QueueEntryView,
}

impl QueueJoinedView {
    pub(super) fn of(entry: EntryFacts, token: &OpaqueToken, to: &Caller) -> Self {
        Self { token: token.text().to_owned(), entry: QueueEntryView::of(entry, to) }
    }
}

/// An appointment instead of waiting.
#[derive(Debug, Clone, Object)]
pub(super) struct QueueConvertedView {
    pub(super) entry: QueueEntryView,
    pub(super) appointment: VisitView,
}

/// One step of an entry's life.
#[derive(Debug, Clone, Object)]
pub(super) struct QueueEventView {
    /// The version that it led to
    version: i32,
    at: DateTime<Utc>,
    action: String,
    /// Where it stood before
    from: Option<String>,
    /// Where it stood then
    to: String,
    /// `user`, `api_key`, `customer`, `worker`, …
    actor_kind: String,
    actor_name: String,
    /// Who of the staff it was about
    staff: Option<Ref<StaffMember>>,
    reason: Option<String>,
}

impl From<Event> for QueueEventView {
    fn from(event: Event) -> Self {
        Self {
            version: event.version,
            at: event.at,
            action: event.action,
            from: event.from,
            to: event.to,
            actor_kind: event.actor_kind,
            actor_name: event.actor_name,
            staff: event.staff.map(Ref),
            reason: event.reason,
        }
    }
}

/// An entry's life, the oldest step first.
#[derive(Debug, Clone, Object)]
pub(super) struct QueueHistoryView {
    pub(super) items: Vec<QueueEventView>,
}

/// How right the queue was about its waits on one day.
#[derive(Debug, Clone, Object)]
pub(super) struct QueueDayView {
    day: NaiveDate,
    /// How many were called
    called: i64,
    /// To how many of them something had been said
    quoted: i64,
    /// How long they waited, on average
    waited_seconds: f64,
    /// By how much the middle of what was said was wrong, on average
    error_seconds: Option<f64>,
    /// The same with its sign: more than nothing if they waited longer
    bias_seconds: Option<f64>,
    /// Which part waited no longer than the longest that was said
    within_p90: Option<f64>,
    /// Which part waited as long as was said, ten minutes more or less
    within_ten_minutes: Option<f64>,
}

impl From<Day> for QueueDayView {
    fn from(day: Day) -> Self {
        Self {
            day: day.day,
            called: day.called,
            quoted: day.quoted,
            waited_seconds: day.waited_seconds,
            error_seconds: day.error_seconds,
            bias_seconds: day.bias_seconds,
            within_p90: day.within_p90,
            within_ten_minutes: day.within_ten,
        }
    }
}

/// How right the queue was about its waits, by day.
#[derive(Debug, Clone, Object)]
pub(super) struct QueueAccuracyView {
    pub(super) items: Vec<QueueDayView>,
}
