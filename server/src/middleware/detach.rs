//! Every request runs in a task of its own. A caller who hangs up drops the waiting, not the work:
//! a transaction is never left half way, nor a connection given back inside one.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use poem::{Endpoint, IntoResponse, Middleware, Request, Response, Result};
use sentry::{Hub, SentryFutureExt as _};
use tokio_util::task::TaskTracker;
use tracing::{Instrument as _, Span};

use super::request_id;
use crate::limits::Tightest;
use crate::problem::ApiError;

/// Middleware: detaches, bounds the wait, and turns a panic into a 500.
#[derive(Debug, Clone)]
pub struct Detach {
    tracker: TaskTracker,
    timeout: Duration,
}

impl Detach {
    /// `tracker` knows all that runs, for a stop that waits for it. After `timeout` the caller gets
    /// 503; the work goes on to its end, for it may have begun to write.
    pub fn new(tracker: TaskTracker, timeout: Duration) -> Self {
        Self { tracker, timeout }
    }
}

impl<E: Endpoint + 'static> Middleware<E> for Detach {
    type Output = DetachEndpoint<E>;

    fn transform(&self, inner: E) -> Self::Output {
        DetachEndpoint { inner: Arc::new(inner), detach: self.clone() }
    }
}

/// The endpoint that [`Detach`] makes.
pub struct DetachEndpoint<E> {
    inner: Arc<E>,
    detach: Detach,
}

impl<E> fmt::Debug for DetachEndpoint<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DetachEndpoint").field("detach", &self.detach).finish_non_exhaustive()
    }
}

type Work = Pin<Box<dyn Future<Output = Result<Response>> + Send>>;

/// What belongs to the request goes with it to the new task.
fn carry(work: impl Future<Output = Result<Response>> + Send + 'static) -> Work {
    let mut work: Work = Box::pin(work);
    if let Some(tightest) = Tightest::current() {
        work = Box::pin(tightest.scope(work));
    }
    if let Some(id) = request_id::current() {
        work = Box::pin(id.scope(work));
    }
    Box::pin(work.instrument(Span::current()).bind_hub(Hub::current()))
}

impl<E: Endpoint + 'static> Endpoint for DetachEndpoint<E> {
    type Output = Response;

    async fn call(&self, req: Request) -> Result<Response> {
        let inner = Arc::clone(&self.inner);
        let work = async move { inner.call(req).await.map(IntoResponse::into_response) };
        let task = self.detach.tracker.spawn(carry(work));
        match tokio::time::timeout(self.detach.timeout, task).await {
            Ok(Ok(answer)) => answer,
            // The panic hook has logged and reported it, with the place where it happened.
            Ok(Err(error)) if error.is_panic() => Err(ApiError::internal_logged().into()),
            Ok(Err(_stopped)) => {
                Err(ApiError::unavailable("stopping", Duration::from_secs(5)).into())
            }
            Err(_elapsed) => {
                tracing::warn!(timeout = ?self.detach.timeout, "a request takes too long");
                Err(ApiError::unavailable("timeout", Duration::from_secs(5)).into())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use poem::web::Data;
    use poem::{EndpointExt, Route, handler};
    use tokio::sync::Notify;

    use super::*;
    use crate::middleware::request_id::RequestIds;
    use crate::problem::Normalise;
    use crate::testing::Client;

    #[derive(Clone, Default)]
    struct Stage {
        go_on: Arc<Notify>,
        done: Arc<AtomicBool>,
    }

    #[handler]
    async fn work(stage: Data<&Stage>) -> &'static str {
        stage.go_on.notified().await;
        stage.done.store(true, Ordering::SeqCst);
        "done"
    }

    #[handler]
    fn panics() -> &'static str {
        panic!("hunter2 is the secret")
    }

    #[handler]
    fn id() -> String {
        request_id::current().unwrap().to_string()
    }

    fn app(stage: &Stage, tracker: &TaskTracker, timeout: Duration) -> Client<impl Endpoint> {
        let routes = Route::new().at("/work", work).at("/panics", panics).at("/id", id);
        Client(
            routes
                .data(stage.clone())
                .with(Detach::new(tracker.clone(), timeout))
                .with(Normalise::default())
                .with(RequestIds::new(|| "request-1".into())),
        )
    }

    const LONG: Duration = Duration::from_mins(1);

    #[tokio::test]
    async fn work_outlives_its_caller() {
        let (stage, tracker) = (Stage::default(), TaskTracker::new());
        let app = app(&stage, &tracker, LONG);
        let mut call = Box::pin(app.get("/work").send());
        assert!(futures_util::poll!(&mut call).is_pending());
        drop(call);
        assert_eq!(tracker.len(), 1);
        stage.go_on.notify_one();
        tracker.close();
        tracker.wait().await;
        assert!(stage.done.load(Ordering::SeqCst));
    }

    #[tokio::test]
    async fn a_panic_is_a_problem() {
        let (stage, tracker) = (Stage::default(), TaskTracker::new());
        let answer = app(&stage, &tracker, LONG).get("/panics").send().await;
        assert_eq!(answer.refusal(), (500, "internal".into()));
        assert_eq!(answer.problem()["request_id"], "request-1");
    }

    #[tokio::test]
    async fn slow_work_is_given_up_but_not_broken_off() {
        let (stage, tracker) = (Stage::default(), TaskTracker::new());
        let app = app(&stage, &tracker, Duration::from_millis(20));
        let answer = app.get("/work").send().await;
        assert_eq!(answer.refusal(), (503, "timeout".into()));
        assert_eq!(answer.header("retry-after"), "5");
        stage.go_on.notify_one();
        tracker.close();
        tracker.wait().await;
        assert!(stage.done.load(Ordering::SeqCst));
    }

    #[tokio::test]
    async fn the_request_id_comes_along() {
        let (stage, tracker) = (Stage::default(), TaskTracker::new());
        assert_eq!(app(&stage, &tracker, LONG).get("/id").send().await.text(), "request-1");
    }
}
