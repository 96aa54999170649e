//! The server, as its own process: started, looked at and stopped from outside like in real life.

use std::fs::File;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use reqwest::Client;
use rustix::process::{Pid, Signal, kill_process};
use tokio::process::{Child, Command};

use crate::error::Outcome;
use crate::machine::{process_ticks, resident_kib};
use crate::throwaway::Throwaway;

const PATIENCE: Duration = Duration::from_secs(30);
/// Often enough for a figure in milliseconds.
const LOOK: Duration = Duration::from_millis(1);

/// A server that was started, and what is known of it.
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    pub(crate) url: String,
    /// From the start of the process to its first `ready`.
    pub(crate) started_in: Duration,
    log: PathBuf,
}

/// How to start one.
#[derive(Debug)]
pub(crate) struct Recipe {
    binary: PathBuf,
    environment: Vec<(&'static str, String)>,
    folder: PathBuf,
}

impl Recipe {
    /// The binary beside ours, or another one, on a database of this cluster. Budgets are out of the
    /// way: all load comes from one address.
    pub(crate) fn new(
        binary: Option<&PathBuf>,
        cluster: &Throwaway,
        database: &str,
    ) -> Outcome<Self> {
        let binary = match binary {
            // It will run in another folder.
            Some(binary) => std::path::absolute(binary)?,
            None => std::env::current_exe()?.with_file_name("openchair-server"),
        };
        if !binary.is_file() {
            let binary = binary.display();
            let say = format!("{binary} isn't there. Run `cargo build --release --bins` first");
            return Err(say.into());
        }
        let folder = cluster.folder().join("server");
        std::fs::create_dir_all(&folder)?;
        let plenty = || "1000000".to_owned();
        let environment = vec![
            ("OPENCHAIR__DATABASE__URL", cluster.app_url(database)?),
            ("OPENCHAIR__DATABASE__FOLDER", folder.display().to_string()),
            ("OPENCHAIR__DEMO__LOAD", "false".to_owned()),
            ("OPENCHAIR__LOG__FORMAT", "json".to_owned()),
            ("OPENCHAIR__LOG__LEVEL", "warn".to_owned()),
            ("OPENCHAIR__LIMITS__PER_IP_PER_MINUTE", plenty()),
            ("OPENCHAIR__LIMITS__PER_IP_BURST", plenty()),
            ("OPENCHAIR__LIMITS__SIGN_IN_PER_ACCOUNT_PER_HOUR", plenty()),
            ("OPENCHAIR__LIMITS__SIGN_IN_PER_IP_PER_MINUTE", plenty()),
            ("OPENCHAIR__LIMITS__SIGN_UP_PER_IP_PER_HOUR", plenty()),
            ("OPENCHAIR__LIMITS__PUBLIC_PER_IP_PER_MINUTE", plenty()),
            ("OPENCHAIR__LIMITS__BOOKINGS_PER_IP_PER_HOUR", plenty()),
            ("OPENCHAIR__LIMITS__BOOKINGS_PER_CONTACT_PER_DAY", plenty()),
        ];
        Ok(Self { binary, environment, folder })
    }

    /// With one more setting.
    pub(crate) fn with(mut self, key: &'static str, value: &str) -> Self {
        self.environment.push((key, value.to_owned()));
        self
    }

    /// Starts it on a free port and waits until it is ready.
    pub(crate) async fn start(&self, http: &Client) -> Outcome<Server> {
        // Somebody may take the port before the server does; then it says so and ends.
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let (address, url) = (format!("127.0.0.1:{port}"), format!("http://127.0.0.1:{port}"));
        let log = self.folder.join("server.log");
        let file = File::options().create(true).append(true).open(&log)?;
        let begun = Instant::now();
        let child = Command::new(&self.binary)
            // Nothing of this process's configuration gets in.
            .env_clear()
            .envs(self.environment.iter().map(|(key, value)| (key, value)))
            .env("OPENCHAIR__SERVER__BIND", address)
            .env("OPENCHAIR__SERVER__PUBLIC_URL", &url)
            .current_dir(&self.folder)
            .stdin(Stdio::null())
            .stdout(file.try_clone()?)
            .stderr(file)
            .kill_on_drop(true)
            .spawn()?;
        let mut server = Server { child, url, started_in: Duration::ZERO, log };
        server.wait_until_ready(http, begun).await?;
        server.started_in = begun.elapsed();
        Ok(server)
    }
}

impl Server {
    async fn wait_until_ready(&mut self, http: &Client, begun: Instant) -> Outcome<()> {
        let ready = format!("{}/readyz", self.url);
        loop {
            if let Ok(answer) = http.get(&ready).send().await
                && answer.status().is_success()
            {
                return Ok(());
            }
            if let Some(status) = self.child.try_wait()? {
                return Err(format!("the server ended: {status}\n{}", tail(&self.log)).into());
            }
            if begun.elapsed() > PATIENCE {
                return Err(format!("the server isn't ready\n{}", tail(&self.log)).into());
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    /// How much memory it holds, in MiB.
    #[expect(clippy::cast_precision_loss, reason = "a process has less memory than that")]
    pub(crate) fn resident_mib(&self) -> Option<f64> {
        self.child.id().and_then(resident_kib).map(|kib| kib as f64 / 1024.0)
    }

    /// How much processor time it has taken, in clock ticks.
    pub(crate) fn ticks(&self) -> Outcome<u64> {
        self.child.id().and_then(process_ticks).ok_or_else(|| "the server has ended".into())
    }

    /// Asks it to stop, as a service manager does.
    pub(crate) fn ask_to_stop(&self) -> Outcome<()> {
        let pid = self.child.id().and_then(|pid| i32::try_from(pid).ok());
        let pid = pid.and_then(Pid::from_raw).ok_or("the server has ended by itself")?;
        Ok(kill_process(pid, Signal::TERM)?)
    }

    /// Waits until it has ended, which must be in order.
    pub(crate) async fn ended(mut self) -> Outcome<()> {
        let ended = tokio::time::timeout(PATIENCE, self.child.wait()).await;
        let status = ended.map_err(|_| "the server doesn't stop")??;
        if status.success() { Ok(()) } else { Err(format!("the server ended: {status}").into()) }
    }

    /// Where it logs, also when it has ended.
    pub(crate) fn log(&self) -> PathBuf {
        self.log.clone()
    }
}

/// Lines of a log that are errors.
pub(crate) fn error_lines(log: &Path) -> Outcome<Vec<String>> {
    let text = std::fs::read_to_string(log)?;
    Ok(text.lines().filter(|line| line.contains(r#""level":"ERROR""#)).map(str::to_owned).collect())
}

fn tail(log: &Path) -> String {
    let text = std::fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(20)..].join("\n")
}
