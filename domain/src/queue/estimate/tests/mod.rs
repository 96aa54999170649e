//! Whether the estimator is right.
use super::trial::{self, Handicap};

#[test]
fn month() {
    for seed in [1, 2, 3] {
        let t = std::time::Instant::now();
        let report = trial::run(seed, 26, Handicap::None);
        eprintln!("{report}\n{:?}", t.elapsed());
    }
}
