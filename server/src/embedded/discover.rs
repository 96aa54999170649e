//! Looks for a PostgreSQL on this machine that is whole enough for us.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use super::{
    EmbeddedError,
    account::{RunAs, said},
};

/// The oldest major version that the schema is tested against.
pub(super) const OLDEST_MAJOR: u32 = 15;

/// The extension without which double bookings can't be excluded; some builds lack it.
const EXTENSION: &str = "extension/btree_gist.control";

/// A folder with PostgreSQL's programs that were seen to run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Binaries {
    pub folder: PathBuf,
    pub major: u32,
}

/// What the search brought: the one to use, and why the others were passed over.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub best: Option<Binaries>,
    pub refused: Vec<(PathBuf, String)>,
}

/// Looks at every usual place. With `wanted`, only that major version will do: data of one major
/// version can't be read by another.
pub(super) fn search(run_as: &RunAs, wanted: Option<u32>) -> Found {
    let mut found = Found::default();
    for folder in candidates(Path::new("/"), on_path().as_deref()) {
        match examine(&folder, run_as) {
            Ok(binaries) if wanted.is_none_or(|wanted| wanted == binaries.major) => {
                found.best = Some(binaries);
                return found;
            }
            Ok(binaries) => {
                found.refused.push((folder, format!("it is version {}", binaries.major)));
            }
            Err(reason) => found.refused.push((folder, reason)),
        }
    }
    found
}

/// The folder that the configuration names: that one or none.
pub(super) fn explicit(
    folder: &Path,
    run_as: &RunAs,
    wanted: Option<u32>,
) -> Result<Binaries, EmbeddedError> {
    let unsuitable = |reason| EmbeddedError::Unsuitable { folder: folder.to_owned(), reason };
    let binaries = examine(folder, run_as).map_err(unsuitable)?;
    match wanted {
        Some(wanted) if wanted != binaries.major => Err(unsuitable(format!(
            "it is version {}, and the data was made by version {wanted}",
            binaries.major
        ))),
        _ => Ok(binaries),
    }
}

/// The folders worth a look under `root`, best first, each once.
fn candidates(root: &Path, on_path: Option<&Path>) -> Vec<PathBuf> {
    let under = |path: &str| root.join(path);
    let mut folders = Vec::new();
    // Debian, then Red Hat.
    folders.extend(by_version(&under("usr/lib/postgresql"), "", "bin"));
    folders.extend(by_version(&under("usr"), "pgsql-", "bin"));
    folders.extend(on_path.map(Path::to_owned));
    for homebrew in ["opt/homebrew/opt", "usr/local/opt", "home/linuxbrew/.linuxbrew/opt"] {
        folders.extend(by_version(&under(homebrew), "postgresql@", "bin"));
        folders.push(under(homebrew).join("postgresql/bin"));
    }
    folders.extend(by_version(&under("Applications/Postgres.app/Contents/Versions"), "", "bin"));
    let mut unique: Vec<PathBuf> = Vec::new();
    for folder in folders {
        // Links are followed first, so that one installation counts once under its real name.
        let Ok(folder) = folder.canonicalize() else { continue };
        if folder.join("postgres").exists() && !unique.contains(&folder) {
            unique.push(folder);
        }
    }
    unique
}

/// `<parent>/<prefix><number>/<inside>`, the highest number first.
fn by_version(parent: &Path, prefix: &str, inside: &str) -> Vec<PathBuf> {
    let mut versions: Vec<(Vec<u32>, PathBuf)> = fs::read_dir(parent)
        .into_iter()
        .flatten()
        .filter_map(|entry| {
            let entry = entry.ok()?;
            let name = entry.file_name().into_string().ok()?;
            let version = name.strip_prefix(prefix)?;
            let parts = version.split('.').map(str::parse).collect::<Result<_, _>>().ok()?;
            Some((parts, entry.path().join(inside)))
        })
        .collect();
    versions.sort_by(|one, other| other.0.cmp(&one.0));
    versions.into_iter().map(|(_, path)| path).collect()
}

/// Where the shell would find it, links followed: a `bin` folder may hold links only.
fn on_path() -> Option<PathBuf> {
    let done = Command::new("/bin/sh").args(["-c", "command -v postgres"]).output().ok()?;
    let program = PathBuf::from(String::from_utf8(done.stdout).ok()?.trim_end());
    Some(program.canonicalize().ok()?.parent()?.to_owned())
}

/// Whether this folder will do, found out by running what is in it as the account that will.
pub(super) fn examine(folder: &Path, run_as: &RunAs) -> Result<Binaries, String> {
    let mut major = 0;
    for program in ["initdb", "postgres"] {
        let done = run_as
            .command(folder.join(program))
            .arg("--version")
            .output()
            .map_err(|error| format!("{program} does not run: {error}"))?;
        if !done.status.success() {
            return Err(format!("{program} does not run: {}", said(&done)));
        }
        let words = String::from_utf8_lossy(&done.stdout).into_owned();
        major = major_version(&words)
            .ok_or_else(|| format!("{program} does not tell its version: {}", words.trim()))?;
    }
    if major < OLDEST_MAJOR {
        return Err(format!("version {major} is too old, {OLDEST_MAJOR} is needed"));
    }
    if !share_folders(folder, major, run_as).iter().any(|share| share.join(EXTENSION).exists()) {
        return Err("it lacks the extension btree_gist".to_owned());
    }
    Ok(Binaries { folder: folder.to_owned(), major })
}

