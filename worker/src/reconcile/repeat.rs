use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use openchair_domain::bells::Listener;
use openchair_domain::entropy;
use openchair_domain::tenancy::{Db, StoreError};
use openchair_domain::turns::{Turn, Whose};
use tokio_util::sync::CancellationToken;

use super::Reconciler;
use crate::backoff::jittered;
use crate::handler::with_causes;

/// How long a turn is somebody's without a sign of life.
const LEASE: Duration = Duration::from_mins(1);

/// However often it rings: so long after a look that a bell called for.
const REST: Duration = Duration::from_millis(20);

/// One worker's part in putting things right.
#[derive(Debug, Clone)]
pub struct Shift {
    db: Db,
    /// Tells this worker from all others.
    name: String,
}

impl Shift {
    /// On this database.
    pub fn on(db: &Db) -> Self {
        Self { db: db.clone(), name: entropy::name(&**db.entropy()) }
    }
}

/// How a look ended.
enum Look {
    /// It was done, or is tried again at its time.
    Over,
    /// It isn't our turn for so long.
    NotYet(Duration),
}

/// Runs it on its timer and at its bell, whenever it is this worker's turn, until `shutdown`. The first
/// time comes sooner, after about a twelfth of its interval: a worker that never lives long does it too.
pub async fn repeat(shift: Shift, reconciler: Arc<dyn Reconciler>, shutdown: CancellationToken) {
    let Shift { db, name } = shift;
    let every = reconciler.every();
    let mut bell = reconciler.bell().map(|name| db.bells().of(name).listen());
    let turn = Turn {
        name: reconciler.name(),
        holder: name,
        every: TimeDelta::from_std(every).unwrap_or(TimeDelta::MAX),
        lease: TimeDelta::from_std(LEASE).unwrap_or(TimeDelta::MAX),
    };
    let mut pause = jittered(every / 12, &**db.entropy());
    loop {
        let rung = tokio::select! {
            () = shutdown.cancelled() => return,
            () = heard(&mut bell) => true,
            () = tokio::time::sleep(pause) => false,
        };
        let looked = look(&db, &*reconciler, &turn, rung, &shutdown).await;
        pause = match looked {
            Ok(Look::NotYet(until)) => until.min(every).max(REST),
            Ok(Look::Over) => every,
            Err(error) => {
                let (name, error) = (reconciler.name(), with_causes(&error));
                tracing::warn!(name, error, "couldn't reconcile; it will be tried again");
                every
            }
        };
        pause = jittered(pause, &**db.entropy());
        if rung && shutdown.run_until_cancelled(tokio::time::sleep(REST)).await.is_none() {
            return;
        }
    }
}

async fn heard(bell: &mut Option<Listener>) {
    match bell {
        Some(bell) => drop(bell.heard().await),
        None => std::future::pending().await,
    }
}

async fn look(
    db: &Db,
    reconciler: &dyn Reconciler,
    turn: &Turn,
    rung: bool,
    shutdown: &CancellationToken,
) -> Result<Look, StoreError> {
    if !reconciler.alone() {
        shutdown.run_until_cancelled(run(db, reconciler)).await.transpose()?;
        return Ok(Look::Over);
    }
    match turn.take(db, rung).await? {
        Whose::NotBefore(until) => {
            let pause = (until - db.clock().now()).to_std().unwrap_or_default();
            return Ok(Look::NotYet(pause));
        }
        Whose::Ours => {}
    }
    // Each of its steps is a transaction of its own: it can be dropped between any two.
    let outcome = tokio::select! {
        outcome = run(db, reconciler) => Some(outcome),
        () = keep(db, turn) => None,
        () = shutdown.cancelled() => None,
    };
    // Tried again at its time also when it failed: what fails at once would fail all the time.
    let next = outcome.as_ref().map(|_| db.clock().now() + turn.every);
    turn.pass_on(db, next).await?;
    outcome.transpose()?;
    Ok(Look::Over)
}

async fn run(db: &Db, reconciler: &dyn Reconciler) -> Result<(), StoreError> {
    let (name, begun) = (reconciler.name(), tokio::time::Instant::now());
    let done = reconciler.run(db).await;
    let took = begun.elapsed().as_secs_f64();
    metrics::histogram!("reconciler_run_seconds", "name" => name).record(took);
    let count = done?;
    if count > 0 {
        tracing::debug!(name, count, "reconciled");
    }
    Ok(())
}

/// Renews the lease until it is somebody else's.
async fn keep(db: &Db, turn: &Turn) {
    loop {
        tokio::time::sleep(LEASE / 3).await;
        match turn.keep(db).await {
            Ok(true) => {}
            Ok(false) => {
                tracing::warn!(name = turn.name, "it took too long, and is somebody else's turn");
                return;
            }
            // As long as the lease holds, it may be renewed yet.
            Err(error) => {
                let error = with_causes(&error);
                tracing::warn!(name = turn.name, error, "a turn can't be kept");
            }
        }
    }
}
