//! The beginning of watching something: a seat first, then a picture. What happens in between is told
//! at the seat, and what is older than the picture is left out there; so nothing is missed.

use std::sync::Arc;

use chrono::{Datelike as _, NaiveDate};
use openchair_domain::authz::Right;
use openchair_domain::bookings::Sight;
use openchair_domain::ids::{Id, Location, QueueEntry};
use openchair_domain::tenancy::{Caller, Principal};

use super::first::{self, First, Since};
use super::hub::{Hub, Sub};
use super::line::Line as Ear;
use super::lines;
use super::protocol::LiveTopic;
use super::schedule;
use super::topic::{Audience, Reach, Topic};
use crate::app::App;
use crate::ids::Ref;
use crate::input::sane_year;
use crate::problem::ApiError;

/// What somebody wants to watch.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wish {
    pub(super) topic: Topic,
    reach: Reach,
    audience: Audience,
    known: Known,
}

/// What they know of it already.
#[derive(Debug, Clone, Copy)]
enum Known {
    /// Nothing.
    Nothing,
    /// Everything up to there.
    Since(Since),
    /// What somebody else is shown: it is worth nothing.
    AsAnother,
}

/// What a message asks for.
#[derive(Debug)]
pub(super) struct Asking {
    pub(super) topic: LiveTopic,
    pub(super) location: Option<Ref<Location>>,
    pub(super) date: Option<NaiveDate>,
    pub(super) since: Option<i64>,
    pub(super) audience: Option<String>,
}

impl Asking {
    /// What the topic would be called, if that can be said.
    pub(super) fn name(&self) -> Option<String> {
        let location = self.location.map(|location| location.0);
        // What names nothing isn't called as it was asked for.
        if location == Some(Id::nothing()) {
            return None;
        }
        match (self.topic, location, self.date) {
            (LiveTopic::Schedule, Some(location), Some(date)) => {
                Some(Topic::Schedule { location, date }.to_string())
            }
            (LiveTopic::Queue, Some(location), _) => Some(Topic::Queue(location).to_string()),
            (LiveTopic::Board, Some(location), _) => Some(Topic::Board(location).to_string()),
            (LiveTopic::Board, None, _) => Some("board:".to_owned()),
            (LiveTopic::Ticket, _, _) => Some("ticket".to_owned()),
            _ => None,
        }
    }

    /// What they know, who are this audience now.
    fn known(&self, audience: Audience) -> Known {
        let Some(seq) = self.since else { return Known::Nothing };
        match (&self.audience, audience.mark()) {
            (_, None) => Known::Since(Since { seq, same: true }),
            (Some(was), Some(is)) if *was != is => Known::AsAnother,
            (was, Some(_)) => Known::Since(Since { seq, same: was.is_some() }),
        }
    }
}

impl Wish {
    /// What is asked for, if that may be watched. `ticket`: what the caller holds.
    pub(super) async fn read(
        app: &App,
        caller: &Caller,
        ticket: Option<(Id<Location>, Id<QueueEntry>)>,
        asking: Asking,
    ) -> Result<Self, ApiError> {
        // It costs as much as the operation that shows the same.
        if *caller.principal() == Principal::Visitor {
            app.limits.public(caller.request()).await?;
        } else {
            app.limits.caller(caller).await?;
        }
        let bad = |detail: &str| ApiError::bad_request("bad_message", detail);
        let location = asking.location.map(|location| location.0);
        let of_one = || location.ok_or_else(|| bad("This is that of a location."));
        let (topic, (reach, audience)) = match asking.topic {
            LiveTopic::Schedule => {
                let location = of_one()?;
                let date = asking.date.ok_or_else(|| bad("A schedule is that of a day."))?;
                // Every look at it asks the database, which knows fewer years than calendars do.
                sane_year(date.year()).map_err(bad)?;
                let topic = Topic::Schedule { location, date };
                (topic, open_schedule(app, caller, (location, date)).await?)
            }
            LiveTopic::Queue => {
                let location = of_one()?;
                let audience = lines::may_watch(caller)?;
                let topic = Topic::Queue(location);
                if app.live.reach(caller.tenant(), topic).is_none() {
                    let _turn = app.live.turn().await?;
                    lines::there(&app.live.db, caller, Some(location)).await?;
                }
                (topic, (None, audience))
            }
            LiveTopic::Board => {
                let known = location.filter(|location| {
                    app.live.reach(caller.tenant(), Topic::Board(*location)).is_some()
                });
                let location = if let Some(location) = known {
                    location
                } else {
                    let _turn = app.live.turn().await?;
                    lines::there(&app.live.db, caller, location).await?
                };
                (Topic::Board(location), (None, Audience::ANYBODY))
            }
            LiveTopic::Ticket => {
                let (location, entry) = ticket.ok_or_else(|| {
                    ApiError::forbidden("no_ticket", "This is for who holds a ticket.")
                })?;
                (Topic::Ticket { location, entry }, (None, Audience::ANYBODY))
            }
        };
        Ok(Self { topic, reach, audience, known: asking.known(audience) })
    }
}

