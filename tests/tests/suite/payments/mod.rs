//! Money: at the desk, by card, and in the book.

mod coins;
mod desk;
mod embedded;
mod fees;
mod hearing;
mod kills;
mod leaving;
mod paying;
mod rest;
mod returning;
mod till;
