//! `payfast-stand-in`: the stand-in as a process of its own.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use openchair_payfast_stand_in::{Clock, Merchant, Settings, Stand};
use openchair_stand_in::Stop;

/// Stands in for `PayFast`: where customers pay, what is told of it and what goes back, in memory, without any money.
///
/// It prints where it listens and runs until it is told to stop.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// Where to listen; port 0 is a free one
    #[arg(long, default_value = "127.0.0.1:0")]
    bind: SocketAddr,
    /// The number of somebody whose money it takes
    #[arg(long, default_value = "10000100")]
    merchant_id: String,
    /// Their key
    #[arg(long, default_value = "46f0cd694581a")]
    merchant_key: String,
    /// What their signatures are salted with
    #[arg(long, default_value = "stand-in-passphrase")]
    passphrase: String,
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
    let stand = Stand::start(Settings {
        bind: arguments.bind,
        clock: arguments.clock.map_or_else(Clock::default, Clock::following),
        ..Settings::default()
    })
    .await?;
    stand.add_merchant(Merchant {
        id: arguments.merchant_id,
        key: arguments.merchant_key,
        passphrase: arguments.passphrase,
    });
    stop.announced(stand.origin(), arguments.leash).await
}
