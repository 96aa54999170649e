//! What travels over a socket, version 1. `docs/live.md` tells the story; the types are in the API's
//! document.

use bytes::Bytes;
use chrono::NaiveDate;
use openchair_domain::bookings::VisitFacts;
use openchair_domain::ids::{Appointment, Id, Location, QueueEntry, Tenant};
use openchair_domain::queue::{EntryFacts, Outlook, Settings};
use openchair_domain::tenancy::Caller;
use poem_openapi::types::{ParseFromJSON as _, ToJSON as _};
use poem_openapi::{Enum, Object, Union};

use super::frame;
use super::line::End;
use super::subscribe::Asking;
use super::topic::Topic;
use crate::bookings::VisitView;
use crate::ids::Ref;
use crate::problem::ApiError;
use crate::public::{OwnEntryView, PublicBoardView};
use crate::queue::{QueueEntryView, QueueSettingsView, QueueWaitView};

/// The version of what is said here.
pub(super) const VERSION: u8 = 1;

/// What can be watched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub(super) enum LiveTopic {
    /// The visits of a day at a location: with `location` and `date`
    Schedule,
    /// The walk-in queue of a location, as staff see it: with `location`
    Queue,
    /// The screen in the shop: with `location`, or of its first one
    Board,
    /// One's own place in a queue: for who holds a ticket
    Ticket,
}

/// What a client says: one of `auth`, `shop`, `sub`, `unsub` and `ping`, with what belongs to it.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields, skip_serializing_if_is_none)]
pub(super) struct LiveRequest {
    /// Who one is: an access token, an API key, or the token of a ticket in a queue
    #[oai(validator(max_length = 2048))]
    pub(super) auth: Option<String>,
    /// With `auth`: in which business
    pub(super) tenant: Option<Ref<Tenant>>,
    /// Instead of `auth`: nobody in particular, in the shop with this web address
    #[oai(validator(max_length = 200))]
    pub(super) shop: Option<String>,
    /// What to watch
    pub(super) sub: Option<LiveTopic>,
    /// With `sub`: where
    pub(super) location: Option<Ref<Location>>,
    /// With `sub: schedule`: which day, on the location's calendar
    pub(super) date: Option<NaiveDate>,
    /// With `sub`: up to where it is known already. What happened behind it follows, or, if that can't
    /// be told, `resync` and everything afresh
    pub(super) since: Option<i64>,
    /// Which topic to watch no more, as the answers call it
    #[oai(validator(max_length = 200))]
    pub(super) unsub: Option<String>,
    /// Any number; it comes back
    pub(super) ping: Option<i64>,
}

/// The first message: who it is is known.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub(super) struct LiveHello {
    /// The version of the protocol
    pub(super) v: u8,
    /// In which business, for who has a place there
    pub(super) tenant: Option<Ref<Tenant>>,
}

/// Everything that a topic shows.
#[derive(Debug, Object)]
pub(super) struct LiveSnapshot {
    /// `schedule:{location}:{date}`, `queue:{location}`, `board:{location}` or `ticket`
    pub(super) topic: String,
    /// The number of the last event that is in it
    pub(super) seq: i64,
    pub(super) items: Vec<LiveItem>,
}

/// What has changed since.
#[derive(Debug, Object)]
pub(super) struct LiveChange {
    pub(super) topic: String,
    /// The number of the last event that is in it
    pub(super) seq: i64,
    /// As they are now
    pub(super) items: Vec<LiveItem>,
    /// What the topic shows no more
    pub(super) gone: Vec<String>,
}

/// What was missed can't be told piece by piece; a snapshot follows.
#[derive(Debug, Object)]
pub(super) struct LiveResync {
    pub(super) topic: String,
}

/// What was asked can't be done. Nothing else changes.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub(super) struct LiveError {
    /// `bad_message`, `not_found`, `not_allowed`, `too_many_topics`, …
    pub(super) code: String,
    /// A sentence for people
    pub(super) detail: String,
    /// What it is about
    pub(super) topic: Option<String>,
}

/// The answer to a ping.
#[derive(Debug, Object)]
pub(super) struct LivePong {
    pub(super) ping: i64,
    /// Every topic of this socket is known up to here
    pub(super) seq: i64,
}

/// The last message.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub(super) struct LiveBye {
    /// `restart`, `signed_out`, `not_signed_in`, `too_many_messages`, `too_many_sockets`, …
    pub(super) reason: String,
    /// When to come back, in milliseconds; left out: not without doing something about it
    pub(super) retry_ms: Option<u32>,
}

