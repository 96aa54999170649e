//! What proves who somebody is, and what nobody else may read. Pure: time and randomness come in by
//! parameter, and nothing here knows tables or HTTP.

mod common;
mod jwt;
mod password;
mod password_rule;
mod recovery;
mod seal;
mod token;
mod totp;

pub use jwt::{Access, AccessTokenFault, AccessTokens};
pub use password::{PasswordError, Passwords, Verdict};
pub use password_rule::{PasswordContext, PasswordFault, PasswordRule};
pub use recovery::RecoveryCode;
pub use seal::{KeyRing, Place, SealError};
pub use token::{OpaqueToken, TokenHash, TokenKind};
pub use totp::{TotpError, TotpSecret};
