//! Bells: hints that there may be something to do. Each has a name; whoever waits for it in this
//! process hears it at once, and so do those in others ([`Across`]). A ring may say for whom it is, so
//! that nobody looks at all for one's sake. It may be lost: everybody who waits for one looks by
//! themselves, too.

mod across;
mod ring;
mod ringer;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;
use tokio::sync::broadcast::{Receiver, Sender, error::RecvError, error::TryRecvError};

pub use across::Across;
pub use ring::Ring;
pub(crate) use ringer::Ringer;

use crate::ids::{Id, Tenant};

/// Rings when a job was queued.
pub const JOBS: &str = "jobs";

/// Rings when an event was written, for whoever's it is.
pub const EVENTS: &str = "events";

/// Rings when there is a webhook to send.
pub const DELIVERIES: &str = "deliveries";

/// Rings when it was written down that something went badly.
pub const TROUBLE: &str = "trouble";

/// More that nobody has heard yet are one for everybody.
const KEPT: usize = 256;

/// The bells of this process.
#[derive(Debug, Clone, Default)]
pub struct Bells(Arc<Tower>);

/// What is told of a bell: for whom it rings, or that it may be anybody.
type Stroke = Option<Id<Tenant>>;

#[derive(Debug, Default)]
struct Tower {
    bells: Mutex<HashMap<&'static str, Sender<Stroke>>>,
    untold: Mutex<BTreeMap<&'static str, Ring>>,
    rung: Notify,
}

impl Bells {
    /// The bell of this name.
    pub fn of(&self, name: &'static str) -> Bell {
        let sender = self.bells().entry(name).or_insert_with(|| Sender::new(KEPT)).clone();
        Bell { name, sender, tower: Arc::clone(&self.0) }
    }

