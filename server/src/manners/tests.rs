#![expect(clippy::unused_async, reason = "poem-openapi wants every operation async")]

use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use futures_util::{SinkExt as _, StreamExt as _, stream};
use poem::http::Method;
use poem::web::websocket::WebSocket;
use poem::{Body, Endpoint, IntoResponse, handler};
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi, OpenApiService};
use serde_json::Value;

use super::*;
use crate::input::Input;
use crate::page::Page;
use crate::problem::ApiError;
use crate::testing::{Answer, Client, Lines};
use crate::web_files::{self, WebFiles};

#[derive(Debug, Object)]
struct TestThing {
    #[oai(validator(min_length = 1, max_length = 2000))]
    name: String,
}

struct Api;

#[OpenApi]
impl Api {
    #[oai(path = "/things", method = "post", operation_id = "new_thing")]
    async fn create(&self, body: Input<TestThing>) -> Result<Json<TestThing>, ApiError> {
        Ok(Json(body.0))
    }

    #[oai(path = "/things", method = "get", operation_id = "list_things")]
    async fn list(&self, name: Query<Option<String>>) -> Result<Json<Page<TestThing>>, ApiError> {
        let name = name.0.unwrap_or_else(|| "Signature facial".into());
        Ok(Json(Page::whole((0..100).map(|_| TestThing { name: name.clone() }).collect())))
    }

    #[oai(path = "/things/:id", method = "get", operation_id = "get_thing")]
    async fn get(&self, id: Path<u32>) -> Result<Json<TestThing>, ApiError> {
        match id.0 {
            1 => Ok(Json(TestThing { name: "One".into() })),
            _ => Err(ApiError::not_found()),
        }
    }

    #[oai(path = "/panic", method = "post", operation_id = "panic")]
    async fn panic(&self) -> Result<(), ApiError> {
        panic!("hunter2")
    }

    #[oai(path = "/slow", method = "post", operation_id = "slow")]
    async fn slow(&self) -> Result<(), ApiError> {
        std::future::pending().await
    }

    #[oai(path = "/broken", method = "post", operation_id = "broken")]
    async fn broken(&self) -> poem::Result<()> {
        let cause = std::io::Error::other("the secret hunter2");
        Err(poem::error::InternalServerError(cause))
    }
}

/// A WebSocket that says what it hears.
#[handler]
fn echo(socket: WebSocket) -> impl IntoResponse {
    socket.on_upgrade(|mut stream| async move {
        while let Some(Ok(message)) = stream.next().await {
            if stream.send(message).await.is_err() {
                break;
            }
        }
    })
}

pub(super) fn endpoint(per_minute: u32) -> BoxEndpoint<'static> {
    let next = AtomicU64::new(1);
    let routes = Route::new().nest("/v1", OpenApiService::new(Api, "t", "1"));
    let routes = routes.at("/echo", poem::get(echo));
    let routes = web_files::routes(routes, WebFiles::new(|_| None));
    let allow = web_files::paths()
        .fold(AllowTable::new().api::<Api>("/v1"), |table, path| table.path(&path, &[Method::GET]));
    with_manners(
        routes,
        Manners {
            new_request_id: Arc::new(move || {
                format!("req-{}", next.fetch_add(1, Ordering::SeqCst))
            }),
            https: true,
            trusted_proxies: Vec::new(),
            body_limit: 10_000,
            request_timeout: Duration::from_millis(200),
            tracker: TaskTracker::new(),
            limiter: Arc::new(Limiter::local(Arc::new(|| Duration::ZERO))),
            per_ip: Budget::new("ip", per_minute, Duration::from_mins(1)),
            allow,
            tallies: Arc::default(),
        },
    )
}

fn app() -> Client<BoxEndpoint<'static>> {
    Client(endpoint(1000))
}

/// What holds for every answer, good or bad.
fn look(answer: &Answer) {
    for header in [
        "x-request-id",
        "content-security-policy",
        "x-content-type-options",
        "referrer-policy",
        "permissions-policy",
        "strict-transport-security",
        "cache-control",
    ] {
        assert_ne!(answer.header(header), "", "{header} in {answer:?}");
    }
}

