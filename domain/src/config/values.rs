//! Values with a shape of their own.

use std::fmt;
use std::net::IpAddr;

use data_encoding::{BASE64, BASE64_NOPAD, BASE64URL, BASE64URL_NOPAD};
use ipnet::IpNet;

use super::secret::{KeyBytes, Secret};

/// Base64 in any of its dialects, since tools disagree.
pub(super) fn base64(text: &str) -> Option<Vec<u8>> {
    [BASE64, BASE64URL, BASE64_NOPAD, BASE64URL_NOPAD]
        .iter()
        .find_map(|dialect| dialect.decode(text.as_bytes()).ok())
}

/// Where people reach the product: scheme, host and port, without a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl {
    origin: String,
    secure: bool,
}

impl PublicUrl {
    /// `https://…`, or `http://` where browsers take a Secure cookie without TLS: this machine.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let url = url::Url::parse(text).ok()?;
        let secure = url.scheme() == "https";
        let local = url.scheme() == "http"
            && match url.host()? {
                url::Host::Domain(name) => name == "localhost" || name.ends_with(".localhost"),
                url::Host::Ipv4(address) => address.is_loopback(),
                url::Host::Ipv6(address) => address.is_loopback(),
            };
        let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
        let anonymous = url.username().is_empty() && url.password().is_none();
        ((secure || local) && bare && anonymous)
            .then(|| Self { origin: url.origin().ascii_serialization(), secure })
    }

    /// What a browser sends as `Origin`, for example `https://book.example`.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The address of a path, which begins with `/`.
    pub fn join(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }

    /// Whether it is https.
    pub fn is_secure(&self) -> bool {
        self.secure
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.origin)
    }
}

/// A network, or a single address.
pub(super) fn network(text: &str) -> Option<IpNet> {
    text.parse().ok().or_else(|| text.parse().ok().map(|address: IpAddr| address.into()))
}

/// A key that encrypts columns, with the id that is stored beside what it encrypted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnKey {
    /// 1 to 16 of a-z, 0-9, `-` and `_`.
    pub id: String,
    /// 32 bytes.
    pub bytes: KeyBytes,
}

impl ColumnKey {
    /// `id:base64 of 32 bytes`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (id, key) = text.split_once(':')?;
        let readable = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_".contains(c);
        let named = (1..=16).contains(&id.len()) && id.chars().all(readable);
        let bytes = base64(key).filter(|bytes| bytes.len() == 32)?;
        named.then(|| Self { id: id.to_owned(), bytes: KeyBytes::new(bytes) })
    }
}

/// An address without a name.
pub(super) fn address(text: &str) -> Option<String> {
    sender(text).filter(|sender| !sender.contains('<'))
}

/// A secret as the Standard Webhooks specification writes it: `whsec_` and base64 of 24 to 64 bytes.
/// Or nothing.
pub(super) fn standard_secret(text: &str) -> Option<Secret> {
    let long_enough =
        |key: &str| BASE64.decode(key.as_bytes()).is_ok_and(|key| (24..=64).contains(&key.len()));
    let right = text.is_empty() || text.strip_prefix("whsec_").is_some_and(long_enough);
    right.then(|| Secret::new(text))
}

/// A sender: `name@host` or `Name <name@host>`. The mailer parses it again; this catches typing errors.
pub(super) fn sender(text: &str) -> Option<String> {
    let address = match text.split_once('<') {
        Some((_, rest)) => rest.strip_suffix('>')?,
        None => text,
    };
    let (local, host) = address.split_once('@')?;
    let bad = |c: char| c.is_whitespace() || c.is_control() || "<>@,".contains(c);
    let right = [local, host].iter().all(|part| !part.is_empty() && !part.contains(bad));
    (right && !text.contains(char::is_control)).then(|| text.to_owned())
}

/// Where an API is: `https://…`, or `http://…` (a stand-in, a relay of one's own).
pub(super) fn api(text: &str) -> Option<String> {
    let url = url::Url::parse(text).ok()?;
    let right = ["http", "https"].contains(&url.scheme()) && url.query().is_none();
    (right && url.has_host()).then(|| text.to_owned())
}

/// A key that browsers may see, or nothing. A secret one put there by mistake isn't shown to anybody.
pub(super) fn publishable(text: &str) -> Option<String> {
    let rest = ["pk_test_", "pk_live_"].iter().find_map(|start| text.strip_prefix(start));
    let known = |rest: &str| {
        !rest.is_empty() && rest.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    };
    (text.is_empty() || rest.is_some_and(known)).then(|| text.to_owned())
}

/// A word that stands in a path, or nothing.
pub(super) fn plain_word(text: &str) -> Option<String> {
    text.chars().all(|c| c.is_ascii_alphanumeric()).then(|| text.to_owned())
}

/// A telephone number in E.164 or a service's id, or nothing.
pub(super) fn text_sender(text: &str) -> Option<String> {
    let digits = |text: &str| text.chars().all(|c| c.is_ascii_digit());
    let number = text.strip_prefix('+').is_some_and(|n| (6..=15).contains(&n.len()) && digits(n));
    let service = text.starts_with("MG") && text.chars().all(|c| c.is_ascii_alphanumeric());
    (text.is_empty() || number || service).then(|| text.to_owned())
}

/// Somebody to write to, or nobody.
pub(super) fn contact(text: &str) -> Option<String> {
    let known = text.starts_with("mailto:") || text.starts_with("https://");
    (text.is_empty() || (known && url::Url::parse(text).is_ok())).then(|| text.to_owned())
}

