//! Clients that hang up in the middle, thousands of times: no transaction stays open, no tenant stays
//! set on a connection, and whoever comes next is answered.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use openchair_tests::{Browser, Business, TestApp, eventually, is_long, seed};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use serde_json::json;

const THREADS: u64 = 4;

/// Requests of all kinds: within a tenant and outside, reading and writing, refused and not.
fn requests(owner: &Browser, spa: &Business, location: &str) -> Vec<Vec<u8>> {
    let cookie = format!("cookie: __Host-openchair={}\r\n", owner.cookie().unwrap());
    let who = format!("{cookie}openchair-tenant: {}\r\norigin: {}\r\n", spa.id, owner.url());
    let body = |line: &str, headers: &str, body: &str| {
        let length = body.len();
        format!(
            "{line} HTTP/1.1\r\nhost: a\r\n{headers}content-type: application/json\r\n\
             content-length: {length}\r\n\r\n{body}"
        )
        .into_bytes()
    };
    let plain = |line: &str| format!("{line} HTTP/1.1\r\nhost: a\r\n{who}\r\n").into_bytes();
    let key = json!({ "name": "hangs up", "scopes": ["team:read"] }).to_string();
    let login = json!({ "email": spa.owner.email, "password": openchair_tests::PASSWORD });
    let change = json!({ "address": "1 Quay" }).to_string();
    vec![
        body("POST /v1/api-keys", &who, &key),
        body("POST /v1/api-keys", &format!("{who}idempotency-key: always\r\n"), &key),
        body(
            &format!("PATCH /v1/locations/{location}"),
            &format!("{who}if-match: \"1\"\r\n"),
            &change,
        ),
        body("POST /v1/auth/sign-in", "", &login.to_string()),
        body("POST /v1/auth/magic-link", "", &json!({ "email": "a@example.com" }).to_string()),
        plain("GET /v1/members"),
        plain("GET /v1/me"),
        plain("GET /v1/audit?limit=100"),
        plain("DELETE /v1/api-keys/key_00000000000000000000000007"),
        plain("GET /v1/public/nowhere-at-all"),
    ]
}

/// Sends some of it, hears some of the answer, and is gone.
fn hang_up(address: &str, request: &[u8], random: &mut StdRng) -> std::io::Result<()> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    let sent =
        if random.random_bool(0.3) { random.random_range(0..request.len()) } else { request.len() };
    stream.write_all(&request[..sent])?;
    match random.random_range(0..4) {
        // At once.
        0 => {}
        // As soon as something is heard, or before.
        1 => {
            stream.set_read_timeout(Some(Duration::from_micros(random.random_range(1..4000))))?;
            let _ = stream.read(&mut [0; 16]);
        }
        // Having said that nothing more will come.
        2 => {
            stream.shutdown(Shutdown::Write)?;
            stream.set_read_timeout(Some(Duration::from_micros(random.random_range(1..2000))))?;
            let _ = stream.read(&mut [0; 16]);
        }
        // With answers that nobody takes.
        _ => stream.write_all(&request[..sent])?,
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn hanging_up_leaves_nothing_behind() {
    let times = if is_long() { 20_000 } else { 2_000 };
    let app = Arc::new(TestApp::start().await);
    let spa = app.business("Lagoon").await;
    let owner = app.sign_in(&spa.owner).await.in_tenant(&spa);
    let location = app.location(&spa).await.to_string();
    let other = app.business("Bystander").await;
    let bystander = app.sign_in(&other.owner).await.in_tenant(&other);
    let requests = Arc::new(requests(&owner, &spa, &location));
    app.spy_on_connections().await;
    let hung_up = Arc::new(AtomicU32::new(0));
    let hands: Vec<_> = (0..THREADS)
        .map(|hand| {
            let (app, requests, hung_up) = (app.clone(), requests.clone(), hung_up.clone());
            tokio::task::spawn_blocking(move || {
                let mut random = StdRng::seed_from_u64(seed().wrapping_add(hand));
                let address = app.url.trim_start_matches("http://").to_owned();
                for _ in 0..times / THREADS {
                    let request = &requests[random.random_range(0..requests.len())];
                    // Whether the server was quick enough to refuse doesn't matter here.
                    if hang_up(&address, request, &mut random).is_ok() {
                        hung_up.fetch_add(1, Ordering::Relaxed);
                    }
                    // Budgets are by the minute, and the clock stands still.
                    app.clock.advance(chrono::Duration::milliseconds(500));
                }
            })
        })
        .collect();
    for hand in hands {
        hand.await.unwrap();
    }
    assert!(u64::from(hung_up.load(Ordering::Relaxed)) > times / 2);
    // What was heard whole is done, whoever waits for it; then all is quiet.
    let keys = "select count(*) from api_keys where name = 'hangs up'";
    let enough = i64::try_from(times / 100).unwrap();
    eventually("requests that were sent are done", async || {
        (app.database.count(keys).await > enough).then_some(())
    })
    .await;
    eventually("no transaction is open", async || {
        (app.in_transaction().await == 0 && running(&app).await == 0).then_some(())
    })
    .await;
    let always = "select count(*) from idempotency_keys where key = 'always'";
    assert_eq!(app.database.count(always).await, 1);
    // Every connection of the pool, several times over, at once.
    let before = app.spied().await.0;
    let calls = (0..40).map(|_| {
        let login = json!({ "email": spa.owner.email, "password": openchair_tests::PASSWORD });
        app.browser().post("/v1/auth/sign-in", &login).into_future()
    });
    for answer in futures_util::future::join_all(calls).await {
        answer.expect(200);
    }
    assert!(app.spied().await.0 - before >= 40);
    let (open, _) = app.app().db.connections();
    assert!(open <= 5, "{open} connections");
    // Whatever still runs takes from its own tenant's budget.
    bystander.get("/v1/members").await.expect(200);
    assert_eq!(app.logs.panics(), []);
    // A stop waits for whatever was still running; then every connection can be looked back on.
    let mut app = Arc::into_inner(app).unwrap();
    app.stop().await;
    let connections = "select count(*) from pg_stat_activity
                       where datname = current_database() and application_name = 'openchair'";
    // A connection that was closed is gone a moment later.
    eventually("the connections are closed", async || {
        (app.database.count(connections).await == 0).then_some(())
    })
    .await;
    assert_eq!(app.spied().await.1, Vec::<String>::new(), "tenants left on a connection");
}

async fn running(app: &TestApp) -> i64 {
    let sql = "select count(*) from pg_stat_activity where datname = current_database()
               and application_name = 'openchair' and state = 'active'";
    app.database.count(sql).await
}
