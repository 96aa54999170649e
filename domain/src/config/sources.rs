//! Where settings come from, in their order.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;

use super::faults::Fault;
use super::layers::{Merged, Raw, Source, parse};

pub(super) const DEFAULT: &str = include_str!("../../../config/default.toml");
const DEVELOPMENT: &str = include_str!("../../../config/development.toml");
const TEST: &str = include_str!("../../../config/test.toml");
const PRODUCTION: &str = include_str!("../../../config/production.toml");

const PROFILE: &str = "OPENCHAIR_PROFILE";
const FILE: &str = "OPENCHAIR_CONFIG";
const PREFIX: &str = "OPENCHAIR__";

/// Which rules a profile is held to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rules {
    /// A developer's machine: missing things are made up.
    Development,
    /// The test bench.
    Test,
    /// The real thing: nothing is guessed.
    Production,
}

impl Rules {
    fn named(name: &str) -> Option<Self> {
        match name {
            "development" => Some(Self::Development),
            "test" => Some(Self::Test),
            "production" => Some(Self::Production),
            _ => None,
        }
    }

    fn shipped(self) -> (&'static str, &'static str) {
        match self {
            Self::Development => ("development.toml", DEVELOPMENT),
            Self::Test => ("test.toml", TEST),
            Self::Production => ("production.toml", PRODUCTION),
        }
    }
}

/// The profile in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// Its name, or the path of its file.
    pub name: String,
    /// The rules that it is held to.
    pub rules: Rules,
}

impl Profile {
    /// Whether nothing may be guessed.
    pub fn is_production(&self) -> bool {
        self.rules == Rules::Production
    }

    /// Whether this is a developer's machine, where `/dev/…` pages are served.
    pub fn is_development(&self) -> bool {
        self.rules == Rules::Development
    }
}

/// Everything that settings are read from.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    profile: String,
    environment: BTreeMap<String, String>,
    overrides: Vec<(String, String)>,
    unreadable: Vec<String>,
}

impl Sources {
    /// The environment of this process. The only place that looks at it.
    pub fn from_process() -> Self {
        Self::from_os(std::env::vars_os())
    }

    fn from_os(variables: impl IntoIterator<Item = (OsString, OsString)>) -> Self {
        let mut sources = Self::default();
        for (name, value) in variables {
            let Some(name) = name.to_str().filter(|name| name.starts_with("OPENCHAIR_")) else {
                continue;
            };
            match value.into_string() {
                Ok(value) => drop(sources.environment.insert(name.to_owned(), value)),
                Err(_) => sources.unreadable.push(name.to_owned()),
            }
        }
        sources.profile = sources.environment.get(PROFILE).cloned().unwrap_or_default();
        sources
    }

    /// Given sources, for tests and tools: nothing of the process gets in.
    pub fn of<K: Into<String>, V: Into<String>>(
        profile: &str,
        environment: impl IntoIterator<Item = (K, V)>,
        overrides: Vec<(String, String)>,
    ) -> Self {
        let environment = environment.into_iter().map(|(k, v)| (k.into(), v.into())).collect();
        Self { profile: profile.to_owned(), environment, overrides, unreadable: Vec::new() }
    }

    /// Adds what the command line says as (`section.key`, value); it wins over all else.
    pub fn with_overrides(mut self, overrides: Vec<(String, String)>) -> Self {
        self.overrides.extend(overrides);
        self
    }

    /// All layers over each other, and the profile that was asked for.
    pub(super) fn merge(&self) -> (Merged, Profile, Vec<Fault>) {
        let (mut merged, mut faults) = (Merged::default(), Vec::new());
        put_shipped("default.toml", DEFAULT, &mut merged, &mut faults);
        let profile = self.put_profile(&mut merged, &mut faults);
        if let Some(path) = self.environment.get(FILE).filter(|path| !path.is_empty())
            && let Some((table, source)) = read_file(FILE, path, &mut faults)
        {
            merged.put_table(table, &source);
        }
        self.put_environment(&mut merged, &mut faults);
        for (key, value) in &self.overrides {
            merged.put(key.clone(), Raw::Text(value.clone()), Source::CommandLine);
        }
        (merged, profile, faults)
    }

