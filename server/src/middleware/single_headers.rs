//! Headers that decide something may come once only: two proxies that pick different ones of a
//! pair is how requests are smuggled.

use std::fmt;

use poem::http::header::{
    AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, COOKIE, HOST, IF_MATCH, ORIGIN, TRANSFER_ENCODING,
};
use poem::http::{HeaderMap, HeaderName, HeaderValue, Version};
use poem::{Endpoint, IntoResponse, Middleware, Request, Response, Result};

use crate::problem::ApiError;

const SINGLE: [HeaderName; 9] = [
    AUTHORIZATION,
    CONTENT_LENGTH,
    CONTENT_TYPE,
    HOST,
    IF_MATCH,
    ORIGIN,
    TRANSFER_ENCODING,
    HeaderName::from_static("idempotency-key"),
    HeaderName::from_static("openchair-tenant"),
];

/// Middleware: 400 `duplicate_header` or `bad_header`.
#[derive(Debug, Clone, Copy, Default)]
pub struct SingleHeaders;

impl<E: Endpoint> Middleware<E> for SingleHeaders {
    type Output = SingleHeadersEndpoint<E>;

    fn transform(&self, inner: E) -> Self::Output {
        SingleHeadersEndpoint { inner }
    }
}

/// The endpoint that [`SingleHeaders`] makes.
pub struct SingleHeadersEndpoint<E> {
    inner: E,
}

impl<E> fmt::Debug for SingleHeadersEndpoint<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SingleHeadersEndpoint")
    }
}

impl<E: Endpoint> Endpoint for SingleHeadersEndpoint<E> {
    type Output = Response;

    async fn call(&self, mut req: Request) -> Result<Response> {
        if req.version() == Version::HTTP_2 {
            join_cookies(req.headers_mut());
        }
        check(req.headers())?;
        self.inner.call(req).await.map(IntoResponse::into_response)
    }
}

/// HTTP/2 lets clients send cookies one by one (RFC 9113, 8.2.3).
fn join_cookies(headers: &mut HeaderMap) {
    let parts: Vec<_> = headers.get_all(COOKIE).iter().map(HeaderValue::as_bytes).collect();
    if parts.len() > 1
        && let Ok(joined) = HeaderValue::from_bytes(&parts.join(&b"; "[..]))
    {
        headers.insert(COOKIE, joined);
    }
}

fn check(headers: &HeaderMap) -> Result<(), ApiError> {
    for name in SINGLE.iter().chain([&COOKIE]) {
        if headers.get_all(name).iter().nth(1).is_some() {
            let detail = format!("The header {name} is there twice.");
            return Err(ApiError::bad_request("duplicate_header", detail));
        }
    }
    for (name, value) in headers {
        if value.to_str().is_err() {
            let detail = format!("The header {name} has characters other than plain ASCII.");
            return Err(ApiError::bad_request("bad_header", detail));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &[u8])]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, HeaderValue::from_bytes(value).unwrap());
        }
        headers
    }

    #[test]
    fn what_decides_comes_once() {
        for name in [
            "authorization",
            "content-type",
            "content-length",
            "host",
            "cookie",
            "origin",
            "idempotency-key",
            "if-match",
            "openchair-tenant",
            "transfer-encoding",
        ] {
            assert!(check(&headers(&[(name, b"a")])).is_ok(), "{name}");
            let twice = check(&headers(&[(name, b"a"), (name, b"a")])).unwrap_err();
            assert_eq!((twice.status.as_u16(), &*twice.code), (400, "duplicate_header"), "{name}");
        }
        assert!(check(&headers(&[("accept", b"a"), ("accept", b"b")])).is_ok());
    }

    #[test]
    fn values_are_plain_ascii() {
        for value in [&b"caf\xc3\xa9"[..], b"\xff", b"caf\xe9"] {
            let bad = check(&headers(&[("user-agent", value)])).unwrap_err();
            assert_eq!((bad.status.as_u16(), &*bad.code), (400, "bad_header"));
        }
        assert!(check(&headers(&[("user-agent", b"Mozilla/5.0 (\t~!)")])).is_ok());
    }

    #[test]
    fn cookies_of_http_2_are_joined() {
        let mut split = headers(&[("cookie", b"a=1"), ("cookie", b"b=2")]);
        join_cookies(&mut split);
        assert_eq!(split.get_all(COOKIE).iter().collect::<Vec<_>>(), ["a=1; b=2"]);
    }
}
