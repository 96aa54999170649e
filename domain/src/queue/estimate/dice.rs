//! Chance that follows from a seed and a name. Everybody in line has dice of their own in every run,
//! so that what one draws does not depend on who else is there: an answer moves because the line
//! moved, never because the dice fell otherwise.

use std::f64::consts::TAU;

/// SplitMix64.
#[derive(Debug, Clone)]
pub(super) struct Dice(u64);

const STEP: u64 = 0x9E37_79B9_7F4A_7C15;

impl Dice {
    /// The dice of `whose` in one run.
    pub(super) fn of(seed: u64, run: u64, whose: u64) -> Self {
        let named = mix(whose ^ STEP).wrapping_add(mix(seed.wrapping_add(STEP)));
        Self(mix(named ^ run.wrapping_mul(STEP)))
    }

    /// Any number.
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(STEP);
        mix(self.0)
    }

    /// More than nothing, less than one, all equally likely.
    pub(super) fn share(&mut self) -> f64 {
        let half = u32::try_from(self.next() >> 32).unwrap_or(u32::MAX);
        (f64::from(half) + 0.5) / 4_294_967_296.0
    }

    /// Standard normal.
    pub(super) fn normal(&mut self) -> f64 {
        let (length, turn) = (self.share(), self.share());
        (-2.0 * length.ln()).sqrt() * (TAU * turn).cos()
    }

    /// Exponential with mean one.
    pub(super) fn exponential(&mut self) -> f64 {
        -self.share().ln()
    }
}

fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}
