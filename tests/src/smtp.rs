//! A real SMTP server (`tests/outside/smtp.mjs`), which refuses, drops and stalls as ordered.

#![expect(clippy::unwrap_used, reason = "a test says what it expects by failing")]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Map, Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout};

use crate::authority::Certified;

/// The running server; ends when it is dropped.
#[derive(Debug)]
pub struct SmtpServer {
    /// Where it listens.
    pub port: u16,
    orders: ChildStdin,
    events: Lines<BufReader<ChildStdout>>,
    child: Child,
}

/// What the server says.
#[derive(Debug, Deserialize)]
#[serde(tag = "event", rename_all = "lowercase")]
pub enum Event {
    /// It takes connections.
    Listening {
        /// Where.
        port: u16,
    },
    /// An order is in force.
    Ordered,
    /// It refused a recipient.
    Refused {
        /// How.
        code: u16,
    },
    /// Somebody came with a wrong user or password.
    Denied,
    /// It cut a connection.
    Dropped,
    /// It leaves a connection without an answer.
    Stalled,
    /// A mail arrived.
    Mail(Box<Received>),
}

/// A mail that arrived.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Received {
    /// What was said outside of the mail.
    pub envelope: Envelope,
    /// Its headers, by their names in small letters.
    pub headers: Map<String, Value>,
    /// The sender it shows.
    pub from: Mailbox,
    /// The recipients it shows.
    pub to: Vec<Mailbox>,
    /// Decoded.
    pub subject: String,
    /// What tells it from all others.
    pub message_id: String,
    /// When it was written.
    pub date: String,
    /// The text part.
    pub text: String,
    /// The HTML part.
    pub html: String,
    /// How many attachments.
    pub attachments: u32,
}

/// What was said outside of a mail.
#[derive(Debug, PartialEq, Eq, Deserialize)]
pub struct Envelope {
    /// Who gets bounces.
    pub from: String,
    /// Who gets it.
    pub to: Vec<String>,
    /// Who was signed in.
    pub user: Option<String>,
    /// By which mechanism.
    pub method: Option<String>,
    /// Whether it was said under TLS.
    pub secure: bool,
}

/// When TLS begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tls {
    /// By STARTTLS: what comes before is in the clear.
    Upgrade,
    /// With the first byte.
    Whole,
}

/// An address with its name.
#[derive(Debug, PartialEq, Eq, Deserialize)]
pub struct Mailbox {
    /// May be empty.
    pub name: String,
    /// The address.
    pub address: String,
}

impl SmtpServer {
    /// One that takes everything, on a free port.
    pub async fn start() -> Self {
        Self::start_with(0, &[]).await
    }

    /// One that takes mail only from `user:password`.
    pub async fn start_for(login: &str) -> Self {
        Self::start_with(0, &[login]).await
    }

    /// One on a port that somebody expects it on.
    pub async fn start_on(port: u16) -> Self {
        Self::start_with(port, &[]).await
    }

    /// One that offers STARTTLS, with a certificate that nobody knows.
    pub async fn start_with_unknown_certificate() -> Self {
        Self::start_with(0, &["", "starttls"]).await
    }

    /// One that somebody vouches for, and that takes mail only from `user:password`, under TLS.
    pub async fn start_as(certified: &Certified, tls: Tls, login: &str) -> Self {
        let tls = match tls {
            Tls::Upgrade => "starttls",
            Tls::Whole => "tls",
        };
        Self::start_with(0, &[login, tls, &certified.pem, &certified.key_pem]).await
    }

    async fn start_with(port: u16, more: &[&str]) -> Self {
        let folder = tokio::task::spawn_blocking(installed).await.unwrap();
        let mut child = tokio::process::Command::new("node")
            .current_dir(folder)
            .args(["smtp.mjs", &port.to_string()])
            .args(more)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("node runs the SMTP server");
        let orders = child.stdin.take().unwrap();
        let events = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut server = Self { port, orders, events, child };
        match server.next().await {
            Event::Listening { port } => server.port = port,
            other => panic!("the SMTP server didn't start: {other:?}"),
        }
        server
    }

    /// Ends it, and says on which port nobody listens now.
    pub async fn stop(self) -> u16 {
        let Self { port, orders, mut child, .. } = self;
        drop(orders);
        child.wait().await.unwrap();
        port
    }

    /// Its address, for `mail.smtp_url`.
    pub fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}", self.port)
    }

    /// From now on: refuse so many recipients with this code.
    pub async fn refuse(&mut self, code: u16, times: u32) {
        self.order(&json!({"order": "refuse", "code": code, "times": times})).await;
    }

    /// From now on: take one mail and cut the connection before saying so.
    pub async fn drop_one(&mut self) {
        self.order(&json!({"order": "drop"})).await;
    }

    /// From now on: take one mail and never say so.
    pub async fn stall_one(&mut self) {
        self.order(&json!({"order": "stall"})).await;
    }

    /// From now on: let in `user:password`, and nobody else.
    pub async fn know(&mut self, login: &str) {
        self.order(&json!({"order": "know", "login": login})).await;
    }

    async fn order(&mut self, order: &Value) {
        self.orders.write_all(format!("{order}\n").as_bytes()).await.unwrap();
        match self.next().await {
            Event::Ordered => {}
            other => panic!("{other:?} instead of following {order}"),
        }
    }

    /// The next thing that happens.
    pub async fn next(&mut self) -> Event {
        let line = tokio::time::timeout(Duration::from_mins(1), self.events.next_line()).await;
        let line = line.expect("the SMTP server had nothing to say for a minute").unwrap();
        let line = line.expect("the SMTP server ended");
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"))
    }

    /// The next mail; nothing else may happen before.
    pub async fn mail(&mut self) -> Received {
        match self.next().await {
            Event::Mail(mail) => *mail,
            other => panic!("{other:?} instead of a mail"),
        }
    }

    /// Whether nothing more has happened.
    pub async fn is_quiet(&mut self) -> bool {
        self.rest().await.is_empty()
    }

    /// All that has happened since. An order that is followed comes after it.
    pub async fn rest(&mut self) -> Vec<Event> {
        self.orders.write_all(b"{\"order\":\"accept\"}\n").await.unwrap();
        let mut rest = Vec::new();
        loop {
            match self.next().await {
                Event::Ordered => return rest,
                other => rest.push(other),
            }
        }
    }
}

/// The folder with its packages, installed if they aren't.
fn installed() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("outside");
        if !folder.join("node_modules/smtp-server/package.json").exists() {
            let done = Command::new("npm")
                .current_dir(&folder)
                .args(["ci", "--no-audit", "--no-fund", "--prefer-offline"])
                .status()
                .expect("npm is there");
            assert!(done.success(), "npm ci failed in tests/outside");
        }
        folder
    })
}
