//! What time it is.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use chrono::{DateTime, Utc};

/// Where the seconds of the epoch come from.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> i64 + Send + Sync>);

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clock")
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::new(machine)
    }
}

impl Clock {
    /// From here.
    pub fn new(seconds: impl Fn() -> i64 + Send + Sync + 'static) -> Self {
        Self(Arc::new(seconds))
    }

    /// The machine's, unless the file at `path` says another time (`2026-03-08T01:59:00Z`, which stands
    /// still) or by how many seconds it is shifted (`+3600`): as the servers of the tests read it.
    pub fn following(path: PathBuf) -> Self {
        Self::new(move || {
            let real = machine();
            let Ok(text) = std::fs::read_to_string(&path) else { return real };
            shown_by(text.trim(), real)
        })
    }

    /// What time it is now.
    pub fn now(&self) -> i64 {
        (self.0)()
    }
}

fn shown_by(text: &str, real: i64) -> i64 {
    if let Ok(fixed) = DateTime::parse_from_rfc3339(text) {
        return fixed.timestamp();
    }
    real + text.parse::<i64>().unwrap_or(0)
}

#[expect(
    clippy::disallowed_methods,
    reason = "it stands for somebody else, who has a clock of their own"
)]
fn machine() -> i64 {
    Utc::now().timestamp()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_file_says() {
        let cases = [("2026-03-08T01:59:00Z", 1_772_935_140), ("+60", 160), ("-60", 40), ("", 100)];
        for (text, expected) in cases {
            assert_eq!(shown_by(text, 100), expected, "{text}");
        }
    }
}
