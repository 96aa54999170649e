//! What is paid at once, at the desk of a place: with money or with what was sold ahead, into which drawer, and a day's
//! till.

pub(super) mod drawer;
pub(super) mod record;
pub(super) mod take;
pub(super) mod till;
