//! What must be true of a line, whatever was pressed. The events say in which order things happened,
//! the histories say what, and the clients' logs say who had asked for "the next" and where somebody
//! was put: the whole of it is played again by rules that are written down here once more.

mod fit;
mod replay;
mod tables;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use openchair_domain::ids::{Id, QueueEntry, Service, StaffMember};
use openchair_domain::queue::estimate::Work;
use sqlx::PgPool;
use uuid::Uuid;

pub(super) type Instant = DateTime<Utc>;

/// What a client was told of something that was done.
#[derive(Debug, Clone)]
pub(super) struct Told {
    pub(super) entry: Id<QueueEntry>,
    pub(super) version: i32,
    pub(super) state: String,
    pub(super) asked: Asked,
}

/// What a client had asked for, as far as it decides what must have happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    /// The next for one of the staff.
    Next(Id<StaffMember>),
    /// Another place in the line.
    Put(Put),
    /// Anything else.
    This,
}

/// A place in the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Put {
    First,
    Last,
    After(Uuid),
    Before(Uuid),
}

/// One step, in the order in which they happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) entry: Uuid,
    pub(super) version: i32,
    /// By the clock of whoever did it, when they began.
    pub(super) at: Instant,
    pub(super) action: String,
    pub(super) from: Option<String>,
    pub(super) to: String,
    pub(super) staff: Option<Uuid>,
}

/// A visit, from something that happened to it on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Visit {
    pub(super) id: Uuid,
    pub(super) status: String,
    pub(super) starts_at: Instant,
    /// Whose.
    pub(super) staff: Uuid,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Happened {
    /// In the line.
    Line(Step),
    /// To a visit that was booked.
    Visit(Visit),
}

/// Who joined, and what they want.
#[derive(Debug, Clone)]
pub(super) struct Party {
    pub(super) services: Vec<Work>,
    pub(super) wanted: Option<Uuid>,
    pub(super) source: String,
    /// The visit that they came for.
    pub(super) visit: Option<Uuid>,
    /// Where they stand at the end.
    pub(super) state: String,
    pub(super) version: i32,
    pub(super) staff: Option<Uuid>,
}

/// What happened how often.
#[derive(Debug, Default)]
pub(super) struct Tally {
    /// From the shop's page.
    pub(super) joined: usize,
    /// Who is in the line still, whoever they are.
    pub(super) open: usize,
    pub(super) next: usize,
    /// How many of those came for a visit.
    pub(super) visits: usize,
    /// For how many of them somebody who stood before them would not have been done in time.
    pub(super) passed_over: usize,
    pub(super) steps: BTreeMap<String, usize>,
}

/// What each of the staff does, and when their day ends.
pub(super) struct House {
    pub(super) skills: BTreeMap<Id<StaffMember>, Vec<Id<Service>>>,
    pub(super) until: Instant,
}

/// Reads the tables and judges.
pub(super) async fn verdict(pool: &PgPool, house: &House, told: &[Told]) -> (Vec<String>, Tally) {
    let (parties, happened, mut faults) = tables::read(pool).await;
    let mut tally = Tally::default();
    faults.extend(replay::judge(&parties, &happened, house, told, &mut tally));
    let open = ["waiting", "called", "serving"];
    tally.joined = parties.values().filter(|party| party.source == "public").count();
    tally.open = parties.values().filter(|party| open.contains(&&*party.state)).count();
    for happened in &happened {
        if let Happened::Line(step) = happened {
            *tally.steps.entry(step.action.clone()).or_default() += 1;
        }
    }
    (faults, tally)
}

pub(super) type Parties = HashMap<Uuid, Party>;
