//! Just enough of HTTP, written out by hand, so that a stand-in can do what no decent server does.

#![expect(clippy::unwrap_used, reason = "a test says what it expects by failing")]

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// Where a stand-in listens; it ends when this is dropped.
#[derive(Debug)]
pub struct Door {
    /// Its address.
    pub address: SocketAddr,
    listening: JoinHandle<()>,
}

impl Drop for Door {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

impl Door {
    /// One behind which each connection is served like this, with what all of them share.
    pub async fn open<S, F>(
        share: impl FnOnce(SocketAddr) -> S,
        serve: fn(BufReader<TcpStream>, Arc<S>) -> F,
    ) -> (Self, Arc<S>)
    where
        S: Send + Sync + 'static,
        F: Future<Output = io::Result<()>> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(share(address));
        let of_all = Arc::clone(&shared);
        let listening = tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let serving = serve(BufReader::new(stream), Arc::clone(&of_all));
                tokio::spawn(async move {
                    // Whoever hangs up, hangs up.
                    let _ = serving.await;
                });
            }
        });
        (Self { address, listening }, shared)
    }
}

/// A request that came.
#[derive(Debug, Clone)]
pub struct Asked {
    /// How.
    pub method: String,
    /// Where to.
    pub path: String,
    /// By their names in small letters.
    pub headers: HashMap<String, String>,
    /// As it came.
    pub body: Vec<u8>,
}

impl Asked {
    /// A header, empty if it isn't there.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }
}

/// The next request on a connection; none: whoever it was hung up.
pub async fn read(stream: &mut BufReader<TcpStream>) -> io::Result<Option<Asked>> {
    let mut line = String::new();
    if stream.read_line(&mut line).await? == 0 {
        return Ok(None);
    }
    let mut words = line.split(' ').map(str::to_owned);
    let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let mut headers = HashMap::new();
    loop {
        line.clear();
        stream.read_line(&mut line).await?;
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        headers.insert(name.to_lowercase(), value.to_owned());
    }
    let length = headers.get("content-length").and_then(|length| length.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    stream.read_exact(&mut body).await?;
    Ok(Some(Asked { method, path, headers, body }))
}

/// An answer as it is written.
pub fn answer(status: u16, headers: &str, body: &str) -> String {
    format!("HTTP/1.1 {status} Said\r\n{headers}content-length: {}\r\n\r\n{body}", body.len())
}
