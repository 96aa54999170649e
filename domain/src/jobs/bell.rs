use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::Notify;

/// Wakes the worker that runs in this process. A ring may be lost: the worker looks by itself every
/// few seconds.
#[derive(Debug, Clone, Default)]
pub struct Bell(Arc<Notify>);

impl Bell {
    /// There may be something to do.
    pub fn ring(&self) {
        self.0.notify_one();
    }

    /// Waits for the next ring; one that came while nobody waited counts.
    pub async fn heard(&self) {
        self.0.notified().await;
    }
}

/// One transaction's way to the bell. It rings after the commit: before, there is nothing to find.
#[derive(Debug, Default)]
pub(crate) struct Ringer {
    bell: Bell,
    queued: AtomicBool,
}

/// Every transaction starts anew: what another one queued is none of its business.
impl Clone for Ringer {
    fn clone(&self) -> Self {
        Self { bell: self.bell.clone(), queued: AtomicBool::new(false) }
    }
}

impl Ringer {
    /// The bell itself.
    pub(crate) fn bell(&self) -> &Bell {
        &self.bell
    }

    /// This transaction queued a job.
    pub(crate) fn remember(&self) {
        self.queued.store(true, Ordering::Relaxed);
    }

    /// The transaction is committed.
    pub(crate) fn committed(&self) {
        if self.queued.load(Ordering::Relaxed) {
            self.bell.ring();
        }
    }
}
