//! Requests and answers over HTTP.

use std::io;
use std::sync::Arc;

use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::header::{CONTENT_TYPE, HeaderName, HeaderValue, LOCATION};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{HeaderMap, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::{Inner, api, controls, pages};

/// A request that came.
#[derive(Debug)]
pub(crate) struct Asked {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: String,
    headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Asked {
    /// A header, empty if it isn't there.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

/// What is answered.
#[derive(Debug)]
pub(crate) enum Said {
    /// This.
    Answer(Answer),
    /// Nothing: the connection is cut.
    Nothing,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    status: u16,
    headers: HeaderMap,
    body: String,
}

impl Answer {
    /// One more header.
    pub(crate) fn header(&mut self, name: &'static str, value: &str) {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.insert(HeaderName::from_static(name), value);
        }
    }
}

impl Said {
    pub(crate) fn text(status: u16, kind: &'static str, body: String) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
        Self::Answer(Answer { status, headers, body })
    }

    pub(crate) fn json(status: u16, body: &Value) -> Self {
        Self::text(status, "application/json", api::pretty(body))
    }

    pub(crate) fn page(status: u16, body: String) -> Self {
        Self::text(status, "text/html; charset=utf-8", body)
    }

    /// With this behind what it says.
    pub(crate) fn followed_by(mut self, more: &str) -> Self {
        if let Self::Answer(answer) = &mut self {
            answer.body.push_str(more);
        }
        self
    }

    /// Go there instead.
    pub(crate) fn elsewhere(url: &str) -> Self {
        let mut headers = HeaderMap::new();
        if let Ok(url) = HeaderValue::from_str(url) {
            headers.insert(LOCATION, url);
        }
        Self::Answer(Answer { status: 303, headers, body: String::new() })
    }
}

/// Answers everybody, until it is dropped.
pub(crate) async fn serve(listener: TcpListener, inner: Arc<Inner>) {
    let mut talks = JoinSet::new();
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        let inner = Arc::clone(&inner);
        let service = service_fn(move |request| one(Arc::clone(&inner), request));
        talks.spawn(async move {
            // Whoever hangs up hangs up, and so do we when we are told to.
            let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
        while talks.try_join_next().is_some() {}
    }
}

async fn one(
    inner: Arc<Inner>,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, io::Error> {
    let (head, body) = request.into_parts();
    let asked = Asked {
        method: head.method.to_string(),
        path: head.uri.path().to_owned(),
        query: head.uri.query().unwrap_or_default().to_owned(),
        headers: head.headers,
        body: body.collect().await.map_err(io::Error::other)?.to_bytes(),
    };
    // Whoever hangs up doesn't stop what has begun.
    let answering = tokio::spawn(async move { answer(&inner, &asked).await });
    match answering.await.map_err(io::Error::other)? {
        Said::Nothing => Err(io::Error::other("told to hang up")),
        Said::Answer(answer) => {
            let mut response = Response::new(Full::new(Bytes::from(answer.body)));
            *response.status_mut() =
                StatusCode::from_u16(answer.status).map_err(io::Error::other)?;
            *response.headers_mut() = answer.headers;
            Ok(response)
        }
    }
}

async fn answer(inner: &Inner, asked: &Asked) -> Said {
    if asked.path.starts_with("/v1/") {
        api::answer(inner, asked).await
    } else if asked.path.starts_with("/_stand_in/") {
        controls::answer(inner, asked)
    } else {
        pages::answer(inner, asked)
    }
}
