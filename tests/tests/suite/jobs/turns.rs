//! One at a time puts things right, whoever is lost; and at the ring of a bell.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration as Std;

use async_trait::async_trait;
use chrono::Duration;
use openchair_domain::tenancy::{Db, StoreError};
use openchair_domain::time::Clock as _;
use openchair_domain::turns::{Turn, Whose};
use openchair_tests::eventually;
use openchair_tests::scratch::Scratch;
use openchair_worker::reconcile::{Reconciler, Shift, repeat};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

const NAME: &str = "test";

fn turn(holder: &str) -> Turn {
    Turn {
        name: NAME,
        holder: holder.to_owned(),
        every: Duration::seconds(10),
        lease: Duration::seconds(60),
    }
}

#[tokio::test]
async fn a_turn_is_one_workers_until_it_is_passed_on_or_that_one_is_lost() {
    let scratch = Scratch::new().await;
    let (db, begun) = (&scratch.db, scratch.clock.now());
    let at = |seconds| Whose::NotBefore(begun + Duration::seconds(seconds));
    let (one, other) = (turn("one"), turn("other"));
    assert_eq!(one.take(db, false).await.unwrap(), Whose::Ours);
    assert_eq!(other.take(db, false).await.unwrap(), at(60));
    scratch.clock.advance(Duration::seconds(30));
    assert!(one.keep(db).await.unwrap());
    assert!(!other.keep(db).await.unwrap());
    assert_eq!(other.take(db, false).await.unwrap(), at(90));
    // Whoever hasn't got it can't pass it on.
    other.pass_on(db, None).await.unwrap();
    assert_eq!(other.take(db, false).await.unwrap(), at(90));
    one.pass_on(db, Some(begun + Duration::seconds(40))).await.unwrap();
    assert_eq!(other.take(db, false).await.unwrap(), at(40));
    scratch.clock.advance(Duration::seconds(10));
    assert_eq!(other.take(db, false).await.unwrap(), Whose::Ours);
    // It is never heard of again.
    scratch.clock.advance(Duration::seconds(59));
    assert_eq!(one.take(db, false).await.unwrap(), at(100));
    scratch.clock.advance(Duration::seconds(1));
    assert_eq!(one.take(db, false).await.unwrap(), Whose::Ours);
    assert!(!other.keep(db).await.unwrap());
}

#[tokio::test]
async fn whoever_rings_meanwhile_is_not_forgotten() {
    let scratch = Scratch::new().await;
    let db = &scratch.db;
    let (one, other) = (turn("one"), turn("other"));
    assert_eq!(one.take(db, false).await.unwrap(), Whose::Ours);
    assert!(matches!(other.take(db, true).await.unwrap(), Whose::NotBefore(_)));
    let next = scratch.clock.now() + Duration::seconds(10);
    one.pass_on(db, Some(next)).await.unwrap();
    // Not due, but asked for, once.
    assert_eq!(one.take(db, false).await.unwrap(), Whose::Ours);
    one.pass_on(db, Some(next)).await.unwrap();
    assert_eq!(one.take(db, false).await.unwrap(), Whose::NotBefore(next));
    assert_eq!(other.take(db, true).await.unwrap(), Whose::Ours);
}

/// Counts how many are at it at once.
#[derive(Debug)]
struct Slow {
    running: AtomicU64,
    most: AtomicU64,
    begun: AtomicU64,
    may_end: Semaphore,
}

#[async_trait]
impl Reconciler for Slow {
    fn name(&self) -> &'static str {
        NAME
    }

    fn every(&self) -> Std {
        Std::from_millis(200)
    }

    fn bell(&self) -> Option<&'static str> {
        Some(NAME)
    }

    async fn run(&self, _db: &Db) -> Result<u64, StoreError> {
        let running = self.running.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(running, Ordering::SeqCst);
        self.begun.fetch_add(1, Ordering::SeqCst);
        self.may_end.acquire().await.unwrap().forget();
        self.running.fetch_sub(1, Ordering::SeqCst);
        Ok(1)
    }
}

impl Slow {
    fn new() -> Arc<Self> {
        Arc::new(Self {
            running: AtomicU64::new(0),
            most: AtomicU64::new(0),
            begun: AtomicU64::new(0),
            may_end: Semaphore::new(0),
        })
    }

    async fn has_begun(&self, times: u64) {
        eventually("it begins", async || {
            (self.begun.load(Ordering::SeqCst) >= times).then_some(())
        })
        .await;
    }
}

#[tokio::test]
async fn of_several_workers_one_at_a_time_puts_things_right() {
    let scratch = Scratch::new().await;
    let (slow, shutdown) = (Slow::new(), CancellationToken::new());
    let work = || {
        let slow: Arc<dyn Reconciler> = slow.clone();
        tokio::spawn(repeat(Shift::on(&scratch.db), slow, shutdown.clone()))
    };
    let workers = [work(), work(), work()];
    for times in 1..=5 {
        slow.has_begun(times).await;
        // The clock of the product stands still: it is due again when that moves, or when it rings.
        scratch.db.bells().of(NAME).ring();
        scratch.clock.advance(Duration::seconds(1));
        slow.may_end.add_permits(1);
    }
    slow.has_begun(6).await;
    assert_eq!(slow.most.load(Ordering::SeqCst), 1);
    shutdown.cancel();
    for worker in workers {
        worker.await.unwrap();
    }
    // Whoever stopped midway has passed it on.
    assert_eq!(turn("next").take(&scratch.db, false).await.unwrap(), Whose::Ours);
}

/// Nobody looks for an hour, but it rings.
#[derive(Debug)]
struct AtTheBell(AtomicU64);

#[async_trait]
impl Reconciler for AtTheBell {
    fn name(&self) -> &'static str {
        "at_the_bell"
    }

    fn every(&self) -> Std {
        Std::from_hours(100)
    }

    fn bell(&self) -> Option<&'static str> {
        Some("test.bell")
    }

    async fn run(&self, _db: &Db) -> Result<u64, StoreError> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Ok(0)
    }
}

#[tokio::test]
async fn a_bell_calls_at_once_each_time() {
    let scratch = Scratch::new().await;
    let (called, shutdown) = (Arc::new(AtTheBell(AtomicU64::new(0))), CancellationToken::new());
    let reconciler: Arc<dyn Reconciler> = called.clone();
    let worker = tokio::spawn(repeat(Shift::on(&scratch.db), reconciler, shutdown.clone()));
    for times in 1..=3 {
        eventually("it is called", async || {
            // Until somebody listens, nobody hears.
            if times == 1 && called.0.load(Ordering::SeqCst) == 0 {
                scratch.db.bells().of("test.bell").ring();
            }
            (called.0.load(Ordering::SeqCst) >= times).then_some(())
        })
        .await;
        scratch.db.bells().of("test.bell").ring();
    }
    shutdown.cancel();
    worker.await.unwrap();
}
