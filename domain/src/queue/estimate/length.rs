//! How long all that a party wants takes with one of the staff.

use super::model::Work;
use super::normal;
use super::pace::Paces;
use crate::ids::{Id, StaffMember};

/// A lognormal duration, in seconds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Length {
    log: f64,
    spread: f64,
    /// How far all that this person does may be off, together.
    doubt: f64,
    /// What staff reckon with.
    pub(super) expected: f64,
}

impl Length {
    /// One service after the other, one of the party after the other: the sum of lognormal durations,
    /// taken as lognormal with the same mean and variance.
    pub(super) fn of(services: &[Work], party: u16, staff: Id<StaffMember>, paces: &Paces) -> Self {
        let people = f64::from(party.max(1));
        let (mut sum, mut variance, mut off) = (0.0, 0.0, 0.0);
        for work in services {
            let pace = paces.expect(work.service, staff);
            let square = pace.spread * pace.spread;
            let mean = 60.0 * f64::from(work.minutes.max(1)) * (pace.mean + square / 2.0).exp();
            sum += people * mean;
            variance += people * mean * mean * square.exp_m1();
            off += people * mean * pace.doubt;
        }
        // A party that wants nothing still takes a moment.
        let mean = sum.max(60.0);
        let square = (variance / (mean * mean)).ln_1p();
        Self {
            log: mean.ln() - square / 2.0,
            spread: square.sqrt(),
            doubt: off / mean,
            expected: mean,
        }
    }

    /// One that begins: `chance` is of this service, `person` of all that this person does.
    pub(super) fn drawn(&self, chance: f64, person: f64) -> f64 {
        (self.log + self.spread * chance + self.doubt * person).exp()
    }

    /// What is left of one that has taken `spent` so far: as of all that took longer, those below
    /// `share`.
    pub(super) fn left(&self, spent: f64, share: f64) -> f64 {
        let spread = self.spread.hypot(self.doubt).max(0.01);
        let at = (spent.max(1.0).ln() - self.log) / spread;
        // Who takes longer than nearly anybody is as likely forgotten as slow: they will be done or
        // found soon, not after as long again.
        let passed = normal::below(at).min(0.995);
        let takes = (self.log + spread * normal::quantile(passed + share * (1.0 - passed))).exp();
        if at > normal::quantile(0.995) { 600.0 * share } else { (takes - spent).max(0.0) }
    }
}
