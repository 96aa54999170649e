//! A mail server that can do what no decent one does: refuses, hangs up, takes its time, or closes its
//! doors altogether. It keeps of each mail what tells it from all others.

use std::fmt;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

/// What it does with a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    /// Takes it.
    Take,
    /// Takes it, and says so after a while.
    Slowly(Duration),
    /// Refuses its recipient.
    Refuse(u16),
    /// Says that it is too busy, and hangs up.
    Busy,
    /// Takes all of it, and hangs up without a word.
    Cut,
    /// Takes all of it, and never says so.
    Stall,
}

/// A mail that it has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// When it was whole.
    pub at: Instant,
    /// What stands in its `Message-ID`, before the at sign.
    pub key: String,
    /// Who gets it.
    pub to: String,
}

type Policy = Box<dyn Fn(&str) -> Deed + Send + Sync>;

struct State {
    letters: Mutex<Vec<Letter>>,
    policy: Mutex<Policy>,
    open: AtomicBool,
    /// How many knocked, whether or not it was open.
    knocks: AtomicUsize,
}

/// The mail server; ends when it is dropped.
pub struct PostOffice {
    address: SocketAddr,
    state: Arc<State>,
    listening: JoinHandle<()>,
}

impl fmt::Debug for PostOffice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostOffice").field("address", &self.address).finish_non_exhaustive()
    }
}

impl PostOffice {
    /// One that takes everything.
    pub async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("its number");
        let state = Arc::new(State {
            letters: Mutex::default(),
            policy: Mutex::new(Box::new(|_| Deed::Take)),
            open: AtomicBool::new(true),
            knocks: AtomicUsize::new(0),
        });
        let listening = tokio::spawn(listen(listener, Arc::clone(&state)));
        Self { address, state, listening }
    }

    /// Its address, for `mail.smtp_url`.
    pub fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    /// From now on it does with each mail what this says, given its recipient.
    pub fn always(&self, policy: impl Fn(&str) -> Deed + Send + Sync + 'static) {
        *lock(&self.state.policy) = Box::new(policy);
    }

    /// From now on it hangs up on everybody, or takes mails again.
    pub fn doors(&self, open: bool) {
        self.state.open.store(open, Ordering::SeqCst);
    }

    /// How often somebody connected so far.
    pub fn knocks(&self) -> usize {
        self.state.knocks.load(Ordering::SeqCst)
    }

    /// Everything that it has, in the order in which it came.
    pub fn letters(&self) -> Vec<Letter> {
        lock(&self.state.letters).clone()
    }

    /// Those to one recipient.
    pub fn letters_to(&self, to: &str) -> Vec<Letter> {
        self.letters().into_iter().filter(|letter| letter.to == to).collect()
    }
}

impl Drop for PostOffice {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn listen(listener: TcpListener, state: Arc<State>) {
    // Whoever is being talked to is hung up on when we end.
    let mut talks = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        state.knocks.fetch_add(1, Ordering::SeqCst);
        if state.open.load(Ordering::SeqCst) {
            let state = Arc::clone(&state);
            talks.spawn(async move {
                let _hung_up = talk(stream, &state).await;
            });
        }
        while talks.try_join_next().is_some() {}
    }
}

async fn talk(stream: TcpStream, state: &State) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let (read, mut write) = stream.into_split();
    let mut read = BufReader::new(read);
    write.write_all(b"220 office.example\r\n").await?;
    let (mut to, mut deed) = (None::<String>, Deed::Take);
    loop {
        let mut line = String::new();
        if read.read_line(&mut line).await? == 0 || !state.open.load(Ordering::SeqCst) {
            return Ok(());
        }
        let verb = line.get(..4).unwrap_or_default().to_ascii_uppercase();
        let answer = match verb.as_str() {
            "EHLO" => "250-office.example\r\n250-PIPELINING\r\n250 8BITMIME\r\n".to_owned(),
            "MAIL" | "RSET" => {
                to = None;
                "250 yes\r\n".to_owned()
            }
            "RCPT" => {
                let who = between(&line, '<', '>').to_owned();
                deed = lock(&state.policy)(&who);
                match deed {
                    Deed::Refuse(code) => format!("{code} no\r\n"),
                    Deed::Busy => {
                        return write.write_all(b"421 too busy\r\n").await;
                    }
                    _ => {
                        to = Some(who);
                        "250 yes\r\n".to_owned()
                    }
                }
            }
            "DATA" => match to.take() {
                None => "554 to whom?\r\n".to_owned(),
                Some(to) => {
                    if !take(&mut read, &mut write, state, (to, deed)).await? {
                        return Ok(());
                    }
                    "250 taken\r\n".to_owned()
                }
            },
            "NOOP" => "250 yes\r\n".to_owned(),
            "QUIT" => return write.write_all(b"221 bye\r\n").await,
            _ => "502 what?\r\n".to_owned(),
        };
        write.write_all(answer.as_bytes()).await?;
    }
}

/// Takes a mail. Says whether it is to be told so.
async fn take(
    read: &mut BufReader<OwnedReadHalf>,
    write: &mut OwnedWriteHalf,
    state: &State,
    (to, deed): (String, Deed),
) -> std::io::Result<bool> {
    write.write_all(b"354 go on\r\n").await?;
    let (mut key, mut line) = (String::new(), Vec::new());
    loop {
        line.clear();
        if read.read_until(b'\n', &mut line).await? == 0 {
            // Not all of it came: there is no mail.
            return Ok(false);
        }
        if line == b".\r\n" {
            break;
        }
        let text = String::from_utf8_lossy(&line);
        if key.is_empty() && text.to_ascii_lowercase().starts_with("message-id:") {
            key = between(&text, '<', '@').to_owned();
        }
    }
    lock(&state.letters).push(Letter { at: Instant::now(), key, to });
    match deed {
        Deed::Cut => return Ok(false),
        Deed::Stall => {
            // Until they hang up.
            let _said = read.read_to_end(&mut line).await?;
            return Ok(false);
        }
        Deed::Slowly(pause) => tokio::time::sleep(pause).await,
        _ => {}
    }
    Ok(true)
}

fn between(text: &str, from: char, to: char) -> &str {
    let rest = text.split_once(from).map_or("", |(_, rest)| rest);
    rest.split_once(to).map_or("", |(found, _)| found)
}
