//! Who may depend on whom, under which licences, and what is there twice.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{Outcome, licences, policy::Policy, verdict};
use crate::place::{self, Place};

/// What cargo knows about all packages.
#[derive(Debug)]
pub(super) struct Packages {
    pub all: Vec<Package>,
}

#[derive(Debug, Default)]
pub(super) struct Package {
    pub name: String,
    pub version: String,
    pub licence: Option<String>,
    /// Ours, and not somebody else's.
    pub is_member: bool,
    pub folder: std::path::PathBuf,
    /// Dependencies that are listed for their features only and never named: those that
    /// `[package.metadata.cargo-machete] ignored` lists.
    pub kept: Vec<String>,
    /// Whatever kind they are of.
    pub dependencies: Vec<Dependency>,
}

#[derive(Debug)]
pub(super) struct Dependency {
    pub package: String,
    pub in_code: String,
}

impl Packages {
    pub(super) fn read(place: &Place, targets: &[String]) -> Result<Self, String> {
        let metadata = cargo(place, &["metadata", "--format-version=1"], &[])?;
        let metadata =
            serde_json::from_str(&metadata).map_err(|error| format!("cargo metadata: {error}"))?;
        let mut packages = Self::parse(&metadata);
        // The lock file also holds what no feature that we chose leads to; the tree doesn't.
        let every_kind =
            ["tree", "--workspace", "--edges=normal,build,dev", "--prefix=none", "--format={p}"];
        let tree = cargo(place, &every_kind, targets)?;
        let built: BTreeSet<(&str, &str)> = tree
            .lines()
            .filter_map(|line| {
                let mut words = line.split(' ');
                Some((words.next()?, words.next()?.strip_prefix('v')?))
            })
            .collect();
        packages.all.retain(|package| built.contains(&(&package.name, &package.version)));
        Ok(packages)
    }

    fn parse(metadata: &Value) -> Self {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let items = |value: &Value| value.as_array().cloned().unwrap_or_default();
        let names: BTreeMap<String, String> = items(&metadata["packages"])
            .iter()
            .map(|package| (text(&package["id"]), text(&package["name"])))
            .collect();
        // What is really used, with the features that are chosen.
        let mut used: BTreeMap<String, Vec<Dependency>> = BTreeMap::new();
        for node in items(&metadata["resolve"]["nodes"]) {
            let dependencies = items(&node["deps"]).into_iter().map(|dependency| Dependency {
                package: names.get(&text(&dependency["pkg"])).cloned().unwrap_or_default(),
                in_code: text(&dependency["name"]),
            });
            used.insert(text(&node["id"]), dependencies.collect());
        }
        let members: BTreeSet<String> =
            items(&metadata["workspace_members"]).iter().map(text).collect();
        let all = items(&metadata["packages"]).into_iter().map(|package| {
            let id = text(&package["id"]);
            let manifest = std::path::PathBuf::from(text(&package["manifest_path"]));
            Package {
                name: text(&package["name"]),
                version: text(&package["version"]),
                licence: package["license"].as_str().map(str::to_owned),
                is_member: members.contains(&id),
                folder: manifest.parent().map(std::path::Path::to_owned).unwrap_or_default(),
                kept: items(&package["metadata"]["cargo-machete"]["ignored"])
                    .iter()
                    .map(text)
                    .collect(),
                dependencies: used.remove(&id).unwrap_or_default(),
            }
        });
        Self { all: all.collect() }
    }
}

fn cargo(place: &Place, arguments: &[&str], targets: &[String]) -> Result<String, String> {
    let mut cargo = place::cargo(place);
    cargo.args(arguments).arg("--locked");
    for target in targets {
        cargo.arg("--target").arg(target);
    }
    let done = cargo.output().map_err(|error| format!("cargo: {error}"))?;
    if done.status.success() {
        Ok(String::from_utf8_lossy(&done.stdout).into_owned())
    } else {
        Err(format!("cargo {}: {}", arguments[0], String::from_utf8_lossy(&done.stderr)))
    }
}

pub(super) fn check(place: &Place) -> Outcome {
    let policy = Policy::read(place)?;
    let packages = Packages::read(place, &policy.targets)?;
    let mut faults = wrong_arrows(&packages, &policy);
    faults.extend(wrong_licences(&packages, &policy));
    faults.extend(wrong_duplicates(&packages, &policy));
    verdict(&faults)
}

