//! The tables of payments.

pub(super) mod account;
pub(super) mod card;
pub(super) mod payment;
pub(super) mod refund;
