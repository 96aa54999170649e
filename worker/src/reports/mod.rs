//! Error reports of a process: the server's and the worker's leave the house in the same way, and
//! neither takes anything private along.

mod scrub;

use std::fmt;

use openchair_domain::config::Settings;
use sentry::types::ParseDsnError;
use sentry::{ClientInitGuard, ClientOptions};

pub use self::scrub::mask;

/// Where errors are reported.
#[derive(Clone)]
pub struct Destination {
    /// The project's address; it contains a key.
    pub dsn: String,
    /// `production`, `staging`.
    pub environment: String,
    /// The program and the version of this build.
    pub release: String,
}

impl fmt::Debug for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Destination")
            .field("environment", &self.environment)
            .field("release", &self.release)
            .finish_non_exhaustive()
    }
}

impl Destination {
    /// As the settings say, if they name one.
    pub fn of(settings: &Settings) -> Option<Self> {
        let dsn = settings.sentry.dsn.expose();
        let environment = match settings.sentry.environment.as_str() {
            "" => &settings.profile.name,
            name => name,
        };
        (!dsn.is_empty()).then(|| Self {
            dsn: dsn.to_owned(),
            environment: environment.to_owned(),
            release: concat!("openchair@", env!("CARGO_PKG_VERSION")).to_owned(),
        })
    }
}

/// Why errors can't be reported. The address is not repeated: it contains a key.
#[derive(Debug, thiserror::Error)]
#[error("sentry's DSN is not understood")]
pub struct BadDestination(#[from] ParseDsnError);

/// Reports errors from now on. What it returns sends the last ones when it is dropped.
pub fn start(destination: &Destination) -> Result<ClientInitGuard, BadDestination> {
    let options = options(destination)?;
    // Two parts of the program may ask for it; the first one wins.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Ok(sentry::init(options))
}

fn options(destination: &Destination) -> Result<ClientOptions, BadDestination> {
    let mut options = ClientOptions::new()
        .environment(destination.environment.clone())
        .release(destination.release.clone())
        .send_default_pii(false)
        .attach_stacktrace(true)
        .before_send(|event| Some(scrub::event(event)))
        .before_breadcrumb(|crumb| Some(scrub::breadcrumb(&crumb)));
    // Not by `dsn()`, which panics at a wrong one.
    options.dsn = Some(destination.dsn.parse()?);
    Ok(options)
}

#[cfg(test)]
mod tests {
    use openchair_domain::config::Sources;
    use sentry::protocol::{Breadcrumb, Event};

    use super::*;

    fn destination(dsn: &str) -> Destination {
        Destination { dsn: dsn.into(), environment: "test".into(), release: "1".into() }
    }

    #[test]
    fn what_is_reported_is_scrubbed() {
        let options = options(&destination("https://key@sentry.example/1")).unwrap();
        let event = Event { message: Some("to ann@example.com".into()), ..Event::default() };
        let sent = (options.before_send.unwrap())(event).unwrap();
        assert_eq!(sent.message.as_deref(), Some("to [e-mail]"));
        let crumb =
            Breadcrumb { message: Some("to ann@example.com".into()), ..Breadcrumb::default() };
        let kept = (options.before_breadcrumb.unwrap())(crumb).unwrap();
        assert_eq!(kept.message.as_deref(), Some("to [e-mail]"));
    }

    #[test]
    fn the_key_is_not_shown() {
        let shown = format!("{:?}", destination("https://key@sentry.example/1"));
        assert!(!shown.contains("key@"), "{shown}");
        let error = start(&destination("no key@ here")).map(drop).unwrap_err();
        assert!(!error.to_string().contains("key@"), "{error}");
    }

    #[test]
    fn settings_say_where_to() {
        let of = |overrides: &[(&str, &str)]| {
            let set = overrides.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
            let sources = Sources::of::<&str, &str>("test", [], set);
            Destination::of(&Settings::load(&sources).unwrap())
        };
        assert!(of(&[]).is_none());
        let dsn = ("sentry.dsn", "https://key@sentry.example/1");
        assert_eq!(of(&[dsn]).unwrap().environment, "test");
        assert_eq!(of(&[dsn, ("sentry.environment", "shop")]).unwrap().environment, "shop");
    }
}
