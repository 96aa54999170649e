//! Giving back at a provider that keeps no keys: asked twice, it would do it twice. So what it had given back of a
//! payment before is noted first, one refund is asked for after the other, and by one of us at a time; who comes
//! later looks whether it was done meanwhile.

use chrono::Duration;

use crate::ids::{Id, Refund};
use crate::payments::counter::Counter;
use crate::payments::error::PaymentError;
use crate::payments::provider::{NewRefund, Provider, ProviderError, ReturnStage, Returned};
use crate::payments::refunds;
use crate::payments::settle;
use crate::tenancy::Caller;

/// For so long nobody else asks for a refund whose answer is waited for: longer than any answer may take.
const ASKED_FOR: Duration = Duration::minutes(3);

impl Counter {
    /// Has money given back, once.
    pub(in crate::payments) async fn give_back_once(
        &self,
        caller: &Caller,
        id: Id<Refund>,
        provider: &dyn Provider,
        mut new: NewRefund,
    ) -> Result<(), PaymentError> {
        let tx = self.db.tenant(caller).await?;
        let until = tx.now() + ASKED_FOR;
        let Some(row) = refunds::claim(&tx, id, until).await? else { return Ok(()) };
        tx.commit().await?;
        new.mark = row.mark;
        let returned = self.mark_and_ask(caller, id, provider, &mut new).await?;
        self.write_down_refund(caller, id, &returned).await?;
        if returned.stage != ReturnStage::Pending {
            let tx = self.db.tenant(caller).await?;
            refunds::ask_next(&tx, id).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    async fn mark_and_ask(
        &self,
        caller: &Caller,
        id: Id<Refund>,
        provider: &dyn Provider,
        new: &mut NewRefund,
    ) -> Result<Returned, PaymentError> {
        if new.mark.is_none() {
            let mark = match provider.mark(new).await {
                Err(error) => return self.answered(caller, id, error).await,
                Ok(mark) => mark.unwrap_or_default(),
            };
            let tx = self.db.tenant(caller).await?;
            refunds::note_mark(&tx, id, &mark).await?;
            tx.commit().await?;
            new.mark = Some(mark);
        }
        match provider.give_back(new).await {
            Ok(returned) => Ok(returned),
            Err(error) => self.answered(caller, id, error).await,
        }
    }

    /// What a fault means: who has answered has done nothing, and can be asked again; of who hasn't, nobody knows.
    async fn answered(
        &self,
        caller: &Caller,
        id: Id<Refund>,
        error: ProviderError,
    ) -> Result<Returned, PaymentError> {
        match error {
            ProviderError::Refused { code, detail } => Ok(settle::refused(&code, &detail)),
            ProviderError::Broken(_) => {
                let tx = self.db.tenant(caller).await?;
                refunds::release(&tx, id).await?;
                tx.commit().await?;
                Err(error.into())
            }
            ProviderError::Away(_) => Err(error.into()),
        }
    }
}
