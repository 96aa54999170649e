//! Connections to a mail server that are kept and used again. Where the server says that it may be done,
//! sender, recipient and the word that a mail follows are said in one breath: a mail is two journeys.

use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use lettre::Address;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Ehlo, Mail, Rcpt, Rset};
use lettre::transport::smtp::extension::{ClientId, Extension, MailParameter};
use percent_encoding::percent_decode_str;
use tokio::net::TcpStream;
use tokio::time::timeout;
use url::Url;

use crate::handler::with_causes;
use crate::outside::mail::{Fault, SendError};
use crate::outside::roots::Roots;

/// How long the server may take for one answer, and for letting us in.
const ANSWER: Duration = Duration::from_secs(15);
/// How long an idle connection is trusted to be there still.
const IDLE: Duration = Duration::from_secs(20);

/// A mail server, and how it is spoken to.
pub(super) struct Server {
    host: String,
    port: u16,
    hello: ClientId,
    tls: Tls,
    login: Option<Credentials>,
}

enum Tls {
    None,
    /// From the first byte.
    At(TlsParameters),
    /// By STARTTLS: it must be there, or may.
    Upgrade(TlsParameters, bool),
}

impl Server {
    /// The one at this address, with what to do about encryption spelled out.
    pub(super) fn at(url: &Url, roots: &Roots) -> Option<Self> {
        let host = url.host_str()?.to_owned();
        let how = url.query_pairs().find(|(key, _)| key == "tls").map(|(_, how)| how.into_owned());
        // An IPv6 address stands in brackets in an address of the web, and nowhere else.
        let bare = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        let known = || roots.smtp(bare.clone());
        let (tls, port) = match (url.scheme(), how.as_deref()) {
            ("smtps", _) => (Tls::At(known()?), 465),
            ("smtp", None) => (Tls::None, 25),
            ("smtp", Some("required")) => (Tls::Upgrade(known()?, true), 587),
            ("smtp", Some("opportunistic")) => (Tls::Upgrade(known()?, false), 587),
            _ => return None,
        };
        let plain = |text: &str| Some(percent_decode_str(text).decode_utf8().ok()?.into_owned());
        let login = match url.password() {
            Some(password) => Some(Credentials::new(plain(url.username())?, plain(password)?)),
            None => None,
        };
        // How we call ourselves may stand behind the address.
        let name = url.path().trim_matches('/');
        let hello = match name {
            "" => ClientId::default(),
            name => ClientId::Domain(name.to_owned()),
        };
        Some(Self { host: bare, port: url.port().unwrap_or(port), hello, tls, login })
    }

    async fn connect(&self) -> Result<Line, SendError> {
        match timeout(ANSWER, self.connected()).await {
            Ok(Ok(line)) => Ok(line),
            Ok(Err(error)) => Err(away(with_causes(&*error))),
            Err(_) => Err(away("it didn't let us in within 15 s".to_owned())),
        }
    }

    async fn connected(&self) -> Result<Line, Box<dyn std::error::Error + Send + Sync>> {
        let place = (self.host.as_str(), self.port);
        let mut connection = if let Tls::At(tls) = &self.tls {
            let tls = Some(tls.clone());
            AsyncSmtpConnection::connect_tokio1(place, Some(ANSWER), &self.hello, tls, None).await?
        } else {
            let stream = TcpStream::connect(place).await?;
            stream.set_nodelay(true)?;
            AsyncSmtpConnection::connect_with_transport(Box::new(stream), &self.hello).await?
        };
        if let Tls::Upgrade(tls, must) = &self.tls
            && (*must || connection.can_starttls())
        {
            connection.starttls(tls.clone(), &self.hello).await?;
        }
        // What the library was told of this it doesn't tell us.
        let said = connection.command(Ehlo::new(self.hello.clone())).await?;
        let pipelines = said.message().any(|line| line.eq_ignore_ascii_case("PIPELINING"));
        if let Some(login) = &self.login {
            connection.auth(DEFAULT_MECHANISMS, login).await?;
        }
        Ok(Line { connection, pipelines })
    }
}

fn away(reason: String) -> SendError {
    SendError { fault: Fault::Away, reason }
}

/// Connections that wait for the next mail.
pub(super) struct Lines {
    server: Server,
    idle: Mutex<Vec<(Line, Instant)>>,
    most: usize,
}

impl fmt::Debug for Lines {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lines").field("most", &self.most).finish_non_exhaustive()
    }
}

impl Lines {
    /// So many at most are kept.
    pub(super) fn new(server: Server, most: usize) -> Self {
        Self { server, idle: Mutex::default(), most }
    }

    /// Hands a mail over. A connection whose mail was cut off (it took too long, or the worker stops)
    /// is gone with it: the next mail must not take its answer for its own.
    pub(super) async fn send(
        &self,
        from: &Address,
        to: &Address,
        mail: &str,
    ) -> Result<(), SendError> {
        if let Some(mut line) = self.kept() {
            match line.deliver(from, to, mail).await {
                // It was cut while it was idle, and nothing of this mail was said yet.
                Err(Trouble { cut: true, begun: false, .. }) => {}
                ended => return self.ended(line, ended).await,
            }
        }
        let mut line = self.server.connect().await?;
        let ended = line.deliver(from, to, mail).await;
        self.ended(line, ended).await
    }

    async fn ended(&self, mut line: Line, ended: Result<(), Trouble>) -> Result<(), SendError> {
        let usable = match &ended {
            Ok(()) => true,
            Err(Trouble { cut: false, .. }) => line.forget().await,
            Err(_) => false,
        };
        if usable {
            let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
            if idle.len() < self.most {
                idle.push((line, Instant::now()));
            }
        }
        ended.map_err(|trouble| SendError { fault: trouble.fault(), reason: trouble.reason })
    }

