//! What is sold ahead: gift vouchers, passes of several visits, memberships. Customers pay when they buy, and pay
//! with it later; what is left of it is owed to them until then, and the book says how much that is.
//!
//! Locks are taken last, after those of a visit and its payments: a voucher's row, or a pass's.

mod back;
mod code;
mod entities;
mod error;
mod expiry;
mod mails;
mod redeem;
mod sale;
mod vouchers;
mod words;

pub(crate) use back::put_back;
pub use back::refund_voucher;
pub use error::SoldError;
pub use expiry::expire_everywhere;
pub use mails::{Address, mail_voucher};
pub use redeem::{NewRedemption, Part, redeem, redeem_own};
pub(crate) use sale::SaleRow;
pub use vouchers::{
    NewVoucher, SoldVoucher, VoucherFacts, VoucherFilter, find, list, read, sell, show_code,
};
pub use words::{SoldState, What};
