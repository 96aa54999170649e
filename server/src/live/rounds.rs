//! What the live part does by itself, from the start to the stop: tells what has happened, hears of it
//! from other servers and tells them, looks every second whether anything was missed, and sends away
//! whoever may look on no longer.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use openchair_domain::ids::{Id, Tenant};
use openchair_domain::live::{self, Heard, Hints};
use openchair_domain::tenancy::{StoreError, SystemReason};
use tokio::time::{Instant, MissedTickBehavior, interval, sleep, timeout};

use super::desk::Desk;
use super::hub::Hub;
use super::line::{End, Line};
use super::{DELIVERIES, LAGGED, RELAY, SOCKETS, relay};

/// How often it is looked whether a hint was lost.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// How often it is looked in some tenants how long who waits will wait; and after how many such looks
/// it is the same ones' turn again.
const LOOK_AHEAD_EVERY: Duration = Duration::from_secs(1);
const LOOKS_AHEAD: u128 = 30;

/// How often it is asked who may still look on: so that nobody does for a second more.
const ASK_EVERY: Duration = Duration::from_millis(700);

/// An answer to that question takes no longer.
const PATIENCE: Duration = Duration::from_secs(5);

/// When nobody could be asked for so long, nobody looks on: what they see may be none of their business
/// any more.
const BLIND: Duration = Duration::from_secs(15);

/// Hints within this time travel together.
const GATHER: Duration = Duration::from_millis(5);

/// A tenant rests as long as it took to tell its watchers, but no longer than this. So no tenant, however
/// many watch it, has more than half of the time, and what happens meanwhile travels together.
const LONGEST_REST: Duration = Duration::from_millis(50);

/// Whoever failed waits so long.
const PAUSE: Duration = Duration::from_secs(1);

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

/// How long a tenant rests when telling its watchers took so long. What takes next to nothing is no
/// work to rest from.
fn rest(took: Duration) -> Duration {
    Duration::from_millis(u64::try_from(took.as_millis()).unwrap_or(u64::MAX)).min(LONGEST_REST)
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
        self.end_all(|| End::Restart { retry_ms: self.spread(250) });
        self.tracker.close();
    }

    async fn relay(&self) {
        let look = |tenant, later| {
            let hub = self.clone();
            async move {
                match hub.desk(tenant) {
                    Some(desk) => rest(hub.tell(&desk, later).await),
                    None => Duration::ZERO,
                }
            }
        };
        self.dirty.take_turns(look).await;
    }

    async fn tell(&self, desk: &Desk, later: bool) -> Duration {
        match relay::tell(&self.db, desk, later).await {
            Ok(took) => took,
            Err(error) => {
                let (error, tenant) = (with_cause(&error), desk.tenant.id);
                tracing::warn!(%error, %tenant, "what happened can't be told; trying again");
                // Whoever looks for what was lost finds it.
                Duration::ZERO
            }
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

    /// What can be said of a wait changes although nothing happens. Each second it is some tenants'
    /// turn: what all of them cost at once would make news wait.
    async fn look_ahead(&self) {
        let mut every = interval(LOOK_AHEAD_EVERY);
        every.set_missed_tick_behavior(MissedTickBehavior::Delay);
        for second in 0.. {
            every.tick().await;
            for desk in self.watched() {
                if is_due(desk.tenant.id, second) && desk.has_waits() {
                    self.dirty.mark_later(desk.tenant.id);
                }
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
        let mut answered = Instant::now();
        loop {
            every.tick().await;
            let watches = self.watches();
            if watches.is_empty() {
                answered = Instant::now();
                continue;
            }
            let asked: Vec<_> = watches.keys().copied().collect();
            let end = |lines: Vec<Arc<Line>>, end| {
                for line in lines {
                    line.finish(end);
                }
            };
            match timeout(PATIENCE, self.identity.standing(&asked)).await {
                Ok(Ok(standing)) => {
                    answered = Instant::now();
                    for (watch, mut lines) in watches {
                        let now = standing.get(&watch);
                        lines.retain(|line| !now.is_some_and(|now| line.agrees(*now)));
                        end(lines, End::SignedOut);
                    }
                }
                failed => {
                    let why = failed.map(|failed| failed.err().map(|error| with_cause(&error)));
                    let error = why.ok().flatten().unwrap_or_else(|| "no answer".to_owned());
                    tracing::warn!(error, "can't ask who may look on");
                    if answered.elapsed() > BLIND {
                        for lines in watches.into_values() {
                            end(lines, End::Failed);
                        }
                    }
                }
            }
        }
    }
}

/// Whether it is a tenant's turn in this second.
fn is_due(tenant: Id<Tenant>, second: u128) -> bool {
    tenant.uuid().as_u128() % LOOKS_AHEAD == second % LOOKS_AHEAD
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn each_has_its_turn_and_not_all_have_it_at_once() {
        let tenants = || (0..300_u128).map(|n| Id::from_uuid(Uuid::from_u128(n * 7_919)));
        let mut turns = 0;
        for second in 100..130 {
            let due = tenants().filter(|tenant| is_due(*tenant, second)).count();
            assert!(due < 30, "{due} in one second");
            turns += due;
        }
        assert_eq!(turns, 300);
    }
}
