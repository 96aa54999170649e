//! Runs one program as one step: a line while it runs, a line when it is done, and everything
//! that it said if it fails.

use std::{
    io::{self, BufRead, BufReader, IsTerminal, Write},
    process::{Child, Command, ExitStatus, Stdio},
    sync::mpsc::{self, RecvTimeoutError},
    thread,
    time::{Duration, Instant},
};

/// On a terminal the line of a running step is renewed this often.
const TICK: Duration = Duration::from_millis(250);
/// Elsewhere (a log of CI) a long step gives a sign of life this often.
const SIGN_OF_LIFE: Duration = Duration::from_secs(20);

/// What is shown of a program's output while it runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Show {
    /// Its last line, beside the name of the step.
    LastLine,
    /// Everything: for tests, where each line tells something.
    All,
}

/// A finished program.
#[derive(Debug)]
pub(crate) struct Done {
    pub status: ExitStatus,
    pub output: String,
}

impl Done {
    pub(crate) fn succeeded(&self) -> bool {
        self.status.success()
    }
}

/// Runs it to its end; says how long it took; an error only if it can't be run at all.
pub(crate) fn run(name: &str, command: &mut Command, show: Show) -> Result<Done, String> {
    let begun = Instant::now();
    let program = command.get_program().to_string_lossy().into_owned();
    let (mut child, reader) =
        spawn(command).map_err(|error| format!("{name}: {program} can't be run: {error}"))?;
    // Command keeps the writing ends; without them the reader sees the end.
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let (sender, lines) = mpsc::channel();
    let reading = thread::spawn(move || {
        let mut reader = BufReader::new(reader);
        let mut line = Vec::new();
        while reader.read_until(b'\n', &mut line).is_ok_and(|length| length > 0) {
            if sender.send(String::from_utf8_lossy(&line).into_owned()).is_err() {
                return;
            }
            line.clear();
        }
    });
    let mut progress = Progress::new(name, show, begun);
    let mut output = String::new();
    let mut ended = None;
    loop {
        match lines.recv_timeout(TICK) {
            Ok(line) => {
                progress.line(&line);
                output.push_str(&line);
            }
            Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) => {
                progress.tick();
                // Something that it left behind may hold the pipe open for ever.
                if ended.is_some() {
                    break;
                }
                ended = child.try_wait().map_err(|error| format!("{name}: {error}"))?;
            }
        }
    }
    drop(reading);
    let status = child.wait().map_err(|error| format!("{name}: {error}"))?;
    progress.end(status.success());
    if !status.success() && show == Show::LastLine {
        println!("{}", output.trim_end());
    }
    Ok(Done { status, output })
}

/// Runs a step that everything after it needs.
pub(crate) fn must(name: &str, command: &mut Command) -> Result<String, String> {
    let done = run(name, command, Show::LastLine)?;
    if done.succeeded() { Ok(done.output) } else { Err(format!("{name} failed: {}", done.status)) }
}

/// Starts it with one pipe for both outputs, so that the lines stay in order.
fn spawn(command: &mut Command) -> io::Result<(Child, io::PipeReader)> {
    let (reader, writer) = io::pipe()?;
    command.stdin(Stdio::null()).stdout(writer.try_clone()?).stderr(writer);
    Ok((command.spawn()?, reader))
}

/// The line of a running step.
struct Progress<'a> {
    name: &'a str,
    show: Show,
    begun: Instant,
    terminal: bool,
    last: String,
    signed: Instant,
}

impl<'a> Progress<'a> {
    fn new(name: &'a str, show: Show, begun: Instant) -> Self {
        let terminal = io::stdout().is_terminal();
        let progress = Self { name, show, begun, terminal, last: String::new(), signed: begun };
        if show == Show::All {
            println!("── {name}");
        } else {
            progress.renew();
        }
        progress
    }

    fn line(&mut self, line: &str) {
        if self.show == Show::All {
            print!("{line}");
            return;
        }
        let line = line.trim();
        if !line.is_empty() {
            line.clone_into(&mut self.last);
        }
        self.tick();
    }

    fn tick(&mut self) {
        if self.show == Show::All {
            return;
        }
        if self.terminal {
            self.renew();
        } else if self.signed.elapsed() >= SIGN_OF_LIFE {
            self.signed = Instant::now();
            println!("   … {} {}: {}", self.name, self.seconds(), shortened(&self.last, 80));
        }
    }

    fn renew(&self) {
        if self.terminal {
            let last = shortened(&self.last, 60);
            print!("\r\x1b[K   {:<28}{:>8}  {last}", self.name, self.seconds());
            // Only a nicety; the next one may get through.
            let _ = io::stdout().flush();
        }
    }

    fn end(&self, succeeded: bool) {
        let mark = if succeeded { "✓" } else { "✗" };
        let clear = if self.terminal { "\r\x1b[K" } else { "" };
        println!("{clear} {mark} {:<28}{:>8}", self.name, self.seconds());
    }

    fn seconds(&self) -> String {
        format!("{:.1} s", self.begun.elapsed().as_secs_f64())
    }
}

fn shortened(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most.saturating_sub(1)).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_outputs_come_in_order_with_the_exit_code() {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", "echo one; echo two >&2; echo three; exit 3"]);
        let done = run("test", &mut command, Show::LastLine).unwrap();
        assert_eq!(done.output, "one\ntwo\nthree\n");
        assert_eq!(done.status.code(), Some(3));
        assert!(run("test", &mut Command::new("/no/such/program"), Show::All).is_err());
    }

    #[test]
    fn what_a_program_leaves_running_is_not_waited_for() {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", "sleep 30 & echo left"]);
        let begun = Instant::now();
        assert!(run("test", &mut command, Show::LastLine).unwrap().output.starts_with("left"));
        assert!(begun.elapsed() < Duration::from_secs(10));
    }

    #[test]
    fn long_lines_are_cut_between_characters() {
        assert_eq!(shortened("äöü", 3), "äöü");
        assert_eq!(shortened("äöüß", 3), "äö…");
    }
}
