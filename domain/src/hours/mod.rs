//! Civil hours: when a door is open, when somebody works. Typed by people as times of a clock, kept
//! as minutes from a midnight.

mod clock;
mod dates;
mod day;
#[cfg(test)]
mod tests;
mod week;

pub use dates::Days;
pub use day::NewStretch;
pub use week::{NewOpening, Opening};

pub(crate) use dates::near;
pub(crate) use day::{check as check_day, in_words as day_in_words, stored, to_store};
pub(crate) use week::{check as check_week, in_words as week_in_words};

pub(crate) use clock::minutes as minute_of_day;
pub use clock::{shown, text as time_of_day};
