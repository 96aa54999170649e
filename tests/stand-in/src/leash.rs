//! How a stand-in that is a process of its own begins and ends.

use std::io;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::oneshot;

/// What is told goes by a client that wants this even for plain HTTP. Whoever was first has installed the same.
pub fn for_clients() {
    let _ = rustls::crypto::ring::default_provider().install_default();
}

/// Hears when the process is told to stop.
#[derive(Debug)]
pub struct Stop {
    asked: Signal,
    interrupted: Signal,
}

impl Stop {
    /// Listens from now on: before anybody is told that we are there, and may tell us to stop.
    pub fn listen() -> io::Result<Self> {
        let asked = signal(SignalKind::terminate())?;
        let interrupted = signal(SignalKind::interrupt())?;
        Ok(Self { asked, interrupted })
    }

    /// Until it is told to: by a signal, or, on a leash, by whoever closes our standard input.
    pub async fn told(mut self, leash: bool) {
        tokio::select! {
            _ = self.asked.recv() => {}
            _ = self.interrupted.recv() => {}
            () = let_go(), if leash => {}
        }
    }
}

/// Until nobody holds the other end of our input any more.
async fn let_go() {
    let (end, ended) = oneshot::channel::<()>();
    // Nobody waits for this thread when the process ends.
    std::thread::spawn(move || {
        let _ = io::copy(&mut io::stdin(), &mut io::sink());
        drop(end);
    });
    // It is never sent: it ends.
    let _ = ended.await;
}
