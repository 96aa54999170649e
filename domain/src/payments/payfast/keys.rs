//! A business's keys at PayFast: checked with PayFast, sealed, and never shown again.

use data_encoding::BASE32_NOPAD;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ConnectionTrait, EntityTrait, FromQueryResult, Statement,
};
use sea_orm::{DbBackend, ModelTrait as _};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{CURRENCY, HOOK_PATH, Merchant};
use crate::audit::NewEntry;
use crate::config::Secret;
use crate::entropy::bytes;
use crate::fault::{Faults, ValueFault};
use crate::ids::{Id, Tenant};
use crate::payments::accounts::AccountFacts;
use crate::payments::counter::Counter;
use crate::payments::entities::account;
use crate::payments::error::PaymentError;
use crate::payments::provider::ProviderError;
use crate::payments::words::ProviderName;
use crate::secrets::Place;
use crate::tenancy::{Caller, StoreError, TenantTx, Tools};
use crate::tenants;

const PROVIDER: &str = ProviderName::PayFast.key();

/// Keys that somebody puts in.
#[derive(Debug, Clone)]
pub struct NewKeys {
    /// The business's number at PayFast.
    pub merchant_id: String,
    /// Its key.
    pub merchant_key: Secret,
    /// The passphrase of its account.
    pub passphrase: Secret,
}

/// What is sealed.
#[derive(Serialize, Deserialize)]
struct Sealed {
    key: String,
    passphrase: String,
}

fn place(tenant: Uuid) -> Place {
    Place { table: "payment_accounts", column: "sealed", row: tenant }
}

/// The business's keys, as they are kept.
pub(in crate::payments) async fn row(tx: &TenantTx) -> Result<Option<account::Model>, StoreError> {
    row_of(tx.conn(), tx.tenant()).await
}

/// The same of a business that somebody looks at from outside.
pub(in crate::payments) async fn row_of(
    conn: &impl ConnectionTrait,
    tenant: Id<Tenant>,
) -> Result<Option<account::Model>, StoreError> {
    let key = (tenant.uuid(), PROVIDER.to_owned());
    Ok(account::Entity::find_by_id(key).one(conn).await?)
}

/// The business's keys, opened.
pub(in crate::payments) async fn merchant(
    tx: &TenantTx,
    public_url: &str,
) -> Result<Option<Merchant>, StoreError> {
    let Some(row) = row(tx).await? else { return Ok(None) };
    let (Some(sealed), Some(hook)) = (row.sealed, row.hook) else { return Ok(None) };
    opened(tx.tools(), row.tenant_id, row.account, &sealed, &hook, public_url).map(Some)
}

/// Keys as they are kept, opened.
pub(super) fn opened(
    tools: &Tools,
    tenant: Uuid,
    id: String,
    sealed: &[u8],
    hook: &str,
    public_url: &str,
) -> Result<Merchant, StoreError> {
    let plain = tools.open(&place(tenant), sealed)?;
    let unreadable = |_| StoreError::Unreadable("a business's keys at PayFast".to_owned());
    let Sealed { key, passphrase } = serde_json::from_slice(&plain).map_err(unreadable)?;
    let notify_url = format!("{public_url}{HOOK_PATH}/{hook}");
    let (key, passphrase) = (Secret::new(key), Secret::new(passphrase));
    Ok(Merchant { id, key, passphrase, notify_url })
}

fn check(new: &NewKeys) -> Result<(), PaymentError> {
    let mut faults = Faults::new();
    let mut note = |field: &str, fits: bool, detail: &str| {
        if !fits {
            faults.note(field, ValueFault::new("not_a_key", detail.to_owned()));
        }
    };
    let digits = new.merchant_id.bytes().all(|one| one.is_ascii_digit());
    let length = (1..=20).contains(&new.merchant_id.len());
    note("/merchant_id", digits && length, "PayFast gives a number of up to 20 digits.");
    let key = new.merchant_key.expose();
    let letters = key.bytes().all(|one| one.is_ascii_alphanumeric());
    let length = (1..=40).contains(&key.len());
    note("/merchant_key", letters && length, "PayFast gives letters and digits, at most 40.");
    let passphrase = new.passphrase.expose();
    let graphic = passphrase.bytes().all(|one| one.is_ascii_graphic() || one == b' ');
    let trimmed = passphrase.trim().len() == passphrase.len();
    let length = (8..=100).contains(&passphrase.len());
    note("/passphrase", graphic && trimmed && length, "From 8 to 100 characters, without accents.");
    if faults.is_empty() { Ok(()) } else { Err(faults.into()) }
}

