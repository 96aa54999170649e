//! What the worker does, one file per noun.

mod customers;
mod identity;
mod mail;
mod messages;
mod payments;
mod plans;
mod regulars;
mod waitlist;

pub(crate) use customers::ImportCustomers;
pub(crate) use identity::SendLinks;
pub(crate) use mail::SendMails;
pub(crate) use messages::SendMessages;
pub(crate) use payments::AboutMoney;
pub(crate) use plans::AboutPlans;
pub(crate) use regulars::SendRegularLinks;
pub(crate) use waitlist::MatchWaitlist;
