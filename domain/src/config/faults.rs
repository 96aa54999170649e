//! What is wrong with a configuration, told all at once.

use std::fmt;

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The key, for example `server.bind`.
    pub key: String,
    /// The value as given, masked if it is a secret; `None` if there is none.
    pub value: Option<String>,
    /// Where the value comes from.
    pub source: String,
    /// What would be right.
    pub expected: String,
}

/// Everything that is wrong with a configuration. Its `Display` is what an operator reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Faults {
    profile: String,
    list: Vec<Fault>,
}

impl Faults {
    pub(super) fn new(profile: String, list: Vec<Fault>) -> Self {
        Self { profile, list }
    }

    /// The faults, in the order of `config/default.toml` as far as they belong to a key of it.
    pub fn iter(&self) -> impl Iterator<Item = &Fault> {
        self.list.iter()
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (count, profile) = (self.list.len(), &self.profile);
        let noun = if count == 1 { "fault" } else { "faults" };
        writeln!(f, "{count} {noun} in the configuration (profile {profile}):")?;
        for fault in &self.list {
            writeln!(f, "\n  {}", fault.key)?;
            writeln!(f, "    value     {}", fault.value.as_deref().unwrap_or("(missing)"))?;
            writeln!(f, "    source    {}", fault.source)?;
            writeln!(f, "    expected  {}", fault.expected)?;
        }
        Ok(())
    }
}

impl std::error::Error for Faults {}
