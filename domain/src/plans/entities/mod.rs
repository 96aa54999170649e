//! Rows of the tables of plans.

pub(super) mod subscription;
