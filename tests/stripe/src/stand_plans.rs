//! What tests do with the plans of businesses.

use crate::billing::GivenUp;
use crate::stand::Stand;

impl Stand {
    /// A subscription's period, or its trial, ends as if the time had come: it ends, if somebody said that it
    /// shall; or else it is billed, and goes on by what the card says. One whose last bill is still open is
    /// tried once more, within its period. `false`: there is no such subscription, or it is over.
    pub fn renew(&self, subscription: &str) -> bool {
        self.inner.act(|state| state.renew(subscription))
    }

    /// Nobody tries to take the last bill of a subscription any more. `false`: it wasn't past due.
    pub fn give_up(&self, subscription: &str, then: GivenUp) -> bool {
        self.inner.act(|state| state.give_up(subscription, then))
    }

    /// The platform ends a subscription at its dashboard. `false`: there is no such subscription, or it is over.
    pub fn cancel(&self, subscription: &str) -> bool {
        self.inner.act(|state| state.end_subscription(subscription))
    }

    /// From now on this card pays for a customer's subscriptions, whether it can or not. `false`: there is no
    /// such customer, or that is no number of a card.
    pub fn card_of(&self, customer: &str, number: &str) -> bool {
        self.inner.act(|state| state.card_of(customer, number))
    }
}
