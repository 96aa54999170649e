//! Whether the estimator is right.

mod hand;
mod kit;
mod month;
mod properties;