/// A day that somebody watches is there, and what is known of it need not be asked.
async fn open_schedule(
    app: &App,
    caller: &Caller,
    (location, date): (Id<Location>, NaiveDate),
) -> Result<(Reach, Audience), ApiError> {
    schedule::may_watch(caller)?;
    let hub = &app.live;
    if caller.may(Right::ReadBookings)
        && let Some(reach) = hub.reach(caller.tenant(), Topic::Schedule { location, date })
    {
        return Ok((reach, Audience { rights: caller.rights(), sight: Sight::All }));
    }
    let _turn = hub.turn().await?;
    schedule::open(&hub.db, caller, (location, date)).await
}

/// Takes a seat, and finds out what its holder has to know first.
pub(super) async fn open(
    hub: &Hub,
    caller: &Arc<Caller>,
    wish: &Wish,
    ear: &Arc<Ear>,
) -> Result<(Sub, Arc<First>, bool), ApiError> {
    if let (Topic::Schedule { .. }, Sight::Own(column)) = (wish.topic, wish.audience.sight) {
        ear.shows_column(column);
    }
    let mut sub = hub.join(caller, (wish.topic, wish.reach), wish.audience, ear);
    if sub.desk.begin(&hub.db).await? {
        // What happened since, before anybody knew from where on, is told now.
        hub.dirty.mark(sub.desk.tenant.id);
    }
    let (since, as_another) = match wish.known {
        Known::Nothing => (None, false),
        Known::Since(since) => (Some(since), false),
        Known::AsAnother => (None, true),
    };
    let first = first::look(hub, caller, &sub, since).await?;
    sub.seq = first.seq;
    let afresh = as_another || first.afresh;
    Ok((sub, first, afresh))
}

/// Everything afresh, for who has missed something.
pub(super) async fn afresh(
    hub: &Hub,
    caller: &Arc<Caller>,
    sub: &mut Sub,
) -> Result<Arc<First>, ApiError> {
    let first = first::look(hub, caller, sub, None).await?;
    sub.seq = first.seq;
    Ok(first)
}

#[cfg(test)]
mod tests {
    use openchair_domain::authz::Rights;

    use super::*;

    #[test]
    fn what_was_shown_to_somebody_else_is_worth_nothing() {
        let all = Audience { rights: Rights::NONE, sight: Sight::All };
        let mark = all.mark();
        let other = Some("0123456789abcdef".to_owned());
        let cases = [
            (None, mark.clone(), all, "Nothing"),
            (Some(7), mark, all, "Since(Since { seq: 7, same: true })"),
            // Older clients don't say it: what has happened since decides.
            (Some(7), None, all, "Since(Since { seq: 7, same: false })"),
            (Some(7), other.clone(), all, "AsAnother"),
            (Some(7), other, Audience::ANYBODY, "Since(Since { seq: 7, same: true })"),
        ];
        for (since, audience, now, expected) in cases {
            let topic = LiveTopic::Board;
            let asking = Asking { topic, location: None, date: None, since, audience };
            assert_eq!(format!("{:?}", asking.known(now)), expected);
        }
    }
}
