//! Whether the estimator is right.
use super::trial::{Handicap, Trial};

#[test]
fn month() {
    for load in [0.85, 1.0] {
        for seed in [1, 2, 3] {
            let report = Trial { load, ..Trial::month(seed) }.run();
            eprintln!("{load} {report}");
        }
    }
    for handicap in [Handicap::Unlearned, Handicap::Swapped] {
        for seed in [1, 2, 3] {
            let report = Trial { handicap, ..Trial::month(seed) }.run();
            eprintln!("{report}");
        }
    }
}
