//! `RateLimit-*` on the answer, for whichever budget is tightest.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use poem::http::{HeaderName, HeaderValue};
use poem::{Endpoint, IntoResponse, Middleware, Request, Response, Result};

use super::{Budget, Verdict};
use crate::problem::whole_seconds;

tokio::task_local! {
    static CURRENT: Tightest;
}

/// The tightest budget that the present request has met.
#[derive(Debug, Clone, Default)]
pub struct Tightest(Arc<Mutex<Option<(Budget, Verdict)>>>);

impl Tightest {
    /// The one of the request that is being answered.
    pub fn current() -> Option<Self> {
        CURRENT.try_with(Clone::clone).ok()
    }

    /// Runs a future whose checks are noted here (for work that moves to another task).
    pub async fn scope<F: Future>(self, future: F) -> F::Output {
        CURRENT.scope(self, future).await
    }

    fn note(&self, budget: Budget, verdict: Verdict) {
        let mut slot = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // At a draw the later one tells: it is the more particular.
        let tighter =
            slot.as_ref().is_none_or(|(_, known)| closeness(&verdict) <= closeness(known));
        if tighter {
            *slot = Some((budget, verdict));
        }
    }

    fn write(&self, response: &mut Response) {
        let slot = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some((budget, verdict)) = slot else { return };
        let reset = if verdict.reset.is_zero() { 0 } else { whole_seconds(verdict.reset) };
        let policy = format!(
            "{};w={};burst={};name=\"{}\"",
            budget.count,
            whole_seconds(budget.per),
            budget.burst,
            budget.name
        );
        let headers = response.headers_mut();
        for (name, value) in [
            ("ratelimit-limit", verdict.limit.to_string()),
            ("ratelimit-remaining", verdict.remaining.to_string()),
            ("ratelimit-reset", reset.to_string()),
            ("ratelimit-policy", policy),
        ] {
            if let Ok(value) = HeaderValue::from_str(&value) {
                headers.insert(HeaderName::from_static(name), value);
            }
        }
    }
}

/// Refusals first (the longer wait is the tighter), then by what is left of the whole.
fn closeness(verdict: &Verdict) -> (bool, u64) {
    if !verdict.allowed {
        let wait = u64::try_from(verdict.retry_after.as_millis()).unwrap_or(u64::MAX);
        return (false, u64::MAX - wait);
    }
    (true, u64::from(verdict.remaining) * 1_000_000 / u64::from(verdict.limit.max(1)))
}

/// Notes a check on the present request, if there is one.
pub(super) fn note(budget: Budget, verdict: Verdict) {
    if let Some(tightest) = Tightest::current() {
        tightest.note(budget, verdict);
    }
}

/// Middleware: writes the headers of the tightest budget on the answer. `Retry-After` comes with
/// the refusal itself.
#[derive(Debug, Clone, Copy, Default)]
pub struct RateLimitHeaders;

impl<E: Endpoint> Middleware<E> for RateLimitHeaders {
    type Output = RateLimitHeadersEndpoint<E>;

    fn transform(&self, inner: E) -> Self::Output {
        RateLimitHeadersEndpoint { inner }
    }
}

/// The endpoint that [`RateLimitHeaders`] makes.
pub struct RateLimitHeadersEndpoint<E> {
    inner: E,
}

impl<E> fmt::Debug for RateLimitHeadersEndpoint<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RateLimitHeadersEndpoint")
    }
}

impl<E: Endpoint> Endpoint for RateLimitHeadersEndpoint<E> {
    type Output = Response;

    async fn call(&self, req: Request) -> Result<Response> {
        let tightest = Tightest::default();
        let answer = tightest.clone().scope(self.inner.call(req)).await;
        let mut response = answer.map(IntoResponse::into_response)?;
        tightest.write(&mut response);
        Ok(response)
    }
}
