//! `cargo xtask up | check | test | pictures`: the only task runner of this repository. It does its own
//! set-up and tells what it does; the product's own logic is in the product.
#![expect(clippy::print_stdout, reason = "telling what it does is what it is for")]

mod check;
mod http;
mod leash;
mod place;
mod step;
mod test;
mod till;
mod up;
mod web;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Debug, Parser)]
#[command(name = "cargo xtask", about = "Build, run, check and test Openchair")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Build what has changed and run the product: database, demo data, server, worker.
    Up(up::Up),
    /// Everything that must hold before a commit and is no test.
    Check(check::Check),
    /// Run the tests, all kinds or one, with everything that they need.
    Test(test::Test),
    /// Write pictures of every screen into a folder.
    Pictures(test::Pictures),
}

fn main() -> ExitCode {
    let outcome = match Arguments::parse().task {
        Task::Up(up) => up.run(),
        Task::Check(check) => check.run(),
        Task::Test(test) => test.run(),
        Task::Pictures(pictures) => pictures.run(),
    };
    outcome.unwrap_or_else(|fault| {
        println!("{fault}");
        ExitCode::FAILURE
    })
}
