//! What a client says.

use chrono::NaiveDate;
use openchair_domain::ids::{Location, Tenant};
use poem_openapi::types::ParseFromJSON as _;
use poem_openapi::{Enum, Object};

use crate::ids::Ref;
use crate::live::subscribe::Asking;
use crate::problem::ApiError;

/// What can be watched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub(in crate::live) enum LiveTopic {
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
pub(in crate::live) struct LiveRequest {
    /// Who one is: an access token, an API key, or the token of a ticket in a queue
    #[oai(validator(max_length = 2048))]
    pub(in crate::live) auth: Option<String>,
    /// With `auth`: in which business
    pub(in crate::live) tenant: Option<Ref<Tenant>>,
    /// Instead of `auth`: nobody in particular, in the shop with this web address
    #[oai(validator(max_length = 200))]
    pub(in crate::live) shop: Option<String>,
    /// What to watch
    pub(in crate::live) sub: Option<LiveTopic>,
    /// With `sub`: where
    pub(in crate::live) location: Option<Ref<Location>>,
    /// With `sub: schedule`: which day, on the location's calendar
    pub(in crate::live) date: Option<NaiveDate>,
    /// With `sub`: up to where it is known already. What happened behind it follows, or, if that can't
    /// be told, `resync` and everything afresh
    pub(in crate::live) since: Option<i64>,
    /// With `since`: as whom, as the snapshot said it. Who they were shown it as is somebody else now:
    /// everything comes afresh
    #[oai(validator(max_length = 64))]
    pub(in crate::live) audience: Option<String>,
    /// Which topic to watch no more, as the answers call it
    #[oai(validator(max_length = 200))]
    pub(in crate::live) unsub: Option<String>,
    /// Any number; it comes back
    pub(in crate::live) ping: Option<i64>,
}

/// What is asked of the server.
#[derive(Debug)]
pub(in crate::live) enum Asked {
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
pub(in crate::live) fn read(text: &str) -> Result<Asked, ApiError> {
    let bad = |detail: &str| ApiError::bad_request("bad_message", detail);
    let value = serde_json::from_str(text).map_err(|_| bad("A message is one JSON object."))?;
    let request = LiveRequest::parse_from_json(Some(value))
        .map_err(|_| bad("This is not a message that the server knows."))?;
    let one = bad("A message says one of auth, shop, sub, unsub and ping.");
    let LiveRequest { auth, tenant, shop, sub, location, date, since, audience, unsub, ping } =
        request;
    match (auth, shop, sub, unsub, ping) {
        (Some(token), None, None, None, None) => Ok(Asked::Auth { token, tenant }),
        (None, Some(shop), None, None, None) => Ok(Asked::Shop(shop)),
        (None, None, Some(topic), None, None) => {
            Ok(Asked::Sub(Asking { topic, location, date, since, audience }))
        }
        (None, None, None, Some(topic), None) => Ok(Asked::Unsub(topic)),
        (None, None, None, None, Some(number)) => Ok(Asked::Ping(number)),
        _ => Err(one),
    }
}
