//! Arrivals at their time, whether or not those before have been answered. A duration counts from
//! when somebody should have been served, so that a server that stops for a second can't hide it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use openchair_domain::entropy::{Entropy, TestEntropy, bytes};
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinSet;

use super::mix::{Crowd, Deed, End};
use crate::error::Outcome;
use crate::samples::Samples;

/// How fast, how long, and how many at once.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pace {
    pub(super) rate: u32,
    pub(super) lasting: Duration,
    pub(super) at_once: u32,
    pub(super) seed: u64,
}

/// Somebody comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Arrival {
    after: Duration,
    deed: Deed,
    nth: usize,
}

/// What came of one kind of deed.
#[derive(Debug)]
pub(super) struct Tally {
    pub(super) samples: Samples,
    /// By status; 0 stands for no answer at all.
    pub(super) failed: BTreeMap<u16, u64>,
}

/// What came of all.
#[derive(Debug)]
pub(super) struct Played {
    pub(super) tallies: Vec<(Deed, Tally)>,
    /// How many had to wait for their turn because too many were being served.
    pub(super) held_up: u64,
    pub(super) took: Duration,
}

/// Who comes when: at random, on the average `rate` a second. The same seed gives the same people.
pub(super) fn arrivals(pace: Pace) -> Vec<Arrival> {
    let entropy = TestEntropy::seeded(pace.seed);
    let mut after = Duration::ZERO;
    let mut arrivals = Vec::new();
    loop {
        // The pauses of people who don't know of each other.
        let pause = -(1.0 - fraction(&entropy)).ln() / f64::from(pace.rate);
        after += Duration::from_secs_f64(pause);
        if after >= pace.lasting {
            return arrivals;
        }
        let [hundredth] = bytes::<1>(&entropy).map(|byte| u16::from(byte) * 100 / 256);
        let deed = Deed::of_hundred(u8::try_from(hundredth).unwrap_or(0));
        arrivals.push(Arrival { after, deed, nth: arrivals.len() });
    }
}

/// Evenly from 0 to 1, without 1.
fn fraction(entropy: &dyn Entropy) -> f64 {
    f64::from(u32::from_le_bytes(bytes::<4>(entropy))) / (f64::from(u32::MAX) + 1.0)
}

/// Lets them come, and returns when the last one has been served.
pub(super) async fn play(crowd: &Arc<Crowd>, pace: Pace) -> Outcome<Played> {
    let arrivals = arrivals(pace);
    let begun = Instant::now();
    let mut bell = ring(begun, arrivals);
    let seats = Arc::new(Semaphore::new(pace.at_once as usize));
    let mut served = JoinSet::new();
    let mut held_up = 0;
    while let Some(arrival) = bell.recv().await {
        if seats.available_permits() == 0 {
            held_up += 1;
        }
        let seat = Arc::clone(&seats).acquire_owned().await?;
        let crowd = Arc::clone(crowd);
        served.spawn(async move {
            let end = crowd.does(arrival.deed, arrival.nth).await;
            drop(seat);
            (arrival.deed, end, begun.elapsed().saturating_sub(arrival.after))
        });
    }
    let mut tallies = Vec::new();
    for deed in Deed::ALL {
        tallies.push((deed, Tally { samples: Samples::new()?, failed: BTreeMap::new() }));
    }
    while let Some(done) = served.join_next().await {
        let (deed, end, took) = done?;
        let Some((_, tally)) = tallies.iter_mut().find(|(of, _)| *of == deed) else { continue };
        match end {
            End::Done => tally.samples.add(took),
            End::Refused(status) => *tally.failed.entry(status.as_u16()).or_default() += 1,
            End::Lost => *tally.failed.entry(0).or_default() += 1,
        }
    }
    Ok(Played { tallies, held_up, took: begun.elapsed() })
}

/// Says each arrival at its time. From a thread of its own: the runtime's timers are a millisecond
/// late, which is more than an answer takes.
fn ring(begun: Instant, arrivals: Vec<Arrival>) -> mpsc::UnboundedReceiver<Arrival> {
    let (bell, listener) = mpsc::unbounded_channel();
    std::thread::spawn(move || {
        for arrival in arrivals {
            std::thread::sleep(arrival.after.saturating_sub(begun.elapsed()));
            if bell.send(arrival).is_err() {
                return;
            }
        }
    });
    listener
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pace(seed: u64) -> Pace {
        Pace { rate: 50, lasting: Duration::from_secs(20), at_once: 1, seed }
    }

    #[test]
    fn arrivals_keep_the_rate_the_time_and_their_order() {
        for seed in 0..20 {
            let arrivals = arrivals(pace(seed));
            // A thousand are expected; five standard deviations are 158.
            assert!((842..1158).contains(&arrivals.len()), "{}", arrivals.len());
            assert!(arrivals.is_sorted_by_key(|arrival| arrival.after));
            assert!(arrivals.iter().all(|arrival| arrival.after < Duration::from_secs(20)));
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_people() {
        assert_eq!(arrivals(pace(7)), arrivals(pace(7)));
        assert_ne!(arrivals(pace(7)), arrivals(pace(8)));
    }
}
