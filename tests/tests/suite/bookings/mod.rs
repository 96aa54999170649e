//! Visits: the time that is free for them, and their lives.

mod asking;
mod closed;
mod couples;
mod customers;
mod day;
mod free;
mod ids;
mod keeping;
mod members;
mod moving;
mod offer;
mod packages;
mod repeating;
mod starts;
mod told;
mod twice;
mod versions;
mod visitors;
