//! The beginning of watching something: a seat first, then a picture. What happens in between is told
//! at the seat, and what is older than the picture is left out there; so nothing is missed.

use std::sync::Arc;

use bytes::Bytes;
use chrono::NaiveDate;
use openchair_domain::bookings::{Day, Sight};
use openchair_domain::ids::Location;
use openchair_domain::live::{self, Stirred};
use openchair_domain::tenancy::{Caller, StoreError, TenantTx};

use super::hub::{Hub, Sub};
use super::line::Line;
use super::protocol::{LiveChange, LiveMessage, LiveTopic};
use super::schedule::{self, Touched};
use super::topic::Topic;
use crate::ids::Ref;
use crate::problem::ApiError;

/// When more than this has happened since, everything is told afresh.
const MOST: u16 = 500;

/// What somebody wants to watch.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wish {
    pub(super) topic: Topic,
    since: Option<i64>,
}

impl Wish {
    /// What a message means.
    pub(super) fn read(
        topic: LiveTopic,
        location: Option<Ref<Location>>,
        date: Option<NaiveDate>,
        since: Option<i64>,
    ) -> Result<Self, ApiError> {
        let bad = |detail: &str| ApiError::bad_request("bad_message", detail);
        let topic = match topic {
            LiveTopic::Schedule => Topic::Schedule {
                location: location.ok_or_else(|| bad("A schedule is that of a location."))?.0,
                date: date.ok_or_else(|| bad("A schedule is that of a day."))?,
            },
        };
        Ok(Self { topic, since })
    }
}

/// Takes a seat, and says what its holder has to know first.
pub(super) async fn open(
    hub: &Hub,
    caller: &Arc<Caller>,
    wish: &Wish,
    line: &Arc<Line>,
) -> Result<(Sub, Vec<Bytes>), ApiError> {
    let _turn = turn(hub).await?;
    let Topic::Schedule { location, date } = wish.topic;
    let (day, audience) = schedule::open(&hub.db, caller, (location, date)).await?;
    if let Sight::Own(column) = audience.sight {
        line.shows_column(column);
    }
    let mut sub = hub.join(caller, (wish.topic, day), audience, line);
    sub.desk.begin(&hub.db).await?;
    let tx = picture(hub, caller, &mut sub).await?;
    let seq = live::last_seq(&tx).await?;
    sub.seq = seq;
    if let Some(since) = wish.since {
        if let Some(change) = replay(&tx, caller, &sub, since).await? {
            return Ok((sub, vec![LiveMessage::Change(change).encode()]));
        }
        let messages = vec![LiveMessage::resync(sub.topic.to_string()).encode()];
        return Ok(with_snapshot(&tx, sub, messages).await?);
    }
    Ok(with_snapshot(&tx, sub, Vec::new()).await?)
}

/// Everything afresh, for who has missed something.
pub(super) async fn afresh(
    hub: &Hub,
    caller: &Arc<Caller>,
    sub: &mut Sub,
) -> Result<Vec<Bytes>, ApiError> {
    let _turn = turn(hub).await?;
    let tx = picture(hub, caller, sub).await?;
    sub.seq = live::last_seq(&tx).await?;
    let resync = LiveMessage::resync(sub.topic.to_string()).encode();
    Ok(vec![resync, snapshot(&tx, sub).await?])
}

async fn turn(hub: &Hub) -> Result<tokio::sync::SemaphorePermit<'_>, ApiError> {
    hub.snapshots.acquire().await.map_err(|error| ApiError::internal(&error))
}

/// A picture of the database, in which the day is what it is by the location's clock.
async fn picture(hub: &Hub, caller: &Caller, sub: &mut Sub) -> Result<TenantTx, ApiError> {
    let tx = hub.db.picture(caller).await?;
    let Topic::Schedule { location, date } = sub.topic;
    let day = Day::of(&tx, location, date).await?.ok_or_else(ApiError::not_found)?;
    if day != sub.day {
        sub.day = day;
        sub.desk.found(sub.topic, day);
    }
    Ok(tx)
}

async fn with_snapshot(
    tx: &TenantTx,
    sub: Sub,
    mut messages: Vec<Bytes>,
) -> Result<(Sub, Vec<Bytes>), StoreError> {
    messages.push(snapshot(tx, &sub).await?);
    Ok((sub, messages))
}

async fn snapshot(tx: &TenantTx, sub: &Sub) -> Result<Bytes, StoreError> {
    let name = (sub.topic.to_string(), sub.seq);
    let snapshot = schedule::snapshot(tx, name, &sub.day, sub.audience.sight).await?;
    Ok(LiveMessage::Snapshot(snapshot).encode())
}

/// What has happened since. None: that can't be told.
async fn replay(
    tx: &TenantTx,
    caller: &Caller,
    sub: &Sub,
    since: i64,
) -> Result<Option<LiveChange>, StoreError> {
    let name = (sub.topic.to_string(), sub.seq);
    let missed = sub.seq - since;
    if since < 0 || missed < 0 || missed > i64::from(MOST) {
        return Ok(None);
    }
    let events = live::events(tx, since, MOST).await?;
    if i64::try_from(events.len()).ok() != Some(missed) {
        return Ok(None);
    }
    let stirred = Stirred::by(&events);
    let Topic::Schedule { location, .. } = sub.topic;
    if stirred.unclear || stirred.locations.contains(&location) {
        return Ok(None);
    }
    let touched = Touched::load(tx, &stirred, &[sub.day]).await?;
    let (topic, seq) = name.clone();
    let nothing = LiveChange { topic, seq, items: Vec::new(), gone: Vec::new() };
    let change = touched.change(name, &sub.day, &stirred, (sub.audience, caller));
    // Also when nothing has changed: that is what they want to know.
    Ok(Some(change.unwrap_or(nothing)))
}
