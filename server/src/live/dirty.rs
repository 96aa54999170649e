//! Whose turn it is: the tenants in which something may have happened, one look at a time in each.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use openchair_domain::ids::{Id, Tenant};
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio::time::sleep;

/// In so many tenants at once it is looked what has happened.
const AT_ONCE: usize = 4;

/// Tenants in which something may have happened, and those in which only time has passed: these come
/// when there is nothing else to tell.
#[derive(Debug, Default)]
pub(super) struct Dirty {
    waiting: Mutex<Waiting>,
    rung: Notify,
}

#[derive(Debug, Default)]
struct Waiting {
    news: Line,
    later: Line,
}

/// In the order in which they came, each once.
#[derive(Debug, Default)]
struct Line {
    order: VecDeque<Id<Tenant>>,
    there: HashSet<Id<Tenant>>,
}

impl Line {
    fn add(&mut self, tenant: Id<Tenant>) {
        if self.there.insert(tenant) {
            self.order.push_back(tenant);
        }
    }

    /// The first that isn't being looked at already.
    fn take(&mut self, is_busy: impl Fn(Id<Tenant>) -> bool) -> Option<Id<Tenant>> {
        let at = self.order.iter().position(|tenant| !is_busy(*tenant))?;
        let tenant = self.order.remove(at)?;
        self.there.remove(&tenant);
        Some(tenant)
    }
}

impl Dirty {
    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Something may have happened.
    pub(super) fn mark(&self, tenant: Id<Tenant>) {
        self.waiting().news.add(tenant);
        self.rung.notify_one();
    }

    /// Time has passed.
    pub(super) fn mark_later(&self, tenant: Id<Tenant>) {
        self.waiting().later.add(tenant);
        self.rung.notify_one();
    }

    /// Whose turn it is, and whether time alone is something there.
    fn pop(&self, is_busy: impl Fn(Id<Tenant>) -> bool) -> Option<(Id<Tenant>, bool)> {
        let mut waiting = self.waiting();
        let news = waiting.news.take(&is_busy).map(|tenant| (tenant, false));
        news.or_else(|| waiting.later.take(&is_busy).map(|tenant| (tenant, true)))
    }

    /// Has `look` look at one tenant after the other, for good; it says how long the tenant rests
    /// afterwards. A look that panics (which was logged)
    /// is over like any other: whatever happens next in that tenant is looked at.
    pub(super) async fn take_turns<F>(&self, look: impl Fn(Id<Tenant>, bool) -> F)
    where
        F: Future<Output = Duration> + Send + 'static,
    {
        let (mut running, mut resting, mut busy) = (JoinSet::new(), JoinSet::new(), HashMap::new());
        loop {
            while running.len() < AT_ONCE
                && let Some((tenant, later)) = self.pop(|one| busy.values().any(|at| *at == one))
            {
                let turn = running.spawn(look(tenant, later));
                busy.insert(turn.id(), tenant);
            }
            tokio::select! {
                () = self.rung.notified(), if running.len() < AT_ONCE => {}
                Some(done) = running.join_next_with_id() => {
                    let (turn, rest) = done.unwrap_or_else(|error| (error.id(), Duration::ZERO));
                    let tenant = busy.remove(&turn);
                    if let Some(tenant) = tenant && !rest.is_zero() {
                        busy.insert(resting.spawn(sleep(rest)).id(), tenant);
                    }
                }
                Some(rested) = resting.join_next_with_id() => {
                    let rest = rested.map_or_else(|error| error.id(), |(rest, ())| rest);
                    busy.remove(&rest);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use tokio::sync::mpsc;
    use tokio::time::{Instant, timeout};
    use uuid::Uuid;

    use super::*;

    fn tenant(n: u128) -> Id<Tenant> {
        Id::from_uuid(Uuid::from_u128(n))
    }

    #[test]
    fn what_has_happened_comes_before_what_time_alone_has_changed() {
        let dirty = Dirty::default();
        dirty.mark_later(tenant(1));
        for n in [3, 2, 3] {
            dirty.mark(tenant(n));
        }
        let nobody = |_| false;
        assert_eq!(dirty.pop(|one| one == tenant(3)), Some((tenant(2), false)));
        assert_eq!(dirty.pop(nobody), Some((tenant(3), false)));
        assert_eq!(dirty.pop(|one| one == tenant(1)), None);
        assert_eq!(dirty.pop(nobody), Some((tenant(1), true)));
        assert_eq!(dirty.pop(nobody), None);
    }

    /// A look that panics while another is still at it.
    #[tokio::test]
    async fn a_panic_silences_nobody() {
        let dirty = Arc::new(Dirty::default());
        let (told, mut looks) = mpsc::unbounded_channel();
        let (turns, held) = (Arc::clone(&dirty), Arc::new(Notify::new()));
        let hold = Arc::clone(&held);
        let loop_ = tokio::spawn(async move {
            let look = |one, _later| {
                let (told, hold) = (told.clone(), Arc::clone(&hold));
                async move {
                    let _ = told.send(one);
                    if one == tenant(1) {
                        hold.notified().await;
                    }
                    assert_ne!(one, tenant(2), "a look that fails");
                    Duration::ZERO
                }
            };
            turns.take_turns(look).await;
        });
        let mut next =
            async || timeout(Duration::from_secs(10), looks.recv()).await.expect("a look in time");
        dirty.mark(tenant(1));
        assert_eq!(next().await, Some(tenant(1)));
        for _ in 0..3 {
            dirty.mark(tenant(2));
            assert_eq!(next().await, Some(tenant(2)));
        }
        // One look at a time: it comes again when the one before is over.
        dirty.mark(tenant(1));
        dirty.mark(tenant(3));
        assert_eq!(next().await, Some(tenant(3)));
        held.notify_one();
        assert_eq!(next().await, Some(tenant(1)));
        loop_.abort();
    }

    /// Who has just been looked at rests; nobody else waits for that.
    #[tokio::test]
    async fn who_rests_comes_later_and_holds_nobody_up() {
        const REST: Duration = Duration::from_secs(1);
        let begun = Instant::now();
        let dirty = Arc::new(Dirty::default());
        let (told, mut looks) = mpsc::unbounded_channel();
        let turns = Arc::clone(&dirty);
        let loop_ = tokio::spawn(async move {
            let look = |one, _later| {
                let told = told.clone();
                async move {
                    let _ = told.send(one);
                    if one == tenant(1) { REST } else { Duration::ZERO }
                }
            };
            turns.take_turns(look).await;
        });
        let mut next = async || looks.recv().await.unwrap();
        dirty.mark(tenant(1));
        assert_eq!(next().await, tenant(1));
        dirty.mark(tenant(1));
        for _ in 0..2 {
            dirty.mark(tenant(2));
            assert_eq!(next().await, tenant(2));
        }
        assert_eq!(next().await, tenant(1));
        assert!(begun.elapsed() >= REST);
        loop_.abort();
    }
}
