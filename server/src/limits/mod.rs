//! Budgets: how often something may be done, by whom. Kept in process, or in Redis when several
//! servers share them.

mod by_ip;
mod headers;
mod local;
mod shared;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use deadpool_redis::Pool;

pub use self::by_ip::LimitByIp;
pub(crate) use self::by_ip::ip_key;
pub use self::headers::{RateLimitHeaders, Tightest};
use self::local::LocalLimits;
use self::shared::SharedLimits;
use crate::problem::ApiError;

/// The time as a duration since some fixed point. Handed in, so that tests can turn it.
pub type Ticks = Arc<dyn Fn() -> Duration + Send + Sync>;

/// `count` times per `per`, at most `burst` at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Budget {
    /// What is limited: `ip`, `login`, `tenant`.
    pub name: &'static str,
    /// The time over which `count` is spread.
    pub per: Duration,
    /// How often within `per`.
    pub count: u32,
    /// How often at once, after a rest.
    pub burst: u32,
}

impl Budget {
    /// A budget whose whole count may be used at once.
    pub fn new(name: &'static str, count: u32, per: Duration) -> Self {
        Self { name, per, count: count.max(1), burst: count.max(1) }
    }

    /// The same with another burst.
    #[must_use]
    pub fn burst(self, burst: u32) -> Self {
        Self { burst: burst.max(1), ..self }
    }

    /// The time in which one use comes back.
    fn interval(&self) -> Duration {
        (self.per / self.count.max(1)).max(Duration::from_micros(1))
    }
}

/// What a check found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// Whether it may be done.
    pub allowed: bool,
    /// How often at once, after a rest.
    pub limit: u32,
    /// How often still, now.
    pub remaining: u32,
    /// When all of it is back.
    pub reset: Duration,
    /// When it may be tried again; zero if allowed.
    pub retry_after: Duration,
}

/// Checks budgets.
pub struct Limiter {
    local: LocalLimits,
    shared: Option<SharedLimits>,
}

impl fmt::Debug for Limiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let backend = if self.shared.is_some() { "redis" } else { "in process" };
        f.debug_struct("Limiter").field("backend", &backend).finish_non_exhaustive()
    }
}

impl Limiter {
    /// Budgets of this process alone.
    pub fn local(now: Ticks) -> Self {
        Self { local: LocalLimits::new(now), shared: None }
    }

    /// Budgets that all servers with the same Redis share. `now` must be the same for all, too:
    /// the time of day, not a stopwatch.
    pub fn shared(pool: Pool, now: Ticks) -> Self {
        Self {
            local: LocalLimits::new(Arc::clone(&now)),
            shared: Some(SharedLimits::new(pool, now)),
        }
    }

    /// Takes one use of `budget` for `key`. What it finds also goes to the answer's headers.
    pub async fn check(&self, budget: &Budget, key: &str) -> Verdict {
        let shared = match &self.shared {
            // Boxed: the redis client's future is large, and every request would carry it.
            Some(shared) => Box::pin(shared.check(budget, key)).await,
            None => None,
        };
        // Without Redis each server counts for itself: better a little too much than nobody.
        let verdict = shared.unwrap_or_else(|| self.local.check(budget, key));
        headers::note(*budget, verdict);
        verdict
    }

    /// [`Limiter::check`] that refuses with 429.
    pub async fn require(&self, budget: &Budget, key: &str) -> Result<(), ApiError> {
        let verdict = self.check(budget, key).await;
        if verdict.allowed {
            return Ok(());
        }
        metrics::counter!("rate_limited_total", "budget" => budget.name).increment(1);
        Err(ApiError::rate_limited(verdict.retry_after))
    }
}
