//! What businesses pay for using all this: plans, how they stand, what is in use of them. Who takes the money is
//! behind a trait; what that says decides, and it is asked whenever something may have changed.
//!
//! Whose plan isn't paid is [read only](Standing::ReadOnly) after a while: what is there can be seen and taken
//! out, what is booked takes place and is reminded of, and nothing new begins.

mod biller;
mod billing;
mod entities;
mod error;
mod looking;
mod mails;
mod rows;
mod standing;
mod usage;

pub use biller::{Biller, Going, NewBuyer, NewCheckout, PlanPrice, SubscriptionState};
pub use billing::{Billing, OfferedPlan, PlanFacts, offered};
pub use error::PlanError;
pub(crate) use looking::heard_of;
pub use looking::{LOOK_AT_PLAN, LookAtPlan};
pub(crate) use rows::pays;
pub use standing::{Stage, Standing};
pub use usage::Usage;
