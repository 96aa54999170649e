//! Money: at the desk, by card, and in the book.

mod accounts;
mod coins;
mod desk;
mod embedded;
mod fees;
mod gift_kills;
mod goodwill;
mod hearing;
mod kills;
mod leaving;
mod paying;
mod rest;
mod returning;
mod till;
mod unknown;
