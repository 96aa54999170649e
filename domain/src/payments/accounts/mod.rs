//! Where a business's money goes: its account at the provider of cards, when it is asked about, and how it is taken
//! away.

pub(super) mod disconnecting;
pub(super) mod due;
pub(super) mod left;

use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ConnectionTrait, EntityTrait, QuerySelect};

use super::counter::Counter;
use super::entities::account;
use super::error::PaymentError;
use super::payfast;
use super::provider::{AccountState, NewAccount, unknown};
use super::words::ProviderName;
use crate::audit::NewEntry;
use crate::ids::{Id, Tenant};
use crate::tenancy::{Caller, StoreError, TenantTx};
use crate::tenants;
use crate::time::Instant;

/// How the provider is called in the tables.
pub(super) const PROVIDER: &str = ProviderName::Stripe.key();

/// Where new money goes: a business has one such place at a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    /// Who takes it.
    pub(super) provider: ProviderName,
    /// In which account there.
    pub(super) account: String,
}

/// A business's account, as it was when it was looked at last.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a question of its own")]
pub struct AccountFacts {
    /// Whether this installation takes cards at all.
    pub offered: bool,
    /// Whether the business can have an account below this installation's.
    pub stripe_offered: bool,
    /// Whether the business can put in keys of its own for PayFast: its currency is PayFast's.
    pub payfast_offered: bool,
    /// Who takes what customers pay from now on.
    pub provider: Option<ProviderName>,
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
    row_of(tx.conn(), tx.tenant()).await
}

async fn row_of(
    conn: &impl ConnectionTrait,
    tenant: Id<Tenant>,
) -> Result<Option<account::Model>, StoreError> {
    let key = (tenant.uuid(), PROVIDER.to_owned());
    Ok(account::Entity::find_by_id(key).one(conn).await?)
}

/// Where new money in this currency goes, if it can be taken there. Whoever has put in keys of their own means them,
/// where they take that currency: it may be a visit that was booked before the business changed its own.
pub(super) async fn that_takes_money(
    tx: &TenantTx,
    currency: &str,
) -> Result<Option<Place>, StoreError> {
    that_takes_money_of(tx.conn(), tx.tenant(), currency).await
}

/// The same of a business that somebody looks at from outside.
pub(super) async fn that_takes_money_of(
    conn: &impl ConnectionTrait,
    tenant: Id<Tenant>,
    currency: &str,
) -> Result<Option<Place>, StoreError> {
    if currency == payfast::CURRENCY
        && let Some(row) = payfast::row_of(conn, tenant).await?
    {
        return Ok(Some(Place { provider: ProviderName::PayFast, account: row.account }));
    }
    let stripe = row_of(conn, tenant).await?.filter(|row| row.charges_enabled);
    Ok(stripe.map(|row| Place { provider: ProviderName::Stripe, account: row.account }))
}

/// The account, if cards can be left there for what is paid in this currency.
pub(super) async fn that_keeps_cards(
    tx: &TenantTx,
    currency: &str,
) -> Result<Option<String>, StoreError> {
    let place = that_takes_money(tx, currency).await?;
    Ok(place.filter(|place| place.provider == ProviderName::Stripe).map(|place| place.account))
}

fn facts(offered: bool, row: Option<account::Model>) -> AccountFacts {
    let Some(row) = row else { return AccountFacts { offered, ..AccountFacts::default() } };
    AccountFacts {
        offered,
        stripe_offered: false,
        payfast_offered: false,
        provider: ProviderName::stored(&row.provider).ok(),
        account: Some(row.account),
        details_submitted: row.details_submitted,
        charges_enabled: row.charges_enabled,
        payouts_enabled: row.payouts_enabled,
        requirements: row.requirements,
    }
}

/// The account, held until the transaction ends.
pub(super) async fn held(tx: &TenantTx) -> Result<Option<account::Model>, StoreError> {
    let key = (tx.tenant().uuid(), PROVIDER.to_owned());
    Ok(account::Entity::find_by_id(key).lock_exclusive().one(tx.conn()).await?)
}

