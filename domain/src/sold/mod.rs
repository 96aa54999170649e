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
mod memberships;
mod offer;
mod orders;
mod passes;
mod redeem;
mod sale;
mod standing;
mod using;
mod vouchers;
mod words;
mod worth;

pub(crate) use back::put_back;
pub use back::{Ending, refund_pass, refund_voucher};
pub use error::SoldError;
pub use expiry::expire_everywhere;
pub use mails::{Address, mail_voucher};
pub(crate) use memberships::memberships_of;
pub use memberships::{
    NewRenewal, NewSoldMembership, SoldMembershipFacts, cancel_sold_membership, list_memberships,
    read_membership, renew_membership, sell_membership,
};
pub(crate) use offer::is_offered;
pub use offer::{PublicOffer, VoucherOffer, public_offer, read_offer, set_offer};
pub use orders::{
    GiftFacts, GiftHolder, GiftState, NewGift, buy_gift, forget_unpaid, open_gift, read_gift,
};
pub(crate) use orders::{Order, gift_arrived, hold_order, hold_sale, is_payable};
pub(crate) use passes::passes_of;
pub use passes::{NewPass, PassFacts, PassFilter, list_passes, read_pass, sell_pass};
pub use redeem::{NewRedemption, Part, redeem, redeem_own};
pub(crate) use sale::SaleRow;
pub(crate) use standing::follow_money;
pub use using::{UsablePass, usable, use_pass};
pub(crate) use vouchers::vouchers_of;
pub use vouchers::{
    NewVoucher, SoldVoucher, VoucherFacts, VoucherFilter, find, list, read, sell, show_code,
};
pub use words::{SoldState, What};
