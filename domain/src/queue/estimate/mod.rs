//! How long people in a line will wait. Pure: a situation and a seed go in, ranges come out.
//!
//! The day is played forward from now some hundred times, each time with other durations, and of each
//! party it is noted when it is called. Half of the runs call it before [`Wait::p50`], nine of ten
//! before [`Wait::p90`].
//!
//! # What holds
//! - **Durations** are lognormal by service and staff, learned ([`pace`]). How slow somebody is in one
//!   run holds for all that they do in it, as far as their pace is not known yet. A party is served
//!   one after the other. Who is being served has had some of it already: what is left is drawn from
//!   the durations that are longer than that.
//! - **Who is called** is what "call next" does: one who is free calls the first in line whom they can
//!   serve, who waits for them or for nobody in particular.
//! - **What is booked keeps its time.** Nobody is called who, by the expected duration, would not be
//!   done before the next visit or break or the end of the shift, but for some minutes: nobody leaves
//!   a chair empty for these. Then somebody farther back who would be done is called instead. A visit
//!   begins late only when what is before it takes longer than expected. A break that begins late is
//!   taken whole.
//! - **Who begins later** is reckoned with from then on; who should be there and isn't, is not.
//! - **Who doesn't come** when called costs a few minutes; a booked customer is waited for ten. Who
//!   waits may leave: that is reckoned for everybody ahead. How often all that happens is learned
//!   ([`habits`]).
//! - **Newcomers** are asked about without being there: each is called when the first who can serve
//!   them finds nobody else to call.

mod dice;
pub mod habits;
mod length;
mod model;
mod normal;
pub mod pace;
mod run;
mod scene;
pub mod trial;

use std::time;

use chrono::{Duration, TimeDelta};

pub use habits::{Habits, Seen};
pub use model::{Busy, Forecast, Planned, Server, Situation, Wait, Waiting, Work};
pub use pace::{Expected, Pace, Paces};

use crate::ids::{Id, StaffMember};
use crate::time::Instant;

/// How often the day is played. P90 then stands on the twenty longest waits.
pub const RUNS: u16 = 200;

/// By how much staff let something run over into what comes next, at most: nobody leaves a chair empty
/// for a few minutes. Seconds.
const SQUEEZE: f64 = 480.0;

/// Whether one who begins then and takes so long is called although something comes next that keeps its
/// time: they are done before it, or over by a little. In seconds from now. Here it stands once, for
/// what people are told and for whom "call next" calls.
fn in_time(begins: f64, takes: f64, next: f64) -> bool {
    begins + takes <= next + SQUEEZE
}

/// The same, as "call next" asks.
pub fn is_done_in_time(begins: Instant, takes: Duration, next: Option<Instant>) -> bool {
    let next = next.map_or(f64::INFINITY, |next| TimeDelta::as_seconds_f64(next - begins));
    in_time(0.0, takes.as_seconds_f64(), next)
}

/// When one of the staff will be free, as they reckon: whom they serve has had some of it already.
pub fn free_at(hands: &[Busy], staff: Id<StaffMember>, paces: &Paces, now: Instant) -> Instant {
    let left = |busy: &Busy| {
        let whole = expected(&busy.services, busy.party, staff, paces);
        let spent = busy.since.map_or(Duration::zero(), |since| now - since);
        (whole - spent).max(Duration::zero())
    };
    hands.iter().fold(now, |free, busy| free + left(busy))
}

/// How long a booked customer is waited for.
pub fn grace() -> Duration {
    whole(scene::GRACE)
}

/// How long all that a party wants takes with one of the staff, as staff reckon.
pub fn expected(services: &[Work], party: u16, staff: Id<StaffMember>, paces: &Paces) -> Duration {
    whole(length::Length::of(services, party, staff, paces).expected)
}

fn whole(seconds: f64) -> Duration {
    let time = time::Duration::try_from_secs_f64(seconds.round()).unwrap_or_default();
    Duration::from_std(time).unwrap_or_default()
}

/// How long everybody waits. The same seed gives the same answer, and everybody has their own dice:
/// with one seed for a location, answers move only because the situation did.
pub fn estimate(situation: &Situation<'_>, seed: u64) -> Forecast {
    let scene = scene::Scene::of(situation);
    let mut runs = run::Runs::new(&scene, &situation.habits, seed);
    let mut called = vec![Vec::with_capacity(usize::from(RUNS)); scene.people.len()];
    for run in 0..u64::from(RUNS) {
        for (all, at) in called.iter_mut().zip(runs.run(run)) {
            all.push(*at);
        }
    }
    let places = scene::positions(&situation.line, situation.now);
    let last = situation.line.iter().filter(|one| one.due.is_none_or(|due| due <= situation.now));
    let last = u32::try_from(last.count()).unwrap_or(u32::MAX).saturating_add(1);
    let all = situation.line.iter().chain(&situation.newcomers);
    let mut waits = all.zip(&mut called).zip(places.chain(std::iter::repeat(last))).map(
        |((one, called), position)| Wait {
            entry: one.entry,
            position,
            p50: quantile(called, 50),
            p90: quantile(called, 90),
        },
    );
    let line = waits.by_ref().take(situation.line.len()).collect();
    Forecast { line, newcomers: waits.collect() }
}

/// The least wait that so many percent of the runs don't exceed.
fn quantile(called: &mut [f64], percent: usize) -> Option<Duration> {
    let rank = (called.len() * percent).div_ceil(100).checked_sub(1)?;
    let (_, at, _) = called.select_nth_unstable_by(rank, f64::total_cmp);
    let wait = time::Duration::try_from_secs_f64(at.round()).ok()?;
    Duration::from_std(wait).ok()
}

#[cfg(test)]
mod tests;
