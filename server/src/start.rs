//! From settings to a running server, and to a stop that loses nothing.

mod database;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use metrics_exporter_prometheus::PrometheusHandle;
use openchair_domain::bells::Across;
use openchair_domain::config::{Faults, Settings};
use openchair_domain::demo::{self, DemoLogin};
use openchair_domain::entropy::{Entropy, bytes};
use openchair_domain::identity::Identity;
use openchair_domain::messaging::templates::Templates;
use openchair_domain::tenancy::Db;
use openchair_domain::time::Clock;
use openchair_domain::webhooks::Guard;
use openchair_domain::wiring::{self, WiringError};
use openchair_worker::Worker;
use openchair_worker::alerts::{Alerting, Watch, WriteTallies};
use openchair_worker::outside::carriers;
use openchair_worker::outside::mail::{self, Mailer};
use openchair_worker::outside::providers;
use openchair_worker::outside::push::Vapid;
use openchair_worker::outside::roots::Roots;
use openchair_worker::reconcile::{Shift, repeat};
use openchair_worker::runner::Options;
use openchair_worker::webhooks::{self, Webhooks};
use poem::{Route, Server};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::acceptor::SteadyAcceptor;
use crate::app::{App, Parts};
use crate::budgets::Budgets;
use crate::embedded::EmbeddedError;
use crate::limits::{Budget, Limiter, Ticks};
use crate::live::{Hub, Neighbours, OverRedis};
use crate::manners::{Manners, with_manners};
use crate::messaging::{hooks, leaving};
use crate::ops::{self, Ops};
use crate::payments::{CardForm, HookSecrets, hook};
use crate::problem::AllowTable;
use crate::telemetry::TelemetryError;
use crate::web_files::{self, WebFiles};
use crate::{dev_mail, docs, images, openapi, pages};

pub use database::Database;

