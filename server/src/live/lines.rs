//! The line of a location: for staff, for the screen in the shop, and for who stands in it.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::Arc;

use chrono::NaiveDate;
use openchair_domain::authz::{Permission as _, Right, perm};
use openchair_domain::availability::day_at;
use openchair_domain::bookings::{BookingError, Sight};
use openchair_domain::ids::{Id, Location, QueueEntry};
use openchair_domain::live::{self, Stirred};
use openchair_domain::queue::{self, EntryFacts, Front, Outlook, OwnTicket, Scene, State};
use openchair_domain::tenancy::{Caller, Db, StoreError, TenantTx};
use openchair_domain::time::Instant;
use poem_openapi::types::ToJSON as _;

use super::protocol::{LiveItem, News};
use super::topic::{Audience, Topic};
use crate::problem::ApiError;

/// As one of which audience staff may watch a line.
pub(super) fn may_watch(caller: &Caller) -> Result<Audience, ApiError> {
    if !caller.may(Right::ReadQueue) {
        return Err(ApiError::not_allowed(perm::ReadQueue::VALUE.sentence()));
    }
    Ok(Audience { rights: caller.rights(), sight: Sight::All })
}

/// Which line the screen of a place shows; of the business's first place if none is named.
pub(super) async fn there(
    db: &Db,
    caller: &Caller,
    location: Option<Id<Location>>,
) -> Result<Id<Location>, ApiError> {
    let tx = db.picture(caller).await?;
    match queue::front(&tx, location).await {
        Ok(front) => Ok(front.settings.location),
        // Whatever is said of a place that isn't there, it isn't there.
        Err(error) => {
            let error = ApiError::from(error);
            Err(if error.status.is_client_error() { ApiError::not_found() } else { error })
        }
    }
}

/// What is known of a line.
pub(super) struct Line {
    front: Front,
    today: NaiveDate,
    /// Those to whom something has happened; all, if it is told afresh.
    touched: Vec<EntryFacts>,
    /// Whether how it is kept is told, too.
    settings: bool,
    /// Whether anybody looks at waits here; what they hang on; and what was found out of them.
    foretold: bool,
    scene: Option<Scene>,
    outlook: Option<Arc<Outlook>>,
    tickets: HashMap<Id<QueueEntry>, OwnTicket>,
    seq: i64,
    gone: Vec<Id<QueueEntry>>,
}

/// What somebody looks at in one line.
pub(super) struct Looks<'a> {
    topics: &'a [Topic],
    /// What has happened; everything is told afresh if that isn't known.
    stirred: Option<&'a Stirred>,
}

impl<'a> Looks<'a> {
    /// Somebody who sees all of it for the first time.
    pub(super) fn first(topic: &'a Topic) -> Self {
        Self { topics: std::slice::from_ref(topic), stirred: None }
    }

    /// Those who have seen it before.
    pub(super) fn again(topics: &'a [Topic], stirred: &'a Stirred) -> Self {
        Self { topics, stirred: Some(stirred) }
    }
}

impl Line {
    /// Reads what they have to see at once: all but how long people will wait, which takes longer.
    pub(super) async fn load(
        tx: &TenantTx,
        location: Id<Location>,
        looks: Looks<'_>,
    ) -> Result<Self, BookingError> {
        let Looks { topics, stirred } = looks;
        let (staff, tickets) = (
            topics.iter().any(|topic| matches!(topic, Topic::Queue(_))),
            topics.iter().filter_map(|topic| match topic {
                Topic::Ticket { entry, .. } => Some(*entry),
                _ => None,
            }),
        );
        let tickets: Vec<_> = tickets.collect();
        let line = stirred.map(|stirred| stirred.lines.get(&location).cloned().unwrap_or_default());
        let all = line.as_ref().is_none_or(|line| line.all)
            || stirred.is_some_and(|stirred| stirred.all_lines);
        let (front, ended) = if staff && all {
            let board = queue::board(tx, location).await?;
            (board.front, board.ended)
        } else {
            (queue::front(tx, Some(location)).await?, Vec::new())
        };
        let today = day_at(front.shop.rules.zone, tx.now());
        let (mut touched, mut gone) = (Vec::new(), Vec::new());
        if staff && all {
            touched.extend(front.entries.iter().cloned().chain(ended));
        }
        if staff && let Some(line) = line {
            let told = line.entries.iter().copied();
            let ids: Vec<_> = told.filter(|id| !touched.iter().any(|one| one.id == *id)).collect();
            let found = queue::entries(tx, &ids).await?;
            gone = ids.into_iter().filter(|id| !found.iter().any(|one| one.id == *id)).collect();
            touched.extend(found);
        }
        let foretold = staff || !tickets.is_empty();
        let own = queue::tickets(tx, &front, &Outlook::default(), &tickets).await?;
        let seq = live::last_seq(tx).await?;
        let tickets = own.into_iter().map(|own| (own.entry.id, own)).collect();
        let (settings, scene, outlook) = (all, None, None);
        Ok(Self { front, today, touched, settings, foretold, scene, outlook, tickets, seq, gone })
    }

