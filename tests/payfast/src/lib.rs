//! A stand-in of PayFast, for tests and for trying things out: where payments begin, the page where people pay,
//! what is told to merchants (ITN) and confirmed, the history and refunds, as strictly as the real one. Everything
//! is in memory, and nothing is ever paid.
//!
//! ```no_run
//! # async fn test() -> std::io::Result<()> {
//! use openchair_payfast_stand_in::{Settings, Stand};
//!
//! let payfast = Stand::start(Settings::default()).await?;
//! let merchant = payfast.new_merchant();
//! // … somebody begins a payment at payfast.origin() …
//! let page = payfast.payments()[0].page.clone();
//! payfast.pay(&page);
//! assert_eq!(payfast.payments()[0].merchant, merchant.id);
//! # Ok(())
//! # }
//! ```

mod api;
mod form;
mod hooks;
mod http;
mod pages;
mod process;
mod stand;
mod state;
mod trouble;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use openchair_stand_in::{Gate, Hooks};

pub use form::{Fields, signature, signed};
pub use hooks::Delivery;
pub use openchair_stand_in::{Clock, Order};
pub use stand::Stand;
pub use state::{Merchant, Method, Payment, Status};
pub use trouble::Act;

use crate::hooks::Notice;
use crate::state::State;

/// How a stand-in is set up.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where it listens; port 0: a free one.
    pub bind: SocketAddr,
    /// How long it waits before it tells somebody again who didn't listen, time after time.
    pub pauses: Vec<Duration>,
    /// What time it is.
    pub clock: Clock,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            bind: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            pauses: [1, 2, 4, 8, 16].map(Duration::from_secs).to_vec(),
            clock: Clock::default(),
        }
    }
}

/// What came of an attempt to pay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It is paid.
    Paid,
    /// It was paid before.
    Before,
    /// There is no such page.
    Unknown,
}

/// What all requests share.
#[derive(Debug)]
struct Inner {
    settings: Settings,
    origin: String,
    state: Mutex<State>,
    hooks: Hooks<Notice>,
    gate: Gate,
}

impl Inner {
    /// What it knows, at this moment.
    fn state(&self) -> MutexGuard<'_, State> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.now = self.settings.clock.now();
        state
    }

    /// Somebody pays at a page.
    fn pay(&self, page: &str, method: Method) -> Outcome {
        let mut state = self.state();
        let now = state.now;
        let Some(payment) = state.at_page(page) else { return Outcome::Unknown };
        if payment.status == Status::Complete {
            return Outcome::Before;
        }
        payment.status = Status::Complete;
        payment.method = method;
        payment.paid_at = now;
        self.tell(&mut state, page);
        Outcome::Paid
    }

    /// Somebody goes away from a page; they may come back to it, and pay.
    fn cancel(&self, page: &str) -> bool {
        let mut state = self.state();
        let Some(payment) = state.at_page(page) else { return false };
        if payment.status == Status::Complete {
            return false;
        }
        payment.status = Status::Cancelled;
        self.tell(&mut state, page);
        true
    }

    /// Tells the merchant how a payment stands, while nobody else can do anything.
    fn tell(&self, state: &mut State, page: &str) {
        if let Some((notice, url)) = notice(state, page) {
            self.hooks.tell(&notice, &[url]);
        }
    }
}

/// How a payment stands, and who is told; none: nobody wants to know.
fn notice(state: &mut State, page: &str) -> Option<(Notice, String)> {
    let payment = state.at_page(page)?.clone();
    let told = payment.notice();
    let passphrase = state.merchant(&payment.merchant)?.passphrase.clone();
    state.told.insert(told.clone());
    let status = told.iter().find(|(name, _)| name == "payment_status")?.1.clone();
    let url = payment.field("notify_url").to_owned();
    let body = signed(&told, &passphrase);
    (!url.is_empty()).then_some((Notice { payment: payment.pf_payment_id, status, body }, url))
}