/// Why the server can't start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The configuration.
    #[error(transparent)]
    Settings(#[from] Faults),
    /// The private database.
    #[error(transparent)]
    Embedded(#[from] EmbeddedError),
    /// The schema.
    #[error("the database can't be migrated: {0}")]
    Migration(String),
    /// The parts don't come together.
    #[error(transparent)]
    Wiring(#[from] WiringError),
    /// Redis' address.
    #[error("redis.url can't be used: {0}")]
    Redis(String),
    /// The worker's parts.
    #[error("the worker can't be set up: {0}")]
    Worker(String),
    /// Logs, metrics or error reports.
    #[error(transparent)]
    Telemetry(#[from] TelemetryError),
    /// The demo data.
    #[error("the demo data can't be loaded: {0}")]
    Demo(String),
    /// Who is to be a platform administrator.
    #[error("{0}")]
    Administrator(String),
    /// A file, or the address.
    #[error("{0}: {1}")]
    Io(String, #[source] io::Error),
}

/// Where time and randomness come from, and what is to run.
#[derive(Debug, Clone)]
pub struct Surroundings {
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
    /// The metrics of this process.
    pub metrics: PrometheusHandle,
    /// The web client.
    pub web: WebFiles,
}

/// A server that answers.
#[derive(Debug)]
pub struct Running {
    /// Where it listens.
    pub address: SocketAddr,
    /// What the operations work with; for tests and tools that look behind the scenes.
    pub app: App,
    /// The demo logins, if there are any.
    pub demo_logins: Vec<DemoLogin>,
    stopping: CancellationToken,
    tasks: JoinHandle<()>,
    grace: Duration,
}

impl Running {
    /// Lets what runs finish, takes nothing new, and returns when all is quiet.
    pub async fn stop(self) {
        self.stopping.cancel();
        // The parts have the grace period; a little more for them to say that it is over.
        let patience = self.grace + Duration::from_secs(2);
        if tokio::time::timeout(patience, self.tasks).await.is_err() {
            tracing::warn!("stopped before everything was quiet");
        }
        self.app.db.close().await;
    }

    /// Returns when the server has stopped by itself.
    pub async fn finished(&mut self) {
        let _ended = (&mut self.tasks).await;
    }
}

/// Starts on a database that is ready: migrated, and reachable at `settings.database.url`.
pub async fn start(settings: &Settings, around: Surroundings) -> Result<Running, StartError> {
    let address = settings.server.bind;
    let acceptor = SteadyAcceptor::bind(address)
        .await
        .map_err(|error| StartError::Io(format!("can't listen on {address}"), error))?;
    let address = acceptor.address();
    let clock = Arc::clone(&around.clock);
    let entropy = Arc::clone(&around.entropy);
    let (db, identity) = wiring::connect(settings, clock, Arc::clone(&entropy)).await?;

    let demo_logins = if settings.demo.load {
        demo::load(&identity, demo::PASSWORD)
            .await
            .map_err(|error| StartError::Demo(error.to_string()))?
    } else {
        Vec::new()
    };

    let redis = redis(settings)?;
    let limiter = Arc::new(limiter(&around, redis.clone()));
    let neighbours = neighbours(settings, redis)?;
    let stopping = CancellationToken::new();
    let live = Hub::new(db.clone(), identity.clone(), settings.live.clone(), stopping.clone());
    let guard = webhooks::guard(settings);
    let roots = Roots::from_settings(&settings.outside)
        .map_err(|error| StartError::Worker(error.to_string()))?;
    let mailer = mail::from_settings(&settings.mail, &roots, &db, settings.worker.concurrency)
        .map_err(|error| StartError::Worker(error.to_string()))?;
    let alerting = Alerting::from_settings(settings, &roots, db.clone(), Arc::clone(&mailer))
        .map_err(|error| StartError::Worker(error.to_string()))?;
    let (counter, billing) = providers::from_settings(settings, &roots, &db)
        .map_err(|error| StartError::Worker(error.to_string()))?;
    let app = App::new(Parts {
        db: db.clone(),
        identity: identity.clone(),
        limits: Budgets::new(Arc::clone(&limiter), &settings.limits),
        live: live.clone(),
        guard: guard.clone(),
        alerting: alerting.clone(),
        templates: Templates::load().map_err(|error| StartError::Worker(error.to_string()))?,
        texts_token: settings.texts.auth_token.clone(),
        counter: counter.clone(),
        billing: billing.clone(),
        stripe_secrets: HookSecrets::from_settings(&settings.stripe),
        card_form: CardForm::from_settings(&settings.stripe),
        push_key: push_key(settings)?,
        public_url: settings.server.public_url.origin().to_owned(),
    });

    let tracker = TaskTracker::new();
    let per_ip = Budget::new("ip", settings.limits.per_ip_per_minute, Duration::from_mins(1))
        .burst(settings.limits.per_ip_burst);
    let manners = Manners {
        new_request_id: Arc::new(move || request_id(&*entropy)),
        https: settings.server.public_url.is_secure(),
        trusted_proxies: settings.server.trusted_proxies.clone(),
        body_limit: settings.server.body_limit,
        request_timeout: settings.server.request_timeout,
        tracker: tracker.clone(),
        limiter,
        per_ip,
        allow: allow_table(),
        tallies: Arc::clone(db.tallies()),
    };
    let ops = Ops {
        checks: vec![("database", ping(&app))],
        draining: stopping.clone(),
        metrics: around.metrics,
    };
    let endpoint = with_manners(routes(&app, &ops, around.web, settings), manners);

    let work: BoxFuture<'static, ()> = if settings.worker.inside {
        let worker = worker(settings, db, identity, (guard, &roots), (mailer, alerting))?;
        let worker = worker.with_counter(counter).with_billing(billing);
        Box::pin(worker.run(stopping.clone()))
    } else {
        Box::pin(work_elsewhere(db, alerting, stopping.clone()))
    };
    let grace = settings.server.shutdown_timeout;
    let acceptor = acceptor.noting(live.connections());
    let parts = Moving { work, live, neighbours };
    let tasks = tokio::spawn(run(acceptor, endpoint, parts, tracker, stopping.clone(), grace));
    Ok(Running { address, app, demo_logins, stopping, tasks, grace })
}

/// Jobs that are queued within this time are told of together.
const TELL_EVERY: Duration = Duration::from_millis(10);

/// What is left to do here when the worker is in other processes: they are told of jobs at once. And
/// since all of them may be gone, it is looked from here, too, how the deployment does.
async fn work_elsewhere(db: Db, alerting: Alerting, stopping: CancellationToken) {
    let (across, shift) = (Across::of(&db), Shift::on(&db));
    let watch = repeat(shift.clone(), Arc::new(Watch(alerting)), stopping.clone());
    let tallies = repeat(shift, Arc::new(WriteTallies), stopping.clone());
    let telling = stopping.run_until_cancelled(across.tell(TELL_EVERY));
    tokio::join!(watch, tallies, telling);
}

/// What moves by itself besides the requests.
struct Moving {
    work: BoxFuture<'static, ()>,
    live: Hub,
    neighbours: Option<Box<dyn Neighbours>>,
}

async fn run(
    acceptor: SteadyAcceptor,
    endpoint: poem::endpoint::BoxEndpoint<'static>,
    parts: Moving,
    tracker: TaskTracker,
    stopping: CancellationToken,
    grace: Duration,
) {
    let Moving { work, live, neighbours } = parts;
    let work = tokio::spawn(work);
    let sockets = live.sockets_open();
    let live = tokio::spawn(live.run(neighbours));
    let server = Server::new_with_acceptor(acceptor)
        .idle_timeout(Duration::from_secs(75))
        .run_with_graceful_shutdown(endpoint, stopping.cancelled_owned(), Some(grace));
    if let Err(error) = server.await {
        tracing::error!(%error, "the server ended");
    }
    // Requests whose callers have gone run on in tasks of their own.
    tracker.close();
    if tokio::time::timeout(grace, tracker.wait()).await.is_err() {
        tracing::warn!(running = tracker.len(), "requests were still running at the end");
    }
    // Sockets are said goodbye to as soon as it stops.
    if live.await.is_err() || tokio::time::timeout(grace, sockets.wait()).await.is_err() {
        tracing::warn!(open = sockets.len(), "sockets were still open at the end");
    }
    if let Err(error) = work.await {
        tracing::error!(%error, "the worker ended");
    }
}

fn worker(
    settings: &Settings,
    db: Db,
    identity: Identity,
    (guard, roots): (Guard, &Roots),
    (mailer, alerting): (Arc<dyn Mailer>, Alerting),
) -> Result<Worker, StartError> {
    let failed = |error: &dyn std::error::Error| StartError::Worker(error.to_string());
    let webhooks = Webhooks::new(roots, guard, webhooks::Options::from_settings(settings))
        .map_err(|error| failed(&error))?;
    let carriers = carriers::from_settings(settings, roots, &db).map_err(|error| failed(&error))?;
    let worker = Worker::new(db, identity, mailer, Options::from_settings(settings))
        .map_err(|error| failed(&error))?;
    Ok(worker.with_webhooks(webhooks).with_carriers(carriers).with_alerts(alerting))
}

/// What browsers subscribe to notes with.
fn push_key(settings: &Settings) -> Result<Option<String>, StartError> {
    let vapid = Vapid::from_settings(&settings.push);
    let vapid = vapid.map_err(|error| StartError::Worker(error.to_string()))?;
    Ok(vapid.map(|vapid| vapid.public_key()))
}

fn routes(app: &App, ops: &Ops, web: WebFiles, settings: &Settings) -> Route {
    let route = ops::routes(Route::new(), ops);
    let route = docs::routes(openapi::routes(route, app));
    let route = leaving::routes(route, app);
    let route = hooks::routes(route, app);
    let route = hook::routes(route, app);
    let route = images::routes(route, app);
    let route = pages::routes(web_files::routes(route, web), app, web);
    if settings.profile.is_production() {
        // The mailbox shows everybody's mail: nothing for where real people are.
        return route;
    }
    dev_mail::routes(route, app)
}

fn allow_table() -> AllowTable {
    let mut table = openapi::allow_table();
    for path in
        ops::PATHS.into_iter().chain(docs::PATHS).map(str::to_owned).chain(web_files::paths())
    {
        table = table.path(&path, &[poem::http::Method::GET]);
    }
    for path in pages::paths() {
        table = table.path(path, &[poem::http::Method::GET]);
    }
    for path in hooks::PATHS {
        table = table.path(path, &[poem::http::Method::POST]);
    }
    table = table.path(hook::PATH, &[poem::http::Method::POST]);
    table = table.path(&hook::payfast_path(), &[poem::http::Method::POST]);
    table = table.path(images::PATH, &[poem::http::Method::GET]);
    table.path(leaving::PATH, &[poem::http::Method::GET, poem::http::Method::POST])
}

fn ping(app: &App) -> ops::Check {
    let app = app.clone();
    Arc::new(move || {
        let app = app.clone();
        Box::pin(async move { app.db.ping().await.map_err(|error| error.to_string()) })
    })
}

/// Redis, if several servers share one.
fn redis(settings: &Settings) -> Result<Option<deadpool_redis::Pool>, StartError> {
    if settings.redis.url.is_empty() {
        return Ok(None);
    }
    let pool = deadpool_redis::Config::from_url(settings.redis.url.expose())
        .create_pool(Some(deadpool_redis::Runtime::Tokio1))
        .map_err(|error| StartError::Redis(error.to_string()))?;
    Ok(Some(pool))
}

/// How other servers are told of what changes: over Redis, or else over the database.
fn neighbours(
    settings: &Settings,
    redis: Option<deadpool_redis::Pool>,
) -> Result<Option<Box<dyn Neighbours>>, StartError> {
    let over = |pool| OverRedis::new(pool, &settings.redis.url);
    let neighbours = redis.map(over).transpose().map_err(StartError::Redis)?;
    Ok(neighbours.map(|one| Box::new(one) as Box<dyn Neighbours>))
}

fn limiter(around: &Surroundings, redis: Option<deadpool_redis::Pool>) -> Limiter {
    let clock = Arc::clone(&around.clock);
    let ticks: Ticks = Arc::new(move || {
        Duration::from_micros(u64::try_from(clock.now().timestamp_micros()).unwrap_or(0))
    });
    match redis {
        Some(pool) => Limiter::shared(pool, ticks),
        None => Limiter::local(ticks),
    }
}

fn request_id(entropy: &dyn Entropy) -> String {
    data_encoding::HEXLOWER.encode(&bytes::<12>(entropy))
}
