//! How long whoever waits will wait.

use chrono::Duration;

use super::board::Front;
use super::entities::entry;
use super::state::{Source, State};
use super::{source, state, store};
use crate::bookings::BookingError;
use crate::ids::{Id, Location, QueueEntry, Service, StaffMember};
use crate::tenancy::{StoreError, TenantTx};

/// What can be said of one who waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wait {
    /// Who.
    pub id: Id<QueueEntry>,
    /// How many come before them and they: the first is 1.
    pub position: usize,
    /// It may as well be longer as shorter. None: nobody can say.
    pub p50: Option<Duration>,
    /// Nine of ten wait no longer.
    pub p90: Option<Duration>,
}

/// What can be said of a whole line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outlook {
    /// Of each who waits, in their order.
    pub waits: Vec<Wait>,
}

/// A wait as it is said: never a false minute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WaitRange {
    /// Minutes.
    pub low: i64,
    /// Minutes.
    pub high: i64,
}

impl WaitRange {
    /// The lower end to five minutes below, the upper to five above.
    pub fn of(p50: Duration, p90: Duration) -> Self {
        const STEP: i64 = 300;
        let (p50, p90) = (p50.num_seconds().max(0), p90.num_seconds().max(0));
        let high = (p90.max(p50) + STEP - 1) / STEP * STEP;
        Self { low: p50 / STEP * STEP / 60, high: high.max(STEP) / 60 }
    }
}

impl Wait {
    /// As it is said.
    pub fn range(&self) -> Option<WaitRange> {
        Some(WaitRange::of(self.p50?, self.p90?))
    }
}

/// How long whoever waits at a location will wait.
pub async fn outlook(tx: &TenantTx, location: Id<Location>) -> Result<Outlook, BookingError> {
    let line = store::in_line(tx, location).await?;
    Ok(Outlook { waits: positions(&line)? })
}

/// How long somebody would wait who joined now and wanted this, if anybody can say.
pub async fn newcomer(
    tx: &TenantTx,
    front: &Front,
    services: &[Id<Service>],
    staff: Option<Id<StaffMember>>,
) -> Result<Option<WaitRange>, BookingError> {
    let _ = (tx, front, services, staff);
    Ok(None)
}

/// Everybody's place among those who walked in and wait.
fn positions(line: &[entry::Model]) -> Result<Vec<Wait>, StoreError> {
    let mut waits = Vec::new();
    for row in line {
        if state(row)? == State::Waiting && source(row)? != Source::Appointment {
            let position = waits.len() + 1;
            waits.push(Wait { id: Id::from_uuid(row.id), position, p50: None, p90: None });
        }
    }
    Ok(waits)
}
