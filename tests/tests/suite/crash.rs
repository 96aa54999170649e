//! Whatever was answered is there after a crash, whole; whatever was not is whole or not there.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use openchair_server::embedded::{DATABASE, attach};
use openchair_tests::process::{self, Program, free_address};
use openchair_tests::{Browser, PASSWORD, bench, eventually_in, is_long};
use serde_json::json;
use sqlx::{Connection as _, PgConnection};
use std::time::Duration;

const CLIENTS: usize = 4;
/// Starting, recovering, and waiting for leases, on a busy machine.
const PATIENCE: Duration = Duration::from_mins(2);

/// A server with a private database in a folder of its own: the real thing, which waits for the disk.
struct Installation {
    folder: PathBuf,
    url: String,
    settings: Vec<(&'static str, String)>,
}

impl Installation {
    fn new(name: &str) -> Self {
        let folder = bench().folder().join(name);
        std::fs::create_dir_all(&folder).unwrap();
        let address = free_address();
        let url = format!("http://{address}");
        let settings = vec![
            ("database.folder", folder.display().to_string()),
            ("server.bind", address.to_string()),
            ("server.public_url", url.clone()),
            // A job that died with its worker is done again soon.
            ("worker.lease_seconds", "5".to_owned()),
        ];
        Self { folder, url, settings }
    }

    async fn start(&self) -> Program {
        let mut server =
            Program::start("openchair-server", &self.folder.join("server.log"), &self.settings);
        self.ready(&mut server).await;
        server
    }

    async fn ready(&self, server: &mut Program) {
        let browser = Browser::at(&self.url);
        eventually_in(PATIENCE, "the server is ready", async || {
            assert!(server.runs(), "{}", server.log());
            let answer = browser.get("/readyz").may_fail().send().await.ok();
            answer.filter(|answer| answer.status == 200).map(drop)
        })
        .await;
    }
}

/// Somebody who signs businesses up, one after the other, and doesn't give up.
struct Crowd {
    url: String,
    stop: AtomicBool,
    begun: AtomicUsize,
    answered: Mutex<Vec<Answered>>,
    refused: Mutex<Vec<String>>,
}

#[derive(Debug, Clone)]
struct Answered {
    email: String,
    tenant: String,
}

impl Crowd {
    fn count(&self) -> usize {
        self.answered.lock().unwrap().len()
    }

    async fn reaches(&self, count: usize) {
        eventually_in(PATIENCE, "sign-ups go on", async || (self.count() >= count).then_some(()))
            .await;
    }

