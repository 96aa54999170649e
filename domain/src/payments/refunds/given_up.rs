//! A refund that failed here though it was done: its answer was lost, and by the time it was asked again the provider
//! knew nothing of us, as the account was away or our key was changed. Once the provider can be asked, it is found done.

use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, QuerySelect};

use super::parts::{Back, Left};
use crate::ids::{Id, Refund};
use crate::payments::ahead;
use crate::payments::bill::follow;
use crate::payments::counter::{Counter, place_of};
use crate::payments::entities::{payment, refund};
use crate::payments::error::PaymentError;
use crate::payments::provider::{NewRefund, ReturnStage, Returned, unknown};
use crate::payments::refunds;
use crate::payments::words::RefundState;
use crate::tenancy::{Caller, StoreError, TenantTx};

impl Counter {
    /// Asks whether a refund that failed here was done all the same. What failed there stays so: nothing that the
    /// provider says is older than that it failed here, as that is known by now.
    pub(in crate::payments) async fn look_at_given_up(
        &self,
        caller: &Caller,
        row: refund::Model,
        payment: payment::Model,
    ) -> Result<(), PaymentError> {
        let (Some(place), Some(taken)) = (place_of(&payment)?, payment.taken) else {
            return Ok(());
        };
        let account = place.account;
        let provider = match Box::pin(self.provider(caller, place.provider, &account)).await {
            Ok(provider) if provider.keeps_keys() => provider,
            // Nobody can be asked, or whoever can doesn't know one refund from another.
            Ok(_) | Err(PaymentError::NotOffered | PaymentError::NotConnected) => return Ok(()),
            Err(error) => return Err(error),
        };
        let id = Id::<Refund>::from_uuid(row.id);
        let named = row.reference.filter(|name| !name.is_empty());
        let asked = if let Some(reference) = named {
            provider.returned(&account, &reference).await.map(Some)
        } else {
            let new = NewRefund {
                key: format!("refund {id}"),
                account,
                taken,
                amount_minor: row.amount_minor,
                currency: payment.currency,
                refund: id.to_string(),
                mark: None,
            };
            provider.find_returned(&new).await
        };
        let found = match asked {
            Err(error) if unknown::is_unknown(&error) => None,
            asked => asked?,
        };
        let Some(done) = found.filter(|found| found.stage == ReturnStage::Done) else {
            return Ok(());
        };
        let mut tx = self.db.tenant(caller).await?;
        if !was_done(&mut tx, id, &done, &self.public_url).await? {
            tx.rollback().await?;
            return Err(PaymentError::ProviderAway);
        }
        Ok(tx.commit().await?)
    }
}

/// Writes down that it was done after all. `false`: not until others of the payment that are on their way were refused,
/// as all together they are more than was paid.
async fn was_done(
    tx: &mut TenantTx,
    id: Id<Refund>,
    done: &Returned,
    public_url: &str,
) -> Result<bool, StoreError> {
    let Some((found, of)) = refunds::known(tx, id).await? else { return Ok(true) };
    // First the visit, then the payment, then what is given back of it: as everybody does.
    refunds::hold_visit_of(tx, &of).await?;
    let Some(payment) = refunds::held(tx, Id::from_uuid(found.payment_id)).await? else {
        return Ok(true);
    };
    let row = refund::Entity::find_by_id((tx.tenant().uuid(), id.uuid())).lock_exclusive();
    let failed = |row: &refund::Model| row.state == RefundState::Failed.key();
    let Some(row) = row.one(tx.conn()).await?.filter(failed) else { return Ok(true) };
    let left = Left::from(&payment);
    if row.amount_minor > left.own_minor + left.tip_minor {
        return Ok(false);
    }
    let least_tip = (row.amount_minor - left.own_minor).max(0);
    let tip_minor = row.tip_minor.clamp(least_tip, left.tip_minor);
    let back = Back {
        amount_minor: row.amount_minor,
        tip_minor,
        // Of the tip nothing is forgiven, as nobody asks for one.
        waived_minor: row.waived_minor.min(row.amount_minor - tip_minor),
        waived_fee: row.waived_fee,
    };
    let mut change: refund::ActiveModel = row.into();
    change.state = Set(RefundState::Pending.key().to_owned());
    change.tip_minor = Set(back.tip_minor);
    change.waived_minor = Set(back.waived_minor);
    change.update(tx.conn()).await?;
    let payment = refunds::went(tx, payment, back).await?;
    refunds::heard(tx, id, done, public_url).await?;
    follow::earn_anew_of(tx, &payment).await?;
    ahead::follow(tx, &payment).await?;
    Ok(true)
}
