//! Bells: hints that there may be something to do. Each has a name; whoever waits for it in this
//! process hears it at once, and so do those in others ([`Across`]). A ring may be lost: everybody who
//! waits for one looks by themselves, too.

mod across;
mod ringer;

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Notify, watch};

pub use across::Across;
pub(crate) use ringer::Ringer;

/// Rings when a job was queued.
pub const JOBS: &str = "jobs";

/// Rings when an event was written.
pub const EVENTS: &str = "events";

/// Rings when it was written down that something went badly.
pub const TROUBLE: &str = "trouble";

/// The bells of this process.
#[derive(Debug, Clone, Default)]
pub struct Bells(Arc<Tower>);

#[derive(Debug, Default)]
struct Tower {
    bells: Mutex<HashMap<&'static str, watch::Sender<u64>>>,
    untold: Mutex<BTreeSet<&'static str>>,
    rung: Notify,
}

impl Bells {
    /// The bell of this name.
    pub fn of(&self, name: &'static str) -> Bell {
        let sender = self.bells().entry(name).or_default().clone();
        Bell { name, sender, tower: Arc::clone(&self.0) }
    }

    /// What rang here since this was asked last; waits for the first.
    async fn rung(&self) -> BTreeSet<&'static str> {
        loop {
            let told = std::mem::take(&mut *self.untold());
            if !told.is_empty() {
                return told;
            }
            self.0.rung.notified().await;
        }
    }

    /// These could not be told: another time.
    fn not_told(&self, names: BTreeSet<&'static str>) {
        self.untold().extend(names);
        self.0.rung.notify_one();
    }

    /// Somebody else's bell of this name rang.
    fn echo(&self, name: &str) {
        if let Some(bell) = self.bells().get(name) {
            bell.send_modify(rang);
        }
    }

    /// Others may have rung any bell.
    fn echo_all(&self) {
        for bell in self.bells().values() {
            bell.send_modify(rang);
        }
    }

    fn bells(&self) -> MutexGuard<'_, HashMap<&'static str, watch::Sender<u64>>> {
        self.0.bells.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn untold(&self) -> MutexGuard<'_, BTreeSet<&'static str>> {
        self.0.untold.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn rang(count: &mut u64) {
    *count = count.wrapping_add(1);
}

/// One bell.
#[derive(Debug, Clone)]
pub struct Bell {
    name: &'static str,
    sender: watch::Sender<u64>,
    tower: Arc<Tower>,
}

impl Bell {
    /// There may be something to do.
    pub fn ring(&self) {
        self.sender.send_modify(rang);
        self.tower.untold.lock().unwrap_or_else(PoisonError::into_inner).insert(self.name);
        self.tower.rung.notify_one();
    }

    /// Waits for it from now on.
    pub fn listen(&self) -> Listener {
        Listener(self.sender.subscribe())
    }
}

/// One who waits for a bell.
#[derive(Debug)]
pub struct Listener(watch::Receiver<u64>);

impl Listener {
    /// Waits for the next ring; those that came since the last time count as one.
    pub async fn heard(&mut self) {
        if self.0.changed().await.is_err() {
            // Nobody can ring it any more.
            std::future::pending::<()>().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    fn hears(listener: &mut Listener) -> bool {
        listener.heard().now_or_never().is_some()
    }

    #[test]
    fn everybody_who_listens_hears_each_ring_once() {
        let bells = Bells::default();
        let (mut one, mut other) = (bells.of(JOBS).listen(), bells.of(JOBS).listen());
        let mut events = bells.of(EVENTS).listen();
        assert!(!hears(&mut one));
        bells.of(JOBS).ring();
        bells.of(JOBS).ring();
        assert!(hears(&mut one) && hears(&mut other));
        assert!(!hears(&mut one) && !hears(&mut events));
        // What rang before one listened is over.
        assert!(!hears(&mut bells.of(JOBS).listen()));
    }

    #[test]
    fn what_rang_here_is_told_once_and_what_rang_there_never() {
        let bells = Bells::default();
        let mut jobs = bells.of(JOBS).listen();
        bells.echo(JOBS);
        bells.echo("unknown");
        assert!(hears(&mut jobs));
        assert_eq!(bells.rung().now_or_never(), None);
        bells.of(EVENTS).ring();
        bells.of(JOBS).ring();
        bells.of(JOBS).ring();
        let told = BTreeSet::from([EVENTS, JOBS]);
        assert_eq!(bells.rung().now_or_never(), Some(told.clone()));
        assert_eq!(bells.rung().now_or_never(), None);
        bells.not_told(told.clone());
        assert_eq!(bells.rung().now_or_never(), Some(told));
        assert!(hears(&mut jobs));
        bells.echo_all();
        assert!(hears(&mut jobs));
    }
}
