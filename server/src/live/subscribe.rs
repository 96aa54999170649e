//! The beginning of watching something: a seat first, then a picture. What happens in between is told
//! at the seat, and what is older than the picture is left out there; so nothing is missed.

use std::sync::Arc;

use bytes::Bytes;
use chrono::{Datelike as _, NaiveDate};
use openchair_domain::bookings::{BookingError, Day, Sight};
use openchair_domain::ids::{Id, Location, QueueEntry};
use openchair_domain::live::{self, Stirred};
use openchair_domain::tenancy::{Caller, TenantTx};

use super::hub::{Hub, Sub};
use super::line::Line as Ear;
use super::lines::{self, Line, Looks};
use super::protocol::{LiveMessage, LiveTopic, News};
use super::schedule::{self, Touched};
use super::topic::{Audience, Reach, Topic};
use crate::ids::Ref;
use crate::input::sane_year;
use crate::problem::ApiError;

/// When more than this has happened since, everything is told afresh.
const MOST: u16 = 500;

/// What somebody wants to watch.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wish {
    pub(super) topic: Topic,
    reach: Reach,
    audience: Audience,
    since: Option<i64>,
}

/// What a message asks for.
#[derive(Debug)]
pub(super) struct Asking {
    pub(super) topic: LiveTopic,
    pub(super) location: Option<Ref<Location>>,
    pub(super) date: Option<NaiveDate>,
    pub(super) since: Option<i64>,
}

/// What is told first.
pub(super) struct First {
    pub(super) messages: Vec<Bytes>,
    /// Whether it is the last, too.
    pub(super) over: bool,
}

impl Wish {
    /// What is asked for, if that may be watched. `ticket`: what the caller holds.
    pub(super) async fn read(
        hub: &Hub,
        caller: &Caller,
        ticket: Option<(Id<Location>, Id<QueueEntry>)>,
        asking: Asking,
    ) -> Result<Self, ApiError> {
        let bad = |detail: &str| ApiError::bad_request("bad_message", detail);
        let location = asking.location.map(|location| location.0);
        let of_one = || location.ok_or_else(|| bad("This is that of a location."));
        let (topic, (reach, audience)) = match asking.topic {
            LiveTopic::Schedule => {
                let location = of_one()?;
                let date = asking.date.ok_or_else(|| bad("A schedule is that of a day."))?;
                // Every look at it asks the database, which knows fewer years than calendars do.
                sane_year(date.year()).map_err(bad)?;
                let opened = schedule::open(&hub.db, caller, (location, date)).await?;
                (Topic::Schedule { location, date }, opened)
            }
            LiveTopic::Queue => {
                let location = of_one()?;
                (Topic::Queue(location), lines::open_queue(&hub.db, caller, location).await?)
            }
            LiveTopic::Board => {
                let location = lines::there(&hub.db, caller, location).await?;
                (Topic::Board(location), (None, Audience::ANYBODY))
            }
            LiveTopic::Ticket => {
                let (location, entry) = ticket.ok_or_else(|| {
                    ApiError::forbidden("no_ticket", "This is for who holds a ticket.")
                })?;
                (Topic::Ticket { location, entry }, (None, Audience::ANYBODY))
            }
        };
        Ok(Self { topic, reach, audience, since: asking.since })
    }
}

/// Takes a seat, and says what its holder has to know first.
pub(super) async fn open(
    hub: &Hub,
    caller: &Arc<Caller>,
    wish: &Wish,
    ear: &Arc<Ear>,
) -> Result<(Sub, First), ApiError> {
    let _turn = turn(hub).await?;
    if let (Topic::Schedule { .. }, Sight::Own(column)) = (wish.topic, wish.audience.sight) {
        ear.shows_column(column);
    }
    let mut sub = hub.join(caller, (wish.topic, wish.reach), wish.audience, ear);
    sub.desk.begin(&hub.db).await?;
    let tx = picture(hub, caller, &mut sub).await?;
    sub.seq = live::last_seq(&tx).await?;
    let mut messages = Vec::with_capacity(2);
    if let Some(since) = wish.since {
        if let Some((news, over)) = replay(&tx, caller, &sub, since).await? {
            messages.push(LiveMessage::change(sub.topic, sub.seq, news).encode());
            return Ok((sub, First { messages, over }));
        }
        messages.push(LiveMessage::resync(sub.topic.to_string()).encode());
    }
    let (snapshot, over) = snapshot(&tx, caller, &sub).await?;
    messages.push(snapshot);
    Ok((sub, First { messages, over }))
}

/// Everything afresh, for who has missed something.
pub(super) async fn afresh(
    hub: &Hub,
    caller: &Arc<Caller>,
    sub: &mut Sub,
) -> Result<First, ApiError> {
    let _turn = turn(hub).await?;
    let tx = picture(hub, caller, sub).await?;
    sub.seq = live::last_seq(&tx).await?;
    let resync = LiveMessage::resync(sub.topic.to_string()).encode();
    let (snapshot, over) = snapshot(&tx, caller, sub).await?;
    Ok(First { messages: vec![resync, snapshot], over })
}

async fn turn(hub: &Hub) -> Result<tokio::sync::SemaphorePermit<'_>, ApiError> {
    hub.snapshots.acquire().await.map_err(|error| ApiError::internal(&error))
}

/// A picture of the database, in which the day is what it is by the location's clock.
async fn picture(hub: &Hub, caller: &Caller, sub: &mut Sub) -> Result<TenantTx, ApiError> {
    let tx = hub.db.picture(caller).await?;
    if let Topic::Schedule { location, date } = sub.topic {
        let day = Day::of(&tx, location, date).await?.ok_or_else(ApiError::not_found)?;
        if sub.reach != Some(day) {
            sub.reach = Some(day);
            sub.desk.found(sub.topic, sub.reach);
        }
    }
    Ok(tx)
}

async fn snapshot(
    tx: &TenantTx,
    caller: &Caller,
    sub: &Sub,
) -> Result<(Bytes, bool), BookingError> {
    let (items, over) = if let Some(day) = sub.reach {
        (schedule::snapshot(tx, &day, sub.audience.sight).await?, false)
    } else {
        let line = Line::whole(tx, sub.topic.location(), Looks::first(&sub.topic)).await?;
        (line.news(sub.topic, caller).items, line.is_over(sub.topic))
    };
    Ok((LiveMessage::snapshot(sub.topic, sub.seq, items).encode(), over))
}

/// What has happened since, and whether that was the end. None: it can't be told.
async fn replay(
    tx: &TenantTx,
    caller: &Caller,
    sub: &Sub,
    since: i64,
) -> Result<Option<(News, bool)>, BookingError> {
    let missed = sub.seq - since;
    if since < 0 || missed < 0 || missed > i64::from(MOST) {
        return Ok(None);
    }
    let events = live::events(tx, since, MOST).await?;
    if i64::try_from(events.len()).ok() != Some(missed) {
        return Ok(None);
    }
    let stirred = Stirred::by(&events);
    let location = sub.topic.location();
    // Also when nothing has changed: that is what they want to know.
    match sub.reach {
        Some(_) if stirred.unclear || stirred.locations.contains(&location) => Ok(None),
        Some(day) => {
            let touched = Touched::load(tx, &stirred, &[day]).await?;
            Ok(Some((touched.change(&day, &stirred, (sub.audience, caller)), false)))
        }
        None => {
            let topics = [sub.topic];
            let line = Line::whole(tx, location, Looks::again(&topics, &stirred)).await?;
            Ok(Some((line.news(sub.topic, caller), line.is_over(sub.topic))))
        }
    }
}
