//! Many sockets at once, and how long news took to reach each of them.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

use super::listener::{Door, Heard, Listener};
use crate::error::Outcome;
use crate::samples::Samples;

/// How many open their sockets at the same time.
const AT_A_DOOR: usize = 32;

/// When each piece of news came about, by its number, in microseconds since 1970.
pub(super) type Born = BTreeMap<u64, i64>;

/// Sockets that listen.
#[derive(Debug)]
pub(super) struct Crowd {
    listening: Vec<JoinHandle<Outcome<Vec<Heard>>>>,
    enough: watch::Sender<bool>,
}

/// What reached whom, and how late.
#[derive(Debug)]
pub(super) struct Reached {
    pub(super) samples: Samples,
    /// Messages that arrived.
    pub(super) deliveries: u64,
    /// How long one was, on average.
    pub(super) bytes: f64,
    /// News that somebody never heard of.
    pub(super) missed: u64,
    /// Times that somebody heard older news after newer.
    pub(super) backwards: u64,
}

impl Crowd {
    /// Opens a socket at each door, and begins to listen when all are open.
    pub(super) async fn gather(doors: Vec<Door>) -> Outcome<Self> {
        let mut doors = doors.into_iter().enumerate();
        let mut opening = JoinSet::new();
        let mut open = Vec::new();
        loop {
            while opening.len() < AT_A_DOOR
                && let Some((place, door)) = doors.next()
            {
                opening.spawn(async move { Outcome::Ok((place, door.open().await?)) });
            }
            let Some(done) = opening.join_next().await else { break };
            open.push(done??);
        }
        open.sort_by_key(|(place, _)| *place);
        Ok(Self::of(open.into_iter().map(|(_, listener)| listener)))
    }

    fn of(listeners: impl Iterator<Item = Listener>) -> Self {
        let (enough, heard) = watch::channel(false);
        let listening =
            listeners.map(|listener| tokio::spawn(listener.listen(heard.clone()))).collect();
        Self { listening, enough }
    }

    /// What each heard, in the order of the doors.
    pub(super) async fn disperse(self) -> Outcome<Vec<Vec<Heard>>> {
        self.enough.send_replace(true);
        let mut all = Vec::with_capacity(self.listening.len());
        for listening in self.listening {
            all.push(listening.await??);
        }
        Ok(all)
    }
}

impl Reached {
    pub(super) fn nobody() -> Outcome<Self> {
        let samples = Samples::new()?;
        Ok(Self { samples, deliveries: 0, bytes: 0.0, missed: 0, backwards: 0 })
    }

    /// One who heard this, of news that came about then. News may come together: the first message
    /// that is as new as it tells of it.
    #[expect(clippy::cast_precision_loss, reason = "nobody is told that much")]
    pub(super) fn add(&mut self, heard: &[Heard], born: &Born) {
        let mut heard_of = heard.iter().peekable();
        for (seq, at) in born {
            while heard_of.next_if(|heard| heard.seq < *seq).is_some() {}
            match heard_of.peek() {
                Some(heard) => {
                    let late = u64::try_from(heard.at - at).unwrap_or(0);
                    self.samples.add(Duration::from_micros(late));
                }
                None => self.missed += 1,
            }
        }
        let backwards = heard.windows(2).filter(|two| two[1].seq < two[0].seq).count();
        self.backwards += u64::try_from(backwards).unwrap_or(0);
        let before = self.deliveries as f64;
        self.deliveries += u64::try_from(heard.len()).unwrap_or(0);
        if self.deliveries > 0 {
            let sum: usize = heard.iter().map(|heard| heard.bytes).sum();
            self.bytes = (self.bytes * before + sum as f64) / self.deliveries as f64;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(seq: u64, at: i64) -> Heard {
        Heard { seq, at, bytes: 300, sent: None }
    }

    #[test]
    fn news_that_come_together_count_each() {
        let born = Born::from([(1, 1_000), (2, 2_000), (3, 3_000), (4, 9_000)]);
        let mut reached = Reached::nobody().unwrap();
        reached.add(&[heard(1, 2_000), heard(3, 4_000)], &born);
        assert_eq!((reached.deliveries, reached.missed, reached.backwards), (2, 1, 0));
        let found = reached.samples.summary();
        assert_eq!(found.count, 3);
        assert!((found.max_us - 2_000.0).abs() < 2.0, "{found:?}");
        assert!((reached.bytes - 300.0).abs() < f64::EPSILON);
    }

    #[test]
    fn older_news_after_newer_are_counted() {
        let mut reached = Reached::nobody().unwrap();
        reached.add(&[heard(2, 1), heard(1, 2), heard(3, 3)], &Born::new());
        assert_eq!(reached.backwards, 1);
    }
}
