//! Randomness as a parameter, so that a test can replay what a run drew.

use std::fmt;
use std::sync::Mutex;
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

/// A source of random bytes fit for keys and tokens.
pub trait Entropy: Send + Sync + fmt::Debug {
    /// Fills all of `buffer`.
    fn fill(&self, buffer: &mut [u8]);
}

/// A fresh array of random bytes.
pub fn bytes<const N: usize>(entropy: &dyn Entropy) -> [u8; N] {
    let mut buffer = [0; N];
    entropy.fill(&mut buffer);
    buffer
}

/// A name that nobody else has: of a process, or of one part of it.
pub fn name(entropy: &dyn Entropy) -> String {
    format!("{:016x}", u64::from_le_bytes(bytes(entropy)))
}

/// A number from 0 to 1.
pub fn shake(entropy: &dyn Entropy) -> f64 {
    f64::from(u32::from_le_bytes(bytes::<4>(entropy))) / f64::from(u32::MAX)
}

/// Give or take a fifth, by a number from 0 to 1: what began together doesn't come back together.
pub fn shaken(length: Duration, shake: f64) -> Duration {
    length.mul_f64(0.8 + 0.4 * shake.clamp(0.0, 1.0))
}

/// The operating system's randomness, through a generator that it seeds and reseeds.
#[derive(Clone, Copy, Debug, Default)]
pub struct OsEntropy;

impl Entropy for OsEntropy {
    #[expect(clippy::disallowed_methods, reason = "the one place that asks the system")]
    fn fill(&self, buffer: &mut [u8]) {
        rand::rng().fill_bytes(buffer);
    }
}

/// Bytes that follow from a seed: for tests only, since whoever knows the seed knows the keys.
pub struct TestEntropy(Mutex<StdRng>);

impl TestEntropy {
    /// The same seed gives the same bytes.
    pub fn seeded(seed: u64) -> Self {
        Self(Mutex::new(StdRng::seed_from_u64(seed)))
    }
}

impl Entropy for TestEntropy {
    fn fill(&self, buffer: &mut [u8]) {
        // A generator is whole even if another thread died while it held it.
        let mut generator = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        generator.fill_bytes(buffer);
    }
}

impl fmt::Debug for TestEntropy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TestEntropy")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_can_be_replayed() {
        let draw = |seed| bytes::<32>(&TestEntropy::seeded(seed));
        assert_eq!(draw(7), draw(7));
        assert_ne!(draw(7), draw(8));
    }

    #[test]
    fn a_source_does_not_repeat_itself() {
        let seeded = TestEntropy::seeded(1);
        assert_ne!(bytes::<32>(&seeded), bytes::<32>(&seeded));
        assert_ne!(bytes::<32>(&OsEntropy), bytes::<32>(&OsEntropy));
    }

    #[test]
    fn give_or_take_a_fifth() {
        let second = Duration::from_secs;
        for (shake, expected) in [(0.0, 80), (0.5, 100), (1.0, 120), (-1.0, 80), (2.0, 120)] {
            assert_eq!(shaken(second(100), shake), second(expected), "{shake}");
        }
        let entropy = TestEntropy::seeded(1);
        assert!((0..100).map(|_| shake(&entropy)).all(|shake| (0.0..=1.0).contains(&shake)));
    }
}
