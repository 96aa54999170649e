//! The stand-in of Stripe beside a server: payments can be tried without an account, and nothing is ever paid.

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

/// A running stand-in.
#[derive(Debug)]
pub(crate) struct Till {
    address: SocketAddr,
    process: Leashed,
}

impl Till {
    /// Starts it, telling the server at `url` what happens.
    pub(crate) fn start(place: &Place, release: bool, url: &str) -> Result<Self, String> {
        let port = free_port()?;
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let program = place.program("stripe-stand-in", release);
        let hook = format!("{url}/v1/hooks/stripe");
        let log = place.scratch()?.join("stripe-stand-in.log");
        let process = Leashed::start(&program, Some(&log), |command| {
            command
                .args(["--bind", &address.to_string(), "--secret-key", SECRET_KEY])
                .args(["--publishable-key", PUBLISHABLE_KEY])
                .args(["--webhook-secret", WEBHOOK_SECRET, "--webhook-url", &hook])
                .args(["--plans-webhook-secret", PLANS_WEBHOOK_SECRET])
                .args(["--plans-webhook-url", &hook]);
        })
        .map_err(|error| format!("{}: {error}", program.display()))?;
        let mut till = Self { address, process };
        let begun = Instant::now();
        while http::ask(address, "GET", "/_stand_in/book", None).is_err() {
            if let Some(status) = till.process.ended() {
                return Err(format!("stripe-stand-in ended: {status}"));
            }
            if begun.elapsed() > LONGEST_START {
                return Err("stripe-stand-in doesn't answer".to_owned());
            }
            thread::sleep(Duration::from_millis(20));
        }
        Ok(till)
    }

    /// Where it is.
    pub(crate) fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Tells a server or a worker where it is.
    pub(crate) fn tell(&self, command: &mut Command) {
        command
            .env("OPENCHAIR__STRIPE__BASE_URL", self.origin())
            .env("OPENCHAIR__STRIPE__SECRET_KEY", SECRET_KEY)
            .env("OPENCHAIR__STRIPE__PUBLISHABLE_KEY", PUBLISHABLE_KEY)
            .env("OPENCHAIR__STRIPE__SCRIPT_URL", format!("{}/dahlia/stripe.js", self.origin()))
            .env("OPENCHAIR__STRIPE__WEBHOOK_SECRET", WEBHOOK_SECRET)
            .env("OPENCHAIR__STRIPE__PLANS_WEBHOOK_SECRET", PLANS_WEBHOOK_SECRET)
            .env("OPENCHAIR__STRIPE__PLANS", "true");
    }

    /// Stops it and waits.
    pub(crate) fn stop(&mut self) -> Result<(), String> {
        let stopped = self.process.stop();
        stopped.map(drop).map_err(|fault| format!("stripe-stand-in: {fault}"))
    }
}

/// A port that nobody listens on.
pub(crate) fn free_port() -> Result<u16, String> {
    let port = || Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port());
    port().map_err(|error: std::io::Error| format!("no free port: {error}"))
}
