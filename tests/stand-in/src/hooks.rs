//! What is told to others: as it happened or as it is ordered, and once more if nobody listened.

use std::fmt::Debug;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder};
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// How long a receiver may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Something that is told.
pub trait News: Clone + Debug + Send + Sync + 'static {
    /// Whoever wants to know.
    type To: Clone + Debug + Send + Sync;
    /// An attempt to tell it, as it is noted.
    type Delivery: Clone + Debug + Send;

    /// That it was tried to tell this: what was answered, unless nobody answered.
    fn delivered(post: &Post<Self>, answered: Option<u16>) -> Self::Delivery;

    /// Whether this answer means that it was heard.
    fn is_heard(status: u16) -> bool;
}

/// Something on its way to somebody.
#[derive(Debug, Clone)]
pub struct Post<N: News> {
    /// What.
    pub news: N,
    /// To whom.
    pub to: N::To,
    /// The how manieth attempt it is, from 1.
    pub attempt: u32,
}

/// What is on its way, for [`Hooks::run`].
pub type Posts<N> = UnboundedReceiver<Post<N>>;

/// In which order what was held is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// As it happened.
    AsHappened,
    /// The last one first.
    Backwards,
}

#[derive(Debug)]
struct Orders<N: News> {
    holding: bool,
    held: Vec<Post<N>>,
    copies: u32,
    drop_next: u32,
    log: Vec<N::Delivery>,
}

/// Tells what happened.
#[derive(Debug)]
pub struct Hooks<N: News> {
    orders: Mutex<Orders<N>>,
    out: UnboundedSender<Post<N>>,
    under_way: watch::Sender<usize>,
    hurry: watch::Sender<u64>,
}

impl<N: News> Hooks<N> {
    /// With what is on its way, which is told once it is [`run`](Self::run).
    pub fn new() -> (Self, Posts<N>) {
        let (out, posts) = unbounded_channel();
        let orders =
            Orders { holding: false, held: Vec::new(), copies: 1, drop_next: 0, log: Vec::new() };
        let (under_way, hurry) = (watch::Sender::new(0), watch::Sender::new(0));
        (Self { orders: Mutex::new(orders), out, under_way, hurry }, posts)
    }

    fn orders(&self) -> MutexGuard<'_, Orders<N>> {
        self.orders.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// This happened, and these want to know.
    pub fn tell(&self, news: &N, all: &[N::To]) {
        let mut orders = self.orders();
        if orders.drop_next > 0 {
            orders.drop_next -= 1;
            return;
        }
        for _ in 0..orders.copies {
            if orders.holding {
                orders.held.extend(posts(news, all));
            } else {
                self.send(posts(news, all));
            }
        }
    }

    /// This is told now, whatever was ordered.
    pub fn tell_now(&self, news: &N, all: &[N::To]) {
        self.send(posts(news, all));
    }

    fn send(&self, posts: impl IntoIterator<Item = Post<N>>) {
        for post in posts {
            self.under_way.send_modify(|count| *count += 1);
            // Who stops listening stops all of it.
            let _ = self.out.send(post);
        }
    }

    /// From now on what happens is kept back.
    pub fn hold(&self) {
        self.orders().holding = true;
    }

    /// What was kept back is told, and what happens from now on.
    pub fn release(&self, order: Order) {
        let mut orders = self.orders();
        orders.holding = false;
        let mut held = std::mem::take(&mut orders.held);
        if order == Order::Backwards {
            held.reverse();
        }
        self.send(held);
    }

    /// What would have been tried again later is tried now.
    pub fn hurry(&self) {
        self.hurry.send_modify(|times| *times += 1);
    }

    /// From now on everything is told so many times.
    pub fn copies(&self, copies: u32) {
        self.orders().copies = copies;
    }

    /// So much of what happens next is never told.
    pub fn drop_next(&self, count: u32) {
        self.orders().drop_next = count;
    }

    /// What was told to whom, and what they said.
    pub fn log(&self) -> Vec<N::Delivery> {
        self.orders().log.clone()
    }

    /// Until everybody was told, or will never be. What is kept back doesn't count.
    pub async fn quiet(&self) {
        let mut under_way = self.under_way.subscribe();
        // The sender is ours: it isn't gone.
        let _ = under_way.wait_for(|count| *count == 0).await;
    }

    /// Tells one after the other, until it is dropped. `put` makes the request.
    pub async fn run(
        &self,
        mut posts: Posts<N>,
        pauses: &[Duration],
        put: impl Fn(&Client, &Post<N>) -> RequestBuilder,
    ) {
        let client = Client::builder()
            .redirect(Policy::none())
            .no_proxy()
            .timeout(PATIENCE)
            .build()
            .expect("a client without anything special");
        let mut later: JoinSet<Post<N>> = JoinSet::new();
        loop {
            let post = tokio::select! {
                Some(post) = posts.recv() => post,
                Some(Ok(post)) = later.join_next() => post,
                else => return,
            };
            // Before anybody can know that it was tried, so that nobody hurries past it.
            let mut hurry = self.hurry.subscribe();
            let answered = put(&client, &post).send().await;
            let answered = answered.ok().map(|answer| answer.status().as_u16());
            self.orders().log.push(N::delivered(&post, answered));
            let pause = pauses.get(post.attempt as usize - 1).copied();
            if let (false, Some(pause)) = (answered.is_some_and(N::is_heard), pause) {
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

fn posts<N: News>(news: &N, all: &[N::To]) -> Vec<Post<N>> {
    let post = |to: &N::To| Post { news: news.clone(), to: to.clone(), attempt: 1 };
    all.iter().map(post).collect()
}
