//! Whoever takes businesses' money for their plans, behind a trait. What is asked of them goes under a key that
//! stays the same when it is asked again, so that nothing is done twice. No card ever comes this way: who pays
//! for a business types it in at the provider's.

use std::fmt::Debug;

use async_trait::async_trait;

use crate::payments::{Opened, ProviderError};

/// What a plan costs each month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanPrice {
    /// The plan's key: `team`.
    pub plan: String,
    /// What it is called, as who pays sees it.
    pub name: String,
    /// How much, in the currency's minor unit as ISO 4217 has it.
    pub amount_minor: i64,
    /// ISO 4217.
    pub currency: String,
}

/// A business that is going to pay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewBuyer {
    /// Its key.
    pub key: String,
    /// What the business is called.
    pub name: String,
    /// Whom the provider sends bills to.
    pub email: Option<String>,
    /// Which business it is here.
    pub tenant: String,
}

/// A page at the provider's where a business takes a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCheckout {
    /// Its key.
    pub key: String,
    /// How the provider calls who pays.
    pub customer: String,
    /// How the provider calls what the plan costs.
    pub price: String,
    /// Which business it is here.
    pub tenant: String,
    /// The plan's key.
    pub plan: String,
    /// The language of the page.
    pub locale: String,
    /// Where they come back to.
    pub back_url: String,
    /// Until when nothing is taken yet, in seconds of the epoch. The provider takes no less than two days from
    /// when the page is opened; who asks sees to it.
    pub trial_ends: Option<i64>,
    /// Until when the plan can be taken there, in seconds of the epoch. The provider takes no less than half an
    /// hour from now and no more than a day; who asks sees to it.
    pub expires_at: i64,
}

/// How a subscription goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Going {
    /// The first payment hasn't come yet.
    Incomplete,
    /// It is tried; nothing was taken yet.
    Trying,
    /// It is paid.
    Active,
    /// The last bill couldn't be taken; the provider tries again.
    PastDue,
    /// The provider has stopped trying; the bills stay open.
    Unpaid,
    /// It rests: the trial ended without a card.
    Paused,
    /// It is over.
    Ended,
}

/// A subscription, as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubscriptionState {
    /// How the provider calls it.
    pub id: String,
    /// How the provider calls the one thing in it, by which it is changed.
    pub item: String,
    /// How it goes.
    pub stage: Going,
    /// How the provider calls what it costs.
    pub price: String,
    /// The plan's key, as it was noted at the price.
    pub plan: Option<String>,
    /// How much each month, in the currency's minor unit as ISO 4217 has it.
    pub amount_minor: i64,
    /// ISO 4217.
    pub currency: String,
    /// When the next bill comes, in seconds of the epoch.
    pub period_ends: Option<i64>,
    /// When it ends, where somebody said that it shall, in seconds of the epoch.
    pub ends_at: Option<i64>,
    /// When it was made, in seconds of the epoch.
    pub created: i64,
}

/// Takes businesses' money for their plans.
#[async_trait]
pub trait Biller: Send + Sync + Debug {
    /// How the provider calls the price of a plan: found by its lookup key (`openchair_<plan>`), made where there
    /// is none, made anew where it costs something else now.
    async fn price(&self, wanted: &PlanPrice) -> Result<String, ProviderError>;

    /// Makes a customer of a business, and says how the provider calls it.
    async fn open_buyer(&self, new: &NewBuyer) -> Result<String, ProviderError>;

    /// Opens a page where a business takes a plan.
    async fn open_checkout(&self, new: &NewCheckout) -> Result<Opened, ProviderError>;

    /// Closes one that is still open; nothing happens to one that isn't.
    async fn close_checkout(&self, reference: &str) -> Result<(), ProviderError>;

    /// Where a business looks at its bills, changes its card and cancels. Good for minutes.
    async fn portal(&self, customer: &str, back_url: &str) -> Result<String, ProviderError>;

    /// All of a customer's, the ended ones too, newest first.
    async fn subscriptions(&self, customer: &str) -> Result<Vec<SubscriptionState>, ProviderError>;

    /// Another plan from now on; what that means for the current bill is left to the provider.
    async fn change(
        &self,
        key: &str,
        subscription: &SubscriptionState,
        price: &str,
    ) -> Result<SubscriptionState, ProviderError>;

    /// Ends it at once.
    async fn end(&self, subscription: &str) -> Result<SubscriptionState, ProviderError>;
}
