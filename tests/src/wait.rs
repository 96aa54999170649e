//! Waiting for what must come, instead of sleeping for as long as it might take.

use std::time::{Duration, Instant};

/// Longer than anything takes on a slow, busy machine.
const PATIENCE: Duration = Duration::from_secs(30);
const LOOK: Duration = Duration::from_millis(10);

/// Looks until `look` finds something; fails with `what` when patience ends.
pub async fn eventually<T>(what: &str, look: impl AsyncFnMut() -> Option<T>) -> T {
    eventually_in(PATIENCE, what, look).await
}

/// [`eventually`], with another patience.
pub async fn eventually_in<T>(
    patience: Duration,
    what: &str,
    mut look: impl AsyncFnMut() -> Option<T>,
) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(begun.elapsed() < patience, "waited {patience:?} in vain: {what}");
        tokio::time::sleep(LOOK).await;
    }
}
