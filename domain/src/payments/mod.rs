//! Money: what customers owe for their visits, what they paid and by which way, and what they got back.
//!
//! What is asked of the provider of cards is written down first and asked between transactions, under a key that
//! stays the same; what the provider tells is only a reason to ask. Locks are taken in this order: a visit, its
//! payments, what is given back of them.

mod accounts;
mod amounts;
mod counter;
mod due;
mod entities;
mod error;
mod follow;
mod heard;
mod ledger;
mod looking;
mod mails;
mod provider;
mod read;
mod refunds;
mod settle;
mod signature;
mod take;
mod till;
mod words;

pub use accounts::AccountFacts;
pub use counter::{Counter, OwnPayment, OwnState};
pub use due::{Bill, Paid};
pub use error::PaymentError;
pub(crate) use follow::follow;
pub use heard::{HOOK_PATH, Heard, LOOK_AT_ACCOUNT, LookAtAccount, Noted, forget_heard, heard};
pub use looking::{LOOK, Look, look_at_unheard};
pub use provider::{
    AccountState, NewAccount, NewPage, NewRefund, Opened, Provider, ProviderError, ReturnStage,
    Returned, Stage, Stand,
};
pub use read::{PaymentFacts, PaymentFilter, RefundFacts, VisitMoney, list, of_visit, read};
pub use refunds::{GIVE_BACK, GiveBack, refund};
pub use signature::{NotSigned, SIGNATURE_TOLERANCE, is_signed};
pub use take::{NewPayment, take};
pub(crate) use take::{note_deposit, wanted_now};
pub use till::{
    CloseFacts, Movement, NewClose, TillDay, WaySum, close as close_till, closes, movements, till,
};
pub use words::{PaymentState, RefundState, Way};
