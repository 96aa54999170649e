//! The product without HTTP: rules, tables, events.
//!
//! Besides `migrations` this is the only crate that may name the database library. Whoever wants
//! rows goes through a [`tenancy::TenantTx`] (one tenant, seen by a [`tenancy::Caller`]) or a
//! [`tenancy::SystemTx`] (a named, logged reason).

pub mod alerts;
pub mod audit;
pub mod authz;
pub mod availability;
pub mod bells;
pub mod bookings;
pub mod catalog;
pub mod config;
pub mod customers;
pub mod demo;
pub mod diary;
pub mod entropy;
pub mod fault;
pub mod forms;
pub mod hours;
pub mod html;
pub mod idempotency;
pub mod identity;
pub mod ids;
pub mod images;
pub mod impact;
pub mod jobs;
pub mod keys;
pub mod live;
pub mod locations;
pub mod messaging;
mod notify;
pub mod outbox;
pub mod page;
pub mod patch;
pub mod payments;
pub mod phone;
pub mod plans;
pub mod platform;
pub mod policies;
pub mod queue;
pub mod regulars;
pub mod removal;
pub mod risk;
pub mod roles;
pub mod rooms;
pub mod schedules;
pub mod secrets;
pub mod sequences;
pub mod series;
pub mod shelf;
pub mod sold;
pub mod staff;
pub mod tallies;
pub mod team;
pub mod tenancy;
pub mod tenants;
pub mod text;
pub mod texts;
pub mod time;
pub mod trace;
pub mod turns;
pub mod waitlist;
pub mod webhooks;
pub mod wiring;
mod words;
