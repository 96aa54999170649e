//! Long files usually hide a second noun.

use std::{fs, process::Command};

use super::{Outcome, verdict};
use crate::place::Place;

const MOST_LINES: usize = 600;
const SOURCES: [&str; 7] = [".rs", ".ts", ".svelte", ".css", ".sql", ".mjs", ".py"];
/// Written by programs.
const GENERATED: [&str; 1] = ["web/src/lib/api/schema.d.ts"];

pub(super) fn check(place: &Place) -> Outcome {
    let listing = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(&place.root)
        .output()
        .map_err(|error| format!("git: {error}"))?;
    if !listing.status.success() {
        return Err(format!("git ls-files: {}", String::from_utf8_lossy(&listing.stderr)));
    }
    let listing = String::from_utf8_lossy(&listing.stdout).into_owned();
    let mut faults = Vec::new();
    for path in listing.split('\0').filter(|path| is_source(path)) {
        // A file that git knows may have been removed just now.
        let Ok(text) = fs::read_to_string(place.root.join(path)) else { continue };
        let lines = text.lines().count();
        if lines > MOST_LINES {
            faults.push(format!("{path} has {lines} lines, {MOST_LINES} are the most"));
        }
    }
    verdict(&faults)
}

fn is_source(path: &str) -> bool {
    SOURCES.iter().any(|ending| path.ends_with(ending)) && !GENERATED.contains(&path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_write_is_counted() {
        assert!(is_source("domain/src/lib.rs") && is_source("web/src/App.svelte"));
        assert!(!is_source("Cargo.lock") && !is_source("web/src/lib/api/schema.d.ts"));
    }
}
