//! What the live part does by itself, from the start to the stop: tells what has happened, hears of it
//! from other servers and tells them, looks every second whether anything was missed, and sends away
//! whoever may look on no longer.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use openchair_domain::entropy::bytes;
use openchair_domain::ids::{Id, Tenant};
use openchair_domain::live::{self, Heard, Hints};
use openchair_domain::tenancy::{StoreError, SystemReason};
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval, sleep};

use super::desk::Desk;
use super::hub::Hub;
use super::line::End;
use super::{DELIVERIES, LAGGED, RELAY, SOCKETS, relay};

/// In so many tenants at once it is looked what has happened.
const AT_ONCE: usize = 4;

/// How often it is looked whether a hint was lost.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// How often it is looked how long who waits will wait.
const LOOK_AHEAD_EVERY: Duration = Duration::from_secs(30);

/// How often it is asked who may still look on: so that nobody does for a second more.
const ASK_EVERY: Duration = Duration::from_millis(700);

/// Hints within this time travel together.
const GATHER: Duration = Duration::from_millis(5);

/// Whoever failed waits so long.
const PAUSE: Duration = Duration::from_secs(1);

/// Within this time those whom a stopping server sends away come back, each at another moment.
const SPREAD: u32 = 3_000;

/// The other servers on the same database.
#[async_trait]
pub(crate) trait Neighbours: Send + Sync {
    /// Tells them that these tenants have news.
    async fn tell(&self, from: &str, tenants: &[Id<Tenant>]) -> Result<(), String>;

    /// Waits for what they tell, and calls `heard` with who tells it of whom, until it fails. Of
    /// nobody: something may have been missed.
    async fn listen(
        &self,
        heard: &mut (dyn FnMut(String, Vec<Id<Tenant>>) + Send),
    ) -> Result<(), String>;
}

/// What the numbers are.
pub(crate) fn describe() {
    metrics::describe_gauge!(SOCKETS, "WebSockets that are open");
    metrics::describe_counter!(DELIVERIES, "Changes handed to WebSockets");
    metrics::describe_counter!(LAGGED, "Times that a WebSocket was read too slowly to follow");
    metrics::describe_histogram!(RELAY, "Seconds from hearing of a change to having told it");
}

/// Hints over PostgreSQL.
pub(super) struct Postgres(pub(super) Hub);

#[async_trait]
impl Neighbours for Postgres {
    async fn tell(&self, from: &str, tenants: &[Id<Tenant>]) -> Result<(), String> {
        live::publish(&self.0.db, from, tenants).await.map_err(|error| with_cause(&error))
    }

    async fn listen(
        &self,
        heard: &mut (dyn FnMut(String, Vec<Id<Tenant>>) + Send),
    ) -> Result<(), String> {
        let mut hints = Hints::of(&self.0.db);
        loop {
            match hints.next().await {
                Ok(Some((from, tenants))) => heard(from, tenants),
                Ok(None) => heard(String::new(), Vec::new()),
                Err(error) => return Err(with_cause(&error)),
            }
        }
    }
}

fn with_cause(error: &dyn std::error::Error) -> String {
    let cause = error.source().map(ToString::to_string).unwrap_or_default();
    format!("{error} {cause}")
}

impl Hub {
    /// Works until the server stops. `neighbours`: how other servers are told; over the database if
    /// nothing is said.
    pub(crate) async fn run(self, neighbours: Option<Box<dyn Neighbours>>) {
        let neighbours = neighbours.unwrap_or_else(|| Box::new(Postgres(self.clone())));
        let neighbours: Arc<dyn Neighbours> = neighbours.into();
        let (here, there) = (self.db.news().listen(), self.db.news().listen());
        let rounds = async {
            tokio::join!(
                self.relay(),
                self.hear_ourselves(here),
                self.tell_others(there, &*neighbours),
                self.hear_others(&*neighbours),
                self.look_for_lost(),
                self.look_ahead(),
                self.ask_who_may(),
            );
        };
        tokio::select! {
            () = rounds => {}
            () = self.stopping.cancelled() => {}
        }
        let entropy = Arc::clone(self.db.entropy());
        self.end_all(|_| {
            let random = u32::from_le_bytes(bytes::<4>(&*entropy));
            End::Restart { retry_ms: 250 + random % SPREAD }
        });
        self.tracker.close();
    }

