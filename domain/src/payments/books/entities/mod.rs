//! The tables of what the provider's book has.

pub(super) mod dispute;
pub(super) mod payout;
