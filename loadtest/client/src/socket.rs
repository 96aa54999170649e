//! One connection.

use std::collections::BTreeMap;

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::{TcpSocket, TcpStream, lookup_host};
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::http::{HeaderName, HeaderValue};
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

/// Where and as whom to connect.
#[derive(Debug, Clone, Default)]
pub struct Door {
    /// `127.0.0.1:8080`
    pub address: String,
    /// What follows the path, such as `anybody=true`; nothing if empty.
    pub query: String,
    /// Headers of the handshake: `Cookie`, `Authorization`, `Origin`, `Openchair-Tenant`.
    pub headers: BTreeMap<String, String>,
    /// What is shown in the first message: an access token, an API key, a ticket's token.
    pub auth: Option<String>,
    /// Whether there is as little room as can be for what is on its way: who doesn't read soon then has
    /// read slowly.
    pub narrow: bool,
}

impl Door {
    /// Nobody in particular, at the server at this address, with or without `http://`.
    pub fn at(url: &str) -> Self {
        let address = url.trim_start_matches("http://").trim_end_matches('/').to_owned();
        Self { address, ..Self::default() }
    }

    /// With another header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.insert(name.to_owned(), value.to_owned());
        self
    }

    /// With a query.
    #[must_use]
    pub fn with_query(mut self, query: &str) -> Self {
        query.clone_into(&mut self.query);
        self
    }

    /// With as little room as can be for what is on its way.
    #[must_use]
    pub fn narrow(self) -> Self {
        Self { narrow: true, ..self }
    }

    /// Shows a token in the `Authorization` header of the handshake.
    #[must_use]
    pub fn bearer(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    /// Shows a token in the first message.
    #[must_use]
    pub fn first_message(mut self, token: &str) -> Self {
        self.auth = Some(token.to_owned());
        self
    }
}

/// How a connection was closed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Closed {
    /// The code of the close frame; none if the connection just broke.
    pub code: Option<u16>,
    /// Its text.
    pub reason: String,
    /// The server's last message, if it said goodbye.
    pub bye: Option<Value>,
}

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
pub enum LiveError {
    /// Nobody answers.
    #[error("can't connect: {0}")]
    Connect(#[source] std::io::Error),
    /// The server refused the handshake.
    #[error("refused with {status}: {body}")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// The problem document.
        body: String,
    },
    /// Something else.
    #[error("{0}")]
    Protocol(#[source] Box<Error>),
}

/// What a socket hears.
#[derive(Debug, Clone, PartialEq)]
pub enum Heard {
    /// A message of the server.
    Message(Value),
    /// It is over.
    Closed(Closed),
}

/// An open connection.
#[derive(Debug)]
pub struct Socket {
    ws: WebSocketStream<TcpStream>,
    bye: Option<Value>,
}

/// Messages are small; boards are large.
const BUFFER: usize = 4 * 1024;

/// What the system grants to who asks for next to nothing.
const NARROW: u32 = 2_048;

async fn connect(door: &Door) -> std::io::Result<TcpStream> {
    if !door.narrow {
        return TcpStream::connect(&door.address).await;
    }
    let address = lookup_host(&door.address).await?.next();
    let address = address.ok_or(std::io::ErrorKind::AddrNotAvailable)?;
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    socket.set_recv_buffer_size(NARROW)?;
    socket.connect(address).await
}

impl Socket {
    /// Connects, and says who it is if the door says so. Doesn't wait for the hello.
    pub async fn connect(door: &Door) -> Result<Self, LiveError> {
        let stream = connect(door).await.map_err(LiveError::Connect)?;
        let _kept = stream.set_nodelay(true);
        let failed = |error: Error| LiveError::Protocol(Box::new(error));
        let ask = if door.query.is_empty() { "" } else { "?" };
        let url = format!("ws://{}/v1/live{ask}{}", door.address, door.query);
        let mut request = url.into_client_request().map_err(failed)?;
        for (name, value) in &door.headers {
            let header =
                (HeaderName::try_from(name.as_str()), HeaderValue::try_from(value.as_str()));
            if let (Ok(name), Ok(value)) = header {
                request.headers_mut().insert(name, value);
            }
        }
        let config = WebSocketConfig::default().read_buffer_size(BUFFER).write_buffer_size(0);
        let ws = match client_async_with_config(request, stream, Some(config)).await {
            Ok((ws, _)) => ws,
            Err(Error::Http(response)) => {
                let status = response.status().as_u16();
                let body = response.into_body().unwrap_or_default();
                let body = String::from_utf8_lossy(&body).into_owned();
                return Err(LiveError::Refused { status, body });
            }
            Err(error) => return Err(failed(error)),
        };
        let mut socket = Self { ws, bye: None };
        if let Some(token) = &door.auth {
            socket.say(&json!({ "auth": token })).await;
        }
        Ok(socket)
    }

    /// Says something. A connection that broke is noticed by who listens.
    pub async fn say(&mut self, message: &Value) {
        let _gone = self.ws.send(Message::text(message.to_string())).await;
    }

    /// Says something that is no message of ours.
    pub async fn send(&mut self, message: Message) {
        let _gone = self.ws.send(message).await;
    }

    /// Hears the next message, or how it ended. Cancelling it loses nothing.
    pub async fn hear(&mut self) -> Heard {
        loop {
            match self.ws.next().await {
                Some(Ok(Message::Text(text))) => {
                    let value: Value = serde_json::from_str(&text).unwrap_or(Value::Null);
                    if value["type"] == "bye" {
                        self.bye = Some(value.clone());
                    }
                    return Heard::Message(value);
                }
                Some(Ok(Message::Close(frame))) => return self.closed(frame.as_ref()),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return self.closed(None),
            }
        }
    }

    fn closed(&mut self, frame: Option<&CloseFrame>) -> Heard {
        Heard::Closed(Closed {
            code: frame.map(|frame| frame.code.into()),
            reason: frame.map(|frame| frame.reason.to_string()).unwrap_or_default(),
            bye: self.bye.take(),
        })
    }

    /// Says goodbye.
    pub async fn close(mut self) {
        let _gone = self.ws.close(None).await;
    }

    /// The connection itself, for who wants to misbehave.
    pub fn stream(&mut self) -> &mut TcpStream {
        self.ws.get_mut()
    }
}
