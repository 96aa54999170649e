//! Claims, one after the other.

use chrono::Duration;
use openchair_domain::jobs::{self, Lease};
use tokio::time::Instant;

use super::bench::{Bench, NOTHING};
use crate::error::Outcome;
use crate::samples::Samples;

/// The first ones make the plans.
const WARM: u32 = 10;

/// How long each took, and how many jobs a second that is.
pub(super) async fn run(bench: &Bench, claims: u32) -> Outcome<(Samples, f64)> {
    let db = bench.process().await?;
    let mut samples = Samples::new()?;
    let mut claimed = 0_u32;
    let mut begun = Instant::now();
    for nth in 0..claims {
        if nth == WARM.min(claims / 2) {
            (samples, claimed, begun) = (Samples::new()?, 0, Instant::now());
        }
        let lease = Lease {
            worker: format!("load.{nth}"),
            length: Duration::minutes(10),
            batch: 32,
            known: vec![NOTHING],
        };
        let one = Instant::now();
        let jobs = jobs::claim(&db, &lease).await?;
        samples.add(one.elapsed());
        claimed += u32::try_from(jobs.len())?;
    }
    let rate = f64::from(claimed) / begun.elapsed().as_secs_f64();
    db.close().await;
    Ok((samples, rate))
}