/// `postgres (PostgreSQL) 15.13 (Debian …)` → 15.
fn major_version(words: &str) -> Option<u32> {
    let (_, version) = words.split_once("(PostgreSQL) ")?;
    let digits: String = version.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

/// Where the extensions may be: PostgreSQL finds them relative to its programs.
fn share_folders(folder: &Path, major: u32, run_as: &RunAs) -> Vec<PathBuf> {
    let told = run_as.command(folder.join("pg_config")).arg("--sharedir").output().ok();
    let told = told
        .filter(|done| done.status.success())
        .map(|done| PathBuf::from(String::from_utf8_lossy(&done.stdout).trim_end()));
    told.into_iter()
        .chain([
            folder.join("../share"),
            folder.join("../share/postgresql"),
            folder.join(format!("../share/postgresql@{major}")),
            folder.join(format!("../../../../share/postgresql/{major}")),
        ])
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::embedded::tests::Folder;
    use std::os::unix::fs::symlink;

    /// A stand-in for an installation: programs that say a version, and the extension or not.
    fn install(bin: &Path, version: &str, extension: bool) {
        fs::create_dir_all(bin).unwrap();
        for program in ["postgres", "initdb"] {
            // By another process: had we the file open to write, a child that another test starts
            // just then would keep it open for a moment, and it could not be run.
            let written = Command::new("/bin/sh")
                .args(["-c", "printf '%s\\n' '#!/bin/sh' \"echo '$2'\" > $1 && chmod 755 $1", "sh"])
                .arg(bin.join(program))
                .arg(format!("{program} (PostgreSQL) {version}"))
                .status();
            assert!(written.unwrap().success());
        }
        if extension {
            let share = bin.join("../share/extension");
            fs::create_dir_all(&share).unwrap();
            fs::write(share.join("btree_gist.control"), "").unwrap();
        }
    }

    #[test]
    fn versions_are_read_from_what_the_programs_say() {
        for (words, expected) in [
            ("postgres (PostgreSQL) 15.13 (Debian 15.13-0+deb12u1)\n", Some(15)),
            ("initdb (PostgreSQL) 18.4\n", Some(18)),
            ("postgres (PostgreSQL) 19beta2\n", Some(19)),
            ("postgres (EnterpriseDB) 15\n", None),
            ("", None),
        ] {
            assert_eq!(major_version(words), expected, "{words:?}");
        }
    }

    #[test]
    fn the_newest_debian_comes_first_then_path_then_homebrew_each_once() {
        let folder = Folder::new();
        let root = folder.path();
        for (bin, version) in [
            ("usr/lib/postgresql/9.6/bin", "9.6.24"),
            ("usr/lib/postgresql/15/bin", "15.13"),
            ("usr/lib/postgresql/17/bin", "17.2"),
            ("opt/pg/bin", "16.1"),
            ("opt/homebrew/opt/postgresql@16/bin", "16.3"),
        ] {
            install(&root.join(bin), version, true);
        }
        fs::create_dir_all(root.join("usr/lib/postgresql/18/bin")).unwrap();
        fs::create_dir_all(root.join("usr/lib/postgresql/common/bin")).unwrap();
        symlink(
            root.join("opt/homebrew/opt/postgresql@16"),
            root.join("opt/homebrew/opt/postgresql"),
        )
        .unwrap();
        let real = root.canonicalize().unwrap();
        let found: Vec<PathBuf> = candidates(root, Some(&root.join("opt/pg/bin")))
            .iter()
            .map(|path| path.strip_prefix(&real).unwrap().to_owned())
            .collect();
        assert_eq!(
            found,
            [
                "usr/lib/postgresql/17/bin",
                "usr/lib/postgresql/15/bin",
                "usr/lib/postgresql/9.6/bin",
                "opt/pg/bin",
                "opt/homebrew/opt/postgresql@16/bin",
            ]
            .map(PathBuf::from)
        );
    }

    #[test]
    fn a_candidate_is_taken_or_refused_for_its_own_reason() {
        let folder = Folder::new();
        let run_as = RunAs::choose(None).unwrap();
        let check = |name: &str, version: &str, extension: bool| {
            let bin = folder.path().join(name).join("bin");
            install(&bin, version, extension);
            examine(&bin, &run_as).map(|binaries| binaries.major)
        };
        assert_eq!(check("whole", "16.2", true), Ok(16));
        assert!(check("old", "14.9", true).unwrap_err().contains("too old"));
        assert!(check("bare", "16.2", false).unwrap_err().contains("btree_gist"));
        assert!(check("mute", "'; exit 1; echo '", true).unwrap_err().contains("initdb"));
        let empty = folder.path().join("empty");
        fs::create_dir(&empty).unwrap();
        assert!(examine(&empty, &run_as).unwrap_err().contains("does not run"));
    }

    #[test]
    fn an_explicit_folder_is_that_or_nothing() {
        let folder = Folder::new();
        let run_as = RunAs::choose(None).unwrap();
        let bin = folder.path().join("bin");
        install(&bin, "16.2", true);
        assert_eq!(explicit(&bin, &run_as, Some(16)).unwrap().major, 16);
        let refused = explicit(&bin, &run_as, Some(15)).unwrap_err().to_string();
        assert!(refused.contains("made by version 15"), "{refused}");
        assert!(explicit(Path::new("/nowhere"), &run_as, None).is_err());
    }
}
