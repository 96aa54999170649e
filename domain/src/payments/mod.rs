//! Money: what customers owe for their visits, what they paid and by which way, and what they got back.
//!
//! What is asked of the provider of cards is written down first and asked between transactions, under a key that
//! stays the same; what the provider tells is only a reason to ask. Locks are taken in this order: a visit (or the sale
//! of what somebody buys online), its payments, what is given back of them, and last what was sold ahead.

mod accounts;
mod accounts_due;
mod ahead;
pub(crate) mod amounts;
mod books;
mod cards;
pub(crate) mod chargeable;
mod counter;
mod deposit;
mod drawer;
mod due;
mod entities;
mod error;
mod fees;
mod follow;
mod gifts;
mod heard;
mod leaving;
mod ledger;
mod looking;
mod mails;
mod movements;
mod on_file;
mod opening;
mod own;
mod pages;
mod parting;
mod parts;
mod payfast;
mod provider;
mod read;
mod record;
mod refunds;
mod registry;
mod removal;
mod settle;
mod signature;
mod take;
mod till;
mod unkeyed;
mod unknown;
mod wish;
mod words;

pub use accounts::AccountFacts;
pub use accounts_due::look_at_accounts_due;
pub(crate) use ahead::{VoucherMoney, give_back_sale, left_of_sale, money_of_voucher};
pub use books::{
    Bookkeeper, CheckFacts, Comparison, Difference, DisputeFacts, DisputeStand, DisputeState,
    Entry, LOOK_AT_BOOKS, LookAtBooks, Moved, PayoutFacts, PayoutStand, PayoutState, Period,
    Reason, Reversal, Sum, Taking, compare, list_checks, list_disputes, list_payouts,
    look_at_books_due,
};
pub(crate) use cards::takes_cards;
pub use cards::{CardFacts, CardState, LOOK_AT_CARD, LookAtCard};
pub use chargeable::step as chargeable_step;
pub use counter::Counter;
pub(crate) use deposit::{payable_deposit, takes_money};
pub use due::{Bill, Paid};
pub use error::PaymentError;
pub use fees::{TAKE_FEE, TakeFee};
pub(crate) use follow::follow;
pub(crate) use gifts::is_processing;
pub use heard::{HOOK_PATH, Heard, LOOK_AT_ACCOUNT, LookAtAccount, Noted, forget_heard, heard};
pub(crate) use ledger::{expired, let_go};
pub use looking::{LOOK, Look, look_at_unheard};
pub use movements::{Movement, movements};
pub use on_file::{CardStand, KeptCard, NewCardPage, NewCharge};
pub use own::{OwnEntrance, OwnPayment, OwnState};
pub use parting::disconnect as disconnect_stripe;
pub use payfast::{
    BELIEVE, Believe, CURRENCY as PAYFAST_CURRENCY, Gateway, HOOK_PATH as PAYFAST_HOOK_PATH,
    Merchant, MerchantAccount, NewKeys, digest as payfast_digest, disconnect as disconnect_payfast,
    signature as payfast_signature,
};
pub use provider::{
    AccountState, CardAt, CardProvider, Charged, Door, Entrance, NewAccount, NewPage, NewRefund,
    Opened, Provider, ProviderError, ReturnStage, Returned, Stage, Stand,
};
pub use read::{
    PaymentFacts, PaymentFilter, RefundFacts, SaleRef, VisitMoney, list, of_visit, read,
};
pub(crate) use record::{For, Paying, With, open_of, pay_visit, record};
pub use refunds::{GIVE_BACK, GiveBack, NewReturn, refund};
pub use registry::Providers;
pub use removal::{FORGET_CARD, ForgetCard, forget_cards, remove_card, remove_own_card};
pub use signature::{NotSigned, SIGNATURE_TOLERANCE, is_signed};
pub use take::{NewPayment, take};
pub(crate) use take::{is_wanting, note_deposit};
pub(crate) use till::begins as day_begins;
pub use till::{
    CloseFacts, NewClose, OtherSums, TillDay, WaySum, close as close_till, closes, till,
};
pub use wish::{Part, Wish};
pub use words::{KeptState, PaymentKind, PaymentState, ProviderName, RefundState, Way};