    fn put_profile(&self, merged: &mut Merged, faults: &mut Vec<Fault>) -> Profile {
        let name = if self.profile.is_empty() { "development" } else { &self.profile };
        let mut own_file = None;
        let mut rules = Rules::named(name);
        if rules.is_none() {
            if std::path::Path::new(name).extension().is_some_and(|end| end == "toml") {
                own_file = read_file(PROFILE, name, faults);
                rules = own_file.as_mut().and_then(|(table, source)| base(table, source, faults));
            } else {
                faults.push(Fault {
                    key: PROFILE.to_owned(),
                    value: Some(format!("{name:?}")),
                    source: Source::Environment(PROFILE.to_owned()).to_string(),
                    expected: "development, test, production, or the path of a .toml file"
                        .to_owned(),
                });
            }
        }
        // Who asked for something unknown is held to the strictest.
        let rules = rules.unwrap_or(Rules::Production);
        let (file, text) = rules.shipped();
        put_shipped(file, text, merged, faults);
        if let Some((table, source)) = own_file {
            merged.put_table(table, &source);
        }
        Profile { name: name.to_owned(), rules }
    }

    fn put_environment(&self, merged: &mut Merged, faults: &mut Vec<Fault>) {
        for name in &self.unreadable {
            faults.push(Fault {
                key: name.clone(),
                value: Some("(not shown)".to_owned()),
                source: Source::Environment(name.clone()).to_string(),
                expected: "text in UTF-8".to_owned(),
            });
        }
        for (name, value) in &self.environment {
            let source = Source::Environment(name.clone());
            if let Some(path) = name.strip_prefix(PREFIX) {
                let key = path.to_lowercase().replace("__", ".");
                merged.put(key, Raw::Text(value.clone()), source);
            } else if let Some(path) = name.strip_prefix("OPENCHAIR_")
                && path.contains("__")
            {
                // One underscore short: silently ignored, it would be hard to find.
                faults.push(Fault {
                    key: name.clone(),
                    value: Some("(not shown)".to_owned()),
                    source: source.to_string(),
                    expected: format!(
                        "two underscores after OPENCHAIR; did you mean {PREFIX}{path}?"
                    ),
                });
            }
        }
    }
}

fn put_shipped(name: &'static str, text: &str, merged: &mut Merged, faults: &mut Vec<Fault>) {
    let source = Source::Shipped(name);
    match parse(text, &source) {
        Ok(table) => merged.put_table(table, &source),
        Err(fault) => faults.push(fault),
    }
}

fn read_file(key: &str, path: &str, faults: &mut Vec<Fault>) -> Option<(toml::Table, Source)> {
    let source = Source::File(PathBuf::from(path));
    let read = std::fs::read_to_string(path).map_err(|error| Fault {
        key: key.to_owned(),
        value: Some(format!("{path:?}")),
        source: Source::Environment(key.to_owned()).to_string(),
        expected: format!("a file that can be read ({error})"),
    });
    match read.and_then(|text| parse(&text, &source)) {
        Ok(table) => Some((table, source)),
        Err(fault) => {
            faults.push(fault);
            None
        }
    }
}

/// What a profile file stands on: production, unless it says otherwise.
fn base(table: &mut toml::Table, source: &Source, faults: &mut Vec<Fault>) -> Option<Rules> {
    let Some(value) = table.remove("based_on") else {
        return Some(Rules::Production);
    };
    let rules = value.as_str().and_then(Rules::named);
    if rules.is_none() {
        faults.push(Fault {
            key: "based_on".to_owned(),
            value: Some(value.to_string()),
            source: source.to_string(),
            expected: "\"development\", \"test\" or \"production\"".to_owned(),
        });
    }
    rules
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::ffi::OsStringExt;

    use super::*;

    #[test]
    fn the_process_environment_is_filtered_and_may_be_broken() {
        let variables = [
            ("OPENCHAIR_PROFILE".into(), "test".into()),
            ("OPENCHAIR__SERVER__BIND".into(), OsString::from_vec(vec![b'a', 0xff])),
            ("PATH".into(), OsString::from_vec(vec![0xff])),
        ];
        let (_, profile, faults) = Sources::from_os(variables).merge();
        assert_eq!(profile, Profile { name: "test".to_owned(), rules: Rules::Test });
        let keys: Vec<_> = faults.iter().map(|fault| fault.key.as_str()).collect();
        assert_eq!(keys, ["OPENCHAIR__SERVER__BIND"]);
    }
}
