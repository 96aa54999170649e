//! A server and a worker as processes of their own, over one database and one clock: what a test kills in the middle
//! of something.

#![expect(clippy::unwrap_used, reason = "a test says what it expects by failing")]

use std::path::{Path, PathBuf};
use std::time::Duration;

use openchair_domain::ids::{Id, Tenant};
use openchair_domain::time::{Clock as _, SystemClock};
use serde_json::{Value, json};

use crate::database::TestDatabase;
use crate::process::{Program, free_address};
use crate::{Browser, PASSWORD, bench, eventually_in};

/// Starting, recovering, and waiting for leases, on a busy machine.
pub const PATIENCE: Duration = Duration::from_mins(2);

/// A server and a worker.
#[derive(Debug)]
pub struct Programs {
    // Before the database, which nobody uses any more when it goes.
    server: Option<Program>,
    worker: Option<Program>,
    folder: PathBuf,
    settings: Vec<(&'static str, String)>,
    shift: i64,
    /// Where the server is.
    pub url: String,
    /// What both work on.
    pub database: TestDatabase,
}

/// The file that says what time it is for the programs of this name, as whoever stands beside them reads it.
pub fn clock_file(name: &str) -> PathBuf {
    let folder = bench().folder().join(name);
    std::fs::create_dir_all(&folder).unwrap();
    folder.join("now")
}

/// Whole or not at all: others may be reading.
fn write(file: &Path, text: &str) {
    let beside = file.with_extension("new");
    std::fs::write(&beside, text).unwrap();
    std::fs::rename(beside, file).unwrap();
}

impl Programs {
    /// Both, with these settings, too. Whoever is to be told something learns first where the server will be.
    pub async fn start(
        name: &str,
        more: Vec<(&'static str, String)>,
        told: impl FnOnce(&str),
    ) -> Self {
        let database = TestDatabase::fresh().await;
        let clock = clock_file(name);
        write(&clock, "+0");
        let address = free_address();
        let url = format!("http://{address}");
        told(&url);
        let own = [
            ("database.url", database.app_url()),
            ("testing.clock_file", clock.display().to_string()),
            ("server.public_url", url.clone()),
            ("server.bind", address.to_string()),
            ("worker.inside", "false".to_owned()),
            ("worker.lease_seconds", "5".to_owned()),
        ];
        let mut programs = Self {
            server: None,
            worker: None,
            folder: clock.parent().unwrap().to_owned(),
            settings: own.into_iter().chain(more).collect(),
            shift: 0,
            url,
            database,
        };
        programs.start_worker();
        programs.start_server().await;
        programs
    }

    fn program(&self, name: &str) -> Program {
        Program::start(name, &self.folder.join(format!("{name}.log")), &self.settings)
    }

    async fn start_server(&mut self) {
        let mut server = self.program("openchair-server");
        let browser = Browser::at(&self.url);
        eventually_in(PATIENCE, "the server is ready", async || {
            assert!(server.runs(), "{}", server.log());
            let answer = browser.get("/readyz").may_fail().send().await.ok();
            answer.filter(|answer| answer.status == 200).map(drop)
        })
        .await;
        self.server = Some(server);
    }

    fn start_worker(&mut self) {
        self.worker = Some(self.program("openchair-worker"));
    }

    /// Kills the server; `then` happens before there is another one.
    pub async fn kill_server(&mut self, then: impl FnOnce()) {
        self.server.take().unwrap().kill();
        then();
        self.start_server().await;
    }

    /// Kills the worker; `then` happens before there is another one.
    pub fn kill_worker(&mut self, then: impl FnOnce()) {
        self.worker.take().unwrap().kill();
        then();
        self.start_worker();
    }

    /// Kills both; `then` happens before there are others.
    pub async fn kill_both(&mut self, then: impl FnOnce()) {
        self.worker.take().unwrap().kill();
        self.kill_server(then).await;
        self.start_worker();
    }

    /// For both it is so much later.
    pub fn advance(&mut self, minutes: i64) {
        self.shift += minutes * 60;
        write(&self.folder.join("now"), &format!("+{}", self.shift));
    }

    /// Both end, and well.
    pub fn end(mut self) {
        for program in [self.worker.take().unwrap(), self.server.take().unwrap()] {
            assert!(!program.log().contains("panicked"), "{}", program.log());
            assert!(program.stop(), "it ends well");
        }
    }

    /// A barbershop's owner, and the shop's address.
    pub async fn business(&self, country: &str) -> (Browser, String) {
        let owner = Browser::at(&self.url);
        let body = json!({
            "business": { "name": "Six Chairs", "kind": "barbershop", "country": country },
            "owner": { "name": "Otto", "email": "otto@example.com", "password": PASSWORD },
        });
        let made = owner.post("/v1/signup", &body).await.expect(201);
        let tenant: Id<Tenant> = made["tenant"]["id"].as_str().unwrap().parse().unwrap();
        let slug = made["tenant"]["slug"].as_str().unwrap().to_owned();
        (owner.in_tenant_id(tenant), slug)
    }

    /// Everything that the shop does wants half of its price before.
    pub async fn wants_deposits(&self, owner: &Browser) {
        let services = owner.get("/v1/services").await.expect(200);
        for service in services["items"].as_array().unwrap() {
            let path = format!("/v1/services/{}", service["id"].as_str().unwrap());
            let deposit = json!({ "deposit": { "kind": "percent", "value": 50 } });
            owner.patch(&path, service["version"].as_i64().unwrap(), &deposit).await.expect(200);
        }
    }

    /// A visit that waits for its deposit, with its link.
    pub async fn visit(&self, slug: &str) -> Value {
        let guest = Browser::at(&self.url);
        let page = guest.get(&format!("/v1/public/{slug}")).await.expect(200);
        let service = page["services"][0]["id"].as_str().unwrap().to_owned();
        let from = SystemClock.now().date_naive() + chrono::Days::new(4);
        let path = format!("/v1/public/{slug}/slots/first?services={service}&from={from}");
        let first = guest.get(&path).await.expect(200);
        let body = json!({ "wanted": { "services": [{ "service": service }] },
                           "start": first["slot"]["start"], "visitor": "somebody who pays" });
        let hold = guest.post(&format!("/v1/public/{slug}/holds"), &body).await.expect(201);
        let body = json!({ "hold": hold["hold"], "name": "Ann", "email": "ann@example.com" });
        guest.post(&format!("/v1/public/{slug}/appointments"), &body).await.expect(201)
    }

    /// Until the visit behind a link stands so.
    pub async fn until(&self, link: &str, status: &str) {
        let guest = Browser::at(&self.url);
        eventually_in(PATIENCE, &format!("the visit is {status}"), async || {
            let seen = guest.get(&format!("/v1/b/{link}")).await.expect(200);
            (seen["status"] == status).then_some(())
        })
        .await;
    }
}

/// Somebody presses this, and nobody answers.
pub fn presses(who: &Browser, path: &str, body: &Value) {
    let (who, path, body) = (who.clone(), path.to_owned(), body.clone());
    tokio::spawn(async move { who.post(&path, &body).may_fail().send().await.map(drop) });
}

/// Somebody presses this again and again, until there is an answer.
pub async fn pressed(who: &Browser, path: &str, body: &Value) -> Value {
    eventually_in(PATIENCE, path, async || {
        let answer = who.post(path, body).may_fail().send().await.ok()?;
        (answer.status == 200).then(|| answer.json())
    })
    .await
}
