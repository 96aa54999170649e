//! What was asked of this run.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

#[expect(clippy::disallowed_methods, reason = "the runner speaks to the suite by its environment")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Whether races, crashes and random tests run at full length (`OPENCHAIR_LONG=1`).
pub fn is_long() -> bool {
    variable("OPENCHAIR_LONG").is_some_and(|value| value != "0")
}

/// What random tests are seeded with (`OPENCHAIR_SEED`); another number at every run, and printed,
/// so that it can be replayed.
pub fn seed() -> u64 {
    static SEED: OnceLock<u64> = OnceLock::new();
    *SEED.get_or_init(|| {
        let seed = variable("OPENCHAIR_SEED").and_then(|text| text.parse().ok());
        let seed = seed.unwrap_or_else(|| u64::from(std::process::id()));
        println_seed(seed);
        seed
    })
}

#[expect(clippy::print_stdout, reason = "whoever reads a failure needs the seed to repeat it")]
fn println_seed(seed: u64) {
    println!("this run's random tests are seeded with OPENCHAIR_SEED={seed}");
}

/// A number that no other caller in this process gets.
pub(crate) fn next() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}
