//! Chance that can be replayed: the same seed throws the same.

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use sha2::{Digest, Sha256};

#[cfg(test)]
use crate::entropy::{self, Entropy};

/// Dice.
#[derive(Debug)]
pub(super) struct Dice(StdRng);

impl Dice {
    /// The same for the same name: a shop's demo on a given day is as good as it was when somebody
    /// looked at it.
    pub(super) fn of(name: &str) -> Self {
        Self(StdRng::from_seed(Sha256::digest(name.as_bytes()).into()))
    }

    /// Seeded once from where all randomness comes from.
    #[cfg(test)]
    pub(super) fn from(entropy: &dyn Entropy) -> Self {
        Self(StdRng::from_seed(entropy::bytes(entropy)))
    }

    /// Less than `limit`; nothing, if there is nothing less.
    pub(super) fn below(&mut self, limit: u32) -> u32 {
        self.0.next_u32().checked_rem(limit).unwrap_or(0)
    }

    /// From one to the other, both included.
    pub(super) fn between(&mut self, least: u32, most: u32) -> i64 {
        i64::from(least + self.below(most.saturating_sub(least) + 1))
    }

    /// So many times of a hundred.
    pub(super) fn percent(&mut self, percent: u32) -> bool {
        self.below(100) < percent
    }

    /// One of them.
    pub(super) fn pick<'a, T>(&mut self, all: &'a [T]) -> Option<&'a T> {
        all.get(self.below(u32::try_from(all.len()).unwrap_or(u32::MAX)) as usize)
    }

    /// One of them, the heavier the more often.
    pub(super) fn weighed<'a, T>(&mut self, all: &'a [(u32, T)]) -> Option<&'a T> {
        let mut left = self.below(all.iter().map(|(weight, _)| weight).sum());
        for (weight, one) in all {
            if left < *weight {
                return Some(one);
            }
            left -= weight;
        }
        None
    }
}
