//! For those who run a worker apart: is it alive, is it ready, how does it do. Inside the server, the
//! server's own paths say it.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::time::Duration;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::CONTENT_TYPE;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use metrics_exporter_prometheus::PrometheusHandle;
use openchair_domain::tenancy::Db;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::handler::with_causes;

/// Who asks says so within this time.
const PATIENCE: Duration = Duration::from_secs(10);

/// How many may ask at the same time: probes and scrapes are few.
const AT_ONCE: usize = 64;

/// Where `/healthz`, `/readyz` and `/metrics` are answered.
#[derive(Debug)]
pub struct Ops {
    listener: TcpListener,
    told: Told,
}

/// What the answers are made of.
#[derive(Debug, Clone)]
struct Told {
    db: Db,
    metrics: PrometheusHandle,
    /// Cancelled when the worker begins to stop.
    draining: CancellationToken,
}

impl Ops {
    /// Listens there.
    pub async fn bind(
        address: SocketAddr,
        db: Db,
        metrics: PrometheusHandle,
        draining: CancellationToken,
    ) -> std::io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        Ok(Self { listener, told: Told { db, metrics, draining } })
    }

    /// Where it listens.
    pub fn address(&self) -> std::io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Answers until it is dropped.
    pub async fn run(self) {
        let mut asking = JoinSet::new();
        loop {
            while asking.len() >= AT_ONCE {
                asking.join_next().await;
            }
            tokio::select! {
                accepted = self.listener.accept() => match accepted {
                    Ok((stream, _)) => {
                        asking.spawn(serve(stream, self.told.clone()));
                    }
                    // No file left, mostly: others have to be closed first.
                    Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
                },
                Some(_) = asking.join_next() => {}
            }
        }
    }
}

async fn serve(stream: TcpStream, told: Told) {
    let answer = service_fn(move |request| {
        let told = told.clone();
        async move { Ok::<_, Infallible>(told.answer(&request).await) }
    });
    // Whoever hangs up midway is none of our business.
    let _ = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(PATIENCE)
        .keep_alive(false)
        .serve_connection(TokioIo::new(stream), answer)
        .await;
}

impl Told {
    async fn answer(&self, request: &Request<Incoming>) -> Response<Full<Bytes>> {
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            return json(StatusCode::METHOD_NOT_ALLOWED, r#"{"status":"method_not_allowed"}"#);
        }
        match request.uri().path() {
            // Says nothing of the database, or a restart would be tried for it.
            "/healthz" => json(StatusCode::OK, r#"{"status":"alive"}"#),
            "/readyz" => self.ready().await,
            "/metrics" => {
                self.metrics.run_upkeep();
                let text = "text/plain; version=0.0.4; charset=utf-8";
                said(StatusCode::OK, text, self.metrics.render())
            }
            _ => json(StatusCode::NOT_FOUND, r#"{"status":"not_found"}"#),
        }
    }

    async fn ready(&self) -> Response<Full<Bytes>> {
        let unavailable = StatusCode::SERVICE_UNAVAILABLE;
        if self.draining.is_cancelled() {
            return json(unavailable, r#"{"status":"draining"}"#);
        }
        match self.db.ping().await {
            Ok(()) => json(StatusCode::OK, r#"{"status":"ready","checks":{"database":"ok"}}"#),
            Err(error) => {
                tracing::warn!(check = "database", error = with_causes(&error), "not ready");
                json(unavailable, r#"{"status":"not_ready","checks":{"database":"failing"}}"#)
            }
        }
    }
}

fn json(status: StatusCode, body: &'static str) -> Response<Full<Bytes>> {
    said(status, "application/json", body)
}

fn said(status: StatusCode, kind: &'static str, body: impl Into<Bytes>) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(body.into()));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, hyper::header::HeaderValue::from_static(kind));
    response
}
