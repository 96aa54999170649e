//! Who keeps us from sending where we shouldn't.

use std::fmt;
use std::io;
use std::net::IpAddr;
use std::sync::Arc;

use async_trait::async_trait;
use url::{Host, Url};

use super::WebhookError;
use super::address::{check, is_public, not_public};
use crate::fault::{Faults, ValueFault};

/// Knows the addresses of names.
#[async_trait]
pub trait Names: Send + Sync + fmt::Debug {
    /// All addresses of a name, now.
    async fn addresses(&self, name: &str) -> io::Result<Vec<IpAddr>>;
}

/// Lets requests pass to where everybody on the internet could send them as well.
#[derive(Debug, Clone)]
pub struct Guard {
    names: Arc<dyn Names>,
    private: bool,
}

/// Where an endpoint is, once the guard let it pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target(Url);

impl Target {
    /// As it is stored and shown.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

/// Why a request must not be sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Nobody knows the name.
    #[error("the name can't be resolved: {0}")]
    Unknown(String),
    /// It leads to where only we can go.
    #[error("the address can't be reached from the internet")]
    NotPublic,
}

impl Guard {
    /// Whether addresses of one's own network are allowed: in development and tests.
    pub const fn allows_private(&self) -> bool {
        self.private
    }

    /// One that asks `names`. `private`: it lets everything pass, in development and tests.
    pub fn new(names: Arc<dyn Names>, private: bool) -> Self {
        Self { names, private }
    }

    /// An endpoint that somebody wants to have.
    pub async fn target(&self, text: &str) -> Result<Target, WebhookError> {
        self.look_at(text).await.map_err(|fault| {
            let mut faults = Faults::new();
            faults.note("/url", fault);
            faults.into()
        })
    }

    /// The same for whoever calls it otherwise.
    pub async fn look_at(&self, text: &str) -> Result<Target, ValueFault> {
        let url = check(text, self.private)?;
        match self.resolve_host(&url).await {
            Ok(()) => Ok(Target(url)),
            Err(Refused::NotPublic) => Err(not_public()),
            Err(Refused::Unknown(_)) => {
                Err(ValueFault::new("unknown_host", "There is no machine of this name."))
            }
        }
    }

    /// The same for a change that may leave it as it is.
    pub async fn target_if_given(
        &self,
        text: Option<&str>,
    ) -> Result<Option<Target>, WebhookError> {
        match text {
            Some(text) => self.target(text).await.map(Some),
            None => Ok(None),
        }
    }

    async fn resolve_host(&self, url: &Url) -> Result<(), Refused> {
        match url.host() {
            Some(Host::Domain(name)) if !self.private => self.resolve(name).await.map(drop),
            _ => Ok(()),
        }
    }

    /// The addresses of a name to connect to: all of them are public, or none is given. Whoever asks
    /// connects to one of these, without asking again.
    pub async fn resolve(&self, name: &str) -> Result<Vec<IpAddr>, Refused> {
        let found = self.names.addresses(name).await;
        let found = found.map_err(|error| Refused::Unknown(error.to_string()))?;
        if found.is_empty() {
            return Err(Refused::Unknown("it has no address".to_owned()));
        }
        let public = self.private || found.iter().all(|address| is_public(*address));
        if public { Ok(found) } else { Err(Refused::NotPublic) }
    }

    /// Whether a stored address may still be sent to. One that is written in numbers is never
    /// resolved.
    pub fn may_reach(&self, url: &str) -> Result<Url, Refused> {
        check(url, self.private).map_err(|_| Refused::NotPublic)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;
    use std::sync::Mutex;

    use super::*;
    use crate::fault::Explain;

    /// Says something else each time.
    #[derive(Debug)]
    struct Changing(Mutex<VecDeque<Vec<&'static str>>>);

    #[async_trait]
    impl Names for Changing {
        async fn addresses(&self, _name: &str) -> io::Result<Vec<IpAddr>> {
            let next = self.0.lock().unwrap().pop_front();
            let next = next.ok_or_else(|| io::Error::other("nobody of this name"))?;
            Ok(next.into_iter().map(|address| address.parse().unwrap()).collect())
        }
    }

    fn guard(answers: &[&[&'static str]], private: bool) -> Guard {
        let answers = answers.iter().map(|answer| answer.to_vec()).collect();
        Guard::new(Arc::new(Changing(Mutex::new(answers))), private)
    }

    #[tokio::test]
    async fn names_are_looked_up_when_an_endpoint_is_saved() {
        let cases: [(&str, &[&[&'static str]], Option<&str>); 7] = [
            ("https://hooks.example.com/", &[&["1.1.1.1"]], None),
            ("https://hooks.example.com/", &[&["10.0.0.1"]], Some("not_public")),
            ("https://hooks.example.com/", &[&["1.1.1.1", "127.0.0.1"]], Some("not_public")),
            ("https://hooks.example.com/", &[&["::ffff:169.254.169.254"]], Some("not_public")),
            ("https://hooks.example.com/", &[&[]], Some("unknown_host")),
            ("https://hooks.example.com/", &[], Some("unknown_host")),
            ("https://1.1.1.1/", &[], None),
        ];
        for (url, answers, expected) in cases {
            let refused = guard(answers, false).target(url).await.err();
            let code = refused.map(|error| error.fields()[0].code);
            assert_eq!(code, expected, "{url} {answers:?}");
        }
        assert!(guard(&[], true).target("http://127.0.0.1:9/").await.is_ok());
    }

    #[tokio::test]
    async fn a_name_that_turns_private_after_it_was_saved_is_not_connected_to() {
        let guard = guard(&[&["1.1.1.1"], &["127.0.0.1"]], false);
        assert!(guard.target("https://rebinding.example/").await.is_ok());
        assert_eq!(guard.resolve("rebinding.example").await, Err(Refused::NotPublic));
    }

    #[test]
    fn numbers_are_looked_at_once_more() {
        let guard = guard(&[], false);
        assert!(guard.may_reach("https://1.1.1.1/").is_ok());
        for inside in ["http://127.0.0.1/", "http://[::1]/", "http://0x7f.1/"] {
            assert_eq!(guard.may_reach(inside), Err(Refused::NotPublic), "{inside}");
        }
    }
}
