//! Runs a program that must not outlive us, however we end.

use std::{
    fs::File,
    io,
    path::Path,
    process::{Child, ChildStdin, Command, ExitStatus, Stdio},
    thread,
    time::{Duration, Instant},
};

/// Becomes the program, and leaves a shell behind that reads a pipe which only we can write. When
/// we end, also by kill -9, the kernel closes it, and the shell asks the program to stop.
const WATCHDOG: &str = r#"exec 3<&0 </dev/null
( ( read -r _ <&3 || kill -s TERM $$ ) & )
exec "$@" 3<&-
"#;

/// How long a program may take to stop when asked.
const PATIENCE: Duration = Duration::from_secs(20);

/// A program on a leash.
#[derive(Debug)]
pub(crate) struct Leashed {
    child: Child,
    leash: Option<ChildStdin>,
}

impl Leashed {
    /// Starts it in a process group of its own: Ctrl-C is for us, and we tell it. Its output goes
    /// to `log`, or where ours goes.
    pub(crate) fn start(
        program: &Path,
        log: Option<&Path>,
        set_up: impl FnOnce(&mut Command),
    ) -> io::Result<Self> {
        use std::os::unix::process::CommandExt;
        let mut command = Command::new("/bin/sh");
        command
            .args(["-c", WATCHDOG, "openchair"])
            .arg(program)
            .process_group(0)
            .stdin(Stdio::piped());
        if let Some(log) = log {
            let log = File::create(log)?;
            command.stdout(log.try_clone()?).stderr(log);
        }
        set_up(&mut command);
        let mut child = command.spawn()?;
        let leash = child.stdin.take();
        Ok(Self { child, leash })
    }

    /// How it ended, if it has.
    pub(crate) fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().ok().flatten()
    }

    /// Asks it to stop, without waiting.
    pub(crate) fn let_go(&mut self) {
        self.leash = None;
    }

    /// Asks it to stop and waits; after a while it is killed, which is an error.
    pub(crate) fn stop(&mut self) -> Result<ExitStatus, String> {
        self.let_go();
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            if let Some(status) = self.ended() {
                return Ok(status);
            }
            thread::sleep(Duration::from_millis(10));
        }
        // Whether that works shows in the wait.
        let _ = self.child.kill();
        let _ = self.child.wait();
        Err(format!("it did not stop in {} s and was killed", PATIENCE.as_secs()))
    }
}

impl Drop for Leashed {
    fn drop(&mut self) {
        // Whoever wants to know has called it before.
        let _ = self.stop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::process::ExitStatusExt;

    #[test]
    fn it_stops_when_it_is_let_go() {
        let mut leashed = Leashed::start(Path::new("/bin/sleep"), None, |command| {
            command.arg("60");
        })
        .unwrap();
        assert!(leashed.ended().is_none());
        assert_eq!(leashed.stop().unwrap().signal(), Some(15));
    }
}
