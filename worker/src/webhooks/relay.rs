//! Turns events into deliveries as soon as they are there.

use std::sync::Arc;
use std::time::Duration;

use openchair_domain::bells;
use openchair_domain::tenancy::{Db, StoreError};
use openchair_domain::webhooks::{self, Listening, Relayed};
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::Options;
use crate::backoff::jittered;
use crate::handler::with_causes;

/// So many businesses at once.
const AT_ONCE: usize = 4;
/// What happens in a moment is told together.
const MOMENT: Duration = Duration::from_millis(10);

pub(super) async fn run(db: Db, options: Options, bell: Arc<Notify>, shutdown: CancellationToken) {
    let mut events = db.bells().of(bells::EVENTS).listen();
    let mut failing = false;
    loop {
        match shutdown.run_until_cancelled(round(&db, &bell)).await {
            None => return,
            Some(Ok(true)) => continue,
            Some(Ok(false)) => failing = false,
            Some(Err(error)) => {
                if !failing {
                    let error = with_causes(&error);
                    tracing::warn!(error, "events can't be turned into webhooks; trying again");
                }
                failing = true;
            }
        }
        let pause = jittered(options.poll_every, &**db.entropy());
        tokio::select! {
            () = shutdown.cancelled() => return,
            // Who isn't told finds out by looking.
            () = events.heard(), if !failing => {}
            () = tokio::time::sleep(pause) => {}
        }
        tokio::time::sleep(MOMENT).await;
    }
}

/// The next events of every business that has some. Says whether there may be more.
async fn round(db: &Db, bell: &Notify) -> Result<bool, StoreError> {
    let mut waiting = webhooks::listening(db).await?.into_iter();
    let mut running = JoinSet::new();
    let (mut more, mut failed) = (false, None);
    loop {
        while running.len() < AT_ONCE
            && let Some(next) = waiting.next()
        {
            running.spawn(one(db.clone(), next));
        }
        match running.join_next().await {
            Some(Ok(Ok(relayed))) => {
                more |= relayed.more;
                if relayed.deliveries > 0 {
                    bell.notify_one();
                }
            }
            Some(Ok(Err(error))) => failed = Some(error),
            // It panicked, and said so.
            Some(Err(_)) => {}
            None => return failed.map_or(Ok(more), Err),
        }
    }
}

async fn one(db: Db, listening: Listening) -> Result<Relayed, StoreError> {
    webhooks::relay(&db, &listening).await
}
