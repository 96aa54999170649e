//! What is asked of the provider's book, each in a job of its own.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::super::counter::Counter;
use super::super::error::PaymentError;
use crate::ids::{Id, Payment, Tenant};
use crate::tenants;

/// The kind of job that looks into the provider's book.
pub const LOOK_AT_BOOKS: &str = "payments.look_at_books";

/// What such a job carries: what is looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum LookAtBooks {
    /// A dispute.
    Dispute {
        /// In which account; not said: where it is known to be, or in the business's own.
        #[serde(default)]
        account: Option<String>,
        /// How the provider calls it.
        reference: String,
    },
    /// Money on its way to a bank.
    Payout {
        /// In which account; not said: where it is known to be, or in the business's own.
        #[serde(default)]
        account: Option<String>,
        /// How the provider calls it.
        reference: String,
    },
    /// What was given back of a payment.
    Returns {
        /// Which.
        payment: Id<Payment>,
    },
    /// All of a day.
    Day {
        /// Which, by UTC.
        day: NaiveDate,
    },
}

impl Counter {
    /// Looks into the provider's book. Doing it again changes nothing.
    pub async fn look_at_books(
        &self,
        tenant: Id<Tenant>,
        what: &LookAtBooks,
    ) -> Result<(), PaymentError> {
        let Some(caller) = tenants::on_behalf(&self.db, tenant, "payments").await? else {
            return Ok(());
        };
        let looked = match what {
            LookAtBooks::Dispute { account, reference } => {
                Box::pin(self.look_at_dispute(&caller, account.clone(), reference)).await
            }
            LookAtBooks::Payout { account, reference } => {
                self.look_at_payout(&caller, account.clone(), reference).await
            }
            LookAtBooks::Returns { payment } => self.look_at_returns(&caller, *payment).await,
            LookAtBooks::Day { day } => Box::pin(self.compare_day(&caller, *day)).await.map(|_| ()),
        };
        match looked {
            // There is no account, or it was taken away meanwhile.
            Err(PaymentError::NotConnected | PaymentError::NotOffered) => Ok(()),
            looked => looked,
        }
    }
}
