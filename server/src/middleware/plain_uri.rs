//! An address is text, too: what no field of a body may contain has no place in it either.

use std::fmt;

use poem::http::Uri;
use poem::{Endpoint, IntoResponse, Middleware, Request, Response, Result};

use crate::problem::ApiError;

/// Middleware: 400 `bad_address` for control characters and broken UTF-8 in path or query.
#[derive(Debug, Clone, Copy, Default)]
pub struct PlainUri;

impl<E: Endpoint> Middleware<E> for PlainUri {
    type Output = PlainUriEndpoint<E>;

    fn transform(&self, inner: E) -> Self::Output {
        PlainUriEndpoint { inner }
    }
}

/// The endpoint that [`PlainUri`] makes.
pub struct PlainUriEndpoint<E> {
    inner: E,
}

impl<E> fmt::Debug for PlainUriEndpoint<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PlainUriEndpoint")
    }
}

impl<E: Endpoint> Endpoint for PlainUriEndpoint<E> {
    type Output = Response;

    async fn call(&self, req: Request) -> Result<Response> {
        if !is_plain(req.uri()) {
            let detail = "The address has characters that can't be read.";
            return Err(ApiError::bad_request("bad_address", detail).into());
        }
        self.inner.call(req).await.map(IntoResponse::into_response)
    }
}

fn is_plain(uri: &Uri) -> bool {
    [uri.path(), uri.query().unwrap_or_default()].into_iter().all(|part| {
        String::from_utf8(decode(part)).is_ok_and(|text| !text.contains(char::is_control))
    })
}

fn decode(text: &str) -> Vec<u8> {
    let hex = |byte: Option<&u8>| byte.and_then(|&byte| char::from(byte).to_digit(16));
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let pair = hex(bytes.get(at + 1)).zip(hex(bytes.get(at + 2)));
        let code = pair.and_then(|(high, low)| u8::try_from(high * 16 + low).ok());
        if let Some(code) = code.filter(|_| byte == b'%') {
            decoded.push(code);
            at += 3;
        } else {
            decoded.push(byte);
            at += 1;
        }
    }
    decoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        for (address, plain) in [
            ("/", true),
            ("/v1/things/t%C3%A9?name=Lagoon%20Spa&x=%F0%9F%92%86", true),
            ("/100%", true),
            ("/%zz?a=%4", true),
            ("/v1/things/%00", false),
            ("/v1?name=a%00b", false),
            ("/v1?name=a%0Ab", false),
            ("/v1?name=%7f", false),
            ("/v1?name=%c2%85", false),
            ("/%ff", false),
            ("/?a=%c3%28", false),
        ] {
            assert_eq!(is_plain(&address.parse().unwrap()), plain, "{address}");
        }
    }
}
