//! Budgets in Redis: one script, so that a check is one round trip and can't be raced.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use deadpool_redis::redis::{RedisError, Script};
use deadpool_redis::{Pool, PoolError};

use super::{Budget, Ticks, Verdict};

/// A limit that is slower than what it guards is no use.
const PATIENCE: Duration = Duration::from_millis(250);
/// After a failure, Redis is left alone for so long: its silence must not slow every request.
const PAUSE: Duration = Duration::from_secs(1);

pub(super) struct SharedLimits {
    pool: Pool,
    now: Ticks,
    script: Script,
    down: AtomicBool,
    /// Microseconds; before this, Redis isn't asked.
    retry_at: AtomicU64,
}

#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("no answer within {PATIENCE:?}")]
    Timeout,
    #[error(transparent)]
    Pool(#[from] PoolError),
    #[error(transparent)]
    Redis(#[from] RedisError),
}

impl SharedLimits {
    pub(super) fn new(pool: Pool, now: Ticks) -> Self {
        Self {
            pool,
            now,
            script: Script::new(include_str!("gcra.lua")),
            down: AtomicBool::new(false),
            retry_at: AtomicU64::new(0),
        }
    }

    /// `None` while Redis can't be asked.
    pub(super) async fn check(&self, budget: &Budget, key: &str) -> Option<Verdict> {
        let now = micros((self.now)());
        let retry_at = self.retry_at.load(Ordering::Relaxed);
        // A clock that was turned back must not keep Redis unasked for ever.
        if now < retry_at && retry_at - now <= micros(PAUSE) {
            return None;
        }
        let answer = tokio::time::timeout(PATIENCE, self.ask(budget, key, now)).await;
        match answer.unwrap_or(Err(Failure::Timeout)) {
            Ok(verdict) => {
                if self.down.swap(false, Ordering::Relaxed) {
                    tracing::info!("redis is back; limits are shared again");
                }
                Some(verdict)
            }
            Err(error) => {
                self.retry_at.store(now + micros(PAUSE), Ordering::Relaxed);
                if !self.down.swap(true, Ordering::Relaxed) {
                    tracing::warn!(%error, "redis is away; limits are kept in process meanwhile");
                }
                None
            }
        }
    }

    async fn ask(&self, budget: &Budget, key: &str, now: u64) -> Result<Verdict, Failure> {
        let mut connection = self.pool.get().await?;
        let (allowed, remaining, wait, reset): (u8, u32, u64, u64) = self
            .script
            .key(format!("openchair:limit:{}:{key}", budget.name))
            .arg(now)
            .arg(micros(budget.interval()))
            .arg(budget.burst)
            .invoke_async(&mut *connection)
            .await?;
        Ok(Verdict {
            allowed: allowed == 1,
            limit: budget.burst,
            remaining,
            reset: Duration::from_micros(reset),
            retry_after: Duration::from_micros(wait),
        })
    }
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead as _, BufReader};
    use std::path::PathBuf;
    use std::process::{Child, Command, Stdio};

    use deadpool_redis::{Config, Runtime};

    use super::*;
    use crate::limits::Limiter;
    use crate::limits::local::tests::clock;

    /// A Redis of the test's own, on a socket in a folder of its own, gone with the test.
    struct Redis {
        child: Child,
        folder: PathBuf,
    }

    impl Redis {
        /// `None` where no redis-server is installed.
        fn start(name: &str) -> Option<Self> {
            let folder = std::env::temp_dir().join(format!("oc-{name}-{}", std::process::id()));
            std::fs::create_dir_all(&folder).unwrap();
            let child = Command::new("redis-server")
                .args(["--port", "0", "--save", "", "--appendonly", "no", "--unixsocket"])
                .arg(folder.join("redis.sock"))
                .arg("--dir")
                .arg(&folder)
                .stdin(Stdio::null())
                .stdout(Stdio::piped())
                .spawn();
            let Ok(mut child) = child else {
                std::fs::remove_dir_all(&folder).unwrap();
                return None;
            };
            let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
            assert!(lines.any(|line| line.unwrap().contains("ready to accept connections")));
            Some(Self { child, folder })
        }

        fn pool(&self) -> Pool {
            let url = format!("unix://{}", self.folder.join("redis.sock").display());
            Config::from_url(url).create_pool(Some(Runtime::Tokio1)).unwrap()
        }

        fn stop(&mut self) {
            self.child.kill().unwrap();
            self.child.wait().unwrap();
        }
    }

    impl Drop for Redis {
        fn drop(&mut self) {
            let _ = self.child.kill();
            let _ = self.child.wait();
            let _ = std::fs::remove_dir_all(&self.folder);
        }
    }

    const START: u64 = 1_790_000_000_000;

    #[tokio::test]
    async fn servers_share_a_budget() {
        let Some(redis) = Redis::start("share") else { return };
        let (time, ticks) = clock(START);
        let one = Limiter::shared(redis.pool(), ticks.clone());
        let two = Limiter::shared(redis.pool(), ticks);
        let budget = Budget::new("login", 4, Duration::from_secs(40));
        for (server, left) in [(&one, 3), (&two, 2), (&one, 1), (&two, 0)] {
            let verdict = server.check(&budget, "ann").await;
            assert_eq!((verdict.allowed, verdict.limit, verdict.remaining), (true, 4, left));
            assert_eq!(verdict.reset, Duration::from_secs(u64::from(4 - left) * 10));
        }
        for server in [&one, &two] {
            let refused = server.check(&budget, "ann").await;
            assert_eq!((refused.allowed, refused.remaining), (false, 0));
            assert_eq!(refused.retry_after, Duration::from_secs(10));
        }
        assert!(two.check(&budget, "bob").await.allowed);
        time.fetch_add(10_000, Ordering::SeqCst);
        assert!(two.check(&budget, "ann").await.allowed);
        assert!(!one.check(&budget, "ann").await.allowed);
        // Turned back by a year: nobody waits longer than the window.
        time.store(START - 31_536_000_000, Ordering::SeqCst);
        assert!(one.check(&budget, "ann").await.retry_after <= Duration::from_secs(40));
    }

    #[tokio::test]
    async fn fifty_at_once_get_exactly_the_burst() {
        let Some(redis) = Redis::start("race") else { return };
        let (_, ticks) = clock(START);
        let limiter = std::sync::Arc::new(Limiter::shared(redis.pool(), ticks));
        let budget = Budget::new("signup", 7, Duration::from_mins(1));
        let tries = (0..50).map(|_| {
            let limiter = std::sync::Arc::clone(&limiter);
            tokio::spawn(async move { limiter.check(&budget, "x").await.allowed })
        });
        let allowed = futures_util::future::join_all(tries).await;
        assert_eq!(allowed.into_iter().filter(|done| *done.as_ref().unwrap()).count(), 7);
    }

    #[tokio::test]
    async fn without_redis_it_counts_in_process() {
        let Some(mut redis) = Redis::start("down") else { return };
        let (time, ticks) = clock(START);
        let limiter = Limiter::shared(redis.pool(), ticks);
        let budget = Budget::new("login", 3, Duration::from_mins(5));
        assert_eq!(limiter.check(&budget, "ann").await.remaining, 2);
        redis.stop();
        let mut allowed = 0;
        for _ in 0..10 {
            allowed += u32::from(limiter.check(&budget, "ann").await.allowed);
            time.fetch_add(100, Ordering::SeqCst);
        }
        assert_eq!(allowed, 3);
    }
}
