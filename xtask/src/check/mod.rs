//! Everything that must hold before a commit and is no test.

mod dependencies;
mod files;
mod licences;
mod migrations;
mod openapi;
mod policy;
mod unused;

use std::{
    process::{Command, ExitCode},
    time::{Duration, Instant},
};

use clap::Args;

use crate::{
    place::{self, Place, on_path},
    step::{self, Show},
    up, web,
};

#[derive(Debug, Args)]
pub(crate) struct Check {
    /// Put right what can be put right: formatting, clippy's suggestions, the OpenAPI document and
    /// the client made from it.
    #[arg(long)]
    fix: bool,
}

/// How a step ended when it did not fail.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Passed {
    Fully,
    /// Not done, and why.
    Skipped(String),
}

/// A step: a fault is everything that has to be said about it.
pub(crate) type Outcome = Result<Passed, String>;

struct Row {
    name: &'static str,
    took: Duration,
    outcome: Outcome,
}

impl Check {
    pub(crate) fn run(self) -> Result<ExitCode, String> {
        let place = &Place::find()?;
        let fix = self.fix;
        let mut rows = Vec::new();
        let mut step = |name, work: &dyn Fn() -> Outcome| {
            let begun = Instant::now();
            let outcome = work();
            rows.push(Row { name, took: begun.elapsed(), outcome });
        };
        step("formatting", &|| formatting(place, fix));
        step("file length", &|| files::check(place));
        step("migrations", &|| migrations::check(place));
        step("dependency rules", &|| dependencies::check(place));
        step("unused dependencies", &|| unused::check(place));
        step("cargo deny", &|| cargo_deny(place));
        // Before anything that is compiled: the server has the built files in it.
        step("web weight", &|| web_weight(place));
        step("clippy", &|| clippy(place, fix));
        step("documentation", &|| documentation(place));
        step("OpenAPI document", &|| openapi::document(place, fix));
        step("generated client", &|| openapi::client(place, fix));
        step("web lint and types", &|| web_lint(place));
        Ok(summary(&rows))
    }
}

fn summary(rows: &[Row]) -> ExitCode {
    println!();
    for row in rows {
        let (mark, note) = match &row.outcome {
            Ok(Passed::Fully) => ("✓", ""),
            Ok(Passed::Skipped(why)) => ("–", why.as_str()),
            // The first line; all of it follows.
            Err(fault) => ("✗", fault.lines().next().unwrap_or("failed")),
        };
        println!(" {mark} {:<22}{:>7.1} s  {note}", row.name, row.took.as_secs_f64());
    }
    let failed: Vec<&Row> = rows.iter().filter(|row| row.outcome.is_err()).collect();
    for row in &failed {
        if let Err(fault) = &row.outcome
            && fault.lines().count() > 1
        {
            println!("\n── {}\n{fault}", row.name);
        }
    }
    println!("\n{} checks passed, {} failed", rows.len() - failed.len(), failed.len());
    if failed.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Runs a program as a check; its output was shown when it failed.
pub(crate) fn program(name: &str, command: &mut Command) -> Outcome {
    let done = step::run(name, command, Show::LastLine)?;
    if done.succeeded() { Ok(Passed::Fully) } else { Err(format!("failed: {}", done.status)) }
}

/// One fault a line, or all is well.
pub(crate) fn verdict(faults: &[String]) -> Outcome {
    match faults.len() {
        0 => Ok(Passed::Fully),
        many => Err(format!("{many} found\n{}", faults.join("\n"))),
    }
}

fn cargo(place: &Place, arguments: &[&str]) -> Command {
    let mut cargo = place::cargo(place);
    cargo.args(arguments);
    cargo
}

fn formatting(place: &Place, fix: bool) -> Outcome {
    let mut fmt = cargo(place, &["fmt", "--all"]);
    if !fix {
        fmt.arg("--check");
    }
    program("rustfmt", &mut fmt)
}

fn clippy(place: &Place, fix: bool) -> Outcome {
    if fix {
        let put_right = ["clippy", "--workspace", "--all-targets", "--fix", "--allow-dirty"];
        program("clippy --fix", &mut cargo(place, &put_right))?;
    }
    let all = ["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"];
    program("clippy", &mut cargo(place, &all))
}

fn documentation(place: &Place) -> Outcome {
    let mut doc = cargo(place, &["doc", "--workspace", "--no-deps"]);
    program("cargo doc", doc.env("RUSTDOCFLAGS", "-D warnings"))
}

/// The same rules again by the tool that they are written for, where it is installed. Ours read
/// the same file, so that nothing has to be installed.
fn cargo_deny(place: &Place) -> Outcome {
    if on_path("cargo-deny").is_none() {
        return Ok(Passed::Skipped("not installed; its rules were checked above".to_owned()));
    }
    program("cargo deny", &mut cargo(place, &["deny", "check", "bans", "licenses", "sources"]))
}

fn web_lint(place: &Place) -> Outcome {
    let folder = place.root.join("web");
    if !folder.join("package.json").exists() {
        return Ok(Passed::Skipped("there is no web client".to_owned()));
    }
    web::install(place, &folder)?;
    let lint = program("npm run lint", web::npm(&folder).args(["run", "lint"]));
    let types = program("npm run check", web::npm(&folder).args(["run", "check"]));
    lint.and(types)
}

/// What the first view of each page loads, against its bar in web/scripts/shells.mjs.
fn web_weight(place: &Place) -> Outcome {
    let folder = place.root.join("web");
    if !folder.join("package.json").exists() {
        return Ok(Passed::Skipped("there is no web client".to_owned()));
    }
    web::build(place)?;
    program("npm run size", web::npm(&folder).args(["run", "size"]))
}

/// The server's program, fresh.
fn server(place: &Place) -> Result<Command, String> {
    up::build(place, false)?;
    let mut server = Command::new(place.program("openchair-server", false));
    server.current_dir(&place.root);
    Ok(server)
}
