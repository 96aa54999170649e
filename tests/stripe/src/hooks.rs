//! Webhooks: events as they are told, signed.

use data_encoding::HEXLOWER;
use hmac::{Hmac, KeyInit as _, Mac as _};
use openchair_stand_in::{News, Post};
use reqwest::{Client, RequestBuilder};
use serde::Serialize;
use sha2::Sha256;

/// Something that happened.
#[derive(Debug, Clone)]
pub(crate) struct Event {
    /// Its name.
    pub(crate) id: String,
    /// What happened.
    pub(crate) kind: String,
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
    /// The how manieth attempt it was, from 1.
    pub attempt: u32,
    /// What was answered; none: nobody answered.
    pub status: Option<u16>,
}

impl News for Event {
    type Delivery = Delivery;

    fn delivered(post: &Post<Self>, status: Option<u16>) -> Delivery {
        let Event { id, kind, .. } = post.news.clone();
        Delivery { event: id, kind, url: post.url.clone(), attempt: post.attempt, status }
    }

    fn is_heard(status: u16) -> bool {
        (200..300).contains(&status)
    }
}

/// As it is told.
pub(crate) fn put(client: &Client, post: &Post<Event>, now: i64, secret: &str) -> RequestBuilder {
    let body = &post.news.body;
    client
        .post(&post.url)
        .header("content-type", "application/json; charset=utf-8")
        .header("user-agent", "Stripe/1.0 (+https://stripe.com/docs/webhooks)")
        .header("stripe-signature", signature(secret, now, body))
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
