//! Turns events into deliveries as soon as they are there.

use std::collections::HashSet;
use std::time::Duration;

use openchair_domain::bells::{self, Ring};
use openchair_domain::ids::{Id, Tenant};
use openchair_domain::tenancy::{Db, StoreError};
use openchair_domain::webhooks::{self, Listening};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::Options;
use crate::backoff::jittered;
use crate::handler::with_causes;

/// So many businesses at once.
const AT_ONCE: usize = 4;
/// What happens in a moment is told together.
const MOMENT: Duration = Duration::from_millis(10);
/// How much more seldom all businesses are looked at than something that costs nothing would be: it costs
/// with each that listens.
const SELDOM: u32 = 4;

/// Whose events can't be turned into webhooks: each is said once.
#[derive(Debug, Default)]
struct Troubled {
    /// Everybody's.
    all: bool,
    some: HashSet<Id<Tenant>>,
}

pub(super) async fn run(db: Db, options: Options, shutdown: CancellationToken) {
    let mut events = db.bells().of(bells::EVENTS).listen();
    let mut troubled = Troubled::default();
    let mut rang = Ring::Anybody;
    let pause = || jittered(options.poll_every * SELDOM, &**db.entropy());
    let mut look_at = tokio::time::Instant::now() + pause();
    loop {
        let went = round(&db, &rang, &mut troubled);
        rang = match shutdown.run_until_cancelled(went).await {
            None => return,
            Some(Ok(more)) => {
                troubled.all = false;
                more
            }
            Some(Err(error)) => {
                if !troubled.all {
                    let error = with_causes(&error);
                    tracing::warn!(error, "events can't be turned into webhooks; trying again");
                }
                troubled.all = true;
                Ring::default()
            }
        };
        if rang.is_none() {
            tokio::select! {
                () = shutdown.cancelled() => return,
                heard = events.heard(), if !troubled.all => rang = heard,
                () = tokio::time::sleep_until(look_at) => {}
            }
            tokio::time::sleep(MOMENT).await;
        }
        rang.join(events.so_far());
        // Who isn't told finds out by looking, however often somebody is.
        if tokio::time::Instant::now() >= look_at {
            rang = Ring::Anybody;
            look_at = tokio::time::Instant::now() + pause();
        }
    }
}

/// The next events of each of these businesses that has some. Says for whom there may be more.
async fn round(db: &Db, rang: &Ring, troubled: &mut Troubled) -> Result<Ring, StoreError> {
    let mut waiting = webhooks::listening(db, rang).await?.into_iter();
    let mut running = JoinSet::new();
    let mut more = Ring::default();
    loop {
        while running.len() < AT_ONCE
            && let Some(next) = waiting.next()
        {
            running.spawn(one(db.clone(), next));
        }
        match running.join_next().await {
            Some(Ok((tenant, Ok(may_be_more)))) => {
                troubled.some.remove(&tenant);
                if may_be_more {
                    more.join(Some(tenant).into());
                }
            }
            // It holds up nobody else, and has its turn when all are looked at.
            Some(Ok((tenant, Err(error)))) => {
                if troubled.some.insert(tenant) {
                    let error = with_causes(&error);
                    tracing::warn!(
                        %tenant,
                        error,
                        "a business's events can't be turned into webhooks; trying again"
                    );
                }
            }
            // It panicked, and said so.
            Some(Err(_)) => {}
            None => return Ok(more),
        }
    }
}

async fn one(db: Db, listening: Listening) -> (Id<Tenant>, Result<bool, StoreError>) {
    (listening.tenant(), webhooks::relay(&db, &listening).await)
}
