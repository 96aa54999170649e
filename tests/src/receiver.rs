//! Somebody's program that is told of events: takes webhooks over HTTP and does as it is told. Written
//! out by hand, so that it can do what no decent server does.

#![expect(clippy::unwrap_used, reason = "a test says what it expects by failing")]

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;
use standardwebhooks::Webhook;
use tokio::io::{AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

use crate::wait::eventually;
use crate::wire::{self, Asked, Door};

/// What it does with a request.
#[derive(Debug, Clone)]
pub enum Act {
    /// Answers with this status.
    Answer(u16),
    /// Answers so, with this `Retry-After`.
    Busy(u16, String),
    /// Sends it elsewhere.
    Redirect(String),
    /// Takes its time and is fine then.
    Slowly(Duration),
    /// Answers nothing and cuts the connection.
    Drop,
    /// Answers nothing at all.
    Stall,
}

/// A request that came.
#[derive(Debug, Clone)]
pub struct Received {
    /// When it was whole.
    pub at: Instant,
    /// Where to.
    pub path: String,
    /// By their names in small letters.
    pub headers: HashMap<String, String>,
    /// As it came.
    pub body: String,
}

impl Received {
    /// The event's id.
    pub fn id(&self) -> &str {
        self.headers.get("webhook-id").map_or("", String::as_str)
    }

    /// The body.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    /// The type of event, as the standard preset says it.
    pub fn kind(&self) -> String {
        self.json()["type"].as_str().unwrap_or_default().to_owned()
    }

    /// Whether one of its signatures is by this secret, as a library that isn't ours sees it. The time
    /// is taken as it is said: tests have clocks of their own.
    pub fn is_signed_by(&self, secret: &str) -> bool {
        let at = self.headers["webhook-timestamp"].parse().unwrap();
        let ours = Webhook::new(secret).unwrap().sign(self.id(), at, self.body.as_bytes()).unwrap();
        self.headers["webhook-signature"].split(' ').any(|signature| signature == ours)
    }

    /// Whether that library takes it altogether: signed by this secret, and just now.
    pub fn is_verified_by(&self, secret: &str) -> bool {
        let mut headers = HeaderMap::new();
        for (name, value) in &self.headers {
            let name: HeaderName = name.parse().unwrap();
            headers.insert(name, HeaderValue::from_str(value).unwrap());
        }
        Webhook::new(secret).unwrap().verify(self.body.as_bytes(), &headers).is_ok()
    }
}

type Script = Box<dyn Fn(&Received) -> Act + Send + Sync>;

struct Shared {
    acts: Mutex<VecDeque<Act>>,
    script: Mutex<Script>,
    got: Mutex<Vec<Received>>,
}

/// A running receiver; ends when it is dropped.
pub struct Receiver {
    /// Where it listens.
    pub address: SocketAddr,
    shared: Arc<Shared>,
    _door: Door,
}

impl fmt::Debug for Receiver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Receiver").field("address", &self.address).finish_non_exhaustive()
    }
}

impl Receiver {
    /// One that takes everything.
    pub async fn start() -> Self {
        let share = |_| Shared {
            acts: Mutex::default(),
            script: Mutex::new(Box::new(|_| Act::Answer(204))),
            got: Mutex::default(),
        };
        let (door, shared) = Door::open(share, serve).await;
        Self { address: door.address, shared, _door: door }
    }

    /// Its address, for an endpoint.
    pub fn url(&self) -> String {
        format!("http://{}/hook", self.address)
    }

    /// What it does with the next requests, one each.
    pub fn next(&self, acts: impl IntoIterator<Item = Act>) {
        self.shared.acts.lock().unwrap().extend(acts);
    }

    /// What it does with all others.
    pub fn always(&self, script: impl Fn(&Received) -> Act + Send + Sync + 'static) {
        *self.shared.script.lock().unwrap() = Box::new(script);
    }

    /// All that came.
    pub fn got(&self) -> Vec<Received> {
        self.shared.got.lock().unwrap().clone()
    }

    /// Their types, in the order in which they came.
    pub fn kinds(&self) -> Vec<String> {
        self.got().iter().map(Received::kind).collect()
    }

    /// Waits until so many have come, and gives them all.
    pub async fn gets(&self, count: usize) -> Vec<Received> {
        eventually(&format!("{count} webhooks"), async || {
            let got = self.got();
            (got.len() >= count).then_some(got)
        })
        .await
    }

    /// Waits for one of this type, and gives the last that came.
    pub async fn gets_kind(&self, kind: &str) -> Received {
        eventually(&format!("a webhook {kind}"), async || {
            self.got().into_iter().rev().find(|received| received.kind() == kind)
        })
        .await
    }
}

/// One connection, request after request.
async fn serve(mut stream: BufReader<TcpStream>, shared: Arc<Shared>) -> std::io::Result<()> {
    while let Some(Asked { path, headers, body, .. }) = wire::read(&mut stream).await? {
        let body = String::from_utf8(body).unwrap();
        let received = Received { at: Instant::now(), path, headers, body };
        let act = {
            let ordered = shared.acts.lock().unwrap().pop_front();
            ordered.unwrap_or_else(|| (*shared.script.lock().unwrap())(&received))
        };
        shared.got.lock().unwrap().push(received);
        let answer = match act {
            Act::Answer(status) => answer(status, ""),
            Act::Busy(status, wish) => answer(status, &format!("retry-after: {wish}\r\n")),
            Act::Redirect(to) => answer(307, &format!("location: {to}\r\n")),
            Act::Slowly(pause) => {
                tokio::time::sleep(pause).await;
                answer(204, "")
            }
            Act::Drop => return Ok(()),
            Act::Stall => std::future::pending().await,
        };
        stream.get_mut().write_all(answer.as_bytes()).await?;
    }
    Ok(())
}

fn answer(status: u16, headers: &str) -> String {
    wire::answer(status, headers, if status == 204 { "" } else { "so it is" })
}
