//! What is told to merchants (ITN): a form, signed, and once more if nobody listened.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use reqwest::Client;
use reqwest::redirect::Policy;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// How long a receiver may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// A notice on its way to somebody.
#[derive(Debug, Clone)]
pub(crate) struct Post {
    /// Which payment it is about, as PayFast calls it.
    pub(crate) payment: String,
    /// What became of it.
    pub(crate) status: String,
    pub(crate) body: String,
    pub(crate) url: String,
    attempt: u32,
}

impl Post {
    pub(crate) fn new(payment: String, status: String, body: String, url: String) -> Self {
        Self { payment, status, body, url, attempt: 1 }
    }
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

/// In which order notices that were held are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// As they happened.
    AsHappened,
    /// The last one first.
    Backwards,
}

#[derive(Debug, Default)]
struct Orders {
    holding: bool,
    held: Vec<Post>,
    copies: u32,
    drop_next: u32,
    log: Vec<Delivery>,
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
    pub(crate) fn new() -> (Self, UnboundedReceiver<Post>) {
        let (out, posts) = unbounded_channel();
        let orders = Orders { copies: 1, ..Orders::default() };
        let (under_way, hurry) = (watch::Sender::new(0), watch::Sender::new(0));
        (Self { orders: Mutex::new(orders), out, under_way, hurry }, posts)
    }

    fn orders(&self) -> MutexGuard<'_, Orders> {
        self.orders.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// This happened.
    pub(crate) fn tell(&self, post: &Post) {
        let mut orders = self.orders();
        if orders.drop_next > 0 {
            orders.drop_next -= 1;
            return;
        }
        for _ in 0..orders.copies {
            if orders.holding {
                orders.held.push(post.clone());
            } else {
                self.send(post.clone());
            }
        }
    }

    /// This is told now, whatever was ordered.
    pub(crate) fn send(&self, post: Post) {
        self.under_way.send_modify(|count| *count += 1);
        // Who stops listening stops all of it.
        let _ = self.out.send(post);
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
        for post in held {
            self.send(post);
        }
    }

    pub(crate) fn hurry(&self) {
        self.hurry.send_modify(|times| *times += 1);
    }

    pub(crate) fn copies(&self, copies: u32) {
        self.orders().copies = copies;
    }

    pub(crate) fn drop_next(&self, notices: u32) {
        self.orders().drop_next = notices;
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
    pub(crate) async fn run(&self, mut posts: UnboundedReceiver<Post>, pauses: &[Duration]) {
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
            let answered = once(&client, &post).await;
            self.orders().log.push(Delivery {
                payment: post.payment.clone(),
                status: post.status.clone(),
                body: post.body.clone(),
                url: post.url.clone(),
                attempt: post.attempt,
                answered,
            });
            // Nothing but 200 counts.
            let pause = pauses.get(post.attempt as usize - 1).copied();
            if let (false, Some(pause)) = (answered == Some(200), pause) {
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

async fn once(client: &Client, post: &Post) -> Option<u16> {
    let asked = client
        .post(&post.url)
        .header("content-type", "application/x-www-form-urlencoded")
        .header("user-agent", "PayFast ITN")
        .body(post.body.clone());
    Some(asked.send().await.ok()?.status().as_u16())
}
