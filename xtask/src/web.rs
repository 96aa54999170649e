//! npm's part, done only when something has changed.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    place::{Place, fingerprint},
    step,
};

/// npm in this folder, quiet about what is not our business.
pub(crate) fn npm(folder: &Path) -> Command {
    let mut npm = Command::new("npm");
    npm.current_dir(folder)
        .env("NPM_CONFIG_FUND", "false")
        .env("NPM_CONFIG_AUDIT", "false")
        .env("NPM_CONFIG_UPDATE_NOTIFIER", "false");
    npm
}

/// `npm ci`, if what is installed is not what the lock file says. The stamp is among the installed
/// packages, so it goes when they go.
pub(crate) fn install(place: &Place, folder: &Path) -> Result<(), String> {
    let name = format!("npm ci in {}", place.relative(folder).display());
    let files = [folder.join("package.json"), folder.join("package-lock.json")];
    when_changed(&folder.join("node_modules/.stamp"), &files, &[], || {
        step::must(&name, npm(folder).args(["ci", "--prefer-offline"])).map(drop)
    })
}

/// The web files that the server embeds.
pub(crate) fn build(place: &Place) -> Result<(), String> {
    let folder = place.root.join("web");
    if !folder.join("package.json").exists() {
        println!(" – there is no web client to build");
        return Ok(());
    }
    install(place, &folder)?;
    let stamps = place.root.join(".openchair/stamps");
    fs::create_dir_all(&stamps).map_err(|error| format!("{}: {error}", stamps.display()))?;
    let stamp = stamps.join("web");
    if !(folder.join("dist/index.html").exists() && folder.join(".built").exists()) {
        // Without the files the stamp says nothing; it may well not be there.
        let _ = fs::remove_file(&stamp);
    }
    let skip = ["node_modules", "dist", ".built", "coverage", ".svelte-kit"];
    when_changed(&stamp, std::slice::from_ref(&folder), &skip, || {
        step::must("web: npm run build", npm(&folder).args(["run", "build"])).map(drop)
    })
}

/// Does the work if the files differ from those of the last time that it went well.
fn when_changed(
    stamp: &Path,
    files: &[PathBuf],
    skip: &[&str],
    work: impl FnOnce() -> Result<(), String>,
) -> Result<(), String> {
    let now = fingerprint(files, skip)?;
    if fs::read_to_string(stamp).is_ok_and(|then| then == now) {
        return Ok(());
    }
    work()?;
    // What the work itself changed (a build that writes types) belongs to the result.
    let now = fingerprint(files, skip)?;
    fs::write(stamp, now).map_err(|error| format!("{}: {error}", stamp.display()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    #[test]
    fn work_is_done_once_per_change() {
        let folder = std::env::temp_dir().join(format!("openchair-stamp-{}", std::process::id()));
        fs::create_dir_all(folder.join("src/dist")).unwrap();
        let file = folder.join("src/a.ts");
        fs::write(&file, "1").unwrap();
        let times = Cell::new(0);
        let stamp = folder.join("stamp");
        let build = |result: Result<(), String>| {
            let _ = when_changed(&stamp, &[folder.join("src")], &["dist"], || {
                times.set(times.get() + 1);
                result
            });
            times.get()
        };
        assert_eq!(build(Err("no".to_owned())), 1, "a failure leaves no stamp");
        assert_eq!(build(Ok(())), 2);
        assert_eq!(build(Ok(())), 2);
        fs::write(folder.join("src/dist/out.js"), "x").unwrap();
        assert_eq!(build(Ok(())), 2, "what it makes does not count");
        fs::write(&file, "2").unwrap();
        assert_eq!(build(Ok(())), 3);
        fs::write(folder.join("src/b.ts"), "1").unwrap();
        assert_eq!(build(Ok(())), 4);
        fs::remove_dir_all(&folder).unwrap();
    }
}