/// Something that is shown, under its id and version.
#[derive(Debug, Union)]
#[oai(discriminator_name = "kind", rename_all = "snake_case")]
pub(super) enum LiveItem {
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
pub(super) struct LiveQueue {
    pub(super) id: Ref<Location>,
    pub(super) version: i32,
    pub(super) queue: QueueSettingsView,
}

/// A party in a queue, as `GET /v1/queue/entries/{id}` shows it to the same caller.
#[derive(Debug, Object)]
pub(super) struct LiveEntry {
    pub(super) id: Ref<QueueEntry>,
    pub(super) version: i32,
    pub(super) entry: QueueEntryView,
}

/// What can be said of the waits in a queue, in the order of the line. It changes with everybody's
/// step, and with time.
#[derive(Debug, Object)]
pub(super) struct LiveWaits {
    /// `waits:{location}`
    pub(super) id: String,
    /// The number of the last event that is in it
    pub(super) version: i64,
    pub(super) waits: Vec<QueueWaitView>,
}

/// The screen in a shop, as `GET /v1/public/{shop}/queue/board` shows it.
#[derive(Debug, Object)]
pub(super) struct LiveBoard {
    pub(super) id: Ref<Location>,
    /// The number of the last event that is in it
    pub(super) version: i64,
    pub(super) board: PublicBoardView,
}

/// One's own place in a queue, as `GET /v1/q/{token}` shows it.
#[derive(Debug, Object)]
pub(super) struct LiveTicket {
    /// `ticket`
    pub(super) id: String,
    /// The number of the last event that is in it
    pub(super) version: i64,
    pub(super) ticket: OwnEntryView,
}

/// What there is to tell of a topic.
#[derive(Debug, Default)]
pub(super) struct News {
    pub(super) items: Vec<LiveItem>,
    pub(super) gone: Vec<String>,
}

impl News {
    pub(super) fn of(items: Vec<LiveItem>) -> Self {
        Self { items, gone: Vec::new() }
    }

    pub(super) fn is_nothing(&self) -> bool {
        self.items.is_empty() && self.gone.is_empty()
    }
}

/// A visit, as `GET /v1/appointments/{id}` shows it to the same caller.
#[derive(Debug, Object)]
pub(super) struct LiveVisit {
    pub(super) id: Ref<Appointment>,
    pub(super) version: i32,
    pub(super) visit: VisitView,
}

impl LiveItem {
    /// A visit as this caller may see it.
    pub(super) fn visit(facts: VisitFacts, to: &Caller) -> Self {
        let (id, version) = (facts.id.into(), facts.version);
        Self::Visit(LiveVisit { id, version, visit: VisitView::of(facts, to) })
    }

    pub(super) fn queue(settings: Settings) -> Self {
        let (id, version) = (settings.location.into(), settings.version);
        Self::Queue(LiveQueue { id, version, queue: settings.into() })
    }

    /// A party as this caller may see it.
    pub(super) fn entry(facts: EntryFacts, to: &Caller) -> Self {
        let (id, version) = (facts.id.into(), facts.version);
        Self::Entry(LiveEntry { id, version, entry: QueueEntryView::of(facts, to) })
    }

    pub(super) fn waits(location: Id<Location>, version: i64, outlook: &Outlook) -> Self {
        let waits = outlook.waits.iter().cloned().map(QueueWaitView::from).collect();
        Self::Waits(LiveWaits { id: format!("waits:{location}"), version, waits })
    }

    pub(super) fn board(location: Id<Location>, version: i64, board: PublicBoardView) -> Self {
        Self::Board(LiveBoard { id: location.into(), version, board })
    }

    pub(super) fn ticket(version: i64, ticket: OwnEntryView) -> Self {
        Self::Ticket(LiveTicket { id: "ticket".to_owned(), version, ticket })
    }
}

/// What the server says.
#[derive(Debug, Union)]
#[oai(discriminator_name = "type", rename_all = "snake_case")]
pub(super) enum LiveMessage {
    /// Who it is is known.
    #[oai(mapping = "hello")]
    Hello(LiveHello),
    /// Everything.
    #[oai(mapping = "snapshot")]
    Snapshot(LiveSnapshot),
    /// What has changed.
    #[oai(mapping = "change")]
    Change(LiveChange),
    /// Something was missed.
    #[oai(mapping = "resync")]
    Resync(LiveResync),
    /// A refusal.
    #[oai(mapping = "error")]
    Error(LiveError),
    /// Still there.
    #[oai(mapping = "pong")]
    Pong(LivePong),
    /// Goodbye.
    #[oai(mapping = "bye")]
    Bye(LiveBye),
}

/// What travels over the socket once the connection is one: texts, each of which is one of these.
#[derive(Debug, Object)]
pub(super) struct LiveFrames {
    /// What the client sends
    pub(super) from_client: LiveRequest,
    /// What the server sends
    pub(super) from_server: LiveMessage,
}

impl LiveMessage {
    /// As it travels.
    pub(super) fn encode(&self) -> Bytes {
        frame::text(&self.to_json_string())
    }

