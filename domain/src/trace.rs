//! What a piece of work comes from: the request, or the job, that caused it. It goes along with the
//! work, also into jobs, so that one name finds in the log all that came of one thing.

use std::sync::Arc;

tokio::task_local! {
    static CURRENT: Arc<str>;
}

/// Runs a future inside which [`current`] answers this.
pub async fn scope<F: Future>(trace: Arc<str>, future: F) -> F::Output {
    CURRENT.scope(trace, future).await
}

/// What the running work comes from, if anybody said so.
pub fn current() -> Option<Arc<str>> {
    CURRENT.try_with(Clone::clone).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_inmost_counts_and_outside_there_is_none() {
        let (outer, inner): (Arc<str>, Arc<str>) = ("req-1".into(), "req-2".into());
        assert_eq!(current(), None);
        scope(outer, async {
            scope(inner, async { assert_eq!(current().as_deref(), Some("req-2")) }).await;
            assert_eq!(current().as_deref(), Some("req-1"));
        })
        .await;
        assert_eq!(current(), None);
    }
}
