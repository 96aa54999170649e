//! What stand-ins have in common: they listen on this machine, with TLS or without, speak just enough of
//! HTTP, written out by hand so that they can do what no decent server does, and do as they are told.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use tokio::task::{JoinHandle, JoinSet};
use tokio_rustls::TlsAcceptor;

use crate::authority::Certified;

/// A port of this machine that is somebody's, who doesn't answer yet.
pub struct Site {
    listener: TcpListener,
    port: u16,
    tls: Option<TlsAcceptor>,
}

impl Site {
    /// A free one.
    pub async fn free() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("its number").port();
        Self { listener, port, tls: None }
    }

    /// A free one, at which TLS is spoken by whom somebody vouches for.
    pub async fn of(certified: &Certified) -> Self {
        Self { tls: Some(certified.acceptor()), ..Self::free().await }
    }

    /// How it is called: a scheme, a host and a port.
    pub fn origin(&self) -> String {
        match self.tls {
            None => format!("http://127.0.0.1:{}", self.port),
            Some(_) => format!("https://localhost:{}", self.port),
        }
    }

    /// From now on requests are answered with what this gives; where it gives nothing, it hangs up.
    pub fn open<F>(self, answer: impl Fn(Asked) -> F + Send + Sync + 'static) -> Place
    where
        F: Future<Output = Option<String>> + Send + 'static,
    {
        let (origin, port) = (self.origin(), self.port);
        let (doors, answer) = (Arc::new(AtomicBool::new(true)), Arc::new(answer));
        let open = Arc::clone(&doors);
        let listening = tokio::spawn(async move {
            let mut talks = JoinSet::new();
            while let Ok((stream, _)) = self.listener.accept().await {
                let (answer, open) = (Arc::clone(&answer), Arc::clone(&open));
                let tls = self.tls.clone();
                talks.spawn(async move {
                    // Whoever hangs up, or doesn't believe who we are, hangs up.
                    let _ = match tls {
                        None => talk(stream, &open, &*answer).await,
                        Some(tls) => match tls.accept(stream).await {
                            Ok(stream) => talk(stream, &open, &*answer).await,
                            Err(error) => Err(error),
                        },
                    };
                });
                while talks.try_join_next().is_some() {}
            }
        });
        Place { origin, port, doors, listening }
    }
}

/// Somebody who answers at a port of this machine. When it is dropped, whoever is being talked to is hung
/// up on.
#[derive(Debug)]
pub struct Place {
    /// How it is called.
    pub origin: String,
    /// The port.
    pub port: u16,
    doors: Arc<AtomicBool>,
    listening: JoinHandle<()>,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

impl Place {
    /// From now on it hangs up on everybody, or answers again.
    pub fn doors(&self, open: bool) {
        self.doors.store(open, Ordering::SeqCst);
    }
}

/// One connection, request after request.
async fn talk<F>(
    stream: impl AsyncRead + AsyncWrite + Unpin,
    open: &AtomicBool,
    answer: &(impl Fn(Asked) -> F + Sync),
) -> io::Result<()>
where
    F: Future<Output = Option<String>>,
{
    let mut stream = BufReader::new(stream);
    while let Some(asked) = read(&mut stream).await? {
        if !open.load(Ordering::SeqCst) {
            break;
        }
        let Some(said) = answer(asked).await else { break };
        stream.get_mut().write_all(said.as_bytes()).await?;
        stream.get_mut().flush().await?;
    }
    Ok(())
}

/// What somebody does who does as they are told: with the next ones something, one each, and with all
/// others the same.
pub struct Orders<R, A> {
    next: Mutex<VecDeque<A>>,
    always: Mutex<Box<dyn Fn(&R) -> A + Send + Sync>>,
}

impl<R, A> fmt::Debug for Orders<R, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Orders").field("next", &lock(&self.next).len()).finish_non_exhaustive()
    }
}

impl<R, A> Orders<R, A> {
    /// Always this.
    pub fn new(always: impl Fn(&R) -> A + Send + Sync + 'static) -> Self {
        Self { next: Mutex::default(), always: Mutex::new(Box::new(always)) }
    }

    /// This with the next ones.
    pub fn next(&self, acts: impl IntoIterator<Item = A>) {
        lock(&self.next).extend(acts);
    }

    /// This with all others.
    pub fn always(&self, always: impl Fn(&R) -> A + Send + Sync + 'static) {
        *lock(&self.always) = Box::new(always);
    }

    /// What is to be done now.
    pub fn about(&self, what: &R) -> A {
        let ordered = lock(&self.next).pop_front();
        ordered.unwrap_or_else(|| (*lock(&self.always))(what))
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
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
async fn read(stream: &mut BufReader<impl AsyncRead + Unpin>) -> io::Result<Option<Asked>> {
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
