//! Runs the tests, all kinds of them, and adds up what the runners say.

mod browser;
mod counts;
mod runners;
mod server;
mod tools;

use std::{
    hash::{BuildHasher, Hasher, RandomState},
    path::PathBuf,
    process::ExitCode,
    time::{Duration, Instant},
};

use clap::{Args, ValueEnum};

use crate::place::Place;
use counts::Counts;

#[derive(Debug, Args)]
pub(crate) struct Test {
    /// Only these: without a name, all of them.
    kind: Option<Kind>,
    /// The race, crash and random tests at full length, and those that fetch a lot.
    #[arg(long)]
    long: bool,
    /// Repeat a run whose random tests were seeded with this.
    #[arg(long)]
    seed: Option<u32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// What is worth running at every save: unit tests of Rust and of the web client.
    Fast,
    /// The same and the examples in the documentation.
    Unit,
    /// The suite over real servers, and generated requests against the OpenAPI document.
    Api,
    /// The web client in a real browser.
    Browser,
    /// The booking page on a phone and the day at the desk, measured against what is asked of them;
    /// the day on a phone is only reported.
    Lighthouse,
}

/// Pictures of every screen: on a phone and at the desk, light, dark and from right to left, with
/// nothing in it yet, busy, and with faults.
#[derive(Debug, Args)]
pub(crate) struct Pictures {
    /// The folder for them. It gets an index.html that shows all of them.
    #[arg(default_value = "target/pictures")]
    folder: PathBuf,
    /// Only those of the parts whose name has this.
    #[arg(long)]
    only: Option<String>,
}

impl Pictures {
    pub(crate) fn run(self) -> Result<ExitCode, String> {
        browser::pictures(&Place::find()?, &self.folder, self.only.as_deref())?;
        Ok(ExitCode::SUCCESS)
    }
}

/// What the runs need to know.
struct Settings {
    place: Place,
    long: bool,
    seed: u32,
}

/// What a step brought, unless it could not even start.
#[derive(Debug, Default)]
struct Outcome {
    counts: Counts,
    /// Why it was not run, or what else is wrong.
    note: String,
}

impl Outcome {
    /// What can't be run on a machine of one's own is left out; where `CI` is set, nothing may be.
    fn skipped(why: impl Into<String>) -> Self {
        let ran = std::env::var_os("CI").is_none();
        Self { counts: Counts::default().of_run(ran), note: format!("skipped: {}", why.into()) }
    }
}

struct Row {
    name: &'static str,
    took: Duration,
    outcome: Outcome,
}

type Step = (&'static str, &'static [Kind], fn(&Settings) -> Result<Outcome, String>);

/// In the order of a run over everything. A step without a kind belongs to that run alone: Rust's
/// tests of all kinds in one go build the workspace once.
const STEPS: &[Step] = &[
    ("Rust", &[], runners::rust),
    ("Rust units", &[Kind::Fast, Kind::Unit], runners::rust_units),
    ("Rust examples", &[Kind::Unit], runners::rust_examples),
    ("Rust suite", &[Kind::Api], runners::rust_suite),
    ("web units", &[Kind::Fast, Kind::Unit], runners::web_units),
    ("generated requests", &[Kind::Api], runners::generated_requests),
    ("browser", &[Kind::Browser], browser::specs),
    ("lighthouse", &[Kind::Lighthouse], browser::lighthouse),
];

impl Test {
    pub(crate) fn run(self) -> Result<ExitCode, String> {
        let seed = self.seed.unwrap_or_else(random);
        let settings = Settings { place: Place::find()?, long: self.long, seed };
        println!("random tests are seeded with {seed}; `--seed {seed}` repeats them");
        let mut rows = Vec::new();
        for (name, _, work) in STEPS.iter().filter(|step| belongs(step, self.kind)) {
            let begun = Instant::now();
            let outcome = work(&settings).unwrap_or_else(|fault| Outcome {
                counts: Counts { passed: 0, failed: 1 },
                note: fault,
            });
            rows.push(Row { name, took: begun.elapsed(), outcome });
        }
        Ok(summary(&rows))
    }
}

fn belongs((name, kinds, _): &Step, wanted: Option<Kind>) -> bool {
    match wanted {
        Some(kind) => kinds.contains(&kind),
        None => kinds.is_empty() || !name.starts_with("Rust"),
    }
}

fn summary(rows: &[Row]) -> ExitCode {
    println!();
    let mut total = Counts::default();
    for Row { name, took, outcome } in rows {
        let Outcome { counts, note } = outcome;
        total += *counts;
        let mark = match (counts.failed, counts.passed) {
            (0, 0) => "–",
            (0, _) => "✓",
            _ => "✗",
        };
        println!(
            " {mark} {name:<20}{:>7.1} s {:>6} passed {:>4} failed  {note}",
            took.as_secs_f64(),
            counts.passed,
            counts.failed
        );
    }
    // The runner's closing line.
    println!("\n{} passed, {} failed", total.passed, total.failed);
    if total.failed == 0 && total.passed > 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Another number at every run.
fn random() -> u32 {
    let [low, ..] = RandomState::new().build_hasher().finish().to_le_bytes().map(u32::from);
    let high = std::process::id();
    high.wrapping_mul(257).wrapping_add(low)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_over_everything_runs_rust_once() {
        let names = |kind| -> Vec<&str> {
            STEPS.iter().filter(|step| belongs(step, kind)).map(|step| step.0).collect()
        };
        assert_eq!(
            names(None),
            ["Rust", "web units", "generated requests", "browser", "lighthouse"]
        );
        assert_eq!(names(Some(Kind::Fast)), ["Rust units", "web units"]);
        assert_eq!(names(Some(Kind::Api)), ["Rust suite", "generated requests"]);
    }
}
