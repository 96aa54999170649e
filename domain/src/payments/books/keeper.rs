//! What the provider of cards has in its own book, behind a trait. It is only ever looked at.

use std::fmt::Debug;

use async_trait::async_trait;
use chrono::NaiveDate;

use super::super::provider::{ProviderError, ReturnStage};
use super::words::{DisputeState, PayoutState};
use crate::time::Instant;

/// Money that a customer paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taking {
    /// By which name it is given back.
    pub taken: String,
    /// How much, in the currency's minor unit as ISO 4217 has it.
    pub amount_minor: i64,
    /// ISO 4217.
    pub currency: String,
    /// Which payment it is here, if we noted that there.
    pub payment: Option<String>,
}

/// Money that a customer got back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reversal {
    /// How the provider calls it.
    pub reference: String,
    /// Of what was taken.
    pub taken: String,
    /// How much, in the currency's minor unit as ISO 4217 has it.
    pub amount_minor: i64,
    /// ISO 4217.
    pub currency: String,
    /// How far it came.
    pub stage: ReturnStage,
    /// Why it didn't arrive, in the provider's words.
    pub trouble: Option<String>,
    /// Which refund it is here, if we noted that there: else it was made there.
    pub refund: Option<String>,
}

/// How a dispute stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DisputeStand {
    /// How the provider calls it.
    pub reference: String,
    /// About what was taken.
    pub taken: String,
    /// How much, in the currency's minor unit as ISO 4217 has it.
    pub amount_minor: i64,
    /// ISO 4217.
    pub currency: String,
    /// How far it came.
    pub state: DisputeState,
    /// Why, in the provider's words.
    pub reason: String,
    /// Whether the payment can still be given back.
    pub refundable: bool,
    /// Whether the provider took the money away.
    pub withdrawn: bool,
    /// Whether it came back.
    pub reinstated: bool,
    /// Until when the business may say something.
    pub due_at: Option<Instant>,
    /// When it began.
    pub opened_at: Instant,
}

impl DisputeStand {
    /// How much of it is away now.
    pub const fn away_minor(&self) -> i64 {
        if self.withdrawn && !self.reinstated { self.amount_minor } else { 0 }
    }
}

/// How money stands that the provider sends to a bank.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayoutStand {
    /// How the provider calls it.
    pub reference: String,
    /// How much, in the currency's minor unit as ISO 4217 has it; less than nothing: it is taken from the bank.
    pub amount_minor: i64,
    /// ISO 4217.
    pub currency: String,
    /// How far it came.
    pub state: PayoutState,
    /// When it arrives.
    pub arrives_on: NaiveDate,
    /// Why it failed, in the provider's words.
    pub trouble: Option<String>,
    /// When it was made.
    pub sent_at: Instant,
}

/// From when, and until before when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// From this on.
    pub from: Instant,
    /// Before this.
    pub to: Instant,
}

/// Whose book is looked at.
#[async_trait]
pub trait Bookkeeper: Debug + Send + Sync {
    /// All that was taken in a period.
    async fn takings(&self, account: &str, period: Period) -> Result<Vec<Taking>, ProviderError>;

    /// One of them; none, if nothing was taken.
    async fn taking(&self, account: &str, taken: &str) -> Result<Option<Taking>, ProviderError>;

    /// All that was given back in a period, or is about to be.
    async fn reversals(
        &self,
        account: &str,
        period: Period,
    ) -> Result<Vec<Reversal>, ProviderError>;

    /// All that was given back of what was taken, or is about to be.
    async fn reversals_of(
        &self,
        account: &str,
        taken: &str,
    ) -> Result<Vec<Reversal>, ProviderError>;

    /// One of them; none, if there isn't any.
    async fn reversal(
        &self,
        account: &str,
        reference: &str,
    ) -> Result<Option<Reversal>, ProviderError>;

    /// All disputes that began in a period.
    async fn disputes(
        &self,
        account: &str,
        period: Period,
    ) -> Result<Vec<DisputeStand>, ProviderError>;

    /// How a dispute stands; none, if there isn't any.
    async fn dispute(
        &self,
        account: &str,
        reference: &str,
    ) -> Result<Option<DisputeStand>, ProviderError>;

    /// All that was sent to the bank in a period.
    async fn payouts(
        &self,
        account: &str,
        period: Period,
    ) -> Result<Vec<PayoutStand>, ProviderError>;

    /// One of them; none, if there isn't any.
    async fn payout(
        &self,
        account: &str,
        reference: &str,
    ) -> Result<Option<PayoutStand>, ProviderError>;
}
