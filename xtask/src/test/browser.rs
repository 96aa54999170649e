//! What is done with the web client in a real browser.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::counts::Counts;
use super::runners::{fresh, json, with_clean_stop};
use super::server::Server;
use super::{Outcome, Settings, tools};
use crate::place::Place;
use crate::step::{self, Show};
use crate::web;

/// Who looks after the platform in the demo data.
const ADMINISTRATOR: &str = "admin@openchair.demo";

/// Playwright over a real server.
pub(super) fn specs(settings: &Settings) -> Result<Outcome, String> {
    // Demo data have somebody who looks after the platform: nobody becomes that over HTTP.
    let server = [
        // What webhooks are tried out with is on this machine, too.
        ("OPENCHAIR__WEBHOOKS__ALLOW_PRIVATE", "true"),
        ("OPENCHAIR__DEMO__LOAD", "true"),
        // Whoever looks at all screens one after the other is faster than people.
        ("OPENCHAIR__LIMITS__PLAN_FACTOR", "20"),
    ];
    run(settings, "playwright", &server, &[])
}

/// Lighthouse over a real server, after everything else: what is measured doesn't share the machine.
pub(super) fn lighthouse(settings: &Settings) -> Result<Outcome, String> {
    run(settings, "lighthouse", &[], &["--config", "measure/playwright.config.ts"])
}

fn run(
    settings: &Settings,
    name: &str,
    of_server: &[(&str, &str)],
    arguments: &[&str],
) -> Result<Outcome, String> {
    let place = &settings.place;
    let Some(folder) = folder(place)? else {
        return Ok(Outcome::skipped("there are no browser tests"));
    };
    let chromium = match tools::chromium(&folder) {
        Ok(chromium) => chromium,
        Err(why) => return Ok(Outcome::skipped(why)),
    };
    let server = Server::start_with_till(place, name, of_server)?;
    let report = fresh(settings, &format!("{name}.json"))?;
    let mut playwright = playwright(&folder, &chromium, &server);
    playwright
        .args(arguments)
        .arg("--reporter=list,json")
        .env("PLAYWRIGHT_JSON_OUTPUT_FILE", &report);
    let done = step::run(name, &mut playwright, Show::All)?;
    let counts = Counts::of_playwright(&json(&report)).of_run(done.succeeded());
    Ok(with_clean_stop(Outcome { counts, note: String::new() }, server))
}

/// Writes pictures of all screens into a folder, with a page that shows them side by side.
pub(super) fn pictures(place: &Place, into: &Path, only: Option<&str>) -> Result<(), String> {
    let folder = folder(place)?.ok_or("there are no browser tests")?;
    let chromium = tools::chromium(&folder)?;
    let into = place.root.join(into);
    std::fs::create_dir_all(&into).map_err(|error| format!("{}: {error}", into.display()))?;
    let into = into.canonicalize().map_err(|error| format!("{}: {error}", into.display()))?;
    let server = [("OPENCHAIR__DEMO__LOAD", "true"), ("OPENCHAIR__LIMITS__PLAN_FACTOR", "20")];
    let server = Server::start_with_till(place, "pictures", &server)?;
    let mut playwright = playwright(&folder, &chromium, &server);
    playwright
        .args(["--config", "pictures/playwright.config.ts", "--reporter=list"])
        .env("OPENCHAIR_PICTURES", &into);
    if let Some(only) = only {
        playwright.args(["--grep", only]);
    }
    let done = step::run("pictures", &mut playwright, Show::All)?;
    println!("{}", into.join("index.html").display());
    server.stop()?;
    if done.succeeded() { Ok(()) } else { Err("not all screens could be shown".to_owned()) }
}

/// Where the browser tests are, with all that they need.
fn folder(place: &Place) -> Result<Option<PathBuf>, String> {
    let folder = place.root.join("tests/browser");
    if !folder.join("package.json").exists() {
        return Ok(None);
    }
    web::build(place)?;
    web::install(place, &folder)?;
    Ok(Some(folder))
}

fn playwright(folder: &Path, chromium: &Path, server: &Server) -> Command {
    let mut playwright = web::npm(folder);
    playwright
        .args(["exec", "--", "playwright", "test"])
        .env("OPENCHAIR_URL", format!("http://{}", server.address))
        .env("OPENCHAIR_CHROMIUM", chromium)
        .env("OPENCHAIR_ADMIN", ADMINISTRATOR)
        .env("CI", "1");
    if let Some(till) = server.till() {
        playwright.env("OPENCHAIR_STRIPE", till);
    }
    playwright
}
