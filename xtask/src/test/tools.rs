//! Fetches what the tests need and the machine lacks.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    place::{Place, on_path},
    step, web,
};

/// Exact, so that a new release can't change what passes.
const SCHEMATHESIS: &str = "schemathesis==4.32.5";

/// Has Redis at hand for the tests that run with and without it.
pub(super) fn redis() -> Result<(), String> {
    if on_path("redis-server").is_some() || on_path("valkey-server").is_some() {
        return Ok(());
    }
    from_debian("redis-server")
}

/// A browser for the browser tests.
pub(super) fn chromium(tests: &Path) -> Result<PathBuf, String> {
    let known = || {
        ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
            .into_iter()
            .find_map(on_path)
    };
    if let Some(found) = known() {
        return Ok(found);
    }
    let from_debian = from_debian("chromium");
    if let Some(found) = known() {
        return Ok(found);
    }
    // Playwright's own, for systems that are not Debian.
    step::must(
        "fetching a browser",
        web::npm(tests).args(["exec", "--", "playwright", "install", "chromium"]),
    )
    .map_err(|fault| match from_debian {
        Err(reason) => format!("no chromium: {reason}; {fault}"),
        Ok(()) => fault,
    })?;
    let script = "process.stdout.write(require('@playwright/test').chromium.executablePath())";
    let done = Command::new("node").args(["-e", script]).current_dir(tests).output();
    let done = done.map_err(|error| format!("node: {error}"))?;
    Ok(PathBuf::from(String::from_utf8_lossy(&done.stdout).into_owned()))
}

/// schemathesis in a Python environment of its own, under target.
pub(super) fn schemathesis(place: &Place) -> Result<PathBuf, String> {
    let version = SCHEMATHESIS.rsplit('=').next().unwrap_or_default();
    let home = place.scratch()?.join(format!("schemathesis-{version}"));
    let program = home.join("bin/schemathesis");
    // The last thing that an installation makes: a half one does not count.
    let whole = home.join("installed");
    if whole.exists() && program.exists() {
        return Ok(program);
    }
    let make = || {
        let mut venv = Command::new("python3");
        step::must("a Python environment", venv.args(["-m", "venv", "--clear"]).arg(&home))
    };
    if make().is_err() {
        // Debian keeps that part of Python apart.
        from_debian("python3-venv")?;
        make()?;
    }
    let mut pip = Command::new(home.join("bin/pip"));
    pip.args(["install", "--quiet", "--disable-pip-version-check", SCHEMATHESIS]);
    step::must("pip install schemathesis", &mut pip)?;
    std::fs::write(&whole, SCHEMATHESIS).map_err(|error| format!("{}: {error}", home.display()))?;
    Ok(program)
}

/// A package of Debian, where we may install one.
fn from_debian(package: &str) -> Result<(), String> {
    if on_path("apt-get").is_none() {
        return Err(format!("{package} is not installed, and there is no apt-get to do it"));
    }
    let root = Command::new("id").arg("-u").output();
    if !root.is_ok_and(|done| done.stdout.starts_with(b"0\n")) {
        return Err(format!("{package} is not installed: sudo apt-get install {package}"));
    }
    let install = || {
        let mut apt = Command::new("apt-get");
        apt.args(["install", "-y", "--no-install-recommends", package])
            .env("DEBIAN_FRONTEND", "noninteractive")
            // The package would start a service; the tests start their own.
            .env("RUNLEVEL", "1");
        step::must(&format!("apt-get install {package}"), &mut apt)
    };
    if install().is_err() {
        // The lists may be old or not there at all.
        step::must("apt-get update", Command::new("apt-get").arg("update"))?;
        install()?;
    }
    Ok(())
}
