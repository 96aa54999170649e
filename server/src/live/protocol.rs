//! What travels over a socket, version 1. `docs/live.md` tells the story; the types are in the API's
//! document.

use bytes::Bytes;
use chrono::NaiveDate;
use openchair_domain::bookings::VisitFacts;
use openchair_domain::ids::{Appointment, Location, Tenant};
use openchair_domain::tenancy::Caller;
use poem_openapi::types::{ParseFromJSON as _, ToJSON as _};
use poem_openapi::{Enum, Object, Union};

use super::frame;
use super::line::End;
use crate::bookings::VisitView;
use crate::ids::Ref;
use crate::problem::ApiError;

/// The version of what is said here.
pub(super) const VERSION: u8 = 1;

/// What can be watched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub(super) enum LiveTopic {
    /// The visits of a day at a location.
    Schedule,
}

/// What a client says: one of `auth`, `sub`, `unsub` and `ping`, with what belongs to it.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields, skip_serializing_if_is_none)]
pub(super) struct LiveRequest {
    /// Who one is: an access token or an API key
    #[oai(validator(max_length = 2048))]
    pub(super) auth: Option<String>,
    /// With `auth`: in which business
    pub(super) tenant: Option<Ref<Tenant>>,
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
pub(super) struct LiveHello {
    /// The version of the protocol
    pub(super) v: u8,
    /// In which business
    pub(super) tenant: Ref<Tenant>,
}

/// Everything that a topic shows.
#[derive(Debug, Object)]
pub(super) struct LiveSnapshot {
    /// `schedule:{location}:{date}`
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
    /// Watch.
    Sub {
        topic: LiveTopic,
        location: Option<Ref<Location>>,
        date: Option<NaiveDate>,
        since: Option<i64>,
    },
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
    match request {
        LiveRequest { auth: Some(token), tenant, sub: None, unsub: None, ping: None, .. } => {
            Ok(Asked::Auth { token, tenant })
        }
        LiveRequest {
            sub: Some(topic),
            auth: None,
            unsub: None,
            ping: None,
            location,
            date,
            since,
            ..
        } => Ok(Asked::Sub { topic, location, date, since }),
        LiveRequest { unsub: Some(topic), auth: None, sub: None, ping: None, .. } => {
            Ok(Asked::Unsub(topic))
        }
        LiveRequest { ping: Some(number), auth: None, sub: None, unsub: None, .. } => {
            Ok(Asked::Ping(number))
        }
        _ => Err(bad("A message says one of auth, sub, unsub and ping.")),
    }
}
