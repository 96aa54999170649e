//! Takes connections in. poem's own acceptor leaves Nagle's algorithm on (small answers wait up to
//! 40 ms), and its loop spins when there are no file handles left.
//!
//! HTTP/1 has no time limit for a request's head in poem. [`IDLE_TIMEOUT`] bounds silent
//! connections; against slow ones, run behind a proxy that reads the whole request first.

mod connection;

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use poem::http::uri::Scheme;
use poem::listener::Acceptor;
use poem::web::{LocalAddr, RemoteAddr};
use tokio::net::TcpListener;

pub use connection::{Connection, Connections};

/// For `poem::Server::idle_timeout`: longer than the usual keep-alive of proxies (60 s), so that it
/// is they who close, and no request meets a connection that is just being closed.
pub const IDLE_TIMEOUT: Duration = Duration::from_secs(75);

const FIRST_PAUSE: Duration = Duration::from_millis(5);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// Accepts TCP connections, without delay and without spinning.
#[derive(Debug)]
pub struct SteadyAcceptor {
    listener: TcpListener,
    local: SocketAddr,
    connections: Connections,
}

impl SteadyAcceptor {
    /// Listens; with port 0 on a free one.
    pub async fn bind(address: SocketAddr) -> io::Result<Self> {
        Self::new(TcpListener::bind(address).await?)
    }

    /// Takes over a socket that listens already.
    pub fn new(listener: TcpListener) -> io::Result<Self> {
        let local = listener.local_addr()?;
        Ok(Self { listener, local, connections: Connections::default() })
    }

    /// The same, with the connections that it takes in to be found there.
    #[must_use]
    pub fn noting(self, connections: Connections) -> Self {
        Self { connections, ..self }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.local
    }
}

impl Acceptor for SteadyAcceptor {
    type Io = Connection;

    fn local_addr(&self) -> Vec<LocalAddr> {
        vec![LocalAddr(self.local.into())]
    }

    async fn accept(&mut self) -> io::Result<(Connection, LocalAddr, RemoteAddr, Scheme)> {
        let mut failures = 0;
        loop {
            match self.listener.accept().await {
                Ok((stream, peer)) => {
                    if failures > 0 {
                        tracing::info!(failures, "connections are accepted again");
                    }
                    // A socket that has gone already can't be set, and will say so when read.
                    let _ = stream.set_nodelay(true);
                    // Who listens on all addresses has been called at one of them.
                    let local = stream.local_addr().unwrap_or(self.local);
                    let connection = self.connections.add(stream, (peer, local));
                    let local = LocalAddr(local.into());
                    return Ok((connection, local, RemoteAddr(peer.into()), Scheme::HTTP));
                }
                Err(error) => {
                    let Some(pause) = pause(&error, failures) else { continue };
                    if failures == 0 {
                        tracing::warn!(%error, "connections can't be accepted; trying again");
                    }
                    failures += 1;
                    tokio::time::sleep(pause).await;
                }
            }
        }
    }
}

/// How long to wait after a failure; not at all if only that one connection was at fault.
fn pause(error: &io::Error, failures: u32) -> Option<Duration> {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    match error.kind() {
        ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted => None,
        _ => Some((FIRST_PAUSE * 2_u32.pow(failures.min(10))).min(LONGEST_PAUSE)),
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpStream;

    use super::*;

    #[test]
    fn pauses_grow_up_to_a_second() {
        let out_of_handles = io::Error::from_raw_os_error(24);
        let pauses: Vec<_> =
            (0..12).filter_map(|n| pause(&out_of_handles, n)).map(|p| p.as_millis()).collect();
        assert_eq!(pauses, [5, 10, 20, 40, 80, 160, 320, 640, 1000, 1000, 1000, 1000]);
        assert_eq!(pause(&io::ErrorKind::ConnectionAborted.into(), 3), None);
    }

    #[tokio::test]
    async fn small_answers_do_not_wait() {
        let mut acceptor = SteadyAcceptor::bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
        let client = TcpStream::connect(acceptor.address()).await.unwrap();
        let connections = Connections::default();
        acceptor = acceptor.noting(connections.clone());
        let (_wire, _, remote, _) = acceptor.accept().await.unwrap();
        let peer = client.local_addr().unwrap();
        assert_eq!(remote.as_socket_addr(), Some(&peer));
        assert!(connections.between(peer, acceptor.address()).unwrap().nodelay().unwrap());
    }

    #[tokio::test]
    async fn a_connection_is_found_while_it_is_open_and_ends_with_its_owner() {
        let connections = Connections::default();
        let acceptor = SteadyAcceptor::bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
        let mut acceptor = acceptor.noting(connections.clone());
        let mut client = TcpStream::connect(acceptor.address()).await.unwrap();
        let peer = client.local_addr().unwrap();
        assert!(connections.between(peer, acceptor.address()).is_none());
        let (mut wire, ..) = acceptor.accept().await.unwrap();

        let found = connections.between(peer, acceptor.address()).unwrap();
        wire.write_all(b"one ").await.unwrap();
        found.writable().await.unwrap();
        assert_eq!(found.try_write(b"two").unwrap(), 3);
        client.write_all(b"and back").await.unwrap();
        let mut heard = [0; 8];
        wire.read_exact(&mut heard).await.unwrap();
        assert_eq!(&heard, b"and back");
        wire.shutdown().await.unwrap();
        let mut said = String::new();
        client.read_to_string(&mut said).await.unwrap();
        assert_eq!(said, "one two");

        drop((wire, found));
        assert!(connections.between(peer, acceptor.address()).is_none());
    }
}