    /// Where it is.
    pub(super) fn location(&self) -> Id<Location> {
        self.front.settings.location
    }

    /// Reads what it hangs on how long people will wait, if anybody looks at that. Then the picture can
    /// be given back.
    pub(super) async fn gather(&mut self, tx: &TenantTx) -> Result<(), BookingError> {
        if self.foretold {
            self.scene = Some(queue::scene(tx, self.location()).await?);
        }
        Ok(())
    }

    /// Finds out how long people will wait, as far as it was gathered.
    pub(super) async fn foresee(&mut self) -> Result<(), StoreError> {
        let Some(scene) = self.scene.take() else { return Ok(()) };
        let outlook = scene.outlook().await?;
        for wait in &outlook.waits {
            if let Some(own) = self.tickets.get_mut(&wait.id) {
                own.wait = Some(wait.clone());
            }
        }
        self.outlook = Some(outlook);
        Ok(())
    }

    /// Whether anybody looks at how long people will wait.
    pub(super) fn is_foretold(&self) -> bool {
        self.foretold
    }

    /// Whether what this topic shows has to do with how long somebody will wait.
    pub(super) fn has_waits(&self, topic: Topic) -> bool {
        match topic {
            Topic::Queue(_) => true,
            Topic::Ticket { entry, .. } => {
                self.tickets.get(&entry).is_some_and(|own| own.entry.state == State::Waiting)
            }
            _ => false,
        }
    }

    /// What of it those who look at this topic are told.
    pub(super) fn news(&self, topic: Topic, to: &Caller) -> News {
        match topic {
            Topic::Schedule { .. } => News::default(),
            Topic::Queue(_) => self.of_queue(to),
            Topic::Board(location) => {
                let board = self.front.clone().into();
                News::of(vec![LiveItem::board(location, self.seq, board)])
            }
            Topic::Ticket { entry, .. } => match self.tickets.get(&entry) {
                Some(own) => News::of(vec![LiveItem::ticket(self.seq, own.clone().into())]),
                None => News { items: Vec::new(), gone: vec!["ticket".to_owned()] },
            },
        }
    }

    fn of_queue(&self, to: &Caller) -> News {
        let mut news = News::default();
        if self.settings {
            news.items.push(LiveItem::queue(self.front.settings.clone()));
        }
        for entry in &self.touched {
            if entry.ended_at.is_none() || entry.day == self.today {
                news.items.push(LiveItem::entry(entry.clone(), to));
            } else {
                news.gone.push(entry.id.to_string());
            }
        }
        news.gone.extend(self.gone.iter().map(ToString::to_string));
        news.items.extend(self.waits());
        news
    }

    /// Of which day it is shown: what ended on another isn't.
    pub(super) fn today(&self) -> NaiveDate {
        self.today
    }

    /// Whether that was on the same day.
    pub(super) fn is_today(&self, at: Instant) -> bool {
        day_at(self.front.shop.rules.zone, at) == self.today
    }

    fn waits(&self) -> Option<LiveItem> {
        let outlook = self.outlook.as_ref()?;
        Some(LiveItem::waits(self.front.settings.location, self.seq, outlook))
    }

    /// What is said of waits, which time alone may change.
    pub(super) fn later(&self, topic: Topic) -> Option<News> {
        match topic {
            Topic::Queue(_) => Some(News::of(vec![self.waits()?])),
            Topic::Ticket { entry, .. } => {
                let own = self.tickets.get(&entry)?;
                Some(News::of(vec![LiveItem::ticket(self.seq, own.clone().into())]))
            }
            _ => None,
        }
    }

    /// Whether a ticket is worth nothing any more: what was told of it was the last.
    pub(super) fn is_over(&self, topic: Topic) -> bool {
        match topic {
            Topic::Ticket { entry, .. } => {
                self.tickets.get(&entry).is_none_or(|own| own.entry.ended_at.is_some())
            }
            _ => false,
        }
    }

    /// What is said of waits, in a number.
    pub(super) fn said(&self, topic: Topic) -> u64 {
        let mut hasher = DefaultHasher::new();
        match topic {
            Topic::Ticket { entry, .. } => {
                let view = self
                    .tickets
                    .get(&entry)
                    .map(|own| crate::public::OwnEntryView::from(own.clone()).to_json_string());
                view.hash(&mut hasher);
            }
            _ => {
                for wait in self.outlook.iter().flat_map(|outlook| &outlook.waits) {
                    (wait.id, wait.position, wait.p50, wait.p90).hash(&mut hasher);
                }
            }
        }
        hasher.finish()
    }
}
