//! What the worker does, one file per noun.

mod identity;
mod mail;

pub(crate) use identity::SendLinks;
pub(crate) use mail::SendMails;
