//! One run of PostgreSQL: start, readiness, end, and what earlier runs may have left.

use std::{
    fs::{self, File, OpenOptions},
    io::{Read, Seek, SeekFrom},
    os::unix::process::{CommandExt, ExitStatusExt},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Stdio},
    thread,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process, test_kill_process};

use super::{
    EmbeddedError,
    account::RunAs,
    discover::Binaries,
    place::{PORT, Place},
};

/// How often a file or process is looked at while we wait for it.
const LOOK: Duration = Duration::from_millis(10);
/// Crash recovery of a large database takes its time.
const LONGEST_START: Duration = Duration::from_mins(5);
/// How long sessions of a killed postmaster may take to notice that it is gone.
const LONGEST_LEFTOVER: Duration = Duration::from_mins(1);
/// After this long, a polite request to stop becomes a firm one, and later an error.
const PATIENCE: Duration = Duration::from_secs(20);
/// A log beyond this size is put aside at the next start.
const LARGEST_LOG: u64 = 10 * 1024 * 1024;

/// Turns into PostgreSQL and leaves a watchdog behind: a shell that reads a pipe which only our
/// process can write. The kernel closes it however we end, also by kill -9; the read then fails
/// and the watchdog asks PostgreSQL to stop. A line read means that there is nothing left to stop.
/// It is a grandchild, because PostgreSQL takes every child's death for that of a session.
const WATCHDOG: &str = r#"exec 3<&0 </dev/null
( ( read -r _ <&3 || kill -s INT $$ ) & )
exec "$@" 3<&-
"#;

/// Everything that is needed to start PostgreSQL, once or again.
#[derive(Debug)]
pub(super) struct Recipe {
    pub binaries: Binaries,
    pub place: Place,
    pub run_as: RunAs,
    pub log: PathBuf,
    pub throwaway: bool,
}

/// A running PostgreSQL.
#[derive(Debug)]
pub(super) struct Running {
    pub child: Child,
    pub leash: ChildStdin,
}

impl Recipe {
    /// Starts PostgreSQL and returns when it takes connections. `stopping` is asked now and then.
    pub(super) fn start(&self, stopping: &dyn Fn() -> bool) -> Result<Running, EmbeddedError> {
        self.put_large_log_aside();
        let begun = Instant::now();
        loop {
            self.end_leftover_postmaster()?;
            self.clear_sockets();
            let log_start = fs::metadata(&self.log).map_or(0, |found| found.len());
            let mut running = self.spawn()?;
            match self.wait_until_ready(&mut running, stopping)? {
                None => return Ok(running),
                Some(status) => {
                    let output = tail(&self.log, log_start);
                    // Sessions of a postmaster that was killed still hold the shared memory: they
                    // end by themselves once they notice.
                    let leftover = output.contains("shared memory block");
                    if !leftover || begun.elapsed() > LONGEST_LEFTOVER || stopping() {
                        let output = format!("{status}: {output}");
                        return Err(EmbeddedError::Program { program: "postgres", output });
                    }
                    thread::sleep(LOOK * 10);
                }
            }
        }
    }

    fn spawn(&self) -> Result<Running, EmbeddedError> {
        let failed = EmbeddedError::io("could not start PostgreSQL, log", &self.log);
        let spawn = || {
            let log = OpenOptions::new().create(true).append(true).open(&self.log)?;
            let mut command = self.run_as.command("/bin/sh");
            command
                .args(["-c", WATCHDOG, "openchair-postgres"])
                .arg(self.binaries.folder.join("postgres"))
                .arg("-D")
                .arg(&self.place.data)
                .arg("-k")
                .arg(&self.place.sockets);
            for setting in settings(self.throwaway) {
                command.arg("-c").arg(setting);
            }
            // A group of its own, so that Ctrl-C in a terminal reaches us first and only us.
            let mut child = command
                .process_group(0)
                .stdin(Stdio::piped())
                .stdout(log.try_clone()?)
                .stderr(log)
                .spawn()?;
            let leash = child.stdin.take().ok_or(std::io::ErrorKind::BrokenPipe)?;
            Ok(Running { child, leash })
        };
        spawn().map_err(failed)
    }

