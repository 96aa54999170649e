//! HTTP to addresses that somebody else chose. Names are resolved by us, and what was found is looked at
//! before anybody connects to it; nothing is followed, and no proxy is asked.

use std::net::SocketAddr;
use std::time::Duration;

use openchair_domain::time::Instant;
use openchair_domain::webhooks::{Guard, wish};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER, USER_AGENT};
use reqwest::redirect::Policy;

use super::roots::Roots;
use crate::handler::with_causes;

/// How long connecting may take.
const CONNECT: Duration = Duration::from_secs(5);
/// How long an idle connection is kept.
const IDLE: Duration = Duration::from_secs(30);
/// So much of an answer is read.
const READ: usize = 4_096;

/// Why there is no client.
#[derive(Debug, thiserror::Error)]
#[error("requests to the outside can't be made: {0}")]
pub struct NoClient(pub(super) String);

/// A client for addresses that the operator chose: they are asked wherever they are.
pub(super) fn trusting(roots: &Roots, timeout: Duration) -> Result<reqwest::Client, NoClient> {
    reqwest::Client::builder()
        .tls_backend_preconfigured(roots.client()?)
        .redirect(Policy::none())
        .connect_timeout(CONNECT.min(timeout))
        .timeout(timeout)
        .pool_idle_timeout(IDLE)
        .build()
        .map_err(|error| NoClient(with_causes(&error)))
}

/// Sends requests to where the guard lets them pass.
#[derive(Debug, Clone)]
pub struct Client {
    inner: reqwest::Client,
    guard: Guard,
}

/// What came of a request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reply {
    /// The answer's status, if there was an answer.
    pub status: Option<u16>,
    /// How it began.
    pub body: Option<String>,
    /// When to ask again.
    pub retry_after: Option<chrono::Duration>,
    /// Why there was none.
    pub error: Option<String>,
}

impl Client {
    /// One that believes these authorities, too, and waits so long for an answer.
    pub fn new(roots: &Roots, guard: Guard, timeout: Duration) -> Result<Self, NoClient> {
        let inner = reqwest::Client::builder()
            .tls_backend_preconfigured(roots.client()?)
            .dns_resolver(Checked(guard.clone()))
            .redirect(Policy::none())
            .no_proxy()
            .connect_timeout(CONNECT.min(timeout))
            .timeout(timeout)
            .pool_idle_timeout(IDLE)
            .pool_max_idle_per_host(2)
            .build()
            .map_err(|error| NoClient(with_causes(&error)))?;
        Ok(Self { inner, guard })
    }

