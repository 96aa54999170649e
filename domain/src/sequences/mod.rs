//! Sequences: several messages over days, that end when their customer books or wants no more.
//!
//! A business composes them: what takes customers in, what is said and after how long. The worker takes
//! customers in ([`sweep`]) and moves them on, each step in one transaction with the message that it is:
//! whoever is lost in between has done nothing. Before a step is written (`rule.rs`) and once more when it
//! is sent (`messaging/sending`) it is looked at whether there still is a reason.
//!
//! Whoever is in a sequence goes on with its steps as they are now, not as they were when they were taken
//! in: what somebody corrects is corrected for all, and what is on the screen is what will be said. What
//! is written already keeps its words.

mod begin;
mod check;
mod go;
mod preview;
mod read;
mod rule;
mod runs;
mod write;

use crate::fault::refusals;
use crate::messaging::Reason;
use crate::tenancy::{Db, StoreError};
use crate::words::words;

pub use preview::{StepShown, preview};
pub use read::{SequenceFacts, Step, Words, list, read};
pub use runs::{RunFacts, runs, stop};
pub use write::{NewSequence, NewStep, NewWords, SequenceChange, archive, create, update};

pub(crate) use runs::{forget, merged};

refusals! {
    /// Why a sequence can't be read or changed.
    SequenceError {
        TooMany = Conflict "too_many_sequences" "There are as many sequences as there can be. Archive one first.",
        RunOver = Conflict "run_over" "They aren't in it any more.",
    }
}

words! {
    /// What takes a customer into a sequence.
    Trigger {
        /// They were here.
        VisitCompleted = "visit_completed",
        /// They were here, and never before.
        FirstVisitCompleted = "first_visit_completed",
        /// They didn't come.
        NoShow = "no_show",
        /// They are new.
        CustomerCreated = "customer_created",
        /// They weren't here for so many days, and have nothing booked.
        NotSeen = "not_seen",
    }

    /// Where somebody stands in a sequence.
    RunState {
        /// On the way.
        Running = "running",
        /// All was said.
        Done = "done",
        /// It ended before.
        Stopped = "stopped",
    }

    /// Why it ended before.
    StopReason {
        /// They have booked.
        Booked = "booked",
        /// They don't want to be written to.
        OptedOut = "opted_out",
        /// They don't agree to offers any more.
        NoConsent = "no_consent",
        /// The sequence was turned off.
        TurnedOff = "turned_off",
        /// They are forgotten.
        Erased = "erased",
        /// There is no way to reach them.
        Unreachable = "unreachable",
        /// The team took them out.
        Staff = "staff",
        /// Their record became part of another one that is in it, too.
        Merged = "merged",
    }
}

impl Trigger {
    /// Whether a visit takes them in.
    pub const fn is_visit(self) -> bool {
        !matches!(self, Self::CustomerCreated)
    }
}

impl StopReason {
    /// Why what was written before isn't sent either.
    pub(crate) const fn of_message(self) -> Reason {
        match self {
            Self::Booked => Reason::Booked,
            Self::OptedOut => Reason::OptedOut,
            Self::NoConsent => Reason::NoConsent,
            Self::Erased => Reason::Erased,
            Self::TurnedOff | Self::Unreachable | Self::Staff | Self::Merged => Reason::Halted,
        }
    }
}

/// Takes in whoever there is a reason for, moves on whoever's next step is due, and says how many that
/// were. Any number may do this at the same time.
pub async fn sweep(db: &Db) -> Result<u64, StoreError> {
    Ok(begin::sweep(db).await? + go::sweep(db).await?)
}
