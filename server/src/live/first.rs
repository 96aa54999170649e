//! What somebody is told first: everything that a topic shows, or what has happened since they last
//! looked. Whoever asks for the same at the same moment is told the same.

use std::sync::Arc;

use bytes::Bytes;
use futures_util::FutureExt as _;
use openchair_domain::bookings::{BookingError, Day, Sight};
use openchair_domain::live::{self, Seers, Stirred};
use openchair_domain::tenancy::{Caller, TenantTx};

use super::desk::Desk;
use super::flights::{Flights, Gate};
use super::hub::{Hub, Sub};
use super::lines::{Line, Looks as LooksAt};
use super::protocol::{LiveMessage, News};
use super::schedule::{self, Touched};
use super::topic::{Audience, Topic};
use crate::problem::ApiError;

/// When more than this has happened since, everything is told afresh.
const MOST: u16 = 500;

/// Looks that haven't begun, by what they are for.
pub(super) type Looks = Flights<Key, Told>;

type Told = Result<Arc<First>, ApiError>;

/// Up to where somebody knows a topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Since {
    /// The event.
    pub(super) seq: i64,
    /// Whether they were shown it as who they are now.
    pub(super) same: bool,
}

/// What is looked for: by whom doesn't matter, as long as they are one audience.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Key {
    topic: Topic,
    audience: Audience,
    since: Option<Since>,
}

/// What is told first.
#[derive(Debug)]
pub(super) struct First {
    /// The last event that is in it.
    pub(super) seq: i64,
    /// Whether what they know is worth nothing.
    pub(super) afresh: bool,
    /// The snapshot, or what has changed.
    pub(super) message: Bytes,
    /// Whether it is the last, too.
    pub(super) over: bool,
}

/// Looks for who has taken a seat.
pub(super) async fn look(
    hub: &Hub,
    caller: &Arc<Caller>,
    sub: &Sub,
    since: Option<Since>,
) -> Result<Arc<First>, ApiError> {
    let key = Key { topic: sub.topic, audience: sub.audience, since };
    let (hub, desk, caller) = (hub.clone(), Arc::clone(&sub.desk), Arc::clone(caller));
    sub.desk.looks.board(key, |gate| Look { hub, desk, caller, key }.take(gate).boxed()).await
}

/// A look for all who wait for it, through the eyes of one of them.
struct Look {
    hub: Hub,
    desk: Arc<Desk>,
    caller: Arc<Caller>,
    key: Key,
}

impl Look {
    async fn take(self, gate: Gate<Key, Told>) -> Told {
        let (seq, since, found) = self.find(gate).boxed().await?;
        let Key { topic, audience, .. } = self.key;
        let (news, over) = match found {
            Found::Day(news) => (news, false),
            Found::Line(mut line) => {
                line.foresee().await?;
                (line.news(topic, &self.caller), line.is_over(topic))
            }
        };
        let message = if since.is_some() {
            LiveMessage::change(topic, seq, news)
        } else {
            LiveMessage::snapshot(topic, seq, audience, news.items)
        };
        let afresh = since.is_none() && self.key.since.is_some();
        Ok(Arc::new(First { seq, afresh, message: message.encode(), over }))
    }

    /// Looks into the database: up to which event; since when, if that can be told; and what.
    async fn find(&self, gate: Gate<Key, Told>) -> Result<(i64, Option<Since>, Found), ApiError> {
        let failed = |error| ApiError::internal(&error);
        // Those of the same tenant first: so a crowd in one keeps nobody waiting in another.
        let _turn = self.desk.turns.acquire().await.map_err(failed)?;
        let _turn = self.hub.turn().await?;
        // Whoever takes a seat later may need a later picture.
        gate.close();
        let tx = self.hub.db.picture(&self.caller).await?;
        let seq = live::last_seq(&tx).await?;
        let day = self.day(&tx, seq).await?;
        if let Some(since) = self.key.since
            && let Some(found) = self.replay(&tx, day, seq, since).await?
        {
            return Ok((seq, Some(since), found));
        }
        Ok((seq, None, self.snapshot(&tx, day).await?))
    }

    /// The day, if it is that of one, as the location's clock counts it now.
    async fn day(&self, tx: &TenantTx, seq: i64) -> Result<Option<Day>, ApiError> {
        let Topic::Schedule { location, date } = self.key.topic else { return Ok(None) };
        let day = Day::of(tx, location, date).await?.ok_or_else(ApiError::not_found)?;
        self.desk.found(self.key.topic, Some(day), seq);
        Ok(Some(day))
    }

    async fn snapshot(&self, tx: &TenantTx, day: Option<Day>) -> Result<Found, BookingError> {
        let Key { topic, audience, .. } = self.key;
        if let Some(day) = day {
            return Ok(Found::Day(News::of(schedule::snapshot(tx, &day, audience.sight).await?)));
        }
        let line = Line::load(tx, topic.location(), LooksAt::first(&topic)).await?;
        self.of_line(tx, line).await
    }

    async fn of_line(&self, tx: &TenantTx, mut line: Line) -> Result<Found, BookingError> {
        line.gather(tx).await?;
        if let Topic::Queue(_) = self.key.topic {
            self.desk.shows_day(self.key.topic, line.today());
        }
        Ok(Found::Line(Box::new(line)))
    }

    /// What has happened since. None: it can't be told.
    async fn replay(
        &self,
        tx: &TenantTx,
        day: Option<Day>,
        seq: i64,
        since: Since,
    ) -> Result<Option<Found>, BookingError> {
        let Key { topic, audience, .. } = self.key;
        let missed = seq - since.seq;
        if since.seq < 0 || missed < 0 || missed > i64::from(MOST) {
            return Ok(None);
        }
        let events = live::events(tx, since.seq, MOST).await?;
        if i64::try_from(events.len()).ok() != Some(missed) {
            return Ok(None);
        }
        let stirred = Stirred::by(&events);
        if !since.same && may_be_another(&stirred, audience) {
            return Ok(None);
        }
        let location = topic.location();
        // Also when nothing has changed: that is what they want to know.
        match day {
            Some(_) if stirred.unclear || stirred.locations.contains(&location) => Ok(None),
            Some(day) => {
                let touched = Touched::load(tx, &stirred, &[day]).await?;
                let news = touched.change(&day, &stirred, (audience, &self.caller));
                Ok(Some(Found::Day(news)))
            }
            None => {
                let topics = [topic];
                let line = Line::load(tx, location, LooksAt::again(&topics, &stirred)).await?;
                if let Topic::Queue(_) = topic {
                    // What ended on another day than today isn't shown any more.
                    let at = live::happened_at(tx, since.seq).await?;
                    if !at.is_some_and(|at| line.is_today(at)) {
                        return Ok(None);
                    }
                }
                Ok(Some(self.of_line(tx, line).await?))
            }
        }
    }
}

/// What there was to see.
enum Found {
    Day(News),
    Line(Box<Line>),
}

/// Whether somebody may have been of another audience before this happened.
fn may_be_another(stirred: &Stirred, audience: Audience) -> bool {
    let own_column = matches!(audience.sight, Sight::Own(_));
    let Seers { rights, columns } = stirred.seers;
    audience != Audience::ANYBODY && (rights || (columns && own_column))
}
