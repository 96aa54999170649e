//! Looking into Stripe's own book: what was taken, given back, disputed and sent to banks.

use async_trait::async_trait;
use openchair_domain::payments::{
    Bookkeeper, DisputeStand, PayoutStand, Period, ProviderError, Reversal, Taking,
};
use serde::de::DeserializeOwned;

use super::Stripe;
use super::books_said::{Dispute, FoundRefund, Named, Page, Payout, TakenCharge, TakenIntent};
use super::wire::Question;

/// So many on a page: a charge is some thousand characters long.
const PAGE: &str = "25";
/// So many pages, and no more: who has that many in a day isn't a shop.
const MOST_PAGES: usize = 400;

/// What isn't there is none.
fn if_there<T>(asked: Result<T, ProviderError>) -> Result<Option<T>, ProviderError> {
    match asked {
        Ok(found) => Ok(Some(found)),
        Err(ProviderError::Refused { code, .. }) if code == "resource_missing" => Ok(None),
        Err(error) => Err(error),
    }
}

impl Stripe {
    /// All of a list, page after page.
    async fn all<T: DeserializeOwned + Named>(
        &self,
        account: &str,
        what: &str,
        of: &[(&str, &str)],
    ) -> Result<Vec<T>, ProviderError> {
        let mut found: Vec<T> = Vec::new();
        for _ in 0..MOST_PAGES {
            let last = found.last().map(|one| one.name().to_owned());
            let mut query = of.to_vec();
            query.push(("limit", PAGE));
            if let Some(last) = &last {
                query.push(("starting_after", last));
            }
            let question = Question { path: &[what], account: Some(account) };
            let page: Page<T> = self.wire.get(question, &query).await?;
            let (more, some) = (page.has_more, !page.data.is_empty());
            found.extend(page.data);
            if !(more && some) {
                return Ok(found);
            }
        }
        Err(ProviderError::Away(format!("Stripe's list of {what} has no end")))
    }

    async fn in_period<T: DeserializeOwned + Named>(
        &self,
        account: &str,
        what: &str,
        period: Period,
    ) -> Result<Vec<T>, ProviderError> {
        let (from, to) = (period.from.timestamp().to_string(), period.to.timestamp().to_string());
        self.all(account, what, &[("created[gte]", &from), ("created[lt]", &to)]).await
    }

    async fn one<T: DeserializeOwned>(
        &self,
        account: &str,
        what: &str,
        reference: &str,
    ) -> Result<Option<T>, ProviderError> {
        let question = Question { path: &[what, reference], account: Some(account) };
        if_there(self.wire.get(question, &[]).await)
    }
}

/// What is only a charge has no intent behind it.
fn is_charge(taken: &str) -> bool {
    taken.starts_with("ch_") || taken.starts_with("py_")
}

#[async_trait]
impl Bookkeeper for Stripe {
    async fn takings(&self, account: &str, period: Period) -> Result<Vec<Taking>, ProviderError> {
        let all: Vec<TakenCharge> = self.in_period(account, "charges", period).await?;
        all.into_iter().filter_map(|one| one.taking().transpose()).collect()
    }

    async fn taking(&self, account: &str, taken: &str) -> Result<Option<Taking>, ProviderError> {
        if is_charge(taken) {
            let found: Option<TakenCharge> = self.one(account, "charges", taken).await?;
            return found.map_or(Ok(None), TakenCharge::taking);
        }
        let found: Option<TakenIntent> = self.one(account, "payment_intents", taken).await?;
        found.map_or(Ok(None), TakenIntent::taking)
    }

    async fn reversals(
        &self,
        account: &str,
        period: Period,
    ) -> Result<Vec<Reversal>, ProviderError> {
        let all: Vec<FoundRefund> = self.in_period(account, "refunds", period).await?;
        all.into_iter().filter_map(|one| one.reversal().transpose()).collect()
    }

    async fn reversals_of(
        &self,
        account: &str,
        taken: &str,
    ) -> Result<Vec<Reversal>, ProviderError> {
        let by = if is_charge(taken) { "charge" } else { "payment_intent" };
        let all: Vec<FoundRefund> = self.all(account, "refunds", &[(by, taken)]).await?;
        all.into_iter().filter_map(|one| one.reversal().transpose()).collect()
    }

    async fn reversal(
        &self,
        account: &str,
        reference: &str,
    ) -> Result<Option<Reversal>, ProviderError> {
        let found: Option<FoundRefund> = self.one(account, "refunds", reference).await?;
        found.map_or(Ok(None), FoundRefund::reversal)
    }

    async fn disputes(
        &self,
        account: &str,
        period: Period,
    ) -> Result<Vec<DisputeStand>, ProviderError> {
        let all: Vec<Dispute> = self.in_period(account, "disputes", period).await?;
        all.into_iter().map(Dispute::stand).collect()
    }

    async fn dispute(
        &self,
        account: &str,
        reference: &str,
    ) -> Result<Option<DisputeStand>, ProviderError> {
        let found: Option<Dispute> = self.one(account, "disputes", reference).await?;
        found.map(Dispute::stand).transpose()
    }

    async fn payouts(
        &self,
        account: &str,
        period: Period,
    ) -> Result<Vec<PayoutStand>, ProviderError> {
        let all: Vec<Payout> = self.in_period(account, "payouts", period).await?;
        all.into_iter().map(Payout::stand).collect()
    }

    async fn payout(
        &self,
        account: &str,
        reference: &str,
    ) -> Result<Option<PayoutStand>, ProviderError> {
        let found: Option<Payout> = self.one(account, "payouts", reference).await?;
        found.map(Payout::stand).transpose()
    }
}
