//! How many requests a second an endpoint gets. Between us and it a request takes as long as it likes:
//! all that is known is that it arrives after it was begun and before it has ended. So what counts is
//! every request that runs, and every one that ended within the last second: then, whenever each of
//! them arrived, no second saw more than were allowed.

use std::collections::VecDeque;
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);

/// The requests that count. Times are on any scale that only goes forward.
#[derive(Debug, Clone)]
pub struct Window {
    most: usize,
    running: usize,
    ended: VecDeque<Duration>,
}

/// When the next request may begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Room {
    /// Now.
    Now,
    /// Then.
    At(Duration),
    /// A second after one of those that run has ended.
    WhenOneEnds,
}

impl Window {
    /// At most `most` a second, after requests that ended at these times.
    pub fn new(most: usize, ended: impl IntoIterator<Item = Duration>) -> Self {
        let mut ended: Vec<_> = ended.into_iter().collect();
        ended.sort_unstable();
        Self { most: most.max(1), running: 0, ended: ended.into() }
    }

    /// When the next one may begin.
    pub fn room(&mut self, now: Duration) -> Room {
        while self.ended.front().is_some_and(|ended| *ended + SECOND <= now) {
            self.ended.pop_front();
        }
        if self.running + self.ended.len() < self.most {
            return Room::Now;
        }
        // So many must be gone before there is room for one.
        let over = self.running + self.ended.len() - self.most;
        self.ended.get(over).map_or(Room::WhenOneEnds, |ended| Room::At(*ended + SECOND))
    }

    /// One begins.
    pub fn begins(&mut self) {
        self.running += 1;
    }

    /// One has ended, however.
    pub fn ends(&mut self, now: Duration) {
        self.running = self.running.saturating_sub(1);
        self.ended.push_back(now);
    }

    /// Those that still count, by how long ago they ended.
    pub fn ages(&self, now: Duration) -> impl Iterator<Item = Duration> {
        self.ended.iter().map(move |ended| now.saturating_sub(*ended)).filter(|age| *age < SECOND)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const fn ms(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    #[test]
    fn what_runs_and_what_has_just_ended_counts() {
        let mut window = Window::new(2, [ms(100)]);
        assert_eq!(window.room(ms(200)), Room::Now);
        window.begins();
        assert_eq!(window.room(ms(200)), Room::At(ms(1_100)));
        assert_eq!(window.room(ms(1_099)), Room::At(ms(1_100)));
        assert_eq!(window.room(ms(1_100)), Room::Now);
        window.begins();
        assert_eq!(window.room(ms(9_000)), Room::WhenOneEnds);
        window.ends(ms(9_000));
        assert_eq!(window.room(ms(9_500)), Room::At(ms(10_000)));
        assert_eq!(window.room(ms(10_000)), Room::Now);
        assert_eq!(window.ages(ms(9_500)).count(), 0);
    }

    #[test]
    fn what_ended_lately_is_handed_on() {
        let mut window = Window::new(5, []);
        for at in [100, 900, 950] {
            window.begins();
            window.ends(ms(at));
        }
        let ages: Vec<_> = window.ages(ms(1_200)).collect();
        assert_eq!(ages, [ms(300), ms(250)]);
        // With fewer allowed than there were, the oldest of those too many is not waited for alone.
        let mut less = Window::new(1, [ms(100), ms(900)]);
        assert_eq!(less.room(ms(950)), Room::At(ms(1_900)));
    }

    proptest! {
        /// However long each takes, and whenever in between it arrives.
        #[test]
        fn no_second_sees_more_than_are_allowed(
            most in 1usize..6,
            requests in prop::collection::vec((0u64..700, 0u64..1_500, 0.0f64..1.0), 1..80),
        ) {
            let mut window = Window::new(most, []);
            let mut running: Vec<Duration> = Vec::new();
            let mut arrivals = Vec::new();
            let mut now = Duration::ZERO;
            for (wait, takes, share) in requests {
                now += ms(wait);
                loop {
                    running.sort_unstable();
                    while running.first().is_some_and(|end| *end <= now) {
                        window.ends(running.remove(0));
                    }
                    now = match window.room(now) {
                        Room::Now => break,
                        Room::At(at) => at.min(running.first().copied().unwrap_or(at)),
                        Room::WhenOneEnds => running[0],
                    };
                }
                window.begins();
                running.push(now + ms(takes));
                arrivals.push(now + ms(takes).mul_f64(share));
            }
            arrivals.sort_unstable();
            for (first, beyond) in arrivals.iter().zip(arrivals.iter().skip(most)) {
                prop_assert!(*beyond + ms(1) >= *first + SECOND, "{first:?} {beyond:?}");
            }
        }
    }
}