/// A crate that only some may name, named by another. A crate of ours without a rule may be named
/// by nobody.
fn wrong_arrows(packages: &Packages, policy: &Policy) -> Vec<String> {
    let ours: BTreeSet<&str> =
        packages.all.iter().filter(|one| one.is_member).map(|one| one.name.as_str()).collect();
    let mut faults = Vec::new();
    for package in &packages.all {
        for dependency in &package.dependencies {
            let name = &dependency.package;
            let rule = policy.wrappers.iter().find(|(ruled, _)| ruled == name);
            let may = match rule {
                Some((_, wrappers)) if wrappers.contains(&package.name) => continue,
                Some((_, wrappers)) => wrappers.join(", "),
                None if ours.contains(name.as_str()) => String::new(),
                None => continue,
            };
            let may = if may.is_empty() { "nobody may".to_owned() } else { format!("only: {may}") };
            faults.push(format!("{} must not depend on {name}; {may}", package.name));
        }
    }
    faults
}

fn wrong_licences(packages: &Packages, policy: &Policy) -> Vec<String> {
    let fault = |package: &Package| {
        let Package { name, version, licence, .. } = package;
        match licence {
            _ if package.is_member => None,
            Some(licence) if licences::acceptable(licence, &policy.licences) => None,
            Some(licence) => Some(format!("{name} {version}: licence {licence} is not accepted")),
            None => Some(format!("{name} {version} names no licence")),
        }
    };
    packages.all.iter().filter_map(fault).collect()
}

/// All versions of a crate but the newest need a line with a reason; lines that nothing needs any
/// more have to go.
fn wrong_duplicates(packages: &Packages, policy: &Policy) -> Vec<String> {
    let mut versions: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for package in &packages.all {
        versions.entry(&package.name).or_default().push(&package.version);
    }
    versions.retain(|_, versions| versions.len() > 1);
    let mut faults = Vec::new();
    let mut needed = BTreeSet::new();
    for (name, versions) in &versions {
        let mut excused = 0;
        for (index, skip) in policy.duplicates.iter().enumerate() {
            let covered = versions.iter().filter(|version| skip.covers(name, version)).count();
            if covered > 0 {
                excused += covered;
                needed.insert(index);
            }
        }
        if excused + 1 < versions.len() {
            faults.push(format!(
                "{name} is there in the versions {}: agree on one, or give a reason in deny.toml",
                versions.join(", ")
            ));
        }
    }
    for (index, skip) in policy.duplicates.iter().enumerate() {
        if !needed.contains(&index) {
            faults.push(format!(
                "deny.toml: the skip of {}@{} is not needed any more",
                skip.name, skip.version
            ));
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::policy::Duplicate;

    fn package(name: &str, version: &str, licence: &str, dependencies: &[&str]) -> Package {
        let dependency = |name: &&str| Dependency {
            package: (*name).to_owned(),
            in_code: name.replace('-', "_"),
        };
        Package {
            name: name.to_owned(),
            version: version.to_owned(),
            licence: Some(licence.to_owned()),
            dependencies: dependencies.iter().map(dependency).collect(),
            ..Package::default()
        }
    }

    #[test]
    fn arrows_licences_and_duplicates_are_judged() {
        let mut packages = Packages {
            all: vec![
                package("domain", "1.0.0", "MIT", &["sqlx"]),
                package("server", "1.0.0", "MIT", &["domain", "sqlx"]),
                package("sqlx", "0.9.0", "MIT", &["rand"]),
                package("rand", "0.8.5", "MIT", &[]),
                package("rand", "0.9.1", "MIT", &[]),
                package("odd", "1.0.0", "GPL-2.0", &[]),
            ],
        };
        let skip = |name: &str, version: &str| Duplicate {
            name: name.to_owned(),
            version: version.to_owned(),
        };
        let mut policy = Policy {
            licences: vec!["MIT".to_owned()],
            wrappers: vec![("sqlx".to_owned(), vec!["domain".to_owned()])],
            ..Policy::default()
        };
        packages.all[0].is_member = true;
        let arrows = wrong_arrows(&packages, &policy);
        assert_eq!(
            arrows,
            [
                "server must not depend on domain; nobody may",
                "server must not depend on sqlx; only: domain"
            ]
        );
        let licences = wrong_licences(&packages, &policy);
        assert_eq!(licences, ["odd 1.0.0: licence GPL-2.0 is not accepted"]);
        let twice = wrong_duplicates(&packages, &policy);
        assert!(twice.len() == 1 && twice[0].contains("rand"), "{twice:?}");
        policy.duplicates = vec![skip("rand", "0.8"), skip("syn", "1")];
        let stale = wrong_duplicates(&packages, &policy);
        assert!(stale.len() == 1 && stale[0].contains("syn@1"), "{stale:?}");
    }
}
