//! Webhooks: events are told to whoever wants to know, signed, and once more if nobody listened. An endpoint is told
//! of businesses' accounts or of the platform's own, never of both, and has a secret of its own.

use data_encoding::HEXLOWER;
use hmac::{Hmac, KeyInit as _, Mac as _};
use openchair_stand_in::{News, Post};
use reqwest::{Client, RequestBuilder};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

/// Of whose accounts an endpoint is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Of those of businesses.
    Connected,
    /// Of the platform's own.
    Own,
}

/// Who is told, of what, and what that is signed with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// Where.
    pub url: String,
    /// Of whose accounts.
    pub scope: Scope,
    /// Its own secret.
    pub secret: String,
    /// Which events it is told of; none named: all.
    pub events: Vec<String>,
}

impl Endpoint {
    /// The same, told of these events alone.
    #[must_use]
    pub fn only<T: Into<String>>(self, events: impl IntoIterator<Item = T>) -> Self {
        Self { events: events.into_iter().map(Into::into).collect(), ..self }
    }

    /// Whether it is told when this happens in such an account.
    pub(crate) fn wants(&self, event: &Event) -> bool {
        let named = self.events.is_empty() || self.events.contains(&event.kind);
        self.scope == event.scope && named
    }
}

/// Something that happened.
#[derive(Debug, Clone)]
pub(crate) struct Event {
    /// Its name.
    pub(crate) id: String,
    /// What happened.
    pub(crate) kind: String,
    /// In whose account.
    pub(crate) scope: Scope,
    /// How it reads.
    pub(crate) body: String,
}

/// An attempt to tell somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Delivery {
    /// Which event.
    pub event: String,
    /// What happened.
    pub kind: String,
    /// Who was told.
    pub url: String,
    /// As whom: one address can be that of two endpoints.
    pub scope: Scope,
    /// The how manieth attempt it was, from 1.
    pub attempt: u32,
    /// What was answered; none: nobody answered.
    pub status: Option<u16>,
}

impl News for Event {
    type To = Endpoint;
    type Delivery = Delivery;

    fn delivered(post: &Post<Self>, status: Option<u16>) -> Delivery {
        let Event { id, kind, scope, .. } = post.news.clone();
        let url = post.to.url.clone();
        Delivery { event: id, kind, url, scope, attempt: post.attempt, status }
    }

    fn is_heard(status: u16) -> bool {
        (200..300).contains(&status)
    }
}

/// As it is told.
pub(crate) fn put(client: &Client, post: &Post<Event>, now: i64) -> RequestBuilder {
    let body = &post.news.body;
    client
        .post(&post.to.url)
        .header("content-type", "application/json; charset=utf-8")
        .header("user-agent", "Stripe/1.0 (+https://stripe.com/docs/webhooks)")
        .header("stripe-signature", signature(&post.to.secret, now, body))
        .body(body.clone())
}

/// The header `Stripe-Signature`. Events of tests have one of another kind besides, which proves nothing.
pub(crate) fn signature(secret: &str, at: i64, body: &str) -> String {
    // A key of any length is one.
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("any key");
    mac.update(format!("{at}.{body}").as_bytes());
    let mac = HEXLOWER.encode(&mac.finalize().into_bytes());
    format!("t={at},v1={mac},v0={}", "0".repeat(64))
}
