//! A body has a largest size, whether it says so in advance or comes in pieces.

use std::fmt;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::StreamExt as _;
use poem::http::header::CONTENT_LENGTH;
use poem::{Body, Endpoint, IntoResponse, Middleware, Request, Response, Result};

use crate::problem::ApiError;

/// The error that a reader of the body gets when there is more than the limit.
#[derive(Debug)]
struct TooLarge {
    limit: usize,
}

impl fmt::Display for TooLarge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the body is larger than {} bytes", self.limit)
    }
}

impl std::error::Error for TooLarge {}

/// The limit that was exceeded, if that is why reading a body failed.
pub fn exceeded(error: &io::Error) -> Option<usize> {
    error.get_ref().and_then(|inner| inner.downcast_ref::<TooLarge>()).map(|large| large.limit)
}

/// Middleware: 413 beyond `limit` bytes.
#[derive(Debug, Clone, Copy)]
pub struct BodyLimit {
    limit: usize,
    wider: &'static [(&'static str, usize)],
}

impl BodyLimit {
    /// `limit` in bytes.
    pub fn new(limit: usize) -> Self {
        Self { limit, wider: &[] }
    }

    /// Paths that take more: whole files.
    pub fn except(self, wider: &'static [(&'static str, usize)]) -> Self {
        Self { wider, ..self }
    }
}

impl<E: Endpoint> Middleware<E> for BodyLimit {
    type Output = BodyLimitEndpoint<E>;

    fn transform(&self, inner: E) -> Self::Output {
        BodyLimitEndpoint { inner, limit: self.limit, wider: self.wider }
    }
}

/// The endpoint that [`BodyLimit`] makes.
#[derive(Debug)]
pub struct BodyLimitEndpoint<E> {
    inner: E,
    limit: usize,
    wider: &'static [(&'static str, usize)],
}

impl<E: Endpoint> Endpoint for BodyLimitEndpoint<E> {
    type Output = Response;

    async fn call(&self, mut req: Request) -> Result<Response> {
        let wider = self.wider.iter().find(|(path, _)| *path == req.uri().path());
        let limit = wider.map_or(self.limit, |(_, limit)| self.limit.max(*limit));
        // A length beyond 64 bits is beyond every limit, too.
        if let Some(length) = req.headers().get(CONTENT_LENGTH).and_then(|v| v.to_str().ok()) {
            let digits = !length.is_empty() && length.bytes().all(|b| b.is_ascii_digit());
            if !digits {
                let detail = "The header Content-Length is not a number.";
                return Err(ApiError::bad_request("bad_request", detail).into());
            }
            if length.parse::<u64>().map_or(true, |length| length > limit as u64) {
                return Err(ApiError::body_too_large(limit).into());
            }
        }
        let body = req.take_body();
        if body.is_empty() {
            return self.inner.call(req).await.map(IntoResponse::into_response);
        }
        let over = Arc::new(AtomicBool::new(false));
        req.set_body(limited(body, limit, Arc::clone(&over)));
        let result = self.inner.call(req).await.map(IntoResponse::into_response);
        // Not every extractor hands the reason on.
        match result {
            Err(_) if over.load(Ordering::Relaxed) => Err(ApiError::body_too_large(limit).into()),
            other => other,
        }
    }
}

fn limited(body: Body, limit: usize, over: Arc<AtomicBool>) -> Body {
    let mut seen = 0_usize;
    let counted = body.into_bytes_stream().map(move |part| {
        let part = part?;
        seen = seen.saturating_add(part.len());
        if seen > limit {
            over.store(true, Ordering::Relaxed);
            return Err(io::Error::other(TooLarge { limit }));
        }
        Ok(part)
    });
    Body::from_bytes_stream(counted)
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use futures_util::stream;
    use poem::{EndpointExt, handler};

    use super::*;
    use crate::problem::Normalise;
    use crate::testing::Client;

    #[handler]
    async fn length(body: Body) -> Result<String> {
        Ok(body.into_vec().await?.len().to_string())
    }

    fn chunks(n: usize) -> Body {
        let parts = (0..n).map(|_| Ok::<_, io::Error>(Bytes::from_static(b"12345")));
        Body::from_bytes_stream(stream::iter(parts.collect::<Vec<_>>()))
    }

    #[tokio::test]
    async fn some_paths_take_more() {
        let limit = BodyLimit::new(10).except(&[("/files", 20), ("/small", 5)]);
        let app = Client(length.with(limit).with(Normalise::default()));
        assert_eq!(app.post("/files").body("x".repeat(20)).send().await.text(), "20");
        assert_eq!(app.post("/small").body("x".repeat(10)).send().await.text(), "10");
        for (path, size) in [("/files", 21), ("/other", 11), ("/files/more", 11), ("/small", 11)] {
            let refused = app.post(path).body("x".repeat(size)).send().await;
            assert_eq!(refused.refusal(), (413, "body_too_large".into()), "{path}");
        }
    }

    #[tokio::test]
    async fn counts_what_comes_and_what_is_announced() {
        let app = Client(length.with(BodyLimit::new(10)).with(Normalise::default()));
        assert_eq!(app.post("/").body("1234567890").send().await.text(), "10");
        assert_eq!(app.post("/").body(chunks(2)).send().await.text(), "10");
        assert_eq!(app.get("/").send().await.text(), "0");
        for too_much in [
            app.post("/").body("12345678901"),
            app.post("/").body(chunks(3)),
            app.post("/").body(chunks(100_000)),
            app.post("/").header("content-length", "11").body("x"),
            app.post("/").header("content-length", "99999999999999999999999").body("x"),
        ] {
            assert_eq!(too_much.send().await.refusal(), (413, "body_too_large".into()));
        }
        let nonsense = app.post("/").header("content-length", "-5").body("x").send().await;
        assert_eq!(nonsense.refusal(), (400, "bad_request".into()));
    }
}
