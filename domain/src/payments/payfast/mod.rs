//! PayFast (South Africa): a business puts in keys of its own, and its customers pay at PayFast's pages. What PayFast
//! tells is signed with the business's passphrase, and believed once PayFast's server confirms it
//! (docs/adr/0024).

mod keys;
mod notice;
mod told;

use std::fmt::Debug;
use std::sync::Arc;

use async_trait::async_trait;

use super::provider::{Provider, ProviderError};
use crate::config::Secret;

pub use keys::{NewKeys, disconnect};
pub(super) use keys::{merchant, row, row_of};
pub use notice::{digest, signature};
pub use told::{BELIEVE, Believe};

/// What PayFast takes: South African rand, and nothing else.
pub const CURRENCY: &str = "ZAR";
/// Where PayFast tells what was paid; behind it, whose that is.
pub const HOOK_PATH: &str = "/v1/hooks/payfast";

/// A business's keys at PayFast.
#[derive(Debug, Clone)]
pub struct Merchant {
    /// Its number there.
    pub id: String,
    /// What it proves itself with where payments begin.
    pub key: Secret,
    /// What all signatures are salted with.
    pub passphrase: Secret,
    /// Where it is told what was paid.
    pub notify_url: String,
}

/// PayFast: whoever has keys there is taken money for.
pub trait Gateway: Send + Sync + Debug {
    /// In the name of this merchant.
    fn merchant(&self, merchant: Merchant) -> Arc<dyn Provider>;

    /// The same, to be asked about what was told and about the keys themselves.
    fn account(&self, merchant: Merchant) -> Arc<dyn MerchantAccount>;
}

/// A merchant's account at PayFast.
#[async_trait]
pub trait MerchantAccount: Send + Sync + Debug {
    /// Whether the passphrase is this merchant's: who isn't known is refused.
    async fn check(&self) -> Result<(), ProviderError>;

    /// Whether PayFast says that it was PayFast who told this: the form as it came.
    async fn confirm(&self, told: &str) -> Result<bool, ProviderError>;
}
