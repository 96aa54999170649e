//! The product's own programs, as processes: what a test can kill.

use std::fs::File;
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

/// Turns into the program and leaves a watchdog behind, which kills it when the pipe that only we
/// can write is closed: no program outlives the run, whatever becomes of us.
const LEASH: &str = r#"exec 3<&0 </dev/null
( ( read -r _ <&3 || kill -s KILL $$ ) & )
exec "$@" 3<&-
"#;

/// A running program.
#[derive(Debug)]
pub struct Program {
    child: Child,
    log: PathBuf,
}

impl Program {
    /// Starts `openchair-server` or `openchair-worker` with the profile `test` and these settings;
    /// what it says goes to `log`.
    pub fn start(name: &str, log: &Path, settings: &[(&str, String)]) -> Self {
        let program = built().join(name);
        assert!(program.exists(), "{} was not built", program.display());
        let out = File::options().create(true).append(true).open(log).expect("a log");
        let child = Command::new("/bin/sh")
            .args(["-c", LEASH, "openchair-leash"])
            .arg(program)
            .args(
                settings.iter().flat_map(|(key, value)| ["--set".into(), format!("{key}={value}")]),
            )
            .env_clear()
            .env("PATH", "/usr/local/bin:/usr/bin:/bin")
            .env("OPENCHAIR_PROFILE", "test")
            .stdin(Stdio::piped())
            .stdout(out.try_clone().expect("a log"))
            .stderr(out)
            .spawn()
            .expect("a shell");
        Self { child, log: log.to_owned() }
    }

    /// As `kill -9` does.
    pub fn kill(mut self) {
        self.end(Signal::KILL);
    }

    /// As a service manager does; says whether it ended well.
    pub fn stop(mut self) -> bool {
        self.end(Signal::TERM)
    }

    /// Whether it runs still.
    pub fn runs(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// What it has said.
    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    fn end(&mut self, signal: Signal) -> bool {
        if let Some(mut leash) = self.child.stdin.take() {
            // Tells the watchdog that there is nothing to do.
            let _ = leash.write_all(b"\n");
        }
        let pid = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw);
        if let Some(pid) = pid.filter(|_| self.runs()) {
            let _ = kill_process(pid, signal);
        }
        self.child.wait().is_ok_and(|status| status.success())
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.end(Signal::KILL);
    }
}

/// Kills any process, such as a postmaster, as `kill -9` does.
pub fn kill(pid: i32) {
    if let Some(pid) = Pid::from_raw(pid) {
        kill_process(pid, Signal::KILL).expect("the process to kill is there");
    }
}

/// An address that nobody listens on.
pub fn free_address() -> SocketAddr {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("its number")
}

/// The product's libraries, as the suite itself is linked with them.
#[derive(Debug)]
pub struct Libraries {
    /// By the name under which code names them.
    pub externs: Vec<(String, PathBuf)>,
    /// The folder of everything that they are made of.
    pub dependencies: PathBuf,
}

/// Where the compiler finds the product's libraries.
pub fn libraries() -> Libraries {
    let output = cargo(&["--message-format", "json"]).output().expect("cargo");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let artifacts = text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let externs: Vec<(String, PathBuf)> = artifacts
        .filter_map(|artifact| {
            let name = artifact.pointer("/target/name")?.as_str()?;
            let files = artifact["filenames"].as_array()?;
            let library = files
                .iter()
                .filter_map(Value::as_str)
                .find(|file| Path::new(file).extension().is_some_and(|end| end == "rlib"))?;
            name.starts_with("openchair_").then(|| (name.to_owned(), PathBuf::from(library)))
        })
        .collect();
    Libraries { externs, dependencies: folder().join("deps") }
}

/// The folder of the programs, which are built first: `cargo test` alone would run the suite against
/// whatever was built last.
fn built() -> &'static Path {
    static BUILT: OnceLock<()> = OnceLock::new();
    BUILT.get_or_init(|| {
        let status = cargo(&["--quiet"]).status().expect("cargo");
        assert!(status.success(), "the programs can't be built");
    });
    folder()
}

/// `target/debug`, or what it is called in this run.
fn folder() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let own = std::env::current_exe().expect("our own path");
        let folder = own.parent().and_then(Path::parent);
        folder.expect("the suite is in target/debug/deps").to_owned()
    })
}

/// `cargo build` of everything that is a library or a program, as in the run that built the suite.
fn cargo(arguments: &[&str]) -> Command {
    let target = folder().parent().expect("a target folder");
    let mut cargo = Command::new(env!("CARGO"));
    cargo
        .args(["build", "--workspace", "--lib", "--bins", "--offline", "--target-dir"])
        .arg(target)
        .args(arguments)
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(".."));
    if folder().ends_with("release") {
        cargo.arg("--release");
    }
    for (name, _) in std::env::vars_os() {
        // Who we are is no concern of what is built: build scripts of dependencies watch it.
        let about_us = name.to_str().is_some_and(|name| {
            name.starts_with("CARGO_PKG_")
                || name.starts_with("CARGO_MANIFEST_")
                || ["CARGO_BIN_NAME", "CARGO_CRATE_NAME", "CARGO_PRIMARY_PACKAGE"].contains(&name)
        });
        if about_us {
            cargo.env_remove(name);
        }
    }
    cargo
}
