//! The first lock: the ways round it don't compile.
//!
//! Each file of `compile-fail` is a way that somebody might try; `expected.txt` says what the
//! compiler answers. The usual tool for this (trybuild) checks all our dependencies anew, twice, with
//! flags of its own: ten minutes where this takes seconds, because it compiles each file against
//! the libraries that the suite itself is linked with.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use openchair_tests::process;
use serde_json::Value;

/// The file that must compile: it proves that the others fail for what they do, not for how they
/// are compiled.
const CONTROL: &str = "the_front_door.rs";

#[test]
fn ways_round_the_doors_do_not_compile() {
    let libraries = process::libraries();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("compile-fail");
    let mut files: Vec<PathBuf> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "rs"))
        .collect();
    files.sort();
    let compile = |file: &PathBuf| (file.clone(), errors(file, &libraries));
    let answers: Vec<(PathBuf, Vec<String>)> = std::thread::scope(|scope| {
        let threads: Vec<_> = files.iter().map(|file| scope.spawn(move || compile(file))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let mut said = String::new();
    for (file, errors) in answers {
        let name = file.file_name().unwrap().to_string_lossy();
        assert_eq!(errors.is_empty(), name == CONTROL, "{name}: {errors:#?}");
        let _ = writeln!(said, "{name}");
        for error in errors {
            let _ = writeln!(said, "    {error}");
        }
    }
    insta::assert_snapshot!(said);
}

/// What the compiler has against a file: the line, its own code, and the sentence.
fn errors(file: &Path, libraries: &process::Libraries) -> Vec<String> {
    let mut rustc = Command::new("rustc");
    rustc
        .args(["--edition", "2024", "--crate-type", "bin", "--emit", "metadata", "-o"])
        // A file of our own: what is named here is replaced, not written to.
        .arg(Path::new(env!("CARGO_TARGET_TMPDIR")).join(file.file_name().unwrap()))
        .args(["--error-format", "json", "--cap-lints", "allow", "-L"])
        .arg(format!("dependency={}", libraries.dependencies.display()));
    for (name, path) in &libraries.externs {
        rustc.arg("--extern").arg(format!("{name}={}", path.display()));
    }
    let output = rustc.arg(file).output().unwrap();
    let messages = String::from_utf8(output.stderr).unwrap();
    messages
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter(|message| message["level"] == "error" && !message["spans"][0].is_null())
        .map(|message| {
            let text = |pointer: &str| message.pointer(pointer).and_then(Value::as_str);
            let line = &message["spans"][0]["line_start"];
            let code = text("/code/code").unwrap_or("-");
            format!("{line}: {code} {}", text("/message").unwrap_or_default())
        })
        .collect()
}
