//! How late due jobs begin, under a load that the workers can bear: half of them queued for at once by
//! another process, which rings; half of them for a time, at which nobody rings.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use openchair_domain::bells::Across;
use openchair_domain::jobs::{Claimed, Known};
use openchair_domain::time::{Clock as _, SystemClock};
use openchair_worker::runner::Runner;
use openchair_worker::{Failure, Handler};
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use super::bench::{Bench, NOTHING};
use super::doing::options;
use crate::error::Outcome;
use crate::samples::Samples;

/// Notes how late it is.
#[derive(Debug)]
struct Late(Arc<Mutex<Samples>>);

#[async_trait]
impl Handler for Late {
    fn known(&self) -> Known {
        NOTHING
    }

    async fn run(&self, job: &Claimed) -> Result<(), Failure> {
        let late = (SystemClock.now() - job.due_at).to_std().unwrap_or_default();
        self.0.lock().unwrap_or_else(PoisonError::into_inner).add(late);
        Ok(())
    }
}

/// One for now and one for a while later, of two of the tenants.
const PUT: &str = "
    insert into jobs (tenant_id, id, kind, version, payload, state, run_at, created_at)
    select ('00000000-0000-0000-0000-' || lpad(($1 + place)::text, 12, '0'))::uuid, gen_random_uuid(),
           'load.nothing', 1, '{}', 'waiting', at, $2
    from unnest(array[0, 1], array[$2, $2 + interval '1700 milliseconds']) as due (place, at)";

pub(super) async fn run(bench: &Bench, rate: u32, seconds: u32) -> Outcome<Samples> {
    let samples = Arc::new(Mutex::new(Samples::new()?));
    let shutdown = CancellationToken::new();
    let mut workers = JoinSet::new();
    let mut dbs = Vec::new();
    for _ in 0..2 {
        let db = bench.process().await?;
        let late = Arc::new(Late(Arc::clone(&samples)));
        let runner = Runner::new(db.clone(), vec![late], options());
        let (across, stop) = (Across::of(&db), shutdown.clone());
        workers.spawn(async move {
            tokio::select! { () = runner.run(stop) => {} () = across.hear() => {} }
        });
        dbs.push(db);
    }
    let elsewhere = bench.process().await?;
    let (teller, stop) = (Across::of(&elsewhere), shutdown.clone());
    workers.spawn(async move {
        let _stopped = stop.run_until_cancelled(teller.tell(Duration::from_millis(10))).await;
    });
    let pairs = rate / 2 * seconds;
    let mut ticks = interval(Duration::from_secs(2) / rate.max(2));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
    for nth in 0..pairs {
        ticks.tick().await;
        let tenant = i32::try_from(nth % 199)?;
        let asked = sqlx::query(PUT).bind(tenant + 1).bind(SystemClock.now());
        asked.execute(&bench.owner).await?;
        elsewhere.bell().ring();
    }
    let all = u64::from(pairs) * 2;
    let count = || samples.lock().unwrap_or_else(PoisonError::into_inner).summary().count;
    let patience = Duration::from_mins(1);
    let come = async {
        while count() < all {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let come = tokio::time::timeout(patience, come).await;
    shutdown.cancel();
    while workers.join_next().await.is_some() {}
    dbs.push(elsewhere);
    for db in dbs {
        db.close().await;
    }
    come.map_err(|_| format!("of {all} jobs {} were done", count()))?;
    let samples = samples.lock().unwrap_or_else(PoisonError::into_inner).clone();
    Ok(samples)
}
