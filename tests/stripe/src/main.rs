//! `stripe-stand-in`: the stand-in as a process of its own.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use openchair_stand_in::Stop;
use openchair_stripe_stand_in::{Clock, Scope, Settings, Stand};

/// Stands in for Stripe: what Openchair asks of it, in memory, without any money.
///
/// It prints where it listens and runs until it is told to stop. What tests can do with it lies under
/// /_stand_in/: `GET book`, `GET events`, `GET deliveries`, and `POST orders` with JSON such as
/// `{"do": "pay", "session": "cs_test_…", "number": "4242424242424242"}`.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// Where to listen; port 0 is a free one
    #[arg(long, default_value = "127.0.0.1:0")]
    bind: SocketAddr,
    /// What its caller proves itself with
    #[arg(long, default_value = "sk_test_stand_in")]
    secret_key: String,
    /// What browsers show its form for cards with
    #[arg(long, default_value = "pk_test_stand_in")]
    publishable_key: String,
    /// What is signed with that is told of businesses' accounts
    #[arg(long, default_value = "whsec_stand_in")]
    webhook_secret: String,
    /// Who is told what happens in businesses' accounts
    #[arg(long = "webhook-url", value_name = "URL")]
    webhook_urls: Vec<String>,
    /// What is signed with that is told of the platform's own account
    #[arg(long, default_value = "whsec_plans_stand_in")]
    plans_webhook_secret: String,
    /// Who is told what happens in the platform's own account: what businesses pay for their plans
    #[arg(long = "plans-webhook-url", value_name = "URL")]
    plans_webhook_urls: Vec<String>,
    /// A file that says what time it is, as the servers of the tests read it
    #[arg(long, value_name = "FILE")]
    clock: Option<PathBuf>,
    /// Stop when standard input is closed
    #[arg(long)]
    leash: bool,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> io::Result<()> {
    let stop = Stop::listen()?;
    let mut settings = Settings {
        bind: arguments.bind,
        secret_key: arguments.secret_key,
        publishable_key: arguments.publishable_key,
        webhook_secret: arguments.webhook_secret,
        plans_webhook_secret: arguments.plans_webhook_secret,
        clock: arguments.clock.map_or_else(Clock::default, Clock::following),
        ..Settings::default()
    };
    let connected = arguments.webhook_urls.into_iter().map(|url| (url, Scope::Connected));
    let own = arguments.plans_webhook_urls.into_iter().map(|url| (url, Scope::Own));
    settings.endpoints =
        connected.chain(own).map(|(url, scope)| settings.endpoint(url, scope)).collect();
    let stand = Stand::start(settings).await?;
    stop.announced(stand.origin(), arguments.leash).await
}
