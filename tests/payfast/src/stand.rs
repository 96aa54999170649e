//! What tests do with it.

use std::io;
use std::sync::Arc;

use openchair_stand_in::{Gate, Hooks, Order};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::hooks::{self, Delivery};
use crate::state::{Merchant, Method, Payment, State};
use crate::trouble::{Act, Trouble};
use crate::{Inner, Outcome, Settings, http, notice};

/// A stand-in that listens. It ends when it is dropped.
#[derive(Debug)]
pub struct Stand {
    inner: Arc<Inner>,
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
        let inner = Arc::new(Inner {
            settings,
            origin,
            state: std::sync::Mutex::new(State::new()),
            hooks: told_of,
            gate: Gate::default(),
        });
        let serving = tokio::spawn(http::serve(listener, Arc::clone(&inner)));
        let telling = Arc::clone(&inner);
        let telling = tokio::spawn(async move {
            telling.hooks.run(posts, &telling.settings.pauses, hooks::put).await;
        });
        Ok(Self { inner, tasks: vec![serving, telling] })
    }

    /// How it is called: a scheme, a host and a port.
    pub fn origin(&self) -> &str {
        &self.inner.origin
    }

    /// Somebody whose money it takes from now on.
    pub fn new_merchant(&self) -> Merchant {
        let mut state = self.inner.state();
        let merchant =
            Merchant { id: state.number(), key: state.secret(13), passphrase: state.secret(20) };
        state.merchants.push(merchant.clone());
        merchant
    }

    /// It takes the money of this one, too.
    pub fn add_merchant(&self, merchant: Merchant) {
        self.inner.state().merchants.push(merchant);
    }

    /// All payments that were begun, in their order.
    pub fn payments(&self) -> Vec<Payment> {
        self.inner.state().payments.clone()
    }

    /// Somebody pays at a page, by card.
    pub fn pay(&self, page: &str) -> Outcome {
        self.inner.pay(page, Method::Card)
    }

    /// Somebody pays at a page.
    pub fn pay_by(&self, page: &str, method: Method) -> Outcome {
        self.inner.pay(page, method)
    }

    /// Somebody goes away from a page. They may come back to it.
    pub fn cancel(&self, page: &str) -> bool {
        self.inner.cancel(page)
    }

    /// The next refunds fail.
    pub fn fail_refunds(&self, times: u32) {
        self.inner.state().failing_refunds = times;
    }

    /// Something goes wrong with the next requests whose method and path contain this.
    pub fn trouble(&self, of: &str, act: Act, times: u32) {
        self.inner.state().troubles.push(Trouble { of: of.to_owned(), act, times });
    }

    /// Until so many requests wait, see [`Act::Wait`].
    pub async fn waiting(&self, count: usize) {
        self.inner.gate.wait_for(count).await;
    }

    /// Those who wait go on.
    pub fn let_go(&self) {
        self.inner.gate.open();
    }

    /// From now on what happens is kept back.
    pub fn hold_notices(&self) {
        self.inner.hooks.hold();
    }

    /// What was kept back is told, and what happens from now on.
    pub fn release_notices(&self, order: Order) {
        self.inner.hooks.release(order);
    }

    /// What would have been tried again later is tried now.
    pub fn hurry(&self) {
        self.inner.hooks.hurry();
    }

    /// From now on everything is told so many times.
    pub fn copy_notices(&self, copies: u32) {
        self.inner.hooks.copies(copies);
    }

    /// The next notices are never told.
    pub fn drop_notices(&self, notices: u32) {
        self.inner.hooks.drop_next(notices);
    }

    /// How a payment stands is told once more, now; whether there is one at this page whom anybody asks about.
    pub fn tell_again(&self, page: &str) -> bool {
        let post = notice(&mut self.inner.state(), page);
        post.map(|(notice, url)| self.inner.hooks.tell_now(&notice, &[url])).is_some()
    }

    /// From now on something is confirmed that was never told, as if it had been.
    pub fn believe(&self, told: crate::Fields) {
        self.inner.state().told.insert(told);
    }

    /// From now on nothing is confirmed that was told before.
    pub fn forget_told(&self) {
        self.inner.state().told.clear();
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
