//! All sockets of this server, and all that is watched over them.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use openchair_domain::config::Live;
use openchair_domain::entropy::bytes;
use openchair_domain::identity::Identity;
use openchair_domain::ids::{Id, Tenant};
use openchair_domain::live::Watch;
use openchair_domain::tenancy::{Caller, Db, Principal};
use tokio::sync::{Notify, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::SOCKETS;
use super::channel::Channel;
use super::desk::Desk;
use super::line::{End, Line};
use super::topic::{Audience, Reach, Topic};
use crate::acceptor::Wires;

/// So many snapshots are read at once: requests need the database, too.
const SNAPSHOTS: usize = 4;

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
    pub(super) wires: Wires,
    pub(super) snapshots: Semaphore,
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

/// Tenants in which something may have happened, and whether time alone is something there.
#[derive(Debug, Default)]
pub(super) struct Dirty {
    tenants: Mutex<HashMap<Id<Tenant>, bool>>,
    rung: Notify,
}

impl Dirty {
    /// Something may have happened.
    pub(super) fn mark(&self, tenant: Id<Tenant>) {
        self.add(tenant, false);
    }

    /// Time has passed.
    pub(super) fn mark_later(&self, tenant: Id<Tenant>) {
        self.add(tenant, true);
    }

    fn add(&self, tenant: Id<Tenant>, later: bool) {
        let mut tenants = self.tenants.lock().unwrap_or_else(PoisonError::into_inner);
        *tenants.entry(tenant).or_default() |= later;
        drop(tenants);
        self.rung.notify_one();
    }

    /// One of them that isn't being looked at already.
    pub(super) fn pop(&self, busy: &HashSet<Id<Tenant>>) -> Option<(Id<Tenant>, bool)> {
        let mut tenants = self.tenants.lock().unwrap_or_else(PoisonError::into_inner);
        let one = tenants.keys().find(|tenant| !busy.contains(tenant)).copied()?;
        tenants.remove(&one).map(|later| (one, later))
    }

    pub(super) async fn rung(&self) {
        self.rung.notified().await;
    }
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
            wires: Wires::default(),
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
    pub fn wires(&self) -> Wires {
        self.wires.clone()
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
        Sub { hub: self.clone(), desk, topic, reach, audience, channel, seat, seq: 0 }
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

    /// Lets a socket in, if its address has not too many.
    pub(super) fn admit(&self, ip: String) -> Option<Admission> {
        let (key, line) = (format!("ip {ip}"), Arc::<Line>::default());
        let mut sockets = self.sockets();
        if !sockets.count(&key, self.options.sockets_per_ip) {
            return None;
        }
        let number = sockets.next;
        sockets.next += 1;
        sockets.open.insert(number, Arc::clone(&line));
        drop(sockets);
        metrics::gauge!(SOCKETS).increment(1.0);
        Some(Admission { hub: self.clone(), line, number, counted: vec![key] })
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
    pub(super) fn end_all(&self, end: impl Fn(u64) -> End) {
        for (number, line) in &self.sockets().open {
            line.finish(end(*number));
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
    pub(super) reach: Reach,
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