/// Whether something is being paid or given back with these keys.
async fn is_under_way(tx: &TenantTx) -> Result<bool, StoreError> {
    #[derive(FromQueryResult)]
    struct Found {
        under_way: bool,
    }
    let sql = "
        select exists (select 1 from payments p where p.tenant_id = $1 and p.provider = 'payfast'
                       and p.state in ('open', 'processing'))
            or exists (select 1 from refunds r join payments p
                       on p.tenant_id = r.tenant_id and p.id = r.payment_id
                       where r.tenant_id = $1 and p.provider = 'payfast' and r.state = 'pending')
            as under_way";
    let values = [tx.tenant().uuid().into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    let found = Found::find_by_statement(statement).one(tx.conn()).await?;
    Ok(found.is_some_and(|found| found.under_way))
}

/// Takes the business's keys away. What was paid with them stays paid.
pub async fn disconnect(tx: &mut TenantTx) -> Result<(), PaymentError> {
    let row = row(tx).await?.ok_or(PaymentError::NotConnected)?;
    if is_under_way(tx).await? {
        return Err(PaymentError::UnderWay);
    }
    let name = row.account.clone();
    row.delete(tx.conn()).await.map_err(StoreError::from)?;
    let entry = NewEntry::new("payment_account.disconnected", "payment_account");
    tx.record(entry.on(&name, name.clone()));
    Ok(())
}

impl Counter {
    /// Puts in a business's keys: from now on its customers pay at PayFast.
    pub async fn connect_payfast(
        &self,
        caller: &Caller,
        new: &NewKeys,
    ) -> Result<AccountFacts, PaymentError> {
        check(new)?;
        let gateway = self.providers.payfast.as_ref().ok_or(PaymentError::NotOffered)?;
        let tx = self.db.tenant(caller).await?;
        allowed(&tx, new).await?;
        tx.commit().await?;
        let asked = Merchant {
            id: new.merchant_id.clone(),
            key: new.merchant_key.clone(),
            passphrase: new.passphrase.clone(),
            notify_url: String::new(),
        };
        match gateway.account(asked).check().await {
            Err(ProviderError::Refused { .. }) => return Err(PaymentError::KeysRefused),
            other => other?,
        }
        let mut tx = self.db.tenant(caller).await?;
        allowed(&tx, new).await?;
        keep(&mut tx, new).await?;
        let facts = self.account(&tx).await?;
        tx.commit().await?;
        Ok(facts)
    }
}

/// Whether these keys can be put in now.
async fn allowed(tx: &TenantTx, new: &NewKeys) -> Result<(), PaymentError> {
    if tenants::read(tx).await?.currency != CURRENCY {
        return Err(PaymentError::NotInRand);
    }
    // What is under way is asked about with the keys of the account that it was begun in.
    let other = row(tx).await?.is_some_and(|row| row.account != new.merchant_id);
    if other && is_under_way(tx).await? {
        return Err(PaymentError::UnderWay);
    }
    Ok(())
}

async fn keep(tx: &mut TenantTx, new: &NewKeys) -> Result<(), StoreError> {
    let tenant = tx.tenant().uuid();
    let plain = Sealed {
        key: new.merchant_key.expose().to_owned(),
        passphrase: new.passphrase.expose().to_owned(),
    };
    let plain = serde_json::to_vec(&plain).unwrap_or_default();
    let sealed = tx.tools().seal(&place(tenant), &plain)?;
    let before = row(tx).await?;
    let action = match &before {
        Some(_) => "payment_account.keys_changed",
        None => "payment_account.connected",
    };
    let known = before.is_some();
    let mut change = match before {
        Some(row) => account::ActiveModel::from(row),
        None => account::ActiveModel {
            tenant_id: Set(tenant),
            provider: Set(PROVIDER.to_owned()),
            details_submitted: Set(true),
            charges_enabled: Set(true),
            payouts_enabled: Set(true),
            requirements: Set(Vec::new()),
            created_at: Set(tx.now()),
            // It names nobody, and nobody guesses it.
            hook: Set(Some(BASE32_NOPAD.encode(&bytes::<20>(tx.entropy())).to_ascii_lowercase())),
            ..Default::default()
        },
    };
    change.account = Set(new.merchant_id.clone());
    change.sealed = Set(Some(sealed));
    change.looked_at = Set(tx.now());
    if known {
        change.update(tx.conn()).await?;
    } else {
        change.insert(tx.conn()).await?;
    }
    let entry = NewEntry::new(action, "payment_account");
    tx.record(entry.on(&new.merchant_id, new.merchant_id.clone()));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn which_keys_can_be_meant() {
        let cases: [(&str, &str, &str, &[&str]); 8] = [
            ("10000100", "46f0cd694581a", "jt7NOE43FZPn", &[]),
            ("", "46f0cd694581a", "jt7NOE43FZPn", &["/merchant_id"]),
            ("1000 100", "46f0cd694581a", "jt7NOE43FZPn", &["/merchant_id"]),
            ("10000100", "", "jt7NOE43FZPn", &["/merchant_key"]),
            ("10000100", "46f0-cd69", "jt7NOE43FZPn", &["/merchant_key"]),
            ("10000100", "46f0cd694581a", "short", &["/passphrase"]),
            ("10000100", "46f0cd694581a", " blanks around ", &["/passphrase"]),
            ("10000100", "46f0cd694581a", "f\u{fc}r mich allein", &["/passphrase"]),
        ];
        for (id, key, passphrase, faulty) in cases {
            let new = NewKeys {
                merchant_id: id.to_owned(),
                merchant_key: Secret::new(key),
                passphrase: Secret::new(passphrase),
            };
            let fields: Vec<_> = match check(&new) {
                Ok(()) => Vec::new(),
                Err(PaymentError::Invalid(fields)) => fields.into_iter().map(|f| f.field).collect(),
                Err(other) => panic!("{other}"),
            };
            assert_eq!(fields, faulty, "{new:?}");
        }
    }

    #[test]
    fn keys_are_not_written_where_they_are_shown() {
        let new = NewKeys {
            merchant_id: "10000100".to_owned(),
            merchant_key: Secret::new("46f0cd694581a"),
            passphrase: Secret::new("jt7NOE43FZPn"),
        };
        let shown = format!("{new:?}");
        assert!(!shown.contains("46f0") && !shown.contains("jt7N"), "{shown}");
    }
}
