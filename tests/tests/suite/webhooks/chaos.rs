//! Two workers that are killed again and again, and a database that hangs up: every event arrives, those
//! of one visit in their order, each under one id however often it comes.
//!
//! What a worker had in its hands when it was killed is sent again by another, when the lease has ended:
//! that this happened here is seen in the database, where whoever takes an endpoint that another worker
//! never gave back is noted. That it did no harm is seen by the receivers.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use openchair_domain::ids::{Event, Id};
use openchair_tests::receiver::{Act, Received, Receiver};
use openchair_tests::spa::{Spa, at};
use openchair_tests::trouble::Trouble;
use openchair_tests::{TestApp, TestDatabase, eventually_in, is_long, seed};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng};
use serde_json::{Value, json};
use sqlx::Row;

use super::{INSIDE, endpoint};

/// Retries, leases and rests, on a busy machine.
const PATIENCE: Duration = Duration::from_mins(4);

/// So often trouble strikes while the last ones arrive. Then it is over: a machine that is busy enough would
/// never get to the end.
const LAST_BLOWS: u32 = 12;

/// All that there is room for.
const MOST: u32 = 9 * 22;

fn settings() -> Vec<(&'static str, String)> {
    vec![
        ("database.max_connections", "6".to_owned()),
        ("webhooks.allow_private", "true".to_owned()),
        // A lease is four times as long.
        ("webhooks.timeout_seconds", "1".to_owned()),
    ]
}

/// Somebody who is told of everything.
struct Listener {
    receiver: Receiver,
    secret: String,
    /// What a library that isn't ours didn't take when it came.
    forged: Arc<Mutex<Vec<Received>>>,
}

impl Listener {
    /// Does this with each request; there are so many a second at most.
    async fn new(
        spa: &Spa,
        per_second: u32,
        act: impl Fn(&Received) -> Act + Send + Sync + 'static,
    ) -> Self {
        let receiver = Receiver::start().await;
        let (_, secret) = endpoint(spa, &receiver, json!({ "per_second": per_second })).await;
        let forged = Arc::<Mutex<Vec<Received>>>::default();
        let (key, odd) = (secret.clone(), Arc::clone(&forged));
        receiver.always(move |received| {
            // The workers' clocks are right: the library looks at the time, too.
            if !received.is_verified_by(&key) {
                odd.lock().unwrap().push(received.clone());
            }
            act(received)
        });
        Self { receiver, secret, forged }
    }

    /// Takes its time, so that there is always something under way, and doesn't want some events the
    /// first time.
    async fn choosy(spa: &Spa) -> Self {
        let refused = Mutex::new(HashSet::new());
        let act = move |received: &Received| {
            let last = received.id().bytes().last().unwrap_or_default();
            let slowly = Act::Slowly(Duration::from_millis(50 * u64::from(last % 8)));
            if !last.is_multiple_of(5) || !refused.lock().unwrap().insert(received.id().to_owned())
            {
                return slowly;
            }
            match last % 3 {
                0 => Act::Answer(503),
                1 => Act::Drop,
                _ => slowly,
            }
        };
        Self::new(spa, 8, act).await
    }

    fn has(&self, told: &BTreeSet<String>) -> bool {
        let got = self.receiver.got();
        let ids: BTreeSet<_> = got.iter().map(Received::id).collect();
        told.iter().all(|id| ids.contains(id.as_str()))
    }

    /// Looks at everything that it got: how often something came again.
    fn check(&self, told: &BTreeSet<String>, visits: u32) -> usize {
        let got = self.receiver.got();
        let (mut versions, mut bodies) = (BTreeMap::<String, Vec<i64>>::new(), BTreeMap::new());
        let mut ids = BTreeMap::new();
        for one in &got {
            assert!(one.is_signed_by(&self.secret), "{one:?}");
            assert!(told.contains(one.id()), "nobody told of {one:?}");
            // However often it comes, it is the same.
            let body = bodies.entry(one.id().to_owned()).or_insert_with(|| one.body.clone());
            assert_eq!(*body, one.body, "{}", one.id());
            let said: Value = one.json();
            if let Some(version) = said["data"]["version"].as_i64() {
                let id = said["data"]["id"].as_str().unwrap().to_owned();
                let event = ids.entry((id.clone(), version)).or_insert_with(|| one.id().to_owned());
                assert_eq!(*event, one.id(), "version {version} of {id} is told by two events");
                versions.entry(id).or_default().push(version);
            }
        }
        assert_eq!(versions.len(), usize::try_from(visits).unwrap());
        for (visit, versions) in versions {
            assert!(versions.is_sorted(), "{visit} was told as {versions:?}");
        }
        let forged = self.forged.lock().unwrap();
        assert!(forged.is_empty(), "{forged:#?}");
        got.len() - bodies.len()
    }
}