/// Writes down that there is an account, as it was when it was asked for. Whoever was faster has written down theirs:
/// then it is that one.
async fn begin(
    tx: &mut TenantTx,
    state: &AccountState,
    asked_at: Instant,
) -> Result<account::Model, StoreError> {
    let new = account::ActiveModel {
        tenant_id: Set(tx.tenant().uuid()),
        provider: Set(PROVIDER.to_owned()),
        account: Set(state.id.clone()),
        details_submitted: Set(state.details_submitted),
        charges_enabled: Set(state.charges_enabled),
        payouts_enabled: Set(state.payouts_enabled),
        requirements: Set(state.requirements.clone()),
        created_at: Set(tx.now()),
        looked_at: Set(asked_at),
        ..Default::default()
    };
    let unless = OnConflict::columns([account::Column::TenantId, account::Column::Provider])
        .do_nothing()
        .to_owned();
    let insert = account::Entity::insert(new).on_conflict(unless);
    if insert.exec_without_returning(tx.conn()).await? > 0 {
        let entry = NewEntry::new("payment_account.connected", "payment_account");
        tx.record(entry.on(&state.id, state.id.clone()));
    }
    let row = row(tx).await?;
    row.ok_or_else(|| StoreError::Unreadable("a business's account".to_owned()))
}

/// Writes down how the account was when it was asked about. Several are asked at once, and answered in any order: what
/// was asked about later is newer, and stays. So does what was connected meanwhile. No state: the provider knows nothing
/// of it any more.
async fn keep(
    tx: &TenantTx,
    account: &str,
    state: Option<&AccountState>,
    asked_at: Instant,
) -> Result<(), StoreError> {
    let known = held(tx).await?.filter(|row| row.account == account);
    let Some(row) = known.filter(|row| row.looked_at <= asked_at) else { return Ok(()) };
    let gone_since = row.gone_at.unwrap_or(asked_at);
    let mut change = account::ActiveModel::from(row);
    if let Some(state) = state {
        change.details_submitted = Set(state.details_submitted);
        change.charges_enabled = Set(state.charges_enabled);
        change.payouts_enabled = Set(state.payouts_enabled);
        change.requirements = Set(state.requirements.clone());
        change.gone_at = Set(None);
    } else {
        // It may come back: who changed our key by mistake changes it again.
        change.charges_enabled = Set(false);
        change.payouts_enabled = Set(false);
        change.gone_at = Set(Some(gone_since));
    }
    change.looked_at = Set(asked_at);
    change.update(tx.conn()).await?;
    Ok(())
}

impl Counter {
    /// The account, as it was when it was looked at last.
    pub async fn account(&self, tx: &TenantTx) -> Result<AccountFacts, PaymentError> {
        let own = payfast::row(tx).await?;
        let used = if own.is_some() { own } else { row(tx).await? };
        let rand = tenants::read(tx).await?.currency == payfast::CURRENCY;
        let payfast_offered = rand && self.providers.has(ProviderName::PayFast);
        let stripe_offered = self.providers.has(ProviderName::Stripe);
        let offered = stripe_offered || payfast_offered;
        Ok(AccountFacts { stripe_offered, payfast_offered, ..facts(offered, used) })
    }

    /// Where the business says what the provider asks of it. One without an account gets one.
    pub async fn connect(&self, caller: &Caller, back_url: &str) -> Result<String, PaymentError> {
        let provider = self.providers.stripe.as_ref().ok_or(PaymentError::NotOffered)?;
        let tx = self.db.tenant(caller).await?;
        let known = row(&tx).await?;
        let before = disconnecting::left_before(&tx).await?;
        let business = tenants::read(&tx).await?;
        tx.commit().await?;
        let account = if let Some(row) = known {
            row.account
        } else {
            let (tenant, asked_at) = (caller.tenant(), self.db.clock().now());
            let state = provider
                .open_account(&NewAccount {
                    key: match before {
                        0 => format!("account {tenant}"),
                        // That one was taken away.
                        before => format!("account {tenant} {before}"),
                    },
                    country: business.country.clone(),
                    email: None,
                    name: business.name.clone(),
                    tenant: tenant.to_string(),
                })
                .await?;
            let mut tx = self.db.tenant(caller).await?;
            let row = begin(&mut tx, &state, asked_at).await?;
            tx.commit().await?;
            row.account
        };
        Ok(provider.introduce(&account, back_url).await?)
    }

    /// Asks the provider how the account is now.
    pub async fn look_at_account(&self, caller: &Caller) -> Result<AccountFacts, PaymentError> {
        let provider = self.providers.stripe.as_ref().ok_or(PaymentError::NotOffered)?;
        let tx = self.db.tenant(caller).await?;
        let known = row(&tx).await?.ok_or(PaymentError::NotConnected)?;
        tx.commit().await?;
        let asked_at = self.db.clock().now();
        let state = match provider.account(&known.account).await {
            Err(error) if unknown::is_unknown(&error) => {
                tracing::warn!(%error, "an account isn't known any more");
                None
            }
            asked => Some(asked?),
        };
        let tx = self.db.tenant(caller).await?;
        keep(&tx, &known.account, state.as_ref(), asked_at).await?;
        let facts = self.account(&tx).await?;
        tx.commit().await?;
        Ok(facts)
    }
}
