//! One function for each runner.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

use super::{Outcome, Settings, counts::Counts, server::Server, tools};
use crate::{
    place::cargo,
    step::{self, Show},
    web,
};

/// What must hold for any answer to any request.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,\
                      response_headers_conformance,response_schema_conformance";

/// Every Rust test there is.
pub(super) fn rust(settings: &Settings) -> Result<Outcome, String> {
    let note = suite_needs(settings)?;
    let mut outcome = cargo_test(settings, "cargo test", &[], &[])?;
    if settings.long {
        let ignored = ["--ignored"];
        outcome.counts += cargo_test(settings, "cargo test, long ones", &[], &ignored)?.counts;
    }
    Ok(Outcome { note, ..outcome })
}

pub(super) fn rust_units(settings: &Settings) -> Result<Outcome, String> {
    cargo_test(settings, "cargo test: units", &["--lib", "--bins"], &[])
}

pub(super) fn rust_examples(settings: &Settings) -> Result<Outcome, String> {
    cargo_test(settings, "cargo test: examples", &["--doc"], &[])
}

pub(super) fn rust_suite(settings: &Settings) -> Result<Outcome, String> {
    let note = suite_needs(settings)?;
    let outcome = cargo_test(settings, "cargo test: suite", &["--test", "*"], &[])?;
    Ok(Outcome { note, ..outcome })
}

/// What the suite starts beside its servers. Without Redis it runs one way instead of two.
fn suite_needs(settings: &Settings) -> Result<String, String> {
    let outside = settings.place.root.join("tests/outside");
    if outside.join("package.json").exists() {
        web::install(&settings.place, &outside)?;
    }
    Ok(tools::redis().err().map(|why| format!("without Redis: {why}")).unwrap_or_default())
}

fn cargo_test(
    settings: &Settings,
    name: &str,
    what: &[&str],
    manner: &[&str],
) -> Result<Outcome, String> {
    let mut cargo = cargo(&settings.place);
    cargo
        .args(["test", "--workspace", "--no-fail-fast"])
        .args(what)
        .arg("--")
        .args(manner)
        .env("OPENCHAIR_SEED", settings.seed.to_string());
    if settings.long {
        cargo.env("OPENCHAIR_LONG", "1");
    }
    let done = step::run(name, &mut cargo, Show::All)?;
    let counts = Counts::of_cargo(&done.output).of_run(done.succeeded());
    Ok(Outcome { counts, note: String::new() })
}

pub(super) fn web_units(settings: &Settings) -> Result<Outcome, String> {
    let folder = settings.place.root.join("web");
    if !folder.join("package.json").exists() {
        return Ok(Outcome::skipped("there is no web client"));
    }
    web::install(&settings.place, &folder)?;
    let report = fresh(settings, "vitest.json")?;
    let mut vitest = web::npm(&folder);
    vitest
        .args(["exec", "--", "vitest", "run", "--reporter=default", "--reporter=json"])
        .arg(format!("--outputFile.json={}", report.display()))
        .arg(format!("--sequence.seed={}", settings.seed));
    let done = step::run("vitest", &mut vitest, Show::All)?;
    let counts = Counts::of_vitest(&json(&report)).of_run(done.succeeded());
    Ok(Outcome { counts, note: String::new() })
}

/// schemathesis over the whole document, as nobody and as the owner of a business.
pub(super) fn generated_requests(settings: &Settings) -> Result<Outcome, String> {
    if !settings.place.root.join("docs/openapi.json").exists() {
        return Ok(Outcome::skipped("there is no docs/openapi.json yet"));
    }
    let program = match tools::schemathesis(&settings.place) {
        Ok(program) => program,
        Err(why) => return Ok(Outcome::skipped(why)),
    };
    let server = Server::start(&settings.place, "generated", &[])?;
    let token = server.owner_token()?;
    let mut outcome = Outcome::default();
    for (who, token) in [("nobody", None), ("an owner", Some(token))] {
        let report = fresh(settings, "schemathesis.xml")?;
        let mut schemathesis = Command::new(&program);
        schemathesis
            .arg("run")
            .arg(format!("http://{}/openapi.json", server.address))
            .args(["--checks", CHECKS, "--phases", "examples,coverage,fuzzing", "--no-color"])
            .args(["--max-examples", if settings.long { "300" } else { "20" }])
            .args(["--continue-on-failure", "--generation-database", "none"])
            .args(["--suppress-health-check", "all", "--seed", &settings.seed.to_string()])
            .args(["--report", "junit", "--report-junit-path"])
            .arg(&report)
            // Whatever it wants to keep beside its reports.
            .current_dir(settings.place.scratch()?);
        if let Some(token) = token {
            schemathesis.args(["--header", &format!("Authorization: Bearer {token}")]);
        }
        let name = format!("generated requests as {who}");
        let done = step::run(&name, &mut schemathesis, Show::All)?;
        let text = fs::read_to_string(&report).unwrap_or_default();
        outcome.counts += Counts::of_junit(&text).of_run(done.succeeded());
    }
    Ok(with_clean_stop(outcome, server))
}

/// Stopping the server is one more test: cleanly, with no error in its log.
pub(super) fn with_clean_stop(mut outcome: Outcome, server: Server) -> Outcome {
    match server.stop() {
        Ok(()) => outcome.counts.passed += 1,
        Err(fault) => {
            outcome.counts.failed += 1;
            outcome.note = fault;
        }
    }
    outcome
}

/// Where a report will be; an old one must not be taken for it.
pub(super) fn fresh(settings: &Settings, name: &str) -> Result<PathBuf, String> {
    let path = settings.place.scratch()?.join(name);
    // Mostly it is not there.
    let _ = fs::remove_file(&path);
    Ok(path)
}

pub(super) fn json(path: &Path) -> Value {
    let text = fs::read(path).unwrap_or_default();
    serde_json::from_slice(&text).unwrap_or_default()
}
