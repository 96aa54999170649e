//! Answers of some size go out as br or gzip, if the caller takes it.
//!
//! Only bodies that are all there are compressed: a stream of events must not wait in a buffer.
//! The ETag stays as it is: here it is a version that comes back in If-Match, the same for every
//! encoding.

use std::fmt;
use std::io::Write as _;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use poem::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE, VARY,
};
use poem::http::{HeaderMap, HeaderValue};
use poem::{Endpoint, IntoResponse, Middleware, Request, Response, Result};

use super::head::full_length;

/// Below this, the headers cost more than is won.
const MIN_BYTES: u64 = 1024;
/// Above this, compressing would hold up the other requests of the same thread.
const INLINE_BYTES: u64 = 64 * 1024;

/// The encodings that we speak, the better one first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// Brotli.
    Br,
    /// Gzip.
    Gzip,
}

impl Encoding {
    /// The word for `Content-Encoding`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Br => "br",
            Self::Gzip => "gzip",
        }
    }

    /// What the caller takes of what we speak, the best first; nothing is uncompressed.
    pub fn accepted(headers: &HeaderMap) -> Vec<Self> {
        let named: Vec<_> = headers
            .get_all(ACCEPT_ENCODING)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .filter_map(quality)
            .collect();
        let of = |name: &str| named.iter().find(|(known, _)| known == name).map(|(_, q)| *q);
        let quality_of = |it: &Self| of(it.name()).or_else(|| of("*")).unwrap_or(0);
        // Uncompressed is liked as much as nothing unless it is named.
        let plain = of("identity").unwrap_or(0);
        let mut ours = vec![Self::Br, Self::Gzip];
        ours.retain(|it| quality_of(it) > 0 && quality_of(it) >= plain);
        ours.sort_by_key(|it| std::cmp::Reverse(quality_of(it)));
        ours
    }
}

/// `gzip;q=0.5` as a name and thousandths; `None` for what can't be read.
fn quality(part: &str) -> Option<(String, u16)> {
    let (name, parameters) = part.split_once(';').unwrap_or((part, ""));
    let name = name.trim().to_ascii_lowercase();
    let q = match parameters.trim().split_once('=') {
        Some((key, value)) if key.trim().eq_ignore_ascii_case("q") => value.trim(),
        _ => "1",
    };
    let q: f32 = q.parse().ok().filter(|q| (0.0..=1.0).contains(q))?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 1000")]
    let thousandths = (q * 1000.0).round() as u16;
    (!name.is_empty()).then_some((name, thousandths))
}

/// Whether this kind of content gets smaller.
pub fn is_compressible(content_type: &str) -> bool {
    let kind = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match kind.as_str() {
        "text/event-stream" => false,
        "application/javascript"
        | "application/json"
        | "application/manifest+json"
        | "application/xml"
        | "image/svg+xml" => true,
        other => other.starts_with("text/") || other.ends_with("+json") || other.ends_with("+xml"),
    }
}

/// Adds a name to `Vary` unless it is there.
pub fn vary(headers: &mut HeaderMap, name: &'static str) {
    let there = headers
        .get_all(VARY)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|value| value.trim().eq_ignore_ascii_case(name) || value.trim() == "*");
    if !there {
        headers.append(VARY, HeaderValue::from_static(name));
    }
}

/// Middleware that compresses.
#[derive(Debug, Clone, Copy, Default)]
pub struct Compress;

impl<E: Endpoint> Middleware<E> for Compress {
    type Output = CompressEndpoint<E>;

    fn transform(&self, inner: E) -> Self::Output {
        CompressEndpoint { inner }
    }
}

/// The endpoint that [`Compress`] makes.
pub struct CompressEndpoint<E> {
    inner: E,
}

impl<E> fmt::Debug for CompressEndpoint<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CompressEndpoint")
    }
}

impl<E: Endpoint> Endpoint for CompressEndpoint<E> {
    type Output = Response;

    async fn call(&self, req: Request) -> Result<Response> {
        let wanted = Encoding::accepted(req.headers()).into_iter().next();
        let mut response = self.inner.call(req).await.map(IntoResponse::into_response)?;
        let Some(length) = compressible_length(&mut response) else { return Ok(response) };
        vary(response.headers_mut(), "accept-encoding");
        let Some(encoding) = wanted.filter(|_| length >= MIN_BYTES) else { return Ok(response) };
        let plain = response.take_body().into_bytes().await?;
        match compressed(plain.clone(), encoding).await.filter(|small| small.len() < plain.len()) {
            Some(small) => {
                response.set_body(small);
                let headers = response.headers_mut();
                headers.remove(CONTENT_LENGTH);
                headers.insert(CONTENT_ENCODING, HeaderValue::from_static(encoding.name()));
            }
            None => response.set_body(plain),
        }
        Ok(response)
    }
}

fn compressible_length(response: &mut Response) -> Option<u64> {
    let headers = response.headers();
    let untouchable = headers.contains_key(CONTENT_ENCODING)
        || headers.contains_key(CONTENT_RANGE)
        || headers.get_all(CACHE_CONTROL).iter().any(|value| {
            value.to_str().is_ok_and(|value| value.to_ascii_lowercase().contains("no-transform"))
        });
    if untouchable || !response.content_type().is_some_and(is_compressible) {
        return None;
    }
    full_length(response).filter(|&length| length > 0)
}

