//! Configuration: what an installation may say, and what the product ships with.
//!
//! `config/default.toml` documents every key. Later sources win: default < profile < one more file
//! < environment < command line. A start with faults ends with all of them, each with its key, its
//! value's source and what is expected. Nothing else in the workspace reads environment variables.

mod countries;
mod development;
mod faults;
mod kits;
mod layers;
mod plans;
mod reader;
mod rules;
mod secret;
mod sections;
mod slugs;
mod sources;
mod values;

#[cfg(test)]
mod tests;

pub use countries::{Countries, Country, Currency, LOCALES, Proposal};
pub use development::DevelopmentSecrets;
pub use faults::{Fault, Faults};
pub(crate) use kits::hours_of_a_week;
pub use kits::{BookingPolicy, Kind, Kit, Kits, OpenHours, StarterCategory, StarterService};
pub use layers::Source;
pub use plans::{Plan, Plans};
pub use reader::Line;
pub use secret::{KeyBytes, Secret};
pub use sections::{
    Alerts, Database, Demo, Limits, Live, Log, LogFormat, Mail, MailTransport, Outside, PayFast,
    Push, Redis, Security, Sentry, Server, Session, Stripe, Testing, Texts, Tokens, Webhooks,
    Worker,
};
pub use slugs::{is_reserved_slug, reserved_slugs};
pub use sources::{Profile, Rules, Sources};
pub use values::{ColumnKey, PublicUrl};

use crate::entropy::Entropy;

/// The whole configuration, checked. Its `Debug` masks every secret.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Which profile is in force.
    pub profile: Profile,
    /// How the HTTP server listens.
    pub server: Server,
    /// PostgreSQL.
    pub database: Database,
    /// Redis, if several servers share one.
    pub redis: Redis,
    /// The job runner.
    pub worker: Worker,
    /// Telling others' programs of events.
    pub webhooks: Webhooks,
    /// Who is told when the deployment isn't well, and what that is.
    pub alerts: Alerts,
    /// How others are spoken to.
    pub outside: Outside,
    /// How mail leaves.
    pub mail: Mail,
    /// How texts leave.
    pub texts: Texts,
    /// Who takes cards.
    pub stripe: Stripe,
    /// PayFast, for businesses with keys of their own.
    pub payfast: PayFast,
    /// How notes to browsers leave.
    pub push: Push,
    /// Lifetimes of browser sessions.
    pub session: Session,
    /// Tokens of API clients.
    pub tokens: Tokens,
    /// Column keys and the cost of passwords.
    pub security: Security,
    /// Rate limits that no plan changes.
    pub limits: Limits,
    /// Sockets over which people watch what changes.
    pub live: Live,
    /// The log.
    pub log: Log,
    /// Error reports.
    pub sentry: Sentry,
    /// Doors for tests.
    pub testing: Testing,
    /// Demo data.
    pub demo: Demo,
    lines: Vec<Line>,
}

impl Settings {
    /// Merges and checks all sources. On failure every fault is told, not only the first.
    pub fn load(sources: &Sources) -> Result<Self, Faults> {
        let (merged, profile, mut faults) = sources.merge();
        rules::check(&merged, profile.rules, &mut faults);
        let mut reader = reader::Reader::new(&merged, faults);
        let read = Self::read(&mut reader, &profile);
        let (lines, faults) = reader.finish();
        match read {
            Some(settings) if faults.is_empty() => Ok(Self { lines, ..settings }),
            _ => Err(Faults::new(profile.name, faults)),
        }
    }

    /// Every section is read before the first missing one ends it: all faults at once.
    fn read(r: &mut reader::Reader<'_>, profile: &Profile) -> Option<Self> {
        let server = Server::read(r);
        let database = Database::read(r);
        let redis = Redis::read(r);
        let worker = Worker::read(r);
        let webhooks = Webhooks::read(r);
        let alerts = Alerts::read(r);
        let outside = Outside::read(r);
        let mail = Mail::read(r);
        let texts = Texts::read(r);
        let stripe = Stripe::read(r);
        let payfast = PayFast::read(r);
        let push = Push::read(r);
        let session = Session::read(r);
        let tokens = Tokens::read(r);
        let security = Security::read(r);
        let limits = Limits::read(r);
        let live = Live::read(r);
        let log = Log::read(r);
        let sentry = Sentry::read(r);
        let testing = Testing::read(r);
        let demo = Demo::read(r);
        Some(Self {
            profile: profile.clone(),
            server: server?,
            database: database?,
            redis: redis?,
            worker: worker?,
            webhooks: webhooks?,
            alerts: alerts?,
            outside: outside?,
            mail: mail?,
            texts: texts?,
            stripe: stripe?,
            payfast: payfast?,
            push: push?,
            session: session?,
            tokens: tokens?,
            security: security?,
            limits: limits?,
            live: live?,
            log: log?,
            sentry: sentry?,
            testing: testing?,
            demo: demo?,
            lines: Vec::new(),
        })
    }

    /// Every key with its value (secrets masked) and where the value comes from.
    pub fn effective(&self) -> &[Line] {
        &self.lines
    }

    /// Fills in the keys that may be left out of a developer's configuration: made once, kept under
    /// `database.folder`. Production never gets here with an empty key, `load` has refused it.
    pub fn with_generated_keys(mut self, entropy: &dyn Entropy) -> std::io::Result<Self> {
        if !self.tokens.key.is_empty() && !self.security.column_keys.is_empty() {
            return Ok(self);
        }
        let made = DevelopmentSecrets::load_or_create(&self.database.folder, entropy)?;
        if self.tokens.key.is_empty() {
            self.tokens.key = made.token_key;
        }
        if self.security.column_keys.is_empty() {
            self.security.column_keys = vec![made.column_key];
        }
        Ok(self)
    }
}

/// Parses a file that is built in. That it parses is tested; a build in which it doesn't must not run.
pub(crate) fn shipped<T: serde::de::DeserializeOwned>(name: &str, text: &str) -> T {
    toml::from_str(text).unwrap_or_else(|error| panic!("config/{name}: {error}"))
}
