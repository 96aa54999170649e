//! A real database with the operations on top, and people in it.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use chrono::{TimeZone, Utc};
use openchair_domain::config::{Kind, Secret, Settings, Sources};
use openchair_domain::entropy::OsEntropy;
use openchair_domain::jobs::{self, Known, Lease};
use openchair_domain::messaging::SEND_MAIL;
use openchair_domain::messaging::templates::Templates;
use openchair_domain::payments::{Counter, Providers};
use openchair_domain::plans::Billing;
use openchair_domain::tenancy::{RequestFacts, SystemReason};
use openchair_domain::tenants::{self, NewBusiness, NewOwner, NewSignUp};
use openchair_domain::time::TestClock;
use openchair_domain::wiring;
use openchair_worker::alerts::Alerting;
use openchair_worker::outside::mail;
use openchair_worker::outside::roots::Roots;
use poem::Route;
use poem::endpoint::BoxEndpoint;
use poem::http::Method;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::app::{App, Parts};
use crate::auth::SESSION;
use crate::budgets::Budgets;
use crate::embedded::{Cluster, DATABASE, EmbeddedOptions};
use crate::limits::Limiter;
use crate::live::Hub;
use crate::openapi;
use crate::payments::HookSecrets;
use crate::testing::Client;

pub(super) const PASSWORD: &str = "correct-horse-battery-41";

/// Dropped with everything in it.
pub(super) struct World {
    pub(super) clock: Arc<TestClock>,
    app: App,
    client: Client<BoxEndpoint<'static>>,
    cluster: Option<Cluster>,
    folder: PathBuf,
}

/// A browser that somebody is signed in with.
#[derive(Debug, Clone)]
pub(super) struct Browser {
    cookie: String,
    tenant: Option<String>,
}

/// What was answered.
#[derive(Debug)]
pub(super) struct Said {
    pub(super) status: u16,
    pub(super) body: Value,
    cookie: Option<String>,
}

impl Said {
    /// The status, and a problem's code.
    pub(super) fn brief(&self) -> (u16, &str) {
        (self.status, self.body["code"].as_str().unwrap_or_default())
    }

    /// The browser as it is after this answer.
    pub(super) fn browser(&self) -> Browser {
        Browser { cookie: self.cookie.clone().unwrap(), tenant: None }
    }

    pub(super) fn text(&self, pointer: &str) -> String {
        let found = self.body.pointer(pointer).and_then(Value::as_str);
        found.unwrap_or_else(|| panic!("no {pointer} in {self:?}")).to_owned()
    }
}

impl Browser {
    /// Names the tenant in each request, as the web client does.
    pub(super) fn naming(&self, tenant: &str) -> Self {
        Self { tenant: Some(tenant.to_owned()), ..self.clone() }
    }
}

