//! The sections of `config/default.toml` as types. What a key means is said there, once.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use super::reader::{DAY, HOUR, MINUTE, Reader, SECOND, Show};
use super::secret::{KeyBytes, Secret};
use super::values::{
    ColumnKey, PublicUrl, address, api, contact, log_filter, network, plain_word, publishable,
    sender, standard_secret, text_sender,
};

/// Declares a section and how each field is read. All fields are read before the first missing one
/// ends the section, so that every fault is found.
macro_rules! section {
    (
        $(#[$about:meta])* $name:ident($reader:ident) {
            $( $(#[$field_about:meta])* $field:ident: $type:ty = $read:expr; )+
        }
    ) => {
        $(#[$about])*
        #[derive(Clone, Debug)]
        pub struct $name {
            $( $(#[$field_about])* pub $field: $type, )+
        }

        impl $name {
            pub(super) fn read($reader: &mut Reader<'_>) -> Option<Self> {
                $( let $field = $read; )+
                Some(Self { $( $field: $field?, )+ })
            }
        }
    };
}

const PER: std::ops::RangeInclusive<i64> = 1..=1_000_000;
const KEY: &str = "base64 of at least 32 bytes, for example from `openssl rand -base64 32`";

section! {
    /// How the HTTP server listens.
    Server(r) {
        /// Address and port.
        bind: SocketAddr = r.text(
            "server.bind", "an address and a port, for example 127.0.0.1:8080", |t| t.parse().ok());
        /// Where people reach it.
        public_url: PublicUrl = r.text(
            "server.public_url",
            "https://host without a path, or http:// for localhost and loopback addresses",
            PublicUrl::parse);
        /// Largest body, in bytes.
        body_limit: usize =
            r.number::<usize>("server.body_limit_kib", 1..=65_536).map(|kib| kib * 1024);
        /// How long one request may take.
        request_timeout: Duration = r.time("server.request_seconds", 1..=600, SECOND);
        /// How long a stopping server waits.
        shutdown_timeout: Duration = r.time("server.shutdown_seconds", 0..=600, SECOND);
        /// Proxies whose X-Forwarded-For is believed.
        trusted_proxies: Vec<ipnet::IpNet> = r.get(
            "server.trusted_proxies", Show::Plain,
            "a list of addresses or networks, for example 10.0.0.0/8",
            |raw| raw.list()?.into_iter().map(network).collect());
    }
}

const POSTGRES: &str = "postgres://user:password@host:5432/name, or empty";
const SCHEMES: [&str; 2] = ["postgres", "postgresql"];

section! {
    /// PostgreSQL.
    Database(r) {
        /// The app's role; empty for a private PostgreSQL.
        url: Secret = r.secret_url("database.url", POSTGRES, &SCHEMES);
        /// The owner's role, for migrations.
        owner_url: Secret = r.secret_url("database.owner_url", POSTGRES, &SCHEMES);
        /// Most connections of this process.
        max_connections: u32 = r.number("database.max_connections", 2..=500);
        /// How long to wait for a connection.
        acquire_timeout: Duration = r.time("database.acquire_seconds", 1..=60, SECOND);
        /// How long a statement may run.
        statement_timeout: Duration = r.time("database.statement_seconds", 1..=600, SECOND);
        /// How long a statement may wait for a lock.
        lock_timeout: Duration = r.time("database.lock_seconds", 1..=60, SECOND);
        /// Of the private PostgreSQL and generated keys.
        folder: PathBuf = r.text(
            "database.folder", "the path of a folder",
            |t| (!t.is_empty()).then(|| PathBuf::from(t)));
        /// PostgreSQL's programs; `None`: look for them.
        binaries: Option<PathBuf> = r.text(
            "database.binaries", "the path of a folder, or empty",
            |t| Some((!t.is_empty()).then(|| PathBuf::from(t))));
    }
}

section! {
    /// Redis, if several servers share one.
    Redis(r) {
        /// Empty: none.
        url: Secret = r.secret_url(
            "redis.url", "redis://host:6379 or rediss://host:6379, or empty", &["redis", "rediss"]);
    }
}

section! {
    /// The job runner.
    Worker(r) {
        /// Whether it runs inside the server.
        inside: bool = r.flag("worker.inside");
        /// How many jobs are claimed at once.
        batch: u32 = r.number("worker.batch", 1..=256);
        /// How often to look without a hint.
        poll_every: Duration = r.time("worker.poll_seconds", 1..=300, SECOND);
        /// How long a claim holds.
        lease: Duration = r.time("worker.lease_seconds", 5..=3600, SECOND);
        /// How many jobs run at once.
        concurrency: usize = r.number("worker.concurrency", 1..=256);
        /// Where a worker that runs apart answers probes and says its metrics, if anywhere.
        ops_bind: Option<SocketAddr> = r.text(
            "worker.ops_bind", "an address and a port, for example 127.0.0.1:9090, or empty",
            |t| if t.is_empty() { Some(None) } else { t.parse().ok().map(Some) });
    }
}

section! {
    /// Telling others' programs of events.
    Webhooks(r) {
        /// Whether endpoints may be in one's own network.
        allow_private: bool = r.flag("webhooks.allow_private");
        /// How many endpoints are sent to at once.
        concurrency: usize = r.number("webhooks.concurrency", 2..=1024);
        /// How long an endpoint may take to answer.
        timeout: Duration = r.time("webhooks.timeout_seconds", 1..=60, SECOND);
    }
}

const WEB: [&str; 2] = ["https", "http"];
const PERCENT: std::ops::RangeInclusive<i64> = 1..=100;

section! {
    /// Who is told when the deployment isn't well, and what that is.
    Alerts(r) {
        /// Addresses.
        email: Vec<String> = r.get(
            "alerts.email", Show::Plain, "a list of e-mail addresses",
            |raw| raw.list()?.into_iter().map(address).collect());
        /// A channel's incoming webhook at Slack, or at what speaks like it.
        slack_url: Secret = r.secret_url("alerts.slack_url", "https://…, or empty", &WEB);
        /// A program's address.
        webhook_url: Secret = r.secret_url("alerts.webhook_url", "https://…, or empty", &WEB);
        /// Signs what is sent there; empty: it isn't signed.
        webhook_secret: Secret = r.get(
            "alerts.webhook_secret", Show::Nothing,
            "whsec_ and base64 of at least 24 bytes, or empty",
            |raw| raw.text().and_then(standard_secret));
        /// Percent of requests that end in faults.
        error_percent: u32 = r.number("alerts.error_percent", PERCENT);
        /// Percent of messages, and of webhooks, that fail.
        failure_percent: u32 = r.number("alerts.failure_percent", PERCENT);
        /// So many must have failed.
        failures_least: u32 = r.number("alerts.failures_least", 1..=1_000_000);
        /// How long a job may be due.
        lag: Duration = r.time("alerts.lag_seconds", 1..=86_400, SECOND);
        /// How many jobs may fail for good.
        dead_jobs: u32 = r.number("alerts.dead_jobs", 1..=1_000_000);
        /// Within which time.
        window: Duration = r.time("alerts.window_minutes", 1..=1440, MINUTE);
        /// When it is told again.
        repeat: Duration = r.time("alerts.repeat_hours", 1..=168, HOUR);
    }
}

/// How mail leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailTransport {
    /// It stays in the database and is shown at `/dev/mail`.
    Mailbox,
    /// By SMTP.
    Smtp,
}

section! {
    /// How others are spoken to.
    Outside(r) {
        /// A file of certificates of authorities that are believed, too.
        extra_roots: Option<PathBuf> = r.text(
            "outside.extra_roots", "the path of a PEM file, or empty",
            |t| Some((!t.is_empty()).then(|| PathBuf::from(t))));
    }
}

section! {
    /// How mail leaves.
    Mail(r) {
        /// By which way.
        transport: MailTransport = r.text("mail.transport", "mailbox or smtp", |t| match t {
            "mailbox" => Some(MailTransport::Mailbox),
            "smtp" => Some(MailTransport::Smtp),
            _ => None,
        });
        /// The SMTP server.
        smtp_url: Secret = r.secret_url(
            "mail.smtp_url", "smtp://user:password@host:587 or smtps://user:password@host:465",
            &["smtp", "smtps"]);
        /// The sender.
        from: String = r.text("mail.from", "an address, or Name <address>", sender);
    }
}

section! {
    /// How texts leave: SMS and WhatsApp, over an account at Twilio or a provider like it.
    Texts(r) {
        /// Where the provider's API is.
        base_url: String = r.text("texts.base_url", "https://…", api);
        /// The account. Without one there are no texts.
        account_sid: String = r.text("texts.account_sid", "an account's SID", plain_word);
        /// Its token; it also signs what the provider tells us.
        auth_token: Secret = r.secret("texts.auth_token");
        /// The number that SMS come from, or the service (`MG…`) that chooses one.
        sms_from: String = r.text("texts.sms_from", "a number like +14155550100, or MG…", text_sender);
        /// The number that messages on WhatsApp come from.
        whatsapp_from: String =
            r.text("texts.whatsapp_from", "a number like +14155550100, or MG…", text_sender);
    }
}

section! {
    /// Who takes cards: Stripe, or what speaks like it.
    Stripe(r) {
        /// Where its API is.
        base_url: String = r.text("stripe.base_url", "https://…", api);
        /// The key of this installation's account there. Without one nobody pays by card.
        secret_key: Secret = r.secret("stripe.secret_key");
        /// What the pages of customers show its form for cards with. Without one they are led to its own pages.
        publishable_key: String = r.text("stripe.publishable_key", "pk_test_… or pk_live_…", publishable);
        /// The script of that form.
        script_url: String = r.text("stripe.script_url", "https://…", api);
        /// Signs what it tells us of businesses' accounts.
        webhook_secret: Secret = r.secret("stripe.webhook_secret");
        /// Signs what it tells us of our own account; empty: the same secret does.
        plans_webhook_secret: Secret = r.secret("stripe.plans_webhook_secret");
        /// How long it may take to answer.
        timeout: Duration = r.time("stripe.timeout_seconds", 1..=120, SECOND);
        /// Whether businesses pay for their plans, into that account itself.
        plans: bool = r.flag("stripe.plans");
    }
}

section! {
    /// PayFast, or what speaks like it: businesses in South Africa put in keys of their own.
    PayFast(r) {
        /// Where customers pay, and where it is confirmed what was told.
        base_url: String = r.text("payfast.base_url", "https://…", api);
        /// Where its API is.
        api_url: String = r.text("payfast.api_url", "https://…", api);
        /// Whether it is PayFast's sandbox.
        sandbox: bool = r.flag("payfast.sandbox");
        /// How long it may take to answer.
        timeout: Duration = r.time("payfast.timeout_seconds", 1..=120, SECOND);
    }
}

section! {
    /// How notes to browsers leave.
    Push(r) {
        /// The private key that they are signed with. Without one there are none.
        vapid_key: Secret = r.secret("push.vapid_key");
        /// Whom the browsers' makers may write to when something is wrong.
        contact: String = r.text("push.contact", "mailto:… or https://…", contact);
    }
}

section! {
    /// Lifetimes of browser sessions.
    Session(r) {
        /// Without use.
        idle: Duration = r.time("session.idle_hours", 1..=8760, HOUR);
        /// In all.
        absolute: Duration = r.time("session.absolute_hours", 1..=17_520, HOUR);
    }
}

section! {
    /// Tokens of API clients.
    Tokens(r) {
        /// Life of an access token.
        access: Duration = r.time("tokens.access_minutes", 1..=60, MINUTE);
        /// Life of a refresh token.
        refresh: Duration = r.time("tokens.refresh_days", 1..=365, DAY);
        /// Signs access tokens; see [`Settings::with_generated_keys`](super::Settings::with_generated_keys).
        key: KeyBytes = r.key("tokens.key", KEY);
    }
}

section! {
    /// Column keys and the cost of passwords.
    Security(r) {
        /// The first encrypts; see [`Settings::with_generated_keys`](super::Settings::with_generated_keys).
        column_keys: Vec<ColumnKey> = r.get(
            "security.column_keys", Show::Nothing,
            "a list of id:base64 of 32 bytes, every id once, of at most 16 of a-z, 0-9, - and _",
            |raw| {
                let keys: Vec<_> =
                    raw.list()?.into_iter().map(ColumnKey::parse).collect::<Option<_>>()?;
                let ids: std::collections::BTreeSet<_> = keys.iter().map(|key| &key.id).collect();
                (ids.len() == keys.len()).then_some(keys)
            });
        /// Of one password's hash.
        memory_kib: u32 = r.number("security.memory_kib", 64..=1_048_576);
        /// Of one password's hash.
        iterations: u32 = r.number("security.iterations", 1..=20);
        /// Of one password's hash.
        parallelism: u32 = r.number("security.parallelism", 1..=16);
        /// How many passwords are hashed at once.
        hashing_at_once: usize = r.number("security.hashing_at_once", 1..=64);
    }
}

section! {
    /// Rate limits that no plan changes.
    Limits(r) {
        /// Any operation.
        per_ip_per_minute: u32 = r.number("limits.per_ip_per_minute", PER);
        /// Any operation, at once.
        per_ip_burst: u32 = r.number("limits.per_ip_burst", PER);
        /// What a plan allows in a minute, times this.
        plan_factor: u32 = r.number("limits.plan_factor", 1..=1_000);
        /// Sign-in.
        sign_in_per_account_per_hour: u32 = r.number("limits.sign_in_per_account_per_hour", PER);
        /// Sign-in.
        sign_in_per_ip_per_minute: u32 = r.number("limits.sign_in_per_ip_per_minute", PER);
        /// Sign-up.
        sign_up_per_ip_per_hour: u32 = r.number("limits.sign_up_per_ip_per_hour", PER);
        /// Mails with a link.
        mail_links_per_account_per_hour: u32 =
            r.number("limits.mail_links_per_account_per_hour", PER);
        /// Invitations to one team.
        invitations_per_tenant_per_hour: u32 =
            r.number("limits.invitations_per_tenant_per_hour", PER);
        /// Public pages.
        public_per_ip_per_minute: u32 = r.number("limits.public_per_ip_per_minute", PER);
        /// Times kept, visits booked and places taken on waiting lists by customers.
        bookings_per_ip_per_hour: u32 = r.number("limits.bookings_per_ip_per_hour", PER);
        /// The same by one telephone number or address.
        bookings_per_contact_per_day: u32 = r.number("limits.bookings_per_contact_per_day", PER);
        /// People who wait in one queue and joined it from one address.
        queue_tickets_per_ip: usize = r.number("limits.queue_tickets_per_ip", 1..=500);
    }
}

section! {
    /// Sockets over which people watch what changes.
    Live(r) {
        /// Of one person or key.
        sockets_per_user: u32 = r.number("live.sockets_per_user", 1..=100_000);
        /// From one address.
        sockets_per_ip: u32 = r.number("live.sockets_per_ip", PER);
        /// Topics of one socket.
        topics_per_socket: usize = r.number("live.topics_per_socket", 1..=100);
        /// Largest message of a client.
        message_bytes: usize = r.number("live.message_bytes", 256..=65_536);
        /// Messages of a client.
        messages_per_10_seconds: u32 = r.number("live.messages_per_10_seconds", 1..=10_000);
        /// Changes kept for who reads slowly.
        buffer: usize = r.number("live.buffer", 2..=10_000);
        /// How often a silent connection is asked.
        ping_every: Duration = r.time("live.ping_seconds", 5..=300, SECOND);
    }
}

/// How a log line looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Pretty,
    /// For machines.
    Json,
}

section! {
    /// The log.
    Log(r) {
        /// How a line looks.
        format: LogFormat = r.text("log.format", "pretty or json", |t| match t {
            "pretty" => Some(LogFormat::Pretty),
            "json" => Some(LogFormat::Json),
            _ => None,
        });
        /// A filter as tracing's `EnvFilter` takes it.
        level: String = r.text(
            "log.level",
            "trace, debug, info, warn, error or off, and by target: info,sqlx=warn", log_filter);
    }
}

section! {
    /// Error reports.
    Sentry(r) {
        /// Empty: none.
        dsn: Secret = r.secret_url(
            "sentry.dsn", "https://key@host/project, or empty", &["https", "http"]);
        /// Name of this installation; empty: the profile's.
        environment: String = r.text("sentry.environment", "a name, or empty", |t| Some(t.to_owned()));
    }
}

section! {
    /// Doors for tests.
    Testing(r) {
        /// The clock follows this file.
        clock_file: Option<PathBuf> = r.text(
            "testing.clock_file", "the path of a file, or empty",
            |t| Some((!t.is_empty()).then(|| PathBuf::from(t))));
    }
}

section! {
    /// Demo data.
    Demo(r) {
        /// Whether an empty database gets it.
        load: bool = r.flag("demo.load");
    }
}
