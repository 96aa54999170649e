//! Signing in and out, links, second factors, tokens, and one's own login over HTTP.

mod auth;
mod device;
mod dto;
mod me;
mod tokens;

pub use auth::AuthApi;
pub use me::MeApi;
pub use tokens::TokensApi;

pub(crate) use dto::{SignInView, UserView, joined};
