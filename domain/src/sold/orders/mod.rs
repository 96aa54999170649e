//! Vouchers that customers buy on a business's page: written down before they are paid for, and vouchers once they
//! are. An order's sale stands where a visit stands elsewhere: it is held first, then its payments, and the voucher
//! last.

mod arrived;
mod buy;
mod door;
mod forget;
mod look;

pub(crate) use arrived::gift_arrived;
pub use buy::{NewGift, buy_gift};
pub use door::{GiftHolder, open_gift};
pub(crate) use door::{Order, hold_order, hold_sale, is_payable};
pub use forget::forget_unpaid;
pub use look::{GiftFacts, GiftState, read_gift};