async fn compressed(plain: Bytes, encoding: Encoding) -> Option<Bytes> {
    if plain.len() as u64 <= INLINE_BYTES {
        return encode(&plain, encoding);
    }
    tokio::task::spawn_blocking(move || encode(&plain, encoding)).await.ok()?
}

fn encode(plain: &[u8], encoding: Encoding) -> Option<Bytes> {
    let small = match encoding {
        Encoding::Gzip => {
            let mut writer = GzEncoder::new(Vec::new(), Compression::new(6));
            writer.write_all(plain).ok()?;
            writer.finish().ok()?
        }
        Encoding::Br => {
            // 5 is about as quick as gzip 6 and a tenth smaller.
            let mut writer = brotli::CompressorWriter::new(Vec::new(), 4096, 5, 20);
            writer.write_all(plain).ok()?;
            writer.into_inner()
        }
    };
    Some(small.into())
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use flate2::read::GzDecoder;
    use futures_util::stream;
    use poem::{Body, EndpointExt, Route, handler};

    use super::*;
    use crate::middleware::head::HeadByGet;
    use crate::testing::{Answer, Client};

    fn text(n: usize) -> String {
        "Signature facial. ".chars().cycle().take(n).collect()
    }

    fn answer(kind: &str, body: impl Into<Body>) -> Response {
        Response::builder().content_type(kind).header("etag", "\"3\"").body(body)
    }

    #[handler]
    fn get_big() -> Response {
        answer("application/json", text(5000))
    }

    #[handler]
    fn get_huge() -> Response {
        answer("application/problem+json; charset=utf-8", text(500_000))
    }

    #[handler]
    fn get_small() -> Response {
        answer("application/json", text(1023))
    }

    #[handler]
    fn get_picture() -> Response {
        answer("image/png", text(5000))
    }

    #[handler]
    fn get_events() -> Response {
        answer("text/event-stream", text(5000))
    }

    #[handler]
    fn get_export() -> Response {
        let parts = stream::iter([Ok::<_, std::io::Error>(Bytes::from(text(5000)))]);
        answer("text/csv", Body::from_bytes_stream(parts))
    }

    #[handler]
    fn get_fixed() -> Response {
        let mut response = answer("text/css", text(5000));
        response.headers_mut().insert("cache-control", "public, no-transform".parse().unwrap());
        response
    }

    #[handler]
    fn get_encoded() -> Response {
        let mut response = answer("text/css", text(5000));
        response.headers_mut().insert("content-encoding", "br".parse().unwrap());
        response
    }

    fn app() -> Client<impl Endpoint> {
        let routes = Route::new()
            .at("/big", get_big)
            .at("/huge", get_huge)
            .at("/small", get_small)
            .at("/picture", get_picture)
            .at("/events", get_events)
            .at("/export", get_export)
            .at("/fixed", get_fixed)
            .at("/encoded", get_encoded);
        Client(routes.with(Compress).with(HeadByGet))
    }

    async fn get(path: &str, accept: &str) -> Answer {
        app().get(path).header("accept-encoding", accept).send().await
    }

    #[tokio::test]
    async fn negotiates() {
        for (accept, encoding) in [
            ("gzip, deflate, br, zstd", "br"),
            ("gzip", "gzip"),
            ("GZIP;Q=0.5", "gzip"),
            ("br;q=0.1, gzip;q=0.9", "gzip"),
            ("br;q=0, gzip;q=0", ""),
            ("br;q=0, *", "gzip"),
            ("*", "br"),
            ("*;q=0", ""),
            ("identity, gzip;q=0.5", ""),
            ("identity;q=0.5, gzip", "gzip"),
            ("deflate", ""),
            ("br;q=7, gzip;q=x", ""),
            ("", ""),
        ] {
            let answer = get("/big", accept).await;
            assert_eq!(answer.header("content-encoding"), encoding, "{accept}");
            assert_eq!(answer.header("vary"), "accept-encoding", "{accept}");
            assert_eq!(answer.header("etag"), "\"3\"");
            let mut plain = Vec::new();
            match encoding {
                "br" => {
                    drop(brotli::Decompressor::new(&*answer.body, 4096).read_to_end(&mut plain));
                }
                "gzip" => drop(GzDecoder::new(&*answer.body).read_to_end(&mut plain)),
                _ => plain.clone_from(&answer.body),
            }
            assert_eq!(plain, text(5000).as_bytes(), "{accept}");
        }
    }

    #[tokio::test]
    async fn leaves_the_rest_alone() {
        for (path, varies) in [
            ("/small", true),
            ("/picture", false),
            ("/events", false),
            ("/export", false),
            ("/fixed", false),
        ] {
            let answer = get(path, "br").await;
            assert_eq!(answer.header("content-encoding"), "", "{path}");
            assert_eq!(answer.header("vary") == "accept-encoding", varies, "{path}");
        }
        assert_eq!(get("/encoded", "gzip").await.body.len(), 5000);
        let huge = get("/huge", "gzip").await;
        assert_eq!(huge.header("content-encoding"), "gzip");
        assert!(huge.body.len() < 10_000);
    }

    #[tokio::test]
    async fn head_says_what_get_would() {
        let get = get("/big", "br").await;
        let app = app();
        let head = app.call(poem::http::Method::HEAD, "/big");
        let head = head.header("accept-encoding", "br").send().await;
        assert!(head.body.is_empty());
        assert_eq!(head.header("content-length"), get.body.len().to_string());
        assert_eq!(head.header("content-encoding"), "br");
    }
}