    /// None when it takes connections; how it ended if it did not come so far.
    fn wait_until_ready(
        &self,
        running: &mut Running,
        stopping: &dyn Fn() -> bool,
    ) -> Result<Option<std::process::ExitStatus>, EmbeddedError> {
        let failed = || EmbeddedError::io("could not watch PostgreSQL in", &self.place.data);
        let begun = Instant::now();
        let mut asked_to_stop = false;
        loop {
            if let Some(status) = running.child.try_wait().map_err(failed())? {
                running.forget();
                return Ok(Some(status));
            }
            let found = PidFile::read(&self.place.data);
            if found.is_some_and(|found| found.ready && found.pid == running.pid()) {
                return Ok(None);
            }
            if !asked_to_stop && (stopping() || begun.elapsed() > LONGEST_START) {
                asked_to_stop = true;
                signal(running.pid(), Signal::QUIT);
            }
            thread::sleep(LOOK);
        }
    }

    /// Ends a postmaster of an earlier run that outlived its parent for a moment or for good, and
    /// clears away the note of one whose number belongs to another process by now.
    ///
    /// Whoever calls this holds the folder's lock, so it can be nobody's database.
    pub(super) fn end_leftover_postmaster(&self) -> Result<(), EmbeddedError> {
        let data = &self.place.data;
        let begun = Instant::now();
        let mut asked = None;
        while let Some(found) = PidFile::read(data) {
            if !is_alive(found.pid) {
                // PostgreSQL deals with that itself, and checks for sessions left over.
                return Ok(());
            }
            if !is_postmaster_of(found.pid, data) {
                let path = data.join(PidFile::NAME);
                return fs::remove_file(&path).map_err(EmbeddedError::io("could not remove", path));
            }
            let wanted = match begun.elapsed() {
                waited if waited > PATIENCE * 2 => {
                    return Err(EmbeddedError::StillRunning { pid: found.pid, data: data.clone() });
                }
                waited if waited > PATIENCE => Signal::QUIT,
                _ => Signal::INT,
            };
            if asked != Some(wanted) {
                signal(found.pid, wanted);
                asked = Some(wanted);
            }
            thread::sleep(LOOK);
        }
        Ok(())
    }

    /// Removes the socket of an earlier run. The note beside it holds a process number too, which
    /// PostgreSQL would believe.
    fn clear_sockets(&self) {
        for name in [format!(".s.PGSQL.{PORT}"), format!(".s.PGSQL.{PORT}.lock")] {
            // Mostly they are not there; if one can't be removed, PostgreSQL says so.
            let _ = fs::remove_file(self.place.sockets.join(name));
        }
    }

    fn put_large_log_aside(&self) {
        if fs::metadata(&self.log).is_ok_and(|found| found.len() > LARGEST_LOG) {
            // Should it fail, the log is merely large.
            let _ = fs::rename(&self.log, self.log.with_extension("log.old"));
        }
    }
}

impl Running {
    pub(super) fn pid(&self) -> i32 {
        // Process numbers are positive and far below the limit on every system we run on.
        i32::try_from(self.child.id()).unwrap_or(i32::MAX)
    }

    /// Tells the watchdog that PostgreSQL has ended: its number may soon be somebody else's.
    pub(super) fn forget(&mut self) {
        forget(&mut self.leash);
    }
}

/// See [`Running::forget`].
pub(super) fn forget(leash: &mut ChildStdin) {
    use std::io::Write;
    // If the watchdog is gone too, there is nobody to tell.
    let _ = leash.write_all(b"ended\n");
}

/// How a process ended, in words.
pub(super) fn ending(status: std::process::ExitStatus) -> String {
    match status.signal() {
        Some(signal) => format!("killed by signal {signal}"),
        None => status.to_string(),
    }
}

/// Sends a signal to a process that is ours or our account's.
pub(super) fn signal(pid: i32, signal: Signal) {
    if let Some(pid) = Pid::from_raw(pid) {
        // It may just have ended.
        let _ = kill_process(pid, signal);
    }
}

fn is_alive(pid: i32) -> bool {
    let Some(pid) = Pid::from_raw(pid) else { return false };
    // A process that we may not signal is alive all the same.
    !matches!(test_kill_process(pid), Err(rustix::io::Errno::SRCH))
}

