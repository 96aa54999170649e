//! A client that calls an endpoint without a socket. poem's own needs a feature that would have
//! poem built twice.

use std::cell::RefCell;
use std::io;
use std::sync::Once;

use poem::http::{HeaderMap, Method, StatusCode};
use poem::{Body, Endpoint, Request, Response};
use serde_json::Value;
use tracing::level_filters::LevelFilter;

use crate::problem::PROBLEM_JSON;

/// Calls one endpoint.
pub(crate) struct Client<E>(pub(crate) E);

/// A request under construction.
pub(crate) struct Call<'a, E> {
    endpoint: &'a E,
    request: Request,
}

/// An answer, its body read.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl<E: Endpoint> Client<E> {
    pub(crate) fn call(&self, method: Method, path: &str) -> Call<'_, E> {
        let request = Request::builder().method(method).uri(path.parse().unwrap()).finish();
        Call { endpoint: &self.0, request }
    }

    pub(crate) fn get(&self, path: &str) -> Call<'_, E> {
        self.call(Method::GET, path)
    }

    pub(crate) fn post(&self, path: &str) -> Call<'_, E> {
        self.call(Method::POST, path)
    }
}

impl<E: Endpoint> Call<'_, E> {
    pub(crate) fn header(mut self, name: &'static str, value: &str) -> Self {
        self.request.headers_mut().append(name, value.parse().unwrap());
        self
    }

    pub(crate) fn body(mut self, body: impl Into<Body>) -> Self {
        self.request.set_body(body);
        self
    }

    pub(crate) fn json(self, body: impl Into<Body>) -> Self {
        self.header("content-type", "application/json").body(body)
    }

    pub(crate) fn data(mut self, data: impl Clone + Send + Sync + 'static) -> Self {
        self.request.set_data(data);
        self
    }

    pub(crate) async fn response(self) -> Response {
        self.endpoint.get_response(self.request).await
    }

    pub(crate) async fn send(self) -> Answer {
        let (parts, body) = self.response().await.into_parts();
        let body = body.into_vec().await.unwrap();
        Answer { status: parts.status, headers: parts.headers, body }
    }
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub(crate) fn value(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("not JSON: {self:?}"))
    }

    /// The body as a problem, after looking at what every problem must have.
    pub(crate) fn problem(&self) -> Value {
        assert_eq!(self.header("content-type"), PROBLEM_JSON, "{self:?}");
        let problem = self.value();
        assert_eq!(problem["status"], self.status.as_u16());
        assert_eq!(problem["type"], format!("/problems/{}", problem["code"].as_str().unwrap()));
        for key in ["title", "code", "detail"] {
            assert!(problem[key].as_str().is_some_and(|text| !text.is_empty()), "{key}: {self:?}");
        }
        for inside in ["hunter2", "secret", "poem", "::", "u32", "parse", "panick"] {
            assert!(!self.text().contains(inside), "{inside}: {self:?}");
        }
        problem
    }

    /// Status and code of a problem in one look.
    pub(crate) fn refusal(&self) -> (u16, String) {
        (self.status.as_u16(), self.problem()["code"].as_str().unwrap().to_owned())
    }
}

thread_local! {
    static LINES: RefCell<Option<Vec<u8>>> = const { RefCell::new(None) };
}

/// What this thread logs from [`Lines::collect`] on, as JSON. One subscriber serves all tests:
/// tracing remembers for the whole process who listens, so that each test's own would race.
pub(crate) struct Lines;

#[expect(clippy::unused_self, reason = "it collects as long as it lives")]
impl Lines {
    /// Collects from info on, in the format of production.
    pub(crate) fn collect() -> Self {
        static SUBSCRIBER: Once = Once::new();
        SUBSCRIBER.call_once(|| {
            let subscriber = tracing_subscriber::fmt()
                .json()
                .flatten_event(true)
                .with_span_list(false)
                .with_max_level(LevelFilter::INFO)
                .with_writer(|| ThreadLines)
                .finish();
            tracing::subscriber::set_global_default(subscriber).unwrap();
        });
        LINES.set(Some(Vec::new()));
        Self
    }

    pub(crate) fn all(&self) -> Vec<Value> {
        let text = LINES.with_borrow(|lines| lines.clone().unwrap_or_default());
        let lines = text.split(|&b| b == b'\n').filter(|line| !line.is_empty());
        lines.map(|line| serde_json::from_slice(line).unwrap()).collect()
    }

    pub(crate) fn levels(&self) -> Vec<String> {
        self.all().iter().map(|line| line["level"].as_str().unwrap().to_owned()).collect()
    }
}

impl Drop for Lines {
    fn drop(&mut self) {
        LINES.set(None);
    }
}

struct ThreadLines;

impl io::Write for ThreadLines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LINES.with_borrow_mut(|lines| lines.iter_mut().for_each(|it| it.extend_from_slice(bytes)));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
