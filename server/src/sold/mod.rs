//! What is sold ahead, over HTTP.

mod dto;
mod memberships;
mod memberships_dto;
mod offer;
mod orders;
mod orders_dto;
mod passes;
mod passes_dto;
mod redeeming;
mod vouchers;

pub use memberships::MembershipsApi;
pub use offer::VoucherOfferApi;
pub use orders::{OwnGiftApi, PublicGiftsApi};
pub use passes::PassesApi;
pub use redeeming::RedeemingApi;
pub use vouchers::VouchersApi;
