//! A worker, as its own process.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tokio::process::{Child, Command};
use tokio::time::{Instant, sleep, timeout};

use crate::error::Outcome;
use crate::throwaway::Throwaway;

const PATIENCE: Duration = Duration::from_secs(30);
const LOOK: Duration = Duration::from_millis(10);

/// A running worker; killed when it is dropped.
#[derive(Debug)]
pub(crate) struct Worker {
    child: Child,
    log: PathBuf,
}

impl Worker {
    /// Starts one with these settings, and waits until it works: the binary beside ours, or another
    /// one. The name is its log's.
    pub(crate) async fn start(
        binary: Option<&PathBuf>,
        cluster: &Throwaway,
        name: &str,
        settings: &[String],
    ) -> Outcome<Self> {
        let binary = match binary {
            Some(binary) => std::path::absolute(binary)?,
            None => std::env::current_exe()?.with_file_name("openchair-worker"),
        };
        if !binary.is_file() {
            let binary = binary.display();
            let say = format!("{binary} isn't there. Run `cargo build --release --bins` first");
            return Err(say.into());
        }
        let log = cluster.folder().join(format!("{name}.log"));
        let file = File::create(&log)?;
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
    pub(crate) async fn stop(mut self) -> Outcome<()> {
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
