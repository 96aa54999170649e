//! Dependencies that a crate lists and never names.

use std::{fs, path::Path};

use super::{Outcome, dependencies::Packages, policy::Policy, verdict};
use crate::place::Place;

pub(super) fn check(place: &Place) -> Outcome {
    let policy = Policy::read(place)?;
    let packages = Packages::read(place, &policy.targets)?;
    let mut faults = Vec::new();
    for package in packages.all.iter().filter(|package| package.is_member) {
        let mut code = String::new();
        for folder in ["src", "tests", "benches", "examples", "build.rs"] {
            gather(&package.folder.join(folder), &mut code)
                .map_err(|error| format!("{}: {error}", package.name))?;
        }
        for dependency in &package.dependencies {
            let kept = package.kept.contains(&dependency.package);
            if !kept && !names(&code, &dependency.in_code) {
                faults.push(format!("{} never names {}", package.name, dependency.package));
            }
        }
    }
    verdict(&faults)
}

fn gather(path: &Path, code: &mut String) -> std::io::Result<()> {
    if path.is_dir() {
        for entry in fs::read_dir(path)? {
            gather(&entry?.path(), code)?;
        }
    } else if path.exists() && path.extension().is_some_and(|extension| extension == "rs") {
        code.push_str(&fs::read_to_string(path)?);
    }
    Ok(())
}

/// Whether the name is there as a word of its own, outside of comments.
fn names(code: &str, name: &str) -> bool {
    let part_of_word = |letter: char| letter.is_alphanumeric() || letter == '_';
    code.lines().filter(|line| !line.trim_start().starts_with("//")).any(|line| {
        line.match_indices(name).any(|(at, _)| {
            let before = line[..at].chars().next_back();
            let after = line[at + name.len()..].chars().next();
            !before.is_some_and(part_of_word) && !after.is_some_and(part_of_word)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_counts_as_a_word_in_code() {
        for (code, expected) in [
            ("use serde::Serialize;", true),
            ("#[derive(serde::Serialize)]", true),
            ("let x = serde_json::Value::Null;", false),
            ("// use serde::Serialize;", false),
            ("    /// serde", false),
            ("", false),
        ] {
            assert_eq!(names(code, "serde"), expected, "{code}");
        }
    }
}
