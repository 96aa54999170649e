//! Tells others' programs what happens: one task turns events into deliveries, another sends them.

mod relay;
mod sender;
mod session;

use std::sync::Arc;
use std::time::Duration;

use openchair_domain::config::Settings;
use openchair_domain::tenancy::Db;
use openchair_domain::webhooks::Guard;
use tokio_util::sync::CancellationToken;

use crate::outside::http::{Client, NoClient};
use crate::outside::names::SystemNames;
use crate::outside::roots::Roots;

/// How webhooks are sent.
#[derive(Debug, Clone)]
pub struct Options {
    /// To how many endpoints at once; to half as many more of those that don't answer.
    pub concurrency: usize,
    /// How long an endpoint may take to answer.
    pub timeout: Duration,
    /// How often to look when nobody says that there is something; at all businesses together a fourth as
    /// often.
    pub poll_every: Duration,
    /// How long what runs may take to end when it stops.
    pub grace: Duration,
}

/// Nobody waits longer for a worker that wasn't told.
const POLL: Duration = Duration::from_millis(500);

impl Options {
    /// As configured.
    pub fn from_settings(settings: &Settings) -> Self {
        Self {
            concurrency: settings.webhooks.concurrency,
            timeout: settings.webhooks.timeout,
            poll_every: POLL,
            grace: settings.server.shutdown_timeout,
        }
    }

    /// How long an endpoint is held. What is sent in the first half of it has ended long before.
    fn lease(&self) -> Duration {
        self.timeout * 4
    }
}

/// Who looks at where requests go, as configured.
pub fn guard(settings: &Settings) -> Guard {
    let private = settings.webhooks.allow_private;
    if private {
        tracing::warn!(
            "webhooks.allow_private is on: webhooks may be sent to everything that this machine \
             can reach. This is for development and tests only"
        );
    }
    Guard::new(Arc::new(SystemNames), private)
}

/// Everything that webhooks need of a worker.
#[derive(Debug)]
pub struct Webhooks {
    client: Client,
    options: Options,
}

impl Webhooks {
    /// With these options, to where this guard lets requests pass.
    pub fn new(roots: &Roots, guard: Guard, options: Options) -> Result<Self, NoClient> {
        Ok(Self { client: Client::new(roots, guard, options.timeout)?, options })
    }

    /// As configured.
    pub fn from_settings(settings: &Settings, roots: &Roots) -> Result<Self, NoClient> {
        Self::new(roots, guard(settings), Options::from_settings(settings))
    }

    /// Works until `shutdown`, then ends what runs within the grace period.
    pub(crate) async fn run(self, db: Db, shutdown: CancellationToken) {
        let Self { client, options } = self;
        let relay = relay::run(db.clone(), options.clone(), shutdown.clone());
        let sender = sender::Sender::new(db, client, options);
        tokio::join!(relay, sender.run(shutdown));
    }
}
