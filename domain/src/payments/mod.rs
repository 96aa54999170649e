//! Money: what customers owe for their visits, what they paid and by which way, and what they got back.
//!
//! What is asked of the provider of cards is written down first and asked between transactions, under a key that
//! stays the same; what the provider tells is only a reason to ask. Locks are taken in this order: a visit (or the sale
//! of what somebody buys online), its payments, what is given back of them, and last what was sold ahead.

mod accounts;
mod ahead;
mod bill;
mod books;
mod cards;
mod counter;
mod desk;
mod entities;
mod error;
mod ledger;
mod mails;
mod pages;
mod payfast;
mod provider;
mod read;
mod refunds;
mod settle;
mod words;

pub use accounts::AccountFacts;
pub use accounts::disconnecting::disconnect as disconnect_stripe;
pub use accounts::due::look_at_accounts_due;
pub(crate) use ahead::{VoucherMoney, give_back_sale, left_of_sale, money_of_voucher};
pub use bill::chargeable::step as chargeable_step;
pub(crate) use bill::deposit::{payable_deposit, takes_money};
pub use bill::due::{Bill, Paid};
pub(crate) use bill::follow::follow;
pub use bill::wish::{Part, Wish};
pub(crate) use bill::{amounts, chargeable};
pub use books::{
    Bookkeeper, CheckFacts, Comparison, Difference, DisputeFacts, DisputeStand, DisputeState,
    Entry, LOOK_AT_BOOKS, LookAtBooks, Moved, PayoutFacts, PayoutStand, PayoutState, Period,
    Reason, Reversal, Sum, Taking, compare, list_checks, list_disputes, list_payouts,
    look_at_books_due,
};
pub use cards::fees::{TAKE_FEE, TakeFee};
pub use cards::on_file::{CardStand, KeptCard, NewCardPage, NewCharge};
pub use cards::removal::{FORGET_CARD, ForgetCard, forget_cards, remove_card, remove_own_card};
pub(crate) use cards::takes_cards;
pub use cards::{CardFacts, CardState, LOOK_AT_CARD, LookAtCard};
pub use counter::Counter;
pub(crate) use desk::record::{For, Paying, With, open_of, pay_visit, record};
pub use desk::take::{NewPayment, take};
pub(crate) use desk::take::{is_wanting, note_deposit};
pub(crate) use desk::till::begins as day_begins;
pub use desk::till::{
    CloseFacts, NewClose, OtherSums, TillDay, WaySum, close as close_till, closes, till,
};
pub use error::PaymentError;
pub use ledger::movements::{Movement, movements};
pub(crate) use ledger::{expired, let_go};
pub(crate) use pages::gifts::is_processing;
pub use pages::looking::{LOOK, Look, look_at_unheard};
pub use pages::own::{OwnEntrance, OwnPayment, OwnState};
pub use payfast::{
    BELIEVE, Believe, CURRENCY as PAYFAST_CURRENCY, Gateway, HOOK_PATH as PAYFAST_HOOK_PATH,
    Merchant, MerchantAccount, NewKeys, digest as payfast_digest, disconnect as disconnect_payfast,
    signature as payfast_signature,
};
pub use provider::heard::{
    HOOK_PATH, Heard, LOOK_AT_ACCOUNT, LookAtAccount, Noted, forget_heard, heard,
};
pub use provider::registry::Providers;
pub use provider::signature::{NotSigned, SIGNATURE_TOLERANCE, is_signed};
pub use provider::{
    AccountState, CardAt, CardProvider, Charged, Door, Entrance, NewAccount, NewPage, NewRefund,
    Opened, Provider, ProviderError, ReturnStage, Returned, Stage, Stand,
};
pub use read::{
    PaymentFacts, PaymentFilter, RefundFacts, SaleRef, VisitMoney, list, of_visit, read,
};
pub use refunds::{GIVE_BACK, GiveBack, NewReturn, refund};
pub use words::{KeptState, PaymentKind, PaymentState, ProviderName, RefundState, Way};
