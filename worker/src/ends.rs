//! How claims ended, written down many at once: one transaction for all that ended within some
//! milliseconds.

use std::time::Duration;

use openchair_domain::jobs::{self, Ended};
use openchair_domain::tenancy::Db;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::handler::with_causes;

/// What ends within this time after another is written with it.
const GATHER: Duration = Duration::from_millis(2);

/// How many are written with one statement.
const AT_ONCE: usize = 256;

/// How often the ends are written before they are left to their leases.
const WRITES: u32 = 6;

/// To whom ends are told.
#[derive(Debug, Clone)]
pub(crate) struct Ends(mpsc::Sender<Ended>);

impl Ends {
    /// Somebody who writes them, until nobody can tell of any more.
    pub(crate) fn writer(db: Db) -> (Self, JoinHandle<()>) {
        let (sender, ended) = mpsc::channel(2 * AT_ONCE);
        (Self(sender), tokio::spawn(write_all(db, ended)))
    }

    /// Has this written.
    pub(crate) async fn write(&self, ended: Ended) {
        // The writer outlives whoever can tell it anything; else the lease runs out.
        let _ = self.0.send(ended).await;
    }
}

async fn write_all(db: Db, mut ended: mpsc::Receiver<Ended>) {
    let mut gathered = Vec::with_capacity(AT_ONCE);
    while let Some(first) = ended.recv().await {
        gathered.push(first);
        let gather = async {
            loop {
                let room = AT_ONCE - gathered.len();
                if room == 0 || ended.recv_many(&mut gathered, room).await == 0 {
                    return;
                }
            }
        };
        let _ = tokio::time::timeout(GATHER, gather).await;
        write(&db, &gathered).await;
        gathered.clear();
    }
}

/// What was done must be known to be done: worth some patience with the database.
async fn write(db: &Db, ended: &[Ended]) {
    let mut pause = Duration::from_millis(100);
    for write in 1..=WRITES {
        match jobs::settle(db, ended).await {
            Ok(settled) => {
                let late = ended.len() as u64 - settled.min(ended.len() as u64);
                if late > 0 {
                    tracing::warn!(late, "jobs took longer than their lease: others have them");
                }
                return;
            }
            Err(error) if write == WRITES => {
                let (error, count) = (with_causes(&error), ended.len());
                tracing::warn!(
                    error,
                    count,
                    "how jobs ended can't be written; their leases will run out"
                );
            }
            Err(_) => {
                tokio::time::sleep(pause).await;
                pause *= 3;
            }
        }
    }
}