    pub(super) fn snapshot(topic: Topic, seq: i64, items: Vec<LiveItem>) -> Self {
        Self::Snapshot(LiveSnapshot { topic: topic.to_string(), seq, items })
    }

    pub(super) fn change(topic: Topic, seq: i64, News { items, gone }: News) -> Self {
        Self::Change(LiveChange { topic: topic.to_string(), seq, items, gone })
    }

    pub(super) fn resync(topic: String) -> Self {
        Self::Resync(LiveResync { topic })
    }

    pub(super) fn refusal(error: &ApiError, topic: Option<String>) -> Self {
        Self::Error(LiveError { code: error.code.to_string(), detail: error.detail.clone(), topic })
    }

    pub(super) fn bye(end: End) -> Self {
        Self::Bye(LiveBye { reason: end.words().0.to_owned(), retry_ms: end.retry_ms() })
    }
}

/// What is asked of the server.
#[derive(Debug)]
pub(super) enum Asked {
    /// Be recognised.
    Auth { token: String, tenant: Option<Ref<Tenant>> },
    /// Look on as nobody in particular.
    Shop(String),
    /// Watch.
    Sub(Asking),
    /// Watch no more.
    Unsub(String),
    /// Say that you are there.
    Ping(i64),
}

/// Reads a message; what can't be meant is told in a sentence.
pub(super) fn read(text: &str) -> Result<Asked, ApiError> {
    let bad = |detail: &str| ApiError::bad_request("bad_message", detail);
    let value = serde_json::from_str(text).map_err(|_| bad("A message is one JSON object."))?;
    let request = LiveRequest::parse_from_json(Some(value))
        .map_err(|_| bad("This is not a message that the server knows."))?;
    let one = bad("A message says one of auth, shop, sub, unsub and ping.");
    let LiveRequest { auth, tenant, shop, sub, location, date, since, unsub, ping } = request;
    match (auth, shop, sub, unsub, ping) {
        (Some(token), None, None, None, None) => Ok(Asked::Auth { token, tenant }),
        (None, Some(shop), None, None, None) => Ok(Asked::Shop(shop)),
        (None, None, Some(topic), None, None) => {
            Ok(Asked::Sub(Asking { topic, location, date, since }))
        }
        (None, None, None, Some(topic), None) => Ok(Asked::Unsub(topic)),
        (None, None, None, None, Some(number)) => Ok(Asked::Ping(number)),
        _ => Err(one),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_meant() {
        let good = [
            r#"{"auth":"oc_live_x"}"#,
            r#"{"auth":"x","tenant":"ten_00000000000000000000000000"}"#,
            r#"{"shop":"lagoon"}"#,
            r#"{"sub":"schedule","location":"loc_0","date":"2026-03-09","since":4}"#,
            r#"{"sub":"ticket"}"#,
            r#"{"unsub":"ticket"}"#,
            r#"{"ping":-7}"#,
        ];
        for text in good {
            assert!(read(text).is_ok(), "{text}: {:?}", read(text));
        }
        let bad = [
            "",
            "{",
            "[]",
            "null",
            "7",
            "{}",
            r#"{"sub":"schedules"}"#,
            r#"{"sub":"schedule","ping":1}"#,
            r#"{"sub":"schedule","date":"2026-02-30"}"#,
            r#"{"ping":"1"}"#,
            r#"{"ping":1,"more":true}"#,
            r#"{"ping":99999999999999999999}"#,
        ];
        for text in bad {
            assert_eq!(read(text).unwrap_err().code, "bad_message", "{text}");
        }
    }

    /// What the documentation shows is what is spoken.
    #[test]
    fn the_examples_are_messages() {
        let text = include_str!("../../../docs/live.md");
        let mut seen = 0;
        for block in text.split("```live\n").skip(1) {
            let lines = block.split("```").next().unwrap_or_default().lines();
            for line in lines {
                seen += 1;
                if let Some(asked) = line.strip_prefix("→ ") {
                    assert!(read(asked).is_ok(), "{line}: {:?}", read(asked));
                    continue;
                }
                let said = line.strip_prefix("← ").unwrap_or_else(|| panic!("{line}"));
                let said: serde_json::Value = serde_json::from_str(said).unwrap();
                let message = LiveMessage::parse_from_json(Some(said.clone()));
                let message = message.unwrap_or_else(|error| panic!("{line}: {}", error.message()));
                assert_eq!(message.to_json(), Some(said));
            }
        }
        assert!(seen > 15, "{seen}");
        for end in [
            End::Restart { retry_ms: 1 },
            End::SignedOut,
            End::NotSignedIn,
            End::Over,
            End::TooMany,
            End::Flood,
            End::TooLarge,
            End::NotText,
            End::Broken,
            End::Silent,
            End::Failed,
        ] {
            let (reason, code) = end.words();
            assert!(text.contains(&format!("| `{reason}` | {code} |")), "{reason} {code}");
        }
    }
}
