//! The tables of what is sold ahead.

pub(super) mod sale;
pub(super) mod voucher;
