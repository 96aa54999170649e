//! What PayFast tells is stored once and answered at once. A job asks PayFast's server whether it was PayFast who told
//! it, and only then it is believed: of a payment that is known, to the cent.

use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, DbBackend, EntityTrait,
    FromQueryResult, QueryFilter, Statement,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::keys::{self, opened};
use super::notice::{Form, Notice};
use super::{CURRENCY, Merchant};
use crate::ids::{Id, Payment, Tenant};
use crate::jobs::{self, NewJob};
use crate::payments::bill::wish::Asked;
use crate::payments::counter::{Counter, new_card_payment, place_of};
use crate::payments::entities::payment;
use crate::payments::error::PaymentError;
use crate::payments::provider::{Stage, Stand};
use crate::payments::refunds;
use crate::payments::words::{PaymentKind, PaymentState, ProviderName};
use crate::tenancy::{Caller, StoreError, SystemReason, TenantTx};
use crate::tenants;

/// The kind of job that has PayFast confirm what was told.
pub const BELIEVE: &str = "payments.believe";

/// What such a job carries in the clear: nothing. What was told is sealed: it says who paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Believe {}

#[derive(FromQueryResult)]
struct Whose {
    tenant_id: Uuid,
    account: String,
    sealed: Vec<u8>,
    hook: String,
}

impl Counter {
    /// Takes note of what PayFast tells at an address of ours, once, and queues what it takes to believe it.
    pub async fn told(&self, hook: &str, body: &str) -> Result<(), PaymentError> {
        let tx = self.db.system(SystemReason::Payments).await?;
        let sql = "select tenant_id, account, sealed, hook from payment_accounts
                   where hook = $1 and provider = 'payfast'";
        let statement =
            Statement::from_sql_and_values(DbBackend::Postgres, sql, [hook.to_owned().into()]);
        let found = Whose::find_by_statement(statement).one(tx.conn()).await?;
        let Whose { tenant_id, account, sealed, hook } = found.ok_or(PaymentError::NotFound)?;
        let merchant = opened(tx.tools(), tenant_id, account, &sealed, &hook, &self.public_url)?;
        let form = Form::read(body).ok_or(PaymentError::NotSigned)?;
        if !form.is_signed(merchant.passphrase.expose()) {
            return Err(PaymentError::NotSigned);
        }
        let notice = form.notice();
        // Whoever else has a passphrase of their own can't say anything in the place of this.
        let id = format!("{hook} {} {}", notice.taken, notice.status);
        let sql = "insert into provider_events (provider, id, kind, received_at)
                   values ($1, $2, $3, $4) on conflict do nothing";
        let values = [
            ProviderName::PayFast.key().into(),
            id.clone().into(),
            notice.status.into(),
            tx.now().into(),
        ];
        let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
        if tx.conn().execute_raw(statement).await?.rows_affected() == 0 {
            return Ok(tx.rollback().await?);
        }
        let job = NewJob::new(BELIEVE, &Believe {})
            .sealed(body.as_bytes().to_vec())
            .once(format!("told {id}"));
        let tenant = Id::<Tenant>::from_uuid(tenant_id);
        jobs::enqueue(tx.conn(), tx.tools(), tx.now(), Some(tenant), job).await?;
        Ok(tx.commit().await?)
    }

    /// Has PayFast confirm what was told, and does what follows from it. Doing it again changes nothing.
    pub async fn believe(&self, tenant: Id<Tenant>, body: &str) -> Result<(), PaymentError> {
        let Some(caller) = tenants::on_behalf(&self.db, tenant, "payments").await? else {
            return Ok(());
        };
        let Some(gateway) = &self.providers.payfast else { return Ok(()) };
        let tx = self.db.tenant(&caller).await?;
        let merchant = keys::merchant(&tx, &self.public_url).await?;
        tx.commit().await?;
        // The keys were taken away meanwhile.
        let Some(merchant) = merchant else { return Ok(()) };
        let Some(form) = Form::read(body) else { return Ok(()) };
        if !gateway.account(merchant.clone()).confirm(body).await? {
            tracing::warn!(%tenant, "PayFast doesn't confirm what was told in its name");
            return Ok(());
        }
        self.follow_notice(&caller, &merchant, &form.notice()).await
    }

