//! What every operation works with.

use std::ops::Deref;
use std::sync::Arc;

use openchair_domain::config::Secret;
use openchair_domain::identity::Identity;
use openchair_domain::messaging::templates::Templates;
use openchair_domain::payments::Counter;
use openchair_domain::plans::Billing;
use openchair_domain::tenancy::Db;
use openchair_domain::time::Instant;
use openchair_domain::webhooks::Guard;
use openchair_worker::alerts::Alerting;

use crate::budgets::Budgets;
use crate::live::Hub;
use crate::payments::{CardForm, HookSecrets};

/// The parts that requests share. Cloning it is cheap.
#[derive(Debug, Clone)]
pub struct App(Arc<Parts>);

/// The parts themselves.
#[derive(Debug)]
pub struct Parts {
    /// The database behind its two doors.
    pub db: Db,
    /// Everything that deals with logins.
    pub identity: Identity,
    /// How often what may be done.
    pub limits: Budgets,
    /// Who watches what, over sockets.
    pub live: Hub,
    /// Who looks at where webhooks would go.
    pub guard: Guard,
    /// Who is told when the deployment isn't well.
    pub alerting: Alerting,
    /// The words of messages.
    pub templates: Templates,
    /// What the provider of texts signs with; empty: there is none.
    pub texts_token: Secret,
    /// Where customers pay by card.
    pub counter: Counter,
    /// Where businesses pay for their plans.
    pub billing: Billing,
    /// What the provider of payments signs with.
    pub stripe_secrets: HookSecrets,
    /// The provider's form for cards, if pages show it.
    pub card_form: Option<CardForm>,
    /// What browsers subscribe to notes with, if there are any.
    pub push_key: Option<String>,
    /// Where the product is found, without a slash at the end.
    pub public_url: String,
}

impl App {
    /// Puts the parts together.
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }

    /// What time it is for the product.
    pub fn now(&self) -> Instant {
        self.db.clock().now()
    }
}

impl Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}