fn chunked(total: usize) -> Body {
    let parts = stream::repeat(Bytes::from_static(&[b' '; 1000])).take(total / 1000);
    Body::from_bytes_stream(parts.map(Ok::<_, std::io::Error>))
}

#[tokio::test]
async fn attacks_get_a_clear_problem() {
    let app = app();
    let post = |path: &str| app.post(path);
    let deep = format!("{{\"name\":{}1{}}}", "[".repeat(500), "]".repeat(500));
    let long = "x".repeat(20_000);
    for (call, status, code) in vec![
        (post("/v1/things").json("{\"name\":"), 400, "malformed_json"),
        (post("/v1/things").json(""), 400, "malformed_json"),
        (post("/v1/things").json(&b"{\"name\":\"\xff\"}"[..]), 400, "not_utf8"),
        (post("/v1/things").json(deep), 400, "too_deep"),
        (post("/v1/things").json("{\"name\":\"a\",\"name\":\"b\"}"), 400, "duplicate_key"),
        (post("/v1/things").json("{}"), 422, "validation_failed"),
        (post("/v1/things").json("[]"), 422, "validation_failed"),
        (post("/v1/things").json("{\"name\":1}"), 422, "validation_failed"),
        (post("/v1/things").json("{\"name\":\"a\\u0000\"}"), 422, "validation_failed"),
        (post("/v1/things").json("{\"name\":\"a\",\"role\":\"owner\"}"), 422, "validation_failed"),
        (post("/v1/things").body("{\"name\":\"a\"}"), 415, "unsupported_media_type"),
        (
            post("/v1/things").header("content-type", "text/xml").body("<a/>"),
            415,
            "unsupported_media_type",
        ),
        (post("/v1/things").json(long), 413, "body_too_large"),
        (post("/v1/things").json(chunked(50_000)), 413, "body_too_large"),
        (post("/v1/things").json(chunked(50_000_000)), 413, "body_too_large"),
        (post("/v1/things").header("content-length", "10001").json("{}"), 413, "body_too_large"),
        (post("/v1/things").header("content-type", "a/b").json("{}"), 400, "duplicate_header"),
        (
            app.get("/v1/things").header("authorization", "a").header("authorization", "b"),
            400,
            "duplicate_header",
        ),
        (app.get("/v1/things?name=a%00b"), 400, "bad_address"),
        (app.get("/v1/things/%ff"), 400, "bad_address"),
        (app.get("/v1/things/2"), 404, "not_found"),
        (app.get("/v1/things/abc"), 404, "not_found"),
        (app.get("/v1/things/1/"), 404, "not_found"),
        (app.get("/v1//things"), 404, "not_found"),
        (app.get("/v2"), 404, "not_found"),
        (app.get("/assets/none.js"), 404, "not_found"),
        (app.call(Method::PUT, "/v1/things/1"), 405, "method_not_allowed"),
        (app.call(Method::OPTIONS, "/v1/things"), 405, "method_not_allowed"),
        (app.call(Method::HEAD, "/nothing"), 404, ""),
        (app.call(Method::HEAD, "/v1/slow"), 405, ""),
        (post("/"), 405, "method_not_allowed"),
        (post("/v1/panic"), 500, "internal"),
        (post("/v1/broken"), 500, "internal"),
        (post("/v1/slow"), 503, "timeout"),
    ] {
        let answer = call.send().await;
        look(&answer);
        if code.is_empty() {
            assert_eq!((answer.status.as_u16(), answer.body.len()), (status, 0));
            continue;
        }
        assert_eq!(answer.refusal(), (status, code.into()));
        assert_eq!(answer.problem()["request_id"], answer.header("x-request-id"));
    }
}

#[tokio::test]
async fn bad_input_is_not_our_error() {
    let lines = Lines::collect();
    let app = app();
    for call in [
        app.post("/v1/things").json("{"),
        app.post("/v1/things").json("{\"name\":\"\"}"),
        app.post("/v1/things").json(chunked(50_000)),
        app.get("/v1/things/x"),
        app.call(Method::DELETE, "/v1/things"),
        app.get("/v1/things").header("host", "a").header("host", "b"),
    ] {
        assert!(Box::pin(call.send()).await.status.is_client_error());
    }
    assert_eq!(lines.levels(), ["INFO"; 6]);
    Box::pin(app.post("/v1/broken").send()).await;
    // The cause is for the log alone, once, beside the access line.
    assert_eq!(lines.levels()[6..], ["ERROR", "INFO"]);
    let last = lines.all().pop().unwrap();
    assert_eq!(last["span"]["route"], "/v1/broken");
    assert_eq!((&last["span"]["status"], &last["span"]["method"]), (&500.into(), &"POST".into()));
    assert_eq!(last["span"]["request_id"], "req-7");
    assert!(last["latency_ms"].is_number());
    assert!(lines.all()[6]["error"].as_str().is_some_and(|cause| cause.contains("hunter2")));
    assert_eq!(lines.all()[6]["span"]["request_id"], "req-7");
}

