//! What the worker does, one file per noun.

mod customers;
mod identity;
mod mail;
mod messages;
mod regulars;
mod waitlist;

pub(crate) use customers::ImportCustomers;
pub(crate) use identity::SendLinks;
pub(crate) use mail::SendMails;
pub(crate) use messages::SendMessages;
pub(crate) use regulars::SendRegularLinks;
pub(crate) use waitlist::MatchWaitlist;
