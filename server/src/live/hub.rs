//! All sockets of this server, and all that is watched over them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use openchair_domain::config::Live;
use openchair_domain::entropy::bytes;
use openchair_domain::identity::Identity;
use openchair_domain::ids::{Id, Tenant};
use openchair_domain::live::Watch;
use openchair_domain::tenancy::{Caller, Db, Principal};
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::SOCKETS;
use super::channel::Channel;
use super::desk::Desk;
use super::dirty::Dirty;
use super::line::{End, Line};
use super::topic::{Audience, Reach, Topic};
use crate::acceptor::Connections;
use crate::problem::ApiError;

/// So many snapshots are read at once: requests need the database, too.
const SNAPSHOTS: usize = 4;

/// Within this time, in milliseconds, those who are sent away together come back.
const SPREAD: u32 = 3_000;

/// Why a socket isn't let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refused {
    /// The server stops.
    Stopping,
    /// From its address, enough are open.
    Full,
}

/// The server's live part. A clone is the same one.
#[derive(Debug, Clone)]
pub struct Hub(Arc<Inner>);

/// What all clones share.
#[derive(Debug)]
pub struct Inner {
    pub(super) db: Db,
    pub(super) identity: Identity,
    pub(super) options: Live,
    /// Tells this process from all others.
    pub(super) name: String,
    pub(super) stopping: CancellationToken,
    pub(super) tracker: TaskTracker,
    /// The connections that sockets live on.
    pub(super) connections: Connections,
    snapshots: Semaphore,
    pub(super) dirty: Dirty,
    desks: Mutex<HashMap<Id<Tenant>, Arc<Desk>>>,
    sockets: Mutex<Sockets>,
}

#[derive(Debug, Default)]
struct Sockets {
    next: u64,
    open: HashMap<u64, Arc<Line>>,
    /// How many of each person, key, and address.
    counts: HashMap<String, u32>,
}

impl std::ops::Deref for Hub {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl Hub {
    /// Nobody is there yet. `stopping` says goodbye to everybody.
    pub fn new(db: Db, identity: Identity, options: Live, stopping: CancellationToken) -> Self {
        let name = data_encoding::HEXLOWER.encode(&bytes::<8>(&**db.entropy()));
        Self(Arc::new(Inner {
            db,
            identity,
            options,
            name,
            stopping,
            tracker: TaskTracker::new(),
            connections: Connections::default(),
            snapshots: Semaphore::new(SNAPSHOTS),
            dirty: Dirty::default(),
            desks: Mutex::default(),
            sockets: Mutex::default(),
        }))
    }

    /// All sockets' tasks.
    pub fn sockets_open(&self) -> TaskTracker {
        self.tracker.clone()
    }

    /// Where the connections must be that sockets are told of past their tasks.
    pub fn connections(&self) -> Connections {
        self.connections.clone()
    }

    /// How many sockets are open.
    pub fn open_sockets(&self) -> usize {
        self.sockets().open.len()
    }

    /// How many topics are watched, in all tenants.
    pub fn watched_topics(&self) -> usize {
        self.watched().iter().map(|desk| desk.look().len()).sum()
    }

    /// How many messages wait for the slowest reader of any topic.
    pub fn most_unread(&self) -> usize {
        let looked = self.watched().into_iter().flat_map(|desk| desk.look());
        let seated = looked.flat_map(|looked| looked.audiences);
        seated.map(|(_, seated)| seated.channel.unread()).max().unwrap_or_default()
    }

    fn desks(&self) -> MutexGuard<'_, HashMap<Id<Tenant>, Arc<Desk>>> {
        self.desks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn sockets(&self) -> MutexGuard<'_, Sockets> {
        self.sockets.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a seat at a topic. Whatever happens from now on is told there.
    pub(super) fn join(
        &self,
        caller: &Arc<Caller>,
        (topic, reach): (Topic, Reach),
        audience: Audience,
        line: &Arc<Line>,
    ) -> Sub {
        let mut desks = self.desks();
        let new = || Arc::new(Desk::new(caller.facts().clone()));
        let desk = Arc::clone(desks.entry(caller.tenant()).or_insert_with(new));
        // Under the lock: a desk that is left by its last goes, and nobody must be at it then.
        let line = Arc::clone(line);
        let most = self.options.buffer;
        let (channel, seat) = desk.join(topic, reach, (audience, caller), line, most);
        drop(desks);
        Sub { hub: self.clone(), desk, topic, audience, channel, seat, seq: 0 }
    }

    fn leave(&self, sub: &Sub) {
        let mut desks = self.desks();
        if sub.desk.leave(sub.topic, sub.audience, sub.seat) {
            let tenant = sub.desk.tenant.id;
            if desks.get(&tenant).is_some_and(|desk| Arc::ptr_eq(desk, &sub.desk)) {
                desks.remove(&tenant);
            }
        }
    }