    async fn follow_notice(
        &self,
        caller: &Caller,
        merchant: &Merchant,
        notice: &Notice,
    ) -> Result<(), PaymentError> {
        let tx = self.db.tenant(caller).await?;
        let row = match notice.payment.parse::<Id<Payment>>() {
            Ok(id) => refunds::held(&tx, id).await?,
            Err(_) => None,
        };
        tx.commit().await?;
        let ours = |row: &payment::Model| {
            row.provider.as_deref() == Some(ProviderName::PayFast.key())
                && row.account.as_ref() == Some(&merchant.id)
                && notice.merchant == merchant.id
        };
        let Some(row) = row.filter(ours) else {
            let tenant = caller.tenant();
            tracing::warn!(%tenant, "PayFast tells of a payment that was never begun here");
            return Ok(());
        };
        let id = Id::<Payment>::from_uuid(row.id);
        let stage = match &*notice.status {
            "COMPLETE" => Stage::Paid,
            "CANCELLED" | "FAILED" => Stage::Over,
            _ => return Ok(()),
        };
        let stand = Stand {
            stage,
            taken: Some(notice.taken.clone()),
            // What isn't an amount is none that anybody asked for.
            amount_minor: notice.amount_minor.unwrap_or(-1),
            currency: CURRENCY.to_owned(),
            door: None,
            trouble: None,
            card: None,
        };
        let paid = row.state == PaymentState::Paid.key();
        if paid && stage == Stage::Paid && row.taken.as_ref() != Some(&notice.taken) {
            if stand.amount_minor < 1 {
                tracing::error!(payment = %id, "PayFast tells of a second payment of no amount");
                return Ok(());
            }
            return self.paid_twice(caller, &row, &stand).await;
        }
        self.write_down(caller, id, &stand).await
    }

    /// Somebody paid at two pages for one thing, as PayFast's pages can't be closed: the second is a payment like any
    /// other, and what is more than the visit costs goes back.
    async fn paid_twice(
        &self,
        caller: &Caller,
        first: &payment::Model,
        stand: &Stand,
    ) -> Result<(), PaymentError> {
        let tx = self.db.tenant(caller).await?;
        // Whoever else was told the same waits for this one.
        refunds::held(&tx, Id::from_uuid(first.id)).await?;
        let known = payment::Entity::find()
            .filter(payment::Column::TenantId.eq(tx.tenant().uuid()))
            .filter(payment::Column::Reference.eq(stand.taken.clone()))
            .one(tx.conn())
            .await
            .map_err(StoreError::from)?;
        let id = if let Some(row) = known {
            row.id
        } else {
            let row = second(&tx, first, stand)?;
            row.insert(tx.conn()).await.map_err(StoreError::from)?.id
        };
        tx.commit().await?;
        self.write_down(caller, Id::from_uuid(id), stand).await
    }
}

/// What was paid at a second page: a payment of its own, of which nothing went back yet, for what the first was for.
/// Until it is settled, it stands as one that was given up.
fn second(
    tx: &TenantTx,
    first: &payment::Model,
    stand: &Stand,
) -> Result<payment::ActiveModel, PaymentError> {
    let asked = Asked {
        kind: PaymentKind::stored(&first.kind)?,
        own_minor: stand.amount_minor,
        tip_minor: 0,
    };
    let place = place_of(first)?.ok_or(PaymentError::NotFound)?;
    let location = Id::from_uuid(first.location_id);
    let mut row = new_card_payment(tx, location, &first.currency, &asked, place);
    row.appointment_id = Set(first.appointment_id);
    row.sale_id = Set(first.sale_id);
    row.state = Set(PaymentState::Over.key().to_owned());
    row.reference = Set(stand.taken.clone());
    Ok(row)
}
