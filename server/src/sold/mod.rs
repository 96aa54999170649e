//! What is sold ahead, over HTTP.

mod dto;
mod redeeming;
mod vouchers;

pub use redeeming::RedeemingApi;
pub use vouchers::VouchersApi;
