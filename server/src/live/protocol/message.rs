//! What the server says.

use bytes::Bytes;
use openchair_domain::ids::Tenant;
use poem_openapi::types::ToJSON as _;
use poem_openapi::{Object, Union};

use super::item::{LiveItem, News};
use super::request::LiveRequest;
use crate::ids::Ref;
use crate::live::frame;
use crate::live::line::End;
use crate::live::topic::{Audience, Topic};
use crate::problem::ApiError;

/// The version of what is said here.
pub(in crate::live) const VERSION: u8 = 1;

/// The first message: who it is is known.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub(in crate::live) struct LiveHello {
    /// The version of the protocol
    pub(in crate::live) v: u8,
    /// In which business, for who has a place there
    pub(in crate::live) tenant: Option<Ref<Tenant>>,
}

/// Everything that a topic shows.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub(in crate::live) struct LiveSnapshot {
    /// `schedule:{location}:{date}`, `queue:{location}`, `board:{location}` or `ticket`
    pub(in crate::live) topic: String,
    /// The number of the last event that is in it
    pub(in crate::live) seq: i64,
    /// As whom it is shown, where not everybody is shown the same: goes with `since`
    pub(in crate::live) audience: Option<String>,
    pub(in crate::live) items: Vec<LiveItem>,
}

/// What has changed since.
#[derive(Debug, Object)]
pub(in crate::live) struct LiveChange {
    pub(in crate::live) topic: String,
    /// The number of the last event that is in it
    pub(in crate::live) seq: i64,
    /// As they are now
    pub(in crate::live) items: Vec<LiveItem>,
    /// What the topic shows no more
    pub(in crate::live) gone: Vec<String>,
}

/// What was missed can't be told piece by piece; a snapshot follows.
#[derive(Debug, Object)]
pub(in crate::live) struct LiveResync {
    pub(in crate::live) topic: String,
}

/// What was asked can't be done. Nothing else changes.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub(in crate::live) struct LiveError {
    /// `bad_message`, `not_found`, `not_allowed`, `too_many_topics`, …
    pub(in crate::live) code: String,
    /// A sentence for people
    pub(in crate::live) detail: String,
    /// What it is about
    pub(in crate::live) topic: Option<String>,
}

/// The answer to a ping.
#[derive(Debug, Object)]
pub(in crate::live) struct LivePong {
    pub(in crate::live) ping: i64,
    /// Every topic of this socket is known up to here
    pub(in crate::live) seq: i64,
}

/// The last message.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub(in crate::live) struct LiveBye {
    /// `restart`, `signed_out`, `not_signed_in`, `too_many_messages`, `too_many_sockets`, …
    pub(in crate::live) reason: String,
    /// When to come back, in milliseconds; left out: not without doing something about it
    pub(in crate::live) retry_ms: Option<u32>,
}

/// What the server says.
#[derive(Debug, Union)]
#[oai(discriminator_name = "type", rename_all = "snake_case")]
pub(in crate::live) enum LiveMessage {
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
pub(in crate::live) struct LiveFrames {
    /// What the client sends
    pub(in crate::live) from_client: LiveRequest,
    /// What the server sends
    pub(in crate::live) from_server: LiveMessage,
}

impl LiveMessage {
    /// As it travels.
    pub(in crate::live) fn encode(&self) -> Bytes {
        frame::text(&self.to_json_string())
    }

    pub(in crate::live) fn snapshot(
        topic: Topic,
        seq: i64,
        audience: Audience,
        items: Vec<LiveItem>,
    ) -> Self {
        Self::Snapshot(LiveSnapshot {
            topic: topic.to_string(),
            seq,
            audience: audience.mark(),
            items,
        })
    }

    pub(in crate::live) fn change(topic: Topic, seq: i64, News { items, gone }: News) -> Self {
        Self::Change(LiveChange { topic: topic.to_string(), seq, items, gone })
    }

    pub(in crate::live) fn resync(topic: Topic) -> Self {
        Self::Resync(LiveResync { topic: topic.to_string() })
    }

    pub(in crate::live) fn refusal(error: &ApiError, topic: Option<String>) -> Self {
        Self::Error(LiveError { code: error.code.to_string(), detail: error.detail.clone(), topic })
    }

    pub(in crate::live) fn bye(end: End) -> Self {
        Self::Bye(LiveBye { reason: end.words().0.to_owned(), retry_ms: end.retry_ms() })
    }
}
