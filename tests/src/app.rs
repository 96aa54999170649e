//! A server in this process, on a database of its own.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use chrono::{TimeZone as _, Utc};
use metrics_exporter_prometheus::PrometheusHandle;
use openchair_domain::config::{Settings, Sources};
use openchair_domain::entropy::{Entropy, TestEntropy};
use openchair_domain::ids::{Id, User};
use openchair_domain::secrets::TotpSecret;
use openchair_domain::time::{Clock as _, Instant, TestClock};
use openchair_server::app::App;
use openchair_server::start::{Running, StartError, Surroundings, start};
use openchair_server::telemetry;
use openchair_server::web_files::{File, WebFiles};
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::browser::Browser;
use crate::database::TestDatabase;
use crate::logs::Logs;
use crate::process::free_address;
use crate::run;
use crate::wait::eventually;

/// Tries to find a port that nobody takes between our looking and our listening.
const TRIES: usize = 20;

/// A running server, and what a test needs around it. When it is dropped, the test fails if the
/// server logged an error.
#[derive(Debug)]
pub struct TestApp {
    /// Where the server answers.
    pub url: String,
    /// What time it is for the server; stands still until it is moved.
    pub clock: Arc<TestClock>,
    /// The server's database.
    pub database: TestDatabase,
    /// What it logs.
    pub logs: Logs,
    /// Where the bench's own ids and secrets come from.
    pub entropy: Arc<dyn Entropy>,
    /// The configuration that it runs with.
    pub settings: Settings,
    browser: Browser,
    factors: Mutex<HashMap<Id<User>, TotpSecret>>,
    running: Option<Running>,
    may_log_errors: bool,
}

impl TestApp {
    /// With the configuration of the profile `test`.
    pub async fn start() -> Self {
        Self::with(&[]).await
    }

    /// With other settings: `[("session.idle_hours", "1")]`.
    pub async fn with(overrides: &[(&str, &str)]) -> Self {
        let database = TestDatabase::fresh().await;
        let clock = Utc.with_ymd_and_hms(2026, 3, 2, 9, 0, 0).single().expect("an instant");
        let clock = Arc::new(TestClock::at(clock));
        let logs = Logs::begin();
        for _ in 0..TRIES {
            let url = format!("http://{}", free_address());
            let settings = settings(&database, &url, overrides);
            match start(&settings, surroundings(&clock)).await {
                Ok(running) => {
                    return Self {
                        browser: Browser::at(&url),
                        factors: Mutex::default(),
                        url,
                        clock,
                        database,
                        logs,
                        entropy: entropy(),
                        settings,
                        running: Some(running),
                        may_log_errors: false,
                    };
                }
                Err(StartError::Io(..)) => {}
                Err(error) => panic!("the server doesn't start: {error}"),
            }
        }
        panic!("no free port was found in {TRIES} tries");
    }

    /// A second server on the same database, with the same clock. Stops with the test.
    pub async fn second(&self, overrides: &[(&str, &str)]) -> (Browser, Running) {
        let url = format!("http://{}", free_address());
        let settings = settings(&self.database, &url, overrides);
        let running = start(&settings, surroundings(&self.clock)).await;
        (Browser::at(&url), running.expect("the second server starts"))
    }

    /// Nobody in particular, looking at this server.
    pub fn browser(&self) -> Browser {
        self.browser.stranger()
    }

    /// What the operations work with.
    pub fn app(&self) -> &App {
        &self.running.as_ref().expect("the server runs").app
    }

    pub(crate) fn factors(&self) -> MutexGuard<'_, HashMap<Id<User>, TotpSecret>> {
        self.factors.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What time it is for the server.
    pub fn now(&self) -> Instant {
        self.clock.now()
    }

    /// This test provokes errors on purpose.
    pub fn may_log_errors(&mut self) {
        self.may_log_errors = true;
    }