/// One visit's life, as far as dice let it go.
async fn life(spa: &Spa, dice: &mut StdRng, day: u32, hour: u32) {
    let wanted = spa.wanted(&["Wax"], 1, &["Eve"]);
    let mut visit = spa.book(wanted, at(day, &format!("{hour:02}:00"))).await.expect(201);
    for _ in 0..dice.random_range(0..4) {
        let id = visit["id"].as_str().unwrap().to_owned();
        let note = format!("Note {}", dice.random::<u32>());
        let body = json!({ "version": visit["version"], "note": note });
        let path = format!("/v1/appointments/{id}/notes");
        visit = spa.owner.put(&path, &body).await.expect(200);
    }
    if dice.random_bool(0.3) {
        let path = format!("/v1/appointments/{}/cancel", visit["id"].as_str().unwrap());
        spa.owner.post(&path, &json!({ "version": visit["version"] })).await.expect(200);
    }
}

/// The events of the outbox that are told, by their ids.
async fn told(app: &TestApp) -> BTreeSet<String> {
    let sql = "select id from outbox_events
               where kind like 'appointment.%' and kind <> 'appointment.held'
                  or kind in ('customer.created', 'customer.updated')";
    let rows = sqlx::query(sql).fetch_all(app.database.owner()).await.unwrap();
    rows.iter().map(|row| Id::<Event>::from_uuid(row.get("id")).to_string()).collect()
}

/// From now on it is noted when an endpoint that a worker never gave back is taken by another one.
async fn spy_on_leases(database: &TestDatabase) {
    let spy = "
        create table taken_over (at timestamptz default now());
        create function spy_on_leases() returns trigger language plpgsql security definer as $$ begin
            insert into taken_over default values;
            return null;
        end $$;
        create trigger spy after update of leased_by on webhook_endpoints for each row
            when (split_part(old.leased_by, '.', 1) <> split_part(new.leased_by, '.', 1))
            execute function spy_on_leases()";
    database.run(spy).await;
}

async fn taken_over(app: &TestApp) -> i64 {
    app.database.count("select count(*) from taken_over").await
}

/// Whether somebody has an endpoint in their hands, or there is nothing to be had any more.
async fn in_hands(app: &TestApp, listeners: &[Listener]) -> bool {
    let held = "select count(*) from webhook_endpoints where leased_by is not null";
    if app.database.count(held).await > 0 {
        return true;
    }
    let told = told(app).await;
    listeners.iter().all(|listener| listener.has(&told))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_is_killed_everything_arrives_in_order() {
    let least = if is_long() { MOST } else { 40 };
    // The desk's clock stands still, and so does what it may ask for in a minute.
    let own = [INSIDE, ("worker.inside", "false"), ("limits.plan_factor", "1000")];
    let app = TestApp::with(&own).await;
    spy_on_leases(&app.database).await;
    let spa = app.spa().await;
    let listeners =
        [Listener::new(&spa, 100, |_| Act::Answer(204)).await, Listener::choosy(&spa).await];
    let mut dice = StdRng::seed_from_u64(seed());
    let mut trouble = Trouble::new("webhooks", &app.database, settings(), seed());
    let mut visits = 0;
    while visits < least || (taken_over(&app).await < 1 && visits < MOST) {
        let blow = visits % 2 == 1;
        if blow {
            // Then what happens next is in somebody's hands when they are hit.
            eventually_in(PATIENCE, "trouble", async || trouble.is_near().then_some(())).await;
        }
        life(&spa, &mut dice, 9 + visits / 9, 9 + visits % 9).await;
        visits += 1;
        if blow {
            eventually_in(PATIENCE, "a blow", async || {
                if !in_hands(&app, &listeners).await {
                    return None;
                }
                trouble.strike(&app.database).await
            })
            .await;
        }
    }
    let told = told(&app).await;
    let mut left = LAST_BLOWS;
    eventually_in(PATIENCE, "everything arrives", async || {
        // Who is away for long is let rest for longer than this takes: that is tried elsewhere.
        if left > 0 && trouble.strike(&app.database).await.is_some() {
            left -= 1;
        }
        listeners.iter().all(|listener| listener.has(&told)).then_some(())
    })
    .await;
    let again: usize = listeners.iter().map(|listener| listener.check(&told, visits)).sum();
    let taken_over = taken_over(&app).await;
    report(&format!(
        "{visits} visits, {} events to two receivers, {again} requests more than needed; {} kills, {} \
         connections cut, {taken_over} times an endpoint was taken over",
        told.len(),
        trouble.kills,
        trouble.cuts,
    ));
    assert!(taken_over > 0, "nobody had anything in their hands");
    assert!(trouble.cuts > 0, "the database hung up on nobody");
    trouble.end();
}

#[expect(clippy::print_stdout, reason = "whoever reads a run wants to know what it was worth")]
fn report(text: &str) {
    println!("webhooks in trouble: {text}");
}
