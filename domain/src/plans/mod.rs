//! What businesses pay for this installation, where it asks for something.

mod biller;

pub use biller::{Biller, Going, NewBuyer, NewCheckout, PlanPrice, SubscriptionState};