    async fn relay(&self) {
        let (mut running, mut busy) = (JoinSet::new(), HashSet::new());
        loop {
            while running.len() < AT_ONCE
                && let Some((tenant, later)) = self.dirty.pop(&busy)
            {
                let Some(desk) = self.desk(tenant) else { continue };
                busy.insert(tenant);
                let hub = self.clone();
                running.spawn(async move {
                    hub.tell(&desk, later).await;
                    tenant
                });
            }
            tokio::select! {
                () = self.dirty.rung(), if running.len() < AT_ONCE => {}
                Some(done) = running.join_next() => match done {
                    Ok(tenant) => {
                        busy.remove(&tenant);
                    }
                    // The panic was logged. Whose turn it was isn't known: nobody waits for good.
                    Err(_) if running.is_empty() => busy.clear(),
                    Err(_) => {}
                },
            }
        }
    }

    async fn tell(&self, desk: &Desk, later: bool) {
        if let Err(error) = relay::tell(&self.db, desk, later).await {
            let (error, tenant) = (with_cause(&error), desk.tenant.id);
            tracing::warn!(%error, %tenant, "what happened can't be told; trying again");
            // Whoever looks for what was lost finds it.
        }
    }

    async fn hear_ourselves(&self, mut news: Heard) {
        let mut tenants = BTreeSet::new();
        while news.next(&mut tenants).await {
            for tenant in std::mem::take(&mut tenants) {
                self.dirty.mark(tenant);
            }
        }
    }

    async fn tell_others(&self, mut news: Heard, neighbours: &dyn Neighbours) {
        let (mut tenants, mut failed) = (BTreeSet::new(), false);
        while news.next(&mut tenants).await {
            sleep(GATHER).await;
            let gathered: Vec<_> = std::mem::take(&mut tenants).into_iter().collect();
            match neighbours.tell(&self.name, &gathered).await {
                Ok(()) if failed => {
                    tracing::info!("other servers can be told again");
                    failed = false;
                }
                Ok(()) => {}
                // They look by themselves. They are not told later what they have found by then.
                Err(error) => {
                    if !failed {
                        tracing::warn!(%error, "other servers can't be told; they look by themselves");
                    }
                    failed = true;
                    sleep(PAUSE).await;
                }
            }
        }
    }

    async fn hear_others(&self, neighbours: &dyn Neighbours) {
        let mut failed = false;
        loop {
            let mut heard = |from: String, tenants: Vec<Id<Tenant>>| {
                if failed {
                    tracing::info!("other servers are heard again");
                    failed = false;
                }
                if from != self.name {
                    for tenant in tenants {
                        self.dirty.mark(tenant);
                    }
                }
            };
            if let Err(error) = neighbours.listen(&mut heard).await
                && !failed
            {
                tracing::warn!(%error, "other servers aren't heard; looking by ourselves");
                failed = true;
            }
            sleep(PAUSE).await;
        }
    }

    async fn look_for_lost(&self) {
        let mut every = interval(LOOK_EVERY);
        every.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            every.tick().await;
            let desks = self.watched();
            if desks.is_empty() {
                continue;
            }
            match self.last_seqs(&desks).await {
                Ok(last) => {
                    for desk in desks {
                        let last = last.get(&desk.tenant.id);
                        if desk.seen().zip(last).is_some_and(|(seen, last)| *last > seen) {
                            self.dirty.mark(desk.tenant.id);
                        }
                    }
                }
                Err(error) => {
                    tracing::warn!(error = with_cause(&error), "can't look for what has happened");
                }
            }
        }
    }

    /// What can be said of a wait changes although nothing happens.
    async fn look_ahead(&self) {
        let mut every = interval(LOOK_AHEAD_EVERY);
        every.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            every.tick().await;
            for desk in self.watched().iter().filter(|desk| desk.has_waits()) {
                self.dirty.mark_later(desk.tenant.id);
            }
        }
    }

    async fn last_seqs(&self, desks: &[Arc<Desk>]) -> Result<HashMap<Id<Tenant>, i64>, StoreError> {
        let tenants: Vec<_> = desks.iter().map(|desk| desk.tenant.id).collect();
        let tx = self.db.system(SystemReason::Live).await?;
        live::last_seqs(&tx, &tenants).await
    }

    async fn ask_who_may(&self) {
        let mut every = interval(ASK_EVERY);
        every.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            every.tick().await;
            let watches = self.watches();
            if watches.is_empty() {
                continue;
            }
            let asked: Vec<_> = watches.keys().copied().collect();
            match self.identity.standing(&asked).await {
                Ok(standing) => {
                    for (watch, lines) in watches {
                        let now = standing.get(&watch);
                        for line in lines {
                            if !now.is_some_and(|now| line.agrees(*now)) {
                                line.finish(End::SignedOut);
                            }
                        }
                    }
                }
                Err(error) => {
                    tracing::warn!(error = with_cause(&error), "can't ask who may look on");
                }
            }
        }
    }
}