    async fn client(self: Arc<Self>) {
        while !self.stop.load(Ordering::SeqCst) {
            let number = self.begun.fetch_add(1, Ordering::SeqCst);
            let email = format!("owner-{number}@example.com");
            let body = json!({
                "business": { "name": format!("Shop {number}"), "kind": "barbershop", "country": "DE" },
                "owner": { "name": "Otto", "email": email, "password": PASSWORD },
            });
            // The same key until there is an answer: nobody gets two businesses for one tap.
            loop {
                let browser = Browser::at(&self.url);
                let call = browser.post("/v1/signup", &body);
                let call = call.header("idempotency-key", &format!("tap-{number}"));
                match call.may_fail().send().await {
                    Ok(answer) if answer.status == 201 => {
                        let tenant = answer.json()["tenant"]["id"].as_str().unwrap().to_owned();
                        self.answered.lock().unwrap().push(Answered { email, tenant });
                        break;
                    }
                    // Nobody there, or nobody behind it: again.
                    Err(_) => tokio::task::yield_now().await,
                    Ok(answer) if answer.status == 503 => tokio::task::yield_now().await,
                    Ok(answer) => {
                        self.refused.lock().unwrap().push(answer.to_string());
                        break;
                    }
                }
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_answered_is_there_and_whole() {
    let rounds = if is_long() { 20 } else { 2 };
    let installation = Installation::new("crash");
    let mut server = installation.start().await;
    let crowd = Arc::new(Crowd {
        url: installation.url.clone(),
        stop: AtomicBool::new(false),
        begun: AtomicUsize::new(0),
        answered: Mutex::default(),
        refused: Mutex::default(),
    });
    let clients: Vec<_> = (0..CLIENTS).map(|_| tokio::spawn(crowd.clone().client())).collect();
    for _ in 0..rounds {
        crowd.reaches(crowd.count() + 20).await;
        server.kill();
        server = installation.start().await;

        crowd.reaches(crowd.count() + 20).await;
        let postmaster = attach(&installation.folder).unwrap().postmaster().unwrap();
        process::kill(postmaster);
        // The server stays, and gets its database back.
        eventually_in(PATIENCE, "another postmaster", async || {
            let access = attach(&installation.folder).ok()?;
            access.postmaster().filter(|pid| *pid != postmaster)
        })
        .await;
        installation.ready(&mut server).await;
    }
    crowd.reaches(crowd.count() + 20).await;
    crowd.stop.store(true, Ordering::SeqCst);
    for client in clients {
        client.await.unwrap();
    }
    let refused = crowd.refused.lock().unwrap().clone();
    assert!(refused.is_empty(), "a crash shows as 503 or as silence: {refused:#?}");
    let answered = crowd.answered.lock().unwrap().clone();
    assert!(answered.len() >= rounds * 40 + 20);

    // One more crash, with nobody there: what is on the disk is all there is.
    server.kill();
    let server = installation.start().await;
    let found = inspect(&installation.folder, &answered).await;
    let log = server.log();
    assert!(!log.contains("panicked"), "{log}");
    assert!(found.is_empty(), "{found:#?}");
    assert!(server.stop(), "the server ends well");
}

/// What every business must have, and how many have it.
const PARTS: [(&str, &str); 9] = [
    ("an owner", "select count(*) = 1 from memberships m join users u on u.id = m.user_id
                  where m.tenant_id = t.id and m.role = 'owner'"),
    ("a location", "select count(*) = 1 from locations where tenant_id = t.id"),
    ("hours", "select count(*) >= 5 from location_hours where tenant_id = t.id"),
    ("categories", "select count(*) >= 1 from service_categories where tenant_id = t.id"),
    ("services", "select count(*) >= 3 from services where tenant_id = t.id"),
    ("rules", "select count(*) = 1 from booking_policies where tenant_id = t.id"),
    ("a counter of events", "select count(*) = 1 from event_counters c where tenant_id = t.id
                             and last_seq = (select count(*) from outbox_events where tenant_id = t.id)"),
    ("its event", "select count(*) = 1 from outbox_events where tenant_id = t.id
                   and kind = 'tenant.created'"),
    ("its line in the log", "select count(*) = 1 from audit_entries where tenant_id = t.id
                             and action = 'tenant.signed_up'"),
];

/// Everything that is wrong with what is there.
async fn inspect(folder: &Path, answered: &[Answered]) -> Vec<String> {
    let access = attach(folder).unwrap();
    let mut owner = PgConnection::connect(&access.owner_url(DATABASE)).await.unwrap();
    let mut wrong = Vec::new();
    let tenants: i64 =
        sqlx::query_scalar("select count(*) from tenants").fetch_one(&mut owner).await.unwrap();
    if tenants != i64::try_from(answered.len()).unwrap() {
        wrong.push(format!("{tenants} businesses for {} answers", answered.len()));
    }
    for one in answered {
        let id: openchair_domain::ids::Id<openchair_domain::ids::Tenant> =
            one.tenant.parse().unwrap();
        let sql = "select count(*) from tenants t join memberships m on m.tenant_id = t.id
                   join users u on u.id = m.user_id where t.id = $1 and u.email = $2";
        let found: i64 = sqlx::query_scalar(sql)
            .bind(id.uuid())
            .bind(&one.email)
            .fetch_one(&mut owner)
            .await
            .unwrap();
        if found != 1 {
            wrong.push(format!("{one:?} was answered and isn't there"));
        }
    }
    for (part, is_whole) in PARTS {
        let sql = format!("select t.name from tenants t where not ({is_whole})");
        let without: Vec<String> =
            sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_all(&mut owner).await.unwrap();
        wrong.extend(without.iter().map(|name| format!("{name} lacks {part}")));
    }
    let alone = "select email from users u where not exists (
                     select 1 from memberships m where m.user_id = u.id)";
    let alone: Vec<String> = sqlx::query_scalar(alone).fetch_all(&mut owner).await.unwrap();
    wrong.extend(alone.into_iter().map(|email| format!("{email} has a login and no business")));
    let keys = "select key from idempotency_keys where status is null";
    let keys: Vec<String> = sqlx::query_scalar(keys).fetch_all(&mut owner).await.unwrap();
    wrong.extend(keys.into_iter().map(|key| format!("{key} is claimed and not answered")));
    // Every mail that was promised comes, once, also those whose worker died over them.
    eventually_in(PATIENCE, "every job is done", async || {
        let left = "select count(*) from jobs where state <> 'done'";
        let left: i64 = sqlx::query_scalar(left).fetch_one(&mut owner).await.unwrap();
        (left == 0).then_some(())
    })
    .await;
    let mails = "select u.email || ' got ' || count(m.id) || ' mails' from users u
                 left join mailbox m on m.address = u.email
                 group by u.email having count(m.id) <> 1";
    let mails: Vec<String> = sqlx::query_scalar(mails).fetch_all(&mut owner).await.unwrap();
    wrong.extend(mails);
    wrong
}
