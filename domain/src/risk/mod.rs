//! How likely it looks, when somebody books online, that nobody comes: points with the reasons for them, and
//! what a business asks because of them. docs/guide/risk.md says what counts and how much.

mod facts;
mod rule;
mod score;
#[cfg(test)]
mod tests;
mod throwaway;

pub(crate) use facts::{About, gather};
pub(crate) use rule::Demand;
pub use rule::Rule;
pub use score::{Facts, Past, Reason, Risk, Sign, score};
