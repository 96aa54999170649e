//! A worker, as its own process.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tokio::process::{Child, Command};
use tokio::time::{Instant, sleep, timeout};

use super::Options;
use super::fill::Shops;
use super::office::Office;
use crate::error::Outcome;
use crate::throwaway::Throwaway;

const PATIENCE: Duration = Duration::from_secs(30);
const LOOK: Duration = Duration::from_millis(10);

/// A running worker; killed when it is dropped.
#[derive(Debug)]
pub(super) struct Worker {
    child: Child,
    log: PathBuf,
}

impl Worker {
    /// Starts one, and waits until it works.
    pub(super) async fn start(
        options: &Options,
        cluster: &Throwaway,
        shops: &Shops,
        office: &Office,
        number: u8,
    ) -> Outcome<Self> {
        let binary = match &options.worker {
            Some(binary) => std::path::absolute(binary)?,
            None => std::env::current_exe()?.with_file_name("openchair-worker"),
        };
        if !binary.is_file() {
            let binary = binary.display();
            let say = format!("{binary} isn't there. Run `cargo build --release --bins` first");
            return Err(say.into());
        }
        let log = cluster.folder().join(format!("{}-worker-{number}.log", shops.name));
        let file = File::create(&log)?;
        let mut settings = vec![
            format!("database.url={}", shops.url),
            "worker.poll_seconds=5".to_owned(),
            "log.level=info".to_owned(),
            "mail.transport=smtp".to_owned(),
            format!("mail.smtp_url=smtp://{}", office.address),
        ];
        settings.extend(options.set.iter().cloned());
        let child = Command::new(&binary)
            .args(settings.iter().flat_map(|setting| ["--set", setting.as_str()]))
            // Nothing of this process's configuration gets in.
            .env_clear()
            .env("OPENCHAIR_PROFILE", "test")
            .current_dir(cluster.folder())
            .stdin(Stdio::null())
            .stdout(file.try_clone()?)
            .stderr(file)
            .kill_on_drop(true)
            .spawn()?;
        let mut worker = Self { child, log };
        let begun = Instant::now();
        while !said(&worker.log).contains("the worker runs") {
            if let Some(status) = worker.child.try_wait()? {
                return Err(format!("a worker ended: {status}\n{}", said(&worker.log)).into());
            }
            if begun.elapsed() > PATIENCE {
                return Err(format!("a worker isn't ready\n{}", said(&worker.log)).into());
            }
            sleep(LOOK).await;
        }
        Ok(worker)
    }

    /// Asks it to stop, as a service manager does, and waits until it has, in order.
    pub(super) async fn stop(mut self) -> Outcome<()> {
        let pid = self.child.id().and_then(|pid| i32::try_from(pid).ok()).and_then(Pid::from_raw);
        kill_process(pid.ok_or("a worker has ended by itself")?, Signal::TERM)?;
        let ended = timeout(PATIENCE, self.child.wait()).await;
        let status = ended.map_err(|_| "a worker doesn't stop")??;
        let said = said(&self.log);
        if !status.success() || said.contains(r#""level":"ERROR""#) || said.contains("panicked") {
            return Err(format!("a worker ended: {status}\n{said}").into());
        }
        Ok(())
    }
}

fn said(log: &Path) -> String {
    std::fs::read_to_string(log).unwrap_or_default()
}
