//! Runs jobs, and knows the outside world: mails, texts, notes to browsers, webhooks.
//!
//! A job is claimed under a lease, the claim is committed, then the job is done, then it is marked.
//! A worker that is lost in between leaves a lease that runs out, and another does the job again.

pub mod alerts;
mod backoff;
mod bout;
mod ends;
mod handler;
mod jobs;
pub mod measures;
pub mod ops;
mod outcome;
pub mod outside;
pub mod reconcile;
pub mod reports;
pub mod runner;
pub mod webhooks;

use std::sync::Arc;
use std::time::Duration;

use openchair_domain::bells::Across;
use openchair_domain::identity::Identity;
use openchair_domain::messaging::Channel;
use openchair_domain::messaging::templates::{TemplateError, Templates};
use openchair_domain::payments::Counter;
use openchair_domain::plans::Billing;
use openchair_domain::tenancy::Db;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::alerts::{Alerting, Watch, WriteTallies};
use crate::jobs::{
    AboutMoney, AboutPlans, ImportCustomers, MatchWaitlist, SendLinks, SendMails, SendMessages,
    SendRegularLinks,
};
use crate::outside::carrier::{ByMail, Carriers};
use crate::outside::gate::Gate;
use crate::outside::mail::Mailer;
use crate::reconcile::{
    Accounts, Afterwards, BothBooks, Forgotten, Forsaken, Gauges, Lapsed, Leftovers, PlansKept,
    Reconciler, Reminders, Scheduled, Sequences, Shift, SoldAhead, Strangers, Stuck, Unheard,
    Woken, repeat,
};
use crate::runner::{Options, Runner};
use crate::webhooks::Webhooks;

pub use backoff::MAX_ATTEMPTS;
pub use handler::{Batch, Failure, Handler};

/// Everything that happens behind the requests. Runs inside the server or as a process of its own;
/// run as many as you like.
#[derive(Debug)]
pub struct Worker {
    db: Db,
    messages: SendMessages,
    handlers: Vec<Arc<dyn Handler>>,
    batches: Vec<Arc<dyn Batch>>,
    reconcilers: Vec<Arc<dyn Reconciler>>,
    options: Options,
    webhooks: Option<Webhooks>,
}

/// What a worker queues itself it does itself, mostly: others are told of it now and then, to help.
const TELL_EVERY: Duration = Duration::from_millis(250);

impl Worker {
    /// A worker that knows all of the product's jobs.
    pub fn new(
        db: Db,
        identity: Identity,
        mailer: Arc<dyn Mailer>,
        options: Options,
    ) -> Result<Self, TemplateError> {
        let templates = Arc::new(Templates::load()?);
        let clock = Arc::clone(db.clock());
        let public_url = identity.rules().public_url.clone();
        let by_mail = ByMail { mailer: Arc::clone(&mailer), clock: Arc::clone(&clock) };
        let carriers = Carriers::default().with(Channel::Email, Arc::new(by_mail));
        let (words, url) = (Arc::clone(&templates), public_url.clone());
        let messages = SendMessages::new(db.clone(), words, url, &options).with(&carriers);
        let (of_gate, entropy) = (Arc::clone(&clock), Arc::clone(db.entropy()));
        let tallies = Arc::clone(db.tallies());
        let gate = Gate::new("mail", options.concurrency, of_gate, entropy, tallies);
        let handlers: Vec<Arc<dyn Handler>> = vec![
            Arc::new(SendMails { mailer, templates, clock, gate }),
            Arc::new(SendLinks { identity }),
            Arc::new(SendRegularLinks { db: db.clone(), public_url: public_url.clone() }),
            Arc::new(ImportCustomers { db: db.clone() }),
            Arc::new(MatchWaitlist { db: db.clone(), public_url }),
        ];
        let reconcilers: Vec<Arc<dyn Reconciler>> = vec![
            Arc::new(Leftovers),
            Arc::new(Lapsed),
            Arc::new(Woken),
            Arc::new(Forgotten),
            Arc::new(Scheduled),
            Arc::new(Reminders),
            Arc::new(Afterwards),
            Arc::new(Sequences),
            Arc::new(Forsaken),
            Arc::new(SoldAhead),
        ];
        Ok(Self {
            db,
            messages,
            handlers,
            batches: Vec::new(),
            reconcilers,
            options,
            webhooks: None,
        })
    }

    /// One that carries messages by more ways than mail.
    pub fn with_carriers(mut self, carriers: Carriers) -> Self {
        self.messages = self.messages.with(&carriers);
        self
    }

    /// One that knows one kind more.
    pub fn with_handler(mut self, handler: Arc<dyn Handler>) -> Self {
        self.handlers.push(handler);
        self
    }

    /// One that knows one kind more, of which it does many at once.
    pub fn with_batch(mut self, batch: Arc<dyn Batch>) -> Self {
        self.batches.push(batch);
        self
    }

    /// One that puts one thing more right.
    pub fn with_reconciler(mut self, reconciler: Arc<dyn Reconciler>) -> Self {
        self.reconcilers.push(reconciler);
        self
    }

    /// One that asks the provider of payments what is to be asked.
    pub fn with_counter(mut self, counter: Counter) -> Self {
        for what in AboutMoney::all(&counter) {
            self.handlers.push(Arc::new(what));
        }
        self.with_reconciler(Arc::new(Unheard))
            .with_reconciler(Arc::new(BothBooks))
            .with_reconciler(Arc::new(Accounts))
    }

    /// One that asks what businesses pay for their plans.
    pub fn with_billing(mut self, billing: Billing) -> Self {
        self.handlers.push(Arc::new(AboutPlans(billing.clone())));
        self.with_reconciler(Arc::new(PlansKept(billing)))
    }

    /// One that tells others' programs of events, too.
    pub fn with_webhooks(mut self, webhooks: Webhooks) -> Self {
        self.webhooks = Some(webhooks);
        self.reconcilers.push(Arc::new(Stuck));
        self
    }

    /// One that looks how the deployment does, too, and tells of it.
    pub fn with_alerts(self, alerting: Alerting) -> Self {
        self.with_reconciler(Arc::new(Watch(alerting)))
    }

    /// Works until `shutdown`, then ends what runs within the grace period and gives back the rest.
    pub async fn run(self, shutdown: CancellationToken) {
        let Self { db, messages, handlers, mut batches, reconcilers, options, webhooks } = self;
        batches.push(Arc::new(messages));
        let runner = Runner::new(db.clone(), handlers, options).with_batches(batches);
        let own: [Arc<dyn Reconciler>; 3] = [
            Arc::new(Strangers::new(runner.known())),
            Arc::new(Gauges::new(&runner.known())),
            Arc::new(WriteTallies),
        ];
        let shift = Shift::on(&db);
        let mut rounds = JoinSet::new();
        for reconciler in reconcilers.into_iter().chain(own) {
            rounds.spawn(repeat(shift.clone(), reconciler, shutdown.clone()));
        }
        let (across, stopping) = (Across::of(&db), shutdown.clone());
        rounds.spawn(async move {
            let both = Box::pin(async { tokio::join!(across.tell(TELL_EVERY), across.hear()) });
            let _stopped = stopping.run_until_cancelled(both).await;
        });
        if let Some(webhooks) = webhooks {
            rounds.spawn(webhooks.run(db.clone(), shutdown.clone()));
        }
        runner.run(shutdown).await;
        while rounds.join_next().await.is_some() {}
    }
}