#[tokio::test]
async fn good_requests_pass() {
    let app = app();
    let made = app.post("/v1/things").json("{\"name\":\"Lagoon\"}").send().await;
    look(&made);
    assert_eq!((made.status.as_u16(), made.value()["name"].as_str()), (200, Some("Lagoon")));
    assert_eq!(made.header("cache-control"), "no-store");
    assert_eq!(made.header("ratelimit-limit"), "1000");
    let head = app.call(Method::HEAD, "/v1/things/1").send().await;
    let get = app.get("/v1/things/1").send().await;
    assert_eq!((head.status, head.body.len()), (get.status, 0));
    assert_eq!(head.header("content-length"), get.body.len().to_string());
    assert_eq!(head.header("content-type"), get.header("content-type"));
    let page = app.get("/app/team").send().await;
    assert!(page.header("content-security-policy").contains("script-src 'self'"));
    assert_eq!(page.header("ratelimit-limit"), "");
}

#[tokio::test]
async fn a_405_says_what_is_allowed() {
    let app = app();
    for (path, allowed) in [
        ("/v1/things", "GET, HEAD, POST"),
        ("/v1/things/7", "GET, HEAD"),
        ("/v1/panic", "POST"),
        ("/sign-up", "GET, HEAD"),
        ("/app/x/y", "GET, HEAD"),
    ] {
        let answer = app.call(Method::DELETE, path).send().await;
        assert_eq!((answer.status.as_u16(), answer.header("allow")), (405, allowed), "{path}");
    }
}

#[tokio::test]
async fn long_answers_are_compressed() {
    let app = app();
    let small = app.get("/v1/things").header("accept-encoding", "gzip;q=0.5, br").send().await;
    assert_eq!(small.header("content-encoding"), "br");
    assert_eq!(small.header("vary"), "accept-encoding");
    let plain = app.get("/v1/things").send().await;
    assert!(small.body.len() * 10 < plain.body.len());
    assert_eq!(plain.value()["items"].as_array().map(Vec::len), Some(100));
}

#[tokio::test]
async fn too_many_requests() {
    let app = Client(endpoint(2));
    for (left, status) in [("1", 200), ("0", 200), ("0", 429)] {
        let answer = app.get("/v1/things/1").send().await;
        look(&answer);
        assert_eq!((answer.header("ratelimit-remaining"), answer.status.as_u16()), (left, status));
    }
    let refused = app.get("/v1/things/1").send().await;
    assert_eq!(refused.refusal(), (429, "rate_limited".into()));
    assert_eq!(refused.header("retry-after"), "30");
    assert_eq!(app.get("/app").send().await.status.as_u16(), 503);
}

#[tokio::test]
async fn request_ids_are_made_or_taken_over() {
    let app = app();
    let ours = app.get("/v1/things/1").send().await;
    assert!(ours.header("x-request-id").starts_with("req-"));
    let theirs = app.get("/nothing").header("x-request-id", "trace-0123456789").send().await;
    assert_eq!(theirs.problem()["request_id"], "trace-0123456789");
    let forged = app.get("/nothing").header("x-request-id", "a b\tc \"d\"").send().await;
    let id: Value = forged.problem()["request_id"].clone();
    assert!(id.as_str().is_some_and(|id| id.starts_with("req-")));
}

#[tokio::test]
async fn endpoints_are_answers_never_errors() {
    for path in ["/", "/v1/things", "/nothing", "/v1/things/x"] {
        let request = Request::builder().uri(path.parse().unwrap()).finish();
        assert!(endpoint(10).call(request).await.is_ok(), "{path}");
    }
}
