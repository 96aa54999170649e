//! Requests that wait.

use tokio::sync::{Semaphore, watch};

/// Where requests wait until they are let go.
#[derive(Debug)]
pub struct Gate {
    permits: Semaphore,
    waiting: watch::Sender<usize>,
}

impl Default for Gate {
    fn default() -> Self {
        Self { permits: Semaphore::new(0), waiting: watch::Sender::new(0) }
    }
}

impl Gate {
    /// Waits until it is opened.
    pub async fn pass(&self) {
        self.waiting.send_modify(|count| *count += 1);
        if let Ok(permit) = self.permits.acquire().await {
            permit.forget();
        }
    }

    /// Those who wait go on.
    pub fn open(&self) {
        // They don't count any more, even those who haven't noticed yet.
        self.permits.add_permits(self.waiting.send_replace(0));
    }

    /// Until so many wait.
    pub async fn wait_for(&self, count: usize) {
        let mut waiting = self.waiting.subscribe();
        // The sender is ours: it isn't gone.
        let _ = waiting.wait_for(|now| *now >= count).await;
    }
}
