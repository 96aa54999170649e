//! Reads typed values out of the merged layers and keeps every fault instead of stopping at the first.

use std::fmt;
use std::ops::RangeInclusive;
use std::time::Duration;

use super::faults::Fault;
use super::layers::{Entry, Merged, Raw};
use super::secret::{KeyBytes, MASK, Secret, mask_url};

/// One effective setting, fit for printing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The key, for example `server.bind`.
    pub key: String,
    /// The value as TOML, masked if it is a secret.
    pub value: String,
    /// Where it comes from.
    pub source: String,
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} = {}  # {}", self.key, self.value, self.source)
    }
}

/// How much of a value may be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Show {
    Plain,
    /// A URL that signs in: host and path only.
    Url,
    Nothing,
}

impl Show {
    pub(super) fn render(self, raw: &Raw) -> String {
        match (self, raw.text()) {
            (Self::Plain, _) => raw.to_string(),
            _ if raw.is_empty() => raw.to_string(),
            (Self::Url, Some(text)) => format!("{:?}", mask_url(text)),
            _ => MASK.to_owned(),
        }
    }
}

pub(super) const SECOND: u64 = 1;
pub(super) const MINUTE: u64 = 60;
pub(super) const HOUR: u64 = 60 * MINUTE;
pub(super) const DAY: u64 = 24 * HOUR;

/// Reads key by key; what it has read is the list of keys that exist.
#[derive(Debug)]
pub(super) struct Reader<'a> {
    merged: &'a Merged,
    faults: Vec<Fault>,
    lines: Vec<Line>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(merged: &'a Merged, faults: Vec<Fault>) -> Self {
        Self { merged, faults, lines: Vec::new() }
    }

    /// Reads a key by a rule of its own; `None` means that the fault is noted.
    pub(super) fn get<T>(
        &mut self,
        key: &'static str,
        show: Show,
        expected: &str,
        parse: impl FnOnce(&Raw) -> Option<T>,
    ) -> Option<T> {
        let Some(Entry { raw, source }) = self.merged.get(key) else {
            self.fault(key, None, "config/default.toml".to_owned(), expected);
            return None;
        };
        let shown = show.render(raw);
        let line = Line { key: key.to_owned(), value: shown.clone(), source: source.to_string() };
        self.lines.push(line);
        let value = parse(raw);
        if value.is_none() {
            self.fault(key, Some(shown), source.to_string(), expected);
        }
        value
    }

    fn fault(&mut self, key: &str, value: Option<String>, source: String, expected: &str) {
        // The rules may have said already that it is missing; once is enough.
        if self.faults.iter().all(|fault| fault.key != key) {
            let (key, expected) = (key.to_owned(), expected.to_owned());
            self.faults.push(Fault { key, value, source, expected });
        }
    }

    /// A plain text that `parse` understands.
    pub(super) fn text<T>(
        &mut self,
        key: &'static str,
        expected: &str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        self.get(key, Show::Plain, expected, |raw| raw.text().and_then(parse))
    }

    /// A URL with one of the schemes that may sign in somewhere, or nothing.
    pub(super) fn secret_url(
        &mut self,
        key: &'static str,
        expected: &str,
        schemes: &[&str],
    ) -> Option<Secret> {
        self.get(key, Show::Url, expected, |raw| {
            let text = raw.text()?;
            let right = text.is_empty()
                || url::Url::parse(text).is_ok_and(|url| schemes.contains(&url.scheme()));
            right.then(|| Secret::new(text))
        })
    }

    /// Something that nobody is shown, or nothing.
    pub(super) fn secret(&mut self, key: &'static str) -> Option<Secret> {
        self.get(key, Show::Nothing, "a text", |raw| raw.text().map(Secret::new))
    }

    /// A key in base64 of at least 32 bytes, or nothing.
    pub(super) fn key(&mut self, key: &'static str, expected: &str) -> Option<KeyBytes> {
        self.get(key, Show::Nothing, expected, |raw| match raw.text()? {
            "" => Some(KeyBytes::default()),
            text => super::values::base64(text).filter(|key| key.len() >= 32).map(KeyBytes::new),
        })
    }

    pub(super) fn flag(&mut self, key: &'static str) -> Option<bool> {
        self.get(key, Show::Plain, "true or false", Raw::flag)
    }

    /// A whole number of the given range, in the type that the setting has.
    pub(super) fn number<T: TryFrom<i64>>(
        &mut self,
        key: &'static str,
        range: RangeInclusive<i64>,
    ) -> Option<T> {
        let expected = format!("a whole number from {} to {}", range.start(), range.end());
        self.get(key, Show::Plain, &expected, |raw| {
            raw.integer().filter(|number| range.contains(number)).and_then(|n| T::try_from(n).ok())
        })
    }

    /// A time of so many units of `unit` seconds.
    pub(super) fn time(
        &mut self,
        key: &'static str,
        range: RangeInclusive<i64>,
        unit: u64,
    ) -> Option<Duration> {
        self.number::<u64>(key, range).map(|count| Duration::from_secs(count * unit))
    }

    /// The lines and faults, after a look at what was said but never read.
    pub(super) fn finish(mut self) -> (Vec<Line>, Vec<Fault>) {
        for (key, source) in self.merged.said() {
            if self.lines.iter().any(|line| line.key == *key) {
                continue;
            }
            let meant = nearest(key, self.lines.iter().map(|line| line.key.as_str()));
            let expected = match meant {
                Some(meant) => format!("a key of config/default.toml; did you mean {meant}?"),
                None => "a key of config/default.toml".to_owned(),
            };
            self.faults.push(Fault {
                key: key.clone(),
                // A misspelt key may hold a secret.
                value: Some("(not shown)".to_owned()),
                source: source.to_string(),
                expected,
            });
        }
        let order = |fault: &Fault| {
            self.lines.iter().position(|line| line.key == fault.key).unwrap_or(usize::MAX)
        };
        self.faults.sort_by_key(order);
        (self.lines, self.faults)
    }
}

/// The key that was probably meant: a few letters off, or the right name in the wrong section.
fn nearest<'k>(key: &str, known: impl Iterator<Item = &'k str>) -> Option<&'k str> {
    let leaf = |key: &str| key.rsplit('.').next().unwrap_or_default().to_owned();
    let own_leaf = leaf(key);
    known
        .map(|candidate| {
            let moved = if leaf(candidate) == own_leaf { 3 } else { usize::MAX };
            (distance(key, candidate).min(moved), candidate)
        })
        .filter(|(distance, _)| *distance <= 3)
        .min()
        .map(|(_, candidate)| candidate)
}

/// Edits between two words: insert, delete, replace.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, to) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(from != *to);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        for (a, b, edits) in
            [("", "", 0), ("", "abc", 3), ("bind", "bnd", 1), ("kitten", "sitting", 3)]
        {
            assert_eq!(distance(a, b), edits, "{a} {b}");
        }
    }

    #[test]
    fn nearest_keys() {
        let known = ["server.bind", "worker.batch", "database.url", "redis.url"];
        let cases = [
            ("server.bnd", Some("server.bind")),
            ("servr.bind", Some("server.bind")),
            ("server.batch", Some("worker.batch")),
            ("bind", Some("server.bind")),
            ("redsi.url", Some("redis.url")),
            ("something.else", None),
        ];
        for (given, expected) in cases {
            assert_eq!(nearest(given, known.into_iter()), expected, "{given}");
        }
    }
}
