//! HEAD is GET without the body, wherever there is a GET: same status, same headers.

use std::fmt;

use http_body::Body as _;
use poem::http::header::{CONTENT_LENGTH, TRANSFER_ENCODING};
use poem::http::{HeaderValue, Method};
use poem::{Body, Endpoint, IntoResponse, Middleware, Request, Response, Result};

/// How long a body is, if it is all there (a stream is not).
pub fn full_length(response: &mut Response) -> Option<u64> {
    let body: http_body_util::combinators::BoxBody<_, _> = response.take_body().into();
    let length = body.size_hint().exact();
    response.set_body(Body::from(body));
    length
}

/// Middleware: answers HEAD by GET.
#[derive(Debug, Clone, Copy, Default)]
pub struct HeadByGet;

impl<E: Endpoint> Middleware<E> for HeadByGet {
    type Output = HeadEndpoint<E>;

    fn transform(&self, inner: E) -> Self::Output {
        HeadEndpoint { inner }
    }
}

/// The endpoint that [`HeadByGet`] makes.
pub struct HeadEndpoint<E> {
    inner: E,
}

impl<E> fmt::Debug for HeadEndpoint<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HeadEndpoint")
    }
}

impl<E: Endpoint> Endpoint for HeadEndpoint<E> {
    type Output = Response;

    async fn call(&self, mut req: Request) -> Result<Response> {
        if req.method() != Method::HEAD {
            return self.inner.call(req).await.map(IntoResponse::into_response);
        }
        req.set_method(Method::GET);
        let mut response = self.inner.call(req).await.map(IntoResponse::into_response)?;
        let length = full_length(&mut response);
        response.set_body(Body::empty());
        let headers = response.headers_mut();
        headers.remove(TRANSFER_ENCODING);
        if let Some(length) = length {
            headers.entry(CONTENT_LENGTH).or_insert(HeaderValue::from(length));
        }
        Ok(response)
    }
}