impl World {
    pub(super) async fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let folder = PathBuf::from(format!("/tmp/openchair-team-{}-{number}", std::process::id()));
        let options = EmbeddedOptions::throwaway(&folder);
        let cluster = Cluster::launch(options, |_| {}).await.unwrap();
        openchair_migrations::migrate(&cluster.owner_url(DATABASE)).await.unwrap();
        let overrides = [
            ("database.url".to_owned(), cluster.app_url(DATABASE)),
            ("database.folder".to_owned(), folder.display().to_string()),
        ];
        let sources = Sources::of("test", Vec::<(String, String)>::new(), overrides.into());
        let settings = Settings::load(&sources).unwrap();
        let clock = Arc::new(TestClock::at(Utc.with_ymd_and_hms(2026, 5, 4, 9, 0, 0).unwrap()));
        let (db, identity) =
            wiring::connect(&settings, clock.clone(), Arc::new(OsEntropy)).await.unwrap();
        let limiter = Arc::new(Limiter::local(Arc::new(|| Duration::ZERO)));
        let stopping = CancellationToken::new();
        let live = Hub::new(db.clone(), identity.clone(), settings.live.clone(), stopping);
        let mailer = mail::from_settings(&settings.mail, &Roots::default(), &db, 1).unwrap();
        let alerting =
            Alerting::from_settings(&settings, &Roots::default(), db.clone(), mailer).unwrap();
        let (db_of_counter, db_of_billing) = (db.clone(), db.clone());
        let app = App::new(Parts {
            db,
            identity,
            live,
            limits: Budgets::new(limiter, &settings.limits),
            guard: openchair_worker::webhooks::guard(&settings),
            alerting,
            templates: Templates::load().unwrap(),
            texts_token: settings.texts.auth_token.clone(),
            counter: Counter::new(db_of_counter, Providers::default(), String::new()),
            billing: Billing::new(db_of_billing, None, String::new()),
            stripe_secrets: HookSecrets::from_settings(&settings.stripe),
            card_form: None,
            push_key: None,
            public_url: settings.server.public_url.origin().to_owned(),
        });
        let routes = openapi::routes(Route::new(), &app);
        let client = Client(poem::EndpointExt::boxed(routes));
        Self { clock, app, client, cluster: Some(cluster), folder }
    }

    /// A business with an owner who is signed in and has verified their address.
    pub(super) async fn business(&self, name: &str, email: &str) -> (Browser, String) {
        let new = NewSignUp {
            business: NewBusiness {
                name: name.to_owned(),
                kind: Kind::Spa,
                country: "US".to_owned(),
                slug: None,
                time_zone: None,
                currency: None,
                locale: None,
            },
            owner: Some(NewOwner {
                name: format!("Owner of {name}"),
                email: email.to_owned(),
                password: Some(Secret::new(PASSWORD)),
            }),
        };
        let identity = &self.app.identity;
        let ready = tenants::prepare(identity, new, None).await.unwrap();
        let tx = self.app.db.system(SystemReason::SignUp).await.unwrap();
        let request = RequestFacts::default();
        let done = tenants::sign_up(&tx, identity, ready, &request).await.unwrap();
        tx.commit().await.unwrap();
        let cookie = done.session.unwrap().secret.text().to_owned();
        let token = self.mailed(email).await;
        let verified = self.anonymous("/v1/auth/verify-email", json!({ "token": token })).await;
        assert_eq!(verified.status, 204, "{verified:?}");
        (Browser { cookie, tenant: None }, done.business.id.to_string())
    }

    async fn call(
        &self,
        method: Method,
        path: &str,
        who: Option<&Browser>,
        seen: Option<i64>,
        body: Option<Value>,
    ) -> Said {
        let mut call = self.client.call(method, path).header("origin", &self.app.public_url);
        call = call.data(self.app.clone());
        if let Some(who) = who {
            call = call.header("cookie", &format!("{}={}", SESSION.name, who.cookie));
            if let Some(tenant) = &who.tenant {
                call = call.header("openchair-tenant", tenant);
            }
        }
        if let Some(seen) = seen {
            call = call.header("if-match", &format!("\"{seen}\""));
        }
        if let Some(body) = body {
            call = call.json(body.to_string());
        }
        let answer = call.send().await;
        let cookie = answer
            .header("set-cookie")
            .split(';')
            .next()
            .and_then(|pair| pair.strip_prefix(&format!("{}=", SESSION.name)))
            .map(str::to_owned);
        let body = if answer.body.is_empty() { Value::Null } else { answer.value() };
        Said { status: answer.status.as_u16(), body, cookie }
    }

    pub(super) async fn get(&self, path: &str, who: &Browser) -> Said {
        self.call(Method::GET, path, Some(who), None, None).await
    }

    pub(super) async fn post(&self, path: &str, who: &Browser, body: Value) -> Said {
        self.call(Method::POST, path, Some(who), None, Some(body)).await
    }

    pub(super) async fn patch(&self, path: &str, who: &Browser, seen: i64, body: Value) -> Said {
        self.call(Method::PATCH, path, Some(who), Some(seen), Some(body)).await
    }

    pub(super) async fn delete(&self, path: &str, who: &Browser) -> Said {
        self.call(Method::DELETE, path, Some(who), None, None).await
    }

    pub(super) async fn anonymous(&self, path: &str, body: Value) -> Said {
        self.call(Method::POST, path, None, None, Some(body)).await
    }

    /// Invites somebody and reads their mail.
    pub(super) async fn invite(&self, who: &Browser, email: &str, role: &str) -> String {
        // Ids sort by their time: what follows is younger.
        self.clock.advance(chrono::Duration::seconds(1));
        let body = json!({ "email": email, "role": role });
        let said = self.post("/v1/invitations", who, body).await;
        assert_eq!(said.brief(), (201, ""), "{said:?}");
        self.mailed(email).await
    }

    /// Invites somebody who has no login, and has them join.
    pub(super) async fn joined(&self, who: &Browser, email: &str, role: &str) -> Browser {
        let token = self.invite(who, email, role).await;
        let body = json!({ "token": token, "name": "Somebody New", "password": PASSWORD });
        let said = self.anonymous("/v1/invitations/accept", body).await;
        assert_eq!(said.brief(), (200, ""), "{said:?}");
        said.browser()
    }

    /// The token in the one mail that waits for this address. All that waits is taken.
    pub(super) async fn mailed(&self, to: &str) -> String {
        let mails = self.mails().await;
        let [(_, _, token)] =
            &*mails.iter().filter(|(address, ..)| address == to).collect::<Vec<_>>()
        else {
            panic!("{mails:?}")
        };
        token.clone()
    }

    /// All mails that wait: to whom, what, and what follows the `#` in the link.
    pub(super) async fn mails(&self) -> Vec<(String, Value, String)> {
        let lease = Lease {
            worker: "test".to_owned(),
            length: chrono::Duration::days(1_000),
            batch: 100,
            known: vec![Known { kind: SEND_MAIL, version: 1 }],
        };
        let claimed = jobs::claim(&self.app.db, &lease).await.unwrap();
        let mail = |job: &jobs::Claimed| {
            let link = String::from_utf8(job.secret.clone().unwrap()).unwrap();
            let token = link.split_once('#').map_or(String::new(), |(_, token)| token.to_owned());
            (job.payload["to"].as_str().unwrap().to_owned(), job.payload["data"].clone(), token)
        };
        claimed.iter().map(mail).collect()
    }

    /// A member's id and version, by the address.
    pub(super) async fn member(&self, who: &Browser, email: &str) -> (String, i64) {
        let said = self.get("/v1/members", who).await;
        let items = said.body["items"].as_array().unwrap();
        let found = items.iter().find(|item| item["user"]["email"] == email);
        let found = found.unwrap_or_else(|| panic!("{email} in {items:?}"));
        (found["id"].as_str().unwrap().to_owned(), found["version"].as_i64().unwrap())
    }

    /// The roles on the team, in the order in which people joined.
    pub(super) async fn roles(&self, who: &Browser) -> Vec<String> {
        let said = self.get("/v1/members", who).await;
        let items = said.body["items"].as_array().unwrap();
        items.iter().map(|item| item["role"]["key"].as_str().unwrap().to_owned()).collect()
    }

    /// What the audit log says was done, the newest first.
    pub(super) async fn audit(&self, who: &Browser) -> Vec<Value> {
        self.get("/v1/audit?limit=100", who).await.body["items"].as_array().unwrap().clone()
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if let Some(cluster) = self.cluster.take() {
            let _ = cluster.destroy();
        }
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
