//! A stand-in of Stripe, for tests and for trying things out: what Openchair asks of it (accounts of
//! businesses, pages where customers pay, refunds, what businesses pay for their plans), as strictly as the real one, with the pages that people
//! see and the webhooks that it sends. Everything is in memory, and nothing is ever paid.
//!
//! ```no_run
//! # async fn test() -> std::io::Result<()> {
//! use openchair_stripe_stand_in::{Settings, Stand};
//!
//! let stripe = Stand::start(Settings::default()).await?;
//! let account = stripe.new_account("DE");
//! // … somebody opens a page at stripe.origin() …
//! let session = stripe.book().sessions[0].id.clone();
//! stripe.pay(&session, "4242424242424242");
//! assert_eq!(stripe.book().charges[0].account.as_deref(), Some(&*account));
//! # Ok(())
//! # }
//! ```

mod api;
mod billing;
mod book;
mod book_books;
mod book_cards;
mod book_plans;
mod cards;
mod controls;
mod disputes;
mod embedded;
mod form;
mod hooks;
mod http;
mod invoices;
mod kept;
mod money;
mod on_file;
mod pages;
mod paying;
mod payouts;
mod periods;
mod portal_page;
mod problem;
mod stand;
mod stand_books;
mod stand_plans;
mod state;
mod trouble;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use openchair_stand_in::{Gate, Hooks};
use serde_json::Value;

pub use billing::GivenUp;
pub use book::{Account, Book, Charge, Refund, Session};
pub use book_books::{Dispute, Payout};
pub use book_cards::{Intent, Method};
pub use book_plans::{Customer, Invoice, Price, Subscription};
pub use hooks::{Delivery, Endpoint, Scope};
pub use openchair_stand_in::{Clock, Order};
pub use paying::Outcome;
pub use stand::Stand;
pub use trouble::{Act, Trouble};

use crate::hooks::Event;
use crate::state::State;

/// The version of the API that events are written in, and whose examples the answers look like.
pub const VERSION: &str = "2026-06-24.dahlia";

/// How often it looks at its clock by itself.
const TICK: Duration = Duration::from_millis(200);

/// How a stand-in is set up.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where it listens; port 0: a free one.
    pub bind: SocketAddr,
    /// What its caller proves itself with.
    pub secret_key: String,
    /// What browsers would have; the API refuses it.
    pub publishable_key: String,
    /// What endpoints sign with that are told of businesses' accounts.
    pub webhook_secret: String,
    /// What endpoints sign with that are told of the platform's own account: what businesses pay for their plans.
    pub plans_webhook_secret: String,
    /// Who is told.
    pub endpoints: Vec<Endpoint>,
    /// How long it waits before it tells somebody again who didn't listen, time after time.
    pub webhook_pauses: Vec<Duration>,
    /// What time it is.
    pub clock: Clock,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            bind: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            secret_key: "sk_test_stand_in".to_owned(),
            publishable_key: "pk_test_stand_in".to_owned(),
            webhook_secret: "whsec_stand_in".to_owned(),
            plans_webhook_secret: "whsec_plans_stand_in".to_owned(),
            endpoints: Vec::new(),
            webhook_pauses: [1, 2, 4, 8, 16].map(Duration::from_secs).to_vec(),
            clock: Clock::default(),
        }
    }
}

impl Settings {
    /// An endpoint at this address, with the secret of those that are told of the same.
    #[must_use]
    pub fn endpoint(&self, url: impl Into<String>, scope: Scope) -> Endpoint {
        let secret = match scope {
            Scope::Connected => &self.webhook_secret,
            Scope::Own => &self.plans_webhook_secret,
        };
        Endpoint { url: url.into(), scope, secret: secret.clone(), events: Vec::new() }
    }

    /// The two that somebody needs who wants to be told of everything at one address.
    #[must_use]
    pub fn both(&self, url: &str) -> [Endpoint; 2] {
        [Scope::Connected, Scope::Own].map(|scope| self.endpoint(url, scope))
    }
}

/// What all requests share.
#[derive(Debug)]
struct Inner {
    settings: Settings,
    origin: String,
    state: Mutex<State>,
    /// Who is told.
    told: Mutex<Vec<Endpoint>>,
    hooks: Hooks<Event>,
    gate: Gate,
}

impl Inner {
    /// What it knows, at this moment.
    fn state(&self) -> MutexGuard<'_, State> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.now = self.settings.clock.now();
        state
    }

    /// Does something, and tells what happened by it.
    fn act<T>(&self, doing: impl FnOnce(&mut State) -> T) -> T {
        let mut state = self.state();
        // What came about by time alone came before.
        state.catch_up();
        let done = doing(&mut state);
        let news: Vec<_> = std::mem::take(&mut state.news)
            .into_iter()
            .filter_map(|id| told(&state, &id))
            .collect();
        // While nobody else can do anything, so that what happens is told in its order.
        for event in &news {
            self.hooks.tell(event, &self.told(event));
        }
        done
    }

    /// Who is told of it.
    fn told(&self, event: &Event) -> Vec<Endpoint> {
        let all = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        all.iter().filter(|endpoint| endpoint.wants(event)).cloned().collect()
    }

    /// From now on these are told.
    fn tell_these(&self, endpoints: Vec<Endpoint>) {
        *self.told.lock().unwrap_or_else(PoisonError::into_inner) = endpoints;
    }

    fn redeliver(&self, event: &str) -> bool {
        let told = told(&self.state(), event);
        told.map(|event| self.hooks.tell_now(&event, &self.told(&event))).is_some()
    }

    fn events(&self) -> Vec<Value> {
        self.state().all("event").map(|(_, event)| event.clone()).collect()
    }
}

/// An event, as it is told.
fn told(state: &State, id: &str) -> Option<Event> {
    let (_, event) = state.any("event", id)?;
    let kind = event["type"].as_str()?.to_owned();
    let scope = if event["account"].is_string() { Scope::Connected } else { Scope::Own };
    Some(Event { id: id.to_owned(), kind, scope, body: api::pretty(event) })
}
