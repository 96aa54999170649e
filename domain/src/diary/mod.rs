//! A location's diary: its rules and what is taken, read at once and kept under a version that every
//! write in its scope bumps. A reader never gets what was gone when it asked.

mod touched;

pub(crate) use touched::{Touched, open};
