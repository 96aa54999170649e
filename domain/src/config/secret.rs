//! Values that must not be seen: they are masked wherever they could be printed.

use std::fmt;

pub(super) const MASK: &str = "***";

/// A text that is never printed. Reading it is a deliberate call.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps a text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself, for the one place that needs it.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether nothing was given.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_empty() { "(empty)" } else { MASK })
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// The bytes of a key, never printed.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct KeyBytes(Vec<u8>);

impl KeyBytes {
    /// Wraps bytes.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Self {
        Self(bytes.into())
    }

    /// The bytes themselves, for the one place that needs them.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }

    /// Whether no key was given.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for KeyBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_empty() { "(empty)" } else { MASK })
    }
}

/// A URL without what signs in there: user, password and query go, host and path stay readable.
pub(super) fn mask_url(text: &str) -> String {
    let Ok(mut url) = url::Url::parse(text) else {
        return MASK.to_owned();
    };
    // Without an authority nothing says which part is the secret one.
    if !url.has_host() {
        return format!("{}:{MASK}", url.scheme());
    }
    if !url.username().is_empty() || url.password().is_some() {
        let removed = url.set_password(None).and_then(|()| url.set_username(MASK));
        if removed.is_err() {
            return MASK.to_owned();
        }
    }
    url.set_query(None);
    url.set_fragment(None);
    url.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_not_printed() {
        let secret = Secret::new("hunter2");
        let key = KeyBytes::new(*b"hunter2");
        let printed = format!("{secret} {secret:?} {secret:#?} {key:?}");
        assert_eq!(printed, "*** *** *** ***");
        assert_eq!(format!("{:?}", Secret::default()), "(empty)");
    }

    #[test]
    fn urls_keep_their_host_only() {
        let cases = [
            ("postgres://app:hunter2@db:5432/shop?sslmode=require", "postgres://***@db:5432/shop"),
            ("postgres://db/shop?password=hunter2", "postgres://db/shop"),
            ("https://hunter2@o1.ingest.example/7", "https://***@o1.ingest.example/7"),
            ("redis://:hunter2@cache:6379/0", "redis://***@cache:6379/0"),
            ("app:hunter2@db", "app:***"),
            ("hunter2", "***"),
        ];
        for (given, expected) in cases {
            assert_eq!(mask_url(given), expected, "{given}");
        }
    }
}