/// Whether this process is a PostgreSQL on this data; process numbers are used again, and in a
/// container soon. One that has ended but was never waited for has no arguments any more.
fn is_postmaster_of(pid: i32, data: &Path) -> bool {
    let arguments = fs::read(format!("/proc/{pid}/cmdline")).ok().or_else(|| {
        let ps = std::process::Command::new("ps")
            .args(["-ww", "-o", "args=", "-p", &pid.to_string()])
            .output();
        ps.ok().map(|done| done.stdout)
    });
    // Not knowing means that it might be: then PostgreSQL's own checks decide.
    let Some(arguments) = arguments else { return true };
    let arguments = String::from_utf8_lossy(&arguments).replace('\0', " ");
    arguments.contains("postgres") && arguments.contains(data.to_string_lossy().as_ref())
}

/// Whether a PostgreSQL on this data takes connections.
pub(super) fn is_ready(data: &Path) -> bool {
    PidFile::read(data).is_some_and(|found| found.ready && is_alive(found.pid))
}

/// PostgreSQL's own note about itself.
#[derive(Debug)]
pub(super) struct PidFile {
    pub pid: i32,
    pub ready: bool,
}

impl PidFile {
    const NAME: &'static str = "postmaster.pid";

    pub(super) fn read(data: &Path) -> Option<Self> {
        Self::parse(&fs::read_to_string(data.join(Self::NAME)).ok()?)
    }

    /// The first line is the process, the eighth its state.
    fn parse(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        let pid = lines.next()?.trim().parse().ok()?;
        Some(Self { pid, ready: lines.nth(6).is_some_and(|state| state.trim() == "ready") })
    }
}

fn settings(throwaway: bool) -> Vec<String> {
    let mut settings = vec![
        // Only the socket, in a folder that only its owner may enter.
        "listen_addresses=".to_owned(),
        format!("port={PORT}"),
        "unix_socket_permissions=0700".to_owned(),
        "shared_buffers=128MB".to_owned(),
        "jit=off".to_owned(),
        "timezone=UTC".to_owned(),
        "log_timezone=UTC".to_owned(),
        "log_destination=stderr".to_owned(),
        "logging_collector=off".to_owned(),
        "log_min_messages=warning".to_owned(),
        "log_lock_waits=on".to_owned(),
        "log_line_prefix=%m [%p] %q%u@%d ".to_owned(),
        format!("max_connections={}", if throwaway { 300 } else { 100 }),
    ];
    if throwaway {
        settings.extend(
            [
                "fsync=off",
                "synchronous_commit=off",
                "full_page_writes=off",
                "wal_level=minimal",
                "max_wal_senders=0",
            ]
            .map(str::to_owned),
        );
    }
    settings
}

/// What was written to the log since it had this length; the last lines of it.
fn tail(log: &Path, from: u64) -> String {
    let read = || -> std::io::Result<String> {
        let mut file = File::open(log)?;
        file.seek(SeekFrom::Start(from))?;
        let mut bytes = Vec::new();
        file.take(64 * 1024).read_to_end(&mut bytes)?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    };
    let text = read().unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(8)..].join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_note_tells_process_and_state() {
        let note = |state: &str| {
            format!("4711\n/data\n1700000000\n5432\n/run\n\n  5432001    131072\n{state}\n")
        };
        for (text, expected) in [
            (note("ready   "), Some((4711, true))),
            (note("starting"), Some((4711, false))),
            (note("stopping"), Some((4711, false))),
            ("4711\n/data\n".to_owned(), Some((4711, false))),
            (String::new(), None),
            ("not a number\n".to_owned(), None),
        ] {
            let read = PidFile::parse(&text).map(|found| (found.pid, found.ready));
            assert_eq!(read, expected, "{text:?}");
        }
    }

    #[test]
    fn a_stranger_with_the_same_number_is_not_taken_for_ours() {
        let ours = i32::try_from(std::process::id()).unwrap();
        assert!(is_alive(ours));
        assert!(!is_postmaster_of(ours, Path::new("/nowhere/data")));
    }
}
