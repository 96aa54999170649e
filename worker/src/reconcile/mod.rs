//! What is put right now and then, whoever was lost meanwhile. A reconciler takes no input and may
//! run any number of times. Of several workers one at a time does it, unless it is about the worker
//! itself.

mod accounts;
mod afterwards;
mod books;
mod forgotten;
mod forsaken;
mod gauges;
mod lapsed;
mod leftovers;
mod plans;
mod reminders;
mod repeat;
mod scheduled;
mod sequences;
mod sold;
mod strangers;
mod stuck;
mod unheard;
mod woken;

use std::fmt::Debug;
use std::time::Duration;

use async_trait::async_trait;
use openchair_domain::tenancy::{Db, StoreError};

pub use accounts::Accounts;
pub use afterwards::Afterwards;
pub use books::BothBooks;
pub use forgotten::Forgotten;
pub use forsaken::Forsaken;
pub(crate) use gauges::Gauges;
pub use lapsed::Lapsed;
pub use leftovers::Leftovers;
pub use plans::PlansKept;
pub use reminders::Reminders;
pub use repeat::{Shift, repeat};
pub use scheduled::Scheduled;
pub use sequences::Sequences;
pub use sold::SoldAhead;
pub(crate) use strangers::Strangers;
pub use stuck::Stuck;
pub use unheard::Unheard;
pub use woken::Woken;

/// Puts one thing right.
#[async_trait]
pub trait Reconciler: Send + Sync + Debug {
    /// Its name, in the log and where it is written whose turn it is.
    fn name(&self) -> &'static str;

    /// How often.
    fn every(&self) -> Duration;

    /// The bell at which it is done at once, in whatever process it rings: `db.bells().of(…)`. Without
    /// one it is done at its times alone.
    fn bell(&self) -> Option<&'static str> {
        None
    }

    /// Whether one worker at a time is enough.
    fn alone(&self) -> bool {
        true
    }

    /// Does it and says how much there was to do.
    async fn run(&self, db: &Db) -> Result<u64, StoreError>;
}
