//! Reads deny.toml: the rules are written in cargo-deny's words, so that it understands them too.

use std::fs;

use crate::place::Place;

/// The parts of deny.toml that we check ourselves.
#[derive(Debug, Default)]
pub(super) struct Policy {
    pub targets: Vec<String>,
    pub licences: Vec<String>,
    /// A crate, and the only ones that may name it.
    pub wrappers: Vec<(String, Vec<String>)>,
    /// A crate, a version's beginning, and why it may be there twice.
    pub duplicates: Vec<Duplicate>,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Duplicate {
    pub name: String,
    pub version: String,
}

impl Policy {
    pub(super) fn read(place: &Place) -> Result<Self, String> {
        let path = place.root.join("deny.toml");
        let text = fs::read_to_string(&path).map_err(|error| format!("deny.toml: {error}"))?;
        Self::parse(&text).map_err(|fault| format!("deny.toml: {fault}"))
    }

    fn parse(text: &str) -> Result<Self, String> {
        let file: toml::Table = toml::from_str(text).map_err(|error| error.to_string())?;
        let list = |section: &str, key: &str| -> Vec<toml::Value> {
            let value = file.get(section).and_then(|section| section.get(key));
            value.and_then(toml::Value::as_array).cloned().unwrap_or_default()
        };
        let mut policy = Self {
            targets: words(&list("graph", "targets")),
            licences: words(&list("licenses", "allow")),
            ..Self::default()
        };
        for entry in list("bans", "deny") {
            let name = word(&entry, "crate").ok_or("a ban names no crate")?;
            let wrappers = entry.get("wrappers").and_then(toml::Value::as_array);
            policy.wrappers.push((name, words(wrappers.map_or(&[], Vec::as_slice))));
        }
        for entry in list("bans", "skip") {
            let spec = word(&entry, "crate").ok_or("a skip names no crate")?;
            let (name, version) = spec.split_once('@').ok_or(format!("{spec}: no version"))?;
            if word(&entry, "reason").is_none_or(|reason| reason.trim().len() < 10) {
                return Err(format!("{spec}: a skip needs a reason"));
            }
            policy.duplicates.push(Duplicate {
                name: name.to_owned(),
                version: version.trim_start_matches('=').to_owned(),
            });
        }
        Ok(policy)
    }
}

impl Duplicate {
    /// `0.8` stands for 0.8.x.
    pub(super) fn covers(&self, name: &str, version: &str) -> bool {
        let rest = version.strip_prefix(&self.version);
        self.name == name && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    }
}

fn word(entry: &toml::Value, key: &str) -> Option<String> {
    entry.get(key)?.as_str().map(str::to_owned)
}

fn words(values: &[toml::Value]) -> Vec<String> {
    values.iter().filter_map(|value| value.as_str().map(str::to_owned)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_read_and_a_skip_without_a_reason_is_refused() {
        let policy = Policy::parse(
            "[graph]\ntargets = ['x86_64-unknown-linux-gnu']\n[licenses]\nallow = ['MIT']\n\
             [bans]\ndeny = [{ crate = 'sqlx', wrappers = ['a', 'b'] }]\n\
             skip = [{ crate = 'rand@0.8', reason = 'cookie has not moved on' }]\n",
        )
        .unwrap();
        assert_eq!(policy.licences, ["MIT"]);
        assert_eq!(policy.wrappers, [("sqlx".to_owned(), vec!["a".to_owned(), "b".to_owned()])]);
        let skip = &policy.duplicates[0];
        assert!(skip.covers("rand", "0.8.5"));
        assert!(!skip.covers("rand", "0.80.1") && !skip.covers("rand_core", "0.8.5"));
        assert!(Policy::parse("[bans]\nskip = [{ crate = 'rand@0.8' }]").is_err());
        assert!(Policy::parse("[bans").is_err());
    }
}
