//! The tables of what is sold ahead.

pub(super) mod pass;
pub(super) mod sale;
pub(super) mod voucher;
pub(super) mod voucher_offer;
pub(super) mod voucher_order;
