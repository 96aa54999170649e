//! Budgets in process, by governor.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use governor::clock::Clock;
use governor::middleware::StateInformationMiddleware;
use governor::nanos::Nanos;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};

use super::{Budget, Ticks, Verdict};

/// After so many checks, keys that are whole again are forgotten.
const SWEEP_EVERY: u32 = 4096;

type Keyed = RateLimiter<String, DashMapStateStore<String>, Ticker, StateInformationMiddleware>;

#[derive(Clone)]
struct Ticker(Ticks);

impl Clock for Ticker {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        (self.0)().into()
    }
}

struct Bucket {
    keyed: Keyed,
    checks: AtomicU32,
}

/// One limiter per budget, made when it is first asked for.
pub(super) struct LocalLimits {
    now: Ticks,
    buckets: RwLock<HashMap<Budget, Arc<Bucket>>>,
}

impl LocalLimits {
    pub(super) fn new(now: Ticks) -> Self {
        Self { now, buckets: RwLock::default() }
    }

    fn bucket(&self, budget: &Budget) -> Arc<Bucket> {
        let known =
            self.buckets.read().unwrap_or_else(PoisonError::into_inner).get(budget).cloned();
        known.unwrap_or_else(|| {
            let mut buckets = self.buckets.write().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(buckets.entry(*budget).or_insert_with(|| {
                let keyed =
                    RateLimiter::dashmap_with_clock(quota(budget), Ticker(self.now.clone()));
                Arc::new(Bucket { keyed: keyed.with_middleware(), checks: AtomicU32::new(0) })
            }))
        })
    }

    pub(super) fn check(&self, budget: &Budget, key: &str) -> Verdict {
        let bucket = self.bucket(budget);
        if bucket.checks.fetch_add(1, Ordering::Relaxed) % SWEEP_EVERY == SWEEP_EVERY - 1 {
            bucket.keyed.retain_recent();
            bucket.keyed.shrink_to_fit();
        }
        match bucket.keyed.check_key(&key.to_owned()) {
            Ok(state) => {
                let remaining = state.remaining_burst_capacity();
                Verdict {
                    allowed: true,
                    limit: budget.burst,
                    remaining,
                    reset: budget.interval() * budget.burst.saturating_sub(remaining),
                    retry_after: Duration::ZERO,
                }
            }
            Err(not_until) => {
                let retry_after = not_until.wait_time_from((self.now)().into());
                Verdict {
                    allowed: false,
                    limit: budget.burst,
                    remaining: 0,
                    reset: budget.interval() * (budget.burst - 1) + retry_after,
                    retry_after,
                }
            }
        }
    }

    #[cfg(test)]
    fn keys(&self, budget: &Budget) -> usize {
        self.bucket(budget).keyed.len()
    }
}

fn quota(budget: &Budget) -> Quota {
    let burst = NonZeroU32::new(budget.burst).unwrap_or(NonZeroU32::MIN);
    // The interval is never zero, so there is always a quota.
    Quota::with_period(budget.interval())
        .map_or_else(|| Quota::per_second(burst), |quota| quota.allow_burst(burst))
}

#[cfg(test)]
pub(super) mod tests {
    use std::sync::atomic::AtomicU64;

    use super::*;

    /// A clock that a test turns, in milliseconds.
    pub(in crate::limits) fn clock(start: u64) -> (Arc<AtomicU64>, Ticks) {
        let millis = Arc::new(AtomicU64::new(start));
        let read = Arc::clone(&millis);
        (millis, Arc::new(move || Duration::from_millis(read.load(Ordering::SeqCst))))
    }

    #[test]
    fn a_budget_is_used_up_and_comes_back() {
        let (time, ticks) = clock(1_000);
        let limits = LocalLimits::new(ticks);
        let budget = Budget::new("login", 5, Duration::from_secs(50));
        for left in (0..5).rev() {
            let verdict = limits.check(&budget, "ann");
            assert_eq!((verdict.allowed, verdict.limit, verdict.remaining), (true, 5, left));
            assert_eq!(verdict.reset, Duration::from_secs(u64::from(5 - left) * 10));
        }
        let refused = limits.check(&budget, "ann");
        assert_eq!((refused.allowed, refused.remaining), (false, 0));
        assert_eq!(refused.retry_after, Duration::from_secs(10));
        assert_eq!(refused.reset, Duration::from_secs(50));
        // Somebody else, and another budget of the same name, are not concerned.
        assert!(limits.check(&budget, "bob").allowed);
        assert!(limits.check(&budget.burst(9), "ann").allowed);
        time.fetch_add(9_999, Ordering::SeqCst);
        assert!(!limits.check(&budget, "ann").allowed);
        time.fetch_add(1, Ordering::SeqCst);
        assert!(limits.check(&budget, "ann").allowed);
        assert!(!limits.check(&budget, "ann").allowed);
        time.fetch_add(3_600_000, Ordering::SeqCst);
        assert_eq!(limits.check(&budget, "ann").remaining, 4);
    }

    #[test]
    fn memory_is_given_back() {
        let (time, ticks) = clock(0);
        let limits = LocalLimits::new(ticks);
        let budget = Budget::new("ip", 10, Duration::from_secs(1));
        for n in 0..SWEEP_EVERY - 1 {
            limits.check(&budget, &format!("10.0.{}.{}", n / 256, n % 256));
        }
        assert_eq!(limits.keys(&budget), SWEEP_EVERY as usize - 1);
        time.store(10_000, Ordering::SeqCst);
        limits.check(&budget, "10.9.9.9");
        assert_eq!(limits.keys(&budget), 1);
    }
}
