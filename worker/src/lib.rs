//! w
pub mod templates;
