//! Two workers, one of which is killed again and again: everything arrives, in order.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Mutex;
use std::time::Duration;

use openchair_domain::ids::{Event, Id};
use openchair_tests::process::Program;
use openchair_tests::receiver::{Act, Receiver};
use openchair_tests::spa::{Spa, at};
use openchair_tests::{TestApp, bench, eventually_in, is_long, seed};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng};
use serde_json::{Value, json};
use sqlx::Row;

use super::{INSIDE, endpoint};

/// Retries, leases and rests, on a busy machine.
const PATIENCE: Duration = Duration::from_mins(4);

fn worker(app: &TestApp, number: usize) -> Program {
    let settings = [
        ("database.url", app.database.app_url()),
        ("database.max_connections", "6".to_owned()),
        ("webhooks.allow_private", "true".to_owned()),
        ("webhooks.timeout_seconds", "1".to_owned()),
    ];
    let log = bench().folder().join(format!("webhooks-worker-{number}.log"));
    Program::start("openchair-worker", &log, &settings)
}

/// Takes what it gets, but for some events, which it doesn't want the first time.
async fn choosy() -> Receiver {
    let receiver = Receiver::start().await;
    let refused = Mutex::new(HashSet::new());
    receiver.always(move |received| {
        let last = received.id().bytes().last().unwrap_or_default();
        if last % 5 != 0 || !refused.lock().unwrap().insert(received.id().to_owned()) {
            return Act::Answer(204);
        }
        match last % 3 {
            0 => Act::Answer(503),
            1 => Act::Drop,
            _ => Act::Slowly(Duration::from_millis(400)),
        }
    });
    receiver
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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_is_killed_everything_arrives_in_order() {
    let visits: u32 = if is_long() { 180 } else { 30 };
    let app = TestApp::with(&[INSIDE, ("worker.inside", "false")]).await;
    let spa = app.spa().await;
    let receivers = [Receiver::start().await, choosy().await];
    let mut secrets = Vec::new();
    for receiver in &receivers {
        secrets.push(endpoint(&spa, receiver, json!({ "per_second": 100 })).await.1);
    }
    let mut dice = StdRng::seed_from_u64(seed());
    let mut workers = [Some(worker(&app, 0)), Some(worker(&app, 1))];
    for number in 0..visits {
        life(&spa, &mut dice, 9 + number / 9, 9 + number % 9).await;
        if number % 6 == 5 {
            // Not always the one that has something in its hands.
            let which = dice.random_range(0..2);
            if let Some(victim) = workers[which].take() {
                victim.kill();
            }
            workers[which] = Some(worker(&app, which));
        }
    }
    let told = told(&app).await;
    for (receiver, secret) in receivers.iter().zip(&secrets) {
        let got = eventually_in(PATIENCE, "everything arrives", async || {
            let got = receiver.got();
            let ids: BTreeSet<_> = got.iter().map(|one| one.id().to_owned()).collect();
            told.is_subset(&ids).then_some(got)
        })
        .await;
        let mut versions: BTreeMap<String, Vec<i64>> = BTreeMap::new();
        for one in &got {
            assert!(one.is_signed_by(secret), "{one:?}");
            assert!(told.contains(one.id()), "nobody told of {one:?}");
            let said: Value = one.json();
            if let Some(version) = said["data"]["version"].as_i64() {
                let id = said["data"]["id"].as_str().unwrap().to_owned();
                versions.entry(id).or_default().push(version);
            }
        }
        assert_eq!(versions.len(), usize::try_from(visits).unwrap());
        for (visit, versions) in versions {
            assert!(versions.is_sorted(), "{visit} was told as {versions:?}");
        }
        // The last of them came just now: a library that looks at the clock takes it.
        let last = got.iter().rev().max_by_key(|one| one.at).unwrap();
        assert!(last.is_verified_by(secret), "{last:?}");
    }
    for worker in workers.into_iter().flatten() {
        let log = worker.log();
        assert!(!log.contains("panicked") && !log.contains("\"ERROR\""), "{log}");
        assert!(worker.stop(), "the worker ends well");
    }
}