    /// The one that was used last; those that were idle for long go.
    fn kept(&self) -> Option<Line> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.retain(|(_, since)| since.elapsed() < IDLE);
        idle.pop().map(|(line, _)| line)
    }
}

/// A connection that we are let in by.
struct Line {
    connection: AsyncSmtpConnection,
    pipelines: bool,
}

/// Why a mail wasn't taken.
#[derive(Debug)]
struct Trouble {
    reason: String,
    code: Option<u16>,
    /// The connection is of no use any more.
    cut: bool,
    /// The mail itself was being handed over.
    begun: bool,
    /// It can't be said to this server.
    unsayable: bool,
}

impl Trouble {
    /// Whose fault it is. What the server says about our password or our TLS is about the
    /// configuration and not about this mail, which waits until that is put right. A mail over which
    /// the connection is cut each time must not wait for ever.
    fn fault(&self) -> Fault {
        match self.code {
            _ if self.unsayable => Fault::Final,
            Some(421 | 523 | 524 | 530 | 534 | 535 | 538) => Fault::Away,
            Some(500..600) => Fault::Final,
            Some(_) => Fault::Passing,
            None if self.begun => Fault::Passing,
            None => Fault::Away,
        }
    }

    fn unsayable() -> Self {
        let reason = "the server doesn't take such addresses".to_owned();
        Self { reason, code: None, cut: false, begun: false, unsayable: true }
    }

    fn late(begun: bool) -> Self {
        let reason = "the server didn't answer within 15 s".to_owned();
        Self { reason, code: None, cut: true, begun, unsayable: false }
    }

    fn told(error: &Error, begun: bool) -> Self {
        let code = error.status().map(u16::from);
        // Whoever says 421 hangs up.
        let cut = code.is_none_or(|code| code == 421);
        Self { reason: with_causes(error), code, cut, begun, unsayable: false }
    }
}

/// Several commands at once.
struct Said(String);

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Line {
    async fn deliver(&mut self, from: &Address, to: &Address, mail: &str) -> Result<(), Trouble> {
        let offered = timeout(ANSWER, self.offer(from, to)).await;
        offered.unwrap_or_else(|_| Err(Trouble::late(false)))?;
        let said = self.connection.command(Said(dotted(mail)));
        match timeout(ANSWER, said).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(Trouble::told(&error, true)),
            Err(_) => Err(Trouble::late(true)),
        }
    }

    /// Says that there is a mail. All is well when the server waits for it.
    async fn offer(&mut self, from: &Address, to: &Address) -> Result<(), Trouble> {
        let mut with = Vec::new();
        if ![from, to].iter().all(|address| AsRef::<str>::as_ref(*address).is_ascii()) {
            if !self.connection.server_info().supports_feature(Extension::SmtpUtfEight) {
                return Err(Trouble::unsayable());
            }
            with.push(MailParameter::SmtpUtfEight);
        }
        let told = |error: Error| Trouble::told(&error, false);
        let (mail, rcpt) = (Mail::new(Some(from.clone()), with), Rcpt::new(to.clone(), Vec::new()));
        let connection = &mut self.connection;
        if !self.pipelines {
            connection.command(mail).await.map_err(told)?;
            connection.command(rcpt).await.map_err(told)?;
            connection.command(Data).await.map_err(told)?;
            return Ok(());
        }
        let first = connection.command(Said(format!("{mail}{rcpt}{Data}"))).await;
        let mut trouble = first.err().map(told);
        for _ in 0..2 {
            if trouble.as_ref().is_some_and(|trouble| trouble.cut) {
                break;
            }
            match (connection.read_response().await, &mut trouble) {
                (Err(error), None) => trouble = Some(told(error)),
                (Err(error), Some(before)) => before.cut |= told(error).cut,
                // It waits for a mail that nobody may get.
                (Ok(answer), Some(before)) => before.cut |= answer.has_code(354),
                (Ok(_), None) => {}
            }
        }
        trouble.map_or(Ok(()), Err)
    }

    /// Has the server forget what was said of a mail that it didn't take.
    async fn forget(&mut self) -> bool {
        timeout(ANSWER, self.connection.command(Rset)).await.is_ok_and(|said| said.is_ok())
    }
}

/// A mail as it is said: a line that begins with a dot has one more, and a dot alone ends it.
fn dotted(mail: &str) -> String {
    let mut said = String::with_capacity(mail.len() + 64);
    for line in mail.split_inclusive('\n') {
        if line.starts_with('.') {
            said.push('.');
        }
        said.push_str(line);
    }
    if !said.ends_with("\r\n") {
        said.push_str("\r\n");
    }
    said.push_str(".\r\n");
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_are_no_ends() {
        for (mail, expected) in [
            ("a\r\nb\r\n", "a\r\nb\r\n.\r\n"),
            ("a", "a\r\n.\r\n"),
            (".\r\n..\r\na.\r\n", "..\r\n...\r\na.\r\n.\r\n"),
            ("", "\r\n.\r\n"),
        ] {
            assert_eq!(dotted(mail), expected, "{mail:?}");
        }
    }

    #[test]
    fn whose_fault_a_refusal_is() {
        for (code, expected) in [
            (Some(421), Fault::Away),
            (Some(450), Fault::Passing),
            (Some(535), Fault::Away),
            (Some(530), Fault::Away),
            (Some(550), Fault::Final),
            (Some(554), Fault::Final),
            (None, Fault::Away),
        ] {
            let trouble = Trouble { code, ..Trouble::late(false) };
            assert_eq!(trouble.fault(), expected, "{code:?}");
        }
        assert_eq!(Trouble::late(true).fault(), Fault::Passing);
        assert_eq!(Trouble::unsayable().fault(), Fault::Final);
    }
}
