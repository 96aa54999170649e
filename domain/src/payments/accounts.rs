//! A business's account at the provider of cards.

use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait};

use super::counter::Counter;
use super::entities::account;
use super::error::PaymentError;
use super::provider::{AccountState, NewAccount};
use crate::audit::NewEntry;
use crate::tenancy::{Caller, StoreError, TenantTx};
use crate::tenants;

/// How the provider is called in the tables.
pub(super) const PROVIDER: &str = "stripe";

/// A business's account, as it was when it was looked at last.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a question of its own")]
pub struct AccountFacts {
    /// Whether this installation takes cards at all.
    pub offered: bool,
    /// How the provider calls it; none: there is no account yet.
    pub account: Option<String>,
    /// Whether everything that was asked of the business at first has been said.
    pub details_submitted: bool,
    /// Whether it can take money.
    pub charges_enabled: bool,
    /// Whether money goes on to the business's bank.
    pub payouts_enabled: bool,
    /// What is still asked of the business.
    pub requirements: Vec<String>,
}

pub(super) async fn row(tx: &TenantTx) -> Result<Option<account::Model>, StoreError> {
    let key = (tx.tenant().uuid(), PROVIDER.to_owned());
    Ok(account::Entity::find_by_id(key).one(tx.conn()).await?)
}

/// The account, if money can be taken there.
pub(super) async fn that_takes_money(tx: &TenantTx) -> Result<Option<String>, StoreError> {
    Ok(row(tx).await?.filter(|row| row.charges_enabled).map(|row| row.account))
}

fn facts(offered: bool, row: Option<account::Model>) -> AccountFacts {
    let Some(row) = row else { return AccountFacts { offered, ..AccountFacts::default() } };
    AccountFacts {
        offered,
        account: Some(row.account),
        details_submitted: row.details_submitted,
        charges_enabled: row.charges_enabled,
        payouts_enabled: row.payouts_enabled,
        requirements: row.requirements,
    }
}

/// Writes down how the account is now.
async fn keep(tx: &mut TenantTx, state: &AccountState) -> Result<account::Model, StoreError> {
    let before = row(tx).await?;
    let known = before.is_some();
    let mut change = match before {
        Some(row) => account::ActiveModel::from(row),
        None => account::ActiveModel {
            tenant_id: Set(tx.tenant().uuid()),
            provider: Set(PROVIDER.to_owned()),
            account: Set(state.id.clone()),
            created_at: Set(tx.now()),
            ..Default::default()
        },
    };
    change.details_submitted = Set(state.details_submitted);
    change.charges_enabled = Set(state.charges_enabled);
    change.payouts_enabled = Set(state.payouts_enabled);
    change.requirements = Set(state.requirements.clone());
    change.looked_at = Set(tx.now());
    if known {
        return Ok(change.update(tx.conn()).await?);
    }
    tx.record(
        NewEntry::new("payment_account.connected", "payment_account")
            .on(&state.id, state.id.clone()),
    );
    Ok(change.insert(tx.conn()).await?)
}

impl Counter {
    /// The account, as it was when it was looked at last.
    pub async fn account(&self, tx: &TenantTx) -> Result<AccountFacts, PaymentError> {
        Ok(facts(self.provider.is_some(), row(tx).await?))
    }

    /// Where the business says what the provider asks of it. One without an account gets one.
    pub async fn connect(&self, caller: &Caller, back_url: &str) -> Result<String, PaymentError> {
        let provider = self.provider.as_ref().ok_or(PaymentError::NotOffered)?;
        let tx = self.db.tenant(caller).await?;
        let known = row(&tx).await?;
        let business = tenants::read(&tx).await?;
        tx.commit().await?;
        let account = if let Some(row) = known {
            row.account
        } else {
            let tenant = caller.tenant();
            let state = provider
                .open_account(&NewAccount {
                    key: format!("account {tenant}"),
                    country: business.country.clone(),
                    email: None,
                    name: business.name.clone(),
                    tenant: tenant.to_string(),
                })
                .await?;
            let mut tx = self.db.tenant(caller).await?;
            let row = keep(&mut tx, &state).await?;
            tx.commit().await?;
            row.account
        };
        Ok(provider.introduce(&account, back_url).await?)
    }

    /// Asks the provider how the account is now.
    pub async fn look_at_account(&self, caller: &Caller) -> Result<AccountFacts, PaymentError> {
        let provider = self.provider.as_ref().ok_or(PaymentError::NotOffered)?;
        let tx = self.db.tenant(caller).await?;
        let known = row(&tx).await?.ok_or(PaymentError::NotConnected)?;
        tx.commit().await?;
        let state = provider.account(&known.account).await?;
        let mut tx = self.db.tenant(caller).await?;
        let row = keep(&mut tx, &state).await?;
        tx.commit().await?;
        Ok(facts(true, Some(row)))
    }
}
