//! What others hear of somebody who waits.

use serde::{Deserialize, Serialize};

use super::entities::entry;
use super::{OfferFacts, State};
use crate::ids::{Appointment, Id, WaitlistEntry};
use crate::outbox::NewEvent;

/// What the event of somebody who waits carries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Told {
    /// Who.
    pub(crate) id: Id<WaitlistEntry>,
    /// The version that their entry has then. Older releases told no more than the id.
    pub(crate) version: Option<i32>,
    /// Where they stand then.
    pub(crate) state: Option<String>,
    /// The time that is kept for them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) offer: Option<OfferFacts>,
    /// What became of that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) appointment: Option<Id<Appointment>>,
}

impl Told {
    pub(super) fn new(id: Id<WaitlistEntry>, version: i32, state: State) -> Self {
        let (version, state) = (Some(version), Some(state.key().to_owned()));
        Self { id, version, state, offer: None, appointment: None }
    }

    /// Of an entry whose next version this is.
    pub(super) fn next(row: &entry::Model, to: State) -> Self {
        Self::new(Id::from_uuid(row.id), row.version + 1, to)
    }

    /// As the event called `kind`.
    pub(super) fn event(&self, kind: &'static str) -> NewEvent {
        NewEvent::new(kind, self)
    }
}
