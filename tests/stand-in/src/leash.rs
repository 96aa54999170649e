//! How a stand-in that is a process of its own begins and ends.

use std::io::{self, BufRead as _, BufReader, Write as _};
use std::process::{Child, Command, Stdio};

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

    /// Says where it is, alone on a line, and waits until it is told to stop.
    pub async fn announced(self, origin: &str, leash: bool) -> io::Result<()> {
        writeln!(io::stdout(), "{origin}")?;
        io::stdout().flush()?;
        self.told(leash).await;
        Ok(())
    }

    /// Until it is told to: by a signal, or, on a leash, by whoever closes our standard input.
    async fn told(mut self, leash: bool) {
        tokio::select! {
            _ = self.asked.recv() => {}
            _ = self.interrupted.recv() => {}
            () = let_go(), if leash => {}
        }
    }
}

/// Starts such a process on a leash that its input is; says where it says that it is.
pub fn started(program: &str, arguments: &[&str]) -> io::Result<(Child, String)> {
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let mut line = String::new();
    if let Some(said) = child.stdout.take() {
        BufReader::new(said).read_line(&mut line)?;
    }
    Ok((child, line.trim().to_owned()))
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
