//! One socket that listens, and when it heard what. The same for our own messages and for Socket.IO's,
//! so that whoever measures costs both the same.

use futures_util::{SinkExt as _, StreamExt as _};
use openchair_domain::time::{Clock as _, SystemClock};
use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::watch;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;

use crate::error::Outcome;

/// Whom it listens to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Whom {
    /// Openchair: who we are, and what we want to hear of.
    Us { first: Vec<String> },
    /// Socket.IO, which puts everybody into its one room.
    SocketIo,
}

/// Where it listens.
#[derive(Debug, Clone)]
pub(super) struct Door {
    /// `127.0.0.1:…`
    pub(super) address: String,
    pub(super) whom: Whom,
}

/// A message with news.
#[derive(Debug, Clone, Copy)]
pub(super) struct Heard {
    /// The newest that it tells of.
    pub(super) seq: u64,
    /// In microseconds since 1970, as the database counts.
    pub(super) at: i64,
    /// How long it was.
    pub(super) bytes: usize,
    /// When it was sent, if it says so.
    pub(super) sent: Option<i64>,
}

/// A socket that is open and has been told how things stand.
#[derive(Debug)]
pub(super) struct Listener {
    socket: WebSocketStream<TcpStream>,
    whom: Whom,
}

impl Door {
    fn url(&self) -> String {
        let path = match self.whom {
            Whom::Us { .. } => "/v1/live",
            Whom::SocketIo => "/socket.io/?EIO=4&transport=websocket",
        };
        format!("ws://{}{path}", self.address)
    }

    /// Opens a socket and waits until it is told how things stand.
    pub(super) async fn open(&self) -> Outcome<Listener> {
        self.open_on(TcpSocket::new_v4()?).await
    }

    /// The same for who will not read: little may wait on its side.
    pub(super) async fn open_narrow(&self) -> Outcome<Listener> {
        let socket = TcpSocket::new_v4()?;
        socket.set_recv_buffer_size(4096)?;
        self.open_on(socket).await
    }

    async fn open_on(&self, socket: TcpSocket) -> Outcome<Listener> {
        let stream = socket.connect(self.address.parse()?).await?;
        stream.set_nodelay(true)?;
        // A crowd of them is one process.
        let config = WebSocketConfig::default()
            .read_buffer_size(8 * 1024)
            .write_buffer_size(0)
            .max_write_buffer_size(64 * 1024);
        let request = self.url().into_client_request()?;
        let opened =
            tokio_tungstenite::client_async_with_config(request, stream, Some(config)).await?;
        let mut listener = Listener { socket: opened.0, whom: self.whom.clone() };
        listener.introduce().await?;
        Ok(listener)
    }
}

impl Listener {
    async fn introduce(&mut self) -> Outcome<()> {
        let (first, due) = match &self.whom {
            Whom::Us { first } => (first.clone(), first.len().saturating_sub(1)),
            Whom::SocketIo => (vec!["40".to_owned()], 1),
        };
        for text in first {
            self.socket.send(Message::text(text)).await?;
        }
        let mut begun = 0;
        while begun < due {
            let text = self.text().await?;
            let (ready, refused) = match self.whom {
                Whom::Us { .. } => (is_of(&text, "snapshot"), is_of(&text, "error")),
                Whom::SocketIo => (text.starts_with("40"), text.starts_with("44")),
            };
            if refused {
                return Err(format!("a socket was told {text}").into());
            }
            begun += usize::from(ready);
        }
        Ok(())
    }

    async fn text(&mut self) -> Outcome<String> {
        loop {
            match self.socket.next().await.ok_or("a socket was closed")?? {
                Message::Text(text) => return Ok(text.as_str().to_owned()),
                Message::Close(why) => return Err(format!("a socket was closed: {why:?}").into()),
                _ => {}
            }
        }
    }

    /// Listens until it is enough.
    pub(super) async fn listen(mut self, mut enough: watch::Receiver<bool>) -> Outcome<Vec<Heard>> {
        let mut heard = Vec::new();
        loop {
            let message = tokio::select! {
                _ = enough.wait_for(|enough| *enough) => break,
                message = self.socket.next() => message.ok_or("a socket was closed")??,
            };
            let at = SystemClock.now().timestamp_micros();
            let Message::Text(text) = message else {
                if message.is_close() {
                    return Err("a socket was closed".into());
                }
                continue;
            };
            let text = text.as_str();
            match self.whom {
                Whom::SocketIo if text == "2" => self.socket.send(Message::text("3")).await?,
                Whom::SocketIo if text.starts_with("42") => {
                    heard.push(Heard::of(text, at, number(text, "\"at\":"))?);
                }
                Whom::Us { .. } if is_of(text, "change") || is_of(text, "snapshot") => {
                    heard.push(Heard::of(text, at, None)?);
                }
                _ => {}
            }
        }
        Ok(heard)
    }
}

impl Heard {
    fn of(text: &str, at: i64, sent: Option<i64>) -> Outcome<Self> {
        let seq =
            number(text, "\"seq\":").ok_or_else(|| format!("news without a number: {text}"))?;
        Ok(Self { seq: u64::try_from(seq)?, at, bytes: text.len(), sent })
    }
}

/// Whether it is a message of ours of this type, which is the last that it says. To read all of it would
/// cost more than to send it.
fn is_of(text: &str, kind: &str) -> bool {
    let tail = text.rfind("\"type\":\"").and_then(|at| text.get(at + 8..));
    tail.is_some_and(|tail| tail.starts_with(kind))
}

fn number(text: &str, name: &str) -> Option<i64> {
    let from = text.rfind(name)? + name.len();
    let digits = text[from..].bytes().take_while(u8::is_ascii_digit).count();
    text[from..from + digits].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_found_where_they_are_named() {
        let text = r#"42["change",{"seq":17,"at":1234567890123,"filler":"x"}]"#;
        assert_eq!(number(text, "\"seq\":"), Some(17));
        assert_eq!(number(text, "\"at\":"), Some(1_234_567_890_123));
        assert_eq!(number(text, "\"no\":"), None);
        assert_eq!(number(r#"{"seq":"x"}"#, "\"seq\":"), None);
    }

    #[test]
    fn messages_are_told_by_their_type() {
        assert!(is_of(r#"{"items":[{"type":"snapshot"}],"seq":3,"type":"change"}"#, "change"));
        assert!(!is_of(r#"{"seq":3,"topic":"t","type":"snapshot"}"#, "change"));
        assert!(!is_of("", "change"));
    }
}
