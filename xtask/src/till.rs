//! The stand-ins of who takes money beside a server: payments can be tried without an account, and nothing is ever
//! paid.

use std::{
    net::{Ipv4Addr, SocketAddr, TcpListener},
    process::Command,
    thread,
    time::{Duration, Instant},
};

use crate::{http, leash::Leashed, place::Place};

/// What a server proves itself with, and what it is told is signed with.
const SECRET_KEY: &str = "sk_test_of_the_stand_in";
const PUBLISHABLE_KEY: &str = "pk_test_of_the_stand_in";
const WEBHOOK_SECRET: &str = "whsec_of_the_stand_in";
const PLANS_WEBHOOK_SECRET: &str = "whsec_plans_of_the_stand_in";
/// How long it may take to answer for the first time.
const LONGEST_START: Duration = Duration::from_secs(20);

/// Somebody whose money PayFast's stand-in takes.
const MERCHANT: (&str, &str, &str) = ("10000100", "46f0cd694581a", "stand-in-passphrase");

/// For whom it stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Who {
    Stripe,
    PayFast,
}

impl Who {
    const fn program(self) -> &'static str {
        match self {
            Self::Stripe => "stripe-stand-in",
            Self::PayFast => "payfast-stand-in",
        }
    }
}

/// A running stand-in.
#[derive(Debug)]
pub(crate) struct Till {
    who: Who,
    address: SocketAddr,
    process: Leashed,
}

impl Till {
    /// Starts it; the server that it tells what happens is at `url`.
    pub(crate) fn start(who: Who, place: &Place, release: bool, url: &str) -> Result<Self, String> {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, free_port()?));
        let name = who.program();
        let program = place.program(name, release);
        let log = place.scratch()?.join(format!("{name}.log"));
        let process = Leashed::start(&program, Some(&log), |command| {
            command.args(["--bind", &address.to_string()]);
            match who {
                Who::Stripe => command
                    .args(["--secret-key", SECRET_KEY, "--publishable-key", PUBLISHABLE_KEY])
                    .args(["--webhook-secret", WEBHOOK_SECRET])
                    .args(["--webhook-url", &format!("{url}/v1/hooks/stripe")])
                    .args(["--plans-webhook-secret", PLANS_WEBHOOK_SECRET])
                    .args(["--plans-webhook-url", &format!("{url}/v1/hooks/stripe")]),
                // It is told with each payment whom to tell.
                Who::PayFast => {
                    let (id, key, passphrase) = MERCHANT;
                    command
                        .args(["--merchant-id", id, "--merchant-key", key])
                        .args(["--passphrase", passphrase])
                }
            };
        })
        .map_err(|error| format!("{}: {error}", program.display()))?;
        let mut till = Self { who, address, process };
        let begun = Instant::now();
        // Whatever it says to that.
        while http::ask(address, "GET", "/_stand_in/book", None).is_err() {
            if let Some(status) = till.process.ended() {
                return Err(format!("{name} ended: {status}"));
            }
            if begun.elapsed() > LONGEST_START {
                return Err(format!("{name} doesn't answer"));
            }
            thread::sleep(Duration::from_millis(20));
        }
        Ok(till)
    }

    /// Where it is.
    pub(crate) fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What somebody who tries it has to know.
    pub(crate) fn news(&self) -> String {
        let origin = self.origin();
        match self.who {
            Who::Stripe => format!("cards are taken by a stand-in of Stripe at {origin}"),
            Who::PayFast => {
                let (id, key, passphrase) = MERCHANT;
                format!(
                    "a business in South Africa can be paid through a stand-in of PayFast at {origin}: \
                     merchant id {id}, key {key}, passphrase {passphrase}"
                )
            }
        }
    }

    /// Tells a server or a worker where it is.
    pub(crate) fn tell(&self, command: &mut Command) {
        match self.who {
            Who::Stripe => command
                .env("OPENCHAIR__STRIPE__BASE_URL", self.origin())
                .env("OPENCHAIR__STRIPE__SECRET_KEY", SECRET_KEY)
                .env("OPENCHAIR__STRIPE__PUBLISHABLE_KEY", PUBLISHABLE_KEY)
                .env("OPENCHAIR__STRIPE__SCRIPT_URL", format!("{}/dahlia/stripe.js", self.origin()))
                .env("OPENCHAIR__STRIPE__WEBHOOK_SECRET", WEBHOOK_SECRET)
                .env("OPENCHAIR__STRIPE__PLANS_WEBHOOK_SECRET", PLANS_WEBHOOK_SECRET)
                .env("OPENCHAIR__STRIPE__PLANS", "true"),
            Who::PayFast => command
                .env("OPENCHAIR__PAYFAST__BASE_URL", self.origin())
                .env("OPENCHAIR__PAYFAST__API_URL", self.origin()),
        };
    }

    /// Stops it and waits.
    pub(crate) fn stop(&mut self) -> Result<(), String> {
        let stopped = self.process.stop();
        stopped.map(drop).map_err(|fault| format!("{}: {fault}", self.who.program()))
    }
}

/// A port that nobody listens on.
pub(crate) fn free_port() -> Result<u16, String> {
    let port = || Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port());
    port().map_err(|error: std::io::Error| format!("no free port: {error}"))
}
