//! What is shown, as it travels.

use openchair_domain::bookings::VisitFacts;
use openchair_domain::ids::{Appointment, Id, Location, QueueEntry};
use openchair_domain::queue::{EntryFacts, Outlook, Settings};
use openchair_domain::tenancy::Caller;
use poem_openapi::{Object, Union};

use crate::bookings::VisitView;
use crate::ids::Ref;
use crate::public::{OwnEntryView, PublicBoardView};
use crate::queue::{QueueEntryView, QueueSettingsView, QueueWaitView};

/// Something that is shown, under its id and version.
#[derive(Debug, Union)]
#[oai(discriminator_name = "kind", rename_all = "snake_case")]
pub(in crate::live) enum LiveItem {
    /// A visit.
    #[oai(mapping = "visit")]
    Visit(LiveVisit),
    /// How a queue is kept.
    #[oai(mapping = "queue")]
    Queue(LiveQueue),
    /// A party in a queue.
    #[oai(mapping = "entry")]
    Entry(LiveEntry),
    /// How long those in a queue will wait.
    #[oai(mapping = "waits")]
    Waits(LiveWaits),
    /// The screen in a shop.
    #[oai(mapping = "board")]
    Board(LiveBoard),
    /// One's own place in a queue.
    #[oai(mapping = "ticket")]
    Ticket(LiveTicket),
}

/// How a queue is kept, as `GET /v1/locations/{id}/queue` shows it.
#[derive(Debug, Object)]
pub(in crate::live) struct LiveQueue {
    pub(in crate::live) id: Ref<Location>,
    pub(in crate::live) version: i32,
    pub(in crate::live) queue: QueueSettingsView,
}

/// A party in a queue, as `GET /v1/queue/entries/{id}` shows it to the same caller.
#[derive(Debug, Object)]
pub(in crate::live) struct LiveEntry {
    pub(in crate::live) id: Ref<QueueEntry>,
    pub(in crate::live) version: i32,
    pub(in crate::live) entry: QueueEntryView,
}

/// What can be said of the waits in a queue, in the order of the line. It changes with everybody's
/// step, and with time.
#[derive(Debug, Object)]
pub(in crate::live) struct LiveWaits {
    /// `waits:{location}`
    pub(in crate::live) id: String,
    /// The number of the last event that is in it
    pub(in crate::live) version: i64,
    pub(in crate::live) waits: Vec<QueueWaitView>,
}

/// The screen in a shop, as `GET /v1/public/{shop}/queue/board` shows it.
#[derive(Debug, Object)]
pub(in crate::live) struct LiveBoard {
    pub(in crate::live) id: Ref<Location>,
    /// The number of the last event that is in it
    pub(in crate::live) version: i64,
    pub(in crate::live) board: PublicBoardView,
}

/// One's own place in a queue, as `GET /v1/q/{token}` shows it.
#[derive(Debug, Object)]
pub(in crate::live) struct LiveTicket {
    /// `ticket`
    pub(in crate::live) id: String,
    /// The number of the last event that is in it
    pub(in crate::live) version: i64,
    pub(in crate::live) ticket: OwnEntryView,
}

/// What there is to tell of a topic.
#[derive(Debug, Default)]
pub(in crate::live) struct News {
    pub(in crate::live) items: Vec<LiveItem>,
    pub(in crate::live) gone: Vec<String>,
}

impl News {
    pub(in crate::live) fn of(items: Vec<LiveItem>) -> Self {
        Self { items, gone: Vec::new() }
    }

    pub(in crate::live) fn is_nothing(&self) -> bool {
        self.items.is_empty() && self.gone.is_empty()
    }
}

/// A visit, as `GET /v1/appointments/{id}` shows it to the same caller.
#[derive(Debug, Object)]
pub(in crate::live) struct LiveVisit {
    pub(in crate::live) id: Ref<Appointment>,
    pub(in crate::live) version: i32,
    pub(in crate::live) visit: VisitView,
}

impl LiveItem {
    /// A visit as this caller may see it.
    pub(in crate::live) fn visit(facts: VisitFacts, to: &Caller) -> Self {
        let (id, version) = (facts.id.into(), facts.version);
        Self::Visit(LiveVisit { id, version, visit: VisitView::of(facts, to) })
    }

    pub(in crate::live) fn queue(settings: Settings) -> Self {
        let (id, version) = (settings.location.into(), settings.version);
        Self::Queue(LiveQueue { id, version, queue: settings.into() })
    }

    /// A party as this caller may see it.
    pub(in crate::live) fn entry(facts: EntryFacts, to: &Caller) -> Self {
        let (id, version) = (facts.id.into(), facts.version);
        Self::Entry(LiveEntry { id, version, entry: QueueEntryView::of(facts, to) })
    }

    pub(in crate::live) fn waits(location: Id<Location>, version: i64, outlook: &Outlook) -> Self {
        let waits = outlook.waits.iter().cloned().map(QueueWaitView::from).collect();
        Self::Waits(LiveWaits { id: format!("waits:{location}"), version, waits })
    }

    pub(in crate::live) fn board(
        location: Id<Location>,
        version: i64,
        board: PublicBoardView,
    ) -> Self {
        Self::Board(LiveBoard { id: location.into(), version, board })
    }

    pub(in crate::live) fn ticket(version: i64, ticket: OwnEntryView) -> Self {
        Self::Ticket(LiveTicket { id: "ticket".to_owned(), version, ticket })
    }
}
