//! The configuration as an operator meets it.

use std::fs;
use std::net::IpAddr;
use std::path::PathBuf;

use super::sources::DEFAULT;
use super::*;
use crate::entropy::TestEntropy;

const KEY: &str = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";
const SECRET: &str = "hunter2";

type Pairs<'a> = &'a [(&'a str, &'a str)];

fn pairs(list: &[(&str, &str)]) -> Vec<(String, String)> {
    list.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

fn load(
    profile: &str,
    environment: &[(&str, &str)],
    overrides: &[(&str, &str)],
) -> Result<Settings, Faults> {
    Settings::load(&Sources::of(profile, pairs(environment), pairs(overrides)))
}

/// What production needs at least.
fn production(more: &[(&str, &str)]) -> Result<Settings, Faults> {
    let column_keys = format!("k2:{KEY},k1:{KEY}");
    let mut environment = vec![
        ("OPENCHAIR__DATABASE__URL", "postgres://app:hunter2@db/openchair"),
        ("OPENCHAIR__SERVER__PUBLIC_URL", "https://book.example"),
        ("OPENCHAIR__MAIL__SMTP_URL", "smtps://mailer:hunter2@mail.example:465"),
        ("OPENCHAIR__MAIL__FROM", "Openchair <no-reply@book.example>"),
        ("OPENCHAIR__TOKENS__KEY", KEY),
        ("OPENCHAIR__SECURITY__COLUMN_KEYS", &column_keys),
    ];
    environment.extend(more);
    load("production", &environment, &[])
}

fn keys(faults: &Faults) -> Vec<&str> {
    faults.iter().map(|fault| fault.key.as_str()).collect()
}

/// A file that goes away with the test.
struct File(PathBuf);

impl File {
    fn new(name: &str, text: &str) -> Self {
        let name = format!("openchair-{}-{name}.toml", std::process::id());
        let path = std::env::temp_dir().join(name);
        fs::write(&path, text).unwrap();
        Self(path)
    }

    fn path(&self) -> &str {
        self.0.to_str().unwrap()
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

#[test]
fn every_shipped_profile_loads() {
    let development = load("", &[], &[]).unwrap();
    assert!(development.profile.is_development());
    assert_eq!(development.server.bind.to_string(), "127.0.0.1:8080");
    assert_eq!(development.server.body_limit, 256 * 1024);
    assert_eq!(development.session.idle.as_secs(), 14 * 24 * 3600);
    assert!(development.demo.load && development.tokens.key.is_empty());

    let test = load("test", &[], &[]).unwrap();
    assert_eq!(test.server.bind.port(), 0);
    assert_eq!(test.security.column_keys.len(), 1);
    assert_eq!(test.tokens.key.expose().len(), 32);

    let production = production(&[]).unwrap();
    assert!(production.profile.is_production());
    assert_eq!(production.log.format, LogFormat::Json);
    assert_eq!(production.mail.transport, MailTransport::Smtp);
    let ids: Vec<_> = production.security.column_keys.iter().map(|key| key.id.as_str()).collect();
    assert_eq!(ids, ["k2", "k1"], "the first is current");
}

#[test]
fn later_sources_win() {
    let profile =
        File::new("profile", "based_on = \"test\"\n[worker]\nbatch = 2\npoll_seconds = 2");
    let file = File::new("file", "[worker]\nbatch = 3");
    let with_file = ("OPENCHAIR_CONFIG", file.path());
    let with_variable = ("OPENCHAIR__WORKER__BATCH", "4");
    let by_hand = ("worker.batch", "5");
    let path = profile.path();
    let cases: [(&str, Pairs<'_>, Pairs<'_>, u32, &str); 5] = [
        ("test", &[], &[], 32, "config/default.toml"),
        (path, &[], &[], 2, path),
        (path, &[with_file], &[], 3, file.path()),
        (path, &[with_file, with_variable], &[], 4, "environment OPENCHAIR__WORKER__BATCH"),
        (path, &[with_file, with_variable], &[by_hand], 5, "command line"),
    ];
    for (profile, environment, overrides, batch, source) in cases {
        let settings = load(profile, environment, overrides).unwrap();
        assert_eq!(settings.worker.batch, batch, "{source}");
        let line = settings.effective().iter().find(|line| line.key == "worker.batch").unwrap();
        assert_eq!((line.value.as_str(), line.source.as_str()), (&*batch.to_string(), source));
    }
    let settings = load(path, &[], &[]).unwrap();
    assert_eq!(settings.profile.rules, Rules::Test, "what the file stands on");
    assert_eq!(settings.worker.poll_every.as_secs(), 2, "the file wins over what it stands on");
    assert_eq!(settings.security.memory_kib, 1024, "which fills in the rest");
}

#[test]
fn a_profile_file_is_held_to_production_unless_it_says_otherwise() {
    let file = File::new("own", "[worker]\nbatch = 3");
    let faults = load(file.path(), &[], &[]).unwrap_err();
    assert!(keys(&faults).contains(&"database.url"), "{faults}");

    let file = File::new("own-wrong", "based_on = \"staging\"");
    let faults = load(file.path(), &[], &[]).unwrap_err();
    assert!(keys(&faults).contains(&"based_on"), "{faults}");
}

#[test]
fn all_faults_are_told_at_once() {
    let file = File::new("faulty", "[worker]\nbatch = \"many\"\n[log]\nformat = 7");
    let environment = [
        ("OPENCHAIR_CONFIG", file.path()),
        ("OPENCHAIR__SERVER__BIND", "localhost"),
        ("OPENCHAIR__SERVER__BODY_LIMIT_KIB", "0"),
        ("OPENCHAIR__DATABASE__URL", "mysql://app:hunter2@db/shop"),
        ("OPENCHAIR__SECURITY__COLUMN_KEYS", "hunter2"),
        ("OPENCHAIR__DEMO__LOAD", ""),
    ];
    let overrides = [("session.absolute_hours", "1"), ("mail.transport", "smtp")];
    let faults = load("development", &environment, &overrides).unwrap_err();
    let text = faults.to_string().replace(file.path(), "[file]");
    assert!(!text.contains(SECRET), "{text}");
    insta::assert_snapshot!(text, @r#"
    9 faults in the configuration (profile development):

      server.bind
        value     "localhost"
        source    environment OPENCHAIR__SERVER__BIND
        expected  an address and a port, for example 127.0.0.1:8080

      server.body_limit_kib
        value     0
        source    environment OPENCHAIR__SERVER__BODY_LIMIT_KIB
        expected  a whole number from 1 to 65536

      database.url
        value     "mysql://***@db/shop"
        source    environment OPENCHAIR__DATABASE__URL
        expected  postgres://user:password@host:5432/name, or empty

      worker.batch
        value     "many"
        source    [file]
        expected  a whole number from 1 to 256

      mail.smtp_url
        value     (missing)
        source    config/default.toml
        expected  smtp://…:587 or smtps://…:465, as mail.transport is smtp

      session.absolute_hours
        value     1
        source    command line
        expected  at least session.idle_hours, which is 336

      security.column_keys
        value     ***
        source    environment OPENCHAIR__SECURITY__COLUMN_KEYS
        expected  a list of id:base64 of 32 bytes, every id once, of at most 16 of a-z, 0-9, - and _

      log.format
        value     7
        source    [file]
        expected  pretty or json

      demo.load
        value     ""
        source    environment OPENCHAIR__DEMO__LOAD
        expected  true or false
    "#);
}

#[test]
fn unknown_keys_are_refused_with_what_was_meant() {
    let cases = [
        (("OPENCHAIR__SERVER__BND", SECRET), "server.bnd", "did you mean server.bind?"),
        (("OPENCHAIR__SERVER__BATCH", SECRET), "server.batch", "did you mean worker.batch?"),
        (("OPENCHAIR__TOKENS__KYE", SECRET), "tokens.kye", "did you mean tokens.key?"),
        (("OPENCHAIR__BIND", SECRET), "bind", "did you mean server.bind?"),
        (
            ("OPENCHAIR__WEATHER__TOMORROW", SECRET),
            "weather.tomorrow",
            "a key of config/default.toml",
        ),
        (
            ("OPENCHAIR_SERVER__BIND", SECRET),
            "OPENCHAIR_SERVER__BIND",
            "did you mean OPENCHAIR__SERVER__BIND?",
        ),
    ];
    for (variable, key, expected) in cases {
        let faults = load("test", &[variable], &[]).unwrap_err();
        let fault = faults.iter().next().unwrap();
        assert_eq!(keys(&faults), [key]);
        assert_eq!(fault.source, format!("environment {}", variable.0));
        assert!(fault.expected.ends_with(expected), "{faults}");
        assert!(!faults.to_string().contains(SECRET), "{faults}");
    }
    // Variables of other tools that share the prefix are none of our business.
    assert!(load("test", &[("OPENCHAIR_HOME", "/srv")], &[]).is_ok());
}

#[test]
fn files_that_cannot_be_read_are_faults() {
    let missing = File::new("missing", "");
    let path = missing.path().to_owned();
    drop(missing);
    let faults = load("test", &[("OPENCHAIR_CONFIG", &path)], &[]).unwrap_err();
    assert_eq!(keys(&faults), ["OPENCHAIR_CONFIG"]);

    let broken = File::new("broken", "[tokens]\n\nkey = \"hunter2\n");
    let faults = load("test", &[("OPENCHAIR_CONFIG", broken.path())], &[]).unwrap_err();
    assert_eq!(keys(&faults), ["line 3"], "{faults}");
    assert!(faults.to_string().contains(broken.path()), "{faults}");
    assert!(!faults.to_string().contains(SECRET), "{faults}");

    for profile in ["staging", "nowhere.toml"] {
        let faults = load(profile, &[], &[]).unwrap_err();
        let told = faults.iter().any(|fault| {
            fault.key == "OPENCHAIR_PROFILE"
                && fault.value.as_deref() == Some(&format!("{profile:?}"))
        });
        assert!(told, "{faults}");
    }
}

#[test]
fn nothing_shows_a_secret() {
    let key = "aHVudGVyMmh1bnRlcjJodW50ZXIyaHVudGVyMmh1bnQ=";
    let column_keys = format!("k1:{key}");
    let settings = production(&[
        ("OPENCHAIR__DATABASE__OWNER_URL", "postgres://owner:hunter2@db/openchair"),
        ("OPENCHAIR__REDIS__URL", "redis://:hunter2@cache:6379"),
        ("OPENCHAIR__SENTRY__DSN", "https://hunter2@sentry.example/1"),
        ("OPENCHAIR__TOKENS__KEY", key),
        ("OPENCHAIR__SECURITY__COLUMN_KEYS", &column_keys),
    ])
    .unwrap();
    let lines: Vec<_> = settings.effective().iter().map(ToString::to_string).collect();
    let shown = format!("{}\n{settings:?}\n{settings:#?}", lines.join("\n"));
    for secret in [SECRET, key, "hunt", "104, 117"] {
        assert!(!shown.contains(secret), "{secret} in {shown}");
    }
    let expected = [
        "database.url = \"postgres://***@db/openchair\"  # environment OPENCHAIR__DATABASE__URL",
        "redis.url = \"redis://***@cache:6379\"  # environment OPENCHAIR__REDIS__URL",
        "tokens.key = ***  # environment OPENCHAIR__TOKENS__KEY",
        "testing.clock_file = \"\"  # config/default.toml",
    ];
    for line in expected {
        assert!(lines.iter().any(|shown| shown == line), "{line} in {lines:#?}");
    }
    assert_eq!(settings.database.url.expose(), "postgres://app:hunter2@db/openchair");
}

#[test]
fn production_guesses_nothing() {
    let faults = load("production", &[], &[]).unwrap_err();
    let required = [
        "server.public_url",
        "database.url",
        "mail.smtp_url",
        "mail.from",
        "tokens.key",
        "security.column_keys",
    ];
    assert_eq!(keys(&faults), required);
    assert!(faults.iter().all(|fault| fault.value.is_none()), "{faults}");
}

/// At Stripe each endpoint has a secret of its own: without the other one no event of a plan would be believed.
#[test]
fn plans_need_a_key_and_both_secrets() {
    let all = [
        ("stripe.plans", "true"),
        ("stripe.secret_key", "sk_test_x"),
        ("stripe.webhook_secret", "whsec_x"),
        ("stripe.plans_webhook_secret", "whsec_y"),
    ];
    assert!(load("test", &[], &all).unwrap().stripe.plans);
    for left_out in ["stripe.secret_key", "stripe.webhook_secret", "stripe.plans_webhook_secret"] {
        let some: Vec<_> = all.into_iter().filter(|(key, _)| *key != left_out).collect();
        assert_eq!(keys(&load("test", &[], &some).unwrap_err()), [left_out]);
    }
    // Who takes cards without plans has one endpoint.
    assert!(load("test", &[], &all[1..3]).is_ok());
}

#[test]
fn production_refuses_what_is_made_for_other_places() {
    let test = load("test", &[], &[]).unwrap();
    let weak = data_encoding::BASE64.encode(test.tokens.key.expose());
    let weak_column = format!("k1:{KEY},test:dGVzdC1vbmx5LXRlc3Qtb25seS10ZXN0LW9ubHktMDI=");
    let cases = [
        ("server.public_url", "http://book.example"),
        ("server.public_url", "http://localhost:8080"),
        ("mail.transport", "mailbox"),
        ("mail.from", ""),
        ("tokens.key", ""),
        ("tokens.key", &weak),
        ("tokens.key", "short"),
        ("security.column_keys", &weak_column),
        ("security.memory_kib", "1024"),
        ("testing.clock_file", "/tmp/clock"),
        ("demo.load", "true"),
        ("webhooks.allow_private", "true"),
        ("database.url", ""),
    ];
    for (key, value) in cases {
        let name = format!("OPENCHAIR__{}", key.to_uppercase().replace('.', "__"));
        let faults = production(&[(&name, value)]).unwrap_err();
        assert_eq!(keys(&faults), [key], "{key}={value}: {faults}");
    }
    // A clock that is turned off is no door.
    assert!(production(&[("OPENCHAIR__TESTING__CLOCK_FILE", "")]).is_ok());
}

#[test]
fn lists_come_from_files_and_from_the_environment() {
    let file = File::new("list", "[server]\ntrusted_proxies = [\"10.0.0.0/8\", \"::1\"]");
    let cases = [
        vec![("OPENCHAIR_CONFIG", file.path())],
        vec![("OPENCHAIR__SERVER__TRUSTED_PROXIES", " 10.0.0.0/8, ::1 ,")],
    ];
    for environment in cases {
        let proxies = load("test", &environment, &[]).unwrap().server.trusted_proxies;
        let trusted = |text: &str| {
            let address: IpAddr = text.parse().unwrap();
            proxies.iter().any(|range| range.contains(&address))
        };
        assert_eq!(proxies.len(), 2);
        assert!(trusted("10.1.2.3") && trusted("::1") && !trusted("127.0.0.1"));
    }
}

#[test]
fn keys_are_made_where_they_may_be_left_out() {
    let folder = std::env::temp_dir().join(format!("openchair-keys-{}", std::process::id()));
    let own = ("database.folder", folder.to_str().unwrap());
    let start = |overrides: &[(&str, &str)]| {
        let settings = load("development", &[], overrides).unwrap();
        settings.with_generated_keys(&TestEntropy::seeded(1)).unwrap()
    };
    let made = start(&[own]);
    let again = start(&[own, ("tokens.key", KEY)]);
    let test = load("test", &[], &[("database.folder", "/nowhere/at/all")]).unwrap();
    let given = test.with_generated_keys(&TestEntropy::seeded(1));
    fs::remove_dir_all(&folder).unwrap();
    assert_eq!(made.tokens.key.expose().len(), 32);
    assert_eq!(made.security.column_keys, again.security.column_keys);
    assert_ne!(made.tokens.key, again.tokens.key, "what is given stays");
    assert!(given.is_ok(), "nothing is made where everything is given");
}

#[test]
fn the_default_file_documents_every_key_and_has_no_dead_one() {
    let settings = load("development", &[], &[]).unwrap();
    let read: Vec<_> = settings.effective().iter().map(|line| line.key.as_str()).collect();
    let (mut section, mut above, mut written) = ("", "", Vec::new());
    for line in DEFAULT.lines() {
        if let Some(name) = line.strip_prefix('[') {
            section = name.trim_end_matches(']');
        } else if let Some((key, _)) = line.split_once(" = ").filter(|_| !line.starts_with('#')) {
            assert!(above.starts_with("# "), "{section}.{key} has no comment directly above it");
            written.push(format!("{section}.{key}"));
        }
        above = line;
    }
    assert_eq!(read, written, "read in the order of the file, each once");
}
