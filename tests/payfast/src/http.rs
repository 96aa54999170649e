//! Requests and answers over HTTP.

use std::io;
use std::sync::Arc;

use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::header::{CONTENT_TYPE, HeaderValue, LOCATION};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{HeaderMap, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::trouble::{self, Act};
use crate::{Inner, api, pages};

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
pub(crate) struct Said {
    status: u16,
    headers: HeaderMap,
    body: String,
}

impl Said {
    pub(crate) fn text(status: u16, kind: &'static str, body: String) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
        Self { status, headers, body }
    }

    pub(crate) fn json(status: u16, body: &Value) -> Self {
        Self::text(status, "application/json", body.to_string())
    }

    pub(crate) fn page(status: u16, body: String) -> Self {
        Self::text(status, "text/html; charset=utf-8", body)
    }

    /// Go there instead.
    pub(crate) fn elsewhere(url: &str) -> Self {
        let mut headers = HeaderMap::new();
        if let Ok(url) = HeaderValue::from_str(url) {
            headers.insert(LOCATION, url);
        }
        Self { status: 302, headers, body: String::new() }
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
    let Some(said) = answering.await.map_err(io::Error::other)? else {
        return Err(io::Error::other("told to hang up"));
    };
    let mut response = Response::new(Full::new(Bytes::from(said.body)));
    *response.status_mut() = StatusCode::from_u16(said.status).map_err(io::Error::other)?;
    *response.headers_mut() = said.headers;
    Ok(response)
}

async fn answer(inner: &Inner, asked: &Asked) -> Option<Said> {
    let met = trouble::meet(&mut inner.state().troubles, &asked.method, &asked.path);
    match met {
        Some(Act::Status(status)) => {
            return Some(Said::page(status, "<h1>Application Error</h1>".to_owned()));
        }
        Some(Act::CutBefore) => return None,
        Some(Act::Wait) => inner.gate.pass().await,
        Some(Act::Cut) | None => {}
    }
    let said = if asked.path.starts_with("/eng/") {
        pages::answer(inner, asked)
    } else {
        api::answer(inner, asked)
    };
    (met != Some(Act::Cut)).then_some(said)
}
