//! Webhooks: events are told to whoever wants to know, signed, and once more if nobody listened. An endpoint is told
//! of businesses' accounts or of the platform's own, never of both, and has a secret of its own.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use data_encoding::HEXLOWER;
use hmac::{Hmac, KeyInit as _, Mac as _};
use reqwest::Client;
use reqwest::redirect::Policy;
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::Clock;

/// How long a receiver may take.
const PATIENCE: Duration = Duration::from_secs(10);

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
}

/// Something that happened, as it is told.
#[derive(Debug, Clone)]
pub(crate) struct News {
    pub(crate) event: String,
    pub(crate) kind: String,
    pub(crate) scope: Scope,
    pub(crate) body: String,
}

/// An event on its way to somebody.
#[derive(Debug, Clone)]
pub(crate) struct Post {
    event: String,
    kind: String,
    body: String,
    to: Endpoint,
    attempt: u32,
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

/// In which order events that were held are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// As they happened.
    AsHappened,
    /// The last one first.
    Backwards,
}

#[derive(Debug, Default)]
struct Orders {
    endpoints: Vec<Endpoint>,
    holding: bool,
    held: Vec<Post>,
    copies: u32,
    drop_next: u32,
    log: Vec<Delivery>,
}

impl Orders {
    /// One for each endpoint that is told of this.
    fn posts(&self, news: &News) -> Vec<Post> {
        let told = self.endpoints.iter().filter(|endpoint| endpoint.scope == news.scope);
        let post = |to: &Endpoint| Post {
            event: news.event.clone(),
            kind: news.kind.clone(),
            body: news.body.clone(),
            to: to.clone(),
            attempt: 1,
        };
        told.map(post).collect()
    }
}

/// Tells what happened.
#[derive(Debug)]
pub(crate) struct Hooks {
    orders: Mutex<Orders>,
    out: UnboundedSender<Post>,
    under_way: watch::Sender<usize>,
    hurry: watch::Sender<u64>,
}

impl Hooks {
    pub(crate) fn new(endpoints: Vec<Endpoint>) -> (Self, UnboundedReceiver<Post>) {
        let (out, posts) = unbounded_channel();
        let orders = Orders { endpoints, copies: 1, ..Orders::default() };
        let (under_way, hurry) = (watch::Sender::new(0), watch::Sender::new(0));
        (Self { orders: Mutex::new(orders), out, under_way, hurry }, posts)
    }

    fn orders(&self) -> MutexGuard<'_, Orders> {
        self.orders.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// This happened.
    pub(crate) fn tell(&self, news: Vec<News>) {
        let mut orders = self.orders();
        for one in news {
            if orders.drop_next > 0 {
                orders.drop_next -= 1;
                continue;
            }
            for _ in 0..orders.copies {
                let posts = orders.posts(&one);
                if orders.holding {
                    orders.held.extend(posts);
                } else {
                    self.send(posts);
                }
            }
        }
    }

    /// This is told now, whatever was ordered.
    pub(crate) fn tell_now(&self, news: &News) {
        let posts = self.orders().posts(news);
        self.send(posts);
    }

    fn send(&self, posts: Vec<Post>) {
        for post in posts {
            self.under_way.send_modify(|count| *count += 1);
            // Who stops listening stops all of it.
            let _ = self.out.send(post);
        }
    }

    pub(crate) fn to(&self, endpoints: Vec<Endpoint>) {
        self.orders().endpoints = endpoints;
    }

    pub(crate) fn hold(&self) {
        self.orders().holding = true;
    }

    pub(crate) fn release(&self, order: Order) {
        let mut orders = self.orders();
        orders.holding = false;
        let mut held = std::mem::take(&mut orders.held);
        if order == Order::Backwards {
            held.reverse();
        }
        self.send(held);
    }

    pub(crate) fn hurry(&self) {
        self.hurry.send_modify(|times| *times += 1);
    }

    pub(crate) fn copies(&self, copies: u32) {
        self.orders().copies = copies;
    }

    pub(crate) fn drop_next(&self, events: u32) {
        self.orders().drop_next = events;
    }

    pub(crate) fn log(&self) -> Vec<Delivery> {
        self.orders().log.clone()
    }

    pub(crate) async fn quiet(&self) {
        let mut under_way = self.under_way.subscribe();
        // The sender is ours: it isn't gone.
        let _ = under_way.wait_for(|count| *count == 0).await;
    }

    /// Tells one after the other, until it is dropped.
    pub(crate) async fn run(
        &self,
        mut posts: UnboundedReceiver<Post>,
        clock: &Clock,
        pauses: &[Duration],
    ) {
        let client = Client::builder()
            .redirect(Policy::none())
            .no_proxy()
            .timeout(PATIENCE)
            .build()
            .expect("a client without anything special");
        let mut later: JoinSet<Post> = JoinSet::new();
        loop {
            let post = tokio::select! {
                Some(post) = posts.recv() => post,
                Some(Ok(post)) = later.join_next() => post,
                else => return,
            };
            // Before anybody can know that it was tried, so that nobody hurries past it.
            let mut hurry = self.hurry.subscribe();
            let status = once(&client, &post, clock.now()).await;
            self.orders().log.push(Delivery {
                event: post.event.clone(),
                kind: post.kind.clone(),
                url: post.to.url.clone(),
                scope: post.to.scope,
                attempt: post.attempt,
                status,
            });
            let heard = status.is_some_and(|status| (200..300).contains(&status));
            let pause = pauses.get(post.attempt as usize - 1).copied();
            if let (false, Some(pause)) = (heard, pause) {
                later.spawn(async move {
                    tokio::select! {
                        () = tokio::time::sleep(pause) => {}
                        _ = hurry.changed() => {}
                    }
                    Post { attempt: post.attempt + 1, ..post }
                });
            } else {
                self.under_way.send_modify(|count| *count -= 1);
            }
        }
    }
}

async fn once(client: &Client, post: &Post, now: i64) -> Option<u16> {
    let asked = client
        .post(&post.to.url)
        .header("content-type", "application/json; charset=utf-8")
        .header("user-agent", "Stripe/1.0 (+https://stripe.com/docs/webhooks)")
        .header("stripe-signature", signature(&post.to.secret, now, &post.body))
        .body(post.body.clone());
    Some(asked.send().await.ok()?.status().as_u16())
}

/// The header `Stripe-Signature`. Events of tests have one of another kind besides, which proves nothing.
pub(crate) fn signature(secret: &str, at: i64, body: &str) -> String {
    // A key of any length is one.
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("any key");
    mac.update(format!("{at}.{body}").as_bytes());
    let mac = HEXLOWER.encode(&mac.finalize().into_bytes());
    format!("t={at},v1={mac},v0={}", "0".repeat(64))
}
