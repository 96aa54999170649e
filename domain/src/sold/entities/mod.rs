//! The tables of what is sold ahead.

pub(super) mod pass;
pub(super) mod sale;
pub(super) mod voucher;
