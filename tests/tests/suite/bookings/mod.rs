//! Visits: the time that is free for them, and their lives.

mod couples;
mod customers;
mod day;
mod free;
mod moving;
