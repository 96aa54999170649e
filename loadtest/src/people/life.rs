//! How a server starts and stops, and what it holds while nobody asks for anything.

use std::sync::Arc;
use std::time::{Duration, Instant};

use reqwest::Client;
use serde::Serialize;
use tokio::sync::mpsc;

use super::mix::{Crowd, Deed, End};
use crate::error::Outcome;
use crate::server::{Recipe, Server};

/// What the product promises of itself.
const START_BAR: Duration = Duration::from_secs(1);
const MEMORY_BAR_MIB: f64 = 60.0;
const STOP_BAR: Duration = Duration::from_secs(10);

/// How long a server is left alone before its memory is looked at.
const REST: Duration = Duration::from_secs(3);

/// The figures of a server's life, in milliseconds and MiB.
#[derive(Debug, Serialize)]
pub(super) struct Life {
    pub(super) starts_ms: Vec<f64>,
    pub(super) idle_mib: f64,
    pub(super) after_load_mib: f64,
    pub(super) idle_stops_ms: Vec<f64>,
    pub(super) busy_stop_ms: f64,
    /// How many requests ran when the stop came, and how many of them were answered.
    pub(super) in_flight: usize,
    pub(super) answered: usize,
}

impl Life {
    /// Which bars it doesn't pass.
    pub(super) fn failed(&self) -> Vec<String> {
        let mut failed = Vec::new();
        let slowest = self.starts_ms.iter().copied().fold(0.0, f64::max);
        if slowest >= millis(START_BAR) {
            failed.push(format!("the server took {slowest:.0} ms to start"));
        }
        if self.idle_mib >= MEMORY_BAR_MIB {
            failed.push(format!("the idle server holds {:.1} MiB", self.idle_mib));
        }
        if self.after_load_mib >= MEMORY_BAR_MIB {
            failed.push(format!("idle again, it holds {:.1} MiB", self.after_load_mib));
        }
        if self.busy_stop_ms >= millis(STOP_BAR) {
            failed.push(format!("the server took {:.0} ms to stop", self.busy_stop_ms));
        }
        if self.answered != self.in_flight {
            let lost = self.in_flight - self.answered;
            failed.push(format!("the stopping server left {lost} requests unanswered"));
        }
        failed
    }
}

/// Starts a few times on a database that is ready; gives the times of start and stop.
pub(super) async fn start_and_stop(
    recipe: &Recipe,
    http: &Client,
    times: u32,
) -> Outcome<(Vec<f64>, Vec<f64>)> {
    let (mut starts, mut stops) = (Vec::new(), Vec::new());
    for _ in 0..times {
        let server = recipe.start(http).await?;
        starts.push(millis(server.started_in));
        let begun = Instant::now();
        server.ask_to_stop()?;
        server.ended().await?;
        stops.push(millis(begun.elapsed()));
    }
    Ok((starts, stops))
}

/// The memory of a server that was left alone for a moment, in MiB.
pub(super) async fn resting_mib(server: &Server) -> Outcome<f64> {
    tokio::time::sleep(REST).await;
    server.resident_mib().ok_or_else(|| "this system doesn't say how much memory is held".into())
}

/// Stops a server while people wait for their passwords to be hashed, two at once: most of them
/// are still waiting when the first has its answer. Gives the time, and how many were answered.
pub(super) async fn stop_busy(
    server: Server,
    crowd: &Arc<Crowd>,
    in_flight: usize,
) -> Outcome<(f64, usize)> {
    let (done, mut ends) = mpsc::unbounded_channel();
    for nth in 0..=in_flight {
        let (crowd, done) = (Arc::clone(crowd), done.clone());
        tokio::spawn(async move { done.send(crowd.does(Deed::SignIn, nth).await) });
    }
    drop(done);
    if ends.recv().await != Some(End::Done) {
        return Err("nobody can sign in".into());
    }
    let begun = Instant::now();
    server.ask_to_stop()?;
    server.ended().await?;
    let took = millis(begun.elapsed());
    let mut answered = 0;
    while let Some(end) = ends.recv().await {
        answered += usize::from(end == End::Done);
    }
    Ok((took, answered))
}

pub(super) fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bar_is_looked_at() {
        let good = || Life {
            starts_ms: vec![300.0, 999.0],
            idle_mib: 59.9,
            after_load_mib: 59.9,
            idle_stops_ms: vec![50.0],
            busy_stop_ms: 9999.0,
            in_flight: 16,
            answered: 16,
        };
        assert!(good().failed().is_empty());
        let bad = [
            Life { starts_ms: vec![1000.0, 1.0], ..good() },
            Life { idle_mib: 60.0, ..good() },
            Life { after_load_mib: 60.0, ..good() },
            Life { busy_stop_ms: 10_000.0, ..good() },
            Life { answered: 15, ..good() },
        ];
        for life in bad {
            assert_eq!(life.failed().len(), 1, "{life:?}");
        }
    }
}
