//! One source of settings after another, each flattened to `section.key` → value.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use super::faults::Fault;

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A file that is built in, by its name under `config/`.
    Shipped(&'static str),
    /// A file that was named by `OPENCHAIR_PROFILE` or `OPENCHAIR_CONFIG`.
    File(PathBuf),
    /// An environment variable.
    Environment(String),
    /// The command line.
    CommandLine,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Shipped(name) => write!(f, "config/{name}"),
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Environment(name) => write!(f, "environment {name}"),
            Self::CommandLine => f.write_str("command line"),
        }
    }
}

/// A value before anybody knows what type it should have.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Raw {
    /// From a file: typed by TOML.
    Toml(toml::Value),
    /// From the environment or the command line: the reader decides.
    Text(String),
}

impl Raw {
    /// The text of a string; numbers and the like have none.
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Toml(value) => value.as_str(),
            Self::Text(text) => Some(text.trim()),
        }
    }

    /// The texts of a list, which is comma-separated outside of files.
    pub(super) fn list(&self) -> Option<Vec<&str>> {
        match self {
            Self::Toml(toml::Value::Array(items)) => {
                items.iter().map(toml::Value::as_str).collect()
            }
            Self::Toml(_) => None,
            Self::Text(text) => {
                Some(text.split(',').map(str::trim).filter(|item| !item.is_empty()).collect())
            }
        }
    }

    pub(super) fn integer(&self) -> Option<i64> {
        match self {
            Self::Toml(value) => value.as_integer(),
            Self::Text(text) => text.trim().parse().ok(),
        }
    }

    pub(super) fn flag(&self) -> Option<bool> {
        match self {
            Self::Toml(value) => value.as_bool(),
            Self::Text(text) => match text.trim() {
                "true" => Some(true),
                "false" => Some(false),
                _ => None,
            },
        }
    }

    /// Whether it says "nothing": an empty text or list.
    pub(super) fn is_empty(&self) -> bool {
        match self {
            Self::Toml(toml::Value::Array(items)) => items.is_empty(),
            _ => self.text().is_some_and(str::is_empty),
        }
    }
}

impl fmt::Display for Raw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Toml(value) => write!(f, "{value}"),
            Self::Text(text) if text.trim().parse::<f64>().is_ok() || self.flag().is_some() => {
                f.write_str(text)
            }
            Self::Text(text) => write!(f, "{}", toml::Value::String(text.clone())),
        }
    }
}

/// A value and where it comes from.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) raw: Raw,
    pub(super) source: Source,
}

/// All layers in one: each key's winner, plus everything that was said, for the hunt for unknown keys.
#[derive(Debug, Default)]
pub(super) struct Merged {
    winners: BTreeMap<String, Entry>,
    said: Vec<(String, Source)>,
}

impl Merged {
    pub(super) fn get(&self, key: &str) -> Option<&Entry> {
        self.winners.get(key)
    }

    pub(super) fn said(&self) -> &[(String, Source)] {
        &self.said
    }

    /// Puts one value over what was there.
    pub(super) fn put(&mut self, key: String, raw: Raw, source: Source) {
        self.said.push((key.clone(), source.clone()));
        self.winners.insert(key, Entry { raw, source });
    }

    /// Puts all values of a table over what was there.
    pub(super) fn put_table(&mut self, table: toml::Table, source: &Source) {
        self.put_nested("", table, source);
    }

    fn put_nested(&mut self, prefix: &str, table: toml::Table, source: &Source) {
        for (name, value) in table {
            let key = if prefix.is_empty() { name } else { format!("{prefix}.{name}") };
            match value {
                toml::Value::Table(inner) => self.put_nested(&key, inner, source),
                leaf => self.put(key, Raw::Toml(leaf), source.clone()),
            }
        }
    }
}

/// Reads a TOML text. The fault names the line but doesn't quote it: it may hold a secret.
pub(super) fn parse(text: &str, source: &Source) -> Result<toml::Table, Fault> {
    text.parse::<toml::Table>().map_err(|error| {
        let start = error.span().map_or(0, |span| span.start);
        let line = text.bytes().take(start).filter(|byte| *byte == b'\n').count() + 1;
        Fault {
            key: format!("line {line}"),
            value: Some("(not shown)".to_owned()),
            source: source.to_string(),
            expected: format!("TOML; {}", error.message().lines().collect::<Vec<_>>().join(" ")),
        }
    })
}
