//! What the provider sends to a business's bank.

use chrono::NaiveDate;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, DbBackend, EntityTrait, FromQueryResult,
    QueryFilter, QuerySelect, Statement,
};
use uuid::Uuid;

use super::super::accounts;
use super::super::counter::Counter;
use super::super::error::PaymentError;
use super::entities::payout;
use super::keeper::PayoutStand;
use super::mails;
use super::words::PayoutState;
use crate::ids::{Id, Payout};
use crate::page::{Paged, Window};
use crate::tenancy::{Caller, StoreError, TenantTx};
use crate::time::Instant;

/// Money that the provider sends to a bank.
#[derive(Debug, Clone, PartialEq)]
pub struct PayoutFacts {
    /// Its id.
    pub id: Id<Payout>,
    /// What it is called at the provider.
    pub reference: String,
    /// How much; less than nothing: it is taken from the bank.
    pub amount_minor: i64,
    /// ISO 4217.
    pub currency: String,
    /// How far it came.
    pub state: PayoutState,
    /// When it arrives.
    pub arrives_on: NaiveDate,
    /// Why it failed, in the provider's words.
    pub trouble: Option<String>,
    /// When it was made.
    pub sent_at: Instant,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    reference: String,
    amount_minor: i64,
    currency: String,
    state: String,
    arrives_on: NaiveDate,
    trouble: Option<String>,
    sent_at: Instant,
}

impl TryFrom<Row> for PayoutFacts {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: Id::from_uuid(row.id),
            reference: row.reference,
            amount_minor: row.amount_minor,
            currency: row.currency,
            state: PayoutState::stored(&row.state)?,
            arrives_on: row.arrives_on,
            trouble: row.trouble,
            sent_at: row.sent_at,
        })
    }
}

/// By when they were made, whenever we heard of them.
const LIST: &str = "
    select id, reference, amount_minor, currency, state, arrives_on, trouble, sent_at
    from payouts
    where tenant_id = $1
      and ($2::uuid is null or (sent_at, id) < (
           select sent_at, id from payouts where tenant_id = $1 and id = $2))
    order by sent_at desc, id desc limit $3";

/// Payouts, the newest first.
pub async fn list(
    tx: &TenantTx,
    window: Window<Payout>,
) -> Result<Paged<PayoutFacts>, PaymentError> {
    let values = [
        tx.tenant().uuid().into(),
        window.after.map(Id::uuid).into(),
        i64::try_from(window.rows_to_ask()).unwrap_or(i64::MAX).into(),
    ];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, LIST, values);
    let rows = Row::find_by_statement(statement).all(tx.conn()).await.map_err(StoreError::from)?;
    let found = rows.into_iter().map(PayoutFacts::try_from).collect::<Result<Vec<_>, _>>()?;
    Ok(window.cut(found, |payout| payout.id))
}

impl Counter {
    /// Asks the provider how a payout stands, and writes that down.
    pub(super) async fn look_at_payout(
        &self,
        caller: &Caller,
        account: Option<String>,
        reference: &str,
    ) -> Result<(), PaymentError> {
        let keeper = self.keeper.as_ref().ok_or(PaymentError::NotOffered)?;
        let account = match account {
            Some(account) => account,
            None => self.account_of_payout(caller, reference).await?,
        };
        let asked = keeper.payout(&account, reference).await;
        let asked = self.unless_left_and_gone(caller, &account, asked).await?;
        let Some(stand) = asked.flatten() else { return Ok(()) };
        self.keep_payout(caller, &account, &stand).await
    }

    /// Where a payout is: one that isn't known here yet, in the business's account.
    async fn account_of_payout(
        &self,
        caller: &Caller,
        reference: &str,
    ) -> Result<String, PaymentError> {
        let tx = self.db.tenant(caller).await?;
        let known = payout::Entity::find()
            .filter(payout::Column::TenantId.eq(tx.tenant().uuid()))
            .filter(payout::Column::Reference.eq(reference))
            .one(tx.conn())
            .await
            .map_err(StoreError::from)?;
        let account = match known {
            Some(row) => row.account,
            None => accounts::row(&tx).await?.ok_or(PaymentError::NotConnected)?.account,
        };
        tx.commit().await?;
        Ok(account)
    }

    /// Writes down how a payout stands.
    pub(super) async fn keep_payout(
        &self,
        caller: &Caller,
        account: &str,
        stand: &PayoutStand,
    ) -> Result<(), PaymentError> {
        let tx = self.db.tenant(caller).await?;
        written(&tx, account, stand, &self.public_url).await?;
        Ok(tx.commit().await?)
    }
}

const BEGIN: &str = "
    insert into payouts (tenant_id, id, reference, account, amount_minor, currency, state,
                         arrives_on, sent_at, created_at, looked_at)
    values ($1, $2, $3, $4, $5, $6, 'pending', $7, $8, $9, $9)
    on conflict do nothing";

async fn written(
    tx: &TenantTx,
    account: &str,
    stand: &PayoutStand,
    public_url: &str,
) -> Result<(), StoreError> {
    use sea_orm::ConnectionTrait;
    let values = [
        tx.tenant().uuid().into(),
        tx.new_id::<Payout>().uuid().into(),
        stand.reference.clone().into(),
        account.into(),
        stand.amount_minor.into(),
        stand.currency.clone().into(),
        stand.arrives_on.into(),
        stand.sent_at.into(),
        tx.now().into(),
    ];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, BEGIN, values);
    tx.conn().execute_raw(statement).await?;
    let held = payout::Entity::find()
        .filter(payout::Column::TenantId.eq(tx.tenant().uuid()))
        .filter(payout::Column::Reference.eq(&*stand.reference))
        .lock_exclusive();
    let Some(row) = held.one(tx.conn()).await? else { return Ok(()) };
    let before = PayoutState::stored(&row.state)?;
    let mut change = payout::ActiveModel::from(row);
    change.looked_at = Set(tx.now());
    // Whoever asked before and is slower undoes nothing. What arrived may still come back.
    if stage(stand.state) >= stage(before) {
        change.state = Set(stand.state.key().to_owned());
        change.arrives_on = Set(stand.arrives_on);
        change.trouble = Set(stand.trouble.clone());
    }
    let row = change.update(tx.conn()).await?;
    if before != PayoutState::Failed && row.state == PayoutState::Failed.key() {
        mails::payout_failed(tx, &row, public_url).await?;
    }
    Ok(())
}

/// How late in its life a payout is.
const fn stage(state: PayoutState) -> u8 {
    match state {
        PayoutState::Pending => 0,
        PayoutState::InTransit => 1,
        PayoutState::Paid => 2,
        PayoutState::Failed | PayoutState::Cancelled => 3,
    }
}
