//! Webhooks: others' programs are told what happens in a business.
//!
//! An event becomes one delivery for each endpoint that wants it (`relay`), in the transaction that
//! moves the business's cursor on: none is lost, none comes twice. A worker takes an endpoint under a
//! lease (`lease`), sends what is due there, and writes down how it went (`settle`). Deliveries about
//! the same visit, customer or entry go one after the other: only the first of them has a time at
//! which it is due, and whatever ends it wakes the next.
//!
//! Locks are taken in this order: the business's cursor, its endpoints, their deliveries.

pub mod address;
mod disable;
mod endpoints;
mod entities;
mod forget;
mod guard;
mod health;
mod lease;
mod listen;
mod log;
mod order;
mod preset;
mod relay;
mod replay;
mod said;
mod schedule;
mod settle;
mod signature;
#[cfg(test)]
mod tests;
mod types;
mod window;

use crate::fault::refusals;
use crate::words::words;

pub use endpoints::{
    EndpointChange, EndpointFacts, NewEndpoint, create, endpoint, endpoints, remove, rotate, update,
};
pub(crate) use forget::forget;
pub use forget::{KEPT, sweep};
pub use guard::{Guard, Names, Refused, Target};
pub use health::{DisabledFor, Health, Heard, wish};
pub use lease::{Due, Lease, Leased, Outgoing, Shares, due, lease, release};
pub use log::{AttemptFacts, DeliveryFacts, Filter, deliveries, delivery};
pub use order::wake_stuck;
pub use relay::{Listening, listening, relay};
pub use replay::{Range, Replayed, again, again_in, test};
pub use settle::{Outcome, Settled, settle};
pub use signature::{Secret, sign};
pub use types::EventType;
pub use window::{Room, Window};

refusals! {
    /// Why something can't be done to webhooks.
    WebhookError {
        TooMany = Conflict "too_many_endpoints" "There are as many endpoints as there can be. Remove one first.",
        NotInUse = Conflict "endpoint_not_in_use" "This endpoint is switched off. Switch it on first.",
        NoBody = Conflict "body_erased" "What was sent was erased with the customer whom it was about.",
    }
}

words! {
    /// What requests look like.
    Preset {
        /// As the product's own documentation says.
        Standard = "standard",
        /// For GoHighLevel, with objects inside.
        GhlNested = "ghl_nested",
        /// For GoHighLevel, all fields at the top.
        GhlFlat = "ghl_flat",
    }

    /// Whether an endpoint is told of anything.
    EndpointState {
        /// It is.
        On = "on",
        /// The business switched it off.
        Off = "off",
        /// It was given up.
        Disabled = "disabled",
        /// It is not there any more.
        Removed = "removed",
    }

    /// What became of a delivery.
    DeliveryState {
        /// It will be sent, or sent again.
        Waiting = "waiting",
        /// It arrived.
        Delivered = "delivered",
        /// It was tried for days.
        Failed = "failed",
        /// It was never sent: the endpoint was out of use.
        Cancelled = "cancelled",
    }
}

impl Preset {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Standard, Self::GhlNested, Self::GhlFlat];

    /// Whether it has words for events of this type.
    pub fn knows(self, event: EventType) -> bool {
        preset::types(self).contains(&event)
    }
}

impl DeliveryState {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Waiting, Self::Delivered, Self::Failed, Self::Cancelled];
}

/// The worker's name in the audit log.
const TASK: &str = "webhooks";
