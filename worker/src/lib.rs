//! Runs jobs, and knows the outside world: mail so far.
//!
//! A job is claimed under a lease, the claim is committed, then the job is done, then it is marked.
//! A worker that is lost in between leaves a lease that runs out, and another does the job again.

mod backoff;
mod handler;
pub mod html;
mod jobs;
mod one_job;
pub mod outside;
pub mod reconcile;
pub mod reports;
pub mod runner;
pub mod templates;

use std::sync::Arc;

use openchair_domain::identity::Identity;
use openchair_domain::tenancy::Db;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::jobs::{ImportCustomers, MatchWaitlist, SendLinks, SendMails};
use crate::outside::mail::Mailer;
use crate::reconcile::{Forgotten, Lapsed, Leftovers, Reconciler, Strangers, Woken};
use crate::runner::{Options, Runner};
use crate::templates::{TemplateError, Templates};

pub use backoff::MAX_ATTEMPTS;
pub use handler::{Failure, Handler};

/// Everything that happens behind the requests. Runs inside the server or as a process of its own;
/// run as many as you like.
#[derive(Debug)]
pub struct Worker {
    db: Db,
    handlers: Vec<Arc<dyn Handler>>,
    reconcilers: Vec<Arc<dyn Reconciler>>,
    options: Options,
}

impl Worker {
    /// A worker that knows all of the product's jobs.
    pub fn new(
        db: Db,
        identity: Identity,
        mailer: Arc<dyn Mailer>,
        options: Options,
    ) -> Result<Self, TemplateError> {
        let templates = Templates::load()?;
        let clock = Arc::clone(db.clock());
        let public_url = identity.rules().public_url.clone();
        let handlers: Vec<Arc<dyn Handler>> = vec![
            Arc::new(SendMails { mailer, templates, clock }),
            Arc::new(SendLinks { identity }),
            Arc::new(ImportCustomers { db: db.clone() }),
            Arc::new(MatchWaitlist { db: db.clone(), public_url }),
        ];
        let reconcilers: Vec<Arc<dyn Reconciler>> =
            vec![Arc::new(Leftovers), Arc::new(Lapsed), Arc::new(Woken), Arc::new(Forgotten)];
        Ok(Self { db, handlers, reconcilers, options })
    }

    /// One that knows one kind more.
    pub fn with_handler(mut self, handler: Arc<dyn Handler>) -> Self {
        self.handlers.push(handler);
        self
    }

    /// Works until `shutdown`, then ends what runs within the grace period and gives back the rest.
    pub async fn run(self, shutdown: CancellationToken) {
        let runner = Runner::new(self.db.clone(), self.handlers, self.options);
        let strangers: Arc<dyn Reconciler> = Arc::new(Strangers::new(runner.known()));
        let mut reconcilers = JoinSet::new();
        for reconciler in self.reconcilers.into_iter().chain([strangers]) {
            reconcilers.spawn(reconcile::repeat(self.db.clone(), reconciler, shutdown.clone()));
        }
        runner.run(shutdown).await;
        while reconcilers.join_next().await.is_some() {}
    }
}
