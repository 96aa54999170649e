//! Money: at the desk, by card, and in the book.

mod desk;
mod hearing;
mod paying;
mod returning;
mod till;
