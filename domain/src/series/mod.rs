//! Visits that come again: every so many days, weeks or months at the same time of the clock. Each of
//! them is a visit of its own; together they are made, moved and called off whole or not at all.

mod later;
mod make;
mod pattern;
mod planned;
mod read;
mod repeat;
mod store;
#[cfg(test)]
mod tests;
mod times;

pub use later::{cancel, relocate};
pub use make::{NewSeries, create, preview};
pub use pattern::{Every, Pattern, Until};
pub use planned::{Occurrence, Shift};
pub use read::{SeriesFacts, read};
pub use repeat::{Repeated, preview_repeat, repeat};
pub use times::Times;