/// `info` or `info,sqlx=warn`: what tracing's filter would take silently wrong is refused here.
pub(super) fn log_filter(text: &str) -> Option<String> {
    const LEVELS: [&str; 6] = ["trace", "debug", "info", "warn", "error", "off"];
    let right = |part: &str| {
        let (target, level) = part.trim().split_once('=').unwrap_or(("all", part.trim()));
        let named = |c: char| c.is_ascii_alphanumeric() || "_:-".contains(c);
        !target.is_empty() && target.chars().all(named) && LEVELS.contains(&level)
    };
    text.split(',').all(right).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_sends_texts() {
        for right in ["", "+14155550100", "MG0123456789abcdef"] {
            assert_eq!(text_sender(right).as_deref(), Some(right));
        }
        for wrong in ["4155550100", "+1 415", "+12345", "Spa", "MG 1"] {
            assert_eq!(text_sender(wrong), None, "{wrong}");
        }
        for right in ["https://api.twilio.com", "http://127.0.0.1:4000/texts"] {
            assert_eq!(api(right).as_deref(), Some(right));
        }
        for wrong in ["", "api.twilio.com", "ftp://a.example", "https://a.example/?x=1", "https:"] {
            assert_eq!(api(wrong), None, "{wrong}");
        }
        assert!(contact("mailto:ops@a.example").is_some() && contact("").is_some());
        assert!(contact("ops@a.example").is_none() && plain_word("AC/../x").is_none());
    }

    #[test]
    fn public_urls() {
        let good = [
            ("https://book.example", "https://book.example"),
            ("https://book.example:8443/", "https://book.example:8443"),
            ("https://book.example:443", "https://book.example"),
            ("http://localhost:8080", "http://localhost:8080"),
            ("http://lagoon.localhost", "http://lagoon.localhost"),
            ("http://127.0.0.1:4000", "http://127.0.0.1:4000"),
            ("http://[::1]:4000", "http://[::1]:4000"),
        ];
        for (given, origin) in good {
            let url = PublicUrl::parse(given).expect(given);
            assert_eq!(url.origin(), origin);
            assert_eq!(url.join("/join#x"), format!("{origin}/join#x"));
            assert_eq!(url.is_secure(), given.starts_with("https"));
        }
        let bad = [
            "",
            "book.example",
            "http://book.example",
            "ftp://localhost",
            "https://book.example/app",
            "https://book.example?x",
            "https://me@book.example",
            "http://localhost.evil.example",
        ];
        for given in bad {
            assert_eq!(PublicUrl::parse(given), None, "{given}");
        }
    }

    #[test]
    fn networks() {
        let cases = [
            ("10.0.0.0/8", "10.255.0.1", true),
            ("10.0.0.0/8", "11.0.0.1", false),
            ("192.168.1.7", "192.168.1.7", true),
            ("192.168.1.7", "192.168.1.8", false),
            ("0.0.0.0/0", "8.8.8.8", true),
            ("0.0.0.0/0", "::1", false),
            ("::/0", "fd00::1", true),
            ("fd00::/8", "fdff::1", true),
            ("fd00::/8", "fe00::1", false),
            ("::1", "::1", true),
        ];
        for (range, address, inside) in cases {
            let range = network(range).expect(range);
            assert_eq!(
                range.contains(&address.parse::<IpAddr>().unwrap()),
                inside,
                "{range:?} {address}"
            );
        }
        for bad in ["", "10.0.0.0/33", "::/129", "10.0.0/8", "10.0.0.0/", "proxy.example"] {
            assert_eq!(network(bad), None, "{bad}");
        }
    }

    #[test]
    fn column_keys() {
        let key = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
        for good in [format!("k1:{key}="), format!("2025-11:{key}"), format!("a_b:{key}=")] {
            assert!(ColumnKey::parse(&good).is_some(), "{good}");
        }
        for bad in [
            key.to_owned(),
            format!(":{key}="),
            format!("K1:{key}="),
            format!("seventeen-letters:{key}="),
            "k1:AAAA".to_owned(),
            format!("k1:AAAA{key}"),
            "k1:not base64".to_owned(),
        ] {
            assert_eq!(ColumnKey::parse(&bad), None, "{bad}");
        }
    }

    #[test]
    fn senders_and_filters() {
        for good in ["a@b", "Openchair <no-reply@localhost>", "Señor <a.b+c@x.example>"] {
            assert!(sender(good).is_some(), "{good}");
        }
        for bad in ["", "a", "a@", "@b", "a@b@c", "A <a@b", "A\r\nBcc: x@y <a@b>", "a@b, c@d"] {
            assert_eq!(sender(bad), None, "{bad}");
        }
        assert!(address("ops@example.com").is_some());
        assert_eq!(address("Ops <ops@example.com>"), None);
        for good in ["", "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"] {
            assert!(standard_secret(good).is_some(), "{good}");
        }
        for bad in ["C2FVsBQIhrscChlQIMV+b5sSYspob7oD", "whsec_C2FVsBQI", "whsec_???"] {
            assert!(standard_secret(bad).is_none(), "{bad}");
        }
        for good in ["info", "warn,openchair_domain::tenancy=debug", "info, sqlx=off"] {
            assert!(log_filter(good).is_some(), "{good}");
        }
        for bad in ["", "loud", "info,", "info;warn", "sqlx=loud", "=info"] {
            assert_eq!(log_filter(bad), None, "{bad}");
        }
    }
}
