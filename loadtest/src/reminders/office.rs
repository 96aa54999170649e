//! A mail server that takes what it gets as fast as it can, and keeps of each mail when it came and what
//! tells it from all others.

use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio::time::Instant;

use crate::error::Outcome;

/// A mail that came.
#[derive(Debug, Clone)]
pub(super) struct Taken {
    pub(super) at: Instant,
    pub(super) key: String,
}

#[derive(Debug, Default)]
struct Book {
    taken: Mutex<Vec<Taken>>,
    count: AtomicUsize,
}

/// The mail server; ends when it is dropped.
#[derive(Debug)]
pub(super) struct Office {
    pub(super) address: SocketAddr,
    book: Arc<Book>,
    listening: JoinHandle<()>,
}

/// So much is read at once.
const READ: usize = 64 * 1_024;

/// Where a mail ends.
const END: &[u8] = b"\r\n.\r\n";

impl Office {
    /// One that takes so long for each mail.
    pub(super) async fn open(answer: Duration) -> Outcome<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let book = Arc::new(Book::default());
        let listening = tokio::spawn(listen(listener, Arc::clone(&book), answer));
        Ok(Self { address, book, listening })
    }

    /// What came before doesn't count.
    pub(super) fn forget(&self) {
        self.book.taken.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.book.count.store(0, Ordering::SeqCst);
    }

    /// What came, once that is so much, or nothing has come for so long. What is handed over twice comes
    /// a little later: there is time for that, too.
    pub(super) async fn until(&self, count: usize, patience: Duration) -> Vec<Taken> {
        let (mut before, mut since) = (0, Instant::now());
        loop {
            let now = self.book.count.load(Ordering::SeqCst);
            if now != before {
                (before, since) = (now, Instant::now());
            }
            let enough = if now >= count { Duration::from_secs(2) } else { patience };
            if since.elapsed() > enough {
                return self.book.taken.lock().unwrap_or_else(PoisonError::into_inner).clone();
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

impl Drop for Office {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

async fn listen(listener: TcpListener, book: Arc<Book>, answer: Duration) {
    while let Ok((stream, _)) = listener.accept().await {
        let book = Arc::clone(&book);
        tokio::spawn(async move {
            let _hung_up = talk(stream, &book, answer).await;
        });
    }
}

/// All that is read together is answered together.
async fn talk(mut stream: TcpStream, book: &Book, answer: Duration) -> io::Result<()> {
    stream.set_nodelay(true)?;
    stream.write_all(b"220 office.example\r\n").await?;
    let (mut heard, mut begun, mut mail) = (Vec::with_capacity(READ), 0, false);
    loop {
        if stream.read_buf(&mut heard).await? == 0 {
            return Ok(());
        }
        let mut said = Vec::new();
        loop {
            let rest = heard.get(begun..).unwrap_or_default();
            if mail {
                let Some(end) = find(rest, END) else { break };
                let key = key(rest.get(..end).unwrap_or_default());
                book.taken
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .push(Taken { at: Instant::now(), key });
                book.count.fetch_add(1, Ordering::SeqCst);
                if !answer.is_zero() {
                    tokio::time::sleep(answer).await;
                }
                (begun, mail) = (begun + end + END.len(), false);
                said.extend_from_slice(b"250 taken\r\n");
                continue;
            }
            let Some(end) = find(rest, b"\r\n") else { break };
            let line = rest.get(..end).unwrap_or_default();
            said.extend_from_slice(match line.get(..4).unwrap_or_default() {
                b"EHLO" => b"250-office.example\r\n250-PIPELINING\r\n250 8BITMIME\r\n".as_slice(),
                b"DATA" => {
                    mail = true;
                    b"354 go on\r\n"
                }
                b"QUIT" => return stream.write_all(b"221 bye\r\n").await,
                _ => b"250 yes\r\n",
            });
            begun += end + 2;
        }
        heard.drain(..begun);
        begun = 0;
        if !said.is_empty() {
            stream.write_all(&said).await?;
        }
    }
}

/// What stands in the `Message-ID`, before the at sign.
fn key(mail: &[u8]) -> String {
    const NAME: &[u8] = b"Message-ID: <";
    let rest = find(mail, NAME).and_then(|at| mail.get(at + NAME.len()..)).unwrap_or_default();
    let end = rest.iter().position(|byte| *byte == b'@').unwrap_or(0);
    String::from_utf8_lossy(rest.get(..end).unwrap_or_default()).into_owned()
}

fn find(text: &[u8], what: &[u8]) -> Option<usize> {
    let first = *what.first()?;
    let mut from = 0;
    loop {
        let at = from + text.get(from..)?.iter().position(|byte| *byte == first)?;
        if text.get(at..)?.starts_with(what) {
            return Some(at);
        }
        from = at + 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_is_told_by_its_id() {
        let mail = b"From: a@b.example\r\nMessage-ID: <msg_1@localhost>\r\n\r\ntext\r\n.\r\nMAIL";
        let end = find(mail, END).unwrap();
        assert_eq!(key(&mail[..end]), "msg_1");
        assert_eq!(&mail[end + END.len()..], b"MAIL");
        assert_eq!(find(b"\r\r\n.\r", END), None);
        assert_eq!(key(b"nothing"), "");
    }
}