    /// Sends JSON, unless the headers say that it is something else. `now` is for answers that name a time.
    pub async fn post(
        &self,
        url: &str,
        headers: &[(&'static str, String)],
        body: impl Into<reqwest::Body>,
        now: Instant,
    ) -> Reply {
        let failed = |error: String| Reply { error: Some(error), ..Reply::default() };
        let url = match self.guard.may_reach(url) {
            Ok(url) => url,
            Err(refused) => return failed(refused.to_string()),
        };
        let request = self.inner.post(url).headers(with(headers)).body(body);
        match request.send().await {
            Ok(response) => read(response, now).await,
            Err(error) => failed(with_causes(&error.without_url())),
        }
    }
}

fn with(headers: &[(&'static str, String)]) -> HeaderMap {
    let mut all = HeaderMap::new();
    all.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    all.insert(USER_AGENT, HeaderValue::from_static("Openchair-Webhooks/1"));
    for (name, value) in headers {
        if let Ok(value) = HeaderValue::from_str(value) {
            all.insert(HeaderName::from_static(name), value);
        }
    }
    all
}

/// For how long whoever answered wants to be left alone, if they say so.
pub(super) fn retry_after(headers: &HeaderMap, now: Instant) -> Option<chrono::Duration> {
    wish(headers.get(RETRY_AFTER)?.to_str().ok()?, now)
}

/// How long to wait when a provider says "too many" without saying for how long.
const TOO_MANY: Duration = Duration::from_secs(5);
/// The longest that one may make us wait.
const LONGEST: Duration = Duration::from_hours(1);

/// How long a provider who answered with this status is left alone: who says that it is too much, or that
/// they are busy until then.
pub(super) fn left_alone(status: u16, wish: Option<chrono::Duration>) -> Option<Duration> {
    let wish = wish.map(|wish| wish.to_std().unwrap_or_default().min(LONGEST));
    match status {
        429 => Some(wish.unwrap_or(TOO_MANY)),
        503 => wish,
        _ => None,
    }
}

/// The beginning of an answer. Whoever goes on and on is cut off.
async fn read(mut response: reqwest::Response, now: Instant) -> Reply {
    let retry_after = retry_after(response.headers(), now);
    let mut body = Vec::new();
    let mut error = None;
    while body.len() < READ {
        match response.chunk().await {
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            Ok(None) => break,
            // It has said what it thinks of it; the rest is for who reads the log.
            Err(broken) => {
                error = Some(with_causes(&broken.without_url()));
                break;
            }
        }
    }
    body.truncate(READ);
    Reply {
        status: Some(response.status().as_u16()),
        body: Some(String::from_utf8_lossy(&body).into_owned()),
        retry_after,
        error,
    }
}

/// Gives only addresses that the guard has looked at: they are what is connected to.
#[derive(Debug)]
struct Checked(Guard);

impl Resolve for Checked {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = self.0.clone();
        Box::pin(async move {
            let found = guard.resolve(name.as_str()).await?;
            // The port is that of the address that was asked for.
            let found: Addrs = Box::new(found.into_iter().map(|ip| SocketAddr::new(ip, 0)));
            Ok(found)
        })
    }
}

#[cfg(test)]
mod tests {
    use std::io::{self, Read, Write};
    use std::net::{IpAddr, TcpListener};
    use std::sync::Arc;

    use async_trait::async_trait;
    use openchair_domain::webhooks::Names;

    use super::*;

    /// Every name is that of this machine.
    #[derive(Debug)]
    struct Inside;

    #[async_trait]
    impl Names for Inside {
        async fn addresses(&self, _name: &str) -> io::Result<Vec<IpAddr>> {
            Ok(vec!["127.0.0.1".parse().unwrap()])
        }
    }

    async fn post(private: bool, url: &str) -> Reply {
        let guard = Guard::new(Arc::new(Inside), private);
        let client = Client::new(&Roots::default(), guard, Duration::from_secs(5)).unwrap();
        let headers = [("webhook-id", "evt_1".to_owned())];
        let now = "2026-03-08T10:00:00Z".parse().unwrap();
        client.post(url, &headers, "{}".to_owned(), now).await
    }

    /// Answers one request, and gives what was asked.
    fn answering(answer: &'static str) -> (String, std::thread::JoinHandle<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://hooks.example.com:{}/a", listener.local_addr().unwrap().port());
        let answering = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut asked = Vec::new();
            while !asked.ends_with(b"{}") {
                let mut some = [0; 1_024];
                let read = stream.read(&mut some).unwrap();
                asked.extend_from_slice(&some[..read]);
            }
            stream.write_all(answer.as_bytes()).unwrap();
            String::from_utf8(asked).unwrap()
        });
        (url, answering)
    }

    #[test]
    fn how_long_a_provider_is_left_alone() {
        let second = Duration::from_secs;
        let cases = [
            (429, None, Some(TOO_MANY)),
            (429, Some(0), Some(second(0))),
            (429, Some(7), Some(second(7))),
            (429, Some(i64::MAX / 1_000), Some(LONGEST)),
            (503, None, None),
            (503, Some(7), Some(second(7))),
            (500, Some(7), None),
            (200, Some(7), None),
        ];
        for (status, wish, expected) in cases {
            let wish = wish.map(chrono::Duration::seconds);
            assert_eq!(left_alone(status, wish), expected, "{status} {wish:?}");
        }
        let now = "2026-03-08T10:00:00Z".parse().unwrap();
        for (said, expected) in [("7", Some(7)), ("Sun, 08 Mar 2026 10:01:30 GMT", Some(90))] {
            let headers = HeaderMap::from_iter([(RETRY_AFTER, said.parse().unwrap())]);
            let expected = expected.map(chrono::Duration::seconds);
            assert_eq!(retry_after(&headers, now), expected, "{said}");
        }
        assert_eq!(retry_after(&HeaderMap::new(), now), None);
    }

    #[tokio::test]
    async fn what_is_connected_to_is_what_was_looked_at() {
        let answer = "HTTP/1.1 503 Busy\r\nretry-after: 7\r\ncontent-length: 5\r\n\r\nlater";
        let (url, answering) = answering(answer);
        let reply = post(true, &url).await;
        let expected = Reply {
            status: Some(503),
            body: Some("later".to_owned()),
            retry_after: Some(chrono::Duration::seconds(7)),
            error: None,
        };
        assert_eq!(reply, expected);
        let asked = answering.join().unwrap().to_lowercase();
        for said in ["post /a http/1.1", "host: hooks.example.com", "webhook-id: evt_1"] {
            assert!(asked.contains(said), "{asked}");
        }
    }

    /// The name was public when it was saved, and isn't any more.
    #[tokio::test]
    async fn nobody_is_connected_to_who_is_inside() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let port = listener.local_addr().unwrap().port();
        for url in [
            format!("http://hooks.example.com:{port}/"),
            format!("https://hooks.example.com:{port}/"),
            format!("http://127.0.0.1:{port}/"),
            format!("http://2130706433:{port}/"),
            format!("http://localhost:{port}/"),
        ] {
            let reply = post(false, &url).await;
            assert_eq!(reply.status, None, "{url}");
            let error = reply.error.unwrap();
            assert!(error.contains("can't be reached from the internet"), "{url}: {error}");
        }
        let nobody = listener.accept().unwrap_err();
        assert_eq!(nobody.kind(), io::ErrorKind::WouldBlock);
    }

    /// An endpoint that answers without end costs no more than its beginning.
    #[tokio::test]
    async fn answers_are_read_to_their_beginning() {
        let (url, answering) = answering(concat!(
            "HTTP/1.1 200 OK\r\ncontent-length: 1000000000\r\n\r\n",
            "and so on and so on"
        ));
        // It hangs up in the middle of it, and was heard all the same.
        let reply = post(true, &url).await;
        answering.join().unwrap();
        assert_eq!(reply.status, Some(200));
        assert_eq!(reply.body.as_deref(), Some("and so on and so on"));
        assert!(reply.error.is_some(), "{reply:?}");
    }
}
