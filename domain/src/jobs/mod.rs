//! What the worker has to do. A job is written in the transaction that makes it necessary; the
//! worker claims it under a lease, acts, and marks it. A lost worker's lease runs out and another
//! takes over, so what a job does must be safe to do twice.

mod claim;
mod ends;
mod enqueue;
mod fair;
mod figures;
pub mod operating;
mod sweep;

use uuid::Uuid;

use crate::ids::{Id, Job};
use crate::secrets::Place;

pub use claim::{Claimed, Known, Lease, NotUnderstood, Taken, claim, not_understood, take};
pub use ends::{End, Ended, settle};
pub use figures::{COUNTED, Figures, figures, figures_in};
pub use sweep::{DEAD_KEPT, KEPT, sweep};

pub(crate) use enqueue::{NewJob, enqueue, enqueue_all};
pub(crate) use fair::Rota;
pub(crate) use figures::oldest_due_in;
pub(crate) use sweep::delete_in_steps;

/// The tenant of jobs that belong to no tenant.
const NOBODY: Uuid = Uuid::nil();

/// Where the sealed part of a job is: it can't be moved to another job.
fn sealed_part(job: Id<Job>) -> Place {
    Place { table: "jobs", column: "sealed", row: job.uuid() }
}
