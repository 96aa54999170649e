//! Where things are.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use sha2::{Digest, Sha256};

/// The repository and the folder that cargo builds into.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub root: PathBuf,
    pub target: PathBuf,
}

impl Place {
    pub(crate) fn find() -> Result<Self, String> {
        // Cargo says at run time where the package is: builds may be shared between clones.
        let package = env::var_os("CARGO_MANIFEST_DIR")
            .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        let root = package.parent().ok_or("xtask has no parent folder")?.to_owned();
        // This program is <target>/<profile>/xtask.
        let program = env::current_exe().map_err(|error| format!("where am I? {error}"))?;
        let target = program.ancestors().nth(2).ok_or("xtask is in no target folder")?.to_owned();
        Ok(Self { root, target })
    }

    /// One of the workspace's programs, as `cargo build` leaves it.
    pub(crate) fn program(&self, name: &str, release: bool) -> PathBuf {
        self.target.join(if release { "release" } else { "debug" }).join(name)
    }

    /// A folder for logs and reports, made if need be.
    pub(crate) fn scratch(&self) -> Result<PathBuf, String> {
        let folder = self.target.join("xtask");
        fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        Ok(folder)
    }

    /// A path as one would type it in the repository.
    pub(crate) fn relative<'a>(&self, path: &'a Path) -> &'a Path {
        path.strip_prefix(&self.root).unwrap_or(path)
    }
}

/// cargo in the repository, as if it had been started by hand.
///
/// `cargo run` tells us which package we are in variables that build scripts of dependencies watch:
/// passed on, they would build the same again after every change of the caller.
pub(crate) fn cargo(place: &Place) -> Command {
    let mut cargo = Command::new("cargo");
    cargo.current_dir(&place.root);
    for (name, _) in env::vars_os() {
        let about_us = name.to_str().is_some_and(|name| {
            name.starts_with("CARGO_PKG_")
                || name.starts_with("CARGO_MANIFEST_")
                || ["CARGO_BIN_NAME", "CARGO_CRATE_NAME", "CARGO_PRIMARY_PACKAGE"].contains(&name)
        });
        if about_us {
            cargo.env_remove(name);
        }
    }
    cargo
}

/// A checksum over the contents and names of all files under these paths, in a fixed order.
pub(crate) fn fingerprint(paths: &[PathBuf], skip: &[&str]) -> Result<String, String> {
    let mut files = Vec::new();
    for path in paths {
        collect(path, skip, &mut files).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    files.sort();
    let mut digest = Sha256::new();
    for file in files {
        let content = fs::read(&file).map_err(|error| format!("{}: {error}", file.display()))?;
        digest.update(file.as_os_str().as_encoded_bytes());
        digest.update(content.len().to_le_bytes());
        digest.update(content);
    }
    Ok(data_encoding::HEXLOWER.encode(&digest.finalize()))
}

fn collect(path: &Path, skip: &[&str], into: &mut Vec<PathBuf>) -> std::io::Result<()> {
    if path.file_name().is_some_and(|name| skip.iter().any(|skip| name == *skip)) {
        return Ok(());
    }
    if !path.is_dir() {
        if path.exists() {
            into.push(path.to_owned());
        }
        return Ok(());
    }
    for entry in fs::read_dir(path)? {
        collect(&entry?.path(), skip, into)?;
    }
    Ok(())
}

/// Whether a program of this name can be run.
pub(crate) fn on_path(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|folder| folder.join(name)).find(|program| program.is_file())
}
