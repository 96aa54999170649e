//! Somebody's program that is told of events: takes webhooks over HTTP and does as it is told. Written
//! out by hand, so that it can do what no decent server does.

#![expect(clippy::unwrap_used, reason = "a test says what it expects by failing")]

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;
use standardwebhooks::Webhook;

use crate::authority::Certified;
use crate::wait::eventually;
use crate::wire::{self, Asked, Orders, Place, Site};

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

#[derive(Debug)]
struct Shared {
    orders: Orders<Received, Act>,
    got: Mutex<Vec<Received>>,
}

/// A running receiver; ends when it is dropped.
#[derive(Debug)]
pub struct Receiver {
    place: Place,
    shared: Arc<Shared>,
}

impl Receiver {
    /// One that takes everything.
    pub async fn start() -> Self {
        Self::at(Site::free().await)
    }

    /// The same over TLS.
    pub async fn start_as(certified: &Certified) -> Self {
        Self::at(Site::of(certified).await)
    }

    fn at(site: Site) -> Self {
        let shared =
            Arc::new(Shared { orders: Orders::new(|_| Act::Answer(204)), got: Mutex::default() });
        let told = Arc::clone(&shared);
        let place = site.open(move |asked| take(asked, Arc::clone(&told)));
        Self { place, shared }
    }

    /// Its address, for an endpoint.
    pub fn url(&self) -> String {
        format!("{}/hook", self.place.origin)
    }

    /// The same by a name.
    pub fn url_by(&self, name: &str) -> String {
        format!("http://{name}:{}/hook", self.place.port)
    }

    /// From now on it hangs up on everybody, or takes requests again.
    pub fn doors(&self, open: bool) {
        self.place.doors(open);
    }

    /// What it does with the next requests, one each.
    pub fn next(&self, acts: impl IntoIterator<Item = Act>) {
        self.shared.orders.next(acts);
    }

    /// What it does with all others.
    pub fn always(&self, script: impl Fn(&Received) -> Act + Send + Sync + 'static) {
        self.shared.orders.always(script);
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

async fn take(asked: Asked, shared: Arc<Shared>) -> Option<String> {
    let Asked { path, headers, body, .. } = asked;
    let body = String::from_utf8(body).unwrap();
    let received = Received { at: Instant::now(), path, headers, body };
    let act = shared.orders.about(&received);
    shared.got.lock().unwrap().push(received);
    Some(match act {
        Act::Answer(status) => answer(status, ""),
        Act::Busy(status, wish) => answer(status, &format!("retry-after: {wish}\r\n")),
        Act::Redirect(to) => answer(307, &format!("location: {to}\r\n")),
        Act::Slowly(pause) => {
            tokio::time::sleep(pause).await;
            answer(204, "")
        }
        Act::Drop => return None,
        Act::Stall => std::future::pending().await,
    })
}

fn answer(status: u16, headers: &str) -> String {
    wire::answer(status, headers, if status == 204 { "" } else { "so it is" })
}
