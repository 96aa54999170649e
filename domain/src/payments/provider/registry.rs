//! Who takes customers' money: each payment is its provider's, from its page to what goes back of it.

use std::sync::Arc;

use crate::payments::counter::Counter;
use crate::payments::error::PaymentError;
use crate::payments::payfast::{self, Gateway};
use crate::payments::provider::{CardProvider, Provider};
use crate::payments::words::ProviderName;
use crate::tenancy::Caller;

/// Everybody who takes money here.
#[derive(Debug, Clone, Default)]
pub struct Providers {
    /// Stripe, where it is set up.
    pub stripe: Option<Arc<dyn CardProvider>>,
    /// PayFast, for whoever has keys of their own there.
    pub payfast: Option<Arc<dyn Gateway>>,
}

impl Providers {
    /// Whether this one takes money here.
    pub(in crate::payments) fn has(&self, name: ProviderName) -> bool {
        match name {
            ProviderName::Stripe => self.stripe.is_some(),
            ProviderName::PayFast => self.payfast.is_some(),
        }
    }

    /// Whether anybody does.
    pub(in crate::payments) fn any(&self) -> bool {
        [ProviderName::Stripe, ProviderName::PayFast].into_iter().any(|name| self.has(name))
    }
}

impl Counter {
    /// Whoever takes a payment that goes to this account, or took it: to be asked in its name.
    pub(in crate::payments) async fn provider(
        &self,
        caller: &Caller,
        name: ProviderName,
        account: &str,
    ) -> Result<Arc<dyn Provider>, PaymentError> {
        match name {
            ProviderName::Stripe => {
                let stripe = self.providers.stripe.clone().ok_or(PaymentError::NotOffered)?;
                Ok(stripe)
            }
            ProviderName::PayFast => {
                let gateway = self.providers.payfast.as_ref().ok_or(PaymentError::NotOffered)?;
                let tx = self.db.tenant(caller).await?;
                let keys = payfast::merchant(&tx, &self.public_url).await?;
                tx.commit().await?;
                let keys = keys.filter(|keys| keys.id == account);
                let keys = keys.ok_or(PaymentError::NotConnected)?;
                Ok(gateway.merchant(keys))
            }
        }
    }
}
