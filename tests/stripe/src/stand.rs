//! What tests do with it.

use std::io;
use std::sync::Arc;

use openchair_stand_in::{Gate, Hooks, Order};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::api::currency_of;
use crate::book::{self, Book};
use crate::hooks::{self, Delivery, Endpoint};
use crate::paying::Outcome;
use crate::state::{State, example};
use crate::trouble::{Act, Trouble};
use crate::{Inner, Settings, TICK, http};

/// A stand-in that listens. It ends when it is dropped.
#[derive(Debug)]
pub struct Stand {
    pub(crate) inner: Arc<Inner>,
    tasks: Vec<JoinHandle<()>>,
}

impl Drop for Stand {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

impl Stand {
    /// Listens from now on.
    pub async fn start(settings: Settings) -> io::Result<Self> {
        openchair_stand_in::for_clients();
        let listener = TcpListener::bind(settings.bind).await?;
        let origin = format!("http://{}", listener.local_addr()?);
        let (told_of, posts) = Hooks::new();
        let told = settings.endpoints.clone();
        let inner = Arc::new(Inner {
            settings,
            origin,
            state: std::sync::Mutex::new(State::new()),
            told: std::sync::Mutex::new(told),
            hooks: told_of,
            gate: Gate::default(),
        });
        let serving = tokio::spawn(http::serve(listener, Arc::clone(&inner)));
        let telling = Arc::clone(&inner);
        let telling = tokio::spawn(async move {
            let settings = &telling.settings;
            let put = |client: &_, post: &_| hooks::put(client, post, settings.clock.now());
            telling.hooks.run(posts, &settings.webhook_pauses, put).await;
        });
        let ticking = Arc::clone(&inner);
        let ticking = tokio::spawn(async move {
            loop {
                tokio::time::sleep(TICK).await;
                // What comes about by time alone is told, although nobody asks.
                ticking.act(|_| ());
            }
        });
        Ok(Self { inner, tasks: vec![serving, telling, ticking] })
    }

    /// How it is called: a scheme, a host and a port.
    pub fn origin(&self) -> &str {
        &self.inner.origin
    }

    /// What stands in its book now.
    pub fn book(&self) -> Book {
        book::read(&self.inner.state())
    }

    /// All that happened, in its order, as it was told or would have been.
    pub fn events(&self) -> Vec<Value> {
        self.inner.events()
    }

    /// A business's account that is set up and takes money.
    pub fn new_account(&self, country: &str) -> String {
        self.inner.act(|state| {
            let id = state.new_id("acct");
            let mut account = example("account");
            account["id"] = id.as_str().into();
            account["country"] = country.into();
            account["created"] = state.now.into();
            account["default_currency"] = currency_of(country).unwrap_or("usd").into();
            state.keep(None, account);
            state.onboard(&id);
            id
        })
    }

    /// A business says everything that is asked of it.
    pub fn onboard(&self, account: &str) -> bool {
        self.inner.act(|state| state.onboard(account))
    }

    /// Something more is asked of a business, and until it is said it takes no money.
    pub fn restrict(&self, account: &str, requirement: &str) -> bool {
        self.inner.act(|state| state.restrict(account, requirement))
    }

    /// A business closes its account, or takes it away from the platform. `false`: there is none.
    pub fn revoke(&self, account: &str) -> bool {
        self.inner.state().revoke(account)
    }

    /// It lets the platform in again. `false`: it never didn't.
    pub fn admit(&self, account: &str) -> bool {
        self.inner.state().revoked.remove(account)
    }

    /// A customer types in a card's number at a page, and sends it.
    pub fn pay(&self, session: &str, number: &str) -> Outcome {
        self.inner.act(|state| state.pay(session, number, &self.inner.origin))
    }

    /// A customer answers their bank's question.
    pub fn authenticate(&self, session: &str, well: bool) -> Outcome {
        self.inner.act(|state| state.authenticate(session, well))
    }

    /// With the next ones who pay, the bank takes its time.
    pub fn slow_banks(&self, times: u32) {
        self.inner.state().orders.slow_banks = times;
    }

    /// A bank that took its time has decided: about what is paid at a page, or taken from a card on file.
    pub fn settle_payment(&self, session: &str, well: bool) -> bool {
        self.inner.act(|state| state.settle_payment(session, well))
    }

    /// The next refunds fail.
    pub fn fail_refunds(&self, times: u32) {
        self.inner.state().orders.failing_refunds = times;
    }

    /// The next refunds are on their way, until they are settled.
    pub fn slow_refunds(&self, times: u32) {
        self.inner.state().orders.slow_refunds = times;
    }

    /// Money that is on its way arrives, or comes back; it may come back after it had arrived, too.
    pub fn settle_refund(&self, refund: &str, well: bool) -> bool {
        self.inner.act(|state| state.settle_refund(refund, well))
    }

    /// Sessions whose time has passed are expired, as if somebody looked.
    pub fn expire_due(&self) {
        self.inner.act(|state| {
            let all = state.all("checkout.session");
            let ids: Vec<_> =
                all.filter_map(|(_, one)| one["id"].as_str().map(str::to_owned)).collect();
            for id in ids {
                state.expire_if_due(&id);
            }
        });
    }

    /// Something goes wrong with the next requests whose method and path contain this.
    pub fn trouble(&self, of: &str, act: Act, times: u32) {
        self.inner.state().troubles.push(Trouble { of: of.to_owned(), act, times });
    }

    /// Until so many requests wait, see [`Act::Wait`] and [`Act::Late`].
    pub async fn waiting(&self, count: usize) {
        self.inner.gate.wait_for(count).await;
    }

    /// Those who wait go on.
    pub fn let_go(&self) {
        self.inner.gate.open();
    }

    /// From now on these are told of everything: each has an endpoint for businesses' accounts, and one for the
    /// platform's own.
    pub fn webhooks_to(&self, urls: impl IntoIterator<Item = String>) {
        let settings = &self.inner.settings;
        self.tell(urls.into_iter().flat_map(|url| settings.both(&url)));
    }

    /// From now on these are told.
    pub fn tell(&self, endpoints: impl IntoIterator<Item = Endpoint>) {
        self.inner.tell_these(endpoints.into_iter().collect());
    }

    /// From now on what happens is kept back.
    pub fn hold_webhooks(&self) {
        self.inner.hooks.hold();
    }

    /// What was kept back is told, and what happens from now on.
    pub fn release_webhooks(&self, order: Order) {
        self.inner.hooks.release(order);
    }

    /// Everything is told: what was kept back, and what would have been tried again later.
    pub fn deliver_now(&self) {
        self.inner.hooks.release(Order::AsHappened);
        self.inner.hooks.hurry();
    }

    /// From now on everything is told so many times.
    pub fn copy_webhooks(&self, copies: u32) {
        self.inner.hooks.copies(copies);
    }

    /// The next events are never told.
    pub fn drop_webhooks(&self, events: u32) {
        self.inner.hooks.drop_next(events);
    }

    /// An event is told once more.
    pub fn redeliver(&self, event: &str) -> bool {
        self.inner.redeliver(event)
    }

    /// What was told to whom, and what they said.
    pub fn deliveries(&self) -> Vec<Delivery> {
        self.inner.hooks.log()
    }

    /// Until everybody was told, or will never be. What is kept back doesn't count.
    pub async fn quiet(&self) {
        self.inner.hooks.quiet().await;
    }
}
