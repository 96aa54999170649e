//! Others' programs, all in one: each endpoint has a path of its own and its manner, and whatever
//! comes is noted with its time.

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use openchair_domain::time::{Clock as _, Instant as Moment, SystemClock};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};

use crate::error::Outcome;

/// How an endpoint behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Manner {
    /// Nobody listens.
    Closed,
    /// It takes requests and never answers.
    Silent,
    /// It answers after a while.
    Slow,
    /// It answers at once, but wants few a second.
    Limited,
    /// It answers at once.
    Healthy,
}

/// What came.
#[derive(Debug, Default)]
pub(super) struct Arrivals {
    /// Each request: when, on a scale that only goes forward, and to which endpoint.
    pub(super) all: Vec<(Instant, usize)>,
    /// When an event came to an endpoint first, by the clock that the database goes by, too.
    pub(super) first: HashMap<(usize, String), Moment>,
    /// How many of those there are at endpoints that answer at once.
    prompt: usize,
}

#[derive(Debug)]
struct Book {
    manners: Vec<Manner>,
    slow: Duration,
    arrivals: Mutex<Arrivals>,
}

/// The receiver; ends when it is dropped.
#[derive(Debug)]
pub(super) struct Receiver {
    address: SocketAddr,
    /// Bound, and never listened at: nobody else gets it meanwhile.
    closed: TcpSocket,
    book: Arc<Book>,
    listening: JoinHandle<()>,
}

/// So much is read at once.
const READ: usize = 8 * 1_024;
/// Longer than any patience.
const NEVER: Duration = Duration::from_hours(1);

impl Receiver {
    /// Endpoints of these manners; slow ones answer after so long.
    pub(super) fn open(manners: Vec<Manner>, slow: Duration) -> Outcome<Self> {
        let closed = TcpSocket::new_v4()?;
        closed.bind("127.0.0.1:0".parse()?)?;
        // All of them may be connected to at once.
        let socket = TcpSocket::new_v4()?;
        socket.bind("127.0.0.1:0".parse()?)?;
        let listener = socket.listen(4_096)?;
        let address = listener.local_addr()?;
        let book = Arc::new(Book { manners, slow, arrivals: Mutex::default() });
        let listening = tokio::spawn(listen(listener, Arc::clone(&book)));
        Ok(Self { address, closed, book, listening })
    }

    /// How the endpoints behave.
    pub(super) fn manners(&self) -> &[Manner] {
        &self.book.manners
    }

    /// Where an endpoint is.
    pub(super) fn url(&self, endpoint: usize) -> Outcome<String> {
        let closed = self.book.manners.get(endpoint) == Some(&Manner::Closed);
        let address = if closed { self.closed.local_addr()? } else { self.address };
        Ok(format!("http://{address}/{endpoint}"))
    }

    /// What came, once so many events are where they are awaited, or none has come there for so long.
    /// What comes twice comes a little later: there is time for that, too.
    pub(super) async fn until(&self, count: usize, patience: Duration) -> MutexGuard<'_, Arrivals> {
        let (mut before, mut since) = (0, Instant::now());
        loop {
            let now = self.book.arrivals().prompt;
            if now != before {
                (before, since) = (now, Instant::now());
            }
            let enough = if now >= count { Duration::from_secs(2) } else { patience };
            if since.elapsed() > enough {
                return self.book.arrivals();
            }
            sleep(Duration::from_millis(20)).await;
        }
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

impl Book {
    fn arrivals(&self) -> MutexGuard<'_, Arrivals> {
        self.arrivals.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes a request, and says how long its answer takes.
    fn note(&self, request: Request) -> Option<Duration> {
        let Request { endpoint, event, .. } = request;
        let manner = *self.manners.get(endpoint)?;
        let mut arrivals = self.arrivals();
        arrivals.all.push((Instant::now(), endpoint));
        let prompt = matches!(manner, Manner::Healthy | Manner::Limited);
        if let std::collections::hash_map::Entry::Vacant(new) =
            arrivals.first.entry((endpoint, event))
        {
            new.insert(SystemClock.now());
            arrivals.prompt += usize::from(prompt);
        }
        Some(match manner {
            Manner::Closed | Manner::Silent => NEVER,
            Manner::Slow => self.slow,
            Manner::Limited | Manner::Healthy => Duration::ZERO,
        })
    }
}

async fn listen(listener: TcpListener, book: Arc<Book>) {
    while let Ok((stream, _)) = listener.accept().await {
        let book = Arc::clone(&book);
        tokio::spawn(async move {
            let _hung_up = talk(stream, &book).await;
        });
    }
}

/// One request after the other. It has arrived when its head has.
async fn talk(mut stream: TcpStream, book: &Book) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut heard = Vec::with_capacity(READ);
    loop {
        let head = loop {
            if let Some(end) = heard.windows(4).position(|four| four == b"\r\n\r\n") {
                break end + 4;
            }
            if stream.read_buf(&mut heard).await? == 0 {
                return Ok(());
            }
        };
        let bad = || io::Error::new(io::ErrorKind::InvalidData, "no request of ours");
        let request = Request::read(heard.get(..head).unwrap_or_default()).ok_or_else(bad)?;
        let length = head + request.body;
        let pause = book.note(request).ok_or_else(bad)?;
        while heard.len() < length {
            if stream.read_buf(&mut heard).await? == 0 {
                return Ok(());
            }
        }
        heard.drain(..length);
        if !pause.is_zero() {
            // Whoever has lost patience hangs up.
            tokio::select! {
                () = sleep(pause) => {}
                more = stream.read_buf(&mut heard) => if more? == 0 { return Ok(()) },
            }
        }
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await?;
    }
}

/// What a request's head says.
#[derive(Debug, PartialEq, Eq)]
struct Request {
    endpoint: usize,
    event: String,
    /// How long its body is.
    body: usize,
}

impl Request {
    fn read(head: &[u8]) -> Option<Self> {
        let head = std::str::from_utf8(head).ok()?;
        let mut lines = head.lines();
        let path = lines.next()?.strip_prefix("POST /")?.split(' ').next()?;
        let headers: Vec<_> = lines.filter_map(|line| line.split_once(": ")).collect();
        let header = |name: &str| {
            let mut found = headers.iter().filter(|(known, _)| known.eq_ignore_ascii_case(name));
            found.next().map(|(_, value)| value.trim())
        };
        Some(Self {
            endpoint: path.parse().ok()?,
            event: header("webhook-id")?.to_owned(),
            body: header("content-length")?.parse().ok()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_head_says() {
        let head = b"POST /17 HTTP/1.1\r\nWebhook-Id: evt_1\r\ncontent-length: 42\r\n\r\n";
        let expected = Request { endpoint: 17, event: "evt_1".to_owned(), body: 42 };
        assert_eq!(Request::read(head), Some(expected));
        assert_eq!(Request::read(b"POST /17 HTTP/1.1\r\ncontent-length: 42\r\n\r\n"), None);
        assert_eq!(Request::read(b"GET /17 HTTP/1.1\r\n\r\n"), None);
    }
}
