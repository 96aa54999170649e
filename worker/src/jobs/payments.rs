use async_trait::async_trait;
use openchair_domain::jobs::{Claimed, Known};
use openchair_domain::payments::{
    BELIEVE, Counter, FORGET_CARD, ForgetCard, GIVE_BACK, GiveBack, LOOK, LOOK_AT_ACCOUNT,
    LOOK_AT_BOOKS, LOOK_AT_CARD, Look, LookAtBooks, LookAtCard, PaymentError, TAKE_FEE, TakeFee,
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
    /// Whether a card was left.
    Card,
    /// To take a fee from a card on file.
    Fee,
    /// To forget a card.
    Forget,
    /// What is in its own book.
    Books,
    /// Whether what was told in its name came from it.
    Believe,
}

impl AboutMoney {
    /// Of each kind one.
    pub(crate) fn all(counter: &Counter) -> [Self; 8] {
        [
            What::Look,
            What::GiveBack,
            What::Account,
            What::Card,
            What::Fee,
            What::Forget,
            What::Books,
            What::Believe,
        ]
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
            What::Card => LOOK_AT_CARD,
            What::Fee => TAKE_FEE,
            What::Forget => FORGET_CARD,
            What::Books => LOOK_AT_BOOKS,
            What::Believe => BELIEVE,
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
            What::Card => {
                self.counter.look_at_card(tenant, job.read::<LookAtCard>()?.card).await?;
            }
            What::Fee => self.counter.take_fee(tenant, job.read::<TakeFee>()?.visit).await?,
            What::Forget => {
                self.counter.forget_card(tenant, job.read::<ForgetCard>()?.card).await?;
            }
            What::Books => {
                let books = job.read::<LookAtBooks>()?;
                Box::pin(self.counter.look_at_books(tenant, &books)).await?;
            }
            What::Believe => {
                let told = job.secret.as_deref().map(String::from_utf8_lossy);
                let told = told.ok_or_else(|| Failure::permanent("what was told is gone"))?;
                self.counter.believe(tenant, &told).await?;
            }
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
