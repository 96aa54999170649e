//! A connection that more than one may write to. Who serves requests on it owns it; who finds it by
//! where it comes from may write to it, too, once it is nothing else's any more (a WebSocket that is
//! silent): that spares waking the owner for each message.

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// From where, and to which of our addresses.
type Ends = (SocketAddr, SocketAddr);

/// The connections of a listener, by their ends.
#[derive(Debug, Clone, Default)]
pub struct Connections(Arc<Mutex<HashMap<Ends, Weak<TcpStream>>>>);

impl Connections {
    fn open(&self) -> MutexGuard<'_, HashMap<Ends, Weak<TcpStream>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The one from there to here, while it is open.
    pub fn between(&self, peer: SocketAddr, local: SocketAddr) -> Option<Arc<TcpStream>> {
        self.open().get(&(peer, local)).and_then(Weak::upgrade)
    }

    /// Takes one in.
    pub(super) fn add(&self, stream: TcpStream, ends: Ends) -> Connection {
        let stream = Arc::new(stream);
        self.open().insert(ends, Arc::downgrade(&stream));
        Connection { stream, ends, connections: self.clone() }
    }
}

/// A connection, for who owns it.
#[derive(Debug)]
pub struct Connection {
    stream: Arc<TcpStream>,
    ends: Ends,
    connections: Connections,
}

impl Drop for Connection {
    fn drop(&mut self) {
        let mut open = self.connections.open();
        // The next from there may have come already.
        let ours = Arc::as_ptr(&self.stream);
        if open.get(&self.ends).is_some_and(|one| std::ptr::eq(one.as_ptr(), ours)) {
            open.remove(&self.ends);
        }
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        loop {
            ready!(self.stream.poll_read_ready(cx))?;
            match self.stream.try_read_buf(into) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                done => return Poll::Ready(done.map(drop)),
            }
        }
    }
}

impl Connection {
    fn poll_try(
        &self,
        cx: &mut Context<'_>,
        write: impl Fn(&TcpStream) -> io::Result<usize>,
    ) -> Poll<io::Result<usize>> {
        loop {
            ready!(self.stream.poll_write_ready(cx))?;
            match write(&self.stream) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                done => return Poll::Ready(done),
            }
        }
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.poll_try(cx, |stream| stream.try_write(bytes))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.poll_try(cx, |stream| stream.try_write_vectored(bytes))
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        // Nothing is kept on the way.
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(socket2::SockRef::from(&*self.stream).shutdown(std::net::Shutdown::Write))
    }
}
