//! What many would have used instead, as a process of its own: one room of Socket.IO.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use super::listener::{Door, Whom};
use crate::error::Outcome;
use crate::say;

/// Socket.IO, running.
#[derive(Debug)]
pub(super) struct SocketIo {
    child: Child,
    orders: ChildStdin,
    answers: Lines<BufReader<ChildStdout>>,
    port: i64,
}

impl SocketIo {
    /// Starts it, with what it needs fetched first if it isn't there.
    pub(super) async fn start(peers: &Path) -> Outcome<Self> {
        let folder = peers.join("socketio");
        if !folder.join("node_modules/socket.io").is_dir() {
            say("Fetching Socket.IO");
            let mut fetch = Command::new("npm");
            fetch.args(["ci", "--no-audit", "--no-fund", "--silent"]).current_dir(&folder);
            let done = fetch.stdin(Stdio::null()).status().await?;
            if !done.success() {
                return Err(format!("`npm ci` in {} failed", folder.display()).into());
            }
        }
        let mut child = Command::new("node")
            .arg("server.mjs")
            .current_dir(&folder)
            .env("NODE_ENV", "production")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let orders = child.stdin.take().ok_or("no way to tell Socket.IO anything")?;
        let answers = child.stdout.take().ok_or("no way to hear from Socket.IO")?;
        let answers = BufReader::new(answers).lines();
        let mut peer = Self { child, orders, answers, port: 0 };
        let said = peer.hear().await?;
        peer.port = said["port"].as_i64().ok_or("Socket.IO says no port")?;
        Ok(peer)
    }

    async fn hear(&mut self) -> Outcome<Value> {
        let line = self.answers.next_line().await?.ok_or("Socket.IO ended")?;
        Ok(serde_json::from_str(&line)?)
    }

    async fn tell(&mut self, order: &str) -> Outcome<Value> {
        self.orders.write_all(format!("{order}\n").as_bytes()).await?;
        self.orders.flush().await?;
        self.hear().await
    }

    /// So many changes a second, each this long.
    pub(super) async fn go(&mut self, rate: u32, bytes: usize) -> Outcome<()> {
        self.tell(&format!("go {rate} {bytes}")).await.map(drop)
    }

    /// How many changes there were.
    pub(super) async fn stop(&mut self) -> Outcome<u64> {
        Ok(self.tell("stop").await?["seq"].as_u64().unwrap_or(0))
    }

    pub(super) fn door(&self) -> Door {
        Door { address: format!("127.0.0.1:{}", self.port), whom: Whom::SocketIo }
    }

    pub(super) fn pid(&self) -> Outcome<u32> {
        self.child.id().ok_or_else(|| "Socket.IO ended".into())
    }
}

/// Where the peers are: beside the source of this program, or in a folder that is named.
pub(super) fn folder(named: Option<&PathBuf>) -> Outcome<PathBuf> {
    let folder = match named {
        Some(folder) => folder.clone(),
        None => PathBuf::from("loadtest/peers"),
    };
    if folder.join("socketio/server.mjs").is_file() {
        Ok(folder)
    } else {
        let folder = folder.display();
        Err(format!(
            "{folder} holds no peers. Run this in the project's folder, or name them with --peers"
        )
        .into())
    }
}