    /// What rang here since this was asked last; waits for the first.
    async fn rung(&self) -> BTreeMap<&'static str, Ring> {
        loop {
            let told = std::mem::take(&mut *self.untold());
            if !told.is_empty() {
                return told;
            }
            self.0.rung.notified().await;
        }
    }

    /// These could not be told: another time.
    fn not_told(&self, rings: BTreeMap<&'static str, Ring>) {
        let mut untold = self.untold();
        for (name, ring) in rings {
            untold.entry(name).or_default().join(ring);
        }
        self.0.rung.notify_one();
    }

    /// Somebody else's bell of this name rang.
    fn echo(&self, name: &str, ring: &Ring) {
        if let Some(bell) = self.bells().get(name) {
            strike(bell, ring);
        }
    }

    /// Others may have rung any bell.
    fn echo_all(&self) {
        for bell in self.bells().values() {
            strike(bell, &Ring::Anybody);
        }
    }

    fn bells(&self) -> MutexGuard<'_, HashMap<&'static str, Sender<Stroke>>> {
        self.0.bells.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn untold(&self) -> MutexGuard<'_, BTreeMap<&'static str, Ring>> {
        self.0.untold.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn strike(bell: &Sender<Stroke>, ring: &Ring) {
    // Nobody may be listening.
    let send = |stroke| {
        let _nobody = bell.send(stroke);
    };
    match ring {
        Ring::Anybody => send(None),
        Ring::These(tenants) => tenants.iter().for_each(|tenant| send(Some(*tenant))),
    }
}

/// One bell.
#[derive(Debug, Clone)]
pub struct Bell {
    name: &'static str,
    sender: Sender<Stroke>,
    tower: Arc<Tower>,
}

impl Bell {
    /// There may be something to do, for anybody.
    pub fn ring(&self) {
        self.ring_for(Ring::Anybody);
    }

    /// There may be something to do for these.
    fn ring_for(&self, ring: Ring) {
        strike(&self.sender, &ring);
        let mut untold = self.tower.untold.lock().unwrap_or_else(PoisonError::into_inner);
        untold.entry(self.name).or_default().join(ring);
        self.tower.rung.notify_one();
    }

    /// Waits for it from now on.
    pub fn listen(&self) -> Listener {
        Listener(self.sender.subscribe())
    }
}

/// One who waits for a bell.
#[derive(Debug)]
pub struct Listener(Receiver<Stroke>);

impl Listener {
    /// Waits for the next ring; those that came since the last time count as one.
    pub async fn heard(&mut self) -> Ring {
        let mut ring = match self.0.recv().await {
            Ok(stroke) => stroke.into(),
            Err(RecvError::Lagged(_)) => Ring::Anybody,
            // Nobody can ring it any more.
            Err(RecvError::Closed) => std::future::pending().await,
        };
        ring.join(self.so_far());
        ring
    }

    /// What rang since the last time, without waiting.
    pub fn so_far(&mut self) -> Ring {
        let mut ring = Ring::default();
        loop {
            match self.0.try_recv() {
                Ok(stroke) => ring.join(stroke.into()),
                Err(TryRecvError::Lagged(_)) => ring = Ring::Anybody,
                Err(TryRecvError::Empty | TryRecvError::Closed) => return ring,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;
    use uuid::Uuid;

    use super::*;

    fn hears(listener: &mut Listener) -> bool {
        listener.heard().now_or_never().is_some()
    }

    fn tenant(n: u128) -> Id<Tenant> {
        Id::from_uuid(Uuid::from_u128(n))
    }

    fn these(tenants: &[u128]) -> Ring {
        Ring::These(tenants.iter().map(|n| tenant(*n)).collect())
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
    fn it_is_heard_for_whom_it_rings_unless_that_is_too_much() {
        let bells = Bells::default();
        let (bell, mut events) = (bells.of(EVENTS), bells.of(EVENTS).listen());
        bell.ring_for(these(&[1, 2]));
        bell.ring_for(these(&[2, 3]));
        assert_eq!(events.heard().now_or_never(), Some(these(&[1, 2, 3])));
        assert_eq!(events.so_far(), Ring::default());
        bell.ring_for(these(&[4]));
        assert_eq!(events.so_far(), these(&[4]));
        bell.ring_for(these(&[5]));
        bell.ring();
        assert_eq!(events.heard().now_or_never(), Some(Ring::Anybody));
        for n in 0..10_000 {
            bell.ring_for(these(&[n % 2]));
        }
        assert_eq!(events.heard().now_or_never(), Some(Ring::Anybody));
        assert_eq!(bells.rung().now_or_never(), Some([(EVENTS, Ring::Anybody)].into()));
        bell.ring_for(these(&[6]));
        assert_eq!(events.heard().now_or_never(), Some(these(&[6])));
    }

    #[test]
    fn what_rang_here_is_told_once_and_what_rang_there_never() {
        let bells = Bells::default();
        let mut jobs = bells.of(JOBS).listen();
        bells.echo(JOBS, &these(&[7]));
        bells.echo("unknown", &Ring::Anybody);
        assert_eq!(jobs.heard().now_or_never(), Some(these(&[7])));
        assert_eq!(bells.rung().now_or_never(), None);
        bells.of(EVENTS).ring_for(these(&[1]));
        bells.of(JOBS).ring();
        bells.of(JOBS).ring();
        let told: BTreeMap<_, _> = [(EVENTS, these(&[1])), (JOBS, Ring::Anybody)].into();
        assert_eq!(bells.rung().now_or_never(), Some(told.clone()));
        assert_eq!(bells.rung().now_or_never(), None);
        bells.of(EVENTS).ring_for(these(&[2]));
        bells.not_told(told);
        let told = [(EVENTS, these(&[1, 2])), (JOBS, Ring::Anybody)].into();
        assert_eq!(bells.rung().now_or_never(), Some(told));
        assert!(hears(&mut jobs));
        bells.echo_all();
        assert_eq!(jobs.heard().now_or_never(), Some(Ring::Anybody));
    }
}
