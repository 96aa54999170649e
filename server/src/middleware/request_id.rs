//! One id per request, in the log, in the answer's header and in every problem, so that a person
//! who reports an error can be helped.

use std::fmt;
use std::sync::Arc;

use openchair_domain::trace;
use poem::http::{HeaderName, HeaderValue};
use poem::{Endpoint, IntoResponse, Middleware, Request, Response, Result};

/// The header that carries the id, both ways.
pub const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// The id of one request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestId(Arc<str>);

impl RequestId {
    /// Takes an id as it is; callers check foreign ones with [`RequestId::sane`] first.
    pub fn new(id: impl Into<Arc<str>>) -> Self {
        Self(id.into())
    }

    /// An id from outside is taken over only if it can do no harm in a log line.
    pub fn sane(id: &str) -> Option<Self> {
        let fits = (8..=64).contains(&id.len());
        let plain = id.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
        (fits && plain).then(|| Self::new(id))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Runs a future inside which [`current`] answers this id (for work that moves to another task).
    pub async fn scope<F: Future>(self, future: F) -> F::Output {
        trace::scope(self.0, future).await
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The id of the request that is being answered, if there is one.
pub fn current() -> Option<RequestId> {
    trace::current().map(RequestId)
}

/// Middleware: takes over a sane incoming id or makes one, and puts it on the answer.
pub struct RequestIds {
    generate: Arc<dyn Fn() -> String + Send + Sync>,
}

impl RequestIds {
    /// Ids come from outside (randomness is a parameter everywhere).
    pub fn new(generate: impl Fn() -> String + Send + Sync + 'static) -> Self {
        Self { generate: Arc::new(generate) }
    }
}

impl fmt::Debug for RequestIds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RequestIds")
    }
}

impl<E: Endpoint> Middleware<E> for RequestIds {
    type Output = RequestIdEndpoint<E>;

    fn transform(&self, inner: E) -> Self::Output {
        RequestIdEndpoint { inner, generate: Arc::clone(&self.generate) }
    }
}

/// The endpoint that [`RequestIds`] makes.
pub struct RequestIdEndpoint<E> {
    inner: E,
    generate: Arc<dyn Fn() -> String + Send + Sync>,
}

impl<E> fmt::Debug for RequestIdEndpoint<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RequestIdEndpoint")
    }
}

impl<E: Endpoint> Endpoint for RequestIdEndpoint<E> {
    type Output = Response;

    async fn call(&self, mut req: Request) -> Result<Response> {
        let id = req
            .header(HEADER)
            .and_then(RequestId::sane)
            .unwrap_or_else(|| RequestId::new((self.generate)()));
        req.set_data(id.clone());
        let mut answer =
            id.clone().scope(self.inner.call(req)).await.map(IntoResponse::into_response)?;
        if let Ok(value) = HeaderValue::from_str(id.as_str()) {
            answer.headers_mut().insert(HEADER, value);
        }
        answer.set_data(id);
        Ok(answer)
    }
}

#[cfg(test)]
mod tests {
    use poem::{EndpointExt, handler};

    use super::*;
    use crate::testing::Client;

    #[handler]
    fn echo() -> String {
        current().map(|id| id.to_string()).unwrap_or_default()
    }

    #[tokio::test]
    async fn takes_over_sane_ids_and_replaces_the_rest() {
        let app = Client(echo.with(RequestIds::new(|| "made-here-1".into())));
        for (sent, seen) in [
            (Some("from-outside_1.2"), "from-outside_1.2"),
            (Some("short"), "made-here-1"),
            (Some("has spaces in it"), "made-here-1"),
            (Some("{\"level\":\"error\"}"), "made-here-1"),
            (None, "made-here-1"),
        ] {
            let mut request = app.get("/");
            if let Some(sent) = sent {
                request = request.header("x-request-id", sent);
            }
            let answer = request.send().await;
            assert_eq!((answer.header("x-request-id"), answer.text()), (seen, seen));
        }
        assert_eq!(current(), None);
    }
}
