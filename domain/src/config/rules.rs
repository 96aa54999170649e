//! Rules between keys, and what production refuses.

use super::faults::Fault;
use super::layers::{Entry, Merged, Raw};
use super::reader::Show;
use super::sources::Rules;

/// The secrets of `config/test.toml` all begin so.
const TEST_ONLY: &str = "dGVzdC1vbmx5";
/// OWASP's smallest memory for argon2id.
const LEAST_MEMORY_KIB: i64 = 7168;

pub(super) fn check(merged: &Merged, rules: Rules, faults: &mut Vec<Fault>) {
    let mut rule = Rule { merged, faults };
    let text = |key| merged.get(key).and_then(|entry| entry.raw.text());
    let number = |key| merged.get(key).and_then(|entry| entry.raw.integer());

    if text("mail.transport") == Some("smtp") {
        rule.given(
            "mail.smtp_url",
            Show::Url,
            "smtp://…:587 or smtps://…:465, as mail.transport is smtp",
        );
    }
    if text("texts.account_sid").is_some_and(|account| !account.is_empty()) {
        rule.given("texts.auth_token", Show::Nothing, "the token of texts.account_sid");
    }
    if text("stripe.secret_key").is_some_and(|key| !key.is_empty()) {
        let expected = "the secret of the endpoint at Stripe, as stripe.secret_key is given";
        rule.given("stripe.webhook_secret", Show::Nothing, expected);
    }
    if merged.get("stripe.plans").is_some_and(|entry| entry.raw.flag() == Some(true)) {
        let expected = "this installation's key at Stripe, as stripe.plans is on";
        rule.given("stripe.secret_key", Show::Nothing, expected);
        let expected = "the secret of the endpoint at Stripe for events of your own account, as stripe.plans is on";
        rule.given("stripe.plans_webhook_secret", Show::Nothing, expected);
    }
    if text("push.vapid_key").is_some_and(|key| !key.is_empty()) {
        let expected = "mailto:… or https://…, as push.vapid_key is given";
        rule.given("push.contact", Show::Plain, expected);
    }
    if let (Some(idle), Some(absolute)) =
        (number("session.idle_hours"), number("session.absolute_hours"))
    {
        let expected = format!("at least session.idle_hours, which is {idle}");
        rule.refuse_if(absolute < idle, "session.absolute_hours", Show::Plain, &expected);
    }
    if rules == Rules::Production {
        production(&mut rule);
    }
}

fn production(rule: &mut Rule<'_>) {
    let merged = rule.merged;
    let raw = |key| merged.get(key).map(|entry| &entry.raw);
    let text = |key| raw(key).and_then(Raw::text);

    rule.given(
        "database.url",
        Show::Url,
        "postgres://… of the app's role: production starts no database",
    );
    rule.given(
        "server.public_url",
        Show::Plain,
        "https://host that people reach this installation at",
    );
    let plain = text("server.public_url").is_some_and(|url| url.starts_with("http:"));
    rule.refuse_if(plain, "server.public_url", Show::Plain, "https:// in production");
    rule.given("mail.from", Show::Plain, "the address that mails come from");
    let stays = text("mail.transport") == Some("mailbox");
    rule.refuse_if(stays, "mail.transport", Show::Plain, "smtp: in production mail has to leave");

    let own_key = "a key of your own, base64 of at least 32 bytes: openssl rand -base64 32";
    rule.given("tokens.key", Show::Nothing, own_key);
    let known = text("tokens.key").is_some_and(|key| key.starts_with(TEST_ONLY));
    rule.refuse_if(known, "tokens.key", Show::Nothing, own_key);
    let own_keys = "keys of your own, id:base64 of 32 bytes each: openssl rand -base64 32";
    rule.given("security.column_keys", Show::Nothing, own_keys);
    let known = raw("security.column_keys")
        .and_then(Raw::list)
        .is_some_and(|keys| keys.iter().any(|key| key.contains(TEST_ONLY)));
    rule.refuse_if(known, "security.column_keys", Show::Nothing, own_keys);
    let weak =
        raw("security.memory_kib").and_then(Raw::integer).is_some_and(|n| n < LEAST_MEMORY_KIB);
    let expected = format!("at least {LEAST_MEMORY_KIB} in production");
    rule.refuse_if(weak, "security.memory_kib", Show::Plain, &expected);

    let turned = raw("testing.clock_file").is_some_and(|raw| !raw.is_empty());
    rule.refuse_if(
        turned,
        "testing.clock_file",
        Show::Plain,
        "nothing: production keeps real time",
    );
    let inside = raw("webhooks.allow_private").and_then(Raw::flag) == Some(true);
    let expected = "false: whoever has an endpoint could send into your network";
    rule.refuse_if(inside, "webhooks.allow_private", Show::Plain, expected);
    let demo = raw("demo.load").and_then(Raw::flag) == Some(true);
    rule.refuse_if(demo, "demo.load", Show::Plain, "false: no demo data in production");
}

struct Rule<'a> {
    merged: &'a Merged,
    faults: &'a mut Vec<Fault>,
}

impl Rule<'_> {
    fn given(&mut self, key: &str, show: Show, expected: &str) {
        let empty = self.merged.get(key).is_none_or(|entry| entry.raw.is_empty());
        self.refuse_if(empty, key, show, expected);
    }

    fn refuse_if(&mut self, wrong: bool, key: &str, show: Show, expected: &str) {
        if let (true, Some(Entry { raw, source })) = (wrong, self.merged.get(key)) {
            self.faults.push(Fault {
                key: key.to_owned(),
                value: (!raw.is_empty()).then(|| show.render(raw)),
                source: source.to_string(),
                expected: expected.to_owned(),
            });
        }
    }
}
