//! The walk-in queue of a location.

pub mod estimate;
