//! A Redis of a test's own, which can be stopped and started again at the same address.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};

use crate::process::free_address;

/// A running Redis, gone with the test.
#[derive(Debug)]
pub struct Redis {
    address: SocketAddr,
    child: Option<Child>,
}

impl Redis {
    /// `None` where no redis-server is installed: only where nobody counts on these tests.
    pub fn start() -> Option<Self> {
        let mut redis = Self { address: free_address(), child: None };
        let runs = redis.go_on();
        assert!(
            runs || std::env::var_os("CI").is_none(),
            "redis-server is not installed: nothing of what needs it would be tested"
        );
        runs.then_some(redis)
    }

    /// Its address.
    pub fn url(&self) -> String {
        format!("redis://{}", self.address)
    }

    /// Starts it again, empty. False: there is none.
    pub fn go_on(&mut self) -> bool {
        let run = |program: &&str| {
            Command::new(program)
                .args(["--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--port"])
                .arg(self.address.port().to_string())
                .stdin(Stdio::null())
                .stdout(Stdio::piped())
                .spawn()
                .ok()
        };
        let child = ["redis-server", "valkey-server"].iter().find_map(run);
        let Some(mut child) = child else { return false };
        let mut lines = BufReader::new(child.stdout.take().expect("what it says")).lines();
        let ready = |line: &String| line.to_lowercase().contains("ready to accept connections");
        assert!(lines.any(|line| line.is_ok_and(|line| ready(&line))), "redis doesn't start");
        self.child = Some(child);
        true
    }

    /// As a crash does.
    pub fn stop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        self.stop();
    }
}