    /// The desk of a tenant, if anything is watched there.
    pub(super) fn desk(&self, tenant: Id<Tenant>) -> Option<Arc<Desk>> {
        self.desks().get(&tenant).cloned()
    }

    /// All tenants in which something is watched.
    pub(super) fn watched(&self) -> Vec<Arc<Desk>> {
        self.desks().values().cloned().collect()
    }

    /// How far a topic reaches, if somebody watches it: then it is there.
    pub(super) fn reach(&self, tenant: Id<Tenant>, topic: Topic) -> Option<Reach> {
        self.desk(tenant)?.reach(topic)
    }

    /// Waits for a turn at the database: requests need it, too.
    pub(super) async fn turn(&self) -> Result<SemaphorePermit<'_>, ApiError> {
        self.snapshots.acquire().await.map_err(|error| ApiError::internal(&error))
    }

    /// Lets a socket in.
    pub(super) fn admit(&self, ip: String) -> Result<Admission, Refused> {
        let (key, line) = (format!("ip {ip}"), Arc::<Line>::default());
        let mut sockets = self.sockets();
        // Under the lock under which all are sent away when the server stops: whoever is let in before
        // is sent away with them, and whoever comes later isn't let in.
        if self.stopping.is_cancelled() {
            return Err(Refused::Stopping);
        }
        if !sockets.count(&key, self.options.sockets_per_ip) {
            return Err(Refused::Full);
        }
        let number = sockets.next;
        sockets.next += 1;
        sockets.open.insert(number, Arc::clone(&line));
        drop(sockets);
        metrics::gauge!(SOCKETS).increment(1.0);
        Ok(Admission { hub: self.clone(), line, number, counted: vec![key] })
    }

    /// A while behind which whoever is sent away at the same time comes back, each at another moment.
    pub(super) fn spread(&self, after: u32) -> u32 {
        let random = u32::from_le_bytes(bytes::<4>(&**self.db.entropy()));
        after.saturating_add(random % SPREAD)
    }

    /// By what all who look on do so, with the ears of each.
    pub(super) fn watches(&self) -> HashMap<Watch, Vec<Arc<Line>>> {
        let mut watches: HashMap<Watch, Vec<Arc<Line>>> = HashMap::new();
        for line in self.sockets().open.values() {
            if let Some(known) = line.known().filter(|_| line.ended().is_none()) {
                watches.entry(known.watch).or_default().push(Arc::clone(line));
            }
        }
        watches
    }

    /// Ends all sockets, each for a reason of its own.
    pub(super) fn end_all(&self, end: impl Fn() -> End) {
        for line in self.sockets().open.values() {
            line.finish(end());
        }
    }
}

impl Sockets {
    fn count(&mut self, key: &str, most: u32) -> bool {
        let count = self.counts.entry(key.to_owned()).or_default();
        let fits = *count < most;
        *count += u32::from(fits);
        fits
    }
}

/// A socket that was let in. It goes when this is dropped.
#[derive(Debug)]
pub(super) struct Admission {
    hub: Hub,
    pub(super) line: Arc<Line>,
    number: u64,
    counted: Vec<String>,
}

impl Admission {
    /// Counts it for whoever it is, if they have not too many. Of visitors nobody knows who is who:
    /// they are counted by their address.
    pub(super) fn count_for(&mut self, caller: &Caller) -> bool {
        if *caller.principal() == Principal::Visitor {
            return true;
        }
        let key = format!("{} {}", caller.tenant(), caller.scope());
        let fits = self.hub.sockets().count(&key, self.hub.options.sockets_per_user);
        self.counted.extend(fits.then_some(key));
        fits
    }
}

impl Drop for Admission {
    fn drop(&mut self) {
        let mut sockets = self.hub.sockets();
        sockets.open.remove(&self.number);
        for key in &self.counted {
            if let Some(count) = sockets.counts.get_mut(key) {
                *count -= 1;
                if *count == 0 {
                    sockets.counts.remove(key);
                }
            }
        }
        drop(sockets);
        metrics::gauge!(SOCKETS).decrement(1.0);
    }
}

/// A seat at a topic. It is given back when this is dropped.
#[derive(Debug)]
pub(super) struct Sub {
    hub: Hub,
    pub(super) desk: Arc<Desk>,
    pub(super) topic: Topic,
    pub(super) audience: Audience,
    pub(super) channel: Arc<Channel>,
    pub(super) seat: usize,
    /// Up to which event the socket knows it.
    pub(super) seq: i64,
}

impl Drop for Sub {
    fn drop(&mut self) {
        let hub = self.hub.clone();
        hub.leave(self);
    }
}