    /// Sends bytes as they are, and gives back everything that comes until the server closes.
    pub async fn say(&self, bytes: &[u8]) -> String {
        let address = self.url.trim_start_matches("http://");
        let mut stream = TcpStream::connect(address).await.expect("the server listens");
        // The server may answer and close before it has heard everything.
        let _ = stream.write_all(bytes).await;
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer).await;
        String::from_utf8_lossy(&answer).into_owned()
    }

    /// Waits for a mail to this address that says `subject` in its subject, and gives the newest.
    pub async fn mail(&self, to: &str, subject: &str) -> Value {
        let browser = self.browser();
        eventually(&format!("a mail to {to} about {subject:?}"), async || {
            let mails = browser.get("/dev/mail.json").await.expect(200);
            let mails = mails.as_array().cloned().unwrap_or_default();
            mails.into_iter().find(|mail| {
                let holds = |key: &str, text: &str| {
                    mail[key]
                        .as_str()
                        .is_some_and(|found| found.to_lowercase().contains(&text.to_lowercase()))
                };
                holds("to", to) && holds("subject", subject)
            })
        })
        .await
    }

    /// The token of the link in the newest mail to this address.
    pub async fn mailed_token(&self, to: &str, subject: &str) -> String {
        let mail = self.mail(to, subject).await;
        let text = mail["text"].as_str().unwrap_or_default();
        let token = text.split_once('#').map(|(_, rest)| {
            rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect()
        });
        token.unwrap_or_else(|| panic!("there is no link in {mail}"))
    }

    /// From now on, whatever is set for a tenant on a connection when somebody signs in (which
    /// happens in no tenant) is written down.
    pub async fn spy_on_connections(&self) {
        let spy = "
            create table spied (tenant text);
            create function spy() returns trigger language plpgsql security definer as $$ begin
                insert into spied values (nullif(current_setting('app.tenant_id', true), ''));
                return null;
            end $$;
            create trigger spy after insert on sessions for each row execute function spy()";
        self.database.run(spy).await;
    }

    /// How often the spy looked, and which tenants it found left behind.
    pub async fn spied(&self) -> (i64, Vec<String>) {
        let looked = self.database.count("select count(*) from spied").await;
        let found = "select distinct tenant from spied where tenant is not null";
        let found = sqlx::query_scalar(found).fetch_all(self.database.owner()).await;
        (looked, found.expect("what the spy wrote"))
    }

    /// How many of the server's connections are inside a transaction with nothing to do.
    pub async fn in_transaction(&self) -> i64 {
        let open = "select count(*) from pg_stat_activity
                    where datname = current_database() and application_name = 'openchair'
                      and state like 'idle in transaction%'";
        self.database.count(open).await
    }

    /// Stops the server as a signal would, and waits until all is quiet.
    pub async fn stop(&mut self) {
        if let Some(running) = self.running.take() {
            running.stop().await;
        }
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        if !self.may_log_errors && !std::thread::panicking() {
            let errors = self.logs.errors();
            assert!(errors.is_empty(), "the server logged errors: {errors:#?}");
        }
    }
}

fn settings(database: &TestDatabase, url: &str, overrides: &[(&str, &str)]) -> Settings {
    let address = url.trim_start_matches("http://");
    let own = [
        ("server.bind", address.to_owned()),
        ("server.public_url", url.to_owned()),
        ("database.url", database.app_url()),
        ("database.max_connections", "5".to_owned()),
    ];
    let own = own.into_iter().map(|(key, value)| (key.to_owned(), value));
    let others = overrides.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
    let sources = Sources::of::<&str, &str>("test", [], own.chain(others).collect());
    Settings::load(&sources).unwrap_or_else(|faults| panic!("{faults}"))
}

fn surroundings(clock: &Arc<TestClock>) -> Surroundings {
    let web = WebFiles::new(shells);
    Surroundings { clock: clock.clone(), entropy: entropy(), metrics: metrics(), web }
}

/// The shells as they are written: what is tested of them needs no web build.
fn shells(path: &str) -> Option<File> {
    let text = match path {
        "app.html" => include_str!("../../web/app.html"),
        "board.html" => include_str!("../../web/board.html"),
        "book.html" => include_str!("../../web/book.html"),
        "index.html" => include_str!("../../web/index.html"),
        "queue.html" => include_str!("../../web/queue.html"),
        "widget.js" => "/* the widget */",
        _ => return None,
    };
    let mut hash = [0; 32];
    for (place, byte) in text.bytes().enumerate() {
        hash[place % 32] ^= byte;
    }
    Some(File { data: text.as_bytes().into(), hash })
}

/// Another sequence for everybody who asks, the same ones for the same seed.
fn entropy() -> Arc<dyn Entropy> {
    Arc::new(TestEntropy::seeded(run::seed().wrapping_mul(1_000_003).wrapping_add(run::next())))
}

/// One recorder for the process, as in the product.
fn metrics() -> PrometheusHandle {
    static METRICS: OnceLock<PrometheusHandle> = OnceLock::new();
    let handle = METRICS.get_or_init(|| {
        let recorder = telemetry::recorder().expect("a recorder");
        let handle = recorder.handle();
        metrics::set_global_recorder(recorder).expect("the suite's recorder is the only one");
        handle
    });
    handle.clone()
}
