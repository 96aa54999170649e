use async_trait::async_trait;
use openchair_domain::jobs::{Claimed, Known};
use openchair_domain::payments::{
    Counter, GIVE_BACK, GiveBack, LOOK, LOOK_AT_ACCOUNT, Look, PaymentError,
};

use crate::handler::{Failure, Handler, with_causes};

/// Asks the provider of payments one kind of thing.
#[derive(Debug)]
pub(crate) struct AboutMoney {
    counter: Counter,
    what: What,
}

#[derive(Debug, Clone, Copy)]
enum What {
    /// How a payment stands.
    Look,
    /// To give money back, or what became of that.
    GiveBack,
    /// How a business's account is.
    Account,
}

impl AboutMoney {
    /// Of each kind one.
    pub(crate) fn all(counter: &Counter) -> [Self; 3] {
        [What::Look, What::GiveBack, What::Account]
            .map(|what| Self { counter: counter.clone(), what })
    }
}

#[async_trait]
impl Handler for AboutMoney {
    fn known(&self) -> Known {
        let kind = match self.what {
            What::Look => LOOK,
            What::GiveBack => GIVE_BACK,
            What::Account => LOOK_AT_ACCOUNT,
        };
        Known { kind, version: 1 }
    }

    async fn run(&self, job: &Claimed) -> Result<(), Failure> {
        let tenant = job.tenant.ok_or_else(|| Failure::permanent("the job is nobody's"))?;
        match self.what {
            What::Look => self.counter.look(tenant, job.read::<Look>()?.payment).await?,
            What::GiveBack => {
                self.counter.give_back(tenant, job.read::<GiveBack>()?.refund).await?;
            }
            What::Account => self.counter.look_at_account_of(tenant).await?,
        }
        Ok(())
    }
}

impl From<PaymentError> for Failure {
    fn from(error: PaymentError) -> Self {
        match error {
            PaymentError::Store(store) => store.into(),
            PaymentError::ProviderAway => Self::transient(with_causes(&error)),
            other => Self::permanent(other.to_string()),
        }
    }
}
