//! Money that was given back at the provider's own pages: it becomes a refund here, once.

use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};

use super::super::ahead;
use super::super::bill::follow;
use super::super::counter::Counter;
use super::super::entities::{payment, refund};
use super::super::error::PaymentError;
use super::super::provider::{ReturnStage, Returned};
use super::super::refunds;
use super::super::refunds::parts::Left;
use super::super::words::{PaymentState, RefundState, Way};
use super::keeper::Reversal;
use crate::bookings::{self, BookingError};
use crate::ids::{Id, Payment, Refund};
use crate::tenancy::{Caller, StoreError, TenantTx};

/// Who gave it, as it is shown.
const GIVEN_BY: &str = "Stripe";

impl From<&Reversal> for Returned {
    fn from(reversal: &Reversal) -> Self {
        Self {
            reference: reversal.reference.clone(),
            stage: reversal.stage,
            trouble: reversal.trouble.clone(),
        }
    }
}

/// Whether what was given back there could be written down.
enum Fits {
    /// All of it.
    All,
    /// Not until these of ours were refused: together they are more than was paid.
    After(Vec<Id<Refund>>),
}

impl Counter {
    /// Asks the provider what was given back of a payment, and writes down what nobody here knows of.
    pub(super) async fn look_at_returns(
        &self,
        caller: &Caller,
        id: Id<Payment>,
    ) -> Result<(), PaymentError> {
        let keeper = self.keeper.as_ref().ok_or(PaymentError::NotOffered)?;
        let Some(row) = self.paid(caller, id).await? else { return Ok(()) };
        let (Some(account), Some(taken)) = (&row.account, &row.taken) else { return Ok(()) };
        let all = keeper.reversals_of(account, taken).await?;
        match self.keep_returns(caller, &row, &all).await? {
            Fits::All => return Ok(()),
            Fits::After(ours) => {
                for refund in ours {
                    self.give_back(caller.tenant(), refund).await?;
                }
            }
        }
        match self.keep_returns(caller, &row, &all).await? {
            Fits::All => Ok(()),
            // What is on its way of ours is decided later.
            Fits::After(_) => Err(PaymentError::ProviderAway),
        }
    }

    /// The payment, if it was paid by card; whether it was, is asked if nobody knows yet.
    async fn paid(
        &self,
        caller: &Caller,
        id: Id<Payment>,
    ) -> Result<Option<payment::Model>, PaymentError> {
        for asked in [false, true] {
            if asked {
                self.look(caller.tenant(), id).await?;
            }
            let tx = self.db.tenant(caller).await?;
            let key = (tx.tenant().uuid(), id.uuid());
            let found = payment::Entity::find_by_id(key).one(tx.conn()).await;
            let found = found.map_err(StoreError::from)?;
            tx.commit().await?;
            let Some(row) = found.filter(|row| row.way == Way::Card.key()) else { return Ok(None) };
            if row.state == PaymentState::Paid.key() {
                return Ok(Some(row));
            }
        }
        Ok(None)
    }

    async fn keep_returns(
        &self,
        caller: &Caller,
        row: &payment::Model,
        all: &[Reversal],
    ) -> Result<Fits, PaymentError> {
        let mut tx = self.db.tenant(caller).await?;
        refunds::hold_visit_of(&tx, row).await?;
        let mut known = known(&tx, row).await?;
        for reversal in all {
            let noted = reversal.refund.as_ref().and_then(|id| id.parse::<Id<Refund>>().ok());
            if noted.is_some_and(|id| known.iter().any(|one| one.id == id.uuid())) {
                // It was asked for here, and whoever did hears of it.
                continue;
            }
            let found =
                known.iter().find(|one| one.reference.as_ref() == Some(&reversal.reference));
            let id = match found {
                Some(one) => Id::from_uuid(one.id),
                None if reversal.stage == ReturnStage::Failed => continue,
                None => {
                    let Some(made) = begin(&tx, row, reversal).await? else {
                        tx.rollback().await?;
                        return Ok(Fits::After(pending(&known)));
                    };
                    let id = Id::from_uuid(made.id);
                    known.push(made);
                    id
                }
            };
            refunds::heard(&mut tx, id, &reversal.into(), &self.public_url).await?;
        }
        follow::earn_anew_of(&tx, row).await?;
        ahead::follow(&mut tx, row).await?;
        tx.commit().await?;
        Ok(Fits::All)
    }
}

async fn known(tx: &TenantTx, payment: &payment::Model) -> Result<Vec<refund::Model>, StoreError> {
    // Behind the payment's lock, so that two don't write down the same.
    refunds::held(tx, Id::from_uuid(payment.id)).await?;
    let found = refund::Entity::find()
        .filter(refund::Column::TenantId.eq(tx.tenant().uuid()))
        .filter(refund::Column::PaymentId.eq(payment.id));
    Ok(found.all(tx.conn()).await?)
}

fn pending(known: &[refund::Model]) -> Vec<Id<Refund>> {
    let ours = |one: &&refund::Model| !one.made_there && one.state == RefundState::Pending.key();
    known.iter().filter(ours).map(|one| Id::from_uuid(one.id)).collect()
}

/// Writes down that it is on its way; none, if that would be more than was paid.
async fn begin(
    tx: &TenantTx,
    payment: &payment::Model,
    reversal: &Reversal,
) -> Result<Option<refund::Model>, StoreError> {
    let Some(held) = refunds::held(tx, Id::from_uuid(payment.id)).await? else { return Ok(None) };
    let sum = held.refunded_minor + reversal.amount_minor;
    if sum > held.amount_minor || reversal.currency != held.currency {
        return Ok(None);
    }
    let back = Left::from(&held).own_first(reversal.amount_minor);
    // As if staff had given it back here.
    let back = match held.appointment_id.map(Id::from_uuid) {
        Some(visit) => {
            let visit = bookings::with_shop(tx, visit).await.map_err(BookingError::into_store)?.0;
            refunds::as_meant(tx, &visit, back, None).await?
        }
        None => back,
    };
    let mut row = refunds::new_row(tx, &held, back, GIVEN_BY.to_owned());
    row.reference = Set(Some(reversal.reference.clone()));
    row.made_there = Set(true);
    let row = row.insert(tx.conn()).await?;
    refunds::went(tx, held, back).await?;
    Ok(Some(row))
}
