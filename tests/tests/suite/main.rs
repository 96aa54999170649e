//! The product from outside: over HTTP, over its database, and over its processes.
#![expect(clippy::unwrap_used, reason = "a test says what it expects by failing")]

mod access;
mod alerts;
mod bookings;
mod bookings_series;
mod books;
mod catalog;
mod clock;
mod crash;
mod customers;
mod demo;
mod hangup;
mod identity;
mod images;
mod impact;
mod isolation;
mod jobs;
mod live;
mod mail;
mod manners;
mod messages;
mod pages;
mod payfast;
mod payments;
mod plans;
mod queue;
mod races;
mod regulars;
mod risk;
mod schema;
mod shop;
mod sold;
mod team;
mod types;
mod waitlist;
mod webhooks;
