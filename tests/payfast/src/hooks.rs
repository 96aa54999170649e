//! What is told to merchants (ITN): a form, signed.

use openchair_stand_in::{News, Post};
use reqwest::{Client, RequestBuilder};

/// How a payment stands.
#[derive(Debug, Clone)]
pub(crate) struct Notice {
    /// Which payment it is about, as PayFast calls it.
    pub(crate) payment: String,
    /// What became of it.
    pub(crate) status: String,
    /// How it reads.
    pub(crate) body: String,
}

/// An attempt to tell somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Which payment it was about, as PayFast calls it.
    pub payment: String,
    /// What became of it: `COMPLETE`, `CANCELLED`.
    pub status: String,
    /// What was told.
    pub body: String,
    /// Who was told.
    pub url: String,
    /// The how manieth attempt it was, from 1.
    pub attempt: u32,
    /// What was answered; none: nobody answered.
    pub answered: Option<u16>,
}

impl News for Notice {
    type To = String;
    type Delivery = Delivery;

    fn delivered(post: &Post<Self>, answered: Option<u16>) -> Delivery {
        let Notice { payment, status, body } = post.news.clone();
        let (url, attempt) = (post.to.clone(), post.attempt);
        Delivery { payment, status, body, url, attempt, answered }
    }

    /// Nothing but 200 counts.
    fn is_heard(status: u16) -> bool {
        status == 200
    }
}

/// As it is told.
pub(crate) fn put(client: &Client, post: &Post<Notice>) -> RequestBuilder {
    client
        .post(&post.to)
        .header("content-type", "application/x-www-form-urlencoded")
        .header("user-agent", "PayFast ITN")
        .body(post.news.body.clone())
}
