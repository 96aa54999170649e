//! What is watched in one tenant, and by whom.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::NaiveDate;
use openchair_domain::live;
use openchair_domain::tenancy::{Caller, Db, StoreError, TenantFacts};
use tokio::sync::{Notify, OnceCell, Semaphore};

use super::channel::Channel;
use super::first::Looks;
use super::line::Line;
use super::topic::{Audience, Reach, Topic};

/// So many snapshots of one tenant are read at once: those of others come in between.
const SNAPSHOTS: usize = 2;

/// One tenant's topics.
#[derive(Debug)]
pub(super) struct Desk {
    pub(super) tenant: TenantFacts,
    pub(super) turns: Semaphore,
    /// Snapshots that are asked for.
    pub(super) looks: Arc<Looks>,
    begun: OnceCell<()>,
    state: Mutex<State>,
    /// Rings whenever something was told.
    told: Notify,
}

#[derive(Debug, Default)]
struct State {
    /// The number of the last event that was told; none before the beginning.
    seen: Option<i64>,
    topics: HashMap<Topic, Watched>,
    /// What was last said of a line's waits: that which time alone has changed is told only if it has.
    waits: HashMap<Topic, u64>,
    /// Of which day a line is shown.
    days: HashMap<Topic, NaiveDate>,
}

#[derive(Debug)]
struct Watched {
    reach: Reach,
    /// By which event that was found out.
    found: i64,
    audiences: HashMap<Audience, Seated>,
}

/// An audience that somebody sits in.
#[derive(Debug, Clone)]
pub(super) struct Seated {
    /// One of them: to the others everything looks the same.
    pub(super) caller: Arc<Caller>,
    pub(super) channel: Arc<Channel>,
}

/// A topic, as it was when somebody looked.
#[derive(Debug)]
pub(super) struct Looked {
    pub(super) topic: Topic,
    pub(super) reach: Reach,
    pub(super) audiences: Vec<(Audience, Seated)>,
}

impl Desk {
    pub(super) fn new(tenant: TenantFacts) -> Self {
        Self {
            tenant,
            turns: Semaphore::new(SNAPSHOTS),
            looks: Arc::default(),
            begun: OnceCell::new(),
            state: Mutex::default(),
            told: Notify::new(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From which event on everything is told. Looked up once, before anybody is shown anything: so
    /// whatever isn't in what they are shown is told.
    /// True: that was now.
    pub(super) async fn begin(&self, db: &Db) -> Result<bool, StoreError> {
        let mut begins = false;
        let begin = async {
            let tx = db.picture_for_all(&self.tenant).await?;
            let last = live::last_seq(&tx).await?;
            self.state().seen.get_or_insert(last);
            begins = true;
            Ok::<(), StoreError>(())
        };
        self.begun.get_or_try_init(|| begin).await?;
        Ok(begins)
    }

    /// Takes a seat.
    pub(super) fn join(
        &self,
        topic: Topic,
        reach: Reach,
        (audience, caller): (Audience, &Arc<Caller>),
        line: Arc<Line>,
        most: usize,
    ) -> (Arc<Channel>, usize) {
        let mut state = self.state();
        let new = || Watched { reach, found: 0, audiences: HashMap::new() };
        let watched = state.topics.entry(topic).or_insert_with(new);
        let new = || Seated { caller: Arc::clone(caller), channel: Arc::new(Channel::new(most)) };
        let channel = Arc::clone(&watched.audiences.entry(audience).or_insert_with(new).channel);
        let seat = channel.join(line);
        (channel, seat)
    }

    /// Gives a seat back. True: nobody watches anything here any more.
    pub(super) fn leave(&self, topic: Topic, audience: Audience, seat: usize) -> bool {
        let mut state = self.state();
        if let Entry::Occupied(mut watched) = state.topics.entry(topic) {
            if let Entry::Occupied(seated) = watched.get_mut().audiences.entry(audience)
                && seated.get().channel.leave(seat)
            {
                seated.remove();
            }
            if watched.get().audiences.is_empty() {
                watched.remove();
                state.waits.remove(&topic);
                state.days.remove(&topic);
            }
        }
        state.topics.is_empty()
    }

    /// How far a topic reaches, if somebody watches it.
    pub(super) fn reach(&self, topic: Topic) -> Option<Reach> {
        self.state().topics.get(&topic).map(|watched| watched.reach)
    }

    /// When a topic's day begins and ends, as it was found out in the picture with this event.
    pub(super) fn found(&self, topic: Topic, reach: Reach, seq: i64) {
        if let Some(watched) = self.state().topics.get_mut(&topic)
            && watched.found <= seq
        {
            (watched.reach, watched.found) = (reach, seq);
        }
    }

    /// What is watched.
    pub(super) fn look(&self) -> Vec<Looked> {
        let state = self.state();
        let looked = |(topic, watched): (&Topic, &Watched)| Looked {
            topic: *topic,
            reach: watched.reach,
            audiences: watched.audiences.iter().map(|(key, one)| (*key, one.clone())).collect(),
        };
        state.topics.iter().map(looked).collect()
    }

    /// Whether this is something else than what was last said of a topic's waits.
    pub(super) fn is_news(&self, topic: Topic, said: u64) -> bool {
        self.state().waits.get(&topic) != Some(&said)
    }

    /// This was said of topics' waits.
    pub(super) fn said(&self, said: impl IntoIterator<Item = (Topic, u64)>) {
        let mut state = self.state();
        for (topic, said) in said {
            if state.topics.contains_key(&topic) {
                state.waits.insert(topic, said);
            }
        }
    }

    /// A line is shown as it is on this day.
    pub(super) fn shows_day(&self, topic: Topic, day: NaiveDate) {
        let mut state = self.state();
        if state.topics.contains_key(&topic) {
            state.days.entry(topic).or_insert(day);
        }
    }

    /// A line is shown as it is on this day from now on. True: it was shown as on another.
    pub(super) fn turns_to_day(&self, topic: Topic, day: NaiveDate) -> bool {
        self.state().days.get(&topic).is_some_and(|shown| *shown != day)
    }

    /// These days were shown.
    pub(super) fn shown(&self, days: impl IntoIterator<Item = (Topic, NaiveDate)>) {
        let mut state = self.state();
        for (topic, day) in days {
            if state.topics.contains_key(&topic) {
                state.days.insert(topic, day);
            }
        }
    }

    /// Whether anybody watches something here that time alone changes.
    pub(super) fn has_waits(&self) -> bool {
        let waits = |topic: &Topic| matches!(topic, Topic::Queue(_) | Topic::Ticket { .. });
        self.state().topics.keys().any(waits)
    }

    /// The last event that was told.
    pub(super) fn seen(&self) -> Option<i64> {
        self.state().seen
    }

    /// Everything up to here was told.
    pub(super) fn told(&self, seq: i64) {
        let mut state = self.state();
        state.seen = state.seen.max(Some(seq));
        drop(state);
        self.told.notify_waiters();
    }

    /// Waits until everything up to here was told.
    pub(super) async fn told_up_to(&self, seq: i64) {
        loop {
            let told = self.told.notified();
            if self.seen().is_none_or(|seen| seen >= seq) {
                return;
            }
            told.await;
        }
    }
}
